"""
The pages that list all reports: one of each study, and one above them, in each language.

A study's page is a dashboard: one sentence, its first targets as a heat table, and all areas in a
list. What a page looks like is the template ``index.html.j2``; what it says is told here.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

from edu_metrics.batch.jobs import rows_of
from edu_metrics.batch.manifest import listed
from edu_metrics.catalog import Bound, Catalog, Plan, Study, Target
from edu_metrics.figures.svg import band
from edu_metrics.files import write_text
from edu_metrics.limits import inert
from edu_metrics.report.downloads import write_csv, write_dictionary, write_workbook
from edu_metrics.report.glance import (
    AGAINST,
    GROUPS,
    Glance,
    beside_level,
    group_band,
    group_text,
    group_words,
    headline_of,
    level_words,
    read_glance,
)
from edu_metrics.report.html import Cell, Html, join, stylesheet, table, tag, warnings
from edu_metrics.report.kinds import PLAN_AUDIT, SCENARIOS, WHOLE, audited_study, index_name
from edu_metrics.report.page import link_pages
from edu_metrics.words import (
    LANGUAGES,
    amount,
    date,
    html_lang,
    in_year,
    language_name,
    languages,
    number,
    probability,
    say,
)

__all__ = ["Dashboard", "pages_of", "write_indexes"]

#: How many targets are shown apart, the first of the plan: its own order says which come first.
HEADLINE = 8
#: What is said of all areas: of their median, where that is nought, and where all are.
_EXPECTED = ("index.answer_areas", "index.answer_areas_none", "index.answer_areas_all_none")
_MET = ("index.answer_areas_met", "index.answer_areas_met_none", "index.answer_areas_met_all_none")
#: The columns of the table of verdicts.
_COLUMNS = (
    *("area", "area_zh", "area_en", "target", "title_zh", "title_en", "article", "due"),
    *("group_of_target", "verdict", "probability", "last_year", "last_value", "asked", "unit"),
    *("required_pace", "recent_pace", "people", "disclosure"),
)


@dataclass(frozen=True)
class Dashboard:
    """
    What the reports of a study say, put together.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    glances : mapping of str to Glance
        Of the areas that have a report, in the order of the study.
    found : mapping of str to (mapping of str to mapping), optional
        Entries of the manifest by name of the report and language.
    """

    catalog: Catalog
    study: Study
    glances: Mapping[str, Glance]
    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    #: Up to so many areas a cell is shown for each; beyond that, how all of them are spread.
    HEAT: ClassVar[int] = 40

    @classmethod
    def of(cls, catalog: Catalog, study: Study, out: Path) -> Dashboard:
        """Read what reports say at a glance; their numbers are the same in each language."""
        found: dict[str, dict[str, Any]] = {}
        for entry in listed(catalog, study, out):
            found.setdefault(entry["area"], {})[entry["lang"]] = entry
        glances = {}
        for area in catalog.expand(study.areas):
            read = (read_glance(out / study.id / lang / area) for lang in found.get(area, ()))
            if (glance := next(filter(None, read), None)) is not None:
                glances[area] = glance
        return cls(catalog, study, glances, found)

    @cached_property
    def made(self) -> set[tuple[str, str]]:
        """Language and name of the reports that stand."""
        return {
            (lang, name)
            for name, mine in self.found.items()
            for lang, entry in mine.items()
            if entry["status"] != "failed"
        }

    def address(self, name: str, lang: str) -> str | None:
        """Give the address of a report in a language, or in another where it has only that."""
        there = [one for one in (lang, *self.found.get(name, ())) if (one, name) in self.made]
        return f"{there[0]}/{name}/report.html" if there else None

    @property
    def plan(self) -> Plan:
        """The plan that the study is about."""
        return self.catalog.plan(self.study.plan)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The numeric targets of the plan."""
        return tuple(one for one in self.plan.targets if one.numeric)

    @cached_property
    def headline(self) -> tuple[Target, ...]:
        """The first numeric targets of the plan."""
        return self.targets[:HEADLINE]

    @cached_property
    def whole(self) -> str | None:
        """The area that all others of the study are parts of, or the only one."""
        areas = self.catalog.expand(self.study.areas)
        if len(areas) == 1:
            return areas[0] if areas[0] in self.glances else None
        return next((a for a in self.glances if self.catalog.children(a, areas)), None)

    @cached_property
    def all_areas(self) -> int:
        """How many areas the study has, with a report or without."""
        return max(len(self.catalog.expand(self.study.areas)), len(self.glances))

    @property
    def groups(self) -> list[str]:
        """The groups that occur."""
        return [name for name in GROUPS if any(one.counts[name] for one in self.glances.values())]

    @cached_property
    def year(self) -> int | None:
        """The year of the latest values, where that is the same everywhere."""
        years = {row["last_year"] for row in self._shown()} - {None}
        return years.pop() if len(years) == 1 else None

    def areas_said(self, lang: str) -> str:
        """Say how many areas are spoken of: all of the study, or those that have a report."""
        shown = len(self.glances)
        key = "index.every_area" if shown == self.all_areas else "index.some_areas"
        return say(key, lang, areas=shown, all=self.all_areas)

    def name(self, area: str, lang: str) -> str:
        """Give the name of an area."""
        return self.catalog.areas[area].name.in_(lang)

    def sentence(self, lang: str) -> str:
        """
        Answer for the study in one sentence or two, made from the numbers of its areas.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        str
            For the whole where there is one, else across all areas.
        """
        if not self.glances:
            return say("index.no_answer", lang)
        if self.whole is None:
            return self._across(lang)
        said = headline_of(self.glances[self.whole], lang)
        answer = say("index.answer_of", lang, area=self.name(self.whole, lang), sentence=said)
        hard = self._hard_everywhere(lang)
        return (" " if lang == "en" else "").join([answer, hard] if hard else [answer])

    def _hard_everywhere(self, lang: str) -> str:
        areas = len(self.glances)
        named = [
            target.title.in_(lang)
            for target in self.headline
            if areas > 1 and self.against(target) == areas
        ]
        if not named:
            return ""
        names = say("bulletin.comma", lang).join(named)
        told = {"n": len(self.headline), "names": names, "areas": self.areas_said(lang)}
        key = "index.hard_everywhere" if self._some else "index.hard_everywhere_all"
        return say(key, lang, **told)

    def against(self, target: Target) -> int:
        """Count the areas that are not on course for a target, or have missed it."""
        found = (one.by_target.get(target.id) for one in self.glances.values())
        return sum(row is not None and row["group"] in AGAINST for row in found)

    def _across(self, lang: str) -> str:
        glances = self.glances.values()
        told: dict[str, Any] = {"areas": self.areas_said(lang), "n": len(self.targets)}
        lacking = sum(one.mostly_lacking for one in glances)
        if 2 * lacking > len(glances):
            return say("index.answer_areas_lacking", lang, **told, lacking=lacking)
        expected = [one.expected for one in glances if one.expected is not None]
        keys, values = _EXPECTED, [float(one) for one in expected]
        if 2 * len(expected) <= len(glances):
            keys, values = _MET, [float(one.counts["met"]) for one in glances]
        low, middle, high = (number(one, 0) for one in (min(values), median(values), max(values)))
        key = keys[0 if middle != "0" else 1 if high != "0" else 2]
        return say(key, lang, **told, median=middle, low=low, high=high)

    def heat(self, lang: str) -> Html:
        """
        Show where each area stands with the first targets, or how many areas are spread.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        Html
            A heading and a table; nothing where no figure judges any of these targets.
        """
        if all(row["group"] == "lacking" for row in self._shown()):
            return Html("")
        if len(self.glances) > self.HEAT:
            return _drawn("spread", self, lang)
        return _drawn("heat", self, lang)

    def areas(self, lang: str, entries: Mapping[str, Cell]) -> Html:
        """
        List all areas with the groups of their targets.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.
        entries : mapping of str to Html
            What stands for the name of each area: a link, or why there is none.

        Returns
        -------
        Html
            A heading, a field that filters, and a table that can be sorted.
        """
        return _drawn("areas", self, lang, entries)

    def title(self, what: str, lang: str) -> str:
        """Head a table of the first targets, or of all where there are no more."""
        key = what if self._some else {"heat": "heat_all", "spread": "spread_all"}[what]
        return say(f"index.{key}", lang, n=len(self.headline), areas=self.areas_said(lang))

    def lead(self, key: str, lang: str) -> str:
        """Say how to read a table, and why it holds the targets that it does."""
        why = [say("index.why_first", lang, n=len(self.headline))] if self._some else []
        return (" " if lang == "en" else "").join([*why, say(f"index.{key}", lang)])

    @property
    def _some(self) -> bool:
        """Whether the plan has more targets than are shown apart."""
        return len(self.headline) < len(self.targets)

    def _shown(self) -> Iterator[Mapping[str, Any]]:
        known = (one.by_target for one in self.glances.values())
        return (rows[t.id] for rows in known for t in self.headline if t.id in rows)

    def _rows(self, target: Target) -> list[Mapping[str, Any]]:
        return [one.by_target.get(target.id) or {} for one in self.glances.values()]

    def asked(self, target: Target, lang: str) -> str:
        """Say what is asked, where that is the same in all areas."""
        asked = {row.get("asked") for row in self._rows(target)}
        if len(asked) > 1 or None in asked:
            return ""
        unit = self._rows(target)[0]["unit"]
        # All of a whole is not "or more".
        ends = (None, 100.0 if unit == "percent" else None)
        return level_words(Bound.model_validate(asked.pop()), unit, lang, ends)

    def value(self, row: Mapping[str, Any], lang: str) -> str:
        """Print the latest value of a target, with its year where that is not named above."""
        if row["last_year"] is None:  # it is the plan's own start, which nobody published
            return "—"
        level = Bound.model_validate(row["asked"]).value if row["asked"] else None
        shown = beside_level(row["last_value"], level, row["unit"], lang)
        return shown if row["last_year"] == self.year else in_year(shown, row["last_year"], lang)

    def judged(self, one: Glance, row: Mapping[str, Any], lang: str) -> Iterator[str]:
        """Name the group of a target with its mark, and its chance."""
        yield group_words(row["group"], lang)
        if row["probability"] is not None and row["group"] != "unknown":
            yield probability(row["probability"], lang, floor=one.floor, cap=one.cap)

    def middle(self, target: Target, lang: str) -> str:
        """Print the median of the latest values of a target."""
        rows = [row for row in self._rows(target) if row.get("last_year") is not None]
        values = [row["last_value"] for row in rows]
        return amount(median(values), rows[0]["unit"], lang) if values else "—"

    def band(self, target: Target, lang: str) -> Html:
        """Draw how many areas are in each group of a target."""
        return group_band(Counter(row["group"] for row in self._rows(target)), lang, width=520)

    def numbers(self, area: str, lang: str, *, short: bool) -> Iterator[Mapping[str, Cell]]:
        """Give the groups of an area, what is met or expected there, and what is within reach."""
        one = self.glances.get(area)
        if one is None:
            yield {"shown": "—"}
            yield from [{"shown": "—", "sort": "-1"}] * 2
            return
        yield {"shown": _short_band(one.counts) if short else group_band(one.counts, lang)}
        # Where nothing has a chance nothing is within reach or out of it.
        within = str(one.counts["effort"] or "—")
        if one.expected is None or one.interval is None:
            judged = one.counts["met"] + one.counts["missed"]
            sort = float(one.counts["met"]) if judged else -1.0
            expected = say("index.met_cell", lang, met=one.counts["met"]) if judged else "—"
        else:
            sort, within = one.expected, str(one.counts["effort"])
            told, low, high = (number(value, 0) for value in (one.expected, *one.interval))
            key = "index.expected_cell" if low != high else "index.expected_sure"
            expected = say(key, lang, expected=told, low=low, high=high)
        yield {"shown": expected, "sort": f"{sort:.2f}"}
        yield {"shown": within, **({"sort": "-1"} if within == "—" else {})}


def _short_band(counts: Mapping[str, int]) -> Html:
    """Draw the bar without words, and its numbers beside it: a third of the size."""
    there = {name: (counts[name], mark) for name, mark in GROUPS.items() if counts.get(name)}
    numbers = " ".join(f"{mark}{count}" for count, mark in there.values())
    return Html(band(there, "")) + tag("small", numbers)


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
    every = (Dashboard.of(catalog, study, out) for study in by_reality(catalog))
    boards = [board for board in every if board.found]
    names = _root_names([board.study for board in boards])
    for board in boards:
        folder = out / board.study.id
        link_pages(folder, board.made)
        _write_tables(board, folder)
        for lang in board.study.languages:
            page = _study_page(board, lang, folder, names[lang])
            write_text(folder / index_name(board.study, lang), page)
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


def _study_page(board: Dashboard, lang: str, folder: Path, home: str) -> str:
    """Write the page of a study; ``home`` is the page above all in its language."""
    catalog, study, plan = board.catalog, board.study, board.plan
    rows = [row for row in rows_of(catalog, study) if row in board.found]
    listing: dict[str, Cell] = {
        row: _drawn("entry", board, row, f"{row}{SCENARIOS}", lang)
        for row in rows
        if row in catalog.areas
    }
    others = [
        _drawn("link", board, row, say(f"index.{row}", lang), lang) for row in rows if row in WHOLE
    ]
    by = audited_study(catalog, plan)
    if by is not None and PLAN_AUDIT not in board.found:  # another study has it
        audit = f"{by.id}/{lang}/{PLAN_AUDIT}/report.html"
        if (folder.parent / audit).exists():
            others.append(tag("a", say(f"index.{PLAN_AUDIT}", lang), href=f"../{audit}"))
    names = {"csv": "verdicts.csv", "xlsx": "verdicts.xlsx", "columns": "verdicts.columns.csv"}
    body = _drawn(
        "study",
        board,
        lang,
        warnings(study, plan, lang),
        listing,
        others,
        {key: name for key, name in names.items() if (folder / name).exists()},
        _licences(board, lang),
    )
    other: dict[str, str] = {tongue: index_name(study, tongue) for tongue in study.languages}
    return _page(study.title.in_(lang), body, lang, other, home, script=bool(listing))


def _licences(board: Dashboard, lang: str) -> str:
    """Say under which licences the sources of a study stand."""
    used = {name for one in board.glances.values() for name in one.sources}
    licences = Counter(board.catalog.sources[name].licence_in(lang) for name in sorted(used))
    return say("report.list_comma", lang).join(
        say("index.licence_of", lang, licence=licence, number=number_of)
        for licence, number_of in licences.most_common()
    )


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


def _root_page(boards: Sequence[Dashboard], names: Mapping[str, str], lang: str) -> str:
    rows: list[list[Cell]] = []
    for board in boards:
        study = board.study
        tongue = lang if lang in study.languages else study.languages[0]
        kinds = {
            "internal": study.disclosure.mode == "internal",
            "invented": study.simulated,
            "hypothetical": board.plan.hypothetical,
        }
        marks = [tag("small", say(f"index.{kind}", lang)) for kind, true in kinds.items() if true]
        link = f"{study.id}/{index_name(study, tongue)}"
        areas = len({name for _, name in board.made} & board.catalog.areas.keys())
        told = {"areas": areas, "all": board.all_areas}
        rows.append(
            [
                tag("a", study.title.in_(lang), href=link) + join(marks),
                board.sentence(lang),
                tag("span", date(study.as_of, lang), "nowrap"),
                str(areas) if areas == board.all_areas else say("index.made_of", lang, **told),
                str(sum(map(len, board.found.values())) - len(board.made) or ""),
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


def _page(
    title: str,
    body: Html,
    lang: str,
    other: Mapping[str, str],
    home: str | None = None,
    *,
    script: bool = False,
) -> str:
    css = _text("index.css") + stylesheet()  # what holds on paper and on a phone comes last
    policy, code = "default-src 'none'; style-src 'unsafe-inline'; img-src data:", ""
    if script:  # it sorts and filters the list of areas, which without it stands as it is
        code = f"\n{_text('index.js')}"
        digest = b64encode(sha256(code.encode()).digest()).decode()
        policy = f"{policy}; script-src 'sha256-{digest}'"
    return str(_drawn("page", title, body, lang, other, home, policy, css, code))


def _drawn(part: str, *told: Any) -> Html:
    """Fill in a part of the template."""
    return Html(str(getattr(_template(), part)(*told)))


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def safe(value: Any) -> Any:
        """Let pieces of HTML stand, and make all other texts inert."""
        if type(value) is str:
            return Markup(escape(inert(value)))
        return Markup(value.text) if isinstance(value, Html) else value

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, finalize=safe)
    made.globals |= {"say": say, "date": date, "group_text": group_text}
    made.globals |= {"html_lang": html_lang, "language_name": language_name}
    return made.from_string(_text("index.html.j2")).module


def _text(name: str) -> str:
    return (files("edu_metrics.report") / "templates" / name).read_text("utf-8")
