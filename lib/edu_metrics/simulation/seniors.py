"""The senior stage: general and vocational schools, and the college entrance exam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from edu_metrics.simulation.children import Children
from edu_metrics.simulation.city import City, Counts, Published, Sheet, part_of

#: Years of study, and how many years before the first one wanted students are followed.
SENIOR_YEARS = 3

#: Of all who leave grade 9: part who go on to general, and of the others to vocational schools.
_GENERAL, _GENERAL_STEP, _VOCATIONAL = 0.57, 0.012, 0.945
#: Vocational entrants from elsewhere, for each of the city's own.
_FROM_ELSEWHERE = 0.10
_STAY_GENERAL, _STAY_VOCATIONAL = 0.994, 0.975
#: Of the students in their last year, those who sit the exam, and repeaters for each of them.
_SITTING, _REPEATING = 0.985, 0.05
_AT_LINE, _AT_LINE_DRIFT, _LINE_STEP, _SELECTION = 0.785, 0.01, 0.08, 4.0
_DOUBLE_FIRST_CLASS = 0.085


@dataclass(frozen=True, slots=True, eq=False)
class Seniors:
    """Students in the autumn, from three years early: years x districts x years of study."""

    general: Counts
    vocational: Counts

    @property
    def everyone(self) -> Counts:
        """Students of both kinds of schools in the years wanted: years x districts. [persons]."""
        both = self.general + self.vocational
        return np.asarray(both[SENIOR_YEARS:].sum(axis=2))


def send_to_senior_schools(city: City, children: Children) -> Seniors:
    """
    Send those who leave grade 9 to senior schools and through them.

    Parameters
    ----------
    city : City
        The city.
    children : Children
        Its children.

    Returns
    -------
    Seniors
        Counted in the district that they come from, or that took them in from elsewhere.
    """
    random = city.stream("seniors")
    graduates = children.graduates(range(city.first_year - SENIOR_YEARS, city.last_year + 1))
    steps = random.standard_normal((len(graduates), 1))
    general = random.binomial(graduates, _GENERAL * (1 + _GENERAL_STEP * steps))
    own = random.binomial(graduates - general, _VOCATIONAL)
    vocational = own + random.poisson(_FROM_ELSEWHERE * own)
    return Seniors(
        _through(random, general, _STAY_GENERAL), _through(random, vocational, _STAY_VOCATIONAL)
    )


def _through(random: Generator, entrants: Counts, stay: float) -> Counts:
    students = np.zeros((*entrants.shape, SENIOR_YEARS), dtype=np.int64)
    students[:, :, 0] = entrants
    for study in range(1, SENIOR_YEARS):
        students[study:, :, study] = random.binomial(students[study - 1 : -1, :, study - 1], stay)
    return students


def senior_sheets(city: City, children: Children, seniors: Seniors) -> list[Sheet]:
    """
    Publish the senior stage: students and population in autumn, the entrance exam in summer.

    Parameters
    ----------
    city : City
        The city.
    children : Children
        Its children, of whom those aged 15 to 17 are the population.
    seniors : Seniors
        Its students.

    Returns
    -------
    list of Sheet
        Both sheets.
    """
    general, vocational = seniors.general[SENIOR_YEARS:], seniors.vocational[SENIOR_YEARS:]
    students = {
        "students_senior_stage": seniors.everyone,
        "students_general_senior": general.sum(axis=2),
        "students_vocational_senior": vocational.sum(axis=2),
        "entrants_general_senior": general[:, :, 0],
        "entrants_vocational_senior": vocational[:, :, 0],
        "population_age_15_17": children.population(city.years, 15, 17),
    }
    return [
        Sheet("senior.csv", Published.AUTUMN_COUNTS, city.districts, students),
        Sheet("senior.csv", Published.EXAMS, city.districts, _entrance_exam(city, seniors)),
    ]


def _entrance_exam(city: City, seniors: Seniors) -> dict[str, Counts]:
    random = city.stream("entrance exam")
    last_year = seniors.general[SENIOR_YEARS - 1 : -1, :, -1]
    candidates = random.binomial(last_year, _SITTING)
    candidates = candidates + random.poisson(_REPEATING * candidates)
    entered = seniors.general[:-SENIOR_YEARS, :, 0] / (
        seniors.general[:-SENIOR_YEARS, :, 0] + seniors.vocational[:-SENIOR_YEARS, :, 0]
    )
    at_line = city.shares(
        random,
        _AT_LINE,
        drift=_AT_LINE_DRIFT,
        common=_LINE_STEP,
        own=0.04,
        # Fewer places in general schools make a more selected group of candidates.
        besides=_SELECTION * (entered.mean() - entered),
    )
    passing = part_of(candidates, at_line)
    best = city.shares(random, _DOUBLE_FIRST_CLASS, drift=0.03, common=0.03, own=0.05, tilt=0.2)
    return {
        "candidates_gaokao": candidates,
        "candidates_at_bachelor_line": passing,
        "candidates_admitted_double_first_class": part_of(passing, best),
    }
