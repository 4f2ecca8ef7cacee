"""Who is next where reports may take their process with them; no process is started."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.batch import pool
from edu_metrics.batch.jobs import NotStartedError
from edu_metrics.batch.pool import JobQueue
from edu_metrics.errors import ReportError


@given(
    kills=st.lists(st.booleans(), min_size=1, max_size=12),
    workers=st.integers(1, 5),
    data=st.data(),
)
def test_whoever_ends_the_process_of_all_fails_and_nobody_else(kills, workers, data):
    """Any of those that are being made may be the next to end, or to strike."""
    line = JobQueue(workers)
    failed = pool._failed
    pool._failed = lambda asked: "failed"
    try:
        futures = [line.add(number, None) for number in range(len(kills))]
        while True:
            while line.next() is not None:
                assert len(line.running) <= workers
            if not line.running:
                break
            asked = data.draw(st.sampled_from(line.running))
            if kills[asked.job]:
                together = data.draw(st.booleans())
                line.again(*(line.running if together else [asked]), lost=True)
            else:
                line.running.remove(asked)
                asked.future.set_result("made")
    finally:
        pool._failed = failed
    assert [future.result(timeout=0) for future in futures] == [
        "failed" if kill else "made" for kill in kills
    ]


def test_as_many_run_at_once_as_there_are_workers():
    line = JobQueue(2)
    for number in range(3):
        line.add(number, None)
    first, second = line.next(), line.next()
    assert (first.job, second.job, line.next()) == (0, 1, None)
    line.running.remove(first)
    assert line.next().job == 2


def test_what_was_cancelled_while_it_waited_is_passed_over():
    line = JobQueue(1)
    gone, stays = line.add("gone", None), line.add("stays", None)
    assert gone.cancel()
    assert line.next().job == "stays"
    assert stays.running()


def test_where_nothing_comes_all_who_wait_are_told():
    line = JobQueue(1)
    futures = [line.add(number, None) for number in range(3)]
    line.next()
    futures[1].cancel()
    error = ReportError("nothing comes")
    line.end(error)
    assert futures[0].exception(timeout=0) is futures[2].exception(timeout=0) is error
    assert futures[1].cancelled()


def test_a_machine_that_can_not_start_is_no_reason_to_stop_all_others():
    """What comes from a worker of a cluster is the fault of one report."""
    here = NotStartedError("no room")
    arrived = pickle.loads(pickle.dumps(here))
    assert type(arrived) is ReportError
    assert arrived.message == "no room"


def test_what_did_not_begin_is_first_again_and_has_lost_no_try():
    line = JobQueue(1)
    futures = [line.add(name, None) for name in ("first", "second")]
    for _ in range(5):
        asked = line.next()
        assert (asked.job, asked.tries) == ("first", 1)
        line.again(asked, lost=False)
    assert not any(future.done() for future in futures)
