"""Did a change help?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, Optional, Union

from . import _core
from ._documents import Document, Rules, Time, add_rules, gather
from ._errors import NotAReportError
from ._report import Report
from .results import Citation

__all__ = ["Recovery", "Verification", "verify"]

Recovery = Literal["recovered", "rolling-out", "still-failing", "failing-differently", "undetermined"]
"""Whether a change helped.

- ``recovered``: As many tasks run as are desired, and nothing newer failed.
- ``rolling-out``: Tasks are being replaced, and nothing newer failed.
- ``still-failing``: Newer tasks fail for the same cause.
- ``failing-differently``: Newer tasks fail for another cause.
- ``undetermined``: The later evidence does not tell.
"""


@dataclass(frozen=True)
class Verification:
    """An earlier report against later evidence."""

    recovery: Recovery
    """Whether the change helped."""
    summary: str
    """The same in a sentence."""
    service: Optional[str]
    """Name of the service."""
    running: Optional[int]
    """Tasks that run."""
    desired: Optional[int]
    """Tasks that should run."""
    before: tuple[str, ...]
    """Codes of the causes of before."""
    since: tuple[str, ...]
    """Codes of the causes of what failed since."""
    evidence: tuple[Citation, ...]
    """The proof."""
    report: Report
    """The later evidence on its own."""


def verify(
    before: Union[Report, str, bytes],
    *after: Document,
    observed_at: Time = None,
    strict: Optional[bool] = None,
    rules: Rules = None,
    **named: Document,
) -> Verification:
    """Compare an earlier report with later evidence, such as ``describe_services`` and newer tasks.

    ``before`` is a report, or what its ``to_json`` gave. Tasks that it already had are not counted again.

    Raises ``NotAReportError`` when ``before`` is no report, and what ``diagnose`` raises for the evidence.
    """
    text = before.to_json() if isinstance(before, Report) else before
    if not isinstance(text, (str, bytes)):
        raise NotAReportError(f"an object of type `{type(before).__name__}`")
    evidence = gather(after, named, observed_at, strict)
    add_rules(evidence, rules)
    return read(*_core.verify(text.encode() if isinstance(text, str) else text, evidence))


def read(answer: str, native: _core.Report) -> Verification:
    """The typed form of an answer."""
    data: dict[str, Any] = json.loads(answer)
    return Verification(
        recovery=data["recovery"],
        summary=data["summary"],
        service=data.get("service"),
        running=data.get("running"),
        desired=data.get("desired"),
        before=tuple(data["before"]),
        since=tuple(data["since"]),
        evidence=tuple(map(Citation._read, data["evidence"])),
        report=Report._of(native),
    )
