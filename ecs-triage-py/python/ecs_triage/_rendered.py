"""What the reports have in common."""

from __future__ import annotations

import json
from typing import Any, NoReturn, Optional, Protocol

__all__ = ["Rendered"]


class _Native(Protocol):
    """What the engine writes of a report, or has written of one that was pickled."""

    def to_json(self) -> str: ...

    def markdown(self) -> str: ...

    def text(self, width: int, colour: bool) -> str: ...


class Rendered:
    """A report that the engine made: frozen, equal and hashed by its JSON."""

    __slots__ = ("_json",)

    _native: _Native
    _json: Optional[str]

    def to_json(self) -> str:
        """The report as JSON: the same bytes as from Rust or the command; its member ``schema`` names its form."""
        if self._json is None:
            object.__setattr__(self, "_json", self._native.to_json())
        assert self._json is not None
        return self._json

    def to_dict(self) -> dict[str, Any]:
        """The report as a ``dict`` of plain values, as ``to_json`` has them; each call makes a new one."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def markdown(self) -> str:
        """The report as Markdown, for a ticket or a chat."""
        return self._native.markdown()

    def text(self, width: int = 80, *, colour: bool = False) -> str:
        """The report as text for a terminal of ``width`` columns, with ANSI colours or without."""
        return self._native.text(width, colour)

    def __str__(self) -> str:
        return self.text()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rendered):
            return NotImplemented
        return self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a report is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a report is frozen")
