"""What ``import edu_metrics as em`` offers: some forty names, late, documented, with an example."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import edu_metrics as em


def test_there_are_some_forty_names():
    assert em.__all__ == dir(em)
    assert 35 <= len(em.__all__) <= 45


@pytest.mark.parametrize("name", em.__all__)
def test_each_is_documented_with_an_example(name):
    found = getattr(em, name)
    told = inspect.getdoc(found)
    assert "Returns\n-------" in told
    if inspect.signature(found).parameters:
        assert "Parameters\n----------" in told
    if name not in ("make_reports", "open_city", "open_report"):
        assert ">>> " in told
        assert "Raises\n------" in told


def test_nothing_heavy_is_loaded_before_a_name_is_asked_for():
    code = "import sys, edu_metrics as em; print('pandas' in sys.modules, *dir(em)); em.share; "
    code += "print('matplotlib' in sys.modules, em.formulas.__name__, em.trajectories.__name__)"
    run = [sys.executable, "-c", code]
    first, second = subprocess.run(
        run, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert first.split() == ["False", *em.__all__]
    assert second == "False edu_metrics.formulas edu_metrics.trajectories"


def test_what_is_not_public_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'pass_rate'"):
        em.pass_rate  # noqa: B018


def test_tables_need_no_extra_and_a_plot_says_which_one_it_needs():
    hidden = [module for modules in em.errors.EXTRAS.values() for module in modules]
    code = f"import sys; sys.modules.update(dict.fromkeys({hidden!r}))\n"
    code += """
import pandas as pd, edu_metrics as em
rates = pd.Series([70.0, 72, 75, 77, 80, 82], range(2015, 2021), name="Northside")
em.paths(rates, until=2022, points=5), em.verdict(rates, ">=95", by=2022), em.backtest
outlook = em.project(rates, until=2022)
outlook.probability(">=95"), em.scenarios(pace=6, base=70, start=2020, years=5)
try:
    outlook.plot()
except em.errors.MissingExtraError as error:
    print(error)
"""
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "matplotlib" in told
    assert "pip install '.[reports]'" in told
