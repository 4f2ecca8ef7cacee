"""What chance alone does at the numbers of persons known, beside what each target asks for."""

from __future__ import annotations

from edu_metrics.catalog import Target
from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.verdicts import MOVE, Noise
from edu_metrics.report.columns import Table, fields_of, picked, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.words import number, say

#: The formula looks so many years ahead for the first one that shows a gain.
AHEAD = 50


def noise_table(report: AreaReport) -> Table:
    """Give what chance does to each target whose number of persons is known, one row a target."""
    rows = (
        {
            **report.about(target, found),
            **fields_of(found.noise),
            **picked(found.noise, "persons=n visible_pp=visible asked_pp=asked"),
        }
        for target in report.numeric
        if (found := report.assessments[target.id]).noise
    )
    return table_of(
        rows,
        "target title indicator verdict persons base_year visible_pp chance asked_pp hidden "
        "verifiable_from near",
    )


def noise_text(report: AreaReport, target: Target) -> str:
    """
    Say what change of a test or a screening can be seen, beside what a target asks for.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan.

    Returns
    -------
    str
        Sentences; empty where chance plays no part, or nobody knows among how many persons.
    """
    found, lang = report.assessments[target.id], report.lang
    noise = found.noise
    if noise is None:
        return ""
    visible = say("noise.no_change_visible", lang)
    if noise.visible is not None:
        points = say("noise.points", lang, value=number(noise.visible, 1))
        visible = say("noise.visible", lang, points=points)
    told = say(
        "noise.persons",
        lang,
        persons=number(noise.n, 0),
        visible=visible,
        points=number(MOVE, 0),
        # What chance does is known, and is no forecast.
        cohorts=_cohorts(noise, lang),
    )
    pieces = [told, _reads(found, noise, lang)]
    if noise.asked is not None and noise.asked > 0:
        if noise.verifiable_from is None:
            pieces.append(say("noise.never", lang, years=AHEAD))
        else:
            pieces.append(say("noise.verifiable", lang, year=noise.verifiable_from))
    return say("report.sentence_gap", lang).join(one for one in pieces if one)


def _cohorts(noise: Noise, lang: str) -> str:
    told = number(100 * noise.chance, 0)
    return told if told != "0" else say("noise.few_cohorts", lang)


def noise_unknown(report: AreaReport) -> int:
    """Count the targets on tests and screenings of which the number of persons is not known."""
    indicators = report.catalog.indicators
    named = (indicators.get(one.indicator or "") for one in report.assessments.values()
             if one.noise is None)  # fmt: skip
    return sum(one is not None and one.noise is not None for one in named)


def _reads(found: Assessment, noise: Noise, lang: str) -> str:
    """Say in one sentence what the numbers mean."""
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        key = "near" if noise.near else "clear"
    elif noise.hidden:
        beyond = found.verdict in (Verdict.OUT_OF_REACH, Verdict.IMPOSSIBLE)
        key = "beyond" if beyond else "hidden"
    elif noise.asked is None:
        return ""
    else:
        key = "nothing" if noise.asked <= 0 else "seen"
    return say(f"noise.reads_{key}", lang)
