"""The plan as a whole: how many targets may be met, how likely all are, and the weakest link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from edu_metrics.catalog import Target, Text
from edu_metrics.reachability import (
    JointAssessment,
    Odds,
    Verdict,
    chance,
    two_digits,
)
from edu_metrics.report.columns import Column, Table, draw, fields_of, picked, table_of
from edu_metrics.report.context import AreaReport, StudyReport, said_of_whole
from edu_metrics.report.html import Cell, Html, details, join, note, tag
from edu_metrics.trajectories import CAP, FLOOR, stated
from edu_metrics.words import number, percent, say

if TYPE_CHECKING:
    from edu_metrics.report.city import CityReport

_NO_ODDS = ("joint", "independent", "low", "high", "joint_raw")
#: Verdicts that are a probability put into a word.
_JUDGED = (Verdict.OUT_OF_REACH, Verdict.UNLIKELY, Verdict.UNCERTAIN, Verdict.LIKELY)


def expected_in_all(
    found: JointAssessment,
) -> tuple[float, tuple[float, float]] | tuple[None, None]:
    """
    Say how many targets are expected to be met when all have fallen due, with an 80 % interval.

    Parameters
    ----------
    found : JointAssessment
        The targets of an area.

    Returns
    -------
    tuple
        The number, those met already among them, and its interval; None and None where no target
        has a probability.
    """
    if not found.probabilities:
        return None, None
    met = found.verdicts.get(Verdict.MET, 0)
    low, high = found.interval
    return met + found.expected, (met + low, met + high)


@said_of_whole
def show_joint(report: AreaReport) -> Html:
    """
    Show in short what becomes of the plan as a whole in an area, and article by article behind it.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        Sentences, a table by article that is folded away, and one by what the plan sorts its
        targets by.
    """
    found = report.joint
    told = [_sentences(report, found)]
    if found.odds is not None:
        summary = say("joint.by_article", report.lang)
        told.append(details(summary, _articles(report)))
    return join([*told, groups_of(report)])


def show_joint_by_area(report: CityReport) -> Html:
    """
    Show what becomes of the plan as a whole in the city, and beside it in each of its areas.

    Parameters
    ----------
    report : CityReport
        From :func:`~edu_metrics.report.open_city`.

    Returns
    -------
    Html
        Sentences, a table by article, and one by area.
    """
    lang = report.lang
    found = report.joint(report.whole)
    pieces: list[Cell] = [_sentences(report, found)]
    if found.odds is not None:
        pieces.append(_articles(report))
    columns = [
        Column("joint.area", lambda row: report.area_name(row.area)),
        Column("joint.with_chance", "with_chances", numeric=True),
        Column("joint.expected", lambda row: number(row.expected, 0), numeric=True),
        Column("joint.in_eight_of_ten", lambda row: _between(row, lang), numeric=True),
        Column("joint.joint", lambda row: chance(row.joint, lang), numeric=True),
        Column("joint.bounds", lambda row: _bounds(row, lang), numeric=True),
    ]
    caption = say("joint.areas", lang)
    pieces.append(
        draw(
            report.tables.rows("joint_by_area"), columns, lang, caption=caption, csv="joint_by_area"
        )
    )
    return join(pieces)


def joint_table(report: AreaReport | CityReport) -> Table:
    """Give how likely all targets of an article are met, one row an article."""
    found = report.joint if isinstance(report, AreaReport) else report.joint(report.whole)
    rows = (
        {
            **fields_of(group),
            **fields_of(group.odds),
            "targets": len(group.targets),
        }
        for group in found.groups
    )
    return table_of(rows, "article targets met lost unknown joint independent low high")


def joint_by_area_table(report: CityReport) -> Table:
    """Give how many targets may be met and how likely all are, one row an area."""
    rows = []
    for area in report.areas:
        found = report.joint(area)
        low, high = found.interval
        known = {"expected": found.expected, "expected_low": low, "expected_high": high}
        row = {"area": area, "with_chances": len(found.probabilities)}
        rows.append({**row, **known, **fields_of(found.odds)} if found.odds else row)
    names = "area with_chances expected expected_low expected_high joint independent low high"
    return table_of(rows, names)


def _sentences(report: StudyReport, found: JointAssessment) -> Html:
    lang = report.lang
    lost = found.verdicts.get(Verdict.MISSED, 0) + found.verdicts.get(Verdict.IMPOSSIBLE, 0)
    probable = len(found.probabilities)
    pieces: list[Cell] = [tag("p", _counts(found, lang))]
    odds = found.odds
    if odds is None:
        pieces.append(note(say("joint.none", lang), "gap"))
        return join(pieces)
    told = [say("joint.lost", lang, lost=lost)] if found.lost else []
    (low, high), (alone_low, alone_high) = found.interval, found.interval_independent
    joint, independent = chance(odds.joint, lang), chance(odds.independent, lang)
    if probable == 1:
        told.append(say("joint.one", lang, joint=joint))
    else:
        ends = {"low": low, "high": high, "alone_low": alone_low, "alone_high": alone_high}
        shown = {name: number(value, 0) for name, value in ends.items()}
        spread = shown["low"] != shown["high"] or shown["alone_low"] != shown["alone_high"]
        told.append(
            say("joint.expected_number" if spread else "joint.expected_sure", lang, **shown,
                probable=probable, expected=number(found.expected, 0))
        )  # fmt: skip
        bounds = _bounds(odds, lang)
        key = "joint.all_alike" if {joint, independent} == {bounds} else "joint.all"
        told.append(
            say(key, lang, probable=probable, joint=joint, independent=independent, bounds=bounds)
        )
    if found.unknown:
        told.append(say("joint.unknown", lang, unknown=found.unknown))
    told += _links(report, found)
    space = "" if lang == "zh" else " "
    return join([*pieces, tag("p", space.join(told)), _how(found, lang)])


def _counts(found: JointAssessment, lang: str) -> str:
    """Count verdicts in the words of the table of verdicts."""
    counted = say("report.list_comma", lang).join(
        say("report.count_of", lang, number=number_of, verdict=say(f"verdict.{word}", lang))
        for word in Verdict
        if (number_of := found.verdicts.get(word))
    )
    total, probable = sum(found.verdicts.values()), len(found.probabilities)
    judged = sum(found.verdicts.get(word, 0) for word in _JUDGED)
    told = say(
        "joint.counts" if total > 1 else "joint.count_of_one", lang, total=total, counted=counted
    )
    if probable:
        told += say("joint.probable", lang, probable=probable, vacuous=found.vacuous)
    if probable > judged:
        told += say("joint.by_chance", lang, number=probable - judged)
    return told


def _links(report: StudyReport, found: JointAssessment) -> list[str]:
    lang = report.lang
    told = []
    if found.lowest is not None:
        title = report.plan.target(found.lowest).title.in_(lang)
        told_chance = chance(found.probabilities[found.lowest], lang)
        chances = list(found.probabilities.values())
        number_of = chances.count(min(chances))
        key = "joint.lowest_of" if number_of > 1 else "joint.lowest"
        words = {"number": number_of} if number_of > 1 else {"target": title}
        told.append(say(key, lang, chance=told_chance, **words))
    if found.weakest is not None:
        title = report.plan.target(found.weakest).title.in_(lang)
        without = chance(found.without_weakest, lang)
        if without != chance(found.odds.joint if found.odds else None, lang):
            told.append(say("joint.weakest", lang, target=title, chance=without))
    elif len(found.probabilities) > 1:
        told.append(say("joint.no_weakest", lang))
    return told


def _how(found: JointAssessment, lang: str) -> Html:
    weight = percent(number(100 * found.dependence.intensity, 0), lang)
    text = say(
        "joint.note",
        lang,
        weight=weight,
        pairs=found.dependence.pairs,
        cap=percent(number(100 * CAP, 0), lang),
        floor=percent(number(100 * FLOOR, 0), lang),
    )
    return tag("p", text, "small")


def _articles(report: StudyReport) -> Html:
    lang = report.lang
    columns = [
        Column("joint.article", lambda row: report.plan.article_in(row.article, lang)),
        Column("joint.targets", "targets", numeric=True),
        Column("joint.joint", lambda row: _group(row, lang), numeric=True),
        Column("joint.independent", lambda row: chance(row.independent, lang), numeric=True),
        Column("joint.bounds", lambda row: _bounds(row, lang), numeric=True),
    ]
    caption = say("joint.caption", lang)
    return draw(report.tables.rows("joint"), columns, lang, caption=caption, csv="joint")


def _group(row: Any, lang: str) -> str:
    if row.lost:
        return say("joint.group_lost", lang, number=row.lost)
    shown = chance(row.joint, lang)
    if row.joint is None:
        key = "joint.group_no_chance" if row.unknown else "joint.group_met"
    else:
        key = "joint.group_unknown" if row.unknown else ""
    return say(key, lang, chance=shown, number=row.unknown) if key else shown


def _bounds(odds: Odds | Any, lang: str) -> str:
    low, high = chance(odds.low, lang), chance(odds.high, lang)
    if low == high:
        return low
    # What lies at a cap bounds nothing: "at most 1 % to 55 %" is "at most 55 %".
    floor, cap = chance(FLOOR, lang), chance(CAP, lang)
    if low == floor:
        plain = percent(number(100 * float(odds.high or 0.0), 0), lang)
        return say("joint.any" if high == cap else "stated.at_most", lang, value=plain)
    if high == cap:
        plain = percent(number(100 * float(odds.low or 0.0), 0), lang)
        return say("stated.at_least", lang, value=plain)
    return say("joint.between", lang, low=low, high=high)


def _between(row: Any, lang: str) -> str:
    if row.expected_low is None:
        return "—"
    low, high = number(row.expected_low, 0), number(row.expected_high, 0)
    return low if low == high else say("joint.between", lang, low=low, high=high)


def joint_row(found: JointAssessment) -> dict[str, Any]:
    """
    Give a plan as a whole as plain data.

    Parameters
    ----------
    found : JointAssessment
        From :func:`~edu_metrics.reachability.assess_jointly`.

    Returns
    -------
    dict
        Ready for JSON.
    """
    return {
        "area": found.area,
        "verdicts": {str(word): found.verdicts.get(word, 0) for word in Verdict},
        **picked(found, "unknown vacuous expected"),
        "interval": list(found.interval),
        "interval_independent": list(found.interval_independent),
        "probable": len(found.probabilities),
        "probabilities": {name: two_digits(one) for name, one in found.probabilities.items()},
        **(_odds(found.odds) or dict.fromkeys(_NO_ODDS)),
        **picked(found, "lost lowest weakest"),
        "without_weakest": _stated(found.without_weakest),
        **picked(found, "weight_of_definitions=dependence.intensity"),
        **picked(found, "pairs_with_years=dependence.pairs draws"),
        "articles": [
            {
                "article": group.article,
                "targets": list(group.targets),
                **picked(group, "met lost unknown"),
                "all": _odds(group.odds),
            }
            for group in found.groups
        ],
    }


def _stated(value: float | None) -> float | None:
    return None if value is None else two_digits(float(stated(value)))


def _odds(found: Odds | None) -> dict[str, float | None] | None:
    """Give joint probabilities as far as they may be stated, and the joint one as it came out."""
    if found is None:
        return None
    told = {name: _stated(value) for name, value in asdict(found).items()}
    return {**told, "joint_raw": found.joint}


#: What targets are grouped by, where the plan says it of any of them.
GROUPINGS = ("obligation", "priority", "responsible")


def _verdicts_counted(report: AreaReport, targets: Iterable[Target]) -> str:
    counts = report.counts(targets)
    return report.listed(
        say("report.count_of", report.lang, number=counts[verdict],
            verdict=say(f"verdict.{verdict}", report.lang))
        for verdict in Verdict
        if verdict in counts
    )  # fmt: skip


def kept_under(target: Target, key: str, lang: str) -> str | None:
    """Give what a target is grouped by, in the reader's words; None where the plan is silent."""
    said = getattr(target, key)
    if said is None:
        return None
    return said.in_(lang) if isinstance(said, Text) else say(f"report.{key}_{said}", lang)


def groups_of(report: AreaReport) -> Html:
    """Count targets and verdicts by each thing that the plan sorts its targets by."""
    groups = _groups(report)
    if not groups:
        return Html("")
    columns = [
        Column("report.grouped_by", lambda row: say(f"report.{row.key}", report.lang)),
        Column("report.group", "group"),
        Column("report.group_members", "targets", numeric=True),
        Column("report.group_verdicts", "verdicts"),
    ]
    return draw(groups, columns, report.lang, caption=say("report.grouped_caption", report.lang))


def _groups(report: AreaReport) -> Table:
    """Give the groups of numeric targets by obligation, priority and responsible body."""
    silent = say("report.not_said", report.lang)
    rows = []
    for key in GROUPINGS:
        members: dict[str, list[Target]] = {}
        for target in report.numeric:
            members.setdefault(kept_under(target, key, report.lang) or silent, []).append(target)
        if set(members) != {silent}:
            rows += [
                {
                    "key": key,
                    "group": name,
                    "targets": len(targets),
                    "verdicts": _verdicts_counted(report, targets),
                }
                for name, targets in members.items()
            ]
    return table_of(rows, "key group targets verdicts")
