"""The national and provincial tables against what others published of the same years."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import edu_metrics as em
from edu_metrics.report import score_studies

RAW = Path(__file__).parents[2] / "data" / "raw"
PROVINCES = RAW / "national_bureau_of_statistics" / "2024-02-08"
PER_WAN = 0.01


def _sums(file: str, year: int) -> pd.Series:
    """Add up the provinces, in 10 000 persons (or 100 million yuan)."""
    rows = pd.read_csv(PROVINCES / file)
    return rows[rows["year"] == year].groupby("quantity")["value"].sum()


# The Bureau's statistical communique for 2019 (国民经济和社会发展统计公报), figures in 10 000.
@pytest.mark.parametrize(
    ("file", "quantity", "published", "half_unit"),
    [
        ("senior_entrants.csv", "普通高中招生数", 839.5, 0.05),
        ("pupils.csv", "小学在校生数", 10561.2, 0.05),
        ("pupils.csv", "初中在校生数", 4827.1, 0.05),
        ("pupils.csv", "普通高中在校生数", 2414.3, 0.05),
    ],
)
def test_provinces_add_up_to_the_nation_of_2019(
    file: str, quantity: str, published: float, half_unit: float
) -> None:
    assert _sums(file, 2019)[quantity] == pytest.approx(published, abs=half_unit + PER_WAN)


def test_vocational_entrants_lack_the_technical_schools() -> None:
    # The communique counts 600.4 with technical schools; theirs are more than 100 a year.
    without = _sums("senior_entrants.csv", 2019)["中等职业教育招生数（不含技工学校）"]
    assert 600.4 - 200 < without < 600.4 - 100


FILES = sorted(path.name for path in PROVINCES.glob("*.csv"))


@pytest.mark.parametrize("file", FILES)
def test_every_province_has_every_year_once(file: str) -> None:
    rows = pd.read_csv(PROVINCES / file)
    rows = rows[rows["place"] != "全国"]
    assert rows["place"].nunique() == 31
    assert not rows.duplicated(["place", "quantity", "year"]).any()
    counts = rows.groupby(["quantity", "year"])["place"].nunique()
    assert (counts == 31).all()


# The Ministry's communique for 2019; the last is 47.1388 million children over the 1.39538 billion
# inhabitants at the end of 2018, of the Bureau's communique.
@pytest.mark.parametrize(
    ("file", "quantity", "published"),
    [
        ("pupil_teacher_ratios.csv", "小学生师比", 16.85),
        ("pupil_teacher_ratios.csv", "初中生师比", 12.88),
        ("pupil_teacher_ratios.csv", "普通高中生师比", 12.99),
        ("pupils_per_100000.csv", "每十万人口幼儿园平均在园人数", round(4713.88 / 1.39538)),
    ],
)
def test_the_nations_ratios_are_those_of_the_communique(
    file: str, quantity: str, published: float
) -> None:
    rows = pd.read_csv(PROVINCES / file)
    nation = rows[(rows["place"] == "全国") & (rows["year"] == 2019)].set_index("quantity")
    assert nation["value"][quantity] == published


@pytest.mark.parametrize("file", ["pupil_teacher_ratios.csv", "pupils_per_100000.csv"])
def test_no_year_stands_beside_other_provinces(file: str) -> None:
    """Ranks hardly move in a year; those of 2006, left out, correlate at 0.4 to 0.7."""
    rows = pd.read_csv(PROVINCES / file)
    for _, own in rows[rows["place"] != "全国"].groupby("quantity"):
        wide = own.pivot(index="place", columns="year", values="value").rank()
        years = wide.columns
        assert min(wide[a].corr(wide[b]) for a, b in pairwise(years)) > 0.8


# Said at press conferences of 2022 and 2025 of the year 2012, beside the decade's rise.
@pytest.mark.parametrize(
    ("quantity", "year", "published"),
    [
        ("学前教育毛入园率", 2012, 64.5),
        ("高等教育毛入学率", 2012, 30.0),
        ("学前教育毛入园率", 2011, 62.3),
        ("九年义务教育巩固率", 2014, 92.6),
        ("高中阶段毛入学率", 2015, 87.0),
        ("高等教育毛入学率", 2019, 51.6),
    ],
)
def test_national_figures_are_those_of_press_and_communiques(
    quantity: str, year: int, published: float
) -> None:
    files = (RAW / "ministry_of_education").glob("*/*.csv")
    rows = pd.concat(pd.read_csv(file) for file in files)
    found = rows[(rows["quantity"] == quantity) & (rows["year"] == year)]
    assert set(found["value"]) == {published}


def test_an_earlier_figure_and_the_difference_agree() -> None:
    # 2010 was 5.7 points above 2009, and 2005 was 9.5 below 2009 (41.4).
    rows = pd.read_csv(RAW / "ministry_of_education" / "2012-04-05" / "bulletin_2010.csv")
    preschool = rows[rows["quantity"] == "学前教育毛入园率"].set_index("year")["value"]
    assert preschool[2010] - preschool[2009] == pytest.approx(5.7)
    assert preschool[2009] - 9.5 == pytest.approx(41.4)


def _rises(rows: pd.DataFrame) -> pd.Series:
    """Say of each province whether each of 2017, 2018 and 2019 was above the year before."""
    wide = rows.pivot(index="place", columns="year", values="value")
    return (wide.diff(axis=1)[[2017, 2018, 2019]] > 0).all(axis=1)


@pytest.mark.slow
def test_spending_rules_are_judged_as_a_hand_count_judges_them() -> None:
    """The hand count: spending, and spending over pupils, straight from the tables."""
    spent = pd.read_csv(PROVINCES / "education_spending.csv")
    pupils = pd.read_csv(PROVINCES / "pupils.csv")
    pupils = pupils[pupils["status"] == "derived"]
    each = spent.merge(pupils, on=["place", "year"], suffixes=("", "_pupils"))
    each["value"] = each["value"] / each["value_pupils"]
    verdicts = em.assess(
        "provinces", targets=["spending_only_rises", "spending_per_pupil_only_rises"]
    )
    verdicts = verdicts[verdicts["area"] != "china"]
    met = verdicts[verdicts["verdict"] == "met"].groupby("target").size()
    assert set(verdicts["verdict"]) == {"met", "missed"}
    assert met["spending_only_rises"] == _rises(spent).sum()
    assert met["spending_per_pupil_only_rises"] == _rises(each).sum()


@pytest.mark.slow
def test_the_nation_is_no_thirty_second_province_of_the_track_record() -> None:
    """Two rules in 31 provinces; the nation, which is their sum, is told and not counted."""
    found = score_studies(em.load_catalog(), ["provinces"])
    (record,) = (item for item in found.by_lead if item.lead is None)
    assert (record.study, record.n) == ("provinces_2017-12-31", 2 * 31)
    set_apart = {(item.forecast.area, item.why) for item in found.outcomes if item.happened}
    assert ("china", "parts_scored") in set_apart


@pytest.mark.slow
def test_years_of_schooling_need_a_tenth_of_a_year_each_year() -> None:
    """The Ministry told 10.9 years of 2021; 11.3 are due in 2025: four years, judged at its end."""
    (found,) = em.assess("china", targets="schooling_years_2025")["required_pace"]
    assert found == pytest.approx((11.3 - 10.9) / (2025 - 2021))


@pytest.mark.slow
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_says_what_the_studies_say(readme: str) -> None:
    said = (Path(__file__).parents[2] / readme).read_text("utf-8").replace("\n", "")
    then = em.assess("china", as_of="2017-01-19").set_index("target")
    chances = (100 * then["probability"].dropna()).round().astype(int)
    assert len(chances) == 3
    assert all(f"{chance}%" in said.replace(" %", "%") for chance in chances)
    assert then["verdict"].value_counts()[["no_data", "cannot_tell"]].tolist() == [2, 1]
    assert set(em.assess("china_2017-01-19", as_of="2025-12-31")["verdict"]) == {"met"}
    spending = {
        run: em.assess(run, targets="spending_only_rises").set_index("area").drop("china")
        for run in ("provinces_2017-12-31", "provinces")
    }
    said_then = spending["provinces_2017-12-31"]["probability"].mean()
    assert f"{100 * said_then:.0f}%" in said.replace(" %", "%")
    kept = spending["provinces"]["verdict"].eq("met").sum()
    assert re.search(rf"{kept} of them did it|有{kept}个省份做到", said)


@pytest.mark.slow
def test_the_methods_say_how_good_the_forecasts_of_both_studies_were() -> None:
    page = (Path(__file__).parents[2] / "docs" / "methods.md").read_text("utf-8")
    section = page.split("*The studies made in China*")[1].split("\n## ")[0]
    told = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    found = score_studies(em.load_catalog(), ["china", "provinces"])
    rows = [item for item in found.by_lead if item.lead is not None]
    assert told == [
        [
            item.study, str(item.lead), str(item.n), f"{100 * item.base_rate:.0f}",
            f"{item.brier:.3f}", f"{item.base_rate_brier:.3f}" if item.base_rate_brier else "0",
            f"{held.pct:.0f} ({held.low_pct:.0f}-{held.high_pct:.0f})",
        ]
        for item in rows
        for held in [item.coverage80]
    ]  # fmt: skip
    scored = [
        item for item in found.outcomes
        if item.happened is not None and not item.why and item.forecast.study == rows[-1].study
    ]  # fmt: skip
    assert len(scored) == rows[-1].n
    said = sum(item.forecast.probability for item in scored) / len(scored)
    assert f"the forecast said {100 * said:.0f} % on average" in section
    happened = {
        word: 100 * sum(one) / len(one)
        for word in ("unlikely", "uncertain")
        if (one := [item.happened for item in scored if item.forecast.verdict == word])
    }
    assert f"unlikely happened in {happened['unlikely']:.0f} of 100" in section
    assert f"uncertain in {happened['uncertain']:.0f}" in section
