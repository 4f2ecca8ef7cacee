"""Every notebook opened in JupyterLab by a browser, and run to its end in both languages."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, sync_playwright

import edu_metrics
from edu_metrics.report.html import ORDER

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
TEMPLATES = {
    "city_overview",
    "district_report",
    "plan_audit",
    "scenario_comparison",
    "track_record",
}
LIBRARY = Path(edu_metrics.__file__).parents[1]
WAIT = 180  # as long as a busy machine may take for anything [seconds]
#: Chromium itself would look things up elsewhere.
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
HERE = {"localhost", "127.0.0.1", "::1"}
#: Opens a notebook and runs it once for each language, in one kernel, as a reader does who changes
#: the word and runs all cells again. Gives what the notebook holds after each run, the languages of
#: the prose that is shown, and how strong the line below the head of a table is.
RUN_ALL = """async ([path, langs]) => {
  const panel = await window.jupyterapp.commands.execute('docmanager:open', {path});
  await panel.context.ready;
  await panel.sessionContext.ready;
  const cells = panel.content.model.cells;
  const isOfParameters = cell => (cell.getMetadata('tags') || []).includes('parameters');
  const parameters = Array.from(cells).find(isOfParameters).sharedModel;
  const runs = [];
  for (const lang of langs) {
    const chosen = parameters.getSource().replace(/(lang: str = )"[a-z]+"/, `$1"${lang}"`);
    parameters.setSource(chosen);
    await window.jupyterapp.commands.execute('notebook:run-all-cells');
    const prose = panel.content.widgets.filter(cell => cell.model.type === 'markdown');
    const shown = prose.filter(cell => cell.node.checkVisibility());
    const table = panel.node.querySelector('.jp-OutputArea-output table th');
    runs.push({
      cells: panel.content.model.toJSON().cells,
      prose: prose.length,
      shown: shown.flatMap(cell => cell.model.getMetadata('tags')),
      rule: table && getComputedStyle(table).borderBottomWidth,
    });
  }
  await panel.sessionContext.shutdown();
  await panel.context.save();
  panel.close();
  return runs;
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    """Serve a folder of copies, as JupyterLab writes into what it opens; give the address."""
    tmp_path = tmp_path_factory.mktemp("lab")
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
            yield address
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


@pytest.fixture(scope="module")
def browser(lab) -> Iterator[tuple[Page, list[str]]]:
    """Open JupyterLab in a browser that goes nowhere but here, and list what it asks for."""
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
        page.goto(f"{lab}/lab")
        page.wait_for_function("window.jupyterapp && window.jupyterapp.restored.then(() => true)")
        yield page, asked
        opened.close()


@pytest.fixture(scope="module", params=NOTEBOOKS)
def run(browser, request) -> tuple[str, dict[str, dict[str, Any]], list[str]]:
    """Run a notebook in both languages; give its name, what came, and what was asked for."""
    page, asked = browser
    before = len(asked)
    runs = page.evaluate(RUN_ALL, [f"{request.param}.ipynb", ORDER])
    return request.param, dict(zip(ORDER, runs, strict=True)), asked[before:]


def test_a_notebook_runs_in_jupyterlab_and_asks_no_other_host(run):
    name, runs, asked = run
    for lang, ran in runs.items():
        code = [cell for cell in ran["cells"] if cell["cell_type"] == "code"]
        first = 1 + len(code) * ORDER.index(lang)
        assert [cell["execution_count"] for cell in code] == [*range(first, first + len(code))]
        outputs = [output for cell in code for output in cell["outputs"]]
        assert [
            o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"
        ] == []
        pictures = sum("image/png" in output.get("data", {}) for output in outputs)
        assert pictures if name[:2].isdigit() else outputs
    assert asked
    assert [url for url in asked if is_foreign(url)] == []


def test_a_template_shows_its_tables_in_style_and_prose_in_one_language(run):
    name, runs, _ = run
    for lang, ran in runs.items() if name in TEMPLATES else ():
        assert ran["shown"] == [lang] * (ran["prose"] // 2) != []
        assert ran["rule"] in (None, "2px")


def test_prose_of_templates_stands_in_pairs():
    """Which of the two is hidden is known by its place: Chinese first."""
    for name in TEMPLATES:
        cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
        langs = [tag for c in cells for tag in c.metadata.get("tags", []) if tag in ORDER]
        assert langs == [*ORDER] * (len(langs) // 2)
