"""The command ``ecs-triage``, also as ``python -m ecs_triage``."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn, Optional, Sequence

from . import _core


def main(arguments: Optional[Sequence[str]] = None) -> NoReturn:
    """Run the command and leave with its exit status.

    0 nothing wrong, 1 a failure was diagnosed, 2 wrong usage or unreadable input, 3 could not determine.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["live"]:
        from ._live import main as live

        status = live(given[1:])
        # A call that nobody waits for any more shall not keep the command from ending.
        os._exit(status)
    # Rust reads and writes now; Ctrl-C shall end it as any command, not wait for the interpreter.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_core.run(["ecs-triage", *given]))


if __name__ == "__main__":
    main()
