"""Packages that load a public name when it is first asked for."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def late(package: str) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """
    Offer what a package imports under ``if TYPE_CHECKING``, each loaded when it is first used.

    Parameters
    ----------
    package : str
        The package that asks, by its ``__name__``.

    Returns
    -------
    tuple
        Its ``__all__``, ``__getattr__`` and ``__dir__``. Type checkers read the imports, and so
        does this: no second list can differ from them.

    Examples
    --------
    >>> names, find, _ = late("edu_metrics.batch")
    >>> find("plan_jobs").__module__
    'edu_metrics.batch.jobs'
    """
    module = sys.modules[package]
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    homes = {
        alias.name: line.module
        for block in tree.body
        if isinstance(block, ast.If)
        for line in block.body
        if isinstance(line, ast.ImportFrom) and line.module
        for alias in line.names
    }
    names = sorted(homes)

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(homes[name]), name)
        setattr(module, name, found)
        return found

    return names, find, lambda: names
