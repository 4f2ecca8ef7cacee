"""What schools are made of: marks drawn pupil by pupil, teachers, standards that are met, money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.simulation.city import City, Counts, Published, Shares, Sheet, part_of
from edu_metrics.simulation.pupils import GRADES, SENIOR_YEARS, Children, Enrolled, Seniors

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


_PRIMARY_STAFF = Flows(16.5, 0.870, 0.030, 0.070, 0.030, 0.97)
_JUNIOR_STAFF = Flows(11.5, 0.957, 0.030, 0.070, 0.040, 0.985)
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
    primary = employ(city, random, children.grades(city.years, 1, 6), _PRIMARY_STAFF)
    junior = employ(city, random, children.grades(city.years, 7, 9), _JUNIOR_STAFF)
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
    return {"hires": staff.hired, "hires_top_university": hired, "teachers_top_university": held}


def _distinctions(city: City, teachers: Counts) -> dict[str, Counts]:
    """Count titles and training; what a district has follows its size."""
    random = city.stream("distinctions")
    bilingual = city.amounts(random, 64, common=0.01, own=0.03)
    return {
        "master_teachers": city.amounts(random, 102, drift=0.035, common=0.02, own=0.03),
        "master_teacher_workshops": city.amounts(random, 28, drift=0.05, common=0.02, own=0.04),
        "young_key_teachers_trained": city.amounts(random, 56, drift=0.01, lumps=0.10),
        "teachers_bilingual": bilingual,
        "teachers_bilingual_trained": city.part(
            random, bilingual, 0.97, drift=0.20, common=0.10, own=0.10
        ),
        "teachers_mental_health_trained": city.part(
            random, teachers, 0.90, drift=0.25, common=0.10, own=0.08
        ),
        "teachers_digital_use": city.part(
            random, teachers, 0.96, drift=0.20, common=0.12, own=0.08
        ),
    }


#: Schools that meet each standard: their part in the last year, and how fast it grows in logits.
_STANDARDS = {
    "schools_pe_conditions": (0.96, 0.25),
    "schools_curriculum": (0.985, 0.15),
    "schools_pe_staffed": (0.80, 0.12),
    "schools_football": (0.79, 0.12),
    "schools_wifi": (0.985, 0.35),
    "schools_digital_campus": (0.84, 0.30),
    "schools_four_builds": (0.62, 0.25),
    "schools_safe_campus": (0.985, 0.30),
}
_GRADE_A, _FOUR_D, _STRONGEST, _HANDLED = 0.993, 0.85, 0.61, 0.985
_KINDERGARTEN_CANTEENS, _BRANCHES_PER_SCHOOL, _HAZARDS_PER_SCHOOL = 0.5, 3.6, 55.0


def facility_sheets(city: City, kindergartens: Counts) -> list[Sheet]:
    """
    Publish schools, canteens, party branches and hazards in the autumn.

    Parameters
    ----------
    city : City
        The city.
    kindergartens : ndarray of int
        Kindergartens, years x districts; the public ones of them have canteens. [kindergartens]

    Returns
    -------
    list of Sheet
        One sheet.
    """
    random = city.stream("facilities")
    schools = np.broadcast_to(city.number_of_schools, kindergartens.shape).copy()
    numbers = {"schools": schools}
    for standard, (level, drift) in _STANDARDS.items():
        numbers[standard] = city.adopting(
            random, schools, level, drift=drift, common=0.10, own=0.10
        )
    canteens = schools + np.rint(_KINDERGARTEN_CANTEENS * kindergartens).astype(np.int64)
    branches = np.rint(_BRANCHES_PER_SCHOOL * schools).astype(np.int64)
    found = random.poisson(_HAZARDS_PER_SCHOOL * schools)
    numbers |= {
        "canteens_public": canteens,
        "canteens_grade_a": city.adopting(random, canteens, _GRADE_A, drift=0.20, common=0.10),
        "canteens_4d": city.adopting(random, canteens, _FOUR_D, drift=0.30, common=0.10),
        "party_branches": branches,
        "party_branches_strongest": city.adopting(
            random, branches, _STRONGEST, drift=0.10, common=0.06
        ),
        "hazards_found": found,
        "hazards_handled": city.part(random, found, _HANDLED, drift=0.06, common=0.15),
    }
    return [Sheet("facilities.csv", Published.AUTUMN_COUNTS, city.districts, numbers)]


#: Yuan a pupil in the last year, and what a year adds in logarithms.
_PER_PUPIL, _PER_PUPIL_DRIFT, _PER_PUPIL_COMMON, _PER_PUPIL_OWN = 19_000.0, 0.045, 0.025, 0.02
_PER_PUPIL_TILT = 0.05
_INFLATION, _INFLATION_STEP = 0.021, 0.008
#: Project funds of the whole city in a middling year, in units of 10 000 yuan.
_PROJECT_FUNDS, _PROJECT_LUMPS = 16_500.0, 0.3
_YUAN_IN_UNIT = 10_000


def money_sheets(city: City, pupils: Counts) -> list[Sheet]:
    """
    Publish the accounts of a year in the February after.

    Parameters
    ----------
    city : City
        The city.
    pupils : ndarray of int
        Pupils of all stages, years x districts. [persons]

    Returns
    -------
    list of Sheet
        One sheet; amounts are in whole units of 10 000 yuan. Constant prices are those of the
        first year wanted.
    """
    random = city.stream("money")
    before_last = np.arange(len(pupils))[:, None] - (len(pupils) - 1)
    walk = city.walk(random, common=_PER_PUPIL_COMMON, own=_PER_PUPIL_OWN)
    logs = _PER_PUPIL_DRIFT * before_last + walk + _PER_PUPIL_TILT * city.means
    spending = pupils * _PER_PUPIL * np.exp(logs) / _YUAN_IN_UNIT
    rises = _INFLATION + _INFLATION_STEP * random.standard_normal((len(pupils), 1))
    rises[0] = 0.0
    numbers = {
        "education_budget_spending": np.rint(spending),
        "education_budget_spending_real": np.rint(spending / np.exp(np.cumsum(rises, axis=0))),
        "project_funds_won": city.amounts(
            random, _PROJECT_FUNDS, common=0.02, own=0.02, lumps=_PROJECT_LUMPS
        ),
    }
    whole = {quantity: amounts.astype(np.int64) for quantity, amounts in numbers.items()}
    return [Sheet("money.csv", Published.ACCOUNTS, city.districts, whole)]
