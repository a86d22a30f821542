"""The wheel in an environment with nothing else: run with its interpreter, not by pytest."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import ecs_triage

INCIDENT = Path(__file__).resolve().parents[2] / "examples/incidents/oom-kill"


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60)


assert find_spec("boto3") is None and find_spec("pyarrow") is None
report = ecs_triage.diagnose(INCIDENT)
assert report.diagnoses[0].code == "app-oom-killed", report
command = Path(sys.executable).with_name("ecs-triage")
for call in ([command], [sys.executable, "-I", "-m", "ecs_triage"]):
    done = run(*call, INCIDENT, "--format", "json")
    assert (done.returncode, done.stdout) == (1, report.to_json()), done
    assert run(*call, "--version").stdout.strip() == f"ecs-triage {ecs_triage.__version__}"
    assert run(*call, "no-such-file").returncode == 2
    live = run(*call, "live", "--cluster", "prod", "--service", "web")
    assert live.returncode == 2 and "pip install 'ecs-triage[aws]'" in live.stderr, live
