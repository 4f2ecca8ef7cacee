"""What each target asks for: gap, pace, people, and the baselines that a pace presupposes."""

from __future__ import annotations

from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.arithmetic import PromisedPace, bases_of_pace
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, join, note, table, tag
from edu_metrics.report.reasons import level_text
from edu_metrics.words import amount, in_year, number, percent, say, signed

__all__ = ["show_required_pace"]

#: Beyond so many years a count of years says no more than "not in our time".
LONG = 50


def show_required_pace(report: AreaReport) -> Html:
    """
    Show what each target asks for: gap, pace, and people behind it.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table of targets whose start is known, and the baselines that a pace presupposes.
    """
    lang = report.lang
    rows: list[list[Cell]] = []
    stated = False
    for target in report.numeric:
        found = report.assessments[target.id]
        judged = found.verdict in (Verdict.MET, Verdict.MISSED)
        if judged or found.last_value is None or found.gap is None:
            continue
        assumed = found.start == "plan_statement"
        stated |= assumed
        unit = report.unit_of(found)
        rows.append(
            [
                tag("strong", target.title.in_(lang)),
                _start(found, unit, lang) + (" †" if assumed else ""),
                level_text(found, unit, lang),
                _gap(found, unit, lang),
                _needed(found, unit, lang),
                _flow(found, found.past_pace, unit, lang),
                _years(found, lang),
                number(found.people, 0) if found.people is not None else "—",
                _remark(found, lang),
            ]
        )
    pieces: list[Cell] = []
    if rows:
        keys = ("promise", "start", "level", "gap", "needed_pace", "past_pace", "years_at_past")
        head = [say(f"report.{key}", lang) for key in (*keys, "people", "remark")]
        caption = say("report.pace_caption", lang)
        pieces.append(table(head, rows, caption=caption, numeric=(1, 2, 3, 4, 5, 6, 7)))
        pieces.append(tag("p", say("report.pace_note", lang), "small"))
    else:
        pieces.append(note(say("report.no_start", lang), "gap"))
    if stated:
        pieces.append(tag("p", say("report.stated_note", lang), "small"))
    pieces.append(_bands(report))
    return join(pieces)


def _start(found: Assessment, unit: str, lang: str) -> str:
    if found.total is not None and found.total.so_far is not None:
        done = amount(found.total.so_far, unit, lang)
        return say("report.sum_so_far", lang, done=done, year=found.last_year)
    start = amount(found.last_value, unit, lang)
    return start if found.last_year is None else in_year(start, found.last_year, lang)


def _gap(found: Assessment, unit: str, lang: str) -> str:
    asked = found.level or (found.total.bound if found.total else None)
    if found.gap is None or asked is None:
        return "—"
    # A strict bound is not kept by standing at it: the gap is more than nothing.
    more = "> " if asked.strict and found.gap >= 0 else ""
    if unit == "percent":
        return more + say("report.in_points", lang, value=number(found.gap, 2))
    return more + amount(found.gap, unit, lang)


def _needed(found: Assessment, unit: str, lang: str) -> str:
    if found.required_pace == 0 and not _at(found):
        return say("report.already_there", lang)
    return _flow(found, found.required_pace, unit, lang)


def _at(found: Assessment) -> bool:
    """Tell whether a series stands exactly where it has to pass."""
    return found.gap == 0 and found.level is not None and found.level.strict


def _flow(found: Assessment, pace: float | None, unit: str, lang: str) -> str:
    """Print a change a year; of a sum over years what a year brings."""
    if found.total is None or pace is None:
        return _pace(pace, unit, lang)
    return say("report.a_year", lang, amount=amount(pace, unit, lang))


def _pace(pace: float | None, unit: str, lang: str) -> str:
    if pace is None:
        return "—"
    if unit in ("yuan", "yuan_per_pupil"):
        return amount(pace, unit, lang)
    return signed(pace, 2)


def _years(found: Assessment, lang: str) -> str:
    if found.vacuous and found.total is None:
        return "0"
    if found.years_needed is None:
        return say("report.never", lang) if found.past_pace is not None else "—"
    if found.years_needed > LONG:
        return say("report.longer_than", lang, years=LONG)
    return str(found.years_needed)


def _remark(found: Assessment, lang: str) -> str:
    if found.verdict is Verdict.IMPOSSIBLE:
        return say(f"report.remark_impossible_{found.reason}", lang)
    if found.findings:
        return say(f"report.remark_{found.findings[0]}", lang)
    if found.vacuous:
        return say("report.remark_vacuous_sum" if found.total else "report.remark_vacuous", lang)
    return ""


def _bands(report: AreaReport) -> Html:
    """Show from which baselines a level can be reached at the pace promised beside it."""
    lang = report.lang
    found = [
        (target, bases)
        for target in report.numeric
        if (bases := bases_of_pace(report.plan, target)) is not None
    ]
    counts = sorted({steps for _, one in found for steps in one.bases})
    rows: list[list[Cell]] = [
        [
            target.title.in_(lang),
            str(one.level),
            " … ".join(_promised(one.pace, lang)),
            *(_band(one.bases.get(count)) for count in counts),
        ]
        for target, one in found
    ]
    if not rows:
        return Html("")
    head = [say(f"report.{key}", lang) for key in ("promise", "level", "promised_pace")]
    head += [say("report.base_in_steps", lang, steps=count) for count in counts]
    return table(
        head,
        rows,
        caption=say("report.bands_caption", lang),
        numeric=tuple(range(1, 3 + len(counts))),
    )


def _promised(pace: PromisedPace, lang: str) -> list[str]:
    """Print the ends of a promised pace, one number where there is one."""
    ends = dict.fromkeys([pace.slow.value, pace.fast.value])
    shown = [signed(end, 0 if end.is_integer() else 2) for end in ends]
    return [percent(one, lang) for one in shown] if pace.relative else shown


def _band(band: tuple[float, float] | None) -> str:
    if band is None:
        return "—"
    return " — ".join(number(base, 0 if base.is_integer() else 2) for base in band)
