"""What schools have, and how many meet each standard."""

from __future__ import annotations

import numpy as np

from edu_metrics.simulation.city import City, Counts, Published, Sheet, part_of

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
        ready = city.shares(random, level, drift=drift, common=0.10, own=0.10)
        numbers[standard] = city.adopters(random, schools, ready)
    canteens = schools + np.rint(_KINDERGARTEN_CANTEENS * kindergartens).astype(np.int64)
    branches = np.rint(_BRANCHES_PER_SCHOOL * schools).astype(np.int64)
    found = random.poisson(_HAZARDS_PER_SCHOOL * schools)
    numbers |= {
        "canteens_public": canteens,
        "canteens_grade_a": city.adopters(
            random, canteens, city.shares(random, _GRADE_A, drift=0.20, common=0.10)
        ),
        "canteens_4d": city.adopters(
            random, canteens, city.shares(random, _FOUR_D, drift=0.30, common=0.10)
        ),
        "party_branches": branches,
        "party_branches_strongest": city.adopters(
            random, branches, city.shares(random, _STRONGEST, drift=0.10, common=0.06)
        ),
        "hazards_found": found,
        "hazards_handled": part_of(found, city.shares(random, _HANDLED, drift=0.06, common=0.15)),
    }
    return [Sheet("facilities.csv", Published.AUTUMN_COUNTS, city.districts, numbers)]
