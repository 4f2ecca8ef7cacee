"""What published status rules say of the same targets, and why they differ."""

from __future__ import annotations

from edu_metrics.catalog import Target
from edu_metrics.reachability.status_rules import Answer, Rule, StatusTable, Unable
from edu_metrics.reporting.area_report import AreaReport
from edu_metrics.reporting.html import Cell, Html, details, join, note, table, tag
from edu_metrics.reporting.labels import verdict_chip
from edu_metrics.words import number, probability, say, signed

__all__ = ["show_status_rules"]

#: Columns: rules that judge in words, then those that give numbers, two to a column.
WORDED = (Rule.OPEN_SDG, Rule.UN_CHART, Rule.GERMAN, Rule.SDR)
#: Marks a rule that comes to something else on the complement.
TURNED = "⇄"
#: From so many lines on a list is folded away.
LONG = 10


def show_status_rules(report: AreaReport) -> Html:
    """
    Show our verdict and the answers of published rules on each target that they can judge.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.reporting.open_report`.

    Returns
    -------
    Html
        A table, a line for each target on why they differ, and notes on what is inferred; or a
        sentence where no target has a level and two observed years.
    """
    lang = report.lang
    shown = [
        (t, report.status_tables[t.id]) for t in report.numeric if t.id in report.status_tables
    ]
    if not shown:
        return note(say("status.nothing", lang), "gap")
    # A column in which nothing can be given anywhere is left out, and said to be.
    ranked = any(_given(found, Rule.PERCENTILE) or _given(found, Rule.SPEED) for _, found in shown)
    rows = [_row(report, target, found, ranked=ranked) for target, found in shown]
    head = [say("report.promise", lang), say("status.ours", lang)]
    head += [say(f"status.rule_{rule}", lang) for rule in WORDED]
    head += [say("status.inep", lang), say("status.rule_unicef_aarr", lang)]
    if ranked:
        head.append(say("status.pace", lang))
    lines = join(tag("li", _line(target, found, lang)) for target, found in shown)
    return join(
        [
            table(head, rows, caption=say("status.caption", lang, number=len(rows))),
            tag("p", say("status.turned_note", lang, mark=TURNED), "small")
            if _any_turned(shown)
            else "",
            _listed(say("status.why_differ", lang), tag("ul", lines), len(rows)),
            details(say("status.notes_summary", lang), _notes(report, shown, ranked=ranked)),
        ]
    )


def _listed(title: str, lines: Html, number: int) -> Html:
    if number < LONG:
        return tag("p", tag("strong", title)) + lines
    return details(title, lines)


def _given(found: StatusTable, rule: Rule) -> bool:
    return found.answer(rule).given


def _any_turned(shown: list[tuple[Target, StatusTable]]) -> bool:
    return any(found.turned for _, found in shown)


def _row(report: AreaReport, target: Target, found: StatusTable, *, ranked: bool) -> list[Cell]:
    lang, assessed = report.lang, report.assessments[target.id]
    ours = verdict_chip(assessed.verdict, lang)
    if assessed.probability is not None:
        ours = ours + tag("small", probability(assessed.probability))
    cells: list[Cell] = [tag("strong", target.title.in_(lang)), ours]
    cells += [_worded(found, rule, lang) for rule in WORDED]
    attained, executed = found.answer(Rule.ATTAINMENT), found.answer(Rule.EXECUTION)
    cells.append(
        join(
            [
                _line_of("status.attained", _percent(attained, lang), lang, _mark(found, attained)),
                _line_of("status.executed", _percent(executed, lang), lang),
            ]
        )
    )
    cells.append(_rates(found, lang))
    if ranked:
        cells.append(_paces(found, lang))
    return cells


def _worded(found: StatusTable, rule: Rule, lang: str) -> Cell:
    answer = found.answer(rule)
    if answer.unable is not None:
        return _unable(answer.unable, lang)
    word = say(f"status.says_{answer.status}", lang) + _mark(found, answer)
    pieces: list[Cell] = [tag("span", word)]
    if answer.ratio is not None:
        pieces.append(tag("small", _ratio(rule, answer.ratio, lang)))
    return join(pieces)


def _ratio(rule: Rule, ratio: float, lang: str) -> str:
    if rule is Rule.GERMAN:
        key = "status.passed_german_weather" if ratio < 0 else "status.ratio_german_weather"
        return say(key, lang, value=f"{number(100 * abs(ratio), 1)} %")
    # Three decimals: 0.596 is no 0.60, at which another word begins.
    return say(f"status.ratio_{rule}", lang, value=number(ratio, 3))


def _percent(answer: Answer, lang: str) -> Cell:
    if answer.unable is not None or answer.score is None:
        return _unable(answer.unable, lang)
    return f"{number(answer.score, 1)} %"


def _rates(found: StatusTable, lang: str) -> Cell:
    answer = found.answer(Rule.AARR)
    if answer.unable is not None:
        return _unable(answer.unable, lang)
    return join(
        [
            _line_of(
                "status.observed", f"{signed(answer.observed, 1)} %", lang, _mark(found, answer)
            ),
            _line_of("status.required", f"{signed(answer.required, 1)} %", lang),
        ]
    )


def _paces(found: StatusTable, lang: str) -> Cell:
    place, speed = found.answer(Rule.PERCENTILE), found.answer(Rule.SPEED)
    told: Cell = (
        say(f"status.says_{place.status}", lang) if place.given else _unable(place.unable, lang)
    )
    times: Cell = f"{number(speed.score, 1)} ×" if speed.given else _unable(speed.unable, lang)
    return join(
        [
            tag("div", join([told, _mark(found, place)])),
            _line_of("status.speed", times, lang, _mark(found, speed)),
        ]
    )


def _mark(found: StatusTable, answer: Answer) -> str:
    """Mark an answer that is another one of the complement."""
    return f" {TURNED}" if answer.given and answer.rule in (found.turned or ()) else ""


def _line_of(key: str, content: Cell, lang: str, mark: str = "") -> Html:
    return tag("div", join([tag("small", say(key, lang)), content, mark]))


def _unable(reason: Unable | None, lang: str) -> Html:
    said = "—" if reason is None else say(f"status.unable_{reason}", lang)
    return tag("small", said)


def _line(target: Target, found: StatusTable, lang: str) -> Html:
    """Say in one line why the answers differ, or that they do not, and who tells two stories."""
    reasons = [say(f"status.why_{reason}", lang) for reason in found.why]
    said = say("report.semicolon", lang).join(reasons) or say("status.agree", lang)
    text = say("status.line", lang, title=target.title.in_(lang), why=said)
    told = [
        say(
            "status.of_complement",
            lang,
            rule=say(f"status.rule_{answer.rule}", lang),
            word=say(f"status.says_{answer.status}", lang)
            if answer.given
            else say(f"status.unable_{answer.unable}", lang),
        )
        for answer in found.complement or ()
        if answer.rule in WORDED and answer.rule in (found.turned or ())
    ]
    if told:
        told_text = say("report.semicolon", lang).join(told)
        text += say("status.complement", lang, told=told_text)
    return tag("span", text)


def _notes(report: AreaReport, shown: list[tuple[Target, StatusTable]], *, ranked: bool) -> Html:
    """List what of the rules is inferred, ours, or a variant."""
    lang = report.lang
    keys = ["note_none_counts", "note_level", "note_base", "note_sdr", "note_inep", "note_aarr"]
    lines = [say(f"status.{key}", lang) for key in keys]
    if ranked:
        lines.append(say("status.note_pace", lang))
    else:
        reasons = dict.fromkeys(found.answer(Rule.PERCENTILE).unable for _, found in shown)
        told = [say(f"status.unable_{reason}", lang) for reason in reasons if reason]
        why = say("report.semicolon", lang).join(told)
        lines.append(say("status.note_no_pace", lang, why=why))
    lines.append(say("status.note_left_out", lang))
    return tag("ul", join(tag("li", line) for line in lines))
