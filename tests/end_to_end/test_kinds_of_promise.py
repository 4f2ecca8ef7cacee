"""Promises of every kind, said in definitions alone: checked, judged and shown in a report."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from edu_metrics import report as rep
from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations import build, write_processed
from edu_metrics.observations.building import processed_path

pytestmark = pytest.mark.slow

NAMES = {"zh": "名", "en": "Name"}
DEFINITIONS: dict[str, Any] = {
    "sources": [
        {"id": "book", "title": NAMES, "publisher": NAMES, "licence": "public", "read": "original"}
    ],
    "areas": [
        {"id": "nation", "name": {"zh": "全国", "en": "Nation"}, "level": "nation"},
        {"id": "county", "name": {"zh": "山县", "en": "Hill"}, "level": "city", "parent": "nation"},
        *(
            {"id": name, "name": {"zh": name, "en": name}, "level": "district", "parent": "county"}
            for name in ("east", "west", "south", "north")
        ),
    ],
    "quantities": [
        {
            "id": "passed",
            "name": {"zh": "及格", "en": "Passed"},
            "unit": "persons",
            "form": "count",
        },
        {"id": "sat", "name": {"zh": "参考", "en": "Sat"}, "unit": "persons", "form": "count"},
        {"id": "money", "name": {"zh": "经费", "en": "Money"}, "unit": "yuan", "form": "money"},
    ],
    "indicators": [
        {
            "id": "pass_rate",
            "name": {"zh": "及格率", "en": "Pass rate"},
            "unit": "percent",
            "formula": "share",
            "inputs": {"part": "passed", "whole": "sat"},
            "better": "higher",
            "bounds": [0, 100],
            "citation": {"source": "book", "locator": "1"},
        },
        {
            "id": "budget",
            "name": {"zh": "经费", "en": "Budget"},
            "unit": "yuan",
            "formula": "count",
            "inputs": {"value": "money"},
            "better": "higher",
            "bounds": [0, None],
            "citation": {"source": "book", "locator": "2"},
        },
    ],
    "breaks": [],
    "assumptions": [],
    "plans/plan": {
        "id": "plan",
        "title": NAMES,
        "source": "book",
        "issued": "2020-12-02",
        "first_year": 2021,
        "last_year": 2025,
        "areas": ["county", "east", "west", "south", "north"],
    },
    "studies/study": {
        "id": "study",
        "title": NAMES,
        "plan": "plan",
        "areas": ["county", "east", "west", "south", "north"],
        "compare_with": ["nation"],
        "observations": [{"type": "file", "path": "*.csv"}],
        "as_of": "2021-06-30",
        "disclosure": "published",
        "note": NAMES,
    },
}
HEADER = "place,quantity,year,value,bound,unit,status,source,published,note"
SECTIONS = (
    rep.show_bulletin,
    rep.show_cards,
    rep.show_measured,
    rep.show_missing,
    rep.show_status_rules,
    rep.show_precedents,
    rep.show_sensitivity,
    rep.show_joint,
    rep.show_touching,
    rep.show_followed,
    rep.show_assumptions,
)


def target(name: str, *conditions: Any, reading: Any = None, **more: Any) -> dict[str, Any]:
    """Write a target of one reading."""
    said = {"conditions": list(conditions)} if reading is None else reading
    usual = {
        "id": name,
        "title": {"zh": f"目标{name}", "en": f"Target {name}"},
        "article": "1",
        "tier": "numeric",
        "kind": "level",
        "indicator": "pass_rate",
        "areas": ["county"],
        "population": NAMES,
        "unit": "percent",
        "better": "higher",
        "deadline": 2025,
        "quote": "words",
        "locator": "1",
        "readings": [{"id": "usual", "label": NAMES, "default": True, **said}],
    }
    return usual | more


class Project:
    """A project folder; its table is made of rows such as ``("east", "sat", 2020, 100)``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.held = json.loads(json.dumps(DEFINITIONS))

    def write(self, targets: list[dict[str, Any]], rows: Any = (), header: str = HEADER) -> None:
        self.held["plans/plan"]["targets"] = targets
        for name, content in self.held.items():
            path = self.root / "data" / "definitions" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            # A date is no text in YAML.
            path.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text), "utf-8")
        raw = self.root / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        with (raw / "t.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            units = {"money": "元", "rate_pct": "%"}
            for place, quantity, year, value, *more in rows:
                published = f"{int(str(year)[:4]) + 1}-01-01" if "-" in str(year) else None
                writer.writerow(
                    [place, quantity, *more, year, value, "exact", units.get(quantity, "人"),
                     "reported", "book", published or f"{int(str(year)[:4]) + 1}-03-01", ""]
                )  # fmt: skip
        digest = hashlib.sha256((raw / "t.csv").read_bytes()).hexdigest()
        (raw / "t.csv.source.yaml").write_text(
            f"source: book\nlicence: public\nsha256: {digest}\n", "utf-8"
        )

    def faults(self, targets: list[dict[str, Any]]) -> str:
        self.write(targets)
        with pytest.raises(DefinitionError) as caught:
            load_catalog(self.root)
        return "\n".join(caught.value.faults)

    def report(self, area: str = "county", lang: str = "en") -> Any:
        catalog = load_catalog(self.root)
        table = build(catalog, "study")
        write_processed(table, processed_path(self.root, "study"))
        return rep.open_report("study", area, lang, self.root)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def rates(area: str, passed: list[int], first: int = 2015, sat: int = 1000) -> list[Any]:
    """Make the counts behind a pass rate."""
    years = range(first, first + len(passed))
    return [
        row
        for year, number in zip(years, passed, strict=True)
        for row in ((area, "passed", year, number), (area, "sat", year, sat))
    ]


def told(report: Any) -> str:
    """Give the text of all sections; they, the audit and the summary must all come out."""
    rep.audit_plan(report.catalog, report.plan)
    rep.save_summary(report, str(report.catalog.root / "out"))
    return unescape(" ".join(str(show(report)) for show in SECTIONS))


def test_what_kind_of_promise_it_is_stands_with_it_and_groups_it(project):
    level = {"type": "level", "at": {2025: ">=95"}}
    done = {"type": "level", "at": {2020: ">=80"}}
    bureau = {"zh": "教育局", "en": "Education bureau"}
    project.write(
        [
            target("a", level, obligation="binding", priority="high", responsible=bureau),
            target("b", done, obligation="binding", deadline=2020),
            target("c", level, obligation="expected", responsible=bureau),
            target("d", level),
        ],
        rates("county", [700, 720, 735, 760, 790, 810]),
    )
    for lang, binding, silent in (("en", "binding", "not said"), ("zh", "约束性", "未注明")):
        report = project.report(lang=lang)
        promises = report.tables["promises"].set_index("target")
        assert promises.loc["a", "obligation"] == promises.loc["b", "obligation"] == binding
        assert promises["responsible"].notna().tolist() == [True, False, True, False]
        shown = unescape(str(rep.show_joint(report)))
        assert bureau[lang] in unescape(str(rep.show_cards(report)))
        assert bureau[lang] in shown
        (row,) = re.findall(rf"<tr><td>[^<]*</td><td[^>]*>{binding}</td>.*?</tr>", shown)
        assert ">2<" in row
        (row,) = re.findall(rf"<tr><td>{'Obligation' if lang == 'en' else '目标属性'}</td>"
                            rf"<td[^>]*>{silent}</td>.*?</tr>", shown)  # fmt: skip
        assert ">1<" in row


def test_a_plan_that_sorts_its_targets_by_nothing_shows_no_groups(project):
    project.write([target("a", {"type": "level", "at": {2025: ">=95"}})],
                  rates("county", [700, 720, 735, 760, 790, 810]))  # fmt: skip
    report = project.report()
    shown = str(rep.show_cards(report)) + str(rep.show_joint(report))
    assert "Obligation" not in shown
    assert "Grouped by" not in shown


def test_another_word_for_an_obligation_is_a_fault(project):
    level = {"type": "level", "at": {2025: ">=95"}}
    found = project.faults([target("a", level, obligation="mandatory", priority=1, respnsible="x")])
    assert "obligation: expected one of 'binding' or 'expected', found 'mandatory'" in found
    assert "priority: expected one of" in found
    assert "respnsible: unknown key; did you mean 'responsible'?" in found


def told_rates(project, *targets, rows, area="county"):
    """Write a project, show every section of its report, and give its assessments."""
    project.write(list(targets), rows)
    report = project.report(area)
    assert told(report)
    return report.assessments


def levels(catalog, name):
    """Give the levels by year that a rule was worked out to."""
    (reading,) = catalog.plan("plan").target(name).readings
    return {year: bound for one in reading.conditions for year, bound in one.at.items()}


BASELINE = {"value": 80, "year": 2021}


def test_a_straight_line_a_compound_growth_and_a_halving_are_worked_out_by_year(project):
    project.write(
        [
            target("line", reading={"milestones": {
                "rule": "line", "start": "stated", "bound": ">=90"}}, baseline=BASELINE),
            target("growth", reading={"milestones": {
                "rule": "growth", "start": "stated", "bound": ">=8"}},
                baseline={"value": 100, "year": 2021}, indicator="budget", unit="yuan"),
            target("halving", reading={"milestones": {
                "rule": "halving", "start": "stated", "half_in": 2}}, baseline=BASELINE,
                better="lower"),
        ]
    )  # fmt: skip
    catalog = load_catalog(project.root)
    assert {y: str(b) for y, b in levels(catalog, "line").items()} == {
        2022: "≥ 82.5", 2023: "≥ 85", 2024: "≥ 87.5", 2025: "≥ 90"
    }  # fmt: skip
    # 100, then 8 % more each year on the year before: 108, 116.64, 125.9712, 136.048896.
    growth = [bound.value for bound in levels(catalog, "growth").values()]
    assert growth == pytest.approx([108, 116.64, 125.9712, 136.048896])
    halved = levels(catalog, "halving")
    assert (halved[2023].value, halved[2025].value) == (40, 20)
    assert halved[2022].value ** 2 == pytest.approx(80 * 40)
    assert all(not bound.rising for bound in halved.values())


@pytest.mark.parametrize(
    ("rule", "better"),
    [
        ({"rule": "line", "bound": ">=90"}, "higher"),
        ({"rule": "growth", "bound": ">=3"}, "higher"),
        ({"rule": "halving", "half_in": 4}, "lower"),
        ({"rule": "line", "bound": "<=40"}, "lower"),
    ],
)
def test_an_observed_start_asks_what_the_same_start_stated_asks(project, rule, better):
    """The county stood at 80 in 2021, whoever says so."""
    rows = rates("county", [760, 772, 781, 790, 797, 801, 800])
    usual = {"baseline": BASELINE, "better": better}
    stated = target("stated", reading={"milestones": {**rule, "start": "stated"}}, **usual)
    seen = {**rule, "start": "observed", "since": 2021}
    observed = target("observed", reading={"milestones": seen}, **usual)
    project.held["studies/study"]["as_of"] = "2022-06-30"
    if better == "lower":
        project.held["indicators"][0]["better"] = "lower"
    found = told_rates(project, stated, observed, rows=rows)
    one, other = found["stated"], found["observed"]
    assert one.level.value == pytest.approx(other.level.value)
    assert one.verdict == other.verdict
    assert one.probability_raw == pytest.approx(other.probability_raw, abs=1e-6)
    assert one.required_pace == pytest.approx(other.required_pace)
    assert one.required_by == other.required_by


def test_what_a_rule_lacks_is_a_fault_each(project):
    def broken(name, more=None, **rule):
        return target(name, reading={"milestones": rule}, **(more or {}))

    found = project.faults(
        [
            broken("a", rule="line", start="stated", bound=">=90"),
            broken("b", rule="line", start="observed", since=2021),
            broken("c", rule="halving", start="observed", since=2021),
            broken("d", rule="growth", start="observed", bound=">=8"),
            broken("e", rule="growth", start="observed", since=2026, bound=">=8"),
            broken("f", rule="steep", start="observed", since=2021, bound=">=8"),
            broken("g", rule="growth", start="observed", since=2021, bound=">=8", halfin=3),
        ]
    ).split("\n")
    for name, words in {
        "a": "expected a baseline with an exact value and a year",
        "b": "expected a bound for the rule line",
        "c": "expected half_in",
        "d": "expected since, the year of the start",
        "e": "expected a start before 2025, found 2026",
        "f": "rule: expected one of 'line', 'growth' or 'halving', found 'steep'",
        "g": "halfin: unknown key; did you mean 'half_in'?",
    }.items():
        assert any(f"target '{name}'" in line and words in line for line in found), (name, found)


def relative(measure, bound, *, year=2025, **to):
    since = to.pop("since", None)
    told = {"type": "relative", "measure": measure, "to": to, "year": year, "bound": bound}
    return told if since is None else {**told, "since": since}


#: The nation at 90 in 2020, the county at 80, the east at 70.
AROUND = [
    *rates("nation", [850, 860, 870, 880, 890, 900]),
    *rates("county", [700, 720, 735, 760, 790, 800]),
    *rates("east", [600, 640, 650, 655, 690, 700]),
]


def test_what_is_compared_with_known_numbers_is_judged_by_hand(project):
    """10 points below the nation in 2020 and 15 in 2015: a third of the gap is closed."""
    found = told_rates(
        project,
        target("below", relative("difference", ">=-10", year=2020, area="nation")),
        target("above", relative("difference", ">-10", year=2020, area="nation")),
        target("ratio", relative("ratio", ">=0.88", year=2020, area="nation")),
        target("closed", relative("gap_closed", ">=33", year=2020, since=2015, area="nation")),
        target("halved", relative("gap_closed", ">=50", year=2020, since=2015, area="nation")),
        target("past", relative("difference", ">=10", year=2020) | {"to": {"year": 2015}}),
        target("times", relative("ratio", ">=1.15", year=2020) | {"to": {"year": 2015}}),
        rows=AROUND,
    )
    # 80 is 10 below 90, 0.889 of it; 80 - 70 = 10; 80 / 70 = 1.143.
    assert {name: str(one.verdict) for name, one in found.items()} == {
        "below": "met", "above": "missed", "ratio": "met", "closed": "met", "halved": "missed",
        "past": "met", "times": "missed",
    }  # fmt: skip
    assert found["closed"].level.value == pytest.approx(90 - 0.67 * 15)


def test_the_gap_is_half_closed_seen_from_either_side(project):
    """Whether the county catches up with the nation, or the nation falls back to it."""
    rows = [*rates("nation", [900, 895, 890, 885, 880, 875]),
            *rates("county", [700, 720, 735, 760, 770, 775])]  # fmt: skip
    half = {"since": 2015, "year": 2020}
    project.held["studies/study"]["areas"] = ["county", "nation"]
    del project.held["studies/study"]["compare_with"]
    said = [
        target("from_below", relative("gap_closed", ">=50", area="nation", **half), better="reach"),
        target("from_above", relative("gap_closed", ">=50", area="county", **half), better="reach",
               areas=["nation"]),
        target("more", relative("gap_closed", ">50", area="nation", **half), better="reach"),
        target("more_from_above", relative("gap_closed", ">50", area="county", **half),
               better="reach", areas=["nation"]),
    ]  # fmt: skip
    project.held["plans/plan"]["areas"] = ["county", "nation"]
    below = told_rates(project, *said, rows=rows)
    above = told_rates(project, *said, rows=rows, area="nation")
    # 20 points apart, then 10.
    assert str(below["from_below"].verdict) == str(above["from_above"].verdict) == "met"
    assert str(below["more"].verdict) == str(above["more_from_above"].verdict) == "missed"


def test_what_is_compared_with_the_future_of_another_series_is_forecast_with_it(project):
    found = told_rates(
        project,
        target("reach", relative("difference", ">=0", area="nation")),
        target("fall_short", relative("difference", "<0", area="nation"), better="hold"),
        target("east", relative("difference", ">=5", area="east")),
        target("money", relative("ratio", ">=1", indicator="budget")),
        rows=[*AROUND, *(("county", "money", year, year) for year in range(2012, 2021))],
    )
    reach, short = found["reach"].probability_raw, found["fall_short"].probability_raw
    assert 0 < reach < 1
    # One of the two comes true.
    assert reach + short == pytest.approx(1)
    assert found["east"].probability is not None
    assert (str(found["money"].verdict), found["money"].reason.split(":")[0]) == (
        "cannot_tell", "no_joint_forecast",
    )  # fmt: skip


def test_a_reference_that_no_study_keeps_or_that_is_nothing_is_a_fault(project):
    project.held["studies/study"]["compare_with"] = []
    found = project.faults(
        [
            target("a", relative("difference", ">=0", area="nation")),
            target("b", relative("difference", ">=0", area="natoin")),
            target("c", relative("difference", ">=0")),
            target("d", relative("gap_closed", ">=50", area="nation")),
            target("e", relative("gap_closed", "<=50", since=2020, area="nation")),
            target("f", relative("difference", ">=0", value=1, area="nation")),
            target("g", relative("difference", ">=0", year=2020) | {"to": {"year": 2021}}),
            target("h", relative("difference", ">=0", indicator="pas_rate")),
        ]
    )
    for words in (
        "no area 'natoin'; did you mean 'nation'?",
        "expected some of area, group, indicator and year, or a value alone, found nothing",
        "since: expected with gap_closed",
        "gap_closed: expected a bound such as '>=50'",
        "found area, value",
        "since: expected a year before 2020, found 2021",
        "no indicator 'pas_rate'; did you mean 'pass_rate'?",
    ):
        assert words in found, (words, found)
    project.held["plans/plan"].pop("targets")
    found = project.faults([target("a", relative("difference", ">=0", area="nation"))])
    assert "target 'a' compares with 'nation'" in found


DISTRICTS = ["east", "west", "south", "north"]
#: In 2020 the east stands at 70, the west at 80, the south at 90, the north at 60; all rise by 5
#: in the last two years but the north, by 2.
PARTS = [
    *rates("east", [600, 610, 640, 650, 660, 700]),
    *rates("west", [700, 710, 730, 750, 790, 800]),
    *rates("south", [800, 820, 830, 850, 880, 900]),
    *rates("north", [560, 570, 590, 580, 590, 600]),
]


def in_areas(bound, each, unit="areas"):
    return {"type": "areas", "among": DISTRICTS, "bound": bound, "each": each, "unit": unit}


def at(year, bound):
    return {"type": "level", "at": {year: bound}}


def test_so_many_of_several_areas_each_from_its_own_start(project):
    risen = {"type": "change_since", "unit": "points", "since": 2018, "by": 2020, "change": [">=5"]}
    nation = relative("difference", ">=0", year=2020, area="nation")
    found = told_rates(
        project,
        target("two", in_areas(">=2", at(2020, ">=80"))),
        target("three", in_areas(">=3", at(2020, ">=80"))),
        target("most", in_areas(">=75", risen, "percent")),
        target("all", in_areas(">=100", risen, "percent")),
        target("average", in_areas(">=1", nation)),
        rows=[*PARTS, *rates("nation", [850, 860, 870, 880, 890, 900])],
    )
    assert {name: str(one.verdict) for name, one in found.items()} == {
        "two": "met", "three": "missed", "most": "met", "all": "missed", "average": "met",
    }  # fmt: skip
    assert [found["two"].checks[0].measured, found["most"].checks[0].measured] == [2, 75]


def test_every_area_must_and_one_has_not(project):
    """What the west came to in 2021 is not out, and does not matter."""
    project.held["studies/study"]["as_of"] = "2022-06-30"
    rows = [*PARTS, *rates("north", [610], first=2021), *rates("south", [905], first=2021)]
    found = told_rates(
        project,
        target("all", in_areas(">=4", at(2021, ">=70"))),
        target("one", in_areas(">=1", at(2021, ">=90"))),
        target("three", in_areas(">=3", at(2021, ">=60"))),
        rows=rows,
    )
    assert {name: str(one.verdict) for name, one in found.items()} == {
        "all": "missed", "one": "met", "three": "no_data",
    }  # fmt: skip
    assert {item.area for item in found["three"].missing} == {"east", "west"}


def test_how_many_areas_keep_a_level_ahead_is_forecast_for_all_of_them_together(project):
    def chances(*bounds):
        said = [
            target(f"t{n}", in_areas(bound, at(2023, ">=82"))) for n, bound in enumerate(bounds)
        ]
        return [one.probability_raw for one in told_rates(project, *said, rows=PARTS).values()]

    one, two, three, fewer = chances(">=1", ">=2", ">=3", "<2")
    assert one >= two >= three
    assert two + fewer == pytest.approx(1)
    assert 0 < two < 1


def test_how_many_areas_keep_a_level_does_not_hang_on_their_parent(project):
    """The county has no number of its own, or a wrong one: its districts alone are asked."""
    said = [target("two", in_areas(">=2", at(2023, ">=82")))]
    alone = project
    alone.held["indicators"][0] |= {"formula": "as_published", "inputs": {"value": "rate_pct"}}
    rate = {"id": "rate_pct", "name": NAMES, "unit": "percent", "form": "printed_rate"}
    alone.held["quantities"].append(rate)

    def printed(rows):
        return [(area, "rate_pct", y, v / 10) for area, name, y, v in rows if name == "passed"]

    own = printed(rates("county", [700, 720, 735, 760, 790, 810]))
    chances = []
    for rows in (printed(PARTS), [*printed(PARTS), *own]):
        (found,) = told_rates(alone, *said, rows=rows).values()
        chances.append(found.probability_raw)
        assert found.verdict
    assert chances[0] == pytest.approx(chances[1], abs=0.02)
    assert 0 < chances[0] < 1


def test_an_area_that_is_counted_and_that_no_study_keeps_is_a_fault(project):
    project.held["studies/study"]["areas"] = ["county"]
    found = project.faults([target("a", in_areas(">=2", at(2025, ">=80")))])
    assert "compare_with: target 'a' compares with 'east'; expected it here" in found


def test_a_share_of_ranks_is_none_of_the_parent(project):
    first = {"type": "rank", "year": 2020, "bound": "<=25", "unit": "percent", "among": DISTRICTS}
    found = told_rates(project, target("a", first, areas=["south"]), rows=PARTS)
    assert (str(found["a"].verdict), found["a"].reason) == ("cannot_tell", "rank_of_parts")


def test_a_rank_as_a_share_is_the_place_by_the_number_of_areas(project):
    """First of four is the first quarter; second of four is the first half."""

    def quarter(name, bound):
        first = {"type": "rank", "year": 2020, "bound": bound, "unit": "percent"}
        return target(name, first | {"among": DISTRICTS}, areas=DISTRICTS)

    said = [quarter("quarter", "<=25"), quarter("half", "<=50")]
    words = {
        area: [
            str(one.verdict) for one in told_rates(project, *said, rows=PARTS, area=area).values()
        ]
        for area in DISTRICTS
    }
    assert words == {
        "south": ["met", "met"], "west": ["missed", "met"],
        "east": ["missed", "missed"], "north": ["missed", "missed"],
    }  # fmt: skip


def test_what_can_not_be_asked_of_areas_is_a_fault(project):
    found = project.faults(
        [
            target("a", in_areas(">=2", {"type": "level", "at": {2020: ">=80", 2021: ">=80"}})),
            target("b", in_areas(">=2", relative("difference", ">=0", indicator="budget"))),
            target("c", in_areas(">=120", at(2020, ">=80"), "percent")),
            target("d", {**in_areas(">=2", at(2020, ">=80")), "among": ["east", "wst"]}),
            target("e", {"type": "rank", "year": 2022, "bound": "<=0", "among": DISTRICTS}),
        ]
    )
    for words in (
        "each: at: expected one year",
        "each: to: expected an area or a value",
        "expected 0 or more, in percent to 100, found ≥ 120",
        "no area 'wst'; did you mean 'west'?",
        "expected a rank from 1, in percent to 100",
    ):
        assert words in found, (words, found)


GROUPED = "place,quantity,group,year,value,bound,unit,status,source,published,note"
GROUPS = [
    {"id": "rural", "name": {"zh": "农村", "en": "rural"}},
    {"id": "urban", "name": {"zh": "城镇", "en": "urban"}},
]


def grouped(area, group, passed, first=2015, sat=500):
    """Make the counts behind the pass rate of a group."""
    return [
        (place, quantity, year, value, group)
        for place, quantity, year, value in rates(area, passed, first, sat)
    ]


def groups_of(area):
    """In 2020 the rural rate stands at 60, the urban one at 80; it was 50 and 78 in 2015."""
    return [
        *grouped(area, "rural", [250, 260, 268, 280, 291, 300]),
        *grouped(area, "urban", [390, 391, 394, 396, 399, 400]),
    ]


def test_a_target_is_judged_by_the_group_that_it_speaks_of(project):
    project.held["groups"] = GROUPS
    said = [
        target("rural", at(2020, ">=60"), group="rural"),
        target("urban", at(2020, ">=80.1"), group="urban"),
        target("gap", relative("difference", ">=-20", year=2020, group="urban"), group="rural"),
        target("closed", relative("gap_closed", ">=28", year=2020, since=2015, group="urban"),
               group="rural"),
        target("halved", relative("gap_closed", ">=50", year=2020, since=2015, group="urban"),
               group="rural"),
        target("ahead", relative("difference", ">=-16", group="urban"), group="rural"),
        target("everybody", at(2020, ">=60")),
    ]  # fmt: skip
    # The county's own numbers are the sums of its districts', group by group.
    rows = [row for area in ("east", "west", "south", "north") for row in groups_of(area)]
    project.write(said, rows, GROUPED)
    report = project.report()
    found = report.assessments
    shown = told(report)
    assert "Pass rate (rural)" in shown
    # 28 points apart, then 20: 28.6 % of the gap is closed.
    assert {name: str(one.verdict) for name, one in found.items()} == {
        "rural": "met", "urban": "missed", "gap": "met", "closed": "met", "halved": "missed",
        "ahead": str(found["ahead"].verdict), "everybody": "no_data",
    }  # fmt: skip
    assert 0 < found["ahead"].probability_raw < 1
    assert found["rural"].last_value == 60
    assert {item.group for item in found["everybody"].missing} == {"all"}
    zh = project.report(lang="zh")
    assert "及格率（农村）" in told(zh)


def test_a_group_that_is_not_defined_is_a_fault_in_definitions_and_in_data(project):
    project.held["groups"] = [*GROUPS, {"id": "all", "name": NAMES}]
    project.held["indicators"][0]["inputs"]["part"] = {"quantity": "passed", "group": "minorty"}
    found = project.faults(
        [
            target("a", at(2025, ">=60"), group="rurla"),
            target("b", relative("difference", ">=0", group="urbn")),
        ]
    )
    for words in (
        "group: no group 'rurla'; did you mean 'rural'?",
        "no group 'urbn'; did you mean 'urban'?",
        "no group 'minorty'",
        "all is everybody, and no group",
    ):
        assert words in found, (words, found)
    project.held["groups"] = GROUPS
    project.held["indicators"][0]["inputs"]["part"] = "passed"
    project.write([target("a", at(2025, ">=60"))], grouped("county", "rurla", [1, 2]), GROUPED)
    with pytest.raises(DataError) as caught:
        project.report()
    assert "1 group(s) not defined: rurla; did you mean 'rural'?" in str(caught.value.faults)


def test_halves_of_a_year_are_series_of_their_own(project):
    halves = [
        row
        for year in range(2015, 2021)
        for half, value in (("H1", 100 + year), ("H2", 3 * year))
        for row in [("county", "money", f"{year}-{half}", value)]
    ]
    said = [
        target("first", at(2020, ">=2120"), indicator="budget", unit="yuan", period="h1"),
        target("second", at(2020, ">6060"), indicator="budget", unit="yuan", period="h2"),
        target("year", at(2020, ">=1"), indicator="budget", unit="yuan"),
        target("day", at(2021, ">=2121"), indicator="budget", unit="yuan", period="h1",
               deadline=2021, due_on="2021-06-30"),
    ]  # fmt: skip
    # The day itself is not over yet; the day after it is.
    for as_of, word in (("2021-06-30", None), ("2021-07-01", "no_data")):
        project.held["studies/study"]["as_of"] = as_of
        found = told_rates(project, *said, rows=halves)
        words = [str(found[name].verdict) for name in ("first", "second", "year")]
        assert words == ["met", "missed", "no_data"]
        assert (str(found["day"].verdict) == "no_data") == (word == "no_data")
    assert found["first"].last_value == 2120
    shown = str(rep.show_cards(project.report()))
    assert "30 June 2021" in shown
    assert "Budget (first half of the year)" in told(project.report())


def test_school_years_count_for_the_year_that_the_study_says(project):
    rows = [("county", "money", f"{year}-{(year + 1) % 100}", year) for year in range(2012, 2020)]
    level = target("a", at(2019, ">=2019"), indicator="budget", unit="yuan", deadline=2025)
    for rule, value, word in (("starts", 2019, "met"), ("ends", 2018, "missed")):
        project.held["studies/study"]["school_year"] = rule
        (found,) = told_rates(project, level, rows=rows).values()
        assert (found.last_value, str(found.verdict)) == (value, word)
    del project.held["studies/study"]["school_year"]
    project.write([level], rows)
    with pytest.raises(DataError) as caught:
        project.report()
    assert "school_year: starts or ends" in caught.value.faults[0]


def test_a_day_outside_its_deadline_is_a_fault(project):
    found = project.faults([target("a", at(2025, ">=60"), due_on="2024-12-31")])
    assert "due_on: expected a day in the year of the deadline, 2025, found 2024-12-31" in found


def test_targets_of_parts_are_told_part_by_part(project):
    """The south is first of the districts, and the county has no place among them."""
    first = {"type": "rank", "year": 2020, "bound": "<=1", "among": DISTRICTS}
    said = [
        target("rank", first, areas=["south"]),
        target("level", at(2020, ">=75"), areas=["east", "west"]),
    ]
    found = told_rates(project, *said, rows=PARTS)
    assert (str(found["rank"].verdict), found["rank"].reason) == ("cannot_tell", "rank_of_parts")
    rows = str(rep.show_cards(project.report())).split('<details class="card">')
    (rank,) = [row for row in rows if "Target rank" in row]
    assert re.findall(r"<small>(\w+)</small>", rank)[:1] == ["south"]
    assert "see their reports" in rank
    (level,) = [row for row in rows if "Target level" in row]
    shown = re.sub(r"<[^>]+>", " ", level)
    assert re.search(r"east\W+missed\W+west\W+met", shown), shown


@pytest.mark.slow
def test_every_report_on_such_a_plan_is_made(project, command):
    rows = [(*row, "all") for row in [*PARTS, *rates("nation", [850, 860, 870, 880, 890, 900])]]
    rows += [row for area in DISTRICTS for row in groups_of(area)]
    line = {"rule": "line", "start": "observed", "since": 2020, "bound": ">=90"}
    said = [
        target("line", reading={"milestones": line}, obligation="binding"),
        target("nation", relative("difference", ">=-10", area="nation")),
        target("gap", relative("gap_closed", ">=40", since=2020, group="urban"), group="rural"),
        target("areas", in_areas(">=50", at(2025, ">=85"), "percent")),
        target("half", at(2025, ">=3"), indicator="budget", unit="yuan", period="h1"),
    ]
    project.held["groups"] = GROUPS
    project.write(said, rows, GROUPED)
    shutil.copytree(Path(__file__).parents[2] / "notebooks", project.root / "notebooks")
    found = command("check", "--root", project.root)
    assert (found.status, found.err) == (0, "")
    made = command("report", "study", "--root", project.root, "--scenarios", "--lang", "en")
    assert made.status == 0, made.err
    judged = command(
        "assess", "study", "--area", "county", "--root", project.root, "--format", "json"
    )
    words = {row["target"]: row["verdict"] for row in judged.rows}
    assert words["half"] == "no_data"
    assert not {"cannot_tell", "no_data"} & {words[name] for name in words if name != "half"}
