"""The track record of a panel: what stands in it, from what, and what it refuses."""

import gzip
import json
import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest

from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations import read_processed
from edu_metrics.reachability import assess
from edu_metrics.report import (
    as_row,
    has_record,
    open_record,
    prepare,
    save_record,
    score_files,
    show_coverage,
    show_failures,
    show_models,
    show_own_verdicts,
    show_record_head,
    show_record_origins,
    show_record_precedents,
    show_reliability,
)
from edu_metrics.report.track_record import _brier, _held
from edu_metrics.report.track_record_figures import _kept
from edu_metrics.trajectories import TOGETHER_PCT, backtest, read_panels
from edu_metrics.trajectories.backtesting import Bin

pytestmark = pytest.mark.slow

SECTIONS = (
    show_record_head,
    show_models,
    show_reliability,
    show_coverage,
    show_failures,
    show_record_precedents,
    show_record_origins,
)
AREAS, YEARS = 30, 9


def written(path, *, shock=0.0, drift=0.0, areas=AREAS, years=YEARS, seed=5):
    """Write an invented panel of areas that wander, and leap together where there is a shock."""
    random = np.random.default_rng(seed)
    walk = np.cumsum(0.2 * random.standard_normal((areas, years)), axis=1)
    walk += np.cumsum(drift + shock * random.standard_normal(years)) - 1
    lines = ["area,year,value"]
    for area in range(areas):
        for year in range(years):
            rate = 100 / (1 + np.exp(-walk[area, year]))
            lines.append(f"a{area:02d},{2001 + year},{rate:.1f}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("panels")


@pytest.fixture(scope="module")
def quiet_file(folder):
    return written(folder / "quiet.csv")


@pytest.fixture(scope="module", params=["zh", "en"])
def record(request, quiet_file, root):
    return open_record(panel=str(quiet_file), lang=request.param, root=root)


@pytest.fixture(scope="module")
def shaken(folder, root):
    return open_record(panel=str(written(folder / "shaken.csv", shock=0.6)), lang="en", root=root)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_section_of_a_record_says_something_and_no_missing_number(record, section):
    page = section(record).text
    assert len(page) > 100
    assert not re.search(r"\bnan\b|\binf\b|None", page)


def test_the_models_table_has_every_model_at_every_horizon_with_its_own_numbers(record):
    page = show_models(record).text
    for score in record.scores:
        assert re.search(rf'<td class="n"[^>]*>{score.mae:.2f}</td>', page)
        assert f"{score.coverage95:.1f}" in page
    assert page.count("★") == len(record.horizons)
    names = {"zh": ("保持不变", "阻尼漂移"), "en": ("no change", "damped drift")}[record.lang]
    assert all(page.count(name) >= len(record.horizons) for name in names)


def test_the_record_is_the_back_test_of_the_file(record, quiet_file):
    assert record.scores == backtest(read_panels(quiet_file))


def test_the_worst_year_named_is_the_one_in_which_the_interval_held_least(record):
    least = min(year.coverage80 for score in record.default for year in score.by_year)
    named = [
        year.year for score in record.default for year in score.by_year if year.coverage80 == least
    ]
    page = show_failures(record).text
    assert any(str(year) in page for year in named)
    assert f"{least:.0f}" in page


def test_a_panel_that_moves_together_is_told_and_a_quiet_one_is_not(record, shaken):
    assert shaken.default[0].common_variance_pct >= TOGETHER_PCT
    assert "this panel moves together" in show_record_head(shaken).text
    page = show_record_head(record).text
    assert "moves together" not in page
    assert "区间即不适用" not in page


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((-0.02, -0.001), "more accurate 1 year ahead"),
        ((-0.02, 0.001), "no detectable difference 1 year ahead"),
        (None, "too few years of outcomes to compare 1 year ahead"),
        ((0.001, 0.02), "less accurate 1 year ahead"),
    ],
)
def test_skill_is_claimed_only_where_the_interval_lies_on_one_side_of_zero(
    shaken, quiet_file, root, interval, said
):
    record = open_record(panel=str(quiet_file), horizons=[1], gains=[5], lang="en", root=root)
    events = (replace(shaken.default[0].events[0], skill_interval=interval),)
    record.scores = [replace(one, events=events) for one in shaken.scores if one.horizon == 1]
    assert f"the average frequency: {said}." in show_record_head(record).text


def test_bins_that_do_not_hold_are_named_and_those_with_few_cases_are_not(shaken, quiet_file, root):
    record = open_record(panel=str(quiet_file), horizons=[1], lang="en", root=root)
    wrong = Bin(0.2, 0.3, 100, 0.25, 0.5, (0.4, 0.6))
    few, right = replace(wrong, n=99, stated=0.26), replace(wrong, stated=0.41)
    said = {"happened": "50 % happened (100 cases)"}
    for bins, told in (
        ((wrong, few, right), f"said 25 %, {said['happened']}"),
        ((right, few), "is not everything, the stated probability lies within it"),
        ((few,), "No bin has 100 cases from years enough to tell."),
    ):
        record.scores = [replace(one, reliability=bins) for one in shaken.scores]
        page = show_reliability(record).text.split("</figure>")[-1]
        assert told in page
        assert "said 26 %" not in page
        assert "said 41 %" not in page
        del record.__dict__["default"]


def test_forecasts_by_starting_band_add_up_to_all_of_them(record):
    for score in record.scores:
        assert sum(band.n for band in score.by_band) == score.n
        held = sum(band.n * band.coverage80 for band in score.by_band) / score.n
        assert held == pytest.approx(score.coverage80)
        error = sum(band.n * band.mae for band in score.by_band) / score.n
        assert error == pytest.approx(score.mae)


def test_precedents_of_the_panel_itself_are_counted_from_its_windows(folder, root):
    rising = written(folder / "rising.csv", drift=0.3)
    record = open_record(panel=str(rising), lang="en", root=root)
    windows = kept = 0
    values = record.panel.values
    for row in values:
        for at in range(YEARS - 3):
            windows += 1
            kept += bool(np.all(np.round(np.diff(row[at : at + 4]), 5) >= 5))
    page = show_record_precedents(record).text
    assert 0 < kept < windows
    assert f"{kept} of {windows}" in page
    for entry in record.classes:
        assert entry.name.in_(record.lang) in page


def test_a_figure_has_a_text_alternative(record):
    for section in (show_reliability, show_coverage):
        assert re.findall(r'role="img" aria-label="[^"]{20,}', section(record).text)


def test_the_summary_holds_the_same_scores(record, tmp_path):
    assert save_record(record, str(tmp_path)) == "summary.json"
    held = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert [row["crps"] for row in held["backtest"]] == [s.crps for s in record.scores]
    assert held["backtest"][0]["by_band"]
    assert save_record(record, "") == ""


def test_a_gzipped_file_and_other_horizons_will_do(folder, quiet_file, root):
    packed = folder / "packed.csv.gz"
    packed.write_bytes(gzip.compress(quiet_file.read_bytes()))
    record = open_record(panel=str(packed), horizons=[2], gains=[3], lang="en", root=root)
    assert {score.horizon for score in record.scores} == {2}
    assert "“+3 points”" in show_models(record).text
    assert "--horizons 2 --events 3" in show_record_origins(record).text


def test_too_few_years_are_told_and_no_section_fails(folder, root):
    record = open_record(panel=str(written(folder / "short.csv", years=3)), lang="en", root=root)
    for section in SECTIONS:
        assert not re.search(r"\bnan\b", section(record).text)
    assert "Too little data" in show_record_head(record).text
    assert "no precedent can be counted" in show_record_precedents(record).text


def test_one_of_study_and_panel_is_asked_for(quiet_file, root):
    for given in ({}, {"study": "michigan", "panel": str(quiet_file)}):
        with pytest.raises(DefinitionError, match="a study or a panel file"):
            open_record(**given, lang="en", root=root)


def test_unknown_names_are_refused_with_the_nearest(quiet_file, root):
    with pytest.raises(DefinitionError, match="did you mean 'michigan'"):
        open_record("michigam", lang="en", root=root)
    with pytest.raises(DefinitionError, match="no language 'zn'"):
        open_record("michigan", lang="zn", root=root)
    with pytest.raises(DefinitionError, match=r"no panel 'pass' .*it has quiet\.csv"):
        open_record(panel=str(quiet_file), indicator="pass", lang="en", root=root)
    with pytest.raises(DefinitionError, match="did you mean 'grade4_mathematics_pass_rate'"):
        open_record("michigan", indicator="grade4_mathematics_pass", lang="en", root=root)
    with pytest.raises(DataError, match="there is no such file"):
        open_record(panel="nothing.csv", lang="en", root=root)


def test_a_file_with_several_panels_wants_one_named(folder, root):
    two = folder / "two.csv"
    lines = ["area,year,value,indicator"]
    lines += [f"a{n},{y},50,{name}" for n in range(3) for y in (2001, 2002) for name in "pq"]
    two.write_text("\n".join(lines), "utf-8")
    with pytest.raises(DefinitionError, match="several panels; name one"):
        open_record(panel=str(two), lang="en", root=root)
    assert open_record(panel=str(two), indicator="q", lang="en", root=root).panel.name == "q"


def test_the_panel_of_a_study_has_all_its_areas_and_all_years_of_its_table(root):
    record = open_record("michigan", lang="en", root=root)
    assert (len(record.panel.areas), record.panel.years) == (550, tuple(range(1992, 1999)))
    assert np.isfinite(record.panel.values).all()
    assert [entry.id for entry in record.classes] == list(record.study.reference_class)


def test_a_study_gets_a_record_where_it_has_many_areas_of_one_level_or_asks_for_it(catalog):
    found = {name for name in catalog.studies if has_record(catalog, catalog.study(name))}
    asks = {name for name, study in catalog.studies.items() if study.track_record}
    assert "provinces" in asks
    assert "wuhai" not in found
    assert found == {"michigan", *asks}


def test_a_rate_of_which_nothing_exact_is_known_has_no_record(root):
    asked = {"indicator": "bachelor_line_rate", "lang": "en", "root": root}
    with pytest.raises(DataError, match="in some area and year, found none; name another"):
        open_record("wuhai", **asked)


def test_what_came_of_a_studys_verdicts_is_what_score_says_of_its_own_summary(
    root, catalog, tmp_path, monkeypatch
):
    """By another public path: what ``assess --format json`` prints, read back by ``score``."""
    study = catalog.study("mock_city")
    prepare(catalog, study)
    table = read_processed(root, study.id)
    rows = [as_row(found) for found in assess(catalog, study, table)]
    said = tmp_path / "said.json"
    said.write_text(json.dumps(rows), encoding="utf-8")
    record = open_record("mock_city", lang="en", root=root)
    assert record.by_verdict == list(score_files(catalog, [said]).by_word)
    # In the other language it is read, and not judged again.
    kept = open_record("mock_city", lang="zh", root=root)
    monkeypatch.setattr("edu_metrics.report.track_record.assess", None)
    assert kept.by_verdict == record.by_verdict
    page = show_own_verdicts(record).text
    for one in record.by_verdict:
        assert f"{one.happened.pct:.0f} % (" in page


def test_without_later_years_nothing_is_said_of_a_studys_verdicts(shaken):
    assert shaken.by_verdict == []
    assert "held against anything yet" in show_own_verdicts(shaken).text


def test_a_record_of_an_invented_study_and_its_figures_say_that_it_is_invented(root):
    record = open_record("mock_city", lang="en", root=root)
    page = show_record_head(record).text
    assert "invented" in page.split("<table")[0].lower()
    told = re.findall(r'role="img" aria-label="([^"]*)"', show_reliability(record).text)
    assert told
    assert all(one.startswith("[simulated] ") for one in told)


@pytest.mark.parametrize(
    ("low", "high", "lang", "said"),
    [
        (0.0, 100.0, "en", "0 of 33: too few to tell"),
        (0.0, 100.0, "zh", "33次中0次：次数太少，无法判断"),
        (0.0, 12.34, "en", "none of 33 (at most 12.3 %)"),
    ],
)
def test_an_interval_that_is_everything_is_told_as_too_few(low, high, lang, said):
    row = SimpleNamespace(windows=33, kept_windows=0, kept_low_pct=low, kept_high_pct=high)
    assert _kept(lang, row) == said


def test_a_coverage_or_difference_of_which_nothing_is_known_has_no_interval():
    row = SimpleNamespace(coverage80_pct=84.9, coverage80_low_pct=0.0, coverage80_high_pct=100.0)
    assert _held("en", row) == "84.9 % (too few years for an interval)"
    ends = [(-2.939, 2.62), (None, None)]
    for low_end, high_end in ends:
        event = SimpleNamespace(
            brier=0.1, base_rate_brier=0.2, skill_low=low_end, skill_high=high_end
        )
        assert _brier("en", "5")[-1].cell(event) == "−0.100 (too few to tell)"


def test_no_page_of_a_record_has_a_sign_of_its_bands_or_a_plural_in_brackets(record):
    page = unescape("".join(section(record).text for section in SECTIONS))
    assert not re.search(r"<td[^>]*>(<=|>)\d", page)
    assert "(s)" not in page
