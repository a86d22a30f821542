"""The wheel diagnoses what boto3 returns, and everything else that a user has at hand."""

import datetime
import decimal
import io
import json

import ecs_triage
import pytest

TASK = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef"
STARTED = datetime.datetime(2026, 11, 20, 8, 0, tzinfo=datetime.timezone.utc)


def response():
    """What ``describe_tasks`` of boto3 returns for a task that ran out of memory."""
    return {
        "tasks": [
            {
                "taskArn": TASK,
                "lastStatus": "STOPPED",
                "stopCode": "EssentialContainerExited",
                "startedAt": STARTED,
                "stoppingAt": STARTED + datetime.timedelta(minutes=3),
                "containers": [
                    {
                        "name": "app",
                        "exitCode": 137,
                        "reason": "OutOfMemoryError: Container killed due to memory usage",
                    }
                ],
            }
        ],
        "failures": [],
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


def definition():
    """What ``describe_task_definition`` returns."""
    return {
        "taskDefinition": {
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:42",
            "family": "web",
            "revision": 42,
            "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 512, "essential": True}],
        }
    }


def stuck():
    """A task that has been waiting since STARTED."""
    return {"tasks": [{"taskArn": TASK, "lastStatus": "PROVISIONING", "desiredStatus": "RUNNING", "createdAt": STARTED}]}


def codes(report):
    return [found.code for found in report.diagnoses]


def test_a_response_of_boto3_is_diagnosed():
    found = ecs_triage.diagnose(response()).diagnoses[0]
    assert (found.code, found.container, found.confidence) == ("app-oom-killed", "app", "confirmed")


def test_text_bytes_and_files_say_the_same(tmp_path):
    text = json.dumps(response(), default=str)
    file = tmp_path / "describe-tasks.json"
    file.write_text(text)
    (tmp_path / "README.md").write_text("prose is no evidence")
    (tmp_path / ".hidden").write_text("nor is this")
    given = [text, text.encode(), bytearray(text.encode()), file, tmp_path, [file], (text,)]
    reports = [ecs_triage.diagnose(document) for document in given]
    assert all(report == reports[0] for report in reports)
    assert codes(reports[0]) == ["app-oom-killed"]


def test_an_object_is_read_as_its_json_is():
    given = {
        "time": STARTED,
        "date": STARTED.date(),
        "decimal": [decimal.Decimal("137"), decimal.Decimal("1.5"), decimal.Decimal("NaN")],
        "bytes": b"caf\xc3\xa9 \xff",
        "body": io.BytesIO(b'{"a": 1}'),
        "tuple": (1, 2),
        "set": {"b", "a"},
        "numbers": [1, -1, 2**63, 2**200, 1.5, float("inf"), True, None],
        3: "a key",
        "surrogate": "\ud800",
    }
    assert json.loads(ecs_triage._core.to_json(given)) == {
        "time": "2026-11-20T08:00:00+00:00",
        "date": "2026-11-20",
        "decimal": [137, 1.5, None],
        "bytes": "café \ufffd",
        "body": '{"a": 1}',
        "tuple": [1, 2],
        "set": ["a", "b"],
        "numbers": [1, -1, 2**63, float(2**200), 1.5, None, True, None],
        "3": "a key",
        "surrogate": "\ufffd\ufffd\ufffd",
    }


def test_a_streaming_body_of_botocore_is_read():
    from botocore.response import StreamingBody

    text = json.dumps(response(), default=str).encode()
    body = StreamingBody(io.BytesIO(text), len(text))
    assert codes(ecs_triage.diagnose(body)) == ["app-oom-killed"]
    assert codes(ecs_triage.diagnose(tasks=io.StringIO(text.decode()))) == ["app-oom-killed"]


def test_keywords_name_documents():
    report = ecs_triage.diagnose(tasks=response(), task_definition=definition())
    assert report.diagnoses[0].evidence[0].document == "describe-tasks"
    assert report.diagnoses[0].cause.limit_mib == 512
    named = ecs_triage.diagnose(describe_tasks=response())
    assert named.diagnoses[0].evidence[0].document == "describe-tasks"


def test_several_documents_count_together():
    together = ecs_triage.diagnose(response(), definition())
    assert together.diagnoses[0].cause.limit_mib == 512
    text = json.dumps(response(), default=str)
    assert ecs_triage.diagnose([text, json.dumps(definition())]) == ecs_triage.diagnose(text, definition())


def test_a_list_of_events_is_one_document():
    event = {"detail-type": "ECS Task State Change", "source": "aws.ecs", "detail": response()["tasks"][0]}
    assert codes(ecs_triage.diagnose([event])) == ["app-oom-killed"]


def test_the_time_of_observation_tells_stuck_from_begun():
    just_begun = ecs_triage.diagnose(stuck(), observed_at=STARTED + datetime.timedelta(seconds=20))
    assert just_begun.verdict == "in-progress"
    assert just_begun.observed_at == STARTED + datetime.timedelta(seconds=20)
    late = "2026-11-20T09:00:00Z"
    waited = ecs_triage.diagnose(stuck(), observed_at=late)
    assert waited.verdict != "in-progress"
    naive = datetime.datetime(2026, 11, 20, 9, 0)
    assert ecs_triage.diagnose(stuck(), observed_at=naive) == waited


def test_evidence_grows():
    evidence = ecs_triage.Evidence(response())
    assert evidence.documents == ("describe-tasks",)
    evidence.add(definition(), name="get-it")
    evidence.add_answer("iam", "ListRolePolicies", {"RoleName": "web"}, {"PolicyNames": []})
    want = evidence.diagnose().wants[0]
    evidence.add_failure(want.service, want.operation, want.params, "AccessDenied", "User is not authorized")
    evidence.observed(STARTED)
    assert len(evidence.documents) == 4
    report = evidence.diagnose()
    assert report.diagnoses[0].cause.limit_mib == 512
    assert want not in report.wants


def test_check_looks_at_a_definition_before_its_deployment():
    report = ecs_triage.check({**definition()["taskDefinition"], "networkMode": "awsvpc",
                               "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "4096"})
    assert report.advisories
    assert {advisory.severity for advisory in report.advisories} <= {"error", "warning", "note"}


def test_verify_says_whether_a_change_helped():
    before = ecs_triage.diagnose(response())
    service = {"services": [{"serviceName": "web", "status": "ACTIVE", "desiredCount": 1, "runningCount": 1,
                             "deployments": [{"status": "PRIMARY", "runningCount": 1, "desiredCount": 1,
                                              "rolloutState": "COMPLETED"}]}]}
    for earlier in (before, before.to_json(), before.to_json().encode()):
        answer = ecs_triage.verify(earlier, services=service)
        assert (answer.recovery, answer.before) == ("recovered", ("app-oom-killed",))
        assert answer.report.verdict == "healthy"


def test_many_documents_of_every_kind(tmp_path):
    event = json.dumps({"detail-type": "ECS Task State Change", "source": "aws.ecs",
                        "detail": json.loads(json.dumps(response(), default=str))["tasks"][0]})
    one = ecs_triage.diagnose(event)
    lines = tmp_path / "events.ndjson"
    lines.write_text("\n".join([event] * 2500))
    array = json.dumps([json.loads(event)] * 5, indent=1)
    for source, count in [
        ([event] * 3, 3),
        ((json.loads(event) for _ in range(3)), 3),
        ([tmp_path / "events.ndjson"], 1),
        (lines, 2500),
        (lines.read_bytes()[: len(event) * 4 + 4], 4),
        (array, 5),
        (json.dumps(json.loads(event), indent=1) * 2, 2),
        (b"", 0),
        ([], 0),
    ]:
        reports = list(ecs_triage.diagnose_many(source, threads=2))
        assert len(reports) == count
        if count != 1:
            assert all(report == one for report in reports)


def test_many_keeps_the_order_and_goes_on_after_what_cannot_be_read():
    tasks = [{**response()["tasks"][0], "taskArn": TASK[:-4] + f"{number:04}"} for number in range(3000)]
    given = [{"tasks": [task]} for task in tasks]
    given[7] = b"\x00"
    reports = list(ecs_triage.diagnose_many(given, threads=3))
    assert reports[7].problems and not reports[7].subjects
    del reports[7], tasks[7]
    assert [report.subjects[0].id for report in reports] == [task["taskArn"] for task in tasks]


def test_the_schema_holds_for_reports():
    schema = ecs_triage.schema()
    report = ecs_triage.diagnose(response()).to_dict()
    assert set(schema["required"]) <= set(report)


@pytest.mark.parametrize("threads", [1, 2, None])
def test_threads_change_nothing(threads):
    reports = list(ecs_triage.diagnose_many([response()] * 10, threads=threads))
    assert set(reports) == {ecs_triage.diagnose(response())}
