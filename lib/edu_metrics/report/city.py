"""The overview of a study: areas side by side, and which part makes the whole's gap."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from edu_metrics.catalog import Bound, Catalog, Study
from edu_metrics.errors import ReportError
from edu_metrics.reachability import (
    Assessment,
    JointAssessment,
    Verdict,
    adds_up,
    change_by_parts,
    gap_by_parts,
)
from edu_metrics.report.columns import Column, Table, draw, fields_of, picked, table_of
from edu_metrics.report.context import AreaReport, StudyReport, open_study
from edu_metrics.report.glance import GROUPS, expected_text, group_band, group_text
from edu_metrics.report.html import (
    CONTENTS,
    Cell,
    Html,
    details,
    facts,
    join,
    note,
    table,
    tag,
)
from edu_metrics.report.joint import expected_in_all
from edu_metrics.report.kinds import OVERVIEW
from edu_metrics.report.labels import warning
from edu_metrics.report.measured import show_apart
from edu_metrics.report.reasons import level_text
from edu_metrics.report.requirements import people_text
from edu_metrics.report.verdicts import told_chance
from edu_metrics.words import date, number, percent, say, signed

#: Up to so many areas each has a column, however few targets there are.
WIDE = 8
#: Up to so many parts that share the most or the fewest are named; more are counted.
NAMED = 3
#: Width of the bar of an area. [px]
BAND = 480


class CityReport(StudyReport):
    """
    A study in which one area is the whole of others.

    ``whole`` is the first area of the study that has parts in it. Of its ``tables``,
    ``side_by_side`` has a row for each target and area, ``by_place`` for each series, area and
    year, ``parts`` for each district's share of a gap, ``changes`` for what moved a rate,
    ``joint`` for each article and ``joint_by_area`` for each area.
    """

    place = OVERVIEW
    homes: ClassVar[dict[str, str]] = {
        "city": "side_by_side parts changes",
        "tiles": "by_place",
        "joint": "joint joint_by_area",
        **StudyReport.homes,
    }

    def __init__(self, catalog: Catalog, study: Study, table: pd.DataFrame, lang: str) -> None:
        super().__init__(catalog, study, table, lang)
        wholes = (area for area in self.areas if catalog.children(area, self.areas))
        self.whole = next(wholes, "")
        if not self.whole:
            raise ReportError(
                f"study {study.id!r} has no overview: none of its areas is a part of another"
            )

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The areas that the whole is made of."""
        return self.catalog.children(self.whole, self.areas)

    @cached_property
    def nouns(self) -> dict[str, str]:
        """What the whole and its parts are called: by their levels."""
        whole, part = (self.level_of(area) for area in (self.whole, self.parts[0]))
        return {
            "whole": whole.word(1, self.lang),
            "part": part.word(1, self.lang),
            "parts": part.word(None, self.lang),
        }

    @cached_property
    def assessments(self) -> dict[tuple[str, str], Assessment]:
        """Assessments of the numeric targets, by area and target."""
        return {
            (area, target.id): report.assessments[target.id]
            for area, report in self.reports.items()
            for target in self.numeric
        }

    @cached_property
    def reports(self) -> dict[str, AreaReport]:
        """The report of each area."""
        return {area: self.of_area(area) for area in self.areas}

    @cached_property
    def groups(self) -> dict[tuple[str, str], str]:
        """The group in which the first page of an area has a target, by area and target."""
        return {
            (area, row.target): row.group
            for area, report in self.reports.items()
            for row in report.tables.rows("bulletin")
        }

    def joint(self, area: str) -> JointAssessment:
        """Take the numeric targets together in one area."""
        return self.reports[area].joint


def open_city(study: str, lang: str, root: Path | str | None = None) -> CityReport:
    """
    Open the overview of all areas of a study.

    Parameters
    ----------
    study : str
        Study id.
    lang : {"zh", "en"}
        Language.
    root : Path or str, optional
        The project folder; found upwards from the working directory when left out.

    Returns
    -------
    CityReport
        What the overview is made of.

    Raises
    ------
    DefinitionError
        For an unknown study or language, with the nearest one.
    DataError
        If the study's table has not been built.
    ReportError
        If none of its areas is a part of another.
    """
    return CityReport(*open_study(study, lang, root), lang)


def show_city_head(report: CityReport) -> Html:
    """
    Say what is compared, and as of when.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    Html
        Title, a sentence, how the targets of each area are judged, and facts.
    """
    lang = report.lang
    told: dict[str, Cell] = {
        "report.plan": report.plan.title.in_(lang),
        "report.areas": report.listed(map(report.area_name, report.areas)),
        "report.as_of": date(report.study.as_of, lang),
    }
    title = say("report.city_title", lang, study=report.study.title.in_(lang))
    return join(
        [
            tag("h1", title),
            warning(report),
            tag("p", city_sentence(report), "headline"),
            _bands(report),
            tag("p", whose_shortfall(report), "answer") if _splits(report) else "",
            facts(told, lang),
            tag("p", report.study.note.in_(lang), "lead"),
            CONTENTS,
        ]
    )


def city_sentence(report: CityReport) -> str:
    """
    Answer for the city in one sentence or two, made from the numbers of its areas.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    str
        How many targets the whole has met and may come to, and which parts come to most and
        fewest, ties said as ties; where no forecast is to be had, how many are decided and how
        many lack figures.
    """
    lang, whole = report.lang, report.joint(report.whole)
    counts = {
        str(name): whole.verdicts.get(name, 0)
        for name in (Verdict.MET, Verdict.MISSED, Verdict.NO_DATA)
    }
    n = len(report.numeric)
    told = {"whole": report.area_name(report.whole), "n": n, **counts}
    expected, interval = expected_in_all(whole)
    if expected is None or interval is None:
        return say("city.decided", lang, **told)
    low, high = (number(one, 0) for one in interval)
    if low == high == str(counts["met"]):
        first = say("city.no_more", lang, **told)
    else:
        expect = expected_text(expected, interval, lang)
        first = say("city.expected", lang, **told, expect=expect)
    return (" " if lang == "en" else "").join([first, _most_and_fewest(report)]).rstrip()


def _most_and_fewest(report: CityReport) -> str:
    """Say which parts come to most and to fewest targets met: by name, or how many if many do."""
    lang, counts = report.lang, {}
    for area in report.parts:
        joint = report.joint(area)
        expected, _ = expected_in_all(joint)
        decided = joint.verdicts.get(Verdict.MET, 0) + joint.verdicts.get(Verdict.MISSED, 0)
        if expected is not None or decided:
            mine = joint.verdicts.get(Verdict.MET, 0) if expected is None else expected
            counts[area] = number(mine, 0)
    if len(counts) < 2:
        return ""
    most, fewest = max(counts.values(), key=int), min(counts.values(), key=int)
    told = {"most": most, "fewest": fewest, "n": len(counts), **report.nouns}
    if most == fewest:
        return say("city.all_alike", lang, **told)
    for name, value in (("most_in", most), ("fewest_in", fewest)):
        there = [area for area, one in counts.items() if one == value]
        told[name] = (
            report.listed(map(report.area_name, there))
            if len(there) <= NAMED
            else say("city.so_many_parts", lang, number=len(there), **report.nouns)
        )
    return say("city.most_and_fewest", lang, **told)


def _bands(report: CityReport) -> Html:
    """Draw for each area how its targets stand, in the groups of its first page."""
    lang = report.lang
    rows: list[list[Cell]] = []
    for area in report.areas:
        counts = Counter(report.groups[area, target.id] for target in report.numeric)
        rows.append([report.area_name(area), group_band(counts, lang, BAND)])
    seen = set(report.groups.values())
    keys = join((group_text(name, lang) for name in GROUPS if name in seen), " ")
    caption = say("city.bands", lang, n=len(report.numeric))
    heads = [say("report.area", lang), say("index.groups_of_targets", lang, n=len(report.numeric))]
    drawn = table(heads, rows, caption=caption, css="bands")
    return drawn + tag("p", keys, "legend") + report.tables.link("side_by_side")


def show_side_by_side(report: CityReport) -> Html:
    """
    Show every numeric target's verdict in every area.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    Html
        A table; the targets for which no area has figures are named below it.
    """
    lang = report.lang
    every = report.tables.rows("side_by_side").first_of("target")

    def lacking(row: Any) -> bool:
        found = (report.assessments[area, row.target] for area in report.areas)
        return all(one.verdict is Verdict.NO_DATA for one in found)

    found, silent = every.where(lambda row: not lacking(row)), every.where(lacking)["title"]

    shown = _matrix(report, found) if found else Html("")
    if not silent:
        return shown
    told = say("city.silent", lang, number=len(silent), names=report.listed(silent))
    return shown + tag("p", told, "small")


def _matrix(report: CityReport, found: Table) -> Html:
    """Draw a cell for each target and area; what there is more of runs down the page."""
    lang = report.lang

    def group(area: str, target: str) -> Html:
        told = group_text(report.groups[area, target], lang)
        shown = told_chance(report.assessments[area, target], lang)
        return told + tag("small", shown) if shown else told

    if len(report.areas) > max(len(found), WIDE):
        first = Column("report.area", lambda row: report.area_name(row.area))
        columns = [
            Column(
                join([one.title]),
                partial(lambda target, row: group(row.area, target), one.target),
            )
            for one in found
        ]
        found = table_of(({"area": area} for area in report.areas), "area")
    else:
        first = Column("report.promise", "title")
        columns = [
            Column(
                join([report.area_name(area)]),
                partial(lambda area, row: group(area, row.target), area),
            )
            for area in report.areas
        ]
    caption = say("report.side_by_side", lang)
    return draw(found, [first, *columns], lang, caption=caption, css="cards", csv="side_by_side")


def side_by_side_table(report: CityReport) -> Table:
    """Give the verdict on each numeric target in each area, one row a target and area."""
    rows = (
        report.about(target, report.assessments[area, target.id])
        | {"group_of_target": report.groups[area, target.id]}
        for target in report.numeric
        for area in report.areas
    )
    return table_of(
        rows,
        "target title area indicator unit group_of_target verdict probability low high last_year "
        "last_value level gap required_pace people",
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """One indicator whose counts are known for every part in one year, and its whole's own."""

    assessment: Assessment
    bound: Bound
    year: int
    whole: tuple[float, float] | None
    counts: dict[str, tuple[float, float]]
    first_year: int
    first_counts: dict[str, tuple[float, float]]


def _splits(report: CityReport) -> list[_Split]:
    splits: dict[str, _Split] = {}
    for target in report.numeric:
        found = report.assessments[report.whole, target.id]
        indicator = report.catalog.indicators[str(found.indicator)]
        bound = found.level
        if bound is None or indicator.bounds != (0, 100) or not 0 <= bound.value <= 100:
            continue
        whole = report.evidence.record(indicator.id, report.whole).counts
        records = {area: report.evidence.record(indicator.id, area) for area in report.parts}
        shared = set.intersection(*(set(record.counts) for record in records.values()))
        if not shared or indicator.id in splits:
            continue
        counts = {
            year: {area: record.counts[year] for area, record in records.items()}
            for year in sorted(shared)
        }
        last = max(shared)
        # The change is split from the first year on in which the parts make up the whole.
        first = next((y for y, parts in counts.items() if adds_up(whole.get(y), parts)), last)
        splits[indicator.id] = _Split(
            found, bound, last, whole.get(last), counts[last], first, counts[first]
        )
    return list(splits.values())


def show_parts(report: CityReport) -> Html:
    """
    Show which district makes the city's gap, indicator by indicator.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    Html
        Where districts do not add up to their city, both numbers, and no split. One table of all
        rates that fall short, and how they came about; a sentence where no indicator has every
        district's counts.
    """
    lang = report.lang
    apart, splits = show_apart(report), _splits(report)
    if not splits:
        return apart + note(say("report.parts_none", lang, **report.nouns), "gap")
    pieces = [apart, *(_not_split(report, split) for split in splits if not _whole(split))]
    short = [split for split in splits if _whole(split) and _gap(split) > 0]
    if short:
        pieces.append(_gaps(report, short))
        pieces.append(tag("p", say("report.parts_note", lang, **report.nouns), "small"))
        own = [
            report.indicator_name(str(split.assessment.indicator))
            for split in short
            if _own_levels(report, split)
        ]
        if own:
            told = {"number": len(own), "names": report.listed(own), **report.nouns}
            pieces.append(tag("p", say("city.own_levels", lang, **told), "small"))
        caption = say("city.changes", lang, **report.nouns)
        pieces.append(details(caption, _changes(report, caption)))
    return join(pieces)


def whose_shortfall(report: CityReport) -> str:
    """
    Say which part makes most of the whole's shortfalls, counted from the table of parts.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    str
        Of how many indicators that fall short each part makes the largest share.
    """
    lang, parts = report.lang, report.tables.rows("parts")
    if not parts:
        return say("city.none_short", lang, whole=report.area_name(report.whole))
    worst = Counter(map(_most, parts.by("indicator").values()))
    named = [
        say("city.part_count", lang, area=report.area_name(area), number=number_of)
        for area, number_of in worst.most_common()
    ]
    told = {"short": worst.total(), "whole": report.area_name(report.whole)}
    return say("city.whose", lang, **told, parts=report.listed(named))


def _most(parts: Table) -> str:
    """Name the area that makes most of a gap."""
    # A rate that has to fall is missed by being above its level: what counts is the way of the sum.
    sign = 1 if sum(parts["contribution_pp"]) > 0 else -1
    return str(max(parts, key=lambda row: sign * row.contribution_pp).area)


def parts_table(report: CityReport) -> Table:
    """Give which district makes the whole's gap, one row an indicator that falls short and area."""
    rows = (
        {
            **fields_of(part),
            "indicator": split.assessment.indicator,
            "year": split.year,
            **picked(part, "share_of_all_pct=share rate_pct=rate contribution_pp=points"),
            "title": report.area_name(part.area),
            "people": max(part.people, 0),
        }
        for split in _splits(report)
        if _whole(split) and _gap(split) > 0
        for part in gap_by_parts(split.counts, split.bound)
    )
    names = "indicator year area title share_of_all_pct rate_pct contribution_pp people"
    return table_of(rows, names)


def _whole(split: _Split) -> bool:
    return adds_up(split.whole, split.counts)


def _not_split(report: CityReport, split: _Split) -> Html:
    """Say what the whole counts and what its parts add up to, where these are not the same."""
    told = {
        "indicator": report.indicator_name(str(split.assessment.indicator)),
        "year": split.year,
    }
    if split.whole is None:
        return note(say("report.parts_incomplete", report.lang, **told, **report.nouns), "gap")
    sums = [sum(column) for column in zip(*split.counts.values(), strict=True)]
    part, of, sum_part, sum_of = (number(count, 0) for count in (*split.whole, *sums))
    counted = say(
        "report.parts_apart",
        report.lang,
        **told,
        **report.nouns,
        own_part=part,
        own_of=of,
        sum_part=sum_part,
        sum_of=sum_of,
    )
    return note(counted, "gap")


def _gap(split: _Split) -> float:
    numerator = sum(part for part, _ in split.counts.values())
    whole = sum(denominator for _, denominator in split.counts.values())
    return split.bound.gap(100 * numerator / whole)


def _gaps(report: CityReport, splits: list[_Split]) -> Html:
    """Show each gap with what each part makes of it; the part that makes most stands out."""
    if len(report.parts) > WIDE:
        return join(_ranked(report, split) for split in splits) + report.tables.link("parts")
    lang, parts = report.lang, report.tables.rows("parts").by("indicator")
    rows: list[list[Cell]] = []
    for split in splits:
        indicator = str(split.assessment.indicator)
        mine = parts[indicator]
        asked = tag("small", _asked(report, split))
        name = tag("strong", report.indicator_name(indicator)) + asked
        most, by_area = _most(mine), {row.area: row for row in mine}
        cells = [_share(report, by_area[area], most=area == most) for area in report.parts]
        rows.append([name, signed(sum(mine["contribution_pp"]), 1), *cells])
    heads = [say("report.indicator", lang), say("city.gap", lang)]
    heads += [report.area_name(area) for area in report.parts]
    caption = say("city.gaps", lang, **report.nouns)
    numeric = range(1, len(heads))
    drawn = table(heads, rows, caption=caption, numeric=numeric, css="cards shares")
    return drawn + report.tables.link("parts")


def _ranked(report: CityReport, split: _Split) -> Html:
    """Show what each part makes of one gap, one row a part, the largest first."""
    lang, indicator = report.lang, str(split.assessment.indicator)
    mine = report.tables.rows("parts").by("indicator")[indicator]
    whole = sum(mine["contribution_pp"])
    mine = mine.ordered(lambda row: -row.contribution_pp if whole > 0 else row.contribution_pp)
    columns = [
        Column("report.area", "title"),
        Column("city.makes", lambda row: signed(row.contribution_pp, 2), numeric=True),
        Column("city.rate", lambda row: percent(number(row.rate_pct), lang), numeric=True),
        Column("city.short", _short_by, numeric=True),
    ]
    told = {"indicator": report.indicator_name(indicator), "asked": _asked(report, split)}
    caption = say("city.gap_of", lang, **told, gap=signed(whole), **report.nouns)
    return draw(mine, columns, lang, caption=caption, css="cards ranked")


def _short_by(row: Any) -> str:
    return number(row.people, 0) if row.people else "—"


def _asked(report: CityReport, split: _Split) -> str:
    """Say what is asked of the whole, and that it is the whole's where parts have their own."""
    key = "city.asked_of_whole" if _own_levels(report, split) else "city.asked_in"
    level = level_text(report, split.assessment)
    return say(key, report.lang, year=split.year, level=level, **report.nouns)


def _own_levels(report: CityReport, split: _Split) -> bool:
    """Tell whether a part's own report judges it by another level: that of its own start."""
    found = (report.assessments[area, split.assessment.target] for area in report.parts)
    return any(one.level is not None and one.level != split.bound for one in found)


def _share(report: CityReport, row: Any, *, most: bool) -> Html:
    lang = report.lang
    points = signed(row.contribution_pp, 1)
    rate = percent(number(row.rate_pct), lang)
    told = say(
        "city.rate_short",
        lang,
        rate=rate,
        people=people_text(report, row.indicator, row.people or 0),
    )
    return tag("span", tag("b", points) if most else points, "most" if most else "") + tag(
        "small", told if row.people else rate
    )


def _changes(report: CityReport, caption: str) -> Html:
    columns = [
        Column("report.indicator", lambda row: report.indicator_name(row.indicator)),
        Column("report.years", lambda row: f"{row.first_year}–{row.last_year}"),
        Column("city.change", lambda row: signed(row.change_pp, 1), numeric=True),
        Column("city.by_rate", lambda row: signed(row.by_rate_pp, 1), numeric=True),
        Column("city.by_weight", lambda row: signed(row.by_weight_pp, 1), numeric=True),
    ]
    found, lang = report.tables.rows("changes"), report.lang
    return draw(found, columns, lang, caption=caption, css="cards", csv="changes")


def changes_table(report: CityReport) -> Table:
    """Give what changed the rates that fall short: the rates of parts, or their weights."""
    rows = (
        {
            **{"indicator": split.assessment.indicator, "first_year": split.first_year},
            **{"last_year": split.year, "change_pp": change, "by_rate_pp": rate},
            "by_weight_pp": weight,
        }
        for split in _splits(report)
        if _whole(split) and _gap(split) > 0 and split.first_year < split.year
        for change, rate, weight in [change_by_parts(split.first_counts, split.counts)]
    )
    return table_of(rows, "indicator first_year last_year change_pp by_rate_pp by_weight_pp")
