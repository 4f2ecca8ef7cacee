"""
A project of very many invented districts: to see how a batch of thousands of reports behaves.

The districts are one family of areas, all invented; the plan's promises are kept, and the places
that they bind replaced. Each district's rate is a random walk on the logit scale about a level of
its own.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from edu_metrics.catalog import Catalog, Indicator, Plan, Study
from edu_metrics.errors import DataError
from edu_metrics.observations import HEADER
from edu_metrics.words import LANGUAGES, say

FAMILY, STUDY = "invented_district", "invented_districts"
SOURCE = "invented_districts_simulation"
#: How many years before the plan's first one are invented.
_YEARS = 7


def simulate_districts(
    catalog: Catalog, study: Study, folder: Path, *, districts: int, seed: int = 1
) -> Path:
    """
    Write a project of its own: a study of invented districts, held against a study's plan.

    Parameters
    ----------
    catalog : Catalog
        What is defined; quantities, indicators and notebooks are taken over.
    study : Study
        The study whose plan is taken; its areas and numbers are not.
    folder : Path
        Where to; it must not be there yet, or be empty.
    districts : int
        How many. [districts]
    seed : int, optional
        Same seed, same project.

    Returns
    -------
    Path
        The folder, a project with the one study ``invented_districts``.

    Raises
    ------
    DataError
        If the folder holds something, if there are fewer than two districts, or if the plan asks
        for indicators whose numbers this simulation can't invent: it knows rates as published,
        and shares.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder}: expected a folder that is empty or not there yet")
    if districts < 2:
        raise DataError(f"districts: expected 2 or more, found {districts}")
    plan = catalog.plan(study.plan)
    wanted = [catalog.indicator(name) for name in _indicators(plan)]
    faults = [
        f"{entry.id}: its formula is {entry.formula!r}, and expected is 'as_published' or 'share'"
        for entry in wanted
        if entry.formula not in ("as_published", "share") or entry.bounds != (0, 100)
    ]
    if faults:
        raise DataError(f"plan {plan.id!r}: some of its indicators can't be invented", faults)
    codes = [f"{number:0{len(str(districts))}}" for number in range(1, districts + 1)]
    _write_definitions(catalog, study, plan, folder / "data" / "definitions", codes, seed)
    shutil.copytree(catalog.root / "notebooks", folder / "notebooks")
    years = range(plan.first_year - _YEARS, plan.first_year)
    content = _table(catalog, wanted, codes, years, seed)
    raw = folder / "data" / "raw" / STUDY / f"{years[-1]}-12-31" / "districts.csv"
    raw.parent.mkdir(parents=True)
    raw.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    sidecar = f"source: {SOURCE}\nurl: null\nlicence: part of this project\nsha256: {digest}\n"
    raw.with_name(f"{raw.name}.source.yaml").write_text(sidecar, "utf-8")
    return folder


def _indicators(plan: Plan) -> list[str]:
    found = [
        name
        for target in plan.targets
        for name in (target.indicator, *(reading.indicator for reading in target.readings))
        if name
    ]
    return list(dict.fromkeys(found))


def _both(key: str, **fields: Any) -> dict[str, str]:
    return {lang: say(f"large_study.{key}", lang, **fields) for lang in LANGUAGES}


def _write_definitions(
    catalog: Catalog, study: Study, plan: Plan, folder: Path, codes: list[str], seed: int
) -> None:
    given = catalog.root / "data" / "definitions"
    for part in ("plans", "studies"):
        (folder / part).mkdir(parents=True)
    for name in ("quantities", "indicators", "assumptions"):
        shutil.copy(given / f"{name}.yaml", folder / f"{name}.yaml")
    sources = (given / "sources.yaml").read_text("utf-8")
    new = {
        "id": SOURCE,
        "title": _both("source"),
        "publisher": _both("publisher"),
        "licence": "part of this project",
        "read": "original",
    }
    (folder / "sources.yaml").write_text(f"{sources.rstrip()}\n{_yaml([new])}", "utf-8")
    (folder / "breaks.yaml").write_text("[]\n", "utf-8")  # those of real series
    family = {
        "id": FAMILY,
        "name": _both("area", code="{code}"),
        "level": "district",
        "codes": codes,
        "invented": True,
    }
    (folder / "areas.yaml").write_text(_yaml([family]), "utf-8")
    promised = yaml.safe_load((given / "plans" / f"{plan.id}.yaml").read_text("utf-8"))
    told = {lang: plan.title.in_(lang) for lang in LANGUAGES}
    promised |= {
        "title": {lang: say("large_study.plan", lang, plan=told[lang]) for lang in LANGUAGES},
        "note": {lang: say("large_study.plan_note", lang, plan=told[lang]) for lang in LANGUAGES},
        "areas": [FAMILY],
        "hypothetical": True,
    }
    for target in promised["targets"]:
        target["areas"] = [FAMILY]
    (folder / "plans" / f"{plan.id}.yaml").write_text(_yaml(promised), "utf-8")
    entry = {
        "id": STUDY,
        "title": _both("study", number=f"{len(codes):,}"),
        "plan": plan.id,
        "areas": [FAMILY],
        "observations": [{"type": "file", "path": f"{STUDY}/*/*.csv"}],
        "as_of": f"{plan.first_year - 1}-12-31",
        "languages": list(study.languages),
        "simulated": True,
        "note": _both("study_note", seed=seed),
    }
    text = _yaml(entry).replace(f"'{entry['as_of']}'", str(entry["as_of"]))
    (folder / "studies" / f"{STUDY}.yaml").write_text(text, "utf-8")


def _yaml(content: Any) -> str:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text


def _table(
    catalog: Catalog, wanted: list[Indicator], codes: list[str], years: range, seed: int
) -> bytes:
    random = np.random.default_rng(seed)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    published = f"{years[-1]}-12-31"
    for indicator in wanted:
        level = random.normal(0.3, 0.8, len(codes))
        steps = random.normal(0.05, 0.15, (len(years), len(codes)))
        rates = 100 / (1 + np.exp(-(level + np.cumsum(steps, axis=0))))
        sizes = np.rint(np.exp(random.normal(6, 0.8, len(codes)))) + 20
        for quantity, values in _quantities(indicator, rates, sizes):
            unit = catalog.quantities[quantity].unit
            for year, row in zip(years, values.tolist(), strict=True):
                for code, value in zip(codes, row, strict=True):
                    place = f"{FAMILY}_{code}"
                    known = (place, quantity, year, value, "exact", unit)
                    writer.writerow((*known, "simulated", SOURCE, published, ""))
    return file.getvalue().encode()


def _quantities(indicator: Indicator, rates: Any, sizes: Any) -> Iterator[tuple[str, Any]]:
    """Give the numbers that an indicator is computed from."""
    names = [given.quantity for given in indicator.inputs.values()]
    if indicator.formula == "as_published":
        yield names[0], np.round(rates, 1)
        return
    wholes = np.broadcast_to(sizes, rates.shape).astype(np.int64)
    numbers = {"part": np.rint(rates / 100 * wholes).astype(np.int64), "whole": wholes}
    for argument, given in indicator.inputs.items():
        yield given.quantity, numbers[argument]
