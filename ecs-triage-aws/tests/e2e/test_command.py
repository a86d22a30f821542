"""What `ecs-triage live` does beside the report: another role, evidence that is kept, and a service that is followed."""

import copy
import json
from datetime import datetime, timedelta, timezone

import pytest
from account import Recorded
from moto.ecs.models import ecs_backends
from server import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"


@pytest.fixture
def incident(account):
    return account("oom-kill")


def ask(live, incident, *more, **options):
    args = ("--cluster", incident.cluster, "--service", incident.service["serviceName"], *more)
    return live(*args, region=incident.region, **options)


def test_calls_are_made_as_the_role(live, incident, server):
    run = ask(live, incident, "--role-arn", ROLE)
    assert run.first == "app-oom-killed", run.said
    assumed = [call for call in server.calls if call.name == "sts:AssumeRole"]
    assert len(assumed) == 1 and ROLE.split("/")[-1] in assumed[0].params and assumed[0].key == "test"
    others = {call.key for call in server.calls if call.service != "sts"}
    assert len(others) == 1 and "test" not in others, "one role makes all other calls"


def test_a_role_that_may_not_be_assumed(live, incident, server):
    server.fault = lambda call: "denied" if call.service == "sts" else None
    run = ask(live, incident, "--role-arn", ROLE)
    assert run.status == 3
    assert ROLE in run.said and "AccessDenied" in run.said and "sts:AssumeRole" in run.said
    assert {call.service for call in server.calls} == {"sts"}


def test_what_is_kept_gives_the_same_bytes(live, incident, offline, tmp_path):
    run = ask(live, incident, "--save", tmp_path / "kept")
    again = offline(tmp_path / "kept")
    assert again.text == run.text and again.status == run.status == 1
    assert (tmp_path / "kept/report.md").stat().st_mode & 0o077 == 0
    once_more = ask(live, incident, "--save", tmp_path / "kept")
    assert once_more.status == 2 and "not empty" in once_more.said


class Change:
    """Changes the account when the services are described for so many times, as though somebody did it meanwhile."""

    def __init__(self, *changes):
        self.changes = dict(changes)
        self.looks = 0

    def __call__(self, call):
        if call.name == "ecs:DescribeServices":
            self.looks += 1
            self.changes.get(self.looks, lambda: None)()


def rollout(incident, state, running, *, failed=None):
    """A new deployment of the incident's service, with a task of it that has failed."""

    def change():
        backend = ecs_backends[ACCOUNT][incident.region]
        service = copy.deepcopy(incident.service)
        now = datetime.now(timezone.utc)
        service["runningCount"], service["pendingCount"] = running, service["desiredCount"] - running
        new = {"id": "ecs-svc/2222222222222222222", "status": "PRIMARY", "rolloutState": state, "failedTasks": 0,
               "desiredCount": service["desiredCount"], "runningCount": running, "pendingCount": service["pendingCount"],
               "taskDefinition": service["taskDefinition"], "createdAt": now.isoformat()}
        service["deployments"] = [new]
        attributes = {"arn": service["serviceArn"], "scheduling_strategy": "REPLICA", "launch_type": "FARGATE"}
        backend.services[f"{incident.cluster}:{service['serviceName']}"] = Recorded(service, **attributes)
        if failed:
            task = copy.deepcopy(incident.tasks[0]) | {"startedBy": new["id"]}
            task["taskArn"] = task["taskArn"].rsplit("/", 1)[0] + "/" + "f" * 32
            for key in [key for key in task if key.endswith("At")]:
                task[key] = (now - timedelta(seconds=5)).isoformat()
            failed(task)
            attributes = {"task_arn": task["taskArn"], "cluster_arn": task["clusterArn"], "desired_status": "STOPPED",
                          "task_definition_arn": task["taskDefinitionArn"]}
            backend.tasks[incident.cluster][task["taskArn"]] = Recorded(task, **attributes)

    return change


def watched(run):
    """The last document that was printed."""
    decoder, text, place, found = json.JSONDecoder(), run.text, 0, None
    while place < len(text.rstrip()):
        found, end = decoder.raw_decode(text, place)
        place = end + len(text[end:]) - len(text[end:].lstrip())
    return found


def test_a_service_that_recovers_is_followed_until_then(live, incident, server):
    desired = incident.service["desiredCount"]
    server.fault = Change((2, rollout(incident, "IN_PROGRESS", 0)), (3, rollout(incident, "COMPLETED", desired)))
    run = ask(live, incident, "--watch")
    seen = watched(run)
    assert seen["recovery"] == "recovered", (seen["recovery"], seen["summary"])
    assert run.status == 0
    assert seen["before"] == ["app-oom-killed"] and seen["running"] == desired
    assert server.fault.looks == 3, "one look while it rolled out"


def test_a_service_that_fails_again_in_the_same_way(live, incident, server):
    server.fault = Change((2, rollout(incident, "IN_PROGRESS", 0, failed=lambda task: None)))
    run = ask(live, incident, "--watch")
    seen = watched(run)
    assert seen["recovery"] == "still-failing" and seen["since"] == ["app-oom-killed"]
    assert run.status == 1


def test_a_service_that_fails_in_another_way(live, incident, server):
    def segfault(task):
        task["stoppedReason"] = "Essential container in task exited"
        for container in task["containers"]:
            container.pop("reason", None)
            container["exitCode"] = 139

    server.fault = Change((2, rollout(incident, "IN_PROGRESS", 0, failed=segfault)))
    run = ask(live, incident, "--watch")
    seen = watched(run)
    assert seen["recovery"] == "failing-differently" and "app-exit-139-segv" in seen["since"]
    assert run.status == 1


def test_names_stay_hidden_while_it_is_followed(live, incident, server):
    server.fault = Change((2, rollout(incident, "COMPLETED", incident.service["desiredCount"])))
    run = ask(live, incident, "--watch", "--redact")
    assert watched(run)["recovery"] == "recovered"
    assert incident.service["serviceName"] not in run.text and ACCOUNT not in run.text
