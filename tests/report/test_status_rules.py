"""Published status rules in a report: what is shown, marked, explained and left out."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from edu_metrics import report as rep
from edu_metrics.reachability.published_rules import Rule
from edu_metrics.report.status_rules import WORDED
from edu_metrics.words import say

PLACES = (
    ("michigan", "michigan_district_1010", "en"),
    ("michigan", "michigan_district_1010", "zh"),
    ("mock_city", "mock_east", "zh"),
    ("wuhai", "wuhai", "zh"),
)


@pytest.fixture(params=PLACES, ids="-".join)
def report(request, opened):
    return opened(*request.param)


def test_a_target_is_shown_if_it_has_a_level_and_two_observed_years(report):
    for target in report.numeric:
        found = report.assessments[target.id]
        known = report.evidence.record(found.indicator, report.area.id) if found.indicator else None
        shown = target.id in report.status_tables
        if shown:
            assert len(known.exact) >= 2
            assert found.level is not None
        elif known is not None and known.since is None and found.level is not None:
            due = max(one.check.due for one in found.checks)
            assert len([year for year in known.exact if year <= due]) < 2 or found.level.op == "=="


def test_each_rule_has_its_word_or_its_reason_and_each_target_its_line(report):
    html, lang = unescape(str(rep.show_status_rules(report))), report.lang
    assert html.count("<tr>") == (len(report.status_tables) + 1 if report.status_tables else 0)
    for name, table in report.status_tables.items():
        assert report.title(name) in html
        for answer in table.answers[:4]:
            word = f"says_{answer.status}" if answer.given else f"unable_{answer.unable}"
            assert say(f"status.{word}", lang) in html
    # Why answers differ is told once, and named by number in the row of each target.
    reasons = re.findall(r"<li>(.*?)</li>", html.partition("<ol")[2].partition("</ol>")[0])
    assert len(set(reasons)) == len(reasons)
    for name, table in report.status_tables.items():
        (row,) = (one for one in html.split("<tr>") if f"<strong>{report.title(name)}<" in one)
        last = re.sub(r"<.*?>", "", row[row.rindex("<td") :].partition("</td>")[0])
        told = [reasons[int(number) - 1] for number in re.findall(r"\d+", last)]
        assert sorted(told) == sorted(say(f"status.why_{why}", lang) for why in table.why)


def test_what_is_inferred_or_a_variant_is_said_below(report):
    html, lang = unescape(str(rep.show_status_rules(report))), report.lang
    for key in ("note_sdr", "note_inep", "note_base", "note_left_out"):
        assert say(f"status.{key}", lang) in html
    ranked = any(t.answer(Rule.PERCENTILE).given for t in report.status_tables.values())
    assert (say("status.note_pace", lang) in html) == ranked
    assert (say("status.pace", lang) in html) == ranked


def test_rules_that_tell_two_stories_are_marked_and_explained(opened):
    report = opened("michigan", "michigan_district_1010", "en")
    turned = sum(
        answer.given and answer.rule in table.turned
        for table in report.status_tables.values()
        for answer in table.answers
    )
    html = str(rep.show_status_rules(report))
    assert turned > 0
    assert html.count("⇄") == turned + 1  # and once in the note
    told = html.partition(say("status.complements", "en"))[2].partition("</details>")[0]
    apart = {
        name
        for name, table in report.status_tables.items()
        if any(a.rule in WORDED and a.rule in table.turned for a in table.complement or ())
    }
    assert apart
    assert told.count("<li>") == len(apart)
    assert all(report.title(name) in told for name in apart)


def test_districts_of_a_state_have_a_place_among_the_paces_of_the_others(opened):
    report = opened("michigan", "michigan_district_1010", "en")
    (spans,) = {
        (table.answer(Rule.PERCENTILE).given, table.answer(Rule.SPEED).given)
        for table in report.status_tables.values()
    }
    assert spans == (True, True)


def test_where_no_rule_can_be_applied_a_sentence_says_so(opened):
    report = opened("wuhai_2020", "wuhai", "en")
    assert report.status_tables == {}
    assert say("status.nothing", "en") in str(rep.show_status_rules(report))


def test_the_summary_holds_every_answer(report, tmp_path):
    rep.save_summary(report, str(tmp_path))
    held = json.loads((tmp_path / "summary.json").read_text("utf-8"))["status_rules"]
    assert set(held) == set(report.status_tables)
    for entry in held.values():
        assert [row["rule"] for row in entry["rules"]] == list(Rule)
        for row in entry["rules"]:
            assert (row["unable"] is None) or (row["status"] is None and row["score"] is None)
