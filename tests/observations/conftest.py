"""A small project of its own for these tests: one real city, one invented, and a coded family."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from edu_metrics.catalog import load_catalog
from edu_metrics.observations import HEADER, validate

# How long an example takes depends on the machine, and says nothing of the code.
settings.register_profile("observations", settings(), deadline=None)
settings.load_profile("observations")

SOURCES = """
- {id: yearbook, title: {zh: 年鉴, en: Yearbook}, publisher: {zh: 统计局, en: Bureau},
   licence: public, read: original}
- {id: bulletin, title: {zh: 公报, en: Bulletin}, publisher: {zh: 教育局, en: Office},
   licence: public, read: original}
- {id: generator, title: {zh: 模拟, en: Simulation}, publisher: {zh: 本工具, en: This toolkit},
   licence: MIT, read: original}
"""

GROUPS = """
- {id: girls, name: {zh: 女, en: Girls}}
- {id: boys, name: {zh: 男, en: Boys}}
"""

AREAS = """
- {id: nation, name: {zh: 全国, en: Nation}, level: nation}
- {id: city, name: {zh: 乌海市, en: Wuhai}, aliases: [乌海], level: city, parent: nation}
- {id: east, name: {zh: 海勃湾区, en: Haibowan}, level: district, parent: city}
- {id: west, name: {zh: 乌达区, en: Wuda}, aliases: [乌达], level: district, parent: city}
- {id: south, name: {zh: 海南区, en: Hainan}, level: district, parent: city}
- {id: ghost, name: {zh: 虚构区, en: Ghost}, level: district, parent: city, invented: true}
- {id: port, name: {zh: 港城, en: Port}, level: city}
- {id: harbour, name: {zh: 港区, en: Harbour}, level: district, parent: port}
- {id: hills, name: {zh: 山区, en: Hills}, level: district, parent: port}
- {id: new_town, name: {zh: 新区, en: New Town}, level: district, parent: port, valid_from: 2019}
- {id: hill_school, name: {zh: 山上小学, en: Hill School}, level: school, parent: hills}
- {id: dale_school, name: {zh: 山下小学, en: Dale School}, level: school, parent: hills}
- {id: mock, name: {zh: 模拟市, en: Mock City}, level: city, invented: true}
- {id: mock_a, name: {zh: 模拟甲区, en: Mock A}, level: district, parent: mock, invented: true}
- {id: mock_b, name: {zh: 模拟乙区, en: Mock B}, level: district, parent: mock, invented: true}
- {id: coded, name: {zh: "学区{code}", en: "No. {code}"}, level: district, codes: ["1010", "3010"]}
"""

QUANTITIES = """
- {id: population, name: {zh: 常住人口, en: Population}, unit: persons, form: count}
- {id: children, name: {zh: 0-14岁人口, en: Children}, aliases: [儿童], unit: persons, form: count}
- {id: entrants, name: {zh: 小学招生, en: Entrants}, unit: persons, form: count}
- {id: grade_9, name: {zh: 初三在校生, en: Pupils in grade 9}, unit: persons, form: count}
- {id: leavers, name: {zh: 初中毕业生, en: Leavers}, unit: persons, form: count}
- {id: schools, name: {zh: 学校, en: Schools}, unit: schools, form: count}
- {id: budget, name: {zh: 教育经费, en: Budget}, unit: yuan, form: money}
- {id: children_share_pct, name: {zh: 占比, en: Printed share}, unit: percent, form: printed_rate}
- {id: retention_pct, name: {zh: 巩固率, en: Printed retention}, unit: percent, form: printed_rate}
"""

#: Id, formula, inputs and upper bound; what else an indicator needs is the same for all.
INDICATORS = (
    ("children_share", "share", "{part: children, whole: population}", 100),
    ("children_share_published", "as_published", "{value: children_share_pct}", 100),
    ("retention_stock", "cohort_retention",
     "{leaving: grade_9, entrants: {quantity: entrants, lag: 8}}", None),
    ("retention_leavers", "cohort_retention",
     "{leaving: leavers, entrants: {quantity: entrants, lag: 9}}", None),
    ("retention_published", "as_published", "{value: retention_pct}", None),
    ("number_of_schools", "count", "{value: schools}", None),
    ("budget_per_head", "per_head", "{amount: budget, persons: population}", None),
    ("children_parity", "parity_index",
     "{first: {quantity: children, group: girls}, second: {quantity: children, group: boys}}",
     None),
)  # fmt: skip

UNITS = {"count": "schools", "per_head": "yuan_per_pupil", "parity_index": "ratio"}

INDICATOR = """
- id: {id}
  name: {{zh: {id}, en: {id}}}
  unit: {unit}
  formula: {formula}
  inputs: {inputs}
  better: neither
  bounds: [0, {high}]
  relations: {relations}
  citation: {{source: yearbook, locator: p. 1}}
"""


def indicators() -> str:
    published = "[{kind: published_form_of, indicators: [children_share]}]"
    return "".join(
        INDICATOR.format(
            id=name,
            formula=formula,
            unit=UNITS.get(formula, "percent"),
            inputs=inputs,
            high="null" if high is None else high,
            relations=published if name == "children_share_published" else "[]",
        )
        for name, formula, inputs, high in INDICATORS
    )


PLAN = """
id: plan
title: {zh: 计划, en: Plan}
source: bulletin
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [city]
targets:
  - {id: t1, title: {zh: 目标, en: Target}, article: "1", tier: dated, kind: milestone,
     indicator: null, areas: [city], population: {zh: 全市, en: whole city}, unit: none,
     better: reach, deadline: 2021, quote: 到2021年, locator: 第1条}
"""

STUDIES = {
    "real": """
id: real
title: {zh: 研究, en: Study}
plan: plan
areas: [city]
compare_with: [nation]
observations: [{type: file, path: "bureau/**/*.csv"}]
as_of: 2021-12-31
note: {zh: 说明, en: Note}
""",
    "invented": """
id: invented
title: {zh: 模拟研究, en: Invented study}
plan: plan
areas: [mock]
binding: {city: mock}
observations: [{type: simulated, city: mock, seed: 1, first_year: 2016, last_year: 2021}]
as_of: 2021-12-31
simulated: true
note: {zh: 说明, en: Note}
""",
}


def write_definitions(root: Path) -> Path:
    folder = root / "data" / "definitions"
    for name in ("plans", "studies"):
        (folder / name).mkdir(parents=True)
    files = {
        "sources.yaml": SOURCES,
        "areas.yaml": AREAS,
        "groups.yaml": GROUPS,
        "quantities.yaml": QUANTITIES,
        "indicators.yaml": indicators(),
        "breaks.yaml": "[]",
        "assumptions.yaml": "[]",
        "plans/plan.yaml": PLAN,
        **{f"studies/{name}.yaml": text for name, text in STUDIES.items()},
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return root


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    return load_catalog(write_definitions(tmp_path_factory.mktemp("definitions")))


@pytest.fixture
def project(tmp_path):
    """Give a project folder of this test's own, whose files it may change."""
    return write_definitions(tmp_path)


@pytest.fixture(scope="session")
def rows():
    """Make unchecked rows of ``(area, year, quantity, value)``; further columns by keyword."""

    def make(*cells, **columns):
        table = pd.DataFrame(cells, columns=["area", "year", "quantity", "value"])
        usual = {
            "group": "all",
            "period": "year",
            "bound": "exact",
            "source": "yearbook",
            "status": "reported",
            "vintage": "2022-06-01",
        }
        return table.assign(**{**usual, **columns})

    return make


@pytest.fixture(scope="session")
def table(rows):
    """Make a checked table of the same."""

    def make(*cells, **columns):
        return validate(rows(*cells, **columns))

    return make


@pytest.fixture(scope="session")
def write_raw():
    """Write a raw file with its sidecar, from rows in the order of the header."""

    usual = ",".join(HEADER)

    def write(path, *lines, header=usual, seal=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        content = "\n".join([header, *lines, ""]).encode()
        path.write_bytes(content)
        if seal:
            digest = hashlib.sha256(content).hexdigest()
            sidecar = path.with_name(f"{path.name}.source.yaml")
            sidecar.write_text(f"source: yearbook\nsha256: {digest}\n", "utf-8")
        return path

    return write
