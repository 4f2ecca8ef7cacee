"""What a target would take: counts from the draws, mechanisms from flows, and why there is none."""

import numpy as np
import pytest

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.observations import build
from edu_metrics.reachability import (
    MechanismStart,
    MissingInputs,
    SeriesStore,
    assess_target,
    requirements_of,
)
from edu_metrics.reachability.question import mechanism_from_counts, mechanism_from_statement
from edu_metrics.simulation import simulate_study

YEARS = (2017, 2018, 2019, 2020)


def level(bound=">=90"):
    return {"type": "level", "at": {2022: bound}}


@pytest.fixture
def take(case, promise, rates):
    """Ask what one target would take in the city."""

    def run(target=None, passed=(790, 810, 795, 800), others=(), rows=None, **options):
        rows = [rates(dict(zip(YEARS, passed, strict=True)))] if rows is None else list(rows)
        rows += [rates({2020: n}, sat=sat, area=area) for area, n, sat in others]
        catalog, study, table = case([target or promise([level()])], rows, **options.pop("of", {}))
        store = SeriesStore(catalog, study, table)
        return requirements_of(store, assess_target(store, store.plan.targets[0], "city"))[0]

    return run


def test_an_even_chance_takes_the_people_behind_the_gap_over_the_years_left(take):
    """The trend has hardly a direction: 100 of 1000 in two years are some 50 a year."""
    found = take()
    (need,) = found.needs
    assert (found.kind, found.start_year, found.start_value) == ("count", 2020, 80)
    assert need.even.value == pytest.approx(50, abs=5)
    assert need.even.probability == pytest.approx(0.5, abs=0.02)
    assert need.sure.value > need.even.value
    assert need.sure.probability >= 0.8
    assert found.usual < 0.05


def test_one_person_less_is_too_little(take, case, promise, rates):
    found = take()
    catalog, study, table = case(
        [promise([level()])], [rates(dict(zip(YEARS, (790, 810, 795, 800), strict=True)))]
    )
    trend = SeriesStore(catalog, study, table).trajectory("pass_rate", "city", 2022).at(2022)
    more = found.needs[0].sure.value
    with_it, without = (np.mean(np.round(trend + 0.2 * n, 9) >= 90) for n in (more, more - 1))
    assert with_it >= 0.8 > without


def test_where_less_is_better_people_become_fewer(take, promise, cells):
    rows = [
        cells("failed", dict(zip(YEARS, (210, 190, 205, 200), strict=True))),
        cells("sat", dict.fromkeys(YEARS, 1000)),
    ]
    target = promise([level("<=10")], indicator="fail_rate", better="lower")
    (need,) = take(target, rows=rows).needs
    assert need.even.value == pytest.approx(50, abs=5)
    assert need.high == 200


def test_a_past_too_short_for_a_trend_is_taken_to_stand_still(take, rates):
    found = take(rows=[rates({2020: 800})])
    assert found.standing_still
    assert (found.needs[0].even.value, found.needs[0].sure.value) == (50, 50)


def test_what_stands_beyond_its_target_takes_nothing_new(take):
    found = take(passed=(960, 980, 970, 990))
    assert found.needs[0].even.reason == "usual_is_enough"


@pytest.mark.parametrize("passed", [(960, 980, 970, 990), (790, 810, 795, 800)])
def test_no_chance_of_a_trend_is_told_beyond_what_the_track_record_supports(take, passed):
    """Nine in ten draws may do for 80 %; 80 % is what is told."""
    found = take(passed=passed)
    (need,) = found.needs
    told = (found.usual, need.even.probability, need.sure.probability)
    assert all(0.01 <= chance <= 0.8 for chance in told)
    assert need.sure.probability == 0.8


def test_no_number_of_people_gains_five_points_twice_from_ninety_seven(take, promise):
    gain = {"type": "yearly_change", "unit": "points", "change": [">=5"], "capped": False}
    found = take(promise([gain], steps=[2]), passed=(960, 965, 975, 970))
    assert found.needs[0].even.reason == "beyond_bounds"
    assert found.needs[0].even.value is None


def test_a_yearly_gain_is_found_although_all_at_once_would_miss_it(take, promise):
    gain = {"type": "yearly_change", "unit": "points", "change": [">=5"], "capped": False}
    (need,) = take(promise([gain], steps=[2])).needs
    assert need.even.reason == "found"
    assert 50 <= need.even.value < 100


def test_more_than_the_far_end_of_a_range_breaks_it_as_it_breaks_the_verdict(take, promise):
    """From 80 %, 86 to 94 at the end: 30 of 1,000 a year enter the range, 71 leave it."""
    gain = {"type": "total_change", "unit": "points", "change": [">=6", "<=14"]}
    (need,) = take(promise([gain], steps=[2])).needs
    assert need.even.value == pytest.approx(30, abs=3)
    narrow = {"type": "yearly_change", "unit": "points", "change": [">=1", "<=2"], "capped": False}
    (need,) = take(promise([narrow], steps=[2])).needs
    assert need.sure.reason == "beyond_bounds"


def test_where_nothing_moves_a_range_is_entered_by_its_first_person(take, promise, rates):
    """From 800 of 1,000 in 2020, 2 points to 2.1 in two years: 10 a year, and 11 are too many."""
    gain = {"type": "total_change", "unit": "points", "change": [">=2", "<=2.1"]}
    (need,) = take(promise([gain], steps=[2]), rows=[rates({2020: 800})]).needs
    assert (need.even.value, need.even.reason) == (10, "found")


@pytest.mark.parametrize(
    ("as_of", "past"), [("2021-03-31", False), ("2022-12-31", False), ("2023-01-01", True)]
)
def test_what_was_due_before_the_date_would_have_taken_it(take, as_of, past):
    found = take(of={"as_of": as_of})
    assert (found.kind, found.past) == ("count", past)


def test_the_district_furthest_behind_decides_the_whole(take):
    others = [("east", 290, 300), ("west", 240, 400), ("south", 270, 300)]
    found = take(others=others)
    assert found.deciding == "west"
    assert found.parts[0].area == "west"
    assert sum(part.points for part in found.parts) == pytest.approx(80 - 90)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"rows": []}, "no_start"),
        ({"of": {"as_of": "2023-06-30"}, "passed": (950, 950, 950, 950)}, None),
    ],
)
def test_why_there_is_no_answer_is_said(take, options, reason):
    found = take(**options)
    assert found.reason == reason


def test_a_printed_rate_has_no_people_behind_it(take, promise, cells):
    rows = [cells("rate_pct", dict(zip(YEARS, (78.0, 81.0, 79.0, 80.0), strict=True)))]
    assert take(promise([level()], indicator="printed"), rows=rows).reason == "no_count"


def test_a_rank_hangs_on_others(take, promise, rates):
    rank = {"type": "rank", "year": 2022, "bound": "<=1", "among": ["city", "port"]}
    rows = [rates({2020: 800}), rates({2020: 700}, area="port")]
    assert take(promise([rank]), rows=rows).reason == "rank"


def test_a_decided_target_takes_nothing(take, promise):
    target = promise([{"type": "level", "at": {2020: ">=70"}}], deadline=2020)
    assert take(target).reason == "decided"


# The shipped mechanisms


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """Give the evidence of the invented city and its plan."""
    import shutil

    root = tmp_path_factory.mktemp("mock")
    shutil.copytree(find_root() / "data" / "definitions", root / "data" / "definitions")
    catalog = load_catalog(root)
    study = catalog.study("mock_city")
    simulate_study(catalog, study)
    return SeriesStore(catalog, study, build(catalog, study)), catalog.plan(study.plan)


@pytest.mark.slow
def test_every_mechanism_starts_in_the_invented_city(invented):
    evidence, _ = invented
    for indicator in evidence.catalog.indicators.values():
        if indicator.mechanism is None:
            continue
        built = mechanism_from_counts(evidence, indicator.id, "mock_city", 2020)
        assert isinstance(built, MechanismStart), indicator.id
        run = built.mechanism.project(built.outcome, [2021])
        now = evidence.record(indicator.id, "mock_city").exact[2020]
        later = float(np.median(run))
        # A year of nothing new moves no rate far; a sum of money stays what it is.
        assert later == pytest.approx(now, abs=4 if indicator.unit == "percent" else 0.05 * now)


def test_a_whole_is_that_of_the_place_and_levers_are_whole_people(invented):
    evidence, _ = invented
    indicator = evidence.catalog.indicator("primary_teachers_bachelor_share")
    city, east = (
        mechanism_from_counts(evidence, indicator.id, a, 2020) for a in ("mock_city", "mock_east")
    )
    counts = evidence.record(indicator.id, "mock_city").counts[2020]
    assert city.whole == counts[1] > east.whole
    lever = city.mechanism.levers[0]
    assert lever.name == "upgrades"
    assert lever.whole
    assert lever.high == np.floor(0.05 * counts[1])


def test_numbers_that_a_mechanism_lacks_are_named(invented):
    evidence, _ = invented
    indicator = evidence.catalog.indicator("compulsory_retention_rate")
    found = mechanism_from_counts(evidence, indicator.id, "mock_city", 2016)
    assert isinstance(found, MissingInputs)
    assert {(m.quantity, m.year) for m in found.missing} >= {("entrants_grade_1", 2008)}


def test_from_85_to_87_to_90_takes_two_and_a_half_in_a_hundred_less_what_entrants_bring(invented):
    """Leavers bring about half a point a year: (90 - 85) / 2 = 2.5 without them."""
    evidence, plan = invented
    indicator = evidence.catalog.indicator("primary_teachers_bachelor_share")
    built = mechanism_from_statement(indicator, 85.0)
    assert built.relative
    assert built.whole == 100
    model = built.mechanism
    little, enough = (
        model.project(built.outcome, [2021, 2022], {"upgrades": upgrades})[:, -1]
        for upgrades in (1.8, 2.5)
    )
    assert np.median(little) < 90 < np.median(enough)
    target = plan.target("T06_primary_bachelor")
    found = requirements_of(evidence, assess_target(evidence, target, "mock_city"))[0]
    assert (found.kind, found.flow, found.relative) == ("mechanism", "teachers", False)
    assert [need.lever for need in found.needs] == [
        "upgrades",
        "entrants_qualified_pct",
        "new_posts",
    ]


def test_a_retention_of_93_is_not_mended_by_preventing_dropout(invented):
    """Most of the loss is families moving away: no lever brings more than 95 in two years."""
    evidence, plan = invented
    indicator = evidence.catalog.indicator("compulsory_retention_rate")
    built = mechanism_from_statement(indicator, 93.0)
    for lever, most in (("dropout_prevented_pct", 100), ("returned", 3)):
        run = built.mechanism.project("retention_pct", [2021, 2022], {lever: most})
        assert 93 < np.median(run[:, -1]) < 95
    del plan


def test_another_reading_takes_another_effort(invented):
    """Five percent of the rate a year, or five points a year: the second is near the floor."""
    evidence, plan = invented
    target = plan.target("A03e_myopia")
    found = assess_target(evidence, target, "mock_city")
    relative, points = (
        requirements_of(evidence, one)[0]
        for one in (found, next(o for o in found.others if (o.reading, o.steps) == ("points", 2)))
    )
    cut = relative.needs[0].even.value
    assert 40 < cut < 80
    even = points.needs[0].even
    assert even.value is None or even.value > 90


def test_levers_that_do_not_move_an_outcome_are_left_out(invented):
    evidence, plan = invented
    judged = assess_target(evidence, plan.target("A06a_public_share"), "mock_city")
    found = requirements_of(evidence, judged)[0]
    assert [need.lever for need in found.needs] == ["public_places"]
