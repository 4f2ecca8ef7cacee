"""Teachers: who leaves, who comes, and who holds the degree that is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from edu_metrics.simulation.children import Children
from edu_metrics.simulation.city import City, Counts, Published, Shares, Sheet, part_of
from edu_metrics.simulation.kindergartens import Enrolled
from edu_metrics.simulation.seniors import SENIOR_YEARS, Seniors


@dataclass(frozen=True, slots=True)
class Flows:
    """
    What moves the staff of one kind of school in a year.

    Attributes
    ----------
    pupils_per_teacher : float
        What schools staff themselves for in the last year. [pupils per teacher]
    degree_at_end : float
        Part with the degree in the last year, in a middling district with constant numbers.
        [share, 0-1]
    leaving_with, leaving_without : float
        Part of those with and without the degree who leave. [share, 0-1]
    earning : float
        Part of those without it who earn it in post. [share, 0-1]
    newcomers : float
        Part of the newcomers who have it. [share, 0-1]
    """

    pupils_per_teacher: float
    degree_at_end: float
    leaving_with: float
    leaving_without: float
    earning: float
    newcomers: float

    def degree_at_start(self, years: int) -> float:
        """Go back from the part with the degree in the last year by so many years."""
        earned = self.earning * (1 - self.leaving_without)
        added = earned + self.newcomers * self.leaving_without
        kept = 1 - self.leaving_with - added + self.newcomers * self.leaving_with
        settled = added / (1 - kept)
        start = settled + (self.degree_at_end - settled) / kept**years
        return min(max(start, 0.02), 0.98)


_PRIMARY = Flows(16.5, 0.870, 0.030, 0.070, 0.030, 0.97)
_JUNIOR = Flows(11.5, 0.957, 0.030, 0.070, 0.040, 0.985)
_CITY_RUN = Flows(11.8, 0.420, 0.025, 0.045, 0.003, 0.55)
_VOCATIONAL = Flows(15.0, 0.335, 0.025, 0.045, 0.003, 0.45)
_PUBLIC_KINDERGARTEN = Flows(13.0, 0.897, 0.040, 0.080, 0.030, 0.93)
_PRIVATE_KINDERGARTEN = Flows(14.0, 0.600, 0.100, 0.130, 0.030, 0.50)

#: Logits that the degrees of staff and newcomers gain in a district that is better off.
_DEGREE_TILT = 0.2
#: Pupils for each teacher become fewer; some are hired even where pupils become fewer too.
_RATIO_FALLS, _LEAST_HIRED = 0.008, 0.025
#: Graduates of leading universities: part of newcomers, of the first year's staff, and who stay.
_TOP_HIRED, _TOP_AT_START, _TOP_STAYING = 0.36, 0.12, 0.965


@dataclass(frozen=True, slots=True, eq=False)
class Staff:
    """Teachers in the autumn, those with the degree, and the year's hires: years x districts."""

    teachers: Counts
    with_degree: Counts
    hired: Counts


def employ(city: City, random: Generator, pupils: Counts, flows: Flows) -> Staff:
    """
    Follow the staff of one kind of school through the years.

    Parameters
    ----------
    city : City
        The city.
    random : Generator
        Where chance comes from.
    pupils : ndarray of int
        Pupils to be taught, years x districts. [persons]
    flows : Flows
        What moves the staff.

    Returns
    -------
    Staff
        Nobody is dismissed: where pupils become fewer, leavers are not all replaced.
    """
    before_last = np.arange(len(pupils))[::-1, None]
    ratio = flows.pupils_per_teacher * (1 + _RATIO_FALLS * before_last)
    wanted = np.ceil(pupils / ratio).astype(np.int64)
    newcomers = _tilted(city, flows.newcomers)
    teachers, with_degree = wanted.copy(), np.zeros_like(wanted)
    hired = np.ceil(_LEAST_HIRED * wanted).astype(np.int64)
    with_degree[0] = part_of(wanted[0], _tilted(city, flows.degree_at_start(len(wanted) - 1)))
    for year in range(1, len(wanted)):
        without = teachers[year - 1] - with_degree[year - 1]
        staying = random.binomial(with_degree[year - 1], 1 - flows.leaving_with)
        staying_without = random.binomial(without, 1 - flows.leaving_without)
        earned = random.binomial(staying_without, flows.earning)
        least = np.ceil(_LEAST_HIRED * teachers[year - 1]).astype(np.int64)
        hired[year] = np.maximum(wanted[year] - staying - staying_without, least)
        teachers[year] = staying + staying_without + hired[year]
        with_degree[year] = staying + earned + random.binomial(hired[year], newcomers)
    return Staff(teachers, with_degree, hired)


def _tilted(city: City, share: float) -> Shares:
    """Give each district more or less than a share, as it is better or worse off."""
    return np.asarray(1 / (1 + (1 - share) / share * np.exp(-_DEGREE_TILT * city.means)))


def teacher_sheets(
    city: City, children: Children, seniors: Seniors, enrolled: Enrolled
) -> list[Sheet]:
    """
    Publish teachers in the autumn.

    Parameters
    ----------
    city : City
        The city.
    children, seniors, enrolled : Children, Seniors, Enrolled
        Pupils, students and kindergarten children to be taught.

    Returns
    -------
    list of Sheet
        One sheet. The city runs the general senior schools; hires are theirs.
    """
    random = city.stream("teachers")
    general, vocational = (
        kind[SENIOR_YEARS:].sum(axis=2) for kind in (seniors.general, seniors.vocational)
    )
    primary = employ(city, random, children.grades(city.years, 1, 6), _PRIMARY)
    junior = employ(city, random, children.grades(city.years, 7, 9), _JUNIOR)
    city_run = employ(city, random, general, _CITY_RUN)
    other = employ(city, random, vocational, _VOCATIONAL)
    public = employ(city, random, enrolled.public, _PUBLIC_KINDERGARTEN)
    private = employ(city, random, enrolled.everyone - enrolled.public, _PRIVATE_KINDERGARTEN)
    staff = (primary, junior, city_run, other, public, private)
    teachers = np.sum([kind.teachers for kind in staff], axis=0)
    numbers = {
        "teachers": teachers,
        "teachers_primary": primary.teachers,
        "teachers_primary_bachelor": primary.with_degree,
        "teachers_junior": junior.teachers,
        "teachers_junior_bachelor": junior.with_degree,
        "teachers_senior": city_run.teachers + other.teachers,
        "teachers_senior_graduate": city_run.with_degree + other.with_degree,
        "teachers_city_run_senior": city_run.teachers,
        "teachers_city_run_senior_graduate": city_run.with_degree,
        "teachers_public_kindergartens": public.teachers,
        "teachers_public_kindergartens_college": public.with_degree,
        "teachers_private_kindergartens": private.teachers,
        "teachers_private_kindergartens_college": private.with_degree,
        **_top_university(city, city_run),
        **_distinctions(city, teachers),
    }
    return [Sheet("teachers.csv", Published.AUTUMN_COUNTS, city.districts, numbers)]


def _top_university(city: City, staff: Staff) -> dict[str, Counts]:
    random = city.stream("leading universities")
    hired = random.binomial(staff.hired, city.shares(random, _TOP_HIRED, drift=0.02))
    held = part_of(staff.teachers, np.full(staff.teachers.shape, _TOP_AT_START))
    for year in range(1, len(held)):
        held[year] = random.binomial(held[year - 1], _TOP_STAYING) + hired[year]
    return {
        "hires": staff.hired,
        "hires_top_university": hired,
        "teachers_top_university": held,
    }


def _distinctions(city: City, teachers: Counts) -> dict[str, Counts]:
    """Count titles and training; what a district has follows its size."""
    random = city.stream("distinctions")
    bilingual = city.amounts(random, 64, common=0.01, own=0.03)
    return {
        "master_teachers": city.amounts(random, 102, drift=0.035, common=0.02, own=0.03),
        "master_teacher_workshops": city.amounts(random, 28, drift=0.05, common=0.02, own=0.04),
        "young_key_teachers_trained": city.amounts(random, 56, drift=0.01, lumps=0.10),
        "teachers_bilingual": bilingual,
        "teachers_bilingual_trained": part_of(
            bilingual, city.shares(random, 0.97, drift=0.20, common=0.10, own=0.10)
        ),
        "teachers_mental_health_trained": part_of(
            teachers, city.shares(random, 0.90, drift=0.25, common=0.10, own=0.08)
        ),
        "teachers_digital_use": part_of(
            teachers, city.shares(random, 0.96, drift=0.20, common=0.12, own=0.08)
        ),
    }
