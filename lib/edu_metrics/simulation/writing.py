"""From a study to raw files: what may be invented, for whom, and where it is written."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from edu_metrics.catalog import Area, Catalog, SimulatedInput, Study, nearest
from edu_metrics.errors import DataError
from edu_metrics.observations import HEADER
from edu_metrics.simulation.children import raise_children
from edu_metrics.simulation.city import City, Sheet
from edu_metrics.simulation.exams import exam_sheets
from edu_metrics.simulation.facilities import facility_sheets
from edu_metrics.simulation.kindergartens import enrol, kindergarten_sheets
from edu_metrics.simulation.money import money_sheets
from edu_metrics.simulation.pupils import pupil_sheets, screening_sheets
from edu_metrics.simulation.seniors import send_to_senior_schools, senior_sheets
from edu_metrics.simulation.teachers import teacher_sheets

#: The source that every invented number names.
SOURCE = "mock_city_simulation"

_MONEY_UNIT = "万元"


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
        number = f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")
        raise DataError(f"study {study.id!r}: {number} in its simulated input", faults)
    contents: dict[Path, tuple[bytes, SimulatedInput]] = {}
    for given in inputs:
        folder = catalog.root / "data" / "raw" / "simulated" / given.city
        city = _city(catalog, given)
        for name, content in _tables(catalog, city.years, invent(city)).items():
            contents[folder / name] = content, given
    for path, (content, given) in contents.items():
        _write(path, content)
        _write(path.with_name(f"{path.name}.source.yaml"), _sidecar(content, given))
    return list(contents)


def invent(city: City) -> list[Sheet]:
    """
    Invent all numbers of a city.

    Parameters
    ----------
    city : City
        Districts, schools, years and seed.

    Returns
    -------
    list of Sheet
        What is published, exams by school and all else by district.
    """
    children = raise_children(city)
    seniors = send_to_senior_schools(city, children)
    enrolled = enrol(city, children)
    kindergartens = kindergarten_sheets(city, children, enrolled)
    pupils = pupil_sheets(city, children, seniors, enrolled.everyone)
    return [
        *exam_sheets(city, children),
        *pupils,
        *teacher_sheets(city, children, seniors, enrolled),
        *kindergartens,
        *facility_sheets(city, kindergartens[0].numbers["kindergartens"]),
        *senior_sheets(city, children, seniors),
        *money_sheets(city, pupils[0].numbers["pupils"]),
        *screening_sheets(city, children, seniors),
    ]


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
        schools = {district.id: _below(catalog, district.id, "school") for district in districts}
        everyone = [city, *districts, *(school for many in schools.values() for school in many)]
        for area in everyone:
            if not area.invented:
                yield (
                    f"{area.id!r} is not marked invented: true; no invented number is ever "
                    "attached to a real place"
                )
        # A number is added up over two children or more; an only child is not its parent.
        if len(districts) < 2:
            yield f"{city.id!r}: expected two or more districts below it, found {len(districts)}"
        for district, below in schools.items():
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
    files: dict[str, io.StringIO] = {}
    for sheet in sheets:
        if sheet.file not in files:
            files[sheet.file] = io.StringIO()
            csv.writer(files[sheet.file], lineterminator="\n").writerow(HEADER)
        csv.writer(files[sheet.file], lineterminator="\n").writerows(_rows(catalog, years, sheet))
    return {name: text.getvalue().encode() for name, text in files.items()}


def _rows(catalog: Catalog, years: range, sheet: Sheet) -> Iterator[tuple[str | int, ...]]:
    for quantity, numbers in sheet.numbers.items():
        entry = catalog.quantities[quantity]
        unit = _MONEY_UNIT if entry.form == "money" else entry.unit
        for year, row in zip(years, numbers.tolist(), strict=True):
            after = ("exact", unit, "simulated", SOURCE, sheet.published.of(year).isoformat(), "")
            for area, value in zip(sheet.areas, row, strict=True):
                yield (area, quantity, year, value, *after)


def _sidecar(content: bytes, given: SimulatedInput) -> bytes:
    lines = [
        f"source: {SOURCE}",
        "url: null",
        "licence: part of this project",
        f"sha256: {hashlib.sha256(content).hexdigest()}",
        "obtained_by:",
        f"  zh: 由模拟程序以种子{given.seed}生成（{given.first_year}—{given.last_year}年），"
        "全部为虚构数字，不描述任何真实地方",
        f"  en: invented by the simulation from seed {given.seed} for "
        f"{given.first_year}-{given.last_year}; the numbers describe no real place",
    ]
    return "\n".join([*lines, ""]).encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    # An unchanged file keeps its date, or every table built from it would count as outdated.
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
