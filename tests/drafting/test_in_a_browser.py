"""The review as a person does it: in a browser, on a plan of some pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from edu_metrics.drafting import draft_file, routes
from edu_metrics.drafting.files import read_draft
from edu_metrics.serving import listening

pytestmark = pytest.mark.slow

TEXT = Path(__file__).parent / "texts" / "preschool_action.txt"


@pytest.fixture
def drafted(tmp_path):
    draft_file(TEXT, tmp_path / "draft", 2021, 2023)
    return tmp_path / "draft"


def test_decisions_made_in_a_browser_are_saved_and_shown(drafted):
    found = shutil.which("chromium")
    assert found, "expected Chromium; install it with: apt-get install chromium"
    with listening(routes(drafted, "en"), lang="en") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        complaints = []
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        assert "token" not in page.url
        card = page.locator("#p002")
        card.locator("input[name=year]").fill("2022")
        card.locator("button[value=accept]").click()
        page.wait_for_url("**/#p002")
        assert "accepted" in page.locator("#p002 .state").inner_text()
        page.locator("#p003 button[value=reject]").click()
        page.wait_for_url("**/#p003")
        page.locator("details.plan summary").click()
        page.locator("input[name=issued]").fill("2021-03-01")
        page.locator("details.plan button").click()
        page.wait_for_load_state()
        # A click on the words leads to their card, and no part of the page hangs over its edge.
        page.locator("a.promise").nth(6).click()
        assert "#p" in page.url
        for width in (1200, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert complaints == []
    content = read_draft(drafted)
    one, other = content["promises"][1:3]
    assert (one["decision"], other["decision"]) == ("accept", "reject")
    assert one["readings"][0]["conditions"][0]["at"] == {2022: ">=88"}
    assert str(content["plan"]["issued"]) == "2021-03-01"
