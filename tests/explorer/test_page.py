"""What the page says when something is chosen or moved, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import count

import pytest

from edu_metrics.errors import DataError
from edu_metrics.explorer import _page, _style, routes, show_explorer
from edu_metrics.figures.svg import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.report import prepare
from edu_metrics.serving import Request
from edu_metrics.words import say

from .conftest import DEFINITIONS, make_city

TARGET = "T06_primary_bachelor"


@pytest.fixture(scope="module")
def ask(selection):
    """Give the page of an address."""
    page = routes(selection.catalog, "mock_city", "", TARGET, "en", prepare)["GET /"]

    def answer(study="mock_city", target=TARGET, **query):
        named = {key.replace("lever_", "lever."): str(value) for key, value in query.items()}
        return page(Request({"study": study, "target": target, **named})).body

    return answer


def part(page, name):
    """Give the inside of an element by its id."""
    start = re.search(rf'<(\w+) [^>]*\bid="{re.escape(name)}"[^>]*>', page)
    assert start, f"no {name}"
    depth = 0
    for edge in re.finditer(rf"<(/?){start[1]}\b[^>]*>", page[start.start() :]):
        depth += -1 if edge[1] else 1
        if not depth:
            return page[start.end() : start.start() + edge.start()]
    raise AssertionError(name)


def words(piece):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", piece))).strip()


def value(page, name):
    """Give what a control is set to."""
    if f'<select id="{name}"' in page:
        return re.search(r'<option value="([^"]*)" selected', part(page, name))[1]
    return re.search(rf'<input [^>]*\bid="{re.escape(name)}"[^>]* value="([^"]*)"', page)[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_invented_numbers_says_so_in_words_and_in_its_figure(ask, lang):
    page = ask(lang=lang)
    assert say("report.invented", lang) in page
    assert f"[{say('explore.simulated_mark', lang)}]" in part(page, "figure")


def test_a_page_of_real_numbers_does_not(ask):
    page = ask("wuhai", lang="en")
    assert "invented" not in part(page, "figure") + page.partition("<form")[0]
    assert "simulated" not in page


def test_a_hypothetical_plan_is_called_so(ask):
    assert say("report.hypothetical", "en") in ask("michigan", "M1_pass_gain")


def test_a_moved_pace_changes_verdict_figure_and_sentence(ask):
    usual, moved = ask(), ask(course="own_pace", pace=5)
    assert (value(usual, "course"), value(moved, "course")) == ("as_usual", "own_pace")
    for name in ("verdicts", "facts", "figure", "assumes"):
        assert part(usual, name) != part(moved, name)
    assert "likely at least 80 %" in words(part(moved, "verdicts"))
    assert "a rise of 5.0 points a year" in part(moved, "assumes")


def test_a_moved_lever_is_assumed_and_the_pace_slider_follows(ask):
    page = ask(course="levers", lever_upgrades=60)
    assert (value(page, "course"), value(page, "lever.upgrades")) == ("levers", "60")
    assert float(value(page, "pace")) > float(value(ask(course="levers"), "pace"))


def test_a_moved_pace_puts_the_levers_back_to_usual(ask):
    page = ask(course="own_pace", pace=1, lever_upgrades=60)
    assert (value(page, "lever.upgrades"), value(page, "pace")) == ("0", "1")


def test_start_again_forgets_what_was_assumed(ask):
    page = ask(course="own_pace", pace=4)
    again = unescape(re.search(r'<a class="button" id="reset" href="([^"]*)"', page)[1])
    assert "pace" not in again.replace("/?", "")
    assert f"target={TARGET}" in again


def test_another_language_says_the_same_of_the_same_sliders(ask):
    english = ask(course="own_pace", pace=5, lang="en")
    address = unescape(re.search(r'<a href="([^"]*)" lang="zh-CN"', english)[1])
    query = dict(pair.split("=") for pair in address.removeprefix("/?").split("&"))
    chinese = ask(**query)
    for name in ("course", "pace", "area", "reading"):
        assert value(chinese, name) == value(english, name)
    assert "可能性很小" in part(chinese, "verdicts")
    said = part(chinese, "verdicts") + part(chinese, "facts")
    assert not re.search(r"[A-Za-z]{4,}", words(said))
    assert not re.search(r"[\u4e00-\u9fff]", words(english.partition("</nav>")[2]))
    assert chinese.startswith('<!doctype html>\n<html lang="zh-CN">')


def test_no_data_is_called_that_with_the_numbers_to_ask_for(ask, selection):
    page = ask("wuhai", "A12a_primary_pass_increment")
    missing = selection.assessment("wuhai", "wuhai", "A12a_primary_pass_increment").missing
    assert missing
    for item in missing:
        assert selection.catalog.quantities[item.quantity].name.en in words(part(page, "gap"))
    assert "no data" in words(part(page, "verdicts"))
    assert 'id="assume"' not in page
    assert "%" not in words(part(page, "facts") + part(page, "verdicts"))


def test_a_start_that_nobody_observed_is_called_that(ask):
    page = ask("wuhai")
    assert "85.0 % in 2020" in words(part(page, "gap"))
    assert "no probability" in words(part(page, "facts"))
    assert 'id="assume"' in page


def test_what_is_decided_has_no_sliders(ask):
    page = ask("wuhai", "A38a_budget_total")
    assert "There is nothing left to calculate" in words(part(page, "verdicts"))
    assert 'type="range"' not in page


def test_another_study_brings_its_own_areas_targets_and_levers(ask):
    page = ask("michigan", "M1_pass_gain")
    assert part(page, "area").count("<option") == 550
    assert "lever." not in page
    assert "No lever can be computed" in page
    assert part(ask(), "area").count("<option") == 4


def test_a_moved_slider_is_not_answered_with_every_area(ask):
    page = ask("michigan", "M1_pass_gain", area="michigan_district_3000", pace=2, brief="")
    assert part(page, "area").count("<option") == 1
    assert value(page, "area") == "michigan_district_3000"
    assert "brief" not in page


def test_an_area_keeps_the_target_and_a_reading_is_judged_for_itself(ask, selection):
    named = list(selection.readings(selection.choose("mock_city", "mock_east", "T02_retention")))
    page = ask(target="T02_retention", area="mock_east", reading=named[1])
    assert (value(page, "target"), value(page, "area")) == ("T02_retention", "mock_east")
    assert value(page, "reading") == named[1]
    assert f'name="reading" value="{named[1]}"' in part(page, "assume")


def test_the_table_behind_the_figure_holds_its_numbers(ask):
    table = part(ask(course="own_pace", pace=2), "numbers")
    last = re.findall(r"<tr>(.*?)</tr>", table)[-1]
    year, *numbers = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", last)
    assert year == "2022"
    start = float(words(re.search(r"<th scope=\"row\">2020</th>.*?</tr>", table)[0]).split()[1])
    assumed = [name for name in re.findall(r'<th scope="col">([^<]*)</th>', table)][1:]
    row = dict(zip(assumed, numbers, strict=True))
    assert float(row["as assumed"]) == pytest.approx(start + 4, abs=0.011)
    low, high = row["as assumed, low end of 80 %"], row["as assumed, high end of 80 %"]
    assert float(low) < float(row["as assumed"]) < float(high)


def test_a_study_that_cannot_be_read_says_why_and_another_can_be_chosen(selection):
    def broken(catalog, study):
        raise DataError("expected a table, found none; make it with <edu-metrics build>")

    page = routes(selection.catalog, "wuhai", "", "", "en", broken)["GET /"]
    told = page(Request()).body
    assert "make it with &lt;edu-metrics build&gt;" in told
    assert "mock_city" in part(told, "study")
    assert 'id="assume"' not in told


def test_what_an_address_names_and_is_not_there_is_chosen_anew(ask):
    hostile = '"><script>alert(1)</script>'
    query = dict.fromkeys(("area", "reading", "course", "pace", "lang"), hostile)
    page = ask(target=hostile, **query, lever_upgrades=hostile, other=hostile)
    assert "alert(1)" not in page
    assert value(page, "course") == "as_usual"


HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}</script></option>"


class Elements(HTMLParser):
    """Collect elements and attributes."""

    def __init__(self, page):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def no_code_in(page):
    for name, given in Elements(page).found:
        assert name not in ("img", "style", "iframe", "object", "base")
        assert not any(key.startswith("on") or key == "style" for key in given)
        assert name != "script" or given == {"src": "/explorer.js", "defer": None}
        assert str(given.get("href", "/")).startswith(("/", "data:,"))
    assert re.findall(r"<script[^>]*>(.*?)</script>", page) == [""]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_texts_are_inert(tmp_path, lang):
    number = count()

    def hostile(found):
        return f"{found[1]}: {json.dumps(f'{next(number)} {HOSTILE}')}"

    texts = {
        name: re.sub(r"\b(zh|en): (?!\{)[^,}\n]+", hostile, text)
        for name, text in DEFINITIONS.items()
    }
    small = make_city(tmp_path, texts)
    assert HOSTILE in small.catalog.study("study").title.en
    for query in ({}, {"course": "own_pace", "pace": "3"}, {"target": "fail"}):
        made = _page(small, {"study": "study", **query}, lang)
        no_code_in(made)
        assert HOSTILE in unescape(part(made, "study"))
        assert HOSTILE in unescape(re.search(r'role="img" aria-label="([^"]*)"', made)[1])


def test_shipped_pages_hold_no_code(ask):
    for page in (ask(), ask("wuhai"), ask("michigan", "M1_pass_gain", lang="zh")):
        no_code_in(page)
        assert len(page.encode()) < 100_000


def test_every_control_has_a_label_and_an_id_of_its_own(ask):
    page = ask(course="levers", lever_upgrades=10)
    names = [given["id"] for _, given in Elements(page).found if "id" in given]
    assert len(names) == len(set(names))
    for name in ("study", "area", "target", "reading", "course", "pace", "lever.upgrades"):
        around = rf'<label><span>([^<]+)</span><\w+ [^>]*id="{re.escape(name)}"'
        before = rf'<label for="{re.escape(name)}">([^<]+)</label>'
        assert re.search(f"{around}|{before}", page), name


def test_verdicts_look_as_they_do_in_figures_and_reports():
    css = _style()
    for verdict, (background, colour) in VERDICT_COLOURS.items():
        looks = f".chip.{verdict} {{ background: {background}; color: {colour}; }}"
        assert looks in css
        assert f'.chip.{verdict}::before {{ content: "{VERDICT_MARKS[verdict]} "; }}' in css


def test_a_notebook_shows_a_link_to_the_page(root):
    from urllib.request import HTTPCookieProcessor, build_opener

    link = show_explorer("mock_city", target=TARGET, lang="en", root=root, prepare=prepare)
    shown = link._repr_html_()
    assert f'href="{link.address}"' in unescape(shown)
    page = build_opener(HTTPCookieProcessor()).open(link.address).read().decode()
    assert value(page, "target") == TARGET


@pytest.mark.slow
@pytest.mark.parametrize("study", ["mock_city", "wuhai"])
def test_every_kind_of_target_opens_under_every_reading_in_every_language(selection, study, ask):
    kinds = {}
    for target in selection.targets(study):
        mechanism = selection.catalog.indicator(target.indicator).mechanism
        kinds.setdefault((target.kind, target.unit, mechanism and mechanism.flow), target)
    assert len(kinds) > 10
    for target in kinds.values():
        choice = selection.choose(study, "", target.id)
        for name in selection.readings(choice):
            what_if = selection.what_if(replace(choice, reading=name))
            for course in ("", *what_if.courses, "own_pace", "levers"):
                for lang in ("zh", "en"):
                    page = ask(study, target.id, reading=name, course=course, lang=lang)
                    said = words(page.partition("</form>")[2])
                    assert not re.search(r"\bNone\b(?! of)|\bnan\b|\binf\b", said), (
                        target.id,
                        name,
                    )
