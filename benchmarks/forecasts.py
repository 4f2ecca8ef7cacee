"""
Measure what forecasts of many areas cost, and print Markdown tables.

`draws`: quantiles of 10,000 draws for thousands of areas, indicators and years by this library,
beside numpy drawing as many normal numbers and taking the same quantiles of them once, beside a
loop that fits statsmodels' local-level model to one series after the other (on a sample, times the
number of series). `backtest`: every vectorised model on a simulated panel. Each run is a process of
its own; library and numpy take turns.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from measure import Cost, Task, measure
from numpy.typing import NDArray

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
PAST = 10
FIRST_YEAR = 2010


def simulated(areas: int, years: int, seed: int) -> NDArray[np.float64]:
    """Invent rates of areas: a level that walks, noise, and a year that all share."""
    random = np.random.default_rng(seed)
    level = random.normal(0.5, 0.7, (areas, 1))
    level = level + np.cumsum(0.08 * random.standard_normal((areas, years)), axis=1)
    level = level + 0.03 * random.standard_normal(years)
    points = level + 0.1 * random.standard_normal((areas, years))
    return 100 / (1 + np.exp(-points))


def draw_with_library(areas: int, indicators: int, ahead: int, draws: int) -> None:
    """Project each indicator and take quantiles, area by area."""
    import pandas as pd

    from edu_metrics.trajectories import project

    names = [f"area_{number:05d}" for number in range(areas)]
    years = np.arange(FIRST_YEAR, FIRST_YEAR + PAST)
    for indicator in range(indicators):
        rates = simulated(areas, PAST, indicator)
        table = pd.DataFrame(
            {
                "area": np.repeat(names, PAST),
                "year": np.tile(years, areas),
                "value": rates.ravel(),
                "denominator": np.nan,
            }
        )
        until = int(years[-1]) + ahead
        found = project(table, until, scale="logit", seed=str(indicator), draws=draws)
        kept = np.stack([quantiles for _, quantiles in found.quantiles(LEVELS, ahead)])
        if kept.shape != (areas, len(LEVELS), ahead):
            raise SystemExit(f"expected quantiles for {areas} areas, found {kept.shape}")


def draw_with_numpy(areas: int, indicators: int, ahead: int, draws: int) -> None:
    """Draw as many normal numbers, one series at a time, and take the same quantiles."""
    random = np.random.default_rng(0)
    for _ in range(indicators):
        kept = np.empty((areas, len(LEVELS), ahead))
        for area in range(areas):
            kept[area] = np.quantile(random.standard_normal((ahead, draws)), LEVELS, axis=1)


def fit_with_statsmodels(sample: int, ahead: int) -> float:
    """Fit a local level to a few series; give the processor seconds that one of them takes."""
    import warnings

    from statsmodels.tsa.statespace.structural import UnobservedComponents

    points = np.log(simulated(sample, PAST, 0) / (100 - simulated(sample, PAST, 0)))
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for series in points:
            fitted = UnobservedComponents(series, "llevel").fit(disp=False)
            fitted.get_forecast(ahead).conf_int(alpha=0.2)
    return (time.process_time() - begun) / sample


def run_backtest(areas: int, years: int) -> None:
    """Back-test every vectorised model on a simulated panel."""
    from edu_metrics.trajectories import Panel, backtest

    rates = simulated(areas, years, 7)
    names = tuple(f"area_{number:05d}" for number in range(areas))
    span = tuple(range(FIRST_YEAR, FIRST_YEAR + years))
    backtest([Panel("simulated", names, span, rates, np.full(rates.shape, np.nan))])


def line(name: str, costs: list[Cost], base: list[Cost] | None = None) -> str:
    """Write one row: clock, processor, peak, and the ratio to the baseline, round by round."""
    walls, ratio = [cost.wall for cost in costs], ""
    if base is not None:
        pairs = zip(costs, base, strict=True)
        ratio = f"{statistics.median(cost.cpu / other.cpu for cost, other in pairs):.2f}"
    return (
        f"| {name} | {statistics.median(walls):.1f} ({min(walls):.1f}–{max(walls):.1f}) "
        f"| {statistics.median(cost.cpu for cost in costs):.1f} "
        f"| {max(cost.peak_mb for cost in costs):.0f} | {ratio} | {len(costs)} |"
    )


def costs_of(tasks: list[Task], rounds: int) -> dict[str, list[Cost]]:
    """Run tasks in turn, and stop where one of them fails."""
    held: dict[str, list[Cost]] = {task.name: [] for task in tasks}
    for number in range(rounds):
        for task in tasks:
            sys.stderr.write(f"round {number + 1} of {rounds}: {task.name}\n")
            cost = measure(task)
            if isinstance(cost, int):
                raise SystemExit(f"{task.name}: failed with exit status {cost}")
            held[task.name].append(cost)
    return held


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("what", choices=["draws", "backtest", "library", "numpy", "panel"])
    parser.add_argument("--areas", type=int, help="3000 for draws, 1100 for the back-test")
    parser.add_argument("--indicators", type=int, default=20, help="20")
    parser.add_argument("--years", type=int, help="10 ahead for draws, 13 for the back-test")
    parser.add_argument("--draws", type=int, default=10_000, help="10000")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each (1)")
    parser.add_argument("--sample", type=int, default=30, help="series for statsmodels (30)")
    given = parser.parse_args()
    one_panel = given.what in ("backtest", "panel")
    areas = given.areas or (1100 if one_panel else 3000)
    years = given.years or (13 if one_panel else 10)
    if given.what == "library":
        draw_with_library(areas, given.indicators, years, given.draws)
        return 0
    if given.what == "numpy":
        draw_with_numpy(areas, given.indicators, years, given.draws)
        return 0
    if given.what == "panel":
        run_backtest(areas, years)
        return 0
    # Threads of linear algebra would only make the two runs unlike.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

    def task(what: str) -> Task:
        asked = {"areas": areas, "indicators": given.indicators, "years": years}
        words = [f"--{key}={value}" for key, value in {**asked, "draws": given.draws}.items()]
        return Task(what, ((sys.executable, str(Path(__file__)), what, *words),), "numpy")

    head = "| what | seconds, median (range) | CPU s | peak MB | times numpy | runs |"
    lines = [
        f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores",
        "",
        head,
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    if given.what == "backtest":
        name = f"back-test of {areas:,} areas × {years} years, six models"
        lines.append(line(name, costs_of([task("panel")], given.rounds)["panel"]))
    else:
        held = costs_of([task("numpy"), task("library")], given.rounds)
        what = f"{given.draws:,} draws × {areas:,} areas × {given.indicators} indicators × {years}"
        lines.append(line(f"numpy: {what} years", held["numpy"], held["numpy"]))
        lines.append(line("this library: the same", held["library"], held["numpy"]))
        each = fit_with_statsmodels(given.sample, years)
        whole = each * areas * given.indicators
        base = statistics.median(cost.cpu for cost in held["numpy"])
        lines.append(
            f"| statsmodels, a local level each: {given.sample} series of {1000 * each:.0f} ms, "
            f"extrapolated | | {whole:.0f} | | {whole / base:.1f} | |"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
