"""Tables of installed packages: codes, float32 noise, dates of publication, and every fault."""

from __future__ import annotations

import bz2
import datetime as dt

import pytest

from edu_metrics.catalog import PackageInput
from edu_metrics.errors import DataError
from edu_metrics.observations import COLUMNS, read_package_table, validate

# The first rows of a published table of school districts: codes became floats, and rates with one
# decimal were stored as float32.
PUBLISHED = """distid,year,math4,enrol
1010.0,1992,28.799999237060547,1089.0
1010.0,1993,32.29999923706055,
3010.0,1992,36.20000076293945,123456792
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a package that can be imported and carries a table; give what describes it."""
    folder = tmp_path / "carrier" / "datasets"
    folder.mkdir(parents=True)
    (tmp_path / "carrier" / "__init__.py").write_text("")
    (folder / "table.csv.bz2").write_bytes(bz2.compress(PUBLISHED.encode()))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "carrier", raising=False)

    def describe(**changes):
        given = {
            "type": "package",
            "package": "carrier",
            "path": "datasets/table.csv.bz2",
            "extra": "carried",
            "source": "bulletin",
            "area_family": "coded",
            "area_column": "distid",
            "year_column": "year",
            "quantities": {"math4": "children_share_pct", "enrol": "population"},
            "vintage_lag_years": 1,
        }
        return PackageInput.model_validate({**given, **changes})

    return describe


def test_codes_that_became_floats_find_their_areas(package, catalog):
    found = read_package_table(package(), catalog)
    assert set(found["area"]) == {"coded_1010", "coded_3010"}


def test_the_noise_of_a_float32_is_taken_back_to_the_printed_decimal(package, catalog):
    found = read_package_table(package(), catalog)
    rates = found[found["quantity"] == "children_share_pct"]
    assert rates["value"].tolist() == [28.8, 32.3, 36.2]


def test_a_large_count_keeps_all_its_digits(package, catalog):
    found = read_package_table(package(), catalog)
    counts = found[found["quantity"] == "population"]["value"].tolist()
    # 123456792 is a float32 as well, and the shortest one that means it ends in 790.
    assert counts == [1089, 123456792]


def test_an_empty_cell_is_no_observation(package, catalog):
    found = read_package_table(package(), catalog)
    assert len(found) == 5
    assert found["value"].notna().all()


def test_a_table_is_known_from_the_end_of_the_year_after_its_lag(package, catalog):
    found = read_package_table(package(), catalog)
    days = dict(zip(found["year"], found["vintage"].dt.date, strict=True))
    assert days == {1992: dt.date(1993, 12, 31), 1993: dt.date(1994, 12, 31)}


def test_what_is_read_keeps_the_contract(package, catalog):
    found = read_package_table(package(), catalog)
    assert tuple(found) == COLUMNS
    assert len(validate(found, catalog)) == len(found)
    assert set(found["status"]) == {"reported"}
    assert set(found["source"]) == {"bulletin"}


def test_a_package_that_is_not_installed_is_named_with_the_way_to_install_it(package, catalog):
    with pytest.raises(DataError, match=r"'not_there' is not installed.*'\.\[carried\]'"):
        read_package_table(package(package="not_there"), catalog)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"path": "datasets/tabel.csv"}, "has no file datasets/tabel.csv"),
        ({"area_column": "district"}, "expected the columns"),
        ({"quantities": {"maths4": "population"}}, "did you mean 'math4'?"),
        ({"area_family": "coden"}, "no family of areas 'coden'; did you mean 'coded'?"),
        ({"area_column": "year"}, "2 code(s) not in 'coded': 1992, 1993"),
        (
            {"year_column": "math4"},
            "math4: expected years from 1900 to 2100, found something else in 3 row(s)",
        ),
    ],
)
def test_a_table_that_is_not_as_described_is_refused(package, catalog, changes, words):
    with pytest.raises(DataError) as caught:
        read_package_table(package(**changes), catalog)
    assert words in str(caught.value)


def test_words_among_the_numbers_are_refused(package, catalog, tmp_path):
    table = tmp_path / "carrier" / "datasets" / "table.csv.bz2"
    table.write_bytes(bz2.compress(PUBLISHED.replace("1089.0", "many").encode()))
    with pytest.raises(DataError, match="enrol: expected numbers, found 'many'"):
        read_package_table(package(), catalog)
