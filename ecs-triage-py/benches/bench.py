"""Speed of the wheel, as ratios in one run: `python bench.py [EVENTS] [RUST]`.

Times are those of the processor, which other work on the machine changes little; beside them the time that passed. EVENTS is how many events are made (100,000 unless said otherwise), RUST the program `many` of the crate
`ecs-triage-benches`, which diagnoses the same file in Rust. Needs a wheel that was built with `maturin build --release`.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, NamedTuple

import ecs_triage

INCIDENTS = Path(__file__).resolve().parents[2] / "examples/incidents"


class Took(NamedTuple):
    """Seconds of the processor, of all threads and of programs that were run, and seconds that passed."""

    cpu: float
    wall: float


def cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def best(call: Callable[[], object], times: int = 3) -> Took:
    """The fastest of some runs: the others were disturbed."""
    found = []
    for _ in range(times):
        start = cpu(), time.perf_counter()
        call()
        found.append(Took(cpu() - start[0], time.perf_counter() - start[1]))
    return min(found)


def tasks() -> list[dict[str, Any]]:
    """The stopped tasks of the bundled incidents."""
    files = sorted(INCIDENTS.glob("*/describe-tasks.json"))
    found = [task for file in files for task in json.loads(file.read_text()).get("tasks", []) if "taskArn" in task]
    return [task for task in found if task.get("stoppedAt")]


def as_in_events(task: dict[str, Any]) -> dict[str, Any]:
    """A task as EventBridge sends it: with its version, and with times in UTC."""
    def utc(text: str) -> str:
        at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(datetime.timezone.utc)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    times = {key: utc(value) for key, value in task.items() if key.endswith("At")}
    return {"version": 6, **task, **times, "updatedAt": times["stoppedAt"]}


def events(count: int) -> str:
    """So many events of EventBridge, one a line, each of another task."""
    lines = []
    known = [as_in_events(task) for task in tasks()]
    for number in range(count):
        task = known[number % len(known)]
        arn = task["taskArn"].rsplit("/", 1)[0] + f"/{number:032x}"
        event = {"version": "0", "id": str(number), "detail-type": "ECS Task State Change", "source": "aws.ecs",
                 "time": task["stoppedAt"], "detail": {**task, "taskArn": arn}}
        lines.append(json.dumps(event, separators=(",", ":")))
    return "\n".join(lines) + "\n"


def boto3_answer() -> dict[str, Any]:
    """One stopped task as boto3 returns it."""
    text = (INCIDENTS / "oom-kill/describe-tasks.json").read_text()
    task = next(task for task in json.loads(text)["tasks"] if task.get("stoppedAt"))
    task = {
        key: datetime.datetime.fromisoformat(value) if key.endswith("At") else value for key, value in task.items()
    }
    return {"tasks": [task], "failures": [], "ResponseMetadata": {"HTTPStatusCode": 200}}


def one() -> None:
    answer = boto3_answer()

    def read(way: Callable[[], object]) -> float:
        return best(lambda: [way() for _ in range(3000)]).cpu / 3000 * 1e6

    def by_text() -> object:
        return ecs_triage.Evidence(json.dumps(answer, default=lambda at: at.isoformat()))

    text = json.dumps(answer, default=str)
    print("one stopped task as boto3 returns it, in µs")
    print(f"  json.dumps of it                    {read(lambda: json.dumps(answer, default=str)):7.1f}")
    print(f"  json.loads of that                  {read(lambda: json.loads(text)):7.1f}")
    print(f"  read through json.dumps             {read(by_text):7.1f}")
    print(f"  read as it is                       {read(lambda: ecs_triage.Evidence(answer)):7.1f}")
    print(f"  diagnose                            {read(lambda: ecs_triage.diagnose(answer)):7.1f}")
    print(f"  diagnose and all typed parts        {read(lambda: ecs_triage.diagnose(answer).subjects):7.1f}")
    print(f"  diagnose and to_json                {read(lambda: ecs_triage.diagnose(answer).to_json()):7.1f}")


def many(count: int, rust: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.ndjson"
        file.write_text(events(count))
        size = file.stat().st_size
        print(f"{count:,} events, {size / 1e6:.0f} MB, in s of the processor")

        def consume(threads: int) -> None:
            for _ in ecs_triage.diagnose_many(file, threads=threads):
                pass

        def fold(threads: int) -> None:
            fleet = ecs_triage.Fleet()
            fleet.add(file, threads=threads)
            fleet.report()

        def loads() -> None:
            with open(file, "rb") as lines:
                for line in lines:
                    json.loads(line)

        row = "  {:36}{:7.2f}  {:6.1f} MB/s  {:7.2f} s passed".format
        rows: dict[str, Took] = {
            "json.loads of each line": best(loads, 2),
            "diagnose_many, 1 thread": best(lambda: consume(1), 2),
            "diagnose_many, 2 threads": best(lambda: consume(2), 2),
            "Fleet.add, 1 thread": best(lambda: fold(1), 2),
            "Fleet.add, 2 threads": best(lambda: fold(2), 2),
        }
        if rust:
            rows["Rust, 1 thread"] = best(lambda: subprocess.check_output([rust, str(file)]), 2)
        for name, took in rows.items():
            print(row(name, took.cpu, size / 1e6 / took.cpu, took.wall))


if __name__ == "__main__":
    one()
    many(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else None)
