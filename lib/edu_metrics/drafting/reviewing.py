"""The page of a draft on this machine, where each decision is saved as it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from edu_metrics.catalog import nearest
from edu_metrics.drafting.context import Span
from edu_metrics.drafting.files import DECISIONS, TEXT, read_draft, save
from edu_metrics.drafting.page import OF_PLAN, WRITTEN, page, style
from edu_metrics.drafting.promises import Promise
from edu_metrics.drafting.readings import readings_of
from edu_metrics.errors import DataError
from edu_metrics.serving import Reply, Request, Route, serve

#: Without it a browser sends forms with the origin "null", and the server takes none of those.
_OF_FORMS = {"Referrer-Policy": "same-origin"}
_OPS = (">=", ">", "<=", "<", "==", "~")


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
        "GET /review.css": Reply(style(), "text/css"),
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
        _write_readings(one, content)
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
    told = {**dict.fromkeys(yes, "accept"), **dict.fromkeys(no, "reject")}
    areas = list(areas)
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
    for name in [one for one in OF_PLAN if one in form]:
        given = form[name].strip()
        try:
            value: Any = given or None
            if name in ("first_year", "last_year"):
                value = int(given)
            elif name == "issued" and given:
                value = dt.date.fromisoformat(given)
            elif name == "areas":
                value = [one.strip() for one in given.split(",") if one.strip()]
        except ValueError:
            expected = "a day such as 2021-03-01" if name == "issued" else "a year such as 2021"
            raise DataError(f"{name}: expected {expected}, found {given!r}") from None
        content["plan"][name] = value
    save(content, (folder / TEXT).read_text("utf-8"), folder)


def _write_readings(one: dict[str, Any], content: dict[str, Any]) -> None:
    """Write the readings anew with the numbers that a person put in."""
    first, last = one["span"]
    promise = Promise(one["quote"], first, last, one["article"], one["locator"])
    promise.fields, promise.questions = one["fields"], one["ask"]
    promise.fields.pop("levels", None)
    if promise["op"] in ("<=", "<", ">=", ">"):
        promise.fill("better", "lower" if promise["op"] in ("<=", "<") else "higher", "person")
    span = Span(content["plan"]["first_year"], content["plan"]["last_year"])
    one["readings"] = readings_of(promise, span)


def _read(name: str, given: str) -> Any:
    """Read what was written into a field of the page."""
    if given == "":
        return None
    try:
        if name == "value":
            return float(given.replace(",", ""))
        if name == "year":
            return int(given)
    except ValueError:
        raise DataError(f"{name}: expected a number, found {given!r}") from None
    if name == "op" and given not in _OPS:
        raise DataError(f"op: expected one of {', '.join(_OPS)}, found {given!r}")
    return given
