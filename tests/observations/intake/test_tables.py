"""Tables of every shape, cell by cell: what is read, what is set aside, and what the log says."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from edu_metrics.errors import DataError
from edu_metrics.observations.intake import Mapping, read_table
from edu_metrics.observations.intake.mapping import made_from


def rules(intake):
    return {row[2]: row[5] for row in intake.log.repairs}


def test_the_yearbook_is_read_cell_by_cell(read, yearbook, of_yearbook):
    table = read(yearbook, **of_yearbook).table
    found = {
        (row.area, row.quantity, row.year): (row.value, row.bound) for row in table.itertuples()
    }
    assert found == {
        ("south", "population", 2022): (400, "exact"),
        ("south", "population", 2023): (412, "exact"),
        ("south", "children", 2022): (330, "exact"),
        ("south", "children", 2023): (350, "exact"),
        ("south", "children_share_pct", 2022): (82.5, "exact"),
        ("south", "children_share_pct", 2023): (84.9, "exact"),
        ("west", "population", 2022): (400, "exact"),
        ("west", "population", 2023): (416, "exact"),
        ("west", "children_share_pct", 2022): (95, "above"),
        ("west", "children_share_pct", 2023): (95, "at_least"),
    }
    assert set(table["source"]) == {"yearbook"}
    assert set(table["vintage"]) == {pd.Timestamp("2024-03-01")}


def test_every_repair_of_the_yearbook_is_logged(read, yearbook, of_yearbook):
    found = rules(read(yearbook, **of_yearbook))
    assert {cell: found[cell] for cell in ("A1", "A2", "C3", "A4", "A6", "B6", "F7", "G7")} == {
        "A1": "title",
        "A2": "unit_line",
        "C3": "merged_head",
        "A4": "merged_head",
        "A6": "spaces_or_width",
        "B6": "full_width",
        "F7": "bound",
        "G7": "bound",
    }
    assert {found[f"{column}5"] for column in "ABCDEFG"} == {"total"}
    assert {found[f"{column}8"] for column in "ABCDE"} == {"set_aside"}
    assert (found["D7"], found["E7"], found["A9"]) == ("no_number", "no_number", "note")
    assert "C6" not in found


def test_without_a_mapping_the_yearbook_is_refused_cause_by_cause(faults, yearbook):
    told = faults(yearbook)
    assert len(told) == 2
    area, quantity = told
    assert area.startswith("1 area name(s) unknown: 其中：城区 (表3-2!A8)")
    assert quantity.startswith("2 quantity name(s) unknown: 专任教师数 (表3-2!B4, 表3-2!C4)")
    assert "本科以上 (表3-2!D4, 表3-2!E4)" in quantity
    assert "under `quantities` of a mapping" in quantity


def test_a_missing_code_is_named_and_can_be_told(faults, figures, yearbook, of_yearbook):
    told = {**of_yearbook, "set_aside": [], "areas": {"城区": "east"}}
    (negative,) = faults(yearbook, **told)
    assert negative.startswith("1 negative count(s) or amount(s): -9 (表3-2!E8)")
    found = figures(yearbook, **told, no_number=["-9"])
    assert found["east", "population", 2022] == (1234, "exact")
    assert found["east", "children", 2022] == (10, "below")
    assert ("east", "children", 2023) not in found
    assert pd.isna(found["east", "population", 2023][0])  # suppressed


TYPED_OUT = """place,quantity,year,value,bound,unit,status,source,published,note
合　计,专任教师数,二〇二二年,０.08,exact,万人,reported,yearbook,2024-03-01,
海 南 区,专任教师数,二〇二二年,４００,exact,人,reported,yearbook,2024-03-01,
海 南 区,专任教师数,2023/2024学年,412,exact,人,reported,yearbook,2024-03-01,
海 南 区,占比（％）,二〇二二年,82.5,exact,％,reported,yearbook,2024-03-01,
乌 达 区,本科以上,二〇二二年,—,exact,人,reported,yearbook,2024-03-01,
乌 达 区,占比（％）,二〇二二年,>95,exact,％,reported,yearbook,2024-03-01,
乌 达 区,占比（％）,2023/2024学年,95以上,exact,％,reported,yearbook,2024-03-01,
乌 达 区,专任教师数,2023/2024学年,*,exact,人,reported,yearbook,2024-03-01,
"""
NAMES = {"专任教师数": "population", "本科以上": "children"}


def test_the_yearbook_typed_out_gives_the_same(read):
    table = read(TYPED_OUT, "t.csv", source=None, published=None, quantities=NAMES).table
    found = table.set_index(["area", "quantity", "year"])
    assert found.loc[("south", "population", 2022), "value"] == 400
    assert found.loc[("south", "children_share_pct", 2022), "value"] == 82.5
    assert found.loc[("west", "children_share_pct", 2022), "bound"] == "above"
    assert found.loc[("west", "children_share_pct", 2023), "bound"] == "at_least"
    assert found.loc[("west", "population", 2023), "status"] == "suppressed"
    assert len(table) == 6


def test_four_hundred_ten_thousands_beside_four_hundred_is_a_slip_of_the_unit(faults):
    slip = TYPED_OUT.replace("４００,exact,人", "４００,exact,万人")
    (jump,) = faults(slip, "t.csv", quantities=NAMES)
    assert jump.startswith("2 figure(s) a thousand times others of the same area and quantity")
    assert "south 2022 population 4000000 (D3)" in jump
    assert "south 2023 population 412 (D4)" in jump


def test_a_person_can_confirm_what_looks_odd(figures):
    slip = TYPED_OUT.replace("４００,exact,人", "４００,exact,万人")
    found = figures(slip, "t.csv", quantities=NAMES, cells={"D3": "400"})
    assert found["south", "population", 2022] == (4_000_000, "exact")


def test_a_long_file_in_gb18030_is_read_where_it_gives_names(figures):
    text = "地区,指标,年份,数值\n海南区,常住人口,2020,９.47万人\n乌达区,常住人口,2020,12.2万\n"
    found = figures(text.encode("gb18030"), "t.csv")
    assert found["south", "population", 2020] == (94_700, "exact")
    assert found["west", "population", 2020] == (122_000, "exact")


def test_other_bytes_are_asked_about(faults):
    (ask,) = faults("地區,常住人口\n".encode("big5"), "t.csv")
    assert "--encoding" in ask
    (ask,) = faults("Montréal,2020\n".encode("latin-1"), "t.csv")
    assert "--encoding" in ask


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_mark_or_utf_8_needs_no_asking(figures, encoding):
    text = "地区,常住人口（人）2020年\n海南区,947\n"
    assert figures(text.encode(encoding), "t.csv") == {
        ("south", "population", 2020): (947, "exact")
    }


def test_text_with_a_head_of_two_rows(read):
    text = (
        "地区\t常住人口（万人）\t\t儿童\t\n"
        "\t2019年\t2020年\t2019年\t2020年\n"
        "海南区\t9.4\t9.47\t12,345\t12345\n"
        "\n"
        "资料来源：统计局\n"
    )
    intake = read(text, "t.tsv")
    found = intake.table.set_index(["quantity", "year"])["value"].to_dict()
    assert found == {
        ("population", 2019): 94_000,
        ("population", 2020): 94_700,
        ("children", 2019): 12_345,
        ("children", 2020): 12_345,
    }
    assert rules(intake)["C1"] == "head_of_several"
    assert rules(intake)["D3"] == "thousands"


def test_only_merged_heads_are_filled(faults, make_workbook):
    rows = [["地区", "常住人口", None], [None, "2019年", "2020年"], ["海南区", 1, 2]]
    (quantity,) = faults(make_workbook(rows))
    assert quantity == (
        "1 thing(s) that neither head nor rows tell: quantity of the figures (表1!A1). Add a "
        "column, or tell it once for the whole table in a mapping"
    )


def test_what_is_shown_as_a_percentage_is_one(figures, make_workbook):
    rows = [["地区", "2019年", "2020年", "2021年"], ["海南区", 0.873, 87.5, "88.1%"]]
    formats = [("B2", "0.0%"), ("C2", '0.0"%"')]
    found = figures(make_workbook(rows, formats=formats), quantity="children_share_pct")
    assert [value for value, _ in found.values()] == [87.3, 87.5, 88.1]


def test_a_fraction_among_percentages_is_asked_about(faults, figures, make_workbook):
    rows = [["地区", "2019年", "2020年", "2021年"], ["海南区", 0.61, 87.5, 88]]
    (fraction,) = faults(make_workbook(rows), quantity="children_share_pct")
    assert "1 figure(s) that look like fractions" in fraction
    assert "(表1!B2)" in fraction
    told = figures(make_workbook(rows), quantity="children_share_pct", cells={"B2": "61"})
    assert told["south", "children_share_pct", 2019] == (61, "exact")


def test_small_percentages_among_small_ones_are_none(figures, make_workbook):
    rows = [["地区", "2019年", "2020年"], ["海南区", 0.61, 2.5]]
    assert len(figures(make_workbook(rows), quantity="children_share_pct")) == 2


def test_rounded_figures_become_intervals_of_half_their_last_digit(read, make_workbook):
    rows = [["地区", "指标", "单位", "2020年"]]
    rows += [["海南区", "常住人口", "万人", 0.08], ["乌达区", "常住人口", "人", 828]]
    rows += [["海南区", "教育经费", "亿元", "1.20"], ["海南区", "占比", "%", 81.3]]
    table = read(make_workbook(rows)).table.set_index(["area", "quantity"])
    ends = table[["lower", "value", "upper"]]
    assert ends.loc[("south", "population")].tolist() == [750, 800, 850]
    assert ends.loc[("south", "budget")].tolist() == [119_500_000, 120_000_000, 120_500_000]
    for exact in (("west", "population"), ("south", "children_share_pct")):
        assert ends.loc[exact, ["lower", "upper"]].isna().all()


def test_a_workbook_of_the_old_format(figures, make_old_workbook):
    rows = [["地　区", "2019年", "2020年"], ["海南区", 947.0, "１,０00"], ["合计", 1.0, 2.0]]
    assert figures(make_old_workbook(rows), "t.xls", quantity="population") == {
        ("south", "population", 2019): (947, "exact"),
        ("south", "population", 2020): (1000, "exact"),
    }


def test_fractions_of_the_old_format_are_asked_about(faults, make_old_workbook):
    """Calamine does not tell how such a workbook shows its numbers."""
    rows = [["地区", "2019年", "2020年"], ["海南区", 0.873, 88.0]]
    (fraction,) = faults(make_old_workbook(rows), "t.xls", quantity="children_share_pct")
    assert "look like fractions" in fraction


def test_a_parquet_table(figures):
    frame = pd.DataFrame(
        {"place": ["海南区"], "quantity": ["population"], "year": [2020], "value": [947]}
    )
    file = io.BytesIO()
    frame.to_parquet(file)
    assert figures(file.getvalue(), "t.parquet") == {("south", "population", 2020): (947, "exact")}


def test_areas_across_and_quantities_down(figures, make_workbook):
    rows = [["指标", "海南区", "乌达区"], ["常住人口（万人）", 9.47, 12.24], ["儿童", 100, 200]]
    found = figures(make_workbook(rows), year=2020)
    assert found["west", "population", 2020] == (122_400, "exact")
    assert found["south", "children", 2020] == (100, "exact")


def test_the_year_of_the_title_counts_where_nothing_else_tells_one(figures, make_workbook):
    rows = [["2020年各区人口"], ["地区", "常住人口"], ["海南区", 947]]
    assert figures(make_workbook(rows)) == {("south", "population", 2020): (947, "exact")}


def test_halves_of_a_year_are_read_in_a_column_and_in_a_head(read, make_workbook):
    long = "地区,年份,常住人口\n海南区,2020年上半年,1\n海南区,2020H2,2\n"
    wide = make_workbook(
        [["地区", "2020年上半年常住人口", "常住人口（2020年下半年）"], ["海南区", 1, 2]]
    )
    for table in (read(long, "t.csv").table, read(wide, "t.xlsx").table):
        told = zip(table["year"], table["period"], table["value"], strict=True)
        assert set(told) == {(2020, "h1", 1), (2020, "h2", 2)}


def test_quarters_and_months_in_place_of_a_year_are_refused(faults):
    text = "地区,年份,常住人口\n海南区,2020年一季度,1\n海南区,2020年5月,2\n"
    (part,) = faults(text, "t.csv")
    assert part.startswith(
        "2 part(s) of a year in place of a year: 2020年一季度 (B2); 2020年5月 (B3)"
    )


def test_two_figures_of_one_year_are_refused(faults):
    text = "地区,年份,常住人口\n海南区,2020,1\n海南区,2020年,2\n"
    (double,) = faults(text, "t.csv")
    assert double.startswith(
        "1 figure(s) given more than once for one area, year and quantity: "
        "south 2020 population (C2:C3)"
    )


def test_all_causes_are_told_at_once(faults):
    text = (
        "地区,年份,常住人口,儿童\n"
        "海南区,2020,abc,1\n"
        "北区,2020,1,1\n"
        "乌达区,20xx,1,5\n"
        "乌达区,2020,12元,1\n"
    )
    told = faults(text, "t.csv", source=None)
    causes = [line.split(":")[0] for line in told]
    assert causes == [
        "1 area name(s) unknown",
        "1 year(s) not understood",
        "1 cell(s) not understood as a number",
        "1 unit(s) that do not measure their quantity",
        "1 source(s) that are not told or not defined",
    ]


def test_sources_and_dates_are_named_even_where_the_row_has_other_faults(faults):
    text = "地区,年份,常住人口,来源,发布日期\n北区,2020,1,nobody,soon\n"
    told = faults(text, "t.csv")
    assert [line.partition(". ")[0] for line in told] == [
        "1 area name(s) unknown: 北区 (A2)",
        "1 source(s) that are not told or not defined: nobody (D2)",
        "1 date(s) of publication not told or not understood: soon (E2)",
    ]


def test_faults_of_many_rows_are_one_line(faults):
    text = "地区,年份,常住人口\n" + "".join(f"北区,{year},1\n" for year in range(1990, 2020))
    (line,) = faults(text, "t.csv")
    assert "北区" in line
    assert "(A2:A31)" in line


def test_money_needs_its_unit(faults, figures):
    text = "地区,年份,教育经费\n海南区,2020,120\n"
    (unit,) = faults(text, "t.csv")
    assert unit.startswith("1 quantity(ies) whose unit is not told: budget: 元?")
    assert figures(text, "t.csv", unit="万元")["south", "budget", 2020] == (1_200_000, "exact")


def test_published_before_its_year_is_a_fault(faults):
    (early,) = faults("地区,年份,常住人口\n海南区,2025,1\n", "t.csv")
    assert "2025, published 2024-03-01 (C2)" in early


def test_a_formula_without_a_value_is_named(faults, make_workbook):
    (told,) = faults(make_workbook([["地区", "2020年"], ["海南区", "=1+1"]]), quantity="population")
    assert told == "1 cell(s) hold a formula and no value: B2"


LONG = """地区,年份,时段,分组,指标,数值
海南区,2020,上半年,,常住人口,1
海南区,2020,h2,,常住人口,2
海南区,2020,5月,,常住人口,3
海南区,2020,,女,常住人口,4
海南区,2020,全年,,常住人口,5
"""


def test_a_long_table_tells_group_and_part_of_the_year_in_columns(read):
    table = read(LONG, "t.csv").table
    told = zip(table["period"], table["group"], table["value"], strict=True)
    assert set(told) == {
        ("h1", "all", 1), ("h2", "all", 2), ("m05", "all", 3), ("year", "girls", 4),
        ("year", "all", 5),
    }  # fmt: skip


def test_a_group_or_part_that_nobody_defined_is_refused(faults):
    group, part = faults(LONG.replace("女", "山区").replace("h2", "Q2"), "t.csv")
    assert group.startswith("1 group(s) not defined: 山区 (D5)")
    assert part.startswith("1 period(s) not understood: Q2 (C3)")


@pytest.mark.parametrize(("rule", "year"), [("starts", 2023), ("ends", 2024), (None, 2023)])
@pytest.mark.parametrize(
    "text",
    [
        "地区,年份,常住人口\n海南区,2023-24,1\n",
        "地区,常住人口2023-24学年\n海南区,1\n",
        "2023-24学年,\n地区,常住人口\n海南区,1\n",
    ],
)
def test_a_school_year_counts_for_the_year_that_the_study_says(catalog, tmp_path, text, rule, year):
    told = Mapping.model_validate({"source": "yearbook", "published": "2023-12-01"})
    table = read_table(tmp_path / "t.csv", text.encode(), catalog, told, rule).table
    assert table["year"].tolist() == [year]
    assert table["period"].tolist() == ["school_year" if rule else "year"]


def test_a_column_that_no_head_reaches_is_refused_until_a_mapping_tells_of_it(read, faults):
    text = "地区,年份,常住人口\n海南区,2023,1,9\n"
    (told,) = faults(text, "t.csv")
    assert told.startswith("1 column head(s) not understood: no head (D1)")
    assert read(text, "t.csv", columns={"D": "ignore"}).table["value"].tolist() == [1]
    both = read(text, "t.csv", columns={"D": {"quantity": "children"}}).table
    assert dict(zip(both["quantity"], both["value"], strict=True)) == {
        "population": 1, "children": 9,
    }  # fmt: skip


@pytest.mark.parametrize(
    "caption",
    [
        "表1 各区人口（单位：万人）", "（单位：万人）", "表1 各区人口 单位:万人", "单位：万人、%",
        "2020年 单位：万人", "单位  万人", "（万人）", "Population (in 10,000 persons)",
        "Unit: 10,000 persons", "Population, in 10,000 persons",
    ],
)  # fmt: skip
def test_the_unit_of_a_caption_counts_however_it_is_told(read, make_workbook, caption):
    rows = [[caption, None], ["地区", "常住人口2020年"], ["海南区", "0.06"]]
    table = read(make_workbook(rows, ["A1:B1"])).table
    assert table[["lower", "value", "upper"]].to_numpy().tolist() == [[550, 600, 650]]


@pytest.mark.parametrize("caption", ["Teachers (in thousands)", "Unit: thousands", "单位：千人"])
def test_thousands_of_a_caption_count(figures, caption):
    text = f"{caption},\n地区,常住人口2020年\n海南区,6\n"
    assert figures(text, "t.csv")["south", "population", 2020] == (6000, "exact")


@pytest.mark.parametrize("caption", ["单位：人（万人）", "单位：万元", "单位：栋", "（万元）"])
def test_a_unit_of_a_caption_that_does_not_fit_is_refused(faults, caption):
    (unit,) = faults(f"{caption},\n地区,常住人口2020年\n海南区,6\n", "t.csv")
    assert unit.startswith("1 quantity(ies) whose unit is not told: population: ")


def test_a_caption_s_range_of_years_is_no_year(faults):
    (year,) = faults("2013-2015年平均,\n地区,常住人口\n海南区,6\n", "t.csv")
    assert year.startswith("1 thing(s) that neither head nor rows tell: year of the figures")


@pytest.mark.parametrize("head", ["地区", "年份", "单位"])
def test_two_blocks_side_by_side_are_refused(faults, head):
    text = f"地区,年份,单位,常住人口,{head},儿童\n海南区,2020,人,5,乌达区,6\n"
    (told,) = faults(text, "t.csv")
    assert told.startswith("1 column head(s) not understood: ")
    assert "(E1)" in told


def test_an_unknown_key_of_a_mapping_is_named_with_the_nearest(catalog):
    given = {"columns": {"C": {"quantity": "population", "unti": "万人"}}, "yaer": 2020}
    with pytest.raises(DataError) as caught:
        made_from(given, "m.yaml", catalog)
    assert len(caught.value.faults) == 2
    assert "unit" in caught.value.faults[0]


def test_a_parent_that_is_wrong_is_named_and_not_its_area(faults):
    (parent,) = faults("上级,地区,年份,常住人口\n乱写市,海南区,2020,1\n", "t.csv")
    assert parent.startswith("1 parent(s) that the area of their row does not lie below")
    assert "乱写市 of 海南区 (A2)" in parent


@pytest.mark.parametrize("year", ["2020①", "2020*", "2020年†"])
def test_a_mark_of_a_footnote_is_no_part_of_a_year(read, year):
    intake = read(f"地区,年份,常住人口\n海南区,{year},1\n", "t.csv")
    assert intake.table["year"].tolist() == [2020]
    assert rules(intake)["B2"]


@pytest.mark.parametrize("total", ["合计", "全市合计", "合计：", "TOTAL:"])
def test_totals_are_set_aside_as_rows_and_as_columns(figures, read, total):
    expected = {("south", "population", 2020): (1, "exact")}
    assert (
        figures(f"地区,2020年\n海南区,1\n{total},5\n", "t.csv", quantity="population") == expected
    )
    wide = read(f"指标,海南区,{total}\n常住人口,1,5\n", "t.csv", year=2020)
    assert wide.table["value"].tolist() == [1]
    assert rules(wide)["C1"] == "total"


@pytest.mark.parametrize(("cell", "value"), [("300余人", 300), ("1.2万余人", 12_000)])
def test_an_odd_number_may_stand_before_its_unit(figures, cell, value):
    found = figures(f"地区,2020年\n海南区,{cell}\n", "t.csv", quantity="population")
    assert found["south", "population", 2020] == (value, "above")


@pytest.mark.parametrize("shown", ['0.00"万"', '">"0', '0"以上"', '[>=10000]0!.0,"万";0'])
def test_a_number_format_that_says_more_than_its_number_is_refused(
    faults, figures, make_workbook, shown
):
    rows = [["地区", "2020年", "2021年"], ["海南区", 95, 96]]
    content = make_workbook(rows, formats=[("B2", shown), ("C2", '[$-804]0"人"')])
    (told,) = faults(content, quantity="population")
    assert told.startswith("1 number format(s) that show a power of ten or a bound")
    assert "(表1!B2)" in told
    found = figures(content, quantity="population", cells={"B2": ">95"})
    assert found["south", "population", 2020] == (95, "above")


@pytest.mark.parametrize(
    ("head", "rule"),
    [("二〇二〇年", "chinese_digits"), ("２０２０", "full_width"), ("2020-21", "school_year")],
)
def test_how_a_head_was_read_is_logged(read, head, rule):
    text = f"地 区,{head}\n海南区,1\n"
    found = rules(read(text, "t.csv", quantity="population"))
    assert (found["A1"], found["B1"]) == ("name_cleaned", rule)
    found = rules(read("地区,其中：常住人口①,儿童\n海南区,1,2\n", "t.csv", year=2020))
    assert found == {"B1": "name_cleaned"}
