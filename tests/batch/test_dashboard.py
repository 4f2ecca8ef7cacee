"""The index of a study: its sentences, tables and files say what the numbers of its areas say."""

from __future__ import annotations

import csv
import json
import re
import shutil
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from statistics import median

import pytest

from edu_metrics.batch.index import HEADLINE, Dashboard, _page, by_reality, write_indexes
from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.report.glance import GROUPS, Glance
from edu_metrics.report.html import tag
from edu_metrics.report.kinds import index_name
from edu_metrics.words import LANGUAGES, say

pytestmark = pytest.mark.slow

CATALOG = load_catalog(find_root(Path(__file__)))


def glance(area, targets, *, expected=3.4, shift=0, **changed):
    """Invent what a report says at a glance: groups go round from area to area."""
    names = list(GROUPS)
    rows = [
        {
            "target": target.id, "group": names[(place + shift) % len(names)], "verdict": "likely",
            "probability": 0.42, "due": 2022, "unit": "percent", "required_pace": 1.5,
            "recent_pace": -0.5, "people": 7, "last_year": 2020, "last_value": 60.0 + place,
            "way": ("up", "down", "flat", None)[place % 4], "asked": ">=95", **changed,
        }
        for place, target in enumerate(targets)
    ]  # fmt: skip
    interval = None if expected is None else (expected - 2, expected + 2)
    return Glance(area, expected, interval, 0.8, 0.01, ("mock_city_simulation",), tuple(rows))


def board(name="mock_city", **given):
    study = CATALOG.study(name)
    targets = [one for one in CATALOG.plan(study.plan).targets if one.numeric]
    areas = CATALOG.expand(study.areas)
    glances = {area: glance(area, targets, shift=at, **given) for at, area in enumerate(areas)}
    return Dashboard(CATALOG, study, glances)


def numbers(text):
    return [int(one) for one in re.findall(r"\d+", text)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_of_a_city_is_that_of_the_whole(lang):
    made = board()
    whole = made.glances["mock_city"]
    assert made.whole == "mock_city"
    low, high = whole.interval
    asked = [len(whole.targets), 3, round(low), round(high), whole.counts["effort"]]
    assert numbers(made.sentence(lang))[:5] == asked
    assert made.sentence(lang).startswith(made.name("mock_city", lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_hard_everywhere_is_named_and_nothing_else(lang):
    made = board(group="hard")
    said = made.sentence(lang)
    for target in made.headline:
        assert target.title.in_(lang) in said
    assert len(made.glances) in numbers(said)
    made = board()
    assert not any(target.title.in_(lang) in made.sentence(lang) for target in made.headline)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_areas_are_told_by_their_median(lang):
    made = board("michigan")
    assert made.whole is None
    for at, (area, one) in enumerate(made.glances.items()):
        made.glances[area] = Glance(one.area, 1.0 + at % 4, (0.0, 6.0), 0.8, 0.01, (), one.targets)
    values = [one.expected for one in made.glances.values()]
    said = made.sentence(lang)
    first = [
        len(values),
        len(made.targets),
        *map(round, (median(values), min(values), max(values))),
    ]
    assert numbers(said)[:2] == [len(values), len(made.targets)]
    assert numbers(said)[2:5] == first[2:]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("expected", "told"),
    [((0.1, 0.2, 0.3), []), ((0.1, 0.2, 2.2), [2]), ((1.0, 2.0, 3.0), [2, 1, 3])],
)
def test_a_median_of_nought_is_told_as_none(lang, expected, told):
    made = board("michigan")
    areas = dict(zip(list(made.glances)[:3], expected, strict=True))
    glances = {area: replace(made.glances[area], expected=one) for area, one in areas.items()}
    said = numbers(replace(made, glances=glances).sentence(lang))
    assert said[:3] == [3, len(made.glances), len(made.targets)]
    assert said[3:] == told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_areas_with_a_report_are_told_from_all_areas(tmp_path, lang):
    made = board("michigan")
    every = len(made.glances)
    some = replace(made, glances=dict(list(made.glances.items())[:4]))
    assert numbers(made.areas_said(lang)) == [every]
    assert numbers(some.areas_said(lang)) == [4, every]
    heading = re.search("<h2>(.*?)</h2>", str(some.areas(lang, dict.fromkeys(some.glances, "x"))))
    assert numbers(heading[1]) == [4, every]
    written(tmp_path, some, [])
    above = (tmp_path / "index.html").read_text("utf-8")
    assert re.search(rf'class="n"[^>]*>4[^<\d]*{every}', above)
    assert numbers(some.sentence(lang))[:2] == [4, every]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_says_why_it_holds_these_targets_where_there_are_more(lang):
    for name in ("mock_city", "provinces"):
        made = board(name)
        page = str(made.heat(lang))
        why = say("index.why_first", lang, n=len(made.headline))
        assert (why.replace("'", "&#x27;") in page) == (len(made.targets) > HEADLINE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_area_that_nothing_judges_has_no_numbers(lang):
    made = board(expected=None, group="lacking")
    page = str(made.areas(lang, dict.fromkeys(made.glances, "x")))
    assert page.count('data-v="-1') == 2 * len(made.glances)
    assert page.count(">—</td>") == 2 * len(made.glances)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("group", ["lacking", "met"])
def test_areas_without_a_forecast_are_counted_by_what_is_known(lang, group):
    made = board("michigan", expected=None, group=group)
    said = numbers(made.sentence(lang))
    areas, n = len(made.glances), len(made.targets)
    assert said[:2] == ([areas, areas] if group == "lacking" else [areas, n])
    assert group == "lacking" or said[2:5] == [n, n, n]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_cell_has_the_value_course_mark_and_word_of_its_group(lang):
    made = board()
    page = str(made.heat(lang))
    cells = re.findall(r'<td class="(\w+)"[^>]*><b>(.*?)</b><small>(.*?)</small>', page)
    assert len(cells) == len(made.glances) * HEADLINE
    rows = [one.by_target[t.id] for one in made.glances.values() for t in made.headline]
    for (css, value, word), row in zip(cells, rows, strict=True):
        assert css == row["group"]
        assert word.startswith(GROUPS[css])
        assert word != GROUPS[css]
        assert value.startswith(f"{row['last_value']:.1f}")
        arrow = {"up": "↗", "down": "↘", "flat": "→", None: ""}[row["way"]]
        assert arrow in value
        assert row["way"] or "<span" not in value
    assert page.count('scope="row"') == len(made.glances)


def test_a_cell_shows_on_which_side_of_its_level_a_value_is_and_no_chance_of_what_is_open():
    made = board(last_value=50.02, asked=">50")
    page = str(made.heat("en"))
    cells = re.findall(r'<td class="(\w+)"[^>]*><b>(.*?)</b>(.*?)</td>', page)
    assert {value.split("%")[0].strip() for _, value, _ in cells} == {"50.02"}
    assert {"42" in rest for css, _, rest in cells if css != "unknown"} == {True}
    assert {"42" in rest for css, _, rest in cells if css == "unknown"} == {False}


def test_many_areas_are_shown_by_how_they_are_spread():
    made = board("michigan")
    assert len(made.glances) > Dashboard.HEAT
    page = str(made.heat("en"))
    assert page.count('scope="row"') == len(made.headline)
    for row in re.findall(r'aria-label="([^"]*\d)"', page):
        assert sum(numbers(row)) == len(made.glances)


def test_what_nobody_published_is_not_shown_as_measured():
    made = board(last_year=None, last_value=None)
    page = str(made.heat("en"))
    assert page.count("<b>—</b>") == len(made.glances) * HEADLINE
    made = board(group="lacking")
    assert not str(made.heat("en"))


@pytest.fixture
def many(tmp_path):
    """Write what reports of the largest shipped study say at a glance, with their manifest."""
    return written(tmp_path, board("michigan"), ["michigan"])


def written(out, made, _, failed=()):
    entries = []
    for area, one in made.glances.items():
        folder = out / made.study.id / "en" / area
        folder.mkdir(parents=True)
        (folder / "glance.json").write_text(one.as_text(), "utf-8")
        (folder / "report.html").write_text("<!DOCTYPE html>", "utf-8")
        status = "failed" if area in failed else "made"
        entries.append(
            {"area": area, "lang": "en", "status": status, "cell": 3, "error": "=A1", "log": None}
        )
    manifest = {"study": made.study.id, "areas": entries}
    (out / made.study.id / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    write_indexes(CATALOG, out)
    return out


def test_the_page_allows_its_own_script_by_hash_and_no_other(many):
    page = (many / "michigan" / "index.html").read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert f"script-src &#x27;sha256-{digest}&#x27;" in policy
    assert "default-src &#x27;none&#x27;" in policy
    assert "script-src" not in (many / "index.html").read_text("utf-8")


def test_verdicts_are_the_same_in_the_table_to_take_away(many):
    made = board("michigan")
    text = (many / "michigan" / "verdicts.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(made.glances) * len(made.targets)
    for row, (area, one) in zip(rows[:: len(made.targets)], made.glances.items(), strict=True):
        first = one.targets[0]
        assert (row["area"], row["target"]) == (area, first["target"])
        assert row["group_of_target"] == first["group"]
        assert float(row["recent_pace"]) == -0.5
        assert float(row["probability"]) == first["probability"]
    meant = (many / "michigan" / "verdicts.columns.csv").read_text("utf-8-sig")
    assert [row["column"] for row in csv.DictReader(meant.splitlines())] == list(rows[0])


def test_pages_are_the_same_when_written_again(many):
    before = {path: path.read_bytes() for path in many.rglob("*") if path.is_file()}
    write_indexes(CATALOG, many)
    assert before == {path: path.read_bytes() for path in many.rglob("*") if path.is_file()}


def test_real_studies_come_first():
    order = [s.simulated or CATALOG.plan(s.plan).hypothetical for s in by_reality(CATALOG)]
    assert order == sorted(order)
    assert set(order) == {True, False}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_above_all_has_each_study_with_its_sentence(tmp_path, lang):
    for name in ("michigan", "mock_city", "wuhai"):
        written(tmp_path, board(name), [name])
    page = (tmp_path / ("index.html" if lang == "zh" else "index.en.html")).read_text("utf-8")
    places = [page.index(f'href="{name}/') for name in ("wuhai", "mock_city", "michigan")]
    assert places[0] == min(places)
    for name in ("michigan", "mock_city", "wuhai"):
        assert board(name).sentence(lang).replace("'", "&#x27;") in page
        assert f'href="{name}/{index_name(CATALOG.study(name), lang)}"' in page


def test_a_failed_report_is_named_and_not_linked(tmp_path):
    made = board()
    written(tmp_path, made, [], failed={"mock_west"})
    page = (tmp_path / "mock_city" / "index.en.html").read_text("utf-8")
    assert 'href="en/mock_west/report.html"' not in page.split('table class="areas"')[1]
    assert "[3] =A1" in page


def _large(out, areas=3000):
    """Write the page of 3,000 areas, by giving each shipped one several times."""
    made = board("michigan")
    names = list(made.glances)
    study = made.study
    glances, entries = {}, {}
    for at in range(areas):
        area = names[at % len(names)]
        glances[f"{area}.{at}"] = made.glances[area]
        address = f"en/district_{at:04}/report.html"
        title = made.name(area, "en")
        entries[f"{area}.{at}"] = tag("a", f"{title} {at}", href=address)
    large = Dashboard(CATALOG, study, glances)
    body = large.heat("en") + large.areas("en", entries)
    path = out / "large.html"
    path.write_text(_page("large", body, "en", {}, script=True), "utf-8")
    return path


def test_three_thousand_areas_stay_below_a_megabyte_and_a_half(tmp_path):
    assert _large(tmp_path).stat().st_size < 1_500_000


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.mark.slow
def test_three_thousand_areas_open_sort_and_filter_in_a_browser(tmp_path, browser):
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(_large(tmp_path).as_uri())
    first = "document.querySelector('table.areas tbody tr:not([hidden]) td').textContent"
    shown = "document.querySelectorAll('table.areas tbody tr:not([hidden])').length"
    assert page.evaluate(shown) == 3000
    page.get_by_role("searchbox").fill("2999")
    assert page.evaluate(shown) == 1
    assert page.evaluate(first).endswith("2999")
    assert "1 shown" in page.inner_text("output")
    page.get_by_role("searchbox").fill("")
    values = (
        "[...document.querySelectorAll('table.areas tbody tr')].map(r => +r.cells[3].textContent)"
    )
    page.get_by_role("button", name="Within reach").click()
    falling = page.evaluate(values)
    assert falling == sorted(falling, reverse=True)
    page.get_by_role("button", name="Within reach").click()
    rising = page.evaluate(values)
    assert rising == sorted(rising) != falling
    assert said == [], "the policy of the page lets its own script run, and nothing went wrong"


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_phone_shows_the_page_without_scrolling_sideways(tmp_path, browser, lang):
    written(tmp_path, board(), [])
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for name in (f"mock_city/{index_name(CATALOG.study('mock_city'), lang)}", "index.html"):
        page.goto((tmp_path / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
