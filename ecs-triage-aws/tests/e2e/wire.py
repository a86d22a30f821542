"""Answers with every member that botocore's models have, as each service writes them on the wire."""

import json
import random
import struct
import uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import server  # noqa: F401  first: it sets the environment that moto reads
from moto.core.model import ServiceModel
from moto.core.serialize import SerializationContext, get_serializer_class

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)


class Maker:
    """Values of shapes, no two texts alike: a member that is taken for another shows."""

    def __init__(self, seed, presence, sign):
        self.random = random.Random(seed)
        self.presence = presence
        self.sign = sign

    def value(self, shape, name, parents=()):
        kind = shape.type_name
        if kind == "structure":
            if parents.count(shape.name) > 1:
                return {}
            parents += (shape.name,)
            # What AWS never leaves out.
            must = {*shape.required_members, shape.serialization.get("payload"), "IsTruncated"}
            is_there = lambda name: name in must or self.random.random() < self.presence
            return {key: self.value(inner, key, parents) for key, inner in shape.members.items() if is_there(key)}
        if kind == "list":
            # Empty lists of structures tell least, and are what AWS sends most.
            count = self.random.choice([1, 2]) if self.random.random() < self.presence else 0
            return [self.value(shape.member, name, parents) for _ in range(count)]
        if kind == "map":
            return {f"key-{self.random.getrandbits(40):x}": self.value(shape.value, name, parents) for _ in range(2)}
        if kind == "timestamp":
            # Whole seconds: headers hold no parts of them.
            return NOON - timedelta(seconds=self.random.randint(0, 10**6))
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind in ("integer", "long"):
            return self.random.randint(1, 10**6)
        if kind in ("double", "float"):
            return self.random.randint(1, 10**6) / 8
        if kind == "blob":
            return self.random.randbytes(6)
        return self.text(shape, name)

    def text(self, shape, name):
        if shape.enum:
            return self.random.choice([*shape.enum, "a-word-of-tomorrow"])
        return f"{name} {self.sign} {self.random.getrandbits(40):x}"


def answer(operation, seed):
    """What a service answers: everything it can say, half of it, a little, or next to nothing."""
    service = operation.service_model.service_name
    # Headers hold no more.
    sign = "-" if service == "s3" else '<é> & "'
    made = Maker(seed, [1.0, 0.5, 0.2, 0.0][seed % 4], sign).value(operation.output_shape, operation.name)
    if service == "iam":
        encode_policies(made)
    return made


def encode_policies(value):
    """IAM writes policies percent-encoded."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            encode_policies(inner)
        elif key.endswith("Document"):
            value[key] = quote(json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": f"é {inner}"}]}))


def written(operation, made, protocol=None):
    """Status, headers and body."""
    protocol = protocol or operation.service_model.resolved_protocol
    if protocol == "smithy-rpc-v2-cbor":
        return 200, {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, cbor(made)
    service = operation.service_model
    serializer = get_serializer_class(service.service_name, protocol)
    # moto's serializers take moto's models of the same description.
    operation = ServiceModel(service._service_description, service.service_name).operation_model(operation.name)
    out = serializer(operation, SerializationContext(request_id=str(uuid.UUID(int=0)))).serialize(made)
    body = out["body"] or ""
    return out["status_code"], out["headers"], body.encode() if isinstance(body, str) else body


def cbor(value):
    """CBOR, as far as answers of AWS take it.

    https://www.rfc-editor.org/rfc/rfc8949
    """

    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        size = next(size for size, most in enumerate((2**8, 2**16, 2**32, 2**64)) if number < most)
        return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")

    if isinstance(value, bool):
        return bytes([0xF5 if value else 0xF4])
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, datetime):
        return b"\xc1" + cbor(value.timestamp())
    if isinstance(value, (str, bytes)):
        raw = value.encode() if isinstance(value, str) else value
        return head(3 if isinstance(value, str) else 2, len(raw)) + raw
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(inner) for key, inner in value.items())
    return head(4, len(value)) + b"".join(map(cbor, value))
