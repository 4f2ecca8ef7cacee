"""
Measure what the commands of this project cost, and print a Markdown table.

Every command runs in a process of its own, one after the other, in rounds: first each of them
once, then each of them again, so that a slow minute of the machine falls on all alike. Ratios are
taken within a round against a baseline of the same round: an idle interpreter for commands, an
empty notebook run by papermill for reports. Nothing in the project's own folders is written.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
EMPTY_NOTEBOOK = {
    "cells": [],
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


@dataclass(frozen=True)
class Task:
    """One thing to measure: what it is called, its commands, and the baseline it is held to."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    baseline: str


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of the clock and of the processor, and peak memory."""

    wall: float
    cpu: float
    peak_mb: float


def measure(task: Task) -> Cost | int:
    """Run a task once; give its cost, or the exit status of the command that failed."""
    wall = cpu = peak = 0.0
    for command in task.commands:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # wait4 tells of this process and those that it waited for; RUSAGE_CHILDREN could not
        # tell one task's peak from that of a larger task before it.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            return process.returncode
        wall += time.perf_counter() - begun
        cpu += usage.ru_utime + usage.ru_stime
        unit = 1024**2 if sys.platform == "darwin" else 1024
        peak = max(peak, usage.ru_maxrss / unit)
    return Cost(wall, cpu, peak)


def tasks(root: Path, out: Path) -> list[Task]:
    """List what is measured, in the order in which it is run."""
    python = sys.executable
    tool = (python, "-c", "from edu_metrics.cli import run; run()")
    empty = out / "empty.ipynb"
    empty.write_text(json.dumps(EMPTY_NOTEBOOK), "utf-8")
    idle, notebook = "an idle interpreter", "an empty notebook"
    papermill = (python, "-m", "papermill", str(empty), str(out / "executed.ipynb"))

    def command(*words: str) -> tuple[str, ...]:
        return (*tool, *words, "--root", str(root))

    def report(*words: str) -> tuple[str, ...]:
        return command("report", *words, "--out", str(out / "reports"))

    studies = sorted(path.stem for path in (root / "data/definitions/studies").glob("*.yaml"))
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    joined = makefile.replace("\\\n", " ")
    (whole_set,) = re.findall(r"^FIRST_LOOK := (.*)$", joined, flags=re.M)
    return [
        Task(idle, ((python, "-c", "pass"),), idle),
        Task("`import edu_metrics`", ((python, "-c", "import edu_metrics"),), idle),
        Task("`edu-metrics check`", (command("check"),), idle),
        *(
            Task(f"`edu-metrics build {study}`", (command("build", study),), idle)
            for study in studies
        ),
        Task("`edu-metrics assess wuhai` (4 areas)", (command("assess", "wuhai"),), idle),
        Task("`edu-metrics assess michigan` (550 areas)", (command("assess", "michigan"),), idle),
        Task(notebook, (papermill,), notebook),
        Task("one report", (report("wuhai", "--area", "wuhai", "--lang", "zh"),), notebook),
        Task(
            "the reports of `make reports`",
            (report(*shlex.split(whole_set)),),
            notebook,
        ),
    ]


def table(chosen: Sequence[Task], runs: dict[str, list[Cost | int]]) -> str:
    """Write medians, range and ratios as Markdown."""
    lines = [
        "| what | seconds, median (range) | CPU s | peak MB | times the baseline | runs |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for task in chosen:
        costs = runs[task.name]
        failed = [cost for cost in costs if isinstance(cost, int)]
        if failed:
            lines.append(f"| {task.name} | failed, exit status {failed[0]} | | | | {len(costs)} |")
            continue
        good = [cost for cost in costs if isinstance(cost, Cost)]
        walls = [cost.wall for cost in good]
        ratios = [
            cost.cpu / base.cpu
            for cost, base in zip(costs, runs[task.baseline], strict=True)
            if isinstance(cost, Cost) and isinstance(base, Cost)
        ]
        ratio = "1" if task.baseline == task.name else f"{statistics.median(ratios):.1f}"
        lines.append(
            f"| {task.name} | {statistics.median(walls):.2f} ({min(walls):.2f}–{max(walls):.2f}) "
            f"| {statistics.median(cost.cpu for cost in good):.2f} "
            f"| {statistics.median(cost.peak_mb for cost in good):.0f} | {ratio} | {len(good)} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure and print; exit status 1 if a command failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each task (default 5)")
    parser.add_argument("--only", default="", help="only tasks with this in their name")
    parser.add_argument("--skip", default=None, help="leave out tasks with this in their name")
    given = parser.parse_args()
    # As the Makefile has it: reports are made in parallel, and threads would only contend.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory(prefix="edu-metrics-") as folder:
        root, out = Path(folder, "project"), Path(folder, "out")
        out.mkdir()
        for part in ("data/definitions", "data/raw", "notebooks"):
            shutil.copytree(PROJECT / part, root / part)
        listed = tasks(root, out)
        wanted = [
            task
            for task in listed
            if given.only in task.name and not (given.skip and given.skip in task.name)
        ]
        bases = {task.baseline for task in wanted}
        chosen = [task for task in listed if task in wanted or task.name in bases]
        runs: dict[str, list[Cost | int]] = {task.name: [] for task in chosen}
        for number in range(given.rounds):
            for task in chosen:
                sys.stderr.write(f"round {number + 1} of {given.rounds}: {task.name}\n")
                runs[task.name].append(measure(task))
    machine = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    sys.stdout.write(f"{machine}, {given.rounds} rounds\n\n{table(chosen, runs)}\n")
    return int(any(isinstance(cost, int) for costs in runs.values() for cost in costs))


if __name__ == "__main__":
    sys.exit(main())
