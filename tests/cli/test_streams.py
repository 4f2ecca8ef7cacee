"""Whatever stdout is, and however a batch is stopped: right output or a fault, never a trace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from edu_metrics.catalog import find_root

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from edu_metrics.cli import run; run()"]
AUDIT = ("audit", "wuhai_2020_2022")


def run(*words, shell="", stdin=None, **environment):
    """Run a command with the ends of a shell line behind it."""
    line = subprocess.list2cmdline([*COMMAND[:2], '"$CODE"', *words]).replace('\\"', '"')
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line} {shell}"],
        capture_output=True, stdin=stdin, check=False, cwd=find_root(),
        env={**os.environ, "CODE": COMMAND[2], **environment},
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "gb18030", "utf-8"])
def test_an_audit_is_written_in_any_encoding(encoding):
    done = run(*AUDIT, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode(encoding)
    first = said.splitlines()[0].split()
    assert first[0] == ("\\u8f7b\\u91cd" if encoding in ("cp1252", "ascii") else "轻重")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_json_says_the_same_in_any_encoding(encoding):
    done = run(*AUDIT, "--format", "json", PYTHONIOENCODING=encoding)
    found = json.loads(done.stdout.decode(encoding))["findings"]
    assert any("目标" in one["message_zh"] for one in found)


@pytest.mark.parametrize("shell", [">&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&-"])
def test_closed_streams_stop_no_work(shell):
    done = run(*AUDIT, shell=shell)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("targets",), ("targets", "--format", "json"), ("--help",)])
def test_a_reader_that_goes_is_no_fault_to_be_told(words):
    done = run(*words, shell="| head -c 100")
    assert len(done.stdout) == 100
    assert done.stderr == b""


#: Puts in the place of stdout what takes nothing, as a file on a full disk does.
FULL = """
import errno, io, os, sys
class Full(io.RawIOBase):
    def writable(self):
        return True
    def write(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
sys.stdout = io.TextIOWrapper(io.BufferedWriter(Full()), encoding="utf-8")
"""


def test_a_full_disk_is_a_fault():
    done = subprocess.run(
        [*COMMAND[:2], FULL + COMMAND[2], "targets"],
        capture_output=True, check=False, cwd=find_root(),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().startswith("edu-metrics: [Errno 28] No space left on device")
    assert b"Traceback" not in done.stderr


def test_a_name_that_steers_a_terminal_is_told_inertly():
    done = run("audit", "\x1b[31mx\u202e")
    assert done.returncode == 2
    assert not {"\x1b", "\u202e"} & set(done.stderr.decode())


@pytest.mark.parametrize("verb", [["report", "--out"], ["template", "wuhai", "--out"],
                                  ["schema", "--out"], ["new"], ["simulate", "--to"]])  # fmt: skip
@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_empty_folder_name_is_a_usage_fault(verb, nothing, tmp_path):
    done = subprocess.run(
        [*COMMAND, *verb, nothing], capture_output=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert b"expected a value; found an empty one" in done.stderr


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2101-01-01"])
def test_a_day_beyond_all_is_a_usage_fault(day):
    done = run("assess", "wuhai", "--as-of", day)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--as-of: expected a date" in done.stderr


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_batch_ends_alike_whichever_way_it_is_stopped(sent, tmp_path):
    root = tmp_path / "project"
    assert subprocess.run([*COMMAND, "new", root], capture_output=True, check=False).returncode == 0
    batch = subprocess.Popen(
        [*COMMAND, "report", "--root", root], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while not list((root / "reports").glob("*/*/.*.draft")):
        time.sleep(0.02)
        assert batch.poll() is None
    batch.send_signal(sent)
    _, said = batch.communicate(timeout=60)
    assert batch.returncode == 130
    assert b"interrupted; what was made so far stands" in said
    assert list((root / "reports").rglob(".*.draft")) == []
