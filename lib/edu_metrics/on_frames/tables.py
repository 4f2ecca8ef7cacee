"""What a table comes to: paths, pace, people, a verdict, what may come of it, and what is odd."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.formulas import decompose as decompose_populations
from edu_metrics.frames import (
    Limits,
    limits_of,
    numbers_of,
    percentages,
    require_columns,
    tidy,
    year_of,
)
from edu_metrics.on_frames.in_memory import (
    MEASURED,
    Measure,
    assessed,
    bound_for,
    bound_of,
    can_be,
    opened,
)
from edu_metrics.on_frames.studies import listed
from edu_metrics.reachability import people_behind as count_people
from edu_metrics.reachability import two_digits
from edu_metrics.reachability import years_needed as count_years
from edu_metrics.trajectories import ModelScore, Trajectory, constant_pace, constant_rate
from edu_metrics.trajectories import backtest as backtest_panels
from edu_metrics.trajectories.backtesting import Bin
from edu_metrics.trajectories.panels import panel_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from edu_metrics.observations import Finding

#: What whole numbers of persons may be off by when they are worked out of percentages.
_DUST = 1e-6
_AS_JUDGED = ("gap", "required_pace", "past_pace", "year_reached", "people", "model")
#: Gives the values after 1, 2, ... steps.
_Walk = Callable[..., tuple[float, ...]]


def paths(
    history: pd.DataFrame | pd.Series[Any],
    *,
    until: int,
    points: float | Iterable[float] = (),
    percent: float | Iterable[float] = (),
    limits: Limits = (0, 100),
) -> pd.DataFrame:
    """
    Give the paths that promised paces come to, area by area and year by year.

    A pace of change of a rate can be read in two ways: as points (50 % falls by 5 points to 45 %)
    and as a percentage of the value (50 % falls by 5 % of itself to 47.5 %, and so on from there).
    Ask for both to see both.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, or the values of one area by year. A path starts from the
        last year of its area.
    until : int
        Last year of the paths.
    points : float or iterable of float, optional
        Changes a year, added every year; negative for a fall. [percentage points, or unit of the
        values]
    percent : float or iterable of float, optional
        Changes a year relative to the value of the year before, compounding. [percent]
    limits : tuple of (float or None), optional
        Lowest and highest value; a path that comes to one stays there.

    Returns
    -------
    DataFrame
        Columns area, pace (``+5 points``, ``-5 percent``), year and value, from the year after
        the last one observed.

    Raises
    ------
    DataError
        With every fault of the table; if no pace is given, one is no number or takes more than
        all away, or an area has values in ``until`` or later.

    Examples
    --------
    A pass rate that rises by 5 to 8 points a year, and a myopia rate that falls by 5 %:

    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": ["Northside", "Lakeside"], "year": 2020, "value": [70, 88]})
    >>> em.paths(rates, until=2022, points=[5, 8]).query("year == 2022")
            area       pace  year  value
    1  Northside  +5 points  2022   80.0
    3  Northside  +8 points  2022   86.0
    5   Lakeside  +5 points  2022   98.0
    7   Lakeside  +8 points  2022  100.0
    >>> myopia = pd.Series({2020: 50.0}, name="Northside")
    >>> em.paths(myopia, until=2022, points=-5, percent=-5)["value"].tolist()
    [45.0, 40.0, 47.5, 45.125]
    """
    import pandas as pd

    given = (("points", points, constant_pace), ("percent", percent, constant_rate))
    paces = [(unit, pace, walk) for unit, every, walk in given for pace in numbers_of(unit, every)]
    limits, until = limits_of(limits), year_of("until", until)
    starts = tidy(history, limits=limits).drop_duplicates("area", keep="last")
    _refuse(paces, starts, until)
    rows = [
        (area, f"{pace:+.12g} {unit}", year + step, value)
        for area, year, base in zip(starts["area"], starts["year"], starts["value"], strict=True)
        for unit, pace, walk in paces
        for step, value in enumerate(walk(base, pace, until - year, limits=limits), start=1)
    ]
    return pd.DataFrame(rows, columns=["area", "pace", "year", "value"])


def _refuse(paces: list[tuple[str, float, _Walk]], starts: pd.DataFrame, until: int) -> None:
    faults = [
        f"percent: expected a fall of no more than all of it, -100; found {pace:g}"
        for unit, pace, _ in paces
        if unit == "percent" and pace < -100
    ]
    if not paces:
        faults.append("points or percent: expected at least one pace such as points=[5, 8]")
    late = starts[starts["year"] >= until]
    faults += [
        f"until: expected a year after the last one of each area; {area} has a value of {year}, "
        f"found {until}"
        for area, year in zip(late["area"], late["year"], strict=True)
    ]
    if faults:
        raise DataError("no path can be made", faults)


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
        Columns area, year and value (the last observed up to ``by``), target, by, gap (negative
        where exceeded), required_pace (the even change a year, 0 where nothing is needed; missing
        where ``by`` is over, and where the limits rule the target out) and past_pace (the mean
        change a year so far).

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
    columns = ["area", "year", "value", "target", "by", "gap", "required_pace", "past_pace"]
    measure = Measure(limits, whole_counts=whole_counts)
    rows = measure.read(history)
    found = _verdicts(rows, target, by, measure)
    # No pace arrives where the year is over, or where there can be no such value.
    last = rows.groupby("area")["year"].max()
    none = (found["verdict"] == "impossible") | (found["area"].map(last) >= by)
    return found.assign(required_pace=found["required_pace"].mask(none))[columns]


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
        the pace leads nowhere, nothing is known of it, or the limits rule the target out) and
        year_reached.

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

    limits = limits_of(limits)
    rows = tidy(history, limits=limits)
    bound = bound_for(rows, target, limits)
    paces = numbers_of("pace", pace)
    if len(paces) > 1:
        raise DataError(f"pace: expected one number; found {pace!r}")
    if bound.op == "==":
        raise DataError(f"target: expected a level from one side such as '>=95'; found {target!r}")
    found = []
    for area, own in rows.groupby("area", sort=False):
        record = Record(str(area), dict(zip(own["year"], own["value"].tolist(), strict=True)))
        year, value = max(record.exact.items())
        own_pace = paces[0] if paces else record.past_pace
        gap = round(bound.gap(value), 9)
        # Where nothing is missing no pace need be known.
        ahead = (own_pace or 0.0) * (1 if bound.rising else -1)
        years = None
        if gap <= 0 or can_be(bound, limits):
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
    counts = zip(last["area"], last["value"], last["n"], strict=True)
    people, faults = [], []
    for area, value, n in counts:
        asked = bound.value * n / 100
        if bound.op == "==" and abs(asked - round(asked)) > _DUST:
            faults.append(f"{area}: no number of {n:g} is {bound.value:g} % of them")
            continue
        try:
            people.append(count_people(bound, value * n / 100, n))
        except DataError as error:
            faults.append(f"{area}: {error.message}")
    if faults:
        raise DataError(f"target: {len(faults)} area(s) have no number that meets {target}", faults)
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
    measure = Measure(limits, "higher", measure_type, whole_counts, noise)
    return _verdicts(measure.read(history), target, by, measure)


def _verdicts(rows: pd.DataFrame, target: str, by: int, measure: Measure) -> pd.DataFrame:
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

    if rate is not None and not callable(rate):
        raise DataError(f"rate: expected a function of the factors; found {rate!r}")
    if not isinstance(between, str):
        raise DataError(f"between: expected the name of one column; found {between!r}")
    keys = [between] if group is None else [between, group]
    require_columns(table, [*keys, *factors], what="table")
    lacking = table[table[[*keys, *factors]].isna().any(axis=1)]
    if len(lacking):
        named = ", ".join(map(repr, lacking.index[:5]))
        raise DataError(f"table: expected every cell of {', '.join([*keys, *factors])}; found none "
                        f"in row(s) {named}")  # fmt: skip
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
        own = own.sort_values(group, key=lambda names: names.astype(str))
        groups[name] = own[group].tolist()
        populations[name] = {factor: own[factor].to_numpy() for factor in factors}
    if len({tuple(one) for one in groups.values()}) > 1:
        raise DataError(
            "table: expected the same groups in every population",
            [f"{name}: {', '.join(map(str, one))}" for name, one in groups.items()],
        )
    split = decompose_populations(populations, rate)
    first, *others = split.populations
    if any(np.ndim(effect) for effect in split.between(first, others[0]).values()):
        raise DataError(
            "rate: expected one number for a population; found one for each group. Give a rate "
            "that adds them up, such as rate=lambda size, share: (size * share).sum() / size.sum()"
        )
    rows = [
        (first, second, factor, effect)
        for second in others
        for factor, effect in split.between(first, second).items()
    ]
    return pd.DataFrame(rows, columns=["first", "second", "factor", "effect"])


LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)


def project(
    history: pd.DataFrame | pd.Series[Any],
    *,
    until: int,
    limits: Limits = (0, 100),
    better: Literal["higher", "lower"] = "higher",
    measure_type: str | None = None,
    whole_counts: bool = False,
    noise: Literal["binomial"] | None = None,
) -> Outlook:
    """
    Project the series of comparable areas: what may come, and how surely a target is met.

    The forecast is the one of the reports and of the command line. Areas of one table borrow from
    each other.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, and optionally n, the persons or institutions behind a rate;
        or the values of one area by year.
    until : int
        Last year that may be asked for.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be; ``(0, None)`` for amounts and rates that may
        pass 100.
    better : {"higher", "lower"}, optional
        Which way is better.
    measure_type : str, optional
        Type of measure, such as ``enrolment``, for what is expected before looking; the widest
        expectation where it is left out.
    whole_counts : bool, optional
        Whether values are whole numbers of persons or institutions, with limits ``(0, None)``.
    noise : {"binomial"}, optional
        Says that another year draws other persons; a change that chance alone may make is then no
        verdict.

    Returns
    -------
    Outlook
        With ``quantiles``, ``probability``, ``year_reached`` and ``plot``.

    Raises
    ------
    DataError
        With every fault of the table.
    ProjectionError
        If an area's past says too little, in the words of a report; or if ``until`` is over.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> nation = pd.Series([93.4, 93.8, 94.2, 94.8, 95.2], range(2016, 2021), name="nation")
    >>> outlook = em.project(nation, until=2022)
    >>> outlook.quantiles([0.5]).round({"value": 0})
         area  year  quantile  value
    0  nation  2021       0.5   95.0
    1  nation  2022       0.5   96.0
    >>> outlook.probability(">=90", 2022)
         area  year target  probability
    0  nation  2022   >=90          0.8
    >>> outlook.year_reached(">=95")
         area target  year_reached
    0  nation   >=95          2020
    """
    measure = Measure(limits, better, measure_type, whole_counts, noise)
    rows, until = measure.read(history), year_of("until", until)
    if until <= int(rows["year"].max()):
        raise ProjectionError(
            f"until: expected a year after the last one observed, {rows['year'].max()}; "
            f"found {until}"
        )
    store, names = opened(rows, measure)
    trajectories: dict[str, Trajectory] = {}
    refused: list[str] = []
    for area, name in names.items():
        try:
            trajectories[name] = store.trajectory(MEASURED, area, until)
        except ProjectionError as error:
            refused.append(f"{name}: {error.message}")
    if refused:
        raise ProjectionError(f"{len(refused)} of {len(names)} area(s) can't be projected", refused)
    return Outlook(rows, until, measure, trajectories)


@dataclass(frozen=True, eq=False, repr=False)
class Outlook:
    """
    What the series of a table may do; see :func:`project`.

    Attributes
    ----------
    history : DataFrame
        What was observed: area, year, value, n.
    until : int
        Last year that may be asked for.
    measure : Measure
        What is known of the measure.
    trajectories : mapping of str to Trajectory
        Area by area.
    """

    history: pd.DataFrame
    until: int
    measure: Measure
    trajectories: Mapping[str, Trajectory]

    def __repr__(self) -> str:
        """Say what it is about in one line."""
        return f"Outlook of {len(self.trajectories)} area(s) until {self.until}"

    def quantiles(self, levels: float | Iterable[float] = LEVELS) -> pd.DataFrame:
        """
        Give quantiles by area and year.

        Parameters
        ----------
        levels : sequence of float, optional
            Levels, 0-1. An interval of 80 % goes from 0.1 to 0.9.

        Returns
        -------
        DataFrame
            Columns area, year, quantile and value.

        Raises
        ------
        DataError
            If a level is not between 0 and 1.
        """
        import pandas as pd

        asked = sorted(numbers_of("levels", levels))
        wrong = [level for level in asked if not 0 < level < 1]
        if wrong or not asked:
            raise DataError(f"levels: expected numbers above 0 and below 1, found {asked}")
        rows = [
            (area, year, level, float(value))
            for area, one in self.trajectories.items()
            for year, values in zip(one.years, one.quantiles(asked).T, strict=True)
            for level, value in zip(asked, values, strict=True)
        ]
        return pd.DataFrame(rows, columns=["area", "year", "quantile", "value"])

    def probability(self, target: str, year: int | None = None) -> pd.DataFrame:
        """
        Say how likely each area meets a target.

        Parameters
        ----------
        target : str
            A bound such as ``>=95``. [unit of the values]
        year : int, optional
            Year in which it is due; ``until`` when left out.

        Returns
        -------
        DataFrame
            Columns area, year, target and probability: two digits, from 0.01 to 0.80, beyond which
            the track record supports none; missing where a study would state none either (the
            year is observed already, more than ten years ahead, or a 100 % of unknown persons).
        """
        due = self._due(year)
        return self._table(target, due, year=due).drop(columns="year_reached")

    def year_reached(self, target: str) -> pd.DataFrame:
        """
        Say by which year half of what may come has reached a target.

        Parameters
        ----------
        target : str
            A bound such as ``>=95``. [unit of the values]

        Returns
        -------
        DataFrame
            Columns area, target and year_reached: a year of the series or of the five years beyond
            ``until``, missing where it is later.
        """
        return self._table(target, self.until).drop(columns="probability")

    def plot(
        self, area: str | None = None, *, target: str | None = None, ax: Axes | None = None,
        lang: str = "en", title: str | None = None, unit: str | None = None,
    ) -> Axes:  # fmt: skip
        """
        Draw what was observed and what may come of one area, and the target.

        Parameters
        ----------
        area : str, optional
            Which; the only one where there is one.
        target : str, optional
            A bound such as ``>=95``, due in ``until``.
        ax : Axes, optional
            Where to draw; a new figure when left out.
        lang : {"zh", "en"}, optional
            Language.
        title, unit : str, optional
            Title and unit at the axis; the area's name and percent (of 0 to 100) when left out.

        Returns
        -------
        Axes
            What was drawn on.
        """
        from edu_metrics.figures.plots import plot_fan

        name = self._only(area)
        if target is not None:
            bound_of(target)
        return plot_fan(
            self.quantiles().query("area == @name"),
            history=self.history.query("area == @name"),
            target=target,
            due=self.until,
            ax=ax,
            title=name if title is None else title,
            unit="" if unit is None and not percentages(self.measure.limits) else unit,
            lang=lang,
        )

    def _only(self, area: str | None) -> str:
        known = list(self.trajectories)
        if area is None and len(known) == 1:
            return known[0]
        if not isinstance(area, str) or area not in self.trajectories:
            raise DataError(f"area: expected one of {', '.join(known)}; found {area!r}")
        return area

    def _due(self, year: int | None) -> int:
        first = int(self.history["year"].min()) + 1
        due = self.until if year is None else year_of("year", year)
        if not first <= due <= self.until:
            later = f"; project(..., until={due}) asks for later years" if due > self.until else ""
            raise ProjectionError(f"year: expected {first} to {self.until}, found {due}{later}")
        return due

    def _table(self, target: str, due: int, **columns: Any) -> pd.DataFrame:
        """Ask the study of this table, and give what it says of both."""
        import pandas as pd

        from edu_metrics.reachability import two_digits

        rows = [
            {
                "area": area,
                **columns,
                "target": target,
                "probability": two_digits(one.probability),
                "year_reached": one.year_reached,
            }
            for area, one in assessed(self.history, target, due, self.measure)
        ]
        table = pd.DataFrame(rows)
        return table.astype({"probability": "float64", "year_reached": "Int64"})


#: What can be said of a model in one number a row.
_SCORES = tuple(one.name for one in fields(ModelScore) if one.type in (
    "str", "bool", "Areas", "int", "float | None"))  # fmt: skip


def backtest(
    history: pd.DataFrame,
    *,
    horizons: int | Iterable[int] = (1, 2, 3),
    gains: float | Iterable[float] = (5.0, 10.0),
    areas: int | Literal["all"] | Iterable[int | Literal["all"]] = "all",
    limits: Limits = (0, 100),
    better: Literal["higher", "lower"] = "higher",
    measure_type: str | None = None,
    what: Literal["scores", "reliability"] = "scores",
) -> pd.DataFrame:
    """
    Back-test the forecast on a table: what it would have said each year, against what came.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value, and optionally n, the persons or institutions behind a rate.
    horizons : int or iterable of int, optional
        Years ahead. [years]
    gains : float or iterable of float, optional
        Events asked for: at least so many points more than at the origin. [percentage points]
    areas : int, "all", or iterable of them, optional
        How many areas are forecast together.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be.
    better : {"higher", "lower"}, optional
        Which way is better.
    measure_type : str, optional
        Type of measure, for what is expected before looking.
    what : {"scores", "reliability"}, optional
        One row a model and horizon with its errors and what its intervals held; or how often came
        true what was given a probability, one row a bin of it.

    Returns
    -------
    DataFrame
        Of scores: model, default, areas, horizon, n, mae, bias, above_median_pct, coverage80,
        coverage95, width80, width95, crps, common_variance_pct. Of reliability: model, areas,
        horizon and the bins.

    Raises
    ------
    DataError
        With every fault of the table, or for horizons, gains or areas that can't be asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({
    ...     "area": ["Northside"] * 7 + ["Lakeside"] * 7, "year": [*range(2014, 2021)] * 2,
    ...     "value": [61, 63, 64, 66, 67, 70, 71, 80, 80, 82, 83, 83, 84, 86],
    ... })
    >>> scores = em.backtest(rates, horizons=[1])
    >>> scores.query("default")["n"].tolist()
    [6]
    """
    import pandas as pd

    if what not in ("scores", "reliability"):
        raise DataError(f"what: expected 'scores' or 'reliability', found {what!r}")
    measure = Measure(limits, better, measure_type)
    rows = measure.read(history)
    panel = panel_of("panel", rows.assign(measure_type=""))
    falling = better == "lower"
    panel = replace(panel, bounds=measure.limits, falling=falling, measure_type=measure_type)
    scores = backtest_panels(
        [panel],
        horizons=numbers_of("horizons", horizons, whole=True),
        gains=numbers_of("gains", gains),
        areas=[
            one if one == "all" else numbers_of("areas", one, whole=True)[0]
            for one in listed(areas)
        ],
    )
    if what == "scores":
        return pd.DataFrame([{name: getattr(one, name) for name in _SCORES} for one in scores])
    bins = [
        {"model": one.model, "default": one.default, "areas": one.areas, "horizon": one.horizon}
        | _bin(found)
        for one in scores
        for found in one.reliability
    ]
    parts = [one.name for one in fields(Bin) if one.name != "interval"]
    ends = ["low_happened", "high_happened", "supported"]
    return pd.DataFrame(bins, columns=["model", "default", "areas", "horizon", *parts, *ends])


def _bin(found: Any) -> dict[str, Any]:
    low, high = found.interval
    told = {name: value for name, value in asdict(found).items() if name != "interval"}
    return {**told, "low_happened": low, "high_happened": high, "supported": found.supported}


def inspect(
    history: pd.DataFrame,
    *,
    limits: Limits = (0, 100),
    whole_counts: bool = False,
    as_of: int | None = None,
    whole: str | None = None,
    parts: Sequence[str] = (),
    lang: Literal["zh", "en"] = "en",
) -> pd.DataFrame:
    """
    Look at a table before anything is made of it: what is possible, and odd.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value; optionally n, the persons behind a rate, and quantity, where
        the table holds several.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be; what is beyond is a finding. [unit of the
        values]
    whole_counts : bool, optional
        Whether values are whole numbers of persons or things; limits are (0, None) then.
    as_of : int, optional
        Year in which is asked; the last one of the table when left out. [year]
    whole : str, optional
        The area that all others add up to, of counts and amounts.
    parts : sequence of str, optional
        Quantities that are percentages of one whole, none of them within another.
    lang : {"zh", "en"}, optional
        Language of the sentences.

    Returns
    -------
    DataFrame
        One row a finding: rule, area and quantity (empty where it is of all), years and finding, a
        sentence. Nothing is changed, and no finding is a fault: ask whoever published it.

    Raises
    ------
    DataError
        With every fault of the table: columns or values that are no numbers, a year that stands
        twice, a whole or parts that it does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": "Northside", "year": range(2015, 2021)})
    >>> rates["value"] = [61.0, 62.5, 0.63, 64.0, 0, 66.5]
    >>> em.inspect(rates)[["rule", "years"]].to_numpy().tolist()
    [['fraction', (2017,)], ['lone_zero', (2019,)]]
    """
    import pandas as pd

    from edu_metrics.observations.inspection import Panel, look_at, what_is_odd

    limits, by_quantity = limits_of(limits), _by_quantity(history)
    scale: Literal["percent", "count", "amount"] = "count" if whole_counts else "amount"
    if percentages(limits) and not whole_counts:
        scale = "percent"
    newest = max(int(rows["year"].max()) for rows in by_quantity.values())
    now = newest if as_of is None else year_of("as_of", as_of)
    found: list[Finding] = []
    for name, rows in by_quantity.items():
        odd = list(look_at(Panel.of(name, scale, rows), now))
        found += [*_beyond(name, rows, limits, odd), *odd]
        if whole is not None:
            found += _sums(name, rows, whole)
    if parts:
        found += _parts(by_quantity, listed(parts))
    told = [(one.rule, one.area, one.quantity, one.years, what_is_odd(one, lang)) for one in found]
    return pd.DataFrame(told, columns=["rule", "area", "quantity", "years", "finding"])


def _by_quantity(history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read the table quantity by quantity; what is out of limits is for the rules to say."""
    groups = {"": history}
    if "quantity" in getattr(history, "columns", ()):
        require_columns(history, ["area", "year", "value", "quantity"], what="table")
        unnamed = history[history["quantity"].isna()]
        if len(unnamed):
            rows = ", ".join(map(repr, unnamed.index[:5]))
            raise DataError(f"quantity: expected a name in every row; found none in row(s) {rows}")
        groups = {str(name): rows for name, rows in history.groupby("quantity", observed=True)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return {name: tidy(rows, limits=(None, None)) for name, rows in groups.items()}


def _beyond(
    quantity: str, rows: pd.DataFrame, limits: Limits, odd: Sequence[Finding]
) -> Iterator[Finding]:
    """Find values beyond the limits, and tables that hold fractions alone."""
    from edu_metrics.observations.inspection import Finding
    from edu_metrics.observations.table import rows_of

    for rule, bound, sign in (("below_limit", limits[0], -1), ("above_limit", limits[1], 1)):
        wrong = rows[sign * (rows["value"] - bound) > 0] if bound is not None else rows.iloc[:0]
        for row in rows_of(wrong):
            numbers = {"value": row.value, "bound": bound}
            yield Finding(rule, row.area, quantity, (row.year,), numbers)
    highest = rows["value"].max()
    told = any(one.rule == "below_one" and not one.area for one in odd)
    if percentages(limits) and 0 < highest <= 1 and not told:
        years = tuple(sorted(set(rows["year"])))
        yield Finding("below_one", "", quantity, years, {"highest": highest})


def _sums(quantity: str, rows: pd.DataFrame, whole: str) -> list[Finding]:
    from edu_metrics.observations.inspection import Finding
    from edu_metrics.observations.table import rows_of

    own = rows[rows["area"] == whole][["year", "value"]]
    if own.empty:
        raise DataError(f"whole: expected an area of the table, found {whole!r}")
    others = rows[rows["area"] != whole]
    grouped = others.groupby("year", as_index=False)
    sums = grouped.agg(sum=("value", "sum"), size=("value", "size"))
    both = sums[sums["size"] == others["area"].nunique()].merge(own, on="year")
    apart = ~np.isclose(both["value"], both["sum"], rtol=1e-9, atol=0)
    return [
        Finding("sums", whole, quantity, (row.year,), {"own": row.value, "sum": row.sum})
        for row in rows_of(both[apart])
    ]


def _parts(by_quantity: dict[str, pd.DataFrame], parts: Sequence[str]) -> list[Finding]:
    import pandas as pd

    from edu_metrics.observations.inspection import Finding
    from edu_metrics.observations.table import rows_of

    parts = [str(name) for name in parts]
    if "" in by_quantity:
        raise DataError("parts: expected a column quantity, which names them; found none")
    missing = [name for name in parts if name not in by_quantity]
    if missing:
        known = ", ".join(by_quantity)
        raise DataError(
            "parts: expected quantities of the table",
            [f"no quantity {name!r} (it has {known})" for name in missing],
        )
    rows = pd.concat([by_quantity[name] for name in parts])
    grouped = rows.groupby(["area", "year"], as_index=False)
    totals = grouped.agg(total=("value", "sum"), size=("value", "size"))
    above = totals[(totals["size"] == len(parts)) & (totals["total"] > 100 + 0.05 * len(parts))]
    return [
        Finding("parts_of_whole", row.area, ", ".join(parts), (row.year,), {"total": row.total})
        for row in rows_of(above)
    ]
