"""Scenarios side by side in one area: what is asked for, drawn, told and left out."""

from __future__ import annotations

import re
from html import unescape

import pytest

from edu_metrics.errors import DefinitionError
from edu_metrics.reachability import assess_target, chance, requirements_of, run_scenario
from edu_metrics.report import (
    Comparison,
    open_comparison,
    prepare,
    show_assumed,
    show_compared,
    show_comparison_head,
    show_courses,
    show_not_compared,
)
from edu_metrics.report.comparison import _by_indicator
from edu_metrics.trajectories import CAP
from edu_metrics.words import say, signed

SCENARIOS = ("as_usual", "required_pace", "halt", "upgrade_teachers", "each_reading")
TEACHERS = "T06_primary_bachelor"


@pytest.fixture
def compared(opened, catalog):
    """Compare scenarios on targets of a study's area."""

    def of(
        study="mock_city", area="mock_city", lang="en", scenarios=SCENARIOS, targets=(TEACHERS,)
    ):
        report = opened(study, area, lang)
        chosen = [report.plan.target(name) for name in targets]
        return Comparison(report, [catalog.scenario(name) for name in scenarios], chosen)

    return of


def rows_of(html):
    rows = re.findall(r"<tr>(.*?)</tr>", html.text, flags=re.S)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.S) for row in rows]
    return [[re.sub("<[^>]*>", "", cell) for cell in row] for row in cells][1:]


def test_a_comparison_holds_what_was_named_and_in_that_order(root, catalog):
    prepare(catalog, catalog.study("mock_city"))
    found = open_comparison(
        "mock_city", "mock_east", "en", root, scenarios=["halt", "as_usual"],
        targets=["T02_retention"], indicators=["myopia_rate"],
    )  # fmt: skip
    assert list(found.scenarios) == ["halt", "as_usual"]
    assert {target.indicator for target in found.targets} >= {"myopia_rate"}
    assert "T02_retention" in {target.id for target in found.targets}
    everything = open_comparison("mock_city", "mock_east", "en", root)
    assert len(everything.targets) == len(everything.report.numeric)
    assert list(everything.scenarios) == list(catalog.scenarios)


def test_every_name_that_does_not_exist_is_told_at_once(root, catalog):
    prepare(catalog, catalog.study("mock_city"))
    with pytest.raises(DefinitionError) as caught:
        open_comparison(
            "mock_city", "mock_city", "en", root,
            scenarios=["hallt"], targets=["T02_retentoin"], indicators=["myopia_rat"],
        )  # fmt: skip
    assert len(caught.value.faults) == 3
    for near in ("'halt'", "'T02_retention'", "'myopia_rate'"):
        assert near in str(caught.value)


def test_each_scenario_stands_with_its_sentence_and_how_often_it_applies(compared, catalog):
    rows = rows_of(show_assumed(compared()))
    assert [row[1] for row in rows] == [catalog.scenario(name).assumes.en for name in SCENARIOS]
    assert {row[2] for row in rows} == {"1"}


def test_levers_are_told_against_the_flow_models_own_as_usual(compared):
    """What levers come to is no forecast of the target, and no second probability of it."""
    report = compared().report
    target = report.plan.target("T01_public_kindergarten_table")
    judged = assess_target(report.evidence, target, "mock_city")
    scenario = report.catalog.scenario("open_public_places")
    (found,) = run_scenario(report.evidence, judged, scenario)
    assert (found.probability, found.met) == (None, None)
    assert found.under_model > CAP
    taken = requirements_of(report.evidence, judged)[0]
    assert found.model_base == pytest.approx(taken.under_model, abs=1e-12)


def test_a_row_tells_chance_year_and_people_of_its_scenario(compared):
    comparison = compared()
    rows = {row[0]: row for row in rows_of(show_compared(comparison))}
    report, target = comparison.report, comparison.targets[0]
    for name in ("as_usual", "upgrade_teachers"):
        scenario = comparison.scenarios[name]
        judged = assess_target(report.evidence, target, "mock_city")
        (found,) = run_scenario(report.evidence, judged, scenario)
        told = chance(found.probability, "en")
        if name == "upgrade_teachers":
            change = signed(100 * (found.under_model - found.model_base), 0)
            told = say("comparing.under_model", "en", change=change)
            assert told.startswith("flow calculation: +")
        assert rows[scenario.title.en][2] == told
    # 83.4 % of 1,619 teachers, and 90 % asked: 1,458 - 1,350.
    assert rows["A halt"][2:5] == ["not met", "not by 2022", "108"]
    assert rows["The required pace"][2:5] == ["met", "2022", "none"]


def test_each_reading_is_judged_for_itself(compared):
    comparison = compared()
    outcomes = [one for one in comparison.outcomes[TEACHERS] if one.scenario == "each_reading"]
    assert len(outcomes) > 1
    found = [comparison.assessment_of(one) for one in outcomes]
    assert [(one.reading, one.steps) for one in found] == [
        (one.reading, one.steps) for one in outcomes
    ]
    names = [row[0] for row in rows_of(show_compared(comparison)) if "Each reading" in row[0]]
    assert len(set(names)) == len(outcomes)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_scenario_has_a_box_one_look_and_a_line_in_each_drawing(compared, lang):
    comparison = compared(lang=lang, scenarios=("as_usual", "halt"))
    boxes, drawn = show_assumed(comparison).text, show_courses(comparison).text
    assert drawn.count("<figure>") == drawn.count('role="img"') == 1
    for place, scenario in enumerate(comparison.scenarios.values(), start=1):
        label = re.search(rf'<label><input type="checkbox" id="sc{place}".*?</label>', boxes)[0]
        assert scenario.title.in_(lang) in label
        assert drawn.count(f'<g class="sc sc{place}"><path class="line"') == 1
        assert boxes.count(f"svg .sc{place} {{ stroke: #") == 1


def test_four_are_shown_at_first_those_meant_before_others(compared, catalog):
    names = list(catalog.scenarios)
    text = show_assumed(compared(scenarios=names)).text
    ticked = [int(one) for one in re.findall(r'id="sc(\d+)" checked', text)]
    meant = [at for at, one in enumerate(catalog.scenarios.values(), 1) if one.shown_first]
    assert ticked == meant
    assert len(meant) == 4
    others = [name for name in names if not catalog.scenarios[name].shown_first][:5]
    text = show_assumed(compared(scenarios=others)).text
    assert re.findall(r'id="sc(\d+)" checked', text) == ["1", "2", "3", "4"]
    looks = re.findall(r"svg .sc\d+ \{ ([^}]*) \}", show_assumed(compared(scenarios=names)).text)
    assert len(set(looks)) == len(names), "no two look alike"


PLANS_PACE = ("plan_pace_low", "plan_pace_middle", "plan_pace_high")


@pytest.mark.parametrize(
    ("target", "ends"),
    [
        ("A12a_primary_pass_increment", (94.83, 97.83, 100.0)),
        ("A12b_primary_excellent_increment", (43.66, 45.66, 47.66)),
        ("A12g_junior_pass_increment", (68.56, 70.56, 72.56)),
        ("A12i_junior_low_decrement", (8.36, 6.36, 4.36)),
        ("A12c_low_grade_pass", (98.88, 100.0, 100.0)),
    ],
)
def test_the_plans_pace_is_taken_across_all_readings(compared, target, ends):
    """From 84.83 at 5 to 8 points a year, 41.66 at 1 to 3, 62.56 at 3 to 5, 14.36 at -3 to -5."""
    comparison = compared(scenarios=PLANS_PACE, targets=(target,))
    found = [one for one in comparison.outcomes[target] if one.draws is not None]
    assert tuple(round(float(one.draws[0, -1]), 2) for one in found) == ends
    assert found[-1].met is True


@pytest.mark.parametrize(
    "target",
    ["A06a_public_share", "A08c_private_kg_teachers", "A38a_budget_total", "A38b_budget_per_pupil"],
)
def test_where_the_plan_names_no_size_it_has_no_pace_and_the_page_says_so(compared, target):
    comparison = compared(scenarios=("halt", *PLANS_PACE), targets=(target,))
    without = comparison.outcomes[target][1:]
    assert {one.reason for one in without} == {"no_promised_pace"}
    page = unescape(show_compared(comparison).text)
    assert page.count("prints no size of a yearly step") == 1
    said = page.partition("prints no size of a yearly step")[2].partition("</p>")[0]
    assert comparison.report.plan.target(target).title.in_("en") in said
    assert said.rstrip(" ).").endswith("1")


def test_no_row_contradicts_itself_and_persons_come_whole(compared, catalog):
    """Every scenario on every target of a district: kept, year, and who is short."""
    report = compared(area="mock_east").report
    comparison = Comparison(report, list(catalog.scenarios.values()), list(report.numeric))
    html = show_compared(comparison)
    kept, short = ("met", {"none", "—"}), re.compile(r"[1-9][\d,]*|—")
    rows = [row for row in rows_of(html) if len(row) == 6 and row[0] != "Scenario" and row[1]]
    assert len(rows) > 400
    for row in rows:
        if row[2] == kept[0]:
            assert row[3] == "there at the start" or re.fullmatch(r"\d{4}|—", row[3])
            assert row[4] in kept[1]
        if row[2] == "not met":
            assert row[3].startswith("not by") or row[3] in (
                "—",
                "the level is met, another condition is not",
            )
            assert short.fullmatch(row[4])
        if row[1].endswith(("persons", "kindergartens", "workshops")):
            assert "." not in row[1]


def test_a_figure_holds_one_indicator_a_panel(compared):
    """A reading in persons stands in a panel of its own, and never on the axis of a rate."""
    comparison = compared(area="mock_east", targets=("A15b_double_first_class",))
    target = comparison.targets[0]
    about = _by_indicator(comparison, target)
    assert len(about) > 1
    for name, outcomes in about.items():
        found = [comparison.assessment_of(one) for one in outcomes]
        assert {one.indicator for one in found} == {name}
        assert len({comparison.report.unit_of(one) for one in found}) == 1
    shown = show_courses(comparison).text
    drawings = re.findall(r"<figure>.*?</figure>", shown)
    assert len(drawings) == len(about)
    assert "%" in drawings[0]
    assert "person" not in drawings[0]
    assert "persons" in drawings[1]
    assert "%" not in drawings[1].partition("<svg")[2]


def test_a_target_without_a_course_is_named_with_the_reason(compared):
    targets = ("A12a_primary_pass_increment", "A38a_budget_total", TEACHERS)
    comparison = compared("wuhai", "wuhai", targets=targets)
    told = show_not_compared(comparison).text
    titles = [comparison.report.plan.target(name).title.en for name in targets]
    assert "nothing published" in told
    assert "already decided" in told
    assert titles[0] in told
    assert titles[1] in told
    assert titles[2] not in told


def test_a_start_that_nobody_observed_is_marked(compared):
    shown = show_compared(compared("wuhai", "wuhai")).text
    assert "†" in re.search(r"<caption>(.*?)</caption>", shown)[1]
    assert '<p class="small">†' in shown
    assert "the plan&#x27;s own statement" in shown


def test_where_there_is_nothing_to_compare_the_page_says_so(compared):
    comparison = compared("wuhai", "wuhai", targets=("A12a_primary_pass_increment",))
    assert "no course to compare" in show_comparison_head(comparison).text
    assert show_courses(comparison).text == show_compared(comparison).text == ""


def test_a_grid_is_counted_and_not_drawn(compared):
    comparison = compared(scenarios=("start_and_pace",), targets=("A12c_low_grade_pass",))
    (row,) = rows_of(show_compared(comparison))
    cells, kept = (int(number) for number in reversed(re.findall(r"\d+", row[2])))
    # 8 starts, 8 paces, 2 spans; 100 is asked.
    assert cells == 128
    expected = sum(
        min(100, base + pace * years) >= 100
        for base in range(60, 96, 5) for pace in range(1, 9) for years in (2, 3)
    )  # fmt: skip
    assert kept == expected
    assert show_courses(comparison).text == ""


def test_the_command_makes_the_same_comparison_again(compared):
    command = compared(scenarios=("halt", "as_usual")).command
    assert "-p study mock_city -p area mock_city -p lang en" in command
    assert '-y "scenarios: [halt, as_usual]"' in command
    assert f'-y "targets: [{TEACHERS}]"' in command
