"""What rules make of single sentences: the ways in which plans state promises, and the traps."""

from __future__ import annotations

import pytest

from edu_metrics.drafting import draft
from edu_metrics.drafting.rules import load_rules, numbers_in


def of(text, first=2021, last=2025):
    return draft(text, first, last).promises


def one(text, first=2021, last=2025):
    (found,) = [p for p in of(text, first, last) if p["value"] is not None]
    return found


def told(found):
    return found["type"], found["op"], found["value"], found["unit"], found["year"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2025年，巩固率达到96%以上。", ("level", ">=", 96, "percent", 2025)),
        ("到2024年底，巩固率高于96%。", ("level", ">", 96, "percent", 2024)),
        ("辍学率控制在0.5%以内。", ("level", "<=", 0.5, "percent", 2025)),
        ("近视率降低到38%以下。", ("level", "<=", 38, "percent", 2025)),
        ("巩固率由93%提高到95%。", ("from_to", ">=", 95, "percent", 2025)),
        ("近视率从56.5%调整到53%。", ("from_to", "<=", 53, "percent", 2025)),
        ("及格率每年提升5—8个百分点。", ("yearly_change", ">=", 5, "points", 2025)),
        ("近视率每年下降1个百分点以上。", ("yearly_change", "<=", -1, "points", 2025)),
        ("本科上线率比2020年提高5个百分点。", ("total_change", ">=", 5, "points", 2025)),
        ("生均经费年均增长7%。", ("yearly_change", ">=", 7, "percent", 2025)),
        ("录取人数翻一番。", ("doubling", ">=", 100, "percent", 2025)),
        ("低分率降低一半。", ("halving", "<=", -50, "percent", 2025)),
        ("新建公办幼儿园12所。", ("cumulative", ">=", 12, "kindergartens", 2025)),
        ("每年培养骨干教师50人。", ("each_year", ">=", 50, "persons", 2025)),
        ("新增学位1.2万个。", ("cumulative", ">=", 12_000, "places", 2025)),
        ("安排资金2—3亿元。", ("cumulative", ">=", 2e8, "yuan", 2025)),
        ("每个乡镇建有1所公办幼儿园。", ("each_unit", ">=", 1, "kindergartens", 2025)),
        ("100%的中小学配齐体育教师。", ("coverage", ">=", 100, "percent", 2025)),
        ("全市60%以上的党支部达到标准。", ("coverage", ">=", 60, "percent", 2025)),
        ("综合水平进入全省前10名。", ("rank", "<=", 10, "rank", 2025)),
        ("教育支出逐年只增不减。", ("only_increase", ">", 0, "yuan", 2025)),
        ("每年开展督导评估2次。", ("frequency", ">=", 2, "times", 2025)),
        ("每两年开展一次教师轮训。", ("frequency", ">=", 2, "years", 2025)),
        ("教师每3年至少轮训1次。", ("frequency", ">=", 3, "years", 2025)),
        ("优秀率力争达到三分之一。", ("level", ">=", 33.3333, "percent", 2025)),
        ("普及率达到百分之九十五。", ("level", ">=", 95, "percent", 2025)),
        ("中职在校生规模稳定在3000人左右。", ("level", "~", 3000, "persons", 2025)),
        ("保教费标准不得高于每月1200元。", ("level", "<=", 1200, "yuan", 2025)),
        ("集团化办学覆盖率不得低于八成。", ("level", ">=", 80, "percent", 2025)),
        ("高中阶段毛入学率：2024年92.5%。", ("level", ">=", 92.5, "percent", 2024)),
        ("三分之二以上的乡镇中心园达标。", ("coverage", ">=", 66.6667, "percent", 2025)),
        ("生均公用经费标准提高到每生每年600元。", ("level", ">=", 600, "yuan", 2025)),
        ("骨干教师不低于交流教师总数的20%。", ("level", ">=", 20, "percent", 2025)),
        ("“双师型”教师占专业课教师总数超过一半。", ("level", ">", 50, "percent", 2025)),
        ("到2030年，近视率控制在3%左右。", ("level", "<=", 3, "percent", 2030)),
        ("生师比不高于20:1。", ("level", "<=", 20, "ratio", 2025)),
        ("辍学人数动态清零。", ("level", "<=", 0, "persons", 2025)),
        ("实现千兆网络全覆盖。", ("coverage", ">=", 100, "percent", 2025)),
        ("撤并10人以下教学点12个。", ("cumulative", ">=", 12, "count", 2025)),
        ("Cut the number of young people out of school by 10,000 per year.",
         ("yearly_change", "<=", -10_000, None, 2025)),
        ("Debt will not exceed 60 percent of wages.", ("coverage", "<=", 60, "percent", 2025)),
        ("Place 1 in 5 teachers in rural schools.", ("coverage", ">=", 20, "percent", 2025)),
        ("The ratio will fall from 46:1 to 35:1.", ("from_to", "<=", 35, "ratio", 2025)),
        ("Suspension rate: 6.2% to 3.0%", ("from_to", "<=", 3, "percent", 2025)),
        ("Invest $1.2 billion between 2022 and 2024.",
         ("cumulative", ">=", 1.2e9, "dollars", 2024)),
        ("Staff retention will be maintained at or above 92 percent.",
         ("level", ">=", 92, "percent", 2025)),
        ("By 2024, at least 95 per cent of girls read.", ("coverage", ">=", 95, "percent", 2024)),
        ("Raise the graduation rate to 90 percent.", ("level", ">=", 90, "percent", 2025)),
        ("Enrolment will grow from 74% to 90% by 2024.", ("from_to", ">=", 90, "percent", 2024)),
        ("The dropout rate will change from 12% to 9%.", ("from_to", "<=", 9, "percent", 2025)),
        ("Reduce absenteeism by half.", ("halving", "<=", -50, "percent", 2025)),
        ("No more than 10 percent of pupils will repeat.", ("coverage", "<=", 10, "percent", 2025)),
        ("Increase proficiency by 5 percentage points each year.",
         ("yearly_change", ">=", 5, "points", 2025)),
        ("Create 500 new places by 2023.", ("cumulative", ">=", 500, "places", 2023)),
        ("Double the number of girls in science.", ("doubling", ">=", 100, "percent", 2025)),
        ("One in three principals will be women.", ("coverage", ">=", 33.3333, "percent", 2025)),
        ("Thirty percent of staff will hold a degree.", ("coverage", ">=", 30, "percent", 2025)),
        ("All schools will have a library by FY2024.", ("coverage", ">=", 100, "percent", 2024)),
        ("Attendance will reach 96% by the 2023-24 school year.",
         ("level", ">=", 96, "percent", 2024)),
    ],
)  # fmt: skip
def test_a_sentence_is_read_as_what_it_promises(text, expected):
    assert told(one(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Girls' completion of lower secondary will increase by 15%.",
         ("total_change", ">=", 15, "percent", 2025)),
        ("Higher education enrolment will fall by 10%.",
         ("total_change", "<=", -10, "percent", 2025)),
        ("To cut poverty, the share of pupils in school will increase to 80%.",
         ("level", ">=", 80, "percent", 2025)),
        ("Despite falling rolls, spending will increase by 10%.",
         ("total_change", ">=", 10, "percent", 2025)),
        ("Close the gap by increasing attendance by 5%.",
         ("total_change", ">=", 5, "percent", 2025)),
        ("Drop-out prevention coverage will increase by 20%.",
         ("total_change", ">=", 20, "percent", 2025)),
        ("Expand lower primary enrolment by 2,000.",
         ("total_change", ">=", 2000, None, 2025)),
        ("Bring the dropout rate down to 4%.", ("level", "<=", 4, "percent", 2025)),
        ("Attendance will not be lower than 90%.", ("level", ">=", 90, "percent", 2025)),
        ("Attendance must never fall below 90%.", ("level", ">=", 90, "percent", 2025)),
        ("Spending will not be cut below 4% of GDP.", ("level", ">=", 4, "percent", 2025)),
        ("Class size will not rise above 30.", ("level", "<=", 30, None, 2025)),
        ("Halve the number of children out of school.",
         ("halving", "<=", -50, "percent", 2025)),
        ("未达标学校数量减少一半。", ("halving", "<=", -50, "percent", 2025)),
        ("Invest £2.6bn in schools.", ("cumulative", ">=", 2.6e9, "pounds", 2025)),
        ("Spending will rise to £2.6m.", ("level", ">=", 2.6e6, "pounds", 2025)),
        ("Allocate $450k to libraries.", ("cumulative", ">=", 450_000, "dollars", 2025)),
    ],
)  # fmt: skip
def test_the_way_is_that_of_the_verb_nearest_before_the_number(text, expected):
    assert told(one(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新增投入比例提高3个百分点。", ("total_change", ">=", 3, "points", 2025)),
        ("普惠园建设比例增幅达到5个百分点。", ("total_change", ">=", 5, "points", 2025)),
        ("每年新建幼儿园3至5所。", ("each_year", ">=", 3, "kindergartens", 2025)),
        ("每年培训500—800人次。", ("each_year", ">=", 500, "persons", 2025)),
        ("到2024年培训教师100名。", ("cumulative", ">=", 100, "persons", 2024)),
        ("三成教师具有研究生学历。", ("coverage", ">=", 30, "percent", 2025)),
        ("半数以上的教师达标。", ("coverage", ">=", 50, "percent", 2025)),
        ("企业教师授课课时达到总课时的三成。", ("level", ">=", 30, "percent", 2025)),
        ("优质园占比达到两成。", ("level", ">=", 20, "percent", 2025)),
        ("在校生达到20 000人。", ("level", ">=", 20_000, "persons", 2025)),
        ("At least 3 out of 4 pupils will read.", ("coverage", ">=", 75, "percent", 2025)),
        ("Train 1 250 000 teachers.", ("cumulative", ">=", 1_250_000, "persons", 2025)),
        ("Attendance will reach 97,5%.", ("level", ">=", 97.5, "percent", 2025)),
        ("Attendance will reach two-thirds.", ("level", ">=", 66.6667, "percent", 2025)),
    ],
)  # fmt: skip
def test_a_number_is_read_whole_and_as_what_its_words_say(text, expected):
    assert told(one(text)) == expected


@pytest.mark.parametrize("words", ["达到或超过", "达到或高于"])
def test_reached_or_exceeded_is_a_floor_and_no_subject(words):
    found = one(f"巩固率{words}95%。")
    assert (found["subject"], found["op"]) == ("巩固率", ">=")


@pytest.mark.parametrize("text", [
    "巩固率达到85%（2022年）、90%（2025年）。",
    "Retention will reach 85% (2022) and 90% (2025).",
    "Raise retention to 85% (2022) and 90% (2025).",
])  # fmt: skip
def test_each_number_of_a_list_has_the_year_in_brackets_behind_it(text):
    assert [(p["value"], p["year"]) for p in of(text)] == [(85, 2022), (90, 2025)]


@pytest.mark.parametrize(("text", "printed"), [
    (f"覆盖率达到{'9' * 400}%。", "999"), (f"Attendance will reach {'9' * 400}%.", "999"),
    ("教师中两成为骨干。", "两成"), ("Two-thirds, in short.", "Two-thirds"),
])  # fmt: skip
def test_a_number_that_no_rule_reads_is_listed(text, printed):
    made = draft(text, 2021, 2025)
    assert [p["value"] for p in made.promises] == []
    assert any(left["number"].startswith(printed) for left in made.not_taken)


def test_a_number_in_brackets_in_a_table_of_levels_has_its_type_asked():
    text = (
        "计划（2021—2025年）\n指标\t2020年\t2025年\n新增学位（个）\t0\t[15]\n巩固率（%）\t94\t95\n"
    )
    first, second = of(text)
    assert "type" in first.questions
    assert "type" not in second.questions


@pytest.mark.parametrize("text", [
    "Increase the share of schools with falling rolls by 10%.", "生师比达到15:1。",
])  # fmt: skip
def test_words_that_point_both_ways_are_asked(text):
    assert "which_way" in one(text).questions


@pytest.mark.parametrize("joint", ["和", "、", "及"])
def test_a_unit_printed_behind_the_last_number_of_a_list_is_that_of_the_first(joint):
    first, *_ = of(f"小学、初中的达标率分别提高9个{joint}6.5个百分点。")
    assert told(first) == ("total_change", ">=", 9, "points", 2025)
    (counted,) = of("新建公园9个。")
    assert counted["unit"] == "count"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("根据《通知》（教基〔2018〕4号）执行。", "document_number"),
        ("巩固九年义务教育。", None),
        ("稳步推进1+X证书试点和“3+2”培养。", "name"),
        ("启动第二期行动计划。", None),
        ("对3—5岁幼儿予以资助。", "age"),
        ("截至2020年底，毛入园率达到85.2%。", "past"),
        ("2019年，巩固率达到94.8%。", "past"),
        ("In 2019, 58 per cent of pupils could read.", "past"),
        ("Children aged 3 to 5 will play.", "age"),
    ],
)
def test_what_is_no_promise_is_listed_with_why(text, why):
    made = draft(text, 2021, 2025)
    assert [p for p in made.promises if p["value"] is not None] == []
    assert why is None or why in {left["why"] for left in made.not_taken}


def test_a_base_that_belongs_to_another_number_is_not_taken():
    first, second = of("入园率、巩固率分别由95%、96%提高到97%、98%。")
    assert (first["subject"], first["value"]) == ("入园率", 97)
    assert (second["subject"], second["value"]) == ("巩固率", 98)
    assert first["base"] is None


def test_a_base_year_is_no_deadline():
    found = one("到2025年，招生人数在2018年的基础上增加20%。")
    assert (found["year"], found["base_year"]) == (2025, 2018)


def test_a_number_of_years_that_rises_is_no_yearly_change():
    found = one("新增劳动力平均受教育年限从12.4年提高到13.5年。", 2010, 2020)
    assert told(found) == ("from_to", ">=", 13.5, "years", 2020)
    assert found["base"] == 12.4


def test_the_verb_and_the_numbers_that_differ_are_asked():
    found = one("近视率由53%降低到56.5%。")
    assert found["op"] == ">="
    assert "which_way" in found.questions


def test_a_bare_number_is_asked_and_both_readings_are_written():
    found = one("优秀率70%。")
    assert "floor_or_exact" in found.questions
    assert [r["conditions"][0]["at"] for r in found.readings] == [{2025: ">=70"}, {2025: "==70"}]


def test_what_is_about_a_number_is_a_ceiling_where_less_is_better():
    assert one("学校由428所调整到350所左右。").readings[0]["conditions"][0]["at"] == {2025: "<=350"}
    assert one("学校由320所增加到350所左右。").readings[0]["conditions"][0]["at"] == {2025: ">=350"}


def test_a_percentage_of_a_rate_is_asked_and_both_readings_are_written():
    found = one("“双一流”录取率每年提升5%。")
    assert "percent_or_points" in found.questions
    assert [r["conditions"][0]["unit"] for r in found.readings] == ["percent", "points"]


def test_the_scope_is_carried_over_clauses():
    low, excellent, high = of("小学阶段低年级及格率达到100%，优秀率70%；高年级及格率达到95%。")
    assert (low["subject"], excellent["subject"]) == ("小学阶段低年级及格率", "优秀率")
    assert excellent["scope"] == "小学阶段低年级"
    assert high["scope"] == "小学阶段"


def test_respectively_pairs_subjects_and_numbers():
    found = of("小学、初中专任教师本科以上学历比例分别达到85%和95%以上。")
    assert [(p["subject"], p["value"]) for p in found] == [
        ("小学专任教师本科以上学历比例", 85), ("初中专任教师本科以上学历比例", 95)]  # fmt: skip


def test_what_does_not_pair_is_left_open():
    found = of("小学、初中和高中升学率分别达到85%和95%。")
    assert all("several_subjects" in p.questions for p in found)


def test_a_year_that_is_not_printed_is_asked():
    assert "year_assumed" in one("巩固率达到96%。").questions
    assert "year_assumed" not in one("到2025年，巩固率达到96%。").questions


def test_numbers_in_words():
    en, zh = load_rules("en"), load_rules("zh")
    assert numbers_in("nine in ten", en) == (90.0,)
    assert numbers_in("一百二十", zh) == (120.0,)
    assert numbers_in("1:7", zh) == (0.142857,)
    assert numbers_in("许多", zh) == ()


def test_a_sentence_without_an_end_is_looked_at_around_its_number_alone():
    from edu_metrics.drafting.context import clause_of, sentence_of

    rules = load_rules("zh")
    endless = "95%、" * 2000
    first, last = sentence_of(endless, 4000, rules)
    assert first <= 4000 < last
    assert last - first <= 1200
    first, last = clause_of(endless, 4000, rules)
    assert last - first <= 1200
    assert sentence_of("一。二三。四", 3, rules) == (2, 5)


def test_a_unit_in_the_caption_of_a_table_is_read_in_either_of_its_forms():
    for caption in ("Targets (%)", "Targets in percent"):
        text = f"Plan 2021-2025\n\n{caption}\nIndicator\t2020\t2025\nRetention rate\t93\t95\n"
        assert one(text)["unit"] == "percent", caption
