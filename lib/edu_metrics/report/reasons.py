"""Sentences made from an assessment's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edu_metrics.catalog import Bound, Indicator, Target
from edu_metrics.observations.computing import forms_of
from edu_metrics.reachability import Assessment, Check, CheckResult, Verdict
from edu_metrics.report.glance import beside_level, is_hidden, level_words
from edu_metrics.trajectories import TRIED_YEARS
from edu_metrics.words import amount, bounded, number, percent, say, short, signed, unit_of

if TYPE_CHECKING:
    from edu_metrics.report.context import StudyReport

#: Where a series starts from what the plan itself says.
STATED = "plan_statement"
#: A margin that one printed decimal hides. [percentage points]
NEAR = 0.05
#: What two numbers may differ by and be the same.
DUST = 1e-6


def level_text(report: StudyReport, found: Assessment) -> str:
    """Word the level, or the sum over years, that a target comes to, strict where it is strict."""
    lang = report.lang
    if found.level is not None:
        value = found.last_value
        if value is not None and abs(found.level.value - value) < DUST and is_hidden(value, value):
            # The level is that of the last year: as many decimals as the value has.
            return bounded(found.level.op, value_text(report, found, value), lang)
        return bound_text(found.level, report.catalog.indicators[str(found.indicator)], lang)
    if found.total is None:
        return "—"
    total = found.total.bound
    bounds = bounded(total.op, amount(total.value, report.unit_of(found), lang), lang)
    first, last = found.total.years[0], found.total.years[-1]
    return say("report.sum_level", lang, bounds=bounds, first=first, last=last)


def value_text(report: StudyReport, found: Assessment, value: float) -> str:
    """
    Print a value beside the level asked of it.

    Parameters
    ----------
    report : StudyReport
        Where units come from.
    found : Assessment
        Whose level it stands beside.
    value : float
        The value. [unit of the indicator]

    Returns
    -------
    str
        With two decimals where one hides on which side of the level it stands.
    """
    level = found.level.value if found.level else None
    return beside_level(value, level, report.unit_of(found), report.lang)


def series_caution(report: StudyReport, found: Assessment) -> str:
    """
    Say what has to be known of a series before its numbers are compared.

    Parameters
    ----------
    report : StudyReport
        Where definitions come from.
    found : Assessment
        Whose indicator it is.

    Returns
    -------
    str
        The note of the indicator's definition, such as that technical schools are not counted;
        empty where it has none.
    """
    note = report.catalog.indicator(found.indicator).note if found.indicator else None
    return note.in_(report.lang) if note else ""


def reading_text(target: Target, found: Any, lang: str) -> str:
    """Say under which reading, and how many steps, something was found: its two fields."""
    if found.reading is None:
        return ""
    label = target.reading(found.reading).label.in_(lang)
    if found.steps is None:
        return label
    return say("report.reading_with_steps", lang, label=label, steps=found.steps)


def because(report: StudyReport, found: Assessment) -> str:
    """
    Say in one sentence why a verdict is what it is.

    Parameters
    ----------
    report : StudyReport
        Where names and units come from.
    found : Assessment
        The assessment.

    Returns
    -------
    str
        The sentence; empty where the verdict speaks for itself.
    """
    told = [_reason(report, found)]
    told += [say(f"report.finding_{name}", report.lang) for name in found.findings]
    told += [
        say(f"report.caution_{name}", report.lang, last=found.last_year, tried=TRIED_YEARS)
        for name in found.cautions
    ]
    told.append(_in_doubt(report, found))
    return say("report.semicolon", report.lang).join(one for one in told if one)


def _in_doubt(report: StudyReport, found: Assessment) -> str:
    """Say that numbers behind an assessment are odd; of sums and ends other sentences speak."""
    if found.indicator is None:
        return ""
    indicator = report.catalog.indicators[found.indicator]
    behind = {indicator.id, *(given.quantity for given in indicator.inputs.values())}
    for form in forms_of(report.catalog, indicator):
        behind |= {given.quantity for given in form.inputs.values()}
    years = {
        one.years[-1]
        for one in report.odd
        if one.area in ("", found.area)
        and one.quantity in behind
        and one.rule not in ("sums", "ended")
    }
    return say("inspect.verdict", report.lang, years=report.listed(sorted(years))) if years else ""


def _reason(report: StudyReport, found: Assessment) -> str:
    lang = report.lang
    unit = report.unit_of(found)
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        wanted = found.verdict is Verdict.MET
        decisive = [result for result in found.checks if result.holds is wanted]
        shown = [_check_text(result, unit, lang) for result in decisive]
        told = say("report.semicolon", lang).join(shown)
        if found.noise and found.noise.near:
            # The printed number decides; that chance might have decided otherwise is said.
            told += say("report.near_by_chance", lang, persons=number(found.noise.n, 0))
        return told
    if found.verdict is Verdict.NO_DATA:
        names = dict.fromkeys(report.quantity_name(item.quantity) for item in found.missing)
        years = sorted({item.year for item in found.missing})
        if not names:
            return ""
        return say(
            "report.because_suppressed" if found.reason else "report.because_no_data",
            lang,
            quantities=say("report.list_comma", lang).join(names),
            years=_span(years, lang),
        )
    if found.verdict is Verdict.CANNOT_TELL:
        reason = (found.reason or "").split(":")[0]
        if reason == "reading_undecided" and found.reading:
            target = report.plan.target(found.target)
            undecided = target.reading(found.reading).undecided
            return undecided.in_(lang) if undecided else ""
        return say(f"report.because_{reason}", lang)
    if found.verdict is Verdict.IMPOSSIBLE:
        return say(f"report.because_impossible_{found.reason}", lang)
    if found.probability is not None:
        sums = [one.check for one in found.checks if one.check.measure == "sum"]
        if found.level is None and sums:
            return _sums_text(report, found, sums)
        return say(
            "report.because_forecast_compared"
            if found.level is None
            else "report.because_forecast",
            lang,
            value=value_text(report, found, float(found.last_value or 0.0)),
            year=found.last_year,
            level=level_text(report, found),
        )
    return ""


def _sums_text(report: StudyReport, found: Assessment, sums: list[Check]) -> str:
    lang, unit = report.lang, report.unit_of(found)
    asked = (
        say(
            "report.sum_asked",
            lang,
            first=check.years[0],
            last=check.years[-1],
            bounds=_bounds_text(check, unit, lang),
        )
        for check in sums
    )
    return say(
        "report.because_forecast_sum",
        lang,
        value=amount(found.last_value, unit, lang),
        year=found.last_year,
        sums=say("report.semicolon", lang).join(asked),
    )


def _bounds_text(check: Check, unit: str, lang: str) -> str:
    """Word what a check asks, in the unit of what it measures where that is the indicator's."""
    own = check.measure in ("value", "sum") or (check.measure == "points" and unit_of(unit).money)

    def shown(value: float) -> str:
        if own:
            return amount(value, unit, lang)
        told = short(value)
        return percent(told, lang) if check.measure in _IN_PERCENT else told

    return say("report.and", lang).join(
        bounded(bound.op, shown(bound.value), lang) for bound in check.bounds
    )


def _check_text(result: CheckResult, unit: str, lang: str) -> str:
    check, measured = result.check, result.measured
    bounds = _bounds_text(check, unit, lang)
    values = {"first": check.years[0], "last": check.years[-1], "bounds": bounds}
    if measured is None:
        return say("report.check_bound", lang, **values)
    if check.measure in ("points", "points_per_step"):
        money = unit_of(unit).money
        shown = amount(measured, unit, lang) if money else signed(measured, 2)
    elif check.measure == "percent":
        shown = percent(signed(measured, 1), lang)
    elif check.measure in ("rank", "rank_pct", "areas", "areas_pct"):
        shown = number(measured, 0)
    else:
        shown = amount(measured, unit, lang)
    told = say(f"report.check_{check.measure}", lang, measured=shown, **values)
    if unit == "percent" and result.margin is not None and abs(result.margin) < NEAR:
        # Rounded for print the value may look like the bound itself: the margin decides.
        told += say("report.margin", lang, margin=signed(result.margin, 4))
    return told


def _span(years: list[int], lang: str) -> str:
    if len(years) > 2 and years == list(range(years[0], years[-1] + 1)):
        return say("record.years_span", lang, first=years[0], last=years[-1])
    return say("report.list_comma", lang).join(str(year) for year in years)


#: What a check measures in percent of a whole or of what was before.
_IN_PERCENT = ("percent", "rank_pct", "areas_pct")


def bound_text(bound: Bound, indicator: Indicator, lang: str) -> str:
    """Word a level of an indicator."""
    return level_words(bound, indicator.unit, lang, indicator.bounds)


def change_text(value: float, unit: str, lang: str) -> str:
    """Print a change a year: percentages change by points."""
    if not round(value, 1):
        return say("bulletin.no_change", lang)
    points = unit == "percent"
    size = number(abs(value)) if points else amount(round(abs(value), 1), unit, lang)
    way, what = "up" if value > 0 else "down", "points" if points else "amount"
    return say(f"bulletin.{way}_{what}", lang, value=size)
