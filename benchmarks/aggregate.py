"""
Count pupils of a large file of scores by school, grade, year and group, and tell what it took.

    .venv/bin/python benchmarks/aggregate.py --rows 10000000 --kind parquet

The file is invented and written piece by piece. Counting runs in a process of its own, whose
largest resident memory is told.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT = """
import json, resource, sys, time
from pathlib import Path
from edu_metrics.observations import aggregate
begun = time.monotonic()
found = aggregate([Path(sys.argv[1])], by=["school", "year", "grade", "sex"],
    counts={"tested": "score", "passing": "score >= 60", "excellent": "score >= 85"})
print(json.dumps({"seconds": time.monotonic() - begun,
    "cpu": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": found.rows,
    "cells": len(found.counts), "suppressed": found.suppressed}))
"""


def write(path: Path, rows: int) -> None:
    import duckdb

    form = "PARQUET" if path.suffix == ".parquet" else "CSV, HEADER"
    duckdb.execute(
        "SET threads = 2; SET memory_limit = '2GB'; SET preserve_insertion_order = false"
    )
    duckdb.execute(
        f"COPY (SELECT i AS pupil, 'school_' || (hash(i) % 3000) AS school, "
        f"2012 + hash(i + 1) % 10 AS year, 1 + hash(i + 2) % 9 AS grade, "
        f"CASE WHEN hash(i + 3) % 2 = 0 THEN 'girls' ELSE 'boys' END AS sex, "
        f"(hash(i + 4) % 1001) / 10.0 AS score FROM range({rows}) t(i)) "
        f"TO '{path}' (FORMAT {form})"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--kind", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scores.{given.kind}"
        begun = time.monotonic()
        write(path, given.rows)
        size = path.stat().st_size / 1e6
        print(f"{given.rows:,} rows, {size:,.0f} MB, written in {time.monotonic() - begun:.0f} s")
        for _ in range(given.rounds):
            run = [sys.executable, "-c", COUNT, str(path)]
            done = subprocess.run(run, capture_output=True, text=True, check=True)
            told = json.loads(done.stdout)
            print(
                f"{told['seconds']:.1f} s, CPU {told['cpu']:.1f} s, peak {told['mb']:.0f} MB, "
                f"{told['cells']:,} cells, {told['suppressed']:,} counts suppressed"
            )


if __name__ == "__main__":
    main()
