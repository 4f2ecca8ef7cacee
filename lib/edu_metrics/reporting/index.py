"""What was made: the manifest of a study, and the pages that list all reports."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from edu_metrics.catalog import Catalog, Study
from edu_metrics.errors import ReportError
from edu_metrics.observations import read_processed
from edu_metrics.reporting.area_report import inputs_sha256
from edu_metrics.reporting.html import Cell, Html, join, table, tag
from edu_metrics.reporting.labels import warnings
from edu_metrics.reporting.running import Job, Outcome
from edu_metrics.reporting.summary import write_text
from edu_metrics.words import LANGUAGES, say

__all__ = ["listed", "write_indexes", "write_manifest"]

MANIFEST = "manifest.json"


def write_manifest(
    catalog: Catalog, study: Study, out: Path, results: list[tuple[Job, Outcome]]
) -> None:
    """
    Write what was made and what failed; reports of earlier runs stay listed.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    out : Path
        Folder of all reports.
    results : list of (Job, Outcome)
        What this run came to.
    """
    digest = inputs_sha256(catalog, study, read_processed(catalog.root, study.id))
    held = {(entry["area"], entry["lang"]): entry for entry in listed(catalog, study, out)}
    for job, outcome in results:
        held[job.folder.name, job.lang] = {
            "area": job.folder.name,
            "lang": job.lang,
            "status": outcome.status,
            "cell": outcome.cell,
            "error": outcome.error,
            "seconds": round(outcome.seconds, 1),
            "inputs_sha256": digest,
        }
    order = _rows(catalog, study)
    content = {
        "study": study.id,
        "as_of": study.as_of.isoformat(),
        "areas": [held[key] for key in sorted(held, key=lambda key: (order.index(key[0]), key[1]))],
    }
    write_text(out / study.id / MANIFEST, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _rows(catalog: Catalog, study: Study) -> list[str]:
    """Give the reports that a study can have, in the order in which they are listed."""
    return ["overview", "plan_audit", *catalog.expand(study.areas)]


def listed(catalog: Catalog, study: Study, out: Path) -> list[dict[str, Any]]:
    """
    Read which reports a study has, without those of areas that it has no more.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    out : Path
        Folder of all reports.

    Returns
    -------
    list of dict
        The entries of its manifest; none where there is no manifest.

    Raises
    ------
    ReportError
        If the manifest can't be read.
    """
    path = out / study.id / MANIFEST
    if not path.is_file():
        return []
    try:
        entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["areas"]
        known = set(_rows(catalog, study))
        return [e for e in entries if e["area"] in known and e["lang"] in study.languages]
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{path} can't be read ({error!r}); delete it and make the reports of "
            f"{study.id!r} again"
        ) from error


def write_indexes(catalog: Catalog, out: Path) -> Path:
    """
    Write index.html of every study that has a manifest, and one above them.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    out : Path
        Folder of all reports.

    Returns
    -------
    Path
        The page above all.
    """
    rows: list[list[Cell]] = []
    for name, study in catalog.studies.items():
        entries = listed(catalog, study, out)
        if not entries:
            continue
        write_text(out / name / "index.html", _study_page(catalog, study, entries))
        failed = sum(entry["status"] == "failed" for entry in entries)
        rows.append(
            [
                tag("a", _both(study.title.zh, study.title.en), href=f"{name}/index.html"),
                _both(study.note.zh, study.note.en),
                study.as_of.isoformat(),
                str(len(entries) - failed),
                str(failed) if failed else "",
            ]
        )
    head = [_label(key) for key in ("index.study", "report.remark", "report.as_of")]
    head += [_label("index.made"), _label("index.failed")]
    body = table(head, rows, caption=_label("index.title"), numeric=(3, 4))
    page = out / "index.html"
    write_text(page, _page(_label("index.title"), body))
    return page


def _study_page(catalog: Catalog, study: Study, entries: list[dict[str, Any]]) -> str:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in entries:
        found.setdefault(entry["area"], {})[entry["lang"]] = entry
    rows: list[list[Cell]] = []
    for area in (row for row in _rows(catalog, study) if row in found):
        if area in ("overview", "plan_audit"):
            title = _label(f"index.{area}")
        else:
            title = _beside(catalog.areas[area].name.zh, catalog.areas[area].name.en)
        cells: list[Cell] = [_link(found[area].get(lang), area, lang) for lang in study.languages]
        rows.append([title, *cells])
    languages = {"zh": "中文", "en": "English"}
    head = [_label("index.area"), *(languages[lang] for lang in study.languages)]
    plan = catalog.plan(study.plan)
    body = join(
        [
            tag("p", tag("a", _label("index.back"), href="../index.html")),
            *(banner for lang in LANGUAGES for banner in warnings(study, plan, lang)),
            tag("p", _both(study.note.zh, study.note.en), "lead"),
            tag("p", _label("index.lead")),
            table(head, rows, caption=_label("index.title")),
        ]
    )
    return _page(_beside(study.title.zh, study.title.en), body)


def _link(entry: dict[str, Any] | None, area: str, lang: str) -> Cell:
    if entry is None:
        return "—"
    if entry["status"] == "failed":
        cell = f"[{entry['cell']}] " if entry["cell"] is not None else ""
        return join([tag("strong", say("index.failed", lang)), tag("small", cell + entry["error"])])
    return tag("a", say("index.open", lang), href=f"{lang}/{area}/report.html")


def _label(key: str) -> str:
    return _beside(*(say(key, lang) for lang in LANGUAGES))


def _beside(zh: str, en: str) -> str:
    return f"{zh} · {en}"


def _both(zh: str, en: str) -> Html:
    return tag("span", zh) + tag("small", en)


def _page(title: str, body: Html) -> str:
    css = (files("edu_metrics.reporting") / "templates" / "report.css").read_text("utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{css}</style></head>"
        f"<body><main>{tag('h1', title)}{body}</main></body></html>\n"
    )
