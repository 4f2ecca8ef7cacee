"""Every numeric target of a report in one row: the table of its first page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from statistics import multimode
from typing import Any

from edu_metrics.catalog import Bound
from edu_metrics.figures.svg import spark
from edu_metrics.reachability import Assessment
from edu_metrics.reachability.checks import CHANGES
from edu_metrics.report.columns import Column, Table, draw
from edu_metrics.report.context import AreaReport
from edu_metrics.report.glance import group_text
from edu_metrics.report.html import Cell, Html, join, tag
from edu_metrics.report.outlook import recent_history
from edu_metrics.report.reasons import bound_text, level_text, series_caution, value_text
from edu_metrics.report.requirements import people_text
from edu_metrics.report.status_rules import why_apart
from edu_metrics.report.verdicts import verdict_and_chance
from edu_metrics.words import amount, in_year, number, say, signed, unit_of

#: Of so few targets columns that tell nothing are left out, and what numbers leave out is said.
FEW = 4
#: Marks what is expected of a target where the past pace, or published rules, say the opposite.
APART = "†"


def show_targets(report: AreaReport, found: Table) -> Html:
    """
    Show targets in a row each: course, latest value, what is expected, asked and needed, chance.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    found : Table
        Rows of its table ``bulletin``.

    Returns
    -------
    Html
        A table below a heading for each group, and what its marks mean.
    """
    lang = report.lang
    now, due = (_usual(found[name]) for name in ("last_year", "due"))
    ahead = _usual(row.due for row in found if row.median is not None)
    columns = [
        Column("bulletin.col_target", partial(_link, report, len({*found["indicator"]}) > 1)),
        Column("bulletin.col_course", partial(_spark, report)),
        Column(_dated("bulletin.col_now", now, lang), partial(_now, report, now), numeric=True),
        Column(
            _dated("bulletin.col_expected", ahead, lang),
            partial(_expected, report, ahead),
            numeric=True,
        ),
        Column(_dated("bulletin.col_asked", due, lang), partial(_due, report, due), numeric=True),
        Column("bulletin.col_needed", partial(_needed, report), numeric=True),
        Column("bulletin.col_recent", partial(_recently, report), numeric=True),
        Column(
            "bulletin.col_chance",
            lambda row: verdict_and_chance(report.assessments[row.target], lang),
        ),
    ]
    people = Column("bulletin.col_people", lambda row: short_text(report, row) or "—", numeric=True)
    if any(short_text(report, row) for row in found):
        columns.append(people)
    # Of a few targets a column may have nothing to say; the others have its room.
    shown = [one for one in columns if len(found) > FEW or _tells(one, found)]
    css = "cards targets" if shown == columns else "cards"
    counts = Counter(found["group"])
    key = "bulletin.table" if len(found) == len(report.numeric) else "bulletin.table_known"
    caption = say(key, lang, n=len(found))
    drawn = draw(
        found,
        shown,
        lang,
        caption=caption,
        css=css,
        above=lambda row: group_text(row.group, lang, counts[row.group]),
        csv="bulletin",
    )
    told = []
    if any(row.median is not None for row in found):
        told.append(tag("span", say("bulletin.table_note", lang)))
        told.append(tag("span", say("bulletin.table_interval", lang), "screen"))
    marks = {"*": "bulletin.table_earlier", APART: "bulletin.table_apart"}
    told += [tag("span", say(key, lang)) for mark, key in marks.items() if mark in drawn.text]
    if told:
        told.append(tag("span", say("bulletin.online", lang), "paper"))
    notes = tag("p", join(told, " "), "small") if told else Html("")
    return join([drawn, notes, *_cautions(report, found)])


def _tells(column: Column, found: Table) -> bool:
    """Tell whether a column has anything to say of any row."""
    nothing = ("—", str(tag("span", "—")))
    return any(str(column.cell(row)) not in nothing for row in found)


def _cautions(report: AreaReport, found: Table) -> list[Html]:
    """Say what the figures of a few targets leave out; of many the cards say it."""
    if len(found) > FEW:
        return []
    told = {row.title: series_caution(report, report.assessments[row.target]) for row in found}
    return [
        tag("p", say("bulletin.caution", report.lang, title=title, note=caution), "small")
        for title, caution in told.items()
        if caution
    ]


def _usual(years: Iterable[int | None]) -> int | None:
    """Give the year of most rows, the earliest of several."""
    found = multimode(sorted(year for year in years if year is not None))
    return found[0] if found else None


def _dated(key: str, year: int | None, lang: str) -> Html:
    title = say(key, lang)
    return join([title if year is None else in_year(title, year, lang)])


def _link(report: AreaReport, several: bool, row: Any) -> Html:
    """Lead to the card of a target; of a change say what the row is of, where it may be several."""
    link = tag("strong", tag("a", row.title, href=f"#card-{row.target}"))
    checks = report.assessments[row.target].checks
    if not several or not checks or any(one.check.measure in ("value", "sum") for one in checks):
        return link
    return link + tag("small", report.indicator_name(row.indicator))


def _spark(report: AreaReport, row: Any) -> Html:
    return Html(spark(history_of(report, row), _asked(row)))


def _now(report: AreaReport, usual: int | None, row: Any) -> str:
    """Give the latest value, with its year where that is not the ``usual`` one."""
    if not row.last_year:
        return "—"
    value = state_of(report, row)["value"]
    value = _whole(row, row.last_value) or value
    return value if row.last_year == usual else in_year(value, row.last_year, report.lang)


def _whole(row: Any, value: float) -> str:
    """Give a number of what is counted without its unit, which stands with what is required."""
    return number(value, 0) if unit_of(row.unit).whole else ""


def _expected(report: AreaReport, usual: int | None, row: Any) -> Html:
    """Give the middle of what may come when due, and its 80 % interval where there is room."""
    if row.median is None:
        return tag("span", "—")
    value = _whole(row, row.median) or amount(row.median, row.unit, report.lang)
    if why_apart(report, report.plan.target(row.target)):
        value += APART
    value = value if row.due == usual else in_year(value, row.due, report.lang)
    ends = report.assessments[row.target].interval
    if ends is None or not (row.unit == "percent" or unit_of(row.unit).whole):
        return tag("span", value)
    low, high = (number(end, 1 if row.unit == "percent" else 0) for end in ends)
    # Ends that are printed alike are no interval.
    return join([value, tag("small", f"{low}–{high}")] if low != high else [value])


def _due(report: AreaReport, usual: int | None, row: Any) -> Cell:
    total = report.assessments[row.target].total
    if total is not None:
        asked = amount(total.bound.value, row.unit, report.lang)
        return say(
            "bulletin.in_total", report.lang, value=asked, first=total.years[0], last=row.due
        )
    level: str = state_of(report, row)["level"]
    failed = [one.check.due for one in report.assessments[row.target].checks if one.holds is False]
    due = min(failed, default=row.due)
    level = level if due == usual or row.level is None else in_year(level, due, report.lang)
    return join([level, *_earlier(report, row)])


def _earlier(report: AreaReport, row: Any) -> list[Html]:
    """Say what is due in earlier years: levels, the same level already, or changes."""
    lang, indicator = report.lang, report.catalog.indicators.get(row.indicator or "")
    checks = [one.check for one in report.assessments[row.target].checks]
    asked = {one.due: one.bounds for one in checks if one.measure == "value"}
    ahead = {year: one for year, one in asked.items() if (row.last_year or 0) < year < row.due}
    told = []
    if ahead and {*ahead.values()} == {asked.get(row.due)}:
        told.append(say("bulletin.from_year", lang, year=min(ahead)))
    elif indicator:
        told += [
            in_year(bound_text(bound, indicator, lang), year, lang)
            for year, bounds in sorted(ahead.items())
            for bound in bounds
        ]
    if asked and any(one.measure in CHANGES for one in checks):
        told.append(say("bulletin.change_too", lang))
    return [tag("small", one) for one in told]


def _needed(report: AreaReport, row: Any) -> str:
    found, lang = report.assessments[row.target], report.lang
    if row.required_pace is None or row.group in ("met", "missed"):
        return "—"
    if found.total is not None:
        return amount(row.required_pace, row.unit, lang)
    if row.required_pace:
        needed = _signed(row, row.required_pace, lang)
        # The hardest of several years may come before the last one.
        return needed if row.required_by == row.due else f"{needed}*"
    if moved := any_move(found):
        return say("bulletin.any_rise" if moved.rising else "bulletin.any_fall", lang)
    return say("bulletin.none_needed", lang)


def _recently(report: AreaReport, row: Any) -> str:
    if report.assessments[row.target].total is None:
        return _signed(row, row.recent_pace, report.lang)
    return amount(row.recent_pace, row.unit, report.lang, like=row.required_pace)


def _signed(row: Any, value: float | None, lang: str) -> str:
    """Print a change a year with its sign: of percentages in points, which the note says."""
    if value is None:
        return "—"
    if row.unit == "percent":
        return signed(value)
    if unit_of(row.unit).whole:
        return signed(value, 0 if round(value, 1) == round(value) else 1)
    size = amount(round(abs(value), 1), row.unit, lang, like=row.last_value)
    return {1: "+", 0: "", -1: "−"}[(value > 0) - (value < 0)] + size


def short_text(report: AreaReport, row: Any) -> str:
    """Say how many are missing; where any move is enough one more is no answer."""
    if not row.people or any_move(report.assessments[row.target]):
        return ""
    return people_text(report, row.indicator, row.people)


def state_of(report: AreaReport, row: Any) -> dict[str, Any]:
    """Word the latest value of a target, its year, and the level asked, by the names of texts."""
    lang, found = report.lang, report.assessments[row.target]
    value = "—" if row.last_value is None else value_text(report, found, row.last_value)
    level = level_text(report, found)
    # A strict bound at the last value itself asks for any move away from it.
    if moved := any_move(found):
        key = "bulletin.above_last" if moved.rising else "bulletin.below_last"
        level = say(key, lang)
    return {"year": row.last_year, "value": value, "level": level}


def any_move(found: Assessment) -> Bound | None:
    """Give the level where any move the better way is enough: just beyond where a series stands."""
    return found.level if found.level is not None and found.level.strict and not found.gap else None


def history_of(report: AreaReport, row: Any) -> dict[int, float]:
    """Give the last values of a target's series."""
    return recent_history(report, report.assessments[row.target])


def _asked(row: Any) -> dict[int, float]:
    return {} if row.level is None else {row.due: row.level}
