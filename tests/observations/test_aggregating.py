"""Rows of pupils become counts, those of few persons don't, and nothing of one pupil comes out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import aggregate, build, write_counts, write_raw_counts
from edu_metrics.observations.aggregating import suppress

BY = ["school", "year", "grade", "sex"]
COUNTS = {"tested": "score", "passing": "score >= 60", "low": "score<40", "full": "score == 100"}


def pupils(number=4000, seed=1):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "pupil": [f"P{at:06}" for at in range(number)],
            "school": random.choice(["a", "b", "c"], number),
            "year": random.choice([2019, 2020], number),
            "grade": random.choice([4, 5], number),
            "sex": random.choice(["girls", "boys"], number, p=[0.97, 0.03]),
            "score": np.where(
                random.random(number) < 0.05, np.nan, random.integers(0, 101, number)
            ),
        }
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_counts_are_those_that_pandas_counts(tmp_path, kind):
    rows = pupils()
    path = tmp_path / f"scores.{kind}"
    rows.to_csv(path, index=False) if kind == "csv" else rows.to_parquet(path)
    found = aggregate([path], by=BY, counts=COUNTS, at_least=1, part_at_least=1)
    expected = (
        rows.assign(
            tested=rows["score"].notna(),
            passing=rows["score"] >= 60,
            low=rows["score"] < 40,
            full=rows["score"] == 100,
        )
        .groupby(BY)[list(COUNTS)]
        .sum()
        .reset_index()
    )
    pd.testing.assert_frame_equal(found.counts, expected, check_dtype=False)
    assert (found.rows, found.without_cell, found.suppressed) == (4000, 0, 0)


def test_several_files_count_as_one_and_rows_without_a_cell_are_told(tmp_path):
    rows = pupils(600)
    rows.loc[:4, "school"] = None
    rows[:300].to_parquet(tmp_path / "one.parquet")
    rows[300:].to_parquet(tmp_path / "two.parquet")
    rows.to_parquet(tmp_path / "all.parquet")
    both = aggregate([tmp_path / "one.parquet", tmp_path / "two.parquet"], by=BY, counts=COUNTS)
    whole = aggregate([tmp_path / "all.parquet"], by=BY, counts=COUNTS)
    pd.testing.assert_frame_equal(both.counts, whole.counts)
    assert (both.rows, both.without_cell) == (600, 5)
    assert both.counts["school"].notna().all()


def cells(**columns):
    number = len(next(iter(columns.values())))
    return pd.DataFrame({"school": "a", "year": 2020, "grade": range(number), **columns})


def hidden(frame, name, at_least=10, part_at_least=3):
    shown = suppress(frame, ["school", "year", "grade"], at_least, part_at_least)
    return shown[name].isna().tolist()


def test_a_cell_of_nine_is_suppressed_and_one_of_ten_is_not():
    assert hidden(cells(tested=[10, 30, 40]), "tested") == [False, False, False]
    # With it the smallest other one: the rest of a known sum would tell it.
    assert hidden(cells(tested=[9, 30, 40]), "tested") == [True, True, False]
    assert hidden(cells(tested=[9, 8, 40]), "tested") == [True, True, False]
    assert hidden(cells(tested=[0, 30, 40]), "tested") == [False, False, False]


def test_two_who_passed_and_two_who_failed_are_suppressed_alike():
    frame = cells(tested=[50, 50, 50, 50], passing=[2, 3, 47, 48])
    assert hidden(frame, "passing") == [True, False, False, True]
    assert hidden(frame, "tested") == [False] * 4
    all_or_none = cells(tested=[50, 50], passing=[0, 50])
    assert hidden(all_or_none, "passing") == [False, False]


def test_a_part_is_not_told_where_its_whole_is_not():
    frame = cells(tested=[9, 20, 40], passing=[5, 12, 30])
    assert hidden(frame, "passing") == [True, True, False]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=6))
def test_no_small_number_is_left_nor_one_that_subtraction_gives(numbers):
    frame = cells(tested=[a + b for a, b in numbers], passing=[a for a, _ in numbers])
    shown = suppress(frame, ["school", "year", "grade"], 10, 3)
    tested, passing = shown["tested"].dropna(), shown["passing"].dropna()
    assert ((tested == 0) | (tested >= 10)).all()
    assert ((passing == 0) | (passing >= 3)).all()
    rest = (shown["tested"] - shown["passing"]).dropna()
    assert ((rest == 0) | (rest >= 3)).all()
    for name in ("tested", "passing"):
        gone = frame.loc[shown[name].isna(), name]
        others = frame.loc[shown[name].notna(), name]
        assert len(gone) != 1 or not (others > 0).any()


def test_every_mistake_is_told_at_once(tmp_path):
    path = tmp_path / "scores.csv"
    pupils(50).to_csv(path, index=False)
    with pytest.raises(DataError) as caught:
        aggregate(
            [path], by=["shool", "year"], counts={"t": "score", "p": "scor > 6", "q": "score > x"}
        )
    assert len(caught.value.faults) == 3
    assert "no column 'shool'; did you mean 'school'?" in caught.value.faults[0]
    assert "q: expected a number after >, found 'x'" in caught.value.faults
    with pytest.raises(DataError) as caught:
        aggregate([tmp_path / "none.csv", tmp_path / "a.xlsx"], by=BY, counts=COUNTS)
    assert len(caught.value.faults) == 3
    with pytest.raises(DataError, match=r"scores.csv: can't be counted"):
        aggregate([path], by=["school", "year"], counts={"t": "sex >= 3"})


def test_a_name_with_quotes_is_a_name_and_no_command(tmp_path):
    path = tmp_path / "it's.csv"
    pupils(300).rename(columns={"score": 'sc"ore'}).to_csv(path, index=False)
    found = aggregate([path], by=["school", "year"], counts={'t"; DROP': 'sc"ore >= 0'})
    assert found.counts['t"; DROP'].sum() > 200


SCHOOLS = pd.DataFrame(
    [("hill_school", 2020, 40, 30), ("dale_school", 2020, 30, 20), ("hill_school", 2021, 6, 4)],
    columns=["school", "year", "tested", "passing"],
)


def test_what_is_written_can_be_read_by_a_study_and_holds_no_pupil(project, tmp_path):
    rows = SCHOOLS.loc[SCHOOLS.index.repeat(SCHOOLS["tested"])].reset_index(drop=True)
    order = rows.groupby(["school", "year"]).cumcount()
    rows["score"] = np.where(order < rows["passing"], 77.125, 33.375)
    rows[["school", "year", "score"]].to_parquet(tmp_path / "scores.parquet")
    counts = {"population": "score", "children": "score >= 60"}
    found = aggregate([tmp_path / "scores.parquet"], by=["school", "year"], counts=counts)
    catalog = load_catalog(project)
    path = project / "data" / "raw" / "bureau" / "2022" / "counts.csv"
    write_raw_counts(found, path, catalog, source="yearbook", published="2022-06-01")
    text = path.read_text("utf-8")
    assert "77.125" not in text
    assert "33.375" not in text
    study = catalog.study("real")
    schools = study.model_copy(update={"areas": ("hills",)})
    table = build(catalog, schools).set_index(["area", "year", "quantity"])
    assert table.loc[("hill_school", 2020, "population"), "value"] == 40
    assert table.loc[("dale_school", 2020, "children"), "value"] == 20
    assert table.loc[("hill_school", 2021, "children"), "status"] == "suppressed"
    with pytest.raises(DataError, match="counts of a raw file are quantities"):
        write_raw_counts(
            aggregate([tmp_path / "scores.parquet"], by=["school", "year"], counts={"x": "score"}),
            path, catalog, source="yearbook", published="2022-06-01",
        )  # fmt: skip
    with pytest.raises(DataError) as caught:
        write_raw_counts(found, path.with_name("b.csv"), catalog, source="year", published="soon")
    assert len(caught.value.faults) >= 2
    assert {one.name for one in path.parent.iterdir()} == {"counts.csv", "counts.csv.source.yaml"}


def test_a_file_of_counts_has_an_empty_cell_where_one_is_suppressed(tmp_path):
    rows = pd.DataFrame({"school": ["a"] * 30 + ["b"] * 5, "year": 2020, "score": 70})
    rows.to_csv(tmp_path / "scores.csv", index=False)
    found = aggregate([tmp_path / "scores.csv"], by=["school", "year"], counts={"tested": "score"})
    write_counts(found, tmp_path / "out" / "counts.csv")
    told = (tmp_path / "out" / "counts.csv").read_text("utf-8")
    assert told == "school,year,tested\na,2020,30\nb,2020,\n"


def test_a_school_that_is_called_like_a_formula_is_text_in_the_counts(tmp_path):
    rows = pupils()
    rows["school"] = rows["school"].replace({"a": "=HYPERLINK(1)", "b": "-12"})
    path, to = tmp_path / "scores.csv", tmp_path / "counts.csv"
    rows.to_csv(path, index=False)
    write_counts(aggregate([path], by=["school", "year"], counts={"tested": "score"}), to)
    assert {line.split(",")[0] for line in to.read_text("utf-8").splitlines()[1:]} == {
        "'=HYPERLINK(1)", "-12", "c"
    }  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_is_no_number_is_nobody_s_score(tmp_path, suffix):
    frame = pd.DataFrame({"school": "a", "year": 2020, "score": [70.0] * 12 + [float("nan")] * 5})
    path = tmp_path / f"scores.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False, na_rep="NaN")
    else:
        import duckdb

        duckdb.sql("SELECT school, year, coalesce(score, 'nan'::DOUBLE) AS score FROM frame"
                   ).write_parquet(str(path))  # fmt: skip
    counts = {"tested": "score", "passing": "score >= 60"}
    found = aggregate([path], by=["school", "year"], counts=counts).counts
    assert found.to_numpy().tolist() == [["a", 2020, 12, 12]]


def test_a_number_that_is_no_year_is_refused(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("school,year,score\n" + "a,20200,70\n" * 12)
    with pytest.raises(DataError, match="expected years from 1900 to 2100, found 20200"):
        aggregate([path], by=["school", "year"], counts={"tested": "score"})
