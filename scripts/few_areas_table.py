"""
Print how forecasts hold where areas are few: with a table of errors, and without.

    .venv/bin/python scripts/few_areas_table.py PANEL.csv [PANEL.csv ...] [--groups 1,2,3,4,8,16]

The files are those of the table `quiet_panels` (`edu-metrics reference`), in any order. Groups of
so many areas are dealt out of each panel at random and forecast as if there were no others: once
with errors of their own, once with a table made of the panels of all *other* publishers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import ErrorTable, find_root, load_catalog
from edu_metrics.formulas import crps
from edu_metrics.trajectories import DEFAULT_MODEL, Panel, from_scale, to_scale
from edu_metrics.trajectories.calibration import calibrate, draw_errors
from edu_metrics.trajectories.error_tables import borrowed_errors, error_table, own_steps
from edu_metrics.trajectories.reference_classes import Comparable
from edu_metrics.trajectories.reference_files import checksum, members_of
from edu_metrics.trajectories.tracks import track

Floats = NDArray[np.float64]

HORIZONS = (1, 2, 3)
DRAWS = 400
AREAS = 48
ORIGINS = 8
ENOUGH = 4
EDGE = 0.25


@dataclass(frozen=True)
class Held:
    """One forecast: CRPS, whether the 80 % interval held, and its width."""

    horizon: int
    lent: bool
    crps: float
    inside: bool
    width: float


def normals() -> tuple[Floats, Floats]:
    """Give standard normal numbers that fill the distribution evenly, own and common."""
    from scipy.special import ndtri

    even = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
    own = np.repeat(even[:, None], max(HORIZONS), axis=1)
    common = np.random.default_rng(1).permutation(even)
    return own, np.repeat(common[:, None], max(HORIZONS), axis=1)


def groups_of(panel: Panel, size: int) -> Iterator[Floats]:
    """Deal areas with enough years into groups."""
    able = np.flatnonzero((~np.isnan(panel.values)).sum(axis=1) > ENOUGH)
    picked = np.random.default_rng(size).permutation(able)[: max(AREAS // size, 3) * size]
    for start in range(0, len(picked) - size + 1, size):
        yield panel.values[np.sort(picked[start : start + size])]


def forecasts(values: Floats, table: ErrorTable) -> Iterator[Held]:
    """Forecast a group from some of its years, with its own errors and with those of a table."""
    points, (own, common) = to_scale(values, "logit"), normals()
    found = track(DEFAULT_MODEL, points, max(HORIZONS))
    origins = range(ENOUGH - 1, values.shape[1] - 1)
    for origin in list(origins)[:: -(-len(origins) // ORIGINS)]:
        known = points[:, : origin + 1]
        calibrated = calibrate(found, origin, few=True)
        errors = draw_errors(calibrated, own[None], common)
        steps, degrees = own_steps(known, table.typical_step, table.weight)
        ready = calibrated.known & ~np.isnan(known[:, -1])
        ready &= (~np.isnan(known)).sum(axis=1) >= ENOUGH
        for row in np.flatnonzero(ready):
            lent = borrowed_errors(table, float(steps[row]), float(degrees[row]), own)
            for ahead in HORIZONS:
                if origin + ahead >= values.shape[1] or np.isnan(values[row, origin + ahead]):
                    continue
                centre, outcome = calibrated.centres[row, ahead - 1], values[row, origin + ahead]
                for borrowed, error in ((False, errors[row]), (True, lent)):
                    drawn = from_scale(centre + error[:, ahead - 1], "logit")
                    low, high = np.quantile(drawn, [0.1, 0.9])
                    kept = np.clip(outcome, EDGE, 100 - EDGE)
                    yield Held(
                        ahead,
                        borrowed,
                        float(crps(drawn[None], np.array([outcome]))[0]),
                        bool(low - 1e-9 <= kept <= high + 1e-9),
                        float(high - low),
                    )


def table_without(shipped: ErrorTable, members: dict[str, list[Panel]], source: str) -> ErrorTable:
    """Make the table of all publishers but one."""
    others = [Comparable(one) for name, part in members.items() if name != source for one in part]
    made = error_table(others, horizons=HORIZONS)
    fields = {
        key: made[key] for key in ("typical_step", "weight", "widened", "common_pct", "table")
    }
    return shipped.model_copy(update=fields)


def line(size: int, ahead: int, by_panel: Sequence[Sequence[Held]]) -> str:
    """Print one size of group at one horizon, from the panels that have 20 cases or more."""
    asked = [[one for one in held if one.horizon == ahead] for held in by_panel]
    split = [[[one for one in part if one.lent == lent] for lent in (0, 1)] for part in asked]
    split = [pair for pair in split if len(pair[0]) >= 20]
    counts = np.array([len(pair[0]) for pair in split])

    def mean(name: str, lent: int) -> Floats:
        return np.array([np.mean([getattr(one, name) for one in pair[lent]]) for pair in split])

    def ratio(name: str) -> float:
        return float(np.exp(np.mean(np.log(mean(name, 1) / mean(name, 0)))))

    held = [100 * mean("inside", lent) for lent in (0, 1)]
    pooled = [np.average(share, weights=counts) for share in held]
    spans = [f"{share.min():.0f}-{share.max():.0f}" for share in held]
    cells = [size, ahead, len(split), int(counts.sum()), f"{ratio('crps'):.3f}"]
    cells += [f"{ratio('width'):.2f}"]
    cells += [f"{pooled[lent]:.1f} ({spans[lent]})" for lent in (0, 1)]
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--groups", default="1,2,3,4,8,16", help="sizes of groups, with commas")
    given = parser.parse_args()
    shipped = load_catalog(find_root()).error_tables["quiet_panels"]
    found = {checksum(path): path for path in given.files}
    members = {
        entry.source: [one.panel for one in members_of(entry, found[entry.sha256])]
        for entry in shipped.panels
    }
    tables = {source: table_without(shipped, members, source) for source in members}
    head = ["areas", "h", "panels", "n", "CRPS, with / without", "width, with / without"]
    head += ["80 % held without (panels)", "80 % held with (panels)"]
    print("| " + " | ".join(head) + " |")
    print("|" + " ---: |" * len(head))
    small: dict[int, list[bool]] = {ahead: [] for ahead in HORIZONS}
    for size in map(int, given.groups.split(",")):
        by_panel = [
            [held for group in groups_of(panel, size) for held in forecasts(group, tables[source])]
            for source, panels in members.items()
            for panel in panels
        ]
        for ahead in HORIZONS:
            print(line(size, ahead, by_panel), flush=True)
            if size <= ENOUGH:
                small[ahead] += [
                    one.inside
                    for held in by_panel
                    for one in held
                    if one.lent and one.horizon == ahead
                ]
    shares = [round(100 * float(np.mean(held)), 1) for held in small.values() if held]
    print(f"\nheld80_pct: {shares}  # groups of up to {ENOUGH} areas")


if __name__ == "__main__":
    main()
