"""moto's server on loopback, which notes every call and can refuse, throttle, fail, dawdle and cut answers short."""

import io
import json
import os
import re
import threading
import time
from dataclasses import dataclass, field

ACCOUNT = "111122223333"
os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

# moto reads the environment when it is imported.
from moto.moto_api._internal.models import moto_api_backend  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

# botocore's names of the services that sign with another one.
SERVICES = {
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "elasticfilesystem": "efs",
    "servicequotas": "service-quotas",
}


@dataclass
class Call:
    service: str
    operation: str
    params: str
    protocol: str
    #: Access key that signed it.
    key: str = ""

    @property
    def name(self):
        return f"{self.service}:{self.operation}"


@dataclass
class Server:
    """Runs until `stop`. `fault(call)` names what shall go wrong with a call, if anything."""

    fault: object = None
    calls: list = field(default_factory=list)

    def start(self):
        moto_api_backend.reset()
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def stop(self):
        self._server.shutdown()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        call = parse(environ, body)
        self.calls.append(call)
        fault = self.fault(call) if self.fault else None
        if fault and fault not in ("cut", "garbage"):
            return FAULTS[fault](call, start_response)

        answer = {}

        def keep(status, headers, exc_info=None):
            answer.update(status=status, headers=headers)

        try:
            out = b"".join(self._app(environ, keep))
        except NotImplementedError:
            return error(call, start_response, 400, "UnknownOperationException", "not implemented by the server")
        headers = [pair for pair in answer["headers"] if pair[0].lower() != "content-length"]
        length = len(out)
        if fault == "cut":
            out = out[: length // 2]
        elif fault == "garbage":
            out = out[: length // 2]
            length = len(out)
        start_response(answer["status"], headers + [("Content-Length", str(length))])
        return [out]


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


def parse(environ, body):
    scope = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    key, service = scope.groups() if scope else ("", "unsigned")
    call = operation(environ, body, SERVICES.get(service, service))
    call.key = key
    return call


def operation(environ, body, service):
    path = environ["PATH_INFO"]
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Call(service, target.split(".")[-1], body.decode(), "json")
    if "/operation/" in path:
        return Call(service, path.split("/operation/")[1], repr(body), "cbor")
    if action := re.search(rb"Action=(\w+)", body):
        protocol = "ec2" if service == "ec2" else "query"
        return Call(service, action.group(1).decode(), body.decode(), protocol)
    return Call(service, f"{environ['REQUEST_METHOD']} {path}", environ.get("QUERY_STRING", ""), "rest")


def error(call, start_response, status, code, message):
    kind, text = {
        "json": ("application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})),
        "rest": ("application/json", json.dumps({"errorCode": code, "message": message})),
        "query": (
            "text/xml",
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            "<RequestId>0</RequestId></ErrorResponse>",
        ),
        "ec2": (
            "text/xml",
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            "<RequestID>0</RequestID></Response>",
        ),
        "cbor": ("application/cbor", None),
    }[call.protocol]
    out = text.encode() if text is not None else cbor({"__type": code, "message": message})
    headers = [("Content-Type", kind), ("Content-Length", str(len(out))), ("x-amzn-ErrorType", code)]
    if call.protocol == "cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    start_response(f"{status} Error", headers)
    return [out]


def cbor(texts):
    def text(value):
        raw = value.encode()
        return (bytes([0x60 + len(raw)]) if len(raw) < 24 else bytes([0x78, len(raw)])) + raw

    return bytes([0xA0 + len(texts)]) + b"".join(text(key) + text(value) for key, value in texts.items())


def denied(call, start_response):
    code = {"ec2": "UnauthorizedOperation", "query": "AccessDenied"}.get(call.protocol, "AccessDeniedException")
    message = f"User is not authorized to perform: {call.name}"
    return error(call, start_response, 403 if call.protocol != "json" else 400, code, message)


def slow(call, start_response):
    time.sleep(30)
    return error(call, start_response, 500, "InternalFailure", "late")


FAULTS = {
    "denied": denied,
    "slow": slow,
    "expired": lambda call, start: error(call, start, 400, "ExpiredTokenException", "The security token is expired"),
    "throttled": lambda call, start: error(call, start, 400, "ThrottlingException", "Rate exceeded"),
    "broken": lambda call, start: error(call, start, 500, "InternalFailure", "We encountered an internal error"),
}
