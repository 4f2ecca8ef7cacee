"""
A small project of one's own, which inherits what comes with the package.

With invented numbers of invented places, to be replaced; or with the numbers of a table.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd
import yaml

from edu_metrics.catalog import (
    Area,
    Catalog,
    Group,
    Indicator,
    Quantity,
    Source,
    inherited_entries,
    load_catalog,
    plain,
)
from edu_metrics.errors import DataError, ReportError
from edu_metrics.files import write_whole_files
from edu_metrics.limits import LAST_DAY
from edu_metrics.observations import HEADER, build, intake
from edu_metrics.observations.intake.storing import GROUPED
from edu_metrics.observations.printed import unit_factor
from edu_metrics.observations.raw_files import with_sidecar
from edu_metrics.words import known_units, say

#: Kinds of unit by the words in a quantity's name; anything else is counted in persons.
_RATES = re.compile(r"[%％率比]|percent|rate|share", re.IGNORECASE)
#: Names under which the rows of a table add up.
_WHOLES = ("合计", "总计", "全市", "全县", "total")
_SOURCE, _PLAN_TEXT = "numbers", "plan_text"
#: A table is read until nothing in it is unknown: its columns, areas and quantities in turn.
_PASSES = 6
#: Words before a unit, by powers of ten.
_SCALES = ("", "十", "百", "千", "万", "十万", "百万", "千万")
#: A day after every year; the days of publication are assumed where numbers are written.
_LATER = LAST_DAY.isoformat()


@dataclass(frozen=True)
class _Start:
    """What a new project is about: places, numbers, and what else its files are filled with."""

    places: list[dict[str, Any]]
    rows: pd.DataFrame
    quantities: list[dict[str, Any]]
    indicators: list[dict[str, Any]]
    fields: dict[str, str]
    plan: str
    invented: bool
    groups: list[dict[str, Any]] = field(default_factory=list)


def new_project(
    folder: Path, *, lang: str, table: Path | None = None, invented: bool = False
) -> list[Path]:
    """
    Make a project folder that can be checked, judged and reported as it stands.

    Parameters
    ----------
    folder : Path
        Where; it must not exist, or be empty.
    lang : {"zh", "en"}
        Language of the comments and of the reports.
    table : Path, optional
        A table whose areas and quantities are used, as intake reads it; else the numbers and
        places are invented, and marked so.
    invented : bool, optional
        Whether the table's numbers and places are invented too.

    Returns
    -------
    list of Path
        The files made.

    Raises
    ------
    ReportError
        If the folder holds anything.
    DataError
        If the table can't be used; nothing is made then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ReportError(f"{folder}: expected a new or an empty folder; nothing was changed")
    start = _example(lang) if table is None else _from_table(table, lang, invented)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    draft.mkdir(parents=True)
    try:
        _write(draft, start, lang)
        catalog = load_catalog(draft)
        for study in catalog.studies.values():
            build(catalog, study)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write(folder: Path, start: _Start, lang: str) -> None:
    definitions = folder / "data" / "definitions"
    numbers = folder / "data" / "raw" / "numbers" / start.fields["as_of"] / "numbers.csv"
    sources = _sources("invented" if start.invented else "given")
    texts = {
        definitions / name: _filled(template, start.fields, lang)
        for name, template in (
            ("project.yaml", "project.yaml"),
            (f"plans/{start.fields['plan']}.yaml", f"{start.plan}.yaml"),
            (f"studies/{start.fields['study']}.yaml", "study.yaml"),
        )
    }
    for table, entries in (
        ("areas", start.places),
        ("sources", sources),
        ("groups", start.groups),
        ("quantities", start.quantities),
        ("indicators", start.indicators),
    ):
        if entries:
            texts[definitions / f"{table}.yaml"] = _entries(table, entries, lang)
    look = _notebook(_filled("look.txt", start.fields, lang))
    texts[folder / "notebooks" / "look.ipynb"] = look
    write_whole_files(
        {path: text.encode() for path, text in texts.items()}
        | with_sidecar(numbers, _numbers(start), {"source": _SOURCE})
    )


def _filled(name: str, fields: dict[str, str], lang: str) -> str:
    """Fill in a template, and keep of its comments and lines those of one language."""
    text = (files(__package__) / "template" / name).read_text("utf-8")
    other = "en" if lang == "zh" else "zh"
    kept = [line for line in text.splitlines() if not re.match(rf"\s*#{other} |@{other}", line)]
    told = [re.sub(rf"^(\s*)#{lang} ", r"\1# ", line).removeprefix(f"@{lang}") for line in kept]
    return Template("\n".join(told) + "\n").substitute(fields)


def _entries(table: str, entries: Iterable[dict[str, Any]], lang: str) -> str:
    """Write entries one a line, below a comment that says what they are."""
    lines = [f"- {json.dumps(entry, ensure_ascii=False)}" for entry in entries]
    return "\n".join([f"# {say(f'start.{table}', lang)}", *lines, ""])


def _both(key: str) -> dict[str, str]:
    return {lang: say(f"start.{key}", lang) for lang in ("zh", "en")}


#: Districts of the example: their ids, and the words that name them.
_PARTS = ("bridge_east", "bridge_west")


def _sources(kind: str) -> list[dict[str, Any]]:
    """Give the sources of numbers and plan: of what is invented, or of a table that was given."""
    return [
        {
            "id": name,
            "title": _both(f"{words}_{kind}"),
            "publisher": _both(f"publisher_{kind}"),
            "licence": _both(f"licence_{kind}")["en"],
            "read": "original",
        }
        for name, words in ((_SOURCE, "numbers"), (_PLAN_TEXT, "plan_text"))
    ]


def _told(kind: str) -> dict[str, str]:
    """Give title and note of a study in both languages, as its template names them."""
    return {
        f"{name}_{lang}": text
        for name in ("title", "note")
        for lang, text in _both(f"{name}_{kind}").items()
    }


def _numbers(start: _Start) -> bytes:
    """Write the numbers as a raw file has them."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(GROUPED if start.groups else HEADER)
    status = "simulated" if start.invented else "reported"
    for row in start.rows.to_dict("records"):
        hidden = row.get("status") == "suppressed"
        printed, unit = ("", row["unit"]) if hidden else _printed(row)
        part = row.get("period", "year").replace("m", "").upper()
        year = row["year"] if part == "YEAR" else f"{row['year']}-{part}"
        group = (row["group"],) if start.groups else ()
        cells = (row["place"], row["quantity"], *group, year, printed, row.get("bound", "exact"))
        told = ("suppressed" if hidden else status, _SOURCE, _published(row), "")
        writer.writerow((*cells, unit, *told))
    return file.getvalue().encode()


def _published(row: Mapping[Any, Any]) -> str:
    """Give the day that the table tells, or else an assumed one."""
    day = f"{row['vintage']:%Y-%m-%d}" if "vintage" in row else _LATER
    return day if day != _LATER else f"{row['year'] + 1}-06-01"


def _printed(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Give a number and its unit: what was rounded in the power of ten of its last digit."""
    value, unit = row["value"], row["unit"]
    step = 2 * (row.get("upper", math.nan) - value)
    power = 0 if math.isnan(step) else round(math.log10(step))
    scale = "亿" * (power // 8) + _SCALES[power % 8]
    return f"{value / 10**power:.12g}", f"{scale}{unit}"


def _notebook(text: str) -> str:
    """Make a notebook of pieces of text: the first is told, the others are run."""
    told, parameters, *codes = (piece.strip() for piece in text.split("---\n"))
    cells = [_cell("markdown", told.removeprefix("# ")), _cell("code", parameters, ["parameters"])]
    cells += [_cell("code", code) for code in codes]
    for number, cell in enumerate(cells):
        cell["id"] = f"look-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, source: str, tags: Iterable[str] = ()) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if tags:
        cell["metadata"] = {"tags": list(tags)}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def _example(lang: str) -> _Start:
    """Take the invented numbers that come with the package."""
    wide = pd.read_csv(io.StringIO((files(__package__) / "template/example.csv").read_text()))
    rows = wide.melt(["place", "year"], var_name="quantity").assign(unit="persons")
    given = yaml.safe_load((files(__package__) / "template/example.yaml").read_text("utf-8"))
    places: list[dict[str, Any]] = [
        {"id": given["area"], "name": _both("city"), "level": "city", "invented": True},
        *(
            {"id": name, "name": _both(name), "level": "district", "parent": given["area"],
             "invented": True}
            for name in _PARTS
        ),
    ]  # fmt: skip
    fields = {
        **given,
        "areas": f"[{', '.join([given['area'], *_PARTS])}]",
        "simulated": "true",
        "disclosure": "published",
        "lang": lang,
        **_told("invented"),
    }
    return _Start(places, rows, [], [], fields, "plan_example", invented=True)


def _from_table(path: Path, lang: str, invented: bool) -> _Start:
    """Take places and quantities of a table; what is defined already is recognised by its name."""
    given, table = _read_table(path)
    places = _places(given.areas)
    if invented:
        places = [{**place, "invented": True} for place in places]
    place_ids = {place["name"]["zh"]: place["id"] for place in places}
    used = set(table["quantity"])
    own = [entry for entry in given.quantities if entry["id"] in used]
    defined: dict[str, Quantity] = inherited_entries("quantities")
    taken = {one: defined[one].model_dump() for one in used if one in defined}
    taken |= {entry["id"]: entry for entry in own}
    rows = table.assign(
        place=table["area"].map(
            lambda at: place_ids[given.areas[int(at.removeprefix("area_")) - 1]]
        ),
        unit=[taken[name]["unit"] for name in table["quantity"]],
    )
    indicator, unit, added = _indicator(inherited_entries("indicators"), taken)
    last = int(rows["year"].max())
    fields = {
        "plan": "plan",
        "study": "study",
        "area": places[0]["id"],
        "areas": f"[{', '.join(place['id'] for place in places)}]",
        "as_of": f"{last + 1}-06-30",
        "issued": f"{last}-12-31",
        "next": str(last + 1),
        "last": str(last + 3),
        "indicator": indicator,
        "unit": unit,
        "level": "90" if unit == "percent" else f"{1.05 * rows['value'].max():.0f}",
        "simulated": str(invented).lower(),
        "disclosure": "published" if invented else "protected",
        "lang": lang,
        **_told("given"),
    }
    return _Start(places, rows, own, added, fields, "plan_from_table", invented, given.groups)


@dataclass
class _Given:
    """What a table has names for that nobody has defined: entries of the new project."""

    areas: list[str] = field(default_factory=list)
    quantities: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)

    def catalog(self) -> Catalog:
        """Put together what is inherited and what a table has names for."""
        areas = [
            Area.model_validate({"id": f"area_{at}", "name": {"zh": name}, "level": "city"})
            for at, name in enumerate(self.areas, start=1)
        ]
        quantities = {entry["id"]: Quantity.model_validate(entry) for entry in self.quantities}
        return Catalog(
            Path(),
            sources={_SOURCE: Source.model_validate(_sources("given")[0])},
            areas={area.id: area for area in areas},
            groups={entry["id"]: Group.model_validate(entry) for entry in self.groups},
            quantities={**inherited_entries("quantities"), **quantities},
        )

    def add(self, log: intake.Log) -> bool:
        """Take the names that were not understood; tell whether there were any."""
        areas, parts = _area_names(log, self.areas), log.not_understood("group")
        names = log.not_understood("quantity", "head")
        self.areas += areas
        for name in parts:
            entry = {"id": _slug(name, f"group_{len(self.groups) + 1}"), "name": _same(name)}
            self.groups.append(entry)
        for name in names:
            self.quantities.append(_quantity(f"quantity_{len(self.quantities) + 1}", name))
        return bool(areas or parts or names)


def _same(name: str) -> dict[str, str]:
    return {"zh": name, "en": name}


def _read_table(path: Path) -> tuple[_Given, pd.DataFrame]:
    """
    Read a table as intake does; names that nobody has defined are those of the new project.

    What neither its head nor its rows tell stands in its first two columns: areas, then years.
    """
    if not path.is_file():
        raise DataError(f"{path.name}: can't be read as a table: no such file")
    content = path.read_bytes()
    told = intake.Mapping.model_validate({"source": _SOURCE, "published": _LATER})
    given = _Given()
    for _ in range(_PASSES):
        log = intake.read_log(path, content, given.catalog(), told)
        no_head = ["no_head"] if log.not_understood("no_head") else []
        new = _told_of(told, *log.not_understood("lacking"), *no_head)
        if new == told and not given.add(log):
            break
        told = new
    return given, intake.read_table(path, content, given.catalog(), told).table


def _told_of(told: intake.Mapping, *lacking: str) -> intake.Mapping:
    """Tell of a table what else it does not: where its areas and years stand, and its head."""
    columns = {}
    if "A" not in told.columns and {"no_head", "area of the figures"} & set(lacking):
        columns["A"] = {"role": "place"}  # then it may turn out that years are told
    elif "B" not in told.columns and "year of the figures" in lacking:
        columns["B"] = {"role": "year"}
    given = told.model_dump(exclude_none=True)
    head = {"head": 1} if "no_head" in lacking else {}
    return told.model_validate({**given, "columns": {**given["columns"], **columns}, **head})


def _area_names(log: intake.Log, known: list[str]) -> list[str]:
    """Give the areas of a table that are not known yet, the rows that add up others too."""
    totals = [
        raw for _, _, _, raw, _, rule in log.repairs if rule == "total" and intake.is_total(raw)
    ]
    names = [intake.bare(name) for name in (*log.not_understood("area"), *totals)]
    held = {plain(name) for name in known}
    return list({plain(name): name for name in names if plain(name) not in held}.values())


def _slug(name: str, otherwise: str) -> str:
    """Make an id of a name; of one in another script nothing is left, and it is numbered."""
    slug = "_".join(re.findall(r"[a-z0-9]+", name.lower()))
    return slug if slug and name.isascii() else otherwise


def _quantity(otherwise: str, text: str) -> dict[str, Any]:
    """Make a quantity of a head; its unit is the one behind it, or else persons or percent."""
    name, printed = intake.split_unit(text)
    unit = _unit(printed)
    if unit is None:
        name, unit = text.strip(), "percent" if _RATES.search(text) else "persons"
    entry = {
        "id": _slug(name, otherwise),
        "name": _same(name),
        "unit": unit,
        "form": _form(unit),
    }
    joined = name.replace(" / ", "")
    return entry if joined == name else {**entry, "aliases": [joined]}


def _form(unit: str) -> str:
    money = known_units()[unit].money
    return "printed_rate" if unit == "percent" else "money" if money else "count"


def _unit(printed: str) -> str | None:
    """Find the unit that is printed: persons where they may be, else things, else another one."""
    known = known_units()
    for name, unit in {"persons": known["persons"], **known}.items():
        entry = {"id": "one", "name": {"zh": "-"}, "unit": name, "form": _form(name)}
        if printed and unit.printed and unit_factor(printed, Quantity.model_validate(entry)):
            return name
    return None


def _places(names: list[str]) -> list[dict[str, Any]]:
    """Make a place of each name; one that stands for all comes first and holds the others."""
    whole = next((name for name in names if plain(name) in map(plain, _WHOLES)), None)
    ordered = sorted(names, key=lambda name: name != whole)
    ids = {name: _slug(name, f"area_{at}") for at, name in enumerate(ordered, start=1)}
    places = []
    for name in ordered:
        level = "city" if name == whole or len(names) == 1 else "district"
        place = {"id": ids[name], "name": _same(name), "level": level}
        if whole is not None and name != whole:
            place["parent"] = ids[whole]
        places.append(place)
    return places


def _indicator(
    indicators: Mapping[str, Indicator], quantities: Mapping[str, dict[str, Any]]
) -> tuple[str, str, list[dict[str, Any]]]:
    """Choose what the example plan promises: a percentage that is defined, or a quantity."""
    for one in indicators.values():
        if one.unit == "percent" and {g.quantity for g in one.inputs.values()} <= set(quantities):
            return one.id, one.unit, []
    first = min(quantities.values(), key=lambda entry: entry["form"] != "printed_rate")
    rate = first["form"] == "printed_rate"
    entry = {
        "id": f"{first['id']}_published" if rate else f"number_of_{first['id']}",
        "name": first["name"],
        "unit": first["unit"],
        "formula": "as_published" if rate else "count",
        "inputs": {"value": first["id"]},
        "better": "higher",
        "bounds": [0, 100] if first["unit"] == "percent" else [0, None],
        "citation": {"source": _SOURCE, "locator": "-"},
    }
    return entry["id"], first["unit"], [entry]
