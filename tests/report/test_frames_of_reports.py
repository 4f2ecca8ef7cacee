"""The tables that reports give as frames: held against verdicts, definitions and each other."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

import edu_metrics as em
from edu_metrics import report as rep
from edu_metrics.reachability import Verdict, two_digits
from edu_metrics.report.city import _splits
from edu_metrics.report.columns import Column, draw, rows_of, table_of

pytestmark = pytest.mark.slow

PLACES = (
    ("wuhai", "wuhai", "zh"),
    ("wuhai", "haibowan", "en"),
    ("mock_city", "mock_city", "en"),
    ("michigan", "michigan_district_1010", "en"),
)
#: What one row of a table is about.
KEYS = {
    "bulletin": ["target"],
    "to_ask": ["holder"],
    "beside": ["target", "area"],
    "promises": ["target"],
    "verdicts": ["target"],
    "readings": ["target", "reading", "steps"],
    "followed": ["target"],
    "measured": ["indicator"],
    "other_figures": ["quantity"],
    "missing": ["quantity"],
    "required_pace": ["target"],
    "baselines": ["target"],
    "status_rules": ["target", "rule"],
    "noise": ["target"],
    "years_reached": ["target", "year"],
    "courses": ["target", "year"],
    "precedents": ["target", "reference_class"],
    "requirements": ["target", "reading", "steps", "lever"],
    "sensitivity": ["target"],
    "influences": ["target", "assumption"],
    "joint": ["article"],
    "assumptions": ["assumption"],
    "sums_apart": ["area", "quantity", "year"],
    "odd": ["rule", "quantity", "year"],
    "corrected": ["quantity", "year"],
    "sources": ["source"],
    "findings": ["finding"],
}
#: Sections that are one table, with nothing folded away behind it.
ONE_TABLE = {
    "followed": rep.show_followed,
    "missing": rep.show_missing,
    "assumptions": rep.show_assumptions,
    "sources": rep.show_origins,
}


@pytest.fixture(params=PLACES, ids="-".join)
def report(request, opened):
    return opened(*request.param)


def test_a_table_is_about_what_its_keys_say_and_nothing_twice(report):
    assert set(report.tables) == set(KEYS)
    for name, keys in KEYS.items():
        table = report.tables[name]
        assert set(keys) <= set(table.columns), name
        assert not table.duplicated(keys).any(), name


def test_values_are_plain_and_percentages_lie_where_they_can(report):
    for name in report.tables:
        table = report.tables[name]
        for column in table:
            kinds = {type(value).__module__.partition(".")[0] for value in table[column]}
            assert kinds <= {"builtins", "numpy", "pandas", "datetime"}, (name, column)
            if column.startswith("probability") or column.startswith("kept_in"):
                assert table[column].dropna().between(0, 1).all(), (name, column)
            if re.search(r"(share|rate|low|high)_pct$", column):
                assert table[column].dropna().between(0, 100).all(), (name, column)


def test_a_section_shows_each_row_of_its_table(report):
    for name, show in ONE_TABLE.items():
        rows = str(show(report)).count("<tr>")
        expected = len(report.tables[name])
        if report.stands_with_whole and name != "sources":
            # What is alike everywhere stands with the whole.
            own = (report.tables[name].get("applies") == "binds").sum() if name == "followed" else 0
            expected = int(own)
        assert rows == (expected + 1 if expected else 0), name


def test_verdicts_are_those_of_the_assessments(report):
    table = report.tables["verdicts"].set_index("target")
    assert list(table.index) == [target.id for target in report.numeric]
    for target, found in report.assessments.items():
        if target not in table.index:
            continue
        row = table.loc[target]
        assert row["verdict"] == str(found.verdict)
        told = None if pd.isna(row["probability"]) else row["probability"]
        assert told == two_digits(found.probability)
        assert row["disputed"] == found.disputed


def test_what_is_missing_is_missing_for_the_targets_without_data(report):
    verdicts = report.tables["verdicts"].set_index("target")["verdict"]
    named = {one for listed in report.tables["missing"]["would_judge"] for one in listed}
    assert named == {name for name in verdicts.index if report.assessments[name].missing}
    assert set(verdicts[verdicts == Verdict.NO_DATA].index) >= {
        name for name in named if verdicts[name] == Verdict.NO_DATA
    }


def test_the_required_pace_closes_the_gap_of_a_level_in_the_years_left(report):
    table = report.tables["required_pace"]
    assert set(table["target"]) <= set(report.tables["verdicts"]["target"])
    decided = report.tables["verdicts"].query("verdict in ('met', 'missed')")["target"]
    assert not set(table["target"]) & set(decided)
    for row in rows_of(table[table["unit"] == "percent"]):
        level = report.assessments[row.target].level
        if level is None:
            continue
        sign = 1 if level.rising else -1
        assert row.gap == pytest.approx(sign * (row.level - row.last_value), abs=1e-6)


def test_a_level_once_reached_stays_reached(report):
    for _, rows in report.tables["years_reached"].groupby("target"):
        first = rows.sort_values("year")["reached_by_then"].to_numpy()
        assert (first[1:] >= first[:-1] - 1e-12).all()
        # A single year is exact, several years at once are 512 fixed nodes.
        assert (rows["kept_from_then"] <= rows["kept_in_it"] + 1 / 512).all()
        assert (rows["kept_in_it"] <= rows["reached_by_then"] + 1 / 512).all()


def test_joint_probabilities_lie_within_what_any_dependence_allows(report):
    table = report.tables["joint"].dropna(subset=["joint"])
    assert (table["low"] - 1e-9 <= table["joint"]).all()
    assert (table["joint"] <= table["high"] + 1e-9).all()
    assert report.tables["joint"]["targets"].sum() == len(report.numeric)


def test_precedents_count_no_more_windows_kept_than_there_are(report):
    table = report.tables["precedents"]
    assert (table["kept"] <= table["windows"]).all()
    assert (table["kept_low_pct"] <= table["kept_high_pct"]).all()


def test_the_frame_of_a_study_and_the_table_of_a_report_say_the_same(opened, catalog):
    given = opened("mock_city", "mock_city").tables["verdicts"].set_index("target")
    other = em.assess("mock_city", root=catalog, areas="mock_city").set_index("target")
    other = other.loc[given.index]
    for name in ("verdict", "reading"):
        assert given[name].tolist() == other[name].tolist()
    pd.testing.assert_series_equal(given["gap"], other["gap"])


def test_contributions_of_districts_sum_to_how_far_the_whole_is_from_its_level(overview):
    """R - L = sum of w_d (r_d - L), the rate component of a Kitagawa decomposition."""
    report = overview("mock_city")
    table = report.tables["parts"]
    levels = {str(one.assessment.indicator): one.bound.value for one in _splits(report)}
    assert not table.empty
    for indicator, rows in table.groupby("indicator"):
        whole = (rows["share_of_all_pct"] / 100 * rows["rate_pct"]).sum()
        assert rows["contribution_pp"].sum() == pytest.approx(whole - levels[str(indicator)])
        assert rows["share_of_all_pct"].sum() == pytest.approx(100)
        assert sorted(rows["area"]) == sorted(report.parts)


@pytest.mark.parametrize("study", ["mock_city", "wuhai"])
def test_an_overview_gives_a_verdict_for_each_target_in_each_area(overview, study):
    report = overview(study)
    table = report.tables["side_by_side"]
    assert len(table) == len(report.areas) * len(report.numeric)
    by_area = report.tables["joint_by_area"]
    assert list(by_area["area"]) == list(report.areas)


def test_an_audit_counts_its_findings_kind_by_kind(root):
    report = rep.open_audit("wuhai_2020_2022", "en", root)
    findings, kinds = report.tables["findings"], report.tables["kinds"].set_index("kind")
    assert len(findings) == len(report.findings)
    assert kinds.to_numpy().sum() == len(findings)
    for kind, count in findings["kind"].value_counts().items():
        assert kinds.loc[kind].sum() == count
    links = report.tables["links"]
    assert len(links) == len(report.context.linked_pairs)


def test_a_record_gives_one_row_a_model_and_years_ahead(root, opened):
    opened.table("mock_city")
    record = rep.open_record("mock_city", lang="en", root=root)
    models = record.tables["models"]
    assert not models.duplicated(["model", "horizon"]).any()
    assert models["coverage80_pct"].dropna().between(0, 100).all()
    assert models.query("default")["horizon"].tolist() == [one.horizon for one in record.default]
    events = record.tables["events"]
    assert set(events["gain_pp"]) == set(record.gains)
    bands = record.tables["bands"].groupby("horizon")["n"].sum()
    assert all(bands[one.horizon] <= one.n for one in record.default)
    precedents = record.tables["precedents"]
    assert (precedents["kept_windows"] <= precedents["windows"]).all()


def test_a_comparison_runs_each_scenario_for_as_many_targets_as_it_says(root, opened):
    opened.table("mock_city")
    comparison = rep.open_comparison("mock_city", "mock_east", "en", root)
    outcomes, scenarios = comparison.tables["outcomes"], comparison.tables["scenarios"]
    shown = outcomes[outcomes["grid_cells"].isna()]
    assert (shown["end_low"] <= shown["end_high"] + 1e-12).all()
    plain = shown.groupby("scenario")["target"].nunique()
    said = scenarios.set_index("scenario")["used_by_targets"]
    assert all(plain[name] == said[name] for name in plain.index)


def test_a_table_that_is_changed_changes_no_page(opened):
    report = opened("mock_city", "mock_east")
    before = str(rep.show_cards(report))
    table = report.tables["verdicts"]
    table.insert(0, "mark", 1)
    assert str(rep.show_cards(report)) == before


def test_an_unknown_table_is_refused_with_the_nearest_name(opened):
    with pytest.raises(KeyError, match="verdicts"):
        opened("mock_city", "mock_east").tables["verdict"]


def test_columns_draw_what_they_say_and_missing_values_as_a_dash():
    found = table_of([{"area": "a & b", "year": 2020}, {"area": None, "year": None}], "area year")
    columns = [Column("report.area", "area"), Column("report.year", "year", numeric=True)]
    assert str(draw(found, columns, "en", caption="c < d", css="x")) == (
        '<div class="scroll" tabindex="0" role="group" aria-label="c &lt; d">'
        '<table class="x"><caption>c &lt; d</caption>'
        '<thead><tr><th scope="col">Area</th><th class="n" scope="col">Year</th></tr></thead>'
        '<tbody><tr><td>a &amp; b</td><td class="n">2020</td></tr>'
        '<tr><td>—</td><td class="n">—</td></tr></tbody></table></div>'
    )


def test_a_frame_has_its_columns_whether_or_not_there_are_rows():
    empty = table_of([], "target last_year").frame()
    assert list(empty.columns) == ["target", "last_year"]
    assert str(empty["last_year"].dtype) == "Int64"


#: Values of a column and what a table makes of them, by the name of the column.
KINDS = {
    "verdict": ([Verdict.MET, None], ["met", None]),
    "last_year": ([2020.0, float("nan"), None], [2020, None, None]),
    "n": ([1, np.int64(2)], [1, 2]),
    "value": ([1, None, np.float64(2.5), math.nan], [1.0, None, 2.5, None]),
    "default": ([True, None, False], [True, None, False]),
    "which": ([[1, 2], None], [[1, 2], None]),
}


@pytest.mark.parametrize("name", KINDS)
def test_values_of_a_column_are_plain_and_of_one_kind(name):
    given, expected = KINDS[name]
    found = table_of([{name: value} for value in given], name)[name]
    assert found == expected
    assert [type(one) for one in found] == [type(one) for one in expected]


def test_rows_of_a_frame_lack_what_it_lacks():
    frame = pd.DataFrame({"year": pd.array([2020, None], "Int64"), "value": [math.nan, 1.5]})
    assert [tuple(row) for row in rows_of(frame)] == [(2020, None), (None, 1.5)]


def test_rows_are_chosen_ordered_and_told_apart():
    found = table_of([{"a": 2, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "z"}], "a b")
    assert found.where(lambda row: row.a == 2)["b"] == ["x", "z"]
    assert found.ordered(lambda row: row.a)["b"] == ["y", "x", "z"]
    assert {a: rows["b"] for a, rows in found.by("a").items()} == {2: ["x", "z"], 1: ["y"]}
    assert found.first_of("a")["b"] == ["x", "y"]
    assert not found.where(lambda row: row.a > 2)
