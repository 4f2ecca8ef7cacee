"""Kindergartens: the children in them, whose they are, and which are models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edu_metrics.simulation.children import Children
from edu_metrics.simulation.city import City, Counts, Published, Sheet, part_of

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
    everyone = part_of(aged, city.shares(random, _ENROLLED, drift=0.05, common=0.04, own=0.04))
    public = part_of(everyone, city.shares(random, _PUBLIC, drift=0.025, common=0.03, own=0.03))
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
    models = city.adopters(random, number, city.shares(random, _CITY_MODEL, drift=0.07))
    best = city.adopters(random, models, city.shares(random, _REGION_MODEL_OF_THEM, drift=0.05))
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
