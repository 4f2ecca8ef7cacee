"""
Print the back-test of every panel of some files as a Markdown table, and what it comes to.

    .venv/bin/python scripts/backtest_table.py PANEL.csv [PANEL.csv ...] [--skip NAME ...]

Each file is what `edu-metrics backtest` takes. Panels in which a tenth or more of the variance of
yearly change is common to all areas count as moving together, the others as quiet.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from edu_metrics.trajectories import TOGETHER_PCT, ModelScore, Panel, backtest, read_panels

MODELS = (
    "no_change",
    "own_drift",
    "pooled_drift",
    "reference_gains",
    "level_with_drift",
    "combination",
)


def shown(value: float | None, decimals: int) -> str:
    """Print a number, and nothing where there is none."""
    return "" if value is None else f"{value:.{decimals}f}"


def row(panel: Panel, scores: dict[str, ModelScore]) -> str:
    """Print one panel at one number of years ahead."""
    mine = next(score for score in scores.values() if score.default)
    event = mine.events[0]
    low, high = mine.coverage80_interval or (None, None)
    cells = [
        panel.name,
        shown(mine.common_variance_pct, 0),
        str(mine.horizon),
        str(mine.n),
        *(shown(scores[name].crps, 2) for name in MODELS),
        f"{shown(mine.coverage80, 1)} ({shown(low, 1)}-{shown(high, 1)})",
        shown(mine.coverage95, 1),
        f"{shown(event.brier, 3)} / {shown(event.base_rate_brier, 3)}",
    ]
    return "| " + " | ".join(cells) + " |"


def ratio(found: list[dict[str, ModelScore]], name: str) -> float:
    """Give the geometric mean of a model's CRPS by that of no change."""
    pairs = [(one[name].crps, one["no_change"].crps) for one in found]
    logs = [math.log(mine / still) for mine, still in pairs if mine and still]
    return math.exp(sum(logs) / len(logs))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--skip", nargs="*", default=[], help="beginnings of panel names")
    parser.add_argument("--saturated", nargs="*", default=[], help="left out of the pooled figures")
    given = parser.parse_args()
    head = ["panel", "common %", "h", "n", *(f"CRPS {name}" for name in MODELS)]
    head += ["80 % held (95 %)", "95 % held", "Brier +5 / base rate"]
    print("| " + " | ".join(head) + " |")
    print("| --- |" + " ---: |" * (len(head) - 1))
    kept: dict[bool, list[dict[str, ModelScore]]] = {True: [], False: []}
    quiet: list[Panel] = []
    for panel in (one for file in given.files for one in read_panels(file)):
        if panel.name.startswith(tuple(given.skip)) and given.skip:
            continue
        scores = backtest([panel])
        together = (scores[0].common_variance_pct or 0) >= TOGETHER_PCT
        for horizon in sorted({score.horizon for score in scores}):
            found = {score.model: score for score in scores if score.horizon == horizon}
            if found["no_change"].n:
                print(row(panel, found))
                kept[together].append(found)
        if not together and not panel.name.startswith(tuple(given.saturated)):
            quiet.append(panel)
    print()
    for name in MODELS:
        parts = (kept[True] + kept[False], kept[False], kept[True])
        print(name, *(f"{ratio(part, name):.3f}" for part in parts if part))
    print()
    for score in backtest(quiet):
        if score.default:
            print(score)


if __name__ == "__main__":
    main()
