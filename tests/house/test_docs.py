"""Pages that are made from definitions are what their script makes of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from edu_metrics.catalog import Assumption, load_catalog

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def make_docs():
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(ROOT)


def test_the_page_of_assumptions_is_what_the_definitions_say(make_docs, catalog):
    page = (ROOT / "docs" / "assumptions.md").read_text("utf-8")
    assert page == make_docs.assumptions_page(catalog), "run: python scripts/make_docs.py"


def test_every_assumption_stands_there_in_both_languages_with_its_ratings(make_docs, catalog):
    page = make_docs.assumptions_page(catalog)
    assert page.count("\n## ") == len(catalog.assumptions)
    sections = {part.split("`")[1]: part for part in page.split("\n## ")[1:]}
    assert set(sections) == set(catalog.assumptions)
    for name, entry in catalog.assumptions.items():
        section = sections[name]
        for text in (entry.title, entry.text):
            for words in (text.zh, text.en):
                assert " ".join(words.split()).replace("|", "\\|") in section
        assert f"quality 依据: {entry.quality} " in section
        assert f"impact 影响: {entry.impact} " in section
        assert ("未核实" in section) == entry.unverified
        if entry.citation:
            assert catalog.sources[entry.citation.source].title.zh in section
            assert entry.citation.locator in section


def test_the_weakest_and_weightiest_stand_first(make_docs, catalog):
    page = make_docs.assumptions_page(catalog)
    order = [part.split("`")[1] for part in page.split("\n## ")[1:]]
    both_red = {
        entry.id for entry in catalog.assumptions.values() if entry.quality == entry.impact == "red"
    }
    assert both_red
    assert set(order[: len(both_red)]) == both_red


def test_a_bar_or_a_line_break_in_a_text_does_not_break_the_table(make_docs, catalog):
    entry = Assumption.model_validate(
        {
            "id": "odd",
            "title": {"zh": "甲", "en": "Odd"},
            "text": {"zh": "甲|乙", "en": "one\ntwo | three"},
            "quality": "red",
            "impact": "green",
        }
    )
    section = make_docs._section(catalog, entry)
    assert "| one two \\| three | 甲\\|乙 |\n" in section
    assert "未核实" not in section
    assert "Source" not in section
