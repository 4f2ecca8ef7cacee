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
from edu_metrics.files import packaged_yaml, write_whole_files
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
_SOURCE = "numbers"
#: A table is read until nothing in it is unknown: its columns, areas and quantities in turn.
_PASSES = 6
#: Words before a unit, by powers of ten.
_SCALES = ("", "十", "百", "千", "万", "十万", "百万", "千万")
#: A day after every year; the days of publication are assumed where numbers are written.
_LATER = LAST_DAY.isoformat()


@dataclass(frozen=True)
class _Start:
    """What a new project is about: numbers, entries of definitions, and what fills its files."""

    rows: pd.DataFrame
    tables: dict[str, list[dict[str, Any]]]
    fields: dict[str, str]
    plan: str
    invented: bool


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
    start = _example() if table is None else _from_table(table, invented)
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
    fields = {
        **start.fields,
        "lang": lang,
        "simulated": str(start.invented).lower(),
        "disclosure": "published" if start.invented else "protected",
    }
    filled = {
        definitions / "project.yaml": "project.yaml",
        definitions / "plans" / f"{fields['plan']}.yaml": start.plan,
        definitions / "studies" / f"{fields['study']}.yaml": "study.yaml",
        folder / "notebooks" / "look.ipynb": "look.txt",
    }
    texts = {path: _filled(template, fields, lang) for path, template in filled.items()}
    for table, entries in start.tables.items():
        if entries:
            lines = [f"- {json.dumps(entry, ensure_ascii=False)}" for entry in entries]
            head = f"# {say(f'start.{table}', lang)}"
            texts[definitions / f"{table}.yaml"] = "\n".join([head, *lines, ""])
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


def _numbers(start: _Start) -> bytes:
    """Write the numbers as a raw file has them."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    grouped = bool(start.tables.get("groups"))
    writer.writerow(GROUPED if grouped else HEADER)
    status = "simulated" if start.invented else "reported"
    for row in start.rows.to_dict("records"):
        hidden = row.get("status") == "suppressed"
        printed, unit = ("", row["unit"]) if hidden else _printed(row)
        part = row.get("period", "year").replace("m", "").upper()
        year = row["year"] if part == "YEAR" else f"{row['year']}-{part}"
        group = (row["group"],) if grouped else ()
        cells = (row["area"], row["quantity"], *group, year, printed, row.get("bound", "exact"))
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


def _example() -> _Start:
    """Take the invented numbers that come with the package."""
    given = packaged_yaml(__package__, "template/example.yaml")
    wide = pd.read_csv(io.StringIO((files(__package__) / "template/example.csv").read_text()))
    rows = wide.melt(["area", "year"], var_name="quantity").assign(unit="persons")
    tables = {name: given[name] for name in ("areas", "sources")}
    return _Start(rows, tables, given["fields"], "plan_example.yaml", invented=True)


def _from_table(path: Path, invented: bool) -> _Start:
    """Take places and quantities of a table; what is defined already is recognised by its name."""
    given, table = _read_table(path)
    places = _places(given.areas)
    if invented:
        places = [{**place, "invented": True} for place in places]
    own = [entry for entry in given.quantities if entry["id"] in set(table["quantity"])]
    used = {one: quantity.model_dump() for one, quantity in given.catalog().quantities.items()
            if one in set(table["quantity"])}  # fmt: skip
    rows = table.assign(unit=[used[name]["unit"] for name in table["quantity"]])
    indicator, unit, added = _indicator(used)
    last = int(rows["year"].max())
    texts = _texts()
    fields = {
        **texts["fields"],
        "area": places[0]["id"],
        "areas": f"[{', '.join(place['id'] for place in places)}]",
        "as_of": f"{last + 1}-06-30",
        "issued": f"{last}-12-31",
        "next": str(last + 1),
        "last": str(last + 3),
        "indicator": indicator,
        "unit": unit,
        "level": "90" if unit == "percent" else f"{1.05 * rows['value'].max():.0f}",
    }
    tables = {
        "areas": places,
        "sources": texts["sources"],
        "groups": given.groups,
        "quantities": own,
        "indicators": added,
    }
    return _Start(rows, tables, fields, "plan_from_table.yaml", invented)


def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = packaged_yaml(__package__, "template/from_table.yaml")
    return texts


@dataclass
class _Given:
    """What a table has names for that nobody has defined: entries of the new project."""

    areas: dict[str, str] = field(default_factory=dict)
    quantities: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)

    def catalog(self) -> Catalog:
        """Put together what is inherited and what a table has names for."""
        areas = {
            one: Area.model_validate({"id": one, "name": {"zh": name}, "level": "city"})
            for one, name in self.areas.items()
        }
        quantities = {entry["id"]: Quantity.model_validate(entry) for entry in self.quantities}
        return Catalog(
            Path(),
            sources={_SOURCE: Source.model_validate(_texts()["sources"][0])},
            areas=areas,
            groups={entry["id"]: Group.model_validate(entry) for entry in self.groups},
            quantities={**inherited_entries("quantities"), **quantities},
        )

    def add(self, log: intake.Log) -> bool:
        """Take the names that were not understood; tell whether there were any."""
        areas, parts = _area_names(log, self.areas.values()), log.not_understood("group")
        names = log.not_understood("quantity", "head")
        for name in areas:
            self.areas[_slug(name, f"area_{len(self.areas) + 1}", self.areas)] = name
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


def _area_names(log: intake.Log, known: Iterable[str]) -> list[str]:
    """Give the areas of a table that are not known yet, what adds up others first."""
    totals = [
        raw for _, _, _, raw, _, rule in log.repairs if rule == "total" and intake.is_total(raw)
    ]
    names = [intake.bare(name) for name in (*log.not_understood("area"), *totals)]
    held = {plain(name) for name in known}
    new = {plain(name): name for name in names if plain(name) not in held}
    return sorted(new.values(), key=lambda name: not _is_whole(name))


def _is_whole(name: str) -> bool:
    return plain(name) in map(plain, _WHOLES)


def _slug(name: str, otherwise: str, taken: Iterable[str] = ()) -> str:
    """Make an id of a name; of one in another script nothing is left, and it is numbered."""
    slug = "_".join(re.findall(r"[a-z0-9]+", name.lower()))
    return slug if slug and name.isascii() and slug not in taken else otherwise


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


def _places(names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Make a place of each name; one that stands for all comes first and holds the others."""
    whole = next((one for one, name in names.items() if _is_whole(name)), None)
    places = []
    for one in sorted(names, key=lambda one: one != whole):
        level = "city" if one == whole or len(names) == 1 else "district"
        above = {"parent": whole} if whole and one != whole else {}
        places.append({"id": one, "name": _same(names[one]), "level": level, **above})
    return places


def _indicator(
    quantities: Mapping[str, dict[str, Any]],
) -> tuple[str, str, list[dict[str, Any]]]:
    """Choose what the example plan promises: a percentage that is defined, or a quantity."""
    indicators: dict[str, Indicator] = inherited_entries("indicators")
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
