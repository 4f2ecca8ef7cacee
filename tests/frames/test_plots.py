"""Plots of frames: what is drawn is what the frame says, on the Axes that was given."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import edu_metrics as em
from edu_metrics.errors import DataError, ReportError

mpl.use("agg")


@pytest.fixture
def ax():
    return Figure(figsize=(6, 3.5)).add_subplot()


@pytest.fixture(scope="module")
def outlook(rates):
    return em.project(rates, until=2022)


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(("lang", "unit"), [("en", "%"), ("zh", "%")])
def test_a_fan_shows_history_median_and_target(ax, outlook, rates, lang, unit):
    assert outlook.plot("Northside", target=">=95", ax=ax, lang=lang) is ax
    assert ax.get_title(loc="left") == "Northside"
    assert "≥ 95" in texts(ax)
    drawn = [np.asarray(line.get_ydata(), dtype=float).tolist() for line in ax.lines]
    own = rates.query("area == 'Northside'")["value"].tolist()
    assert any(values == pytest.approx(own) for values in drawn if len(values) == len(own))
    median = outlook.quantiles([0.5]).query("area == 'Northside'")["value"].tolist()
    assert any(values[-2:] == pytest.approx(median) for values in drawn)
    assert ax.get_ylabel() == unit


def test_an_area_must_be_chosen_and_exist(outlook):
    with pytest.raises(DataError, match="expected one of Northside, Lakeside, Hillside"):
        outlook.plot()
    with pytest.raises(ReportError, match="expected one area"):
        em.plot_fan(outlook.quantiles())
    with pytest.raises(ReportError, match="missing: quantile"):
        em.plot_fan(outlook.quantiles().drop(columns="quantile"))
    with pytest.raises(ReportError, match=r"missing: \[0.25, 0.75\]"):
        em.plot_fan(outlook.quantiles([0.1, 0.5, 0.9]).query("area == 'Lakeside'"))
    with pytest.raises(ReportError, match="target: expected a bound"):
        em.plot_fan(outlook.quantiles().query("area == 'Lakeside'"), target="95")


def test_paths_are_named_at_their_ends_in_the_readers_language(ax, rates):
    found = em.paths(rates, until=2022, points=[5, 8], percent=-5).query("area == 'Hillside'")
    em.plot_paths(found, history=rates, target=">90", ax=ax)
    assert sorted(texts(ax)) == [
        "+5 points a year", "+8 points a year", "-5 % of itself a year", "> 90"]  # fmt: skip
    drawn = [np.asarray(line.get_ydata(), dtype=float).tolist() for line in ax.lines]
    assert [67.5, 72.5, 77.5] in drawn
    other = Figure().add_subplot()
    em.plot_paths(found, ax=other, lang="zh")
    assert "每年+5个百分点" in texts(other)


def test_scenarios_of_one_area_are_drawn_by_scenario(ax):
    em.plot_paths(em.scenarios(pace=[5, 8], base=70, start=2020, years=3), ax=ax)
    assert "base 70, +5 points a year" in texts(ax)


def test_small_multiples_share_a_scale_and_take_axes(outlook, rates):
    panels = em.plot_small_multiples(outlook.quantiles(), history=rates, target=">=95")
    assert [ax.get_title(loc="left") for ax in panels] == ["Northside", "Lakeside", "Hillside"]
    assert len({ax.get_ylim() for ax in panels}) == 1
    low, high = panels[0].get_ylim()
    assert low <= rates["value"].min()
    assert high >= 95
    figure = Figure()
    mine = list(figure.subplots(1, 3))
    assert em.plot_small_multiples(em.paths(rates, until=2022, points=5), axes=mine) == mine
    with pytest.raises(ReportError, match="a panel for each of 3 areas, found 2"):
        em.plot_small_multiples(outlook.quantiles(), axes=mine[:2])


def test_a_precedent_no_window_of_which_kept_the_pace_is_hollow(ax):
    table = pd.DataFrame(
        {
            "area": "a",
            "target": ["one", "two", "three"],
            "reference": "ordinary",
            "share_pct": [12.0, 0.0, None],
            "low_pct": [8.0, 0.0, None],
            "high_pct": [16.0, 1.0, None],
        }
    )
    em.plot_precedents(table, ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    points = {
        tuple(np.asarray(place, dtype=float).round(6)): tuple(np.round(face, 3))
        for marks in ax.collections
        if len(marks.get_facecolor())
        for place, face in zip(marks.get_offsets(), marks.get_facecolor(), strict=False)
    }
    assert points[0.0, 1.0] == (1, 1, 1, 1)
    assert points[12.0, 0.0] != (1, 1, 1, 1)
    with pytest.raises(ReportError, match="every row has a reason"):
        em.plot_precedents(table.iloc[2:], ax=ax)


def test_calibration_shows_each_bin_of_the_model_of_reports(ax, rates):
    bins = em.backtest(rates, horizons=[1, 2], what="reliability")
    em.plot_calibration(bins, horizon=2, ax=ax)
    mine = bins[bins["default"] & (bins["horizon"] == 2)]
    shown = {
        (float(x), float(y))
        for line in ax.lines
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        if line.get_marker() == "o"
    }
    assert shown == set(zip(mine["stated"], mine["happened"], strict=True))
    with pytest.raises(ReportError, match="7 year"):
        em.plot_calibration(bins, horizon=7, ax=ax)


def test_a_history_of_another_area_or_of_words_is_refused(outlook, rates):
    fan = outlook.quantiles().query("area == 'Northside'")
    with pytest.raises(ReportError, match="expected values of 'Northside'; found those of Other"):
        em.plot_fan(fan, history=rates.query("area == 'Northside'").assign(area="Other"))
    with pytest.raises(DataError, match="value: expected a number"):
        em.plot_fan(fan, history=rates.assign(value="x"))


def test_two_values_of_a_year_are_no_course(outlook, rates):
    fan = outlook.quantiles().query("area == 'Northside'")
    with pytest.raises(ReportError, match="one value for each year and quantile"):
        em.plot_fan(pd.concat([fan, fan]))
    paths = em.paths(rates, until=2022, points=5).query("area == 'Northside'")
    with pytest.raises(ReportError, match="one value for each year and pace"):
        em.plot_paths(pd.concat([paths, paths]))


def test_panels_stand_beside_each_other_one_at_least(outlook):
    with pytest.raises(ReportError, match="columns: expected at least one"):
        em.plot_small_multiples(outlook.quantiles(), columns=0)


def test_bins_of_two_deployments_are_not_drawn_as_one(rates):
    bins = em.backtest(rates, what="reliability", areas=[1, "all"])
    with pytest.raises(ReportError, match="one number of areas; found 1, all"):
        em.plot_calibration(bins)
