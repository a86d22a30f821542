"""A user's program, as `mypy --strict` reads it; `test_types.py` also runs it."""

from __future__ import annotations

import sys
from pathlib import Path

import ecs_triage
from ecs_triage import Confidence, Diagnosis, Remedy, Report, Verdict
from ecs_triage.causes import AppOomKilled, ImageTagNotFound


def next_memory(diagnosis: Diagnosis) -> int | None:
    """The hard limit to go to, in MiB."""
    if isinstance(diagnosis.cause, AppOomKilled):
        return diagnosis.cause.next_limit_mib
    return None


def advice(report: Report) -> list[str]:
    """What to type."""
    lines: list[str] = []
    for diagnosis in report.diagnoses:
        confidence: Confidence = diagnosis.confidence
        remedies: tuple[Remedy, ...] = diagnosis.remedies
        lines += [f"{confidence}: {remedy.command}" for remedy in remedies if remedy.command is not None]
        if isinstance(diagnosis.cause, ImageTagNotFound) and diagnosis.cause.tag is not None:
            lines.append(diagnosis.cause.tag.upper())
    return lines


def main(folder: str) -> int:
    report = ecs_triage.diagnose(Path(folder), observed_at="2026-11-22T08:00:00Z")
    verdict: Verdict = report.verdict
    for subject in report.subjects:
        for moment in subject.timeline:
            print(moment.at.isoformat(), moment.what)
    print("\n".join(advice(report)))
    for other in ecs_triage.diagnose_many([{"tasks": []}, b"{}"], threads=1):
        print(other.verdict)
    try:
        ecs_triage.diagnose(b"\x00", strict=True)
    except ecs_triage.EvidenceError as error:
        print(error.document, error.pointer, error.expected, error.found)
    print(max((next_memory(found) or 0 for found in report.diagnoses), default=0))
    return 1 if verdict == "failure" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
