"""Maps of tiles in an overview: each part of the whole roughly where it lies, with its series."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edu_metrics.catalog import Area
from edu_metrics.figures.svg import VERDICT_COLOURS, VERDICT_MARKS, Tile, tile_map
from edu_metrics.report.city import CityReport
from edu_metrics.report.columns import Table, table_of
from edu_metrics.report.html import Html, details, join, tag
from edu_metrics.words import amount, say, unit_of


@dataclass(frozen=True, slots=True)
class _Series:
    """An indicator that a target judges, or a printed quantity that none does, in all parts."""

    id: str
    name: str
    unit: str
    target: str | None
    values: Mapping[str, Mapping[int, float]]


def show_tile_maps(report: CityReport) -> Html:
    """
    Draw the parts of the whole as tiles, a map for each indicator and each other printed figure.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    Html
        The maps; nothing where the definitions give the parts no tiles.
    """
    known = list(_series(report))
    judged = join(_map(report, one) for one in known if one.target)
    beside = join(_map(report, one) for one in known if not one.target)
    if not (judged.text or beside.text):
        return judged
    link = report.tables.link("by_place")
    if not beside.text:
        return judged + link
    return judged + details(say("city.tiles_beside", report.lang), beside) + link


def by_place_table(report: CityReport) -> Table:
    """Give what the maps draw, one row an area, indicator or quantity, and year."""
    rows = (
        {"series": one.id, "area": area, "year": year, "value": value, "unit": one.unit}
        for one in _series(report)
        for area, values in one.values.items()
        for year, value in values.items()
    )
    return table_of(rows, "series area year value unit")


def _series(report: CityReport) -> Iterator[_Series]:
    placed = [area for area in report.parts if report.catalog.areas[area].tile]
    if not placed:
        return
    store = report.evidence
    for target in report.numeric:
        name = target.indicator or ""
        values = {area: store.record(name, area).exact for area in placed} if name else {}
        if any(values.values()):
            unit = report.catalog.indicators[name].unit
            yield _Series(name, report.indicator_name(name), unit, target.id, values)
    judged = [report.catalog.indicators[t.indicator] for t in report.numeric if t.indicator]
    used = {given.quantity for indicator in judged for given in indicator.inputs.values()}
    table = store.table
    plain = table["group"].eq("all") & table["bound"].eq("exact")
    for printed, rows in table[plain & table["area"].isin(placed)].groupby("quantity"):
        quantity = report.catalog.quantities[str(printed)]
        if quantity.form == "printed_rate" and quantity.id not in used:
            found = {
                str(area): dict(zip(own["year"].tolist(), own["value"].tolist(), strict=True))
                for area, own in rows.sort_values(["year", "vintage"]).groupby("area", sort=False)
            }
            title = report.quantity_name(quantity.id)
            yield _Series(quantity.id, title, quantity.unit, None, found)


def _map(report: CityReport, series: _Series) -> Html:
    lang, catalog = report.lang, report.catalog
    last = max(year for values in series.values.values() for year in values)
    newest = {area: values[last] for area, values in series.values.items() if last in values}
    largest = max(map(abs, newest.values()))
    printed = {
        area: amount(value, series.unit, lang, like=largest) for area, value in newest.items()
    }
    unit, shown = _without_unit(printed)
    tiles = {}
    for area, values in series.values.items():
        entry = catalog.areas[area]
        verdict = report.assessments[area, series.target].verdict if series.target else None
        colour = VERDICT_COLOURS[verdict][0] if verdict else ""
        if entry.tile:
            mark = f"{VERDICT_MARKS[verdict]} " if verdict else ""
            name = mark + _short(entry, lang)
            tiles[entry.tile] = Tile(name, shown.get(area, "—"), values, colour)
    low, high = (pick(newest, key=newest.__getitem__) for pick in (min, max))
    ends = {"low": low, "high": high}
    told = {name: report.area_name(area) for name, area in ends.items()}
    told |= {f"{name}_value": printed[area] for name, area in ends.items()}
    alt = say("city.tiles_alt", lang, year=last, n=len(newest), **told)
    first = min(year for values in series.values.values() for year in values)
    title = say(
        "city.tiles" if unit else "city.tiles_plain",
        lang,
        name=series.name,
        unit=unit,
        first=first,
        last=last,
    )
    alike = not unit_of(series.unit).money
    keys = ["tiles_alike" if alike else "tiles_own", *(["tiles_judged"] if series.target else [])]
    words = [*(say(f"city.{key}", lang) for key in keys), alt]
    drawn = Html(f'<div class="scroll">{tile_map(tiles, alt, alike=alike)}</div>')
    return tag("h3", title) + drawn + tag("p", ("" if lang == "zh" else " ").join(words), "small")


def _short(area: Area, lang: str) -> str:
    """Give a name that a tile has room for: in Chinese the first alias, which lacks 省 or 市."""
    return area.aliases[0] if lang == "zh" and area.aliases else area.name.in_(lang)


def _without_unit(printed: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Take the unit off printed amounts, where all have the same: it stands in the heading."""
    parts = {area: re.fullmatch(r"([^ \w]*[\d.,]+) ?(.*)", text) for area, text in printed.items()}
    units = {part[2] if part else None for part in parts.values()}
    if len(units) > 1 or None in units:
        return "", printed
    return str(*units), {area: part[1] for area, part in parts.items() if part}
