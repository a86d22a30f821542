"""Why an Amazon ECS task stopped, never started or never became healthy, and what to change.

The answer comes from AWS responses that were already fetched::

    import boto3, ecs_triage

    report = ecs_triage.diagnose(boto3.client("ecs").describe_tasks(cluster="prod", tasks=[arn]))
    print(report.markdown())

``ecs_triage.aws.triage`` fetches what it takes with boto3, read-only. ``ecs_triage.causes`` has a class for every cause,
to match on.
"""

from __future__ import annotations

from ._core import __version__
from ._diagnose import check, diagnose, schema
from ._documents import Document, Time
from ._errors import (
    EcsTriageError,
    EvidenceError,
    FileError,
    FleetError,
    InvalidTimeError,
    NotAReportError,
    UnreadableError,
    UnrecognisedError,
    UnsupportedTypeError,
)
from ._evidence import Evidence
from ._fleet import Fleet, FleetReport
from ._many import diagnose_many
from ._record import Cause
from ._report import Report
from ._verify import Recovery, Verification, verify
from .results import (
    Advisory,
    Bucket,
    Citation,
    Confidence,
    Consequence,
    Diagnosis,
    Link,
    LinkRole,
    Moment,
    Problem,
    Remedy,
    RemedyKind,
    Severity,
    Subject,
    SubjectKind,
    Verdict,
    Want,
)

__all__ = [
    "Advisory",
    "Bucket",
    "Cause",
    "Citation",
    "Confidence",
    "Consequence",
    "Diagnosis",
    "Document",
    "EcsTriageError",
    "Evidence",
    "EvidenceError",
    "FileError",
    "Fleet",
    "FleetError",
    "FleetReport",
    "InvalidTimeError",
    "Link",
    "LinkRole",
    "Moment",
    "NotAReportError",
    "Problem",
    "Recovery",
    "Remedy",
    "RemedyKind",
    "Report",
    "Severity",
    "Subject",
    "SubjectKind",
    "Time",
    "UnreadableError",
    "UnrecognisedError",
    "UnsupportedTypeError",
    "Verdict",
    "Verification",
    "Want",
    "__version__",
    "check",
    "diagnose",
    "diagnose_many",
    "schema",
    "verify",
]
