"""What the sections on assumptions and on the plan as a whole say, held against their numbers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from edu_metrics import report as rep
from edu_metrics.formulas.flows import FLOWS
from edu_metrics.reachability import (
    SeriesStore,
    assess_jointly,
    assessed,
    chance,
    requirements_of,
    sensitivity_of,
)
from edu_metrics.report.sensitivity import _first, _value
from edu_metrics.words import say, texts

PLACES = (
    ("wuhai", "wuhai", "zh"),
    ("mock_city", "mock_city", "en"),
    ("mock_city", "mock_east", "zh"),
)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_target_that_can_be_weighed_is_told_of(opened, place):
    report = opened(*place)
    shown = unescape(str(rep.show_sensitivity(report)))
    for name, found in report.sensitivity.items():
        if found.model != "none":
            assert report.plan.target(name).title.in_(report.lang) in shown
            assert _first(report, found) in shown
    silent = sum(found.model == "none" for found in report.sensitivity.values())
    assert (say("sensitivity.silent", report.lang, number=silent) in shown) == bool(silent)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_what_is_least_stable_comes_first(opened, place):
    """An answer that less than half of a usual variation of one assumption would change."""
    report = opened(*place)
    near = {
        name: found.decisive.in_spreads
        for name, found in report.sensitivity.items()
        if found.model != "none"
        and found.decisive is not None
        and found.decisive.in_spreads is not None
        and found.decisive.in_spreads < 0.5
    }
    lead = unescape(str(rep.show_sensitivity(report))).split("</p>")[0]
    assert re.findall(r"\d+", lead)[: bool(near)] == [str(len(near))][: bool(near)]
    ordered = sorted(near, key=near.get)[:4]
    titles = [report.plan.target(name).title.in_(report.lang) for name in ordered]
    places = [lead.index(title) for title in titles]
    assert places == sorted(places)
    assert bool(near) or say("sensitivity.least_stable_none", report.lang) in lead


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_one_target_has_one_chance_as_usual(opened, place):
    """Whether its levers are spoken of or its assumptions."""
    report = opened(*place)
    weighed = {n: m for n, m in report.sensitivity.items() if m.model == "mechanism"}
    assert weighed
    for name, found in weighed.items():
        taking = requirements_of(report.evidence, report.assessments[name])[0]
        assert found.probability == taking.usual == report.assessments[name].probability
        assert found.under_model == taking.under_model


def test_a_study_of_which_nothing_is_known_says_so(opened):
    report = opened("wuhai", "wuhai", "en")
    if all(found.model == "none" for found in report.sensitivity.values()):
        assert say("sensitivity.none", "en") in str(rep.show_sensitivity(report))


def test_rates_and_what_a_trend_hangs_on_have_words(opened):
    named = {name for flow in FLOWS.values() for name in flow.uncertain}
    for place in PLACES:
        for found in opened(*place).sensitivity.values():
            rates = {one.name for one in found.influences if one.kind == "rate"}
            assert rates <= named
            trend = {one.name for one in found.influences if one.kind == "trend"}
            assert {f"sensitivity.{name}" for name in rates | trend} <= set(texts())


def test_a_stated_start_is_marked_and_its_distance_is_in_points(opened):
    report = opened("wuhai", "wuhai", "en")
    shown = unescape(str(rep.show_sensitivity(report)))
    assert "†" in shown
    assert say("sensitivity.assumed", "en") in shown
    retention = report.sensitivity["T02_retention"]
    assert _first(report, retention) == "Start: from 93.0 % to 95.0 % (2.00 points off)"
    assert "†" not in str(rep.show_sensitivity(opened("mock_city", "mock_city", "en")))


def test_what_no_value_changes_is_said(opened):
    report = opened("mock_city", "mock_city", "en")
    found = report.sensitivity["A12a_primary_pass_increment"]
    assert found.decisive is None
    assert _first(report, found).startswith("no value within its bounds changes it")


def test_a_move_too_small_for_one_decimal_gets_two(opened):
    report = opened("mock_city", "mock_city", "en")
    found = report.sensitivity["T05_bachelor_line"]
    drift = next(one for one in found.influences if one.name == "drift")
    drift = replace(drift, turns_at=drift.middle + 0.134)
    assert _value(drift, drift.turns_at, "en") == f"{drift.turns_at:.2f} points"


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_rows_are_json_and_say_what_was_found(opened, place):
    report = opened(*place)
    for found in report.sensitivity.values():
        row = json.loads(json.dumps(rep.sensitivity_row(found)))
        assert (row["target"], row["reason"]) == (found.target, found.reason)
        assert row["changes_first"] == (found.decisive.name if found.decisive else None)
    row = json.loads(json.dumps(rep.joint_row(report.joint)))
    assert sum(row["verdicts"].values()) == len(report.numeric)


# The plan as a whole


def test_sentences_carry_the_numbers(opened):
    report = opened("mock_city", "mock_city", "en")
    found, shown = report.joint, unescape(str(rep.show_joint(report)))
    assert not found.lost  # what contradicts its own pace has a probability all the same
    assert f"about {found.expected:.0f} can be expected to be met" in shown
    low, high = (f"{end:.0f}" for end in found.interval)
    assert f"between {low} and {high} (" in shown
    assert "49 are met is at most 1 %, however they are related." in shown
    assert shown.count("at most 1 %, ") == 1
    for group in found.groups:
        if group.odds is not None and not group.lost:
            assert chance(group.odds.joint, "en") in shown


def test_where_nothing_has_a_probability_nothing_is_said_of_the_whole(opened):
    shown = str(rep.show_joint(opened("wuhai", "wuhai", "en")))
    assert say("joint.none", "en") in shown
    assert "49 “no data”" in unescape(shown)
    assert "<table" not in shown


def test_the_overview_has_every_area_and_every_article(overview):
    report = overview("mock_city", "en")
    shown = unescape(str(rep.show_joint_by_area(report)))
    for area in report.areas:
        assert report.area_name(area) in shown
    for group in report.joint(report.whole).groups:
        assert f">{report.plan.article_in(group.article, report.lang)}<" in shown


def test_the_overview_and_the_report_say_the_same(opened, overview):
    one = opened("mock_city", "mock_city", "en").joint
    other = overview("mock_city", "en").joint("mock_city")
    assert rep.joint_row(one) == rep.joint_row(other)


def test_a_plan_that_can_be_kept_has_a_weakest_link(opened):
    report = opened("michigan", "michigan_district_1010", "en")
    found, shown = report.joint, unescape(str(rep.show_joint(report)))
    assert found.weakest is not None
    title = report.plan.target(found.weakest).title.in_("en")
    told = chance(found.without_weakest, "en")
    # What prints like the whole is no news: it is told where it prints otherwise.
    news = say("joint.weakest", "en", target=title, chance=told) in shown
    assert news == (told != chance(found.odds.joint, "en"))
    assert found.without_weakest > found.odds.joint


def test_the_summary_has_both(opened, tmp_path):
    report = opened("wuhai", "wuhai", "zh")
    rep.save_summary(report, str(tmp_path))
    content = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert content["together"] == json.loads(json.dumps(rep.joint_row(report.joint)))
    assert [row["target"] for row in content["matters"]] == [t.id for t in report.numeric]


@pytest.mark.slow
def test_of_a_whole_study_each_area_is_taken(catalog, opened):
    store = SeriesStore(catalog, catalog.study("wuhai"), opened.table("wuhai"))
    report = opened("wuhai", "wuhai", "zh")
    (one,) = assessed(store, areas=("wuhai",), targets=("T02_retention",), numeric=True)
    assert sensitivity_of(store, one).decisive == report.sensitivity["T02_retention"].decisive
    assert rep.joint_row(assess_jointly(store, "wuhai")) == rep.joint_row(report.joint)
    assert assess_jointly(store, "wuda").area == "wuda"
    assert assess_jointly(report.evidence, "wuhai", {}).odds is None


def test_no_range_is_without_extent_and_what_stands_at_the_level_is_not_called_missed(opened):
    """Spending that may not fall starts at its own level: the flow says neither yes nor no."""
    report = opened("mock_city", "mock_east", "en")
    shown = unescape(re.sub(r"<[^>]+>", "\n", str(rep.show_sensitivity(report))))
    assert not re.findall(r"from (\S+(?: %| points)?) to \1 \(", shown)
    row = shown.split("General public budget spending on education\n")[1][:200]
    assert say("sensitivity.at_level", "en") in row
    assert say("sensitivity.own", "en", chance="at least 80 %") in row
