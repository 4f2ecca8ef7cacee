"""What stands on the explorer's page: sentences made from numbers, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from edu_metrics.catalog import Plan, Study
from edu_metrics.explorer.answers import LEVERS, OWN_PACE, Answer, Assumed
from edu_metrics.explorer.people import people_told
from edu_metrics.explorer.precedents import precedent_details, precedent_told
from edu_metrics.explorer.workbench import Workbench
from edu_metrics.figures import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.reachability import Missing, MissingInputs, Verdict, chance, edge_of
from edu_metrics.trajectories import CAP, FLOOR
from edu_metrics.words import amount, date, number, percent, say, signed

#: Why nothing can be said, and the words for it.
_REASONS = {
    "decided": "because_decided",
    "rank": "because_rank",
    "reading_undecided": "because_reading_undecided",
    "earlier_year_unknown": "because_earlier_year_unknown",
    "beyond_bounds": "because_beyond_bounds",
    "mechanism_lacks_numbers": "because_mechanism_lacks_numbers",
    "not_here": "because_not_here",
}


#: What the slider of a pace counts, in which direction.
_PACES = {
    ("points", 1): "pace_points_rising",
    ("points", -1): "pace_points_falling",
    ("percent", 1): "pace_percent_rising",
    ("percent", -1): "pace_percent_falling",
    ("units", 1): "pace_units_rising",
    ("units", -1): "pace_units_falling",
}


def head_html(study: Study, plan: Plan, lang: str) -> str:
    """Say what the page is about, and that numbers are invented where they are."""
    lead = say(
        "explore.lead",
        lang,
        study=study.title.in_(lang),
        plan=plan.title.in_(lang),
        date=date(study.as_of, lang),
    )
    notes = [
        f'<p class="edu-note edu-{kind}">{escape(say(f"report.{kind}", lang))}</p>'
        for kind, true in (("invented", study.simulated), ("hypothetical", plan.hypothetical))
        if true
    ]
    title = escape(say("explore.title", lang))
    return f'<div lang="{lang}"><h1>{title}</h1><p>{escape(lead)}</p>{"".join(notes)}</div>'


def answer_html(bench: Workbench, assumed: Assumed, answer: Answer, lang: str) -> str:
    """Say what an assumption comes to: two verdicts and four facts; or why there is nothing."""
    if answer.reason is not None:
        return _nothing(bench, answer, lang)
    tiles = [
        (say("explore.probability", lang), *_chance(bench, assumed, answer, lang)),
        (say("explore.reached", lang), _reached(bench, answer, lang), _due(bench, lang)),
        (say("explore.people", lang), *people_told(bench, answer, lang)),
        (say("explore.precedent", lang), *precedent_told(bench, answer, lang)),
    ]
    shown = "".join(
        f'<div class="edu-tile"><h4>{escape(title)}</h4><strong>{escape(value)}</strong>'
        f"<small>{escape(note)}</small></div>"
        for title, value, note in tiles
    )
    return (
        f'<div lang="{lang}"><div class="edu-verdicts">{_as_reported(bench, lang)}'
        f'{_as_assumed(answer, lang)}</div><div class="edu-tiles">{shown}</div>'
        f"{precedent_details(bench, answer, lang)}</div>"
    )


def gap_html(bench: Workbench, lang: str) -> str:
    """Name the numbers to ask for where a verdict lacks them; empty where it does not."""
    found = bench.assessment
    if found.verdict is not Verdict.NO_DATA or not found.missing:
        return ""
    lines = [f"<h3>{escape(say('explore.no_data', lang))}</h3>"]
    if found.start == "plan_statement" and found.last_value is not None:
        value = amount(found.last_value, bench.indicator.unit, lang)
        told = say("explore.no_data_stated", lang, year=found.last_year, value=value)
        lines.append(f"<p>{escape(told)}</p>")
    elif bench.reason == "no_start":
        lines.append(f"<p>{escape(say('explore.no_data_no_start', lang))}</p>")
    ask = escape(say("explore.no_data_ask", lang))
    items = "".join(f"<li>{escape(one)}</li>" for one in _asked(bench, found.missing, lang))
    told = f"{''.join(lines)}<p>{ask}</p><ul>{items}</ul>"
    return f'<div class="edu-note edu-gap" lang="{lang}">{told}</div>'


def broken_html(error: Exception, lang: str) -> str:
    """Say why a study can't be opened, in the words of the error."""
    told = f"<p>{escape(say('explore.broken', lang))}</p><pre>{escape(str(error))}</pre>"
    return f'<div class="edu-note edu-gap" lang="{lang}">{told}</div>'


def _asked(bench: Workbench, missing: Iterable[Missing], lang: str) -> list[str]:
    """Put the years of each number together."""
    years: dict[tuple[str, str], list[int]] = {}
    for one in missing:
        years.setdefault((one.quantity, one.area), []).append(one.year)
    catalog = bench.evidence.catalog
    comma = say("report.list_comma", lang)
    return [
        say(
            "explore.no_data_item",
            lang,
            name=catalog.quantities[quantity].name.in_(lang),
            years=comma.join(str(year) for year in sorted(set(known))),
            area=catalog.areas[area].name.in_(lang),
        )
        for (quantity, area), known in years.items()
    ]


def _nothing(bench: Workbench, answer: Answer, lang: str) -> str:
    """Say why nothing can be tried; a lack of numbers is told by the list of them."""
    key = _REASONS.get(answer.reason or "")
    told = ""
    if key:
        verdict = say(f"verdict.{bench.assessment.verdict}", lang)
        said = say(f"explore.{key}", lang, verdict=verdict)
        told = f'<p class="edu-note">{escape(said)}</p>'
    shown = f'<div class="edu-verdicts">{_as_reported(bench, lang)}</div>'
    return f'<div lang="{lang}">{shown}{told}</div>'


def _chip(verdict: str, text: str) -> str:
    background, colour = VERDICT_COLOURS[verdict]
    mark = VERDICT_MARKS[verdict]
    style = f"background:{background};color:{colour}"
    return f'<span class="edu-chip" style="{style}">{mark} {escape(text)}</span>'


def _as_reported(bench: Workbench, lang: str) -> str:
    found = bench.assessment
    chip = _chip(found.verdict, _verdict(found.verdict, found.probability, lang))
    return f"<div><h4>{escape(say('explore.as_reported', lang))}</h4>{chip}</div>"


def _as_assumed(answer: Answer, lang: str) -> str:
    if answer.verdict is not None:
        chip = _chip(answer.verdict, _verdict(answer.verdict, answer.probability, lang))
    elif answer.under_model is not None:
        chip = _chip(Verdict.TRACKED, _under_model(answer, lang))
    else:
        text = say("explore.arrives" if answer.met else "explore.arrives_not", lang)
        chip = _chip("likely" if answer.met else "out_of_reach", text)
    head = escape(say("explore.as_assumed", lang))
    return f'<div class="edu-assumed"><h4>{head}</h4>{chip}</div>'


def _verdict(verdict: Verdict, probability: float | None, lang: str) -> str:
    word = say(f"verdict.{verdict}", lang)
    if probability is None:
        return word
    told = f"{word} {chance(probability, lang)}"
    edge = edge_of(probability)
    if edge is None or verdict not in edge:
        return told
    lower, upper = (say(f"verdict.{one}", lang) for one in edge)
    comma = say("report.list_comma", lang)
    return told + comma + say("stated.on_edge", lang, lower=lower, upper=upper)


def _under_model(answer: Answer, lang: str) -> str:
    """Say what levers change, against the flow model's own answer without them."""
    change = 100 * ((answer.under_model or 0.0) - (answer.model_base or 0.0))
    return say("explore.under_model", lang, change=signed(change, 0))


def _chance(bench: Workbench, assumed: Assumed, answer: Answer, lang: str) -> tuple[str, str]:
    if answer.under_model is not None:
        return _under_model(answer, lang), say("explore.by_rates", lang)
    if answer.probability is None:
        stated = bench.assessment.start == "plan_statement"
        why = say("explore.no_chance_stated" if stated else "explore.no_chance_history", lang)
        return "—", why
    shown = chance(answer.probability, lang)
    if answer.probability in (CAP, FLOOR):
        way = say("explore.higher" if answer.probability == CAP else "explore.lower", lang)
        return shown, say("explore.by_trend_capped", lang, way=way)
    return shown, say("explore.by_trend", lang)


def _reached(bench: Workbench, answer: Answer, lang: str) -> str:
    if bench.assessment.level is None:
        return "—"
    if answer.year_reached is None and answer.fails == "other":
        return say("explore.reached_otherwise", lang)
    if answer.year_reached is None:
        return say("explore.reached_not", lang, year=answer.horizon)
    if answer.year_reached <= bench.start_year:
        return say("explore.reached_already", lang, year=answer.year_reached)
    return say("explore.reached_year", lang, year=answer.year_reached)


def _due(bench: Workbench, lang: str) -> str:
    level = bench.assessment.level
    if level is None:
        return say("explore.due_no_level", lang, year=bench.due)
    sign = str(level).split(" ")[0]
    shown = f"{sign} {amount(level.value, bench.indicator.unit, lang)}"
    return say("explore.due", lang, year=bench.due, level=shown)


def pace_label(bench: Workbench, lang: str) -> str:
    """Say what the slider of the pace counts."""
    key = _PACES[bench.slider.kind, bench.situation.sign]
    return say(f"explore.{key}", lang, unit=say(f"unit.{bench.indicator.unit}", lang))


def pace_note_html(bench: Workbench, lang: str) -> str:
    """Say what pace would just arrive, and what the past had, in the unit of the indicator."""
    found, sign = bench.assessment, bench.situation.sign
    if found.required_pace is None:
        return ""
    needed = _signed_amount(bench, sign * found.required_pace, lang)
    past = "—" if found.past_pace is None else _signed_amount(bench, sign * found.past_pace, lang)
    told = say("explore.pace_needed", lang, pace=needed, past=past)
    if sign * found.required_pace <= 0:
        told = say("explore.pace_enough", lang, past=past)
    return f'<small lang="{lang}">{escape(told)}</small>'


def _signed_amount(bench: Workbench, value: float, lang: str) -> str:
    """Print a change in the better direction, positive where it is better."""
    unit = bench.indicator.unit
    if unit == "percent":
        return say("report.in_points", lang, value=number(value, 2))
    return amount(round(value, 2), unit, lang)


def assumption_html(bench: Workbench, assumed: Assumed, lang: str) -> str:
    """Say in one or two sentences what is assumed."""
    scenarios = bench.evidence.catalog.scenarios
    if assumed.course == OWN_PACE:
        told = [_own_pace(bench, assumed, lang)]
    elif assumed.course == LEVERS:
        told = [say("explore.assumes_levers", lang)]
    else:
        told = [scenarios[assumed.course].assumes.in_(lang)]
    if assumed.shock:
        points = bench.slider.kind == "points"
        size = number(assumed.shock, 1)
        size = say("report.in_points", lang, value=size) if points else percent(size, lang)
        year = bench.start_year + 1 + assumed.shock_year
        told.append(say("explore.assumes_shock", lang, year=year, size=size))
    said = say("report.sentence_gap", lang).join(told)
    return f'<p class="edu-assumes" lang="{lang}">{escape(said)}</p>'


def _own_pace(bench: Workbench, assumed: Assumed, lang: str) -> str:
    value = number(abs(assumed.pace), 1)
    kind, unit = bench.slider.kind, bench.indicator.unit
    if kind == "points":
        shown = say("report.in_points", lang, value=value)
    elif kind == "percent":
        shown = percent(value, lang)
    else:
        shown = amount(abs(assumed.pace), unit, lang)
    rises = (assumed.pace > 0) == (bench.situation.sign > 0)
    pace = say("explore.pace_rises" if rises else "explore.pace_falls", lang, pace=shown)
    if assumed.pace == 0:
        pace = say("explore.pace_stands", lang)
    start = amount(bench.start_value, unit, lang)
    return say("explore.assumes_own_pace", lang, start=start, pace=pace, due=bench.due)


def lever_note_html(bench: Workbench, lang: str) -> str:
    """Say why a target has no lever that can be set; empty where it has."""
    built = bench.built
    if not isinstance(built, MissingInputs) or bench.reason is not None:
        return ""
    if built.contradiction:
        told = say("explore.lever_contradicts", lang)
    elif built.missing:
        names = say("report.semicolon", lang).join(_asked(bench, built.missing, lang))
        told = say("explore.lever_lacks", lang, names=names)
    else:
        told = say("explore.lever_none", lang)
    return f'<small lang="{lang}">{escape(told)}</small>'


def figure_note_html(bench: Workbench, lang: str) -> str:
    """Say what the figure's colours are."""
    if bench.reason is not None:
        return ""
    known = "as_usual" in bench.courses
    told = say("explore.figure_note" if known else "explore.figure_note_plain", lang)
    return f'<small lang="{lang}">{escape(told)}</small>'
