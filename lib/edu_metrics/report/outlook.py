"""The chart of a target: what its series did, what may come, and what the plan asks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from edu_metrics.catalog import Bound, Target
from edu_metrics.errors import ProjectionError
from edu_metrics.figures.svg import Line, course
from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.series import Record
from edu_metrics.report.columns import Table, picked, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Html, tag
from edu_metrics.report.reasons import bound_text, change_text, level_text, value_text
from edu_metrics.report.requirements import sum_text
from edu_metrics.words import amount, number, percent, say

#: The pace beside the one that is needed is that of so many years.
RECENT = 3
#: So many years make a small drawing.
SHOWN = 12
#: Size of a chart. [px]
WIDTH, HEIGHT = 380, 200


def recent_pace(report: AreaReport, found: Assessment) -> float | None:
    """
    Give the mean change a year over the last three; None where one of its ends is not known.

    Of a sum over years, which asks for so much a year, it is what the last three brought a year.
    """
    if not found.indicator or found.last_year is None:
        return None
    exact = report.evidence.record(found.indicator, report.area.id).exact
    if found.total is not None:
        brought = [exact.get(found.last_year - back) for back in range(RECENT)]
        return None if None in brought else sum(map(float, filter(None, brought))) / RECENT
    before, last = exact.get(found.last_year - RECENT), exact.get(found.last_year)
    return None if before is None or last is None else (last - before) / RECENT


def chart_of(report: AreaReport, target: Target) -> Html:
    """
    Draw what the series of a target did, what may come, and what is asked.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan.

    Returns
    -------
    Html
        A figure under its message, with a text alternative; nothing where no series is known.
    """
    found, lang = report.assessments[target.id], report.lang
    if not found.indicator:
        return Html("")
    record = report.evidence.record(found.indicator, report.area.id)
    indicator, unit = report.catalog.indicators[found.indicator], report.unit_of(found)
    stated, bounds = _stated(report, target), _bounds(record)
    compared = _compared(report, found)
    if not (record.exact or stated or bounds or compared):
        return Html("")
    lines = [*_ahead(report, target, found), *compared]
    asked = asked_levels(report, target)
    alike = [one for one in (found, *found.others) if one.indicator == indicator.id]
    levels = sorted({one.level.value for one in alike if one.level is not None})
    drawing = course(
        dict(sorted(record.exact.items())),
        [(year, one.value, bound_text(one, indicator, lang)) for year, one in asked.items()],
        labels={
            year: value_text(report, found, record.exact[year]) for year in _ends(record.exact)
        },
        alt=_alt(report, target.title.in_(lang), found, asked, lines),
        lines=lines,
        readings=levels if len(levels) > 1 else (),
        stated=stated,
        bounds=bounds,
        ticks=lambda value: _tick(value, unit, lang),
        way=bool(found.required_pace),
        width=WIDTH,
        height=HEIGHT,
    )
    message = tag("figcaption", _message(report, found))
    return tag("figure", message + Html(drawing))


def small_chart(report: AreaReport, target: Target, title: str, level: str) -> Html:
    """
    Draw the last years of a target's series, what may come, and what is asked, without an axis.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan, with a series.
    title : str
        The message of the chart.
    level : str
        What stands at the level of the year due.

    Returns
    -------
    Html
        A figure under its message, with a text alternative.
    """
    found, lang = report.assessments[target.id], report.lang
    indicator = report.catalog.indicators[str(found.indicator)]
    history = recent_history(report, found)
    # The 80 % interval alone: the card has both.
    asked, lines = asked_levels(report, target), _ahead(report, target, found)[:1]
    due = max(asked, default=0)
    drawing = course(
        history,
        [
            (year, one.value, level if year == due else bound_text(one, indicator, lang))
            for year, one in asked.items()
            if year > max(history)
        ],
        labels={year: value_text(report, found, history[year]) for year in _ends(history)},
        alt=_alt(report, title, found, asked, lines),
        lines=lines,
        way=False,
    )
    return tag("figure", tag("figcaption", title) + Html(drawing))


def recent_history(report: AreaReport, found: Assessment) -> dict[int, float]:
    """Give the last values of a target's series, as many as a small drawing has room for."""
    if not found.indicator:
        return {}
    exact = report.evidence.record(found.indicator, report.area.id).exact
    return {year: exact[year] for year in sorted(exact)[-SHOWN:]}


def _ends(history: Collection[int]) -> dict[int, None]:
    """Give the first and the last year of a series; none of an empty one."""
    return dict.fromkeys((min(history), max(history))) if history else {}


def _tick(value: float, unit: str, lang: str) -> str:
    if unit == "percent":
        return percent(number(value, 0 if float(value).is_integer() else 1), lang)
    return amount(value, unit, lang)


def _message(report: AreaReport, found: Assessment) -> str:
    """Say what the chart shows: the pace needed against the paces of the past, or where it is."""
    indicator = report.catalog.indicators[str(found.indicator)]
    lang, unit = report.lang, indicator.unit
    record = report.evidence.record(indicator.id, report.area.id)
    if not record.exact:
        return say("cards.not_measured", lang)
    recent, last = recent_pace(report, found), max(record.exact)
    told = {"year": last, "value": value_text(report, found, record.exact[last])}
    if found.total is not None and found.required_pace:
        return say("report.semicolon", lang).join(
            [level_text(report, found), sum_text(report, found, recent)]
        )
    if not found.required_pace or found.closed == "decided":
        if found.level is None:
            return say("cards.message_plain", lang, **told)
        return say("cards.message_there", lang, level=level_text(report, found), **told)
    told = {"needed": change_text(found.required_pace, unit, lang)}
    if found.required_by != report.plan.deadline_of(report.plan.target(found.target)):
        change, by = told["needed"], found.required_by
        told["needed"] = say("bulletin.up_to", lang, change=change, year=by)
    if found.past_pace is not None:
        since = min(year for year in record.exact if year >= (record.since or year))
        told |= {"past": change_text(found.past_pace, unit, lang), "since": since}
        if since == last - RECENT:
            recent = None  # the same three years
    if recent is not None:
        told["recent"] = change_text(recent, unit, lang)
    known = "_".join(name for name in ("needed", "past", "recent") if name in told)
    return say(f"cards.message_{known}", lang, **told)


def _compared(report: AreaReport, found: Assessment) -> list[Line]:
    """Give the series of the whole and of the areas that the study compares with."""
    parent = report.area.parent
    above = (parent,) if parent in report.areas else ()
    others = dict.fromkeys([*above, *report.study.compare_with])
    return [
        Line("other", dict(sorted(exact.items())), report.area_name(other), ahead=False)
        for other in others
        if (exact := report.evidence.record(str(found.indicator), other).exact)
    ]


def _stated(report: AreaReport, target: Target) -> tuple[int, float] | None:
    """Give the start that only the plan states."""
    if not target.baseline or not target.baseline.exact:
        return None
    return target.baseline.year or report.plan.first_year, target.baseline.value


def _bounds(record: Record) -> list[tuple[int, float, bool]]:
    """Give what is known as a bound only."""
    return [
        (year, value, kind in ("above", "at_least"))
        for year, (kind, value) in sorted(record.bounds.items())
    ]


def asked_levels(report: AreaReport, target: Target) -> dict[int, Bound]:
    """Give the levels that the default reading asks for by year, or that its pace comes to."""
    reading, found = target.default_reading, report.assessments[target.id]
    if not found.checks:
        return {}
    levels = {
        year: bound
        for condition in (reading.conditions if reading else ())
        # A level to so many digits is reached where it rounds, which the verdict's level says.
        if condition.type == "level" and condition.round_to is None
        for year, bound in sorted(condition.at.items())
    }
    if not levels and found.level is not None:
        levels = {report.plan.deadline_of(target): found.level}
    return levels


def _ahead(report: AreaReport, target: Target, found: Assessment) -> list[Line]:
    """Give what may come up to the due year: the median and the 80 % interval, then the 50 %."""
    if found.probability is None:
        return []
    until = report.plan.deadline_of(target)
    try:
        trajectory = report.evidence.trajectory(str(found.indicator), report.area.id, until)
    except ProjectionError:
        return []
    # The years beyond, drawn to tell when a level is reached, are not shown.
    years = [year for year in trajectory.years if year <= until]
    low, q25, middle, q75, high = (
        dict(zip(years, map(float, row), strict=False))
        for row in trajectory.quantiles([0.1, 0.25, 0.5, 0.75, 0.9])
    )
    return [
        Line("ahead", middle, low=low, high=high),
        Line("ahead", low=q25, high=q75),
    ]


def _alt(
    report: AreaReport,
    title: str,
    found: Assessment,
    asked: dict[int, Bound],
    lines: list[Line],
) -> str:
    """Put the chart into one sentence."""
    indicator = report.catalog.indicators[str(found.indicator)]
    lang, unit = report.lang, indicator.unit
    exact = report.evidence.record(indicator.id, report.area.id).exact
    told: list[str] = []

    def told_of(key: str, **numbers: Any) -> None:
        shown = {
            name: amount(value, unit, lang) if isinstance(value, float) else value
            for name, value in numbers.items()
        }
        told.append(say(f"figure.{key}", lang, **shown))

    first, last = min(exact, default=0), max(exact, default=0)
    if len(exact) > 1:
        ends = {"first": float(exact[first]), "last": float(exact[last])}
        told_of("describe_range", first_year=first, last_year=last, **ends)
    elif exact:
        told_of("describe_one", year=last, value=float(exact[last]))
    else:
        told_of("no_data")
    if stated := _stated(report, report.plan.target(found.target)):
        told_of("describe_stated", year=stated[0], value=float(stated[1]))
    if asked:
        levels = (
            say("figure.describe_asked", lang, year=year, level=bound_text(bound, indicator, lang))
            for year, bound in asked.items()
        )
        told_of("describe_promised", promises=say("figure.list", lang).join(levels))
    for ahead in (one for one in lines if one.ahead and one.values):
        end = max(ahead.values)
        ends = {"low": ahead.low[end], "median": ahead.values[end], "high": ahead.high[end]}
        told_of("describe_projected", year=end, **ends)
    if names := [one.name for one in lines if one.name]:
        told_of("describe_compared", names=report.listed(names))
    parts = say("figure.joint", lang).join(told)
    mark = f"[{say('report.status_simulated', lang)}] " if report.study.simulated else ""
    return mark + say("figure.whole", lang, title=title, parts=parts)


def courses_table(report: AreaReport) -> Table:
    """Give what the charts draw of a target: values, quantiles of what may come, what is asked."""
    rows = []
    for target in report.numeric:
        found = report.assessments[target.id]
        if not found.indicator:
            continue
        about = {"target": target.id, "title": report.title(target.id)}
        about |= {"indicator": found.indicator, "unit": report.unit_of(found)}
        exact = report.evidence.record(found.indicator, report.area.id).exact
        asked = asked_levels(report, target)
        wide, narrow = _ahead(report, target, found) or (Line(""), Line(""))
        parts = {"p10": wide.low, "p25": narrow.low, "p50": wide.values, "p75": narrow.high}
        parts |= {"p90": wide.high, "value": exact}
        for year in sorted({*exact, *wide.values, *asked}):
            told = {name: values.get(year) for name, values in parts.items()}
            bound = asked.get(year)
            rows.append(
                {**about, "year": year, **told, "asked": None if bound is None else str(bound)}
            )
    return table_of(rows, "target title indicator unit year value asked p10 p25 p50 p75 p90")


def years_reached_table(report: AreaReport) -> Table:
    """Give how likely a level has been reached and is kept, one row a target and year."""
    rows = (
        {
            **report.about(target, found),
            **picked(reached, "median_year since horizon"),
            "year": year,
            "reached_by_then": first,
            "kept_in_it": there,
            "kept_from_then": stays,
        }
        for target in report.numeric
        if (found := report.assessments[target.id]).reached is not None
        for reached in [found.reached]
        for year, first, there, stays in zip(
            reached.years, reached.first_hit, reached.still_there, reached.stays, strict=True
        )
    )
    return table_of(
        rows,
        "target title indicator unit level year reached_by_then kept_in_it kept_from_then "
        "median_year since horizon probability",
    )


def reached_text(found: Assessment, lang: str) -> str:
    """
    Say by when a level is likelier reached than not.

    It is a year and no second probability: whether the target is kept is the verdict's to say.
    Where more is asked than the level of the due year, it is said that this is the level alone.
    """
    years = found.reached
    # Where nothing can be said of the target, a year would be taken for an answer.
    if years is None or found.verdict is Verdict.CANNOT_TELL:
        return ""
    if years.since is not None:
        told = say("noise.since", lang, year=years.since)
    elif years.median_year is None:
        told = say("noise.not_within", lang, years=len(years.years))
    else:
        told = say("noise.in_year", lang, year=years.median_year)
    due = max(result.check.due for result in found.checks)
    if years.all_asked or years.median_year is None or years.median_year > due:
        return told
    return say("cards.reached_level", lang, told=told, due=due)
