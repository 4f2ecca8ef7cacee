"""
Print the back-test of every panel of some files as Markdown tables, and what it comes to.

    .venv/bin/python scripts/backtest_table.py PANEL.csv [PANEL.csv ...]
        [--leave-out NAME=REASON ...] [--slow AREAS] [--only slow|fast]

Each file is what `edu-metrics backtest` takes. Panels in which a tenth or more of the variance of
yearly change is common to all areas count as moving together, the others as quiet. A panel whose
name begins with NAME has its rows, marked with the reason, and is no part of the pooled figures
nor of the ratios. `--slow` adds a table with the models that statsmodels fits one by one, on so
many areas of each panel (drawn from a fixed seed), with the others on the same areas.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from edu_metrics.trajectories import TOGETHER_PCT, ModelScore, Panel, backtest, read_panels

MODELS = (
    "no_change",
    "own_drift",
    "pooled_drift",
    "reference_gains",
    "level_with_drift",
    "combination",
)
SLOW = ("no_change", "level_with_drift", "damped_holt", "local_level_ml")
#: Years that an area of the sample has to have: statsmodels fits none that is shorter.
LONG = 6


def shown(value: float | None, decimals: int) -> str:
    """Print a number, and nothing where there is none."""
    return "" if value is None else f"{value:.{decimals}f}"


def row(panel: Panel, scores: dict[str, ModelScore], mark: str) -> str:
    """Print one panel at one number of years ahead."""
    mine = next(score for score in scores.values() if score.default)
    event = mine.events[0]
    low, high = mine.coverage80_interval or (None, None)
    cells = [
        panel.name,
        mark,
        shown(mine.common_variance_pct, 0),
        str(mine.horizon),
        str(mine.n),
        *(shown(scores[name].crps, 2) for name in MODELS),
        f"{shown(mine.coverage80, 1)} ({shown(low, 1)}-{shown(high, 1)})",
        shown(mine.coverage95, 1),
        f"{shown(event.brier, 3)} / {shown(event.base_rate_brier, 3)}",
    ]
    return "| " + " | ".join(cells) + " |"


def ratio(found: Sequence[dict[str, ModelScore]], name: str) -> float:
    """Give the geometric mean of a model's CRPS by that of no change."""
    pairs = [(one[name].crps, one["no_change"].crps) for one in found]
    logs = [math.log(mine / still) for mine, still in pairs if mine and still]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def by_horizon(scores: Sequence[ModelScore]) -> list[dict[str, ModelScore]]:
    """Sort scores by years ahead, those without a forecast left out."""
    ahead = sorted({score.horizon for score in scores})
    found = [{s.model: s for s in scores if s.horizon == one} for one in ahead]
    return [one for one in found if one["no_change"].n]


def reason(panel: Panel, together: bool, left_out: dict[str, str]) -> str:
    """Say why a panel is no part of the pooled figures; nothing where it is."""
    named = next((why for name, why in left_out.items() if panel.name.startswith(name)), "")
    return named or ("moves together" if together else "")


def head(names: Sequence[str]) -> str:
    """Print the head of a table, the first two columns being words."""
    return f"| {' | '.join(names)} |\n| --- | --- |" + " ---: |" * (len(names) - 2)


def fast_table(panels: Sequence[Panel], left_out: dict[str, str]) -> None:
    """Print every vectorised model on every panel, ratios, and the quiet panels pooled."""
    names = ["panel", "not pooled, as", "common %", "h", "n", *(f"CRPS {name}" for name in MODELS)]
    print(head([*names, "80 % held (95 %)", "95 % held", "Brier +5 / base rate"]))
    kept: dict[bool, list[dict[str, ModelScore]]] = {True: [], False: []}
    quiet: list[Panel] = []
    for panel in panels:
        scores = backtest([panel])
        together = (scores[0].common_variance_pct or 0) >= TOGETHER_PCT
        mark = reason(panel, together, left_out)
        found = by_horizon(scores)
        for one in found:
            print(row(panel, one, mark), flush=True)
        if not found:
            print(f"| {panel.name} | {mark or 'no forecast'} |" + " |" * 12, flush=True)
        if mark in ("", "moves together"):
            kept[together] += found
        if not mark:
            quiet.append(panel)
    print("\nCRPS by that of no change, geometric mean: all, quiet, moving together\n")
    for name in MODELS:
        parts = (kept[True] + kept[False], kept[False], kept[True])
        print(name, *(f"{ratio(part, name):.3f}" for part in parts if part))
    print(f"\n{len(quiet)} quiet panels pooled\n")
    for score in backtest(quiet) if quiet else ():
        if score.default:
            print(score)


def sample(panel: Panel, areas: int) -> Panel:
    """Take some areas with enough years out of a panel."""
    able = np.flatnonzero((~np.isnan(panel.values)).sum(axis=1) >= LONG)
    rows = np.sort(np.random.default_rng(0).permutation(able)[:areas])
    return replace(
        panel,
        areas=tuple(panel.areas[one] for one in rows),
        values=panel.values[rows],
        counts=panel.counts[rows],
    )


def slow_table(panels: Sequence[Panel], areas: int, left_out: dict[str, str]) -> None:
    """Print the models of statsmodels and two others on some areas of each panel."""
    print(head(["panel", "not in the means, as", "areas", "h", "n", *(f"CRPS {m}" for m in SLOW)]))
    kept: list[dict[str, ModelScore]] = []
    for panel in panels:
        few = sample(panel, areas)
        mark = next((why for name, why in left_out.items() if panel.name.startswith(name)), "")
        if not few.areas:
            print(f"| {panel.name} | years too few for a fit | 0 |" + " |" * 6, flush=True)
            continue
        found = by_horizon(backtest([few], slow=True))
        for one in found:
            crps = " | ".join(shown(one[name].crps, 2) for name in SLOW)
            still = one["no_change"]
            cells = f"{panel.name} | {mark} | {len(few.areas)} | {still.horizon} | {still.n}"
            print(f"| {cells} | {crps} |", flush=True)
        kept += [] if mark else found
    print("\nCRPS by that of no change, geometric mean\n")
    for name in SLOW:
        print(name, f"{ratio(kept, name):.3f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="NAME=REASON")
    parser.add_argument("--slow", type=int, default=0, metavar="AREAS", help="0: without")
    parser.add_argument("--only", choices=["fast", "slow"])
    parser.add_argument("--panels", nargs="*", default=[], help="only these: beginnings of names")
    given = parser.parse_args()
    left_out = dict(entry.partition("=")[::2] for entry in given.leave_out)
    panels = [one for file in given.files for one in read_panels(file)]
    if given.panels:
        panels = [one for one in panels if one.name.startswith(tuple(given.panels))]
    if given.only != "slow":
        fast_table(panels, left_out)
    if given.slow and given.only != "fast":
        print()
        slow_table(panels, given.slow, left_out)


if __name__ == "__main__":
    main()
