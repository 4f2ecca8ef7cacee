"""Pupils' marks, drawn one by one and counted at the school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.simulation.children import GRADES, Children
from edu_metrics.simulation.city import City, Counts, Published, Shares, Sheet

#: Marks in percent of full marks; the cut-offs in use, though no national rule fixes them.
PASSING_FROM, EXCELLENT_FROM, LOW_BELOW = 60.0, 85.0, 40.0


@dataclass(frozen=True, slots=True)
class _Band:
    """Grades that sit one exam: the mean mark in the last year, the spread, and how both move."""

    name: str
    first_grade: int
    last_grade: int
    mean: float
    spread: float
    gain_a_year: float
    difficulty: float


_LOWER = _Band("lower_primary", 1, 2, 87.5, 20.0, 0.25, 0.8)
_UPPER = _Band("upper_primary", 3, 6, 78.5, 20.0, 0.30, 0.9)
_JUNIOR = _Band("junior", GRADES, GRADES, 69.5, 26.5, 0.35, 1.5)

#: Marks that a district gains for one standard deviation of being well off, and the spread of
#: what lasts at a school and of what passes within a year.
_DISTRICT, _SCHOOL, _SCHOOL_YEAR = 1.8, 3.0, 0.8
_SCHOOL_SIZES = 0.2
_TESTED = 0.985


def exam_sheets(city: City, children: Children) -> list[Sheet]:
    """
    Publish the summer exams by school, for those who were at school since last autumn.

    Parameters
    ----------
    city : City
        The city.
    children : Children
        Its children.

    Returns
    -------
    list of Sheet
        One sheet; the primary stage is the lower and the upper grades together.
    """
    random = city.stream("exams")
    district = np.repeat(np.arange(len(city.districts)), city.number_of_schools)
    number = len(district)
    weights = np.exp(_SCHOOL_SIZES * random.standard_normal(number))
    lasting = _DISTRICT * city.means[district] + _SCHOOL * random.standard_normal(number)
    numbers: dict[str, Counts] = {}
    for band in (_LOWER, _UPPER, _JUNIOR):
        autumn = range(city.first_year - 1, city.last_year)
        pupils = children.grades(autumn, band.first_grade, band.last_grade)
        at_school = _to_schools(city, pupils, weights)
        tested = random.binomial(at_school, _TESTED)
        numbers |= _results(random, band, tested, lasting)
    for result in ("tested", "passing", "excellent"):
        numbers[f"pupils_primary_{result}"] = (
            numbers[f"pupils_lower_primary_{result}"] + numbers[f"pupils_upper_primary_{result}"]
        )
    schools = tuple(school for schools in city.schools for school in schools)
    return [Sheet("exams.csv", Published.EXAMS, schools, numbers)]


def _to_schools(city: City, pupils: Counts, weights: Shares) -> Counts:
    """Share out the pupils of each district over its schools, none lost: years x schools."""
    parts = np.split(weights, np.cumsum(city.number_of_schools)[:-1])
    shared = [
        np.diff(np.rint(pupils[:, [district]] * np.cumsum(part) / part.sum()), prepend=0.0)
        for district, part in enumerate(parts)
    ]
    return np.concatenate(shared, axis=1).astype(np.int64)


def _results(
    random: Generator, band: _Band, tested: Counts, lasting: NDArray[np.float64]
) -> dict[str, Counts]:
    """Draw a mark for each pupil, and count."""
    years, schools = tested.shape
    means = (
        band.mean
        + band.gain_a_year * (np.arange(years)[:, None] - (years - 1))
        + band.difficulty * random.standard_normal((years, 1))
        + _SCHOOL_YEAR * random.standard_normal((years, schools))
        + lasting
    )
    cells = np.repeat(np.arange(tested.size), tested.ravel())
    # Marks may fall below 0 or pass 100: cutting them off would change no count.
    marks = means.ravel()[cells] + band.spread * random.standard_normal(cells.size)

    def counted(those: NDArray[np.bool_]) -> Counts:
        return np.bincount(cells[those], minlength=tested.size).reshape(tested.shape)

    results = {
        "tested": tested,
        "passing": counted(marks >= PASSING_FROM),
        "excellent": counted(marks >= EXCELLENT_FROM),
    }
    if band is _JUNIOR:
        results["low_score"] = counted(marks < LOW_BELOW)
    return {f"pupils_{band.name}_{name}": count for name, count in results.items()}
