"""What the command that serves the explorer refuses before it serves anything."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["harbor"], "did you mean 'harbour'?"),
        (["harbour", "--area", "eastt"], "did you mean 'east'?"),
        (["harbour", "--target", "pass_202"], "did you mean 'pass_202"),
        (["--area", "east"], "need a STUDY"),
        (["--port", "70000"], "--port"),
        (["--lang", "fr"], "no language 'fr'"),
    ],
)
def test_a_name_that_does_not_exist_is_a_usage_fault(command, project, words, told):
    found = command("explore", *words, "--root", project)
    assert (found.status, found.out) == (2, "")
    assert told in found.err


def test_a_project_without_the_notebook_is_told_so(command, project):
    found = command("explore", "harbour", "--root", project, "--no-browser")
    assert (found.status, found.out) == (1, "")
    assert "scenario_explorer.ipynb" in found.err
