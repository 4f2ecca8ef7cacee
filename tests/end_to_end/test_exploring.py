"""What the command that serves the explorer refuses before it serves anything."""

from __future__ import annotations

import socket

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


def test_a_port_that_is_taken_is_a_fault(command, project):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = command("explore", "harbour", "--root", project, "--no-browser", "--port", port)
    assert (found.status, found.out) == (1, "")
    assert f"port {port}" in found.err
