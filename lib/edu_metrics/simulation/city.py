"""The city to be invented, and the few ways in which chance moves its numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray

from edu_metrics.files import packaged_yaml

#: Whole numbers, mostly years x districts.
Counts = NDArray[np.int64]
#: Numbers from 0 to 1, mostly years x districts.
Shares = NDArray[np.float64]


class Published(Enum):
    """When a number of year t comes out: years later, month and day."""

    EXAMS = (0, 8, 15)
    AUTUMN_COUNTS = (0, 12, 10)
    SCREENING = (0, 12, 20)
    ACCOUNTS = (1, 2, 20)

    def of(self, year: int) -> dt.date:
        """Give the date of publication of a year's number."""
        later, month, day = self.value
        return dt.date(year + later, month, day)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Numbers that are published together: for each quantity an array years x areas."""

    file: str
    published: Published
    areas: tuple[str, ...]
    numbers: Mapping[str, Counts]


@dataclass(frozen=True)
class City:
    """
    Districts and schools, the years wanted, and the seed.

    Attributes
    ----------
    districts : tuple of str
        Ids of the districts.
    schools : tuple of tuple of str
        Ids of the schools, by district.
    seed : int
        Same seed, same numbers.
    first_year, last_year : int
        Years wanted, both included. [year]
    """

    districts: tuple[str, ...]
    schools: tuple[tuple[str, ...], ...]
    seed: int
    first_year: int
    last_year: int

    @property
    def years(self) -> range:
        """All years wanted."""
        return range(self.first_year, self.last_year + 1)

    @property
    def number_of_schools(self) -> Counts:
        """Schools of each district."""
        return np.array([len(schools) for schools in self.schools], dtype=np.int64)

    @property
    def sizes(self) -> Shares:
        """Each district's part of the city."""
        return np.asarray(self.number_of_schools / self.number_of_schools.sum())

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Say how well off each district is: mean 0 and variance 1, weighted by size."""
        drawn = self.stream("means").standard_normal(len(self.districts))
        drawn += self.sizes * len(self.districts)  # larger districts are the richer ones, mostly
        drawn -= np.average(drawn, weights=self.sizes)
        return np.asarray(drawn / np.sqrt(np.average(drawn**2, weights=self.sizes)))

    def stream(self, subject: str) -> Generator:
        """
        Open the stream of chance of a subject.

        Each subject has its own, so that a new quantity in one changes no number of another.
        """
        return Generator(PCG64(SeedSequence([self.seed, *subject.encode()])))

    def walk(self, random: Generator, *, common: float, own: float) -> NDArray[np.float64]:
        """
        Draw a random walk for each district that arrives at 0 in the last year.

        Parameters
        ----------
        random : Generator
            Where chance comes from.
        common, own : float
            Standard deviation of a year's step, of all districts alike and of each by itself.
            [on the scale of the walk]

        Returns
        -------
        ndarray
            Years x districts. [on the scale of the walk]
        """
        shape = (len(self.years), len(self.districts))
        steps = common * random.standard_normal((shape[0], 1))
        steps = steps + own * random.standard_normal(shape)
        walked = np.cumsum(steps, axis=0)
        return np.asarray(walked - walked[-1])

    def shares(
        self,
        random: Generator,
        level: float,
        *,
        drift: float = 0.0,
        common: float = 0.04,
        own: float = 0.05,
        tilt: float = 0.15,
        besides: NDArray[np.float64] | float = 0.0,
    ) -> Shares:
        """
        Draw shares that wander on the logit scale towards a level in the last year.

        Parameters
        ----------
        random : Generator
            Where chance comes from.
        level : float
            The share of a middling district in the last year. [share, 0-1]
        drift : float, optional
            What a year adds. [logits]
        common, own : float, optional
            Standard deviation of a year's step, of all districts alike and of each by itself.
            [logits]
        tilt : float, optional
            What a district gains that is one standard deviation better off. [logits]
        besides : ndarray or float, optional
            What else moves the share, years x districts. [logits]

        Returns
        -------
        ndarray
            Years x districts. [share, 0-1]
        """
        before_last = np.arange(len(self.years))[:, None] - (len(self.years) - 1)
        logits = np.log(level / (1 - level)) + drift * before_last + tilt * self.means + besides
        return np.asarray(1 / (1 + np.exp(-logits - self.walk(random, common=common, own=own))))

    def amounts(
        self,
        random: Generator,
        level: float,
        *,
        drift: float = 0.0,
        common: float = 0.03,
        own: float = 0.03,
        lumps: float = 0.0,
    ) -> Counts:
        """
        Draw whole amounts that wander on the log scale towards a level in the last year.

        Parameters
        ----------
        random : Generator
            Where chance comes from.
        level : float
            The whole city's amount in the last year; a district has its part. [any unit]
        drift : float, optional
            What a year adds. [logarithms]
        common, own : float, optional
            Standard deviation of a year's step, of all districts alike and of each by itself.
            [logarithms]
        lumps : float, optional
            Standard deviation of what a single year has more or less. [logarithms]

        Returns
        -------
        ndarray
            Years x districts. [unit of ``level``]
        """
        before_last = np.arange(len(self.years))[:, None] - (len(self.years) - 1)
        logs = drift * before_last + self.walk(random, common=common, own=own)
        logs = logs + lumps * random.standard_normal(logs.shape)
        return np.rint(level * self.sizes * np.exp(logs)).astype(np.int64)

    def adopters(self, random: Generator, institutions: Counts, shares: Shares) -> Counts:
        """
        Count the institutions that have crossed over, each at a threshold of its own, for good.

        Parameters
        ----------
        random : Generator
            Where chance comes from.
        institutions : ndarray of int
            Institutions, years x districts. [institutions]
        shares : ndarray
            Share that is ready, years x districts. [share, 0-1]

        Returns
        -------
        ndarray of int
            Years x districts, no more than there are institutions. [institutions]
        """
        highest = np.maximum.accumulate(shares, axis=0)
        counted = np.empty_like(institutions)
        for district in range(institutions.shape[1]):
            most = int(institutions[:, district].max())
            # Thresholds are spread evenly, or a handful of institutions would miss the share.
            thresholds = random.permutation((np.arange(most) + random.random(most)) / most)
            ready = thresholds < highest[:, [district]]
            exists = np.arange(most) < institutions[:, [district]]
            counted[:, district] = (ready & exists).sum(axis=1)
        return counted

    def draw(self, group: str, random: Generator, **known: Counts) -> dict[str, Counts]:
        """
        Draw the quantities of a group of ``model.yaml``, each from those known by then.

        Parameters
        ----------
        group : str
            The group.
        random : Generator
            Where chance comes from.
        **known : ndarray of int
            Wholes that the group names, years x districts. [any unit]

        Returns
        -------
        dict of str to ndarray of int
            What was drawn, years x districts. [any unit]
        """
        drawn: dict[str, Counts] = {}
        for name, rule in model()[group].items():
            (how, of), *moves = rule.items()
            if how == "amounts":
                drawn[name] = self.amounts(random, of, **dict(moves))
                continue
            first, *less = ({**known, **drawn}[one] for one in of.split(" - "))
            whole = first - sum(less)
            if how == "poisson":
                drawn[name] = random.poisson(rule["each"] * whole)
                continue
            shares = self.shares(random, **dict(moves))
            drawn[name] = (
                part_of(whole, shares) if how == "part" else self.adopters(random, whole, shares)
            )
        return drawn


def model() -> dict[str, dict[str, dict[str, Any]]]:
    """Read ``model.yaml``: what is drawn, and what moves the staff of schools."""
    read: dict[str, dict[str, dict[str, Any]]] = packaged_yaml(__package__, "model.yaml")
    return read


def part_of(whole: Counts, share: Shares) -> Counts:
    """
    Take a share of a count, rounded to whole units.

    Parameters
    ----------
    whole : ndarray of int
        What the part is taken of. [any unit]
    share : ndarray
        Its share. [share, 0-1]

    Returns
    -------
    ndarray of int
        The part. [unit of ``whole``]

    Examples
    --------
    >>> part_of(np.array([10, 11]), np.array([0.5, 0.95])).tolist()
    [5, 10]
    """
    return np.rint(whole * share).astype(np.int64)
