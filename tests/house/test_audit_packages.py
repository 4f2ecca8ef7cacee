"""What the audit of packages tells: vulnerabilities, none, or that nobody could be asked."""

from __future__ import annotations

import json
import sys
from importlib import util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit_packages.py"
_SPEC = util.spec_from_file_location("audit_packages", SCRIPT)
audit_packages = util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(audit_packages)

BROKEN = {"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
SOUND = {"name": "y", "version": "1", "vulns": []}
SKIPPED = {"name": "z", "skip_reason": "not found"}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Give what pip-audit writes, and run the audit where its source can be reached."""
    monkeypatch.setattr(audit_packages, "reachable", lambda: True)

    def answer(**by_source):
        uv = tmp_path / "uv"
        lines = [
            f'case "$*" in *"service {name} "*) echo \'{text}\'; exit 0;; esac'
            for name, text in by_source.items()
        ]
        uv.write_text("\n".join(["#!/bin/sh", *lines, "exit 1"]))
        uv.chmod(0o755)
        monkeypatch.setattr(sys, "argv", ["audit", "--uv", str(uv)])
        return audit_packages.main(), capsys.readouterr().out

    return answer


def found(*packages):
    return json.dumps({"dependencies": packages})


def test_a_vulnerability_fails_with_what_mends_it(run):
    status, said = run(osv=found(SOUND, BROKEN, SKIPPED))
    assert (status, said.splitlines()[0]) == (1, "x 1: CVE-1; mended in 2")
    assert "2 packages held against the advisories of OSV: 1 vulnerabilities" in said


def test_where_the_source_can_not_be_reached_nobody_is_asked(run, monkeypatch):
    monkeypatch.setattr(audit_packages, "reachable", lambda: False)
    assert run(osv=found(BROKEN))[0] == 0


def test_where_no_source_answers_it_is_said_that_nothing_was_audited(run):
    assert run(osv=found(SKIPPED)) == (
        0,
        "Packages were not audited: no source of advisories can be reached\n",
    )
