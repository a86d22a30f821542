"""The examples run."""

import importlib.util
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from account import Account
from conftest import REPOSITORY
from test_fleet import PULL, event

EXAMPLES = REPOSITORY / "examples/python"
INCIDENT = REPOSITORY / "examples/incidents/oom-kill"
TASK = json.loads((INCIDENT / "describe-tasks.json").read_text())["tasks"][0]["taskArn"]


@pytest.fixture
def account(monkeypatch):
    with Account() as account:
        for name, value in account.environment().items():
            monkeypatch.setenv(name, value)
        account.reset()
        account.fill("oom-kill")
        yield account


def run(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def test_the_runbook_with_saved_answers():
    done = run(EXAMPLES / "runbook.py", INCIDENT)
    assert done.returncode == 1, done.stderr
    assert "catalog-api: app-oom-killed (confirmed): give app 1536 MiB instead of 1024" in done.stdout


def test_the_runbook_with_an_account(account):
    done = run(EXAMPLES / "runbook.py", "prod", "catalog-api")
    assert done.returncode == 1, done.stderr
    assert "app-oom-killed" in done.stdout


def test_the_notebook(tmp_path):
    events = [event(number) for number in range(20)] + [event(50, "api", PULL, None, 7)]
    (tmp_path / "events.ndjson").write_text("\n".join(map(json.dumps, events)))
    done = run(EXAMPLES / "notebook.py", tmp_path / "events.ndjson", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "app-oom-killed" in done.stdout
    assert "<svg" in (tmp_path / "sample.html").read_text() and "<table" in (tmp_path / "incidents.html").read_text()


def callback():
    spec = importlib.util.spec_from_file_location("callback", EXAMPLES / "callback.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_callback_of_airflow(account):
    pushed = {}
    instance = SimpleNamespace(
        task_id="train", xcom_pull=lambda **_: None, xcom_push=lambda key, value: pushed.update({key: value})
    )
    error = RuntimeError(f"This task is not in success state - last 10 logs: {TASK}")
    callback().airflow_callback({"task_instance": instance, "exception": error})
    assert "`app-oom-killed`" in pushed["ecs_triage"]


def test_the_hook_of_prefect(account):
    flow_run = SimpleNamespace(parameters={"task_arn": TASK})
    assert "`app-oom-killed`" in callback().prefect_hook(None, flow_run, SimpleNamespace(message="failed"))
    flow_run = SimpleNamespace(parameters={})
    assert callback().prefect_hook(None, flow_run, SimpleNamespace(message="failed")) is None


def test_a_callback_does_not_fail_for_a_second_reason(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    assert callback().explain(TASK) is None
