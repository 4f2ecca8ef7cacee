"""What a plan asks for a year beside what other areas did in the same years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from edu_metrics.catalog import Level, Target
from edu_metrics.reachability.arithmetic import pace_of_target
from edu_metrics.report.columns import Column, Table, draw, strong_title, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, join, tag
from edu_metrics.words import amount, say, signed

#: Paces closer than this are the same: the last digit of a printed percentage.
ALIKE = 0.05
#: What a plan is beside an area; a slower one is said first.
ANSWERS = ("slower", "opposite", "faster", "alike")
#: How many sentences stand above the table.
SAID = 3


def show_beside(report: AreaReport) -> Html:
    """
    Say of each promised pace how it compares with that of areas to compare with, and show both.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A heading, sentences and a table; nothing where no area above has a series in those years.
    """
    lang, found = report.lang, report.tables.rows("beside")
    if not found:
        return Html("")
    columns = [
        Column("beside.promise", strong_title),
        Column("beside.asked", lambda row: _pace(row, row.asked_pace, lang), numeric=True),
        Column("beside.area", lambda row: report.area_name(row.area)),
        Column("beside.moved", lambda row: _pace(row, row.area_pace, lang), numeric=True),
        Column("beside.years", lambda row: _years(row, lang)),
        Column("beside.series", lambda row: report.indicator_name(row.series)),
    ]
    said: list[Cell] = [_sentence(report, row) for row in found.rows[:SAID]]
    areas = report.listed(map(report.area_name, dict.fromkeys(found["area"])))
    return join(
        [
            tag("h2", say("beside.title", lang, areas=areas)),
            *(tag("p", sentence) for sentence in said),
            draw(
                found,
                columns,
                lang,
                caption=say("beside.caption", lang, areas=areas),
                css="cards",
                csv="beside",
            ),
            tag("p", say("beside.note", lang), "small"),
        ]
    )


def beside_table(report: AreaReport) -> Table:
    """
    Give each promised pace and that of an area above, one row a target and area.

    ``asked_pace`` and ``area_pace`` are changes a year, relative ones in percent of the year
    before; ``answer`` says whether the plan is slower, faster or alike, or goes the opposite way.
    """
    above = dict.fromkeys([*report.study.compare_with, *report.catalog.above(report.area.id)])
    known = [area for area in above if area in report.catalog.areas and area != report.area.id]
    rows = []
    for target in report.numeric:
        asked = _asked(report, target)
        for area in known if asked else ():
            found = _moved(report, target, area, asked["relative"], asked["since"])
            if found:
                moved = {**asked, **found, "target": target.id, "area": area}
                rows.append({**moved, "title": report.title(target.id), "answer": _answer(moved)})
    table = table_of(
        rows,
        "target title area series asked_pace relative area_pace answer first first_value last "
        "last_value unit",
    )
    return table.ordered(lambda row: ANSWERS.index(row.answer))


def _asked(report: AreaReport, target: Target) -> dict[str, Any]:
    """Give the pace that a plan asks for under the default reading; nothing where it has none."""
    pace = pace_of_target(report.plan, target)
    base = target.baseline.year if target.baseline and target.baseline.year else None
    since = base or report.plan.first_year - 1
    if pace is not None:
        size = pace.slowest if pace.sized else 0.0
        relative = pace.relative
    else:
        points = {base: target.baseline.value} if base and target.baseline else {}
        reading = target.default_reading
        for condition in reading.conditions if reading else ():
            if isinstance(condition, Level):
                points |= {year: bound.value for year, bound in condition.at.items()}
        size, relative = _a_year(points, relative=False), False
    return {"asked_pace": size, "relative": relative, "since": since} if size else {}


def _a_year(points: Mapping[int, float], *, relative: bool) -> float:
    """Give the mean change a year from the first to the last of some values."""
    if len(points) < 2:
        return 0.0
    first, last = min(points), max(points)
    years = last - first
    if relative:
        return 100 * ((points[last] / points[first]) ** (1 / years) - 1) if points[first] else 0.0
    return (points[last] - points[first]) / years


def _moved(
    report: AreaReport, target: Target, area: str, relative: bool, since: int
) -> dict[str, Any] | None:
    """Give what an area did within the years of the plan, or in as many before what is known."""
    until = report.plan.last_year
    for name in _series(report, str(target.indicator)):
        exact = report.evidence.record(name, area).exact
        newest = max(exact, default=since)
        late = max(0, until - newest) if newest <= since else 0
        span = {y: v for y, v in sorted(exact.items()) if since - late <= y <= until - late}
        if len(span) >= 2:
            first, last = min(span), max(span)
            return {
                "series": name,
                "unit": report.catalog.indicators[name].unit,
                "area_pace": _a_year(span, relative=relative),
                **{"first": first, "first_value": span[first]},
                **{"last": last, "last_value": span[last]},
            }
    return None


def _series(report: AreaReport, indicator: str) -> Iterator[str]:
    """Give an indicator, then its printed forms: a rate of a larger whole is another one."""
    yield indicator
    for one in report.catalog.indicators.values():
        if one.published_form_of == indicator:
            yield one.id


def _answer(row: Mapping[str, Any]) -> str:
    """Tell whether a plan is slower, faster or as fast in its own direction; a fall is no pace."""
    way = 1 if row["asked_pace"] > 0 else -1
    ahead = way * (row["asked_pace"] - row["area_pace"])
    if abs(ahead) < ALIKE:
        return "alike"
    if way * row["area_pace"] <= -ALIKE:
        return "opposite"
    return "faster" if ahead > 0 else "slower"


def _sentence(report: AreaReport, row: Any) -> str:
    lang = report.lang
    told = {
        "title": row.title,
        "asked": _pace(row, row.asked_pace, lang),
        "moved": _pace(row, row.area_pace, lang),
        "area": report.area_name(row.area),
        "first": row.first,
        "last": row.last,
    }
    said = say(f"beside.{row.answer}", lang, **told)
    own = str(report.plan.target(row.target).indicator)
    if row.series == own:
        return said
    return said + say("beside.other_series", lang, name=report.indicator_name(row.series))


def _pace(row: Any, pace: float, lang: str) -> str:
    shown = signed(pace, 1 if abs(pace) >= 1 else 2)
    if row.relative:
        return say("beside.percent", lang, value=shown)
    if row.unit == "percent":
        return say("beside.points", lang, value=shown)
    return amount(pace, row.unit, lang)


def _years(row: Any, lang: str) -> str:
    ends = {
        name: amount(getattr(row, f"{name}_value"), row.unit, lang) for name in ("first", "last")
    }
    told = {"start": ends["first"], "end": ends["last"], "first": row.first, "last": row.last}
    return say("beside.span", lang, **told)


def show_documents_to_ask(report: AreaReport) -> Html:
    """
    Name the documents that nobody here has read and that would say more of the same place.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A sentence for each; nothing where the plan names none.
    """
    lang = report.lang
    named = []
    for name in report.plan.ask_for:
        source = report.catalog.sources[name]
        if source.date and source.date > report.study.as_of:
            continue  # nobody could ask for it yet
        number = source.document_number
        told = {"title": source.title.in_(lang), "number": number or ""}
        key = "beside.document" if number else "beside.document_without_number"
        said = say(key, lang, **told)
        more = ("" if lang == "zh" else " ") + source.note.in_(lang) if source.note else ""
        named.append(said + more)
    return join(tag("p", said, "note") for said in named)
