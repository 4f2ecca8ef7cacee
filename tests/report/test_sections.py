"""What each section shows, held against definitions, data and verdicts; nothing is run here."""

from __future__ import annotations

import dataclasses
import re
import shutil
from functools import cache
from html import escape, unescape
from html.parser import HTMLParser

import pandas as pd
import pytest

from edu_metrics import report as rep
from edu_metrics.catalog import Correction
from edu_metrics.errors import DataError, DefinitionError, ReportError
from edu_metrics.formulas import FORMULAS
from edu_metrics.reachability import (
    SeriesStore,
    Verdict,
    assess_target,
    gap_by_parts,
    requirements_of,
)
from edu_metrics.report import CityReport
from edu_metrics.report.city import _gap, _splits
from edu_metrics.report.context import AreaReport
from edu_metrics.report.reasons import because, level_text, reading_text
from edu_metrics.words import date, say, signed, texts

SECTIONS = (
    rep.show_cards,
    rep.show_touching,
    rep.show_measured,
    rep.show_missing,
    rep.show_precedents,
    rep.show_status_rules,
    rep.show_sensitivity,
    rep.show_joint,
    rep.show_followed,
    rep.show_assumptions,
    rep.show_origins,
)
#: Every kind of study; each language where there is much data and where there is little.
PLACES = (
    ("wuhai", "wuhai", "zh"),
    ("wuhai", "wuhai", "en"),
    ("wuhai", "haibowan", "en"),
    ("wuhai_2020", "wuhai", "zh"),
    ("mock_city", "mock_east", "zh"),
    ("michigan", "michigan_district_1010", "en"),
    ("michigan", "michigan_district_1010", "zh"),
)


def test_every_lever_and_every_reason_has_words():
    from edu_metrics.formulas.flows import FLOWS
    from edu_metrics.report.requirements import UNITS

    levers = {name: unit for flow in FLOWS.values() for name, unit in flow.levers.items()}
    assert {f"requirements.{name}" for name in levers} <= set(texts())
    assert set(UNITS) == set(levers.values())


class Tables(HTMLParser):
    """The rows of all tables, as text."""

    def __init__(self, html):
        super().__init__()
        self.rows: list[list[str]] = []
        self.balance: list[str] = []
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        if tag not in ("img", "br"):
            self.balance.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.balance.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.balance):
            self.rows[-1][-1] += data + "\n"

    def row_of(self, title):
        (row,) = [row for row in self.rows if title in row[0].split("\n") + row[-1].split("\n")]
        return row


@cache
def shown(show, report):
    """Show a section of a report, once for all tests: figures take their time."""
    return show(report)


@pytest.fixture(params=PLACES, ids="-".join)
def report(request, opened):
    return opened(*request.param)


@pytest.mark.parametrize("show", SECTIONS, ids=lambda show: show.__name__)
def test_every_section_is_sound_html_whose_words_are_filled_in(report, show):
    found = Tables(shown(show, report))
    assert found.balance == []
    text = re.sub(r'"data:image[^"]*"', "", str(shown(show, report)))
    assert not re.search(r"\{\w*\}", text)
    assert "nan" not in re.split(r"[^a-z]+", text)
    assert not re.search(r"\bNone\b(?! of)", text)
    widths = {len(row) for row in found.rows if row}
    assert 1 not in widths


#: What is filled in by code: a space before the sign of a percentage, and half-width colons.
_HALF_WIDTH = re.compile(r".*(?:\d %|[\u4e00-\u9fff]: |[\u4e00-\u9fff] \d|\d [\u4e00-\u9fff]).*")


@pytest.mark.parametrize(
    "place", [("wuhai", "wuhai"), pytest.param(("mock_city", "mock_east"), marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("show", SECTIONS, ids=lambda show: show.__name__)
def test_what_code_fills_in_is_set_as_chinese_is(opened, show, place):
    page = str(shown(show, opened(*place, "zh")))
    told = re.sub(r"<(q|code|svg)\b.*?</\1>|<[^>]*>", "\n", page, flags=re.DOTALL)
    assert _HALF_WIDTH.findall(told) == []


def test_every_page_warns_of_what_is_invented_or_hypothetical(report):
    head = str(shown(rep.show_bulletin, report))
    assert (say("report.invented", report.lang) in head) is report.study.simulated
    assert (escape(say("report.hypothetical", report.lang)) in head) is report.plan.hypothetical


def test_head_and_title_name_the_area_and_the_day(report):
    head = str(shown(rep.show_bulletin, report))
    assert f"<h1>{report.area.name.in_(report.lang)}</h1>" in head
    assert date(report.study.as_of, report.lang) in head


def test_every_other_promise_is_followed_and_not_judged(report):
    followed = unescape(str(shown(rep.show_followed, report)))
    for target in report.plan.targets:
        if report.stands_with_whole and report.assessments[target.id].applies != "binds":
            continue  # it stands with the whole
        assert (f"<strong>{target.title.in_(report.lang)}</strong>" in followed) is not (
            target.numeric
        )
    assert all(
        report.assessments[target.id].verdict is not Verdict.MET for target in report.followed
    )


def test_what_is_missing_is_named_with_the_target_that_it_would_let_be_judged(report):
    page = shown(rep.show_missing, report)
    if report.stands_with_whole:
        assert str(page) == ""
        return
    table = Tables(page)
    lang = report.lang
    command = f"edu-metrics template {report.study.id} --area {report.area.id} --out "
    assert (command in str(page)) is bool(table.rows)
    lacking = {
        (report.quantity_name(item.quantity), str(item.year), target.title.in_(lang))
        for target in report.numeric
        for item in report.assessments[target.id].missing
    }
    named = {name for name, _, _ in lacking}
    assert len(table.rows) == len(named) + bool(named)
    for name, year, title in lacking:
        (row,) = [row for row in table.rows if row[0].strip() == name]
        assert year in row[1]
        assert title in row[2].split("\n")


def test_only_series_that_there_are_count_as_measured(report):
    known = {
        target.indicator
        for target in report.numeric
        if not report.evidence.series_of(target.indicator, report.area.id).empty
    }
    page = shown(rep.show_measured, report)
    rows = [row for row in Tables(page).rows if len(row) == 7]
    assert len(rows) == len(known) + bool(known)
    for name in known:
        row = next(row for row in rows if row[0].strip() == report.indicator_name(name))
        series = report.evidence.series_of(name, report.area.id)
        assert row[1].strip() == str(len(series))
        assert row[3].strip() == str(series["year"].max())


def test_assumptions_are_those_of_the_targets_and_their_indicators(report):
    page = unescape(str(shown(rep.show_assumptions, report)))
    if report.stands_with_whole:
        assert page == ""
        return
    expected = {name for target in report.numeric for name in target.assumptions}
    for target in report.numeric:
        expected |= set(report.catalog.indicators[target.indicator].assumptions)
    for name in expected:
        assert report.catalog.assumptions[name].title.in_(report.lang) in page
    if not expected:
        assert page.startswith("<p>")


def test_origins_name_every_source_used_the_hash_and_the_command(report):
    page = unescape(str(shown(rep.show_origins, report)))
    for name in report.evidence.table["source"].unique():
        assert report.catalog.sources[name].title.in_(report.lang) in page
    assert report.inputs_sha256() in page
    assert f"edu-metrics report {report.study.id} --area {report.area.id}" in page


def test_a_reason_is_given_for_every_verdict_that_needs_one(report):
    speaks_for_itself = {Verdict.TRACKED}
    for target in report.numeric:
        for found in (report.assessments[target.id], *report.assessments[target.id].others):
            assert because(report, found) or found.verdict in speaks_for_itself, found
            assert reading_text(target, found, report.lang)
            assert level_text(report, found)


def test_what_was_published_later_is_not_looked_at(opened):
    """The forecast of the day of issue knows nothing of the years after it."""
    report = opened("wuhai_2020", "wuhai")
    assert report.evidence.table["vintage"].max() <= pd.Timestamp("2020-12-02")
    later = opened("wuhai", "wuhai").evidence.table["vintage"].max()
    assert later > report.evidence.table["vintage"].max()


@pytest.mark.parametrize(
    ("study", "area", "lang", "named"),
    [
        ("wuhaii", "wuhai", "zh", "did you mean 'wuhai"),
        ("wuhai", "haibowann", "zh", "did you mean 'haibowan'"),
        ("wuhai", "wuhai", "fr", "zh, en"),
    ],
)
def test_a_notebook_is_told_the_nearest_of_an_unknown_name(root, opened, study, area, lang, named):
    opened.table("wuhai")
    with pytest.raises(DefinitionError, match=named):
        rep.open_report(study, area, lang, root)


def test_a_notebook_is_told_to_build_what_was_not_built(root, tmp_path):
    shutil.copytree(root / "data" / "definitions", tmp_path / "data" / "definitions")
    with pytest.raises(DataError, match="edu-metrics build wuhai"):
        rep.open_report("wuhai", "wuhai", "zh", tmp_path)


def test_an_area_may_be_opened_by_name(root, opened):
    opened.table("wuhai")
    assert rep.open_report("wuhai", "海勃湾", "zh", root).area.id == "haibowan"


def test_the_overview_has_a_row_for_each_numeric_target_and_a_column_for_each_area(overview):
    report = overview("wuhai")
    page = shown(rep.show_side_by_side, report)
    table = Tables(page)
    assert [cell.strip() for cell in table.rows[0][1:]] == [
        report.area_name(area) for area in ("wuhai", "haibowan", "wuda", "hainan")
    ]
    page = unescape(str(page))
    judged = 0
    for target in report.numeric:
        found = {report.assessments[area, target.id].verdict for area in report.areas}
        if found == {Verdict.NO_DATA}:
            assert target.title.en in page.rpartition("</table>")[2]
            continue
        judged += 1
        row = table.row_of(target.title.en)
        for area, cell in zip(report.areas, row[1:], strict=True):
            assert say(f"bulletin.group_{report.groups[area, target.id]}", "en") in cell
    assert 0 < judged == len(table.rows) - 1


@pytest.mark.slow
def test_parts_make_up_the_gap_of_the_whole(overview):
    """The parts' contributions, summed, are the city's own rate less the level asked."""
    report = overview("mock_city")
    splits = [split for split in _splits(report) if _gap(split) > 0]
    assert splits
    page = str(shown(rep.show_parts, report))
    assert page.count('class="most"') == len(splits)
    table = Tables(page.partition("<details>")[0])
    for split in splits:
        parts = gap_by_parts(split.counts, split.bound)
        own = report.evidence.record(split.assessment.indicator, report.whole)
        assert sum(part.points for part in parts) == pytest.approx(
            own.exact[split.year] - split.bound.value
        )
        row = table.row_of(report.indicator_name(split.assessment.indicator))
        by_area = {part.area: part for part in parts}
        for area, cell in zip(report.parts, row[2:], strict=True):
            part, of = split.counts[area]
            assert cell.startswith(signed(by_area[area].points, 1)), "each stands in its column"
            assert f"{100 * part / of:.1f} %" in cell


@pytest.fixture(scope="module")
def evidence_apart(catalog, opened, overview):
    """Give an invented city counts, of a rate that falls short, that its districts do not have."""
    split = next(split for split in _splits(overview("mock_city")) if _gap(split) > 0)
    indicator = catalog.indicators[split.assessment.indicator]
    part, whole = (indicator.inputs[name] for name in FORMULAS[indicator.formula].arguments)
    table = opened.table("mock_city")
    (template,) = table[
        (table["area"] == "mock_east")
        & (table["quantity"] == part.quantity)
        & (table["year"] == split.year)
    ].to_dict("records")
    assert part.lag == whole.lag == 0
    own = [
        {**template, "area": "mock_city", "quantity": given.quantity, "value": value}
        for given, value in ((part, 70_001.0), (whole, 82_802.0))
    ]
    rows = pd.concat([table, pd.DataFrame(own)], ignore_index=True).astype(table.dtypes.to_dict())
    return SeriesStore(catalog, catalog.study("mock_city"), rows), split


@pytest.fixture(scope="module", params=["zh", "en"])
def apart(request, catalog, evidence_apart):
    """Open reports of that city; series are the same for all of them."""
    evidence, split = evidence_apart
    given = catalog, catalog.study("mock_city"), evidence.table

    def sums(column):
        return f"{sum(counts[column] for counts in split.counts.values()):,.0f}"

    def area(name):
        report = AreaReport(*given, catalog.areas[name], request.param)
        report.evidence = evidence
        return report

    city = CityReport(*given, request.param)
    city.evidence = evidence
    return area, city, split, sums


@pytest.mark.slow
def test_what_does_not_add_up_is_named_and_not_split(apart):
    _, report, split, sums = apart
    page = str(shown(rep.show_parts, report))
    indicator = report.indicator_name(split.assessment.indicator)
    told = say(
        "report.parts_apart",
        report.lang,
        indicator=indicator,
        year=split.year,
        **{"zh": {"whole": "市", "parts": "区"}, "en": {"whole": "city", "parts": "districts"}}[
            report.lang
        ],
        own_part="70,001",
        own_of="82,802",
        sum_part=sums(0),
        sum_of=sums(1),
    )
    assert told in unescape(page)
    assert f"<strong>{escape(indicator)}</strong>" not in page
    whole = [other for other in _splits(report) if other.whole == sums_of(other)]
    assert page.count('class="most"') == sum(_gap(other) > 0 for other in whole)
    table = Tables(page)
    for column, own in ((0, "70,001"), (1, "82,802")):
        (row,) = [row for row in table.rows if own in "".join(row)]
        assert [text.strip() for text in row[2:]] == [str(split.year), own, sums(column)]
        assert report.area_name("mock_city") in row[0]


def sums_of(split):
    return tuple(sum(column) for column in zip(*split.counts.values(), strict=True))


@pytest.mark.slow
def test_city_and_district_say_what_does_not_add_up_and_name_no_deciding_district(apart):
    area, overview, split, sums = apart
    for place in ("mock_city", "mock_east"):
        page = unescape(str(shown(rep.show_measured, area(place))))
        assert say("report.apart_note", overview.lang, number=2) in page
        assert all(text in page for text in ("70,001", sums(0), "82,802", sums(1)))
    report = area("mock_city")
    target = report.plan.target(split.assessment.target)
    judged = assess_target(report.evidence, target, "mock_city")
    assert all(not item.parts for item in requirements_of(report.evidence, judged))


@pytest.mark.slow
def test_nothing_is_said_of_what_adds_up(overview, opened):
    for page in (
        rep.show_parts(overview("mock_city")),
        rep.show_measured(opened("mock_city", "mock_city")),
    ):
        assert "not what the parts add up to" not in str(page)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_odd_number_is_told_where_it_is_measured_and_beside_the_verdict(catalog, opened, lang):
    """A zero for a year that was not reported: shown, never repaired."""
    table = opened.table("mock_city").copy()
    target = catalog.plan("wuhai_2020_2022").target("T06_primary_bachelor")
    part = catalog.indicators[target.indicator].inputs["qualified"].quantity
    cell = (table["area"] == "mock_east") & (table["quantity"] == part) & (table["year"] == 2016)
    assert cell.sum() == 1
    table.loc[cell, "value"] = 0
    study = catalog.study("mock_city")
    odd, sound = (
        AreaReport(catalog, study, rows, catalog.areas["mock_east"], lang)
        for rows in (table, opened.table("mock_city"))
    )
    (row,) = odd.tables["odd"].itertuples()
    assert (row.rule, row.quantity, tuple(row.odd_in)) == ("lone_zero", part, (2016,))
    page = unescape(str(shown(rep.show_measured, odd)))
    assert row.what in page
    assert say("inspect.note", lang, number=1) in page
    told = say("inspect.verdict", lang, years="2016")
    why = {name: rows.set_index("target")["why"] for name, rows in
           (("odd", odd.tables["verdicts"]), ("sound", sound.tables["verdicts"]))}  # fmt: skip
    assert told in why["odd"][target.id]
    assert why["odd"].str.contains(told, regex=False).sum() == 1
    assert not why["sound"].str.contains(told, regex=False).any()
    assert sound.tables["odd"].empty


@pytest.mark.slow
def test_a_corrected_number_is_shown_with_the_one_printed(catalog, opened):
    entry = Correction(
        id="slip", area="mock_east", quantity="pupils_primary", year=2016, printed=66, value=None,
        why={"zh": "笔误", "en": "A slip of the pen"}, citation={"source": "x", "locator": "1"},
    )  # fmt: skip
    corrected = dataclasses.replace(catalog, corrections={"slip": entry})
    report = AreaReport(corrected, catalog.study("mock_city"), opened.table("mock_city"),
                        catalog.areas["mock_east"], "en")  # fmt: skip
    page = unescape(str(shown(rep.show_measured, report)))
    assert say("inspect.corrected_caption", "en") in page
    assert "A slip of the pen" in page
    assert say("inspect.unknown", "en") in page


def test_where_no_parts_are_counted_a_sentence_says_so(overview):
    page = unescape(str(shown(rep.show_parts, overview("wuhai"))))
    assert "the counts of every district known, so it cannot be said which district makes" in page


@pytest.mark.slow
def test_an_invented_overview_says_so(overview):
    assert say("report.invented", "en") in str(shown(rep.show_city_head, overview("mock_city")))


def test_a_study_without_a_whole_has_no_overview(overview):
    with pytest.raises(ReportError, match="'michigan' has no overview"):
        overview("michigan")


def plain(html):
    """Give the text of a section without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", str(html)))


def test_what_was_published_on_a_milestone_is_shown_with_its_value(opened):
    text = plain(rep.show_followed(opened("wuhai", "wuhai", "zh")))
    # The region's notice of March 2025: eight of its counties and districts, all three of Wuhai.
    assert "内蒙古自治区2024年，义务教育优质均衡发展国家认定县（市、区）数：8个" in text
    assert "海南区2024年，义务教育优质均衡发展国家认定县（市、区）数：1个" in text


def test_a_promise_without_a_number_that_lacks_data_says_which(opened):
    text = plain(rep.show_followed(opened("wuhai", "wuhai")))
    ratio = text.split("Rise in the ratio of vocational to general")[1].split("Wuhai College of")[0]
    assert re.search(r"Missing: [^(]*vocational[^(]*\(2020–2022\)", ratio, re.IGNORECASE)


def test_what_happens_every_year_is_once_a_year(opened):
    english, chinese = (plain(rep.show_followed(opened("wuhai", "wuhai", x))) for x in ("en", "zh"))
    assert "once a year" in english
    assert "once every 3 years" in english
    assert not re.search(r"\b1 years?\b", english)
    assert "每年一次" in chinese
    assert "每1年" not in chinese


@pytest.mark.slow
def test_a_sum_still_open_names_its_years_and_what_it_asks(opened):
    report = opened("mock_city", "mock_city")
    told = because(report, report.assessments["A38c_special_funds"])
    assert told.endswith("at least 400 million yuan required for 2021 to 2023 in all")


def test_a_district_is_shown_what_was_found_on_the_promise_made_for_it_alone(opened):
    own = plain(rep.show_touching(opened("wuhai", "haibowan")))
    other = plain(rep.show_touching(opened("wuhai", "hainan")))
    assert "the front among 3 areas can mean rank 1" in own
    assert "the front among 3 areas can mean rank 1" not in other


@pytest.mark.slow
def test_the_invented_districts_show_noise_that_hides_a_promise(opened):
    """905 pupils sat the junior exam: one point a year can't be seen in two."""
    report = opened("mock_city", "mock_south")
    found = report.assessments["A12h_junior_excellent_increment"]
    assert (found.verdict, found.reason, found.noise.n) == (Verdict.CANNOT_TELL, "noise", 905)
    assert because(report, found) == say("report.because_noise", "en")


@pytest.mark.slow
def test_a_result_within_chance_of_its_bound_says_so(opened):
    report = opened("mock_city", "mock_south")
    found = report.assessments["A12h_junior_excellent_increment"]
    near = dataclasses.replace(found.noise, near=True)
    judged = dataclasses.replace(found, verdict=Verdict.MET, noise=near)
    clear = dataclasses.replace(judged, noise=dataclasses.replace(near, near=False))
    told = say("report.near_by_chance", "en", persons="905")
    assert because(report, judged).endswith(told)
    assert told not in because(report, clear)
