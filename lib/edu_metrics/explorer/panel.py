"""The widgets of the scenario explorer, and what happens when one is moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib.resources import files
from typing import Any

import ipywidgets as widgets

from edu_metrics.errors import EduMetricsError
from edu_metrics.explorer.render import (
    Picture,
    answer_html,
    assumption_html,
    broken_html,
    figure_note_html,
    gap_html,
    head_html,
    lever_note_html,
    pace_label,
    pace_note_html,
)
from edu_metrics.explorer.selection import Choice, Selection
from edu_metrics.explorer.what_if import LEVERS, OWN_PACE, Assumed, WhatIf
from edu_metrics.trajectories.levers import Lever
from edu_metrics.words import language_name, languages, number, say

#: How finely a lever is set. [unit of the lever]
_STEPS = {"persons": 1.0, "places": 1.0, "percent": 1.0, "points": 0.5, "marks": 0.1}
_MOST_SHOCK = 20.0  # [points or percent]
#: The scenario shown first: without a trend, what it would take.
_FIRST = ("as_usual", "required_pace")


class Explorer:
    """
    Choices above, assumptions at the left, the answer at the right.

    Parameters
    ----------
    selection : Selection
        The studies.
    choice : Choice
        What is looked at first.
    lang : {"zh", "en"}
        Language at first.
    """

    def __init__(self, selection: Selection, choice: Choice, lang: str) -> None:
        self.selection, self.choice, self.lang = selection, choice, lang
        self.what_if: WhatIf | None = None
        self._hushed = False
        self.picture = Picture()
        self.head, self.gap = widgets.HTML(), widgets.HTML()
        self.answer, self.figure, self.note = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.assumes, self.pace_note = widgets.HTML(), widgets.HTML()
        self.lever_note, self.lever_head = widgets.HTML(), widgets.HTML()
        self.choose_head, self.assume_head = widgets.HTML(), widgets.HTML()
        self.shock_head = widgets.HTML()
        self.language = widgets.ToggleButtons(
            options=[(language_name(name), name) for name in languages()], value=lang
        )
        self.study, self.area, self.target, self.reading, self.course = (
            widgets.Dropdown() for _ in range(5)
        )
        self.pace, self.shock = _slider(), _slider(0.0, 0.0, _MOST_SHOCK, 0.5)
        self.shock_year = widgets.Dropdown()
        self.levers: dict[str, Any] = {}
        self.lever_box = widgets.VBox()
        self.reset = widgets.Button()
        self.page = self._lay_out()
        self._listen()
        self._open(choice)

    def _lay_out(self) -> Any:
        css = (files("edu_metrics.explorer") / "explorer.css").read_text("utf-8")
        choices = widgets.VBox(
            [
                widgets.HBox([self.choose_head, self.language]),
                widgets.HBox([self.study, self.area]),
                widgets.HBox([self.target, self.reading]),
            ]
        )
        self.controls = widgets.VBox(
            [
                self.assume_head, self.course, self.assumes, self.pace, self.pace_note,
                self.lever_head, self.lever_box, self.lever_note,
                self.shock_head, self.shock, self.shock_year, self.reset,
            ]
        )  # fmt: skip
        shown = widgets.VBox([self.gap, self.answer, self.figure, self.note])
        below = widgets.HBox([self.controls, shown])
        for box, name in (
            (choices, "choices"), (self.controls, "controls"), (shown, "shown"), (below, "below"),
            (self.language, "language"), (self.pace, "slider"), (self.shock, "slider"),
            (self.lever_box, "levers"), (self.answer, "answer"), (self.figure, "picture"),
        ):  # fmt: skip
            box.add_class(f"edu-{name}")
        page = widgets.VBox([widgets.HTML(f"<style>{css}</style>"), self.head, choices, below])
        page.add_class("edu-explorer")
        return page

    def _listen(self) -> None:
        def hear(widget: Any, act: Any) -> None:
            widget.observe(lambda change: None if self._hushed else act(change["new"]), "value")

        hear(self.language, self._speak)
        hear(self.study, self._enter)
        hear(self.area, lambda name: self._move(area=name))
        hear(self.target, lambda name: self._move(target=name, reading=0))
        hear(self.reading, lambda at: self._move(reading=at))
        hear(self.course, self._take)
        hear(self.pace, lambda _: self._set(OWN_PACE))
        hear(self.shock, lambda _: self._answer())
        hear(self.shock_year, lambda _: self._answer())
        self.reset.on_click(lambda _: self._begin())

    @contextmanager
    def _hush(self) -> Iterator[None]:
        """Set widgets without hearing them."""
        before, self._hushed = self._hushed, True
        try:
            yield
        finally:
            self._hushed = before

    @property
    def assumed(self) -> Assumed:
        """What the widgets say."""
        return Assumed(
            course=self.course.value or OWN_PACE,
            pace=self.pace.value,
            levers={name: slider.value for name, slider in self.levers.items()},
            shock=self.shock.value,
            shock_year=self.shock_year.value or 0,
        )

    def _move(self, **changed: Any) -> None:
        now = {"area": self.choice.area, "target": self.choice.target, "reading": 0, **changed}
        self._open(Choice(self.choice.study, **now))

    def _enter(self, study: str) -> None:
        """Look at another study, at its first target where it can't be read."""
        try:
            choice = self.selection.choose(study)
        except (EduMetricsError, OSError):
            area, target = self.selection.areas(study)[0], self.selection.targets(study)[0].id
            choice = Choice(study, area, target)
        self._open(choice)

    def _speak(self, lang: str) -> None:
        """Say everything in another language, with the sliders where they are."""
        self.lang = lang
        before = self.assumed
        self._open(self.choice)
        if self.what_if is not None and self.what_if.reason is None:
            self._begin(before)

    def _open(self, choice: Choice) -> None:
        """Look at something else; a study that can't be read says why."""
        self.choice = choice
        study, lang = self.selection.catalog.study(choice.study), self.lang
        self.head.value = head_html(study, self.selection.plan(choice.study), lang)
        with self._hush():
            self._offer()
            self._label()
        try:
            self.what_if = self.selection.what_if(choice)
            self._offer_readings()
        except (EduMetricsError, OSError) as error:
            self.what_if = None
            self.gap.value = broken_html(error, lang)
            self.answer.value = self.figure.value = self.note.value = ""
            self.controls.layout.visibility = "hidden"
            return
        self.controls.layout.visibility = "hidden" if self.what_if.reason else "visible"
        self.gap.value = gap_html(self.what_if, lang)
        self._begin()

    def _offer(self) -> None:
        """Fill the lists of studies, areas and targets."""
        catalog, lang, choice = self.selection.catalog, self.lang, self.choice
        _fill(
            self.study, [(e.title.in_(lang), n) for n, e in catalog.studies.items()], choice.study
        )
        areas = [(catalog.areas[n].name.in_(lang), n) for n in self.selection.areas(choice.study)]
        _fill(self.area, areas, choice.area)
        targets = [(t.title.in_(lang), t.id) for t in self.selection.targets(choice.study)]
        _fill(self.target, targets, choice.target)

    def _offer_readings(self) -> None:
        target = self.selection.plan(self.choice.study).target(self.choice.target)
        listed = []
        for at, found in enumerate(self.selection.readings(self.choice)):
            label = target.reading(found.reading).label.in_(self.lang) if found.reading else ""
            if found.steps is not None:
                label = say("report.reading_with_steps", self.lang, label=label, steps=found.steps)
            listed.append((label, at))
        with self._hush():
            _fill(self.reading, listed, self.choice.reading)
            self.reading.disabled = len(listed) < 2

    def _label(self) -> None:
        lang = self.lang
        for name in ("study", "area", "target", "reading", "course", "shock_year"):
            getattr(self, name).description = say(f"explore.{name}", lang)
        for name, key in (
            ("choose_head", "choose"), ("assume_head", "assume"),
            ("lever_head", "lever_head"), ("shock_head", "shock_head"),
        ):  # fmt: skip
            getattr(self, name).value = f"<h3>{escape(say(f'explore.{key}', lang))}</h3>"
        self.reset.description = say("explore.reset", lang)

    def _begin(self, assumed: Assumed | None = None) -> None:
        """Set every slider for the target at hand: as usual, or as it was assumed before."""
        what_if = self.what_if
        if what_if is None:
            return
        if what_if.reason is not None:
            self._answer()
            return
        first = next((name for name in _FIRST if name in what_if.courses), OWN_PACE)
        start = assumed or Assumed(course=first)
        with self._hush():
            self._offer_courses(start.course)
            self._offer_levers(start)
            slider, lang = what_if.slider, self.lang
            _range(self.pace, slider.low, slider.high, slider.step, start.pace)
            self.pace.description = pace_label(what_if, lang)
            key = "shock_points" if slider.kind == "points" else "shock_percent"
            self.shock.description = say(f"explore.{key}", lang)
            self.shock.value = start.shock
            ahead = range(what_if.due - what_if.start_year)
            years = [(str(what_if.start_year + 1 + at), at) for at in ahead]
            _fill(self.shock_year, years, start.shock_year)
            self.pace_note.value = pace_note_html(what_if, lang)
            self.lever_note.value = lever_note_html(what_if, lang)
            self.note.value = figure_note_html(what_if, lang)
        self._answer()

    def _offer_courses(self, chosen: str) -> None:
        what_if, lang = self.what_if, self.lang
        if what_if is None:
            return
        scenarios = self.selection.catalog.scenarios
        listed = [(say("explore.own_pace", lang), OWN_PACE)]
        listed += [(say("explore.levers", lang), LEVERS)] if what_if.levers else []
        listed += [(scenarios[name].title.in_(lang), name) for name in what_if.courses]
        _fill(self.course, listed, chosen)

    def _offer_levers(self, assumed: Assumed) -> None:
        what_if = self.what_if
        if what_if is None:
            return
        self.levers = {}
        for lever in what_if.levers:
            slider = _slider()
            step = 0.1 if what_if.relative else _STEPS[lever.unit]
            value = assumed.levers.get(lever.name, lever.usual)
            _range(slider, lever.low, lever.high, step, value)
            slider.description = self._lever_label(lever, what_if)
            slider.add_class("edu-slider")
            slider.observe(lambda _: None if self._hushed else self._set(LEVERS), "value")
            self.levers[lever.name] = slider
        self.lever_box.children = tuple(self.levers.values())

    def _lever_label(self, lever: Lever, what_if: WhatIf) -> str:
        unit = say(f"explore.unit_{lever.unit}", self.lang)
        if what_if.relative and lever.unit in ("persons", "places"):
            unit = say("explore.per_100", self.lang)
        decimals = 0 if float(lever.usual).is_integer() else 1
        return say(
            "explore.lever_label",
            self.lang,
            name=say(f"requirements.{lever.name}", self.lang),
            unit=unit,
            usual=number(lever.usual, decimals),
        )

    def _take(self, course: str) -> None:
        """Take a course as it is."""
        what_if = self.what_if
        if what_if is not None and course != LEVERS:
            with self._hush():
                for name, value in what_if.settings_of(course).items():
                    self.levers[name].value = value
        self._answer()

    def _set(self, course: str) -> None:
        """Hear that a slider was moved: what it sets is what is assumed from now on."""
        with self._hush():
            self.course.value = course
        self._take(course)

    def _answer(self) -> None:
        what_if, assumed = self.what_if, self.assumed
        if what_if is None:
            return
        found = what_if.answer(assumed)
        if what_if.reason is None:
            self.assumes.value = assumption_html(what_if, assumed, self.lang)
        self.answer.value = answer_html(what_if, assumed, found, self.lang)
        self.figure.value = self.picture.draw(what_if, found, self.lang)
        if found.pace is not None and assumed.course != OWN_PACE:
            # The slider shows the pace of every course, so that one can go on from there.
            with self._hush():
                self.pace.value = what_if.on_slider(found.pace)


def _slider(value: float = 0.0, low: float = 0.0, high: float = 1.0, step: float = 0.1) -> Any:
    slider = widgets.FloatSlider(value=value, min=low, max=high, step=step, continuous_update=False)
    slider.readout_format = ".1f"
    return slider


def _range(slider: Any, low: float, high: float, step: float, value: float) -> None:
    """Move a slider to another range: its ends may never cross on the way."""
    with slider.hold_trait_notifications():
        slider.min, slider.max = min(low, slider.min), max(high, slider.max)
        slider.step = step
        slider.readout_format = ".0f" if float(step).is_integer() else ".1f"
        slider.value = min(max(value, low), high)
        slider.min, slider.max = low, high


def _fill(dropdown: Any, listed: list[tuple[str, Any]], value: Any) -> None:
    dropdown.options = listed
    known = [one for _, one in listed]
    dropdown.value = value if value in known else (known[0] if known else None)
