"""
Children by single year of age: in kindergarten, at school, in senior schools, dropped out.

Their eyes, their disabilities and their classes are counted in the autumn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.simulation.city import City, Counts, Published, Sheet, part_of

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
        return self.grades(years, grade, grade)

    def grades(self, years: range, first: int, last: int) -> Counts:
        """Count the pupils of several grades in the autumn: years x districts. [persons]."""
        ages = first + _AGE_BEFORE_GRADE_1, last + _AGE_BEFORE_GRADE_1
        return self._aged(self.learners, years, *ages)

    def graduates(self, years: range) -> Counts:
        """Count those who left grade 9 in the summer: years x districts. [persons]."""
        return self.grade(years, GRADES + 1)

    def population(self, years: range, first_age: int, last_age: int) -> Counts:
        """Count all residents of some ages in the autumn: years x districts. [persons]."""
        everyone = self.learners + self.dropped
        return self._aged(everyone, years, first_age, last_age)

    def _aged(self, who: Counts, years: range, first_age: int, last_age: int) -> Counts:
        of_years = who[years.start - self.start : years.stop - self.start]
        return np.asarray(of_years[:, :, first_age : last_age + 1].sum(axis=2))


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


#: Children in kindergarten of all aged 3 to 5, and of them in public ones.
_ENROLLED, _PUBLIC = 0.94, 0.51
#: Private places that are affordable, and so inclusive as the public ones are.
_AFFORDABLE = 0.79
_CHILDREN_EACH = 235
_CITY_MODEL, _REGION_MODEL_OF_THEM = 0.225, 0.40


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """Children in kindergartens in the autumn: years x districts. [persons]."""

    everyone: Counts
    public: Counts
    inclusive: Counts


def enrol(city: City, children: Children) -> Enrolled:
    """
    Enrol children aged 3 to 5.

    Parameters
    ----------
    city : City
        The city.
    children : Children
        Its children.

    Returns
    -------
    Enrolled
        Public ones are among the inclusive, and these among all.
    """
    random = city.stream("kindergartens")
    aged = children.population(city.years, 3, 5)
    everyone = city.part(random, aged, _ENROLLED, drift=0.05, common=0.04, own=0.04)
    public = city.part(random, everyone, _PUBLIC, drift=0.025, common=0.03, own=0.03)
    private = everyone - public
    affordable = city.shares(random, _AFFORDABLE, drift=0.06, common=0.08, own=0.06, tilt=-0.1)
    return Enrolled(everyone, public, public + part_of(private, affordable))


def kindergarten_sheets(city: City, children: Children, enrolled: Enrolled) -> list[Sheet]:
    """
    Publish kindergartens in the autumn.

    Parameters
    ----------
    city : City
        The city.
    children : Children
        Its children, of whom those aged 3 to 5 are the population.
    enrolled : Enrolled
        Those in kindergarten.

    Returns
    -------
    list of Sheet
        One sheet.
    """
    random = city.stream("model kindergartens")
    level = float(enrolled.everyone[-1].sum() / _CHILDREN_EACH)
    number = np.maximum(city.amounts(random, level, drift=0.012, common=0.01, own=0.0), 2)
    models = city.adopting(random, number, _CITY_MODEL, drift=0.07)
    best = city.adopting(random, models, _REGION_MODEL_OF_THEM, drift=0.05)
    numbers = {
        "population_age_3_5": children.population(city.years, 3, 5),
        "children_kindergartens": enrolled.everyone,
        "children_public_kindergartens": enrolled.public,
        "children_inclusive_kindergartens": enrolled.inclusive,
        "kindergartens": number,
        "kindergartens_city_model": models,
        "kindergartens_region_model": best,
    }
    return [Sheet("kindergartens.csv", Published.AUTUMN_COUNTS, city.districts, numbers)]


_PUPILS_PER_CLASS, _LARGE_CLASSES = 45.0, 0.035
#: Children with a disability among all pupils, and of them with one of the three types.
_DISABLED, _THREE_TYPES = 0.0065, 0.62
_THREE_TYPES_ENROLLED, _OTHERS_ENROLLED = 0.967, 0.935

_SCREENED = 0.955
#: Part myopic at the age of six, and the yearly risk of those who are not, for each grade after.
_MYOPIC_AT_START = 0.13
_RISK = np.array([0.115] * 5 + [0.14] * 4 + [0.12] * 2)
_RISK_STEP, _RISK_OWN, _RISK_TILT, _DEVICE = 0.12, 0.04, 0.03, 0.012


def pupil_sheets(
    city: City, children: Children, seniors: Seniors, kindergarten_children: Counts
) -> list[Sheet]:
    """
    Publish pupils, entrants, graduates and classes in the autumn.

    Parameters
    ----------
    city : City
        The city.
    children, seniors : Children, Seniors
        Its pupils and senior students.
    kindergarten_children : ndarray of int
        Children in kindergartens, years x districts; they count as pupils of all stages.
        [persons]

    Returns
    -------
    list of Sheet
        One sheet.
    """
    random = city.stream("pupils")
    years = city.years
    compulsory = children.grades(years, 1, GRADES)
    pupils = compulsory + seniors.everyone + kindergarten_children
    classes = np.ceil(compulsory / _PUPILS_PER_CLASS).astype(np.int64)
    disabled = city.part(random, compulsory, _DISABLED, common=0.01, own=0.02, tilt=0.0)
    three = city.part(random, disabled, _THREE_TYPES, common=0.02, own=0.03, tilt=0.0)
    three_in = city.part(random, three, _THREE_TYPES_ENROLLED, drift=0.06, common=0.08)
    others_in = city.part(random, disabled - three, _OTHERS_ENROLLED, drift=0.06, common=0.08)
    numbers = {
        "pupils": pupils,
        "pupils_digital_use": city.part(random, pupils, 0.88, drift=0.25, common=0.12, own=0.08),
        "entrants_grade_1": children.grade(years, 1),
        "pupils_grade_9": children.grade(years, GRADES),
        "graduates_junior": children.graduates(years),
        "classes": classes,
        "large_classes": city.part(random, classes, _LARGE_CLASSES, drift=-0.12),
        "disabled_children": disabled,
        "disabled_children_enrolled": three_in + others_in,
        "three_types_children": three,
        "three_types_children_enrolled": three_in,
    }
    return [Sheet("cohorts.csv", Published.AUTUMN_COUNTS, city.districts, numbers)]


def screening_sheets(city: City, children: Children, seniors: Seniors) -> list[Sheet]:
    """
    Publish the myopia screening of December, from grade 1 to the last senior year.

    Parameters
    ----------
    city : City
        The city.
    children, seniors : Children, Seniors
        Its pupils and senior students.

    Returns
    -------
    list of Sheet
        One sheet.
    """
    random = city.stream("screening")
    grades = [children.grade(city.years, grade) for grade in range(1, GRADES + 1)]
    students = (seniors.general + seniors.vocational)[SENIOR_YEARS:]
    by_grade = np.concatenate([np.stack(grades, axis=2), students], axis=2)
    seen = city.shares(random, _SCREENED, drift=0.02)
    screened = part_of(by_grade, seen[:, :, None])
    shape = (len(city.years), 1)
    # The day and the device shift a whole year's findings; eyes themselves move slowly.
    device = np.exp(_DEVICE * random.standard_normal(shape))[:, :, None]
    myopic = myopic_by_grade(city, _RISK_STEP * random.standard_normal(shape))
    found = part_of(screened, np.clip(myopic * device, 0.0, 1.0))
    numbers = {"children_screened": screened.sum(axis=2), "children_myopic": found.sum(axis=2)}
    return [Sheet("health.csv", Published.SCREENING, city.districts, numbers)]


def myopic_by_grade(city: City, shocks: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Follow the part of each grade that is myopic.

    Parameters
    ----------
    city : City
        The city.
    shocks : ndarray
        What a year adds to the risk everywhere, years x 1. [logarithms]

    Returns
    -------
    ndarray
        Years x districts x grades. [share, 0-1]
    """
    random = city.stream("myopia")
    shape = (len(city.years), len(city.districts))
    logs = shocks + _RISK_OWN * random.standard_normal(shape) + _RISK_TILT * city.means
    risk = np.minimum(_RISK * np.exp(logs)[:, :, None], 1.0)
    myopic = np.empty((*shape, len(_RISK) + 1))
    myopic[:, :, 0] = _MYOPIC_AT_START
    # Before the first year every year was like another.
    settled = 1 - (1 - _MYOPIC_AT_START) * np.cumprod(1 - _RISK)
    myopic[0, :, 1:] = settled
    for year in range(1, shape[0]):
        before = myopic[year - 1, :, :-1]
        myopic[year, :, 1:] = before + risk[year] * (1 - before)
    return myopic
