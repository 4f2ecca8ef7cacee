"""
A draft as files: the text, the promises for a person to decide, the page to look at.

What a person confirmed becomes a plan: its targets, and the text that they are quoted from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from edu_metrics.catalog import Catalog, base_of, inherited_entries, load_catalog
from edu_metrics.catalog.reading_yaml import read_yaml
from edu_metrics.drafting.finding import Span
from edu_metrics.drafting.promises import (
    KINDS,
    Draft,
    Offer,
    Offers,
    Promise,
    draft,
    readings_of,
)
from edu_metrics.drafting.reading import read_document
from edu_metrics.drafting.rules import language_of
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.files import write_whole_files
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR, is_year
from edu_metrics.observations.raw_files import with_sidecar

TEXT, DRAFT, PAGE = "source.txt", "draft.yaml", "review.html"
_TITLE = re.compile(r"(?:计划|规划|纲要|方案|意见)(?:（.*）)?$|\b(?:Plan|Strategy|Goals)\b")
#: What a person says of a promise.
DECISIONS = ("open", "accept", "reject")


class _Line(dict[str, Any]):
    """A mapping that YAML writes on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands twice twice."""
        return True


_Dumper.add_representer(
    _Line,
    lambda dumper, given: dumper.represent_mapping("tag:yaml.org,2002:map", given, flow_style=True),
)


def as_yaml(content: Any) -> str:
    """Write YAML that a person can edit: keys in their order, no escapes."""
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def content_of(made: Draft, name: str, areas: Iterable[str] = ()) -> dict[str, Any]:
    """
    Write a draft as the mapping that draft.yaml holds.

    Parameters
    ----------
    made : Draft
        The draft.
    name : str
        Of the file that it was made from.
    areas : iterable of str
        Areas that the plan may bind.

    Returns
    -------
    dict
        Plan, promises, and the numbers not taken.
    """
    lines = [line.strip() for line in made.text.splitlines() if line.strip()]
    titles = (line for line in lines[:20] if _TITLE.search(line) and len(line) < 100)
    title = next(titles, lines[0] if lines else name)
    seen: dict[str, int] = {}
    promises = []
    for number, one in enumerate(made.promises, start=1):
        seen[one.hash] = seen.get(one.hash, 0) + 1
        key = one.hash if seen[one.hash] == 1 else f"{one.hash}-{seen[one.hash]}"
        promises.append(
            {
                "id": f"p{number:03d}",
                "hash": key,
                "decision": "open",
                "quote": one.quote,
                "span": [one.start, one.end],
                "article": one.article,
                "locator": one.locator,
                "fields": one.fields,
                "ask": list(dict.fromkeys(one.questions)),
                "readings": one.readings,
                "readings_hash": _hash(one.readings),
            }
        )
    return {
        "draft": True,
        "source": {
            "file": name,
            "text": TEXT,
            "sha256": hashlib.sha256(made.text.encode()).hexdigest(),
        },
        "language": made.language,
        "plan": {
            "id": "plan",
            "title": title,
            "publisher": None,
            "issued": made.issued,
            "first_year": made.span.first,
            "last_year": made.span.last,
            "areas": list(areas),
        },
        "promises": promises,
        "not_taken": made.not_taken,
    }


def offers_of(catalog: Catalog | None, language: str) -> Offers:
    """Offer the indicators of a project, or those that come with the package."""
    shipped = inherited_entries("indicators")
    known = {**shipped, **(catalog.indicators if catalog is not None else {})}
    offers = (Offer(one.id, tuple(one.name.by_language.values()), one.unit)
              for one in known.values())  # fmt: skip
    return Offers(offers, language)


def draft_file(
    path: Path,
    out: Path,
    first: int | None = None,
    last: int | None = None,
    catalog: Catalog | None = None,
    issued: dt.date | None = None,
) -> tuple[list[Path], Draft]:
    """
    Draft the promises of a document, and write the draft into a folder.

    Parameters
    ----------
    path : Path
        A text, a Word document, a PDF or a web page.
    out : Path
        The folder: source.txt, draft.yaml, review.html. Decisions that stand there are kept.
    first, last : int, optional
        First and last year of the plan; taken from the text when left out.
    catalog : Catalog, optional
        The project whose indicators and areas are offered.
    issued : date, optional
        The day of issue, where the text does not say it.

    Returns
    -------
    list of Path, Draft
        The files, and what they hold.

    Raises
    ------
    DataError
        If the document can't be read, or the folder is one of definitions.
    """
    if "definitions" in out.resolve().parts:
        raise DataError(f"--out {out}: a draft is no definition; expected a folder outside of them")
    for name, year in (("--first", first), ("--last", last)):
        if year is not None and not is_year(year):
            raise DataError(f"{name} {year}: expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    if first and last and first > last:
        raise DataError(f"--first {first}: expected a year up to --last {last}")
    text = read_document(path)
    made = draft(text, first, last, offers_of(catalog, language_of(text)))
    areas = [] if catalog is None else [
        one.id for one in catalog.areas.values() if one.parent not in catalog.areas
    ]  # fmt: skip
    content = content_of(made, path.name, areas if len(areas) < 30 else [])
    if issued:
        content["plan"]["issued"] = issued
    if (out / DRAFT).is_file():
        told = {"issued": issued, "first_year": first, "last_year": last}
        _keep(content, read_draft(out), [name for name, given in told.items() if given])
    elif others := [file for file in (TEXT, PAGE) if (out / file).exists()]:
        raise DataError(
            f"{out} holds {' and '.join(others)}, which no draft has made; move it away, or "
            "name another folder with --out"
        )
    return save(content, made.text, out), made


def _hash(readings: Any) -> str:
    """Tell readings as the rules wrote them from those that a person wrote."""
    return hashlib.sha256(json.dumps(readings, sort_keys=True).encode()).hexdigest()[:12]


def write_readings(one: dict[str, Any], plan: Mapping[str, Any]) -> None:
    """
    Write the readings of a promise anew, from what its fields are by now.

    Parameters
    ----------
    one : dict
        The promise as draft.yaml holds it.
    plan : mapping
        The plan, of which the years are used.

    Raises
    ------
    DataError
        With one line for each field that can't be what a person wrote.
    """
    start, end = one["span"]
    promise = Promise(one["quote"], start, end, one["article"], one["locator"])
    promise.fields, promise.questions = one["fields"], one["ask"]
    faults = [f"promise {one['id']!r}: {name}: expected {what}, found {promise[name]!r}"
              for name, (fits, what) in _FIELDS.items() if not fits(promise[name])]  # fmt: skip
    levels = promise["levels"]
    if not faults and levels and _last_of(levels) != (promise["year"], promise["value"]):
        faults = [f"promise {one['id']!r}: levels end at {max(levels)} with {levels[max(levels)]}, "
                  f"and value and year are {promise['value']} and {promise['year']}; "
                  "mend what is wrong, or take levels out"]  # fmt: skip
    if not faults and promise["range"] and promise["value"] not in promise["range"]:
        faults = [f"promise {one['id']!r}: range is {promise['range']}, and value is "
                  f"{promise['value']}; mend what is wrong, or take range out"]  # fmt: skip
    if faults:
        raise DataError("the fields of a promise", faults)
    if promise["op"] in ("<=", "<", ">=", ">"):
        way = "lower" if promise["op"] in ("<=", "<") else "higher"
        if promise["better"] != way:
            promise.fill("better", way, "person")
    one["readings"] = readings_of(promise, Span(plan["first_year"], plan["last_year"]))
    one["readings_hash"] = _hash(one["readings"])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _last_of(levels: Mapping[int, str]) -> tuple[int, float]:
    return max(levels), float(levels[max(levels)].lstrip("<>=~"))


#: Comparators of a promise.
OPS = (">=", ">", "<=", "<", "==", "~")
#: What the fields that readings are made from can be.
_FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "value": (_is_number, "a number"),
    "op": (OPS.__contains__, f"one of {', '.join(OPS)}"),
    "year": (lambda year: _is_number(year) and is_year(year),
             f"a year from {FIRST_YEAR} to {LAST_YEAR}"),
    "type": (KINDS.__contains__, f"one of {', '.join(KINDS)}"),
}  # fmt: skip


def save(content: Mapping[str, Any], text: str, folder: Path) -> list[Path]:
    """Write the three files of a draft: all of them, or none."""
    from edu_metrics.drafting.review import page

    lines = {
        **content,
        "promises": [
            {**one, "fields": {name: _Line(held) for name, held in one["fields"].items()}}
            for one in content["promises"]
        ],
        "not_taken": [_Line(one) for one in content["not_taken"]],
    }
    files = {
        folder / TEXT: text.encode(),
        folder / DRAFT: as_yaml(lines).encode(),
        folder / PAGE: page(content, text, content["language"]).encode(),
    }
    write_whole_files(files)
    return list(files)


def _keep(content: dict[str, Any], earlier: Mapping[str, Any], told: Iterable[str]) -> None:
    """Take over what a person decided and wrote, by the hash of the quote."""
    decided = {one["hash"]: one for one in earlier["promises"]}
    for promise in content["promises"]:
        old = decided.get(promise["hash"])
        if old is None:
            continue
        written = {n: f for n, f in old["fields"].items() if f.get("rule") == "person"}
        if old["decision"] == "open" and not written:
            continue
        kept = ("decision", "readings", "readings_hash", "ask")
        promise.update({name: old[name] for name in kept if name in old})
        promise["fields"] = old["fields"]
        if old["decision"] != "open":
            # A name that a person gave; p007 is but the number that it had.
            named = not re.fullmatch(r"p\d+", old["id"])
            promise["id"] = old["id"] if named else promise["id"]
    for name, value in earlier["plan"].items():
        if value not in (None, [], "") and name not in told:
            content["plan"][name] = value


def read_draft(folder: Path) -> dict[str, Any]:
    """
    Read a draft, with every fault in it.

    Parameters
    ----------
    folder : Path
        Where `draft` wrote it.

    Returns
    -------
    dict
        What draft.yaml holds.

    Raises
    ------
    DataError
        If there is none, or what a person wrote into it can't be read.
    """
    path = folder / DRAFT
    if not path.is_file():
        raise DataError(f"{folder}: expected {DRAFT} there, as `edu-metrics draft` writes it")
    content, faults = read_yaml(path)
    if faults:
        raise DataError(f"{path}", faults)
    wanted = ("source", "language", "plan", "promises", "not_taken")
    if not isinstance(content, dict) or any(key not in content for key in wanted):
        raise DataError(f"{path}: expected {', '.join(wanted)}, as `edu-metrics draft` writes them")
    faults = [
        f"promise {one.get('id')!r}: decision: expected one of {', '.join(DECISIONS)}, found "
        f"{one.get('decision')!r}"
        for one in content["promises"]
        if one.get("decision") not in DECISIONS
    ]
    text = (folder / TEXT).read_text("utf-8") if (folder / TEXT).is_file() else ""
    if hashlib.sha256(text.encode()).hexdigest() != content["source"].get("sha256"):
        faults.append(f"{TEXT} is not the text that the draft was made from; run `draft` again")
    if faults:
        raise DataError(f"{path}", faults)
    return content


#: The kind of a target that a type of draft becomes.
_KINDS = {
    "from_to": "level", "kept": "each_year_floor", "yearly_change": "points_per_year",
    "total_change": "cumulative", "doubling": "cumulative", "halving": "cumulative",
    "each_year": "each_year_floor", "each_unit": "count", "level": "level",
}  # fmt: skip

#: Conditions that have to say over how many yearly steps they hold: from the plan's first year, or
#: from the year before it.
_STEPWISE = ("each_year", "yearly_change", "total_change")


def accept_draft(folder: Path, catalog: Catalog) -> list[Path]:
    """
    Write what a person accepted of a draft into a plan of a project.

    The words of the plan stand in each language of the project until somebody translates them.

    Parameters
    ----------
    folder : Path
        The draft.
    catalog : Catalog
        The project.

    Returns
    -------
    list of Path
        What was written: the plan, its source, its text with a seal.

    Raises
    ------
    DataError
        With one line for each thing that a person has still to say; nothing is written then.
    """
    content = read_draft(folder)
    accepted = [one for one in content["promises"] if one["decision"] == "accept"]
    known = {**inherited_entries("indicators"), **catalog.indicators}
    faults = [*_missing(content["plan"]), *_unsaid(accepted, known)]
    faults += _taken(catalog.root, content["plan"])
    if not accepted:
        faults.append("promises: none has the decision accept")
    for one in accepted:
        if one["readings"] and _hash(one["readings"]) == one.get("readings_hash"):
            try:
                write_readings(one, content["plan"])
            except DataError as error:
                faults += error.faults
    if faults:
        raise DataError(f"{folder}: nothing was accepted", faults)
    text = (folder / TEXT).read_text("utf-8")
    languages = {lang for study in catalog.studies.values() for lang in study.languages}
    languages = {content["language"], *languages}
    files = _files(content, accepted, text, catalog.root, sorted(languages))
    _require_sound(files, catalog.root, folder)
    write_whole_files(files)
    return list(files)


def _require_sound(files: Mapping[Path, bytes], root: Path, draft_folder: Path) -> None:
    """Load a copy of the project's definitions with the new files in it, and refuse faults."""
    own = root / "data" / "definitions"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data" / "definitions"
        shutil.copytree(own, copy)
        told = {path: content for path, content in files.items() if path.is_relative_to(own)}
        write_whole_files({copy / path.relative_to(own): told[path] for path in told})
        if (copy / "project.yaml").is_file():
            given = {**read_yaml(copy / "project.yaml")[0], "base": str(base_of(root))}
            write_whole_files({copy / "project.yaml": as_yaml(given).encode()})
        try:
            load_catalog(folder)
        except DefinitionError as error:
            raise DataError(
                f"{draft_folder}: nothing was accepted, since the plan would not be sound",
                error.faults,
            ) from None


def _missing(plan: Mapping[str, Any]) -> list[str]:
    told = {"id": "a name for the plan's file", "title": "its title", "areas": "areas it binds",
            "issued": "the day of issue, such as 2021-03-01"}  # fmt: skip
    faults = [f"plan: {name}: expected {what}" for name, what in told.items() if not plan.get(name)]
    if plan.get("issued") and not isinstance(plan["issued"], dt.date):
        faults.append(f"plan: issued: expected a day such as 2021-03-01, found {plan['issued']!r}")
    if plan.get("id") and not re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)*", str(plan["id"])):
        faults.append(
            f"plan: id: expected letters, digits and single underscores, found {plan['id']!r}"
        )
    return faults


def _taken(root: Path, plan: Mapping[str, Any]) -> list[str]:
    """Refuse to write over a plan that was not made from this draft, and is no example."""
    path = root / "data" / "definitions" / "plans" / f"{plan.get('id')}.yaml"
    there = read_yaml(path)[0] if path.is_file() else None
    there = there if isinstance(there, dict) else {"hypothetical": True}
    if there.get("source") != _source(plan) and not there.get("hypothetical"):
        return [f"plan: id: {path.name} is another plan of the project; name this one otherwise"]
    return []


def _source(plan: Mapping[str, Any]) -> str:
    return f"{plan.get('id')}_document"


def _unsaid(accepted: list[dict[str, Any]], indicators: Mapping[str, Any]) -> list[str]:
    """Name what the accepted promises still lack."""
    faults = []
    for one in accepted:
        held = one["fields"].get("indicator", {})
        name, offered = held.get("is"), ", ".join(held.get("offers") or ())
        if one["readings"] and name is None:
            offer = f"; nearest are {offered}" if offered else ""
            faults.append(f"promise {one['id']!r}: indicator: expected the id of one{offer}")
        elif name is not None and name not in indicators:
            faults.append(f"promise {one['id']!r}: indicator: no indicator {name!r} in the project")
    return faults


def _files(
    content: dict[str, Any], accepted: list[dict[str, Any]], text: str, root: Path,
    languages: list[str],
) -> dict[Path, bytes]:  # fmt: skip
    """Write out the plan, its source, and its text with a seal."""
    plan = content["plan"]
    definitions = root / "data" / "definitions"
    source = _source(plan)
    below = f"{source}/{plan['issued']:%Y-%m-%d}/{TEXT}"
    raw = root / "data" / "raw" / below

    def told(words: str) -> dict[str, str]:
        return dict.fromkeys(languages, words)

    entry = {
        "id": source,
        "title": told(plan["title"]),
        "publisher": told(plan.get("publisher") or plan["title"]),
        "date": plan["issued"],
        "licence": "public policy document",
        "read": "copy",
        "full_text": below,
    }
    sources = definitions / "sources.yaml"
    listed = sources.read_text("utf-8") if sources.is_file() else ""
    known = any(one.get("id") == source for one in read_yaml(sources)[0] or () if sources.is_file())
    made = {
        "id": plan["id"],
        "title": told(plan["title"]),
        "source": source,
        "issued": plan["issued"],
        "first_year": plan["first_year"],
        "last_year": plan["last_year"],
        "areas": plan["areas"],
    }
    if any(one["decision"] == "open" for one in content["promises"]):
        made["draft"] = True
    targets = [_target(one, plan, content["language"], told) for one in accepted]
    named = {one["article"] for one in targets if not str(one["article"]).isdecimal()}
    if named:
        made["articles"] = {name: told(name) for name in sorted(named)}
    made["targets"] = targets
    noted = {"source": source, "title": told(plan["title"]), "url": None,
             "accessed": plan["issued"], "licence": "public policy document"}  # fmt: skip
    files = {
        **with_sidecar(raw, text.encode(), noted),
        definitions / "plans" / f"{plan['id']}.yaml": as_yaml(made).encode(),
    }
    if not known:
        kept = "" if listed.strip() in ("", "[]") else f"{listed.rstrip()}\n"
        files[sources] = f"{kept}{as_yaml([entry])}".encode()
    return files


def _target(
    one: dict[str, Any], plan: Mapping[str, Any], lang: str, told: Callable[[str], dict[str, str]]
) -> dict[str, Any]:
    """Write a promise as the target that it becomes."""

    def held(name: str) -> Any:
        return one["fields"].get(name, {}).get("is")

    numeric = bool(one["readings"])
    scope, subject = held("scope") or "", held("subject") or one["quote"]
    between = " " if lang == "en" and scope else ""
    title = subject if scope in subject else f"{scope}{between}{subject}"
    kind = _KINDS.get(held("type"), held("type"))
    if held("type") == "yearly_change" and held("unit") == "percent":
        kind = "relative_per_year"
    target: dict[str, Any] = {
        "id": one["id"],
        "title": told(title),
        "article": str(one["article"] or one["locator"]),
        "tier": "numeric" if numeric else "deliverable",
        "kind": kind,
        "indicator": held("indicator"),
        "areas": one.get("areas") or plan["areas"],
        "population": told(scope or subject),
        "unit": held("unit") or "none",
        "better": held("better") or "higher",
        "deadline": held("year"),
        "quote": one["quote"],
        "locator": one["locator"],
    }
    if held("obligation"):
        target["obligation"] = held("obligation")
    if held("base") is not None:
        target["baseline"] = {"value": held("base"), "year": held("base_year")}
    if held("type") == "frequency":
        every = held("value") if held("unit") == "years" else 1
        target["frequency"] = {"every_years": [every or 1]}
    if any(way["type"] in _STEPWISE for given in one["readings"] for way in given["conditions"]):
        last, first = held("year") or plan["last_year"], plan["first_year"]
        target["steps"] = sorted({max(last - first, 1), max(last - first + 1, 1)})
    if numeric:
        target["readings"] = one["readings"]
    return target
