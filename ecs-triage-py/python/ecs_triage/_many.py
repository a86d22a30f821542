"""Many documents, each diagnosed on its own."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any, Iterable, Iterator, Optional, Union

from . import _core
from ._documents import Document, Time, read, time_text
from ._errors import FileError
from ._report import Report

__all__ = ["diagnose_many"]

#: Documents between two looks at the interpreter: enough for threads to share, few enough to be in memory.
_BATCH = 1024


def diagnose_many(
    source: Union[Iterable[Document], str, bytes, "os.PathLike[str]"],
    *,
    observed_at: Time = None,
    threads: Optional[int] = None,
) -> Iterator[Report]:
    """Diagnose each document of ``source`` on its own, and give the reports in the same order.

    ``source`` is an iterable of documents (events of EventBridge, answers of boto3, texts, paths), or one text, bytes or
    file in which documents stand as lines of JSON, as a JSON array, or one after the other. A file of lines is read as the
    reports are taken, so that it need not fit into memory.

    The work is shared by ``threads`` threads, as many as there are processors unless said otherwise, and the interpreter is
    free meanwhile. What cannot be read is a problem of its report.

    Raises ``UnsupportedTypeError`` for an object that is no answer, ``FileError`` for a file that cannot be read, and
    ``InvalidTimeError`` for a time that is none.
    """
    workers = max(1, threads or os.cpu_count() or 1)
    at = time_text(observed_at)
    if isinstance(source, (str, bytes, bytearray)):
        whole = source.encode("utf-8", "replace") if isinstance(source, str) else bytes(source)
        return _streamed(_core.Stream.of_bytes(whole), workers, at)
    if isinstance(source, os.PathLike):
        try:
            # Python's own error says more than Rust's.
            open(source, "rb").close()
            stream = _core.Stream.of_file(source)
        except OSError as error:
            raise FileError(error.errno, error.strerror, os.fspath(source)) from error
        return _streamed(stream, workers, at, os.fspath(source))
    return _batched(iter(source), workers, at)


def _streamed(stream: _core.Stream, threads: int, at: Optional[str], path: str = "") -> Iterator[Report]:
    while True:
        try:
            batch = stream.next_batch(_BATCH, threads, at)
        except OSError as error:
            raise FileError(error.errno, error.strerror, path) from error
        if not batch:
            return
        yield from map(Report._of, batch)


def _batched(documents: Iterator[Any], threads: int, at: Optional[str]) -> Iterator[Report]:
    while batch := list(itertools.islice(documents, _BATCH)):
        plain = [read(Path(one)) if isinstance(one, os.PathLike) else one for one in batch]
        yield from map(Report._of, _core.diagnose_batch(plain, threads, at))
