"""
Kill a batch at random moments, again and again, and see that nothing is lost and nothing half.

A project of invented districts is simulated, and its reports are made. The batch is killed with
SIGKILL (in turn only the process that was started, and all that it started as well), looked at, and
started again: every other time at once, while what outlived it is still ending, else after up to
two seconds. Every third time it is killed at its start, after a few seconds; else once it has made
a share of its reports, drawn so that the kills are spread over all of them. At the end every report
must be whole and stand in the manifest and in the index, none that was whole may have been made
again, and one more run must find nothing to do. Exit status 1 if any of this is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batch import PROJECT, STUDY, TOOL, below

from edu_metrics.batch.execution import MARK, stamp_of


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def whole(reports: Path) -> dict[str, int]:
    """Give the reports that are whole, with the time at which each was written."""
    found = {}
    for folder in sorted(path for path in reports.glob("*") if not path.name.startswith(".")):
        if stamp_of(folder) is None:
            raise SystemExit(f"{folder} is neither whole nor absent")
        found[folder.name] = (folder / "report.html").stat().st_mtime_ns
    return found


def told(root: Path) -> dict[str, set[str]]:
    """Give the reports that the manifest names as whole, and those that the index leads to."""
    folder = root / "reports" / STUDY
    areas = json.loads((folder / "manifest.json").read_text("utf-8"))["areas"]
    page = (folder / "index.html").read_text("utf-8")
    return {
        "manifest": {e["area"] for e in areas if e["status"] in ("made", "unchanged")},
        "index": set(re.findall(r'href="en/([^/"]+)/report\.html"', page)),
    }


def until(batch: subprocess.Popen[bytes], reports: Path, number: int, longest: float) -> None:
    """Wait until so many reports stand, or for so long, or until the batch ends."""
    begun = time.monotonic()
    while batch.poll() is None and time.monotonic() - begun < longest:
        if sum(not path.name.startswith(".") for path in reports.glob("*")) >= number:
            break
        time.sleep(0.05)


def main() -> int:
    """Kill, look, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--districts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--start", type=float, default=20, help="seconds of a start, at most (20)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="edu-metrics-") as folder:
        root = Path(folder, "project")
        simulate = ("simulate", "michigan", "--districts", str(given.districts), "--to", str(root))
        subprocess.run([*TOOL, *simulate, "--root", str(PROJECT)], check=True, capture_output=True)
        command = [*TOOL, "report", "--lang", "en", "--root", str(root)]
        reports = root / "reports" / STUDY / "en"
        seen: dict[str, int] = {}
        for number in range(1, given.kills + 1):
            batch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            begun = time.monotonic()
            if number % 3 == 1:
                until(batch, reports, given.districts + 1, chance.uniform(0.2, given.start))
            else:
                more = round(chance.uniform(1, 2 * given.districts / given.kills))
                until(batch, reports, len(seen) + more, 3600)
                until(batch, reports, given.districts + 1, chance.uniform(0, 1))
            after = time.monotonic() - begun
            if batch.poll() is None:
                everything = number % 2 == 0
                for pid in below(batch.pid) if everything else [batch.pid]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                batch.wait()
            # What outlives the batch ends by itself; the next one may not be hurt by it.
            pause = chance.choice((0.0, chance.uniform(0.0, 2.0)))
            time.sleep(pause)
            now = whole(reports)
            journal = root / "reports" / STUDY / "manifest.jsonl"
            noted = len(journal.read_bytes().splitlines()) if journal.exists() else 0
            again = [name for name, when in seen.items() if now.get(name) != when]
            if again:
                tell(f"made twice, or gone: {again}")
                return 1
            seen = now
            tell(
                f"kill {number} after {after:.1f} s, looked at after {pause:.1f} s: {len(seen)} "
                f"whole, {noted} in the journal"
            )
        begun = time.monotonic()
        last = subprocess.run(command, capture_output=True, text=True, check=False)
        tell(f"last run, {time.monotonic() - begun:.0f} s: {last.stdout.splitlines()[-1]}")
        now = whole(reports)
        again = [name for name, when in seen.items() if now.get(name) != when]
        begun = time.monotonic()
        rerun = subprocess.run(command, capture_output=True, text=True, check=False)
        tell(f"one more, {time.monotonic() - begun:.1f} s: {rerun.stdout.splitlines()[-1]}")
        left = (root / "reports").rglob(".*")
        hidden = [str(path) for path in left if path.name != MARK]  # which says whose folder it is
        unlisted = {kind: sorted(set(now) - there) for kind, there in told(root).items()}
        sound = (last.returncode, rerun.returncode, len(now)) == (0, 0, given.districts)
        sound &= not again and not hidden and whole(reports) == now and not any(unlisted.values())
        tell(
            f"{len(now)} whole reports, {len(again)} made twice, left behind: {hidden or 'nothing'}"
        )
        for kind, names in unlisted.items():
            tell(f"not in the {kind}: {names or 'none'}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
