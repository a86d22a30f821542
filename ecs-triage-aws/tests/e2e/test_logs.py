"""The end of the failing container's log changes the diagnosis, or supports it."""

import copy
from datetime import datetime

import pytest
from account import Recorded
from moto.ecs.models import ecs_backends
from moto.logs.models import LogEvent, logs_backends
from server import ACCOUNT

TRACEBACK = ["boot", "Traceback (most recent call last):", '  File "/srv/app.py", line 3, in <module>', "KeyError: 'DATABASE_URL'"]
MODULE = ["node:internal/modules/cjs/loader:1228", "Error: Cannot find module './config'", "    at Module._load (node:internal:1)"]

#: Exit code of the container, what it logged, the first cause, its confidence, and what the summary then says.
CASES = {
    "python": (1, TRACEBACK, "app-exit-1", "confirmed", "KeyError: 'DATABASE_URL'"),
    "node": (1, MODULE, "app-exit-1", "confirmed", "Cannot find module './config'"),
    "variable": (1, ["Error: environment variable DB_HOST is not set"], "app-exit-1", "confirmed", "DB_HOST is not set"),
    "java-heap": (3, ["Terminating due to java.lang.OutOfMemoryError: Java heap space"], "app-exit-other", "confirmed", "Java heap space"),
    "node-heap": (134, ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
                  "app-exit-134-abort", "confirmed", "JavaScript heap was full"),
    "architecture": (1, ["exec /app/server: exec format error"], "start-exec-format-error", "likely", "`/app/server`"),
    "disk": (1, ["OSError: [Errno 28] No space left on device"], "app-disk-full", "likely", "ran out of disk"),
    "killed": (137, ["importing", "/entrypoint.sh: line 7:    12 Killed                  python import.py"],
               "app-exit-137-no-oom", "likely", "Killed"),
    "not-found": (127, ["/bin/sh: 1: gunicorn: not found"], "app-exit-127", "confirmed", "exit code 127"),
}


def fail(incident, code, lines):
    """The incident's task, ended by itself with an exit code after it logged some lines."""
    task = copy.deepcopy(incident.tasks[0])
    task["stoppedReason"] = "Essential container in task exited"
    for container in task["containers"]:
        container.pop("reason", None)
        container["exitCode"] = code if container["name"] == "app" else 0
    attributes = {"task_arn": task["taskArn"], "cluster_arn": task["clusterArn"], "desired_status": "STOPPED",
                  "task_definition_arn": task["taskDefinitionArn"]}
    backend = ecs_backends[ACCOUNT][incident.region]
    backend.tasks[incident.cluster] = {task["taskArn"]: Recorded(task, **attributes)}
    streams = logs_backends[ACCOUNT][incident.region].groups["/ecs/catalog-api"].streams
    end = int(datetime.fromisoformat(task["executionStoppedAt"]).timestamp() * 1000)
    stream = streams[f"ecs/app/{task['taskArn'].split('/')[-1]}"]
    stream.events[:] = [
        LogEvent(end, {"timestamp": end - 500 + place, "message": line}) for place, line in enumerate(lines)
    ]
    return task["taskArn"]


def first(live, incident, task):
    run = live("--task", task, region=incident.region)
    return run, run.report["subjects"][0]["diagnoses"][0]


def proofs(found, document):
    return [proof["value"] for proof in found["evidence"] if proof["document"].startswith(document)]


@pytest.mark.parametrize("name", CASES)
def test_the_last_lines_tell(name, account, live):
    code, lines, cause, confidence, words = CASES[name]
    incident = account("oom-kill")
    _, without = first(live, incident, fail(incident, code, []))
    assert not proofs(without, "get-log-events")
    run, found = first(live, incident, fail(incident, code, lines))
    assert (found["code"], found["confidence"]) == (cause, confidence), run.text
    assert words in found["summary"]
    assert (without["summary"], without["confidence"]) != (found["summary"], found["confidence"])
    (proof,) = proofs(found, "get-log-events")
    assert proof in lines


def test_no_secret_of_a_log_comes_out(account, live, tmp_path):
    incident = account("oom-kill")
    lines = ["ValueError: cannot connect to postgres://web:hunter2hunter2@db.internal/shop"]
    task = fail(incident, 1, lines)
    run = live("--task", task, "--save", tmp_path / "kept", region=incident.region)
    kept = "".join(file.read_text() for file in (tmp_path / "kept").iterdir())
    assert "db.internal" in run.text and "db.internal" in kept
    assert "hunter2" not in run.text + run.said + kept
