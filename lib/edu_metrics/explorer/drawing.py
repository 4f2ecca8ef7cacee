"""The figure of an answer: observed, as usual, as assumed, promised."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave

from edu_metrics.explorer.answers import Answer
from edu_metrics.explorer.workbench import Workbench
from edu_metrics.figures import (
    CourseLine,
    Promise,
    describe_courses,
    new_figure,
    plot_courses,
    use_style,
)
from edu_metrics.words import say

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

    def draw(self, bench: Workbench, answer: Answer, lang: str) -> str:
        """
        Draw an answer as an image that needs no other file.

        Parameters
        ----------
        bench : Workbench
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
        panel = _panel(bench, answer, lang)
        if not panel["observed"] and not panel["courses"]:
            return ""
        said = describe_courses(
            title=bench.target.title.in_(lang),
            observed=panel["observed"],
            courses=panel["courses"],
            promised=panel["promised"],
            lang=lang,
        )
        if bench.evidence.study.simulated:
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


def _panel(bench: Workbench, answer: Answer, lang: str) -> dict[str, Any]:
    indicator, found = bench.indicator, bench.assessment
    money = indicator.unit == "yuan"
    scale = {"zh": 1e8, "en": 1e6}[lang] if money else 1.0
    record = bench.evidence.record(indicator.id, found.area)
    observed = [(year, value / scale) for year, value in sorted(record.exact.items())]
    if found.start == "plan_statement" and bench.reason is None:
        observed = [(bench.start_year, bench.start_value / scale)]
    observed = [(year, value) for year, value in observed if year <= bench.due]
    courses = []
    if answer.years:
        usual, assumed = bench.usual(), (answer.low, answer.middle, answer.high)
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
        "unit_label": say("unit.yuan_large" if money else f"unit.{indicator.unit}", lang),
        "observed": observed,
        "courses": courses,
        "promised": _promised(bench, scale),
        "bounds": bounds,
    }


def _promised(bench: Workbench, scale: float) -> list[Promise]:
    """Give the levels that the reading asks for, and the one that a pace comes to."""
    levels = {
        (check.due, bound.op, bound.value)
        for check in bench.situation.checks
        if check.measure == "value"
        for bound in check.bounds
    }
    level = bench.assessment.level
    if not any(year == bench.due for year, _, _ in levels) and level is not None:
        levels.add((bench.due, level.op, level.value))
    return [Promise(year, round(value / scale, 2), "", op) for year, op, value in sorted(levels)]
