"""How good drafts are: texts of other kinds, and the plan that is encoded by hand."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

from edu_metrics.catalog import load_catalog
from edu_metrics.drafting import draft

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("judge_drafts", ROOT / "scripts" / "judge_drafts.py")
judge_drafts = sys.modules.setdefault(_spec.name, importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(judge_drafts)
TEXTS = sorted((ROOT / "tests" / "drafting" / "texts").glob("*.txt"))


@pytest.fixture(scope="module")
def judged():
    return {one.name: one for one in judge_drafts.tables([], load_catalog(ROOT))}


def test_there_are_six_texts_of_other_kinds_that_name_no_real_place():
    assert len(TEXTS) >= 6
    for path in TEXTS:
        assert re.search("虚构|invented", path.read_text("utf-8")), path.name


def test_an_encoding_quotes_its_text_once():
    for path in TEXTS:
        text = path.read_text("utf-8")
        for entry in yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))["promises"]:
            assert text.count(entry["at"]) == 1, entry["at"]


def test_the_plan_encoded_by_hand_is_drafted_as_the_table_of_measures_asks(judged):
    plan = judged["wuhai_2020_2022"]
    assert plan.wanted == 50
    assert plan.matched >= 49
    assert plan.matched / (plan.matched + plan.extra) >= 0.95
    assert plan.right >= 44
    assert plan.subjects >= 44
    assert plan.prefilled_right >= 0.95 * plan.prefilled > 0
    assert (plan.silent, plan.lost) == (0, 0)


@pytest.mark.parametrize("name", [path.stem for path in TEXTS])
def test_a_text_of_another_kind_is_drafted_well(judged, name):
    found = judged[name]
    assert found.matched >= 0.92 * found.wanted, found.wrong
    assert found.matched >= 0.85 * (found.matched + found.extra), found.wrong
    assert found.right >= 0.85 * found.matched, found.wrong
    assert found.subjects >= 0.80 * found.matched, found.wrong
    assert (found.silent, found.lost) == (0, 0), found.wrong


def test_a_draft_is_the_same_every_time():
    text = TEXTS[0].read_text("utf-8")
    first, second = draft(text, 2021, 2025), draft(text, 2021, 2025)
    assert first == second


def test_the_judge_sees_a_number_that_is_lost_and_one_that_is_wrong():
    text = "到2025年，巩固率达到95%。"
    made = draft(text, 2021, 2025)
    entry = {"at": "95%", "value": 96, "op": ">=", "type": "level", "unit": "percent", "year": 2025,
             "about": ["巩固率"]}  # fmt: skip
    found = judge_drafts.judge("t", text, [entry], made)
    assert (found.matched, found.right) == (1, 0)
    made.promises.clear()
    made.not_taken.clear()
    assert judge_drafts.lost(text, made) == 2


def test_a_wrong_unit_or_way_is_asked_only_by_a_question_about_it():
    text = "到2025年，巩固率达到95%。"
    entry = {"at": "95%", "value": 95, "op": "<=", "type": "level", "unit": "percent", "year": 2025,
             "about": ["巩固率"]}  # fmt: skip
    made = draft(text, 2021, 2025)
    assert made.promises[0].questions == ["indicator"]
    assert judge_drafts.judge("t", text, [entry], made).silent == 1
    made.promises[0].questions.append("which_way")
    assert judge_drafts.judge("t", text, [entry], made).silent == 0
    entry["unit"] = "persons"
    assert judge_drafts.judge("t", text, [entry], made).silent == 1
