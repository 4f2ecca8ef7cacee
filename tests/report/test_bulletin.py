"""The first page: its groups are a partition, and its sentences say what the numbers say."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from edu_metrics.catalog import Bound
from edu_metrics.figures.svg import course, spark, text_width
from edu_metrics.reachability import Assessment, Verdict
from edu_metrics.reachability.verdicts import Applies
from edu_metrics.report import AreaReport
from edu_metrics.report.bulletin import (
    BY_USE,
    glance_of,
    group_of,
    show_bulletin,
)
from edu_metrics.report.glance import GROUPS, Glance, headline_of
from edu_metrics.report.requirements import people_text
from edu_metrics.report.status_rules import why_apart
from edu_metrics.report.target_rows import _needed
from edu_metrics.report.to_ask import FORM, questions, save_form, show_to_ask, to_ask_table
from edu_metrics.words import say

LANGUAGES = ("zh", "en")


@pytest.fixture(
    scope="module", params=[pytest.param(lang, marks=pytest.mark.slow) for lang in LANGUAGES]
)
def city(request: pytest.FixtureRequest, opened: Any) -> AreaReport:
    report: AreaReport = opened("mock_city", "mock_east", request.param)
    return report


@pytest.fixture(scope="module", params=LANGUAGES)
def unknown(request: pytest.FixtureRequest, opened: Any) -> AreaReport:
    report: AreaReport = opened("wuhai", "wuhai", request.param)
    return report


def test_every_numeric_target_stands_in_one_group(city: AreaReport) -> None:
    frame = city.tables["bulletin"]
    assert sorted(frame["target"]) == sorted(target.id for target in city.numeric)
    assert set(frame["group"]) <= set(GROUPS) == set(BY_USE)


def test_rows_go_by_what_can_still_be_done(city: AreaReport) -> None:
    places = [BY_USE.index(group) for group in city.tables["bulletin"]["group"]]
    assert places == sorted(places)


def test_the_lines_count_what_the_table_holds(city: AreaReport) -> None:
    frame = city.tables["bulletin"]
    page = show_bulletin(city).text
    lines = re.findall(r'<dt class="(\w+)">[^<]*?(\d+)\s?项?</dt>', page)
    assert dict(lines) == {
        name: str(count) for name, count in frame["group"].value_counts().items()
    }


def test_the_headline_says_the_expected_number_and_its_range(city: AreaReport) -> None:
    joint, rows = city.joint, city.tables.rows("bulletin")
    low, high = joint.interval
    effort = sum(row.group == "effort" for row in rows)
    numbers = [int(one) for one in re.findall(r"\d+", headline_of(glance_of(city), city.lang))]
    met = sum(row.group == "met" for row in rows)
    assert met
    assert not {row.target for row in rows if row.group == "met"} & set(joint.probabilities)
    told = [round(met + one) for one in (joint.expected, low, high)]
    assert numbers == [len(rows), *told, met, effort]


@pytest.mark.parametrize(
    ("target", "zh", "en"),
    [
        ("A32d_city_safe_campus", "保持即可", "none"),  # at 100, at least 100 asked for
        ("A06a_public_share", "须有提高", "any gain"),  # to be above where it stands
    ],
)
def test_what_is_needed_a_year_where_it_is_no_step(
    city: AreaReport, target: str, zh: str, en: str
) -> None:
    row = show_bulletin(city).text.split(f'href="#card-{target}"')[1].split("</tr>")[0]
    cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td[^>]*>.*?</td>", row)]
    assert {"zh": zh, "en": en}[city.lang] in cells


@pytest.mark.parametrize(("op", "said"), [("<", "any fall"), (">", "any gain"), ("<=", "none")])
def test_what_may_not_stay_where_it_is_has_a_way_to_go(op: Any, said: str) -> None:
    found = {"large": SimpleNamespace(level=Bound(op=op, value=4.8), gap=0.0, total=None)}
    row = SimpleNamespace(target="large", required_pace=0.0, group="open")
    assert _needed(SimpleNamespace(assessments=found, lang="en"), row) == said  # type: ignore[arg-type]


def test_a_place_without_figures_asks_for_them(unknown: AreaReport) -> None:
    rows = unknown.tables.rows("bulletin")
    lacking = sum(row.group == "lacking" for row in rows)
    met = sum(row.verdict == "met" for row in rows)
    assert met == len(rows) - lacking == 1
    numbers = [
        int(one) for one in re.findall(r"\d+", headline_of(glance_of(unknown), unknown.lang))
    ]
    assert numbers == [len(rows), lacking, met]
    page = show_bulletin(unknown).text
    assert f'href="{FORM}"' in page
    asked = page.index(f'href="{FORM}"')
    assert "%" not in re.sub(r"<[^>]*>", "", page[:asked]).split("2025")[0]


def test_the_form_asks_for_each_missing_figure_and_comes_out_the_same(
    unknown: AreaReport, tmp_path: Path
) -> None:
    save_form(unknown, tmp_path)
    book = openpyxl.load_workbook(tmp_path / FORM)
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    asked = {(row[1], row[2]) for row in rows}
    missing = unknown.tables.rows("missing")
    assert asked == {(row.title, year) for row in missing for year in row.missing_in}
    assert {row[0] for row in rows} == {unknown.area_name(unknown.area.id)}
    holders = {
        unknown.quantity_name(name): holder.name.in_(unknown.lang)
        for holder in unknown.catalog.holders.values()
        for name in holder.quantities
    }
    assert all((holders.get(row[1], "") in row[-1]) for row in rows)
    assert sum(row[1] in holders for row in rows) > len(rows) / 2
    made = (tmp_path / FORM).read_bytes()
    time.sleep(1.1)  # a workbook knows the second in which it was made
    save_form(unknown, tmp_path)
    assert (tmp_path / FORM).read_bytes() == made


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("groups", "ends", "said"),
    [
        ("met met hard", (2.0, 2.0, 2.0), [3, 2, 2]),
        ("met kept_up hard", (2.0, 1.9, 2.2), [3, 2, 1]),
        ("met open effort", (2.0, 1.0, 3.0), [3, 2, 1, 3, 1, 1]),
        ("hard hard open", (0.3, 0.0, 1.2), [3, 1]),
        ("hard hard effort", (0.4, 0.0, 0.8), [3, 1, 1]),
        ("hard hard hard", (0.03, 0.0, 0.0), [3]),
        ("met lacking lacking", None, [3, 2, 1]),
        ("hard lacking lacking", None, [3, 2, 1, 0]),
        ("unknown lacking lacking", None, [3, 2, 0, 0]),
        ("lacking lacking lacking", None, [3]),
        ("met missed missed", None, [3, 1, 2]),
    ],
)
def test_the_headline_fits_what_is_known(
    lang: str, groups: str, ends: Any, said: list[int]
) -> None:
    rows = tuple({"target": str(at), "group": one} for at, one in enumerate(groups.split()))
    expected, *interval = ends or (None,)
    glance = Glance("here", expected, tuple(interval) or None, 0.8, 0.01, (), rows)  # type: ignore[arg-type]
    told = [int(one) for one in re.findall(r"\d+", headline_of(glance, lang))]
    if lang == "en" and groups.startswith("met met"):
        said = said[:2]  # where nothing more comes, it says so without the number
    assert told == said


@pytest.mark.parametrize(
    ("lang", "ends", "said"),
    [
        ("zh", (0.3, 0.0, 1.2), "2项数字目标，预计到期时无一完成（至多1项）。"),
        ("zh", (0.1, 0.0, 0.0), "2项数字目标，预计到期时无一完成。"),
        ("en", (0.3, 0.0, 1.2), "none (at most 1) can be expected to be met"),
        ("en", (0.1, 0.0, 0.0), "none can be expected to be met"),
        ("en", (1.4, 0.0, 2.0), "about 1 (0 to 2) can be expected to be met"),
    ],
)
def test_where_nothing_can_be_expected_the_headline_says_none(
    lang: str, ends: tuple[float, float, float], said: str
) -> None:
    rows = tuple({"target": name, "group": "hard"} for name in "ab")
    told = headline_of(Glance("here", ends[0], ends[1:], 0.8, 0.01, (), rows), lang)
    assert said in told
    assert not re.search(r"\b0 would|about 0|完成0项", told)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_a_plan_with_one_target_has_the_word_of_its_group(lang: str, group: str) -> None:
    rows = ({"target": "a", "group": group},)
    told = headline_of(Glance("here", 0.6, (0.0, 1.0), 0.8, 0.01, (), rows), lang)
    assert say(f"bulletin.group_{group}", lang) in told
    assert "targets" not in told


def test_each_missing_figure_stands_with_its_holder_once(unknown: AreaReport) -> None:
    missing, asked = unknown.tables.rows("missing"), unknown.tables.rows("to_ask")
    assert sum(asked["figures"]) == len(missing) > 50
    order = [one for one in unknown.catalog.holders if one in set(asked["holder"])]
    assert list(asked["holder"])[: len(order)] == order
    page = re.sub(r"<[^>]*>", "", show_to_ask(unknown).text)
    for row in missing:
        assert row.title in page
    held = {name: one for one in unknown.catalog.holders.values() for name in one.quantities}
    for row in asked:
        mine = [one for one in missing if held[one.quantity].id == row.holder]
        assert row.judges == len({target for one in mine for target in one.would_judge})
        assert row.figures == len(mine)


def test_years_in_a_row_are_told_as_a_span(unknown: AreaReport) -> None:
    which = " ".join(unknown.tables["to_ask"]["which"])
    row = next(one for one in unknown.tables.rows("missing") if one.quantity == "kindergartens")
    assert row.missing_in == [2022]
    apart = {"zh": "（2020、2022）", "en": " (2020, 2022)"}[unknown.lang]
    assert apart in which
    assert "2020–2022" in which


def test_what_nobody_is_said_to_hold_comes_last(unknown: AreaReport) -> None:
    held = unknown.catalog.holders
    first = next(iter(held))
    kept = {name: one for name, one in held.items() if name != first}
    catalog = replace(unknown.catalog, holders=kept)
    blind = SimpleNamespace(catalog=catalog, tables=unknown.tables, lang=unknown.lang,
                            listed=unknown.listed)  # fmt: skip
    found = to_ask_table(blind)  # type: ignore[arg-type]
    last = found.rows[-1]
    assert last.holder == ""
    assert last.figures == unknown.tables["to_ask"].iloc[0]["figures"]


def test_rows_of_a_group_stand_below_its_name(city: AreaReport) -> None:
    page = show_bulletin(city).text
    table = page[page.index('<table class="cards targets">') :].partition("</table>")[0]
    bodies = re.findall(r"<tbody>(.*?)</tbody>", table)
    counts = city.tables["bulletin"]["group"].value_counts()
    for body in bodies:
        (group, told) = re.search(
            r'scope="rowgroup"><span class="key (\w+)">([^<]*)', body
        ).groups()
        assert body.count("<tr>") - 1 == counts[group] == int(re.search(r"\d+", told)[0])
    assert len(bodies) == len(counts)


def test_a_share_is_asked_to_be_whole_and_not_more(city: AreaReport) -> None:
    page = re.sub(r"<[^>]*>", " ", show_bulletin(city).text)
    assert {"zh": "要求100%）", "en": "100 % required"}[city.lang] in page
    assert "100%以上" not in page
    assert "at least 100 %" not in page


def test_a_district_without_figures_leads_to_the_city(opened: Any) -> None:
    page = show_bulletin(opened("wuhai", "wuda", "zh")).text
    assert 'href="../wuhai/report.html"' in page


def test_at_most_three_questions_and_the_reading_comes_first(city: AreaReport) -> None:
    rows = city.tables.rows("bulletin")
    asked = questions(city, rows)
    assert 2 <= len(asked) <= 3
    turned = {
        "zh": r"(\d+)项目标的结论会改变(?:，其中(\d+)项)?",
        "en": r"on (\d+) of the targets(?:; (\d+))?",
    }[city.lang]
    counted = [tuple(map(int, re.search(turned, one).groups("0"))) for one in asked[:2]]
    assert sum(n for n, _ in counted) == sum(bool(row.disputed) for row in rows)
    first_years = {"zh": "2020年还是2021年", "en": "from 2020 or from 2021"}[city.lang]
    assert first_years in asked[0]  # two steps or three up to 2022
    others = [
        {other.verdict for other in city.assessments[row.target].others}
        for row in rows
        if row.disputed and row.verdict != "missed"
    ]
    assert sum(missed for _, missed in counted) == sum(Verdict.MISSED in one for one in others)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sum_over_years_is_told_as_what_each_year_brings(opened: Any, lang: str) -> None:
    report = opened("mock_city", "mock_city", lang)
    (row,) = [row for row in report.tables.rows("bulletin") if row.target == "A38c_special_funds"]
    exact = report.evidence.record(row.indicator, "mock_city").exact
    assert row.required_pace == pytest.approx(400e6 / 3)  # four hundred million in three years
    assert row.recent_pace == pytest.approx(sum(exact[year] for year in (2018, 2019, 2020)) / 3)
    page = show_bulletin(report).text.split(f'href="#card-{row.target}"')[1].split("</tr>")[0]
    assert {"zh": "1.33亿元", "en": "133 million yuan"}[lang] in page
    assert "+" not in re.sub("<svg.*?</svg>", "", page)


def test_a_total_of_the_city_is_asked_of_none_of_its_districts(city: AreaReport) -> None:
    """A hundred master teachers in the city, 50 trained a year, 400 million, one or two more."""
    totals = {
        "A09b_region_model_kg", "A24a_master_teachers", "A24d_youth_number", "A38c_special_funds"
    }  # fmt: skip
    found = city.assessments
    told = {name for name, one in found.items() if one.reason == "total_of_whole"}
    assert told == totals
    assert {(one.verdict, one.level, one.people) for one in map(found.get, told)} == {
        (Verdict.CANNOT_TELL, None, None)
    }
    asked = {
        "zh": "计划只规定了总数，本地应完成多少？",
        "en": "How much of it is to come from here?",
    }
    assert any(asked[city.lang] in one for one in questions(city, city.tables.rows("bulletin")))
    reason = {"zh": "没有分解到本地）", "en": "not divided among areas)"}[city.lang]
    assert reason in show_bulletin(city).text


def test_what_points_the_other_way_is_marked_and_its_card_says_why(city: AreaReport) -> None:
    page = show_bulletin(city).text
    marked = set()
    for row in city.tables.rows("bulletin"):
        cells = page.split(f'href="#card-{row.target}"')[1].split("</tr>")[0]
        if "†" in cells:
            marked.add(row.target)
    why = {target.id for target in city.numeric if why_apart(city, target)}
    assert marked == why
    assert {"zh": "带†的", "en": "A dagger"}[city.lang] in page


def test_what_is_due_before_the_last_year_stands_below_what_is_required(city: AreaReport) -> None:
    """97 % from 2021 on; 87 % in 2021 and 90 % in 2022; 60 % in 2022, and more every year."""
    page = show_bulletin(city).text
    expected = {
        "T03_disabled_table": {"zh": "2021年起", "en": "from 2021 on"},
        "T06_primary_bachelor": {"zh": "87%以上（2021年）", "en": "at least 87 % (2021)"},
        "A08c_private_kg_teachers": {"zh": "另有逐年要求", "en": "and a change each year"},
    }
    for target, words in expected.items():
        cells = page.split(f'href="#card-{target}"')[1].split("</tr>")[0]
        assert f"<small>{words[city.lang]}</small>" in cells.replace("\u00a0", " "), target


def test_a_value_that_looks_like_its_level_is_told_more_closely(city: AreaReport) -> None:
    page = show_bulletin(city).text.split('href="#card-T01_public_kindergarten_table"')[1]
    assert "50.02" in page.split("</tr>")[0]  # 50.018 where more than 50 is asked


def test_what_is_told_of_the_track_record_is_of_the_years_ahead(opened: Any) -> None:
    report = opened("michigan", "michigan_district_1010", "en")
    page = show_bulletin(report).text
    held = {one.calibration.held80_pct[2] for one in report.assessments.values() if one.calibration}
    assert f"3 years ahead, {min(held):.0f} %" in page


ABOVE_50 = Bound(op=">", value=50.0)


def _found(verdict: Verdict, **more: object) -> Assessment:
    return Assessment("study", "area", "target", Applies.BINDS, verdict, **more)  # type: ignore[arg-type]


def _lever(percentile: float | None, reason: str = "found") -> SimpleNamespace:
    return SimpleNamespace(even_reason=reason, practice_percentile=percentile)


@pytest.mark.parametrize(
    ("found", "lever", "group"),
    [
        (_found(Verdict.MET), None, "met"),
        (_found(Verdict.MISSED), _lever(10), "missed"),
        (_found(Verdict.NO_DATA), None, "lacking"),
        (_found(Verdict.CANNOT_TELL), _lever(10), "unknown"),
        (_found(Verdict.LIKELY), _lever(10), "kept_up"),
        (_found(Verdict.UNLIKELY), _lever(90.0), "effort"),
        (_found(Verdict.UNLIKELY), _lever(90.1), "hard"),
        (_found(Verdict.UNLIKELY, people=2), _lever(99), "effort"),
        (_found(Verdict.UNLIKELY, people=3), _lever(99), "hard"),
        (_found(Verdict.UNLIKELY), _lever(10, "beyond_bounds"), "hard"),
        (_found(Verdict.UNCERTAIN), _lever(90.1), "open"),
        (_found(Verdict.OUT_OF_REACH), _lever(10), "hard"),
        (_found(Verdict.OUT_OF_REACH, people=1), _lever(99), "effort"),
        (_found(Verdict.OUT_OF_REACH, people=2), _lever(99, "beyond_bounds"), "hard"),
        (_found(Verdict.OUT_OF_REACH, people=3), _lever(10), "hard"),
        # One more than stands there is enough, in each of several years: no handful.
        (_found(Verdict.UNLIKELY, people=1, gap=0.0, level=ABOVE_50), _lever(99), "hard"),
        (_found(Verdict.IMPOSSIBLE, people=1), _lever(10), "hard"),
        (_found(Verdict.IMPOSSIBLE), _lever(10), "hard"),
        (_found(Verdict.UNLIKELY), None, "hard"),
        (_found(Verdict.UNCERTAIN), None, "open"),
        (_found(Verdict.UNLIKELY, findings=("promised_pace",)), _lever(10), "clash"),
        # What may well come is no contradiction, whatever pace the plan promises.
        (_found(Verdict.UNCERTAIN, findings=("promised_pace",)), None, "open"),
        (_found(Verdict.IMPOSSIBLE), None, "hard"),
    ],
)
def test_groups_follow_their_rule(found: Assessment, lever: object, group: str) -> None:
    assert group_of(found, lever) == group


def test_no_chance_is_printed_beyond_the_caps(city: AreaReport) -> None:
    printed = re.findall(r'<span class="nowrap">([^<]*)</span>', show_bulletin(city).text)
    chances = [int(re.search(r"\d+", one)[0]) for one in printed]  # type: ignore[index]
    rows = city.tables.rows("bulletin")
    told = [row for row in rows if row.probability is not None and row.group != "unknown"]
    assert any(row.group == "unknown" for row in rows)
    assert len(chances) == len(told)
    assert min(chances) >= 1
    assert max(chances) <= 80


def test_a_drawing_keeps_order_and_escapes_what_it_is_given() -> None:
    drawn = course(
        {2019: 10.0, 2020: 20.0},
        [(2022, 30.0, "30")],
        labels={2019: "<b>", 2020: "20"},
        alt='a "quoted" < alt',
    )
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert 'aria-label="a &quot;quoted&quot; &lt; alt"' in drawn
    past = re.search(r'class="past" d="M(\S+) (\S+) L(\S+) (\S+)"', drawn)
    assert past is not None
    x1, y1, x2, y2 = map(float, past.groups())
    assert x1 < x2
    assert y1 > y2, "a higher value is drawn higher up"


def test_no_label_begins_left_of_the_drawing() -> None:
    history, label = {2018: 1.0, 2019: 2.0}, "78,288.39 yuan per pupil"
    drawn = course(history, [(2020, 3.0, "x" * 20)], labels={2019: label}, alt="a")
    (x, anchor) = re.search(rf'x="([\d.]+)" y="[\d.]+" text-anchor="(\w+)">{label}', drawn).groups()
    begun = float(x) - (text_width(label, 11) if anchor == "end" else 0)
    assert begun >= 0


def test_where_nothing_is_asked_there_is_no_heading_for_it(opened: Any) -> None:
    report = opened("provinces", "beijing", "en")
    assert not questions(report, report.tables.rows("bulletin"))
    page = show_bulletin(report).text
    assert say("bulletin.how_sure", "en") in page
    assert "Questions to" not in page


def test_a_flat_series_is_drawn_level() -> None:
    drawn = spark({2019: 50.0, 2020: 50.0, 2021: 50.0}, {})
    heights = {pair.split()[1] for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", drawn)}
    assert len(heights) == 1


def test_wide_letters_are_wider() -> None:
    assert text_width("目", 10) > text_width("m", 10)


@pytest.mark.parametrize(("people", "zh", "en"), [(1, "1人", "1 person"), (2, "2人", "2 persons")])
def test_one_who_is_missing_is_told_in_the_singular(
    city: AreaReport, people: int, zh: str, en: str
) -> None:
    assert people_text(city, "junior_pass_rate", people) == {"zh": zh, "en": en}[city.lang]


def test_the_recent_pace_is_that_of_the_last_three_years(city: AreaReport) -> None:
    rows = [row for row in city.tables.rows("bulletin") if row.recent_pace is not None]
    assert rows
    for row in rows:
        exact = city.evidence.record(row.indicator, city.area.id).exact
        if city.assessments[row.target].total is not None:
            continue
        steps = [exact[row.last_year - back] - exact[row.last_year - back - 1] for back in range(3)]
        brought = [exact[row.last_year - back] for back in range(3)]
        # Of a sum over years, which asks for so much a year, it is what a year brought.
        sums = city.assessments[row.target].total is not None
        assert row.recent_pace == pytest.approx(sum(brought if sums else steps) / 3)
