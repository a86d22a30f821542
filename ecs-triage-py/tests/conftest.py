"""What the tests share: the repository's examples, and the command built from Rust to compare with."""

import json
import os
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def command() -> str:
    """The command built by cargo, not the wheel's; ``ECS_TRIAGE_COMMAND`` names one that is built already."""
    given = os.environ.get("ECS_TRIAGE_COMMAND")
    if given:
        return given
    built = subprocess.run(
        ["cargo", "build", "--quiet", "-p", "ecs-triage-aws", "--message-format=json-render-diagnostics"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        check=True,
    )
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    return [message["executable"] for message in messages if message.get("executable")][-1]


@pytest.fixture(scope="session")
def rust(command):
    """Runs the command and gives what it printed."""

    def run(*arguments, text=b""):
        done = subprocess.run([command, *map(str, arguments)], input=text, capture_output=True, timeout=60)
        assert done.returncode in (0, 1, 2, 3), done.stderr
        return done.stdout.decode()

    return run
