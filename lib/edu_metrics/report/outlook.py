"""The chart of a target: what its series did, what may come, and what the plan asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from edu_metrics.catalog import Bound, Target
from edu_metrics.errors import ProjectionError
from edu_metrics.figures.svg import Ahead, Beside, course
from edu_metrics.reachability import Assessment, chance
from edu_metrics.report.columns import frame_of, picked
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Html, tag
from edu_metrics.report.reasons import bound_text, change_text
from edu_metrics.words import amount, number, percent, say

#: The pace beside the one that is needed is that of so many years.
RECENT = 3
#: Size of a chart. [px]
WIDTH, HEIGHT = 380, 200


def recent_pace(report: AreaReport, found: Assessment) -> float | None:
    """Give the mean change a year over the last three; None where one of its ends is not known."""
    if not found.indicator or found.last_year is None:
        return None
    exact = report.evidence.record(found.indicator, report.area.id).exact
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
    beside = _beside(report, target, found)
    if not record.exact and not beside.values:
        return Html("")
    asked = dict(_asked(report, target, found))
    ahead = _ahead(report, target, found)
    ends = dict.fromkeys((min(record.exact), max(record.exact))) if record.exact else {}
    drawing = course(
        dict(sorted(record.exact.items())),
        {year: bound.value for year, bound in asked.items()},
        labels={year: amount(record.exact[year], unit, lang) for year in ends},
        asked_labels={year: bound_text(bound, indicator, lang) for year, bound in asked.items()},
        alt=_alt(report, target, found, asked, ahead, beside),
        ahead=ahead,
        beside=beside,
        ticks=lambda value: _tick(value, unit, lang),
        width=WIDTH,
        height=HEIGHT,
    )
    return tag("figure", tag("figcaption", _message(report, found)) + Html(drawing))


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
    told = {"year": last, "value": amount(record.exact[last], unit, lang)}
    if not found.required_pace or found.closed == "decided":
        if found.level is None:
            return say("cards.message_plain", lang, **told)
        level = bound_text(found.level, indicator, lang)
        return say("cards.message_there", lang, level=level, **told)
    told = {"needed": change_text(found.required_pace, unit, lang)}
    if found.past_pace is not None:
        since = min(year for year in record.exact if year >= (record.since or year))
        told |= {"past": change_text(found.past_pace, unit, lang), "since": since}
        if since == last - RECENT:
            recent = None  # the same three years
    if recent is not None:
        told["recent"] = change_text(recent, unit, lang)
    known = "_".join(name for name in ("needed", "past", "recent") if name in told)
    return say(f"cards.message_{known}", lang, **told)


def _beside(report: AreaReport, target: Target, found: Assessment) -> Beside:
    """Give what is drawn beside the series: readings, other areas, a stated start, bounds."""
    name = str(found.indicator)
    record = report.evidence.record(name, report.area.id)
    alike = [one for one in (found, *found.others) if one.indicator == name]
    levels = tuple(sorted({one.level.value for one in alike if one.level is not None}))
    parent = report.area.parent
    above = (parent,) if parent in report.areas else ()
    others = dict.fromkeys([*above, *report.study.compare_with])
    compared = {
        report.area_name(other): dict(sorted(exact.items()))
        for other in others
        if (exact := report.evidence.record(name, other).exact)
    }
    stated = None
    if target.baseline and target.baseline.exact:
        stated = (target.baseline.year or report.plan.first_year, target.baseline.value)
    bounds = tuple(
        (year, value, kind in ("above", "at_least"))
        for year, (kind, value) in sorted(record.bounds.items())
    )
    return Beside(levels if len(levels) > 1 else (), compared, stated, bounds)


def _asked(report: AreaReport, target: Target, found: Assessment) -> Iterator[tuple[int, Bound]]:
    """Give the levels that the default reading asks for by year, or that its pace comes to."""
    reading = target.default_reading
    levels = [
        (year, bound)
        for condition in (reading.conditions if reading else ())
        if condition.type == "level"
        for year, bound in sorted(condition.at.items())
    ]
    if not levels and found.level is not None:
        levels = [(report.plan.deadline_of(target), found.level)]
    yield from levels


def _ahead(report: AreaReport, target: Target, found: Assessment) -> Ahead | None:
    """Give the range of what may come, up to the year in which the target is due."""
    if found.probability is None:
        return None
    until = report.plan.deadline_of(target)
    try:
        trajectory = report.evidence.trajectory(str(found.indicator), report.area.id, until)
    except ProjectionError:
        return None
    # The years beyond, drawn to tell when a level is reached, are not shown.
    shown = len([year for year in trajectory.years if year <= until])
    levels = trajectory.quantiles([0.1, 0.25, 0.5, 0.75, 0.9])[:, :shown]
    return Ahead(trajectory.years[:shown], *(tuple(map(float, row)) for row in levels))


def _alt(
    report: AreaReport,
    target: Target,
    found: Assessment,
    asked: dict[int, Bound],
    ahead: Ahead | None,
    beside: Beside,
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
    if beside.stated:
        told_of("describe_stated", year=beside.stated[0], value=float(beside.stated[1]))
    if asked:
        levels = (
            say("figure.describe_asked", lang, year=year, level=bound_text(bound, indicator, lang))
            for year, bound in asked.items()
        )
        told_of("describe_promised", promises=say("figure.list", lang).join(levels))
    if ahead:
        ends = {"low": ahead.low[-1], "median": ahead.middle[-1], "high": ahead.high[-1]}
        told_of("describe_projected", year=ahead.years[-1], **ends)
    if beside.compared:
        told_of("describe_compared", names=report.listed(beside.compared))
    parts = say("figure.joint", lang).join(told)
    mark = f"[{say('report.status_simulated', lang)}] " if report.study.simulated else ""
    return mark + say("figure.whole", lang, title=target.title.in_(lang), parts=parts)


def years_reached_table(report: AreaReport) -> pd.DataFrame:
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
    return frame_of(
        rows,
        "target title indicator unit level year reached_by_then kept_in_it kept_from_then "
        "median_year since horizon probability",
    )


def reached_text(found: Assessment, lang: str) -> str:
    """Say by when a level is likelier reached than not, and whether it is kept from then on."""
    years = found.reached
    if years is None:
        return ""
    if years.since is not None:
        told = say("noise.since", lang, year=years.since)
    elif years.median_year is None:
        told = say("noise.not_within", lang, years=len(years.years))
    else:
        told = str(years.median_year)
    due = max(result.check.due for result in found.checks)
    kept = dict(zip(years.years, years.stays, strict=True)).get(due)
    if kept is None or kept == 1:
        return told
    return say("cards.reached_kept", lang, told=told, due=due, chance=chance(kept, lang))
