"""Parameters of a notebook that somebody runs with papermill, and not through a batch."""

from __future__ import annotations

import ast
import sys

from edu_metrics.catalog import nearest
from edu_metrics.errors import ReportError

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
