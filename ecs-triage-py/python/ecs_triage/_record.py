"""What the parts of a report have in common."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Callable, ClassVar, Iterable, Mapping, TypeVar

Reader = Callable[[Any], Any]
R = TypeVar("R", bound="Record")


class Record:
    """A part of a report: frozen, comparable, hashable, and writable as JSON."""

    #: Names of the fields in JSON, in the order of the fields.
    _wire: ClassVar[tuple[str, ...]] = ()
    #: Those that JSON always has.
    _required: ClassVar[tuple[str, ...]] = ()
    #: How the values that are more than JSON are read.
    _readers: ClassVar[Mapping[str, Reader]] = {}

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @classmethod
    def _read(cls: type[R], data: Mapping[str, Any]) -> R:
        values = []
        for name in cls._wire:
            value = data.get(name)
            reader = cls._readers.get(name)
            values.append(value if reader is None or value is None else reader(value))
        return cls(*values)

    def to_dict(self) -> dict[str, Any]:
        """The same as a ``dict`` with the names and values that the JSON of the report has."""
        found: dict[str, Any] = {}
        for name, field in zip(self._wire, self.__dataclass_fields__):
            value = getattr(self, field)
            if value is not None or name in self._required:
                found[name] = _plain(value)
        return found


class Cause(Record):
    """What is wrong, with its particulars; each cause is a class of ``ecs_triage.causes``.

    Match on it::

        match diagnosis.cause:
            case AppOomKilled(limit_mib=limit):
                ...
    """

    code: ClassVar[str]
    """The code of the cause; once published, it keeps its meaning."""
    title: ClassVar[str]
    """The cause in a few words."""
    bucket: ClassVar[str]
    """Where the fault lies, as ``ecs_triage.Bucket``."""
    kind: ClassVar[str]
    """What kind of answer it is: ``cause``, ``symptom``, ``residual`` (all that is left to see) or ``routine`` (no fault)."""
    docs: ClassVar[tuple[str, ...]]
    """AWS's own pages."""


@dataclass(frozen=True)
class OtherCause(Cause):
    """A cause without a class: of a rule of the user's own, or of a newer version that pickled the report."""

    particulars: Mapping[str, Any] = field(hash=False)
    """The particulars as JSON has them."""

    def to_dict(self) -> dict[str, Any]:
        return dict(self.particulars)


def read_cause(code: str, particulars: Mapping[str, Any]) -> Cause:
    """The cause with this code."""
    from .causes import BY_CODE

    known = BY_CODE.get(code)
    return OtherCause(particulars) if known is None else known._read(particulars)


def moment(text: str) -> datetime.datetime:
    """Reads a time of a report, RFC 3339 in UTC; digits beyond microseconds are left out."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    microseconds = int(f"{fraction[:6]:0<6}") if fraction else 0
    return datetime.datetime.fromisoformat(whole).replace(microsecond=microseconds, tzinfo=datetime.timezone.utc)


def listed(values: Iterable[Any]) -> tuple[Any, ...]:
    """Reads a list of plain values."""
    return tuple(values)


def records(kind: type[R]) -> Callable[[Iterable[Mapping[str, Any]]], tuple[R, ...]]:
    """Reads a list of records."""
    read = kind._read
    return lambda values: tuple(map(read, values))


def written(at: datetime.datetime) -> str:
    """A time as reports have it."""
    text = at.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _plain(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if isinstance(value, datetime.datetime):
        return written(value)
    return value
