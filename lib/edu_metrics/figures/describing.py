"""Sentences that stand in for figures: for a reader who hears the page, and in the file itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from edu_metrics.figures._marks import Bounded, Fan, Named, Point, Promise, refuse_faults, shortest
from edu_metrics.figures.outlook import plot_outlook
from edu_metrics.figures.output import Plot
from edu_metrics.figures.overview import (
    AVAILABILITY_STATES,
    plot_areas,
    plot_availability,
    plot_verdicts,
)
from edu_metrics.figures.style import VERDICT_COLOURS
from edu_metrics.words import say

_BOUND_OF: Final = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most", "==": "exactly"}


def describe_outlook(
    *,
    title: str,
    unit_label: str,
    observed: Sequence[Point],
    bounds: Sequence[Bounded] = (),
    compared: Sequence[Named] = (),
    fan: Fan | None = None,
    promised: Sequence[Promise] = (),
    stated: Point | None = None,
    lang: str,
) -> str:
    """
    Put an outlook panel into one sentence; the arguments are those of ``plot_outlook``.

    Parameters
    ----------
    title : str
        Name of the indicator or target.
    unit_label : str
        Unit, as printed at the axis.
    observed : sequence of (int, float)
        Exact values by year. [year, unit]
    bounds : sequence of (int, float, str)
        Observations of which only a bound is known. [year, unit, -]
    compared : sequence of (str, sequence of (int, float))
        Other series, each with its name. [year, unit]
    fan : Fan, optional
        Projection. [unit]
    promised : sequence of Promise
        Levels that the plan sets. [unit]
    stated : (int, float), optional
        Baseline that the plan states. [year, unit]
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        First and last value, levels promised, and the projection for the last year promised.

    Raises
    ------
    ReportError
        If a value is no number, a year stands twice in a series, or a bound is of an unknown kind.

    Examples
    --------
    >>> describe_outlook(title="retention", unit_label="%", observed=[(2019, 93.0)],
    ...                  promised=[Promise(2022, 95.0, "", ">")], lang="en")
    'retention: 93 % in 2019; the plan promises more than 95 % in 2022.'
    """
    refuse_faults(title, observed, bounds, compared, promised, stated)

    def told(value: float, *, exactly: bool = False) -> str:
        shown = shortest(value if exactly else round(value, 1 if abs(value) >= 10 else 2))
        gap = "" if lang == "zh" else " "
        return f"{shown}{gap}{unit_label}".strip()

    def level(year: int, value: float, kind: str) -> str:
        bound = say(f"figure.says_{kind}", lang)
        told_value = told(value, exactly=True)
        return say("figure.describe_level", lang, year=year, bound=bound, value=told_value)

    parts = []
    if len(observed) == 1:
        [(year, value)] = observed
        parts.append(say("figure.describe_one", lang, year=year, value=told(value)))
    elif observed:
        (first_year, first), (last_year, last) = min(observed), max(observed)
        parts.append(
            say(
                "figure.describe_range",
                lang,
                first_year=first_year,
                first=told(first),
                last_year=last_year,
                last=told(last),
            )
        )
    if bounds:
        parts.append(level(*max(bounds)))
    if not parts:
        parts.append(say("figure.no_data", lang))
    if stated is not None:
        year, value = stated
        parts.append(
            say("figure.describe_stated", lang, year=year, value=told(value, exactly=True))
        )
    if promised:
        in_order = sorted(promised, key=lambda promise: (promise.year, promise.value))
        levels = [level(p.year, p.value, _BOUND_OF[p.kind]) for p in in_order]
        listed = say("figure.list", lang).join(levels)
        parts.append(say("figure.describe_promised", lang, promises=listed))
    if fan is not None:
        due = max((p.year for p in promised if p.year in fan.years), default=max(fan.years))
        at = fan.years.index(due)
        parts.append(
            say(
                "figure.describe_projected",
                lang,
                year=due,
                median=told(fan.q50[at]),
                low=told(fan.q10[at]),
                high=told(fan.q90[at]),
            )
        )
    if compared:
        names = say("figure.list", lang).join(name for name, _ in compared)
        parts.append(say("figure.describe_compared", lang, names=names))
    return _sentence(title, parts, lang)


def describe_verdicts(*, counts: Mapping[str, int], lang: str) -> str:
    """
    Put a bar of verdicts into one sentence.

    Parameters
    ----------
    counts : mapping of str to int
        How many targets got which verdict.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The counts, best verdict first.

    Examples
    --------
    >>> describe_verdicts(counts={"likely": 2, "met": 1}, lang="en")
    'Verdicts on 3 targets: met 1, likely 2.'
    """
    title = say("figure.describe_verdicts", lang, total=sum(counts.values()))
    return _sentence(title, [_counted("verdict", VERDICT_COLOURS, counts, lang)], lang)


def describe_areas(
    *, rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[str | None]], lang: str
) -> str:
    """
    Put a matrix of verdicts into one sentence: the verdicts of each area, counted.

    Parameters
    ----------
    rows : sequence of str
        Targets.
    columns : sequence of str
        Areas.
    cells : sequence of sequence of str or None
        Verdicts, a row for each target.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The counts by area.
    """
    parts = []
    for at, name in enumerate(columns):
        counts = Counter(verdict for row in cells if (verdict := row[at]) is not None)
        counted = _counted("verdict", VERDICT_COLOURS, counts, lang)
        parts.append(say("figure.describe_share", lang, name=name, value=counted))
    title = say("figure.describe_areas", lang, rows=len(rows), columns=len(columns))
    return _sentence(title, parts, lang)


def describe_availability(
    *, rows: Sequence[str], years: Sequence[int], cells: Sequence[Sequence[str]], lang: str
) -> str:
    """
    Put a matrix of data into one sentence: how many cells are of which kind.

    Parameters
    ----------
    rows : sequence of str
        Indicators.
    years : sequence of int
        Years. [year]
    cells : sequence of sequence of str
        States, a row for each indicator.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The counts.

    Examples
    --------
    >>> describe_availability(rows=["retention"], years=[2019, 2020],
    ...                       cells=[["computed", "missing"]], lang="en")
    'Data on 1 indicators in 2019–2020: computed from counts 1, due and missing 1.'
    """
    if not rows or not years:
        return say("figure.no_data", lang)
    when = say("figure.years", lang, first=min(years), last=max(years))
    title = say("figure.describe_availability", lang, rows=len(rows), years=when)
    counts = Counter(state for row in cells for state in row)
    return _sentence(title, [_counted("figure", AVAILABILITY_STATES, counts, lang)], lang)


def _counted(file: str, order: Iterable[str], counts: Mapping[str, int], lang: str) -> str:
    """List what there is any of, with how many."""
    return say("figure.list", lang).join(
        say("figure.describe_count", lang, what=say(f"{file}.{key}", lang), count=counts[key])
        for key in order
        if counts.get(key)
    ) or say("figure.no_data", lang)


def _sentence(title: str, parts: Sequence[str], lang: str) -> str:
    """Join the parts to what they are about."""
    return say("figure.whole", lang, title=title, parts=say("figure.joint", lang).join(parts))


AREAS = Plot(plot_areas, describe_areas)
AVAILABILITY = Plot(plot_availability, describe_availability)
OUTLOOK = Plot(plot_outlook, describe_outlook)
VERDICTS = Plot(plot_verdicts, describe_verdicts)
