"""
Score forecasts of real panels in the deployments that users have, and keep the scores as CSV.

A panel is one indicator of one file (columns indicator, unit, year, value, n). Areas are sorted by
the CRC-32 of their id and cut into consecutive groups of 1, 3 and 12, of which 60, 30 and 12 are
taken evenly; `all` is one group of the first 400. Every year is an origin. A case is an area with
four values or more by the origin, one of them in it, and an outcome one, two or three years later.
Nothing after the origin goes in, and only the areas of the group. Rates are scored in points, all
but the CRPS after clipping at 0.25 and 99.75; amounts are scored on the log scale. An outcome that
is the median as printed counts as half above it.

    forecast_scores.py PANEL.csv.gz ... --national SERIES.csv --out SCORES.csv
    forecast_scores.py --summary SCORES.csv
    forecast_scores.py --compare SCORES.csv forecast_scores_7189b9f.csv

It imports nothing of this project but for a forecast, so that it can judge another commit:
PYTHONPATH=<checkout>/lib. Rows that the output already holds are not made again.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

#: How many groups of so many areas are taken.
GROUPS = {1: 60, 3: 30, 12: 12}
#: The largest number of areas in the deployment `all`.
LARGEST = 400
HORIZONS = (1, 2, 3)
#: Values that an area must have by the origin.
ENOUGH = 4
GAINS = (5.0, 10.0)
#: Even levels at which a forecast is scored.
LEVELS: Floats = (np.arange(400) + 0.5) / 400
EDGES = (0, 0.05, *(tenth / 10 for tenth in range(1, 11)))
#: Nearer to 0 and 100 than this, rates are not told apart. [percentage points]
EDGE_PP = 0.25
_DUST = 1e-9
#: Indicators that nothing is asked of: a vaccine that starts from 0, and targets.
LEFT_OUT = r"^pcv3_coverage$|_official_target$"
#: Years in which a series begins anew, by source.
CUTS = {"nyc-math-schools": 2010}
#: What an indicator is, by its name: kind, and whether it is an amount or a ratio (log scale).
KINDS = (
    (r"spending|yuan", "money", True),
    (r"^ptr_|_per_\d+k$", "ratios", True),
    (r"^ideb$|mean_std|_score", "scores", True),
    (r"years_of_schooling", "any", True),
    (r"prof$|math\d|level\d+_pct|matura|approval|pass", "scores", False),
    (r"teachers", "credentials", False),
    (r"share_of", "shares", False),
    (r"enrol|coverage|kindergarten|nera_|in_school|grad|retent|progress|_to_", "enrolment", False),
)
#: Of "no change": what the typical squared yearly change is worth in a series' own changes, and
#: that change by scale: the median over the development panels of each one's median over areas
#: (`--typical` prints it).
WORTH = 4.0
TYPICAL = {"logit": 0.15, "log": 0.0022}
#: National goals: series, goal, the year due, the last year known.
GOALS = (
    ("preschool_gross_enrolment", 85.0, 2020, 2017),
    ("compulsory_retention", 95.0, 2020, 2016),
    ("senior_gross_enrolment", 90.0, 2020, 2016),
    ("preschool_gross_enrolment", 90.0, 2024, 2021),
    ("compulsory_retention", 96.0, 2025, 2021),
    ("senior_gross_enrolment", 92.0, 2024, 2021),
)
#: The first origin of the national series.
NATIONAL_SINCE = 2014
KEYS = ["model", "source", "indicator", "kind", "scale", "areas", "horizon"]


@dataclass(frozen=True, eq=False)
class Panel:
    """One indicator of one file; ``table`` has area, year, value and denominator."""

    source: str
    indicator: str
    kind: str
    scale: str
    table: pd.DataFrame

    @cached_property
    def half_unit(self) -> float:
        """Half of the last decimal that is printed, three decimals at most."""
        values = self.table["value"].to_numpy()
        fits = (n for n in range(3) if np.all(np.abs(np.round(values, n) - values) < 1e-4))
        return float(0.5 / 10 ** next(fits, 3))


@dataclass(frozen=True, eq=False)
class Forecast:
    """Quantiles at LEVELS by year ahead, and the probability of a rise in each of these years."""

    quantiles: Floats
    rises: float


#: (history up to the origin, years after it, areas asked for, panel) -> forecasts by area. An area
#: of which nothing is said is left out.
Forecaster = Callable[[pd.DataFrame, tuple[int, ...], Sequence[str], Panel], dict[str, Forecast]]


# Forecasters


@cache
def lent_errors() -> Any:
    """Read the table of errors that reports lend where peers are few."""
    import edu_metrics
    from edu_metrics.catalog import load_catalog

    # Definitions of the commit that is judged, not those beside this file.
    return load_catalog(Path(str(edu_metrics.__file__)).resolve().parents[2]).lent_errors


def today(
    history: pd.DataFrame, years: tuple[int, ...], areas: Sequence[str], panel: Panel
) -> dict[str, Forecast]:
    """Forecast as reports of commit 7189b9f do."""
    from edu_metrics.errors import ProjectionError
    from edu_metrics.trajectories import project

    found = {}
    projection = project(
        history,
        years[-1],
        scale=panel.scale,
        seed=f"{panel.source}/{panel.indicator}",
        whole_counts=False,
        lent=lent_errors(),
    )
    for area in areas:
        try:
            found[area] = from_draws(projection.of(area, years))
        except ProjectionError:
            continue
    return found


def current(
    history: pd.DataFrame, years: tuple[int, ...], areas: Sequence[str], panel: Panel
) -> dict[str, Forecast]:
    """Forecast as reports of the commit at hand do, with priors learned without the source."""
    from edu_metrics.errors import ProjectionError
    from edu_metrics.trajectories import Projection, scale_for, scales

    scales.prior_of = lambda measure_type: prior_without(panel.source, measure_type)
    projection = Projection(
        history,
        years[-1],
        scale=scale_for((0, 100) if panel.scale == "logit" else (0, None)),
        measure_type=panel.kind,
    )
    found = {}
    for area in areas:
        try:
            found[area] = from_trajectory(projection.of(area, years))
        except ProjectionError:
            continue
    return found


#: Folder of priors that were learned without one source each (`--without`), by its file name.
PRIORS: list[Path] = []


@cache
def priors_without(source: str) -> Any:
    """Read the priors that a source is judged by; those of the package where it lent nothing."""
    import yaml

    from edu_metrics.catalog.priors import PriorTable, load_priors

    path = PRIORS[0] / f"{source}.yaml" if PRIORS else Path()
    if not path.is_file():
        return load_priors()
    table = PriorTable.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return {prior.id: prior for prior in table.priors}


def prior_without(source: str, measure_type: str | None) -> Any:
    priors = priors_without(source)
    return priors.get(measure_type or "any", priors["any"])


def from_trajectory(trajectory: Any) -> Forecast:
    """Take what is scored from laws, and the rise in every year from paths."""
    return Forecast(trajectory.quantiles(LEVELS), from_draws(trajectory).rises)


def today_stated(probabilities: Floats) -> Floats:
    """Keep probabilities within what reports of that commit state."""
    from edu_metrics.trajectories import stated

    return np.asarray(stated(probabilities))


def from_draws(trajectory: Any) -> Forecast:
    """Take from a trajectory what is scored."""
    draws = np.asarray(trajectory.draws)
    path = np.column_stack([np.full(len(draws), trajectory.last_value), draws])
    rises = float(np.mean(np.all(np.diff(path, axis=1) > _DUST, axis=1)))
    ordered = np.sort(draws, axis=0)
    places = LEVELS * (len(draws) - 1)
    low = places.astype(int)
    part = (places - low)[:, None]
    return Forecast(ordered[low] * (1 - part) + ordered[low + 1] * part, rises)


def no_change_t(
    history: pd.DataFrame, years: tuple[int, ...], areas: Sequence[str], panel: Panel
) -> dict[str, Forecast]:
    """Expect the last value; doubt grows with the years, by a moderated variance (Smyth 2004)."""
    found = {}
    ahead = np.arange(1.0, len(years) + 1)
    asked = history[history["area"].isin(areas)].sort_values("year")
    for area, part in asked.groupby("area"):
        points = to_points(part["value"].to_numpy(), panel.scale)
        squares = np.diff(points) ** 2 / np.diff(part["year"].to_numpy())
        degrees = WORTH + len(squares)
        variance = (WORTH * TYPICAL[panel.scale] + squares.sum()) / degrees
        moved = student(degrees)[:, None] * np.sqrt(variance * ahead)
        found[str(area)] = Forecast(from_points(points[-1] + moved, panel.scale), 0.5 ** len(years))
    return found


@cache
def student(degrees: float) -> Floats:
    return np.asarray(stats.t.ppf(LEVELS, degrees))


def to_points(values: Floats, scale: str) -> Floats:
    """Take values to the scale, without the number of persons."""
    if scale == "log":
        return np.log(values)
    kept = np.clip(values, EDGE_PP, 100 - EDGE_PP)
    return np.asarray(np.log(kept / (100 - kept)))


def from_points(points: Floats, scale: str) -> Floats:
    return np.exp(points) if scale == "log" else 50 * (1 + np.tanh(points / 2))


#: By name: the forecaster, and what it does to probabilities before they are stated.
MODELS: Mapping[str, tuple[Forecaster, Callable[[Floats], Floats]]] = {
    "today": (today, today_stated),
    "no_change_t": (no_change_t, np.asarray),
    "current": (current, today_stated),
}
RIVAL = "no_change_t"


# Panels, groups and cases


def read_panels(path: Path) -> Iterator[Panel]:
    """Read the panels of a file; its source is the name of the data set's folder."""
    folder = path.parent.parent if path.parent.name == "derived" else path.parent
    needed = ["indicator", "unit", "year", "value", "n"]
    table = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=needed)
    for column in ("year", "value", "n"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    table = table.rename(columns={"unit": "area", "n": "denominator"})
    # Full-time equivalents are parts of persons; fewer than one is a code for "not told".
    whole = table["denominator"].round()
    table["denominator"] = whole.where(whole >= 1)
    table = table.dropna(subset=["year", "value"]).astype({"year": int})
    cut = CUTS.get(folder.name)
    for indicator, rows in table.groupby("indicator", sort=True):
        if re.search(LEFT_OUT, str(indicator)):
            continue
        parts = [("", rows)]
        if cut is not None:
            before = rows["year"] < cut
            parts = [(f" before {cut}", rows[before]), (f" from {cut}", rows[~before])]
        for name, part in parts:
            kind, scale = kind_of(str(indicator), part["value"])
            if scale == "log":
                part = part[part["value"] > 0]
            columns = part[["area", "year", "value", "denominator"]].sort_values(["area", "year"])
            yield Panel(folder.name, f"{indicator}{name}", kind, scale, columns)


def kind_of(indicator: str, values: pd.Series) -> tuple[str, str]:
    """Name the kind of an indicator and its scale: log for amounts and what passes 100."""
    found = (entry for entry in KINDS if re.search(entry[0], indicator))
    _, kind, amount = next(found, ("", "any", False))
    return kind, "log" if amount or not values.between(0, 100).all() else "logit"


def groups(areas: Sequence[str], size: int, most: int) -> list[list[str]]:
    """Cut areas, by the CRC-32 of their id, into groups, and take some evenly."""
    ordered = sorted(areas, key=lambda area: (zlib.crc32(area.encode()), area))
    whole = [ordered[at : at + size] for at in range(0, len(ordered) - size + 1, size)]
    if len(whole) <= most:
        return whole
    return [whole[number * len(whole) // most] for number in range(most)]


def deployments(areas: Sequence[str], thin: int) -> Iterator[tuple[str, list[list[str]]]]:
    for size, most in GROUPS.items():
        yield str(size), groups(areas, size, max(most // thin, 1))
    yield "all", groups(areas, min(len(areas), LARGEST), 1)


def cases_of(
    panel: Panel, members: Sequence[str], models: Sequence[str], origins: range | None = None
) -> Iterator[dict[str, Any]]:
    """Forecast one group from every origin; give each case scored, for every model."""
    table = panel.table[panel.table["area"].isin(members)]
    if table.empty:
        return
    value = {(row.area, row.year): row.value for row in table.itertuples()}
    people = {(row.area, row.year): row.denominator for row in table.itertuples()}
    known = table.groupby("area")["year"].apply(list).to_dict()
    for origin in origins or range(table["year"].min(), table["year"].max()):
        ready = [
            area
            for area, own in known.items()
            if origin in own
            and sum(year <= origin for year in own) >= ENOUGH
            and any(origin + ahead in own for ahead in HORIZONS)
        ]
        if not ready:
            continue
        history = table[table["year"] <= origin]
        years = tuple(origin + ahead for ahead in HORIZONS)
        said = {name: MODELS[name][0](history, years, ready, panel) for name in {*models, RIVAL}}
        for area in ready:
            start, persons = value[area, origin], people[area, origin]
            outcomes = [value.get((area, year), np.nan) for year in years]
            rival = [
                scored(said[RIVAL][area], place, outcomes[place], panel.scale)["crps"]
                for place in range(len(HORIZONS))
            ]
            for name in models:
                for place, ahead in enumerate(HORIZONS):
                    if np.isnan(outcomes[place]):
                        continue
                    case = {"model": name, "horizon": ahead, "persons": persons}
                    found = said[name].get(area)
                    if found is not None:
                        case |= scored(found, place, outcomes[place], panel.scale, panel.half_unit)
                        case["crps_no_change_t"] = rival[place]
                        case |= events(found, start, outcomes, place, panel.scale)
                    yield case


def scored(
    found: Forecast, place: int, outcome: float, scale: str, half_unit: float = 0.0
) -> dict[str, float]:
    """Hold one year's quantiles against what came; as printed, what came may be the median."""
    quantiles = found.quantiles[:, place]
    if scale == "log":
        kept, shown = np.log(outcome), np.log(np.maximum(quantiles, np.finfo(float).tiny))
        error = shown - kept
        half_unit = half_unit / outcome
    else:
        kept = float(np.clip(outcome, EDGE_PP, 100 - EDGE_PP))
        shown, error = np.clip(quantiles, EDGE_PP, 100 - EDGE_PP), quantiles - outcome
    low95, low80, middle, high80, high95 = np.interp([0.025, 0.1, 0.5, 0.9, 0.975], LEVELS, shown)
    near = abs(kept - middle) <= half_unit + _DUST
    return {
        "coverage80": 100.0 * (low80 - _DUST <= kept <= high80 + _DUST),
        "coverage95": 100.0 * (low95 - _DUST <= kept <= high95 + _DUST),
        "above_median_pct": 50.0 if near else 100.0 * (kept > middle),
        # Twice the mean pinball loss at even levels is the CRPS of the 400 points.
        "crps": float(2 * np.mean(((error > 0) - LEVELS) * error)),
        "width80": float(high80 - low80),
    }


def events(
    found: Forecast, start: float, outcomes: Sequence[float], place: int, scale: str
) -> dict[str, float]:
    """Give what is said of each event and whether it happened; nothing where it can't be asked."""
    asked = {}
    if scale == "logit":
        for gain in GAINS:
            if start <= 100 - gain:
                least = start + gain - _DUST
                asked[f"said +{gain:g}"] = float(np.mean(found.quantiles[:, place] >= least))
                asked[f"happened +{gain:g}"] = float(outcomes[place] >= least)
    if place == len(HORIZONS) - 1 and not np.isnan(outcomes).any():
        asked["said rises"] = found.rises
        asked["happened rises"] = float(np.all(np.diff([start, *outcomes]) > _DUST))
    return asked


# Rows of the output


MEANS = ["coverage80", "coverage95", "above_median_pct", "crps", "crps_no_change_t", "width80"]
EVENTS = [*(f"+{gain:g}" for gain in GAINS), "rises"]
COLUMNS = [*KEYS, "part", "n", "refused", *MEANS, "brier", "said", "happened"]


def rows_of(panel: Panel, areas: str, cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sum cases up: all, by quartile of persons, and events with their reliability."""
    table = pd.DataFrame(cases)
    for column in [
        *MEANS,
        *(f"{what} {event}" for event in EVENTS for what in ("said", "happened")),
    ]:
        if column not in table:
            table[column] = np.nan
    edges = panel.table["denominator"].dropna().quantile([0.25, 0.5, 0.75]).to_numpy()
    for (model, horizon), held in table.groupby(["model", "horizon"], sort=False):
        keys = dict(
            zip(
                KEYS,
                (model, panel.source, panel.indicator, panel.kind, panel.scale, areas, horizon),
                strict=True,
            )
        )
        told = held[held["crps"].notna()]
        yield {
            **keys,
            "part": "all",
            "n": len(told),
            "refused": len(held) - len(told),
            **told[MEANS].mean().to_dict(),
        }
        counted = told[told["persons"].notna()]
        if horizon == 1 and len(counted):
            quarter = np.digitize(counted["persons"], edges) + 1
            for number, mine in counted.groupby(quarter):
                yield {
                    **keys,
                    "part": f"persons q{number}",
                    "n": len(mine),
                    **mine[MEANS].mean().to_dict(),
                }
        for event in EVENTS:
            yield from event_rows(keys, event, told)


def event_rows(keys: dict[str, Any], event: str, told: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give an event's Brier score, and sums of said and happened, whole and by bin."""
    asked = told[told[f"said {event}"].notna()]
    if asked.empty:
        return
    said = MODELS[keys["model"]][1](asked[f"said {event}"].to_numpy())
    happened = asked[f"happened {event}"].to_numpy()
    yield {
        **keys,
        "part": event,
        "n": len(asked),
        "said": said.sum(),
        "happened": happened.sum(),
        "brier": float(np.mean((said - happened) ** 2)),
    }
    place = np.minimum(np.digitize(said, EDGES), len(EDGES) - 1) - 1
    for number in np.unique(place):
        mine = place == number
        yield {
            **keys,
            "part": f"{event} from {EDGES[number]:g}",
            "n": int(mine.sum()),
            "said": said[mine].sum(),
            "happened": happened[mine].sum(),
        }


def national_rows(path: Path, models: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Score national series, each alone, and say what was stated of the goals."""
    table = pd.read_csv(path).rename(columns={"series": "area"}).assign(denominator=np.nan)
    for series, part in table.groupby("area"):
        kind, scale = kind_of(str(series), part["value"])
        # Reports know gross rates and retention as unbounded, so on the log scale: both are kept.
        for one in dict.fromkeys((scale, "log")):
            panel = Panel("national", str(series), kind, one, part)
            origins = range(NATIONAL_SINCE, int(part["year"].max()))
            yield from rows_of(panel, "1", list(cases_of(panel, [str(series)], models, origins)))
            for goal in GOALS:
                if goal[0] == series:
                    yield from goal_rows(panel, goal[1:], models)


def goal_rows(
    panel: Panel, goal: tuple[float, int, int], models: Sequence[str]
) -> Iterator[dict[str, Any]]:
    target, due, last = goal
    history = panel.table[panel.table["year"] <= last]
    came = panel.table.set_index("year")["value"][due]
    for name in models:
        forecast, stated = MODELS[name]
        years = tuple(range(last + 1, due + 1))
        found = forecast(history, years, [panel.indicator], panel)[panel.indicator]
        said = float(stated(np.mean(found.quantiles[:, -1] >= target - _DUST)))
        keys = (name, panel.source, panel.indicator, panel.kind, panel.scale, "1", due - last)
        yield {
            **dict(zip(KEYS, keys, strict=True)),
            "part": f"goal {target:g} in {due}",
            "n": 1,
            "said": said,
            "happened": float(came >= target - _DUST),
        }


def write(rows: Sequence[dict[str, Any]], out: Path) -> None:
    """Add rows to the output, with a header if it is new."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    for column in ("refused", "happened"):
        table[column] = table[column].astype("Int64")
    table.to_csv(out, mode="a", header=not out.exists(), index=False, float_format="%.5g")


def run(
    paths: Sequence[Path], national: Path | None, out: Path, models: list[str], thin: int
) -> None:
    """Score all panels, one after the other; leave those out that the output holds."""
    done = set()
    if out.exists():
        held = pd.read_csv(out, usecols=["source", "indicator"])
        done = set(held.itertuples(index=False, name=None))
    for path in paths:
        for panel in read_panels(path):
            if (panel.source, panel.indicator) in done:
                continue
            begun, rows = time.process_time(), []
            for areas, chosen in deployments(panel.table["area"].unique().tolist(), thin):
                cases = [case for group in chosen for case in cases_of(panel, group, models)]
                if cases:
                    rows += rows_of(panel, areas, cases)
            write(rows, out)
            spent = time.process_time() - begun
            sys.stderr.write(f"{panel.source} {panel.indicator}: {spent:.0f} CPU s\n")
    if national is not None and not any(source == "national" for source, _ in done):
        write(list(national_rows(national, models)), out)


# Summary


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Put rows into the order of models, deployments and what follows."""
    ranks = {"model": [*MODELS], "areas": [*map(str, GROUPS), "all"]}
    columns = [name for name in table.columns if name in ("model", "areas", "horizon")]

    def rank(column: pd.Series) -> pd.Series:
        known = ranks.get(str(column.name))
        return column if known is None else column.map({one: at for at, one in enumerate(known)})

    return table.sort_values(columns, key=rank, kind="stable")


def pooled(scores: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Pool rows by their numbers of cases; CRPS stands as the ratio to "no change" on the same."""
    told = scores[scores["n"] > 0]
    sums = told[MEANS].multiply(told["n"], axis=0)
    for key in by:
        sums[key] = told[key]
    sums["n"] = told["n"]
    total = sums.groupby(list(by), sort=False).sum()
    found = total[MEANS[:3]].div(total["n"], axis=0)
    found["crps_ratio"] = total["crps"] / total["crps_no_change_t"]
    found.insert(0, "n", total["n"])
    return in_order(found.reset_index())


def by_source(scores: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Pool each source and scale first, then take means over them, geometric for ratios."""
    each = pooled(scores, [*by, "source", "scale"])
    each["crps_ratio"] = np.log(each["crps_ratio"])
    found = each.drop(columns=["source", "scale", "n"]).groupby(list(by), sort=False).mean()
    found["crps_ratio"] = np.exp(found["crps_ratio"])
    return in_order(found.reset_index())


def reliability(scores: pd.DataFrame) -> pd.DataFrame:
    """Sum the bins of each event over all sources and horizons."""
    bins = scores[scores["part"].str.contains(" from ")]
    keys = ["model", "areas", "part"]
    total = bins.groupby(keys, sort=False)[["n", "said", "happened"]].sum().reset_index()
    total["said_pct"] = 100 * total.pop("said") / total["n"]
    total["happened_pct"] = 100 * total.pop("happened") / total["n"]
    total[["event", "from"]] = total.pop("part").str.split(" from ", expand=True)
    total["from"] = total["from"].astype(float)
    total = total[["model", "areas", "event", "from", "n", "said_pct", "happened_pct"]]
    return in_order(total.sort_values(["event", "from"], kind="stable"))


def briers(scores: pd.DataFrame) -> pd.DataFrame:
    rows = scores[scores["part"].isin(EVENTS)]
    rows = rows.assign(brier=rows["brier"] * rows["n"])
    keys = ["model", "areas", "horizon", "part"]
    total = rows.groupby(keys, sort=False)[["n", "brier", "said", "happened"]].sum().reset_index()
    for column in ("brier", "said", "happened"):
        total[column] /= total["n"]
    return in_order(total)


def markdown(table: pd.DataFrame) -> str:
    """Write a table in Markdown: percentages with one decimal, others with three."""

    def cell(name: str, entry: Any) -> str:
        if name in ("n", "refused"):
            return f"{entry:.0f}"
        if isinstance(entry, float):
            return f"{entry:.1f}" if re.search("_pct|coverage|persons", name) else f"{entry:.3f}"
        return str(entry)

    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * table.shape[1]]
    for row in table.itertuples(index=False):
        cells = [cell(name, entry) for name, entry in zip(table.columns, row, strict=True)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summary(scores: pd.DataFrame) -> str:
    """Print pooled tables by deployment and horizon."""
    national = scores["source"] == "national"
    panels = scores[~national]
    whole = panels[panels["part"] == "all"]
    by = ["model", "areas", "horizon"]
    alone = scores[national & (scores["part"] == "all")]
    quartiles = panels[panels["part"].str.startswith("persons")]
    goals = scores[scores["part"].str.startswith("goal")]
    parts = {
        "All cases pooled, rates": pooled(whole[whole["scale"] == "logit"], by),
        "All cases pooled, amounts and ratios (log)": pooled(whole[whole["scale"] == "log"], by),
        "Means over sources, each pooled first": by_source(whole, by),
        "By kind": pooled(whole, [*by, "kind", "scale"]).sort_values(["kind"], kind="stable"),
        "By source, all horizons": pooled(whole, ["model", "source", "scale", "areas"]),
        "By quartile of persons, one year ahead": in_order(
            pooled(quartiles, ["model", "areas", "part"]).sort_values("part")
        ),
        "Events": briers(panels),
        "Reliability": reliability(panels),
        "National series, each alone": pooled(alone, ["model", "scale", "horizon"]),
        "National goals": goals[["model", "indicator", "scale", "part", "said", "happened"]],
        "Refused": in_order(
            whole.groupby(["model", "areas"])[["n", "refused"]].sum().reset_index()
        ),
    }
    return "\n\n".join(f"## {title}\n\n{markdown(table)}" for title, table in parts.items()) + "\n"


SCALES = {"logit": "Rates", "log": "Amounts, ratios and rates above 100"}


def comparison(new: pd.DataFrame, old: pd.DataFrame) -> str:
    """Print the tables of docs/methods.md: today's scores / those of an older forecast."""
    keys = ["areas", "horizon"]
    scores = pd.concat([new, old[old["model"] == "today"]])
    panels = scores[scores["source"] != "national"]
    parts = {}
    for scale, title in SCALES.items():
        rows = panels[(panels["part"] == "all") & (panels["scale"] == scale)]
        both = pooled(rows, ["model", *keys])
        mine, theirs = (
            both[both["model"] == model].set_index(keys) for model in ("current", "today")
        )
        ratio = mine["crps_ratio"] / theirs["crps_ratio"]
        parts[title] = pd.DataFrame(
            {
                "n": mine["n"],
                "80 % held": beside(mine, theirs, "coverage80", "{:.1f}"),
                "95 % held": beside(mine, theirs, "coverage95", "{:.1f}"),
                "above the median, %": beside(mine, theirs, "above_median_pct", "{:.0f}"),
                "CRPS by no change": beside(mine, theirs, "crps_ratio", "{:.3f}"),
                "CRPS, new by old": ratio.map("{:.2f}".format),
            }
        ).reset_index()
    events = briers(panels).set_index(["part", "horizon", "areas"])
    mine, theirs = (events[events["model"] == model] for model in ("current", "today"))
    parts["Brier scores"] = beside(mine, theirs, "brier", "{:.3f}").unstack("areas").reset_index()
    people = panels[panels["part"].str.startswith("persons") & (panels["horizon"] == 1)]
    held = pooled(people[people["model"] == "current"], ["areas", "part"])
    parts["By quartile of persons, 80 % held"] = held.pivot(
        index="areas", columns="part", values="coverage80"
    ).reset_index()
    bins = reliability(panels[panels["model"] == "current"])
    bins = bins[bins["n"] >= 200]
    off = (bins["said_pct"] - bins["happened_pct"]).abs()
    parts[f"Reliability: {(off <= 5).sum()} of {len(bins)} bins within 5 points; the worst"] = (
        bins[off > 5].assign(off_pct=off).sort_values("off_pct", ascending=False).head(6)
    )
    return "\n\n".join(f"## {title}\n\n{markdown(table)}" for title, table in parts.items()) + "\n"


def beside(mine: pd.DataFrame, theirs: pd.DataFrame, column: str, form: str) -> pd.Series:
    """Put two numbers into one cell."""
    pairs = zip(mine[column], theirs[column].reindex(mine.index), strict=True)
    return pd.Series([f"{form.format(a)} / {form.format(b)}" for a, b in pairs], index=mine.index)


def typical(paths: Sequence[Path]) -> dict[str, float]:
    """Work TYPICAL out: the median over panels of each one's median mean squared yearly change."""
    held: dict[str, list[float]] = {"logit": [], "log": []}
    for path in paths:
        for panel in read_panels(path):
            means = []
            for _, part in panel.table.groupby("area"):
                points = to_points(part["value"].to_numpy(), panel.scale)
                if len(points) > 1:
                    means.append(np.mean(np.diff(points) ** 2 / np.diff(part["year"].to_numpy())))
            if means:
                held[panel.scale].append(float(np.median(means)))
    return {scale: float(np.median(found)) for scale, found in held.items() if found}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("panels", nargs="*", type=Path, help="files: indicator,unit,year,value,n")
    parser.add_argument("--national", type=Path, help="file: series,year,value")
    parser.add_argument("--out", type=Path, help="scores as CSV; what it holds is kept")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--priors", type=Path, help="folder of priors learned without a source")
    parser.add_argument("--thin", type=int, default=1, help="so many times fewer groups (1)")
    parser.add_argument("--summary", type=Path, help="print pooled tables of scores")
    parser.add_argument("--compare", type=Path, nargs=2, help="print scores beside older ones")
    parser.add_argument("--typical", action="store_true", help="print TYPICAL and stop")
    given = parser.parse_args()
    if given.typical:
        sys.stdout.write(f"{typical(given.panels)}\n")
        return 0
    PRIORS.extend([given.priors] if given.priors else [])
    if given.panels or given.national:
        if given.out is None:
            parser.error("--out: expected a file for the scores")
        run(given.panels, given.national, given.out, given.models, given.thin)
    if given.compare is not None:
        new, old = (pd.read_csv(path, dtype={"areas": str}) for path in given.compare)
        sys.stdout.write(comparison(new, old))
    if given.summary is not None:
        sys.stdout.write(summary(pd.read_csv(given.summary, dtype={"areas": str})))
    return 0


if __name__ == "__main__":
    sys.exit(main())
