"""The shipped study with the shipped definitions: complete, consistent and of believable size."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from edu_metrics.observations import compute, inspect_sums, known_by, pooled_cells
from edu_metrics.reachability import Verdict, assess

PARTS_OF_A_WHOLE = ("share", "coverage", "qualification_share")


def numeric_indicators(catalog, study):
    plan = catalog.plan(study.plan)
    used = {
        reading.indicator or target.indicator
        for target in plan.targets
        if target.numeric
        for reading in target.readings
    }
    return [catalog.indicator(name) for name in sorted(used)]


@pytest.mark.slow
def test_every_indicator_of_a_numeric_target_is_known_for_all_areas_up_to_the_study_date(
    catalog, study, table
):
    (given,) = study.observations
    known = known_by(table, study.as_of)
    indicators = numeric_indicators(catalog, study)
    assert len(indicators) > 40
    lacking = {}
    for indicator in indicators:
        lag = max(given.lag for given in indicator.inputs.values())
        years = range(given.first_year + lag, study.as_of.year)
        expected = {(area, year) for area in study.areas for year in years}
        series = compute(catalog, indicator.id, known, study.areas)
        found = set(zip(series["area"], series["year"], strict=True))
        if found != expected or not years:
            lacking[indicator.id] = sorted(expected ^ found)[:3]
    assert lacking == {}


def test_every_number_is_there_for_all_years_also_those_after_the_study_date(catalog, study, table):
    (given,) = study.observations
    years = set(range(given.first_year, given.last_year + 1))
    assert given.last_year > study.as_of.year
    assert all(set(rows["year"]) == years for _, rows in table.groupby(["area", "quantity"]))
    _, *districts = study.areas
    for _, rows in table.groupby("quantity"):
        parents = {catalog.areas[area].parent for area in rows["area"]}
        assert set(rows["area"]) == set(districts) or parents == set(districts)


@pytest.mark.parametrize(
    ("quantity", "day"),
    [
        ("pupils_junior_tested", dt.date(2020, 8, 15)),
        ("entrants_grade_1", dt.date(2020, 12, 10)),
        ("children_myopic", dt.date(2020, 12, 20)),
        ("education_budget_spending", dt.date(2021, 2, 20)),
    ],
)
def test_a_number_is_known_from_the_day_of_its_publication_on(table, quantity, day):
    rows = table[table["quantity"] == quantity]
    before = known_by(rows, day - dt.timedelta(days=1))
    assert before["year"].max() == 2019
    assert known_by(rows, day)["year"].max() == 2020


def test_no_part_is_above_its_whole(catalog, table):
    wide = table.pivot_table(index=["area", "year"], columns="quantity", values="value")
    pairs = {
        tuple(given.quantity for given in indicator.inputs.values())
        for indicator in catalog.indicators.values()
        if indicator.formula in PARTS_OF_A_WHOLE
    }
    simulated = [(part, whole) for part, whole in pairs if {part, whole} <= set(wide)]
    assert len(simulated) > 30
    for part, whole in simulated:
        both = wide[[part, whole]].dropna()
        assert len(both)
        assert (both[part] <= both[whole]).all(), (part, whole)


def test_schools_add_up_to_districts_and_districts_to_the_city(catalog, study, table):
    city, *districts = study.areas
    parents = {name: area.parent for name, area in catalog.areas.items()}
    for indicator in ("junior_pass_rate", "upper_primary_excellence_rate", "myopia_rate"):
        part, whole = (given.quantity for given in catalog.indicator(indicator).inputs.values())
        rows = table[table["quantity"].isin([part, whole])]
        wide = rows.pivot_table(index=["area", "year"], columns="quantity", values="value")
        by_district = wide.reset_index()
        at_school = by_district["area"].map(parents).isin(districts)
        by_district["area"] = by_district["area"].map(parents).where(at_school, by_district["area"])
        by_district = by_district.groupby(["area", "year"])[[part, whole]].sum()
        by_city = by_district.groupby("year")[[part, whole]].sum()
        series = compute(catalog, indicator, table, study.areas).set_index(["area", "year"])
        assert (series.loc[city, "how"] == "pooled").all()
        pd.testing.assert_series_equal(
            series.loc[city, "value"],
            100 * by_city[part] / by_city[whole],
            check_names=False,
        )
        pd.testing.assert_series_equal(
            series.loc[districts, "value"].sort_index(),
            (100 * by_district[part] / by_district[whole]).sort_index(),
            check_names=False,
        )


def test_nobody_counted_anything_that_differs_from_the_sum_of_its_parts(catalog, table):
    assert inspect_sums(catalog, table).empty


def test_the_table_is_small_and_all_of_it_is_invented(catalog, table):
    assert len(table) < 25_000
    assert set(table["status"]) == {"simulated"}
    assert all(catalog.areas[area].invented for area in table["area"].unique())
    assert (table["value"] % 1 == 0).all()


@pytest.mark.parametrize(
    ("indicator", "low", "high"),
    [
        ("public_kindergarten_share", 47, 53),
        ("compulsory_retention_rate", 92, 97),
        ("disabled_enrolment_rate", 93, 97),
        ("senior_gross_enrolment_rate", 96, 102),
        ("bachelor_line_rate", 76, 82),
        ("primary_teachers_bachelor_share", 80, 88),
        ("junior_teachers_bachelor_share", 91, 96),
        ("senior_teachers_graduate_share", 35, 41),
        ("lower_primary_pass_rate", 87, 93),
        ("upper_primary_pass_rate", 76, 84),
        ("junior_pass_rate", 58, 67),
        ("junior_low_score_rate", 11, 17),
        ("myopia_rate", 49, 56),
        ("inclusive_kindergarten_coverage", 84, 93),
        ("schools_football_coverage", 50, 90),
    ],
)
def test_the_city_stands_about_where_the_plan_starts(catalog, study, table, indicator, low, high):
    series = compute(catalog, indicator, known_by(table, study.as_of), study.areas)
    last = series[series["year"] == 2020].set_index("area")["value"]
    assert low < last[study.areas[0]] < high
    assert last.nunique() > 1


def test_retention_passes_100_where_families_move_to(catalog, study, table):
    series = compute(catalog, "compulsory_retention_rate", table, study.areas)
    highest = series.groupby("area")["value"].max()
    assert highest["mock_east"] > 100
    assert highest["mock_city"] < 100


def test_a_city_of_half_a_million_has_pupils_to_match(study, table, catalog):
    rows = table[(table["quantity"] == "entrants_grade_1") & (table["year"] == 2020)]
    assert 3500 < rows["value"].sum() < 6500


@pytest.mark.slow
def test_a_forecast_for_the_city_comes_to_every_kind_of_verdict(catalog, study, table):
    numeric = tuple(t.id for t in catalog.plan(study.plan).targets if t.numeric)
    results = assess(catalog, study, table, areas=study.areas[:1], targets=numeric)
    found = {result.verdict for result in results}
    assert found >= {
        Verdict.LIKELY,
        Verdict.UNCERTAIN,
        Verdict.UNLIKELY,
        Verdict.OUT_OF_REACH,
    }
    # A plan that contradicts its own pace is a finding beside a probability.
    assert any(result.findings for result in results)
    assert Verdict.NO_DATA not in found


@pytest.mark.slow
def test_cells_added_up_once_give_every_indicator_the_same_series(catalog, study, table):
    areas = catalog.expand(study.areas)
    cells = pooled_cells(catalog, table, areas)
    assert cells["pooled"].any()
    for indicator in catalog.indicators:
        alone = compute(catalog, indicator, table, areas)
        pd.testing.assert_frame_equal(compute(catalog, indicator, table, areas, cells=cells), alone)
