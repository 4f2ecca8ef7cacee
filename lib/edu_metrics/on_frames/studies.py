"""Questions to the study of a project folder, each answered as a DataFrame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from edu_metrics.catalog import Catalog, Plan, Study, Target, find_root
from edu_metrics.catalog import load_catalog as load_definitions

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.reachability import Assessment, Requirements, SeriesStore

__all__ = [
    "Opened",
    "assess",
    "audit",
    "joint",
    "load_catalog",
    "load_table",
    "open_study",
    "precedents",
    "requirements",
    "sensitivity",
    "status_rules",
]

#: A project folder, its definitions where they are loaded, or the one around the working folder.
Root: TypeAlias = Path | str | Catalog | None
Names: TypeAlias = str | Sequence[str] | None

_ASSESSED = (
    "study area target reading steps verdict probability interval gap required_pace "
    "pace_percentile year_reached model missing"
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A study with its definitions and observations, and what was asked for of it."""

    catalog: Catalog
    study: Study
    table: pd.DataFrame
    areas: tuple[str, ...] | None
    targets: tuple[str, ...] | None

    @property
    def plan(self) -> Plan:
        """The study's plan."""
        return self.catalog.plan(self.study.plan)

    @property
    def numeric(self) -> list[Target]:
        """The numeric targets asked for, in the order of the plan."""
        return [target for target in self.plan.chosen(self.targets) if target.numeric]

    def store(self) -> SeriesStore:
        """Give the series of the study as of its date."""
        from edu_metrics.reachability import SeriesStore

        return SeriesStore(self.catalog, self.study, self.table)

    def assessed(self, store: SeriesStore) -> Iterable[tuple[Target, Assessment]]:
        """Assess the numeric targets in the areas asked for."""
        from edu_metrics.reachability import assess_target

        for area in self.areas or store.areas:
            for target in self.numeric:
                yield target, assess_target(store, self.plan, target, area)


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
    return load_definitions(root or find_root())


def open_study(
    study: str, root: Root = None, *, areas: Names = None, targets: Names = None,
    as_of: dt.date | str | None = None,
) -> Opened:  # fmt: skip
    """
    Open a study: definitions, observations (built where they are missing or old), names checked.

    Raises
    ------
    DefinitionError
        For an unknown study, area or target, with the nearest one.
    """
    catalog = root if isinstance(root, Catalog) else load_catalog(root)
    date = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    entry = catalog.as_of(study, date) if date else catalog.study(study)
    chosen = tuple(catalog.study_area(entry, name).id for name in _listed(areas)) or None
    named = _listed(targets)
    catalog.plan(entry.plan).chosen(named)
    return Opened(catalog, entry, load_table(study, catalog), chosen, tuple(named) or None)


def _listed(names: Names) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


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
        Columns area, year, quantity, group, period, value, bound, source, status and vintage.

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
    return current_table(catalog, catalog.study(study))


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

    from edu_metrics.reachability import assess as assess_study

    opened = open_study(study, root, areas=areas, targets=targets, as_of=as_of)
    found = assess_study(
        opened.catalog, opened.study, opened.table, areas=opened.areas, targets=opened.targets
    )
    every = [one for first in found for one in ((first, *first.others) if readings else (first,))]
    table = pd.DataFrame([_row(one) for one in every], columns=_ASSESSED.split())
    numbers = ("probability", "gap", "required_pace", "pace_percentile")
    whole = dict.fromkeys(("steps", "year_reached"), "Int64")
    return table.astype({**whole, **dict.fromkeys(numbers, "float64")})


def _named(one: object, names: str) -> dict[str, Any]:
    """Take attributes by their names, as columns of a row."""
    return {name: getattr(one, name) for name in names.split()}


def _row(one: Assessment) -> dict[str, Any]:
    from edu_metrics.reachability import two_digits

    return {
        **_named(one, _ASSESSED),
        "verdict": str(one.verdict),
        "probability": two_digits(one.probability),
        "interval": list(one.interval) if one.interval else None,
        "missing": [_named(item, "quantity group year area") for item in one.missing],
    }


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

    from edu_metrics.reachability import Quantities, sensitivity_of

    opened = open_study(study, root, areas=areas, targets=targets)
    store = opened.store()
    quantities = Quantities(store)
    rows = []
    for target, judged in opened.assessed(store):
        found = sensitivity_of(
            store, opened.plan, target, judged.area, assessment=judged, quantities=quantities
        )
        about = _named(found, "area target model year") | {"result": found.middle}
        rows += [
            {
                **about,
                "assumption": one.name,
                **_named(one, "kind unit middle spread low high"),
                "result_at_low": one.at_low,
                "result_at_high": one.at_high,
                "variance_share": one.total,
                **_named(one, "turns_at in_spreads"),
                "reason": found.reason,
            }
            for one in found.influences
        ] or [{**about, "reason": found.reason}]
    return pd.DataFrame(rows)


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

    from edu_metrics.reachability import Quantities, requirements_of

    opened = open_study(study, root, areas=areas, targets=targets)
    store = opened.store()
    quantities = Quantities(store)
    rows = []
    for target, judged in opened.assessed(store):
        for found in requirements_of(
            store, opened.plan, target, judged.area, assessment=judged, quantities=quantities
        ):
            rows += _requirement_rows(found)
    return pd.DataFrame(rows)


def _requirement_rows(found: Requirements) -> list[dict[str, Any]]:
    about = _named(found, "area target reading steps kind flow start_year start_value")
    about["probability"] = found.usual
    return [
        {
            **about,
            **_named(one, "lever unit usual high"),
            "even": one.even.value,
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

    from edu_metrics.reachability import assess_jointly, two_digits
    from edu_metrics.trajectories import stated

    opened = open_study(study, root, areas=areas)
    store = opened.store()
    odds_names = ("joint", "independent", "low", "high")
    by_area: dict[str, dict[str, Assessment]] = {}
    for target, one in opened.assessed(store):
        by_area.setdefault(one.area, {})[target.id] = one
    rows = []
    for area, assessments in by_area.items():
        found = assess_jointly(store, opened.plan, area, assessments)
        odds = asdict(found.odds) if found.odds else dict.fromkeys(odds_names)
        rows.append(
            {
                "area": area,
                "probable": len(found.probabilities),
                "expected": found.expected,
                "low_number": found.interval[0],
                "high_number": found.interval[1],
                **{
                    name: None if odds[name] is None else two_digits(float(stated(odds[name])))
                    for name in odds_names
                },
                **_named(found, "lost unknown lowest weakest"),
            }
        )
    return pd.DataFrame(rows)


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
        One row a target and reference class: area, target, reference, band, years, pace, kept
        (windows that kept it every year), windows, share_pct with low_pct and high_pct (95 %),
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
    for target, one in opened.assessed(opened.store()):
        indicator = opened.catalog.indicator(one.indicator) if one.indicator else None
        found = precedents_of(one, indicator, classes)
        about = {"area": one.area, "target": target.id}
        if isinstance(found, NoPrecedent):
            rows.append({**about, "reason": str(found)})
            continue
        rows += [
            {
                **about,
                "reference": each.reference.id,
                **_named(each, "band years pace"),
                "kept": each.kept.count,
                "windows": each.kept.windows,
                "share_pct": each.kept.share,
                "low_pct": each.kept.low,
                "high_pct": each.kept.high,
                "percentile": each.percentile,
                "fastest": each.fastest.pace_pp,
                "reason": None,
            }
            for each in found
        ]
    return pd.DataFrame(rows)


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

    from edu_metrics.reachability import SideBySide

    opened = open_study(study, root, areas=areas, targets=targets)
    store = opened.store()
    beside = SideBySide(store)
    rows = []
    for target, one in opened.assessed(store):
        table = beside.table(target, one)
        about = {"area": one.area, "target": target.id, "verdict": str(one.verdict)}
        rows += [{**about, **row} for row in table.as_rows()] if table else []
    names = ["area", "target", "verdict", "rule", "status", "ratio", "score", "observed",
             "required", "unable", "turned"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


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
