"""What each part adds to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.reachability import adds_up, change_by_parts, gap_by_parts

PAIR = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
COUNTS = st.dictionaries(st.sampled_from(["east", "west", "south", "north"]), PAIR, min_size=1)


def rate(counts):
    return 100 * sum(p for p, _ in counts.values()) / sum(n for _, n in counts.values())


@given(COUNTS, st.integers(1, 99), st.sampled_from([">=", "<="]))
def test_the_parts_add_up_to_the_wholes_distance_from_the_level(bound, counts, level, op):
    parts = gap_by_parts(counts, bound(f"{op}{level}"))
    assert sum(part.points for part in parts) == pytest.approx(rate(counts) - level, abs=1e-6)
    assert sum(part.share for part in parts) == pytest.approx(100)
    for part in parts:
        numerator, denominator = counts[part.area]
        assert part.rate == pytest.approx(100 * numerator / denominator)
        assert part.points == pytest.approx(part.share * (part.rate - level) / 100, abs=1e-6)


@given(COUNTS, st.integers(1, 99))
def test_the_part_that_does_most_harm_comes_first(bound, counts, level):
    pulls = [part.points for part in gap_by_parts(counts, bound(f">={level}"))]
    pushes = [part.points for part in gap_by_parts(counts, bound(f"<={level}"))]
    assert pulls == sorted(pulls)
    assert pushes == sorted(pushes, reverse=True)


def test_the_third_district_needs_what_the_other_two_leave(bound):
    # Seventh census, 2020: Haibowan, Wuda and Hainan hold 61.10, 21.93 and 16.97 % of Wuhai's
    # residents; with 96 and 94 in the first two, 92.69 in the third make 95.
    sizes = {"haibowan": (0.96, 6110), "wuda": (0.94, 2193), "hainan": (0.9269, 1697)}
    counts = {area: (rate * size, size) for area, (rate, size) in sizes.items()}
    parts = gap_by_parts(counts, bound(">=95"))
    assert sum(part.points for part in parts) == pytest.approx(0, abs=0.002)
    assert [part.area for part in parts] == ["hainan", "wuda", "haibowan"]


def test_each_part_counts_the_people_that_it_lacks_itself(bound):
    counts = {"east": (90, 100), "west": (60, 100)}
    assert {p.area: p.people for p in gap_by_parts(counts, bound(">80"))} == {
        "east": -9,
        "west": 21,
    }
    assert {p.area: p.people for p in gap_by_parts(counts, bound("<80"))} == {
        "east": 11,
        "west": -19,
    }


@given(COUNTS, st.data())
def test_rate_and_composition_add_up_to_the_change(first, data):
    last = {area: data.draw(PAIR) for area in reversed(list(first))}
    total, by_rate, by_composition = change_by_parts(first, last)
    assert total == pytest.approx(rate(last) - rate(first), abs=1e-6)
    assert by_rate + by_composition == pytest.approx(total, abs=1e-6)


def test_unchanged_rates_leave_all_to_the_composition_and_unchanged_sizes_all_to_the_rates():
    first = {"east": (8, 10), "west": (2, 10)}
    assert change_by_parts(first, {"west": (2, 10), "east": (16, 20)}) == (10, 0, 10)
    assert change_by_parts(first, {"west": (4, 10), "east": (8, 10)}) == (10, 10, 0)


@pytest.mark.parametrize("denominator", [0, -5])
def test_a_part_without_persons_is_refused(bound, denominator):
    with pytest.raises(DataError, match="positive number of persons"):
        gap_by_parts({"east": (0, denominator), "west": (5, 10)}, bound(">=80"))


def test_two_years_with_other_parts_are_refused():
    with pytest.raises(DataError, match="same parts in both years"):
        change_by_parts({"east": (1, 2)}, {"west": (1, 2)})


@pytest.mark.parametrize(
    ("whole", "holds"),
    [((595, 744), True), ((700, 744), False), ((595, 828), False), (None, False)],
)
def test_parts_make_up_a_whole_by_numerator_and_denominator(whole, holds):
    assert adds_up(whole, {"east": (400, 500), "west": (195, 244)}) is holds
