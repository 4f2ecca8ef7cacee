"""A verb loads what it uses and nothing else: a short answer must not wait for a long import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
#: What only drawing, executing and serving need.
OF_PAGES = frozenset(
    [
        "IPython",
        "distributed",
        "ipykernel",
        "jinja2",
        "matplotlib",
        "nbclient",
        "nbconvert",
        "papermill",
        "seaborn",
    ]
)
#: What only fitting, and holding raw tables to their contract, need.
OF_BUILDING = frozenset({"pandera", "statsmodels"})
OF_TABLES = frozenset({"pandas", "pyarrow", "scipy"})
#: A terminal has it; these tests have none.
OF_TERMINALS = frozenset({"rich"})
PLAN = "wuhai_2020_2022"

MAY_NOT = {
    ("check", "--root", "{definitions}"): OF_PAGES | OF_BUILDING | OF_TABLES | OF_TERMINALS,
    ("targets",): OF_PAGES | OF_BUILDING | OF_TABLES | OF_TERMINALS,
    ("targets", "--format", "json"): OF_PAGES | OF_BUILDING | OF_TABLES | OF_TERMINALS,
    ("reference",): OF_PAGES | OF_BUILDING | OF_TABLES | OF_TERMINALS,
    ("reference", "ordinary"): OF_PAGES | OF_BUILDING | OF_TABLES | OF_TERMINALS,
    ("audit", PLAN): OF_PAGES | OF_BUILDING | OF_TERMINALS,
    ("assess", "wuhai"): OF_PAGES | OF_BUILDING | OF_TERMINALS,
    ("scenarios", "wuhai"): OF_PAGES | OF_BUILDING | OF_TERMINALS,
    ("sensitivity", "wuhai"): OF_PAGES | OF_BUILDING | OF_TERMINALS,
    ("joint", "wuhai"): OF_PAGES | OF_BUILDING | OF_TERMINALS,
    ("build", "wuhai"): OF_PAGES | OF_TERMINALS,
}


def loaded_by(arguments):
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*{n.split('.')[0] for n in sys.modules}, file=sys.stderr))\n"
        "from edu_metrics.cli import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture(scope="module")
def definitions(tmp_path_factory):
    """Give a project whose tables were not built: there is nothing to add up."""
    root = tmp_path_factory.mktemp("project")
    (root / "data").mkdir()
    (root / "data" / "definitions").symlink_to(ROOT / "data" / "definitions")
    return root


@pytest.fixture(scope="module")
def built():
    """Build the tables that verbs read, so that none of them has to."""
    for study in ("wuhai", "wuhai_2020"):
        loaded_by(["build", study])


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("verb", MAY_NOT, ids=" ".join)
def test_a_verb_loads_only_what_it_uses(verb, definitions):
    loaded = loaded_by([word.format(definitions=definitions) for word in verb])
    assert "edu_metrics" in loaded
    assert loaded & MAY_NOT[verb] == set()


@pytest.mark.usefixtures("built")
def test_a_check_of_tables_that_were_looked_at_before_reads_none_of_them():
    loaded_by(["check"])
    assert loaded_by(["check"]) & (OF_PAGES | OF_BUILDING | OF_TABLES | OF_TERMINALS) == set()
