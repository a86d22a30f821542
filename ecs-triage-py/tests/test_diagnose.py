"""The wheel diagnoses what boto3 returns."""

import datetime
import json

import ecs_triage
import pytest

TASK = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef"


def response():
    """What ``describe_tasks`` of boto3 returns for a task that ran out of memory."""
    started = datetime.datetime(2026, 11, 20, 8, 0, tzinfo=datetime.timezone.utc)
    return {
        "tasks": [
            {
                "taskArn": TASK,
                "lastStatus": "STOPPED",
                "stopCode": "EssentialContainerExited",
                "startedAt": started,
                "stoppingAt": started + datetime.timedelta(minutes=3),
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


def first(report):
    return report["subjects"][0]["diagnoses"][0]


def test_a_response_of_boto3_is_diagnosed():
    found = first(ecs_triage.diagnose(response()))
    assert (found["code"], found["container"], found["confidence"]) == ("app-oom-killed", "app", "confirmed")


def test_text_bytes_and_files_say_the_same(tmp_path):
    text = json.dumps(response(), default=str)
    file = tmp_path / "describe-tasks.json"
    file.write_text(text)
    reports = [ecs_triage.diagnose(given) for given in (text, text.encode(), file)]
    assert all(report == reports[0] for report in reports)


def test_a_keyword_names_the_document():
    found = first(ecs_triage.diagnose(describe_tasks=response()))
    assert found["evidence"][0]["document"] == "describe-tasks"


def test_what_cannot_be_read_is_a_problem_beside_the_rest():
    report = ecs_triage.diagnose(response(), b"no JSON")
    assert first(report)["code"] == "app-oom-killed"
    assert report["problems"]


def test_what_is_no_json_is_a_type_error():
    with pytest.raises(TypeError, match="object"):
        ecs_triage.diagnose({"tasks": [object()]})


def test_a_time_that_is_none_is_a_value_error():
    with pytest.raises(ValueError, match="observed_at"):
        ecs_triage.diagnose(response(), observed_at="yesterday")
