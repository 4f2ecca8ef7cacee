"""Every number copied by hand is sealed, sourced, dated, and agrees with its neighbours."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import yaml

from edu_metrics.catalog import load_catalog
from edu_metrics.observations import read_raw_file

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
FILES = sorted(path for path in RAW.rglob("*.csv") if path.relative_to(RAW).parts[0] != "simulated")
SIDECAR_FIELDS = {
    "source",
    "title",
    "url",
    "accessed",
    "licence",
    "sha256",
    "obtained_by",
    "notes",
}
COLUMNS = [
    "place",
    "quantity",
    "year",
    "value",
    "bound",
    "unit",
    "status",
    "source",
    "published",
    "note",
]


def name_of(path):
    return path.relative_to(RAW).as_posix()


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def sidecar_of(path):
    return yaml.safe_load(path.with_name(f"{path.name}.source.yaml").read_text("utf-8"))


def printed(path, place, quantity, year):
    """Give a number as printed; there must be exactly one."""
    (row,) = [
        row
        for row in rows_of(RAW / path)
        if (row["place"], row["quantity"], row["year"]) == (place, quantity, str(year))
    ]
    return Decimal(row["value"])


def half_unit(number):
    """Give half of the last printed digit."""
    return Decimal(1).scaleb(number.as_tuple().exponent) / 2


every_file = pytest.mark.parametrize("path", FILES, ids=name_of)


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(ROOT)


def test_there_are_raw_files_of_several_publishers():
    assert len({path.relative_to(RAW).parts[0] for path in FILES}) > 5


def test_every_sidecar_has_its_file():
    alone = [
        name_of(path)
        for path in RAW.rglob("*.source.yaml")
        if not path.with_name(path.name.removesuffix(".source.yaml")).is_file()
    ]
    assert alone == []


@every_file
def test_the_seal_matches_the_file(path):
    sidecar = sidecar_of(path)
    assert set(sidecar) == SIDECAR_FIELDS
    assert sidecar["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


@every_file
def test_a_file_is_plain_text_with_the_agreed_columns(path):
    content = path.read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    header, *rows = csv.reader(content.decode("utf-8").splitlines())
    assert header == COLUMNS
    assert rows
    assert {len(row) for row in rows} == {len(COLUMNS)}


@every_file
def test_place_quantity_unit_and_source_are_defined(path, catalog):
    table = read_raw_file(path, catalog)
    assert len(table) == len(rows_of(path))
    assert set(table["source"]) == {sidecar_of(path)["source"]}
    assert not [area for area in table["area"] if catalog.areas[area].invented]


#: What the note of a row says whose day of publication was not read.
ASSUMED = "day assumed: "


@every_file
def test_no_number_is_known_before_it_was_measured_or_its_source_published(path, catalog):
    accessed = sidecar_of(path)["accessed"]
    for row in rows_of(path):
        published = dt.date.fromisoformat(row["published"])
        source = catalog.sources[row["source"]]
        assert published >= dt.date(int(row["year"]), 1, 1), row
        assert published.year >= int(row["year"]), row
        assert source.date is not None
        if ASSUMED in row["note"]:
            # Known earlier than it was read here: the day is that of the first publication.
            assert published < source.date <= accessed, row
            continue
        assert source.date <= published <= accessed, row
        assert ("date of publication estimated" in row["note"]) == source.date_is_estimated, row


@every_file
def test_the_folder_is_the_day_of_the_first_number(path, catalog):
    rows = rows_of(path)
    days = [row["published"] for row in rows if ASSUMED not in row["note"]]
    # Where every day is assumed, the day of the source in which the numbers were read.
    days = days or [str(catalog.sources[row["source"]].date) for row in rows]
    assert path.parent.name == min(days)


@every_file
def test_a_derived_number_tells_from_what(path):
    for row in rows_of(path):
        assert row["status"] in ("reported", "derived", "estimated"), row
        assert (row["status"] == "derived") == row["note"].startswith("derived: "), row


@pytest.mark.slow
def test_no_number_stands_twice(catalog):
    seen: dict[tuple[object, ...], str] = {}
    double = []
    for path in FILES:
        table = read_raw_file(path, catalog)
        for key in table[["area", "quantity", "year", "vintage"]].itertuples(index=False):
            if tuple(key) in seen:
                double.append((name_of(path), seen[tuple(key)], key))
            seen[tuple(key)] = name_of(path)
    assert double == []


WUHAI_2021 = "wuhai_statistics_bureau/2022-03-18/population_2021.csv"
WUHAI_2023 = "wuhai_statistics_bureau/2024-04-19/communique_2023.csv"
PRESCHOOL_2019 = "xinhua/2020-01-08/inner_mongolia_preschool_2019.csv"


@pytest.mark.parametrize(
    ("path", "place", "year", "parts", "whole"),
    [
        (
            WUHAI_2021,
            "乌海市",
            2021,
            ["0-14岁人口", "15-64岁人口", "65岁及以上人口"],
            "常住人口",
        ),
        (WUHAI_2023, "乌海市", 2023, ["城镇人口", "乡村人口"], "常住人口"),
        (PRESCHOOL_2019, "内蒙古自治区", 2019, ["公办幼儿园数", "民办幼儿园数"], "幼儿园数"),
        (PRESCHOOL_2019, "内蒙古自治区", 2019, ["公办园在园幼儿", "民办园在园幼儿"], "在园幼儿"),
    ],
)
def test_printed_parts_add_up_to_their_printed_whole(path, place, year, parts, whole):
    assert sum(printed(path, place, part, year) for part in parts) == printed(
        path, place, whole, year
    )


def test_the_printed_districts_add_up_to_the_city():
    districts = ("海勃湾区", "乌达区", "海南区")
    total = sum(printed(WUHAI_2021, district, "常住人口", 2021) for district in districts)
    assert total == printed(WUHAI_2021, "乌海市", "常住人口", 2021)


@pytest.mark.parametrize(
    ("path", "place", "year", "parts", "whole", "rate", "per"),
    [
        (WUHAI_2021, "乌海市", 2021, ["城镇常住人口"], "常住人口", "常住人口城镇化率", 100),
        (WUHAI_2021, "乌海市", 2021, ["0-14岁人口"], "常住人口", "0-14岁人口占比", 100),
        (WUHAI_2023, "乌海市", 2023, ["城镇人口"], "常住人口", "常住人口城镇化率", 100),
        (WUHAI_2023, "乌海市", 2023, ["出生人口"], "常住人口", "出生率", 1000),
        (WUHAI_2023, "乌海市", 2023, ["死亡人口"], "常住人口", "死亡率", 1000),
        (
            PRESCHOOL_2019,
            "内蒙古自治区",
            2019,
            ["公办园在园幼儿"],
            "在园幼儿",
            "公办园在园幼儿占比",
            100,
        ),
        (
            PRESCHOOL_2019,
            "内蒙古自治区",
            2019,
            ["公办园在园幼儿", "普惠性民办园在园幼儿"],
            "在园幼儿",
            "普惠性幼儿园覆盖率",
            100,
        ),
    ],
)
def test_a_printed_rate_follows_from_printed_counts_that_were_rounded(
    path, place, year, parts, whole, rate, per
):
    counts = [printed(path, place, name, year) for name in (*parts, whole)]
    corners = []
    for signs in product((-1, 1), repeat=len(counts)):
        *some, all_ = (
            count + sign * half_unit(count) for count, sign in zip(counts, signs, strict=True)
        )
        corners.append(per * sum(some) / all_)
    found = printed(path, place, rate, year)
    margin = half_unit(found)
    if per == 1000:  # taken on the mean population of the year, which differs by less than 1 %
        margin += found / 100
    assert min(corners) - margin <= found <= max(corners) + margin
