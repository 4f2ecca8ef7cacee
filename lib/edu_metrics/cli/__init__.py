"""Verbs over the public functions; no logic here. Results go to stdout, all else to stderr."""

from __future__ import annotations

import errno
import gc
import os
import sys
import warnings

# The help lists the verbs in this order.
from edu_metrics.cli import definitions, judging, tables
from edu_metrics.cli.common import FAULT, INTERRUPTED, USAGE, app, open_streams, stop
from edu_metrics.errors import EduMetricsError

__all__ = ["app", "run"]


def run() -> None:
    """Run the command line; a user's mistake ends in one message and an exit status."""
    # Definitions are many small objects that all stay: looking for rubbish among them so often as
    # Python does would take a sixth of a short command.
    gc.set_threshold(200_000)
    # Matrices are small, and to start threads for large ones takes longer than all that is done.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    open_streams()
    warnings.formatwarning = lambda message, *_, **__: f"edu-metrics: {message}\n"
    _refuse_empty(sys.argv[1:])
    try:
        _run()
    finally:
        _written_out()


def _run() -> None:
    try:
        app()
    except (EduMetricsError, OSError) as error:
        stop(error, FAULT)
    except ValueError as error:
        from pydantic import ValidationError

        if not isinstance(error, ValidationError):
            raise
        # Pydantic's, of what was made of several files and stands in none of them.
        faults = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        stop(EduMetricsError(f"{error.title} can't be made", list(faults)), FAULT)
    except (KeyboardInterrupt, SystemExit) as end:
        # Typer turns Ctrl-C into an exit with this status.
        if isinstance(end, SystemExit) and end.code != INTERRUPTED:
            raise
        sys.stderr.write("edu-metrics: interrupted; what was made so far stands\n")
        sys.exit(INTERRUPTED)


def _written_out() -> None:
    """See to it that all is written; who reads may have gone, and a disk may be full."""
    gc.freeze()  # nor is rubbish looked for among what ends with the process
    try:
        sys.stdout.flush()
    except OSError as error:
        # What is left would be written, and fail, once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            stop(error, FAULT)
        sys.exit(FAULT)


def _refuse_empty(words: list[str]) -> None:
    """Refuse a value that is nothing: no name, folder or number is, and a script may mean none."""
    for place, word in enumerate(words):
        if word == "--":
            return
        option, equals, value = word.partition("=")
        if not word.strip():
            before = words[place - 1] if place else ""
            option = before if before.startswith("-") else f"argument {place + 1}"
        elif not (option.startswith("--") and equals and not value.strip()):
            continue
        stop(EduMetricsError(f"{option}: expected a value; found an empty one"), USAGE)
