"""Any number of tasks, folded into incidents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Sequence, Union

from . import _core
from ._documents import Document, Time, time_text
from ._errors import FileError
from ._record import moment
from ._rendered import Rendered
from ._report import Report
from .fleet import Buckets, FleetProblem, GroupBy, Incident, Input, Totals

if TYPE_CHECKING:
    import datetime

    import pandas
    import pyarrow

__all__ = ["Fleet", "FleetReport"]


class Fleet:
    """Tasks and events, folded into incidents as they come: who fails, for which cause, how often, since when.

    ::

        fleet = Fleet()
        fleet.add(Path("events.ndjson"))
        print(fleet.report())

    Takes events of EventBridge (``ECS Task State Change``), tasks and answers of ``describe_tasks``, in any order, split and
    number of copies; each task counts once, in its newest state. Memory grows with the number of services, revisions and
    causes, not with that of tasks. Fleets of threads, processes and machines ``merge`` into the same report; a fleet can be
    pickled. The interpreter is free while one works.
    """

    __slots__ = ("_native",)

    def __init__(
        self,
        *,
        since: Time = None,
        until: Time = None,
        group_by: GroupBy = "service",
        top: int = 20,
        capacity: int = 1 << 20,
    ) -> None:
        """Nothing yet.

        What happened before ``since``, or at ``until`` or later, is left out. ``group_by`` tells incidents apart beside their
        cause, ``top`` is the most that the report lists (0 lists all), and ``capacity`` how many tasks are counted one by one:
        of more a sample is kept, and the report's counts are marked as estimates.

        Raises ``InvalidTimeError`` for a time that is none, and ``ValueError`` for a way to group that is none.
        """
        self._native = _core.Fleet(time_text(since), time_text(until), group_by, top, capacity)

    def add(
        self, source: Union[Document, Iterable[Document]], *, threads: Optional[int] = None
    ) -> None:
        """Add what boto3 returned, an event, text or bytes with any number of them (lines of JSON, an array, or one after the
        other), a file of these as ``pathlib.Path``, or an iterable of all that.

        A file is read piece by piece and folded by ``threads`` threads, as many as there are processors unless said
        otherwise. What cannot be read is counted, and the report tells the first places.

        Raises ``UnsupportedTypeError`` for an object that is no answer, and ``FileError`` for a file that cannot be read.
        """
        self._add(source, threads)

    def _add(self, source: Any, threads: Optional[int]) -> None:
        if isinstance(source, str):
            self._native.add_bytes(source.encode("utf-8", "replace"))
        elif isinstance(source, (bytes, bytearray)):
            self._native.add_bytes(bytes(source))
        elif isinstance(source, os.PathLike):
            try:
                # Python's own error says more than Rust's.
                open(source, "rb").close()
                self._native.add_file(source, max(1, threads or os.cpu_count() or 1))
            except OSError as error:
                raise FileError(error.errno, error.strerror, os.fspath(source)) from error
        elif isinstance(source, Mapping):
            self._native.add_object(source)
        elif hasattr(source, "read"):
            self._add(source.read(), threads)
        elif isinstance(source, Iterable):
            for one in source:
                self._add(one, threads)
        else:
            self._native.add_object(source)

    def merge(self, other: Fleet) -> None:
        """Take over what another fleet has folded, as if it had been added here; ``other`` stays as it is."""
        self._native.merge(other._native)

    def report(self) -> FleetReport:
        """What was folded, as incidents; more can be added afterwards."""
        return FleetReport._of(self._native.report())

    def to_bytes(self) -> bytes:
        """What was folded, as bytes for another process or machine; ``from_bytes`` of the same version reads them."""
        return self._native.to_bytes()

    @staticmethod
    def from_bytes(data: bytes) -> Fleet:
        """A fleet as ``to_bytes`` wrote it.

        Raises ``FleetError`` when the bytes are cut, damaged, of another version, or something else.
        """
        fleet = object.__new__(Fleet)
        fleet._native = _core.Fleet.from_bytes(data)
        return fleet

    def __reduce__(self) -> tuple[Any, ...]:
        return Fleet.from_bytes, (self.to_bytes(),)


class FleetReport(Rendered):
    """What became of many tasks: the incidents, the largest first, and the totals.

    Frozen; equal and hashed by its JSON. It can be pickled; a copy's text always has 80 columns.
    """

    __slots__ = ("_data", "_native")

    _native: Union[_core.FleetReport, _SavedFleet]
    _data: Optional[dict[str, Any]]

    def __init__(self) -> None:
        raise TypeError("a report of a fleet comes from `Fleet.report`")

    @classmethod
    def _of(cls, native: Union[_core.FleetReport, _SavedFleet]) -> FleetReport:
        report = object.__new__(cls)
        object.__setattr__(report, "_native", native)
        object.__setattr__(report, "_json", None)
        object.__setattr__(report, "_data", None)
        return report

    def _made(self) -> dict[str, Any]:
        if self._data is None:
            data = self.to_dict()
            for incident, sample in zip(data["incidents"], self._native.samples()):
                if sample is not None:
                    incident["sample"]["report"] = sample if isinstance(sample, Report) else Report._of(sample)
            data["incidents"] = tuple(map(Incident._read, data["incidents"]))
            object.__setattr__(self, "_data", data)
        assert self._data is not None
        return self._data

    @property
    def group_by(self) -> GroupBy:
        """How incidents are told apart, beside their cause."""
        found: GroupBy = self._made()["groupBy"]
        return found

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What went wrong, the most tasks first."""
        found: tuple[Incident, ...] = self._made()["incidents"]
        return found

    @property
    def more_incidents(self) -> int:
        """Incidents that were left out because there are more than ``top``."""
        return int(self._made()["moreIncidents"])

    @property
    def totals(self) -> Totals:
        """Tasks by what became of them."""
        return Totals._read(self._made()["totals"])

    @property
    def input(self) -> Input:
        """What was read."""
        return Input._read(self._made()["input"])

    @property
    def buckets(self) -> Optional[Buckets]:
        """The stretches of time over which ``Incident.counts`` counts; ``None`` when no task tells its time."""
        data = self._made().get("buckets")
        return None if data is None else Buckets._read(data)

    @property
    def problems(self) -> tuple[FleetProblem, ...]:
        """The first things that could not be read."""
        return tuple(map(FleetProblem._read, self._made()["problems"]))

    @property
    def first_seen(self) -> Optional[datetime.datetime]:
        """When the first task ended or was seen; UTC."""
        return _moment(self._made().get("firstSeen"))

    @property
    def last_seen(self) -> Optional[datetime.datetime]:
        """When the last task ended or was seen; UTC."""
        return _moment(self._made().get("lastSeen"))

    @property
    def has_failures(self) -> bool:
        """Whether any task failed."""
        return any(total.verdict == "failure" and total.tasks for total in self.totals.verdicts)

    def to_arrow(self) -> pyarrow.Table:
        """The incidents as a table of Apache Arrow, one a row. Needs ``pip install 'ecs-triage[arrow]'``."""
        from .tables import incidents_to_arrow

        return incidents_to_arrow(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The incidents as a data frame, one a row. Needs ``pip install 'ecs-triage[pandas]'``."""
        from .tables import incidents_to_pandas

        return incidents_to_pandas(self)

    def __repr__(self) -> str:
        found = ", ".join(f"{incident.code} ({incident.tasks})" for incident in self.incidents[:5])
        return f"<FleetReport of {self.totals.tasks} tasks: {found or 'no incident'}>"

    def __reduce__(self) -> tuple[Any, ...]:
        samples = [incident.sample and incident.sample.report for incident in self.incidents]
        return _restored, (self.to_json(), self.markdown(), self.text(), samples)


class _SavedFleet:
    """A report that was pickled: what the engine had written of it."""

    __slots__ = ("_json", "_markdown", "_samples", "_text")

    def __init__(self, json: str, markdown: str, text: str, samples: Sequence[Optional[Report]]) -> None:
        self._json = json
        self._markdown = markdown
        self._text = text
        self._samples = samples

    def to_json(self) -> str:
        return self._json

    def markdown(self) -> str:
        return self._markdown

    def text(self, width: int, colour: bool) -> str:
        return self._text

    def samples(self) -> Sequence[Optional[Report]]:
        return self._samples


def _restored(json: str, markdown: str, text: str, samples: Sequence[Optional[Report]]) -> FleetReport:
    return FleetReport._of(_SavedFleet(json, markdown, text, samples))


def _moment(text: Optional[str]) -> Optional[datetime.datetime]:
    return None if text is None else moment(text)
