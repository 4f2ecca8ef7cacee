"""Earlier assessments read back from files, and held against what has come since."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
)

from edu_metrics.catalog import Catalog, nearest
from edu_metrics.catalog.base import Year
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.limits import is_day, read_json
from edu_metrics.reachability import SeriesStore, Verdict, assess
from edu_metrics.reachability.scoring import NO_FORECAST, Forecast, Score, outcome_of, score
from edu_metrics.report.columns import picked
from edu_metrics.report.tables import as_of_newest, current_table

WHAT = "expected a summary.json of a report, or what assess --format json prints"


def score_files(catalog: Catalog, paths: Sequence[Path], *, as_of: dt.date | None = None) -> Score:
    """
    Hold the forecasts of earlier summaries against what is known now.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    paths : sequence of Path
        Files: ``summary.json`` of reports, or lists that ``assess --format json`` printed. The
        same forecast in several files counts once.
    as_of : date, optional
        Day whose knowledge counts; everything in a study's table when left out.

    Returns
    -------
    Score
        Brier score, coverage and reliability by study and lead time, and every outcome.

    Raises
    ------
    DefinitionError
        If the only faults are names that the definitions do not have.
    DataError
        For any other fault of a file; either error tells all faults at once.
    """
    faults: list[str] = []
    unknown: list[str] = []
    held: dict[tuple[Any, ...], Forecast] = {}
    for path in paths:
        for where, row in _rows(path, faults):
            forecast = _forecast(row, where, faults)
            if forecast is None or forecast.verdict in NO_FORECAST:
                continue
            lacking = _unknown(catalog, forecast)
            unknown += [f"{where}: {text}" for text in lacking]
            if lacking:
                continue
            other = held.setdefault(forecast.key, forecast)
            if other != forecast:
                faults.append(
                    f"{where}: {forecast.target!r} in {forecast.area!r} as of {forecast.as_of} was "
                    "forecast otherwise in another file; give only one of the two"
                )
    stores = _stores(catalog, {item.study for item in held.values()}, as_of)
    for item in held.values():
        last = stores[item.study].study.as_of
        if item.as_of > last:
            faults.append(
                f"{item.study}: the forecast of {item.as_of} for {item.target!r} in {item.area!r} "
                f"is dated after the newest data, of {last}"
            )
    if faults:
        everything = [*dict.fromkeys([*faults, *unknown])]
        raise DataError(f"forecasts: {len(everything)} fault(s)", everything)
    if unknown:
        names = [*dict.fromkeys(unknown)]
        raise DefinitionError(f"forecasts: {len(names)} name(s) that are not defined", names)
    return score(outcome_of(item, stores[item.study]) for item in held.values())


def score_studies(catalog: Catalog, names: Sequence[str], *, as_of: dt.date | None = None) -> Score:
    """
    Hold what studies say as of each of their dates against what is known now.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    names : sequence of str
        Ids of studies, each taken with all its runs.
    as_of : date, optional
        As for :func:`score_files`.

    Returns
    -------
    Score
        As :func:`score_files` gives of the summaries of their reports.

    Raises
    ------
    DefinitionError
        For an unknown study, with the nearest one.
    """
    runs = {run.id: run for name in names for run in catalog.runs(name)}
    stores = _stores(catalog, set(runs), as_of)
    outcomes = []
    for name, run in runs.items():
        outcomes += [
            outcome_of(Forecast.of(found, run.as_of), stores[name])
            for found in assess(catalog, run, current_table(catalog, run))
            if found.verdict not in NO_FORECAST
        ]
    return score(outcomes)


def _rows(path: Path, faults: list[str]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Give the rows of a file, each with where it stands, the date of a summary put into it."""
    try:
        content = read_json(path)
    except OSError as error:
        faults.append(f"{path}: {error.strerror or error}; {WHAT}")
        return
    except ValueError as error:
        faults.append(f"{path}: no JSON ({error}); {WHAT}")
        return
    rows, shared = content, {}
    if isinstance(content, dict):
        rows = content.get("assessments")
        shared = {key: content[key] for key in ("study", "area", "as_of") if key in content}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.append(f"{path}: found no list of assessments; {WHAT}")
        return
    for number, row in enumerate(rows, start=1):
        # The date may stand in the row, or above all rows of a summary.
        own = {key: value for key, value in row.items() if value is not None}
        yield f"{path} entry {number}", {**shared, **own}


class _Stated(BaseModel):
    """A forecast as a file tells it."""

    model_config = ConfigDict(strict=True)

    study: str
    area: str
    target: str
    as_of: dt.date
    verdict: Verdict
    reading: str | None = None
    steps: int | None = None
    last_year: Year | None = None
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    interval: tuple[FiniteFloat, FiniteFloat] | None = None

    @field_validator("as_of")
    @classmethod
    def _is_plausible(cls, day: dt.date) -> dt.date:
        if not is_day(day):
            raise ValueError("no such day")
        return day

    @field_validator("interval")
    @classmethod
    def _in_order(cls, ends: tuple[float, float] | None) -> tuple[float, float] | None:
        if ends is not None and ends[0] > ends[1]:
            raise ValueError("expected the lower end first")
        return ends


def _forecast(row: dict[str, Any], where: str, faults: list[str]) -> Forecast | None:
    try:
        return Forecast(**dict(_Stated.model_validate_json(json.dumps(row))))
    except ValidationError as error:
        # What can't even be read as JSON, such as half a character, has no place.
        wrong = dict.fromkeys(str(name) for fault in error.errors() for name in fault["loc"][:1])
        found = ", ".join(f"{key}={row.get(key)!r}" for key in wrong or row)
        faults.append(f"{where}: {WHAT}; found {found}")
        return None


def _unknown(catalog: Catalog, forecast: Forecast) -> list[str]:
    """Name what the definitions do not have, with the nearest name."""
    study = catalog.studies.get(forecast.study)
    if study is None:
        return [f"no study {forecast.study!r}{nearest(forecast.study, catalog.studies)}"]
    found: list[str] = []
    areas = catalog.expand(study.areas)
    if forecast.area not in areas:
        offer = nearest(forecast.area, areas)
        found.append(f"study {study.id!r} has no area {forecast.area!r}{offer}")
    plan = catalog.plan(study.plan)
    targets = {target.id: target for target in plan.targets}
    target = targets.get(forecast.target)
    if target is None:
        offer = nearest(forecast.target, targets)
        return [*found, f"plan {plan.id!r} has no target {forecast.target!r}{offer}"]
    if forecast.reading is None:
        return found
    combinations = [(reading.id, steps) for reading, steps in plan.combinations(target)]
    if (forecast.reading, forecast.steps) not in combinations:
        steps = "" if forecast.steps is None else f" in {forecast.steps} step(s)"
        found.append(f"target {target.id!r} has no reading {forecast.reading!r}{steps}")
    return found


def _stores(catalog: Catalog, names: set[str], as_of: dt.date | None) -> dict[str, SeriesStore]:
    """Give each study as of the day of its newest publication, or the day asked for."""
    found: dict[str, SeriesStore] = {}
    for name in sorted(names):
        study = catalog.studies[name]
        table = current_table(catalog, study)
        newest = as_of_newest(study, table)
        if as_of is not None and as_of < newest.as_of:
            newest = newest.model_copy(update={"as_of": as_of})
        found[name] = SeriesStore(catalog, newest, table)
    return found


def score_as_data(found: Score) -> dict[str, Any]:
    """
    Give a track record as plain data, ready for JSON.

    Parameters
    ----------
    found : Score
        From :func:`score_files`.

    Returns
    -------
    dict
        ``by_lead``, ``by_verdict``, ``unscored`` (how many, by study and reason) and
        ``forecasts``, one entry each.
    """
    waiting = Counter(
        (item.forecast.study, item.why) for item in found.outcomes if item.why is not None
    )
    return {
        "by_lead": [asdict(item) for item in found.by_lead],
        "by_verdict": [{**asdict(item), "verdict": str(item.verdict)} for item in found.by_word],
        "unscored": [
            {"study": study, "why": why, "n": n} for (study, why), n in sorted(waiting.items())
        ],
        "forecasts": [
            {
                **asdict(item.forecast),
                "as_of": item.forecast.as_of.isoformat(),
                "verdict": str(item.forecast.verdict),
                **picked(item, "due lead happened value covered why"),
            }
            for item in found.outcomes
        ],
    }


def score_tables(content: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """
    Flatten a track record into tables for a terminal, those without a row left out.

    Parameters
    ----------
    content : mapping
        From :func:`score_as_data`.

    Returns
    -------
    dict of str to list of dict
        By lead time, by verdict, reliability, and what can't be scored yet.
    """
    leads = [
        {
            "study": item["study"],
            "lead": "all" if item["lead"] is None else item["lead"],
            "n": item["n"],
            "brier": item["brier"],
            "base_rate_brier": item["base_rate_brier"],
            **_share("coverage80", item["coverage80"]),
        }
        for item in content["by_lead"]
    ]
    words = [
        {
            "study": item["study"],
            "verdict": item["verdict"],
            "n": item["happened"]["n"],
            "mean_probability": item["mean_probability"],
            **_share("happened", item["happened"]),
        }
        for item in content["by_verdict"]
    ]
    bins = [
        {
            "study": item["study"],
            "probability": f"{one['low']:g}-{one['high']:g}",
            "n": one["happened"]["n"],
            "mean_probability": one["mean_probability"],
            **_share("happened", one["happened"]),
        }
        for item in content["by_lead"]
        if item["lead"] is None
        for one in item["reliability"]
    ]
    waiting = [
        {"study": item["study"], "not_scored": item["why"], "n": item["n"]}
        for item in content["unscored"]
    ]
    tables = {"by_lead": leads, "by_verdict": words, "reliability": bins, "unscored": waiting}
    return {name: rows for name, rows in tables.items() if rows}


def _share(name: str, share: Mapping[str, Any] | None) -> dict[str, Any]:
    """Print a share with its interval: 80.1 % [75.0, 84.4]."""
    if share is None:
        return {f"{name}_pct": None, "interval95": None}
    ends = f"{share['low_pct']:.1f} to {share['high_pct']:.1f}"
    return {f"{name}_pct": f"{share['pct']:.1f}", "interval95": ends}
