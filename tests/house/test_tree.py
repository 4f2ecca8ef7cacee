"""Nothing in the tree may depend on one machine or on one place to fetch packages from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {"reports", "processed", "dist", "__pycache__"}

# Put together from pieces, or this file would find itself.
HOSTS = rb"\b(?:%s)\.(?:org|com)\b" % b"|".join(
    first + second
    for first, second in [
        (b"py", b"pi"),
        (b"pythonhos", b"ted"),
        (b"npm", b"js"),
        (b"ana", b"conda"),
        (b"deb.deb", b"ian"),
        (b"goo", b"gleapis"),
    ]
)
FOLDERS = rb"(?<![\w./-])/(?:%s)/" % b"|".join(
    [b"work", b"farm", b"root", b"home", b"Users", b"tmp"]
)


def faults_in(content: bytes) -> list[str]:
    found = [*re.findall(HOSTS, content), *re.findall(FOLDERS, content)]
    return [fault.decode() for fault in found]


def is_generated(path: Path) -> bool:
    return any(
        part in GENERATED or (part.startswith(".") and part != ".ci") for part in path.parts[:-1]
    )


def project_files() -> list[Path]:
    """List what git tracks or would track; without git, all but what is generated."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        paths = [path for path in paths if not is_generated(path)]
    else:
        paths = [Path(name) for name in names.decode().split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]


def is_sealed(path: Path) -> bool:
    """Tell whether a file stands as its publisher made it; what we write beside it does not."""
    return path.parts[:2] == ("data", "raw") and not path.name.endswith(".source.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "https://files." + "pythonhos" + "ted.org/packages/x.whl",
        "index-url = https://py" + "pi.org/simple",
        "https://registry.npm" + "js.org/left-pad",
        'root = "/wo' + 'rk/main"',
        "see /ro" + "ot/.cache",
        "/ho" + "me/ann/data.csv",
    ],
)
def test_the_scan_finds_what_it_is_for(text):
    assert faults_in(text.encode())


@pytest.mark.parametrize(
    "text", ["lib/edu_metrics", "https://www.example.gov/work/page.html", "notebooks/home/x.csv"]
)
def test_the_scan_leaves_the_rest_alone(text):
    assert faults_in(text.encode()) == []


def test_no_file_names_a_package_index_or_a_folder_of_one_machine():
    files = project_files()
    assert Path(__file__).relative_to(ROOT) in files
    faults = {
        str(path): found
        for path in files
        if not is_sealed(path) and (found := faults_in((ROOT / path).read_bytes()))
    }
    assert faults == {}
