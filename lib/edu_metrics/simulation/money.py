"""Spending on education, at current and at constant prices, and project funds."""

from __future__ import annotations

import numpy as np

from edu_metrics.simulation.city import City, Counts, Published, Sheet

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
