"""What a table comes to: pace, years, people, a verdict, and what a difference is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from edu_metrics.errors import DataError
from edu_metrics.formulas import decompose as decompose_populations
from edu_metrics.frames import Limits, require_columns, tidy
from edu_metrics.on_frames.in_memory import Measure, assessed, bound_for, bound_of
from edu_metrics.reachability import people_behind as count_people
from edu_metrics.reachability import two_digits
from edu_metrics.reachability import years_needed as count_years

if TYPE_CHECKING:
    import pandas as pd


def required_pace(
    history: pd.DataFrame | pd.Series[Any],
    target: str,
    *,
    by: int,
    limits: Limits = (0, 100),
    whole_counts: bool = False,
) -> pd.DataFrame:
    """
    Say what change a year a target asks of each area.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, or the values of one area by year.
    target : str
        A bound such as ``>=95``. [unit of the values]
    by : int
        Year in which it is due.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be.
    whole_counts : bool, optional
        Whether values are whole numbers of persons or institutions, with limits ``(0, None)``.

    Returns
    -------
    DataFrame
        Columns area, year and value (the last observed), target, by, gap (negative where
        exceeded), required_pace (the even change a year, 0 where nothing is needed) and past_pace
        (the mean change a year so far). Missing where ``by`` is over.

    Raises
    ------
    DataError
        With every fault of the table, or for a target that is no bound.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": "Northside", "year": [2018, 2020], "value": [83, 85]})
    >>> em.required_pace(rates, ">=90", by=2022)[["gap", "required_pace", "past_pace"]]
       gap  required_pace  past_pace
    0  5.0            2.5        1.0
    """
    better: Literal["higher", "lower"] = "higher" if bound_of(target).op[0] in ">=" else "lower"
    measure = Measure(limits, better, whole_counts=whole_counts)
    columns = ["area", "year", "value", "target", "by", "gap", "required_pace", "past_pace"]
    return _judged(tidy(history, limits=limits), target, by, measure)[columns]


def years_needed(
    history: pd.DataFrame | pd.Series[Any],
    target: str,
    *,
    pace: float | None = None,
    limits: Limits = (0, 100),
) -> pd.DataFrame:
    """
    Count the whole years in which a pace brings each area to a target.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, or the values of one area by year.
    target : str
        A bound such as ``>=95`` or ``<50``. [unit of the values]
    pace : float, optional
        Change a year, negative for a fall; each area's own mean pace when left out. [percentage
        points, or unit of the values]
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be.

    Returns
    -------
    DataFrame
        Columns area, year and value (the last observed), target, gap, pace, years (missing where
        the pace leads nowhere, or nothing is known of it) and year_reached.

    Raises
    ------
    DataError
        With every fault of the table, or for a target that is no bound.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": ["Northside", "Lakeside"], "year": 2020, "value": [86, 91]})
    >>> em.years_needed(rates, ">=90", pace=2)[["area", "years", "year_reached"]]
            area  years  year_reached
    0  Northside      2          2022
    1   Lakeside      0          2020
    """
    import pandas as pd

    from edu_metrics.reachability.series import Record

    rows = tidy(history, limits=limits)
    bound = bound_for(rows, target, limits)
    if bound.op == "==":
        raise DataError(f"target: expected a level from one side such as '>=95'; found {target!r}")
    found = []
    for area, own in rows.groupby("area", sort=False):
        record = Record(str(area), dict(zip(own["year"], own["value"].tolist(), strict=True)))
        year, value = max(record.exact.items())
        own_pace = record.past_pace if pace is None else pace
        gap = round(bound.gap(value), 9)
        # Where nothing is missing no pace need be known.
        ahead = (own_pace or 0.0) * (1 if bound.rising else -1)
        years = count_years(gap, ahead, strict=bound.strict)
        reached = None if years is None else year + years
        found.append((area, year, value, target, gap, own_pace, years, reached))
    names = ["area", "year", "value", "target", "gap", "pace", "years", "year_reached"]
    table = pd.DataFrame(found, columns=names)
    return table.astype({"pace": "float64", "years": "Int64", "year_reached": "Int64"})


def people_behind(history: pd.DataFrame, target: str) -> pd.DataFrame:
    """
    Count the persons or institutions between each area's rate and a target.

    Parameters
    ----------
    history : DataFrame
        Columns area, year, value (a rate, 0-100) and n, the persons or institutions behind it.
    target : str
        A bound such as ``>=95``. [percent]

    Returns
    -------
    DataFrame
        Columns area, year, value and n (the last observed), target and people: how many more are
        needed, or how many fewer where less is better; negative where exceeded.

    Raises
    ------
    DataError
        With every fault of the table, for a target that is no bound, or where no number of
        persons meets it.

    Examples
    --------
    85 of 100 teachers, and at least 90 % asked:

    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": ["Northside"], "year": 2020, "value": 85, "n": 100})
    >>> int(em.people_behind(rates, ">=90")["people"].iloc[0])
    5
    """
    last = tidy(history, needs_n=True).drop_duplicates("area", keep="last", ignore_index=True)
    bound = bound_for(last, target, (0, 100))
    unknown = last[last["n"].isna()]
    if len(unknown):
        raise DataError(
            "n: expected the number behind the last value of each area",
            [f"{area}, {year}: not known" for area, year in unknown[["area", "year"]].to_numpy()],
        )
    people = [
        count_people(bound, value * n / 100, n)
        for value, n in zip(last["value"], last["n"], strict=True)
    ]
    return last.assign(target=target, people=people)


def verdict(
    history: pd.DataFrame | pd.Series[Any],
    target: str,
    *,
    by: int,
    limits: Limits = (0, 100),
    measure_type: str | None = None,
    whole_counts: bool = False,
    noise: Literal["binomial"] | None = None,
) -> pd.DataFrame:
    """
    Judge a target in each area, as a report would as of the end of the last year observed.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, and optionally n, the persons or institutions behind a rate;
        or the values of one area by year.
    target : str
        A bound such as ``>=95``. [unit of the values]
    by : int
        Year in which it is due.
    limits, measure_type, whole_counts, noise
        As for :func:`project`.

    Returns
    -------
    DataFrame
        Columns area, year and value (the last observed), target, by, verdict, reason (of one that
        can't be told), edge (both words, where rounding puts the probability between two),
        probability, low and high (80 % interval of the year due), gap, required_pace, past_pace,
        year_reached, people and model.

    Raises
    ------
    DataError
        With every fault of the table, or for a target that is no bound.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> nation = pd.Series([93.4, 93.8, 94.2, 94.8, 95.2], range(2016, 2021), name="nation")
    >>> em.verdict(nation, ">95", by=2020)["verdict"].tolist()
    ['met']
    >>> em.verdict(nation, ">=97", by=2021)[["verdict", "gap", "required_pace"]]
            verdict  gap  required_pace
    0  out_of_reach  1.8            1.8
    """
    better: Literal["higher", "lower"] = "higher" if bound_of(target).op[0] in ">=" else "lower"
    measure = Measure(limits, better, measure_type, whole_counts, noise)
    return _judged(tidy(history, limits=limits), target, by, measure)


_AS_JUDGED = ("gap", "required_pace", "past_pace", "year_reached", "people", "model")


def _judged(rows: pd.DataFrame, target: str, by: int, measure: Measure) -> pd.DataFrame:
    import pandas as pd

    found = []
    for area, one in assessed(rows, target, by, measure):
        low, high = one.interval or (None, None)
        found.append(
            {
                "area": area,
                "year": one.last_year,
                "value": one.last_value,
                "target": target,
                "by": by,
                "verdict": str(one.verdict),
                "reason": one.reason,
                "edge": " / ".join(map(str, one.edge)) if one.edge else None,
                "probability": two_digits(one.probability),
                "low": low,
                "high": high,
                **{name: getattr(one, name) for name in _AS_JUDGED},
            }
        )
    whole = dict.fromkeys(("year", "year_reached", "people"), "Int64")
    numbers = ("value", "probability", "low", "high", "gap", "required_pace", "past_pace")
    return pd.DataFrame(found).astype({**whole, **dict.fromkeys(numbers, "float64")})


def decompose(
    table: pd.DataFrame,
    *,
    between: str,
    factors: Sequence[str],
    rate: Callable[..., Any] | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    """
    Split the difference of a rate between years or places by factor.

    Parameters
    ----------
    table : DataFrame
        One row a population (a year, a place), or one a population and group.
    between : str
        Column that names the population, such as ``year``.
    factors : sequence of str
        Columns of the factors, 12 at most. [any units]
    rate : callable, optional
        The rate as a function of the factors, called with them by name, as arrays where there are
        groups; their product when left out.
    group : str, optional
        Column that names the group, where each population has several.

    Returns
    -------
    DataFrame
        Columns first and second (the population before and each later one, as they stand in the
        table), factor and effect; the effects of a pair add up to the difference of their rates.

    Raises
    ------
    DataError
        With columns that are missing, a population that stands twice, or groups that differ; and
        as :func:`edu_metrics.formulas.decompose` does.

    Examples
    --------
    Non-marital births of women aged 15 to 19, in percent, from Das Gupta's manual:

    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> births = pd.DataFrame({
    ...     "year": [1971, 1979], "births": [25.3, 32.7], "pregnant": [0.214, 0.290],
    ...     "active": [0.279, 0.473], "single": [0.949, 0.986],
    ... })
    >>> em.decompose(births, between="year", factors=["births", "pregnant", "active", "single"])
       first  second    factor    effect
    0   1971    1979    births  0.688941
    1   1971    1979  pregnant  0.812538
    2   1971    1979    active  1.382906
    3   1971    1979    single  0.104755
    """
    import pandas as pd

    keys = [between] if group is None else [between, group]
    require_columns(table, [*keys, *factors], what="table")
    double = table[table.duplicated(keys, keep=False)]
    if len(double):
        raise DataError(
            f"table: expected one row for each {' and '.join(keys)}",
            [
                f"row {row!r}: {', '.join(map(str, cells))}"
                for row, *cells in double[keys].itertuples()
            ],
        )
    populations: dict[Any, dict[str, Any]] = {}
    groups: dict[Any, list[Any]] = {}
    for name, own in table.groupby(between, sort=False):
        if group is None:
            populations[name] = {factor: own[factor].item() for factor in factors}
            continue
        own = own.sort_values(group)
        groups[name] = own[group].tolist()
        populations[name] = {factor: own[factor].to_numpy() for factor in factors}
    if len({tuple(one) for one in groups.values()}) > 1:
        raise DataError(
            "table: expected the same groups in every population",
            [f"{name}: {', '.join(map(str, one))}" for name, one in groups.items()],
        )
    split = decompose_populations(populations, rate)
    first, *others = split.populations
    rows = [
        (first, second, factor, effect)
        for second in others
        for factor, effect in split.between(first, second).items()
    ]
    return pd.DataFrame(rows, columns=["first", "second", "factor", "effect"])
