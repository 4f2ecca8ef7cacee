"""What an answer hangs on: shares of variance, ends, and how far each assumption is from a turn."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.reachability import (
    Influence,
    Sensitivity,
    SeriesStore,
    assess_target,
    sensitivity_of,
)
from edu_metrics.reachability.question import OpenQuestion, mechanism_from_statement
from edu_metrics.reachability.sensitivity import breakevens, by_nearness, mechanism_sensitivity
from edu_metrics.trajectories.mechanisms import quantile

YEARS = (2017, 2018, 2019, 2020)
#: Spread of the drift of children to public kindergartens, as defined: 0.7 a year, two years.
DRIFT = 0.7 / math.sqrt(2)


@pytest.fixture(scope="module")
def shipped():
    return load_catalog(find_root())


@pytest.fixture(scope="module")
def ask(shipped, checks, bound):
    """Ask what a mechanism's answer hangs on, from a stated start of 2020, for a level of 2022."""

    def run(indicator, start, level):
        entry = shipped.indicator(indicator)
        built = mechanism_from_statement(entry, start)
        found = checks({"type": "level", "at": {2022: level}}, limits=entry.bounds)
        case = OpenQuestion(entry, found, (2021, 2022), {2020: start})
        return mechanism_sensitivity(Sensitivity("city", "goal"), case, built)

    return run


def share(ask, start=49.0, level=">50"):
    """Share of 2022 = start + drift of 2021 + drift of 2022; the number of children cancels out."""
    return ask("public_kindergarten_share", start, level)


def of(found, name):
    (one,) = (i for i in found.influences if i.name == name)
    return one


def test_a_sum_turns_where_pencil_and_paper_say(ask):
    found = share(ask)
    assert (found.middle, found.kept, found.year) == (49, False, 2022)
    assert of(found, "to_public_pct").turns_at == pytest.approx(0.5, abs=1e-6)
    assert of(found, "to_public_pct").in_spreads == pytest.approx(0.5 / DRIFT, abs=1e-5)
    assert of(found, "start").turns_at == pytest.approx(50, abs=1e-6)
    assert of(found, "start").turns_at > 50  # above 50 is asked for
    assert found.decisive.name == "to_public_pct"


def test_a_kept_target_turns_on_the_other_side(ask):
    found = share(ask, 49.0, ">=48.6")
    assert found.kept
    assert of(found, "to_public_pct").turns_at == pytest.approx(-0.2, abs=1e-6)
    assert of(found, "start").turns_at == pytest.approx(48.6, abs=1e-6)


def test_where_less_is_better_less_turns_the_answer(ask):
    found = ask("myopia_rate", 52.0, "<=51.5")
    assert not found.kept
    assert of(found, "screening_pp").turns_at == pytest.approx(-0.5, abs=1e-6)
    assert of(found, "start").turns_at == pytest.approx(51.5, abs=1e-5)
    assert ask("myopia_rate", 51.0, "<=51.5").kept


def test_a_sum_has_the_shares_of_its_variances(ask):
    """Two drifts of 0.49 each, and a start known to half a point: 1/12."""
    found = share(ask)
    whole = 0.98 + 1 / 12
    for name, part in (("to_public_pct", 0.98), ("start", 1 / 12), ("children_change_pct", 0)):
        one = of(found, name)
        assert (one.first, one.total) == pytest.approx((part / whole, part / whole), abs=0.01)


def test_the_probability_is_that_of_the_rates_from_the_start_as_it_is_printed(ask):
    """A normal of sd 0.99 around 49; 4,000 draws of it."""
    known = 1 - NormalDist(49, math.sqrt(0.98)).cdf(50)
    found = share(ask)
    assert found.under_model == pytest.approx(known, abs=0.02)
    assert found.probability is None  # nobody observed its start


def test_ends_are_the_tenth_and_ninetieth_percentile_of_the_mean_of_the_years(ask):
    drift, start = (of(share(ask), name) for name in ("to_public_pct", "start"))
    tenth = NormalDist().inv_cdf(0.9) * DRIFT
    assert (drift.low, drift.high) == pytest.approx((-tenth, tenth))
    assert (drift.at_low, drift.at_high) == pytest.approx((49 - 2 * tenth, 49 + 2 * tenth))
    assert (start.at_low, start.at_high) == pytest.approx((48.6, 49.4))


def test_what_does_not_move_the_indicator_turns_nothing(ask):
    one = of(share(ask), "children_change_pct")
    assert one.turns_at is one.in_spreads is one.part_of_room is None
    assert one.swing == pytest.approx(0, abs=1e-9)


def test_out_of_all_bounds_nothing_is_decisive(ask):
    found = share(ask, 49.0, ">90")
    assert found.decisive is None
    assert all(one.turns_at is None for one in found.influences)
    assert found.influences[0].name == "to_public_pct"  # what moves it most stands first


def test_a_lever_counts_only_where_its_usual_setting_is_an_assumption(ask):
    found = ask("primary_teachers_bachelor_share", 85.0, ">=90")
    levers = {one.name for one in found.influences if one.kind == "lever"}
    assert levers == {"entrants_qualified_pct", "new_posts"}


def test_the_usual_of_a_lever_turns_where_the_exact_inverse_says(ask, shipped):
    found = ask("senior_teachers_graduate_share", 39.0, ">=42")
    built = mechanism_from_statement(shipped.indicator("senior_teachers_graduate_share"), 39)
    middles = {name: quantile(rate, 0.5).item() for name, rate in built.mechanism.rates.items()}
    stays = {kind: 1 - middles[f"leaving_{kind}_pct"] / 100 for kind in ("qualified", "others")}
    part = of(found, "entrants_qualified_pct").turns_at / 100
    qualified, others = 39.0, 61.0
    for _ in range(2):
        leavers = 100 - qualified * stays["qualified"] - others * stays["others"]
        qualified = qualified * stays["qualified"] + part * leavers
        others = 100 - qualified
    assert qualified == pytest.approx(42, abs=1e-5)


@pytest.mark.slow
@given(st.floats(49.1, 50.8), st.floats(0.01, 0.1))
def test_the_more_is_asked_the_farther_it_is(ask, level, more):
    near, far = (of(share(ask, 49.0, f">={asked}"), "to_public_pct")
                 for asked in (level, level + more))  # fmt: skip
    assert far.turns_at > near.turns_at


# Where an answer turns, in general


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 5)), min_size=1, max_size=4),
    st.floats(-10, 10),
)
def test_a_line_turns_at_its_root_or_nowhere(lines, level):
    middles, slopes = (np.array(column) for column in zip(*lines, strict=True))
    total = float(middles @ slopes)

    def kept(which, values):
        return total + slopes[which] * (values - middles[which]) >= level

    found = breakevens(kept, middles, middles - 3, middles + 3)
    for turn, middle, slope in zip(found, middles, slopes, strict=True):
        root = middle + (level - total) / slope
        if abs(root - middle) < 2.999 and abs(root - middle) > 1e-5:
            assert turn == pytest.approx(root, abs=1e-5)
        elif abs(root - middle) > 3.001:
            assert turn is None


def test_of_two_turns_the_nearer_is_told():
    def kept(_, values):
        return (values > -1) & (values < 2)

    (found,) = breakevens(kept, np.zeros(1), np.full(1, -5.0), np.full(1, 5.0))
    assert found == pytest.approx(-1, abs=1e-5)
    (found,) = breakevens(kept, np.ones(1), np.full(1, -5.0), np.full(1, 5.0))
    assert found == pytest.approx(2, abs=1e-5)


def test_a_number_without_room_is_not_moved():
    def kept(_, values):
        assert np.all(values == 1)
        return values >= 1

    assert breakevens(kept, np.ones(1), np.ones(1), np.ones(1)) == [None]
    assert breakevens(kept, *3 * [np.empty(0)]) == []


def test_what_turns_soonest_stands_first():
    def one(name, turn, spread=None):
        return Influence(name, "rate", "percent", 0.0, -10, 10, spread, turns_at=turn)

    given = [one("never", None, 1.0), one("bare", 0.1), one("far", 3.0, 1.0), one("near", 4.0, 8.0)]
    assert [i.name for i in sorted(given, key=by_nearness)] == ["near", "far", "bare", "never"]


# Verdicts of the trend


@pytest.fixture
def hang(case, promise, rates):
    """Ask what the verdict on one target in the city hangs on; give the trend's draws as well."""

    def run(target=None, passed=(790, 810, 795, 800), rows=None, **options):
        rows = [rates(dict(zip(YEARS, passed, strict=True)))] if rows is None else list(rows)
        catalog, study, table = case([target or promise([level()])], rows, **options)
        evidence, plan = SeriesStore(catalog, study, table), catalog.plan("plan")
        return sensitivity_of(evidence, assess_target(evidence, plan.targets[0], "city")), evidence

    return run


def level(bound=">=81"):
    return {"type": "level", "at": {2022: bound}}


def logit(value):
    return np.log(value / (100 - value))


def shifted(draws, by):
    return 100 / (1 + np.exp(-(logit(draws) + by)))


@pytest.mark.parametrize("level_asked", [79.0, 80.0, 82.5, 84.0])
def test_a_start_moved_to_where_it_turns_has_a_probability_at_a_cut(hang, promise, level_asked):
    found, evidence = hang(promise([level(f">={level_asked}")]))
    start = of(found, "start")
    draws = evidence.trajectory("pass_rate", "city", 2022).at(2022)
    moved = np.mean(shifted(draws, logit(start.turns_at) - logit(80)) >= level_asked)
    assert min(abs(moved - cut) for cut in (0.05, 0.33, 0.66)) < 0.02
    halfway = np.mean(shifted(draws, (logit(start.turns_at) - logit(80)) * 0.7) >= level_asked)
    cuts = (0.05, 0.33, 0.66)
    assert sum(halfway >= c for c in cuts) == sum(found.probability >= c for c in cuts)


def test_a_drift_works_in_each_year_left(hang, promise):
    found, _ = hang(promise([level(">=84")]))
    start, drift = of(found, "start"), of(found, "drift")
    # On the logit scale two years of drift are one move of the start.
    moved = logit(start.turns_at) - logit(80)
    assert abs(moved) > 0.02
    assert 2 * (logit(80 + drift.turns_at) - logit(80)) == pytest.approx(moved, rel=0.1)


def test_where_less_is_better_a_lower_start_makes_it_likelier(hang, promise, cells):
    rows = [cells("failed", dict(zip(YEARS, (210, 190, 205, 200), strict=True))),
            cells("sat", dict.fromkeys(YEARS, 1000))]  # fmt: skip
    target = promise([level("<=12")], indicator="fail_rate", better="lower")
    found, _ = hang(target, rows=rows)
    assert found.probability < 0.05
    assert of(found, "start").turns_at < 20
    assert of(found, "drift").turns_at < 0


def test_a_year_that_a_published_bound_decided_is_open_no_more(hang, promise, cells):
    rows = [
        cells("rate_pct", {2016: 96.9, 2017: 97.4, 2018: 97.1, 2019: 97.2, 2021: 97.6}),
        cells("rate_pct", {2020: 97.0}, bound="above"),
    ]
    known = {"indicator": "printed"}
    both = promise([{"type": "level", "at": {2020: ">97", 2022: ">=97.5"}}], **known)
    options = {"rows": rows, "as_of": "2022-06-30"}
    (found, _), (alone, _) = hang(both, **options), hang(promise([level(">=97.5")], **known),
                                                        **options)  # fmt: skip
    for name in ("start", "drift", "swing"):
        assert of(found, name).turns_at == of(alone, name).turns_at


CHANGES = [
    {"type": "yearly_change", "unit": "points", "change": [">=0.5"]},
    {"type": "total_change", "unit": "points", "change": [">=1.5"]},
    {"type": "average_change", "change": [">=0.75"]},
]


@pytest.mark.parametrize("asked", CHANGES)
def test_a_change_in_points_hardly_hangs_on_where_it_starts(hang, promise, asked):
    """Near 50 % a logit is 4 %: wherever the series starts, a gain in points is the same."""
    found, _ = hang(promise([asked], steps=[2]), passed=(490, 510, 495, 500))
    start = of(found, "start")
    assert start.least < 46
    assert start.most > 54
    assert start.turns_at is None


def test_a_start_of_whole_things_is_moved_by_whole_things(hang, promise, cells):
    """Of five schools and a bit there is none: what turns the verdict is a whole number."""
    asked = promise([CHANGES[1] | {"change": [">=1"]}], indicator="number_of_schools", steps=[2])
    found, _ = hang(asked, rows=[cells("schools", dict(zip(YEARS, (5, 4, 6, 5), strict=True)))])
    turn = of(found, "start").turns_at
    assert turn is None or turn == pytest.approx(round(turn), abs=1e-6)
    assert turn != pytest.approx(5)


def test_growth_in_percent_is_harder_from_a_higher_start(hang, promise):
    """Of 20 more in a hundred of it, half as many do from half the start."""
    asked = {"type": "total_change", "unit": "percent", "change": [">=16"]}
    found, evidence = hang(promise([asked], steps=[2]), passed=(480, 520, 490, 500))
    start = of(found, "start")
    assert start.turns_at is not None, found
    draws = evidence.trajectory("pass_rate", "city", 2022).at(2022)
    by = logit(start.turns_at) - logit(50)
    moved = np.mean(shifted(draws, by) >= 1.16 * start.turns_at)
    assert min(abs(moved - cut) for cut in (0.05, 0.33, 0.66)) < 0.03


def test_a_word_that_comes_back_before_the_far_end_has_turned_all_the_same(hang, promise):
    """82.9 to 83.2 is out of reach from 80 and from 86, and less so from 83."""
    found, evidence = hang(promise([level("<=83.2"), level(">=82.9")]))
    start = of(found, "start")
    draws = evidence.trajectory("pass_rate", "city", 2022).at(2022)

    def chance(value):
        moved = shifted(draws, logit(value) - logit(80))
        return np.mean((moved >= 82.9) & (moved <= 83.2))

    assert max(chance(80), chance(start.most)) < 0.05 < chance(83)
    assert chance(start.turns_at) == pytest.approx(0.05, abs=0.02)
    assert 80 < start.turns_at < 83


def test_a_wider_swing_brings_what_lies_far_within_reach(hang, promise):
    found, evidence = hang(promise([level(">=86")]))
    assert found.probability < 0.05
    turn = of(found, "swing").turns_at
    assert turn > 1
    points = logit(evidence.trajectory("pass_rate", "city", 2022).at(2022))
    wider = np.median(points) + turn * (points - np.median(points))
    assert np.mean(wider >= logit(86)) == pytest.approx(0.05, abs=0.01)


def test_a_later_year_is_told_where_it_changes_the_word(hang, promise):
    found, evidence = hang(promise([level(">=84.3")]))
    chances = [np.mean(evidence.trajectory("pass_rate", "city", 2023).at(y) >= 84.3)
               for y in (2021, 2022, 2023)]  # fmt: skip
    turned = [(c >= 0.05) != (chances[1] >= 0.05) for c in (chances[0], chances[2])]
    assert (of(found, "year").turns_at is not None) == any(turned)


def test_readings_with_another_verdict_are_named(hang, promise):
    found, _ = hang(promise([level(">=99")], [level(">=50")]))
    assert [(one.reading, str(one.verdict)) for one in found.turned] == [("r1", "likely")]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"rows": []}, "no_start"),
        ({"passed": (950, 950, 950, 950), "as_of": "2023-06-30"}, None),
        ({"target": {"undecided": True}}, "reading_undecided"),
        ({"target": {"deadline": 2020, "level": {2020: ">=70"}}}, "decided"),
        ({"few": True}, "no_forecast"),
    ],
)
def test_why_nothing_can_be_said_is_said(hang, promise, rates, options, reason):
    options = dict(options)
    if "target" in options:
        given = options.pop("target")
        at = given.pop("level", {2022: ">=81"})
        options["target"] = promise([{"type": "level", "at": at}], **given)
    if options.pop("few", False):
        options["rows"] = [rates({2020: 800})]
    found, _ = hang(**options)
    if reason is not None:
        assert (found.reason, found.model, found.influences) == (reason, "none", ())
        assert found.decisive is None


@pytest.mark.parametrize(
    ("level", "kept"),
    [(">50", "0011"), (">=50", "0111"), ("<50", "1000"), (">100", "0000"), (">=100", "0001")],
)
def test_a_level_is_held_against_its_own_year_within_the_limits(shipped, checks, level, kept):
    """The year before has 10 or 90, and does not count; 120 is no more than the limit of 100."""
    entry = shipped.indicator("public_kindergarten_share")
    found = checks({"type": "level", "at": {2022: level}}, limits=entry.bounds)
    case = OpenQuestion(entry, found, (2021, 2022), {2020: 49.0})
    draws = np.array([[90, 49.9], [10, 50.0], [10, 50.1], [10, 120.0]])
    assert "".join(str(int(one)) for one in case.kept(draws)) == kept
