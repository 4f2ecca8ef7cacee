"""Which series and which level the published rules are given, seen from an assessment."""

import pytest

from edu_metrics.reachability import SeriesStore, Verdict, assess_target, status_table_of
from edu_metrics.reachability import status_rules as side_by_side
from edu_metrics.reachability.published_rules import Case, Rule, Unable
from edu_metrics.reachability.status_rules import fit_pace, status_table

RATES = {2015: 720, 2016: 740, 2017: 730, 2018: 760, 2019: 770, 2020: 790}
LEVEL = {"type": "level", "at": {2022: ">=90"}}


@pytest.fixture
def beside(case):
    """Give table and assessment of one target in one area."""

    def run(target, rows, *, area="city", **options):
        catalog, study, table = case([target], rows, **options)
        evidence = SeriesStore(catalog, study, table)
        plan = catalog.plan(study.plan)
        found = assess_target(evidence, plan.targets[0], area)
        return status_table_of(evidence, found), found

    return run


def test_the_rules_are_given_the_series_the_level_and_our_verdict(beside, promise, rates):
    found, assessed = beside(promise([LEVEL]), [rates(RATES)])
    by_hand = status_table(
        Case(
            tuple(RATES),
            [value / 10 for value in RATES.values()],
            90,
            2022,
            "higher",
            percent=True,
            pace=Unable.TOO_FEW_PEERS,
            complement_pace=Unable.TOO_FEW_PEERS,
        ),
        verdict=assessed.verdict,
        probability=assessed.probability,
    )
    assert found.answers == by_hand.answers
    assert found.verdict is assessed.verdict
    assert found.why == by_hand.why
    assert found.turned == by_hand.turned


def test_what_should_fall_is_judged_downwards(beside, promise, cells):
    level = {"type": "level", "at": {2022: "<=10"}}
    found, _ = beside(
        promise([level], indicator="ill", better="lower"), [cells("ill_pct", {2019: 30, 2020: 20})]
    )
    assert found.answer(Rule.SDR).status == "on_track_or_maintaining"
    assert found.answer(Rule.ATTAINMENT).unable is Unable.TARGET_FALLS


def test_a_promised_change_is_judged_by_the_level_that_its_slowest_pace_comes_to(
    beside, promise, rates
):
    gain = {"type": "yearly_change", "unit": "points", "change": [">=5", "<=8"], "capped": True}
    found, _ = beside(promise([gain], steps=[2]), [rates(RATES)])
    execution = found.answer(Rule.EXECUTION).score
    assert execution == pytest.approx(100 * (79 - 72) / (79 + 10 - 72))


def test_a_floor_for_each_year_is_told_to_the_german_rule(beside, promise, rates):
    floor = {"type": "each_year", "bound": ">=75"}
    falling = {2017: 820, 2018: 800, 2019: 790, 2020: 780}
    found, _ = beside(promise([floor]), [rates(falling)])
    assert found.answer(Rule.GERMAN).status == "sun_and_cloud"


def test_of_levels_in_several_years_the_next_one_is_told_to_the_german_rule(beside, promise, rates):
    levels = {"type": "level", "at": {2021: ">=80", 2022: ">=95"}}
    found, _ = beside(promise([levels]), [rates(RATES)])
    assert found.answer(Rule.GERMAN).ratio == pytest.approx(1 - 1.4 / 1)
    assert found.answer(Rule.SDR).required == pytest.approx((95 - 79) / 2)


def test_nothing_before_a_break_is_looked_at(beside, promise, rates):
    entry = (
        "[{id: new_test, indicator: pass_rate, areas: [city], year: 2019,"
        " why: {zh: 改, en: changed}, citation: {source: yearbook, locator: p. 1}}]"
    )
    found, _ = beside(promise([LEVEL]), [rates(RATES)], breaks=entry)
    assert found.answer(Rule.SDR).observed == pytest.approx(2)
    assert found.answer(Rule.GERMAN).unable is Unable.TOO_FEW_YEARS


def test_nothing_after_the_deadline_is_looked_at(beside, promise, rates):
    due = {"type": "level", "at": {2019: ">=90"}}
    found, assessed = beside(promise([due]), [rates(RATES)])
    assert assessed.verdict is Verdict.MISSED
    assert found.answer(Rule.ATTAINMENT).score == pytest.approx(100 * 77 / 90)


def test_a_count_has_no_complement_and_no_place_among_paces(beside, promise, cells):
    level = {"type": "level", "at": {2022: ">=30"}}
    found, _ = beside(
        promise([level], indicator="number_of_schools", unit="schools"),
        [cells("schools", {2018: 20, 2019: 22, 2020: 24})],
    )
    assert found.turned is None
    assert found.answer(Rule.PERCENTILE).unable is Unable.NOT_A_PERCENTAGE


def test_a_rate_that_may_pass_100_has_no_complement(beside, promise, cells):
    level = {"type": "level", "at": {2022: ">=95"}}
    entrants = cells("entrants", dict.fromkeys(range(2009, 2012), 100))
    leavers = cells("leavers", {2018: 90, 2019: 92, 2020: 101})
    found, _ = beside(promise([level], indicator="retention"), [entrants, leavers])
    assert found.turned is None


@pytest.mark.parametrize(
    ("conditions", "values"),
    [
        ([LEVEL], {2020: 790}),
        ([LEVEL], {}),
        ([{"type": "level", "at": {2022: "==90"}}], RATES),
        ([{"type": "rank", "year": 2022, "bound": "<=1", "among": ["city", "port"]}], RATES),
    ],
)
def test_without_two_years_or_a_level_to_be_reached_there_is_no_table(
    beside, promise, rates, conditions, values
):
    rows = [rates(values)] if values else []
    assert beside(promise(conditions), rows)[0] is None


def test_paces_are_fitted_once_to_all_areas_of_a_level(case, promise, rates, monkeypatch):
    fitted = []

    def note(peers, *, length):
        fitted.append((sorted(peers), length))
        return fit_pace(peers, length=length)

    monkeypatch.setattr(side_by_side, "fit_pace", note)
    rows = [rates(RATES, area=area) for area in ("city", "east", "west", "south", "port")]
    catalog, study, table = case([promise([LEVEL])], rows)
    plan, evidence = catalog.plan(study.plan), SeriesStore(catalog, study, table)
    for area in ("east", "west", "city"):
        found = status_table_of(evidence, assess_target(evidence, plan.targets[0], area))
        assert found.answer(Rule.PERCENTILE).unable is Unable.TOO_FEW_PEERS
    districts, cities = ["east", "south", "west"], ["city", "port"]
    assert fitted == [(districts, 5), (districts, 5), (cities, 5), (cities, 5)]


def test_what_remains_of_binary_fractions_is_no_distance_to_a_target(beside, promise, cells):
    rising = {"type": "yearly_change", "unit": "points", "change": [">=0"]}
    third = 100 * 2 / 3
    found, _ = beside(
        promise([rising], indicator="printed", steps=[2]),
        [cells("rate_pct", {2018: 60.0, 2019: 63.0, 2020: third})],
    )
    assert found.answer(Rule.SDR).ratio is None
    assert found.answer(Rule.SDR).status == "on_track_or_maintaining"
