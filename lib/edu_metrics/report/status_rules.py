"""What published status rules say of the same targets, and why they differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.reachability import Assessment, chance
from edu_metrics.reachability.published_rules import Answer, Rule, Unable
from edu_metrics.reachability.status_rules import Stance, StatusTable, Why, stance_of
from edu_metrics.report.columns import Column, Table, draw, strong_title, table_of
from edu_metrics.report.context import AreaReport, said_of_whole
from edu_metrics.report.html import Cell, Html, details, join, note, tag
from edu_metrics.report.labels import verdict_chip
from edu_metrics.words import amount, number, percent, say, signed, unit_of

#: Columns: rules that judge in words, then those that give numbers, two to a column.
WORDED = (Rule.OPEN_SDG, Rule.UN_CHART, Rule.GERMAN, Rule.SDR)
#: Marks a rule that comes to something else on the complement.
TURNED = "⇄"


@said_of_whole
def show_status_rules(report: AreaReport) -> Html:
    """
    Show our verdict and the answers of published rules on each target that they can judge.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table, and notes on what is inferred; or a sentence where no target has a level and two
        observed years; below it why they differ, by number, and what each says of the complement.
    """
    lang, found = report.lang, report.tables.rows("status_rules")
    if not found:
        return note(say("status.nothing", lang), "gap")
    tables = report.status_tables
    columns = [
        Column("report.promise", strong_title),
        Column("status.ours", partial(_ours, lang)),
        *(
            Column(
                _head(say(f"status.rule_{rule}", lang), say(f"status.ratio_{rule}", lang)),
                partial(_worded, report, rule),
            )
            for rule in WORDED
        ),
        Column(
            _head(say("status.inep", lang), say("status.inep_pair", lang)),
            lambda row: _inep(tables[row.target], lang),
        ),
        Column(
            _head(say("status.rule_unicef_aarr", lang), say("status.rates", lang)),
            lambda row: _rates(tables[row.target], lang),
        ),
    ]
    whys = [why for why in Why if any(why in one.why for one in tables.values())]
    # A column in which nothing can be given anywhere is left out, and said to be.
    given = {row.rule for row in found if row.unable is None}
    ranked = not given.isdisjoint((Rule.PERCENTILE, Rule.SPEED))
    if ranked:
        columns.append(Column("status.pace", lambda row: _paces(tables[row.target], lang)))
    columns.append(Column("status.why", lambda row: _numbers(report, whys, tables[row.target])))
    targets = found.first_of("target")
    caption = say("status.caption", lang, number=len(targets))
    turned = True in found["turned"]
    return join(
        [
            draw(targets, columns, lang, caption=caption, css="cards rules", csv="status_rules"),
            _reasons(whys, lang),
            tag("p", say("status.turned_note", lang, mark=TURNED), "small") if turned else "",
            _complements(report, targets),
            details(say("status.notes_summary", lang), _notes(found, lang, ranked=ranked)),
        ]
    )


def status_rules_table(report: AreaReport) -> Table:
    """Give what published rules say, one row a target and rule; ``unable`` says why nothing."""
    rows = (
        {**report.about(target, report.assessments[target.id]), **row}
        for target in report.numeric
        if target.id in report.status_tables
        for row in report.status_tables[target.id].as_rows()
    )
    return table_of(
        rows,
        "target title verdict probability rule status ratio score observed required unable turned",
    )


def _head(name: str, what: str) -> Html:
    """Name a rule, and below it what its number says."""
    return join([name, tag("small", what)])


def _numbers(report: AreaReport, whys: list[Why], found: StatusTable) -> str:
    """Give the numbers of the reasons why answers differ."""
    return report.listed(str(at) for at, why in enumerate(whys, 1) if why in found.why) or "—"


def _reasons(whys: list[Why], lang: str) -> Html:
    if not whys:
        return tag("p", say("status.agree", lang), "small")
    listed = join(tag("li", say(f"status.why_{why}", lang)) for why in whys)
    return tag("p", say("status.whys", lang), "small") + tag("ol", listed, "small")


def _complements(report: AreaReport, targets: Table) -> Html:
    """Say of each target what rules that tell two stories say of the complement."""
    lang = report.lang
    lines = [
        say("status.complement", lang, title=row.title,
            told=say("report.semicolon", lang).join(said))
        for row in targets
        if (said := _of_complement(report.status_tables[row.target], lang))
    ]  # fmt: skip
    if not lines:
        return Html("")
    listed = tag("ul", join(tag("li", line) for line in lines))
    return details(say("status.complements", lang), listed)


def _of_complement(found: StatusTable, lang: str) -> list[str]:
    return [
        _says(answer, lang)
        for answer in found.complement or ()
        if answer.rule in WORDED and answer.rule in (found.turned or ())
    ]


def _ours(lang: str, row: Any) -> Html:
    ours = verdict_chip(row.verdict, lang)
    if row.probability is None:
        return ours
    return ours + tag("small", chance(row.probability, lang))


def _inep(found: StatusTable, lang: str) -> Html:
    attained, executed = found.answer(Rule.ATTAINMENT), found.answer(Rule.EXECUTION)
    mark = _mark(found, attained)
    return _line(_percent(attained, lang), mark) + _line(_percent(executed, lang))


def _worded(report: AreaReport, rule: Rule, row: Any) -> Cell:
    found, lang = report.status_tables[row.target], report.lang
    answer = found.answer(rule)
    if answer.unable is not None:
        return _unable(answer.unable, lang)
    word = tag("span", say(f"status.says_{answer.status}", lang) + _mark(found, answer))
    if answer.ratio is None:
        return word
    # Three decimals: 0.596 is no 0.60, at which another word begins.
    german = rule is Rule.GERMAN
    told = percent(number(100 * answer.ratio, 1), lang) if german else number(answer.ratio, 3)
    return word + tag("small", told)


def _percent(answer: Answer, lang: str) -> Cell:
    if answer.unable is not None or answer.score is None:
        return _unable(answer.unable, lang)
    return percent(number(answer.score, 1), lang)


def _rates(found: StatusTable, lang: str) -> Cell:
    answer = found.answer(Rule.AARR)
    if answer.unable is not None:
        return _unable(answer.unable, lang)
    observed, required = (
        percent(signed(one, 1), lang) for one in (answer.observed, answer.required)
    )
    return _line(observed, _mark(found, answer)) + _line(required)


def _paces(found: StatusTable, lang: str) -> Cell:
    place, speed = found.answer(Rule.PERCENTILE), found.answer(Rule.SPEED)
    told: Cell = (
        say(f"status.says_{place.status}", lang) if place.given else _unable(place.unable, lang)
    )
    times: Cell = f"{number(speed.score, 1)} ×" if speed.given else _unable(speed.unable, lang)
    return join(
        [
            _line(told, _mark(found, place)),
            tag("small", say("status.speed", lang)) + _line(times, _mark(found, speed)),
        ]
    )


def _mark(found: StatusTable, answer: Answer) -> str:
    """Mark an answer that is another one of the complement."""
    return f" {TURNED}" if answer.given and answer.rule in (found.turned or ()) else ""


def _line(content: Cell, mark: str = "") -> Html:
    return tag("div", join([content, mark]))


def _unable(reason: Unable | None, lang: str) -> Html:
    said = "—" if reason is None else say(f"status.unable_{reason}", lang)
    return tag("small", said)


def why_apart(report: AreaReport, target: Target) -> str:
    """
    Say in numbers why published rules or the past pace call a target on track and ours does not.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan.

    Returns
    -------
    str
        What a straight line comes to and what is forecast; the other way round as well. Empty
        where the verdict is not the opposite of what most rules, or the past pace, would say.
    """
    found, lang = report.assessments[target.id], report.lang
    if None in (found.level, found.past_pace, found.interval, found.median, found.last_value):
        return ""
    due = max(result.check.due for result in found.checks)
    against = _against(report.status_tables.get(target.id), found, due)
    if against is None:
        return ""
    record = report.evidence.record(str(found.indicator), report.area.id)
    first = min(year for year in record.exact if year >= (record.since or year))
    last, value = int(found.last_year or 0), float(found.last_value or 0.0)
    pace, middle = float(found.past_pace or 0.0), float(found.median or 0.0)
    mean = (middle - value) / (due - last)
    shown, change = _prints(report.unit_of(found), lang)
    told = [
        say("status.apart_line", lang, first_year=first, last_year=last, due=due,
            first=shown(record.exact[first]), last=shown(value), pace=change(pace),
            end=shown(value + pace * (due - last))),
        say(f"status.{_gait(pace, mean)}", lang, pace=change(mean), median=shown(middle)),
    ]  # fmt: skip
    low, high = map(shown, found.interval or (0.0, 0.0))
    told.append(say("status.apart_spread", lang, low=low, high=high))
    if found.reached is not None and not found.reached.all_asked:
        told.append(say("status.apart_more", lang))
    return say(f"status.{against}", lang, told=say("report.semicolon", lang).join(told))


def _prints(unit: str, lang: str) -> tuple[Callable[[float], str], Callable[[float], str]]:
    """Give how a value and a change a year of a unit are printed: of counts the line is whole."""
    if unit == "percent":
        return (lambda value: amount(value, unit, lang)), (lambda pace: signed(pace, 2))
    whole = unit_of(unit).whole or unit_of(unit).large
    return (
        lambda value: amount(float(round(value, 0 if whole else 2)), unit, lang),
        lambda pace: amount(round(pace, 2), unit, lang),
    )


def _gait(pace: float, mean: float) -> str:
    """Name the words for how the forecast moves beside the past; within a tenth it is the same."""
    if abs(mean) < abs(pace) / 50:
        return "apart_still"
    if mean * pace < 0:
        return "apart_back"
    if abs(mean - pace) < abs(pace) / 10:
        return "apart_same"
    return "apart_slower" if abs(mean) < abs(pace) else "apart_faster"


def _against(rules: StatusTable | None, found: Assessment, due: int) -> str | None:
    """Name the words for what opposes the verdict: most rules that judge, or the past pace."""
    ours = stance_of(found.verdict)
    opposite = {Stance.BAD: Stance.GOOD, Stance.GOOD: Stance.BAD}.get(ours or Stance.MIDDLE)
    if opposite is None or found.probability is None:
        return None
    stances = [stance_of(rules.answer(rule).status) for rule in WORDED] if rules else []
    judging = [stance for stance in stances if stance is not None]
    if 2 * judging.count(opposite) > len(judging):
        return "apart_rules"
    needed, left = found.years_needed, due - int(found.last_year or 0)
    in_time = needed is not None and needed <= left
    if in_time is (ours is Stance.BAD):
        return "apart_in_time" if in_time else "apart_too_late"
    return None


def _says(answer: Answer, lang: str) -> str:
    word = f"says_{answer.status}" if answer.given else f"unable_{answer.unable}"
    rule = say(f"status.rule_{answer.rule}", lang)
    return say("status.rule_says", lang, rule=rule, word=say(f"status.{word}", lang))


def _notes(found: Table, lang: str, *, ranked: bool) -> Html:
    """List what of the rules is inferred, ours, or a variant."""
    keys = ["note_none_counts", "note_level", "note_base", "note_sdr", "note_inep", "note_aarr"]
    lines = [say(f"status.{key}", lang) for key in keys]
    if ranked:
        lines.append(say("status.note_pace", lang))
    else:
        ranks = found.where(lambda row: row.rule == Rule.PERCENTILE and row.unable is not None)
        told = [say(f"status.unable_{reason}", lang) for reason in dict.fromkeys(ranks["unable"])]
        why = say("report.semicolon", lang).join(told)
        lines.append(say("status.note_no_pace", lang, why=why))
    lines.append(say("status.note_left_out", lang))
    return tag("ul", join(tag("li", line) for line in lines))
