"""Three invented districts as a table, and the same numbers as a project folder."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

import edu_metrics as em

YEARS = range(2015, 2021)
COUNTS = {
    "Northside": ([300, 308, 312, 325, 330, 342], [410, 405, 398, 402, 399, 400]),
    "Lakeside": ([210, 212, 221, 222, 226, 232], [250, 248, 255, 251, 249, 252]),
    "Hillside": ([70, 72, 71, 77, 78, 81], [120, 118, 121, 119, 122, 120]),
}

DEFINITIONS = {
    "sources": """
- {id: bureau, title: {zh: 统计（虚构）, en: Statistics (invented)}, licence: invented,
   publisher: {zh: 局, en: Bureau}, read: original}
""",
    "areas": "".join(
        f"- {{id: {name.lower()}, name: {{zh: {name}, en: {name}}}, level: district}}\n"
        for name in COUNTS
    ),
    "quantities": """
- {id: passed, name: {zh: 及格人数, en: Passed}, unit: persons, form: count}
- {id: tested, name: {zh: 参考人数, en: Tested}, unit: persons, form: count}
- {id: rate, name: {zh: 及格率, en: Pass rate printed}, unit: percent, form: printed_rate}
""",
    "indicators": """
- {id: pass_rate, name: {zh: 及格率, en: Pass rate}, unit: percent, formula: share,
   inputs: {part: passed, whole: tested}, better: higher, bounds: [0, 100],
   citation: {source: bureau, locator: "1"}}
- {id: printed, name: {zh: 印出的率, en: Printed rate}, unit: percent, formula: as_published,
   inputs: {value: rate}, better: higher, bounds: [0, 100],
   citation: {source: bureau, locator: "1"}}
""",
    "breaks": "[]",
    "assumptions": "[]",
    "studies/town": """
id: town
title: {zh: 三区（虚构）, en: Three districts (invented)}
plan: town
areas: [northside, lakeside, hillside]
observations: [{type: file, path: "bureau/*/*.csv"}]
as_of: 2020-12-31
disclosure: published
note: {zh: 虚构, en: Invented}
""",
}
PLAN = """
id: town
title: {{zh: 计划, en: Plan}}
source: bureau
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [northside, lakeside, hillside]
targets:
{targets}
"""
TARGET = """
  - id: {name}
    title: {{zh: 目标, en: Target}}
    article: "1"
    tier: numeric
    kind: level
    indicator: {indicator}
    areas: [northside, lakeside, hillside]
    population: {{zh: 全体, en: all}}
    unit: percent
    better: higher
    deadline: {due}
    quote: words
    locator: "1"
    readings:
      - {{id: level, label: {{zh: 读, en: level}}, default: true,
         conditions: [{{type: level, at: {{{due}: "{bound}"}}}}]}}
"""
#: Every target of the project: id, indicator, bound, due.
TARGETS = (
    ("counted_90", "pass_rate", ">=90", 2022),
    ("counted_strict", "pass_rate", ">87", 2021),
    ("counted_all", "pass_rate", ">=100", 2022),
    ("printed_88", "printed", ">=88", 2022),
    ("printed_all", "printed", ">=100", 2022),
    ("met", "pass_rate", ">=60", 2020),
    ("far", "pass_rate", ">=95", 2031),
)


@pytest.fixture(scope="session")
def counts():
    """Passed and tested by district and year."""
    return pd.concat(
        [
            pd.DataFrame({"area": name, "year": YEARS, "passed": passed, "tested": tested})
            for name, (passed, tested) in COUNTS.items()
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="session")
def rates(counts):
    """The rates of the three districts, with the number tested."""
    value = em.share(counts["passed"], counts["tested"])
    return counts.assign(value=value, n=counts["tested"])[["area", "year", "value", "n"]]


@pytest.fixture(scope="session")
def printed(rates):
    """The same rates as a bureau prints them: one decimal, no numbers."""
    return rates.assign(value=rates["value"].round(1))[["area", "year", "value"]]


@pytest.fixture(scope="session")
def project(tmp_path_factory, counts, printed):
    """Give a project folder of the same numbers."""
    root = tmp_path_factory.mktemp("town")
    definitions = root / "data" / "definitions"
    for part in ("plans", "studies", "scenarios"):
        (definitions / part).mkdir(parents=True)
    targets = "".join(
        TARGET.format(name=name, indicator=indicator, bound=bound, due=due)
        for name, indicator, bound, due in TARGETS
    )
    for name, text in {**DEFINITIONS, "plans/town": PLAN.format(targets=targets)}.items():
        (definitions / f"{name}.yaml").write_text(text, "utf-8")
    folder = root / "data" / "raw" / "bureau" / "2020-12-31"
    folder.mkdir(parents=True)
    lines = ["place,quantity,year,value,bound,unit,status,source,published,note"]
    for row in counts.itertuples():
        for quantity in ("passed", "tested"):
            number = getattr(row, quantity)
            lines.append(f"{row.area},{quantity},{row.year},{number},exact,persons,reported,"
                         f"bureau,{row.year}-12-31,")  # fmt: skip
    lines += [
        f"{row.area},rate,{row.year},{row.value},exact,percent,reported,bureau,{row.year}-12-31,"
        for row in printed.itertuples()
    ]
    file = folder / "rates.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    seal = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_name("rates.csv.source.yaml").write_text(
        f"source: bureau\nlicence: invented\nsha256: {seal}\n", "utf-8"
    )
    return root
