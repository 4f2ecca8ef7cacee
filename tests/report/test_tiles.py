"""Maps of tiles: where the parts stand, what is drawn in them, and what is said of them."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from edu_metrics.figures.svg import Tile, tile_map
from edu_metrics.report import show_tile_maps

RAW = Path(__file__).parents[2] / "data" / "raw" / "national_bureau_of_statistics" / "2024-02-08"


def places(drawn: str) -> list[tuple[float, float]]:
    """Find where the last value of each tile is drawn, inside its tile."""
    found = re.findall(r'<circle class="now" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    return [(float(x), float(y)) for x, y in found]


def test_series_on_one_scale_can_be_compared_and_on_their_own_can_not():
    low, high = Tile("a", "", {2019: 0.0, 2020: 10.0}), Tile("b", "", {2019: 0.0, 2020: 40.0})
    tiles = {(0, 0): low, (0, 1): high}
    (_, lower), (_, upper) = places(tile_map(tiles, "both"))
    assert lower - upper == pytest.approx((52 - 31) * 30 / 40, abs=0.1)
    (_, one), (_, other) = places(tile_map(tiles, "both", alike=False))
    assert one == other


def test_years_stand_above_each_other_in_all_tiles():
    short, long = Tile("a", "", {2019: 1.0}), Tile("b", "", {2015: 1.0, 2019: 2.0, 2020: 1.5})
    (early, _), (late, _) = places(tile_map({(0, 0): short, (1, 0): long}, "both"))
    assert (late - early) * 4 == pytest.approx(early - 9, abs=0.4)


def test_a_tile_stands_in_its_row_and_column_and_names_are_escaped():
    drawn = tile_map({(2, 1): Tile("A & B", "", {})}, "<x>")
    assert "translate(92 124)" in drawn
    assert "A &amp; B" in drawn
    assert 'aria-label="&lt;x&gt;"' in drawn
    assert tile_map({}, "") == ""


@pytest.fixture(params=["zh", "en"])
def provinces(request, overview):
    return overview("provinces", request.param)


def test_every_province_has_a_tile_in_each_map(provinces):
    drawn = re.findall(r'<svg class="tiles".*?</svg>', show_tile_maps(provinces).text, re.DOTALL)
    assert len(drawn) == 8
    assert {one.count("<g ") for one in drawn} == {31}
    assert {len(set(re.findall(r"translate\([^)]*\)", one))) for one in drawn} == {31}


def test_lowest_and_highest_are_those_of_the_published_table(provinces):
    """Straight from the raw file: pupils to a teacher in primary schools, 2019."""
    raw = pd.read_csv(RAW / "pupil_teacher_ratios.csv")
    raw = raw[raw["quantity"].eq("小学生师比") & raw["year"].eq(2019) & raw["place"].ne("全国")]
    values = raw.set_index("place")["value"]
    names = {
        area.name.zh: area.name.in_(provinces.lang) for area in provinces.catalog.areas.values()
    }
    told = [
        text
        for text in re.findall(r'aria-label="([^"]*)"', show_tile_maps(provinces).text)
        if f"{values.max():.2f}" in text and f"{values.min():.2f}" in text
    ]
    assert len(told) == 1
    assert names[values.idxmin()] in told[0]
    assert names[values.idxmax()] in told[0]


def test_areas_without_tiles_are_not_drawn(overview):
    report = overview("wuhai", "en")
    assert show_tile_maps(report).text == ""
    assert report.tables["by_place"].empty
