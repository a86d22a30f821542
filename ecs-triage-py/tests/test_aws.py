"""Live triage with boto3 and aiobotocore over real HTTP, against moto's server."""

import asyncio
import json
import pickle
import threading

import botocore.session
import ecs_triage
import pytest
from account import Account
from ecs_triage import aws

#: What is made of the incident, and the cause that comes first.
INCIDENTS = {
    "oom-kill": "app-oom-killed",
    "secret-denied": "iam-secret-asm-denied",
    "image-tag-never-pushed": "image-tag-not-found",
    "execution-role-without-ecr": "iam-ecr-auth-token-denied",
    "trust-policy-wrong-service": "iam-role-trust",
    "log-group-missing": "log-group-missing",
    "exit-1-no-logs": "app-exit-1",
    "docker-hub-rate-limit": "registry-rate-limited-dockerhub",
}


@pytest.fixture(scope="module")
def server():
    with Account() as account:
        yield account


@pytest.fixture
def account(server, monkeypatch):
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    server.reset()
    return server


def service_of(incident):
    return ecs_triage.diagnose(incident_folder(incident)).subjects[0].service


def target_of(incident):
    """Its service; else the family of its tasks."""
    subject = ecs_triage.diagnose(incident_folder(incident)).subjects[0]
    return {"service": subject.service} if subject.service else {"family": subject.family.split(":")[0]}


def incident_folder(incident):
    from conftest import REPOSITORY

    return REPOSITORY / "examples/incidents" / incident


@pytest.mark.parametrize("incident", INCIDENTS)
def test_live_gives_what_rust_gives_on_the_saved_evidence(account, rust, tmp_path, incident):
    cluster = account.fill(incident)
    found = aws.triage(account.session(), cluster=cluster, save=tmp_path / "kept", **target_of(incident))
    assert found.diagnoses[0].code == INCIDENTS[incident]
    assert found.to_json() == rust(tmp_path / "kept", "--format", "json")
    assert found == ecs_triage.diagnose(tmp_path / "kept")
    assert (tmp_path / "kept/report.md").read_text() == found.markdown()
    # Nothing is asked twice, and everything only reads.
    asked = [(call.service, call.operation) for call in found.calls]
    assert all(operation.startswith(("Describe", "Get", "List", "BatchGet", "Lookup", "Head")) for _, operation in asked)
    files = [json.loads(file.read_text()) for file in (tmp_path / "kept").glob("*.json")]
    calls = [(one["service"], one["operation"], json.dumps(one["params"])) for one in files]
    assert len(calls) == len(set(calls))
    assert any(call.round > 0 for call in found.calls)


def test_by_task_by_family_and_whatever_is_wrong(account):
    account.fill("oom-kill")
    task = ecs_triage.diagnose(incident_folder("oom-kill")).subjects[0]
    for target in ({"tasks": task.id}, {"tasks": [task.id]}, {"cluster": "prod", "family": task.family.split(":")[0]},
                   {"cluster": "prod"}):
        assert aws.triage(account.session(), **target).diagnoses[0].code == "app-oom-killed", target
    with pytest.raises(ValueError, match="one of"):
        aws.triage(account.session(), service="web", family="web")


def test_the_event_is_evidence_to_begin_with(account):
    account.fill("oom-kill")
    task = json.loads((incident_folder("oom-kill") / "describe-tasks.json").read_text())["tasks"][0]
    event = {"detail-type": "ECS Task State Change", "source": "aws.ecs", "region": "eu-west-1", "detail": task}
    found = aws.settle(event, session=account.session())
    assert found.diagnoses[0].code == "app-oom-killed" and found.calls
    assert "DescribeTasks" not in [call.operation for call in found.calls]


def test_what_was_asked_for_but_is_not_there(account):
    found = aws.triage(account.session(), cluster="nowhere", service="web")
    assert "ClusterNotFoundException" in {call.error for call in found.calls}
    assert any("no cluster `nowhere`" in note for note in found.notes)
    account.client("ecs").create_cluster(clusterName="prod")
    found = aws.triage(account.session(), cluster="prod", family="web")
    assert any("an hour" in note for note in found.notes)


class Refusing:
    """A session whose clients are refused everything but ECS."""

    region_name = "eu-west-1"

    def __init__(self, session):
        self._session = session

    def client(self, service, **options):
        client = self._session.client(service, **options)
        if service != "ecs":
            client.meta.events.register("before-call", refuse)
        return client


def refuse(model, **_):
    from botocore.exceptions import ClientError

    error = {"Code": "AccessDeniedException", "Message": f"not authorized to perform: {model.name}"}
    raise ClientError({"Error": error}, model.name)


def test_refused_calls_are_evidence_and_name_their_permissions(account, rust, tmp_path):
    account.fill("secret-denied")
    session = Refusing(account.session())
    found = aws.triage(session, cluster="prod", service=service_of("secret-denied"), save=tmp_path / "kept")
    assert found.diagnoses[0].bucket in ("iam", "secrets")
    assert {call.error for call in found.calls if call.service != "ecs"} == {"AccessDeniedException"}
    actions = [action for statement in found.missing_permissions["Statement"] for action in statement["Action"]]
    assert "iam:GetRole" in actions and not any(action.startswith("ecs:") for action in actions)
    allowed = {action for statement in aws.iam_policy()["Statement"] for action in statement["Action"]}
    assert set(actions) <= allowed
    assert found.to_json() == rust(tmp_path / "kept", "--format", "json")


def test_without_credentials(account, monkeypatch):
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(ecs_triage.CredentialsError, match="credentials"):
        aws.triage(boto3.Session(region_name="eu-west-1"), cluster="prod", service="web", timeout=20)


class Slow(Refusing):
    """A session whose calls take longer than anybody waits."""

    def client(self, service, **options):
        client = self._session.client(service, **options)
        client.meta.events.register("before-call", lambda **_: never.wait(5))
        return client


never = threading.Event()


def test_time_runs_out(account):
    account.fill("oom-kill")
    found = aws.triage(Slow(account.session()), cluster="prod", service="catalog-api", timeout=0.5)
    assert any("time" in note for note in found.notes)
    slow = aws.triage(Slow(account.session()), tasks=["0123456789abcdef0123456789abcdef"], call_timeout=0.3, timeout=10)
    assert [call.error for call in slow.calls] == ["ReadTimeoutError"]
    never.set()


def test_calls_run_side_by_side_and_no_more_than_allowed(account):
    account.fill("oom-kill")
    running, most = set(), []

    def heard(service, operation, code):
        key = (service, operation)
        running.add(key) if code is None else running.discard(key)
        most.append(len(running))

    aws.triage(account.session(), cluster="prod", service="catalog-api", concurrency=3, progress=heard)
    assert 1 < max(most) <= 3


def test_the_result_is_frozen_and_pickles(account, tmp_path):
    account.fill("oom-kill")
    found = aws.triage(account.session(), cluster="prod", service="catalog-api")
    copied = pickle.loads(pickle.dumps(found))
    assert copied == found and copied.calls == found.calls and copied.notes == found.notes
    with pytest.raises(AttributeError):
        found.notes = ()
    copied.save(tmp_path / "kept")
    assert ecs_triage.diagnose(tmp_path / "kept") == found
    with pytest.raises(ecs_triage.FileError, match="not empty"):
        found.save(tmp_path / "kept")
    assert (tmp_path / "kept/report.md").stat().st_mode & 0o077 == 0


def test_nothing_of_the_environment_is_kept(account, tmp_path):
    account.fill("oom-kill")
    ecs = aws.triage(account.session(), cluster="prod", service="catalog-api", save=tmp_path / "kept")
    definition = next((tmp_path / "kept").glob("describe-task-definition*.json"))
    containers = json.loads(definition.read_text())["response"]["taskDefinition"]["containerDefinitions"]
    values = [one["value"] for container in containers for one in container.get("environment", [])]
    given = json.loads((incident_folder("oom-kill") / "describe-task-definition.json").read_text())
    real = {one["value"] for container in given["taskDefinition"]["containerDefinitions"]
            for one in container.get("environment", [])}
    assert ecs.calls and values and not real.intersection(values)


def test_an_event_loop_gives_the_same(account):
    from aiobotocore.session import get_session

    account.fill("secret-denied")
    wanted = {"cluster": "prod", "service": service_of("secret-denied"), "observed_at": "2026-11-22T08:00:00Z"}
    found = asyncio.run(aws.triage_async(get_session(), **wanted))
    assert found == aws.triage(account.session(), **wanted)
    assert {call[:2] for call in found.calls} == {call[:2] for call in aws.triage(account.session(), **wanted).calls}


class Heard:
    """What a call handed in."""

    def __getattr__(self, name):
        return lambda *told: setattr(self, "outcome", (name, *told))


def test_every_way_in_which_a_call_ends():
    from botocore import exceptions, parsers

    def ends(error):
        heard = Heard()
        aws._make(heard, lambda: aws._raise(error))
        return heard.outcome

    answered = Heard()
    aws._make(answered, lambda: {"taskArns": [], "ResponseMetadata": {}})
    assert answered.outcome == ("answered", {"taskArns": []})
    denied = {"Error": {"Code": "AccessDenied", "Message": "no"}}
    assert ends(exceptions.ClientError(denied, "GetRole")) == ("refused", "AccessDenied", "no")
    head = {"Error": {"Code": "403", "Message": "Forbidden"}}
    assert ends(exceptions.ClientError(head, "HeadObject")) == ("refused", "Forbidden", "Forbidden")
    assert ends(exceptions.ClientError({}, "HeadObject")) == ("refused", "Unknown", "")
    assert ends(exceptions.NoCredentialsError())[0] == "no_credentials"
    assert ends(parsers.ResponseParserError("cut"))[0] == "garbled"
    assert ends(exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1"))[0] == "unanswered"
    assert ends(KeyError("anything")) == ("unanswered", "KeyError: 'anything'")


def test_the_policy_only_reads():
    actions = [action for statement in aws.iam_policy()["Statement"] for action in statement["Action"]]
    assert "ecs:DescribeTasks" in actions and len(actions) == len(set(actions))
    model = botocore.session.get_session().get_service_model("ecs")
    assert {action[4:] for action in actions if action.startswith("ecs:")} <= set(model.operation_names)
