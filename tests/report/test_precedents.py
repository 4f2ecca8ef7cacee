"""Precedents in a report: counts as they stand in the class, and why some targets have none."""

from __future__ import annotations

from html import unescape

import pytest

from edu_metrics import report as rep
from edu_metrics.reachability.precedent import NoPrecedent, precedents_of
from edu_metrics.report.precedents import precedent_text
from edu_metrics.report.requirements import pace_facts
from edu_metrics.words import say, signed

PLACES = (
    ("michigan", "michigan_district_1010", "en"),
    ("mock_city", "mock_east", "zh"),
    ("wuhai", "wuhai", "zh"),
)


@pytest.fixture(params=PLACES, ids="-".join)
def report(request, opened):
    return opened(*request.param)


def looked_up(report):
    classes = [report.catalog.reference_class(name) for name in report.study.reference_class]
    for target in report.numeric:
        found = report.assessments[target.id]
        indicator = report.catalog.indicators.get(found.indicator or "")
        yield target, found, precedents_of(found, indicator, classes)


def test_each_target_with_a_class_has_its_counts_and_each_other_its_reason(report):
    html, lang = unescape(str(rep.show_precedents(report))), report.lang
    table = report.tables["precedents"]
    for target, _, told in looked_up(report):
        if isinstance(told, NoPrecedent):
            silent = told is NoPrecedent.NO_START or report.stands_with_whole
            assert silent or target.title.in_(lang) in html
            assert precedent_text(report, target) == ""
            continue
        line = precedent_text(report, target)
        for one in told:
            key = "precedent.counted" if one.kept.exact else "precedent.counted_between"
            numbers = {"count": f"{one.kept.count:,}", "windows": f"{one.kept.windows:,}"}
            if one.reference.kind == "ordinary":
                assert say(key, lang, **numbers) in line
                assert f"{one.percentile:.0f}" in line
        own = table[table["target"] == target.id]
        assert own["windows"].tolist() == [one.kept.windows for one in told]
        assert own["kept"].tolist() == [one.kept.count for one in told]


def test_the_percentile_in_the_assessment_is_that_of_the_report(report):
    for _, found, told in looked_up(report):
        if isinstance(told, NoPrecedent):
            assert found.pace_percentile is None
        else:
            assert found.pace_percentile == told[0].percentile


@pytest.mark.slow
def test_the_pace_is_the_same_number_in_the_table_of_paces(report):
    paces = report.tables["required_pace"].set_index("target")["required_pace"]
    for target, found, told in looked_up(report):
        if isinstance(told, NoPrecedent):
            continue
        assert told[0].pace == abs(found.required_pace)
        assert told[0].years == found.required_by - found.last_year
        assert paces[target.id] == found.required_pace
        shown = signed(found.required_pace, 2)
        if found.required_pace:  # where nothing may be lost, no pace is asked for
            assert shown in precedent_text(report, target)


@pytest.mark.slow
def test_what_is_there_already_shows_no_negative_need(opened):
    report = opened("mock_city", "mock_east", "en")
    there = [one for one in report.assessments.values() if one.gap is not None and one.gap < 0]
    assert there
    assert {one.required_pace for one in there} <= {0, None}
    assert all(one.people is None or one.people >= 0 for one in there)
    for found in there:
        told = pace_facts(report, found)
        assert "cards.pace_head" not in told or "none needed" in told["cards.pace_head"]


def test_an_assumed_start_is_marked_and_carries_no_probability(opened):
    report = opened("wuhai_2020", "wuhai", "en")
    told = [found for _, found, found_in in looked_up(report) if isinstance(found_in, list)]
    assumed = [found for found in told if found.start == "plan_statement"]
    assert assumed
    assert all(found.probability is None for found in assumed)
    html = str(rep.show_precedents(report))
    assert say("precedent.assumed_note", "en") in unescape(html)
    lines = [precedent_text(report, target) for target, found, told in looked_up(report)
             if found.start == "plan_statement" and isinstance(told, list)]  # fmt: skip
    assert len(lines) == len(assumed)
    assert not any("†" in line for line in lines)  # the card says of the start what it is
    assert say("cards.stated", "en") in unescape(str(rep.show_cards(report)))


def test_a_moved_test_is_no_precedent(opened):
    report = opened("michigan", "michigan_district_1010")
    assert set(report.tables["precedents"]["kind"]) == {"ordinary", "test_change"}
    for target, _, told in looked_up(report):
        if not isinstance(told, NoPrecedent):
            counts = {one.reference.kind: f"of {one.kept.windows:,}" for one in told}
            line = precedent_text(report, target)
            assert counts["ordinary"] in line.replace(" runs", "")
            assert counts["test_change"] not in line


def test_years_after_the_assessment_are_told(opened):
    told = say("precedent.later", "en").strip()
    assert told in unescape(str(rep.show_precedents(opened("michigan", "michigan_district_1010"))))
    wuhai = opened("wuhai", "wuhai", "en")
    assert told not in unescape(str(rep.show_precedents(wuhai)))


def test_a_study_without_a_class_says_so(opened, monkeypatch):
    report = opened("michigan", "michigan_district_1010")
    bare = report.study.model_copy(update={"reference_class": ()})
    monkeypatch.setattr(report, "study", bare)
    assert say("precedent.no_class", "en") in unescape(str(rep.show_precedents(report)))
