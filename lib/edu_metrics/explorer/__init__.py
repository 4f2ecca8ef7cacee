"""
The scenario explorer: move a slider, and see path, probability, people and precedent move.

A page of controls over :mod:`edu_metrics.reachability.scenarios`, served by
:mod:`edu_metrics.serving`: each answer is a scenario that is run, and the page is written anew.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from edu_metrics.catalog import Catalog, find_root, load_catalog, nearest
from edu_metrics.errors import DefinitionError, EduMetricsError, require_extra
from edu_metrics.explorer.told import Drawing, Told
from edu_metrics.explorer.what_if import (
    MOST_SHOCK,
    OWN_PACE,
    Assumed,
    Choice,
    Prepare,
    Selection,
    WhatIf,
)
from edu_metrics.figures.svg import VERDICT_MARKS, verdict_rules
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
        shown |= _answered(selection, choice, what_if, assumed, lang)
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


def _answered(
    selection: Selection, choice: Choice, what_if: WhatIf, assumed: Assumed, lang: str
) -> dict[str, Any]:
    """Give what the page says of an answer."""
    told, answer = Told(what_if, lang), what_if.answer(assumed)
    own_pace = assumed.course == OWN_PACE
    return {
        "readings": [(name, told.reading(one)) for name, one in selection.readings(choice).items()],
        "what_if": what_if,
        "found": what_if.assessment,
        "assumed": assumed,
        "told": told,
        "answer": answer,
        "pace": assumed.pace if own_pace or answer.reason else what_if.on_slider(answer),
        "settings": what_if.settings_of(assumed.course) | dict(assumed.levers),
        "drawing": Drawing.of(told, answer),
        "most_shock": MOST_SHOCK,
    }


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
