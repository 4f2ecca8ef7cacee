"""Every report says what intervals held where as many areas were forecast together."""

import pytest

from edu_metrics.report import as_row, show_cards
from edu_metrics.trajectories.projecting import HELD80_PCT, Calibration

pytestmark = pytest.mark.slow


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


def test_few_districts_are_told_what_held_for_an_area_alone_and_in_threes(small):
    found = calibrations(small).values()
    assert {entry["areas"] for entry in found} == {1, 3}
    page = show_cards(small).text
    for entry in found:
        held80 = Calibration.of(entry["areas"], entry["measure"]).held80_pct
        assert entry["coverage80_pct"] == list(held80)
        for held in entry["coverage80_pct"]:
            assert f"{held:.0f}" in page


def test_one_of_hundreds_is_told_what_held_for_all_together(large):
    found = calibrations(large).values()
    assert {entry["areas"] for entry in found} == {550}
    assert all(
        entry["coverage80_pct"] == list(HELD80_PCT[entry["measure"]][100]) for entry in found
    )


def test_what_is_claimed_is_near_what_an_interval_of_80_percent_promises():
    every = [row for held in HELD80_PCT.values() for row in held.values()]
    assert all(70 < held < 90 for row in every for held in row)


def test_a_target_without_a_probability_has_no_calibration(small):
    for found in small.assessments.values():
        if found.probability is None:
            assert as_row(found)["calibration"] is None
