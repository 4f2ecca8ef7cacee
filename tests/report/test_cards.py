"""The card of each target, held against definitions, data, verdicts and requirements."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html import unescape

import pytest

from edu_metrics import report as rep
from edu_metrics.observations.documents import place_named
from edu_metrics.reachability import Applies, Verdict, chance, requirements_of
from edu_metrics.reachability.requirements import EVEN, MORE_A_YEAR, SURE
from edu_metrics.report.cards import show_cards
from edu_metrics.report.outlook import _ahead, chart_of, reached_text, recent_pace
from edu_metrics.report.reasons import bound_text, change_text, reading_text, series_caution
from edu_metrics.report.requirements import counted_in, takes_even
from edu_metrics.report.status_rules import why_apart
from edu_metrics.report.verdicts import FEW_PARTS
from edu_metrics.words import amount, date, number, say, signed, unit_of

#: Much data, little, none, and one area of many; each in one language, the first in both.
PLACES = (
    ("mock_city", "mock_east", "zh"),
    ("mock_city", "mock_east", "en"),
    ("wuhai", "wuhai", "zh"),
    ("wuhai", "haibowan", "en"),
    ("michigan", "michigan_district_1010", "en"),
)


@pytest.fixture(params=PLACES, ids="-".join)
def report(request, opened):
    return opened(*request.param)


@cache
def cards(report):
    """Give the HTML of each card by target, once for all tests."""
    _, *found = str(show_cards(report)).split('<details class="card">')
    return {re.search(r'id="card-(\w+)"', one)[1]: one for one in found}


def plain(html):
    return unescape(re.sub(r"<[^>]*>", " ", html))


def row(card, lang, key):
    """Give what stands behind a fact of a card; None where it has none."""
    found = re.search(rf"<dt>{re.escape(say(key, lang))}</dt><dd>(.*?)</dd>", card)
    return unescape(found[1]) if found else None


def test_each_target_has_a_card_in_the_order_of_the_plan_that_rows_lead_to(report):
    found = cards(report)
    if report.area.parent not in report.areas or not report.mostly_lacking:
        assert list(found) == [target.id for target in report.numeric]
    links = set(re.findall(r'href="#card-(\w+)"', str(rep.show_bulletin(report))))
    assert links <= set(found)
    if not report.mostly_lacking:
        assert links == set(found)


def test_of_what_only_the_whole_lacks_a_district_says_where_it_stands(opened):
    report = opened("wuhai", "haibowan", "en")
    missing = [target for target in report.numeric if target.id not in cards(report)]
    assert missing
    for target in missing:
        found = report.assessments[target.id]
        assert (found.verdict, found.applies) == (Verdict.NO_DATA, Applies.AS_IF)
    page = str(show_cards(report))
    key = "cards.elsewhere" if cards(report) else "cards.all_elsewhere"
    told = say(key, "en", n=len(missing), whole=report.area_name("wuhai"))
    assert f'<a href="../wuhai/report.html">{told}</a>' in page


def test_a_card_quotes_the_plan_says_where_and_gives_the_verdict(report):
    for name, card in cards(report).items():
        target, found = report.plan.target(name), report.assessments[name]
        text = unescape(card)
        assert f">{target.quote}</q>" in text
        place = place_named(target.locator or "")
        if report.lang == "zh" or place is None:
            assert (target.locator or "") in text
        else:
            kind, number_of = place
            assert say(f"report.place_{kind}", "en", number=number_of) in text
            assert target.locator not in text
        summary = text.split("</summary>")[0]
        assert target.title.in_(report.lang) in summary
        if found.applies is not Applies.PARTS:
            assert say(f"verdict.{found.verdict}", report.lang) in summary
        if found.probability is not None:
            told = chance(found.probability, report.lang) in re.sub("<h3>.*?</h3>", "", summary)
            # A chance beside "cannot tell" would be taken for an answer.
            assert told is (found.verdict is not Verdict.CANNOT_TELL)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_verdicts_of_many_parts_are_counted(opened, lang):
    report = opened("provinces_2017-12-31", "china", lang)
    for name, card in cards(report).items():
        target = report.plan.target(name)
        parts = [
            area
            for area in report.catalog.bound_areas(report.study, target)
            if area in report.areas and area != report.area.id
        ]
        counts = Counter(report.assess(area, [target])[name].verdict for area in parts)
        head = plain(card.split("</summary>")[0])
        assert str(len(parts)) in head
        assert len(parts) == sum(counts.values()) > FEW_PARTS
        for verdict, number_of in counts.items():
            assert re.search(rf"{say(f'verdict.{verdict}', lang)}\s+{number_of}\b", head)


def test_a_quote_in_another_language_than_the_page_says_which(opened):
    for name, card in cards(opened("mock_city", "mock_east", "en")).items():
        assert '<q lang="zh-CN">' in card, name
    assert '<q lang="zh-CN">' not in str(show_cards(opened("mock_city", "mock_east", "zh")))


def test_each_chart_has_a_message_and_a_text_of_its_own(report):
    page = str(rep.show_bulletin(report)) + str(show_cards(report))
    told = re.findall(r'<svg class="course"[^>]* aria-label="([^"]*)"', page)
    assert len(told) == page.count("<figcaption>") == page.count("<figure>")
    assert len(set(told)) == len(told)
    mark = f"[{say('report.status_simulated', report.lang)}]"
    alt = re.compile(r'<svg class="course"[^>]* aria-label="([^"]*)"')
    own = [text for card in cards(report).values() for text in alt.findall(card)]
    assert all(text.startswith(mark) is report.study.simulated for text in own)


def test_a_chart_ends_with_the_deadline_although_more_years_were_drawn(opened):
    report = opened("mock_city", "mock_city")
    target = next(t for t in report.numeric if report.assessments[t.id].reached is not None)
    found = report.assessments[target.id]
    ahead, _ = _ahead(report, target, found)
    due = report.plan.deadline_of(target)
    assert found.reached.horizon > due
    assert tuple(ahead.values) == tuple(year for year in found.reached.years if year <= due)
    low, high = found.interval
    assert (ahead.low[due], ahead.high[due]) == pytest.approx((low, high))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_message_holds_the_pace_needed_against_the_paces_of_the_past(opened, lang):
    """From 52.4 % in 2009 to 84.5 % in 2020: 2.9 points a year; 5.5 more are asked in two."""
    report = opened("mock_city", "mock_east", lang)
    target = report.plan.target("T06_primary_bachelor")
    exact = report.evidence.record(target.indicator, "mock_east").exact
    message = unescape(re.search(r"<figcaption>(.*?)<", str(chart_of(report, target)))[1])
    paces = ((90 - exact[2020]) / 2, (exact[2020] - exact[2009]) / 11,
             (exact[2020] - exact[2017]) / 3)  # fmt: skip
    places = [message.index(change_text(pace, "percent", lang)) for pace in paces]
    assert places == sorted(places)
    assert "2009" in message


def test_what_is_asked_of_the_last_year_stands_on_the_chart(report):
    for name, card in cards(report).items():
        found, target = report.assessments[name], report.plan.target(name)
        if found.level is None or "<svg" not in card:
            continue
        conditions = target.default_reading.conditions
        levels = [b for one in conditions if one.type == "level" for b in one.at.values()]
        last = levels[-1] if levels else found.level
        asked = bound_text(last, report.catalog.indicators[found.indicator], report.lang)
        assert re.search(rf'<text class="asked"[^>]*>{re.escape(asked)}</text>', unescape(card))


def test_gap_and_pace_are_told_of_what_is_open_and_of_nothing_else(report):
    paced = set(report.tables["required_pace"]["target"])
    for name, card in cards(report).items():
        found = report.assessments[name]
        told = row(card, report.lang, "cards.pace_head")
        assert (told is not None) == (name in paced and not found.closed), name
        if told and found.required_pace and not found.total and report.unit_of(found) == "percent":
            assert signed(found.required_pace, 2) in told
        if told and found.people:
            assert number(found.people, 0) in row(card, report.lang, "report.gap")


def test_every_reading_is_shown_with_its_verdict_and_whether_it_is_taken(report):
    for name, card in cards(report).items():
        found, target, lang = report.assessments[name], report.plan.target(name), report.lang
        rows = re.findall(r"<tr><td.*?</tr>", card)
        assert len(rows) == (1 + len(found.others) if found.others else 0)
        for one, line in zip((found, *found.others), rows, strict=bool(rows)):
            text = unescape(line)
            assert reading_text(target, one, lang) in text
            assert say(f"verdict.{one.verdict}", lang) in text
            assert (say("cards.taken", lang) in text) is (one is found)
            if one.probability is not None and one.verdict is not Verdict.CANNOT_TELL:
                told = chance(one.probability, lang)
                other = say("report.under_reading", lang, chance=told)
                assert told in text
                assert (other in text) is (one is not found)
        lacking = {one.verdict for one in (found, *found.others)} == {"no_data"}
        alike = "cards.readings_lack" if lacking else "cards.readings_alike"
        head = say("cards.readings" if found.disputed else alike, lang)
        assert (f"<caption>{head}</caption>" in unescape(card)) is bool(found.others)


def test_what_the_words_leave_open_is_listed(report):
    for name, card in cards(report).items():
        for text in report.plan.target(name).ambiguities:
            assert text.in_(report.lang) in unescape(card)


def test_an_open_base_year_is_not_told_as_a_number_of_steps(opened):
    found = cards(opened("wuhai", "wuhai", "en"))
    # "到2022年…数量增加20%" has no yearly clause; 2020 and 2019 are the years it can start from.
    (workshops,) = [card for card in found.values() if "master-teacher workshops" in card]
    assert "can be 2020 or 2019; 2020 is taken" in workshops
    assert "Each year” can mean" not in workshops
    gains = next(card for card in found.values() if "Yearly gain in the primary pass rate" in card)
    assert "can mean 2 years (2021 to 2022) or 3 years (2020 to 2022)" in gains


def test_a_card_says_what_it_takes_or_why_that_is_unknown_unless_it_is_decided(report):
    for name, card in cards(report).items():
        lang = report.lang
        first = requirements_of(report.evidence, report.assessments[name])[0]
        section = unescape(card).partition(f"<h4>{say('cards.takes', lang)}</h4>")[2]
        assert bool(section) is (first.reason != "decided")
        if first.reason and section:
            why = say(f"requirements.because_{first.reason}", lang)
            assert say("requirements.silent", lang, why=why) in section
        enough = first.usual is not None and first.usual >= SURE
        listed = section.partition("<h4>")[0].count("<li>")
        assert listed == (0 if enough else len(first.needs))
        told = say("requirements.past", lang, date=date(report.study.as_of, lang))
        assert (told in section) is bool(section and first.past and first.reason is None)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_setting_is_told_in_what_the_lever_counts(opened, lang):
    report = opened("mock_city", "mock_east", lang)
    counted = set()
    for row in report.tables.rows("requirements"):
        if row.lever == MORE_A_YEAR and row.even_value:
            unit = unit_of(counted_in(report, row.indicator))
            counted.add(unit.id)
            told = amount(math.ceil(row.even_value), unit.id, lang)
            assert told in takes_even(report, [row])
    assert {"workshops", "persons"} <= counted


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_likelier_than_even_is_not_told_what_an_even_chance_takes(opened, lang):
    report = opened("mock_city", "mock_east", lang)
    even = say("requirements.goal_even", lang)
    halves = {"zh": "一半把握|约50%", "en": "even chance|half of the cases"}[lang]
    seen = set()
    for name, card in cards(report).items():
        found = report.assessments[name]
        section = unescape(card).partition(f"<h4>{say('cards.takes', lang)}</h4>")[2]
        lines = section.partition("</ul>")[0].partition("<h4>")[0]
        if found.probability is not None and found.probability >= EVEN:
            assert not re.search(halves, lines), name
            seen.add(found.probability >= SURE)
            nothing = say("requirements.nothing_new", lang, chance=chance(found.probability, lang))
            assert (nothing in section) is (found.probability >= SURE)
    assert seen == {True, False}
    assert even in " ".join(cards(report).values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_year_by_which_a_level_is_reached_is_no_second_probability(opened, lang):
    report = opened("mock_city", "mock_east", lang)
    told_more = 0
    for found in report.assessments.values():
        told = reached_text(found, lang)
        assert "%" not in told
        more = say("cards.reached_level", lang, told="", due=2022)
        if more in told:
            told_more += 1
            assert not found.reached.all_asked
    assert told_more


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "2021—2023年合计4亿元以上；年均需1.33亿元；以往年均1.83亿元；近三年年均1.75亿元"),
        ("en", "at least 400 million yuan for 2021 to 2023 in all; 133 million yuan needed in each"
               " year; mean of past years 183 million yuan; of the last three 175 million yuan"),
    ],
)  # fmt: skip
def test_of_a_sum_over_years_amounts_a_year_are_told_and_no_change(opened, lang, told):
    """400 million in three years are 133 a year; the twelve years known brought 183 on average."""
    card = unescape(cards(opened("mock_city", "mock_city", lang))["A38c_special_funds"])
    assert told in card
    assert {"zh": "计划期至2022年", "en": "after the plan's last year, 2022"}[lang] in card
    assert "每年须" not in card
    assert "a year a year" not in card


@pytest.mark.parametrize(("lang", "told"), [("zh", "技工学校不在内"), ("en", "echnical schools")])
def test_what_a_series_leaves_out_can_be_said(opened, lang, told):
    report = opened("provinces", "inner_mongolia", lang)
    (found,) = [
        one for one in report.assessments.values()
        if one.indicator == "vocational_share_of_senior_intake"
    ]  # fmt: skip
    assert told in series_caution(report, found)
    assert series_caution(report, replace(found, indicator=None)) == ""


@pytest.mark.parametrize(("lang", "now"), [("zh", "50.02%"), ("en", "50.02 %")])
def test_a_value_shows_on_which_side_of_the_level_it_stands(opened, lang, now):
    found = cards(opened("mock_city", "mock_east", lang))
    for name in ("T01_public_kindergarten_table", "A06a_public_share"):
        card = unescape(re.sub(r"<svg.*?</svg>", "", found[name], flags=re.S))
        assert now in card
        assert now.replace("50.02", "50.0") not in card


def test_what_it_takes_from_a_plans_own_start_is_for_each_hundred(opened):
    told = say("requirements.assumed_start", "en")
    shown = str(show_cards(opened("wuhai", "wuhai", "en")))
    assert told in shown
    assert "in 100 a year" in shown
    assert say("cards.stated", "en") in unescape(shown)
    assert told not in str(show_cards(opened("mock_city", "mock_city", "en")))


def test_the_floor_under_a_fall_of_myopia_is_told(opened):
    from edu_metrics.formulas.flows.pupils import fastest_fall, start_myopia

    report = opened("mock_city", "mock_city", "en")
    now = report.assessments["A03e_myopia"].last_value
    # 12.9 in grade 1, give or take 2: so near to what the middle of it gives.
    floor = float(fastest_fall(start_myopia(now, 12.9)["by_grade"]))
    told = cards(report)["A03e_myopia"].split("the rate can fall by ")[1].split(" points")[0]
    assert float(told) == pytest.approx(floor, abs=0.05)


def test_a_plan_that_contradicts_its_own_pace_is_told_beside_the_probability(opened):
    report = opened("michigan", "michigan_district_1010")
    # 68 % in 1995 and at most 8 points in each of three years end at 92 %, short of 95 %.
    found = report.assessments["M2_pass_level_95"]
    assert found.findings == ("promised_pace",)
    assert found.probability is not None
    card = cards(report)["M2_pass_level_95"]
    assert "The plan contradicts its own pace" in row(card, "en", "cards.why")
    assert row(card, "en", "report.remark") == "the plan's own fastest pace falls short"
    # From 71 to 80 the promised 5 to 8 points a year arrive at 95 in three steps.
    assert row(card, "en", "cards.base_head").endswith("in 3 years from a baseline of 71 % to 80 %")


def test_chance_is_spoken_of_where_persons_are_tested_and_nowhere_else(report):
    for name, card in cards(report).items():
        found = report.assessments[name]
        told = row(card, report.lang, "cards.visible")
        assert (told is not None) == (found.noise is not None)
        if found.noise is not None:
            assert number(found.noise.n, 0) in told
            assert (say("noise.reads_hidden", report.lang) in told) is (
                found.verdict is Verdict.CANNOT_TELL
            )


def test_where_the_number_of_persons_is_unknown_is_said_once(opened):
    report = opened("michigan", "michigan_district_1010", "en")
    told = say("noise.unknown", "en", number=len(report.numeric))
    assert unescape(str(show_cards(report))).count(told) == 1


def test_by_when_it_is_reached_is_that_of_the_assessment(report):
    for name, card in cards(report).items():
        found = report.assessments[name]
        told = row(card, report.lang, "cards.when")
        known = found.reached is not None and found.verdict is not Verdict.CANNOT_TELL
        assert (told is not None) == known
        if told:
            named = found.reached.since or found.reached.median_year
            assert str(named or len(found.reached.years)) in told


def test_precedents_and_rules_stand_on_the_cards_of_those_that_have_them(report):
    counted = report.tables["precedents"].query("kind == 'ordinary'")
    for name, card in cards(report).items():
        heads = re.findall(r"<h4>(.*?)</h4>", unescape(card))
        precedent = say("cards.precedent", report.lang) in heads
        assert precedent == (name in set(counted["target"]))
        # What every rule says stands once, in its section; a card says why the verdict is opposed.
        apart = why_apart(report, report.plan.target(name))
        assert (say("cards.rules", report.lang) in heads) == bool(apart)
        assert unescape(apart) in unescape(card)
        for line in counted[counted["target"] == name].itertuples():
            assert number(line.windows, 0) in plain(card)


def test_where_data_come_from_is_said(report):
    page, found = unescape(str(show_cards(report))), cards(report)
    given = {name: report.assessments[name].sources for name in found}
    alike = len(found) > 1 and len({tuple(one) for one in given.values()}) == 1
    for name, card in found.items():
        for source in given[name]:
            title = report.catalog.sources[source].title.in_(report.lang)
            assert (title in unescape(card)) != alike
            assert not alike or page.count(title) == 1


def test_the_recent_pace_is_missing_where_one_of_its_ends_is(opened):
    report = opened("michigan", "michigan_district_1010")
    found = report.assessments["M2_pass_level_95"]
    exact = report.evidence.record(found.indicator, report.area.id).exact
    assert recent_pace(report, found) == pytest.approx((exact[1995] - exact[1992]) / 3)
