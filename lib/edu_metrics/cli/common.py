"""What every verb needs: options, exit statuses, and how definitions and names are loaded."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from edu_metrics.errors import EduMetricsError, require_extra
from edu_metrics.limits import FIRST_DAY, LAST_DAY, inert, is_day

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.catalog import Catalog, Study
    from edu_metrics.on_frames.studies import Opened

app = typer.Typer(
    name="edu-metrics",
    help="Find out whether the numbers that an education plan promises can be kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FAULT, USAGE, INTERRUPTED = 1, 2, 130


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"


class Lang(StrEnum):
    """Languages whose texts come with the package."""

    ZH = "zh"
    EN = "en"


class PaceUnit(StrEnum):
    """What a pace is counted in."""

    POINTS = "points"
    PERCENT = "percent"


Root = Annotated[
    Path | None, typer.Option("--root", help="Project folder with its own data/definitions.")
]
StudyName = Annotated[str, typer.Argument(help="Study id.")]
Studies = Annotated[list[str] | None, typer.Argument(help="Studies; all when left out.")]
AreaName = Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")]
TargetName = Annotated[str | None, typer.Option(help="Only this target.")]
Shape = Annotated[Format, typer.Option("--format", help="How to print results.")]


def stop(error: Exception, status: int) -> NoReturn:
    """Say what went wrong on stderr, and end."""
    sys.stderr.write(inert(f"edu-metrics: {error}\n"))
    sys.exit(status)


def serve_page(serve: Callable[..., int], told: str, lang: str) -> None:
    """Serve a page and print its address; end as Ctrl-C does where that is what stopped it."""
    from edu_metrics.words import say

    def ready(address: str) -> None:
        sys.stdout.write(f"{say(told, lang, address=address)}\n{say('explore.stop', lang)}\n")
        sys.stdout.flush()

    if serve(ready=ready) == signal.SIGINT:
        raise typer.Exit(INTERRUPTED)


@contextlib.contextmanager
def usage() -> Iterator[None]:
    """Turn a name that does not exist into a usage fault."""
    try:
        yield
    except EduMetricsError as error:
        stop(error, USAGE)


def day_of(option: str, given: dt.date | str | None) -> dt.date | None:
    """Read a date that an option gives, or stop."""
    try:
        day = dt.date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        day = None
    if given is not None and (day is None or not is_day(day)):
        expected = f"expected a date such as 2024-03-01, from {FIRST_DAY} to {LAST_DAY}"
        shown = given if isinstance(given, str) else given.isoformat()
        stop(EduMetricsError(f"{option}: {expected}, found {shown!r}"), USAGE)
    return day


def load(root: Path | None) -> Catalog:
    """Load the definitions of a project folder."""
    from edu_metrics.catalog import find_root, load_catalog

    if root is not None and not (root / "data" / "definitions").is_dir():
        message = f"--root {root}: expected a folder that holds data/definitions"
        stop(EduMetricsError(message), USAGE)
    with usage():
        folder = root or find_root()
    return load_catalog(folder)


def studies_of(catalog: Catalog, names: list[str] | None) -> list[Study]:
    """Resolve the names of studies; all of them where none is named."""
    with usage():
        return [catalog.study(name) for name in dict.fromkeys(names or catalog.studies)]


def one_a_table(studies: Iterable[Study]) -> Iterable[Study]:
    """Give one study for each table: the runs of a study share its own."""
    from edu_metrics.catalog import study_file

    tables: dict[str, Study] = {}
    for study in studies:
        tables.setdefault(study_file(study.id), study)
    return tables.values()


def asked_for(
    catalog: Catalog,
    study: str,
    area: str | None = None,
    target: str | None = None,
    as_of: dt.datetime | None = None,
) -> Opened:
    """Find what a command was asked for; a name that does not exist is a usage error."""
    from edu_metrics.on_frames.studies import open_study

    day = day_of("--as-of", as_of.date()) if as_of else None
    with usage():
        opened = open_study(study, catalog, areas=area, targets=target, as_of=day)
    require_extra("reports", "pyarrow")
    return opened


def settings_of(levers: list[str] | None) -> dict[str, float]:
    """Read settings such as ``upgrades=3``."""
    settings, faults = {}, []
    for given in levers or ():
        name, _, value = given.partition("=")
        try:
            settings[name.strip()] = float(value)
        except ValueError:
            faults.append(f"{given!r}: expected a name and a number, such as upgrades=3")
    if faults:
        raise EduMetricsError("--lever: expected NAME=VALUE", faults)
    return settings


def table_of(catalog: Catalog, study: Study) -> pd.DataFrame:
    """Give a study's observations, built where they are missing or old."""
    require_extra("reports", "pyarrow")
    from edu_metrics.report.tables import current_table

    return current_table(catalog, study)
