"""Measure what `edu-metrics check` of many plans costs: processor seconds, interpreter included."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from edu_metrics.cli import run; run()", "check", "--root"]


def conditions(number: int) -> list[dict[str, Any]]:
    """Give what a target asks for; five kinds in turn."""
    kinds: list[dict[str, Any]] = [
        {"type": "level", "at": {2023: ">=92", 2025: ">=95"}},
        {"type": "change_since", "unit": "percent", "since": 2020, "by": 2025, "change": [">=20"]},
        {"type": "relative", "measure": "difference", "to": {"area": "one"}, "year": 2025,
         "bound": ">=0"},
        {"type": "rank", "year": 2025, "bound": "<=2", "among": ["one", "two"]},
        {"type": "areas", "among": ["one", "two"], "bound": ">=2",
         "each": {"type": "level", "at": {2025: ">=95"}}},
    ]  # fmt: skip
    return [kinds[number % len(kinds)]]


def target(number: int) -> dict[str, Any]:
    """Write a target with two readings."""
    name = {"zh": f"目标{number}", "en": f"Target {number}"}
    return {
        "id": f"t{number}", "title": name, "article": str(number), "tier": "numeric",
        "kind": "level", "indicator": "rate", "areas": ["one", "two"], "population": name,
        "unit": "percent", "better": "higher", "deadline": 2025, "quote": "words", "locator": "1",
        "readings": [
            {"id": f"r{at}", "label": name, "default": at == 0,
             "conditions": conditions(number + at)}
            for at in (0, 1)
        ],
    }  # fmt: skip


def definitions(plans: int, targets: int) -> Iterator[tuple[str, Any]]:
    """Give the files of a project."""
    name = {"zh": "名", "en": "Name"}
    yield "project", {"inherits": ["sources", "quantities", "indicators", "breaks", "assumptions"]}
    yield (
        "sources",
        [{"id": "book", "title": name, "publisher": name, "licence": "public", "read": "original"}],
    )
    yield (
        "areas",
        [{"id": at, "name": {"zh": at, "en": at}, "level": "city"} for at in ("one", "two")],
    )
    yield (
        "quantities",
        [{"id": "rate_pct", "name": name, "unit": "percent", "form": "printed_rate"}],
    )
    yield "indicators", [
        {"id": "rate", "name": name, "unit": "percent", "formula": "as_published",
         "inputs": {"value": "rate_pct"}, "better": "higher", "bounds": [0, 100],
         "citation": {"source": "book", "locator": "1"}}
    ]  # fmt: skip
    for plan in range(plans):
        yield f"plans/plan_{plan}", {
            "id": f"plan_{plan}", "title": name, "source": "book", "issued": "2021-01-01",
            "first_year": 2021, "last_year": 2025, "areas": ["one", "two"],
            "targets": [target(number) for number in range(targets)],
        }  # fmt: skip
    yield "studies/study", {
        "id": "study", "title": name, "plan": "plan_0", "areas": ["one", "two"], "note": name,
        "observations": [{"type": "file", "path": "*.csv"}], "as_of": "2022-06-30",
    }  # fmt: skip


def write(root: Path, plans: int, targets: int) -> None:
    """Write the project as a person writes it, in block style."""
    import yaml

    for name, content in definitions(plans, targets):
        path = root / "data" / "definitions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = json.loads(json.dumps(content, ensure_ascii=False))
        path.write_text(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False), "utf-8")


def cpu_of(command: list[str]) -> float:
    """Run a command to its end, and give the processor seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip())
    parser.add_argument("--plans", type=int, default=50)
    parser.add_argument("--targets", type=int, default=40, help="of each plan (40)")
    parser.add_argument("--rounds", type=int, default=5, help="runs (5)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), given.plans, given.targets)
        taken = [cpu_of([*COMMAND, folder]) for _ in range(given.rounds)]
    sys.stdout.write(
        f"{given.plans} plans x {given.targets} targets: {statistics.median(taken):.2f} processor "
        f"seconds ({min(taken):.2f} to {max(taken):.2f})\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
