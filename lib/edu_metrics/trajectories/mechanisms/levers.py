"""What somebody decides: levers with bounds, and settings of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from edu_metrics.catalog import nearest
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas.flows import LeverUnit


@dataclass(frozen=True, slots=True)
class Lever:
    """
    One lever: where it stands when nothing new is done, and how far it can be moved.

    Attributes
    ----------
    name : str
        An argument of the flow equation.
    unit : {"persons", "places", "percent", "points", "marks"}
        What it is counted in.
    usual : float
        Setting when nothing new is done. [unit a year]
    low, high : float
        Least and most that can be set; effort goes from usual to high. [unit a year]
    whole : bool
        Whether only whole settings make sense, as with persons and not with persons per 100.

    Raises
    ------
    ProjectionError
        If usual does not lie between the bounds.
    """

    name: str
    unit: LeverUnit
    usual: float
    low: float
    high: float
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds that do not hold the usual setting."""
        numbers = (self.low, self.usual, self.high)
        if not all(map(math.isfinite, numbers)) or not self.low <= self.usual <= self.high:
            raise ProjectionError(
                f"lever {self.name!r}: expected low <= usual <= high, "
                f"found {self.low:g}, {self.usual:g}, {self.high:g}"
            )


@dataclass(frozen=True)
class Levers:
    """
    All levers of a mechanism and how they are set.

    Parameters
    ----------
    levers : tuple of Lever
        The levers.
    settings : mapping of str to float, optional
        Settings that differ from the usual one. [unit of each lever a year]

    Raises
    ------
    ProjectionError
        With every setting that no lever has, or that lies outside its bounds.

    Examples
    --------
    >>> levers = Levers((Lever("upgrades", "persons", 0, 0, 50, whole=True),))
    >>> levers.set(upgrades=20).values
    mappingproxy({'upgrades': 20})
    >>> levers.set(upgrades=60)
    Traceback (most recent call last):
    edu_metrics.errors.ProjectionError: levers can't be set so
      - upgrades: expected 0 to 50, found 60
    """

    levers: tuple[Lever, ...]
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse settings outside the bounds, all at once."""
        known = {lever.name: lever for lever in self.levers}
        faults = []
        for name, value in self.settings.items():
            if name not in known:
                faults.append(f"no lever {name!r}{nearest(name, known)}")
            elif not known[name].low <= value <= known[name].high:
                low, high = known[name].low, known[name].high
                faults.append(f"{name}: expected {low:g} to {high:g}, found {value:g}")
        if faults:
            raise ProjectionError("levers can't be set so", faults)

    def __getitem__(self, name: str) -> Lever:
        """Give one lever, or name the nearest one."""
        for lever in self.levers:
            if lever.name == name:
                return lever
        known = [lever.name for lever in self.levers]
        raise ProjectionError(f"no lever {name!r}{nearest(name, known)} ({', '.join(known)})")

    @property
    def values(self) -> Mapping[str, float]:
        """The setting of every lever. [unit of each lever a year]."""
        usual = {lever.name: lever.usual for lever in self.levers}
        return MappingProxyType({**usual, **self.settings})

    def set(self, **settings: float) -> Levers:
        """
        Set levers, the others staying as they are.

        Parameters
        ----------
        **settings : float
            New settings by lever. [unit of each lever a year]

        Returns
        -------
        Levers
            A copy.

        Raises
        ------
        ProjectionError
            As for the class.
        """
        return Levers(self.levers, {**self.settings, **settings})
