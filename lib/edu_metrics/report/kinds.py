"""Which kinds of reports a study has, the notebooks that make them, and their parameters."""

from __future__ import annotations

import ast
import sys
from collections import Counter

from edu_metrics.catalog import Catalog, Indicator, Plan, Study, nearest
from edu_metrics.errors import ReportError

#: The notebooks.
DISTRICT, CITY, AUDIT = "district_report.ipynb", "city_overview.ipynb", "plan_audit.ipynb"
RECORD, COMPARISON = "track_record.ipynb", "scenario_comparison.ipynb"
#: What the reports that are not of one area are called, and what they are made by.
OVERVIEW, PLAN_AUDIT, TRACK_RECORD = "overview", "plan_audit", "track_record"
WHOLE = {OVERVIEW: CITY, PLAN_AUDIT: AUDIT, TRACK_RECORD: RECORD}
#: What follows an area's id where its scenarios are compared.
SCENARIOS = ".scenarios"


def audited_study(catalog: Catalog, plan: Plan) -> Study | None:
    """
    Give the study whose figures a plan is audited with: its latest real one.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    plan : Plan
        The plan.

    Returns
    -------
    Study or None
        None where the plan has no study of real places.
    """
    real = [s for s in catalog.studies.values() if s.plan == plan.id and not s.simulated]
    return max(real, key=lambda study: study.as_of, default=None)


#: From so many areas of one level on a study gets a track record of its own.
AREAS = 20


def judged_by(catalog: Catalog, study: Study) -> dict[str, Indicator]:
    """Give the indicators that the numeric targets of a study's plan judge, in order."""
    names = dict.fromkeys(
        target.indicator
        for target in catalog.plan(study.plan).targets
        if target.numeric and target.indicator
    )
    return {name: catalog.indicators[name] for name in names}


def rates_of(catalog: Catalog, study: Study) -> dict[str, Indicator]:
    """Give the rates from 0 to 100 that the numeric targets of a study's plan judge, in order."""
    judged = judged_by(catalog, study)
    return {name: entry for name, entry in judged.items() if entry.bounds == (0, 100)}


def commonest_level(catalog: Catalog, study: Study) -> list[str]:
    """Give the areas of a study on the level on which most of them stand."""
    areas = catalog.expand(study.areas)
    levels = Counter(catalog.areas[area].level for area in areas)
    level = levels.most_common(1)[0][0]
    return [area for area in areas if catalog.areas[area].level == level]


def has_record(catalog: Catalog, study: Study) -> bool:
    """
    Tell whether a study gets a track record.

    How models do on invented numbers says how the numbers were invented, so that an invented study
    gets one only where its definition asks for it.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.

    Returns
    -------
    bool
        What its definition says; else whether it is real, has at least 20 areas on one level and a
        plan that judges a rate from 0 to 100.
    """
    if study.track_record is not None:
        return study.track_record
    enough = len(commonest_level(catalog, study)) >= AREAS
    return enough and not study.simulated and bool(rates_of(catalog, study))


def index_name(study: Study, lang: str) -> str:
    """
    Name the page that lists the reports of a study in a language.

    Parameters
    ----------
    study : Study
        The study.
    lang : {"zh", "en"}
        One of its languages; the page in its first one is the one opened first.

    Returns
    -------
    str
        Name of the file.
    """
    return "index.html" if lang == study.languages[0] else f"index.{lang}.html"


#: How the cell begins that papermill puts behind the notebook's own parameters.
_GIVEN = "# Parameters\n"


def refuse_unknown_parameters() -> list[str]:
    """
    Refuse what papermill was given and the notebook does not declare, with the nearest name.

    Papermill only warns, and the notebook would run with the values that it declares. Outside a
    notebook, and where no parameters were given, nothing is looked at.

    Returns
    -------
    list of str
        What papermill was given, in alphabetical order.

    Raises
    ------
    ReportError
        Naming every unknown parameter, and those that there are.

    Examples
    --------
    >>> import edu_metrics as em
    >>> em.refuse_unknown_parameters()
    []
    """
    cells = _cells_run()
    place = next((n for n, cell in enumerate(cells) if cell.startswith(_GIVEN)), 0)
    declared = {name for cell in cells[:place] for name in assigned(cell)}
    given = sorted(assigned(cells[place])) if declared else []
    faults = [
        f"no parameter {name!r}{nearest(name, declared)} (there are {', '.join(sorted(declared))})"
        for name in given
        if name not in declared
    ]
    if faults:
        raise ReportError("unknown notebook parameters", faults)
    return given


def _cells_run() -> list[str]:
    """Give the cells of the notebook that were run so far, this one included."""
    if "IPython" not in sys.modules:
        return [""]
    from IPython import get_ipython

    shell = get_ipython()
    return ["", *map(str, shell.user_ns.get("In", ()))] if shell else [""]


def assigned(code: str) -> set[str]:
    r"""
    Find the names that a cell sets.

    Examples
    --------
    >>> sorted(assigned("area: str = 'x'  # area id\na = b = 2\nc.d = 1"))
    ['a', 'area', 'b']
    """
    return {
        name.id
        for line in ast.parse(code).body
        if isinstance(line, ast.Assign | ast.AnnAssign)
        for name in (line.targets if isinstance(line, ast.Assign) else [line.target])
        if isinstance(name, ast.Name)
    }
