"""Children by single year of age: born, moving, at school, dropped out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.simulation.city import City, Counts

#: Ages followed: 0 to 17 in the autumn. Grade g is the age g + 5, so grade 9 is 14.
AGES = 18
GRADES = 9
_AGE_BEFORE_GRADE_1 = 5
#: Those who sit the college entrance exam of the first year were born so many years before.
_YEARS_AHEAD = 18

#: Fates after the districts to move to, counted from the end.
_LEFT, _DROPPED, _STAYED = -3, -2, -1

_BIRTHS_PER_SCHOOL = 205
_BIRTHS_DRIFT = -0.006
_BIRTHS_STEP = 0.03
#: Part of all children who change district in a year, and who leave or reach the city.
_MOVING = 0.034
_LEAVING, _LEAVING_STEP, _LEAVING_DRIFT = 0.0158, 0.25, -0.015
_ARRIVING = 0.009
#: Dropping out in a year: in the primary grades, and from grade 7 on.
_DROPOUT_PRIMARY, _DROPOUT_JUNIOR = 0.0004, 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Children:
    """
    All children of the city by year, district and age, and where they went.

    Attributes
    ----------
    start : int
        The first year; later ages fill up only as those born in it grow. [year]
    learners, dropped : ndarray of int
        Those who never left school (those not yet at school, and those who finished grade 9,
        with them) and those who dropped out: years x districts x ages. [persons]
    moves : ndarray of int
        Learners of one autumn by what became of them by the next: years x districts x fates x
        ages. The fates are a move to each of the districts, a move out of the city, dropping
        out, and staying where they are. [persons]
    arrivals : ndarray of int
        Learners who arrive from outside by the next autumn, at the age they had in this one:
        years x districts x ages. [persons]
    """

    start: int
    learners: Counts
    dropped: Counts
    moves: Counts
    arrivals: Counts

    def grade(self, years: range, grade: int) -> Counts:
        """Count the pupils of a grade in the autumn: years x districts. [persons]."""
        return self._of(self.learners, years)[:, :, grade + _AGE_BEFORE_GRADE_1]

    def grades(self, years: range, first: int, last: int) -> Counts:
        """Count the pupils of several grades in the autumn: years x districts. [persons]."""
        return self._aged(
            self.learners, years, first + _AGE_BEFORE_GRADE_1, last + _AGE_BEFORE_GRADE_1
        )

    def graduates(self, years: range) -> Counts:
        """Count those who left grade 9 in the summer: years x districts. [persons]."""
        return self.grade(years, GRADES + 1)

    def population(self, years: range, first_age: int, last_age: int) -> Counts:
        """Count all residents of some ages in the autumn: years x districts. [persons]."""
        everyone = self.learners + self.dropped
        return self._aged(everyone, years, first_age, last_age)

    def _aged(self, who: Counts, years: range, first_age: int, last_age: int) -> Counts:
        chosen = self._of(who, years)[:, :, first_age : last_age + 1]
        return np.asarray(chosen.sum(axis=2))

    def _of(self, who: Counts, years: range) -> Counts:
        return who[years.start - self.start : years.stop - self.start]


def raise_children(city: City) -> Children:
    """
    Follow every child from birth, long enough for the first year wanted to have all ages.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Children
        From 18 years before the first year wanted to the last one.
    """
    random = city.stream("children")
    start = city.first_year - _YEARS_AHEAD
    number = city.last_year - start + 1
    districts = len(city.districts)
    births = _births(city, random, number)
    leaving = _leaving(random, number)
    learners = np.zeros((number, districts, AGES), dtype=np.int64)
    dropped = np.zeros_like(learners)
    moves = np.zeros((number - 1, districts, districts + 3, AGES - 1), dtype=np.int64)
    arrivals = np.zeros((number - 1, districts, AGES - 1), dtype=np.int64)
    learners[:, :, 0] = births
    for year in range(number - 1):
        for district in range(districts):
            going = _going(city, district, leaving[year])
            moves[year, district] = random.multinomial(learners[year, district, :-1], going).T
            # Those who dropped out move with their families too, and can't drop out again.
            going[:, _STAYED] += going[:, _DROPPED]
            going[:, _DROPPED] = 0.0
            gone = random.multinomial(dropped[year, district, :-1], going).T
            dropped[year + 1, :, 1:] += gone[:districts]
            dropped[year + 1, district, 1:] += gone[_STAYED] + moves[year, district, _DROPPED]
        arrivals[year] = random.poisson(_ARRIVING * learners[year, :, :-1])
        staying = moves[year, :, _STAYED] + moves[year, :, :districts].sum(axis=0)
        learners[year + 1, :, 1:] = staying + arrivals[year]
    return Children(start, learners, dropped, moves, arrivals)


def _births(city: City, random: Generator, number: int) -> Counts:
    steps = _BIRTHS_DRIFT + _BIRTHS_STEP * random.standard_normal((number, 1))
    level = np.exp(np.cumsum(steps, axis=0) - _BIRTHS_DRIFT * number / 2)
    return random.poisson(_BIRTHS_PER_SCHOOL * city.number_of_schools * level)


def _leaving(random: Generator, number: int) -> list[float]:
    """Draw the part of children who leave the city, year by year: by and by fewer."""
    middle = np.arange(number) - number / 2
    logs = _LEAVING_DRIFT * middle + _LEAVING_STEP * random.standard_normal(number)
    return [float(part) for part in _LEAVING * np.exp(logs)]


def _going(city: City, district: int, leaving: float) -> NDArray[np.float64]:
    """Say how probable each fate is for a learner of each age: ages x fates."""
    # More than in proportion, so that families gather where many schools are.
    pull = city.sizes**2 / np.sum(city.sizes**2)
    grades = np.arange(AGES - 1) - _AGE_BEFORE_GRADE_1
    going = np.zeros((AGES - 1, len(pull) + 3))
    going[:, : len(pull)] = _MOVING * pull
    going[:, district] = 0.0
    going[:, _LEFT] = leaving
    going[(grades >= 1) & (grades <= 6), _DROPPED] = _DROPOUT_PRIMARY
    going[(grades >= 7) & (grades <= GRADES), _DROPPED] = _DROPOUT_JUNIOR
    going[:, _STAYED] = 1.0 - going.sum(axis=1)
    return going
