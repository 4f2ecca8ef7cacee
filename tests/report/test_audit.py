"""The pages of an audit, made from the shipped plans."""

import json
import re
from collections import Counter
from html import escape, unescape
from pathlib import Path

import pytest

from edu_metrics.errors import DefinitionError
from edu_metrics.plan_audit import Kind, Severity
from edu_metrics.report import (
    open_audit,
    save_findings,
    show_audit_head,
    show_baselines,
    show_findings,
    show_links,
    show_questions,
    show_touching,
)
from edu_metrics.report.audit import conclusion
from edu_metrics.words import say

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request):
    return open_audit("mock_broken_plan", request.param, ROOT)


def test_every_finding_is_told_with_the_title_of_what_it_concerns(report):
    page = show_findings(report).text
    for finding in report.findings:
        assert report.title(finding.targets[0]).replace("'", "&#x27;") in page
    kinds = len({f.kind for f in report.findings})
    counted = 1 + kinds  # the table that counts them
    assert page.count("<tr>") == counted + len(report.findings) + kinds


def test_the_head_counts_what_was_found(report):
    assert f"<dd>{len(report.findings)}</dd>" in show_audit_head(report).text
    assert 'class="note hypothetical"' in show_audit_head(report).text


def test_the_conclusion_counts_what_was_found(report):
    said = [int(one) for one in re.findall(r"\d+", conclusion(report))]
    serious = [one for one in report.findings if one.severity is Severity.HIGH]
    medium = [one for one in report.findings if one.severity is Severity.MEDIUM]
    touched = {name for one in serious for name in one.targets}
    (_, most), (_, next_most) = Counter(one.kind for one in serious).most_common(2)
    told = [len(report.plan.targets), len(report.findings), len(serious), len(touched)]
    rest = len(report.findings) - len(serious) - len(medium)
    assert said == [*told, most, next_most, len(medium), rest]
    page = show_audit_head(report).text
    assert page.index(escape(conclusion(report))) < page.index("<dl")


def test_each_kind_of_serious_finding_is_told_at_once_with_its_targets(report):
    page = show_audit_head(report).text
    lines = re.findall(r'<dt class="hard">[^<]*[（(](\d+)[^<]*</dt><dd>(.*?)</dd>', page)
    serious = [one for one in report.findings if one.severity is Severity.HIGH]
    counts = Counter(one.kind for one in serious)
    order = [kind for kind in Kind if counts[kind]]
    assert len(order) > 1
    for kind, (count, names) in zip(order, lines, strict=True):
        assert int(count) == counts[kind]
        touched = {name for one in serious if one.kind is kind for name in one.targets}
        first = next(target for target in report.plan.targets if target.id in touched)
        assert names.startswith(escape(first.title.in_(report.lang)))
        rest = len(touched) - 4
        assert (str(rest) in names.rpartition(escape(first.title.in_(report.lang)))[2]) or rest <= 0


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_serious_findings_of_one_kind_are_said_to_be_of_one_kind(lang):
    report = open_audit("wuhai_2020_2022", lang, ROOT)
    kinds = {one.kind for one in report.findings if one.severity is Severity.HIGH}
    (kind,) = kinds
    assert f"“{say(f'audit.kind_{kind}', lang)}”" in conclusion(report)


def test_a_plan_without_findings_has_a_conclusion_too(report, monkeypatch):
    monkeypatch.setitem(report.__dict__, "findings", ())
    assert re.findall(r"\d+", conclusion(report)) == [str(len(report.plan.targets))]


def test_a_question_names_so_few_targets_that_all_fit_on_a_page(report):
    asked = re.findall(r"<li>(.*?)</li>", show_questions(report).text)
    comma = "、" if report.lang == "zh" else ", "
    for question in asked:
        named = sum(target.title.in_(report.lang) in question for target in report.plan.targets)
        assert question.split("<small>")[1].count(comma) <= 4 + named
    assert len(asked) <= len(Kind)


def test_there_is_one_question_for_each_kind_with_a_weighty_finding(report):
    weighty = (Severity.HIGH, Severity.MEDIUM)
    kinds = {f.kind for f in report.findings if f.severity in weighty}
    assert show_questions(report).text.count("<li>") == len(kinds)
    assert len(kinds) > len(Kind) / 2


def test_every_link_stands_once_and_those_that_share_most_findings_come_first(report):
    page = show_links(report).text
    _, first, folded = (*page.split("<details>"), "")[:3]
    counts = [int(one) for one in re.findall(r'<td class="n"[^>]*>(\d+)</td>', first)]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == report.tables["links"]["findings"].sum()
    assert first.count("<tr>") - 1 == len(counts)
    rest = len(report.context.linked_pairs) - len(counts)
    assert max(0, folded.count("<tr>") - 1) == rest


def test_each_baseline_arrives_exactly_at_its_level_at_one_of_the_promised_paces(report):
    rows = report.tables["bases"]
    assert len(rows)
    for row in rows.itertuples():
        ends = {row.base_low + row.steps * pace for pace in (row.pace_slow, row.pace_fast)}
        ends |= {row.base_high + row.steps * pace for pace in (row.pace_slow, row.pace_fast)}
        assert any(end == pytest.approx(row.level) for end in ends)
        assert row.base_low <= row.base_high
    page = show_baselines(report).text
    promised = rows[rows["level_of"].notna()]
    assert 0 < page.count('<svg class="span"') == len(promised)
    assert all(escape(title) in page for title in promised["title"])


def test_the_summary_holds_the_same_findings(report, tmp_path):
    assert save_findings(report, str(tmp_path)) == "summary.json"
    held = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert [row["id"] for row in held["findings"]] == [f.id for f in report.findings]
    assert save_findings(report, "") == ""


def test_an_unknown_plan_or_language_is_refused_with_the_nearest():
    with pytest.raises(DefinitionError, match="did you mean 'mock_broken_plan'"):
        open_audit("mock_broken_plam", "zh", ROOT)
    with pytest.raises(DefinitionError, match="no language 'zn'"):
        open_audit("mock_broken_plan", "zn", ROOT)


@pytest.mark.slow
@pytest.mark.parametrize("place", [("provinces", "beijing"), ("mock_city", "mock_east")])
def test_problems_are_called_serious_only_where_all_of_them_are(opened, place):
    shown = str(show_touching(opened(*place, "en")))
    marks = re.findall(r'class="chip (\w+)"', shown)
    assert ("<caption>Serious problems" in shown) == ({*marks} == {"high"})
    assert f": {len(marks)}</caption>" in shown


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_came_to_be_known_after_the_day_of_judgement_is_marked(opened, lang):
    """Pen and paper tests were ended on 30 August 2021; the city is judged as of 31 March."""
    marks = say("audit.known_later", lang)
    rows = opened("mock_city", "mock_east", lang).tables["findings"]
    later = rows[rows["message"].str.endswith(marks)]
    assert set(later["rule"]) == {"sources_that_end"}
    over = opened("wuhai", "wuhai", lang).tables["findings"]
    assert not over["message"].str.endswith(marks).any()


def test_findings_none_of_which_is_serious_are_not_called_the_other_ones(opened):
    shown = str(show_touching(opened("china", "china", "en")))
    assert "<table" not in shown
    assert "none of them serious" in shown


def test_a_finding_names_what_it_concerns_once(report):
    page = unescape(show_findings(report).text)
    for row in report.tables.rows("findings"):
        assert row.message.split("；")[0][:20] in page
    row = r"<tr><td[^>]*>.*?</td><td[^>]*>(.*?)</td>(?:<td[^>]*>(.*?)</td>)?</tr>"
    cells = re.findall(row, page)
    for message, beside in cells:
        bare = message.translate(str.maketrans("", "", "“”‘’"))
        for title in re.findall("<div>(.*?)</div>", beside):
            assert title.translate(str.maketrans("", "", "“”‘’")) not in bare


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("study", "area"), [("mock_city", "mock_east"), ("wuhai", "wuhai")])
def test_a_districts_report_says_of_how_many_findings_it_shows_some(opened, study, area, lang):
    district = opened(study, area, lang)
    shown = len(district.tables.rows("findings"))
    every = len(district.findings)
    page = show_touching(district).text
    weighty = page.count("<tr>") - 1
    last = re.sub("<[^>]*>", "", page[page.rindex("<p>") :])
    told = [int(one) for one in re.findall(r"\d+", last)]
    assert told == [shown - weighty, every, *([every - shown] if every > shown else [])]
    without = say("audit.touching_no_record", lang)
    assert (without in unescape(last)) == district.study.simulated
    assert "<code>" not in page
