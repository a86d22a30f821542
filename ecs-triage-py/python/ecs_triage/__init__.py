"""Why an Amazon ECS task stopped, never started or never became healthy, and what to change.

The answer comes from AWS responses that were already fetched: nothing here makes a call.
"""

from __future__ import annotations

import datetime
import decimal
import json
import os
from pathlib import Path
from typing import Any, Mapping, Sequence, Union

from . import _core

__all__ = ["diagnose", "__version__"]
__version__: str = _core.__version__

Document = Union[Mapping[str, Any], Sequence[Any], str, bytes, "os.PathLike[str]"]


def diagnose(*documents: Document, observed_at: datetime.datetime | str | None = None, **named: Document) -> dict[str, Any]:
    """Diagnose AWS responses and return the report (schema ``ecs-triage/report/1``).

    Each document is what boto3 returned, the text or bytes of what the AWS CLI printed, or the path of a file as
    ``pathlib.Path``. A keyword names a document, as citations then do: ``describe_tasks=...``.

    ``observed_at`` says when the responses were fetched; with it a stuck task can be told from one that has only begun.

    Raises ``TypeError`` for an object that is no JSON, ``OSError`` for a file that cannot be read, and ``ValueError`` for
    a time that is none. A document that cannot be understood is an entry of the report's ``problems``; the others count.
    """
    given: list[tuple[str | None, bytes]] = [_as_bytes(None, document) for document in documents]
    given += [_as_bytes(name.replace("_", "-"), document) for name, document in named.items()]
    if isinstance(observed_at, datetime.datetime):
        observed_at = observed_at.isoformat()
    report: dict[str, Any] = json.loads(_core.diagnose_json(given, observed_at))
    return report


def _as_bytes(name: str | None, document: Document) -> tuple[str | None, bytes]:
    if isinstance(document, bytes):
        return name, document
    if isinstance(document, str):
        return name, document.encode()
    if isinstance(document, os.PathLike):
        path = Path(document)
        return name or path.stem, path.read_bytes()
    return name, json.dumps(document, default=_plain).encode()


def _plain(value: object) -> object:
    """What boto3 returns beyond JSON: times, decimals, bytes and streams."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"expected what boto3 returns, found {type(value).__name__}")
