"""
Make thousands of reports, and see whether the last cost what the first did.

Two projects of invented districts are simulated, a small and a large one, and all their reports are
made. While that goes on, the process that was started (it asks for reports and notes them) and the
fork server are looked at once a second: how many reports stand, what those that its workers forked
have cost so far, how much memory they hold. Then the large batch is asked for again with nothing to
do; and once more where its manifest is lost, so that every report's inputs have to be worked out
again to find that it stands. Needs Linux; nothing in the project's own folders is written.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from batch import PROJECT, STUDY, TOOL, below

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Look:
    """What stood at one moment, and what it had cost."""

    seconds: float
    reports: int
    children_cpu: float
    parent_mb: float
    server_mb: float


@dataclass(frozen=True)
class Run:
    """A command: what it took in all, and what was seen meanwhile."""

    wall: float
    cpu: float
    looks: list[Look]


def resident_mb(pid: int) -> float:
    """Give the resident memory of a process, shared pages included."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) / 1024
    return 0.0


def children_cpu(pid: int) -> float:
    """Give the processor time of the children that a process has seen off. [s]"""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICK


def server_below(pid: int) -> int | None:
    """Find the process that forks."""
    for one in below(pid)[1:]:
        if b"multiprocessing.forkserver" in Path(f"/proc/{one}/cmdline").read_bytes():
            return one
    return None


def look(pid: int, reports: Path, begun: float) -> Look | None:
    """Look once; nothing where there is nothing to be seen yet, or any more."""
    try:
        server = server_below(pid)
        stand = sum(not name.startswith(".") for name in os.listdir(reports))
        cpu = sum(map(children_cpu, below(server))) if server else 0.0
        costs = (cpu, resident_mb(pid), resident_mb(server)) if server else None
    except OSError:
        return None
    return Look(time.perf_counter() - begun, stand, *costs) if costs else None


def watched(command: tuple[str, ...], reports: Path) -> Run:
    """Run a command to its end, and look at it once a second."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    looks: list[Look] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(1.0):
            seen = look(process.pid, reports, begun)
            if seen is not None:
                looks.append(seen)

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[3:])} failed:\n{said.decode()[-2000:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, looks)


def slices(looks: list[Look], edges: list[int]) -> list[str]:
    """Write what the reports between two numbers cost."""
    lines = []
    for low, high in itertools.pairwise(edges):
        inside = [one for one in looks if low <= one.reports <= high]
        first, last = inside[0], inside[-1]
        number = last.reports - first.reports
        lines.append(
            f"| {first.reports:,}–{last.reports:,} "
            f"| {(last.children_cpu - first.children_cpu) / number:.3f} "
            f"| {(last.seconds - first.seconds) / number:.3f} "
            f"| {max(one.parent_mb for one in inside):.0f} "
            f"| {max(one.server_mb for one in inside):.0f} |"
        )
    return lines


def whole(name: str, run: Run, number: int) -> str:
    """Write what a whole batch cost, its start included."""
    return (
        f"| {name} | {run.wall:.0f} | {run.wall / number:.3f} | {run.cpu / number:.3f} "
        f"| {run.looks[-1].children_cpu / run.looks[-1].reports:.3f} |"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--small", type=int, default=30)
    parser.add_argument("--large", type=int, default=3000)
    parser.add_argument("--again", type=int, default=5, help="runs with nothing to do (5)")
    parser.add_argument("--folder", type=Path, help="keep the projects here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="edu-metrics-") as place:
        folder = given.folder or Path(place)
        runs = {}
        for number in (given.small, given.large):
            root = folder / str(number)
            words = ("simulate", "michigan", "--districts", str(number), "--to", str(root))
            subprocess.run([*TOOL, *words, "--root", str(PROJECT)], check=True, capture_output=True)
            command = (*TOOL, "report", "--lang", "en", "--root", str(root))
            runs[number] = watched(command, root / "reports" / STUDY / "en")
            sys.stderr.write(f"{number} districts: {runs[number].wall:.0f} s\n")
        reports = root / "reports" / STUDY
        again = [watched(command, reports / "en") for _ in range(given.again)]
        (reports / "manifest.json").unlink()
        lost = watched(command, reports / "en")
    cores = f"{os.cpu_count()} cores"
    sys.stdout.write(f"{platform.system()}, Python {platform.python_version()}, {cores}\n\n")
    sys.stdout.write("| batch | s | s a report | CPU s a report | of these in its child |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | ---: |\n")
    for number, run in runs.items():
        sys.stdout.write(whole(f"{number:,} districts", run, number) + "\n")
    edges = [1, *(share * given.large // 10 for share in (1, 3, 5, 7, 9, 10))]
    sys.stdout.write("\n| reports | CPU s of a child | s a report | parent MB | forks MB |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | ---: |\n")
    sys.stdout.write("\n".join(slices(runs[given.large].looks, edges)) + "\n")
    walls, cpus = [run.wall for run in again], [run.cpu for run in again]
    sys.stdout.write(
        f"\nnothing to do, {given.large:,} districts: {statistics.median(walls):.2f} s "
        f"({min(walls):.2f}–{max(walls):.2f}), {statistics.median(cpus):.2f} CPU s\n"
        f"its manifest lost: {lost.wall:.1f} s, {lost.cpu:.1f} CPU s\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
