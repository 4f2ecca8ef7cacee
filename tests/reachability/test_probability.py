"""One probability of a target: the level of a year, and several years at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Bound
from edu_metrics.reachability import Check, edge_of, verdict_of
from edu_metrics.reachability.checks import kept_in, level_asked, probability_of
from edu_metrics.trajectories import Trajectory

KNOWN = {2019: 78.5, 2020: 80.0}
VALUE = st.floats(min_value=-30, max_value=130).map(lambda value: round(value, 2))
DRAWS = np.random.default_rng(7).normal(80, 8, (400, 2)).clip(0, 100)
TRAJECTORY = Trajectory("any", (2021, 2022), DRAWS, 2020, 80.0, 0)


def bound(text):
    return Bound.model_validate(text)


def values():
    return {**KNOWN, 2021: DRAWS[:, 0], 2022: DRAWS[:, 1]}


@st.composite
def asked(draw):
    """Make checks of one measure on any years, with one bound or two."""
    measure = draw(st.sampled_from(["value", "points", "percent", "points_per_step"]))
    due = draw(st.sampled_from([2021, 2022]))
    first = draw(st.sampled_from([2019, 2020, 2021])) if measure != "value" else due
    years = (due,) if measure == "value" else (min(first, due - 1), due)
    low, high = sorted([draw(VALUE), draw(VALUE)])
    bounds = draw(
        st.sampled_from(
            [(f">={low}",), (f">{low}",), (f"<={high}",), (f"<{high}",), (f">={low}", f"<={high}")]
        )
    )
    rising = bounds[0].startswith(">")
    cap = draw(st.sampled_from([None, 100.0 if rising else 0.0])) if measure != "value" else None
    return Check(measure, years, tuple(bound(one) for one in bounds), cap)


@given(st.lists(asked(), min_size=1, max_size=3))
def test_the_level_of_one_year_has_the_probability_of_its_checks(checks):
    """Whichever way it is told: draw by draw, or as the values of one year that will do."""
    drawn = float(np.mean(kept_in(checks, values())))
    assert probability_of(TRAJECTORY, checks, KNOWN) == pytest.approx(drawn, abs=1e-12)


@given(st.lists(asked(), min_size=1, max_size=3))
def test_several_years_at_once_are_no_level(checks):
    found = level_asked(checks, KNOWN)
    open_years = {year for check in checks for year in check.years} - set(KNOWN)
    if len(open_years) > 1:
        assert found is None
    elif found is not None:
        assert found[0] in open_years


@pytest.mark.parametrize(
    ("check", "low", "high"),
    [
        (Check("value", (2022,), (bound(">=90"),)), 90, np.inf),
        (Check("points", (2020, 2022), (bound(">=5"), bound("<=8"))), 85, 88),
        (Check("percent", (2020, 2022), (bound(">=5"),)), 84, np.inf),
        (Check("percent", (2020, 2022), (bound("<=-5"),)), 0, 76),
        (Check("points_per_step", (2020, 2022), (bound(">=2"),)), 84, np.inf),
        (Check("points", (2020, 2022), (bound(">=25"),), cap=100.0), 100, np.inf),
        (Check("value", (2022,), (bound(">=97"),), round_to=1), 96.5, np.inf),
    ],
)
def test_a_change_from_what_is_known_is_a_level_in_disguise(check, low, high):
    year, values = level_asked([check], KNOWN)
    assert (year, values.low, values.high) == (2022, low, high)


@pytest.mark.parametrize(
    "check",
    [
        Check("points", (2021, 2022), (bound(">=5"),)),
        Check("rank", (2022,), (bound("<=1"),), among=("a", "b")),
        Check("sum", (2021, 2022), (bound(">=5"),)),
        Check("points", (2020, 2022), (bound(">=5"), bound("<=8")), cap=100.0),
    ],
)
def test_what_is_no_level_is_asked_of_the_draws(check):
    assert level_asked([check], KNOWN) is None


def test_a_percentage_of_nothing_is_no_level():
    growth = Check("percent", (2020, 2022), (bound(">=5"),))
    assert level_asked([growth], {2020: 0.0}) is None
    assert probability_of(TRAJECTORY, [growth], {2020: 0.0}) == 0


@given(st.floats(min_value=0, max_value=1))
def test_the_edge_is_where_rounding_may_change_the_word(probability):
    edge = edge_of(probability)
    words = {verdict_of(max(probability - 0.005, 0)), verdict_of(min(probability + 0.005, 1))}
    if edge is None:
        assert len(words) == 1
    else:
        assert verdict_of(probability) in edge
        assert f"{100 * probability:.0f}" in {"5", "33", "66"}


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.044, None),
        (0.0451, ("out_of_reach", "unlikely")),
        (0.0549, ("out_of_reach", "unlikely")),
        (0.056, None),
        (0.3299, ("unlikely", "uncertain")),
        (0.33, ("unlikely", "uncertain")),
        (0.6551, ("uncertain", "likely")),
        (0.67, None),
        (None, None),
    ],
)
def test_a_verdict_within_rounding_of_a_cut_off_lies_on_its_edge(probability, words):
    assert edge_of(probability) == words
