"""How far a batch is, on a terminal and in a log, told by a clock that a test sets."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest

from edu_metrics.batch import Outcome, batch
from edu_metrics.cli.common import pace, progress


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def coming(clock, *, number, seconds, failed=()):
    """Let one outcome come in every so many seconds; the given ones, from 1, fail."""
    for place in range(1, number + 1):
        clock.now += seconds
        error = "ValueError: no" if place in failed else None
        status = "failed" if place in failed else "made"
        yield Outcome(f"en/area_{place}", status, seconds, 3 if error else None, error)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    """Show outcomes on a stream, and give what was written there."""

    def show(stream, *, of=None, **given):
        clock = Clock()
        monkeypatch.setattr(sys, "stderr", stream)
        outcomes = coming(clock, **given)
        assert len(list(progress(outcomes, of or given["number"], clock))) == given["number"]
        return stream.getvalue()

    return show


@pytest.mark.parametrize(
    ("done", "number", "seconds", "told"),
    [
        (0, 10, 5, ("", "")),
        (1, 10, 0, ("", "")),
        (30, 3000, 60, ("30 a minute", "1 h 39 min left")),
        (120, 240, 60, ("120 a minute", "1 min left")),
        (1, 2, 3600, ("0.017 a minute", "1 h 00 min left")),
        (50, 60, 100, ("30 a minute", "20 s left")),
        (10, 10, 100, ("6 a minute", "0 s left")),
        (11, 20, 440, ("1.5 a minute", "6 min left")),
        (1, 2, 119.6, ("0.5 a minute", "2 min left")),
        (1, 2, 3599.9, ("0.017 a minute", "1 h 00 min left")),
    ],
)
def test_rate_and_time_left_follow_from_what_was_made_and_how_long_it_took(
    done, number, seconds, told
):
    assert pace(done, number, seconds) == told


def test_a_log_is_told_every_few_minutes_how_far_a_batch_is(shown):
    """One report every 20 s: after five minutes 15 are done, and 45 are left."""
    text = shown(io.StringIO(), number=46, of=60, seconds=20, failed=(7, 20))
    lines = [line.strip() for line in text.splitlines()]
    assert lines == [
        "failed: en/area_7: cell 3: ValueError: no",
        "15 of 60 reports: 14 made, 1 failed; 3 a minute, 15 min left",
        "failed: en/area_20: cell 3: ValueError: no",
        "30 of 60 reports: 28 made, 2 failed; 3 a minute, 10 min left",
        "45 of 60 reports: 43 made, 2 failed; 3 a minute, 5 min left",
    ]


def test_a_short_batch_tells_a_log_of_its_failures_only(shown):
    assert shown(io.StringIO(), number=3, seconds=1) == ""


def test_a_terminal_has_a_bar_with_rate_failures_and_time_left(shown):
    text = shown(Terminal(), number=9, of=12, seconds=2, failed=(4,))
    assert "failed: en/area_4: cell 3: ValueError: no" in text
    last = next(line for line in reversed(text.splitlines()) if "reports" in line)
    for told in ("9/12", "30 a minute", "6 s left", "1 failed"):
        assert told in last


class AskedError(Exception):
    """Stands for a batch that is at its pool."""


@pytest.mark.parametrize(("words", "workers"), [((), 3), (("-j", "2"), 2), (("--first", "1"), 2)])
def test_as_many_reports_at_a_time_as_cores_may_be_used_or_as_asked_for(
    command, project, monkeypatch, words, workers
):
    """Three cores for the five reports of this project, or for the two of its first area."""
    asked = []

    @contextlib.contextmanager
    def report_pool(count, *_, **__):
        asked.append(count)
        raise AskedError
        yield

    monkeypatch.setattr(batch, "usable_cores", lambda: 3)
    monkeypatch.setattr("edu_metrics.batch.pool.report_pool", report_pool)
    with pytest.raises(AskedError):
        command("report", "harbour", "--lang", "en", "--root", project, "--engine", "fork", *words)
    assert asked == [workers]
