"""
Make one report in forked processes, and print what each costs and how large its page is.

    .venv/bin/python benchmarks/report.py michigan michigan_district_1010 en

The process that forks has loaded and used all that reports are made of, as the fork server of a
batch has; what is counted is the processor time of the child alone, page included. Needs Linux.
Nothing is written into the project but its tables of observations, where they are missing or old.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def cpu_seconds(job: object) -> float:
    """Make a report in a child, and give the processor seconds that it took."""
    from edu_metrics.batch.execution import make
    from edu_metrics.batch.jobs import FORK, Limits

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = os.fork()
    if not child:
        try:
            make(job, FORK, Limits())  # type: ignore[arg-type]
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Read what is asked, make the report a few times, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("study")
    parser.add_argument("area")
    parser.add_argument("lang")
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    # Before numpy and Arrow are loaded: a process that has threads can't be forked.
    os.environ.update(OPENBLAS_NUM_THREADS="1", JE_ARROW_MALLOC_CONF="background_thread:false")

    from edu_metrics.batch import plan_reports
    from edu_metrics.batch.preload import warm

    with tempfile.TemporaryDirectory() as folder:
        given = {"out": Path(folder), "lang": asked.lang, "area": asked.area}
        (job,) = [one.job for one in plan_reports(PROJECT, [asked.study], **given)]
        warm(PROJECT, [asked.study])
        job.executed.parent.mkdir(parents=True)
        print("CPU s:", *(f"{cpu_seconds(job):.2f}" for _ in range(asked.times)))
        for path in sorted(job.executed.parent.iterdir()):
            print(f"{path.stat().st_size / 1000:8.1f} kB  {path.name}")
    print("load:", *(f"{one:.1f}" for one in os.getloadavg()))


if __name__ == "__main__":
    main()
