"""The command that the wheel installs: the one built from Rust, and `live` with boto3."""

import json
import os
import subprocess
import sys

import ecs_triage
import pytest
from account import Account
from conftest import REPOSITORY

INCIDENT = REPOSITORY / "examples/incidents/oom-kill"


def run(*arguments, text=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "ecs_triage", *map(str, arguments)],
        input=text, capture_output=True, text=True, timeout=120, env={**os.environ, **environment},
    )


def test_it_prints_what_the_command_of_rust_prints(command):
    for arguments in (["diagnose", INCIDENT], [INCIDENT, "--format", "markdown"], ["rules"], ["--help"], ["schema"],
                      ["explain", "app-oom-killed"], ["explain", "no-such-code"], ["no-such-file"], ["--no-such-flag"],
                      ["check", INCIDENT], ["iam-policy"], ["--version"]):
        ours = run(*arguments)
        # The same environment: readline may have put COLUMNS into that of the process behind Python's back.
        theirs = subprocess.run(
            [command, *map(str, arguments)], capture_output=True, text=True, timeout=60, env=dict(os.environ)
        )
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_it_reads_standard_input():
    done = run("-", "--format", "json", text=(INCIDENT / "describe-tasks.json").read_text())
    assert done.returncode == 1
    assert json.loads(done.stdout)["subjects"][0]["diagnoses"][0]["code"] == "app-oom-killed"


def test_live_against_a_server(tmp_path):
    with Account() as account:
        account.fill("oom-kill")
        target = ["live", "--cluster", "prod", "--service", "catalog-api"]
        kept = tmp_path / "kept"
        done = run(*target, "--format", "json", "--save", kept, **account.environment())
        assert done.returncode == 1, done.stderr
        assert done.stdout == ecs_triage.diagnose(kept).to_json()
        again = run(*target, "--save", kept, **account.environment())
        assert again.returncode == 2 and "not empty" in again.stderr
        text = run(*target, "--color", "always", **account.environment())
        assert text.returncode == 1 and text.stdout.startswith("\x1b[1mtask ") and "app-oom-killed" in text.stdout
        task = json.loads((INCIDENT / "describe-tasks.json").read_text())["tasks"][0]["taskArn"]
        by_task = run("live", "--task", task, "--format", "markdown", "--endpoint-url", account.url,
                      **{**account.environment(), "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_DEFAULT_REGION": ""})
        assert by_task.returncode == 1 and "`app-oom-killed`" in by_task.stdout
        nowhere = run("live", "--cluster", "nowhere", **account.environment())
        assert "no cluster `nowhere`" in nowhere.stderr


def test_live_lists_its_calls_and_hides_names(tmp_path):
    with Account() as account:
        account.fill("oom-kill")
        target = ["live", "--cluster", "prod", "--service", "catalog-api", "--format", "json"]
        done = run(*target, "--show-calls", "--redact-map", tmp_path / "map.json", **account.environment())
        assert done.returncode == 1, done.stderr
        assert "round 0 ecs:DescribeServices: answered" in done.stderr
        assert json.loads(done.stdout)["subjects"][0]["diagnoses"][0]["code"] == "app-oom-killed"
        assert "catalog-api" not in done.stdout and "111122223333" not in done.stdout
        assert (tmp_path / "map.json").stat().st_mode & 0o077 == 0
        again = run(*target, "--redact-map", tmp_path / "map.json", **account.environment())
        hidden = [json.loads(one.stdout)["subjects"][0]["id"] for one in (done, again)]
        assert hidden[0] == hidden[1]
        restored = run("restore", "--redact-map", tmp_path / "map.json", "-", text=done.stdout)
        assert "catalog-api" in restored.stdout, restored.stderr
        (tmp_path / "map.json").write_text("{}")
        wrong = run(*target, "--redact-map", tmp_path / "map.json", **account.environment())
        assert wrong.returncode == 2 and "map.json" in wrong.stderr


def test_live_follows_a_service(monkeypatch):
    with Account() as account:
        for name, value in account.environment().items():
            monkeypatch.setenv(name, value)
        account.fill("oom-kill")
        target = ["live", "--cluster", "prod", "--service", "catalog-api", "--format", "json"]
        done = run(*target, "--watch", "--watch-minutes", "0")
        text = done.stdout.strip()
        report, end = json.JSONDecoder().raw_decode(text)
        seen = json.loads(text[end:])
        assert seen["schema"] == "ecs-triage/verification/1" and seen["before"] == ["app-oom-killed"], done.stderr
        before = ecs_triage.aws.triage(account.session(), cluster="prod", service="catalog-api")
        again = ecs_triage.aws.look_again(before, account.session(), cluster="prod", service="catalog-api")
        assert again.recovery == seen["recovery"] and again.before == ("app-oom-killed",)
        assert done.returncode == {"recovered": 0, "still-failing": 1, "failing-differently": 1}.get(again.recovery, 3)


@pytest.mark.parametrize("arguments", [["--service", "a", "--family", "b"], ["--colour"], ["--timeout", "soon"]])
def test_wrong_usage_of_live(arguments):
    assert run("live", *arguments).returncode == 2


def test_live_without_credentials():
    with Account() as account:
        environment = {**account.environment(), "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        done = run("live", "--cluster", "prod", "--service", "web", **environment)
        assert done.returncode == 3 and "aws sso login" in done.stderr
