"""
The process that forks: warm, without threads, and with nothing to do but look after its children.

It is started by :mod:`edu_metrics.reporting.forking` as a program of its own, so that whatever the
process that asks for reports holds (threads, sockets, a notebook of its own) is not in it. It ends
with that process, and its children end with it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import selectors
import shutil
import signal
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from edu_metrics.reporting.children import adopt_orphans, become_child, given_up
from edu_metrics.reporting.publishing import keep_failure, publish, start_afresh
from edu_metrics.reporting.running import Job, Limits, Outcome, place_of, said

__all__ = ["main"]

#: How long after its own alarm a cell that does not heed it is ended. [s]
_GRACE = 3.0
#: How often to look for children where the system does not say that one ended. [s]
_TICK = 0.05
#: How long to wait where a process can't be forked just now, and how often while no other report,
#: whose end would make room, is being made. [s]
_PAUSE, _FORKS = 0.5, 20


@dataclass
class Order:
    """A report that is asked for."""

    key: int
    job: Job
    limits: Limits
    forks: int = 0


@dataclass
class Child:
    """One report in the making."""

    key: int
    job: Job
    limits: Limits
    pid: int
    pipe: int
    ended: int | None  # a descriptor that can be read once the process has ended
    begun: float
    cell: str | None = None
    cell_begun: float | None = None
    told: dict[str, Any] = field(default_factory=dict)
    unread: bytes = b""
    stopped: str | None = None

    @property
    def deadline(self) -> tuple[float, str]:
        """When it has to be ended, and what to say then."""
        ends = [(float("inf"), "")]
        if self.limits.report_seconds is not None:
            limit = self.limits.report_seconds
            ends.append((self.begun + limit, f"the report took longer than {limit:g} seconds"))
        if self.limits.cell_seconds is not None and self.cell_begun is not None:
            limit = self.limits.cell_seconds
            ends.append(
                (self.cell_begun + limit + _GRACE, f"the cell took longer than {limit:g} seconds")
            )
        return min(ends)


class Nursery:
    """Children and what they say."""

    def __init__(self, control: Connection) -> None:
        self.control = control
        self.children: dict[int, Child] = {}
        self.put_off: list[Order] = []
        self.again = 0.0
        self.watched = selectors.DefaultSelector()
        self.watched.register(control, selectors.EVENT_READ)

    def serve(self) -> None:
        """Do as told until the process that tells is gone."""
        try:
            while True:
                for ready, _ in self.watched.select(self._patience()):
                    if ready.fileobj is self.control:
                        self._obey()
                    elif ready.data is not None:
                        self._hear(ready.data)
                self._look_after()
                self._try_again()
        except EOFError:
            pass
        finally:
            for child in list(self.children.values()):
                _end_group(child.pid)
                os.waitpid(child.pid, 0)
                shutil.rmtree(child.job.draft, ignore_errors=True)
            for order in self.put_off:
                shutil.rmtree(order.job.draft, ignore_errors=True)
            self._end_orphans()

    def _patience(self) -> float | None:
        now = time.monotonic()
        waits = [child.deadline[0] - now for child in self.children.values()]
        if any(child.ended is None for child in self.children.values()):
            waits.append(_TICK)
        if self.put_off:
            waits.append(self.again - now)
        return min(max(0.0, min(waits)), 3600.0) if waits else None

    def _obey(self) -> None:
        self._begin(Order(*self.control.recv()))

    def _begin(self, order: Order) -> None:
        try:
            start_afresh(order.job.draft)
            self._fork(order.key, order.job, order.limits)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ENOMEM) and order.forks < _FORKS:
                order.forks += not self.children
                self.put_off.append(order)
                self.again = time.monotonic() + _PAUSE
                return
            log = keep_failure(order.job.draft, order.job.folder, f"{error}\n")
            outcome = Outcome(order.job.name, "failed", 0.0, None, said(error), log)
            self.control.send((order.key, outcome))

    def _try_again(self) -> None:
        """Begin what could not be begun: there may be room by now."""
        if self.put_off and time.monotonic() >= self.again:
            orders, self.put_off = self.put_off, []
            for order in orders:
                self._begin(order)

    def _fork(self, key: int, job: Job, limits: Limits) -> None:
        read, write = os.pipe()
        try:
            pid = os.fork()
        except OSError:
            os.close(read)
            os.close(write)
            raise
        if pid == 0:
            os.close(read)
            self._forget()
            become_child(job, limits, write)
        os.close(write)
        os.set_blocking(read, False)
        ended = None
        with contextlib.suppress(AttributeError, OSError):
            ended = os.pidfd_open(pid)
            self.watched.register(ended, selectors.EVENT_READ)
        child = Child(key, job, limits, pid, read, ended, time.monotonic())
        self.children[pid] = child
        self.watched.register(read, selectors.EVENT_READ, child)

    def _forget(self) -> None:
        """Close in a child what is the nursery's: a report can't write where its siblings do."""
        for child in self.children.values():
            os.close(child.pipe)
            if child.ended is not None:
                os.close(child.ended)
        self.watched.close()
        self.control.close()

    def _hear(self, child: Child) -> None:
        """Read what a child said; a line that makes no sense is no message."""
        with contextlib.suppress(BlockingIOError):
            heard = os.read(child.pipe, 65536)
            if not heard:
                self.watched.unregister(child.pipe)
            child.unread = (child.unread + heard)[-(2**20) :]
        *lines, child.unread = child.unread.split(b"\n")
        for line in lines:
            message = _understood(line)
            if "end" in message:
                child.told = message
                child.cell_begun = None
            elif isinstance(cell := message.get("cell"), str):
                child.cell = cell or None
                child.cell_begun = time.monotonic() if child.cell else None

    def _look_after(self) -> None:
        """End what takes too long, and see off what has ended."""
        now = time.monotonic()
        for child in list(self.children.values()):
            deadline, reason = child.deadline
            if now >= deadline and child.stopped is None:
                child.stopped = reason
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(child.pid, signal.SIGUSR1)  # it notes where it stands
                    time.sleep(0.02)
                    os.kill(child.pid, signal.SIGKILL)
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                self._see_off(child, status)

    def _see_off(self, child: Child, status: int) -> None:
        _end_group(child.pid)
        with contextlib.suppress(KeyError):
            self._hear(child)
        for descriptor in (child.pipe, child.ended):
            if descriptor is not None:
                with contextlib.suppress(KeyError):
                    self.watched.unregister(descriptor)
                os.close(descriptor)
        del self.children[child.pid]
        self._end_orphans()
        self.control.send((child.key, _outcome(child, status)))

    def _end_orphans(self) -> None:
        """
        End processes that a report started and left: they are this one's children now.

        As long as a report is being made, what it leaves is not: it adopts that itself.
        """
        beyond: set[int] = set()  # of another user: it is not ours to end, nor to wait for
        for _ in range(100):
            left = {*_children_of_this_process()} - self.children.keys() - beyond
            if not left:
                return
            for pid in left:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except PermissionError:
                        beyond.add(pid)
                    os.waitpid(pid, os.WNOHANG if pid in beyond else 0)


def _understood(line: bytes) -> dict[str, Any]:
    """Read what a child said; whoever finds the pipe can write anything into it."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _outcome(child: Child, status: int) -> Outcome:
    """Publish a report that is whole; say of any other what stopped it."""
    job = child.job
    seconds = time.monotonic() - child.begun
    code = os.waitstatus_to_exitcode(status)
    if child.told.get("end") == "made" and code == 0:
        try:
            publish(job.draft, job.folder)
        except OSError as error:
            log = keep_failure(job.draft, job.folder, f"{error}\n")
            return Outcome(job.name, "failed", seconds, None, said(error), log)
        return Outcome(job.name, "made", seconds)
    cell = None
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        cell = place_of(job.notebook, child.cell) if child.cell else None
    return given_up(job, seconds, _fault(child, code), cell)


def _fault(child: Child, code: int) -> str:
    """Say why a report is not whole."""
    if child.stopped is not None:
        return f"CellTimeoutError: {child.stopped}"
    if child.told.get("end") == "failed":
        return str(child.told.get("error"))
    if code < 0:
        return f"DeadKernelError: the process was ended by {_signal_name(-code)}"
    return f"DeadKernelError: the process ended by itself with status {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _end_group(pid: int) -> None:
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


def _children_of_this_process() -> list[int]:
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except (OSError, ValueError):
        return []


def main() -> None:
    """Start as a program: the descriptor to listen to is the only argument."""
    from edu_metrics.reporting.warming import warm

    # Where a whole job is stopped, all of its processes are told. This one ends with the one that
    # asked for reports, after it has cleaned up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # A grammar of web addresses that jsonschema loads where it finds it; nobody here needs it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    control = Connection(int(sys.argv[1]))
    adopt_orphans()
    start_with = control.recv()
    try:
        warm(*start_with)
    except Exception as error:
        control.send(("failed", said(error)))
        return
    control.send(("ready", os.getpid()))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Nursery(control).serve()


if __name__ == "__main__":
    main()
