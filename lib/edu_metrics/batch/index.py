"""The pages that list all reports: one of each study, and one above them, in each language."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from edu_metrics.batch.dashboard import Dashboard
from edu_metrics.batch.jobs import rows_of
from edu_metrics.batch.manifest import listed
from edu_metrics.catalog import Catalog, Study
from edu_metrics.files import write_text
from edu_metrics.report.downloads import write_csv, write_dictionary, write_workbook
from edu_metrics.report.glance import read_glance
from edu_metrics.report.html import Cell, Html, join, stylesheet, table, tag, warnings
from edu_metrics.report.kinds import PLAN_AUDIT, SCENARIOS, WHOLE, audited_study, index_name
from edu_metrics.report.page import link_pages
from edu_metrics.words import LANGUAGES, date, html_lang, language_name, languages, say

__all__ = ["pages_of", "write_indexes"]

#: The columns of the table of verdicts.
_COLUMNS = (
    *("area", "area_zh", "area_en", "target", "title_zh", "title_en", "article", "due"),
    *("group_of_target", "verdict", "probability", "last_year", "last_value", "asked", "unit"),
    *("required_pace", "recent_pace", "people", "disclosure"),
)


def write_indexes(catalog: Catalog, out: Path) -> Path:
    """
    Write the pages of every study that has a manifest, its tables, and the pages above them.

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
    found = ((study, listed(catalog, study, out)) for study in by_reality(catalog))
    boards = [
        (_gathered(catalog, study, entries, out), entries) for study, entries in found if entries
    ]
    names = _root_names([board.study for board, _ in boards])
    for board, entries in boards:
        folder = out / board.study.id
        made = {
            (lang, place)
            for place, mine in _by_area(entries).items()
            for lang, entry in mine.items()
            if entry["status"] != "failed"
        }
        link_pages(folder, made)
        _write_tables(board, folder)
        for tongue in board.study.languages:
            page = _study_page(board, entries, tongue, folder, names[tongue])
            write_text(folder / index_name(board.study, tongue), page)
    for lang, name in names.items():
        write_text(out / name, _root_page(boards, names, lang))
    return out / "index.html"


def _root_names(studies: Iterable[Study]) -> dict[str, str]:
    """Name the page above all in each language that the studies have."""
    known = {lang for study in studies for lang in study.languages}
    used = [lang for lang in languages() if lang in known] or LANGUAGES
    return {
        lang: f"index.{lang}.html" if place else "index.html" for place, lang in enumerate(used)
    }


def pages_of(catalog: Catalog, out: Path) -> list[Path]:
    """
    Say which pages that list reports may be written.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    out : Path
        Folder of all reports.

    Returns
    -------
    list of Path
        Whether they are there or not.
    """
    studies = catalog.studies.values()
    mine = (out / s.id / index_name(s, lang) for s in studies for lang in s.languages)
    return [*(out / name for name in _root_names(studies).values()), *mine]


def by_reality(catalog: Catalog) -> list[Study]:
    """Order studies: real numbers and a real plan first, then as they are defined."""
    return sorted(
        catalog.studies.values(),
        key=lambda study: study.simulated + catalog.plan(study.plan).hypothetical,
    )


def _by_area(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Mapping[str, Any]]]:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for entry in entries:
        found.setdefault(entry["area"], {})[entry["lang"]] = entry
    return found


def _gathered(
    catalog: Catalog, study: Study, entries: Sequence[Mapping[str, Any]], out: Path
) -> Dashboard:
    """Read what the reports of a study say at a glance; numbers are the same in each language."""
    found = _by_area(entries)
    glances = {}
    for area in catalog.expand(study.areas):
        for lang in found.get(area, ()):
            if (glance := read_glance(out / study.id / lang / area)) is not None:
                glances[area] = glance
                break
    return Dashboard(catalog, study, glances)


def _study_page(
    board: Dashboard, entries: Sequence[Mapping[str, Any]], lang: str, folder: Path, home: str
) -> str:
    """Write the page of a study; ``home`` is the page above all in its language."""
    catalog, study = board.catalog, board.study
    plan, found = catalog.plan(study.plan), _by_area(entries)
    rows = [row for row in rows_of(catalog, study) if row in found]
    areas = [row for row in rows if row in catalog.areas]
    links = {area: _address(found[area], area, lang) or "#" for area in areas}
    listing: dict[str, Cell] = {area: _area_entry(board, found, area, lang) for area in areas}
    dates = say(
        "index.dates",
        lang,
        date=date(study.as_of, lang),
        end=plan.last_year,
        areas=board.areas_said(lang),
    )
    pieces: list[Cell] = [
        tag("p", say("index.kicker", lang, plan=plan.title.in_(lang)), "kicker"),
        tag("h1", study.title.in_(lang)),
        tag("p", dates, "small"),
        *warnings(study, plan, lang),
        tag("p", board.sentence(lang), "headline"),
        tag("p", study.note.in_(lang), "small"),
    ]
    if board.glances:
        pieces.append(board.heat(lang, links))
    if listing:
        pieces.append(board.areas(lang, listing))
    pieces += [_others(board, found, lang, folder), _downloads(board, lang, folder)]
    other: dict[str, str] = {tongue: index_name(study, tongue) for tongue in study.languages}
    return _page(study.title.in_(lang), join(pieces), lang, other, home, script=bool(listing))


def _address(mine: Mapping[str, Mapping[str, Any]], area: str, lang: str) -> str | None:
    """Give the address of a report in a language, or in another where it has only that."""
    for tongue in (lang, *mine):
        if tongue in mine and mine[tongue]["status"] != "failed":
            return f"{tongue}/{area}/report.html"
    return None


def _area_entry(
    board: Dashboard, found: Mapping[str, dict[str, Mapping[str, Any]]], area: str, lang: str
) -> Html:
    """Link an area's report and its scenarios, and say what failed."""
    pieces: list[Cell] = [_link(found[area], area, board.name(area, lang), lang)]
    beside = f"{area}{SCENARIOS}"
    if beside in found:
        said = say("index.scenarios", lang)
        pieces += [Html(" · "), _link(found[beside], beside, said, lang)]
    return join(pieces)


def _link(mine: Mapping[str, Mapping[str, Any]], area: str, title: str, lang: str) -> Html:
    address = _address(mine, area, lang)
    pieces: list[Cell] = [title if address is None else tag("a", title, href=address)]
    for tongue, entry in mine.items():
        if entry["status"] == "failed":
            cell = f"[{entry['cell']}] " if entry["cell"] is not None else ""
            failed = f"{say('index.failed', lang)} ({language_name(tongue)})"
            pieces += [Html(" "), tag("strong", failed), tag("small", cell + entry["error"])]
    return join(pieces)


def _others(
    board: Dashboard, found: Mapping[str, dict[str, Mapping[str, Any]]], lang: str, folder: Path
) -> Html:
    """Link what is not of one area, and the plan's audit where another study has it."""
    items = [
        tag("li", _link(found[name], name, say(f"index.{name}", lang), lang))
        for name in rows_of(board.catalog, board.study)
        if name in WHOLE and name in found
    ]
    by = audited_study(board.catalog, board.catalog.plan(board.study.plan))
    if by is not None and PLAN_AUDIT not in found:
        audit = f"{by.id}/{lang}/{PLAN_AUDIT}/report.html"
        if (folder.parent / audit).exists():
            link = tag("a", say(f"index.{PLAN_AUDIT}", lang), href=f"../{audit}")
            items.append(tag("li", link))
    if not items:
        return Html("")
    return tag("h2", say("index.more", lang)) + tag("ul", join(items), "plain")


def _downloads(board: Dashboard, lang: str, folder: Path) -> Html:
    if not board.glances:
        return Html("")
    names = {"csv": "verdicts.csv", "xlsx": "verdicts.xlsx", "columns": "verdicts.columns.csv"}
    items = [
        tag("li", tag("a", say(f"index.{key}", lang), href=name))
        for key, name in names.items()
        if (folder / name).exists()
    ]
    used = {name for one in board.glances.values() for name in one.sources}
    licences = Counter(board.catalog.sources[name].licence_in(lang) for name in sorted(used))
    told = say("report.list_comma", lang).join(
        say("index.licence_of", lang, licence=licence, number=number_of)
        for licence, number_of in licences.most_common()
    )
    licence = tag("p", say("index.licence", lang, licences=told), "small") if told else ""
    return join([tag("h2", say("index.downloads", lang)), tag("ul", join(items), "plain"), licence])


def _write_tables(board: Dashboard, folder: Path) -> None:
    """Write all verdicts as CSV with a dictionary, and as a workbook where that can be made."""
    names = [folder / f"verdicts.{end}" for end in ("csv", "columns.csv", "xlsx")]
    if not board.glances:
        for path in names:
            path.unlink(missing_ok=True)
        return
    rows = list(_verdicts(board))
    write_csv(names[0], _COLUMNS, rows)
    write_dictionary(names[1], _COLUMNS)
    heads = ("column", *(f"meaning_{lang}" for lang in LANGUAGES))
    meant = [(one, *(say(f"column.{one}", lang) for lang in LANGUAGES)) for one in _COLUMNS]
    write_workbook(names[2], {"verdicts": [_COLUMNS, *rows], "columns": [heads, *meant]})


def _verdicts(board: Dashboard) -> Iterator[tuple[Any, ...]]:
    targets = {target.id: target for target in board.targets}
    for area, one in board.glances.items():
        name = board.catalog.areas[area].name
        for row in one.targets:
            if (target := targets.get(row["target"])) is None:
                continue
            mode = board.study.disclosure.mode
            told = {**row, "group_of_target": row["group"], "disclosure": mode}
            first = (area, name.zh, name.en, target.id, target.title.zh, target.title.en)
            yield (*first, target.article, *(told[column] for column in _COLUMNS[7:]))


def _root_page(
    boards: Sequence[tuple[Dashboard, Sequence[Mapping[str, Any]]]],
    names: Mapping[str, str],
    lang: str,
) -> str:
    rows: list[list[Cell]] = []
    for board, entries in boards:
        study = board.study
        tongue = lang if lang in study.languages else study.languages[0]
        link = f"{study.id}/{index_name(study, tongue)}"
        failed = sum(entry["status"] == "failed" for entry in entries)
        plan = board.catalog.plan(study.plan)
        internal = study.disclosure.mode == "internal"
        kinds = {"internal": internal, "invented": study.simulated}
        kinds["hypothetical"] = plan.hypothetical
        marks = [tag("small", say(f"index.{kind}", lang)) for kind, true in kinds.items() if true]
        rows.append(
            [
                tag("a", study.title.in_(lang), href=link) + join(marks),
                board.sentence(lang),
                tag("span", date(study.as_of, lang), "nowrap"),
                _made(board, entries, lang),
                str(failed) if failed else "",
            ]
        )
    keys = ["index.study", "index.answer", "index.as_of", "index.made", "index.failed"]
    if not any(row[-1] for row in rows):
        keys, rows = keys[:-1], [row[:-1] for row in rows]
    title = say("index.title", lang)
    heads = [say(key, lang) for key in keys]
    listed_all = table(heads, rows, caption=title, numeric=(3, 4), css="cards")
    body = tag("h1", title) + tag("p", say("index.lead", lang), "lead") + listed_all
    return _page(title, body, lang, names)


def _made(board: Dashboard, entries: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Say how many areas have a report, and of how many where that is not all."""
    done = {entry["area"] for entry in entries if entry["status"] != "failed"}
    areas = len(done & board.catalog.areas.keys())
    if areas == board.all_areas:
        return str(areas)
    return say("index.made_of", lang, areas=areas, all=board.all_areas)


def _page(
    title: str,
    body: Html,
    lang: str,
    other: Mapping[str, str],
    home: str | None = None,
    *,
    script: bool = False,
) -> str:
    css = _template("index.css") + stylesheet()  # what holds on paper and on a phone comes last
    policy, code = "default-src 'none'; style-src 'unsafe-inline'; img-src data:", ""
    if script:  # it sorts and filters the list of areas, which without it stands as it is
        text = f"\n{_template('index.js')}"
        digest = b64encode(sha256(text.encode()).digest()).decode()
        policy, code = f"{policy}; script-src 'sha256-{digest}'", f"<script>{text}</script>"
    above = [tag("a", say("index.back", lang), href=f"../{home}")] if home else []
    above += [
        tag("a", language_name(tongue), href=name, lang=html_lang(tongue), hreflang=tongue)
        for tongue, name in other.items()
        if tongue != lang
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{html_lang(lang)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="generator" content="edu-metrics">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{css}</style></head>"
        f"<body>{tag('nav', join(above))}<main>{tag('section', body, 'bulletin index')}</main>"
        f"{code}</body></html>\n"
    )


def _template(name: str) -> str:
    return (files("edu_metrics.report") / "templates" / name).read_text("utf-8")
