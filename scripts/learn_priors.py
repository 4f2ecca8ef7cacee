"""
Learn what to expect of each type of measure from panels, and write it down.

    .venv/bin/python scripts/learn_priors.py FOLDER [--out FILE] [--without SOURCE] [--only TYPE]
    .venv/bin/python scripts/learn_priors.py FOLDER --each OUT --tries 50

FOLDER holds one folder a source with a `panel_long.csv.gz` somewhere below it: indicator, unit,
year, value and, where known, n. Which indicator is of which type, and which years are left out,
stands in scripts/prior_panels.yaml. The priors of a type are those under which the outcomes one to
three years ahead, for areas alone and together, were least surprising: the mean logarithm of the
probability that a forecast gave to the outcome as it is printed, each source counting alike, with a
penalty that holds a type near where its search starts. `--without` leaves a source out, so that it
can be judged by priors learned elsewhere; `--each` does so for every source in turn, its
types only, and writes OUT/<folder of the source>.yaml (benchmarks/forecast_scores.py --priors OUT).
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import stdtr

from edu_metrics.catalog.priors import WIDEST, Prior
from edu_metrics.trajectories import Panel, to_panels
from edu_metrics.trajectories.backtesting import ENOUGH, deployments
from edu_metrics.trajectories.forecast import forecast
from edu_metrics.trajectories.projecting import sampling_variance
from edu_metrics.trajectories.scales import Scale, to_scale

Floats = NDArray[np.float64]

HORIZON = 3
#: So many groups of so many areas of a panel are looked at; every third origin.
GROUPS: dict[Any, int] = {1: 24, 3: 10, 12: 4, "all": 1}
MOST_AREAS = 90
EVERY = 3
#: An outcome is known to a quarter of a point, an amount to a quarter of a percent.
HALF_CELL_PP, HALF_CELL_LOG = 0.25, 0.0025
#: An outcome that hardly any forecast sees coming counts as if it had so much.
LEAST_PROBABILITY = 0.002
#: How much a type is held to where it starts, and how many tries a search has.
PENALTY, TRIES = 0.01, 80

#: Where a search starts: on logits, and on the logarithm of amounts and ratios.
START = {
    "drift_mean": 0.0,
    "drift_common_sd": 0.06,
    "drift_own_sd": 0.03,
    "gain": 0.7,
    "surprise_sd": 0.25,
    "scale_spread": 1.5,
    "own_spread": 1.0,
    "common_share": 0.3,
    "damping": 0.9,
    "fading": 0.8,
    "growth": 0.2,
    "sampling": 1.0,
    "still_sd": 0.01,
}
AMOUNTS = {
    **START,
    "surprise_sd": 0.05,
    "drift_common_sd": 0.03,
    "drift_own_sd": 0.02,
    "damping": 0.95,
    "still_sd": 0.002,
}
#: Of small whole numbers (schools, hires) no panel is at hand: they are taken to move much.
COUNTS = {**AMOUNTS, "surprise_sd": 0.1, "drift_own_sd": 0.03}
#: Which are learned; how studies differ from each other can't be learned from a handful of them.
LEARNED = (
    "drift_mean", "drift_common_sd", "drift_own_sd", "gain", "surprise_sd",
    "own_spread", "common_share", "damping", "fading", "growth", "sampling",
)  # fmt: skip
#: Types whose better direction says which way they go; of others no drift is expected.
WITH_A_DRIFT = frozenset({"enrolment", "credentials", "scores", "money"})
#: No learned value is narrower: the panels are few, and the next study is none of them.
LEAST = {"drift_own_sd": 0.012, "growth": 0.1, "own_spread": 0.7, "sampling": 0.5}
MOST = {"own_spread": 2.0, "growth": 0.6}
LEAST_COMMON_SD = {"rate": 0.06, "amount": 0.02}
#: What a search takes for one step of a mean drift: money grows by several percent a year.
DRIFT_STEP = {"rate": 0.03, "amount": 0.1}
SHARES = frozenset({"gain", "common_share", "damping", "fading"})


@dataclass(frozen=True)
class Source:
    """The panels of one source."""

    id: str
    path: Path
    panels: tuple[Panel, ...]


def read_sources(folder: Path, wanted: dict[str, Any]) -> list[Source]:
    """Read the panels of each source, with their types."""
    found = []
    for name, entry in wanted.items():
        path = next(folder.glob(f"{entry['folder']}/**/panel_long.csv.gz"))
        table = pd.read_csv(path, dtype={"unit": str})
        columns = [c for c in ("indicator", "unit", "year", "value", "n") if c in table]
        panels = []
        for type_, names in entry["types"].items():
            rows = table.loc[table["indicator"].isin(names), columns].dropna(subset=["value"])
            if "until" in entry:
                rows = rows[rows["year"] <= entry["until"]]
            rows = rows.drop_duplicates(["indicator", "unit", "year"])
            panels += to_panels(rows.assign(measure_type=type_))
        found.append(Source(name, path, tuple(panels)))
    return found


def logit(values: Floats) -> Floats:
    """Give the logit of rates, infinite at both ends."""
    with np.errstate(divide="ignore"):
        return np.log(values / (100 - values))


def cell(outcome: Floats, persons: Floats, scale: Scale) -> tuple[Floats, Floats]:
    """Give the stretch of the scale that an outcome as printed or counted stands for."""
    if scale.high is None:
        return np.log(outcome) - HALF_CELL_LOG, np.log(outcome) + HALF_CELL_LOG
    low = logit(np.maximum(outcome - HALF_CELL_PP, 0.0))
    high = logit(np.minimum(outcome + HALF_CELL_PP, 100.0))
    part = outcome / 100 * persons
    with np.errstate(divide="ignore", invalid="ignore"):
        below, above = np.log(part / (persons - part + 1)), np.log((part + 1) / (persons - part))
    return np.fmin(low, below), np.fmax(high, above)


@dataclass(frozen=True)
class Case:
    """What was known of some groups at an origin, and the stretches that came to be."""

    points: Floats
    sampling: Floats | None
    outcomes: tuple[tuple[NDArray[np.bool_], Floats, Floats], ...]


def cases_of(panel: Panel, areas: Any) -> list[Case]:
    """Cut a panel into what a forecast knew and what it is held against."""
    names = panel.areas[:: max(1, len(panel.areas) // MOST_AREAS)]
    some = [panel.areas.index(name) for name in names]
    groups = deployments(names, areas)
    step = max(1, -(-len(groups) // GROUPS[areas]))
    values, persons = panel.values[some][groups[::step]], panel.counts[some][groups[::step]]
    scale, cases = panel.scale, []
    counted = persons if scale.high is not None else None
    points = to_scale(np.maximum(values, 1e-9) if scale.high is None else values, scale, counted)
    for origin in range(values.shape[2] - 2, ENOUGH - 2, -EVERY):
        known = points[:, :, : origin + 1]
        enough = (~np.isnan(known)).sum(axis=2) >= ENOUGH
        ready = ~np.isnan(known[:, :, -1]) & enough
        sampling = None
        if scale == Scale(0, 100):
            sampling = sampling_variance(values[:, :, : origin + 1], persons[:, :, : origin + 1])
        outcomes = []
        for later in range(origin + 1, min(origin + 1 + HORIZON, values.shape[2])):
            able = ready & ~np.isnan(values[:, :, later])
            stretch = cell(values[:, :, later][able], persons[:, :, origin][able], scale)
            outcomes.append((able, *stretch))
        if any(able.any() for able, *_ in outcomes):
            cases.append(Case(known, sampling, tuple(outcomes)))
    return cases


def surprise(prior: Prior, cases: Sequence[Case]) -> tuple[float, int]:
    """Give the mean surprise of the outcomes under a prior, and how many there are."""
    found = []
    for case in cases:
        made = forecast(case.points, prior, len(case.outcomes), sampling=case.sampling)
        spread, degrees = np.sqrt(made.variance), made.degrees
        for place, (able, low, high) in enumerate(case.outcomes):
            centre, sd = made.location[able, place], spread[able, place]
            ends = [stdtr(degrees[able, place], (end - centre) / sd) for end in (low, high)]
            found.append(-np.log(np.maximum(ends[1] - ends[0], LEAST_PROBABILITY)))
    every = np.concatenate(found)
    return float(every.mean()), len(every)


def packed(values: dict[str, float], names: Sequence[str], kind: str) -> Floats:
    """Take parameters onto the whole line."""
    return np.array(
        [
            values[name] / DRIFT_STEP[kind] if name == "drift_mean"
            else np.log(values[name] / (1 - values[name])) if name in SHARES
            else np.log(values[name])
            for name in names
        ]
    )  # fmt: skip


def unpacked(points: Floats, names: Sequence[str], kind: str) -> dict[str, float]:
    """Bring parameters back, no narrower than is allowed."""
    values: dict[str, float] = {}
    for name, point in zip(names, points, strict=True):
        if name == "drift_mean":
            values[name] = DRIFT_STEP[kind] * point
        elif name in SHARES:
            values[name] = min(max(1 / (1 + np.exp(-point)), 0.05), 0.97)
        else:
            values[name] = min(max(np.exp(point), LEAST.get(name, 0.0)), MOST.get(name, 100.0))
    values["drift_common_sd"] = max(values["drift_common_sd"], LEAST_COMMON_SD[kind])
    return {name: float(value) for name, value in values.items()}


AMOUNT_TYPES = frozenset({"money", "ratios", "counts"})


def learn(type_: str, sources: Sequence[Source], tries: int) -> dict[str, float]:
    """Find the prior of a type under which its outcomes are least surprising."""
    kind = "amount" if type_ in AMOUNT_TYPES else "rate"
    start = AMOUNTS if kind == "amount" else START
    names = [n for n in LEARNED if n != "drift_mean" or type_ in WITH_A_DRIFT]
    if type_ in AMOUNT_TYPES:
        names.remove("sampling")
    cases = {
        source.id: [
            found
            for panel in source.panels
            if panel.measure_type == type_
            or (type_ == WIDEST and panel.measure_type not in AMOUNT_TYPES)
            for areas in GROUPS
            if (found := cases_of(panel, areas))
        ]
        for source in sources
    }
    held = {name: parts for name, parts in cases.items() if parts}
    if not held:
        raise SystemExit(f"{type_}: no panel of this type is left")
    origin = packed(start, names, kind)

    def loss(points: Floats) -> float:
        values = {**start, **unpacked(points, names, kind)}
        prior = Prior.model_construct(id=type_, **values)
        each = []
        for parts in held.values():
            scores = [surprise(prior, part) for part in parts]
            weights = [number**0.5 for _, number in scores]
            each.append(np.average([score for score, _ in scores], weights=weights))
        return float(np.mean(each) + PENALTY * np.sum((points - origin) ** 2))

    simplex = np.vstack([origin, *(origin + 0.4 * row for row in np.eye(len(names)))])
    found = minimize(
        loss,
        origin,
        method="Nelder-Mead",
        options={"maxfev": tries, "initial_simplex": simplex, "adaptive": True, "fatol": 2e-4},
    )
    print(f"{type_}: {loss(origin):.4f} -> {found.fun:.4f}", flush=True)
    return {**start, **unpacked(found.x, names, kind)}


def as_yaml(priors: dict[str, dict[str, float]], names: Any, sources: Sequence[Source]) -> str:
    """Write the priors as they stand in the package."""
    lines = [
        "# What is expected of a series before it is looked at, by type of measure; priors.py says",
        "# what each number is. Written by the command below; do not edit by hand.",
        f"made: {dt.datetime.now(dt.UTC).date().isoformat()}",
        "command: scripts/learn_priors.py FOLDER",
        "panels:",
    ]
    for source in sources:
        digest = hashlib.sha256(source.path.read_bytes()).hexdigest()
        lines.append(f"  - {{source: {source.id}, file: {source.path.name}, sha256: {digest}}}")
    lines.append("priors:")
    for type_, values in priors.items():
        lines.append(f"  - id: {type_}")
        lines.append(f"    name: {{zh: {names[type_]['zh']}, en: {names[type_]['en']}}}")
        lines += [f"    {name}: {value:.4g}" for name, value in values.items()]
        lines.append(f"    rate: {str(type_ not in AMOUNT_TYPES).lower()}")
    return "\n".join(lines) + "\n"


def learn_without_each(
    sources: Sequence[Source], given: dict[str, Any], tries: int, shipped: Path, out: Path
) -> None:
    """Write the priors by which each source is judged: its own types, learned without it."""
    out.mkdir(parents=True, exist_ok=True)
    for source in sources:
        others = [other for other in sources if other is not source]
        held = {panel.measure_type for other in others for panel in other.panels}
        priors = read_priors(shipped)
        for type_ in {panel.measure_type for panel in source.panels} & held:
            priors[type_] = learn(type_, others, tries)
        path = out / f"{given['sources'][source.id]['folder']}.yaml"
        path.write_text(as_yaml(priors, given["names"], others), encoding="utf-8", newline="\n")


def read_priors(path: Path) -> dict[str, dict[str, float]]:
    """Read the priors of a file, by type."""
    kept = yaml.safe_load(path.read_text("utf-8"))["priors"]
    left = ("id", "name", "rate")
    return {p["id"]: {k: v for k, v in p.items() if k not in left} for p in kept}


def main() -> None:
    """Read the panels, learn, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("lib/edu_metrics/catalog/priors.yaml"))
    parser.add_argument("--without", default="")
    parser.add_argument("--each", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--tries", type=int, default=TRIES)
    asked = parser.parse_args()
    given = yaml.safe_load(Path(__file__).with_name("prior_panels.yaml").read_text("utf-8"))
    warnings.simplefilter("ignore")
    sources = [s for s in read_sources(asked.folder, given["sources"]) if s.id != asked.without]
    if asked.each:
        learn_without_each(sources, given, asked.tries, asked.out, asked.each)
        return
    priors = read_priors(asked.out) if asked.out.exists() else {}
    held = {panel.measure_type for source in sources for panel in source.panels}
    for type_ in given["names"]:
        if asked.only and type_ not in asked.only:
            continue
        if type_ == WIDEST or type_ in held:
            priors[type_] = learn(type_, sources, asked.tries)
        else:  # no panel of this type: where a search would start, or the widest of its kind
            priors[type_] = dict(COUNTS if type_ in AMOUNT_TYPES else priors[WIDEST])
        asked.out.write_text(
            as_yaml(priors, given["names"], sources), encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    main()
