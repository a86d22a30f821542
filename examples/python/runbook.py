"""A runbook: what is wrong with a service, and what to type.

    python runbook.py CLUSTER SERVICE          looks into the account, with boto3
    python runbook.py FOLDER                   diagnoses saved answers

The exit status is 1 when something failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ecs_triage
from ecs_triage import Diagnosis
from ecs_triage.causes import AppOomKilled, ImageTagNotFound, LogGroupMissing
from ecs_triage.payloads import Access


def advice(diagnosis: Diagnosis) -> str:
    """One line in our own words for the causes we meet most; what the engine says for all others."""
    cause = diagnosis.cause
    if isinstance(cause, AppOomKilled) and cause.next_limit_mib:
        return f"give {diagnosis.container} {cause.next_limit_mib} MiB instead of {cause.limit_mib}"
    if isinstance(cause, ImageTagNotFound):
        return f"push {cause.image}, or deploy a tag that exists"
    if isinstance(cause, LogGroupMissing):
        return f"create the log group {cause.log_group}"
    if isinstance(cause, Access):  # every cause of a refused action
        return f"allow {cause.action} to the {cause.role_kind} role {cause.role}"
    return diagnosis.summary


def main(arguments: list[str]) -> int:
    if len(arguments) == 2:
        import boto3

        from ecs_triage import aws

        cluster, service = arguments
        report: ecs_triage.Report = aws.triage(boto3.Session(), cluster=cluster, service=service)
    else:
        report = ecs_triage.diagnose(Path(arguments[0]))
    for subject in report.subjects:
        for diagnosis in subject.diagnoses:
            print(f"{subject.service or subject.id}: {diagnosis.code} ({diagnosis.confidence}): {advice(diagnosis)}")
            for remedy in diagnosis.remedies:
                if remedy.proven and remedy.command:
                    print(f"  proven: {remedy.command}")
    for want in report.wants:
        print(f"to be sure: {want.cli}")
    return 1 if report.verdict == "failure" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
