"""The queue of a pool: reports that wait for a process, and those that lost theirs."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass

from edu_metrics.batch.execution import begun_last, given_up
from edu_metrics.batch.jobs import Job, Limits, Outcome

__all__ = ["Asked", "JobQueue"]

#: How often a report is tried where the process that makes it is lost.
_TRIES = 2


@dataclass
class Asked:
    """A report that somebody waits for."""

    job: Job
    limits: Limits
    future: Future[Outcome]
    tries: int = 0
    key: int = 0
    begun: float = 0.0


class JobQueue:
    """
    Reports that wait, reports that are being made, and which is next.

    Where processes that make reports are lost together, nobody can tell which of the reports that
    were being made has done it. Each of them is tried again with no other beside it: one that does
    it again takes no other with it, and is known.

    Parameters
    ----------
    workers : int
        How many reports are made at the same time.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._waiting: deque[Asked] = deque()
        self._given = 0
        self.running: dict[int, Asked] = {}

    def add(self, job: Job, limits: Limits) -> Future[Outcome]:
        """Queue up for a report."""
        future: Future[Outcome] = Future()
        self._waiting.append(Asked(job, limits, future))
        return future

    def next(self) -> Asked | None:
        """Give the report that may begin now; None where one has to end first, or none waits."""
        while self._waiting:
            asked = self._waiting[0]
            # What is tried again stands in front, and has no other beside it.
            alone = asked.tries > 0 or any(other.tries > 1 for other in self.running.values())
            if len(self.running) >= (1 if alone else self._workers):
                return None
            self._waiting.popleft()
            if not (asked.future.running() or asked.future.set_running_or_notify_cancel()):
                continue
            asked.tries += 1
            self._given += 1
            asked.key, asked.begun = self._given, time.monotonic()
            self.running[asked.key] = asked
            return asked
        return None

    def lost(self, *keys: int) -> None:
        """Queue up again, in front, what was being made; what was tried enough has failed."""
        for asked in [self.running.pop(key) for key in reversed(keys) if key in self.running]:
            if asked.tries < _TRIES:
                self._waiting.appendleft(asked)
                continue
            why = f"process lost, {_TRIES} times, the last time with no other report beside it"
            asked.future.set_result(_failed(asked, why))

    def put_back(self, *keys: int) -> None:
        """Queue up again, in front, what did not begin: there was no process for it."""
        for asked in [self.running.pop(key) for key in reversed(keys) if key in self.running]:
            asked.tries -= 1
            self._waiting.appendleft(asked)

    def end(self, error: Exception) -> None:
        """Tell all who wait that nothing comes."""
        waiting = [*self.running.values(), *self._waiting]
        self.running.clear()
        self._waiting.clear()
        for asked in waiting:
            if asked.future.running() or asked.future.set_running_or_notify_cancel():
                asked.future.set_exception(error)

    def cancel(self) -> None:
        """Give up what has not begun."""
        for asked in self._waiting:
            asked.future.cancel()
        self._waiting.clear()


def _failed(asked: Asked, why: str) -> Outcome:
    cell = None
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        cell = begun_last(asked.job.notebook, asked.job.executed)
    return given_up(asked.job, time.monotonic() - asked.begun, why, cell)
