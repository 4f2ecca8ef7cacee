"""The page of a draft: the text with what was found in it, and a card for each promise."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from edu_metrics.drafting.readings import said
from edu_metrics.words import html_lang, say

#: Fields that a card shows, in this order, and those that a person may write in the page.
SHOWN = (
    *("subject", "scope", "indicator", "value", "op", "unit", "year", "type"),
    *("base", "base_year", "range", "levels", "every", "obligation", "promise"),
)
OF_PLAN = ("id", "title", "publisher", "issued", "first_year", "last_year", "areas")
WRITTEN = ("subject", "indicator", "value", "op", "unit", "year")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def style() -> str:
    """Give the style sheet of the page."""
    return (files("edu_metrics.drafting") / "review.css").read_text("utf-8")


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
    """
    head = (
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/review.css">' if served else
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><style>{style()}</style>'
    )  # fmt: skip
    number = {name: sum(one["decision"] == name for one in content["promises"])
              for name in ("open", "accept", "reject")}  # fmt: skip
    counts = say("drafting.counts", lang, promises=len(content["promises"]),
                 left_out=len(content["not_taken"]), **number)  # fmt: skip
    how = say("drafting.how_served" if served else "drafting.how_file", lang)
    cards = "".join(_card(one, lang, served) for one in content["promises"])
    return (
        f'<!DOCTYPE html><html lang="{html_lang(lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
        f"<title>{escape(say('drafting.title', lang))}</title></head><body><header>"
        f"<h1>{escape(str(content['plan']['title']))}</h1><p>{escape(counts)}</p>"
        f"<p>{escape(how)}</p>{_legend(lang)}"
        f"{_plan(content, lang) if served else ''}</header><main>"
        f'<section class="text" lang="{html_lang(content["language"])}" '
        f'aria-label="{escape(say("drafting.text", lang))}">'
        f"{_marked(content, text, lang)}</section>"
        f'<section class="cards" aria-label="{escape(say("drafting.cards", lang))}">{cards}'
        f"{_left_out(content, lang)}</section></main></body></html>\n"
    )


def _plan(content: Mapping[str, Any], lang: str) -> str:
    """Ask for what a plan needs and its text may not say."""
    fields = "".join(
        _input(say(f"drafting.plan_{name}", lang), name, _shown(content["plan"].get(name)))
        for name in OF_PLAN
    )
    save = escape(say("drafting.do_plan", lang))
    return (
        f'<details class="plan"><summary>{escape(say("drafting.plan", lang))}</summary>'
        f'<form method="post" action="/plan">{fields}<p class="buttons"><button>{save}</button></p>'
        "</form></details>"
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{year}: {bound}" for year, bound in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _input(label: str, name: str, value: str, listed: str = "", hint: str = "") -> str:
    listed = f' list="{listed}" placeholder="{escape(hint)}"' if listed else ""
    return f'<label>{escape(label)} <input name="{name}" value="{escape(value)}"{listed}></label>'


def _legend(lang: str) -> str:
    told = "".join(
        f'<span class="{name}">{escape(say(f"drafting.legend_{name}", lang))}</span> '
        for name in ("promise", "passed")
    )
    return f'<p class="legend">{told}</p>'


def _marked(content: Mapping[str, Any], text: str, lang: str) -> str:
    """Mark the promises and the numbers not taken in the text; no mark lies in another."""
    marks = [(*one["span"], "promise", one) for one in content["promises"]]
    marks += [(one["start"], one["end"], "passed", one) for one in content["not_taken"]]
    pieces, at = [], 0
    ends: list[int] = sorted({0, len(text), *(m[0] for m in marks), *(m[1] for m in marks)})
    for first, last in itertools.pairwise(ends):
        inside = [one for kind in ("passed", "promise") for s, e, k, one in marks
                  if k == kind and s <= first and last <= e]  # fmt: skip
        words = escape(text[first:last])
        promise = next((one for one in inside if "hash" in one), None)
        left = next((one for one in inside if "why" in one), None)
        if promise is not None:
            anchor = f' id="t-{promise["id"]}"' if promise["span"][0] == first else ""
            css = f"promise {promise['decision']}"
            pieces.append(f'<a class="{css}"{anchor} href="#{promise["id"]}">{words}</a>')
        elif left is not None:
            why = escape(_why(left, lang))
            pieces.append(f'<mark class="passed" title="{why}">{words}</mark>')
        else:
            pieces.append(words)
        at = last
    return "".join(pieces) + escape(text[at:])


def _card(one: Mapping[str, Any], lang: str, served: bool) -> str:
    fields = one["fields"]
    shown = [name for name in SHOWN if name in fields and not (served and name in WRITTEN)]
    rows = "".join(_row(name, fields[name], lang) for name in shown)
    asked = "".join(f"<li>{escape(say(f'drafting.ask_{name}', lang))}</li>" for name in one["ask"])
    readings = "".join(f"<li>{escape(r['label'].get(lang) or '')}</li>" for r in one["readings"])
    state = escape(say(f"drafting.decision_{one['decision']}", lang))
    told = escape(sentence(one, lang))
    return (
        f'<article class="card {one["decision"]}" id="{one["id"]}"><h2><a href="#t-{one["id"]}">'
        f'{one["id"]}</a> <span class="state">{state}</span></h2><p class="told">{told}</p>'
        f'<p class="place">{escape(one["locator"])}</p><table>{rows}</table>'
        + (f'<p>{escape(say("drafting.readings", lang))}</p><ul>{readings}</ul>'
           if len(one["readings"]) > 1 else "")
        + (f'<div class="ask"><p>{escape(say("drafting.asked", lang))}</p><ul>{asked}</ul></div>'
           if asked else "")
        + (_form(one, lang) if served else "") + "</article>"
    )  # fmt: skip


def sentence(one: Mapping[str, Any], lang: str) -> str:
    """Say a promise in words: its subject, bound and year."""
    held = {name: field.get("is") for name, field in one["fields"].items()}
    subject = " ".join(str(held[n]) for n in ("scope", "subject") if held.get(n))
    if held.get("value") is None:
        return subject
    bound = said(f"{held['op']}{held['value']:.10g}", held.get("unit"), lang)
    kind = say(f"drafting.type_{held['type']}", lang)
    return say("drafting.told", lang, subject=subject, bound=bound, year=held["year"], kind=kind)


def _row(name: str, field: Mapping[str, Any], lang: str) -> str:
    value = field.get("is")
    shown = _shown(value)
    offers = ", ".join(field.get("offers") or ())
    if offers and value is None:
        shown = say("drafting.offers", lang, offers=offers)
    sure = field.get("sure") in ("yes", True)
    css = "" if sure else ' class="unsure"'
    rule = escape(f"{'' if sure else '? '}{field.get('rule', '')}".replace("_", " "))
    return (
        f"<tr{css}><th>{escape(say(f'drafting.field_{name}', lang))}</th><td>{escape(shown)}</td>"
        f'<td class="rule">{rule}</td></tr>'
    )


def _form(one: Mapping[str, Any], lang: str) -> str:
    fields = []
    for name in WRITTEN:
        held = one["fields"].get(name)
        if held is None:
            continue
        choices = held.get("offers") or ()
        options = "".join(f'<option value="{escape(o)}"></option>' for o in choices)
        listed = f"o-{one['id']}" if choices else ""
        unsure = "" if held.get("sure") in ("yes", True) else " ?"
        label = say(f"drafting.field_{name}", lang) + unsure
        fields.append(_input(label, name, _shown(held.get("is")), listed, ", ".join(choices)))
        if choices:
            fields.append(f'<datalist id="{listed}">{options}</datalist>')
    buttons = "".join(
        f'<button name="decision" value="{name}">'
        f"{escape(say(f'drafting.do_{name}', lang))}</button>"
        for name in ("accept", "reject", "open")
    )
    return (
        f'<form method="post" action="/decide"><input type="hidden" name="id" value="{one["id"]}">'
        f'<input type="hidden" name="hash" value="{one["hash"]}">{"".join(fields)}'
        f'<p class="buttons">{buttons}</p></form>'
    )


def _why(one: Mapping[str, Any], lang: str) -> str:
    return say(f"drafting.why_{one['why']}", lang)


def _left_out(content: Mapping[str, Any], lang: str) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(one['number']))}</td><td>{escape(_why(one, lang))}</td></tr>"
        for one in content["not_taken"]
    )
    title = escape(say("drafting.not_taken", lang, number=len(content["not_taken"])))
    return f"<details><summary>{title}</summary><table>{rows}</table></details>"
