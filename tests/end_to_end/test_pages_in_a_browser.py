"""Every kind of page in a browser: read aloud, by keyboard, on a phone and on paper."""

from __future__ import annotations

import re
import shutil
from unicodedata import normalize

import pypdfium2
import pytest
from axe_playwright_python.base import AXE_SCRIPT

from edu_metrics.batch import How, make_reports

pytestmark = pytest.mark.slow

LANGUAGES = ("zh", "en")
#: A page of each kind, by where it lies below the folder of a language.
KINDS = {
    "bulletin": "provinces/{}/china/report.html",
    "no data": "wuhai/{}/wuhai/report.html",
    "overview": "wuhai/{}/overview/report.html",
    "audit": "wuhai/{}/plan_audit/report.html",
    "scenarios": "wuhai/{}/wuhai.scenarios/report.html",
    "track record": "provinces/{}/track_record/report.html",
    "study": "wuhai/index{}.html",
    "root": "index{}.html",
}
REPORTS = [kind for kind in KINDS if kind not in ("study", "root")]


@pytest.fixture(scope="session")
def made(tmp_path_factory, shipped_root):
    """Make a page of each kind from a copy of what a new clone has."""
    root = tmp_path_factory.mktemp("pages")
    for part in ("data/definitions", "data/raw", "notebooks"):
        ignored = shutil.ignore_patterns("simulated")
        shutil.copytree(shipped_root / part, root / part, ignore=ignored)
    for study, more in (("provinces", {}), ("wuhai", {"scenarios": True})):
        outcomes = make_reports(root, [study], first=1, how=How(workers=2), **more)
        assert {outcome.status for _, outcome in outcomes} == {"made"}
    return root / "reports"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield found
        found.close()


@pytest.fixture
def opened(made, browser):
    """Open a page of a kind, in a window of a width; what it asks for elsewhere is kept."""
    contexts = []

    def of(kind, lang="en", width=1200, **given):
        context = browser.new_context(viewport={"width": width, "height": 844}, **given)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto((made / address_of(kind, lang)).as_uri())
        return page

    yield of
    for context in contexts:
        context.close()


def address_of(kind, lang):
    if kind in REPORTS:
        return KINDS[kind].format(lang)
    return KINDS[kind].format("" if lang == "zh" else ".en")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(opened, kind, width, scheme):
    page = opened(kind, "en" if scheme == "light" else "zh", width, bypass_csp=True,
                  color_scheme=scheme)  # fmt: skip
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["testEngine"]["name"] == "axe-core"
    grave = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_axe_would_find_a_fault(opened):
    page = opened("root", bypass_csp=True)
    page.evaluate("document.querySelector('main').innerHTML += '<p style=\"color:#ddd\">pale</p>'")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert "color-contrast" in {one["id"] for one in found["violations"]}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_shows_a_page_without_scrolling_sideways(opened, kind, lang):
    page = opened(kind, lang, 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_table_is_cut_on_a_phone(opened, kind, lang):
    page = opened(kind, lang, 390)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    cut = page.evaluate(
        """[...document.querySelectorAll('table')].filter(
            one => Math.max(one.getBoundingClientRect().right, one.scrollWidth) > innerWidth)
        .map(one => one.className + ': ' + one.caption?.textContent)"""
    )
    assert cut == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_badge_does_not_break_on_paper(opened, kind, lang):
    page = opened(kind, lang, 703)  # A4 without its margins
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    broken = page.evaluate(
        "[...document.querySelectorAll('.chip')].filter(one => one.getClientRects().length > 1"
        " || one.getBoundingClientRect().height > 22).map(one => one.textContent)"
    )
    assert broken == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_request_leaves_a_page_and_nothing_goes_wrong_in_it(opened, kind):
    page = opened(kind)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    page.mouse.wheel(0, 20000)
    own = page.url
    assert {address for address in page.asked if not address.startswith("data:")} == {own}
    assert said == []


def words_of(text):
    """Reduce a text to what is the same on a screen and in a PDF: no gaps, no look-alikes."""
    return re.sub(r"[\s\u00ad\ufffe-]", "", normalize("NFKC", text))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", REPORTS)
def test_every_folded_text_is_on_paper(opened, kind, lang):
    page = opened(kind, lang)
    folded = page.evaluate(
        """() => [...document.querySelectorAll('details:not([open])')].flatMap(one =>
            [...one.querySelectorAll('td, li, p, dd')].filter(cell => !cell.querySelector('svg'))
            .filter(cell => !cell.matches('.csv'))
            .map(cell => cell.textContent))"""
    )
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    printed = words_of("".join(one.get_textpage().get_text_range() for one in document))
    pieces = {words_of(piece) for text in folded for piece in re.split(r"[\n。；;]", text)}
    # A word may be cut where a page ends; what is long enough to be told apart has to be there.
    lost = [piece for piece in pieces if piece and piece not in printed]
    assert len(lost) <= len(pieces) // 50, lost[:5]
    sizes = {tuple(round(side) for side in one.get_size()) for one in document}
    assert sizes == {(595, 842)}, "A4"


@pytest.mark.parametrize("kind", ["bulletin", "no data", "audit", "study", "root"])
def test_a_link_leads_to_the_same_page_in_the_other_language(opened, kind):
    page = opened(kind, "zh")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_role("link", name="English", exact=True).click()
    assert page.evaluate("document.documentElement.lang") == "en"
    title = page.title()
    page.get_by_role("link", name="中文", exact=True).click()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() != title


def focused(page):
    return page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def test_the_keyboard_reaches_links_boxes_and_wide_tables(opened):
    page = opened("bulletin", "en", 390)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(focused(page))
        if 'class="scroll"' in reached[-1]:
            break
    assert any("index" in one for one in reached), "the way home comes first"
    assert 'role="group"' in reached[-1]
    page = opened("bulletin", "en")
    shut = page.locator("details > summary").first
    shut.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")


def test_a_study_is_filtered_and_sorted_by_keyboard_alone(opened):
    page = opened("study", "en")
    field = page.get_by_role("searchbox")
    field.focus()
    page.keyboard.type("no such place")
    rows = "document.querySelectorAll('table.areas tbody tr:not([hidden])').length"
    assert page.evaluate(rows) == 0
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert page.evaluate(rows) > 0
    page.keyboard.press("Tab")
    for _ in range(9):
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heads = page.evaluate(
        "[...document.querySelectorAll('table.areas th')].map(one => one.ariaSort)"
    )
    assert heads[0] in ("ascending", "descending")


def test_ticking_a_scenario_draws_it_and_unticking_hides_it(opened):
    page = opened("scenarios", "en")
    boxes = page.locator("table.picks input")
    assert boxes.count() > 4
    ticked = [at for at in range(boxes.count()) if boxes.nth(at).is_checked()]
    assert len(ticked) == 4

    def seen(place):
        lines = page.locator(f".charts .sc{place + 1}")
        # A level course has no height, and would pass for hidden.
        shown = "one => getComputedStyle(one).display !== 'none'"
        return [lines.nth(at).evaluate(shown) for at in range(lines.count())]

    drawn = [at for at in range(boxes.count()) if seen(at)]
    for place in drawn:
        assert set(seen(place)) == {place in ticked}
    other = next(at for at in drawn if at not in ticked)
    boxes.nth(other).focus()
    page.keyboard.press("Space")
    assert set(seen(other)) == {True}
    first = next(at for at in drawn if at in ticked)
    boxes.nth(first).click()
    assert set(seen(first)) == {False}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["bulletin", "no data", "overview", "audit", "track record"])
def test_each_link_to_data_can_be_reached_by_keyboard_and_has_its_file(opened, made, kind, lang):
    page = opened(kind, lang)
    links = page.locator(".csv a")
    assert links.count()
    folder = (made / address_of(kind, lang)).parent
    for address in {links.nth(at).get_attribute("href") for at in range(links.count())}:
        head = (folder / address).read_text("utf-8-sig").splitlines()[0]
        assert head
    links.first.evaluate("one => one.focus()")
    assert page.evaluate("document.activeElement.matches('.csv a')")
