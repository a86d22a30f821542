"""The tool `live` of `ecs-triage mcp`, as the official Python client of the Model Context Protocol calls it."""

import functools

import anyio
import pytest
from account import EXPECTED, environment
from conftest import BINARY
from mcp import Client, StdioServerParameters


def ask(server, **arguments):
    """What the tool answers, from a server with the environment of a user with credentials."""

    async def run():
        env = environment(server.url)
        async with Client(StdioServerParameters(command=BINARY, args=["mcp"], env=env)) as client:
            # The client holds the answer against the tool's schema.
            return await client.call_tool("live", arguments)

    return anyio.run(functools.partial(run))


def text(result):
    return "\n".join(block.text for block in result.content)


@pytest.mark.parametrize("name", ["oom-kill", "execution-role-without-ecr"])
def test_it_gives_the_report_of_the_command(name, account, live, server):
    incident = account(name)
    where = {"cluster": incident.cluster, "service": incident.service["serviceName"], "region": incident.region}
    result = ask(server, **where)
    assert not result.is_error, text(result)
    report = result.structured_content
    assert report["subjects"][0]["diagnoses"][0]["code"] == EXPECTED[name]["code"]
    run = live("--cluster", where["cluster"], "--service", where["service"], region=incident.region)
    for found in (report, again := run.report):
        del found["observedAt"]
    assert codes(report) == codes(again)
    assert EXPECTED[name]["code"] in text(result)


def codes(report):
    return [[found["code"] for found in subject["diagnoses"]] for subject in report["subjects"]]


def test_a_task_needs_no_more_than_its_arn(account, server):
    incident = account("oom-kill")
    result = ask(server, tasks=[incident.tasks[0]["taskArn"]])
    assert result.structured_content["subjects"][0]["diagnoses"][0]["code"] == "app-oom-killed"


def test_what_is_refused_is_told_with_its_permission(account, server):
    incident = account("execution-role-without-ecr")
    server.fault = lambda call: "denied" if call.service == "iam" else None
    result = ask(server, cluster=incident.cluster, service=incident.service["serviceName"], region=incident.region)
    assert not result.is_error
    assert "iam:GetRole" in text(result) and "this policy would allow them" in text(result)


def test_credentials_that_have_expired(account, server):
    account("oom-kill")
    server.fault = lambda call: "expired"
    result = ask(server, cluster="prod", region="eu-west-1")
    assert result.is_error and "aws sso login" in text(result)


def test_a_cluster_that_is_not_there(account, server):
    incident = account("oom-kill")
    result = ask(server, cluster="prdo", region=incident.region)
    assert "no cluster `prdo`" in text(result) and f"`{incident.cluster}`" in text(result)
