"""`ecs-triage mcp` as the official Python client of the Model Context Protocol sees it.

ECS_TRIAGE names the command, built with the features `mcp` and `sdk`.
"""

from __future__ import annotations

import functools
import json
import os
import pathlib
import subprocess

import anyio
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters

COMMAND = os.environ["ECS_TRIAGE"]
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
INCIDENTS = REPOSITORY / "examples" / "incidents"
SECRET = "hunter2hunter2"


def client(*args: str, mode: str = "auto") -> Client:
    return Client(StdioServerParameters(command=COMMAND, args=["mcp", *args]), mode=mode)


def in_loop(test):
    """Runs an async test; the client's transport needs one task to enter and leave."""

    @functools.wraps(test)
    def run(**arguments):
        anyio.run(functools.partial(test, **arguments))

    return run


def text(result) -> str:
    return "\n".join(block.text for block in result.content)


async def refused(server: Client, tool: str, **arguments) -> str:
    result = await server.call_tool(tool, arguments)
    assert result.is_error, result
    assert result.structured_content is None
    return text(result)


def command(*args: str) -> str:
    return subprocess.run([COMMAND, *args], capture_output=True, text=True, check=False).stdout


def stop(reason: str) -> dict:
    arn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef"
    task = {"taskArn": arn, "lastStatus": "STOPPED", "stoppedReason": reason, "stopCode": "TaskFailedToStart"}
    return {"tasks": [task], "failures": []}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@in_loop
async def test_the_tools_are_typed_and_read_only(mode):
    async with client(mode=mode) as server:
        assert server.server_info.name == "ecs-triage"
        assert "diagnose" in server.instructions
        tools = {tool.name: tool for tool in (await server.list_tools()).tools}
        assert set(tools) == {"diagnose", "check", "live", "verify", "explain", "rules"}
        for tool in tools.values():
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.Draft202012Validator.check_schema(tool.output_schema)
            assert tool.input_schema["additionalProperties"] is False
            assert all(member.get("description") for member in tool.input_schema["properties"].values())
            assert tool.title and tool.description
            hints = tool.annotations
            assert (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint) == (True, False, True)
            assert hints.open_world_hint is (tool.name == "live")
        # What a model is shown stays small.
        assert len(json.dumps([tool.model_dump(mode="json") for tool in tools.values()])) < 60_000


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@in_loop
async def test_saved_evidence_gives_the_report_of_the_command(mode):
    folders = sorted(folder for folder in INCIDENTS.iterdir() if folder.is_dir())
    assert len(folders) > 5
    async with client("--files", str(INCIDENTS), mode=mode) as server:
        for folder in folders:
            result = await server.call_tool("diagnose", {"paths": [folder.name]})
            assert not result.is_error, text(result)
            # The client has validated it against the output schema as well.
            assert result.structured_content == json.loads(command(str(folder), "--format", "json"))
            assert text(result) == command(str(folder), "--format", "markdown")


@in_loop
async def test_documents_and_pasted_text_are_diagnosed():
    async with client() as server:
        folder = INCIDENTS / "oom-kill"
        files = [file for file in sorted(folder.iterdir()) if file.suffix == ".json"]
        for read in (json.loads, str):
            documents = {file.stem: read(file.read_text()) for file in files}
            result = await server.call_tool("diagnose", {"documents": documents})
            codes = [d["code"] for s in result.structured_content["subjects"] for d in s["diagnoses"]]
            assert codes[0] == "app-oom-killed"
        pasted = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref " \
            "docker.io/library/nginx:nope: docker.io/library/nginx:nope: not found"
        result = await server.call_tool("diagnose", {"text": pasted})
        assert result.structured_content["subjects"][0]["diagnoses"][0]["code"] == "image-tag-not-found"
        assert result.structured_content["wants"] or "nginx:nope" in text(result)


@in_loop
async def test_a_definition_is_checked():
    definition = {
        "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "8192",
        "containerDefinitions": [{"name": "app", "image": "nginx:latest", "essential": True}],
    }
    async with client() as server:
        result = await server.call_tool("check", {"documents": {"task-definition": definition}})
        advisories = result.structured_content["subjects"][0]["advisories"]
        assert any(advisory["code"] == "fargate-size" for advisory in advisories) or advisories
        assert "describe-task-definition" in await refused(server, "check", text=json.dumps(stop("x")))


@in_loop
async def test_a_change_is_verified():
    pull = "CannotPullContainerError: failed to resolve ref docker.io/library/nginx:nope: not found"
    async with client() as server:
        before = (await server.call_tool("diagnose", {"documents": {"describe-tasks": stop(pull)}})).structured_content
        service = {
            "serviceName": "web", "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "status": "ACTIVE",
            "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
            "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED", "desiredCount": 2,
                             "runningCount": 2, "pendingCount": 0, "failedTasks": 0}],
        }
        after = {"documents": {"describe-services": {"services": [service], "failures": []}}}
        for given in ({"documents": {"report": before}}, {"text": json.dumps(before)},
                      {"documents": {"describe-tasks": stop(pull)}}):
            result = await server.call_tool("verify", {"before": given, "after": after})
            assert not result.is_error, text(result)
            assert result.structured_content["recovery"] == "recovered"
            assert result.structured_content["before"] == ["image-tag-not-found"]


@in_loop
async def test_codes_are_explained_and_listed():
    async with client() as server:
        result = await server.call_tool("explain", {"code": "app-oom-killed"})
        assert result.structured_content == json.loads(command("explain", "app-oom-killed", "--format", "json"))
        assert "did you mean `app-oom-killed`" in await refused(server, "explain", code="app-oom-kiled")
        everything = (await server.call_tool("rules", {})).structured_content
        assert len(everything["causes"]) >= 224 and everything["advisories"]
        found = (await server.call_tool("rules", {"search": "image TAG"})).structured_content
        assert "image-tag-not-found" in [cause["code"] for cause in found["causes"]]
        assert len(found["causes"]) < len(everything["causes"]) / 4
        assert "search for fewer" in await refused(server, "rules", search="xyzzy")


@in_loop
async def test_no_secret_comes_back():
    definition = {"taskDefinition": {
        "family": "web", "containerDefinitions": [{
            "name": "app", "image": "nginx", "environment": [{"name": "DB_PASSWORD", "value": SECRET}],
            "command": ["run", f"--password={SECRET}"],
        }],
    }}
    reason = f"CannotPullContainerError: Get https://u:{SECRET}@host.example/v2/?token={SECRET}: x509: certificate"
    async with client() as server:
        documents = {"describe-tasks": stop(reason), "describe-task-definition": definition}
        answers = [
            await server.call_tool("diagnose", {"documents": documents}),
            await server.call_tool("check", {"documents": documents}),
            await server.call_tool("diagnose", {"text": f"password={SECRET}"}),
            await server.call_tool("diagnose", {"text": 1, f"password={SECRET}": SECRET}),
            await server.call_tool("diagnose", {"observedAt": SECRET, "text": "x"}),
            await server.call_tool("diagnose", {"paths": [f"https://host/?token={SECRET}"]}),
            await server.call_tool("explain", {"code": f"password={SECRET}"}),
            await server.call_tool("explain", {"code": [SECRET]}),
        ]
        for answer in answers:
            assert SECRET not in answer.model_dump_json()


@in_loop
async def test_live_says_how_to_get_access(tmp_path):
    nobody = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    async with Client(StdioServerParameters(command=COMMAND, args=["mcp"], env=nobody)) as server:
        assert "give one of `tasks`" in await refused(server, "live", service="web", family="web")
        assert "egion" in await refused(server, "live", service="web")
        assert "sign in" in await refused(server, "live", service="web", region="eu-west-1")


@in_loop
async def test_errors_say_what_to_do_next():
    async with client() as server:
        assert "give `text`, `documents` or `paths`" in await refused(server, "diagnose")
        assert "describe-tasks" in await refused(server, "diagnose", text="{}")
        assert "expected a string" in await refused(server, "diagnose", text=[1])
        assert "expected one of `text`" in await refused(server, "diagnose", tekst="x")
        assert "missing field `after`" in await refused(server, "verify", before={"text": "x"})
        assert "2026-11-22T08:00:00Z" in await refused(server, "diagnose", text="x", observedAt="yesterday")
        assert "--files DIR" in await refused(server, "diagnose", paths=["/etc/hostname"])
        with pytest.raises(MCPError, match="no such tool; the tools are `diagnose`"):
            await server.call_tool("restart", {})
        # The server lives on.
        assert not (await server.call_tool("rules", {})).is_error


@in_loop
async def test_files_are_read_below_the_named_folders_only(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "describe-tasks.json").write_text(json.dumps(stop("out of reach")))
    (inside / "describe-tasks.json").write_text(json.dumps(stop("Scaling activity initiated by deployment 1")))
    (inside / "link.json").symlink_to(outside / "describe-tasks.json")
    async with client("--files", str(inside)) as server:
        assert not (await server.call_tool("diagnose", {"paths": ["describe-tasks.json"]})).is_error
        for path in (str(outside), "../outside/describe-tasks.json", "link.json", ".", "/etc/hostname"):
            assert "is not below" in await refused(server, "diagnose", paths=[path]), path
        assert "cannot read `gone.json`" in await refused(server, "diagnose", paths=["gone.json"])


@in_loop
async def test_calls_run_beside_each_other():
    async with client("--files", str(INCIDENTS)) as server:
        async def one(folder):
            result = await server.call_tool("diagnose", {"paths": [folder]})
            assert not result.is_error

        async with anyio.create_task_group() as calls:
            for folder in ["oom-kill"] * 8:
                calls.start_soon(one, folder)


def test_the_end_of_input_ends_the_server():
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}
    done = subprocess.run([COMMAND, "mcp"], input=json.dumps(hello) + "\n", capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"]["serverInfo"]["name"] == "ecs-triage"
    missing = subprocess.run([COMMAND, "mcp", "--files", "/no/such"], input="", capture_output=True, text=True, timeout=20)
    assert missing.returncode == 2
    assert "`/no/such`" in missing.stderr
