"""A target has one probability in an area, whatever page it stands on."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from edu_metrics import report as rep
from edu_metrics.explorer.what_if import Assumed, WhatIf
from edu_metrics.reachability import (
    Assessment,
    Verdict,
    chance,
    checks_of,
    requirements_of,
    run_scenario,
)
from edu_metrics.report.status_rules import why_apart
from edu_metrics.trajectories import stated
from edu_metrics.words import say

pytestmark = pytest.mark.slow

PLACES = (
    ("mock_city", "mock_city"),
    ("mock_city", "mock_east"),
    ("michigan", "michigan_district_3000"),
    ("wuhai", "wuhai"),
)
SECTIONS = (
    rep.show_bulletin,
    rep.show_cards,
    rep.show_sensitivity,
    rep.show_joint,
    rep.show_status_rules,
)


def told_everywhere(report, target) -> dict[str, float | None]:
    """Collect the probability of a target from every place that tells one."""
    found = report.assessments[target.id]
    evidence = report.evidence
    takings = requirements_of(evidence, found)
    (usual,) = run_scenario(evidence, found, report.catalog.scenario("as_usual"))
    told: dict[str, float | None] = {
        "joint": report.joint.probabilities.get(target.id),
        "scenario": usual.probability,
    }
    if takings[0].start_value is not None:
        told["requirements"] = takings[0].usual
    if report.sensitivity[target.id].reason is None:
        told["sensitivity"] = report.sensitivity[target.id].probability
    answer = WhatIf(evidence, found).answer(Assumed("as_usual"))
    if answer.reason is None:
        told["explorer"] = answer.around.probability
    if found.reached is not None and found.reached.all_asked:
        due = found.reached.years.index(max(one.check.due for one in found.checks))
        told["by when"] = found.reached.still_there[due]
    return told


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_place_tells_the_probability_of_the_verdict(opened, place):
    report = opened(*place)
    for target in report.numeric:
        found = report.assessments[target.id]
        told = told_everywhere(report, target)
        assert told == dict.fromkeys(told, found.probability), target.id
        row = rep.as_row(found)
        assert row["probability_raw"] == found.probability_raw
        if found.probability is not None:
            assert row["probability"] == round(found.probability, 2)
            assert found.probability == stated(found.probability_raw)
            assert found.verdict in {*Verdict} - {"met", "missed", "impossible", "no_data"}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_other_readings_stand_with_their_own_probability(opened, place):
    report = opened(*place)
    for target in report.numeric:
        found = report.assessments[target.id]
        by_reading = {(one.reading, one.steps): one.probability for one in (found, *found.others)}
        takings = requirements_of(report.evidence, found)
        for taking in takings:
            if taking.kind != "none":
                assert taking.usual == by_reading[taking.reading, taking.steps], target.id


def drawn(report, target, found: Assessment) -> float:
    """Count the draws of the forecast that keep every check, one draw after the other."""
    indicator = report.catalog.indicator(found.indicator)
    checks = checks_of(
        target.reading(found.reading),
        steps=found.steps,
        deadline=report.plan.deadline_of(target),
        limits=indicator.bounds,
        falling=indicator.better == "lower",
    )
    checks = [c for c, result in zip(checks, found.checks, strict=True) if result.holds is None]
    record = report.evidence.record(indicator.id, report.area.id)
    due = max(check.due for check in checks)
    trajectory = report.evidence.trajectory(indicator.id, report.area.id, due)
    some = trajectory.draws[:: max(len(trajectory.draws) // 500, 1)]
    kept = [
        all(
            c.holds({**record.exact, **dict(zip(trajectory.years, row, strict=True))})
            for c in checks
        )
        for row in some.tolist()
    ]
    return float(np.mean(kept))


def test_the_probability_is_the_part_of_draws_that_keep_every_open_check(opened):
    report = opened("mock_city", "mock_city")
    for target in report.numeric:
        found = report.assessments[target.id]
        ranked = any(one.check.measure == "rank" for one in found.checks)
        if found.probability is not None and not ranked:
            # Some hundred draws, thinned: four standard errors of a half.
            assert found.probability_raw == pytest.approx(drawn(report, target, found), abs=0.1)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_page_tells_a_probability_beyond_the_caps(opened, place, lang):
    report = opened(*place, lang)
    for section in SECTIONS:
        shown = unescape(re.sub(r"<[^>]+>", "\n", str(section(report))))
        # Levels have a decimal; a probability has none, and two digits at most.
        assert re.findall(r"[<>] ?\d+ ?%", shown) == [], section.__name__
        if section is not rep.show_sensitivity:  # settings of levers
            shown = re.sub(r"<svg.*?</svg>", "", unescape(str(section(report))))  # ticks
            # What a plan asks for may be 100 %.
            shown = re.sub(r'data-label="(?:要求|Required)[^"]*">[^<]*<', "", shown)
            alone = re.findall(r">(\d+) ?%<", shown)
            assert all(1 <= int(number) <= 80 for number in alone), section.__name__


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_verdicts_are_counted_alike_in_the_frame_and_of_the_plan_as_a_whole(opened, place):
    report = opened(*place)
    counted = report.counts(report.numeric)
    assert report.joint.verdicts == counted
    whole = unescape(str(rep.show_joint(report)))
    for verdict, number in counted.items():
        part = say("report.count_of", "en", number=number, verdict=say(f"verdict.{verdict}", "en"))
        assert part in whole
    beyond = [
        one for one in report.assessments.values()
        if one.probability is not None and one.verdict is Verdict.CANNOT_TELL
    ]  # fmt: skip
    assert (f"{len(beyond)} have one too" in whole) == bool(beyond)


def test_the_figures_that_a_break_makes_useless_are_asked_for_where_there_are_none(opened):
    found = opened("wuhai", "wuhai").assessments["A15b_double_first_class"]
    assert (found.verdict, found.reason) == ("no_data", None)
    assert found.missing


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_verdict_that_the_rules_contradict_says_why_in_numbers(opened, lang):
    """From 52.4 % in 2009 to 84.5 % in 2020 the line rises by 2.92 a year, to 90.3 % in 2022."""
    report = opened("mock_city", "mock_east", lang)
    target = report.plan.target("T06_primary_bachelor")
    found = report.assessments[target.id]
    record = report.evidence.record(found.indicator, "mock_east").exact
    pace = (record[2020] - record[2009]) / 11
    told = why_apart(report, target)
    if found.verdict in (Verdict.OUT_OF_REACH, Verdict.UNLIKELY):
        for value in (record[2009], record[2020], record[2020] + 2 * pace, *found.interval):
            assert f"{value:.1f}" in told
        assert f"+{pace:.2f}" in told
        assert told in unescape(str(rep.show_cards(report)))
    else:
        assert told == ""


def test_a_verdict_with_the_rules_says_nothing_of_them(opened):
    report = opened("mock_city", "mock_city")
    for target in report.numeric:
        found = report.assessments[target.id]
        if found.verdict in (Verdict.MET, Verdict.UNCERTAIN, Verdict.CANNOT_TELL, Verdict.NO_DATA):
            assert why_apart(report, target) == ""


def test_a_verdict_on_the_edge_says_so(opened):
    assessments = opened("mock_city", "mock_city").assessments
    name = next(name for name, one in assessments.items() if one.verdict is Verdict.UNLIKELY)
    for probability, told in ((0.052, True), (0.2, False)):
        report = opened.__wrapped__("mock_city", "mock_city")  # what it shows is kept by it
        edged = replace(assessments[name], probability=probability)
        report.assessments = {**assessments, name: edged}
        shown = str(rep.show_cards(report))
        row = shown[shown.index(f"<h3>{report.plan.target(name).title.en}") :].split("</summary>")[
            0
        ]
        assert ("on the edge of very unlikely and unlikely" in row) is told
        assert chance(probability, "en") in row
