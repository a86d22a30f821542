"""Fills an account of moto with a bundled incident: through its API, and for what a test cannot make happen (a task
that was killed, a pull that failed) through its own Python objects."""

import json
import os
import re
from datetime import datetime, timezone
from pathlib import Path

import boto3
from server import ACCOUNT  # first: it sets the environment that moto reads

# isort: split
from moto.ecs.models import ecs_backends
from moto.logs.models import LogEvent, logs_backends

EXAMPLES = Path(__file__).parents[3] / "examples"
EXPECTED = json.loads((EXAMPLES / "incidents" / "expected.json").read_text())


class Recorded(dict):
    """An answer of AWS in the place of an object of moto, which serves it as it is."""

    def __init__(self, answer, **attributes):
        super().__init__(times(answer))
        self.__dict__.update(attributes)

    def advance(self):
        pass


def times(value, key=""):
    """Texts of times as moto's serializer takes them."""
    if isinstance(value, dict):
        return {key: times(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [times(element, key) for element in value]
    if isinstance(value, str) and key.endswith("At"):
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc).replace(tzinfo=None)
    return value


def documents(folder):
    for file in sorted(folder.glob("*.json")):
        yield json.loads(file.read_text())


class Account:
    def __init__(self, name, url):
        self.name = name
        incident = list(documents(EXAMPLES / "incidents" / name))
        self.answers = {}
        for document in incident:
            self.answers.update(document)
        self.calls = list(documents(EXAMPLES / "accounts" / name))
        self.service = self.answers.get("services", [{}])[0]
        self.tasks = self.answers.get("tasks", [])
        arn = (self.tasks or [self.service])[0]["clusterArn"]
        self.region = arn.split(":")[3]
        self.cluster = arn.split("/")[-1]
        self.url = url
        self.clients = {}
        self.fill()

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                region_name=self.region,
                endpoint_url=self.url,
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self.clients[service]

    def fill(self):
        self.client("ecs").create_cluster(clusterName=self.cluster)
        backend = ecs_backends[ACCOUNT][self.region]
        if "taskDefinition" in self.answers:
            self.add_definition(backend, self.answers["taskDefinition"])
        if self.service:
            key = f"{self.cluster}:{self.service['serviceName']}"
            attributes = {"arn": self.service["serviceArn"], "scheduling_strategy": "REPLICA", "launch_type": "FARGATE"}
            backend.services[key] = Recorded(self.service, **attributes)
        for task in self.tasks:
            attributes = {
                "task_arn": task["taskArn"],
                "cluster_arn": task["clusterArn"],
                "task_definition_arn": task["taskDefinitionArn"],
                "desired_status": task["desiredStatus"],
            }
            backend.tasks.setdefault(self.cluster, {})[task["taskArn"]] = Recorded(task, **attributes)
        for call in self.calls:
            fill = getattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", call["operation"]).lower(), None)
            if fill and "response" in call:
                fill(call["params"], call["response"])

    def add_definition(self, backend, definition):
        revisions = backend.task_definitions.setdefault(definition["family"], {})
        attributes = {"arn": definition["taskDefinitionArn"], "family": definition["family"], "status": "ACTIVE"}
        revisions[definition["revision"]] = Recorded(definition, **attributes)

    def describe_task_definition(self, _, answer):
        self.add_definition(ecs_backends[ACCOUNT][self.region], answer["taskDefinition"])

    def get_role(self, _, answer):
        role = answer["Role"]
        self.client("iam").create_role(
            RoleName=role["RoleName"],
            Path=role["Path"],
            AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]),
        )

    def get_role_policy(self, _, answer):
        self.client("iam").put_role_policy(
            RoleName=answer["RoleName"],
            PolicyName=answer["PolicyName"],
            PolicyDocument=json.dumps(answer["PolicyDocument"]),
        )

    def list_attached_role_policies(self, params, answer):
        iam = self.client("iam")
        for policy in answer["AttachedPolicies"]:
            arn = policy["PolicyArn"]
            if ":aws:policy/" not in arn:
                document = next(
                    call["response"]["PolicyVersion"]["Document"]
                    for call in self.calls
                    if call["operation"] == "GetPolicyVersion" and call["params"]["PolicyArn"] == arn
                )
                path = "/" + "/".join(arn.split(":policy/")[1].split("/")[:-1])
                iam.create_policy(
                    PolicyName=policy["PolicyName"],
                    Path=path if path.endswith("/") else path + "/",
                    PolicyDocument=json.dumps(document),
                )
            iam.attach_role_policy(RoleName=params["RoleName"], PolicyArn=arn)

    def describe_repositories(self, _, answer):
        for repository in answer["repositories"]:
            ecr = self.client("ecr")
            try:
                ecr.create_repository(repositoryName=repository["repositoryName"])
            except ecr.exceptions.RepositoryAlreadyExistsException:
                pass

    def describe_images(self, params, answer):
        for image in answer.get("imageDetails", []):
            for tag in image.get("imageTags", []):
                media_type = image.get("imageManifestMediaType", "application/vnd.docker.distribution.manifest.v2+json")
                manifest = {"schemaVersion": 2, "mediaType": media_type, "config": {"digest": image["imageDigest"]}}
                self.put_image(params["repositoryName"], tag, manifest | {"layers": []})

    def batch_get_image(self, params, answer):
        for image in answer["images"]:
            self.put_image(params["repositoryName"], image["imageId"]["imageTag"], json.loads(image["imageManifest"]))

    def put_image(self, repository, tag, manifest):
        """The first manifest counts; those of `BatchGetImage` come first and are whole."""
        ecr = self.client("ecr")
        try:
            ecr.create_repository(repositoryName=repository)
        except ecr.exceptions.RepositoryAlreadyExistsException:
            pass
        if not any(tag == known.get("imageTag") for known in ecr.list_images(repositoryName=repository)["imageIds"]):
            ecr.put_image(repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag)

    def get_repository_policy(self, params, answer):
        self.client("ecr").set_repository_policy(
            repositoryName=params["repositoryName"], policyText=answer["policyText"]
        )

    def describe_log_groups(self, _, answer):
        for group in answer["logGroups"]:
            self.add_group(group["logGroupName"])

    def add_group(self, name):
        logs = self.client("logs")
        if not any(group["logGroupName"] == name for group in logs.describe_log_groups()["logGroups"]):
            logs.create_log_group(logGroupName=name)

    def get_log_events(self, params, answer):
        """Lines of the incident's own time, which `PutLogEvents` would refuse as too old."""
        self.add_group(params["logGroupName"])
        self.client("logs").create_log_stream(
            logGroupName=params["logGroupName"], logStreamName=params["logStreamName"]
        )
        group = logs_backends[ACCOUNT][self.region].groups[params["logGroupName"]]
        events = [{"timestamp": event["timestamp"], "message": event["message"]} for event in answer["events"]]
        stream = group.streams[params["logStreamName"]]
        stream.events.extend(LogEvent(event["timestamp"], event) for event in events)

    def get_metric_statistics(self, params, answer):
        for point in answer["Datapoints"]:
            self.client("cloudwatch").put_metric_data(
                Namespace=params["Namespace"],
                MetricData=[
                    {
                        "MetricName": params["MetricName"],
                        "Dimensions": params["Dimensions"],
                        "Timestamp": point["Timestamp"],
                        "Value": point["Maximum"],
                    }
                ],
            )


def environment(url):
    """That of a user with credentials, for the endpoint and nothing else."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_") and key != "NO_COLOR"}
    return kept | {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
