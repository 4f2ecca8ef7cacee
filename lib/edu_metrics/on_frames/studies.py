"""Questions to the study of a project folder, each answered as a DataFrame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from edu_metrics.catalog import Catalog, Study, find_root
from edu_metrics.catalog import load_catalog as load_definitions
from edu_metrics.errors import DataError
from edu_metrics.frames import Limits, numbers_of, year_of
from edu_metrics.report.columns import picked

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.reachability import Assessment, Requirements, SeriesStore


#: A project folder, its definitions where they are loaded, or the one around the working folder.
Root: TypeAlias = Path | str | Catalog | None
Names: TypeAlias = str | Sequence[str] | None

Numbers = float | Iterable[float] | None
_ASSESSED = (
    "study area target reading steps verdict probability interval gap required_pace "
    "pace_percentile year_reached model missing"
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A study with its definitions, and what was asked for of it."""

    catalog: Catalog
    study: Study
    areas: tuple[str, ...] | None
    targets: tuple[str, ...] | None

    @cached_property
    def store(self) -> SeriesStore:
        """The series of the study as of its date, from observations that are built where old."""
        from edu_metrics.reachability import SeriesStore

        return SeriesStore(self.catalog, self.study, load_table(self.study.id, self.catalog))

    def assessed(self, *, numeric: bool = True) -> Iterator[Assessment]:
        """Assess the targets in the areas asked for."""
        from edu_metrics.reachability import assessed

        return assessed(self.store, areas=self.areas, targets=self.targets, numeric=numeric)


def load_catalog(root: Path | str | None = None) -> Catalog:
    """
    Load and check the definitions of a project.

    Parameters
    ----------
    root : Path or str, optional
        The project folder; found upwards from the working folder when left out.

    Returns
    -------
    Catalog
        All definitions, by id and read-only.

    Raises
    ------
    DefinitionError
        With one line for each fault, or if there is no such folder.

    Examples
    --------
    >>> import edu_metrics as em
    >>> em.load_catalog().indicators["compulsory_retention_rate"].better
    'higher'
    """
    if not isinstance(root, str | Path | None):
        raise DataError(f"root: expected a folder; found {root!r}")
    return load_definitions(root or find_root())


def open_study(
    study: str, root: Root = None, *, areas: Names = None, targets: Names = None,
    as_of: dt.date | str | None = None,
) -> Opened:  # fmt: skip
    """
    Open a study: its definitions, and the names of what is asked for checked.

    Raises
    ------
    DefinitionError
        For an unknown study, area or target, with the nearest one.
    """
    catalog = root if isinstance(root, Catalog) else load_catalog(root)
    entry = catalog.study(_named("study", [study])[0])
    for what, names in (("areas", areas), ("targets", targets)):
        if names is not None and not len(names):
            raise DataError(f"{what}: expected at least one, or None for all; found none")
    if as_of is not None:
        entry = catalog.as_of(study, _day(as_of))
    chosen = tuple(catalog.study_area(entry, n).id for n in _named("areas", listed(areas))) or None
    named = _named("targets", listed(targets))
    catalog.plan(entry.plan).chosen(named)
    return Opened(catalog, entry, chosen, tuple(named) or None)


def _named(what: str, given: list[Any]) -> list[str]:
    """Refuse what is no text, such as an id that was read as a number."""
    faults = [f"expected text; found {name!r}" for name in given if not isinstance(name, str)]
    if faults:
        raise DataError(f"{what}: expected names or ids", faults)
    return given


def _day(given: dt.date | str) -> dt.date:
    try:
        return given if isinstance(given, dt.date) else dt.date.fromisoformat(given)
    except (TypeError, ValueError):
        raise DataError(f"as_of: expected a day, YYYY-MM-DD; found {given!r}") from None


def listed(given: Any) -> list[Any]:
    """Give what may be nothing, one thing or several as a list."""
    if given is None:
        return []
    return [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)


def load_table(study: str, root: Root = None) -> pd.DataFrame:
    """
    Give a study's observations, one row each; built from the raw files where they are old.

    Parameters
    ----------
    study : str
        Study id.
    root : Path, str or Catalog, optional
        The project folder or its definitions; found upwards from the working folder when left out.

    Returns
    -------
    DataFrame
        Columns area, year, quantity, group, period, value with lower and upper (where it is known
        as an interval), bound, source, status and vintage.

    Raises
    ------
    DefinitionError
        For an unknown study.
    DataError
        With every fault of the observations.

    Examples
    --------
    >>> import edu_metrics as em
    >>> em.load_table("michigan")["area"].nunique()
    550
    """
    from edu_metrics.report.tables import current_table

    catalog = root if isinstance(root, Catalog) else load_catalog(root)
    return current_table(catalog, catalog.study(_named("study", [study])[0]))


def assess(
    study: str,
    *,
    root: Root = None,
    areas: Names = None,
    targets: Names = None,
    as_of: dt.date | str | None = None,
    readings: bool = False,
) -> pd.DataFrame:
    """
    Judge the targets of a study's plan in its areas.

    Parameters
    ----------
    study : str
        Study id.
    root : Path, str or Catalog, optional
        The project folder or its definitions; found upwards from the working folder when left out.
    areas : str or sequence of str, optional
        Areas of the study, by id, name or alias; all when left out.
    targets : str or sequence of str, optional
        Targets of the plan; all when left out.
    as_of : date or str, optional
        Judge as of another day (YYYY-MM-DD): the study's run of that day, where it has one.
    readings : bool, optional
        All readings and numbers of steps, in place of the default ones alone.

    Returns
    -------
    DataFrame
        Columns study, area, target, reading, steps, verdict, probability, interval, gap,
        required_pace, pace_percentile, year_reached, model and missing: what ``edu-metrics assess
        --format json`` prints.

    Raises
    ------
    DefinitionError
        For an unknown study, area or target.

    Examples
    --------
    >>> import edu_metrics as em
    >>> found = em.assess("mock_city", areas="mock_east", targets="T06_primary_bachelor")
    >>> found[["area", "target"]].to_numpy().tolist()
    [['mock_east', 'T06_primary_bachelor']]
    """
    import pandas as pd

    from edu_metrics.report.summary import as_row

    opened = open_study(study, root, areas=areas, targets=targets, as_of=as_of)
    found = opened.assessed(numeric=False)
    every = [one for first in found for one in ((first, *first.others) if readings else (first,))]
    table = pd.DataFrame([as_row(one) for one in every], columns=_ASSESSED.split())
    numbers = ("probability", "gap", "required_pace", "pace_percentile")
    whole = dict.fromkeys(("steps", "year_reached"), "Int64")
    return table.astype({**whole, **dict.fromkeys(numbers, "float64")})


def scenarios(
    study: str | None = None,
    *,
    pace: Numbers = None,
    base: Numbers = None,
    start: int | None = None,
    years: int | None = None,
    unit: Literal["points", "percent"] = "points",
    levers: Mapping[str, float] | None = None,
    limits: Limits | None = None,
    named: Names = None,
    root: Root = None,
    areas: Names = None,
    targets: Names = None,
) -> pd.DataFrame:
    """
    Say what would come under assumptions, year by year.

    Parameters
    ----------
    study : str, optional
        Study id. Without one, ``base``, ``start``, ``years`` and ``pace`` say it all.
    pace : float or iterable of float, optional
        Change a year; negative for a fall. [unit of the indicator, or percent of the year before]
    base : float or iterable of float, optional
        Where the series is taken to stand; in a study its last value when left out.
    start : int, optional
        Year of the base, where there is no study.
    years : int, optional
        How many years it goes on. In a study it ends when the target is due.
    unit : {"points", "percent"}, optional
        What the pace is counted in.
    levers : mapping of str to float, optional
        In a study: settings of the levers of flow models. With a pace, what they change is added.
    limits : tuple of (float or None), optional
        Lowest and highest value, where there is no study.
    named : str or sequence of str, optional
        In a study: scenarios that are defined; all of them where nothing else is asked for.
    root, areas, targets
        As for :func:`assess`.

    Returns
    -------
    DataFrame
        Columns scenario, area, target, reading, year and value. On a study also case (the numbers
        of a scenario that stands in no file), steps, low and high (80 %), met, probability,
        under_model and reason: a target of which nothing can be said has one row, without a year.

    Raises
    ------
    DataError
        For numbers that are none, a lever that there is not, or too little to go by.
    DefinitionError
        For an unknown study, scenario, area or target.

    Examples
    --------
    6 points a year from 70 % in 2020:

    >>> import edu_metrics as em
    >>> em.scenarios(pace=6, base=70, start=2020, years=5)[["scenario", "year", "value"]]
                        scenario  year  value
    0  base 70, +6 points a year  2021   76.0
    1  base 70, +6 points a year  2022   82.0
    2  base 70, +6 points a year  2023   88.0
    3  base 70, +6 points a year  2024   94.0
    4  base 70, +6 points a year  2025  100.0
    """
    if study is None:
        given = {"levers": levers, "named": named, "areas": areas, "targets": targets, "root": root}
        useless = [name for name, value in given.items() if value is not None]
        paces, bases = numbers_of("pace", pace), numbers_of("base", base)
        return _alone(paces, bases, start, years, unit, limits or (0, 100), useless)
    import pandas as pd

    from edu_metrics.reachability.scenarios import (
        ASKED,
        asked_scenarios,
        course_rows,
        run_scenarios,
    )

    if start is not None:
        raise DataError("start: expected none with a study, which knows its years; give years")
    if levers is not None and not isinstance(levers, Mapping):
        raise DataError(f"levers: expected settings by name, {{'upgrades': 3}}; found {levers!r}")
    if limits is not None:
        raise DataError("limits: expected none with a study, whose indicators have their own")
    opened = open_study(study, root, areas=areas, targets=targets)
    chosen: list[object] = listed(named)
    if any(value is not None for value in (pace, base, years, levers)):
        nothing: list[float | None] = [None]
        paces, bases = numbers_of("pace", pace), numbers_of("base", base)
        for one_pace, one_base in product(paces or nothing, bases or nothing):
            chosen += asked_scenarios(
                pace=one_pace, unit=unit, base=one_base, years=years, levers=levers
            )
    found = run_scenarios(
        opened.store,
        scenarios=tuple(chosen) or None,  # type: ignore[arg-type]
        areas=opened.areas,
        targets=opened.targets,
    )
    if levers and not found:
        raise DataError(
            f"levers: no target asked for has a flow model with {', '.join(levers)}; choose other "
            "targets, or levers of theirs"
        )
    table = pd.DataFrame([row for one in found for row in course_rows(one)], columns=_COLUMNS)
    # What was asked for has no name but its numbers.
    asked = table["scenario"].eq(ASKED) & table["case"].ne("")
    table["scenario"] = table["scenario"].where(~asked, table["case"])
    return table.astype({"steps": "Int64", "year": "Int64", "value": "float64"})


_COLUMNS = [
    "scenario", "area", "target", "reading", "year", "value", "case", "steps", "low", "high",
    "met", "probability", "under_model", "reason",
]  # fmt: skip


def _alone(
    paces: list[float],
    bases: list[float],
    start: int | None,
    years: int | None,
    unit: str,
    limits: Limits,
    useless: list[str],
) -> pd.DataFrame:
    """Follow paces from starts, where there is no study."""
    import pandas as pd

    from edu_metrics.on_frames.tables import paths

    lacking = {"pace": not paces, "base": not bases, "start": start is None, "years": years is None}
    faults = [f"{name}: expected one without a study" for name, lacks in lacking.items() if lacks]
    faults += [f"{name}: only a study has them; name one" for name in useless]
    if unit not in ("points", "percent"):
        faults.append(f"unit: expected points or percent, found {unit!r}")
    if any(one < 1 for one in numbers_of("years", years, whole=True)):
        faults.append(f"years: expected a whole number from 1 up, found {years!r}")
    if faults or start is None or years is None:
        raise DataError("this scenario can't be run", faults)
    first = year_of("start", start)
    found = []
    for base in bases:
        history = pd.Series({first: base}, name="-")
        walked = paths(history, until=first + int(years), limits=limits, **{unit: paces})
        named = f"base {base:.12g}, " + walked["pace"] + " a year"
        found.append(walked.assign(scenario=named, area="", target="", reading=""))
    return pd.concat(found, ignore_index=True)[_COLUMNS[:6]]


def sensitivity(
    study: str, *, root: Root = None, areas: Names = None, targets: Names = None
) -> pd.DataFrame:
    """
    Say what each answer hangs on: every assumption, its weight, and where the answer turns.

    Parameters
    ----------
    study, root, areas, targets
        As for :func:`assess`; numeric targets only.

    Returns
    -------
    DataFrame
        One row an assumption, the one that would change the answer first at the top: area,
        target, model, year, result (the indicator with all at its middle), assumption, kind,
        unit, middle, spread, low, high, result_at_low, result_at_high, variance_share (with
        others), turns_at, in_spreads and reason. A target of which nothing can be said has one
        row with its reason.

    Raises
    ------
    DefinitionError
        For an unknown study, area or target.

    Examples
    --------
    >>> import edu_metrics as em
    >>> found = em.sensitivity("mock_city", areas="mock_east", targets="T06_primary_bachelor")
    >>> sorted(found["kind"].unique())
    ['input', 'lever', 'rate']
    """
    import pandas as pd

    from edu_metrics.reachability import sensitivity_of

    opened = open_study(study, root, areas=areas, targets=targets)
    rows = []
    for judged in opened.assessed():
        found = sensitivity_of(opened.store, judged)
        about = picked(found, _HANGS)
        reason = {"reason": found.reason}
        influences = [picked(one, _INFLUENCE) for one in found.influences]
        rows += [{**about, **one, **reason} for one in influences or [{}]]
    return pd.DataFrame(rows, columns=[*_names(_HANGS), *_names(_INFLUENCE), "reason"])


def _names(picks: str) -> list[str]:
    """Give the names of what is picked."""
    return [one.partition("=")[0] for one in picks.split()]


_HANGS = "area target model year result=middle"
_INFLUENCE = (
    "assumption=name kind unit middle spread low high result_at_low=at_low result_at_high=at_high "
    "variance_share=total turns_at in_spreads"
)


def requirements(
    study: str, *, root: Root = None, areas: Names = None, targets: Names = None
) -> pd.DataFrame:
    """
    Say what each target would take, in people, posts, places or marks.

    Parameters
    ----------
    study, root, areas, targets
        As for :func:`assess`; numeric targets only.

    Returns
    -------
    DataFrame
        One row a lever, under the default reading first and then under others that are open: area,
        target, reading, steps, kind, flow, start_year, start_value, probability (the
        target's own), lever, unit, usual, high, even (the smallest setting for an even chance),
        sure (for 80 %), and reason where there is no lever.

    Raises
    ------
    DefinitionError
        For an unknown study, area or target.

    Examples
    --------
    >>> import edu_metrics as em
    >>> found = em.requirements("mock_city", areas="mock_east", targets="T06_primary_bachelor")
    >>> found["kind"].unique().tolist()
    ['mechanism']
    """
    import pandas as pd

    from edu_metrics.reachability import requirements_of

    opened = open_study(study, root, areas=areas, targets=targets)
    every = (one for judged in opened.assessed() for one in requirements_of(opened.store, judged))
    rows = [row for found in every for row in _requirement_rows(found)]
    names = [*_names(_REQUIRED), "probability", *_names(_NEEDED), "sure", "reason"]
    return pd.DataFrame(rows, columns=names)


_REQUIRED = "area target reading steps kind flow start_year start_value"
_NEEDED = "lever unit usual high even=even.value"


def _requirement_rows(found: Requirements) -> list[dict[str, Any]]:
    from edu_metrics.reachability import two_digits

    about = {**picked(found, _REQUIRED), "probability": two_digits(found.usual)}
    return [
        {
            **about,
            **picked(one, _NEEDED),
            "sure": one.sure.value if one.sure else None,
            "reason": found.reason,
        }
        for one in found.needs
    ] or [{**about, "reason": found.reason}]


def joint(study: str, *, root: Root = None, areas: Names = None) -> pd.DataFrame:
    """
    Take a plan as a whole: how many targets may be met, and how likely all are at once.

    Parameters
    ----------
    study, root, areas
        As for :func:`assess`.

    Returns
    -------
    DataFrame
        One row an area: probable (targets that have a probability), expected (how many of them
        are met) with low_number and high_number (80 %), joint, independent, low and high
        (probability that all are met: with what binds them, without, and its bounds), lost,
        unknown, lowest and weakest target.

    Raises
    ------
    DefinitionError
        For an unknown study or area.

    Examples
    --------
    >>> import edu_metrics as em
    >>> em.joint("mock_city", areas="mock_east")["area"].tolist()
    ['mock_east']
    """
    import pandas as pd

    from edu_metrics.reachability import assess_jointly
    from edu_metrics.report.joint import joint_row

    opened = open_study(study, root, areas=areas)
    rows = []
    for area in opened.areas or opened.store.areas:
        row = joint_row(assess_jointly(opened.store, area))
        low, high = row["interval"]
        rows.append({**row, "low_number": low, "high_number": high})
    columns = "area probable expected low_number high_number joint independent low high lost"
    return pd.DataFrame(rows)[[*columns.split(), "unknown", "lowest", "weakest"]]


def precedents(
    study: str, *, root: Root = None, areas: Names = None, targets: Names = None
) -> pd.DataFrame:
    """
    Say how often comparable series kept the pace that each target asks for.

    Parameters
    ----------
    study, root, areas, targets
        As for :func:`assess`; numeric targets only, under their default reading.

    Returns
    -------
    DataFrame
        One row a target and reference class: area, target, reference, band, years, pace (in the
        better direction: of what has to fall, how fast it has to), kept (windows that kept it every
        year), windows, share_pct with low_pct and high_pct (95 %),
        percentile, fastest, and reason where nothing is comparable.

    Raises
    ------
    DefinitionError
        For an unknown study, area or target.

    Examples
    --------
    >>> import edu_metrics as em
    >>> found = em.precedents("mock_city", areas="mock_east", targets="T06_primary_bachelor")
    >>> found["reference"].tolist()
    ['ordinary', 'test_change']
    """
    import pandas as pd

    from edu_metrics.reachability.precedent import NoPrecedent, classes_of, precedents_of

    opened = open_study(study, root, areas=areas, targets=targets)
    classes = classes_of(opened.catalog, opened.study)
    rows: list[dict[str, Any]] = []
    for one in opened.assessed():
        indicator = opened.catalog.indicator(one.indicator) if one.indicator else None
        found, about = precedents_of(one, indicator, classes), picked(one, "area target")
        if isinstance(found, NoPrecedent):
            rows.append({**about, "reason": str(found)})
            continue
        rows += [{**about, **picked(each, _PRECEDENT), "reason": None} for each in found]
    return pd.DataFrame(rows, columns=["area", "target", *_names(_PRECEDENT), "reason"])


_PRECEDENT = (
    "reference=reference.id band years pace kept=kept.count windows=kept.windows "
    "share_pct=kept.share low_pct=kept.low high_pct=kept.high percentile fastest=fastest.pace_pp"
)


def status_rules(
    study: str, *, root: Root = None, areas: Names = None, targets: Names = None
) -> pd.DataFrame:
    """
    Hold published status rules beside our verdicts.

    Parameters
    ----------
    study, root, areas, targets
        As for :func:`assess`; numeric targets with a level and two observed years.

    Returns
    -------
    DataFrame
        One row a rule: area, target, verdict (ours), rule, status, ratio, score, observed,
        required, unable and turned (whether the complement gets another answer).

    Raises
    ------
    DefinitionError
        For an unknown study, area or target.

    Examples
    --------
    >>> import edu_metrics as em
    >>> found = em.status_rules("mock_city", areas="mock_east", targets="T06_primary_bachelor")
    >>> found["rule"].tolist()[:4]
    ['open_sdg', 'un_chart', 'german_weather', 'sdr_arrow']
    """
    import pandas as pd

    from edu_metrics.reachability import status_table_of

    opened = open_study(study, root, areas=areas, targets=targets)
    rows = []
    for one in opened.assessed():
        table = status_table_of(opened.store, one)
        about = {**picked(one, "area target"), "verdict": str(one.verdict)}
        rows += [{**about, **row} for row in table.as_rows()] if table else []
    columns = "area target verdict rule status ratio score observed required unable turned"
    return pd.DataFrame(rows, columns=columns.split())


def audit(plan: str, *, root: Root = None) -> pd.DataFrame:
    """
    Hold a plan against itself: what contradicts, asks for nothing, or can be read twice.

    Parameters
    ----------
    plan : str
        Plan id.
    root : Path, str or Catalog, optional
        The project folder or its definitions; found upwards from the working folder when left out.

    Returns
    -------
    DataFrame
        One row a finding: id, kind, severity, rule, targets, message_zh, message_en, numbers.

    Raises
    ------
    DefinitionError
        For an unknown plan.

    Examples
    --------
    >>> import edu_metrics as em
    >>> "impossible" in set(em.audit("mock_broken_plan")["kind"])
    True
    """
    import pandas as pd

    from edu_metrics.plan_audit import as_rows
    from edu_metrics.report.tables import audit_plan

    catalog = root if isinstance(root, Catalog) else load_catalog(root)
    return pd.DataFrame(as_rows(audit_plan(catalog, catalog.plan(plan))))
