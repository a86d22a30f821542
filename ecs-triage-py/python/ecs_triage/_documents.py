"""Turns what a user has at hand into evidence."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Protocol, Sequence, Union

from . import _core
from ._errors import EvidenceError, FileError, InvalidTimeError



class Readable(Protocol):
    """A body of botocore, or an open file."""

    def read(self) -> Union[str, bytes]:
        """The whole text."""


Document = Union[Mapping[str, Any], Sequence[Any], str, bytes, bytearray, "os.PathLike[str]", "Readable"]
"""An answer of AWS.

What boto3 returned (a ``dict``, or a list of tasks, events or answers), the text or bytes of what the AWS CLI printed,
an open file or a body of botocore, or the path of a file or folder as ``pathlib.Path``. A list with texts, bytes or paths in it is several documents.
"""

Rules = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]], None]
"""Rules and checks of your own: the text of a TOML file or its path as ``pathlib.Path``, or several of them."""

Time = Union[datetime.datetime, str, None]
"""When the answers were fetched: a ``datetime`` (without a time zone it counts as UTC), or RFC 3339 text."""

#: Words for what AWS describes, and the command that describes it: citations name documents by their command.
_COMMANDS = {
    "cluster": "describe-clusters",
    "clusters": "describe-clusters",
    "container_instance": "describe-container-instances",
    "container_instances": "describe-container-instances",
    "execution_role": "get-role-execution",
    "images": "describe-images",
    "log_events": "get-log-events",
    "log_groups": "describe-log-groups",
    "metrics": "get-metric-statistics",
    "network_acls": "describe-network-acls",
    "role": "get-role",
    "route_tables": "describe-route-tables",
    "secret": "describe-secret",
    "security_groups": "describe-security-groups",
    "service": "describe-services",
    "services": "describe-services",
    "subnets": "describe-subnets",
    "target_health": "describe-target-health",
    "task": "describe-tasks",
    "task_definition": "describe-task-definition",
    "task_role": "get-role-task",
    "tasks": "describe-tasks",
    "vpc_endpoints": "describe-vpc-endpoints",
}


def time_text(at: Time) -> Optional[str]:
    """A time as the engine reads it."""
    if isinstance(at, datetime.datetime):
        return at.isoformat()
    if at is None or isinstance(at, str):
        return at and at.encode("utf-8", "replace").decode()
    raise InvalidTimeError(f"an object of type {type(at).__name__}")


def gather(
    documents: Sequence[Document], named: Mapping[str, Document], observed_at: Time, strict: Optional[bool]
) -> _core.Evidence:
    """Evidence of all documents.

    What cannot be read is raised when ``strict`` is true, or when it is ``None`` and nothing else could be read.
    """
    evidence = _core.Evidence(time_text(observed_at))
    errors: list[EvidenceError] = []
    read = 0
    for name, document in [(None, document) for document in documents] + [
        (_COMMANDS.get(name, name.replace("_", "-")), document) for name, document in named.items()
    ]:
        for one_name, one in pieces(name, document):
            try:
                add(evidence, one_name, one)
                read += 1
            except EvidenceError as error:
                # An object that is no answer is a mistake in the program, whatever else there is.
                if strict or isinstance(error, TypeError):
                    raise
                errors.append(error)
    if errors and not read and strict is None:
        raise errors[0]
    return evidence


def add(evidence: _core.Evidence, name: Optional[str], document: Any) -> None:
    """Adds one document that is no path."""
    if isinstance(document, str):
        evidence.add_bytes(name, document.encode("utf-8", "replace"))
    elif isinstance(document, (bytes, bytearray)):
        evidence.add_bytes(name, bytes(document))
    elif hasattr(document, "read"):
        # A body of botocore, or an open file: what it gives is the document.
        add(evidence, name, document.read())
    else:
        evidence.add_object(name, document)


def add_rules(evidence: _core.Evidence, rules: Rules) -> None:
    """Adds rules of the user's own: text, a path, or several."""
    if rules is None:
        return
    if isinstance(rules, str):
        evidence.add_rules(rules.encode("utf-8", "replace").decode(), None)
    elif isinstance(rules, os.PathLike):
        path = Path(rules)
        evidence.add_rules(read(path).decode("utf-8", "replace"), str(path))
    else:
        for one in rules:
            add_rules(evidence, one)


def pieces(name: Optional[str], document: Any) -> Iterator[tuple[Optional[str], Any]]:
    """The documents that one is made of: the files of a folder, and the elements of a list of texts or paths."""
    if isinstance(document, os.PathLike):
        for file in files_of(Path(document)):
            yield name or file.stem, read(file)
    elif isinstance(document, (list, tuple)) and any(
        isinstance(element, (str, bytes, bytearray, os.PathLike)) for element in document
    ):
        for element in document:
            yield from pieces(name, element)
    else:
        yield name, document


def files_of(path: Path) -> list[Path]:
    """A file, or the documents of a folder in order of name; prose and hidden files are no documents."""
    if not path.is_dir():
        return [path]
    try:
        found = [
            entry
            for entry in path.iterdir()
            if entry.is_file() and not entry.name.startswith(".") and entry.suffix != ".md"
        ]
    except OSError as error:
        raise FileError(error.errno, error.strerror, str(path)) from error
    return sorted(found, key=lambda entry: os.fsencode(entry.name))


def read(file: Path) -> bytes:
    """The bytes of a file."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileError(error.errno, error.strerror, str(file)) from error
