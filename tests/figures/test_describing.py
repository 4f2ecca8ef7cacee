"""The sentence that stands in for a figure says the numbers of the figure."""

from __future__ import annotations

import pytest

from edu_metrics.figures._marks import Fan, Promise
from edu_metrics.figures.describing import (
    describe_areas,
    describe_availability,
    describe_outlook,
    describe_verdicts,
)

PANEL = {
    "title": "T",
    "unit_label": "%",
    "observed": [(2020, 93.04), (2016, 88.0), (2018, 90.0)],
    "bounds": [(2021, 95.0, "above"), (2015, 80.0, "at_least")],
    "compared": [("全国", [(2020, 85.2)])],
    "fan": Fan(
        (2021, 2022, 2023), (92, 91, 90), (93, 93, 93), (94, 95, 96), (95, 97, 98), (96, 98, 99)
    ),
    "promised": [Promise(2022, 95.25, "", ">"), Promise(2021, 94.0, "", ">=")],
    "stated": (2019, 91.0),
}


def test_the_whole_panel_is_told_in_english():
    assert describe_outlook(**PANEL, lang="en") == (
        "T: 88 % in 2016 and 93 % in 2020; more than 95 % in 2021; "
        "the plan itself states 91 % in 2019; "
        "the plan promises at least 94 % in 2021, more than 95.25 % in 2022; "
        "projected for 2022: median 95 %, 80 % interval 91 % to 98 %; compared with 全国."
    )


def test_the_whole_panel_is_told_in_chinese():
    assert describe_outlook(**PANEL, lang="zh") == (
        "T：2016年为88%，2020年为93%；2021年高于95%；计划自述2019年为91%；"
        "计划承诺2021年不低于94%、2022年高于95.25%；"
        "预计2022年中位数95%，80%区间91%至98%；对照：全国。"
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (">", "more than 50 %"),
        (">=", "at least 50 %"),
        ("<", "less than 50 %"),
        ("<=", "at most 50 %"),
        ("==", "exactly 50 %"),
    ],
)
def test_a_strict_promise_is_told_from_one_that_is_not_and_falling_from_rising(kind, words):
    told = describe_outlook(
        title="T", unit_label="%", observed=[], promised=[Promise(2022, 50, "", kind)], lang="en"
    )
    assert told == f"T: no data; the plan promises {words} in 2022."


def test_a_projection_without_a_promise_is_told_for_its_last_year():
    told = describe_outlook(**(PANEL | {"promised": ()}), lang="en")
    assert "projected for 2023: median 96 %, 80 % interval 90 % to 99 %" in told


def test_a_value_without_a_unit_ends_with_its_number():
    told = describe_outlook(title="T", unit_label="", observed=[(2020, 1.256)], lang="en")
    assert told == "T: 1.26 in 2020."


def test_verdicts_are_counted():
    assert describe_verdicts(counts={"missed": 2, "met": 1}, lang="zh") == (
        "3个目标的判定：已达成1项、未达成2项。"
    )


def test_verdicts_are_counted_for_each_area():
    cells = [["met", "missed"], ["met", None]]
    told = describe_areas(rows=["a", "b"], columns=["Wuda", "Hainan"], cells=cells, lang="en")
    assert told == "Verdicts on 2 targets in 2 areas: Wuda met 2; Hainan missed 1."


def test_nothing_is_told_as_nothing():
    assert describe_verdicts(counts={}, lang="en") == "Verdicts on 0 targets: no data."
    assert describe_availability(rows=[], years=[], cells=[], lang="zh") == "没有数据"


def test_data_are_counted_by_kind():
    cells = [["computed", "missing"], ["computed", "not_due"]]
    told = describe_availability(rows=["a", "b"], years=[2019, 2020], cells=cells, lang="zh")
    assert told == (
        "2个指标在2019—2020年的数据情况：由人数等计数算出2项、应有而缺1项、尚未到期1项。"
    )
