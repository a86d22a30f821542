"""Everything that is raised here, below one base."""

from __future__ import annotations

__all__ = [
    "CredentialsError",
    "EcsTriageError",
    "EvidenceError",
    "FileError",
    "FleetError",
    "InvalidTimeError",
    "NotAReportError",
    "RulesError",
    "UnreadableError",
    "UnrecognisedError",
    "UnsupportedTypeError",
]


class EcsTriageError(Exception):
    """The base of all exceptions of this package."""


class EvidenceError(EcsTriageError, ValueError):
    """A document that could not be used. The documents beside it still count, and a report lists it as a problem.

    No value that could be a secret is in it.
    """

    document: str
    """Name of the document."""
    pointer: str
    """JSON pointer (RFC 6901) of the place in the document; empty for the whole document."""
    expected: str
    """What was expected there."""
    found: str
    """What was found there."""

    def __init__(self, document: str, pointer: str, expected: str, found: str) -> None:
        super().__init__(document, pointer, expected, found)
        self.document = document
        self.pointer = pointer
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"`{self.document}` at `{self.pointer}`: expected {self.expected}, found {self.found}"


class UnreadableError(EvidenceError):
    """The document is neither JSON nor any of the forms that people paste.

    Rust's ``EvidenceError::Unreadable``. Save the output of the AWS CLI with ``--output json``.
    """


class UnrecognisedError(EvidenceError):
    """The document is JSON, but of no response that is read here.

    Rust's ``EvidenceError::Unrecognised``.
    """


class UnsupportedTypeError(EvidenceError, TypeError):
    """An object of Python that no answer of AWS consists of, such as a client in place of what it returned.

    ``pointer`` leads to it. Rust has no such error: there the compiler says so.
    """


class InvalidTimeError(EcsTriageError, ValueError):
    """``observed_at`` is no time."""

    found: str
    """What was given."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        return f"expected a time such as 2026-11-22T08:00:00Z, found `{self.found}`"


class RulesError(EcsTriageError, ValueError):
    """Rules of your own that cannot be used; the message has the line and what to do.

    Rust's ``OwnRulesError``.
    """

    key: str
    """The key: ``rule[0].when[1].matches``."""
    expected: str
    """What was expected there."""
    found: str
    """What was found there."""

    def __init__(self, message: str, key: str, expected: str, found: str) -> None:
        super().__init__(message, key, expected, found)
        self.message = message
        self.key = key
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return self.message


class NotAReportError(EcsTriageError, ValueError):
    """What should be an earlier report is none, or is of another schema."""

    found: str
    """What was found in its place, in words."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        return f"expected a report of schema `ecs-triage/report/1`, found {self.found}"


class CredentialsError(EcsTriageError):
    """AWS does not accept the credentials, or there are none."""


class FileError(EcsTriageError, OSError):
    """A file or folder could not be read or written; with ``errno``, ``strerror`` and ``filename`` as any ``OSError``."""


class FleetError(EcsTriageError, ValueError):
    """Bytes that should be a fleet are none, or those of another version."""
