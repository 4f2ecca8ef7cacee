"""
Make the same reports with every engine, in turns, and print what each of them costs.

Rounds are interleaved (each engine once, then each of them again), on the same notebook and the
same invented districts. Every engine has two processes, as many as the machine this was written for
has cores. ``limit`` calls the sections of a report, and the exporter, one report after another in
two processes that have everything imported and keep nothing apart: what papermill, a shell and
isolation cost is the distance to it. Needs Linux; nothing in the project's own folders is written.

ploomber-engine runs cells without a kernel, as the project's own engine does, and is measured where
it can be imported. It is no dependency; put it into a folder beside the project::

    pip install --target ../ploomber --no-deps ploomber-engine ploomber-core \\
        debuglater posthog backoff colorama distro
    PYTHONPATH=../ploomber .venv/bin/python benchmarks/batch.py
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from edu_metrics.batch.preload import BLAS_THREADS

PROJECT = Path(__file__).resolve().parents[1]
STUDY = "invented_districts"
TOOL = (sys.executable, "-c", "from edu_metrics.cli import run; run()")

#: A notebook and its page, one job after another in a pool; an engine says how it executes. Each
#: process keeps its exporter.
POOL = """
import functools, sys, json, logging
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

@functools.cache
def exporter():
    from nbconvert import HTMLExporter
    return HTMLExporter(exclude_input=True)

def make(job):
    given, out = job
    where = str(Path(given["notebook"]).parent)
    {execute}
    page, _ = exporter().from_notebook_node(book)
    Path(out + ".html").write_text(page, "utf-8")

if __name__ == "__main__":
    from run import make  # a shell in a worker may take the place of __main__
    jobs = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with ProcessPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(make, jobs))
"""

PAPERMILL = """
    import papermill
    from traitlets.config import Config
    book = papermill.execute_notebook(given["notebook"], out + ".ipynb", given["parameters"],
        kernel_name="python3", progress_bar=False, cwd=where,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}))
"""

PLOOMBER = """
    from ploomber_engine import execute_notebook
    book = execute_notebook(given["notebook"], out + ".ipynb", parameters=given["parameters"],
        progress_bar=False, cwd=where)
"""

LIMIT = """
import sys, json, os, re
from pathlib import Path
sys.modules.setdefault("rfc3987_syntax", None)
import nbformat
from edu_metrics import report as rep
from edu_metrics.report.page import in_one_language, to_page
from edu_metrics.batch.preload import warm

jobs, number, workers = json.loads(Path(sys.argv[1]).read_text("utf-8")), 0, int(sys.argv[2])
warm(Path(jobs[0][0]["parameters"]["root"]), [jobs[0][0]["parameters"]["study"]], len(jobs))
first = os.getpid()
while number < workers - 1 and os.fork() != 0:
    number += 1
for given, out in jobs[number::workers]:
    asked = given["parameters"]
    book = in_one_language(nbformat.read(given["notebook"], 4), asked["lang"])
    Path(out).mkdir()
    report = rep.open_report(asked["study"], asked["area"], asked["lang"], asked["root"])
    for cell in book.cells:
        if section := re.search(r"rep\\.(show_\\w+)\\(report\\)$", cell.source):
            html = getattr(rep, section[1])(report)._repr_html_()
            data = {"text/html": html, "text/plain": ""}
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    rep.save_summary(report, out)
    Path(out + ".html").write_text(to_page(book, title="", lang="en", home=""), "utf-8")
    Path(out + ".ipynb").write_text(nbformat.writes(book), "utf-8")
if os.getpid() != first:
    os._exit(0)
for _ in range(workers - 1):
    os.wait()
"""


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of clock and processor, and peak memory of all its processes."""

    wall: float
    cpu: float
    peak_mb: float


def below(pid: int) -> list[int]:
    """List a process and all that it started."""
    found = [pid]
    for one in found:
        for tasks in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in tasks.read_text().split()]
            except OSError:
                continue
    return found


def proportional_mb(pid: int) -> float:
    """Give the memory of a process, shared pages divided among those that share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def measure(command: tuple[str, ...]) -> Cost:
    """Run a command, and watch it and all that it starts."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak, done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.5):
            peak = max(peak, sum(map(proportional_mb, below(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{command[:3]} failed:\n{said.decode()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(time.perf_counter() - begun, cpu, peak)


def engines(root: Path, folder: Path, number: int, workers: int) -> dict[str, Callable[[], Cost]]:
    """Give what is measured, by name; each call writes into a folder of its own."""
    import json

    from edu_metrics.batch import plan_jobs
    from edu_metrics.catalog import load_catalog

    catalog = load_catalog(root)
    jobs = plan_jobs(catalog, catalog.study(STUDY), folder, lang="en", first=number)
    given = [
        {"notebook": str(job.notebook), "parameters": dict(job.parameters)}
        for job in jobs
        if job.notebook.name == "district_report.ipynb"
    ]
    count = iter(range(10**6))

    def listed() -> Path:
        out = folder / str(next(count))
        out.mkdir()
        path = out / "jobs.json"
        path.write_text(json.dumps([(job, str(out / str(n))) for n, job in enumerate(given)]))
        return path

    def loop() -> Cost:
        path = listed()
        lines = []
        for job, out in json.loads(path.read_text()):
            words = " ".join(f"-p {name} {value}" for name, value in job["parameters"].items())
            run = f"{sys.executable} -m papermill {job['notebook']} {out}.ipynb {words}"
            page = f"{sys.executable} -m nbconvert --to html --no-input {out}.ipynb"
            quiet = "--no-progress-bar 2>/dev/null"
            lines.append(f"cd {root / 'notebooks'} && {run} {quiet} && {page} 2>/dev/null")
        (path.parent / "lines").write_text("\n".join(lines))
        return measure(
            ("sh", "-c", f"xargs -a {path.parent / 'lines'} -d '\\n' -P {workers} -n 1 sh -c")
        )

    def script(text: str) -> Callable[[], Cost]:
        def run() -> Cost:
            path = listed()
            (path.parent / "run.py").write_text(text)
            return measure((sys.executable, str(path.parent / "run.py"), str(path), str(workers)))

        return run

    def ours(*words: str) -> Callable[[], Cost]:
        def run() -> Cost:
            out = listed().parent / "reports"
            command = (*TOOL, "report", "--lang", "en", "--first", str(number), "--root", str(root))
            return measure((*command, "--out", str(out), "-j", str(workers), *words))

        return run

    found = {
        "`papermill` + `jupyter nbconvert`, command line": loop,
        "papermill's API in a pool": script(POOL.replace("{execute}", PAPERMILL.strip())),
        "`ploomber-engine` in a pool": script(POOL.replace("{execute}", PLOOMBER.strip())),
        "`edu-metrics report --engine kernel`": ours("--engine", "kernel"),
        "`edu-metrics report`": ours(),
        "limit: sections called in warm processes": script(LIMIT),
    }
    if find_spec("ploomber_engine") is None:
        del found["`ploomber-engine` in a pool"]
    return found


def table(runs: dict[str, list[Cost]], number: int) -> str:
    """Write medians, and ratios taken within a round."""
    first, *_, last = runs
    lines = [
        "| engine | reports a minute, median (range) | CPU s a report | peak MB | × command line "
        "| × limit |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, costs in runs.items():
        speeds = [60 * number / cost.wall for cost in costs]
        to_first = [f.wall / c.wall for c, f in zip(costs, runs[first], strict=True)]
        to_last = [f.wall / c.wall for c, f in zip(costs, runs[last], strict=True)]
        lines.append(
            f"| {name} | {statistics.median(speeds):.1f} ({min(speeds):.1f}–{max(speeds):.1f}) "
            f"| {statistics.median(cost.cpu for cost in costs) / number:.2f} "
            f"| {statistics.median(cost.peak_mb for cost in costs):.0f} "
            f"| {statistics.median(to_first):.2f} | {statistics.median(to_last):.2f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--reports", type=int, default=24, help="districts a run (24)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="only engines whose name fits this pattern")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="edu-metrics-") as place:
        root, folder = Path(place, "project"), Path(place, "out")
        folder.mkdir()
        simulate = ("simulate", "michigan", "--districts", str(max(2, given.reports)))
        for words in ((*simulate, "--to", str(root), "--root", str(PROJECT)),
                      ("build", "--root", str(root))):  # fmt: skip
            subprocess.run([*TOOL, *words], check=True, capture_output=True)
        # Whoever measures tells nobody.
        os.environ.update(BLAS_THREADS, PLOOMBER_STATS_ENABLED="false")
        # As where nobody forbids it: what is compiled once is kept, and is so before the first run.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(place, "bytecode"))
        for name, task in engines(root, folder, 1, given.workers).items():
            if re.search(given.only, name):
                task()
        for old in folder.iterdir():
            shutil.rmtree(old)
        tasks = engines(root, folder, given.reports, given.workers)
        tasks = {name: task for name, task in tasks.items() if re.search(given.only, name)}
        runs: dict[str, list[Cost]] = {name: [] for name in tasks}
        for number in range(given.rounds):
            for name, task in tasks.items():
                cost = task()
                runs[name].append(cost)
                sys.stderr.write(f"round {number + 1}: {name}: {cost}\n")
                for old in folder.iterdir():
                    shutil.rmtree(old)
    where = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    what = f"{given.reports} reports, {given.workers} at a time, {given.rounds} rounds"
    sys.stdout.write(f"{where}; {what}\n\n{table(runs, given.reports)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
