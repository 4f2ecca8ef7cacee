"""The page in a browser: a slider moves it, it asks no other host, and stopping leaves nothing."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, sync_playwright

from edu_metrics.explorer.serving import free_port

pytestmark = pytest.mark.slow

WAIT = 120  # as long as a busy machine may take for anything [seconds]
#: Chromium itself would look things up elsewhere.
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FIGURE = ".edu-figure"
VERDICT = ".edu-assumed .edu-chip"
HERE = {"localhost", "127.0.0.1", "::1"}


def start(root, *words) -> tuple[subprocess.Popen[str], str]:
    """Start the explorer as a user would, and give its address."""
    code = "from edu_metrics.cli import run; run()"
    command = [sys.executable, "-c", code, "explore", *words, "--root", str(root), "--no-browser"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )
    told = server.stdout.readline()
    told += server.stdout.readline()  # how to stop it
    address = re.search(r"http://localhost:\d+/", told)
    if address is None:
        server.kill()
        pytest.fail(f"no address was printed: {told!r}; {server.communicate()[1]}")
    assert "Ctrl-C" in told
    return server, address[0]


@pytest.fixture
def served(root) -> Iterator[tuple[subprocess.Popen[str], str]]:
    server, address = start(root, "mock_city", "--target", "T06_primary_bachelor", "--lang", "en")
    yield server, address
    if server.poll() is None:
        server.terminate()
        server.wait(WAIT)


@pytest.fixture
def page() -> Iterator[tuple[Page, list[str]]]:
    """Open a browser that goes nowhere but here, and list what it is asked for."""
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("expected Chromium, found none; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        context = browser.new_context(viewport={"width": 1360, "height": 1000})
        context.set_default_timeout(1000 * WAIT)
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        context.route(lambda url: is_foreign(url), lambda route: route.abort("addressunreachable"))
        opened = context.new_page()
        opened.on("websocket", lambda socket: asked.append(socket.url))
        yield opened, asked
        browser.close()


def is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE


def move_to_the_end(page: Page, slider: str) -> None:
    """Move a slider with the keyboard, as its user could."""
    handle = page.locator(f"{slider} .noUi-handle").first
    handle.focus()
    handle.press("End")


def changed(page: Page, selector: str, reading: str, before: str) -> str:
    """Wait until something on the page is no longer what it was."""
    page.wait_for_function(
        f"([at, before]) => {{ const now = document.querySelector(at)?.{reading};"
        " return now && now !== before; }",
        arg=[selector, before],
    )
    return page.locator(selector).evaluate(f"element => element.{reading}")


def test_sliders_move_verdict_and_figure_and_no_other_host_is_asked(served, page):
    server, address = served
    page, asked = page
    page.goto(address)
    page.wait_for_selector(FIGURE)
    assert "invented" in page.locator(".edu-invented").inner_text()
    verdict = page.locator(VERDICT).inner_text()
    drawn = page.locator(FIGURE).evaluate("element => element.src")
    assert "out of reach" in verdict
    assert drawn.startswith("data:image/png")

    move_to_the_end(page, ".edu-controls > .edu-slider")
    page.wait_for_function(
        f"document.querySelector('{VERDICT}')?.innerText.includes('at least 80')"
    )
    drawn = changed(page, FIGURE, "src", drawn)
    assert "a rise of 10.0 pts a year" in page.locator(".edu-assumes").inner_text()
    assert "simulated" in page.locator(FIGURE).get_attribute("alt")

    before = page.locator(".edu-assumes").inner_text()
    move_to_the_end(page, ".edu-levers")
    assert "levers" in changed(page, ".edu-assumes", "innerText", before)
    changed(page, FIGURE, "src", drawn)

    page.get_by_role("button", name="中文").click()
    page.wait_for_function("document.querySelector('h1')?.innerText === '情景试算'")

    assert len(asked) > 10
    assert any(url.startswith("ws") for url in asked), "the widgets talk over a web socket"
    assert sorted({url for url in asked if is_foreign(url)}) == []

    helpers = psutil.Process(server.pid).children(recursive=True)
    assert helpers, "a kernel runs behind the page"
    server.send_signal(signal.SIGTERM)
    assert server.wait(WAIT) == 0
    _, alive = psutil.wait_procs(helpers, timeout=WAIT)
    assert alive == []
    assert "Traceback" not in server.stderr.read()


def test_ctrl_c_ends_with_130_and_leaves_no_file(root, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server, address = start(root, "--port", str(port := free_port()))
    assert address == f"http://localhost:{port}/"
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=WAIT)
    assert (server.returncode, "Traceback" in err) == (130, False)
    assert list(tmp_path.iterdir()) == []
