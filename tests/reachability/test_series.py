"""What is known by a study's date, and what a break cuts off."""

import pytest

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability import SeriesStore
from edu_metrics.reachability.question import Question
from edu_metrics.reachability.series import Record

GOAL = [{"type": "level", "at": {2022: ">=95"}}]

BREAK = """
- {{id: new_count, indicator: pass_rate, {areas} year: {year}, why: {{zh: 改了, en: changed}},
   citation: {{source: {source}, locator: p. 1}}}}
"""


def broken(year=2019, source="yearbook", areas=""):
    return BREAK.format(year=year, source=source, areas=areas)


@pytest.fixture
def evidence(case, promise):
    def make(rows=(), **options):
        return SeriesStore(*case([promise(GOAL)], rows, **options))

    return make


def test_a_record_holds_values_counts_and_sources_by_year(evidence, rates):
    found = evidence([rates({2018: 900, 2020: 930})]).record("pass_rate", "city")
    assert found.exact == {2018: 90, 2020: 93}
    assert found.counts == {2018: (900, 1000), 2020: (930, 1000)}
    assert found.bounds == {}
    assert found.sources == ("yearbook",)
    assert (found.last_year, found.past_pace) == (2020, 1.5)


def test_a_year_known_as_a_bound_is_kept_apart(evidence, cells):
    rows = [cells("rate_pct", {2019: 94}), cells("rate_pct", {2020: 95}, bound="above")]
    found = evidence(rows).record("printed", "city")
    assert found.exact == {2019: 94}
    assert found.bounds == {2020: ("above", 95)}
    assert found.counts == {}
    assert found.last_year == 2019


def test_an_area_without_observations_has_an_empty_record(evidence):
    found = evidence().record("pass_rate", "city")
    assert found == Record("city")
    assert (found.last_year, found.past_pace) == (None, None)


def test_one_year_has_no_pace():
    assert Record("city", {2020: 90}).past_pace is None


def test_only_what_was_published_by_the_date_is_known(evidence, cells):
    rows = [
        cells("rate_pct", {2019: 90}, vintage="2020-03-01"),
        cells("rate_pct", {2019: 91}, vintage="2021-03-31"),
        cells("rate_pct", {2019: 92}, vintage="2021-04-01"),
        cells("rate_pct", {2020: 99}, vintage="2021-04-01"),
    ]
    assert evidence(rows).record("printed", "city").exact == {2019: 91}


def test_missing_numbers_are_named_with_the_year_that_a_lag_asks_for(evidence, cells):
    found = evidence([cells("leavers", {2022: 800})]).missing("retention", "city", (2021, 2022))
    assert [(item.quantity, item.year, item.area) for item in found] == [
        ("entrants", 2012, "city"),
        ("entrants", 2013, "city"),
        ("leavers", 2021, "city"),
        ("leavers", 2022, "city"),  # published in March 2023, after the date
    ]


def test_a_number_known_as_a_bound_is_asked_for(evidence, cells):
    rows = [cells("rate_pct", {2019: 94}), cells("rate_pct", {2020: 95}, bound="above")]
    found = evidence(rows).missing("printed", "city", (2019, 2020))
    assert [(item.quantity, item.year) for item in found] == [("rate_pct", 2020)]


@pytest.mark.parametrize("bound", [None, "above"])
def test_where_nothing_exact_is_known_there_is_no_history(evidence, cells, bound):
    """Neither where nothing is known nor where there is a bound alone; breaks or none."""
    rows = [] if bound is None else [cells("rate_pct", {2020: 95.0}, bound=bound)]
    found = evidence(rows)
    assert found.history("printed").empty
    assert found.moves_together_pct("printed", "city") is None
    with pytest.raises(ProjectionError, match="no observation to start from"):
        found.trajectory("printed", "city", 2022)


@pytest.mark.parametrize(
    ("areas", "hit"),
    [("", True), ("areas: [nation],", True), ("areas: [city],", True), ("areas: [port],", False),
     ("areas: [east],", False)],
)  # fmt: skip
def test_a_break_holds_for_its_areas_and_all_below_them(evidence, areas, hit):
    found = evidence(breaks=broken(areas=areas)).breaks("pass_rate", "city")
    assert bool(found) is hit


@pytest.mark.parametrize(("as_of", "hit"), [("2021-02-13", False), ("2021-02-14", True)])
def test_a_break_is_known_from_the_day_it_was_published(evidence, as_of, hit):
    found = evidence(breaks=broken(source="notice"), as_of=as_of).breaks("pass_rate", "city")
    assert bool(found) is hit


def test_a_break_of_one_indicator_is_none_of_another(evidence):
    assert evidence(breaks=broken()).breaks("fail_rate", "city") == []


@pytest.mark.parametrize(
    ("year", "years", "pace"),
    [
        (2019, [2019, 2020], 2),
        (2018, [2018, 2019, 2020], 1.5),
        (2020, [2020], None),
        (2021, [2017, 2018, 2019, 2020], -5),  # nothing came after it yet
    ],
)
def test_history_and_pace_begin_at_the_last_break_that_data_have_passed(
    evidence, rates, year, years, pace
):
    rows = [rates({2017: 950, 2018: 770, 2019: 780, 2020: 800})]
    found = evidence(rows, breaks=broken(year))
    assert found.history("pass_rate")["year"].tolist() == years
    assert found.record("pass_rate", "city").past_pace == pace


def test_history_holds_exact_values_of_the_studys_own_areas(evidence, cells):
    rows = [
        cells("rate_pct", {2018: 90, 2019: 91}),
        cells("rate_pct", {2020: 95}, bound="above"),
        cells("rate_pct", {2018: 80}, area="port"),
        cells("rate_pct", {2018: 70}, area="nation"),
    ]
    found = evidence(rows, compare_with=["nation"]).history("printed")
    assert list(zip(found["area"], found["year"], strict=True)) == [
        ("city", 2018),
        ("city", 2019),
        ("port", 2018),
    ]


def test_a_check_across_a_break_compares_what_cannot_be_compared(evidence, checks):
    found = evidence(breaks=broken(2021))
    yearly = checks({"type": "yearly_change", "unit": "points", "change": [">0"]}, steps=3)
    hit = [found.break_within(check, "pass_rate", "city") for check in yearly]
    assert hit == [False, True, False]
    level = checks({"type": "level", "at": {2022: ">=95"}})
    assert not found.break_within(level[0], "pass_rate", "city")


def test_rivals_are_found_by_the_areas_that_stand_for_the_plans(case, promise, cells):
    rank = {"type": "rank", "year": 2022, "bound": "<=1", "among": ["city", "east"]}
    catalog, study, table = case(
        [promise([rank], indicator="printed")],
        [cells("rate_pct", {2020: 91}, area="port")],
        binding={"city": "port"},
    )
    (target,) = catalog.plan("plan").targets
    store = SeriesStore(catalog, study, table)
    question = Question(store, target, target.readings[0], None, "east")
    assert question.rivals(question.checks[0]) == {"port": {2020: 91}, "east": {}}


def test_peers_are_the_studys_other_areas_of_the_same_level(evidence, rates):
    own = {2018: 900, 2019: 910, 2020: 930}
    alone = evidence([rates(own)]).trajectory
    with pytest.raises(ProjectionError, match=r"2 yearly changes .* 0 that peers lend"):
        alone("pass_rate", "city", 2022)
    district = evidence([rates(own), rates({2017: 800, 2018: 810, 2019: 790}, area="east")])
    with pytest.raises(ProjectionError, match="0 that peers lend"):
        district.trajectory("pass_rate", "city", 2022)
    city = evidence([rates(own), rates({2017: 800, 2018: 810, 2019: 790}, area="port")])
    assert city.trajectory("pass_rate", "city", 2022).peers == 1


def test_draws_do_not_depend_on_how_far_was_asked_first(evidence, rates):
    rows = [rates({2017: 900, 2018: 910, 2019: 920, 2020: 930})]
    far_first, near_first = evidence(rows), evidence(rows)
    far = far_first.trajectory("pass_rate", "city", 2023)
    near = near_first.trajectory("pass_rate", "city", 2021)
    assert (far.at(2021) == near.at(2021)).all()
    assert far_first.trajectory("pass_rate", "city", 2021) is far
    assert near_first.trajectory("pass_rate", "city", 2023).years == (2021, 2022, 2023)


def test_persons_and_institutions_are_drawn_whole_and_money_is_not(evidence, cells):
    rows = [
        cells("schools", {2017: 30, 2018: 31, 2019: 29, 2020: 30}),
        cells("budget", {2017: 3e6, 2018: 3.1e6, 2019: 2.9e6, 2020: 3e6}, area="city"),
    ]
    found = evidence(rows)
    schools = found.trajectory("number_of_schools", "city", 2021).draws
    money = found.trajectory("spending", "city", 2021).draws
    assert (schools % 1 == 0).all()
    assert (money % 1 != 0).mean() > 0.9


def test_a_store_keeps_a_bounded_number_of_answers_and_gives_the_same(evidence, rates, monkeypatch):
    monkeypatch.setattr("edu_metrics.reachability.series._MOST_ANSWERS", 2)
    store = evidence([rates({2018: 900 + n}, area=area) for n, area in enumerate(["east", "west"])])
    areas = ["east", "west", "city"]
    first = [store.record("pass_rate", area) for area in areas]
    assert [one.exact for one in first[:2]] == [{2018: 90.0}, {2018: 90.1}]
    assert [store.record("pass_rate", area) for area in areas] == first
    assert max(map(len, store.kept.values())) == 2
