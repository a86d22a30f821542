"""An account of AWS on loopback: moto's server, filled with the bundled incidents.

What can be made through the API is; stopped tasks, services in a state, and revisions are put into its backend.
"""

import json
import logging
import os
from datetime import datetime
from pathlib import Path

# Before moto is imported.
os.environ["MOTO_ACCOUNT_ID"] = "111122223333"


import boto3
from botocore.exceptions import ClientError
from conftest import REPOSITORY
from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.server import ThreadedMotoServer

#: Before an incident with its own Region is there.
REGION = "eu-west-1"

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)

# moto does not have this call yet, and answers with an error that is tried again and again.
EC2ContainerServiceResponse.list_service_deployments = lambda self: ActionResult({"serviceDeployments": []})


class Kept(dict):
    """An object of ECS as it was saved, in the place of moto's own."""

    def __getattr__(self, name):
        head, *rest = name.split("_")
        key = head + "".join(part.capitalize() for part in rest)
        if key not in self:
            raise AttributeError(name)
        return self[key]

    def advance(self):
        """Its state stays."""


def kept(value):
    """Saved JSON with times as boto3 has them."""
    if isinstance(value, dict):
        return Kept({key: moment(one) if key.endswith("At") else kept(one) for key, one in value.items()})
    return list(map(kept, value)) if isinstance(value, list) else value


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if isinstance(text, str) else text


class Account:
    """moto's server, and clients for it."""

    def __init__(self):
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._region = REGION

    def __enter__(self):
        self._server.start()
        self.url = "http://{}:{}".format(*self._server.get_host_and_port())
        # What an earlier server in this process held.
        self.reset()
        return self

    def __exit__(self, *_):
        self._server.stop()

    def reset(self):
        """Empties the account."""
        import requests

        requests.post(f"{self.url}/moto-api/reset", timeout=10).raise_for_status()
        self._region = REGION

    def environment(self):
        """What sends any SDK to this server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def session(self):
        """A session of boto3; where calls go is told by the environment."""
        return boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="not-a-secret", region_name=self._region)

    def client(self, service):
        return self.session().client(service, endpoint_url=self.url)

    def fill(self, incident):
        """Puts an incident into the account: its tasks, services, definitions, roles and log lines. Gives its cluster."""
        folder = REPOSITORY / "examples/incidents" / incident
        arns = clusters(folder)
        self._region = arns[0].split(":")[3]
        ecs = get_backend("ecs")["111122223333"][self._region]
        for arn in arns:
            self.client("ecs").create_cluster(clusterName=arn.rsplit("/", 1)[-1])
        for task in documents(folder, "describe-tasks", "tasks"):
            cluster = task["clusterArn"].rsplit("/", 1)[-1]
            ecs.tasks.setdefault(cluster, {})[task["taskArn"]] = kept(task)
        for service in documents(folder, "describe-services", "services"):
            cluster = service["clusterArn"].rsplit("/", 1)[-1]
            ecs.services[f"{cluster}:{service['serviceName']}"] = kept({**service, "arn": service["serviceArn"]})
        for path in sorted(folder.glob("describe-task-definition*.json")):
            definition = json.loads(path.read_text())["taskDefinition"]
            one = kept({**definition, "arn": definition["taskDefinitionArn"]})
            ecs.task_definitions.setdefault(definition["family"], {})[definition["revision"]] = one
        for path in sorted((REPOSITORY / "examples/accounts" / incident).glob("*.json")):
            self._answer(json.loads(path.read_text()))
        return arns[0].rsplit("/", 1)[-1]

    def _answer(self, call):
        """Makes what a recorded call found, as far as moto has it."""
        answer = call.get("response")
        if answer is None:
            return
        make = getattr(self, f"_{call['operation']}", None)
        if make:
            make(call["params"], json.loads(json.dumps(answer)))

    def _GetRole(self, params, answer):
        trust = json.dumps(answer["Role"]["AssumeRolePolicyDocument"])
        path = answer["Role"].get("Path", "/")
        self.client("iam").create_role(RoleName=params["RoleName"], Path=path, AssumeRolePolicyDocument=trust)

    def _GetRolePolicy(self, params, answer):
        document = json.dumps(answer["PolicyDocument"])
        self.client("iam").put_role_policy(
            RoleName=params["RoleName"], PolicyName=params["PolicyName"], PolicyDocument=document
        )

    def _ListAttachedRolePolicies(self, params, answer):
        for policy in answer["AttachedPolicies"]:
            try:
                self.client("iam").attach_role_policy(RoleName=params["RoleName"], PolicyArn=policy["PolicyArn"])
            except ClientError:
                pass  # a managed policy that moto does not have

    def _DescribeLogGroups(self, params, answer):
        for group in answer["logGroups"]:
            self.client("logs").create_log_group(logGroupName=group["logGroupName"])

    def _GetLogEvents(self, params, answer):
        logs, name = self.client("logs"), {key: params[key] for key in ("logGroupName", "logStreamName")}
        logs.create_log_stream(**name)
        events = [{key: event[key] for key in ("timestamp", "message")} for event in answer["events"]]
        logs.put_log_events(logEvents=events, **name)

    def _DescribeRepositories(self, params, answer):
        for repository in answer["repositories"]:
            self.client("ecr").create_repository(repositoryName=repository["repositoryName"])


def documents(folder: Path, command, key):
    for path in sorted(folder.glob(f"{command}*.json")):
        yield from json.loads(path.read_text())[key]


def clusters(folder: Path):
    found = {task["clusterArn"] for task in documents(folder, "describe-tasks", "tasks")}
    found |= {service["clusterArn"] for service in documents(folder, "describe-services", "services")}
    return sorted(found)
