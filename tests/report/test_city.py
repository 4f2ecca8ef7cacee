"""The overview of a city: its sentences say what its tables hold, and the matrix stands once."""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape

import pytest

from edu_metrics.reachability import Verdict
from edu_metrics.report.bulletin import glance_of
from edu_metrics.report.city import (
    NAMED,
    city_sentence,
    show_city_head,
    show_parts,
    show_side_by_side,
    whose_shortfall,
)
from edu_metrics.words import say, signed


def numbers(text):
    return [int(one) for one in re.findall(r"\d+", text)]


@pytest.fixture(params=["zh", "en"])
def city(request, overview):
    return overview("mock_city", request.param)


def test_the_sentence_says_what_the_whole_and_its_parts_may_meet(city):
    def in_all(area):
        joint = city.joint(area)
        met = joint.verdicts.get(Verdict.MET, 0)
        return [round(met + one) for one in (joint.expected, *joint.interval)]

    said = city_sentence(city)
    parts = {area: in_all(area)[0] for area in city.parts}
    most, fewest = max(parts.values()), min(parts.values())
    met = city.joint(city.whole).verdicts[Verdict.MET]
    ends = (most, fewest) if city.lang == "zh" else (fewest, most)
    assert numbers(said) == [len(city.numeric), met, *in_all(city.whole), len(parts), *ends]
    first, last = (said.index(str(city.area_name(area))) for area in _ends(parts))
    assert (first < last) is (city.lang == "zh")


def _ends(parts):
    return max(parts, key=parts.get), min(parts, key=parts.get)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_parts_that_share_the_most_or_the_fewest_are_counted_where_they_are_many(overview, lang):
    city = overview("provinces", lang)
    joints = {area: city.joint(area) for area in city.parts}
    parts = {a: round(j.verdicts.get(Verdict.MET, 0) + j.expected) for a, j in joints.items()}
    most, fewest = max(parts.values()), min(parts.values())
    alike = [list(parts.values()).count(one) for one in (most, fewest)]
    assert min(alike) > NAMED
    told = numbers(city_sentence(city))
    ends = [[most, alike[0]], [fewest, alike[1]]]
    first, second = ends if lang == "zh" else reversed(ends)
    assert told[-5:] == [len(parts), *first, *second]
    assert not any(city.area_name(area) in city_sentence(city) for area in city.parts)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_many_parts_of_a_gap_run_down_the_page_the_largest_first(overview, lang):
    city = overview("provinces", lang)
    page = unescape(show_parts(city).text).split('class="cards ranked"')[1].split("</table>")[0]
    cells = re.findall(r'class="n"[^>]*>([+−][\d.]+)<', page)
    points = [float(one.replace("−", "-")) for one in cells]
    assert points == sorted(points)
    assert len(points) == len(city.parts)
    mine = city.tables["parts"].sort_values("contribution_pp")
    assert re.findall(r"<tr><td[^>]*>(.*?)</td>", page) == mine["title"].tolist()


def test_short_of_the_level_of_the_whole_is_told_from_short_of_ones_own(city):
    own = {
        str(found.indicator)
        for (area, target), found in city.assessments.items()
        if area in city.parts
        and found.level is not None
        and found.level != city.assessments[city.whole, target].level
        and found.indicator in set(city.tables["parts"]["indicator"])
    }
    assert own
    page = unescape(show_parts(city).text)
    told = say("city.asked_of_whole", city.lang, year=2020, level="|", **city.nouns).split("|")[0]
    assert page.count(told) == len(own)
    note = page.split('class="small">')[2].split("</p>")[0]
    assert all(city.indicator_name(name) in note for name in own)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_city_without_a_forecast_counts_what_is_decided(overview, lang):
    city = overview("wuhai", lang)
    verdicts = city.joint(city.whole).verdicts
    told = [verdicts.get(one, 0) for one in (Verdict.MET, Verdict.MISSED, Verdict.NO_DATA)]
    assert numbers(city_sentence(city)) == [len(city.numeric), *told]


def test_the_bars_count_every_target_of_every_area(city):
    page = show_city_head(city).text
    bars = re.findall(r'class="band"[^>]*aria-label="([^"]*)"', page)
    assert len(bars) == len(city.areas)
    assert {sum(numbers(bar)) for bar in bars} == {len(city.numeric)}
    assert page.index(city_sentence(city).split("(")[0]) < page.index('class="band"')


def test_the_matrix_stands_once_and_as_a_table(city):
    page = show_side_by_side(city).text
    assert page.count("<table") == 1
    assert "<img" not in page
    assert page.count("<tr>") == 1 + len(city.numeric)
    assert page.count('class="key ') == len(city.numeric) * len(city.areas)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_many_areas_run_down_the_page_and_few_targets_across(overview, lang):
    city = overview("provinces_2017-12-31", lang)
    page = show_side_by_side(city).text
    heads = re.findall(r'<th scope="col">(.*?)</th>', unescape(page))
    assert heads[1:] == [target.title.in_(lang) for target in city.numeric]
    rows = re.findall(r"<tr><td.*?</tr>", unescape(page))
    assert len(rows) == len(city.areas) > len(city.numeric)
    for area, row in zip(city.areas, rows, strict=True):
        assert city.area_name(area) in row
        told = re.findall(r'class="key (\w+)"', row)
        assert told == [city.groups[area, target.id] for target in city.numeric]


@pytest.mark.slow
def test_each_area_has_the_groups_and_chances_of_its_own_first_page(city, opened):
    page = show_side_by_side(city).text
    for area in city.parts:
        own = glance_of(opened("mock_city", area, city.lang))
        assert own.counts == Counter(city.groups[area, target.id] for target in city.numeric)
        bars = re.findall(r'class="band"[^>]*aria-label="([^"]*)"', show_city_head(city).text)
        assert sorted(own.counts.values()) == sorted(numbers(bars[city.areas.index(area)]))
    assert page.count("<small>") == sum(
        found.probability is not None and found.verdict is not Verdict.CANNOT_TELL
        for found in city.assessments.values()
    )


def test_the_part_that_makes_most_of_a_gap_is_counted(city):
    worst = {}
    for name, rows in city.tables["parts"].groupby("indicator"):
        lower = city.catalog.indicators[name].better == "lower"
        ordered = rows.sort_values("contribution_pp", ascending=not lower)
        worst[name] = ordered.iloc[0]["area"]
        assert (rows["contribution_pp"].sum() > 0) == lower, "each falls short"
    assert {city.catalog.indicators[name].better for name in worst} == {"higher", "lower"}
    said = whose_shortfall(city)
    assert numbers(said)[0] == len(worst)
    assert sum(numbers(said)[1:]) == len(worst)
    for area in set(worst.values()):
        times = list(worst.values()).count(area)
        assert re.search(rf"{re.escape(city.area_name(area))}[^\d]*{times}", said)
    assert escape(said) in show_city_head(city).text
    bold = re.findall(r'class="most"><b>([^<]*)', show_parts(city).text)
    for one, rows in zip(
        bold,
        (rows for _, rows in city.tables["parts"].groupby("indicator", sort=False)),
        strict=True,
    ):
        points = rows["contribution_pp"]
        assert one == signed(points.max() if points.sum() > 0 else points.min(), 1)
