"""
Measure what forecasts of many areas cost, in one run, as a Markdown table of processor seconds.

Levels, quantiles and paths of ten years for 3,000 areas; the probability of a rise in each of five
years from paths; a back-test of 1,100 areas over 13 years; beside them statsmodels' local level,
fitted to a sample of the same series one by one and taken times their number.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from edu_metrics.trajectories import Panel, Projection, backtest, scale_for

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
PAST, FIRST_YEAR = 10, 2010
RISING_YEARS = 5
SAMPLE = 30


def simulated(areas: int, years: int) -> NDArray[np.float64]:
    """Invent rates of areas: a level that walks, noise, and a year that all share."""
    random = np.random.default_rng(7)
    level = random.normal(0.5, 0.7, (areas, 1))
    level = level + np.cumsum(0.08 * random.standard_normal((areas, years)), axis=1)
    level = level + 0.03 * random.standard_normal(years)
    points = level + 0.1 * random.standard_normal((areas, years))
    return 100 / (1 + np.exp(-points))


def fit_one_by_one(rates: NDArray[np.float64], ahead: int) -> None:
    """Fit a local level to a sample of the series."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for series in np.log(rates / (100 - rates))[:SAMPLE]:
            fitted = UnobservedComponents(series, "llevel").fit(disp=False)
            fitted.get_forecast(ahead).conf_int(alpha=0.2)


def steps(areas: int, ahead: int) -> Iterator[tuple[str, Callable[[], object], float]]:
    """Give what is measured, with the factor by which its time counts."""
    rates, last = simulated(areas, PAST), FIRST_YEAR + PAST - 1
    names = [f"area_{number:05d}" for number in range(areas)]
    table = pd.DataFrame(
        {
            "area": np.repeat(names, PAST),
            "year": np.tile(np.arange(FIRST_YEAR, last + 1), areas),
            "value": rates.ravel(),
        }
    )
    made = Projection(table.head(10 * PAST), last + ahead, scale=scale_for((0, 100)))

    def levels() -> None:
        nonlocal made
        made = Projection(table, last + ahead, scale=scale_for((0, 100)))
        years = tuple(range(last + 1, last + 1 + ahead))
        for area in names:
            made.of(area, years).quantiles(LEVELS)

    def rising() -> None:
        years = tuple(range(last + 1, last + 1 + RISING_YEARS))
        for area in names:
            paths = made.of(area, years).draws
            np.mean(np.all(np.diff(paths, axis=1) > 0, axis=1))

    yield f"levels, quantiles and paths, {areas:,} areas x {ahead} years", levels, 1
    yield f"a rise in each of {RISING_YEARS} years, {areas:,} areas", rising, 1
    name = f"statsmodels, a local level each, {SAMPLE} series times {areas / SAMPLE:g}"
    yield name, lambda: fit_one_by_one(rates, ahead), areas / SAMPLE
    panel = simulated(1100, 13)
    span = tuple(range(FIRST_YEAR, FIRST_YEAR + 13))
    areas_ = tuple(f"area_{number:05d}" for number in range(1100))
    made_panel = Panel("simulated", areas_, span, panel, np.full(panel.shape, np.nan))
    for together in ("all", 3, 1):
        yield (
            f"back-test, 1,100 areas x 13 years, together: {together}",
            lambda together=together: backtest([made_panel], areas=[together]),
            1,
        )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--areas", type=int, default=3000, help="3000")
    parser.add_argument("--years", type=int, default=10, help="years ahead (10)")
    given = parser.parse_args()
    lines = ["| what | CPU s |", "| --- | ---: |"]
    for name, step, factor in steps(given.areas, given.years):
        begun = time.process_time()
        step()
        lines.append(f"| {name} | {factor * (time.process_time() - begun):.2f} |")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
