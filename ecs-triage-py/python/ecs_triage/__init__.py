"""Why an Amazon ECS task stopped, never started or never became healthy, and what to change.

The answer comes from AWS responses that were already fetched::

    import boto3, ecs_triage

    report = ecs_triage.diagnose(boto3.client("ecs").describe_tasks(cluster="prod", tasks=[arn]))
    print(report.markdown())

``ecs_triage.aws.triage`` fetches what it takes with boto3, read-only. ``ecs_triage.causes`` has a class for every cause,
to match on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import __version__
from ._diagnose import check, diagnose, schema
from ._documents import Document, Rules, Time
from ._errors import (
    CredentialsError,
    EcsTriageError,
    EvidenceError,
    FileError,
    FleetError,
    InvalidTimeError,
    NotAReportError,
    RulesError,
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

if TYPE_CHECKING:
    from . import aws as aws
    from . import causes as causes
    from . import payloads as payloads
    from . import tables as tables
else:

    def __getattr__(name):
        """Modules that take a while to load, when they are first used."""
        if name in ("aws", "causes", "payloads", "tables"):
            from importlib import import_module

            return import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Advisory",
    "Bucket",
    "Cause",
    "Citation",
    "Confidence",
    "Consequence",
    "Diagnosis",
    "CredentialsError",
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
    "Rules",
    "RulesError",
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
