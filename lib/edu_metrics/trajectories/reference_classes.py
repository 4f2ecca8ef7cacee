"""
Reference classes: what comparable series did, by starting band and length, and from which files.

A window is a run of years of one series, all observed, none of them across a break. All windows
are counted, so they overlap. A rate where less is better is looked at through its complement to
100: a fall from 30 to 25 is a gain from 70 to 75.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from edu_metrics.catalog import Catalog, GainCell, PanelInput, ReferenceClass, nearest
from edu_metrics.catalog.reading_yaml import parse
from edu_metrics.catalog.reference_classes import ALL, BANDS, PERCENTILES, SPANS, Counts, Fastest
from edu_metrics.errors import DataError
from edu_metrics.limits import read_file
from edu_metrics.trajectories.panels import Panel, read_cells, read_panels, to_panels

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

#: Steps of the counts. [percentage points a year; percentage points; percent a year] Between two
#: of them a straight line is taken. Rates that are published in whole points heap up there, so that
#: much fewer gain a little more than a whole point than gain just one: the steps beyond it say so.
STEPS = {
    "kept": (
        0.0, 0.01, 0.5, 1.0, 1.01, 1.5, 2.0, 2.01, 2.5, 3.0, 3.01, 4.0, 4.01, 5.0, 5.01, 6.5, 8.0,
        10.0, 12.5, 15.0, 20.0,
    ),
    "total": (
        0.01, 0.5, 1.0, 1.01, 1.5, 2.0, 2.01, 3.0, 3.01, 4.0, 4.01, 5.0, 5.01, 7.5, 10.0, 12.5,
        15.0, 20.0, 25.0, 30.0,
    ),
    "shrunk": (1.0, 2.0, 5.0, 10.0, 20.0, 30.0),
}  # fmt: skip
#: Values are taken to so many decimals: a number that was stored with the precision of float32
#: (30.799999237) is the decimal that it was before (30.8).
DECIMALS = 5
DRAWS, SEED = 1000, 20
#: Where an event was never seen in n series, its share is below 3/n with 95 % certainty [1]_.
#:
#: .. [1] Hanley, J. A. and Lippman-Hand, A. (1983). *If nothing goes wrong, is everything all
#:    right?* JAMA 249(13), 1743-1745.
NEVER_SEEN = 300.0


def band_of(value: float) -> str:
    """
    Name the starting band of a value; the upper end of a band belongs to it.

    Parameters
    ----------
    value : float
        Starting value, 0-100. [percent]

    Returns
    -------
    str
        One of the bands of :data:`~edu_metrics.catalog.reference_classes.BANDS`.

    Raises
    ------
    DataError
        If the value is outside 0-100.

    Examples
    --------
    >>> band_of(20), band_of(20.1), band_of(95.5)
    ('<=20', '20-40', '>95')
    """
    if not 0 <= value <= 100:
        raise DataError(f"value: expected 0 to 100, found {value:g}; it has no starting band")
    return list(BANDS)[int(_band_numbers(np.array([value]))[0])]


def _band_numbers(values: Floats) -> Whole:
    return np.searchsorted(list(BANDS.values())[:-1], np.round(values, DECIMALS), side="left")


def complement(panel: Panel) -> Panel:
    """
    Turn a rate into what is missing to 100, so that a fall of one is a gain of the other.

    Parameters
    ----------
    panel : Panel
        A rate in many areas. [percent]

    Returns
    -------
    Panel
        The same areas and years. [percent]
    """
    return replace(panel, values=np.round(100 - panel.values, DECIMALS))


def windows_of(members: Sequence[Panel], years: int) -> pd.DataFrame:
    """
    Take all windows of one length out of panels.

    Parameters
    ----------
    members : sequence of Panel
        The panels; neither their order nor that of their areas matters.
    years : int
        Length. [years]

    Returns
    -------
    DataFrame
        One row for each run of ``years + 1`` observed years that reaches across no break: ``start``
        [percent], ``total`` gain and ``kept``, the least gain of a year [percentage points],
        ``shrunk``, the least fall a year of what is missing to 100 [percent of it], and
        ``series``, ``panel`` and ``first_year``.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([[50.0, 53.0, np.nan, 60.0, 61.0]])
    >>> panel = Panel("passed", ("a",), (2001, 2002, 2003, 2004, 2005), values, values)
    >>> windows_of([panel], 1)["total"].tolist()
    [3.0, 1.0]
    """
    import pandas as pd

    parts: list[pd.DataFrame] = []
    number = 0
    for panel in _in_order(members):
        rows = np.argsort(np.array(panel.areas), kind="stable")
        values = np.round(panel.values[rows], DECIMALS)
        for at in range(len(panel.years) - years):
            first, last = panel.years[at], panel.years[at + years]
            if any(first < year <= last for year in panel.breaks):
                continue
            span = values[:, at : at + years + 1]
            seen = np.flatnonzero(np.isfinite(span).all(axis=1))
            part = pd.DataFrame(_measured(span[seen]) | {"series": number + seen})
            parts.append(part.assign(panel=panel.name, first_year=first))
        number += len(rows)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _measured(values: Floats) -> dict[str, Floats]:
    """Measure windows, one a row, from their values by year."""
    gains = np.round(np.diff(values, axis=1), DECIMALS)
    missing = np.round(100 - values[:, :-1], DECIMALS)
    # Where nothing is missing, nothing can shrink.
    falls = np.full(missing.shape, -np.inf)
    np.divide(100 * gains, missing, out=falls, where=missing > 0)
    return {
        "start": values[:, 0],
        "total": np.round(gains.sum(axis=1), DECIMALS),
        "kept": gains.min(axis=1),
        "shrunk": np.round(falls, DECIMALS).min(axis=1),
    }


def _in_order(members: Sequence[Panel]) -> list[Panel]:
    """Sort panels by what they hold, so that no result hangs on the order of files."""
    return sorted(
        members, key=lambda one: (one.name, sorted(one.areas), one.years, one.values.tobytes())
    )


def gain_table(members: Sequence[Panel], *, draws: int = DRAWS) -> tuple[GainCell, ...]:
    """
    Count what windows did, by length and starting band.

    Parameters
    ----------
    members : sequence of Panel
        The panels that are held to be comparable. [percent]
    draws : int, optional
        Bootstrap samples behind each interval; the same panels give the same table.

    Returns
    -------
    tuple of GainCell
        By length and band; cells without a window are left out. Intervals of shares resample
        whole series and so do not see that series of one place or year move together; where
        nothing (or everything) was seen in n series the bound is 3/n (or 1 - 3/n).

    Raises
    ------
    DataError
        If no panel has a single window of one year.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([[10.0, 16.0, 22.0], [10.0, 11.0, 30.0]])
    >>> panel = Panel("passed", ("a", "b"), (2001, 2002, 2003), values, values)
    >>> cells = gain_table([panel])
    >>> cell = next(cell for cell in cells if (cell.band, cell.years) == ("<=20", 2))
    >>> cell.windows, dict(zip(cell.kept.at, cell.kept.windows))[5.0], cell.fastest.pace_pp
    (2, 1, 6.0)
    """
    cells = tuple(
        _cell(found, band, years, draws, [SEED, years, number])
        for years in SPANS
        for number, (band, found) in enumerate(_by_band(windows_of(members, years)))
        if len(found)
    )
    if not cells:
        raise DataError(
            "expected panels in which some area was observed in two years running; found none"
        )
    return cells


def _by_band(windows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    if len(windows):
        numbers = _band_numbers(windows["start"].to_numpy())
        yield from ((band, windows[numbers == number]) for number, band in enumerate(BANDS))
        yield ALL, windows


def _cell(windows: pd.DataFrame, band: str, years: int, draws: int, seed: list[int]) -> GainCell:
    _, series = np.unique(windows["series"], return_inverse=True)
    size = int(series.max()) + 1
    weights = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=draws)
    gains = np.percentile(windows["total"], PERCENTILES)
    best = windows.iloc[int(np.argmax(windows["kept"]))]
    first = int(best["first_year"])
    return GainCell.model_validate(
        {
            "band": band,
            "years": years,
            "windows": len(windows),
            "series": size,
            "gains_pp": {p: _short(gain) for p, gain in zip(PERCENTILES, gains, strict=True)},
            "fastest": Fastest(
                pace_pp=_short(best["kept"]),
                panel=best["panel"],
                first_year=first,
                last_year=first + years,
            ),
            **{
                name: _counts(windows[name].to_numpy(), steps, series, weights.astype(float))
                for name, steps in STEPS.items()
            },
        }
    )


def _counts(reached: Floats, steps: Sequence[float], series: Whole, weights: Floats) -> Counts:
    """Count windows and series that reached each step, and bound shares over resampled series."""
    size = weights.shape[1]
    drawn = weights @ np.bincount(series, minlength=size)
    rows = []
    for step in steps:
        hit = reached >= step
        if hit.any() and not hit.all():
            shares = 100 * (weights @ np.bincount(series[hit], minlength=size)) / drawn
            low, high = np.percentile(shares, [2.5, 97.5])
        else:
            edge = min(NEVER_SEEN / size, 100.0)
            low, high = (100.0 - edge, 100.0) if hit.any() else (0.0, edge)
        number = len(np.unique(series[hit]))
        rows.append((step, int(hit.sum()), number, _short(low), _short(high)))
    names = ("at", "windows", "series", "low", "high")
    return Counts(**dict(zip(names, zip(*rows, strict=True), strict=True)))


def _short(number: float) -> float:
    """Keep two decimals, and no minus before a nought."""
    return round(float(number), 2) + 0.0


def class_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """List the classes of a catalog: size, kind, years, and sources with their licence."""
    rows = []
    for entry in catalog.reference_classes.values():
        whole = entry.cell(ALL, 3) or entry.table[-1]
        sources = [catalog.sources[given.source] for given in entry.panels]
        rows.append(
            {
                "id": entry.id,
                "name_zh": entry.name.in_("zh"),
                "name_en": entry.name.in_("en"),
                "kind": entry.kind,
                "windows": whole.windows,
                "window_years": whole.years,
                "series": whole.series,
                "years": f"{entry.first_year}-{entry.last_year}",
                "made": entry.made.isoformat(),
                "command": entry.command,
                "provenance": [source.id for source in sources],
                "licences": [source.licence_in("en") for source in sources],
                "read": [source.read for source in sources],
            }
        )
    return rows


def table_rows(entry: ReferenceClass) -> list[dict[str, Any]]:
    """Give the cells of a class as lines of a table."""
    return [_cell_row(cell) for cell in entry.table]


def _cell_row(cell: GainCell) -> dict[str, Any]:
    found = cell.kept
    counted = zip(found.windows, found.low, found.high, strict=True)
    kept = dict(zip(found.at, counted, strict=True))
    five, low, high = kept.get(5.0, (None, None, None))
    return {
        **cell.model_dump(include={"band", "years", "windows", "series"}),
        **{f"p{percent:02}": cell.gains_pp[percent] for percent in (5, 50, 95)},
        "kept 3": kept.get(3.0, (None,))[0],
        "kept 5": five,
        "share of 5": None if five is None else f"{100 * five / cell.windows:.2f} %",
        "interval": None if five is None else f"{low:g}-{high:g}",
        "fastest": f"{cell.fastest.pace_pp:g} ({cell.fastest.panel})",
    }


def as_yaml(made: Mapping[str, Any]) -> str:
    """
    Write a table, or a class made anew, as it stands in a definition file.

    Parameters
    ----------
    made : mapping
        From :func:`new_class`, or the key ``table`` with what :func:`rebuild` gives.

    Returns
    -------
    str
        YAML.
    """
    content = {**made, "table": [cell.model_dump() for cell in made["table"]]}
    text: str = yaml.safe_dump(
        content, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    return text


def find_panel_file(name: str) -> Path:
    """
    Find a panel file by its path, or inside an installed package.

    Parameters
    ----------
    name : str
        A path, or ``package:path/inside/it``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        If there is no such file, or the package is not installed.
    """
    if Path(name).is_file():
        return Path(name)
    package, colon, inside = name.partition(":")
    if not colon or not package.isidentifier():
        raise DataError(f"{name}: there is no such file; name a panel as a CSV file, plain or .gz")
    try:
        found = resources.files(package).joinpath(*inside.split("/"))
    except ModuleNotFoundError:
        raise DataError(
            f"{name}: the package {package!r} is not installed; run: pip install {package}"
        ) from None
    if not isinstance(found, Path) or not found.is_file():
        raise DataError(f"{name}: the package {package!r} has no file {inside!r}")
    return found


def checksum(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(read_file(path)).hexdigest()


def members_of(given: PanelInput, path: Path) -> list[Panel]:
    """
    Read the panels that an entry of a class names.

    Parameters
    ----------
    given : PanelInput
        Which panels, which years, and their breaks.
    path : Path
        The file.

    Returns
    -------
    list of Panel
        In the order of ``indicators``; of a rate where less is better, the complement.

    Raises
    ------
    DataError
        If the file is no panel file or lacks a panel that is named.
    """
    held = {panel.name: panel for panel in _panels(given, path)}
    lacking = [name for name in given.indicators if name not in held]
    if lacking:
        raise DataError(
            f"{path.name}: expected the panels {', '.join(given.indicators)}",
            [f"no panel {name!r}{nearest(name, held)}" for name in lacking],
        )
    breaks = tuple(entry.year for entry in given.breaks)
    chosen = [_within(held[name], given) for name in given.indicators]
    if given.better == "lower":
        chosen = [complement(panel) for panel in chosen]
    return [replace(panel, breaks=breaks) for panel in chosen]


def _panels(given: PanelInput, path: Path) -> list[Panel]:
    if not given.columns:
        return read_panels(path)
    import pandas as pd

    table = read_cells(path)
    absent = [name for name in given.columns.values() if name not in table]
    if absent:
        raise DataError(
            f"{path.name}: expected the columns {', '.join(given.columns.values())}",
            [f"no column {name!r}{nearest(name, table.columns)}" for name in absent],
        )
    taken = pd.DataFrame({name: table[column] for name, column in given.columns.items()})
    return to_panels(taken.assign(indicator=given.columns.get("value", "value")), name=path.name)


def _within(panel: Panel, given: PanelInput) -> Panel:
    first, last = given.first_year or panel.years[0], given.last_year or panel.years[-1]
    kept = [at for at, year in enumerate(panel.years) if first <= year <= last]
    if not kept:
        raise DataError(
            f"{panel.name}: expected values between {first} and {last}; found "
            f"{panel.years[0]} to {panel.years[-1]}"
        )
    return replace(
        panel,
        years=tuple(panel.years[at] for at in kept),
        values=panel.values[:, kept],
        counts=panel.counts[:, kept],
    )


def rebuild(reference: ReferenceClass, paths: Sequence[Path]) -> tuple[GainCell, ...]:
    """
    Make the table of a class again from its panel files.

    Parameters
    ----------
    reference : ReferenceClass
        Says by checksum which files it rests on, and what is taken from them.
    paths : sequence of Path
        The files, in any order and under any name.

    Returns
    -------
    tuple of GainCell
        The table.

    Raises
    ------
    DataError
        With every file that is lacking or that the class does not know.
    """
    found = {checksum(path): path for path in paths}
    known = {given.sha256: given for given in reference.panels}
    faults = [
        f"no file with the checksum {given.sha256[:12]}... of {given.file} ({given.source})"
        for given in reference.panels
        if given.sha256 not in found
    ]
    faults += [
        f"{path.name}: the class rests on no file with the checksum {digest[:12]}..."
        for digest, path in found.items()
        if digest not in known
    ]
    if faults:
        raise DataError(
            f"{reference.id!r}: expected the {len(known)} files that it was made "
            "of; for another class leave its name out",
            faults,
        )
    members = (members_of(given, found[given.sha256]) for given in reference.panels)
    return gain_table([one for part in members for one in part])


def new_class(
    paths: Sequence[Path],
    *,
    class_id: str = "new_class",
    indicators: Sequence[str] = (),
    falling: bool = False,
    breaks: Sequence[int] = (),
    first_year: int | None = None,
    last_year: int | None = None,
) -> dict[str, Any]:
    """
    Make what panel files can tell of a new reference class.

    Parameters
    ----------
    paths : sequence of Path
        Files as :func:`~edu_metrics.trajectories.panels.read_panels` takes them.
    class_id : str, optional
        Id of the class.
    indicators : sequence of str, optional
        Panels to take; all when left out.
    falling : bool, optional
        Whether less is better, so that the complement to 100 is looked at.
    breaks : sequence of int, optional
        First years of another way to measure.
    first_year, last_year : int, optional
        Years to take; all when left out.

    Returns
    -------
    dict
        Fields of a definition; name, kind, note, sources and the reasons of breaks are for its
        author to add.

    Raises
    ------
    DataError
        If a file is no panel file, or has none of the panels named.
    """
    members: list[Panel] = []
    entries: list[dict[str, Any]] = []
    unseen = set(indicators)
    for path in paths:
        names = [panel.name for panel in read_panels(path)]
        taken = tuple(name for name in names if not indicators or name in indicators)
        unseen -= set(taken)
        if not taken:
            continue
        told = {
            "source": "to_be_named",
            "file": path.name,
            "sha256": checksum(path),
            "indicators": {name: {"zh": name, "en": name} for name in taken},
            "better": "lower" if falling else "higher",
            "first_year": first_year,
            "last_year": last_year,
            "breaks": [{"year": y, "why": {"zh": "?", "en": "?"}} for y in breaks],
            "windows": 0,
        }
        given, faults = parse(PanelInput, told, path.name)
        if given is None:
            raise DataError(f"{path.name}: no class can be made of it", faults)
        part = members_of(given, path)
        members += part
        entry = given.model_dump(exclude_defaults=True, exclude={"source"})
        entries.append({**entry, "windows": len(windows_of(part, 3))})
    if unseen:
        raise DataError(
            "expected the panels that were named in the files", [f"no panel {n!r}" for n in unseen]
        )
    table = gain_table(members)
    years = [year for member in members for year in member.years]
    return {
        "id": class_id,
        "panels": entries,
        "first_year": min(years),
        "last_year": max(years),
        "table": table,
    }
