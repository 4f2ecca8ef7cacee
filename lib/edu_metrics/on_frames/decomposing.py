"""Which factor makes the rates of a table differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from edu_metrics.errors import DataError
from edu_metrics.formulas import decompose as decompose_populations
from edu_metrics.frames import require_columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["decompose"]


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
