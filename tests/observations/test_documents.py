"""What is quoted from a plan stands in its text, at the place that is named."""

from __future__ import annotations

import shutil
import unicodedata

import pytest

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations.documents import (
    _RADICALS,
    check_quotes,
    fold,
    plain_characters,
    quote_faults,
    text_of_plan,
)

TEXT = """某市教育计划
主要指标
指标\t2020年\t2022年
巩固率\t93\t>95
毛入学率\t85\t87
1. 普及。到 2022 年，⾼中毛入学率高于９５％。
2. 公平。覆盖率达到95%以上，在园幼儿占比50%。
三、保障
第三条 每年培训120人。
\f结尾
"""


@pytest.mark.parametrize(
    ("quote", "locator"),
    [
        ("到2022年，高中毛入学率高于95%", "第1条"),
        ("到2022年,高中毛入学率高于95%", "第一条"),
        ("覆盖率达到95%以上 …… 50%", "第2条"),
        ("每年培训120人", "article 3"),
        ("每年培训120人", "三、保障"),
        ("毛入学率 85 87", "主要指标表第2行"),
        ("巩固率 93 >95", "主要指标 table, row 1"),
        ("每年培训120人", "第9段"),
        ("结尾", "第2页"),
        ("结尾", "p. 2"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote, locator):
    assert quote_faults(TEXT, quote, locator) == []


@pytest.mark.parametrize(
    ("quote", "locator", "fault"),
    [
        ("毛入学率高于59%", "第1条", "nearest is '毛入学率高于95%'"),
        ("5%以上", "第2条", "is not in the text"),
        ("每年培训12", "第3条", "is not in the text"),
        ("50% …… 95%以上", "第2条", "is not in the text"),
        ("覆盖率达到95%以上", "第1条", "stands in the text, and not at '第1条'"),
        ("巩固率 93 >95", "主要指标表第2行", "and not at"),
        ("每年培训120人", "第7条", "the text has no '第7条'"),
        ("每年培训120人", "主要指标表第9行", "the text has no"),
        ("每年培训120人", "第30段", "the text has no"),
        ("每年培训120人", "第3页", "the text has no"),
        ("每年培训120人", "四、组织", "the text has no '四、组织'"),
        ("普及", "结尾", "and not at '结尾'"),
    ],
)
def test_a_quote_that_is_wrong_or_elsewhere_is_a_fault(quote, locator, fault):
    (found,) = quote_faults(TEXT, quote, locator)
    assert fault in found


def test_every_radical_stands_for_the_character_that_its_name_tells():
    named = dict(zip("⻅⻓⻔⻘⻚⻛⻝⻢⻩⻬⻰⺠⻄⻋", "见长门青页风食马黄齐龙民西车", strict=True))
    assert {sign: plain_characters(sign) for sign in named} == named
    assert all(0x2E80 <= key <= 0x2EFF for key in _RADICALS)
    # Where Unicode has a mapping of its own, ours says the same.
    assert plain_characters("⺟⼀⾼⿓") == unicodedata.normalize("NFKC", "⺟⼀⾼⿓") == "母一高龍"


def test_a_number_at_the_edge_of_a_sentence_is_no_part_of_another():
    text = "A ratio of 25:1.\n\n60 percent will pass every year.\n90+ percent will stay."
    for quote in ("A ratio of 25:1", "60 percent will pass every year", "90+ percent will stay"):
        assert not any("is not in the text" in f for f in quote_faults(text, quote, "paragraph 1"))
    assert quote_faults("A ratio of 25:1.60", "A ratio of 25:1", "paragraph 1")


def test_what_typesetters_write_in_several_ways_is_one():
    assert fold("“四进”—１００％ 全 覆盖") == fold('"四进"-100%全覆盖')
    assert fold("by  2030, at\tleast") == fold("by 2030,\nat least")


@pytest.fixture(scope="module")
def shipped():
    return load_catalog(find_root())


@pytest.fixture
def copied(tmp_path):
    """Copy the definitions and the one text, to change them."""
    for part in ("definitions", "raw/wuhai_city_offices"):
        shutil.copytree(find_root() / "data" / part, tmp_path / "data" / part)
    return tmp_path


def change(root, name, old, new):
    path = root / "data" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_every_quote_of_the_plan_that_is_shipped_with_its_text_stands_there(shipped):
    plan = shipped.plans["wuhai_2020_2022"]
    text = text_of_plan(shipped, plan)
    assert [f for t in plan.targets for f in quote_faults(text, t.quote, t.locator)] == []
    assert plan.id not in check_quotes(shipped)
    assert "china_plan_13" in check_quotes(shipped)


def test_a_number_changed_in_a_quote_is_a_fault_of_its_target(copied):
    change(copied, "definitions/plans/wuhai_2020_2022.yaml", '高于95%"', '高于59%"')
    with pytest.raises(DefinitionError) as raised:
        check_quotes(load_catalog(copied))
    (fault,) = raised.value.faults
    assert "A06b_inclusive_coverage" in fault
    assert "nearest is '普惠性幼儿园覆盖率高于95%'" in fault


def test_a_text_that_was_edited_is_a_fault_and_without_one_quotes_are_unverified(copied):
    path = copied / "data" / "raw" / "wuhai_city_offices" / "2020-12-02" / "plan.txt"
    path.write_text(path.read_text("utf-8").replace("高于95%", "高于59%"), "utf-8")
    with pytest.raises(DataError, match="was edited"):
        check_quotes(load_catalog(copied))
    path.unlink()
    assert "wuhai_2020_2022" in check_quotes(load_catalog(copied))
