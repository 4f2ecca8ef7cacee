"""What stands on the explorer's page: sentences made from numbers, as HTML, and the figure."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave

from edu_metrics.catalog import Plan, Study
from edu_metrics.explorer.what_if import LEVERS, OWN_PACE, Answer, Assumed, WhatIf
from edu_metrics.figures._marks import Promise
from edu_metrics.figures.courses import CourseLine, describe_courses, plot_courses
from edu_metrics.figures.output import new_figure
from edu_metrics.figures.style import VERDICT_COLOURS, VERDICT_MARKS, use_style
from edu_metrics.reachability import Missing, MissingInputs, Verdict, chance, edge_of
from edu_metrics.reachability.precedent import NoPrecedent, Precedent
from edu_metrics.reachability.series import counts_whole
from edu_metrics.trajectories import CAP, FLOOR
from edu_metrics.words import amount, date, number, percent, say, signed, unit_of
from edu_metrics.words.precedents import counted, kept_pace, share_kept


def people_told(what_if: WhatIf, answer: Answer, lang: str) -> tuple[str, str]:
    """
    Say what a pace comes to in persons or institutions, and how many are short when it is due.

    Parameters
    ----------
    what_if : WhatIf
        What was asked about.
    answer : Answer
        What it comes to.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    tuple of str
        The answer, and what it is reckoned from.
    """
    own = counts_whole(what_if.indicator)
    each = answer.pace if own else answer.pace_people
    if each is None:
        return "—", say("explore.people_unknown", lang)
    parts = [_each_year(what_if, each, own, lang)]
    if answer.short is not None:
        shown = _number(what_if, answer.short, own, lang)
        key = "explore.people_short" if answer.short else "explore.people_enough"
        parts.append(say(key, lang, number=shown))
    told = say("report.semicolon", lang).join(parts)
    if what_if.counts is None or own:
        return told, ""
    whole = number(what_if.counts[1], 0)
    return told, say("explore.people_of", lang, year=what_if.start_year, whole=whole)


def _each_year(what_if: WhatIf, each: float, own: bool, lang: str) -> str:
    whole = round(abs(each)) if abs(each) >= 10 else round(abs(each), 1)
    if whole == 0:
        return say("explore.people_same", lang)
    more = (each > 0) == (what_if.situation.sign > 0)
    shown = _number(what_if, whole, own, lang)
    return say("explore.people_more" if more else "explore.people_fewer", lang, number=shown)


def _number(what_if: WhatIf, value: float, own: bool, lang: str) -> str:
    if own:
        return amount(value, what_if.indicator.unit, lang)
    return number(value, 0 if float(value).is_integer() else 1)


def precedent_told(what_if: WhatIf, answer: Answer, lang: str) -> tuple[str, str]:
    """
    Count the precedents of ordinary series in a few words.

    Parameters
    ----------
    what_if : WhatIf
        What was asked about.
    answer : Answer
        What it comes to.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    tuple of str
        The count, or a dash; and the pace counted, or why nothing is.
    """
    found = answer.precedents
    if isinstance(found, NoPrecedent):
        named = (NoPrecedent.NOT_A_RATE, NoPrecedent.SPAN, NoPrecedent.NOTHING_ASKED)
        return "—", say(f"explore.precedent_{found if found in named else 'none'}", lang)
    first = next((one for one in found if one.reference.kind == "ordinary"), found[0])
    pace = say("report.in_points", lang, value=number(first.pace, 1))
    start = amount(what_if.start_value, what_if.indicator.unit, lang)
    note = say("explore.precedent_pace", lang, start=start, pace=pace, years=first.years)
    return counted(first.kept, lang), note


def precedent_details(what_if: WhatIf, answer: Answer, lang: str) -> str:
    """Fold out what each reference class says; empty where none says anything."""
    found = answer.precedents
    if isinstance(found, NoPrecedent):
        return ""
    lines = "".join(f"<li>{escape(_line(one, lang))}</li>" for one in found)
    summary = escape(say("explore.precedent_details", lang))
    return f"<details><summary>{summary}</summary><ul>{lines}</ul></details>"


def _line(found: Precedent, lang: str) -> str:
    return say(
        "explore.precedent_class",
        lang,
        name=found.reference.name.in_(lang),
        counted=counted(found.kept, lang),
        what=kept_pace(found.kept, falling=found.falling, lang=lang),
        share=share_kept(found.kept, lang),
    )


_WIDTH, _HEIGHT, _DPI = 7.6, 3.5, 110  # [inches, inches, dots per inch]
#: Where the panel stands in its figure: left, bottom, width, height, as parts of the whole. Fixed,
#: because finding the best place takes as long as the drawing, and the panel must not jump.
_PLACE = (0.085, 0.1, 0.70, 0.86)
_NAME = 105.0  # room for a name at the right [points]


class Picture:
    """
    The figure of an answer, drawn again and again on the same axes.

    Making axes and their ticks takes half of the time that a figure does.
    """

    def __init__(self) -> None:
        self._figure, (self._ax,) = new_figure(_WIDTH, _HEIGHT)
        self._figure.set_layout_engine("none")
        self._ax.set_position(_PLACE)

    def draw(self, what_if: WhatIf, answer: Answer, lang: str) -> str:
        """
        Draw an answer as an image that needs no other file.

        Parameters
        ----------
        what_if : WhatIf
            What was asked about.
        answer : Answer
            What it comes to.
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        str
            An ``img`` element with its text alternative; empty where there is nothing to draw.
        """
        if answer.reason == "reading_undecided":
            return ""
        panel = _panel(what_if, answer, lang)
        if not panel["observed"] and not panel["courses"]:
            return ""
        said = describe_courses(
            title=what_if.situation.target.title.in_(lang),
            observed=panel["observed"],
            courses=panel["courses"],
            promised=panel["promised"],
            lang=lang,
        )
        if what_if.store.study.simulated:
            said = f"[{say('explore.simulated_mark', lang)}] {said}"
        ax = self._ax
        for artist in [*ax.lines, *ax.collections, *ax.texts]:
            artist.remove()
        plot_courses(ax, title="", room=_NAME, lang=lang, **panel)
        data = base64.b64encode(_png(self._figure)).decode("ascii")
        alt = escape(say("explore.figure_alt", lang, said=said))
        return f'<img class="edu-figure" alt="{alt}" src="data:image/png;base64,{data}">'


def _png(figure: Figure) -> bytes:
    """Draw a figure once; ``savefig`` would draw it twice, which is half of the time there is."""
    file = io.BytesIO()
    with use_style():
        figure.set_dpi(_DPI)
        canvas: Any = figure.canvas
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())
    imsave(file, pixels, format="png", pil_kwargs={"compress_level": 1})
    return file.getvalue()


def _panel(what_if: WhatIf, answer: Answer, lang: str) -> dict[str, Any]:
    indicator, found = what_if.indicator, what_if.assessment
    unit = unit_of(indicator.unit)
    scale = unit.divisor(lang)
    record = what_if.store.record(indicator.id, found.area)
    observed = [(year, value / scale) for year, value in sorted(record.exact.items())]
    if found.start == "plan_statement" and what_if.reason is None:
        observed = [(what_if.start_year, what_if.start_value / scale)]
    observed = [(year, value) for year, value in observed if year <= what_if.due]
    courses = []
    if answer.years:
        usual, assumed = what_if.usual(), (answer.low, answer.middle, answer.high)
        if usual == assumed:  # one course, named once
            assumed = ((), (), ())
        for key, parts, quiet in (
            ("figure_usual", usual, bool(assumed[1])),
            ("figure_assumed", assumed, False),
        ):
            low, middle, high = (tuple(value / scale for value in part) for part in parts)
            if middle:
                name = say(f"explore.{key}", lang)
                courses.append(CourseLine(name, answer.years, middle, low, high, quiet))
    bounds = tuple(None if limit is None else limit / scale for limit in indicator.bounds)
    return {
        "unit_label": unit.label(lang),
        "observed": observed,
        "courses": courses,
        "promised": _promised(what_if, scale),
        "bounds": bounds,
    }


def _promised(what_if: WhatIf, scale: float) -> list[Promise]:
    """Give the levels that the reading asks for, and the one that a pace comes to."""
    levels = {
        (check.due, bound.op, bound.value)
        for check in what_if.situation.checks
        if check.measure == "value"
        for bound in check.bounds
    }
    level = what_if.assessment.level
    if not any(year == what_if.due for year, _, _ in levels) and level is not None:
        levels.add((what_if.due, level.op, level.value))
    return [Promise(year, round(value / scale, 2), "", op) for year, op, value in sorted(levels)]


#: Why nothing can be tried; a lack of numbers is told by the list of them.
_REASONS = (
    "decided", "rank", "reading_undecided", "earlier_year_unknown", "beyond_bounds",
    "mechanism_lacks_numbers", "not_here",
)  # fmt: skip


def head_html(study: Study, plan: Plan, lang: str) -> str:
    """Say what the page is about, and that numbers are invented where they are."""
    lead = say(
        "explore.lead",
        lang,
        study=study.title.in_(lang),
        plan=plan.title.in_(lang),
        date=date(study.as_of, lang),
    )
    mode, smallest = study.disclosure.mode, study.disclosure.smallest
    said: dict[str, bool] = {mode: mode != "published", "invented": study.simulated}
    said["hypothetical"] = plan.hypothetical
    notes = [
        f'<p class="edu-note edu-{kind}">'
        f"{escape(say(f'report.{kind}', lang, smallest=smallest))}</p>"
        for kind, true in said.items()
        if true
    ]
    title = escape(say("explore.title", lang))
    return f'<div lang="{lang}"><h1>{title}</h1><p>{escape(lead)}</p>{"".join(notes)}</div>'


def answer_html(what_if: WhatIf, assumed: Assumed, answer: Answer, lang: str) -> str:
    """Say what an assumption comes to: two verdicts and four facts; or why there is nothing."""
    if answer.reason is not None:
        return _nothing(what_if, answer, lang)
    tiles = [
        (say("explore.probability", lang), *_chance(what_if, assumed, answer, lang)),
        (say("explore.reached", lang), _reached(what_if, answer, lang), _due(what_if, lang)),
        (say("explore.people", lang), *people_told(what_if, answer, lang)),
        (say("explore.precedent", lang), *precedent_told(what_if, answer, lang)),
    ]
    shown = "".join(
        f'<div class="edu-tile"><h4>{escape(title)}</h4><strong>{escape(value)}</strong>'
        f"<small>{escape(note)}</small></div>"
        for title, value, note in tiles
    )
    return (
        f'<div lang="{lang}"><div class="edu-verdicts">{_as_reported(what_if, lang)}'
        f'{_as_assumed(answer, lang)}</div><div class="edu-tiles">{shown}</div>'
        f"{precedent_details(what_if, answer, lang)}</div>"
    )


def gap_html(what_if: WhatIf, lang: str) -> str:
    """Name the numbers to ask for where a verdict lacks them; empty where it does not."""
    found = what_if.assessment
    if found.verdict is not Verdict.NO_DATA or not found.missing:
        return ""
    lines = [f"<h3>{escape(say('explore.no_data', lang))}</h3>"]
    if found.start == "plan_statement" and found.last_value is not None:
        value = amount(found.last_value, what_if.indicator.unit, lang)
        told = say("explore.no_data_stated", lang, year=found.last_year, value=value)
        lines.append(f"<p>{escape(told)}</p>")
    elif what_if.reason == "no_start":
        lines.append(f"<p>{escape(say('explore.no_data_no_start', lang))}</p>")
    ask = escape(say("explore.no_data_ask", lang))
    items = "".join(f"<li>{escape(one)}</li>" for one in _asked(what_if, found.missing, lang))
    told = f"{''.join(lines)}<p>{ask}</p><ul>{items}</ul>"
    return f'<div class="edu-note edu-gap" lang="{lang}">{told}</div>'


def broken_html(error: Exception, lang: str) -> str:
    """Say why a study can't be opened, in the words of the error."""
    told = f"<p>{escape(say('explore.broken', lang))}</p><pre>{escape(str(error))}</pre>"
    return f'<div class="edu-note edu-gap" lang="{lang}">{told}</div>'


def _asked(what_if: WhatIf, missing: Iterable[Missing], lang: str) -> list[str]:
    """Put the years of each number together."""
    years: dict[tuple[str, str], list[int]] = {}
    for one in missing:
        years.setdefault((one.quantity, one.area), []).append(one.year)
    catalog = what_if.store.catalog
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


def _nothing(what_if: WhatIf, answer: Answer, lang: str) -> str:
    told = ""
    if answer.reason in _REASONS:
        verdict = say(f"verdict.{what_if.assessment.verdict}", lang)
        said = say(f"explore.because_{answer.reason}", lang, verdict=verdict)
        told = f'<p class="edu-note">{escape(said)}</p>'
    shown = f'<div class="edu-verdicts">{_as_reported(what_if, lang)}</div>'
    return f'<div lang="{lang}">{shown}{told}</div>'


def _chip(verdict: str, text: str) -> str:
    background, colour = VERDICT_COLOURS[verdict]
    mark = VERDICT_MARKS[verdict]
    style = f"background:{background};color:{colour}"
    return f'<span class="edu-chip" style="{style}">{mark} {escape(text)}</span>'


def _as_reported(what_if: WhatIf, lang: str) -> str:
    found = what_if.assessment
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


def _chance(what_if: WhatIf, assumed: Assumed, answer: Answer, lang: str) -> tuple[str, str]:
    if answer.under_model is not None:
        return _under_model(answer, lang), say("explore.by_rates", lang)
    if answer.probability is None:
        stated = what_if.assessment.start == "plan_statement"
        why = say("explore.no_chance_stated" if stated else "explore.no_chance_history", lang)
        return "—", why
    shown = chance(answer.probability, lang)
    if answer.probability in (CAP, FLOOR):
        way = say("explore.higher" if answer.probability == CAP else "explore.lower", lang)
        return shown, say("explore.by_trend_capped", lang, way=way)
    return shown, say("explore.by_trend", lang)


def _reached(what_if: WhatIf, answer: Answer, lang: str) -> str:
    if what_if.assessment.level is None:
        return "—"
    if answer.year_reached is None and answer.fails == "other":
        return say("explore.reached_otherwise", lang)
    if answer.year_reached is None:
        return say("explore.reached_not", lang, year=answer.horizon)
    if answer.year_reached <= what_if.start_year:
        return say("explore.reached_already", lang, year=answer.year_reached)
    return say("explore.reached_year", lang, year=answer.year_reached)


def _due(what_if: WhatIf, lang: str) -> str:
    level = what_if.assessment.level
    if level is None:
        return say("explore.due_no_level", lang, year=what_if.due)
    sign = str(level).split(" ")[0]
    shown = f"{sign} {amount(level.value, what_if.indicator.unit, lang)}"
    return say("explore.due", lang, year=what_if.due, level=shown)


def pace_label(what_if: WhatIf, lang: str) -> str:
    """Say what the slider of the pace counts."""
    way = "rising" if what_if.situation.sign > 0 else "falling"
    kind, unit = what_if.slider.kind, unit_of(what_if.indicator.unit)
    return say(f"explore.pace_{kind}_{way}", lang, unit=unit.word(None, lang))


def pace_note_html(what_if: WhatIf, lang: str) -> str:
    """Say what pace would just arrive, and what the past had, in the unit of the indicator."""
    found, sign = what_if.assessment, what_if.situation.sign
    if found.required_pace is None:
        return ""
    needed = _signed_amount(what_if, sign * found.required_pace, lang)
    past = "—" if found.past_pace is None else _signed_amount(what_if, sign * found.past_pace, lang)
    told = say("explore.pace_needed", lang, pace=needed, past=past)
    if sign * found.required_pace <= 0:
        told = say("explore.pace_enough", lang, past=past)
    return f'<small lang="{lang}">{escape(told)}</small>'


def _signed_amount(what_if: WhatIf, value: float, lang: str) -> str:
    """Print a change in the better direction, positive where it is better."""
    unit = what_if.indicator.unit
    if unit == "percent":
        return say("report.in_points", lang, value=number(value, 2))
    return amount(round(value, 2), unit, lang)


def assumption_html(what_if: WhatIf, assumed: Assumed, lang: str) -> str:
    """Say in one or two sentences what is assumed."""
    scenarios = what_if.store.catalog.scenarios
    if assumed.course == OWN_PACE:
        told = [_own_pace(what_if, assumed, lang)]
    elif assumed.course == LEVERS:
        told = [say("explore.assumes_levers", lang)]
    else:
        told = [scenarios[assumed.course].assumes.in_(lang)]
    if assumed.shock:
        points = what_if.slider.kind == "points"
        size = number(assumed.shock, 1)
        size = say("report.in_points", lang, value=size) if points else percent(size, lang)
        year = what_if.start_year + 1 + assumed.shock_year
        told.append(say("explore.assumes_shock", lang, year=year, size=size))
    said = say("report.sentence_gap", lang).join(told)
    return f'<p class="edu-assumes" lang="{lang}">{escape(said)}</p>'


def _own_pace(what_if: WhatIf, assumed: Assumed, lang: str) -> str:
    value = number(abs(assumed.pace), 1)
    kind, unit = what_if.slider.kind, what_if.indicator.unit
    if kind == "points":
        shown = say("report.in_points", lang, value=value)
    elif kind == "percent":
        shown = percent(value, lang)
    else:
        shown = amount(abs(assumed.pace), unit, lang)
    rises = (assumed.pace > 0) == (what_if.situation.sign > 0)
    pace = say("explore.pace_rises" if rises else "explore.pace_falls", lang, pace=shown)
    if assumed.pace == 0:
        pace = say("explore.pace_stands", lang)
    start = amount(what_if.start_value, unit, lang)
    return say("explore.assumes_own_pace", lang, start=start, pace=pace, due=what_if.due)


def lever_note_html(what_if: WhatIf, lang: str) -> str:
    """Say why a target has no lever that can be set; empty where it has."""
    if what_if.reason is not None:
        return ""
    lacking = what_if.situation.mechanism
    if not isinstance(lacking, MissingInputs):
        return ""
    if lacking.contradiction:
        told = say("explore.lever_contradicts", lang)
    elif lacking.missing:
        names = say("report.semicolon", lang).join(_asked(what_if, lacking.missing, lang))
        told = say("explore.lever_lacks", lang, names=names)
    else:
        told = say("explore.lever_none", lang)
    return f'<small lang="{lang}">{escape(told)}</small>'


def figure_note_html(what_if: WhatIf, lang: str) -> str:
    """Say what the figure's colours are."""
    if what_if.reason is not None:
        return ""
    known = "as_usual" in what_if.courses
    told = say("explore.figure_note" if known else "explore.figure_note_plain", lang)
    return f'<small lang="{lang}">{escape(told)}</small>'
