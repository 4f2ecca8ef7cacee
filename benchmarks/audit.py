"""Measure how long the audit of a plan of a thousand targets takes, and print each rule's part."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from edu_metrics.catalog import Plan, Target, load_catalog
from edu_metrics.plan_audit import RULES, PlanContext, audit

PROJECT = Path(__file__).resolve().parents[1]


def copies(plan: Plan, number: int) -> Iterator[Target]:
    """Give the plan's targets once more under other names, linked among themselves."""
    for target in plan.targets:
        links = {
            "id": f"{target.id}_copy{number}",
            "see_also": tuple(f"{name}_copy{number}" for name in target.see_also),
            "pace": f"{target.pace}_copy{number}" if target.pace else None,
        }
        yield target.model_copy(update=links)


def main() -> int:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip())
    parser.add_argument("plan", help="plan whose targets are copied")
    parser.add_argument("--targets", type=int, default=1000, help="at least so many (1000)")
    parser.add_argument("--rounds", type=int, default=5, help="runs (5)")
    given = parser.parse_args()
    catalog = load_catalog(PROJECT)
    plan = catalog.plan(given.plan)
    times = -(-given.targets // len(plan.targets))
    many = [target for number in range(times) for target in copies(plan, number)]
    large = plan.model_copy(update={"targets": tuple(many)})
    runs, found = [], 0
    for _ in range(given.rounds):
        begun = time.perf_counter()
        found = len(audit(catalog, large))
        runs.append(time.perf_counter() - begun)
    lines = [
        f"{len(many)} targets, {found} findings, {statistics.median(runs):.2f} s "
        f"({min(runs):.2f}–{max(runs):.2f}, {len(runs)} runs)",
        "",
        "| rule | seconds |",
        "| --- | ---: |",
    ]
    context, spent = PlanContext(catalog, large), {}
    for rule in RULES:
        begun = time.perf_counter()
        list(rule(context))
        spent[rule.__name__] = time.perf_counter() - begun
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        lines.append(f"| {name} | {seconds:.3f} |")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
