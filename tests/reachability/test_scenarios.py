"""Scenarios: what each step does, in which order, within which bounds, and what can't be said."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Bound, Reading, Scenario
from edu_metrics.errors import DefinitionError
from edu_metrics.reachability import (
    Check,
    SeriesStore,
    assess_target,
    checks_of,
    courses,
    run_scenario,
)
from edu_metrics.reachability.arithmetic import final_bound, whole_level
from edu_metrics.reachability.scenarios import ending_of, outcome_row, run_scenarios

YEARS = (2017, 2018, 2019, 2020)


def level(bound=">=90", *, first=None):
    at = {2022: bound} | ({2021: first} if first else {})
    return {"type": "level", "at": at}


def gain(*bounds, unit="points"):
    return {"type": "yearly_change", "unit": unit, "change": list(bounds), "capped": True}


@pytest.fixture
def play(case, promise, rates):
    """Run steps on one target of the city; its pass rate by default rose by 2 points a year."""

    def run(*steps, target=None, passed=(740, 760, 780, 800), others=(), scenario=None, **options):
        rows = [rates(dict(zip(YEARS, passed, strict=True)))] if passed else []
        rows += [rates(dict(zip(YEARS, n, strict=True)), area=area) for area, n in others]
        catalog, study, table = case([target or promise([level()])], rows)
        plan = catalog.plan("plan")
        entry = Scenario.model_validate(
            {
                "id": "s",
                "title": {"zh": "情景", "en": "s"},
                "assumes": {"zh": "假定", "en": "a"},
                "steps": list(steps),
                **(scenario or {}),
            }
        )
        store = SeriesStore(catalog, study, table)
        found = assess_target(store, plan.targets[0], options.pop("area", "city"))
        return run_scenario(store, found, entry, **options)

    return run


def path(outcomes):
    (one,) = outcomes
    assert one.draws.shape[0] == 1
    return one.draws[0].round(6).tolist()


def step(name, **fields):
    return {"type": name, **fields}


@pytest.mark.parametrize(
    ("steps", "expected", "met"),
    [
        ([step("halt")], [80, 80], False),
        ([step("historical_pace")], [82, 84], False),
        ([step("required_pace")], [85, 90], True),
        ([step("pace", per_year=5)], [85, 90], True),
        ([step("pace", per_year=10, unit="percent")], [88, 96.8], True),
        ([step("pace", per_year=30)], [100, 100], True),
        ([step("pace", per_year=-90)], [0, 0], False),
        ([step("percentile", percentile=80, pace=4)], [84, 88], False),
        ([step("reading")], [80, 90], True),
    ],
)
def test_a_course_is_what_its_step_says(play, steps, expected, met):
    found = play(*steps)
    assert path(found) == expected
    assert (found[0].met, found[0].probability) == (met, None)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (">=88", ">=90", [88, 90]),  # the first year is the harder one, and 90 is all that is left
        (">=82", ">=90", [85, 90]),
        (">=97", ">=97", [97, 97]),
        (">=75", ">=78", [80, 80]),  # who is there already need not fall back
        ("==78", "==78", [78, 78]),
    ],
)
def test_the_required_pace_just_arrives_and_goes_no_further(play, promise, first, last, expected):
    found = play(step("required_pace"), target=promise([level(last, first=first)]))
    assert (path(found), found[0].met) == (expected, True)


def test_a_year_that_is_over_asks_nothing_of_the_years_ahead(play, promise):
    target = promise([{"type": "level", "at": {2019: ">=78", 2022: ">=76"}}])
    found = play(step("required_pace"), target=target, passed=(760, 770, 780, 740))
    assert path(found) == [75, 76]


def test_a_required_percentage_of_the_year_before_compounds_and_is_kept(play, promise):
    (found,) = play(step("required_pace"), target=promise([gain(">=5", unit="percent")]))
    assert (path([found]), found.met) == ([84, 88.2], True)


@pytest.fixture
def schools(case, promise, cells):
    """Run steps on a number of schools that was 22 in 2020."""

    def run(*steps, conditions, past=None, **more):
        rows = [cells("schools", past or {2018: 20, 2019: 21, 2020: 22})]
        target = promise(conditions, indicator="number_of_schools", **{"steps": [2], **more})
        catalog, study, table = case([target], rows)
        store = SeriesStore(catalog, study, table)
        entry = Scenario.model_validate(
            {"id": "s", "title": {"zh": "情", "en": "s"}, "assumes": {"zh": "假", "en": "a"},
             "steps": list(steps)}
        )  # fmt: skip
        (found,) = run_scenario(store, assess_target(store, store.plan.targets[0], "city"), entry)
        return found

    return run


GROWTH = [{"type": "total_change", "unit": "percent", "change": [">=20"]}]


@pytest.mark.parametrize(
    ("steps", "expected", "told"),
    [
        # 20 % more than 22 are 26.4, and so 27: 2.5 a year, of which no half is opened.
        ([step("required_pace")], [25, 27], (True, 2022, 0, None)),
        ([step("reading")], [22, 27], (True, 2022, 0, None)),
        ([step("pace", per_year=2.2)], [24, 26], (False, None, 1, "level")),
        ([step("pace", per_year=1.4)], [23, 25], (False, None, 2, "level")),
        ([step("pace", per_year=5)], [27, 32], (True, 2021, 0, None)),
        ([step("shock", worse=1.6)], [20, 22], (False, None, 5, "level")),
    ],
)
def test_institutions_come_whole_and_one_rule_decides_all_that_is_told(
    schools, steps, expected, told
):
    found = schools(*steps, conditions=GROWTH)
    assert path([found]) == expected
    ending = found.ending
    assert (found.met, ending.year, ending.short, ending.fails) == told


def test_what_fails_by_another_year_is_neither_reached_nor_short(play, promise):
    target = promise([level(first=">=88")])
    (found,) = play(step("halt"), step("pace", per_year=10, after=1), target=target)
    assert (path([found]), found.met) == ([80, 90], False)
    assert (found.ending.year, found.ending.short, found.ending.fails) == (None, None, "other")


@pytest.mark.parametrize(("ends", "year"), [((80, 89, 90), 2023), ((80, 90, 91), None)])
def test_after_the_deadline_a_level_is_reached_only_where_it_was_not_met_in_time(ends, year):
    """Short of 90 in 2022 it comes a year late; there in 2022, it is 2021 that was missed."""
    bound = Bound.model_validate(">=90")
    situation = SimpleNamespace(
        counts=None, start_year=2020, start_value=80.0, years_of=lambda _: (2021, 2022, 2023),
        checks=(Check("value", (2021,), (bound,)), Check("value", (2022,), (bound,))),
        whole=False, indicator=SimpleNamespace(formula="share", unit="percent", bounds=(0, 100)),
        assessment=SimpleNamespace(level=bound, total=None, start="plan_statement"),
    )  # fmt: skip
    course = np.array([ends], dtype=float)
    found = ending_of(course, np.array([False]), situation)
    assert (found.year, found.fails) == (year, "level" if year else "other")


def test_what_is_kept_by_rounding_is_reached_and_nobody_is_short(play, promise):
    rounded = {**level(">=90"), "round_to": 1}
    (found,) = play(step("pace", per_year=4.8), target=promise([rounded]))
    assert (path([found])[-1], found.met) == (89.6, True)
    assert (found.ending.year, found.ending.short) == (2022, 0)


def test_a_level_that_is_there_from_the_start_is_reached_in_the_start_year(play, promise):
    (found,) = play(step("halt"), target=promise([level(">=80")]))
    assert (found.ending.year, found.ending.short) == (2020, 0)


def test_draws_that_keep_a_target_decide_when_it_is_reached(play, promise):
    """Every draw ends above 60, and no draw above 99.9."""
    for bound, kept, year in ((">=60", True, 2020), (">=99.9", False, None)):
        (found,) = play(step("as_usual"), target=promise([level(bound)]))
        assert (found.ending.kept, found.ending.year) == (kept, year)
        assert (found.ending.short == 0) == kept


FLOW = [{"type": "sum_over_years", "years": [2019, 2020, 2021, 2022], "bounds": [">=60"]}]


def test_a_sum_still_lacks_what_its_years_left_have_to_bring(schools):
    # 21 + 22 are done: 17 are left for two years, and no half of one.
    found = schools(step("required_pace"), conditions=FLOW)
    assert (path([found]), found.met, found.ending.short) == ([9, 8], True, 0)
    found = schools(step("historical_pace"), conditions=FLOW)
    assert (path([found]), found.met) == ([22, 22], True)
    found = schools(step("pace", per_year=-15), conditions=FLOW)
    assert (path([found]), found.met, found.ending.short) == ([7, 0], False, 10)


@given(
    st.lists(st.integers(0, 40), min_size=4, max_size=4),
    st.sampled_from([">=5", ">=0", ">0", "<=3", "==2"]),
    st.floats(-6, 6),
)
def test_what_is_told_of_a_row_never_contradicts_itself(bounds, change, pace):
    """Levels in two years and a yearly change, from any start at any pace."""
    first, last, start, whole = bounds
    reading = Reading.model_validate(
        {"id": "r", "label": {"zh": "读", "en": "r"}, "default": True, "conditions": [
            {"type": "level", "at": {2021: f">={first}", 2022: f">={last}"}},
            {"type": "yearly_change", "unit": "points", "change": [change]}]}
    )  # fmt: skip
    limits = (0, 100)
    checks = checks_of(reading, steps=2, deadline=2022, limits=limits)
    counted = SimpleNamespace(formula="count", unit="count", bounds=limits, better="higher")
    situation = SimpleNamespace(
        checks=checks, whole=True, indicator=counted, start_year=2020, start_value=float(start),
        years_of=lambda _: (2021, 2022),
        assessment=SimpleNamespace(
            level=whole_level(final_bound(checks, {2020: start})), total=None, start="x",
            last_year=2020,
        ),
    )  # fmt: skip
    draws = np.clip(np.round(start + pace * np.array([[1.0, 2.0]])), 0, 100) + whole % 2
    values = {2020: start, 2021: draws[:, 0], 2022: draws[:, 1]}
    kept = np.all([check.holds(values) for check in checks], axis=0)
    found = ending_of(draws, kept, situation)
    assert found.kept == bool(kept[0])
    assert (found.year is not None) == found.kept
    assert found.kept == (found.short == 0) == (found.fails is None)
    if found.fails == "level":
        assert found.short >= 1


def test_a_strict_bound_is_passed_and_not_touched(play, promise):
    for name in ("required_pace", "reading"):
        (found,) = play(step(name), target=promise([level(">90")]))
        assert found.met is True
        assert 90 < found.draws[0, -1] < 90.001


def test_a_promised_percentage_is_of_the_year_before(play, promise):
    target = promise([gain(">=5", unit="percent")])
    assert path(play(step("promised_pace", at="low"), target=target)) == [84, 88.2]


def test_steps_are_applied_from_left_to_right(play):
    """A shock and then a pace goes on from below; a pace and then a shock falls in its own year."""
    shock = step("shock", worse=10)
    pace = step("required_pace", after=1)
    assert path(play(shock, pace)) == [70, 90]
    assert path(play(pace, shock)) == [70, 90]
    late = step("shock", worse=10, after=1)
    assert path(play(pace, late)) == [80, 80]
    assert path(play(late, pace)) == [80, 90]


def test_a_step_that_takes_effect_later_goes_on_from_where_the_series_then_stands(play):
    found = play(step("pace", per_year=3), step("halt", after=1))
    assert path(found) == [83, 83]


def test_a_step_after_the_deadline_changes_nothing(play):
    assert path(play(step("pace", per_year=3), step("halt", after=9))) == [83, 86]


@pytest.mark.parametrize(
    ("recovery", "expected"),
    [(0, [70, 80, 80, 80]), (1, [70, 75, 80, 80]), (3, [70, 72.5, 75, 77.5])],
)
def test_a_shock_passes_evenly_within_its_recovery(play, promise, recovery, expected):
    target = promise([{"type": "level", "at": {2024: ">=90"}}], deadline=2024)
    found = play(step("shock", worse=10, recovery=recovery), target=target)
    assert path(found) == expected


def test_where_less_is_better_worse_is_more(play, promise, case, cells):
    target = promise([{"type": "level", "at": {2022: "<=10"}}], indicator="ill", better="lower")
    catalog, study, table = case([target], [cells("ill_pct", {2019: 22.0, 2020: 20.0})])
    entry = Scenario.model_validate(
        {"id": "s", "title": {"zh": "情", "en": "s"}, "assumes": {"zh": "假", "en": "a"},
         "steps": [step("percentile", percentile=50, pace=3),
                   step("shock", worse=10, unit="percent")]}
    )  # fmt: skip
    store = SeriesStore(catalog, study, table)
    found = run_scenario(store, assess_target(store, store.plan.targets[0], "city"), entry)
    assert path(found) == [18.7, 14]


def test_as_usual_draws_and_gives_a_probability(play):
    (found,) = play(step("as_usual"))
    assert found.met is None
    assert 0 < found.probability < 0.5
    assert 78 < np.median(found.draws[:, -1]) < 83
    assert found.draws.min() >= 0
    assert found.draws.max() <= 100


@pytest.mark.parametrize("bound", [">=60", ">=79", ">=99.9"])
def test_as_usual_has_the_probability_that_is_stated_of_the_target(
    play, promise, judge, rates, bound
):
    target = promise([level(bound)])
    (found,) = play(step("as_usual"), target=target)
    verdict = judge(target, [rates(dict(zip(YEARS, (740, 760, 780, 800), strict=True)))])
    assert found.probability == verdict.probability
    part = np.mean(found.draws[:, -1] >= float(bound[2:]))
    assert found.probability == pytest.approx(np.clip(part, 0.01, 0.8), abs=0.02)


@pytest.mark.parametrize("at", [{2020: ">=85", 2022: ">=85"}, {2022: ">100"}])
def test_as_usual_leaves_decided_what_is_decided(play, promise, at):
    """Missed in 2020, or beyond the bounds: no draw gives it a probability."""
    (found,) = play(step("as_usual"), target=promise([{"type": "level", "at": at}]))
    assert (found.met, found.probability) == (False, None)


def test_as_usual_has_no_probability_where_the_verdict_has_none(play, promise, cells, case):
    """All of a number that nobody knows: one person may decide, and the draws don't know."""
    target = promise([level(">=100")], indicator="printed")
    rows = [cells("rate_pct", {2017: 90.0, 2018: 95.0, 2019: 97.0, 2020: 99.0})]
    catalog, study, table = case([target], rows)
    store = SeriesStore(catalog, study, table)
    entry = Scenario.model_validate(
        {"id": "s", "title": {"zh": "情景", "en": "s"}, "assumes": {"zh": "假定", "en": "a"},
         "steps": [step("as_usual")]}
    )  # fmt: skip
    (found,) = run_scenario(store, assess_target(store, store.plan.targets[0], "city"), entry)
    assert found.draws is not None
    assert (found.met, found.probability) == (None, None)


def test_as_usual_after_a_shock_goes_on_from_below(play):
    (usual,), (shocked,) = (
        play(*steps)
        for steps in (
            [step("as_usual")],
            [step("shock", worse=20, lasts=5), step("as_usual", after=1)],
        )
    )
    assert np.median(shocked.draws[:, 0]) == 60
    # As much below as the shock made it, but for what a usual year moves.
    usual_moves = np.median(usual.draws[:, 1]) - np.median(usual.draws[:, 0])
    below = np.median(shocked.draws[:, 1]) - np.median(shocked.draws[:, 0])
    assert abs(below - usual_moves) < 3
    assert shocked.probability <= usual.probability


def test_the_best_of_the_peers_is_the_fastest_area_of_the_same_level(play):
    others = [("port", (500, 520, 530, 590)), ("east", (500, 590, 680, 770))]
    assert path(play(step("best_peers"), others=others)) == [83, 86]


@pytest.fixture
def asked(monkeypatch):
    """Let every percentile have a pace of 1.5, and note what is asked for."""
    noted = []

    def pace(_, study, indicator, percentile, **course):
        noted.append((study.id, indicator.id, percentile, *course.values()))
        return 1.5

    monkeypatch.setattr(courses, "pace_of_percentile", pace)
    return noted


def test_a_percentile_asks_the_reference_class_of_the_study(play, asked):
    assert path(play(step("percentile", percentile=80))) == [81.5, 83]
    assert asked == [("study", "pass_rate", 80, 80.0, 2, False)]


def test_a_percentile_after_a_halt_is_asked_from_there_and_for_the_years_left(play, asked):
    found = play(step("halt"), step("percentile", percentile=50, after=1))
    assert path(found) == [80, 81.5]
    assert asked == [("study", "pass_rate", 50, 80.0, 1, False)]


@pytest.mark.parametrize(
    ("steps", "options", "reason"),
    [
        ([step("percentile", percentile=80)], {}, "no_reference_class"),
        ([step("promised_pace", at="low")], {}, "no_promised_pace"),
        ([step("best_peers")], {}, "no_peers"),
        ([step("halt")], {"passed": ()}, "no_start"),
    ],
)
def test_what_a_scenario_lacks_is_said(play, steps, options, reason):
    (found,) = play(*steps, **options)
    assert (found.reason, found.met, found.probability, found.draws) == (reason, None, None, None)
    assert found.quantiles().shape == (3, 0)


def test_a_plans_own_start_gives_a_course_and_no_trend(play, promise):
    target = promise([level()], baseline={"value": 80, "year": 2020})
    (required,) = play(step("required_pace"), target=target, passed=())
    assert (required.start, required.met) == ("plan_statement", True)
    assert play(step("as_usual"), target=target, passed=())[0].reason == "no_trend"


def test_each_reading_is_run_and_judged_under_itself(play, promise):
    target = promise([level()], [gain(">=5")], undecided=False)
    found = play(step("reading", which="each"), target=target)
    assert [(one.reading, one.steps) for one in found] == [("r0", None), ("r1", 2), ("r1", 3)]
    assert [one.met for one in found] == [True, True, False]
    assert found[1].draws[0].round(6).tolist() == [85, 90]


def test_a_level_that_was_due_before_an_assumed_start_is_not_asked(play, promise):
    """From 88 in 2021 at 2 points a year: 90 in 2022 is met, and 99 in 2020 is nobody's matter."""
    early = {"type": "level", "at": {2020: ">=99", 2022: ">=90"}}
    begun = {"start": {"value": 88, "years": 1}}
    (found,) = play(step("pace", per_year=2), target=promise([early]), scenario=begun)
    assert (found.start_year, path([found]), found.met) == (2021, [90], True)


def test_a_grid_is_every_start_with_every_pace_over_every_number_of_years(play):
    grid = step("grid", base={"start": 80, "end": 85, "by": 5},
                pace={"start": 2, "end": 5, "by": 3}, years=[1, 2])  # fmt: skip
    found = play(grid)
    cells = {tuple(one.case.values()): one.met for one in found}
    assert cells == {
        (80, 2, 1): False, (80, 2, 2): False, (80, 5, 1): False, (80, 5, 2): True,
        (85, 2, 1): False, (85, 2, 2): False, (85, 5, 1): True, (85, 5, 2): True,
    }  # fmt: skip
    assert {one.start for one in found} == {"assumed"}


def test_an_own_start_is_asked_nothing_of_the_years_before_it(play, promise):
    """From 75 in 2021 to 95 in 2022; what was due in 2020 is no matter of this course."""
    target = promise([{"type": "level", "at": {2020: ">=95", 2022: ">=90"}}])
    start = {"start": {"value": 75, "years": 1}}
    (found,) = play(step("pace", per_year=20), target=target, scenario=start)
    assert (found.start_year, found.draws.tolist(), found.met) == (2021, [[95]], True)
    (found,) = play(step("pace", per_year=5), target=target, scenario={"start": {}})
    assert (found.start_year, found.start_value, found.start) == (2020, 80, "assumed")


def test_a_scenario_about_other_indicators_is_left_out(play):
    limited = {"indicators": ("fail_rate",)}
    assert play(step("halt"), scenario=limited) == []
    assert play(step("levers", flow="teachers", set={"upgrades": 1})) == []


def test_a_row_holds_plain_numbers_only(play):
    row = outcome_row(play(step("required_pace"))[0])
    assert row["median"] == [85, 90]
    assert row["interval"] == [[85, 85], [90, 90]]
    assert (row["end"], row["years"], row["case"]) == (90, [2021, 2022], [])


def test_names_that_do_not_exist_are_refused_with_the_nearest_one(case, promise):
    catalog, study, table = case([promise([level()])])
    with pytest.raises(DefinitionError, match="no scenario 'halt'"):
        run_scenarios(SeriesStore(catalog, study, table), scenarios=("halt",))
    with pytest.raises(DefinitionError, match="no target 'goa'; did you mean 'goal'"):
        run_scenarios(SeriesStore(catalog, study, table), targets=("goa",))


def test_a_year_that_a_published_bound_decided_is_not_asked_for(case, promise, cells):
    """Above 97 was asked and printed for 2020: standing still at 97.6 keeps the rest."""
    rows = [
        cells("rate_pct", {2018: 97.1, 2019: 97.2, 2021: 97.6}),
        cells("rate_pct", {2020: 97.0}, bound="above"),
    ]
    asked = {"type": "level", "at": {2020: ">97", 2022: ">=97.5"}}
    target = promise([asked], indicator="printed")
    catalog, study, table = case([target], rows, as_of="2022-06-30")
    store = SeriesStore(catalog, study, table)
    entry = Scenario.model_validate(
        {"id": "s", "title": {"zh": "情景", "en": "s"}, "assumes": {"zh": "假定", "en": "a"},
         "steps": [step("halt")]}
    )  # fmt: skip
    (found,) = run_scenario(store, assess_target(store, store.plan.targets[0], "city"), entry)
    assert (found.reason, found.met) == (None, True)


def test_a_decided_target_is_told_as_it_is_on_record(play, promise):
    target = promise([{"type": "level", "at": {2020: ">=80"}}], deadline=2020)
    (found,) = play(step("halt"), target=target)
    assert (found.reason, found.met) == ("decided", True)


def test_a_place_among_others_that_is_decided_is_told_as_well(play, promise):
    first = {"type": "rank", "year": 2020, "bound": "<=1", "among": ["city", "port"]}
    (found,) = play(
        step("halt"),
        target=promise([first], deadline=2020),
        others=[("port", (700, 710, 720, 730))],
    )
    assert (found.reason, found.met) == ("decided", True)
