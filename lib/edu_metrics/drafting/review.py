"""The page of a draft: its text, a card for each promise, and each decision saved as it is made."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any

from edu_metrics.catalog import nearest
from edu_metrics.drafting.files import DECISIONS, OPS, TEXT, read_draft, save, write_readings
from edu_metrics.drafting.promises import said
from edu_metrics.errors import DataError, require_extra
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR, is_year
from edu_metrics.serving import Reply, Request, Route, serve
from edu_metrics.words import html_lang, say

#: Without it a browser sends forms with the origin "null", and the server takes none of those.
_OF_FORMS = {"Referrer-Policy": "same-origin"}
#: Fields that a card shows, in this order, and those that a person may write in the page.
SHOWN = (
    *("subject", "scope", "indicator", "value", "op", "unit", "year", "type"),
    *("base", "base_year", "range", "levels", "every", "obligation", "promise"),
)
OF_PLAN = ("id", "title", "publisher", "issued", "first_year", "last_year", "areas")
WRITTEN = ("subject", "indicator", "value", "op", "unit", "year")


def _file(name: str) -> str:
    return (files("edu_metrics.drafting") / name).read_text("utf-8")


def page(content: Mapping[str, Any], text: str, lang: str, *, served: bool = False) -> str:
    """
    Write the page.

    Parameters
    ----------
    content : mapping
        What draft.yaml holds.
    text : str
        The text.
    lang : {"zh", "en"}
        Language of the page.
    served : bool, optional
        Whether a server takes the decisions; a file shows them only.

    Returns
    -------
    str
        HTML that asks for nothing from elsewhere.

    Raises
    ------
    MissingExtraError
        If what draws it is not installed.
    """
    require_extra("draft", "jinja2")
    from jinja2 import Environment, StrictUndefined

    decided = Counter(one["decision"] for one in content["promises"])
    numbers = {"promises": len(content["promises"]), "left_out": len(content["not_taken"])}
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip
    made.filters["shown"] = _shown
    return made.from_string(_file("review.html.j2")).render(
        content,
        lang=lang,
        served=served,
        say=lambda name, **values: say(f"drafting.{name}", lang, **values),
        tongue=html_lang,
        style=_file("review.css"),
        counts=say("drafting.counts", lang, **numbers, **{n: decided[n] for n in DECISIONS}),
        marked=_marked(content, text),
        sentence=partial(sentence, lang=lang),
        card=SHOWN,
        written=WRITTEN,
        of_plan=OF_PLAN,
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{year}: {bound}" for year, bound in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _marked(
    content: Mapping[str, Any], text: str
) -> Iterator[tuple[str, Mapping[str, Any] | None, bool, str]]:
    """
    Part the text where a promise or a number not taken begins or ends; no mark lies in another.

    Of each part: its words, its promise, whether that begins here, and why a number is in none.
    """
    promises = [(*one["span"], one) for one in content["promises"]]
    passed = [(one["start"], one["end"], one) for one in content["not_taken"]]
    places = (place for first, last, _ in (*promises, *passed) for place in (first, last))
    for first, last in itertools.pairwise(sorted({0, len(text), *places})):
        inside = [next((one for start, end, one in marks if start <= first and last <= end), None)
                  for marks in (promises, passed)]  # fmt: skip
        promise, left = inside
        begins = promise is not None and promise["span"][0] == first
        yield text[first:last], promise, begins, left["why"] if left else ""


def sentence(one: Mapping[str, Any], lang: str) -> str:
    """Say a promise in words: its subject, bound and year."""
    held = {name: field.get("is") for name, field in one["fields"].items()}
    subject = " ".join(str(held[n]) for n in ("scope", "subject") if held.get(n))
    if held.get("value") is None:
        return subject
    bound = said(f"{held['op']}{held['value']:.10g}", held.get("unit"), lang)
    kind = say(f"drafting.type_{held['type']}", lang)
    return say("drafting.told", lang, subject=subject, bound=bound, year=held["year"], kind=kind)


def routes(folder: Path, lang: str | None = None) -> dict[str, Route]:
    """
    Give the pages of a draft's review.

    Parameters
    ----------
    folder : Path
        The draft.
    lang : str, optional
        Language of the page; that of the draft when left out.

    Returns
    -------
    dict of str to Route
        For :func:`~edu_metrics.serving.serve`.
    """

    def show(_: Request) -> Reply:
        content = read_draft(folder)
        text = (folder / TEXT).read_text("utf-8")
        shown = page(content, text, lang or content["language"], served=True)
        return Reply(shown, headers=_OF_FORMS)

    def take(request: Request) -> Reply:
        decide(folder, request.form)
        to = f"/#{request.form['id']}"
        return Reply("", status=HTTPStatus.SEE_OTHER, headers={"Location": to})

    def describe(request: Request) -> Reply:
        describe_plan(folder, request.form)
        return Reply("", status=HTTPStatus.SEE_OTHER, headers={"Location": "/"})

    return {
        "GET /": show,
        "GET /review.css": Reply(_file("review.css"), "text/css"),
        "POST /decide": take,
        "POST /plan": describe,
    }


def review_draft(
    folder: Path, *, lang: str | None = None, port: int | None = None,
    ready: Callable[[str], object] = print, browser: bool = False,
) -> int:  # fmt: skip
    """Serve the review of a draft until a signal stops it, and give the signal."""
    content = read_draft(folder)
    return serve(routes(folder, lang), lang=lang or content["language"], port=port, ready=ready,
                 browser=browser)  # fmt: skip


def decide(folder: Path, form: dict[str, str]) -> None:
    """
    Save what a person decided of one promise, and wrote into its fields.

    Parameters
    ----------
    folder : Path
        The draft.
    form : dict
        Of the card: hash, decision, and the fields.

    Raises
    ------
    DataError
        If the promise is another one by now, or a field can't be what was written.
    """
    content = read_draft(folder)
    one = next((p for p in content["promises"] if p["hash"] == form.get("hash")), None)
    if one is None or form.get("decision") not in DECISIONS:
        raise DataError("the draft has changed meanwhile; open the page again")
    written = {name: _read(name, form[name].strip()) for name in WRITTEN if name in form}
    for name, value in written.items():
        held = one["fields"].get(name)
        if held is not None and value != held.get("is"):
            one["fields"][name] = {**held, "is": value, "sure": "yes", "rule": "person"}
    told = [one["fields"].get(name, {}).get("rule") for name in ("value", "op", "year")]
    if one["readings"] and "person" in told:
        one["fields"].pop("levels", None)
        write_readings(one, content["plan"])
    if one["fields"].get("indicator", {}).get("is"):
        one["ask"] = [name for name in one["ask"] if name != "indicator"]
    one["decision"] = form["decision"]
    save(content, (folder / TEXT).read_text("utf-8"), folder)


def decide_by_id(
    folder: Path, yes: Iterable[str], no: Iterable[str], areas: Iterable[str] = ()
) -> None:
    """
    Save decisions on promises by their ids, and the areas that the plan binds.

    Parameters
    ----------
    folder : Path
        The draft.
    yes, no : iterable of str
        Ids of promises to accept, and to reject.
    areas : iterable of str, optional
        Areas; those of the draft when left out.

    Raises
    ------
    DataError
        With one line for each id that the draft does not have.
    """
    yes, no, areas = list(yes), list(no), list(areas)
    if both := sorted({*yes} & {*no}):
        raise DataError(f"expected one decision on a promise, found yes and no: {', '.join(both)}")
    told = {**dict.fromkeys(yes, "accept"), **dict.fromkeys(no, "reject")}
    if not told and not areas:
        return
    content = read_draft(folder)
    known = {one["id"]: one for one in content["promises"]}
    if unknown := [
        f"no promise {name!r}{nearest(name, known)}" for name in told if name not in known
    ]:
        raise DataError(f"{folder}: nothing was decided", unknown)
    for name, decision in told.items():
        known[name]["decision"] = decision
    content["plan"]["areas"] = areas or content["plan"]["areas"]
    save(content, (folder / TEXT).read_text("utf-8"), folder)


def describe_plan(folder: Path, form: dict[str, str]) -> None:
    """
    Save what a person wrote of the plan itself.

    Parameters
    ----------
    folder : Path
        The draft.
    form : dict
        Id, title, publisher, day of issue, years and areas; those that are left out stay.

    Raises
    ------
    DataError
        If a day or year is none.
    """
    content = read_draft(folder)
    for name in OF_PLAN:
        if name in form:
            content["plan"][name] = _read(name, form[name].strip())
    save(content, (folder / TEXT).read_text("utf-8"), folder)


def _only(fits: Callable[[Any], bool], value: Any) -> Any:
    """Give a value that fits; a ValueError else."""
    if not fits(value):
        raise ValueError
    return value


_YEAR = (lambda given: _only(is_year, int(given)), f"a year from {FIRST_YEAR} to {LAST_YEAR}")
#: How what is written into a field of the page is read, and what is expected of it.
_READ: dict[str, tuple[Callable[[str], Any], str]] = {
    "value": (lambda given: _only(math.isfinite, float(given.replace(",", ""))), "a number"),
    "op": (lambda given: _only(OPS.__contains__, given), f"one of {', '.join(OPS)}"),
    "issued": (dt.date.fromisoformat, "a day such as 2021-03-01"),
    "year": _YEAR,
    "first_year": _YEAR,
    "last_year": _YEAR,
    "areas": (lambda given: [one.strip() for one in given.split(",") if one.strip()], "areas"),
}
#: Fields that nothing written is no answer to.
_ALWAYS = ("first_year", "last_year", "areas")


def _read(name: str, given: str) -> Any:
    """Read what was written into a field of the page."""
    if given == "" and name not in _ALWAYS:
        return None
    read, expected = _READ.get(name, (str, "words"))
    try:
        return read(given)
    except ValueError:
        raise DataError(f"{name}: expected {expected}, found {given!r}") from None
