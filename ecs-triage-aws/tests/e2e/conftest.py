import json
import os
import subprocess
from pathlib import Path

import pytest
from account import Account, environment
from server import Server

BINARY = os.environ["ECS_TRIAGE"]


@pytest.fixture
def server():
    server = Server().start()
    yield server
    server.stop()


class Run:
    """What a run of the command said."""

    def __init__(self, args, env, limit):
        ran = subprocess.run([BINARY, *args], capture_output=True, text=True, env=env, timeout=limit)
        self.status, self.text, self.said = ran.returncode, ran.stdout, ran.stderr
        assert "panicked" not in self.said, self.said

    @property
    def report(self):
        report = json.loads(self.text)
        assert report["schema"] == "ecs-triage/report/1"
        return report

    @property
    def first(self):
        found = [diagnosis for subject in self.report["subjects"] for diagnosis in subject["diagnoses"]]
        return found[0]["code"] if found else None

    @property
    def problems(self):
        return [problem["message"] for problem in self.report["problems"]]


@pytest.fixture
def live(server):
    def run(*args, region="eu-west-1", limit=60, **env):
        where = ["--region", region] if region else []
        args = ["live", *where, "--format", "json", *map(str, args)]
        return Run(args, environment(server.url) | env, limit)

    return run


@pytest.fixture
def offline():
    def run(folder: Path):
        return Run(["--format", "json", str(folder)], environment(""), 20)

    return run


@pytest.fixture
def account(server):
    def fill(name):
        account = Account(name, server.url)
        server.calls.clear()
        return account

    return fill
