"""What a notebook shows when it is run in a forked process is what a kernel would show."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from edu_metrics.batch import Limits, run
from edu_metrics.batch.pool import report_pool
from tests.batch.books import job_of, shown, write_book

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: Cells that try every kind of output that a notebook can have.
KINDS = [
    "print('a')\nprint('b', end='')\nimport sys\nsys.stderr.write('err\\n')\nprint('c')",
    "1 + 1",
    "1;",
    "x = 2",
    """from IPython.display import *
display(HTML('<b>x</b>'), Markdown('# m'), JSON({'a': [1, None]}), Latex('$x$'), SVG('<svg/>'))
print('between')
display({'text/plain': 'raw', 'text/html': '<i>r</i>'}, raw=True, metadata={'m': 1})
HTML('<p>last</p>')""",
    "handle = display('first', display_id='h')\nhandle.update('second')",
    "update_display('third', display_id='h')",
    "display('again', display_id='h')",
    "handle.update('both')",
    "for i in range(3):\n    clear_output(wait=True)\n    print(i)",
    "print('gone')\ndisplay('gone too')\nclear_output()\nprint('stays')",
    "print('waits')\nclear_output(wait=True)",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 1))\nax.plot([1, 2]);",
    "plt.figure(figsize=(1, 1)).add_subplot().plot([2, 1])\nplt.show()\nprint('behind')",
    "plt.rcParams['figure.dpi'], plt.get_backend(), plt.isinteractive(), plt.get_fignums()",
    "fig",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "pd.DataFrame({'a': [1, 2]}).style.set_uuid('one').format('{:.2f}')",
    # One writer a cell: a kernel hears of each in its own time, in no order.
    "import os, subprocess\nprint('one')",
    "os.system('echo two')",
    "subprocess.run(['echo', 'four'])",
    "os.write(1, b'five\\n');",
    "!echo shell",
    "listed = !echo kept\nlisted",
    "%%bash\\necho script".replace("\\n", "\n"),
    "import logging\nlogging.getLogger().warning('logged')",
    "import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')",
    "asyncio.get_running_loop().is_running()",
    "task = asyncio.create_task(asyncio.sleep(0.01, 'slept'))\nawait task",
    "Image(data=bytes.fromhex('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4'"
    "'890000000d49444154789c6360000000000200015ef3a9b10000000049454e44ae426082'))",
    """class Many:
    def __repr__(self): return 'plain'
    def _repr_html_(self): return '<u>r</u>'
    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/x-own': 'm'}
Many()""",
    "get_ipython().__class__.__name__, __name__, _, In[4], Out[4]",
    "len?",
    "%who_ls str",
    "%matplotlib inline\nplt.plot([1, 2])\nplt.close()",
    "import rich\nfrom rich.table import Table\nt = Table('h')\nt.add_row('r')\nrich.print(t)",
    "",
    "   ",
    "try:\n    input('name?')\nexcept Exception as error:\n    print(type(error).__name__, error)",
    """pid = os.fork()
if pid == 0:
    print('from a child')
    sys.stdout.flush()
    os._exit(0)
os.waitpid(pid, 0);""",
    "sys.stdout.isatty(), sys.stdout.fileno() > 0, sys.stdout.encoding",
    "os.environ['MPLBACKEND'], os.environ['PAGER'], '' in sys.path, sys.flags.interactive",
    "from tqdm.auto import tqdm\nfor _ in tqdm(range(2), disable=True): pass",
    "_ = [print(n) for n in range(3)]",
    "def f(n):\n    return 1 / n\nf(0)",
    "print('never')",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Run the notebook of all kinds in a kernel and in a forked process."""
    forked, kernel = (tmp_path_factory.mktemp(name) for name in ("forked", "kernel"))
    limits = Limits(memory_mb=None)
    with report_pool(1, limits, forked) as pool:
        outcomes = [pool.submit(job_of(forked, "kinds", *KINDS)).result(timeout=120)]
    with pytest.MonkeyPatch.context() as patch:
        # With it a kernel does not hear what programs write.
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)
        outcomes.append(run(job_of(kernel, "kinds", *KINDS), limits))
    books = [
        nbformat.read(folder / "reports" / "en" / "kinds" / "failed.ipynb", as_version=4)
        for folder in (forked, kernel)
    ]
    return outcomes, books


def test_both_engines_name_the_same_cell_and_the_same_error(both):
    (forked, kernel), _ = both
    assert (forked.status, kernel.status) == ("failed", "failed")
    assert forked.cell == kernel.cell == KINDS.index("def f(n):\n    return 1 / n\nf(0)") + 2
    assert forked.error == kernel.error == "ZeroDivisionError: division by zero"


def outputs_of(cell):
    """Give a cell's outputs without stderr, and streams in one piece, as in a report."""
    found = []
    for output in cell.get("outputs", []):
        if output.get("name") == "stderr":
            continue
        if output.output_type == "stream" and found and found[-1].output_type == "stream":
            found[-1].text += output.text
        else:
            found.append(output)
    if "subprocess" in cell.source:  # a kernel hears of what a child writes when it does
        found.sort(key=lambda output: output.output_type != "stream")
    # Where an object lies in memory differs from process to process.
    return [re.sub(r"at 0x\w+", "at 0x0", json.dumps(output, sort_keys=True)) for output in found]


def test_both_engines_show_the_same_cell_by_cell(both):
    _, (forked, kernel) = both
    assert len(forked.cells) == len(kernel.cells) > len(KINDS)
    for one, other in zip(forked.cells, kernel.cells, strict=True):
        if "injected-parameters" not in one.metadata.get("tags", []):
            assert one.source == other.source
        assert outputs_of(one) == outputs_of(other), one.source
        assert one.get("execution_count") == other.get("execution_count"), one.source
    assert forked.metadata.language_info == kernel.metadata.language_info


def test_the_notebook_of_all_kinds_has_all_kinds(both):
    """Or the comparison above would say nothing."""
    _, (forked, _) = both
    outputs = [output for cell in forked.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {
        "stream", "display_data", "execute_result", "error"
    }  # fmt: skip
    assert {output.name for output in outputs if output.output_type == "stream"} == {
        "stdout", "stderr"
    }  # fmt: skip
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert kinds >= {
        "text/plain", "text/html", "text/markdown", "text/latex", "application/json",
        "image/png", "image/svg+xml", "text/x-own",
    }  # fmt: skip
    texts = "".join(output.get("text", "") for output in outputs)
    for heard in ("two", "four", "five", "shell", "script", "awaited", "from a child", "2\n"):
        assert heard in texts
    assert "gone" not in texts
    assert "never" not in texts


def test_what_a_cell_writes_to_stderr_is_told_apart(both):
    _, (forked, kernel) = both
    for book in (forked, kernel):
        said = [
            o.text for c in book.cells for o in c.get("outputs", []) if o.get("name") == "stderr"
        ]
        assert any("err" in text for text in said)
        assert any("logged" in text for text in said)


#: What goes on beside or beyond a cell; the last but one is tagged as raising.
BEYOND = [
    "import threading\nt = threading.Thread(target=print, args=('from a thread',))\n"
    "t.start()\nt.join()\nprint('behind')",
    "from IPython.display import display\n"
    "t = threading.Thread(target=display, args=('shown by a thread',))\nt.start()\nt.join()",
    "go = threading.Event()\ndef later():\n    go.wait()\n    print('later')\n"
    "t = threading.Thread(target=later)\nt.start()\nprint('started')",
    "go.set()\nt.join()\nprint('joined')",
    "import asyncio\nsteps = []\nasync def work():\n    for n in range(3):\n"
    "        steps.append(n)\n        await asyncio.sleep(0)\n    return 'done'\n"
    "task = asyncio.create_task(work())\nprint('begun')",
    "print('between')",
    "await task",
    "steps, task.done()",
    "1 / 0",
    "print('past the error')",
]


def test_both_engines_show_the_same_of_threads_tasks_and_errors_that_are_expected(tmp_path):
    found = []
    limits = Limits(memory_mb=None)
    for engine in ("fork", "kernel"):
        job = job_of(tmp_path / engine, "beyond")
        write_book(job.notebook, *BEYOND, tags={len(BEYOND) - 2: "raises-exception"})
        if engine == "fork":
            with report_pool(1, limits, tmp_path) as pool:
                outcome = pool.submit(job).result(timeout=120)
        else:
            outcome = run(job, limits)
        book = nbformat.read(job.folder / "failed.ipynb", as_version=4)
        found.append((outcome.cell, outcome.error, [outputs_of(cell) for cell in book.cells]))
    forked, kernel = found
    assert forked == kernel
    shows = "".join(line for cell in forked[2] for line in cell)
    for heard in ("from a thread", "shown by a thread", "later", "'done'", "past the error"):
        assert heard in shows
    # Other cells go on behind an error that is expected; a report with an error in it is none.
    assert forked[1] == "ZeroDivisionError: division by zero"


def test_papermill_finds_the_engine_by_its_entry_point(tmp_path):
    """
    As ``papermill --engine edu-metrics`` would: the entry point is that of pyproject.toml.

    A folder with the package's metadata stands in for the installation.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    points = project["entry-points"]["papermill.engine"]
    assert list(points) == ["edu-metrics"]
    info = tmp_path / "site" / "engine_of_ours-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: engine-of-ours\nVersion: 1\n")
    lines = ["[papermill.engine]", *(f"{name} = {where}" for name, where in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    book = write_book(tmp_path / "n.ipynb", "print(lang)", "import os\nos.system('echo loud');")
    code = (
        "import sys\n"
        f"sys.path[:0] = [{str(tmp_path / 'site')!r}, {str(ROOT / 'lib')!r}]\n"
        "from papermill.cli import papermill\npapermill()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(book), str(tmp_path / "out.ipynb"),
         "--engine", "edu-metrics", "-p", "lang", "zh"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert shown(tmp_path, "out.ipynb") == "zh\nloud\n"
    assert "loud" not in ended.stdout
    assert re.search(r"Executing.*100%", ended.stderr)


def test_a_cell_that_takes_too_long_for_papermill_is_told_so(tmp_path):
    import papermill

    from edu_metrics.batch.inprocess import ENGINE, register

    register()
    book = write_book(tmp_path / "n.ipynb", "while True: pass")
    with pytest.raises(papermill.PapermillExecutionError, match="took longer than"):
        papermill.execute_notebook(
            str(book), None, engine_name=ENGINE, execution_timeout=0.3, progress_bar=False
        )


def test_the_process_of_a_run_is_left_as_it_was(tmp_path):
    """Who runs a notebook from a program of his own keeps his streams, arguments and shell."""
    import builtins
    import os

    import papermill

    from edu_metrics.batch.inprocess import ENGINE, register

    register()
    spoil = "import os, sys\nos.environ['MINE'] = '1'\nsys.path.append('mine')\nprint(1)"
    book = write_book(tmp_path / "n.ipynb", spoil)
    before = sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"], dict(os.environ)
    path = list(sys.path)
    papermill.execute_notebook(
        str(book), str(tmp_path / "out.ipynb"), engine_name=ENGINE, progress_bar=False
    )
    after = sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"], dict(os.environ)
    assert after == before
    assert sys.path == path
    assert not hasattr(builtins, "get_ipython")
    assert shown(tmp_path, "out.ipynb") == "1\n"
