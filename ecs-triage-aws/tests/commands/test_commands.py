"""Every command that a report proposes is one of the AWS CLI: its own parser takes it, and botocore its parameters."""

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import awscli.clidriver
import pytest
from awscli.customizations.ecs.executecommand import ExecuteCommandCaller
from botocore.exceptions import ParamValidationError
from botocore.validate import validate_parameters

BINARY = os.environ["ECS_TRIAGE"]
FIXTURES = Path(__file__).parents[3] / "ecs-triage-core/tests/fixtures"
NOT_EVIDENCE = {"from.md", "outcome.json"}

# What is left for a person to fill in is in capitals; where the CLI takes a number only, a number stands for it.
NUMBER_TO_FILL_IN = re.compile(r"\b[A-Z_]*(?:VALUE|COUNT|PORT)\b")
# Sorts of text within a command that a shell replaces before the CLI sees it.
DATE = re.compile(r"\$\(\(\$\(date \+%s\)-\d+\)\)|\$\(date[^()]*\)")
CALL = re.compile(r"\$\((aws [^()]*)\)")


def proposed(report):
    """Commands of remedies and of wants, wherever they stand."""
    if isinstance(report, dict):
        for key, value in report.items():
            if key in ("command", "cli") and isinstance(value, str):
                yield value
            else:
                yield from proposed(value)
    elif isinstance(report, list):
        for value in report:
            yield from proposed(value)


@pytest.fixture(autouse=True)
def held_against_the_model(monkeypatch):
    for caller in (awscli.clidriver.CLIOperationCaller, ExecuteCommandCaller):
        monkeypatch.setattr(caller, "invoke", invoke)
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "none",
        "AWS_SHARED_CREDENTIALS_FILE": "none",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def commands():
    """Each command that is proposed for a fixture, and one fixture that it is proposed for."""

    def report(folder):
        files = [str(file) for file in sorted(folder.iterdir()) if file.name not in NOT_EVIDENCE]
        ran = subprocess.run([BINARY, "--format", "json", *files], capture_output=True, text=True, timeout=60)
        return f"{folder.parent.name}/{folder.name}", json.loads(ran.stdout)

    found = {}
    with ThreadPoolExecutor(os.cpu_count()) as several:
        for fixture, report in several.map(report, sorted(FIXTURES.glob("*/*"))):
            for command in proposed(report):
                found.setdefault(command, fixture)
    return found


def likeness(call):
    """What is left of a call without names and numbers: calls that are alike in this are right or wrong together."""
    return tuple(part if part.startswith("--") or any(sign in part for sign in "{[=") else "" for part in call[2:])


def calls(command):
    """The calls of the AWS CLI in a line of shell, each as a list of arguments."""
    inner = CALL.findall(command)
    line = DATE.sub("2026-01-01T00:00:00Z", CALL.sub("sg-0123456789abcdef0", command))
    words = shlex.shlex(line, posix=True, punctuation_chars="|;&")
    words.whitespace_split = True
    parts = [[]]
    for word in words:
        if set(word) <= set("|;&"):
            parts.append([])
        else:
            parts[-1].append(NUMBER_TO_FILL_IN.sub("1", word))
    for part in [*parts, *map(shlex.split, inner)]:
        while part and re.match(r"[A-Z_]+=", part[0]):
            part = part[1:]
        if part and part[0] == "aws":
            yield part[1:]


def invoke(caller, service, operation, parameters, _):
    """Stands for the call itself: holds its parameters against botocore's model."""
    client = caller._session.create_client(service, region_name="eu-west-1")
    shape = client.meta.service_model.operation_model(operation).input_shape
    parameters.pop("PaginationConfig", None)
    for name, member in shape.members.items():
        if member.metadata.get("idempotencyToken"):
            parameters.setdefault(name, "0123456789abcdef0123456789abcdef")
    try:
        validate_parameters(parameters, shape)
    except ParamValidationError as error:
        # What is to be filled in is shorter than what it stands for.
        faults = [line for line in str(error).splitlines()[1:] if not line.startswith("Invalid length")]
        if faults:
            raise ValueError("; ".join(faults)) from None
    return 0


def fault_of(arguments, driver):
    """What the AWS CLI has against a call; empty when it takes it."""
    said = io.StringIO()
    if arguments[0] == "s3":
        arguments = [*arguments, "--dryrun"]
    if arguments[1] == "modify-vpc-attribute":
        # It leaves a handler behind that wants its own arguments of every other command of EC2.
        driver = awscli.clidriver.create_clidriver()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            status = driver.main(arguments)
        except SystemExit as end:
            status = end.code
    return "" if status == 0 else said.getvalue().strip()[-300:] or f"status {status}"


def test_every_command_is_one_of_the_aws_cli(commands, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "taskdef.json": '{"family": "web", "containerDefinitions": []}',
        "task-definition.json": '{"family": "web", "containerDefinitions": []}',
        "LOCAL_FILE": "GREETING=hello\n",
    }.items():
        (tmp_path / name).write_text(text)
    typed = {
        (*call[:2], likeness(call)): (call, command, fixture)
        for command, fixture in commands.items()
        for call in calls(command)
    }
    assert len(typed) > 200
    driver = awscli.clidriver.create_clidriver()
    faults = [
        (fixture, command, fault) for call, command, fixture in typed.values() if (fault := fault_of(call, driver))
    ]
    assert not faults, "\n".join(f"{fixture}: {command}\n    {fault}" for fixture, command, fault in faults)


@pytest.mark.parametrize(
    "command",
    [
        "aws ecs describe-task --cluster prod",
        "aws ecs update-service --cluster prod --service web --desired-count two",
        "aws iam put-role-policy --role-name web --policy-name x",
        "aws ecs describe-tasks --cluster prod --tasks x | aws ecs describe-tasks --tusks x",
    ],
)
def test_a_wrong_command_is_seen(command):
    driver = awscli.clidriver.create_clidriver()
    assert any(fault_of(call, driver) for call in calls(command))
