"""What Windows and macOS lack or do otherwise, simulated: CI runs on Linux alone."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from edu_metrics.batch import plan_jobs
from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.observations.raw_files import LOG, SIDECAR, sha256_of

ROOT = find_root()
CATALOG = load_catalog(ROOT)

#: Takes away what Windows has not, then does what it is told.
WITHOUT = """
import importlib.abc, os, pkgutil, signal, sys

class Refused(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {"resource", "fcntl", "pwd", "grp", "termios", "pty", "tty", "syslog"}:
            raise ModuleNotFoundError(f"no module named {name!r} here")

sys.meta_path.insert(0, Refused())
for name in ("fork forkpty killpg getpgid setsid sched_getaffinity mkfifo "
             "nice wait3 wait4").split():
    delattr(os, name)
for name in "SIGHUP SIGALRM SIGPIPE SIGUSR1 SIGUSR2 setitimer alarm".split():
    delattr(signal, name)
"""
#: The module that only a forked process runs.
FORKED = {"edu_metrics.batch.worker"}
IMPORT_ALL = f"""
import edu_metrics
for one in pkgutil.walk_packages(edu_metrics.__path__, "edu_metrics."):
    if one.name not in {FORKED}:
        __import__(one.name)
"""
RUN = "from edu_metrics.cli import run; run()"


def without(code, *words):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + code, *words],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.slow
def test_every_module_but_that_of_forks_is_imported_without_what_windows_lacks():
    done = without(IMPORT_ALL)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("targets", "--plan", "wuhai_2020_2022"),
        ("audit", "wuhai_2020_2022"),
        ("assess", "wuhai", "--target", "A12a_primary_pass_increment"),
    ],
    ids=" ".join,
)
def test_commands_work_without_what_windows_lacks(words):
    done = without(RUN, *words)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr  # what is odd in tables that were built is told there
    assert len(done.stdout.splitlines()) > 1


def kept_and_made():
    """Give the paths of all files that are kept here, and of all folders that reports get."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept = [PurePosixPath(name) for name in listed.stdout.split("\0") if name]
    made = [
        PurePosixPath(*job.folder.parts, "report.html")
        for study in CATALOG.studies.values()
        for job in plan_jobs(CATALOG, study, Path("reports"))
    ]
    return [*kept, *made]


def test_paths_are_sound_on_file_systems_that_fold_case_and_forms(monkeypatch):
    paths = kept_and_made()
    folded = {}
    for path in paths:
        for part in (path, *path.parents):
            same = unicodedata.normalize("NFD", part.as_posix()).casefold()
            assert folded.setdefault(same, part) == part
        windows = PureWindowsPath(path)
        assert windows.parts == path.parts
        assert not os.path.isabs(windows)
        for part in windows.parts:
            assert not PureWindowsPath(part).is_reserved(), part
            assert not part.endswith((" ", ".")), part
            assert not set(part) & set('<>:"|?*\\'), part
        assert len(path.as_posix()) < 200  # of 260, with the folder that holds the project


def test_seals_hold_where_a_clone_ends_lines_in_its_own_way():
    raw = ROOT / "data" / "raw"
    texts = [path for path in raw.rglob("*.csv") if not path.name.endswith((SIDECAR, LOG))]
    assert len(texts) > 30
    for path in texts:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        assert sha256_of(content.replace(b"\n", b"\r\n")) == sha256_of(content)
