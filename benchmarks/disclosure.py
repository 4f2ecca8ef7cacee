"""
Withhold the small counts of an invented city of schools, and tell what it took.

    .venv/bin/python benchmarks/disclosure.py

A city has districts, these have schools of a few to some hundred persons, and each count of a whole
comes with that of a part. ``--rounds`` draws other cities.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from pathlib import Path

import numpy as np
import pandas as pd

from edu_metrics.catalog import Area, Catalog, Citation, Indicator, Quantity, Study, Text
from edu_metrics.observations import protect, validate

HERE = Citation(source="bureau", locator="-")


def text(words: str) -> Text:
    return Text(zh=words, en=words)


def definitions(districts: int, schools: int, pairs: int) -> Catalog:
    places = [("city", "city", None)]
    for district in range(districts):
        places.append((f"district_{district}", "district", "city"))
        places += [
            (f"school_{district}_{school}", "school", f"district_{district}")
            for school in range(schools)
        ]
    counted = [f"{name}_{pair}" for pair in range(pairs) for name in ("whole", "part")]
    return Catalog(
        root=Path(),
        areas={
            name: Area(id=name, name=text(name), level=level, parent=parent)
            for name, level, parent in places
        },
        quantities={
            name: Quantity(id=name, name=text(name), unit="persons", form="count")
            for name in counted
        },
        indicators={
            f"share_{pair}": Indicator(
                id=f"share_{pair}", name=text("share"), unit="percent", formula="share",
                inputs={"part": f"part_{pair}", "whole": f"whole_{pair}"}, better="higher",
                bounds=(0, 100), citation=HERE,
            )
            for pair in range(pairs)
        },
    )  # fmt: skip


def figures(catalog: Catalog, pairs: int, years: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    schools = [one.id for one in catalog.areas.values() if one.level == "school"]
    rows = []
    for year in range(2016, 2016 + years):
        for pair in range(pairs):
            whole = random.lognormal(4, 1, len(schools)).astype(int)
            part = random.binomial(whole, random.beta(8, 2, len(schools)))
            for name, values in ((f"whole_{pair}", whole), (f"part_{pair}", part)):
                of: dict[str, int] = {}
                for school, value in zip(schools, values.tolist(), strict=True):
                    for area in (school, str(catalog.areas[school].parent), "city"):
                        of[area] = of.get(area, 0) + value
                rows += [(area, year, name, float(value)) for area, value in of.items()]
    frame = pd.DataFrame(rows, columns=["area", "year", "quantity", "value"])
    usual = {"group": "all", "period": "year", "bound": "exact", "source": "bureau"}
    vintage = (frame["year"] + 1).astype(str) + "-06-01"
    return validate(frame.assign(**usual, status="reported", vintage=vintage))


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, usual in {
        "districts": 3, "schools": 20, "pairs": 10, "years": 5, "rounds": 3,
    }.items():  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=usual)
    given = parser.parse_args()
    catalog = definitions(given.districts, given.schools, given.pairs)
    study = Study(
        id="city", title=text("city"), plan="plan", areas=("city",), note=text("-"),
        observations=({"type": "file", "path": "-"},), as_of=dt.date(2030, 1, 1),
    )  # fmt: skip
    for seed in range(given.rounds):
        table = figures(catalog, given.pairs, given.years, seed)
        began, worked = time.monotonic(), time.process_time()
        out = protect(table, catalog, study)
        seconds, cpu = time.monotonic() - began, time.process_time() - worked
        gone = int((out["status"] == "suppressed").sum())
        small, coded = int((table["value"] < 10).sum()), int((out["bound"] != "exact").sum())
        print(
            f"{len(table):,} figures, {small} below 10: {gone:,} withheld, {coded:,} told as a "
            f"bound; {seconds:.1f} s, CPU {cpu:.1f} s"
        )


if __name__ == "__main__":
    main()
