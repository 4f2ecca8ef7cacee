"""The pages that list all reports."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from edu_metrics.batch.jobs import rows_of
from edu_metrics.batch.manifest import listed
from edu_metrics.catalog import Catalog, Study, Text
from edu_metrics.report.atomic_write import write_text
from edu_metrics.report.banners import warnings
from edu_metrics.report.html import Cell, Html, join, table, tag
from edu_metrics.report.kinds import SCENARIOS, WHOLE
from edu_metrics.words import LANGUAGES, language_name, say

__all__ = ["write_indexes"]


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
                tag("a", _both(study.title), href=f"{name}/index.html"),
                _both(study.note),
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
    for area in (row for row in rows_of(catalog, study) if row in found):
        if area in WHOLE:
            title = _label(f"index.{area}")
        else:
            title = _beside(catalog.areas[area.removesuffix(SCENARIOS)].name)
            if area.endswith(SCENARIOS):
                title += f" · {_label('index.scenarios')}"
        cells: list[Cell] = [_link(found[area].get(lang), area, lang) for lang in study.languages]
        rows.append([title, *cells])
    head = [_label("index.area"), *map(language_name, study.languages)]
    plan = catalog.plan(study.plan)
    body = join(
        [
            tag("p", tag("a", _label("index.back"), href="../index.html")),
            *(banner for lang in LANGUAGES for banner in warnings(study, plan, lang)),
            tag("p", _both(study.note), "lead"),
            tag("p", _label("index.lead")),
            table(head, rows, caption=_label("index.title")),
        ]
    )
    return _page(_beside(study.title), body)


def _link(entry: dict[str, Any] | None, area: str, lang: str) -> Cell:
    if entry is None:
        return "—"
    if entry["status"] == "failed":
        cell = f"[{entry['cell']}] " if entry["cell"] is not None else ""
        return join([tag("strong", say("index.failed", lang)), tag("small", cell + entry["error"])])
    return tag("a", say("index.open", lang), href=f"{lang}/{area}/report.html")


def _label(key: str) -> str:
    return " · ".join(say(key, lang) for lang in LANGUAGES)


def _beside(text: Text) -> str:
    return " · ".join(text.by_language.values())


def _both(text: Text) -> Html:
    first, *others = text.by_language.values()
    return join([tag("span", first), *(tag("small", other) for other in others)])


def _page(title: str, body: Html) -> str:
    css = (files("edu_metrics.report") / "templates" / "report.css").read_text("utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{css}</style></head>"
        f"<body><main>{tag('h1', title)}{body}</main></body></html>\n"
    )
