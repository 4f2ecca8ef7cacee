"""What is refused before anything is served, and how a notebook gets its parameters."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

from edu_metrics.errors import MissingExtraError, ReportError
from edu_metrics.explorer import NOTEBOOK, serve
from edu_metrics.explorer.serving import free_port, with_parameters


def test_parameters_are_set_behind_the_cell_that_declares_them(root):
    content = with_parameters(root / "notebooks" / NOTEBOOK, {"study": "it's", "lang": "en"})
    names: dict[str, object] = {}
    for cell in content["cells"][:2]:
        exec("".join(cell["source"]), names)
    assert (names["study"], names["lang"], names["area"]) == ("it's", "en", "")
    assert "parameters" not in content["cells"][1]["metadata"].get("tags", [])


def test_the_notebook_itself_stays_as_it_is(root):
    before = (root / "notebooks" / NOTEBOOK).read_bytes()
    with_parameters(root / "notebooks" / NOTEBOOK, {"study": "x"})
    assert (root / "notebooks" / NOTEBOOK).read_bytes() == before


def test_a_notebook_that_is_missing_or_declares_nothing_is_refused(tmp_path):
    path = tmp_path / "x.ipynb"
    with pytest.raises(ReportError, match=r"x\.ipynb"):
        with_parameters(path, {})
    path.write_text(json.dumps({"cells": [], "metadata": {}}), "utf-8")
    with pytest.raises(ReportError, match="parameters"):
        with_parameters(path, {})


def test_a_free_port_is_one_that_can_be_listened_on():
    with socket.socket() as probe:
        probe.bind(("localhost", free_port()))


def test_a_port_that_is_taken_is_refused_and_what_to_do_is_said(root):
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReportError, match=f"port {port}.*leave --port out"):
            serve(root / "notebooks" / NOTEBOOK, {}, lang="en", port=port)


def test_without_voila_the_extra_to_install_is_named(root, monkeypatch):
    monkeypatch.setitem(sys.modules, "voila", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match=r"^voila .*pip install '\.\[explore\]'"):
        serve(root / "notebooks" / NOTEBOOK, {}, lang="en")


def test_the_server_does_not_load_what_computes_and_draws():
    code = (
        "import sys; from edu_metrics.explorer import serve;"
        " print(*sorted({'pandas', 'matplotlib', 'scipy', 'ipywidgets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
