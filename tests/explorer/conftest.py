"""The shipped studies in a folder of their own, and a small city that can be reckoned by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.explorer import Choice, Selection
from edu_metrics.observations import validate
from edu_metrics.reachability import SeriesStore
from edu_metrics.report import prepare

SHIPPED = Path(__file__).parents[2]
YEARS = (2017, 2018, 2019, 2020)


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """Copy definitions, raw files and notebooks; tables are built here and not in the project."""
    folder = tmp_path_factory.mktemp("shipped")
    for part in ("data/definitions", "data/raw", "notebooks"):
        shutil.copytree(SHIPPED / part, folder / part, ignore=shutil.ignore_patterns("simulated"))
    return folder


@pytest.fixture(scope="session")
def selection(root):
    return Selection(load_catalog(root), prepare)


DEFINITIONS = {
    "sources": "- {id: book, title: {zh: 册, en: Book}, publisher: {zh: 局, en: Bureau},"
    " licence: public, read: original, date: 2018-01-01}\n",
    "areas": "- {id: city, name: {zh: 市, en: City}, level: city}\n",
    "quantities": "".join(
        f"- {{id: {name}, name: {{zh: 数{name}, en: {name}}}, unit: persons, form: count}}\n"
        for name in ("passed", "failed", "sat")
    ),
    "indicators": "".join(
        f"- {{id: {name}, name: {{zh: 率{name}, en: {name}}}, unit: percent, formula: share,"
        f" inputs: {{part: {part}, whole: sat}}, better: {better}, bounds: [0, 100],"
        " citation: {source: book, locator: p. 1}}\n"
        for name, part, better in (
            ("pass_rate", "passed", "higher"), ("fail_rate", "failed", "lower"),
        )
    ),
    "breaks": "[]",
    "assumptions": "[]",
    "plans/plan": """
id: plan
title: {zh: 计划, en: Plan}
source: book
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [city]
targets:
"""
    + "".join(
        f"""
  - id: {name}
    title: {{zh: 目标, en: {name}}}
    article: "1"
    tier: numeric
    kind: level
    indicator: {indicator}
    areas: [city]
    population: {{zh: 全市, en: city}}
    unit: percent
    better: {better}
    deadline: 2022
    quote: 原文
    locator: 第1条
    readings:
      - {{id: r, label: {{zh: 读, en: r}}, default: true,
         conditions: [{{type: level, at: {{2022: "{bound}"}}}}]}}
"""
        for name, indicator, better, bound in (
            ("pass", "pass_rate", "higher", ">=90"), ("fail", "fail_rate", "lower", "<=10"),
        )
    ),
    "studies/study": """
id: study
title: {zh: 研究, en: Study}
plan: plan
areas: [city]
observations: [{type: file, path: "*.csv"}]
as_of: 2021-03-31
disclosure: published
note: {zh: 说明, en: Note}
""",
}  # fmt: skip


def make_city(folder, definitions):
    """Write the city where 74, 76, 78 and 80 % of 1,000 passed, and give its selection."""
    for name, text in definitions.items():
        path = folder / "data" / "definitions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    shutil.copytree(
        SHIPPED / "data" / "definitions" / "scenarios",
        folder / "data" / "definitions" / "scenarios",
        ignore=lambda _, names: set(names) - {
            "as_usual.yaml", "halt.yaml", "required_pace.yaml", "historical_pace.yaml",
            "start_a_year_late.yaml",
        },
    )  # fmt: skip
    catalog = load_catalog(folder)
    passed = (740, 760, 780, 800)
    rows = [
        {
            "area": "city", "year": year, "quantity": quantity, "group": "all",
            "period": "year", "value": value,
            "bound": "exact", "source": "book", "status": "reported",
            "vintage": f"{year + 1}-03-01",
        }
        for year, number in zip(YEARS, passed, strict=True)
        for quantity, value in (("passed", number), ("failed", 1000 - number), ("sat", 1000))
    ]  # fmt: skip
    store = SeriesStore(catalog, catalog.study("study"), validate(pd.DataFrame(rows), catalog))
    selection = Selection(catalog)
    selection._stores["study"] = store
    return selection


@pytest.fixture(scope="session")
def by_hand(tmp_path_factory):
    """Give the what_if of a target in the small city."""
    selection = make_city(tmp_path_factory.mktemp("small"), DEFINITIONS)
    return lambda name="pass": selection.what_if(Choice("study", "city", name))
