"""A draft as files: the text, the promises for a person to decide, the page to look at."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from edu_metrics.catalog.reading_yaml import read_yaml
from edu_metrics.drafting.promises import Draft
from edu_metrics.errors import DataError
from edu_metrics.files import write_whole_files

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


def write_draft(
    made: Draft, name: str, folder: Path, areas: Iterable[str] = (), **told: Any
) -> list[Path]:
    """
    Write source.txt, draft.yaml and review.html; decisions of an earlier draft there are kept.

    Parameters
    ----------
    made : Draft
        The draft.
    name : str
        Of the file that it was made from.
    folder : Path
        Where to write.
    areas : iterable of str
        Areas that the plan may bind.
    **told : Any
        What was told of the plan, such as ``issued``; it goes before what stands there.

    Returns
    -------
    list of Path
        The files.
    """
    content = content_of(made, name, areas)
    content["plan"].update(told)
    others = [file for file in (TEXT, PAGE) if (folder / file).exists()]
    if others and not (folder / DRAFT).is_file():
        raise DataError(
            f"{folder} holds {' and '.join(others)}, which no draft has made; move it away, or "
            "name another folder with --out"
        )
    if (folder / DRAFT).is_file():
        _keep(content, read_draft(folder), told)
    return save(content, made.text, folder)


def save(content: Mapping[str, Any], text: str, folder: Path) -> list[Path]:
    """Write the three files of a draft: all of them, or none."""
    from edu_metrics.drafting.page import page

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
        promise.update(decision=old["decision"], readings=old["readings"], ask=old["ask"])
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
