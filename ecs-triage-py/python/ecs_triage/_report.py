"""The report."""

from __future__ import annotations

import datetime
from typing import Any, Mapping, Optional, TypeVar, Union

from . import _core
from ._record import moment
from ._rendered import Rendered
from .results import Advisory, Diagnosis, Problem, Subject, Verdict, Want

__all__ = ["Report"]

R = TypeVar("R", bound="Report")

#: From the worst to the best.
_VERDICTS: tuple[Verdict, ...] = ("failure", "undetermined", "in-progress", "not-a-failure", "healthy")


class Report(Rendered):
    """What the evidence shows, what proves it, what to change, and what is still open.

    Frozen; equal and hashed by its JSON. Its parts are made when they are first asked for, so that a report of which
    only the JSON is wanted costs no more than that. It can be pickled and copied: a copy gives the same JSON, Markdown
    and parts, and its text always has 80 columns.
    """

    __slots__ = ("_native", "_parts")

    _native: Union[_core.Report, _Saved]
    _parts: Optional[_Parts]

    def __init__(self) -> None:
        raise TypeError("a report comes from `diagnose`, `check` or `ecs_triage.aws.triage`")

    @classmethod
    def _of(cls: type[R], native: Union[_core.Report, _Saved]) -> R:
        report = object.__new__(cls)
        object.__setattr__(report, "_native", native)
        object.__setattr__(report, "_json", None)
        object.__setattr__(report, "_parts", None)
        return report

    def _made(self) -> _Parts:
        if self._parts is None:
            object.__setattr__(self, "_parts", _Parts(self.to_dict()))
        assert self._parts is not None
        return self._parts

    @property
    def observed_at(self) -> Optional[datetime.datetime]:
        """When the evidence was fetched, where that is known; UTC."""
        return self._made().observed_at

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The tasks, services and so on that the evidence is about, the worst off first."""
        return self._made().subjects

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The diagnoses of all subjects in their order; the first is the root cause of the worst-off subject."""
        return tuple(diagnosis for subject in self.subjects for diagnosis in subject.diagnoses)

    @property
    def advisories(self) -> tuple[Advisory, ...]:
        """The risks that have not bitten yet, of all subjects in their order."""
        return tuple(advisory for subject in self.subjects for advisory in subject.advisories)

    @property
    def wants(self) -> tuple[Want, ...]:
        """The read-only calls whose answers would settle what is open, the most telling first."""
        return self._made().wants

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, or not be looked at."""
        return self._made().problems

    @property
    def verdict(self) -> Verdict:
        """What became of the worst-off subject; ``undetermined`` when there is none."""
        found = {subject.verdict for subject in self.subjects}
        return next((verdict for verdict in _VERDICTS if verdict in found), "undetermined")

    def _repr_html_(self) -> str:
        """The report for a notebook, with the life of each task drawn."""
        from ._html import render

        return render(self)

    def __repr__(self) -> str:
        codes = ", ".join(f"{found.code} ({found.confidence})" for found in self.diagnoses)
        return f"<Report {self.verdict}: {codes or 'no diagnosis'}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.to_json(), self.markdown(), self.text())

    def __copy__(self) -> Report:
        return self

    def __deepcopy__(self, memo: object) -> Report:
        return self


class _Parts:
    """The typed parts of a report."""

    __slots__ = ("observed_at", "problems", "subjects", "wants")

    def __init__(self, data: Mapping[str, Any]) -> None:
        at = data.get("observedAt")
        self.observed_at = None if at is None else moment(at)
        self.subjects = tuple(map(Subject._read, data["subjects"]))
        self.wants = tuple(map(Want._read, data["wants"]))
        self.problems = tuple(map(Problem._read, data["problems"]))


class _Saved:
    """A report that was pickled: what the engine had written of it."""

    __slots__ = ("_json", "_markdown", "_text")

    def __init__(self, json: str, markdown: str, text: str) -> None:
        self._json = json
        self._markdown = markdown
        self._text = text

    def to_json(self) -> str:
        return self._json

    def markdown(self) -> str:
        return self._markdown

    def text(self, width: int, colour: bool) -> str:
        return self._text


def _restored(json: str, markdown: str, text: str) -> Report:
    return Report._of(_Saved(json, markdown, text))
