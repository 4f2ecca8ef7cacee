"""
The scenario explorer: move a slider, and see path, probability, people and precedent move.

A page of controls over :mod:`edu_metrics.reachability.scenarios`, served by
:mod:`edu_metrics.serving`: each answer is a scenario that is run, and the page is written anew.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from edu_metrics.catalog import Catalog, Plan, Study, Target, find_root, load_catalog, nearest
from edu_metrics.errors import DefinitionError, EduMetricsError, require_extra
from edu_metrics.explorer.what_if import OWN_PACE, Assumed, Drawing, Told, WhatIf
from edu_metrics.figures.svg import VERDICT_MARKS, verdict_rules
from edu_metrics.observations import read_processed
from edu_metrics.reachability import Assessment, SeriesStore, assess_target
from edu_metrics.serving import Reply, Request, Route, listening, serve
from edu_metrics.words import (
    date,
    html_lang,
    language_name,
    languages,
    number,
    require_language,
    say,
)

__all__ = ["explore", "routes", "show_explorer"]

_CHOICE = ("study", "area", "target", "reading")
#: Brings a study's table up to date, given catalog and study.
Prepare = Callable[[Catalog, Study], Any]
#: How many targets are kept ready, so that going back to one is quick.
_READY = 24


def explore(
    catalog: Catalog,
    study: str = "",
    area: str = "",
    target: str = "",
    *,
    lang: str = "zh",
    port: int | None = None,
    prepare: Prepare | None = None,
    ready: Callable[[str], object] = print,
    browser: bool = False,
) -> int:
    """
    Serve the explorer on this machine until a signal stops it.

    Parameters
    ----------
    catalog : Catalog
        The definitions.
    study, area, target : str, optional
        What is looked at first; chosen when left empty.
    lang : {"zh", "en"}, optional
        Language at first.
    port : int, optional
        Port; a free one when left out.
    prepare : callable, optional
        Brings a study's table up to date before it is read, given catalog and study.
    ready : callable, optional
        Called with the address, token and all, once the page can be opened.
    browser : bool, optional
        Whether to open it in a browser.

    Returns
    -------
    int
        The signal that stopped it.

    Raises
    ------
    DefinitionError
        For an unknown study, area, target or language, with the nearest one.
    MissingExtraError
        If a library of the extra is not installed.
    ReportError
        If the port is taken.
    """
    made = routes(catalog, study, area, target, lang, prepare)
    return serve(made, lang=lang, port=port, ready=ready, browser=browser)


def show_explorer(
    study: str = "",
    area: str = "",
    target: str = "",
    lang: str = "zh",
    root: Path | str | None = None,
    *,
    prepare: Prepare | None = None,
) -> Link:
    """
    Serve the explorer from a notebook's kernel, and end it with the kernel.

    Parameters
    ----------
    study, area, target, lang, prepare
        As for :func:`explore`.
    root : Path or str, optional
        The project folder; found upwards from the working directory when left out.

    Returns
    -------
    Link
        What opens it: in a browser on the machine of the kernel.

    Raises
    ------
    DefinitionError
        For an unknown study, area, target or language, with the nearest one.
    MissingExtraError
        If a library of the extra is not installed.
    """
    catalog = load_catalog(Path(root) if root else find_root())
    made = routes(catalog, study, area, target, lang, prepare)
    opened = ExitStack()
    atexit.register(opened.close)
    address = opened.enter_context(listening(made, lang=lang))
    return Link(address, say("explore.serving", lang, address=address))


@dataclass(frozen=True)
class Link:
    """The address of a page, which a notebook shows as a link."""

    address: str
    told: str

    def _repr_html_(self) -> str:
        shown = escape(self.told)
        return f'<a href="{escape(self.address)}" target="_blank" rel="noopener">{shown}</a>'


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at; ``reading`` is the name of one of the target's readings, or empty."""

    study: str
    area: str
    target: str
    reading: str = ""


class Selection:
    """
    Studies as they are asked for, kept once they are read.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    prepare : callable, optional
        Brings a study's table up to date before it is read; without it the table must be there.
    """

    def __init__(self, catalog: Catalog, prepare: Prepare | None = None) -> None:
        self.catalog = catalog
        self._prepare = prepare
        self._stores: dict[str, SeriesStore] = {}
        self.what_if = lru_cache(_READY)(self._what_if)
        self.assessment = lru_cache(10 * _READY)(self._assessment)

    def plan(self, study: str) -> Plan:
        """Give the plan of a study."""
        return self.catalog.plan(self.catalog.study(study).plan)

    def areas(self, study: str) -> tuple[str, ...]:
        """Give the areas of a study."""
        return self.catalog.expand(self.catalog.study(study).areas)

    def targets(self, study: str) -> tuple[Target, ...]:
        """Give the targets of a study's plan that a number judges."""
        return tuple(target for target in self.plan(study).targets if target.numeric)

    def store(self, study: str) -> SeriesStore:
        """
        Give the observations of a study, read when first asked for.

        Raises
        ------
        DataError
            If its table is missing, or can't be made.
        """
        if study not in self._stores:
            entry = self.catalog.study(study)
            if self._prepare is not None:
                self._prepare(self.catalog, entry)
            table = read_processed(self.catalog.root, study)
            self._stores[study] = SeriesStore(self.catalog, entry, table)
        return self._stores[study]

    def _assessment(self, study: str, area: str, target: str) -> Assessment:
        return assess_target(self.store(study), self.plan(study).target(target), area)

    def readings(self, choice: Choice) -> dict[str, Assessment]:
        """Give the assessments of all readings by name, the default one first."""
        found = self.assessment(choice.study, choice.area, choice.target)
        every = (found, *found.others)
        return {
            f"{one.reading}{'' if one.steps is None else f'.{one.steps}'}": one for one in every
        }

    def _what_if(self, choice: Choice) -> WhatIf:
        """Give the what-if of a choice; of a reading that the target does not have, the default."""
        readings = self.readings(choice)
        found = readings.get(choice.reading) or next(iter(readings.values()))
        return WhatIf(self.store(choice.study), found)

    def choose(self, study: str, area: str = "", target: str = "", reading: str = "") -> Choice:
        """
        Make a whole choice of what was named, and choose what was not.

        Parameters
        ----------
        study : str
            Study id.
        area, target, reading : str, optional
            By id; what is empty or belongs to another study or target is chosen: the first area;
            the first target for which a probability can be given, else the first one that starts
            somewhere, else the first; the default reading.

        Returns
        -------
        Choice
            The choice.

        Raises
        ------
        DefinitionError
            For an unknown study, with the nearest one, or one without a target of numbers.
        """
        areas, known = self.areas(study), [one.id for one in self.targets(study)]
        if not known:
            plan = self.catalog.study(study).plan
            raise DefinitionError(f"plan {plan!r} has no target that a number judges")
        place = area if area in areas else areas[0]
        if target not in known:
            likely = (n for n in known if self.assessment(study, place, n).probability is not None)
            begun = (n for n in known if self.what_if(Choice(study, place, n)).reason is None)
            target = next(likely, None) or next(begun, known[0])
        choice = Choice(study, place, target)
        readings = self.readings(choice)
        return replace(choice, reading=reading if reading in readings else next(iter(readings)))


def routes(
    catalog: Catalog, study: str, area: str, target: str, lang: str, prepare: Prepare | None = None
) -> dict[str, Route]:
    """
    Give what the explorer answers: its page, and the style and script of it.

    Parameters
    ----------
    catalog, study, area, target, lang, prepare
        As for :func:`explore`.

    Returns
    -------
    dict
        For :func:`~edu_metrics.serving.serve`.

    Raises
    ------
    DefinitionError
        For an unknown study, area, target or language, with the nearest one.
    MissingExtraError
        If a library of the extra is not installed.
    """
    require_language(lang)
    require_extra("explore")
    selection = Selection(catalog, prepare)
    entry = catalog.study(study or next(iter(catalog.studies), ""))
    first = {"study": entry.id}
    if area:
        first["area"] = catalog.study_area(entry, area).id
    if target:
        known = [one.id for one in selection.targets(entry.id)]
        if target not in known:
            raise DefinitionError(f"no number judges a target {target!r}{nearest(target, known)}")
        first["target"] = target

    def page(request: Request) -> Reply:
        query = request.query if "study" in request.query else {**first, **request.query}
        return Reply(_page(selection, query, lang))

    return {
        "GET /": page,
        "GET /explorer.css": Reply(_style(), "text/css"),
        "GET /explorer.js": Reply(_text("explorer.js"), "text/javascript"),
    }


def _page(selection: Selection, query: Mapping[str, str], lang: str) -> str:
    catalog, lang = selection.catalog, query["lang"] if query.get("lang") in languages() else lang
    name = query["study"]
    study, targets = catalog.study(name), selection.targets(name)
    shown: dict[str, Any] = {"lang": lang, "study": study, "plan": selection.plan(name)}
    shown |= {
        "studies": [(one.id, one.title.in_(lang)) for one in catalog.studies.values()],
        "targets": [(one.id, one.title.in_(lang)) for one in targets],
        "readings": [],
    }
    # What is named where it can't be read; a study without a target of numbers has none.
    choice = Choice(name, selection.areas(name)[0], targets[0].id if targets else "")
    assumed = None
    try:
        choice = selection.choose(name, *(query.get(one, "") for one in _CHOICE[1:]))
        what_if = selection.what_if(choice)
        assumed = what_if.assumed(query)
        told = Told(what_if, assumed, lang)
        settings = what_if.settings_of(assumed.course) | dict(assumed.levers)
        readings = selection.readings(choice).items()
        shown["readings"] = [(one, told.reading(found)) for one, found in readings]
        shown |= {"told": told, "settings": settings, "pace": assumed.pace}
        shown["drawing"] = told.drawing
        if assumed.course != OWN_PACE and not told.answer.reason:
            shown["pace"] = what_if.on_slider(told.answer)
    except (EduMetricsError, OSError) as error:
        shown["error"] = str(error)
    # Who moves a slider has the list of all areas, which may be long, already.
    areas = (choice.area,) if "brief" in query else selection.areas(name)
    fields = {one: getattr(choice, one) for one in _CHOICE}
    stated = {} if assumed is None else assumed.fields
    page: str = _template().render(
        areas=[(one, catalog.areas[one].name.in_(lang)) for one in areas],
        choice=choice,
        fields={**fields, "lang": lang},
        address="/?" + urlencode({**fields, "lang": lang}),
        tongues=[
            (one, language_name(one), "/?" + urlencode({**fields, **stated, "lang": one}))
            for one in languages()
        ],
        t=lambda key, **values: say(f"explore.{key}", lang, **values),
        **shown,
    )
    return page


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["short"] = "{:.10g}".format
    made.globals |= {"say": say, "date": date, "number": number, "tongue": html_lang, "error": ""}
    return made.from_string(_text("page.html.j2"))


def _style() -> str:
    """Give the style of the page; here the marks of verdicts are no text of their labels."""
    marks = (f'.chip.{v}::before {{ content: "{mark} "; }}' for v, mark in VERDICT_MARKS.items())
    return "\n".join([_text("explorer.css") + verdict_rules(), *marks, ""])


def _text(name: str) -> str:
    return (files("edu_metrics.explorer") / name).read_text("utf-8")
