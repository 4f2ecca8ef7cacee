"""
What an invented city counts: children by age and stage, marks, teachers, standards, money.

Children are followed by single year of age: in kindergarten, at school, in senior schools, dropped
out; their eyes, their disabilities and their classes are counted in the autumn. Marks are drawn
pupil by pupil.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.simulation.city import City, Counts, Published, Shares, Sheet, model, part_of

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


def senior_sheet(city: City, children: Children, seniors: Seniors) -> Sheet:
    """
    Publish the senior stage: students and population in autumn.

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
    Sheet
        Its sheet.
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
    return Sheet("senior.csv", Published.AUTUMN_COUNTS, city.districts, students)


def entrance_exam_sheet(city: City, seniors: Seniors) -> Sheet:
    """Publish the college entrance exam of the summer."""
    random = city.stream("entrance exam")
    last_year = seniors.general[SENIOR_YEARS - 1 : -1, :, -1]
    candidates = random.binomial(last_year, _SITTING)
    candidates = candidates + random.poisson(_REPEATING * candidates)
    general, vocational = (
        kind[:-SENIOR_YEARS, :, 0] for kind in (seniors.general, seniors.vocational)
    )
    entered = general / (general + vocational)
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
    numbers = {
        "candidates_gaokao": candidates,
        "candidates_at_bachelor_line": passing,
        "candidates_admitted_double_first_class": part_of(passing, best),
    }
    return Sheet("senior.csv", Published.EXAMS, city.districts, numbers)


_CHILDREN_EACH = 235


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
    aged = children.population(city.years, 3, 5)
    drawn = city.draw("kindergartens", city.stream("kindergartens"), aged_3_5=aged)
    return Enrolled(drawn["everyone"], drawn["public"], drawn["public"] + drawn["affordable"])


def kindergarten_sheet(city: City, children: Children, enrolled: Enrolled) -> Sheet:
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
    Sheet
        Its numbers.
    """
    random = city.stream("model kindergartens")
    level = float(enrolled.everyone[-1].sum() / _CHILDREN_EACH)
    number = np.maximum(city.amounts(random, level, drift=0.012, common=0.01, own=0.0), 2)
    numbers = {
        "population_age_3_5": children.population(city.years, 3, 5),
        "children_kindergartens": enrolled.everyone,
        "children_public_kindergartens": enrolled.public,
        "children_inclusive_kindergartens": enrolled.inclusive,
        "kindergartens": number,
        **city.draw("model kindergartens", random, kindergartens=number),
    }
    return Sheet("kindergartens.csv", Published.AUTUMN_COUNTS, city.districts, numbers)


_PUPILS_PER_CLASS = 45.0
_SCREENED = 0.955
#: Part myopic at the age of six, and the yearly risk of those who are not, for each grade after.
_MYOPIC_AT_START = 0.13
_RISK = np.array([0.115] * 5 + [0.14] * 4 + [0.12] * 2)
_RISK_STEP, _RISK_OWN, _RISK_TILT, _DEVICE = 0.12, 0.04, 0.03, 0.012


def pupil_sheet(
    city: City, children: Children, seniors: Seniors, kindergarten_children: Counts
) -> Sheet:
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
    Sheet
        Its numbers.
    """
    years = city.years
    compulsory = children.grades(years, 1, GRADES)
    pupils = compulsory + seniors.everyone + kindergarten_children
    classes = np.ceil(compulsory / _PUPILS_PER_CLASS).astype(np.int64)
    known = {"pupils": pupils, "classes": classes}
    drawn = city.draw("pupils", city.stream("pupils"), compulsory=compulsory, **known)
    others = drawn.pop("others_enrolled")
    numbers = {
        **known,
        "entrants_grade_1": children.grade(years, 1),
        "pupils_grade_9": children.grade(years, GRADES),
        "graduates_junior": children.graduates(years),
        "disabled_children_enrolled": drawn["three_types_children_enrolled"] + others,
        **drawn,
    }
    return Sheet("cohorts.csv", Published.AUTUMN_COUNTS, city.districts, numbers)


def screening_sheet(city: City, children: Children, seniors: Seniors) -> Sheet:
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
    Sheet
        Its numbers.
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
    return Sheet("health.csv", Published.SCREENING, city.districts, numbers)


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


def exam_sheet(city: City, children: Children) -> Sheet:
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
    Sheet
        The primary stage is the lower and the upper grades together.
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
    return Sheet("exams.csv", Published.EXAMS, schools, numbers)


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
    degree : str, optional
        What it is called where those with it are published.
    """

    pupils_per_teacher: float
    degree_at_end: float
    leaving_with: float
    leaving_without: float
    earning: float
    newcomers: float
    degree: str = ""

    def degree_at_start(self, years: int) -> float:
        """Go back from the part with the degree in the last year by so many years."""
        earned = self.earning * (1 - self.leaving_without)
        added = earned + self.newcomers * self.leaving_without
        kept = 1 - self.leaving_with - added + self.newcomers * self.leaving_with
        settled = added / (1 - kept)
        start = settled + (self.degree_at_end - settled) / kept**years
        return min(max(start, 0.02), 0.98)


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


def teacher_sheet(city: City, children: Children, seniors: Seniors, enrolled: Enrolled) -> Sheet:
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
    Sheet
        The city runs the general senior schools; hires are theirs.
    """
    random = city.stream("teachers")
    general, vocational = (
        kind[SENIOR_YEARS:].sum(axis=2) for kind in (seniors.general, seniors.vocational)
    )
    taught = {
        "primary": children.grades(city.years, 1, 6),
        "junior": children.grades(city.years, 7, GRADES),
        "city_run_senior": general,
        "vocational": vocational,
        "public_kindergartens": enrolled.public,
        "private_kindergartens": enrolled.everyone - enrolled.public,
    }
    flows = {kind: Flows(**given) for kind, given in model()["staff"].items()}
    staff = {kind: employ(city, random, pupils, flows[kind]) for kind, pupils in taught.items()}
    teachers = np.sum([kind.teachers for kind in staff.values()], axis=0)
    city_run, other = staff["city_run_senior"], staff["vocational"]
    numbers = {
        "teachers": teachers,
        "teachers_senior": city_run.teachers + other.teachers,
        "teachers_senior_graduate": city_run.with_degree + other.with_degree,
        **_top_university(city, city_run),
        **city.draw("distinctions", city.stream("distinctions"), teachers=teachers),
    }
    for kind, moved in flows.items():
        if moved.degree:
            numbers[f"teachers_{kind}"] = staff[kind].teachers
            numbers[f"teachers_{kind}_{moved.degree}"] = staff[kind].with_degree
    return Sheet("teachers.csv", Published.AUTUMN_COUNTS, city.districts, numbers)


def _top_university(city: City, staff: Staff) -> dict[str, Counts]:
    random = city.stream("leading universities")
    hired = random.binomial(staff.hired, city.shares(random, _TOP_HIRED, drift=0.02))
    held = part_of(staff.teachers, np.full(staff.teachers.shape, _TOP_AT_START))
    for year in range(1, len(held)):
        held[year] = random.binomial(held[year - 1], _TOP_STAYING) + hired[year]
    return {"hires": staff.hired, "hires_top_university": hired, "teachers_top_university": held}


_KINDERGARTEN_CANTEENS, _BRANCHES_PER_SCHOOL = 0.5, 3.6


def facility_sheet(city: City, kindergartens: Counts) -> Sheet:
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
    Sheet
        Its numbers.
    """
    schools = np.broadcast_to(city.number_of_schools, kindergartens.shape).copy()
    known = {
        "schools": schools,
        "canteens_public": schools
        + np.rint(_KINDERGARTEN_CANTEENS * kindergartens).astype(np.int64),
        "party_branches": np.rint(_BRANCHES_PER_SCHOOL * schools).astype(np.int64),
    }
    numbers = known | city.draw("facilities", city.stream("facilities"), **known)
    return Sheet("facilities.csv", Published.AUTUMN_COUNTS, city.districts, numbers)


#: Yuan a pupil in the last year, and what a year adds in logarithms.
_PER_PUPIL, _PER_PUPIL_DRIFT, _PER_PUPIL_COMMON, _PER_PUPIL_OWN = 19_000.0, 0.045, 0.025, 0.02
_PER_PUPIL_TILT = 0.05
_INFLATION, _INFLATION_STEP = 0.021, 0.008
#: Project funds of the whole city in a middling year, in units of 10 000 yuan.
_PROJECT_FUNDS, _PROJECT_LUMPS = 16_500.0, 0.3
_YUAN_IN_UNIT = 10_000


def money_sheet(city: City, pupils: Counts) -> Sheet:
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
    Sheet
        Amounts are in whole units of 10 000 yuan. Constant prices are those of the
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
    return Sheet("money.csv", Published.ACCOUNTS, city.districts, whole)


def invent(city: City) -> list[Sheet]:
    """
    Invent all numbers of a city.

    Parameters
    ----------
    city : City
        Districts, schools, years and seed.

    Returns
    -------
    list of Sheet
        What is published, exams by school and all else by district.
    """
    children = raise_children(city)
    seniors = send_to_senior_schools(city, children)
    enrolled = enrol(city, children)
    kindergartens = kindergarten_sheet(city, children, enrolled)
    learners = pupil_sheet(city, children, seniors, enrolled.everyone)
    return [
        exam_sheet(city, children),
        learners,
        teacher_sheet(city, children, seniors, enrolled),
        kindergartens,
        facility_sheet(city, kindergartens.numbers["kindergartens"]),
        senior_sheet(city, children, seniors),
        entrance_exam_sheet(city, seniors),
        money_sheet(city, learners.numbers["pupils"]),
        screening_sheet(city, children, seniors),
    ]
