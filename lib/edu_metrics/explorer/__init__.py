"""
The scenario explorer: move a slider, and see path, probability, people and precedent move.

A page of controls over :mod:`edu_metrics.reachability.scenarios`, served by
:mod:`edu_metrics.serving`: each answer is a scenario that is run, and the page is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from edu_metrics.catalog import Catalog, nearest
from edu_metrics.errors import DefinitionError, EduMetricsError, require_extra
from edu_metrics.explorer.selection import Choice, Prepare, Selection
from edu_metrics.explorer.told import Drawing, Told
from edu_metrics.explorer.what_if import MOST_SHOCK, OWN_PACE, Assumed, WhatIf
from edu_metrics.serving import Reply, Request, Route, serve
from edu_metrics.words import (
    date,
    html_lang,
    language_name,
    languages,
    number,
    require_language,
    say,
)

__all__ = ["explore", "routes"]

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

    Returns
    -------
    int
        The signal that stopped it.

    Raises
    ------
    DefinitionError
        For an unknown language, or a target that no number judges.
    MissingExtraError
        If a library of the extra is not installed.
    ReportError
        If the port is taken.
    """
    require_language(lang)
    require_extra("explore")
    if target:
        known = [one.id for one in Selection(catalog).targets(study)]
        if target not in known:
            raise DefinitionError(
                f"target {target!r} is judged by no number{nearest(target, known)}"
            )
    first = {"study": study, "area": area, "target": target}
    return serve(routes(catalog, first, lang, prepare), lang=lang, port=port, ready=ready)


def routes(
    catalog: Catalog, first: Mapping[str, str], lang: str, prepare: Prepare | None = None
) -> dict[str, Route]:
    """
    Give what the explorer answers: its page, and the style and script of it.

    Parameters
    ----------
    catalog, lang, prepare
        As for :func:`explore`.
    first : mapping of str to str
        Study, area and target that are looked at where an address names none.

    Returns
    -------
    dict
        For :func:`~edu_metrics.serving.serve`.
    """
    selection = Selection(catalog, prepare)
    given = {name: value for name, value in first.items() if value}

    def page(request: Request) -> Reply:
        query = request.query if "study" in request.query else {**given, **request.query}
        return Reply(_page(selection, query, lang))

    return {
        "GET /": page,
        "GET /explorer.css": Reply(_text("explorer.css"), "text/css"),
        "GET /explorer.js": Reply(_text("explorer.js"), "text/javascript"),
    }


def _page(selection: Selection, query: Mapping[str, str], lang: str) -> str:
    catalog, lang = selection.catalog, query["lang"] if query.get("lang") in languages() else lang
    name = query.get("study") or next(iter(catalog.studies))
    study, targets = catalog.study(name), selection.targets(name)
    shown: dict[str, Any] = {"lang": lang, "study": study, "plan": selection.plan(name)}
    shown |= {
        "studies": [(one.id, one.title.in_(lang)) for one in catalog.studies.values()],
        "areas": [(one, catalog.areas[one].name.in_(lang)) for one in selection.areas(name)],
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
    fields = {one: getattr(choice, one) for one in _CHOICE}
    stated = {} if assumed is None else assumed.fields
    page: str = _template().render(
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


def _text(name: str) -> str:
    return (files("edu_metrics.explorer") / name).read_text("utf-8")
