"""Reports as tables of Apache Arrow and as data frames of pandas; both are optional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Optional

from ._report import Report
from .results import Diagnosis, Subject

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from ._fleet import FleetReport
    from .fleet import Incident

__all__ = ["incidents_to_arrow", "incidents_to_pandas", "to_arrow", "to_pandas"]

#: Column, its type, and where its value is.
_Column = tuple[str, str, Callable[[Any], object]]

_SUBJECT: list[tuple[str, str, Callable[[Subject], object]]] = [
    ("subject", "string", lambda subject: subject.id),
    ("kind", "string", lambda subject: subject.kind),
    ("service", "string", lambda subject: subject.service),
    ("family", "string", lambda subject: subject.family),
    ("launch_type", "string", lambda subject: subject.launch_type),
    ("verdict", "string", lambda subject: subject.verdict),
    ("ended_at", "time", lambda subject: subject.timeline[-1].at if subject.timeline else None),
]
_DIAGNOSIS: list[tuple[str, str, Callable[[Diagnosis], object]]] = [
    ("code", "string", lambda diagnosis: diagnosis.code),
    ("title", "string", lambda diagnosis: diagnosis.title),
    ("bucket", "string", lambda diagnosis: diagnosis.bucket),
    ("confidence", "string", lambda diagnosis: diagnosis.confidence),
    ("container", "string", lambda diagnosis: diagnosis.container),
    ("summary", "string", lambda diagnosis: diagnosis.summary),
]
_INCIDENT: list[tuple[str, str, Callable[[Incident], object]]] = [
    ("cluster", "string", lambda incident: incident.cluster),
    ("service", "string", lambda incident: incident.service),
    ("family", "string", lambda incident: incident.family),
    ("code", "string", lambda incident: incident.code),
    ("title", "string", lambda incident: incident.title),
    ("bucket", "string", lambda incident: incident.bucket),
    ("confidence", "string", lambda incident: incident.confidence),
    ("verdict", "string", lambda incident: incident.verdict),
    ("tasks", "count", lambda incident: incident.tasks),
    ("first_seen", "time", lambda incident: incident.first_seen),
    ("last_seen", "time", lambda incident: incident.last_seen),
    ("per_hour", "number", lambda incident: incident.per_hour),
    ("is_crash_loop", "flag", lambda incident: incident.crash_loop is not None),
    ("began_with", "string", lambda incident: incident.regression and incident.regression.revision),
    ("sample", "string", lambda incident: incident.sample and incident.sample.id),
]


def to_arrow(reports: Iterable[Report]) -> pyarrow.Table:
    """Reports as a table of Apache Arrow: one row for each diagnosis of each subject, and one for a subject without any.

    Needs ``pip install 'ecs-triage[arrow]'``.
    """
    return _arrow([*_SUBJECT, *_DIAGNOSIS], _rows(reports))


def to_pandas(reports: Iterable[Report]) -> pandas.DataFrame:
    """The same as a data frame. Needs ``pip install 'ecs-triage[pandas]'``."""
    return _pandas([*_SUBJECT, *_DIAGNOSIS], _rows(reports))


def incidents_to_arrow(report: FleetReport) -> pyarrow.Table:
    """The incidents of a fleet as a table of Apache Arrow, one a row."""
    return _arrow(_INCIDENT, _incidents(report))


def incidents_to_pandas(report: FleetReport) -> pandas.DataFrame:
    """The incidents of a fleet as a data frame, one a row."""
    return _pandas(_INCIDENT, _incidents(report))


def _rows(reports: Iterable[Report]) -> Iterator[list[object]]:
    for report in reports:
        for subject in report.subjects:
            of_subject = [value(subject) for _, _, value in _SUBJECT]
            diagnoses: tuple[Optional[Diagnosis], ...] = subject.diagnoses or (None,)
            for diagnosis in diagnoses:
                yield of_subject + [diagnosis and value(diagnosis) for _, _, value in _DIAGNOSIS]


def _incidents(report: FleetReport) -> Iterator[list[object]]:
    return ([value(incident) for _, _, value in _INCIDENT] for incident in report.incidents)


def _arrow(columns: Iterable[_Column], rows: Iterable[list[object]]) -> pyarrow.Table:
    import pyarrow

    types: dict[str, Any] = {
        "count": pyarrow.int64(),
        "flag": pyarrow.bool_(),
        "number": pyarrow.float64(),
        "string": pyarrow.string(),
        "time": pyarrow.timestamp("us", tz="UTC"),
    }
    schema = pyarrow.schema([(name, types[kind]) for name, kind, _ in columns])
    values = list(map(list, zip(*rows))) or [[] for _ in schema]
    return pyarrow.table([pyarrow.array(column, field.type) for column, field in zip(values, schema)], schema=schema)


def _pandas(columns: Iterable[_Column], rows: Iterable[list[object]]) -> pandas.DataFrame:
    import pandas

    kinds = {"count": "int64", "flag": "bool", "number": "float64", "time": "datetime64[us, UTC]"}
    listed = list(columns)
    frame = pandas.DataFrame(list(rows), columns=[name for name, _, _ in listed])
    typed: pandas.DataFrame = frame.astype({name: kinds[kind] for name, kind, _ in listed if kind in kinds})
    return typed
