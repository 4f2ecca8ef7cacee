"""What is counted of pupils in the autumn: grades, classes, children with disabilities, eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edu_metrics.simulation.children import GRADES, Children
from edu_metrics.simulation.city import City, Counts, Published, Sheet, part_of
from edu_metrics.simulation.seniors import SENIOR_YEARS, Seniors

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
    disabled = part_of(compulsory, city.shares(random, _DISABLED, common=0.01, own=0.02, tilt=0.0))
    three = part_of(disabled, city.shares(random, _THREE_TYPES, common=0.02, own=0.03, tilt=0.0))
    three_in = part_of(three, city.shares(random, _THREE_TYPES_ENROLLED, drift=0.06, common=0.08))
    others_in = part_of(
        disabled - three, city.shares(random, _OTHERS_ENROLLED, drift=0.06, common=0.08)
    )
    numbers = {
        "pupils": pupils,
        "pupils_digital_use": part_of(
            pupils, city.shares(random, 0.88, drift=0.25, common=0.12, own=0.08)
        ),
        "entrants_grade_1": children.grade(years, 1),
        "pupils_grade_9": children.grade(years, GRADES),
        "graduates_junior": children.graduates(years),
        "classes": classes,
        "large_classes": part_of(classes, city.shares(random, _LARGE_CLASSES, drift=-0.12)),
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
