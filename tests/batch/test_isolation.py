"""What one report does to its process, no other report feels; and nothing hangs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from edu_metrics.batch import Limits
from edu_metrics.batch.pool import can_fork, fork_server_pid, report_pool
from tests.batch.books import job_of, shown

pytestmark = pytest.mark.slow

if not can_fork():  # pragma: no cover
    pytest.fail("these tests are for systems that fork; run them on Linux", pytrace=False)

LIMITS = Limits(cell_seconds=60, report_seconds=60, memory_mb=2500)
SHORT = Limits(cell_seconds=1, report_seconds=3, memory_mb=2500)
#: Whatever a report does, the one behind it shows this.
LOOK = """
import builtins, gc, os, random, signal, sys, threading
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import edu_metrics
print(
    hasattr(builtins, "mine"), hasattr(edu_metrics, "mine"), mpl.rcParams["font.size"],
    plt.get_fignums(), os.environ.get("MINE"), os.getcwd(), sys.path.count("mine"),
    signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, threading.active_count(),
    np.geterr()["divide"], sys.getrecursionlimit(), "mine" in globals(),
)
"""
SPOIL = """
import builtins, os, random, signal, sys, threading, time
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import edu_metrics
mine = builtins.mine = edu_metrics.mine = 1
mpl.rcParams["font.size"] = 3
plt.ioff()
plt.figure()
os.environ["MINE"] = "1"
os.chdir("/")
sys.path.append("mine")
signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
np.seterr(divide="raise")
sys.setrecursionlimit(5000)
random.seed(1)
np.random.seed(1)
"""


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Give a pool that is warm, two reports at a time."""
    with report_pool(2, LIMITS, tmp_path_factory.mktemp("root")) as pool:
        yield pool


@pytest.fixture
def make(pool, tmp_path):
    """Make a report, and hold up to it one that is made behind it."""

    def of(*sources, name="bad", limits=None):
        begun = time.monotonic()
        found = pool.submit(job_of(tmp_path, name, *sources), limits)
        behind = pool.submit(job_of(tmp_path, f"{name}_behind", "print(6 * 7)"))
        outcome = found.result(timeout=60)
        assert behind.result(timeout=60).status == "made"
        assert shown(tmp_path / "reports" / "en" / f"{name}_behind") == "42\n"
        assert time.monotonic() - begun < 60
        return outcome

    of.folder = tmp_path / "reports" / "en"
    return of


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_report_finds_the_process_as_it_was_before_any_other(pool, tmp_path):
    """Three in turn on one worker: what is seen first, the spoiler, what is seen then."""
    jobs = [job_of(tmp_path, name, source) for name, source in
            [("first", LOOK), ("spoiler", SPOIL), ("second", LOOK)]]  # fmt: skip
    for job in jobs:
        assert pool.submit(job).result(timeout=60).status == "made"
    first, second = shown(jobs[0].folder), shown(jobs[2].folder)
    assert first == second
    assert first.startswith("False False ")
    assert "None" in first


def test_two_reports_draw_different_chances(pool, tmp_path):
    source = "import random\nimport numpy as np\nprint(random.random(), np.random.random())"
    jobs = [job_of(tmp_path, name, source) for name in ("one", "two")]
    for job in jobs:
        pool.submit(job).result(timeout=60)
    one, two = (shown(job.folder).split() for job in jobs)
    assert not set(one) & set(two)


def test_a_report_that_closes_every_file_closes_its_own(make):
    outcome = make("import os\nos.closerange(3, 4096)", "print(1)")
    assert outcome.status == "failed"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import os\nos._exit(0)", "DeadKernelError: the process ended by itself with status 0"),
        ("import os\nos._exit(7)", "DeadKernelError: the process ended by itself with status 7"),
        ("import sys\nsys.exit(0)", "SystemExit: 0"),
        ("import sys\nsys.exit('enough')", "SystemExit: enough"),
        ("raise SystemExit", "SystemExit:"),
        ("exit()", "DeadKernelError: Kernel died"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("1 +", "SyntaxError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise BaseException('odd')", "BaseException: odd"),
        ("import sys\nsys.setrecursionlimit(200)\ndef f(): return f()\nf()", "RecursionError"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "SIGTERM"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
        ("import os\nos.abort()", "SIGABRT"),
        ("import pickle\nf = lambda: 0\npickle.dumps(f)", "PicklingError"),
        ("b = bytearray(10 * 2**30)", "MemoryError"),
        ("n = []\nwhile True: n.append(bytearray(2**26))", "MemoryError"),
    ],
)  # fmt: skip
def test_a_report_that_fails_is_named_with_its_cell_and_reason(make, source, error):
    outcome = make("print('before')", source, "print('behind')")
    assert (outcome.status, outcome.cell) == ("failed", 3)
    assert error in outcome.error
    assert outcome.error in (make.folder / "bad" / outcome.log).read_text("utf-8")
    if error.startswith(("DeadKernelError", "SIG")):  # nobody was left to write it
        assert left(make.folder / "bad") == ["failed.log"]
        return
    assert left(make.folder / "bad") == ["failed.ipynb", "failed.log"]
    assert "before" in shown(make.folder / "bad", "failed.ipynb")
    assert "behind" not in shown(make.folder / "bad", "failed.ipynb")


def test_a_cell_that_never_ends_is_ended_and_told_where_it_stood(make):
    outcome = make("print('before')", "while True: pass", limits=SHORT)
    assert (outcome.status, outcome.cell) == ("failed", 3)
    assert outcome.error == "CellTimeoutError: the cell took longer than 1 seconds"
    book = nbformat.read(make.folder / "bad" / "failed.ipynb", as_version=4)
    (error,) = [o for c in book.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert "while" in "".join(error.traceback)


def test_recursion_that_the_interpreter_does_not_stop_ends_one_process(make):
    deep = (
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n"
        "    def __getattr__(self, n): return getattr(self, n + 'x')\nA().a"
    )
    outcome = make(deep)
    assert (outcome.status, outcome.cell) == ("failed", 2)


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(600)",
    ],
)
def test_a_cell_that_does_not_heed_its_alarm_is_ended(make, source):
    outcome = make(source, limits=SHORT)
    assert (outcome.status, outcome.cell) == ("failed", 2)
    assert "took longer than" in outcome.error


def test_the_log_of_a_cell_that_was_ended_says_where_it_stood(make):
    source = (
        "import time\ndef waits_here():\n    while True:\n        try: time.sleep(600)\n"
        "        except BaseException: pass\nwaits_here()"
    )
    make(source, limits=SHORT)
    assert "waits_here" in (make.folder / "bad" / "failed.log").read_text("utf-8")


def test_many_short_cells_do_not_get_past_the_limit_of_the_report(make):
    outcome = make(*["import time\ntime.sleep(0.7)"] * 8, limits=SHORT)
    assert outcome.status == "failed"
    assert outcome.error == "CellTimeoutError: the report took longer than 3 seconds"
    assert outcome.cell in (3, 4, 5, 6)


STAYS = "subprocess.Popen(['sleep', '600'], start_new_session={new})"


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize("ends", ["", "\nimport os\nos._exit(1)"])
def test_no_process_is_left_behind(make, tmp_path, new, ends):
    note = tmp_path / "pid"
    source = (
        f"import subprocess\nfrom pathlib import Path\np = {STAYS.format(new=new)}\n"
        f"Path({str(note)!r}).write_text(str(p.pid)){ends}"
    )
    make(source)
    pid = int(note.read_text())
    stat = Path(f"/proc/{pid}/stat")
    assert not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_a_daemon_is_not_left_behind(make, tmp_path):
    """Its parent ends at once, and it has a session of its own: nothing ties it to the report."""
    note = tmp_path / "pid"
    source = (
        "import os, time\nfrom pathlib import Path\nif os.fork() == 0:\n    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        Path({str(note)!r}).write_text(str(os.getpid()))\n        time.sleep(600)\n"
        "    os._exit(0)\n"
        f"while not Path({str(note)!r}).exists() or not Path({str(note)!r}).read_text():\n"
        "    time.sleep(0.01)"
    )
    assert make(source).status == "made"
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_what_a_report_started_lives_as_long_as_the_report(pool, tmp_path):
    """It has a session of its own and no parent; the end of another report is not its end."""
    note, done = tmp_path / "pid", tmp_path / "done"
    source = (
        "import os, time\nfrom pathlib import Path\n"
        f"note, done = Path({str(note)!r}), Path({str(done)!r})\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        note.with_suffix('.new').write_text(str(os.getpid()))\n"
        "        note.with_suffix('.new').rename(note)\n        time.sleep(600)\n"
        "    os._exit(0)\n"
        "while not done.exists():\n    time.sleep(0.01)\n"
        "stat = Path('/proc', note.read_text(), 'stat').read_text()\n"
        "print(stat.rsplit(')', 1)[1].split()[0])"
    )
    job = job_of(tmp_path, "long", source)
    long = pool.submit(job)
    for _ in range(600):
        if note.exists():
            break
        time.sleep(0.1)
    assert pool.submit(job_of(tmp_path, "short", "1")).result(timeout=60).status == "made"
    done.touch()
    assert long.result(timeout=60).status == "made"
    assert shown(job.folder) == "S\n"
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_a_process_of_another_user_is_left_and_not_waited_for():
    code = """
import os, subprocess
from edu_metrics.batch.worker import end_orphans

def refused(*_):
    raise PermissionError(1, "not yours")

foreign, kill = subprocess.Popen(["sleep", "600"]), os.kill
os.kill = refused
end_orphans()
print("went on", foreign.poll())
os.kill = kill
end_orphans()
try:
    os.kill(foreign.pid, 0)
except ProcessLookupError:
    print("ended")
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout == "went on None\nended\n", ended.stderr


SCRAWL = """
import contextlib, os
for descriptor in range(3, 64):
    for line in (b'5', b'null', b'["end"]', b'{"cell": [1]}', b'{"cell": 5}', b'[' * 20000):
        with contextlib.suppress(OSError):
            os.write(descriptor, line + b'\\n')
"""


@pytest.mark.parametrize(("ends", "found"), [("1", ("made", None)), ("os._exit(1)", ("failed", 2))])
def test_nonsense_in_every_open_file_is_no_message(pool, make, ends, found):
    before = fork_server_pid()
    outcome = make(SCRAWL + ends)
    assert (outcome.status, outcome.cell) == found
    assert fork_server_pid() == before


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (r"raise ValueError('\ud800')", "surrogates not allowed"),
        ("print('\\ud800')\nimport os\nos._exit(1)", "DeadKernelError"),
        ("import os, sys\nos.remove(sys.argv[0] and path)\nos._exit(1)", "DeadKernelError"),
    ],
)
def test_what_can_not_be_written_or_read_is_the_fault_of_its_report(
    pool, make, tmp_path, source, error
):
    before = fork_server_pid()
    path = f"path = {str(tmp_path / 'notebooks' / 'bad.ipynb')!r}\n"
    outcome = make(path + source)
    assert (outcome.status, outcome.log) == ("failed", "failed.log")
    assert error in outcome.error
    assert outcome.error in (make.folder / "bad" / "failed.log").read_text("utf-8")
    kept = make.folder / "bad" / "failed.ipynb"
    assert not kept.exists() or nbformat.read(kept, as_version=4).cells
    assert fork_server_pid() == before


def test_sets_are_walked_in_the_same_order_whatever_the_user_s_hashes_are(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    with report_pool(1, LIMITS, tmp_path) as pool:
        job = job_of(tmp_path, "one", "print(hash('a'))")
        assert pool.submit(job).result(timeout=60).status == "made"
    wanted = subprocess.run(
        [sys.executable, "-c", "print(hash('a'))"],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown(job.folder) == wanted.stdout


def test_a_report_has_one_thread_for_linear_algebra(make):
    source = (
        "import os\nimport numpy as np\na = np.ones((500, 500)) @ np.ones((500, 500))\n"
        "print(len(os.listdir('/proc/self/task')), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    assert make(source, name="good").status == "made"
    assert shown(make.folder / "good").split() == ["1", "1"]


def test_the_processes_that_fork_have_one_thread(make):
    """The fork server, and the worker that it forked: the parent of a report."""
    make("import os\nprint(len(os.listdir(f'/proc/{os.getppid()}/task')))", name="good")
    assert shown(make.folder / "good") == "1\n"
    assert len(os.listdir(f"/proc/{fork_server_pid()}/task")) == 1


def test_what_a_report_writes_to_stdout_does_not_reach_the_terminal(make, capfd):
    make("import os\nos.system('echo loud')\nos.write(2, b'louder')", name="good")
    assert capfd.readouterr() == ("", "")
    assert "loud" in shown(make.folder / "good")


def test_a_page_that_can_not_be_made_is_the_fault_of_no_cell(make):
    outcome = make("from edu_metrics.batch import execution\nexecution.to_page = None")
    assert (outcome.status, outcome.cell) == ("failed", None)


def test_a_failed_report_leaves_the_older_one_where_it_stands(make, pool, tmp_path):
    job = job_of(tmp_path, "again", "print('old')")
    assert pool.submit(job).result(timeout=60).status == "made"
    job = job_of(tmp_path, "again", "1 / 0")
    assert pool.submit(job).result(timeout=60).status == "failed"
    assert left(job.folder) == ["failed.ipynb", "failed.log", "report.html", "report.ipynb"]
    assert shown(job.folder) == "old\n"
    job = job_of(tmp_path, "again", "print('new')")
    assert pool.submit(job).result(timeout=60).status == "made"
    assert left(job.folder) == ["report.html", "report.ipynb"]
    assert nbformat.read(job.folder / "report.ipynb", 4).metadata["edu_metrics"] == {
        "files": ["report.html", "report.ipynb"], "inputs_sha256": "0" * 64
    }  # fmt: skip
