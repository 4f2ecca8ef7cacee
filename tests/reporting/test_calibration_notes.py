"""Every report names the set that its probabilities were calibrated on."""

import pytest

from edu_metrics.reporting import as_row, show_verdicts
from edu_metrics.trajectories import COVERED_PCT


@pytest.fixture(scope="module", params=["zh", "en"])
def small(request, opened):
    """Open a report of a city with few districts."""
    return opened("mock_city", "mock_city", request.param)


@pytest.fixture(scope="module", params=["zh", "en"])
def large(request, opened, catalog):
    """Open a report of one district of hundreds."""
    areas = catalog.expand(catalog.study("michigan").areas)
    return opened("michigan", areas[0], request.param)


def calibrations(report):
    rows = [as_row(found) for found in report.assessments.values()]
    return {row["indicator"]: row["calibration"] for row in rows if row["calibration"]}


def test_a_study_of_few_areas_names_the_table_that_it_borrows_from(small):
    table = small.catalog.error_tables["quiet_panels"]
    page = show_verdicts(small).text
    assert table.name.in_(small.lang) in page
    for held in table.held80_pct:
        assert f"{held:.1f}" in page
    found = {entry["set"] for entry in calibrations(small).values()}
    assert found == {"quiet_panels", "own"}


def test_what_may_pass_100_rests_on_its_own_changes_and_claims_no_coverage(small):
    found = calibrations(small)
    for name, entry in found.items():
        bounded = small.catalog.indicators[name].bounds == (0, 100)
        assert entry["set"] == ("quiet_panels" if bounded else "own")
        assert (entry["coverage80_pct"] is None) == (not bounded)


def test_a_study_of_many_areas_rests_on_its_own_and_borrows_nothing(large):
    page = show_verdicts(large).text
    assert large.catalog.error_tables["quiet_panels"].name.in_(large.lang) not in page
    assert {entry["set"] for entry in calibrations(large).values()} == {"peers"}
    assert all(e["coverage80_pct"] == list(COVERED_PCT) for e in calibrations(large).values())


def test_a_target_without_a_probability_has_no_calibration(small):
    for found in small.assessments.values():
        if found.probability is None:
            assert as_row(found)["calibration"] is None
