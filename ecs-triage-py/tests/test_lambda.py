"""The example of a Lambda function: an event goes in, and a queue behind the topic gets the message."""

import importlib
import json
import sys

import pytest
import yaml
from account import REGION, Account
from conftest import REPOSITORY
from ecs_triage import aws

EXAMPLE = REPOSITORY / "examples/lambda"


class Context:
    """What Lambda tells a function of its own run."""

    def get_remaining_time_in_millis(self):
        return 60_000


@pytest.fixture
def account(monkeypatch):
    with Account() as account:
        for name, value in account.environment().items():
            monkeypatch.setenv(name, value)
        account.reset()
        yield account


@pytest.fixture
def queue(account, monkeypatch):
    """Gives what reached the topic since it was asked last."""
    topic = account.client("sns").create_topic(Name="ecs-triage")["TopicArn"]
    sqs = account.client("sqs")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    account.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("TOPIC_ARN", topic)

    def received():
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    return received


@pytest.fixture
def handler(queue, monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLE))
    for name in ("handler", "message"):
        sys.modules.pop(name, None)
    return importlib.import_module("handler").handler


def event(incident):
    task = json.loads((REPOSITORY / "examples/incidents" / incident / "describe-tasks.json").read_text())["tasks"][0]
    return {"version": "0", "id": "1", "detail-type": "ECS Task State Change", "source": "aws.ecs", "region": REGION,
            "account": "111122223333", "time": task.get("stoppedAt"), "detail": task}


@pytest.mark.parametrize("incident, code", [
    ("oom-kill", "app-oom-killed"),
    ("secret-denied", "iam-secret-asm-denied"),
])
def test_a_stopped_task_is_told(account, queue, handler, incident, code):
    account.fill(incident)
    answer = handler(event(incident), Context())
    assert (answer["verdict"], answer["code"], answer["told"]) == ("failure", code, True)
    assert json.loads(json.dumps(answer)) == answer
    (message,) = queue()
    assert f"`{code}`" in message["Message"] and message["Message"].startswith("## task ")
    assert len(message["Subject"]) <= 100 and message["Subject"].isascii()


def test_a_crash_loop_is_told_once(account, queue, handler):
    account.fill("oom-kill")
    assert [handler(event("oom-kill"), Context())["told"] for _ in range(3)] == [True, False, False]
    assert len(queue()) == 1


def test_what_is_no_failure_is_not_told(account, queue, handler):
    account.fill("deployment-scale-in")
    answer = handler(event("deployment-scale-in"), Context())
    assert answer["verdict"] == "not-a-failure" and not answer["told"] and queue() == []


def test_without_access_the_event_alone_is_told(account, queue, handler, monkeypatch):
    import handler as module
    from ecs_triage import CredentialsError

    def settle(*_, **__):
        raise CredentialsError("expired")

    monkeypatch.setattr(module.aws, "settle", settle)
    answer = handler(event("oom-kill"), Context())
    assert answer["code"] == "app-oom-killed" and len(queue()) == 1


def test_the_message_for_chats(handler):
    import ecs_triage
    import message

    evil = event("oom-kill")
    evil["detail"]["containers"][0]["name"] = "<!channel> ``` <http://evil.example|click>"
    report = ecs_triage.diagnose(evil)
    told = message.chat(report)
    text = told["content"]["description"]
    assert "<!channel>" not in text and "<http" not in text and text.count("```") % 2 == 0
    assert told["version"] == "1.0" and told["source"] == "custom" and len(text) <= message.LONGEST_CHAT
    texts = json.loads(message.notification(report)["Message"])
    assert set(texts) == {"default", "email", "https"} and json.loads(texts["https"]) == told
    long = "line\n```\n" + "x\n" * 100_000 + "```"
    assert len(message.cut(long, 500)) <= 500 and message.cut(long, 500).count("```") == 2


def test_the_template_allows_what_is_called_and_nothing_else():
    template = yaml.safe_load((EXAMPLE / "template.yaml").read_text())
    function = template["Resources"]["Triage"]["Properties"]
    publish, *reads = [entry["Statement"] for entry in function["Policies"]]
    assert publish == [{"Sid": "TellTheTopic", "Effect": "Allow", "Action": "sns:Publish", "Resource": {"Ref": "Topic"}}]
    assert [one for statement in reads for one in statement] == aws.iam_policy()["Statement"]
    pattern = function["Events"]["TaskStopped"]["Properties"]["Pattern"]
    assert pattern["detail-type"] == ["ECS Task State Change"] and pattern["detail"]["lastStatus"] == ["STOPPED"]
    assert function["Handler"] == "handler.handler" and (EXAMPLE / "handler.py").exists()


def test_the_template_passes_cfn_lint():
    from cfnlint import api

    assert api.lint_file(EXAMPLE / "template.yaml") == []
