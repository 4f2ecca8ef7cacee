"""The page in browsers: it moves, nothing foreign is asked or let in, nothing stays behind."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from edu_metrics.serving import _leading_to

pytestmark = pytest.mark.slow

WAIT = 120  # as long as a busy machine may take for anything [seconds]
#: Chromium itself would look things up elsewhere; one name stands for a foreign host.
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP evil.example 127.0.0.1",
)
HERE = {"localhost", "127.0.0.1", "::1"}
ASSUMED = ".assumed .chip"


def start(root, *words) -> tuple[subprocess.Popen[str], str]:
    """Start the explorer as a user would, and give its address."""
    code = "from edu_metrics.cli import run; run()"
    command = [sys.executable, "-c", code, "explore", *words, "--root", str(root), "--no-browser"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )
    told = server.stdout.readline()
    told += server.stdout.readline()  # how to stop it
    address = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", told)
    if address is None:
        server.kill()
        pytest.fail(f"no address was printed: {told!r}; {server.communicate()[1]}")
    assert "Ctrl-C" in told
    return server, address[0]


@pytest.fixture(scope="module")
def served(root) -> Iterator[tuple[subprocess.Popen[str], str]]:
    server, address = start(root, "mock_city", "--target", "T06_primary_bachelor", "--lang", "en")
    yield server, address
    server.terminate()
    _, err = server.communicate(timeout=WAIT)
    assert (server.returncode, err) == (0, "")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("expected Chromium, found none; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open pages of visitors who share nothing, and list what each asks for and complains of."""
    contexts = []

    def open_(address: str, **settings) -> tuple[Page, list[str], list[str]]:
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 1000}, **settings})
        contexts.append(context)
        context.set_default_timeout(1000 * WAIT)
        asked: list[str] = []
        told: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(address)
        return page, asked, told

    yield open_
    for context in contexts:
        context.close()


def until(page: Page, true: str) -> None:
    """Wait for something on the page; what waits in the page itself its policy would stop."""
    end = time.monotonic() + WAIT
    while not page.evaluate(true):
        assert time.monotonic() < end, true
        page.wait_for_timeout(20)


def changed(page: Page, selector: str, before: str) -> str:
    """Wait until something on the page is no longer what it was."""
    element = page.locator(selector)
    end = time.monotonic() + WAIT
    while element.inner_html() == before:
        assert time.monotonic() < end, selector
        page.wait_for_timeout(20)
    return element.inner_html()


def is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme != "data" and parts.hostname not in HERE


def test_sliders_move_verdict_and_figure_and_no_other_host_is_asked(served, visit):
    page, asked, told = visit(served[1])
    assert "token" not in page.url
    assert "invented" in page.locator(".invented").inner_text()
    drawn = page.locator("#figure").inner_html()
    assert "very unlikely" in page.locator(ASSUMED).inner_text()

    page.locator("#pace").press("End")
    until(page, f"document.querySelector('{ASSUMED}').innerText.includes('at least 80')")
    drawn = changed(page, "#figure", drawn)
    assert page.locator("#course").input_value() == "own_pace"
    assert page.locator("output[for=pace]").inner_text() == page.locator("#pace").input_value()
    assert "a rise of 10 points a year" in page.locator("#assumes").inner_text().replace(".0", "")
    assert page.evaluate("document.activeElement.id") == "pace"
    assert "pace=10" in page.url  # a reload shows the same

    page.locator("[id='lever.upgrades']").press("End")
    changed(page, "#figure", drawn)
    assert "levers" in page.locator("#assumes").inner_text()
    assert page.locator("#pace").input_value() != "10"

    page.locator("#target").select_option("T02_retention")
    until(page, "!document.getElementById('lever.upgrades')")
    assert page.evaluate("document.activeElement.id") == "target"
    page.get_by_role("link", name="中文").click()
    until(page, "document.querySelector('h1').innerText === '情景试算'")
    assert page.locator("#target").input_value() == "T02_retention"

    assert len(asked) > 5
    assert [url for url in asked if is_foreign(url)] == []
    assert told == []  # the policy has nothing to complain of


def test_a_moved_slider_asks_once_when_it_rests(served, visit):
    page, asked, _ = visit(served[1])
    before = len(asked)
    for _ in range(30):
        page.locator("#pace").press("ArrowRight")
    until(page, "location.search.includes('own_pace')")
    page.wait_for_timeout(500)
    assert 1 <= len(asked) - before < 30
    value = page.locator("#pace").input_value()
    assert f"{float(value):.1f} points" in page.locator("#assumes").inner_text()


def test_without_a_script_the_forms_have_buttons(served, visit):
    page, _, _ = visit(served[1], java_script_enabled=False)
    page.locator("#course").select_option("halt")
    page.locator("#assume button").click()
    page.wait_for_url("**course=halt**")
    assert "Nothing moves from now on" in page.locator("#assumes").inner_text()
    page.locator("#target").select_option("T02_retention")
    page.locator("#choose button").click()
    page.wait_for_url("**target=T02_retention**")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phone_shows_it_without_scrolling_sideways(served, visit, lang):
    page, _, _ = visit(served[1], viewport={"width": 390, "height": 844})
    for query in ("target=T06_primary_bachelor", "study=wuhai", "study=michigan"):
        page.goto(f"{served[1].partition('?')[0]}?study=mock_city&{query}&lang={lang}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_visitors_do_not_meet(served, visit):
    """What one assumes the other does not see, and a third has no token."""
    one, _, _ = visit(served[1])
    other, _, _ = visit(served[1])
    one.locator("#pace").press("End")
    until(one, f"document.querySelector('{ASSUMED}').innerText.includes('at least 80')")
    other.reload()
    assert "very unlikely" in other.locator(ASSUMED).inner_text()
    stranger, _, _ = visit(served[1].partition("?")[0])
    assert "whole address that the command printed" in stranger.locator("main").inner_text()
    assert stranger.locator("#choose").count() == 0


class Foreign(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>foreign</title>")

    def log_message(self, *_):
        pass


#: What a page can try on an address: to fetch, to post, a picture, a script, a frame, a socket.
TRIES = """
async address => {
  const result = {};
  const settle = (name, promise) => promise.then(got => { result[name] = got; },
                                                 () => { result[name] = "refused"; });
  const element = (tag, attributes) => new Promise((ok, bad) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.onload = () => ok("loaded"); made.onerror = () => bad(); document.body.append(made);
  });
  await settle("fetch", fetch(address, {credentials: "include"}).then(r => r.text()));
  await settle("opaque", fetch(address, {mode: "no-cors", credentials: "include"})
                         .then(r => r.type));
  await settle("post", fetch(address, {method: "POST", mode: "cors", credentials: "include",
                                       headers: {"X-A": "1"}}).then(r => r.text()));
  await settle("script", element("script", {src: address + "explorer.js"}));
  await settle("picture", element("img", {src: address}));
  await settle("socket", new Promise((ok, bad) => {
    const socket = new WebSocket(address.replace("http", "ws"));
    socket.onopen = () => ok("open"); socket.onerror = () => bad();
  }));
  const frame = document.createElement("iframe");
  frame.src = address; document.body.append(frame);
  await new Promise(done => { frame.onload = done; setTimeout(done, 3000); });
  try { result.frame = frame.contentDocument ? frame.contentDocument.body.innerText : "refused"; }
  catch { result.frame = "refused"; }
  return result;
}
"""


@pytest.mark.parametrize("name", ["evil.example", "localhost", "127.0.0.1"])
def test_a_foreign_page_in_the_same_browser_gets_nothing(served, visit, name):
    """The page is open and its cookie set; another site, and another port of this host, try it."""
    with HTTPServer(("127.0.0.1", 0), Foreign) as foreign:
        threading.Thread(target=foreign.serve_forever, daemon=True).start()
        page, _, _ = visit(served[1])
        other = page.context.new_page()
        other.goto(f"http://{name}:{foreign.server_address[1]}/")
        found = other.evaluate(TRIES, served[1].partition("?")[0])
        foreign.shutdown()
    assert found.pop("frame") in ("refused", "")
    assert found == dict.fromkeys(found, "refused")


def test_the_address_may_be_clicked_on_in_another_page_and_opened_from_a_file(
    served, visit, tmp_path
):
    page, _, _ = visit("about:blank")
    page.set_content(f'<a href="{served[1]}">the address, in a terminal that is a page</a>')
    page.get_by_role("link").click()
    page.wait_for_selector("#choose")
    page, _, _ = visit(_leading_to(served[1], tmp_path).as_uri())
    page.wait_for_selector("#choose")
    assert "token" not in page.url


def test_a_name_that_is_rebound_to_this_machine_gets_nothing(served, visit):
    address = served[1].replace("127.0.0.1", "evil.example")
    page, _, _ = visit("about:blank")
    for path in (address, address.partition("?")[0]):
        with pytest.raises(Error, match="RESPONSE_CODE_FAILURE"):  # a fault with nothing in it
            page.goto(path)
    assert page.context.cookies() == []


def test_twenty_visitors_one_after_another_leave_nothing_behind(served, visit):
    server = psutil.Process(served[0].pid)
    sizes = []
    for number in range(24):
        page, _, _ = visit(served[1])
        page.locator("#pace").press("End")
        until(page, "location.search.includes('own_pace')")
        page.reload()
        page.context.close()
        if number >= 4:  # what is loaded and kept once is loaded
            sizes.append(server.memory_info().rss / 1e6)
    assert server.children(recursive=True) == []
    assert sizes[-1] - sizes[0] < 10  # MB
    assert server.num_threads() < 10


def test_a_page_says_when_its_server_is_gone(root, visit):
    server, address = start(root, "mock_city", "--target", "T06_primary_bachelor", "--lang", "en")
    page, _, _ = visit(address)
    server.terminate()
    assert server.wait(WAIT) == 0
    page.locator("#pace").press("End")
    until(page, "!document.getElementById('failed').hidden")
    assert "stopped" in page.locator("#failed").inner_text()


def test_ctrl_c_ends_with_130_and_leaves_no_file(root, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server, address = start(root, "--port", str(port))
    assert address.startswith(f"http://127.0.0.1:{port}/?token=")
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=WAIT)
    assert (server.returncode, "Traceback" in err) == (130, False)
    assert list(tmp_path.iterdir()) == []
