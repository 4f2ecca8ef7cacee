"""A small, sound set of definitions that a test may break."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from edu_metrics.catalog import Catalog, load_catalog
from edu_metrics.errors import DefinitionError

FILES = {
    "sources": """
- {id: law, title: {zh: 办法, en: Rules}, publisher: {zh: 教育部, en: Ministry}, licence: public,
   read: original}
- {id: plan_text, title: {zh: 计划, en: Plan}, publisher: {zh: 市政府, en: City}, licence: public,
   read: copy, date: 2020-12-02}
""",
    "areas": """
- {id: nation, name: {zh: 全国, en: Nation}, level: nation}
- {id: city, name: {zh: 港城市, en: Port City}, aliases: [港城, Port], level: city, parent: nation}
- {id: east, name: {zh: 东区, en: East}, level: district, parent: city}
- {id: west, name: {zh: 西区, en: West}, level: district, parent: city}
- {id: mock, name: {zh: 模拟市, en: Mock City}, level: city, invented: true}
- {id: mock_east, name: {zh: 模拟东区, en: Mock East}, level: district, parent: mock,
   invented: true}
- {id: coded, name: {zh: "学区{code}", en: "No. {code}"}, level: district, parent: nation,
   codes: ["1010", "3010"]}
""",
    "quantities": """
- {id: pupils, name: {zh: 学生, en: Pupils}, aliases: [在校生], unit: persons, form: count}
- {id: passing, name: {zh: 及格, en: Passing}, unit: persons, form: count}
- {id: entrants, name: {zh: 招生, en: Entrants}, unit: persons, form: count}
- {id: pass_pct, name: {zh: 公布的及格率, en: Printed rate}, unit: percent, form: printed_rate}
""",
    "indicators": """
- id: pass_rate
  name: {zh: 及格率, en: Pass rate}
  unit: percent
  formula: share
  parameters: {cut: {value: 60, unverified: true}, band: 7-12}
  inputs: {part: passing, whole: pupils}
  better: higher
  bounds: [0, 100]
  citation: {source: law, locator: art. 1}
  assumptions: [cut_60]
- id: pass_rate_published
  name: {zh: 及格率（公布）, en: Printed pass rate}
  unit: percent
  formula: as_published
  inputs: {value: pass_pct}
  better: higher
  bounds: [0, 100]
  relations: [{kind: published_form_of, indicators: [pass_rate]}]
  citation: {source: law, locator: art. 1}
- id: retention
  name: {zh: 巩固率, en: Retention}
  unit: percent
  formula: cohort_retention
  inputs: {leaving: pupils, entrants: {quantity: entrants, lag: 8}}
  better: higher
  bounds: [0, null]
  citation: {source: law, locator: art. 2}
""",
    "breaks": """
- {id: new_test, indicator: pass_rate, areas: [city], year: 2019, why: {zh: 新卷, en: New test},
   citation: {source: law, locator: art. 3}}
""",
    "knowledge": """
- {id: pace, type: norm_pace, indicator: pass_rate, area: nation, points_per_year: 1,
   citation: {source: law, locator: art. 4}}
- {id: bands, type: parts_of_whole, whole: pass_rate, parts: [pass_rate_published, retention],
   weights: [[1, 2]], citation: {source: law, locator: art. 5}}
""",
    "assumptions": """
- {id: cut_60, title: {zh: 及格线, en: Pass mark}, text: {zh: 取60分, en: 60 points},
   quality: amber, impact: red, citation: {source: law, locator: art. 1}}
- {id: open_date, title: {zh: 期限, en: Date}, text: {zh: 取末年, en: The last year},
   quality: red, impact: amber}
""",
    "plans/plan": """
id: plan
title: {zh: 计划, en: Plan}
source: plan_text
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [city]
targets:
  - id: level
    title: {zh: 及格率, en: Pass rate}
    article: "1"
    tier: numeric
    kind: level
    indicator: pass_rate
    areas: [city]
    population: {zh: 全市, en: whole city}
    unit: percent
    better: higher
    deadline: 2022
    quote: 及格率大于95%
    locator: 第1条
    readings:
      - id: both_years
        label: {zh: 两年都要, en: in both years}
        default: true
        conditions: [{type: level, at: {2021: ">95", 2022: ">95"}}]
      - {id: rank, label: {zh: 排名, en: rank},
         conditions: [{type: rank, year: 2022, bound: "<=1", among: [east, west]}]}
    see_also: [gain]
    pace: gain
    assumptions: [open_date]
    evidence: [pass_pct]
  - id: gain
    title: {zh: 年增幅, en: Yearly gain}
    article: "2"
    tier: numeric
    kind: points_per_year
    indicator: pass_rate
    areas: [city]
    population: {zh: 全市, en: whole city}
    unit: points_per_year
    better: higher
    deadline: null
    quote: 每年提升5—8个百分点
    locator: 第2条
    steps: [2, 3]
    readings:
      - id: capped
        label: {zh: 至少, en: at least}
        default: true
        conditions: [{type: yearly_change, unit: points, change: [">=5"], capped: true}]
      - {id: mean, label: {zh: 平均, en: mean}, indicator: retention,
         conditions: [{type: average_change, change: [">=5", "<=8"]}]}
  - {id: built, title: {zh: 建成, en: Built}, article: "3", tier: dated, kind: milestone,
     indicator: null, areas: [east], population: {zh: 全市, en: whole city}, unit: none,
     better: reach, deadline: 2021, quote: 到2021年建成, locator: 第3条}
""",
    "studies/real": """
id: real
title: {zh: 研究, en: Study}
plan: plan
areas: [city, coded]
compare_with: [nation]
observations:
  - {type: file, path: "bureau/**/*.csv"}
  - {type: package, package: pkg, path: t.csv, extra: x, source: law, area_family: coded,
     area_column: a, year_column: y, quantities: {p: pass_pct}}
as_of: 2021-12-31
note: {zh: 说明, en: Note}
""",
    "studies/invented": """
id: invented
title: {zh: 模拟研究, en: Invented study}
plan: plan
areas: [mock, mock_east]
binding: {city: mock, east: mock_east}
observations: [{type: simulated, city: mock, seed: 1, first_year: 2016, last_year: 2021}]
as_of: 2021-12-31
simulated: true
note: {zh: 说明, en: Note}
""",
}


PARSED = {name: yaml.safe_load(text) for name, text in FILES.items()}


class Definitions:
    """Definition files as data: change a place in them, then load them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "data" / "definitions"
        self.held = copy.deepcopy(PARSED)
        self.raw: dict[str, bytes | None] = {}

    def at(self, place: str) -> tuple[Any, Any]:
        """Find what holds a place such as ``indicators.pass_rate.inputs.part``, and its key."""
        file, *keys = place.split(".")
        holder: Any = self.held
        key: Any = file
        for following in keys:
            holder = holder[key]
            key = self._key(holder, following)
        return holder, key

    @staticmethod
    def _key(holder: Any, name: str) -> Any:
        if isinstance(holder, dict):
            return int(name) if name.isdigit() else name
        ids = [entry.get("id") if isinstance(entry, dict) else None for entry in holder]
        return ids.index(name) if name in ids else int(name)

    def put(self, place: str, value: Any) -> None:
        holder, key = self.at(place)
        holder[key] = value

    def drop(self, place: str) -> None:
        holder, key = self.at(place)
        del holder[key]

    def double(self, place: str, **changes: Any) -> None:
        """Put a second entry, with changes, at the end of the list."""
        holder, key = self.at(place)
        holder.append({**copy.deepcopy(holder[key]), **changes})

    def write(self) -> Path:
        for name, held in self.held.items():
            path = self.folder / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (
                FILES[name] if held == PARSED.get(name) else yaml.safe_dump(held, sort_keys=False)
            )
            path.write_text(text, "utf-8")
        for name, content in self.raw.items():
            path = self.folder / f"{name}.yaml"
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
        return self.root

    def load(self) -> Catalog:
        catalog = load_catalog(self.write())
        catalog.require_sound()
        return catalog

    def faults(self) -> list[str]:
        """Load what must not load, and give the faults, sorted."""
        with pytest.raises(DefinitionError) as caught:
            self.load()
        number = len(caught.value.faults)
        assert caught.value.message == (
            f"data/definitions: {number} fault" + ("s" if number > 1 else "")
        )
        for fault in caught.value.faults:
            assert fault.split(":")[0].split(" ")[0].endswith((".yaml", ".py"))
            assert not any(
                word in fault
                for word in ("Value error", "Traceback", "Input should", "NoneType", "\n", "dict")
            )
        return sorted(caught.value.faults)


@pytest.fixture
def definitions(tmp_path):
    return Definitions(tmp_path)


@pytest.fixture
def catalog(definitions):
    return definitions.load()
