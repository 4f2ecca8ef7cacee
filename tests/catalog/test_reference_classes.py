"""Reference classes agree with what they declare, and broken ones are refused by name."""

from __future__ import annotations

import copy

import pytest
import yaml

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.catalog.reference_classes import ALL, BANDS, PERCENTILES, SPANS
from edu_metrics.errors import DefinitionError

ROOT = find_root()
CATALOG = load_catalog(ROOT)
CLASSES = CATALOG.reference_classes
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def given_by(name):
    path = ROOT / "data" / "definitions" / "reference_classes" / f"{name}.yaml"
    return yaml.load(path.read_text("utf-8"), LOADER)


def at(counts, step):
    place = counts.at.index(step)
    return counts.windows[place], counts.series[place]


@pytest.mark.parametrize("entry", CLASSES.values(), ids=CLASSES)
def test_a_shipped_class_has_all_bands_of_all_lengths_that_add_up(entry):
    for years in {cell.years for cell in entry.table}:
        whole = entry.cell(ALL, years)
        parts = [entry.cell(band, years) for band in BANDS if entry.cell(band, years)]
        assert sum(part.windows for part in parts) == whole.windows
        for place in range(len(whole.kept.at)):
            assert sum(part.kept.windows[place] for part in parts) == whole.kept.windows[place]
    assert {cell.years for cell in entry.table} <= set(SPANS)


@pytest.mark.parametrize("entry", CLASSES.values(), ids=CLASSES)
def test_a_shipped_interval_holds_the_share_it_belongs_to(entry):
    for cell in entry.table:
        for counts in (cell.kept, cell.total, cell.shrunk):
            for windows, low, high in zip(counts.windows, counts.low, counts.high, strict=True):
                assert low - 0.01 <= 100 * windows / cell.windows <= high + 0.01


@pytest.mark.parametrize("entry", CLASSES.values(), ids=CLASSES)
def test_a_class_says_where_its_panels_are_from_and_keeps_none_of_their_rows(entry):
    sources = CATALOG.sources
    for given in entry.panels:
        assert sources[given.source].licence
        assert sources[given.source].url
    assert entry.command.startswith(f"edu-metrics reference {entry.id} --build ")
    assert entry.first_year <= min(cell.fastest.first_year for cell in entry.table)
    assert entry.last_year >= max(cell.fastest.last_year for cell in entry.table)


#: Counted in the panels by another program, before this one was written: windows of three years,
#: how many kept 5 points in each year, and series. The one difference is told in docs/methods.md.
COUNTED = {
    "<=20": (5218, 15, 1027),
    "20-40": (3614, 21, 1021),
    "40-60": (1736, 22, 651),
    "60-80": (2741 - 24, 12, 849),
    "80-90": (2207 - 24, 0, 642),
    "90-95": (2018, 0, 473),
    ">95": (3257, 0, 484),
    ALL: (20791 - 48, 70, 2982),
}


@pytest.mark.parametrize("band", COUNTED)
def test_ordinary_series_agree_with_an_independent_count(band):
    cell = CLASSES["ordinary"].cell(band, 3)
    assert (cell.windows, at(cell.kept, 5)[0], cell.series) == COUNTED[band]


@pytest.mark.parametrize(
    ("band", "windows", "kept", "series"),
    [("<=20", 141, 40, 121), ("20-40", 806, 152, 504), ("40-60", 1224, 184, 779),
     ("60-80", 756, 48, 612), ("80-90", 194, 0, 189), (ALL, 3212, 424, 1562)],
)  # fmt: skip
def test_series_whose_test_moved_agree_with_an_independent_count(band, windows, kept, series):
    cell = CLASSES["test_change"].cell(band, 3)
    assert (cell.windows, at(cell.kept, 5)[0], cell.series) == (windows, kept, series)


def test_the_two_parts_of_the_moved_tests_add_up_to_the_whole():
    parts = [CLASSES["test_change_michigan"], CLASSES["test_change_new_york"]]
    for cell in CLASSES["test_change"].table:
        found = [part.cell(cell.band, cell.years) for part in parts]
        assert sum(one.windows for one in found if one) == cell.windows
        assert sum(one.series for one in found if one) == cell.series
        assert max(one.fastest.pace_pp for one in found if one) == cell.fastest.pace_pp


def broken(entry, *path, value):
    changed = copy.deepcopy(entry)
    held = changed
    for part in path[:-1]:
        held = held[part]
    held[path[-1]] = value
    return changed


MICHIGAN = given_by("test_change_michigan")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("table", 0, "windows"), 3, "are more than the 3 windows"),
        (("table", 0, "series"), 10**6, "more than the"),
        (("table", 0, "kept", "windows", 5), 10**6, "a harder step is kept more often"),
        (("table", 0, "kept", "at", 1), -1, "at: expected rising steps"),
        (("table", 0, "kept", "low", 0), 100.0, "low: expected no more than high"),
        (("table", 0, "kept", "high"), [1.0], "high has 1 entries where at has 21"),
        (("table", 0, "gains_pp", 50), -99, "a higher percentile has a smaller gain"),
        (("table", 0, "gains_pp"), {50: 1}, "expected the percentiles"),
        (("table", 0, "fastest", "panel"), "math9", "no panel of the class is called 'math9'"),
        (("table", 0, "band"), "0-20", "expected one of '<=20'"),
        (("panels", 0, "windows"), 7, "declare 7 three-year windows, and the table has 2200"),
        (("panels", 0, "source"), "michigan_mathpnel", "did you mean 'michigan_mathpnl'"),
        (("panels", 0, "sha256"), "abc", "sha256"),
        (("panels", 0, "better"), "neither", "expected 'higher' or 'lower'"),
        (("kind",), "odd", "expected one of 'ordinary' or 'test_change'"),
        (("id",), "other", "expected 'test_change_michigan', as the file is called"),
        (("tabel",), 1, "unknown key; did you mean 'table'"),
    ],
)  # fmt: skip
def test_a_broken_class_is_refused_by_name(tmp_path, path, value, said):
    folder = tmp_path / "data" / "definitions"
    (folder / "reference_classes").mkdir(parents=True)
    for name in ("areas", "quantities", "indicators", "breaks", "assumptions"):
        (folder / f"{name}.yaml").write_text("[]\n")
    shipped = ROOT / "data" / "definitions" / "sources.yaml"
    (folder / "sources.yaml").write_bytes(shipped.read_bytes())
    changed = broken(MICHIGAN, *path, value=value)
    file = folder / "reference_classes" / "test_change_michigan.yaml"
    file.write_text(yaml.dump(changed, Dumper=DUMPER, sort_keys=False, allow_unicode=True), "utf-8")
    with pytest.raises(DefinitionError, match=said) as caught:
        load_catalog(tmp_path)
    assert "reference_classes/test_change_michigan.yaml" in str(caught.value)


def test_the_percentiles_begin_and_end_with_the_extremes():
    assert (PERCENTILES[0], PERCENTILES[-1]) == (0, 100)


def test_a_study_that_names_no_such_class_is_told_the_nearest(definitions):
    definitions.put("studies/real.reference_class", ["ordinry"])
    assert "no reference class 'ordinry'" in " ".join(definitions.faults())
