"""A small plan and a small city, made anew for each test from the promise at hand."""

import datetime as dt
import re

import pandas as pd
import pytest
import yaml
from hypothesis import settings

from edu_metrics.catalog import Bound, Reading, load_catalog
from edu_metrics.observations.table import COLUMNS, KEYS, empty, faults_of_meaning
from edu_metrics.reachability import assess, checks_of

# How long an example takes depends on the machine, and says nothing of a verdict.
settings.register_profile("reachability", settings(), deadline=None, max_examples=60)
settings.load_profile("reachability")

SOURCES = """
- {id: yearbook, title: {zh: 年鉴, en: Yearbook}, publisher: {zh: 局, en: Bureau}, licence: public,
   read: original, date: 2018-01-01}
- {id: notice, title: {zh: 通知, en: Notice}, publisher: {zh: 局, en: Bureau}, licence: public,
   read: original, date: 2021-02-14}
"""

AREAS = """
- {id: nation, name: {zh: 国, en: Nation}, level: nation}
- {id: city, name: {zh: 市, en: City}, level: city, parent: nation}
- {id: east, name: {zh: 东区, en: East}, level: district, parent: city}
- {id: west, name: {zh: 西区, en: West}, level: district, parent: city}
- {id: south, name: {zh: 南区, en: South}, level: district, parent: city}
- {id: port, name: {zh: 港市, en: Port}, level: city, parent: nation}
- {id: mock, name: {zh: 模拟市, en: Mock}, level: city, invented: true}
"""

QUANTITIES = "".join(
    f"- {{id: {name}, name: {{zh: {name}, en: {name}}}, unit: {unit}, form: {form}}}\n"
    for name, unit, form in (
        ("passed", "persons", "count"),
        ("sat", "persons", "count"),
        ("failed", "persons", "count"),
        ("leavers", "persons", "count"),
        ("entrants", "persons", "count"),
        ("schools", "schools", "count"),
        ("budget", "yuan", "money"),
        ("pupils", "persons", "count"),
        ("teachers", "persons", "count"),
        ("rate_pct", "percent", "printed_rate"),
        ("ill_pct", "percent", "printed_rate"),
    )
)

#: Id, unit, formula, inputs, which way is better, and the upper bound.
INDICATORS = (
    ("pass_rate", "percent", "share", "{part: passed, whole: sat}", "higher", 100),
    ("fail_rate", "percent", "share", "{part: failed, whole: sat}", "lower", 100),
    ("printed", "percent", "as_published", "{value: rate_pct}", "higher", 100),
    ("ill", "percent", "as_published", "{value: ill_pct}", "lower", 100),
    ("retention", "percent", "cohort_retention",
     "{leaving: leavers, entrants: {quantity: entrants, lag: 9}}", "higher", None),
    ("number_of_schools", "schools", "count", "{value: schools}", "higher", None),
    ("spending", "yuan", "count", "{value: budget}", "higher", None),
    ("pupils_per_teacher", "ratio", "pupil_teacher_ratio",
     "{pupils: pupils, teachers: teachers}", "lower", None),
)  # fmt: skip


def _indicators():
    return "".join(
        f"- {{id: {name}, name: {{zh: {name}, en: {name}}}, unit: {unit}, formula: {formula},\n"
        f"   inputs: {inputs}, better: {better}, bounds: [0, {'null' if high is None else high}],\n"
        f"   citation: {{source: yearbook, locator: p. 1}}}}\n"
        for name, unit, formula, inputs, better, high in INDICATORS
    )


def _falls(conditions):
    """Say whether all bounds of conditions ask for less."""
    signs = set(re.findall(r"'([<>])", str(conditions)))
    return signs == {"<"} and "'rank'" not in str(conditions)


PLAN = yaml.safe_load("""
id: plan
title: {zh: 计划, en: Plan}
source: yearbook
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [city]
""")

STUDY = yaml.safe_load("""
id: study
title: {zh: 研究, en: Study}
plan: plan
areas: [city, east, west, south, port]
observations: [{type: file, path: "*.csv"}]
as_of: 2021-03-31
disclosure: published
note: {zh: 说明, en: Note}
""")


def _written(entry):
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(entry, Dumper=dumper, allow_unicode=True)


def _table(rows, catalog):
    """Put rows together as `validate` does; their shape is sound, and is not checked each time."""
    table = pd.concat(rows, ignore_index=True).reindex(columns=COLUMNS).astype(empty().dtypes)
    assert faults_of_meaning(table, catalog) == []
    return table.sort_values(list(KEYS), ignore_index=True)


@pytest.fixture(scope="session")
def bound():
    """Make a bound from its text."""
    return Bound.model_validate


@pytest.fixture(scope="session")
def checks():
    """Take conditions apart into checks, by default over two steps to 2022 within 0-100."""

    def make(*conditions, steps=2, deadline=2022, limits=(0, 100), **options):
        reading = Reading.model_validate(
            {"id": "r", "label": {"zh": "读", "en": "r"}, "conditions": list(conditions)}
        )
        return checks_of(reading, steps=steps, deadline=deadline, limits=limits, **options)

    return make


@pytest.fixture(scope="session")
def cells():
    """Make rows of one quantity from values by year; each published in March of the year after."""

    def make(quantity, values, area="city", **columns):
        rows = pd.DataFrame(
            {
                "area": area,
                "year": list(values),
                "quantity": quantity,
                "group": "all",
                "period": "year",
                "value": list(values.values()),
                "bound": "exact",
                "source": "yearbook",
                "status": "reported",
                "vintage": [f"{year + 1}-03-01" for year in values],
            }
        )
        return rows.assign(**columns)

    return make


@pytest.fixture(scope="session")
def rates(cells):
    """Make the counts behind a pass rate from the number who passed, by year."""

    def make(passed, sat=1000, area="city"):
        return pd.concat(
            [cells("passed", passed, area), cells("sat", dict.fromkeys(passed, sat), area)]
        )

    return make


@pytest.fixture(scope="session")
def promise():
    """Make a target; its readings are lists of conditions, the first one the default."""

    def make(*readings, name="goal", indicator="pass_rate", undecided=False, **more):
        entries = [
            {
                "id": f"r{n}",
                "label": {"zh": "读", "en": "r"},
                "default": n == 0,
                "conditions": list(c),
            }
            for n, c in enumerate(readings)
        ]
        if undecided:
            entries[0] = {
                **entries[0],
                "conditions": [],
                "undecided": {"zh": "不明", "en": "vague"},
            }
        usual = {
            "id": name,
            "title": {"zh": "目标", "en": "Target"},
            "article": "1",
            "tier": "numeric",
            "kind": "level",
            "indicator": indicator,
            "areas": ["city"],
            "population": {"zh": "全市", "en": "whole city"},
            "unit": "percent",
            "better": "lower" if readings and _falls(readings[0]) else "higher",
            "deadline": None,
            "quote": "原文",
            "locator": "第1条",
            "steps": [2, 3],
            "readings": entries,
        }
        return {**usual, **more}

    return make


@pytest.fixture
def case(tmp_path, cells):
    """Give catalog, study and table of targets and rows, as a project folder would hold them."""

    def make(targets, rows=(), *, as_of="2021-03-31", breaks="[]", **study):
        folder = tmp_path / "data" / "definitions"
        for name in ("plans", "studies"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        plan = {**PLAN, "targets": list(targets)}
        entry = {**STUDY, "as_of": dt.date.fromisoformat(as_of), **study}
        files = {
            "sources.yaml": SOURCES,
            "areas.yaml": AREAS,
            "quantities.yaml": QUANTITIES,
            "indicators.yaml": _indicators(),
            "breaks.yaml": breaks,
            "assumptions.yaml": "[]",
            "plans/plan.yaml": _written(plan),
            "studies/study.yaml": _written(entry),
        }
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
        catalog = load_catalog(tmp_path)
        # A row that no promise speaks of keeps the table from being empty.
        other = cells("schools", {1950: 1}, area="nation")
        return catalog, catalog.studies["study"], _table([other, *rows], catalog)

    return make


@pytest.fixture
def judge(case):
    """Assess one target in one area."""

    def run(target, rows=(), *, area="city", **options):
        (found,) = assess(*case([target], rows, **options), areas=(area,))
        return found

    return run
