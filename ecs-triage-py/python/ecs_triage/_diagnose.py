"""The functions that most programs need."""

from __future__ import annotations

from typing import Any, Optional

from . import _core
from ._documents import Document, Rules, Time, add_rules, gather
from ._report import Report

__all__ = ["check", "diagnose", "schema"]


def diagnose(
    *documents: Document,
    observed_at: Time = None,
    strict: Optional[bool] = None,
    rules: Rules = None,
    **named: Document,
) -> Report:
    """Diagnose answers of AWS.

    Each document is what boto3 returned, the text or bytes of what the AWS CLI printed, or the path of a file or folder as
    ``pathlib.Path``. All of them count together. A keyword names a document, as citations then do:
    ``task_definition=…``, ``role=…``, ``describe_tasks=…``.

    ``observed_at`` says when the answers were fetched (a ``datetime`` without a time zone counts as UTC); with it a task
    that is stuck can be told from one that has only begun. Otherwise the newest time in the documents stands for it.

    What cannot be read is listed in ``problems`` beside what the other documents say; when nothing at all can be read, that
    is raised. ``strict=True`` raises for any document, ``strict=False`` for none.

    ``rules`` are rules of your own (TOML), as ``docs/own-rules.md`` of the project describes them.

    Makes no call and changes nothing. The interpreter is free while the engine works.

    Raises:
        UnreadableError: a document is no JSON nor anything that people paste (see ``strict``).
        UnrecognisedError: a document is JSON, but no answer that is read here (see ``strict``).
        UnsupportedTypeError: an object in a document is nothing that boto3 returns.
        FileError: a file or folder cannot be read.
        InvalidTimeError: ``observed_at`` is no time.
        RulesError: ``rules`` cannot be used.
    """
    evidence = gather(documents, named, observed_at, strict)
    add_rules(evidence, rules)
    return Report._of(evidence.diagnose())


def check(
    *documents: Document, strict: Optional[bool] = None, rules: Rules = None, **named: Document
) -> Report:
    """Look at a task definition before it is deployed: what ECS would refuse, and what would go wrong.

    Takes a task definition, as for ``register_task_definition`` or as AWS describes it, and what shall be taken into
    account beside it: its roles and their policies, log groups, images, the service. See ``advisories`` of the report.

    Takes documents and raises as ``diagnose`` does.
    """
    evidence = gather(documents, named, None, strict)
    add_rules(evidence, rules)
    return Report._of(evidence.check())


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what ``Report.to_json`` gives."""
    import json

    found: dict[str, Any] = json.loads(_core.schema())
    return found
