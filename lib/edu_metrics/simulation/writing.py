"""
From a study to raw files, and projects of very many invented districts.

Such a project shows how a batch of thousands of reports behaves. Its districts are one family of
areas, all invented; the plan's promises are kept, and the places that they bind replaced. Each
district's rate is a random walk on the logit scale about a level of its own.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import yaml

from edu_metrics.catalog import Area, Catalog, Indicator, Plan, SimulatedInput, Study, nearest
from edu_metrics.errors import DataError, number_of
from edu_metrics.files import write_whole_files
from edu_metrics.observations import HEADER
from edu_metrics.observations.raw_files import with_sidecar
from edu_metrics.simulation.city import City, Sheet
from edu_metrics.simulation.subjects import invent
from edu_metrics.words import LANGUAGES, say

#: The source that every invented number names.
SOURCE = "mock_city_simulation"

#: A row of a raw file, in the order of its head.
_Row = tuple[Any, ...]
_MONEY_UNIT = "万元"
#: What the sidecar of every invented file says.
_ORIGIN = {"source": None, "url": None, "licence": "part of this project"}


def simulate_study(catalog: Catalog, study: Study) -> list[Path]:
    """
    Write the raw files of a study's invented city.

    Parameters
    ----------
    catalog : Catalog
        What is defined; its root is the project folder.
    study : Study
        A study that is marked simulated.

    Returns
    -------
    list of Path
        The tables written, data/raw/simulated/<city>/<subject>.csv; each has its sidecar beside
        it. A file that holds the same bytes already is left as it is.

    Raises
    ------
    DataError
        If the study is not marked simulated; if a city, district or school is not marked
        invented; if there are too few of them; or if a quantity is not defined. Nothing is
        written then.
    """
    if not study.simulated:
        raise DataError(
            f"study {study.id!r}: expected a study that is marked simulated: true, found one of "
            "real numbers; invented numbers have no place in it"
        )
    inputs = [given for given in study.observations if isinstance(given, SimulatedInput)]
    faults = list(_faults(catalog, inputs))
    if faults:
        raise DataError(f"study {study.id!r}: {number_of(faults)} in its simulated input", faults)
    tables: list[Path] = []
    contents: dict[Path, bytes] = {}
    for given in inputs:
        folder = catalog.root / "data" / "raw" / "simulated" / given.city
        city = _city(catalog, given)
        for name, content in _tables(catalog, city.years, invent(city)).items():
            tables.append(folder / name)
            contents |= with_sidecar(folder / name, content, _told_of(given))
    # An unchanged file keeps its date, or every table built from it would count as outdated.
    kept = {path for path, new in contents.items() if path.is_file() and path.read_bytes() == new}
    write_whole_files({path: new for path, new in contents.items() if path not in kept})
    return tables


def _below(catalog: Catalog, parent: str, level: str) -> list[Area]:
    return [
        area for area in catalog.areas.values() if area.parent == parent and area.level == level
    ]


def _city(catalog: Catalog, given: SimulatedInput) -> City:
    districts = _below(catalog, given.city, "district")
    return City(
        districts=tuple(district.id for district in districts),
        schools=tuple(
            tuple(school.id for school in _below(catalog, district.id, "school"))
            for district in districts
        ),
        seed=given.seed,
        first_year=given.first_year,
        last_year=given.last_year,
    )


def _faults(catalog: Catalog, inputs: list[SimulatedInput]) -> Iterator[str]:
    """Say why these cities may not or can't be invented."""
    cities = [given.city for given in inputs]
    for name in sorted({city for city in cities if cities.count(city) > 1}):
        yield f"{name!r}: expected one simulated input for a city, found {cities.count(name)}"
    if inputs and SOURCE not in catalog.sources:
        yield f"sources.yaml: expected the source {SOURCE!r}, which every invented number names"
    for given in inputs:
        if given.last_year < given.first_year:
            yield (
                f"{given.city!r}: last_year: expected {given.first_year} or later, "
                f"found {given.last_year}"
            )
        city = catalog.areas.get(given.city)
        if city is None:
            yield f"no area {given.city!r}{nearest(given.city, catalog.areas)}"
            continue
        districts = _below(catalog, city.id, "district")
        parts = {district.id: _below(catalog, district.id, "school") for district in districts}
        everyone = [city, *districts, *(school for many in parts.values() for school in many)]
        for area in everyone:
            if not area.invented:
                yield (
                    f"{area.id!r} is not marked invented: true; no invented number is ever "
                    "attached to a real place"
                )
        # A number is added up over two children or more; an only child is not its parent.
        if len(districts) < 2:
            yield f"{city.id!r}: expected two or more districts below it, found {len(districts)}"
        for district, below in parts.items():
            if len(below) < 2:
                yield f"{district!r}: expected two or more schools below it, found {len(below)}"


def _tables(catalog: Catalog, years: range, sheets: list[Sheet]) -> dict[str, bytes]:
    """Put the sheets of each file under one header."""
    invented = {quantity for sheet in sheets for quantity in sheet.numbers}
    unknown = sorted(invented - set(catalog.quantities))
    if unknown:
        raise DataError(
            "quantities.yaml: expected every quantity that the simulation publishes",
            [f"no quantity {name!r}{nearest(name, catalog.quantities)}" for name in unknown],
        )
    rows: dict[str, list[_Row]] = {}
    for sheet in sheets:
        rows.setdefault(sheet.file, []).extend(_rows(catalog, years, sheet))
    return {name: _csv(own) for name, own in rows.items()}


def _csv(rows: Iterable[_Row]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return file.getvalue().encode()


def _rows(catalog: Catalog, years: range, sheet: Sheet) -> Iterator[_Row]:
    for quantity, numbers in sheet.numbers.items():
        entry = catalog.quantities[quantity]
        unit = _MONEY_UNIT if entry.form == "money" else entry.unit
        for year, row in zip(years, numbers.tolist(), strict=True):
            after = ("exact", unit, "simulated", SOURCE, sheet.published.of(year).isoformat(), "")
            for area, value in zip(sheet.areas, row, strict=True):
                yield (area, quantity, year, value, *after)


def _told_of(given: SimulatedInput) -> dict[str, Any]:
    """Say where invented numbers come from."""
    return {
        **_ORIGIN,
        "source": SOURCE,
        "obtained_by": {
            "zh": f"由模拟程序以种子{given.seed}生成（{given.first_year}—{given.last_year}年），"
            "全部为虚构数字，不描述任何真实地方",
            "en": f"invented by the simulation from seed {given.seed} for "
            f"{given.first_year}-{given.last_year}; the numbers describe no real place",
        },
    }


FAMILY, STUDY = "invented_district", "invented_districts"
_DISTRICTS_SOURCE = "invented_districts_simulation"
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
    named = dict.fromkeys(name for target in plan.targets for name in target.indicators)
    wanted = [catalog.indicator(name) for name in named]
    faults = [
        f"{entry.id}: its formula is {entry.formula!r}, and expected is 'as_published' or 'share'"
        for entry in wanted
        if entry.formula not in ("as_published", "share") or entry.bounds != (0, 100)
    ]
    if faults:
        raise DataError(f"plan {plan.id!r}: some of its indicators can't be invented", faults)
    codes = [f"{number:0{len(str(districts))}}" for number in range(1, districts + 1)]
    texts = _definitions(catalog, study, plan, codes, seed)
    shutil.copytree(catalog.root / "notebooks", folder / "notebooks")
    years = range(plan.first_year - _YEARS, plan.first_year)
    content = _csv(_walks(catalog, wanted, codes, years, seed))
    raw = folder / "data" / "raw" / STUDY / f"{years[-1]}-12-31" / "districts.csv"
    definitions = folder / "data" / "definitions"
    write_whole_files(
        {definitions / name: text.encode() for name, text in texts.items()}
        | with_sidecar(raw, content, {**_ORIGIN, "source": _DISTRICTS_SOURCE})
    )
    return folder


def _definitions(
    catalog: Catalog, study: Study, plan: Plan, codes: list[str], seed: int
) -> dict[str, str]:
    """Write the files of definitions of such a project, by their names."""
    given = catalog.root / "data" / "definitions"
    kept = ("quantities", "indicators", "assumptions", "sources")
    texts = {f"{name}.yaml": (given / f"{name}.yaml").read_text("utf-8") for name in kept}
    words = (files(__package__) / "template" / "districts.yaml").read_text("utf-8")
    made = yaml.safe_load(Template(words).substitute(number=f"{len(codes):,}", seed=seed))
    told = {lang: plan.title.in_(lang) for lang in LANGUAGES}
    promised = yaml.safe_load((given / "plans" / f"{plan.id}.yaml").read_text("utf-8"))
    promised |= {
        "title": {lang: say("large_study.plan", lang, plan=told[lang]) for lang in LANGUAGES},
        "note": {lang: say("large_study.plan_note", lang, plan=told[lang]) for lang in LANGUAGES},
        "areas": [FAMILY],
        "hypothetical": True,
    }
    for target in promised["targets"]:
        target["areas"] = [FAMILY]
    entry = {
        **made["study"],
        "plan": plan.id,
        "as_of": dt.date(plan.first_year - 1, 12, 31),
        "languages": list(study.languages),
    }
    return texts | {
        "sources.yaml": f"{texts['sources.yaml'].rstrip()}\n{_yaml([made['source']])}",
        "breaks.yaml": "[]\n",  # those of real series
        "areas.yaml": _yaml([{**made["family"], "codes": codes}]),
        f"plans/{plan.id}.yaml": _yaml(promised),
        f"studies/{STUDY}.yaml": _yaml(entry),
    }


def _yaml(content: Any) -> str:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text


def _walks(
    catalog: Catalog, wanted: list[Indicator], codes: list[str], years: range, seed: int
) -> Iterator[_Row]:
    random = np.random.default_rng(seed)
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
                    yield (*known, "simulated", _DISTRICTS_SOURCE, published, "")


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
