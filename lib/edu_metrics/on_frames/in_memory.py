"""
A table and one promise as a study of their own, without a file.

What a project folder says in definitions is said here in code: one indicator, one plan with one
target, one study. So the answer about a table is that of a study, by the same path.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from edu_metrics.catalog import (
    Area,
    Bound,
    Catalog,
    Indicator,
    Plan,
    Source,
    Study,
    prior_of,
    shipped_levels,
)
from edu_metrics.errors import DataError
from edu_metrics.files import packaged_yaml
from edu_metrics.frames import Limits, limits_of, percentages, tidy, year_of
from edu_metrics.reachability import Assessment, SeriesStore
from edu_metrics.reachability import assessed as assess_study
from edu_metrics.words import shipped_units

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.frames import History


#: Id of the one source, indicator, plan, study and target that there are; and of the printed form
#: of a rate that is computed from counts.
MEASURED, _PRINTED = "frame", "frame_printed"
#: Percentages of so much and more are far from 1.
_FAR = 20.0
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Measure:
    """
    What is known of a measure besides its values.

    Attributes
    ----------
    limits : tuple of (float or None)
        Lowest and highest value.
    better : {"higher", "lower"}
        Which way is better.
    measure_type : str or None
        Type of measure, for what is expected before looking.
    whole_counts : bool
        Whether values are whole numbers of persons or institutions.
    noise : {"binomial"} or None
        ``binomial`` where another year draws other persons, so that chance moves the rate.
    """

    limits: Limits = (0, 100)
    better: Better = "higher"
    measure_type: str | None = None
    whole_counts: bool = False
    noise: Literal["binomial"] | None = None

    def __post_init__(self) -> None:
        """Refuse what no series can be."""
        object.__setattr__(self, "limits", limits_of(self.limits))
        faults = []
        if self.noise not in (None, "binomial"):
            faults.append(f"noise: expected None or 'binomial', found {self.noise!r}")
        if self.better not in ("higher", "lower"):
            faults.append(f"better: expected 'higher' or 'lower', found {self.better!r}")
        if self.whole_counts and self.limits != (0, None):
            faults.append(f"whole_counts: expected limits=(0, None), found {self.limits}")
        elif self.noise is not None and not percentages(self.limits):
            faults.append(f"noise: expected a percentage, limits=(0, 100), found {self.limits}")
        if faults:
            raise DataError("the measure is not described as one", faults)
        prior_of(self.measure_type)

    def read(self, history: History) -> pd.DataFrame:
        """
        Read a table of this measure.

        Raises
        ------
        DataError
            With every fault of the table, persons that are no whole number among them.
        """
        rows = tidy(history, limits=self.limits)
        if rows["n"].notna().any() and not percentages(self.limits):
            told = f"history: n is used of percentages alone; limits={self.limits} are none"
            warnings.warn(told, UserWarning, stacklevel=4)
        halves = rows[rows["value"] % 1 != 0] if self.whole_counts else rows.iloc[:0]
        if len(halves):
            raise DataError(
                "value: expected whole numbers, as whole_counts says",
                [f"{row.area}, {row.year}: {row.value:g}" for row in halves.itertuples()],
            )
        return rows

    def turned_to(self, bound: Bound) -> Measure:
        """Give the measure with that way the better one in which a target lies."""
        if bound.op == "==":
            return self
        return replace(self, better="higher" if bound.rising else "lower")


def bound_of(target: str) -> Bound:
    """
    Read a target such as ``>=95``.

    Raises
    ------
    DataError
        For anything else.

    Examples
    --------
    >>> bound_of(">95").strict
    True
    """
    try:
        return Bound.model_validate(target)
    except ValidationError:
        raise DataError(
            f"target: expected a bound such as '>=95', '>95', '<=50' or '<50', found {target!r}"
        ) from None


def can_be(bound: Bound, limits: Limits) -> bool:
    """Tell whether any value within limits satisfies a bound."""
    end = limits[1 if bound.rising else 0]
    return end is None or bool(bound.met_by(end)) or bound.op == "=="


def bound_for(rows: pd.DataFrame, target: str, limits: Limits) -> Bound:
    """
    Read a target of a table, and warn of one that looks like a fraction among percentages.

    Parameters
    ----------
    rows : DataFrame
        From :func:`~edu_metrics.frames.tidy`.
    target : str
        A bound such as ``>=95``. [unit of the values]
    limits : tuple of (float or None)
        Lowest and highest value that there can be.

    Returns
    -------
    Bound
        The target.

    Raises
    ------
    DataError
        For a target that is no bound.

    Warns
    -----
    UserWarning
        If it lies within 0 to 1 where all values are percentages far above.
    """
    bound = bound_of(target)
    if percentages(limits) and 0 < bound.value <= 1 and rows["value"].min() >= _FAR:
        warnings.warn(
            f"target: {target} is {bound.value:g} %, and all values are above "
            f"{rows['value'].min():g} %; if {100 * bound.value:g} % is meant, write "
            f"{bound.op}{100 * bound.value:g}",
            UserWarning,
            stacklevel=4,
        )
    return bound


def assessed(
    rows: pd.DataFrame, target: str, year: int, measure: Measure
) -> list[tuple[str, Assessment]]:
    """
    Judge a level in every area of a table, as a study of the same numbers would.

    Parameters
    ----------
    rows : DataFrame
        From :func:`~edu_metrics.frames.tidy`.
    target : str
        A bound such as ``>=95``. [unit of the values]
    year : int
        Year in which it is due.
    measure : Measure
        What is measured.

    Returns
    -------
    list of (str, Assessment)
        By area, in the order of the table.
    """
    bound, year = bound_for(rows, target, measure.limits), year_of("by", year)
    store, names = opened(rows, measure.turned_to(bound), bound, year)
    return [(names[one.area], one) for one in assess_study(store)]


def opened(
    rows: pd.DataFrame, measure: Measure, bound: Bound | None = None, year: int = 0
) -> tuple[SeriesStore, dict[str, str]]:
    """
    Open a table as a study of the same numbers.

    Parameters
    ----------
    rows : DataFrame
        From :func:`~edu_metrics.frames.tidy`.
    measure : Measure
        What is measured.
    bound, year : Bound and int, optional
        The one promise of its plan, and when it is due.

    Returns
    -------
    store : SeriesStore
        With the series of the indicator :data:`MEASURED`.
    names : dict of str to str
        The name in the table by area of the study, in the order of the table.
    """
    names = {f"area_{at}": name for at, name in enumerate(rows["area"].unique())}
    given = packaged_yaml(__package__, "in_memory.yaml")
    given["target"] |= {
        "unit": "percent" if percentages(measure.limits) else "none",
        "better": measure.better,
    }
    areas, last = tuple(names), int(rows["year"].max())
    catalog = _catalog(given, names, measure, counted=_counted(rows, measure))
    if bound is not None:
        catalog = replace(catalog, plans={MEASURED: _plan(given, areas, bound, year, last)})
    # At the end of the last year observed all is known.
    study = Study(**given["study"], areas=areas, as_of=dt.date(last, 12, 31))
    return SeriesStore(catalog, study, _table(rows, names, measure)), names


def _counted(rows: pd.DataFrame, measure: Measure) -> bool:
    """Tell whether rates come with the number behind them."""
    return percentages(measure.limits) and bool(rows["n"].notna().any())


def _text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


def _catalog(given: Any, names: Mapping[str, str], measure: Measure, *, counted: bool) -> Catalog:
    percents = percentages(measure.limits)
    common = given["indicator"] | {
        "unit": "percent" if percents else "count" if measure.whole_counts else "none",
        "better": measure.better,
        "bounds": measure.limits,
        "measure_type": measure.measure_type,
    }
    printed = {
        "id": _PRINTED if counted else MEASURED,
        "formula": "count" if measure.whole_counts else "as_published",
        "inputs": {"value": "value"},
        "noise": None if counted else measure.noise,
    }
    with_number = []
    if counted:
        printed |= given["printed"]
        with_number = [given["counted"] | {"noise": measure.noise}]
    indicators = [Indicator(**common, **one) for one in (printed, *with_number)]
    areas = [Area(id=n, name=_text(name.strip()), level="district") for n, name in names.items()]
    return Catalog(
        root=Path(),
        sources={MEASURED: Source(**given["source"])},
        units=shipped_units(),
        levels=shipped_levels(),
        areas={area.id: area for area in areas},
        indicators={indicator.id: indicator for indicator in indicators},
    )


def _plan(given: Any, areas: tuple[str, ...], bound: Bound, year: int, last: int) -> Plan:
    level = {
        "id": "level",
        "label": _text(str(bound)),
        "default": True,
        "conditions": [{"type": "level", "at": {year: bound}}],
    }
    target = given["target"] | {
        "title": _text(str(bound)),
        "quote": str(bound),
        "areas": areas,
        "deadline": year,
        "readings": [level],
    }
    return Plan(
        **given["plan"],
        issued=dt.date(last, 12, 31),
        first_year=min(last, year),
        last_year=max(last, year),
        areas=areas,
        targets=[target],
    )


def _table(rows: pd.DataFrame, names: Mapping[str, str], measure: Measure) -> pd.DataFrame:
    """Make the long table of observations."""
    import pandas as pd

    slugs = {name: slug for slug, name in names.items()}
    long = pd.DataFrame(
        {
            "area": rows["area"].map(slugs),
            "year": rows["year"],
            "quantity": "value",
            "group": "all",
            "period": "year",
            "value": rows["value"],
            "bound": "exact",
            "source": MEASURED,
            "status": "reported",
            "vintage": pd.to_datetime(rows["year"].astype(str) + "-12-31"),
        }
    )
    if not _counted(rows, measure):
        return long
    known = rows["n"].notna()
    part = (rows["value"] * rows["n"] / 100)[known]
    # A rate of whole counts is those counts; a rounded one stays as it was printed.
    part = part.where((part - part.round()).abs() > 1e-6, part.round())
    return pd.concat(
        [
            long[~known],
            long[known].assign(quantity="part", value=part),
            long[known].assign(quantity="whole", value=rows["n"][known]),
        ],
        ignore_index=True,
    )
