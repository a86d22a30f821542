"""Every call that can be made, against boto3: the same request goes out, and the same answer is understood."""

import base64
import json
import os
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qsl

import boto3
import pytest
from account import environment
from botocore import xform_name
from botocore.config import Config
from botocore.parsers import create_parser
from server import Server
from wire import answer, written

CALLS = Path(os.environ["ECS_TRIAGE"]).with_name("calls")
SOURCE = Path(__file__).parents[2] / "src/allowed.rs"
ALLOWED = re.findall(r'^    call\("([\w-]+)", "(\w+)"', SOURCE.read_text(), re.MULTILINE)
#: Answers of each call that are compared.
ANSWERS = 12

VPC = {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "vpc-2"]}, {"Name": "state", "Values": ["available"]}]}
ROLE, POLICY = {"RoleName": "web"}, {"PolicyArn": "arn:aws:iam::111122223333:policy/web"}
IMAGE = {"registryId": "111122223333", "repositoryName": "web", "imageIds": [{"imageTag": "42"}]}
HOUR = {"StartTime": "2026-11-22T07:00:00Z", "EndTime": "2026-11-22T08:00:00Z"}

#: Parameters with which a call is made, each that the engine or the search for the subject uses.
PARAMS = {
    "LookupEvents": [{"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateFleet"}]}],
    "GetMetricStatistics": [
        {"Namespace": "AWS/ECS", "MetricName": "MemoryUtilization", "Period": 60, "Statistics": ["Maximum", "Average"],
         "Dimensions": [{"Name": "ClusterName", "Value": "prod"}, {"Name": "ServiceName", "Value": "web"}], **HOUR}
    ],
    "DescribeDhcpOptions": [{"DhcpOptionsIds": ["dopt-1"]}],
    "DescribeInstances": [{"InstanceIds": ["i-1", "i-2"]}, VPC],
    "DescribeNatGateways": [{"NatGatewayIds": ["nat-1"]}, {"Filter": VPC["Filters"]}],
    "DescribeNetworkAcls": [{"NetworkAclIds": ["acl-1"]}, VPC],
    "DescribeNetworkInterfaces": [{"NetworkInterfaceIds": ["eni-1"]}, VPC],
    "DescribeRouteTables": [{"RouteTableIds": ["rtb-1"]}, VPC],
    "DescribeSecurityGroups": [{"GroupIds": ["sg-1", "sg-2"]}, VPC],
    "DescribeSubnets": [{"SubnetIds": ["subnet-1", "subnet-2"]}, VPC, {"NextToken": "2"}],
    "DescribeVpcAttribute": [{"VpcId": "vpc-1", "Attribute": "enableDnsSupport"}],
    "DescribeVpcEndpoints": [{"VpcEndpointIds": ["vpce-1"]}, VPC],
    "DescribeVpcs": [{"VpcIds": ["vpc-1"]}],
    "GetManagedPrefixListEntries": [{"PrefixListId": "pl-1"}, {"PrefixListId": "pl-1", "NextToken": "2"}],
    "BatchGetImage": [IMAGE | {"acceptedMediaTypes": ["application/vnd.oci.image.index.v1+json"]}],
    "DescribeImages": [IMAGE],
    "DescribeRepositories": [{"registryId": "111122223333", "repositoryNames": ["web"]}],
    "GetLifecyclePolicy": [{"registryId": "111122223333", "repositoryName": "web"}],
    "GetRepositoryPolicy": [{"registryId": "111122223333", "repositoryName": "web"}],
    "DescribeCapacityProviders": [{"capacityProviders": ["FARGATE_SPOT"]}],
    "DescribeClusters": [{"clusters": ["prod"], "include": ["SETTINGS"]}],
    "DescribeContainerInstances": [{"cluster": "prod", "containerInstances": ["0123"], "include": ["TAGS"]}],
    "DescribeServiceDeployments": [{"serviceDeploymentArns": ["arn:aws:ecs:eu-west-1:111122223333:service-deployment/a"]}],
    "DescribeServices": [{"cluster": "prod", "services": ["web", "api"]}],
    "DescribeTaskDefinition": [{"taskDefinition": "web:42"}],
    "DescribeTasks": [{"cluster": "prod", "tasks": ["0123", "4567"]}],
    "GetTaskProtection": [{"cluster": "prod", "tasks": ["0123"]}],
    "ListClusters": [{}, {"nextToken": "2"}],
    "ListContainerInstances": [{"cluster": "prod"}],
    "ListServiceDeployments": [{"cluster": "prod", "service": "web"}],
    "ListServices": [{"cluster": "prod"}],
    "ListTasks": [{"cluster": "prod", "serviceName": "web", "desiredStatus": "STOPPED"}],
    "DescribeAccessPoints": [{"AccessPointId": "fsap-1"}, {"FileSystemId": "fs-1", "NextToken": "2"}],
    "DescribeFileSystemPolicy": [{"FileSystemId": "fs-1"}],
    "DescribeMountTargetSecurityGroups": [{"MountTargetId": "fsmt-1"}],
    "DescribeMountTargets": [{"FileSystemId": "fs-1"}, {"FileSystemId": "fs-1", "Marker": "2"}],
    "DescribeInstanceHealth": [{"LoadBalancerName": "web"}],
    "DescribeTargetGroups": [{"TargetGroupArns": ["arn:a", "arn:b"]}, {"Marker": "2"}],
    "DescribeTargetHealth": [{"TargetGroupArn": "arn:a"}],
    "GetPolicy": [POLICY],
    "GetPolicyVersion": [POLICY | {"VersionId": "v3"}],
    "GetRole": [ROLE],
    "GetRolePolicy": [ROLE | {"PolicyName": "read it"}],
    "ListAttachedRolePolicies": [ROLE, ROLE | {"Marker": "2"}],
    "ListRolePolicies": [ROLE, ROLE | {"Marker": "2"}],
    "DescribeKey": [{"KeyId": "alias/web"}],
    "GetKeyPolicy": [{"KeyId": "alias/web", "PolicyName": "default"}],
    "DescribeLogGroups": [{"logGroupNamePrefix": "/ecs/web"}, {"logGroupNamePrefix": "/ecs/web", "nextToken": "2"}],
    "GetLogEvents": [{"logGroupName": "/ecs/web", "logStreamName": "ecs/app/0123", "limit": 100, "startFromHead": False}],
    "GetBucketPolicy": [{"Bucket": "shop-config"}],
    "HeadObject": [{"Bucket": "shop-config", "Key": "a b/é.env"}],
    "DescribeSecret": [{"SecretId": "prod/db"}],
    "GetResourcePolicy": [{"SecretId": "prod/db"}],
    "ListServiceQuotas": [{"ServiceCode": "fargate"}, {"ServiceCode": "fargate", "NextToken": "2"}],
    "DescribeParameters": [{"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": ["/prod/db"]}]}],
}


def client(service, url):
    return boto3.client(
        service,
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}, parameter_validation=False),
    )


class Scripted(Server):
    """Answers one call after another with what was made for it."""

    def begin(self, answers):
        self.answers = iter(answers)
        self.seen = []

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.append(request(environ, body))
        operation, made = next(self.answers)
        # Amazon CloudWatch answers in the protocol in which it is asked; boto3 and the SDK for Rust prefer different ones.
        is_cbor = "cbor" in environ.get("CONTENT_TYPE", "")
        status, headers, body = written(operation, made, "smithy-rpc-v2-cbor" if is_cbor else None)
        headers["Content-Length"] = str(len(body))
        start_response(f"{status} OK", list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def request(environ, body):
    """What a request asks, whoever wrote it."""
    kind = environ.get("CONTENT_TYPE", "")
    if "json" in kind and body:
        asked = json.loads(body)
    elif "cbor" in kind:
        parser = create_parser("smithy-rpc-v2-cbor")
        asked = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
        asked = {key: value.timestamp() if isinstance(value, datetime) else value for key, value in asked.items()}
    else:
        asked = sorted(parse_qsl(body.decode(), keep_blank_values=True))
    query = [(key, value) for key, value in parse_qsl(environ.get("QUERY_STRING", "")) if key != "x-id"]
    # The path is all that tells the operation of a request in CBOR.
    path, _, operation = environ["PATH_INFO"].partition("/operation/")
    path = "" if operation else path.rstrip("/")
    operation = operation or environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
    return environ["REQUEST_METHOD"], path, operation, sorted(query), asked


def plain(value):
    """An answer as JSON, times as seconds."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return f"time {value.astimezone(timezone.utc).timestamp():.3f}"
    return value


def leaves(value, path=""):
    """Paths of an answer with what is there; lists by place."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{place}")
    else:
        yield path, value


def reads():
    """Paths of the members that the engine reads of the answer to each call."""
    lines = subprocess.check_output([CALLS, "reads"], text=True).splitlines()
    return {(call["service"], call["operation"]): set(call["reads"]) for call in map(json.loads, lines)}


@pytest.fixture(scope="module")
def compared():
    """Of each call: what boto3 asked and understood, and what we did."""
    calls = [(service, operation, params) for service, operation in ALLOWED for params in PARAMS[operation]]
    calls = [call for call in calls for _ in range(ANSWERS)]
    server = Scripted()
    server.start()
    clients, answers, theirs = {}, [], []
    for number, (service, operation, _) in enumerate(calls):
        if service not in clients:
            clients[service] = client(service, server.url)
        model = clients[service].meta.service_model.operation_model(operation)
        answers.append((model, answer(model, number)))
    server.begin(answers)
    for service, operation, params in calls:
        theirs.append(plain(getattr(clients[service], xform_name(operation))(**params)))
    asked = server.seen
    server.begin(answers)
    lines = [json.dumps({"service": service, "operation": operation, "params": params}) for service, operation, params in calls]
    env = environment(server.url) | {"AWS_REGION": "eu-west-1"}
    out = subprocess.run([CALLS], input="\n".join(lines), capture_output=True, text=True, env=env, timeout=120)
    assert out.returncode == 0, out.stderr
    ours = [json.loads(line) for line in out.stdout.splitlines()]
    server.stop()
    failed = {one["operation"]: one["error"]["Message"] for one in ours if "error" in one}
    assert not failed, json.dumps(failed, indent=1)
    assert len(ours) == len(calls) and len(server.seen) == len(calls)
    found = {}
    for (service, operation, _), *each in zip(calls, asked, server.seen, theirs, ours):
        found.setdefault((service, operation), []).append(each)
    return found


def test_every_call_has_parameters():
    assert len(ALLOWED) > 50
    assert {operation for _, operation in ALLOWED} == PARAMS.keys()


@pytest.mark.parametrize("call", ALLOWED, ids=":".join)
def test_the_request_is_that_of_boto3(compared, call):
    for their_request, our_request, _, _ in compared[call]:
        assert our_request == their_request


@pytest.mark.parametrize("call", ALLOWED, ids=":".join)
def test_the_answer_is_understood_as_boto3_does(compared, call):
    service, operation = call
    wanted = READS.get(call, set())
    for _, _, theirs, ours in compared[call]:
        assert "response" in ours, ours
        theirs, ours = dict(leaves(theirs)), dict(leaves(plain(ours["response"])))
        # Of an object of which nothing is read, the object itself is left.
        bare = {path for path, value in ours.items() if value == {} and any(known.startswith(path) for known in theirs)}
        wrong = {path: value for path, value in ours.items() if theirs.get(path, "nothing") != value and path not in bare}
        assert not wrong, {path: (theirs.get(path, "nothing"), value) for path, value in wrong.items()}
        for path in theirs.keys() - ours.keys():
            name = re.sub(r"/\d+(?=/|$)", "", path).strip("/")
            assert name not in wanted, f"the engine reads {path}, which is not converted"
            assert service in CONVERTED, f"{path} is lost"


#: Services whose answers are converted member by member, as far as the engine reads them.
CONVERTED = {"cloudwatch", "ec2", "elb", "elbv2", "iam", "s3"}
READS = reads()
