"""A notebook opened in JupyterLab by a browser, and run from top to bottom there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, sync_playwright

import edu_metrics
import edu_metrics as em
from edu_metrics.report.notebook_style import ORDER

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(edu_metrics.__file__).parents[1]
WAIT = 180  # as long as a busy machine may take for anything [seconds]
#: Chromium itself would look things up elsewhere.
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
HERE = {"localhost", "127.0.0.1", "::1"}
RUN_ALL = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await app.commands.execute('notebook:run-all-cells');
  await app.commands.execute('docmanager:save');
}"""


@pytest.fixture
def lab(tmp_path) -> Iterator[tuple[Path, str]]:
    """Serve a folder of copies: JupyterLab writes into what it opens."""
    folder, own = tmp_path / "notebooks", tmp_path / "jupyter"
    shutil.copytree(ROOT / "notebooks", folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    env = {**os.environ, **dict.fromkeys(names, str(own)), "PYTHONPATH": str(LIBRARY)}
    options = ["--no-browser", "--allow-root", "--expose-app-in-browser", f"--port={port}"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += [
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/api", server, tmp_path / "log")
            yield folder, address
        finally:
            server.terminate()
            server.wait(WAIT)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(WAIT):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert server.poll() is None, log.read_text()[-2000:]
            time.sleep(1)
        else:
            return
    pytest.fail(log.read_text()[-2000:])


def is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE


@contextmanager
def browser() -> Iterator[tuple[Page, list[str]]]:
    """Open a browser that goes nowhere but here, and list what it asks for."""
    found = shutil.which("chromium")
    assert found, "expected Chromium, found none; install it with: apt-get install chromium"
    asked: list[str] = []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        context = opened.new_context(viewport={"width": 1360, "height": 1000})
        context.set_default_timeout(1000 * WAIT)
        context.on("request", lambda request: asked.append(request.url))
        context.route(is_foreign, lambda route: route.abort("addressunreachable"))
        page = context.new_page()
        page.on("websocket", lambda socket: asked.append(socket.url))
        yield page, asked
        opened.close()


def run_all(page: Page, address: str, notebook: str) -> None:
    page.goto(f"{address}/lab/tree/{notebook}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.evaluate(RUN_ALL)


def test_a_lesson_runs_in_jupyterlab_and_asks_no_other_host(lab):
    folder, address = lab
    lesson = "02_myopia_both_readings.ipynb"
    with browser() as (page, asked):
        run_all(page, address, lesson)
        figures = page.locator(".jp-OutputArea-output img").count()
    cells = [c for c in nbformat.read(folder / lesson, 4).cells if c.cell_type == "code"]
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    assert sum("image/png" in o.get("data", {}) for o in outputs) >= 3
    assert figures
    assert any(url.startswith(address) for url in asked)
    assert [url for url in asked if is_foreign(url)] == []


@pytest.mark.parametrize(
    ("lang", "shown", "hidden"),
    [("zh", "各区对照", "Areas side by side"), ("en", "Areas side by side", "各区对照")],
)
def test_a_template_shows_its_tables_in_style_and_prose_in_one_language(lab, lang, shown, hidden):
    folder, address = lab
    em.load_table("wuhai", ROOT)  # built where it is missing
    template = folder / "city_overview.ipynb"
    words = template.read_text("utf-8").replace('lang: str = \\"zh\\"', f'lang: str = \\"{lang}\\"')
    template.write_text(words.replace('\\"mock_city\\"', '\\"wuhai\\"'), "utf-8")
    with browser() as (page, asked):
        run_all(page, address, template.name)
        prose = page.locator(".jp-MarkdownCell:visible").all_inner_texts()
        everything = page.locator(".jp-MarkdownCell").count()
        table = page.locator(".jp-OutputArea-output table th").first
        weight = table.evaluate("cell => getComputedStyle(cell).borderBottomWidth")
    assert shown in prose[0]  # what is further down is drawn when it is scrolled to
    assert 2 * len(prose) == everything
    assert not any(hidden in text for text in prose)
    assert weight == "2px"
    assert [url for url in asked if is_foreign(url)] == []


def test_prose_of_templates_stands_in_pairs():
    """Which of the two is hidden is known by its place: Chinese first."""
    for name in ("district_report", "city_overview", "plan_audit", "track_record"):
        cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
        langs = [tag for c in cells for tag in c.metadata.get("tags", []) if tag in ORDER]
        assert langs == [*ORDER] * (len(langs) // 2)
