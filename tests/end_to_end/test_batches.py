"""A batch goes on past what fails, names it, and can be stopped; its notebooks are tiny."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from edu_metrics.batch.execution import MARK

pytestmark = pytest.mark.slow

#: What the notebook of the batch does: shows, warns, fails in one area and dies in another.
SHOW = 'from IPython.display import HTML\n\nHTML(f"<p>seen: {area} in {lang}</p>")'
WARN = 'import sys\nimport warnings\n\nwarnings.warn("beware")\nsys.stderr.write("on the side\\n")'
NOTE = 'from pathlib import Path\n\nPath(out, "summary.json").write_text(area) and None'
SLEEP = """import os
import time
from pathlib import Path

if area == "east":
    note = Path(root, "noted")
    note.write_text(f"{os.getpid()} {os.getppid()}")
    note.rename(Path(root, "asleep"))
    time.sleep(600)
"""
FAIL = 'if area == "west":\n    raise ValueError("out of [luck]")'
DIE = 'import os\n\nif area == "south":\n    os._exit(1)'


@pytest.fixture(scope="module", params=["fork", "kernel"])
def broken(request, tmp_path_factory, new_project, notebook_of, code):
    """Run a batch in which of three districts one raises and one kills its process."""
    root = new_project(tmp_path_factory.mktemp("broken"))
    notebook_of(root, code(SHOW), code(WARN), code(NOTE), code(FAIL), code(DIE))
    old = root / "reports" / "harbour" / "en" / "west" / "report.html"
    old.parent.mkdir(parents=True)
    old.write_text("an older report", "utf-8")
    leftover = root / "reports" / "harbour" / "en" / ".east.draft" / "report.ipynb"
    leftover.parent.mkdir()
    leftover.write_text("half", "utf-8")
    for folder in (root / "reports", root / "reports" / "harbour"):
        (folder / ".index.html.1.part").write_text("half", "utf-8")
    (root / "reports" / MARK).write_text("", "utf-8")
    words = ["report", "harbour", "--lang", "en", "--root", str(root), "-j", "2"]
    words += ["--engine", request.param]
    ended = subprocess.run(
        [sys.executable, "-c", "from edu_metrics.cli import run; run()", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=root.parent,
    )
    return root, ended


def test_a_batch_with_failures_ends_with_1_and_counts_what_was_made(broken):
    root, ended = broken
    assert ended.returncode == 1
    index = root / "reports" / "index.html"
    assert ended.stdout == f"3 of 5 reports made; open {index}\n"


def test_a_failure_is_named_with_its_report_cell_and_error(broken):
    """The notebook has a cell of parameters and two of prose before those of code."""
    _, ended = broken
    lines = [line.split() for line in ended.stderr.splitlines()]
    (west,) = [line for line in lines if line[:2] == ["harbour", "en/west"]]
    assert west[2:] == ["7", "ValueError:", "out", "of", "[luck]"]
    (south,) = [line for line in lines if line[:2] == ["harbour", "en/south"]]
    assert south[2:4] == ["8", "DeadKernelError:"]
    assert "Traceback" not in ended.stderr


def test_nothing_but_the_failures_is_told_on_stderr(broken):
    """No kernel, and no warning inside a notebook, talks to the terminal."""
    _, ended = broken
    told = [line for line in ended.stderr.splitlines() if line.startswith("failed: ")]
    assert [line.split(":")[:4] for line in sorted(told)] == [
        ["failed", " en/south", " cell 8", " DeadKernelError"],
        ["failed", " en/west", " cell 7", " ValueError"],
    ]
    assert "failed: en/west: cell 7: ValueError: out of [luck]" in told
    for word in ("beware", "on the side", "WARNING", "encrypt"):
        assert word not in ended.stderr


def test_the_others_are_made_whole(broken):
    root, _ = broken
    for area in ("port", "east"):
        folder = root / "reports" / "harbour" / "en" / area
        assert sorted(path.name for path in folder.iterdir()) == [
            "report.html", "report.ipynb", "summary.json"
        ]  # fmt: skip
        assert f"<p>seen: {area} in en</p>" in (folder / "report.html").read_text("utf-8")
        assert (folder / "summary.json").read_text("utf-8") == area


def test_a_failed_report_keeps_its_notebook_and_does_not_touch_the_older_page(broken):
    root, _ = broken
    west = root / "reports" / "harbour" / "en" / "west"
    assert (west / "report.html").read_text("utf-8") == "an older report"
    assert sorted(path.name for path in west.iterdir()) == [
        "failed.ipynb",
        "failed.log",
        "report.html",
    ]
    failed = nbformat.read(west / "failed.ipynb", as_version=4)
    outputs = [out for cell in failed.cells for out in cell.get("outputs", [])]
    assert any(out.get("ename") == "ValueError" for out in outputs)


def test_of_a_report_that_died_the_log_is_kept_and_no_page_written(broken):
    """A kernel that died leaves who started it, which writes down how far it came."""
    root, ended = broken
    south = root / "reports" / "harbour" / "en" / "south"
    kept = ["failed.ipynb"] if "kernel" in ended.args else []
    assert sorted(path.name for path in south.iterdir()) == [*kept, "failed.log"]
    for name in kept:
        assert "seen: south in en" in (south / name).read_text("utf-8")


def test_the_manifest_names_made_and_failed(broken):
    root, _ = broken
    manifest = json.loads((root / "reports" / "harbour" / "manifest.json").read_text("utf-8"))
    assert manifest["study"] == "harbour"
    found = {entry["area"]: entry for entry in manifest["areas"]}
    assert list(found) == ["overview", "port", "east", "west", "south"]
    assert {area: entry["status"] for area, entry in found.items()} == {
        "overview": "made", "port": "made", "east": "made", "west": "failed", "south": "failed"
    }  # fmt: skip
    assert (found["west"]["cell"], found["west"]["error"]) == (7, "ValueError: out of [luck]")
    assert found["east"]["cell"] is None
    assert found["east"]["error"] is None
    assert found["west"]["log"] == "en/west/failed.log"
    assert "out of [luck]" in (root / "reports/harbour" / found["west"]["log"]).read_text("utf-8")
    assert found["east"]["log"] is None
    assert len({entry["inputs_sha256"] for entry in found.values()}) == len(found)
    assert all(len(entry["inputs_sha256"]) == 64 for entry in found.values())
    assert all(entry["seconds"] > 0 for entry in found.values())


def test_the_index_names_the_failure_and_links_only_what_was_made(broken):
    root, _ = broken
    page = (root / "reports" / "harbour" / "index.html").read_text("utf-8")
    assert "ValueError: out of [luck]" in page
    assert 'href="en/east/report.html"' in page
    assert 'href="en/west/report.html"' not in page
    above = (root / "reports" / "index.html").read_text("utf-8")
    assert 'href="harbour/index.html"' in above
    # Of four areas two were made, with the overview of all; two failed.
    assert re.search(r'<td class="n"[^>]*>2（共4个地区）</td><td class="n"[^>]*>2</td>', above)


def test_what_a_killed_run_left_is_gone_after_the_next(broken, left_behind):
    root, _ = broken
    assert left_behind(root) == []


def test_a_page_has_no_code_no_stderr_and_only_its_own_language(broken):
    root, _ = broken
    page = (root / "reports" / "harbour" / "en" / "east" / "report.html").read_text("utf-8")
    assert "<h2>English</h2>" in page
    assert "中文" not in page.partition("<main>")[2]
    for absent in ("beware", "on the side", "IPython", "str: study", str(root)):
        assert absent not in page


def test_the_notebook_behind_a_page_keeps_its_code_and_tells_no_folder_of_the_machine(broken):
    root, _ = broken
    text = (root / "reports" / "harbour" / "en" / "east" / "report.ipynb").read_text("utf-8")
    assert "from IPython.display import HTML" in text
    assert str(root) not in text
    assert "beware" not in "".join(
        json.dumps(cell.get("outputs", [])) for cell in nbformat.reads(text, as_version=4).cells
    )


def test_a_parameter_that_the_notebook_does_not_declare_stops_all_before_anything_runs(
    command, project, notebook_of
):
    notebook_of(project, declared="aera")
    found = command("report", "harbour", "--root", project)
    assert (found.status, found.out) == (1, "")
    assert "district_report.ipynb has no parameter 'area'; did you mean 'aera'?" in found.err
    assert not (project / "reports").exists()


def test_a_missing_notebook_stops_all_before_anything_runs(command, project):
    (project / "notebooks" / "city_overview.ipynb").unlink()
    found = command("report", "harbour", "--root", project)
    assert (found.status, found.out) == (1, "")
    assert "no notebook city_overview.ipynb" in found.err
    assert not (project / "reports").exists()


def _wait_for(condition, seconds=90):
    for _ in range(seconds * 10):
        if condition():
            return True
        time.sleep(0.1)
    return False


def _alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.is_file() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def ctrl_c_is_heard():
    """What a shell starts in the background is deaf to Ctrl-C, and so is all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _command(root, *words):
    return [
        sys.executable, "-c", "from edu_metrics.cli import run; run()",
        "report", "harbour", "--lang", "en", "--root", str(root), *words,
    ]  # fmt: skip


@pytest.fixture
def asleep(project, notebook_of, code):
    """Give a batch whose second area says which processes make it, and sleeps until stopped."""
    started = []

    def begin(*words):
        batch = subprocess.Popen(
            _command(project, "-j", "1", *words),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        started.append(batch)
        note = project / "asleep"
        assert _wait_for(lambda: note.is_file() or batch.poll() is not None)
        return batch, [int(pid) for pid in note.read_text().split()]

    notebook_of(project, code(SLEEP))
    yield begin
    for batch in started:
        batch.kill()


@pytest.mark.usefixtures("ctrl_c_is_heard")
@pytest.mark.parametrize(
    ("engine", "sent", "status"),
    [
        ("fork", signal.SIGINT, 130),
        ("fork", signal.SIGTERM, 130),
        ("fork", signal.SIGKILL, -9),
        ("kernel", signal.SIGINT, 130),
        ("kernel", signal.SIGTERM, 130),
    ],
)
def test_a_batch_that_is_stopped_ends_at_once_with_all_it_started(
    project, asleep, left_behind, engine, sent, status
):
    batch, pids = asleep("--engine", engine)
    os.kill(batch.pid, sent)
    out, err = batch.communicate(timeout=60)
    assert (batch.returncode, out) == (status, "")
    assert "Traceback" not in err
    assert _wait_for(lambda: not any(map(_alive, pids)))
    reports = project / "reports" / "harbour"
    assert (reports / "en" / "port" / "report.html").is_file()
    assert not (reports / "en" / "east" / "report.html").exists()
    if sent is not signal.SIGKILL:
        assert err == "edu-metrics: interrupted; what was made so far stands\n"
        manifest = json.loads((reports / "manifest.json").read_text("utf-8"))
        assert [entry["area"] for entry in manifest["areas"]] == ["overview", "port"]
        assert 'href="en/port/report.html"' in (reports / "index.html").read_text("utf-8")
    # The process that forks outlives a batch that is killed, and cleans up before it ends.
    assert _wait_for(lambda: left_behind(project) == [])


def test_a_job_of_which_every_process_is_told_to_end_leaves_nothing_half_done(
    project, asleep, left_behind
):
    """As schedulers and service managers do it: the report, what forked it, and the batch."""
    batch, (report, forks) = asleep("--engine", "fork")
    for pid in (batch.pid, forks, report):
        with contextlib.suppress(ProcessLookupError):  # the batch may have ended it first
            os.kill(pid, signal.SIGTERM)
    _, err = batch.communicate(timeout=60)
    assert batch.returncode == 130
    assert err.endswith("edu-metrics: interrupted; what was made so far stands\n")
    assert _wait_for(lambda: not any(map(_alive, (report, forks))))
    assert _wait_for(lambda: left_behind(project) == [])
    reports = project / "reports" / "harbour"
    entries = json.loads((reports / "manifest.json").read_text("utf-8"))["areas"]
    made = [entry["area"] for entry in entries if entry["status"] == "made"]
    assert made == ["overview", "port"]


def test_of_two_batches_in_one_folder_the_second_is_refused_and_the_first_goes_on(project, asleep):
    first, (report, _) = asleep()
    second = subprocess.run(
        _command(project), capture_output=True, text=True, check=False, timeout=60
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert f"another batch (process {first.pid}) is making reports in" in second.stderr
    assert "--out" in second.stderr
    assert _alive(report)
    elsewhere = subprocess.run(
        _command(project, "--area", "port", "--out", str(project / "elsewhere")),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert first.poll() is None


def test_where_nothing_can_be_forked_that_is_told_once(project, tmp_path, monkeypatch):
    """A library that starts a thread, wherever it comes from, stops all."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import sys, threading, time\n"
        "if 'multiprocessing.forkserver' in ' '.join(sys.orig_argv):\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    )
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    monkeypatch.setenv("PYTHONPATH", path)
    ended = subprocess.run(
        _command(project, "--engine", "fork"),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1
    told = [line for line in ended.stderr.splitlines() if "thread" in line]
    assert len(told) == 1
    assert told[0].startswith("edu-metrics: the process that makes reports did not start: ")
    assert "--engine kernel" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "failed: " not in ended.stderr
