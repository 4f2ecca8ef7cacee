"""
Parts of a whole, ratios, rates read off scores, and numbers as they were published.

Percentages run 0-100. No national rule fixes the cut-offs of scores, so each is a parameter, in
percent of full marks; where a publisher gives only how many reached the cut-off, ``share`` computes
the same rate.

The whole number of persons or institutions that meets a bound is computed in fractions: 0.07 * 100
is above 7 in floating point, and one kindergarten too many would be asked for. A bound is taken as
it is printed, so 7.3 is seventy-three tenths.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, BoolArray, Numbers, Values, row_by_row


@row_by_row(
    "whole > 0, 0 <= part <= whole",
    instead="For a ratio that may pass 100, use gross_enrolment, cohort_retention or ratio.",
)
def share(part: Numbers, whole: Numbers) -> Numbers:
    r"""
    Part of a whole. [percent].

    Parameters
    ----------
    part : float, array or Series
        Members with the attribute. [persons or institutions]
    whole : float, array or Series
        All members, those with the attribute included. [unit of ``part``]

    Returns
    -------
    float, array or Series
        Share of the whole. [percent, 0-100]

    Raises
    ------
    DataError
        If a whole is not positive, or a part lies outside ``[0, whole]``.

    Notes
    -----
    .. math:: 100 \cdot \text{part} / \text{whole}

    Where a publisher gives only how many reached a cut-off and how many were tested, this is
    the pass rate; for whole score distributions see
    :func:`~edu_metrics.formulas.pass_rate_from_scores`.

    References
    ----------
    Ministry of Education of the PRC (2021). *2020年全国教育事业发展统计公报*, on preschool.

    Examples
    --------
    Children in inclusive kindergartens, whole country, 2020, in 10 000 children:

    >>> round(share(4082.83, 4818.26), 2)
    84.74
    """
    return 100.0 * part / whole


@row_by_row(
    "eligible > 0, 0 <= covered <= eligible",
    instead="Count only those who are eligible; for a ratio of two groups, use ratio.",
)
def coverage(covered: Numbers, eligible: Numbers) -> Numbers:
    r"""
    Share of the eligible persons or institutions that a measure reaches. [percent].

    Parameters
    ----------
    covered : float, array or Series
        Those reached. [persons or institutions]
    eligible : float, array or Series
        Those whom the measure is meant for. [unit of ``covered``]

    Returns
    -------
    float, array or Series
        Share reached. [percent, 0-100]

    Raises
    ------
    DataError
        If nobody is eligible, or more are covered than eligible.

    Notes
    -----
    .. math:: 100 \cdot \text{covered} / \text{eligible}

    A share of institutions moves in whole institutions: with 40 kindergartens, in steps of 2.5
    points. A bound that lies between two steps is met at the next one, which
    :func:`~edu_metrics.formulas.smallest_count_for` finds. A share of institutions is another
    number than the share of the persons in them: for inclusive kindergartens, the communique of
    2020 prints 80.24 percent of the kindergartens and 84.74 percent of the children.

    References
    ----------
    Ministry of Education of the PRC (2021). *2020年全国教育事业发展统计公报*, on preschool.

    Examples
    --------
    Public and inclusive private kindergartens, Inner Mongolia, 2019, in 10 000 children. The
    publisher prints 72.17, from counts that were not rounded:

    >>> round(coverage(29.96 + 13.84, 60.7), 1)
    72.2
    """
    return 100.0 * covered / eligible


@row_by_row(
    "teachers > 0, 0 <= qualified <= teachers",
    instead="Count both among the full-time teachers of the same schools.",
)
def qualification_share(qualified: Numbers, teachers: Numbers) -> Numbers:
    r"""
    Share of full-time teachers at or above a level of education. [percent].

    Parameters
    ----------
    qualified : float, array or Series
        Full-time teachers whose highest degree is at or above the level. [persons]
    teachers : float, array or Series
        All full-time teachers of the same schools. [persons]

    Returns
    -------
    float, array or Series
        Share of the teachers. [percent, 0-100]

    Raises
    ------
    DataError
        If there are no teachers, or more qualified teachers than teachers.

    Notes
    -----
    .. math:: 100 \cdot \text{qualified} / \text{teachers}

    The level belongs to the indicator. Shares of several places or stages are pooled by their
    teachers, with :func:`pooled_share`, and never averaged.

    References
    ----------
    Ministry of Education of the PRC (2023). *2022年全国教育事业发展统计公报*, on teachers.

    Examples
    --------
    A city with 1 250 full-time teachers, 1 100 of whom hold a bachelor degree or more:

    >>> qualification_share(1100, 1250)
    88.0
    """
    return 100.0 * qualified / teachers


def pooled_share(shares: Values, weights: Values) -> float:
    r"""
    Share in all groups together, from the share in each. [percent].

    Parameters
    ----------
    shares : sequence, array or Series
        Share in each group. [percent, 0-100]
    weights : sequence, array or Series
        Whole of each group, the denominator of its share. [persons or institutions]

    Returns
    -------
    float
        Share in the groups together. [percent, 0-100]

    Raises
    ------
    DataError
        If a share lies outside 0-100, a weight is negative, or all weights are zero.

    Notes
    -----
    .. math:: \sum_i w_i s_i / \sum_i w_i

    It is the share that the pooled counts would give. The plain mean of the shares is not.

    References
    ----------
    Ministry of Education of the PRC (2023). *2022年全国教育事业发展统计公报*, on teachers.

    Examples
    --------
    Teachers with a bachelor degree in primary and junior schools, whole country, 2022:

    >>> round(pooled_share([74.53, 91.71], [662.94, 402.52]), 2)
    81.02
    """
    checked = Arguments.of_lists("pooled_share", shares=shares, weights=weights)
    checked.require(
        "0 <= shares <= 100, weights >= 0",
        instead="For rates that may pass 100, pool numerators and denominators instead.",
    )
    if not checked["weights"].sum() > 0:
        raise DataError(
            "pooled_share: expected at least one weight above 0; all are 0. "
            "Give the whole that each share was computed from."
        )
    return float(np.average(checked["shares"], weights=checked["weights"]))


@row_by_row(instead="Leave out the area and year for which no rate was printed.")
def as_published(value: Numbers) -> Numbers:
    """
    Take a rate as its publisher printed it. [unit of ``value``].

    Parameters
    ----------
    value : float, array or Series
        The printed rate. [as printed]

    Returns
    -------
    float, array or Series
        The same rate. [as printed]

    Raises
    ------
    DataError
        If the rate is missing or infinite.

    Notes
    -----
    A printed rate has lost its counts: it cannot be pooled over areas, and it is only as exact
    as its last digit. Where the counts are known, compute the rate from them.

    Examples
    --------
    Share of myopic pupils, whole country, 2020, known only as the printed rate:

    >>> as_published(52.7)
    52.7
    """
    return value


@row_by_row(
    "value >= 0",
    instead="For a quantity that may fall below 0, such as a change, use as_published.",
)
def count(value: Numbers) -> Numbers:
    """
    Take a count or an amount as it was reported. [unit of ``value``].

    Parameters
    ----------
    value : float, array or Series
        The count or amount. [as reported]

    Returns
    -------
    float, array or Series
        The same count or amount. [as reported]

    Raises
    ------
    DataError
        If the value is missing, infinite or negative.

    Notes
    -----
    Counts of areas that do not overlap may be added; see the pooling of
    :class:`~edu_metrics.formulas.Formula`.

    Examples
    --------
    Primary school teachers, whole country, 2022, in 10 000 persons:

    >>> count(662.94)
    662.94
    """
    return value


@row_by_row(
    "teachers > 0, pupils >= 0",
    instead="Leave out a school without teachers, or count it with the school that staffs it.",
)
def pupil_teacher_ratio(pupils: Numbers, teachers: Numbers) -> Numbers:
    r"""
    Pupils for each teacher. [pupils per teacher].

    Parameters
    ----------
    pupils : float, array or Series
        Pupils of the schools. [persons]
    teachers : float, array or Series
        Full-time teachers of the same schools. [persons]

    Returns
    -------
    float, array or Series
        Pupil-teacher ratio. [pupils per teacher]

    Raises
    ------
    DataError
        If there are no teachers, or the number of pupils is negative.

    Notes
    -----
    .. math:: \text{pupils} / \text{teachers}

    It is not the class size: a class has several teachers.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Pupil/teacher ratio (headcount basis)*.

    Examples
    --------
    >>> pupil_teacher_ratio(1870, 110)
    17.0
    """
    return pupils / teachers


@row_by_row("classes > 0, pupils >= 0", instead="Leave out schools without classes.")
def average_class_size(pupils: Numbers, classes: Numbers) -> Numbers:
    r"""
    Pupils for each class. [pupils per class].

    Parameters
    ----------
    pupils : float, array or Series
        Pupils of the schools. [persons]
    classes : float, array or Series
        Classes of the same schools. [classes]

    Returns
    -------
    float, array or Series
        Average class size. [pupils per class]

    Raises
    ------
    DataError
        If there are no classes, or the number of pupils is negative.

    Notes
    -----
    .. math:: \text{pupils} / \text{classes}

    An average of 45 does not say that no class has 56: see :func:`large_class_share`.

    Examples
    --------
    >>> average_class_size(1080, 24)
    45.0
    """
    return pupils / classes


@row_by_row(
    "classes > 0, 0 <= large_classes <= classes",
    instead="Count the large classes among the classes of the same schools.",
)
def large_class_share(large_classes: Numbers, classes: Numbers) -> Numbers:
    r"""
    Share of the classes that are large. [percent].

    Parameters
    ----------
    large_classes : float, array or Series
        Classes at or above the threshold. [classes]
    classes : float, array or Series
        All classes. [classes]

    Returns
    -------
    float, array or Series
        Share of large classes. [percent, 0-100]

    Raises
    ------
    DataError
        If there are no classes, or more large classes than classes.

    Notes
    -----
    .. math:: 100 \cdot \text{large classes} / \text{classes}

    References
    ----------
    State Council of the PRC, 国发〔2016〕40号: large classes (56 pupils and over) within 5 percent
    by 2020.

    Examples
    --------
    12 of 250 classes have 56 pupils or more:

    >>> large_class_share(12, 250)
    4.8
    """
    return 100.0 * large_classes / classes


def count_large_classes(sizes: Values, *, threshold: int = 56) -> int:
    """
    Count the classes at or above a size. [classes].

    Parameters
    ----------
    sizes : sequence, array or Series
        Pupils of each class. [persons]
    threshold : int, default 56
        Smallest size that is called large. [persons]

    Returns
    -------
    int
        Number of large classes. [classes]

    Raises
    ------
    DataError
        If no class is given, or a size is not a whole number of at least 1.

    Notes
    -----
    56 pupils and over are a large class (大班额), 66 and over an extra-large one (超大班额), for
    which the threshold is given.

    References
    ----------
    State Council of the PRC, 国发〔2016〕40号, and the class sizes used in its tables.

    Examples
    --------
    >>> count_large_classes([45, 55, 56, 66])
    2
    >>> count_large_classes([45, 55, 56, 66], threshold=66)
    1
    """
    checked = Arguments.of_lists("count_large_classes", sizes=sizes)
    listed = checked["sizes"]
    checked.require(
        besides={"whole numbers of at least 1": (listed >= 1) & (listed == np.floor(listed))},
        instead="List every class with its pupils; an average hides the large ones.",
    )
    Arguments.of("count_large_classes", threshold=threshold).require(
        "threshold >= 1", instead="Give the smallest large size."
    )
    return int(np.count_nonzero(listed >= threshold))


@row_by_row(
    "persons > 0, amount >= 0",
    instead="Leave out years and places without persons, or report the amount with count.",
)
def per_head(amount: Numbers, persons: Numbers) -> Numbers:
    r"""
    Money, area or equipment for each person. [unit of ``amount`` per person].

    Parameters
    ----------
    amount : float, array or Series
        The total. [yuan, square metres, volumes, ...]
    persons : float, array or Series
        Those it is for. [persons]

    Returns
    -------
    float, array or Series
        Amount per person. [unit of ``amount`` per person]

    Raises
    ------
    DataError
        If there are no persons, or an amount is negative.

    Notes
    -----
    .. math:: \text{amount} / \text{persons}

    For spending in a calendar year, the persons of two school years have a part; which count is
    meant belongs to the indicator.

    References
    ----------
    Worked example of the between-school difference coefficient for 教督〔2017〕6号,
    https://m.777doc.com/doc-2019910.html (a copy).

    Examples
    --------
    Five schools with 1 913 books for 302 pupils:

    >>> round(per_head(1913, 302), 2)
    6.33
    """
    return amount / persons


@row_by_row(
    "denominator > 0, numerator >= 0",
    instead="For the part of a whole, which exists where the other part is empty, use share.",
)
def ratio(numerator: Numbers, denominator: Numbers) -> Numbers:
    r"""
    One count against another of which it is no part. [units per unit].

    Parameters
    ----------
    numerator : float, array or Series
        What is compared. [persons, institutions or money]
    denominator : float, array or Series
        What it is compared with. [unit of ``numerator``]

    Returns
    -------
    float, array or Series
        Ratio; 1 where both are equal. [1]

    Raises
    ------
    DataError
        If a denominator is not positive, or a numerator is negative.

    Notes
    -----
    .. math:: \text{numerator} / \text{denominator}

    The vocational-general ratio (职普比) is one: vocational over general, by intake or by stock.

    Examples
    --------
    480 entrants to vocational and 600 to general senior schools:

    >>> ratio(480, 600)
    0.8
    """
    return numerator / denominator


def _tested(
    formula: str, scores: Values, counts: Values, full_marks: float, cut_pct: float
) -> tuple[BoolArray, float, Arguments]:
    """Check a distribution; tell which scores reach the cut, and how many were tested."""
    marks = Arguments.of(formula, full_marks=full_marks, cut_pct=cut_pct)
    marks.require(
        "full_marks > 0, 1 < cut_pct <= 100",
        instead="Give the cut-off in percent of full marks: 60, not 0.6.",
    )
    checked = Arguments.of_lists(formula, scores=scores, counts=counts)
    checked.require(
        f"0 <= scores <= {full_marks}, counts >= 0",
        instead="Leave out the absent, or count them at score 0 if the indicator says so.",
    )
    tested = float(checked["counts"].sum())
    if not tested > 0:
        raise DataError(
            f"{formula}: expected at least one tested pupil; all counts are 0. "
            "Leave out examinations that nobody sat."
        )
    # 0.07 * 100 is above 7 in floating point: the cut-off is computed in fractions.
    cut = float(Fraction(str(cut_pct)) * Fraction(str(full_marks)) / 100)
    return checked["scores"] >= cut, tested, checked


def rate_at_or_above(scores: Values, counts: Values, *, full_marks: float, cut_pct: float) -> float:
    r"""
    Share of the tested whose score reaches a cut-off. [percent].

    Parameters
    ----------
    scores : sequence, array or Series
        Scores that occur, each once or more. [marks]
    counts : sequence, array or Series
        Pupils with each score. [persons]
    full_marks : float
        Highest possible score. [marks]
    cut_pct : float
        Cut-off, itself included. [percent of full marks, above 1, to 100]

    Returns
    -------
    float
        Share of the tested. [percent, 0-100]

    Raises
    ------
    DataError
        If nobody was tested, or a score, count or cut-off lies outside its range.

    Notes
    -----
    With :math:`n_s` pupils at score :math:`s`, full marks :math:`F` and cut-off :math:`c`,

    .. math:: 100 \sum_{s \ge cF/100} n_s \Big/ \sum_s n_s

    Examples
    --------
    One of four pupils reaches 90 of 150 marks exactly, and one passes it:

    >>> rate_at_or_above([89, 90, 91], [2, 1, 1], full_marks=150, cut_pct=60)
    50.0
    """
    reached, tested, checked = _tested("rate_at_or_above", scores, counts, full_marks, cut_pct)
    return 100.0 * float(checked["counts"][reached].sum()) / tested


def rate_below(scores: Values, counts: Values, *, full_marks: float, cut_pct: float) -> float:
    r"""
    Share of the tested whose score stays below a cut-off. [percent].

    Parameters
    ----------
    scores : sequence, array or Series
        Scores that occur, each once or more. [marks]
    counts : sequence, array or Series
        Pupils with each score. [persons]
    full_marks : float
        Highest possible score. [marks]
    cut_pct : float
        Cut-off, itself excluded. [percent of full marks, above 1, to 100]

    Returns
    -------
    float
        Share of the tested. [percent, 0-100]

    Raises
    ------
    DataError
        If nobody was tested, or a score, count or cut-off lies outside its range.

    Notes
    -----
    With :math:`n_s` pupils at score :math:`s`, full marks :math:`F` and cut-off :math:`c`,

    .. math:: 100 \sum_{s < cF/100} n_s \Big/ \sum_s n_s

    Examples
    --------
    >>> rate_below([89, 90, 91], [2, 1, 1], full_marks=150, cut_pct=60)
    50.0
    """
    reached, tested, checked = _tested("rate_below", scores, counts, full_marks, cut_pct)
    return 100.0 * float(checked["counts"][~reached].sum()) / tested


def pass_rate_from_scores(
    *, scores: Values, counts: Values, full_marks: float = 100, cut_pct: float = 60
) -> float:
    """
    Share of the tested who pass (及格率). [percent].

    Parameters
    ----------
    scores : sequence, array or Series
        Scores that occur, each once or more. [marks]
    counts : sequence, array or Series
        Pupils with each score. [persons]
    full_marks : float, default 100
        Highest possible score. [marks]
    cut_pct : float, default 60
        Cut-off, itself included. [percent of full marks, above 1, to 100]

    Returns
    -------
    float
        Pass rate. [percent, 0-100]

    Raises
    ------
    DataError
        As :func:`rate_at_or_above`.

    Notes
    -----
    60 percent of full marks is common practice in Chinese schools and no national rule.

    References
    ----------
    Practice as described in http://wap.manyoumao.com/know/1646192.html (a web note).

    Examples
    --------
    >>> pass_rate_from_scores(scores=[40, 60, 85], counts=[1, 2, 1])
    75.0
    """
    return rate_at_or_above(scores, counts, full_marks=full_marks, cut_pct=cut_pct)


def excellence_rate_from_scores(
    *, scores: Values, counts: Values, full_marks: float = 100, cut_pct: float = 85
) -> float:
    """
    Share of the tested with an excellent score (优秀率). [percent].

    Parameters
    ----------
    scores : sequence, array or Series
        Scores that occur, each once or more. [marks]
    counts : sequence, array or Series
        Pupils with each score. [persons]
    full_marks : float, default 100
        Highest possible score. [marks]
    cut_pct : float, default 85
        Cut-off, itself included. [percent of full marks, above 1, to 100]

    Returns
    -------
    float
        Excellence rate. [percent, 0-100]

    Raises
    ------
    DataError
        As :func:`rate_at_or_above`.

    Notes
    -----
    85 percent is usual from grade 3 on, 90 in grades 1 and 2; some regions take 80 or 90 for all.
    Rates with different cut-offs cannot be compared.

    References
    ----------
    Three schemes side by side: https://3dmxku.com/daquan/zonghe/3984274.html (a web note).

    Examples
    --------
    >>> excellence_rate_from_scores(scores=[40, 60, 85], counts=[1, 2, 1])
    25.0
    """
    return rate_at_or_above(scores, counts, full_marks=full_marks, cut_pct=cut_pct)


def low_score_rate_from_scores(
    *, scores: Values, counts: Values, full_marks: float = 100, cut_pct: float = 40
) -> float:
    """
    Share of the tested with a low score (低分率). [percent].

    Parameters
    ----------
    scores : sequence, array or Series
        Scores that occur, each once or more. [marks]
    counts : sequence, array or Series
        Pupils with each score. [persons]
    full_marks : float, default 100
        Highest possible score. [marks]
    cut_pct : float, default 40
        Cut-off, itself excluded. [percent of full marks, above 1, to 100]

    Returns
    -------
    float
        Low score rate. [percent, 0-100]

    Raises
    ------
    DataError
        As :func:`rate_below`.

    Notes
    -----
    Both 30 and 40 percent of full marks are in use; no rule was found. State the one you take.

    Examples
    --------
    >>> low_score_rate_from_scores(scores=[39, 40, 85], counts=[1, 2, 1])
    25.0
    """
    return rate_below(scores, counts, full_marks=full_marks, cut_pct=cut_pct)


#: A number as a plan prints it.
Printed: TypeAlias = int | float | str | Decimal | Fraction


def smallest_count_for(bound_pct: Printed, whole: float, *, strict: bool = False) -> int:
    r"""
    Smallest count whose share of a whole reaches a bound. [persons or institutions].

    Parameters
    ----------
    bound_pct : int, float, str, Decimal or Fraction
        The bound as printed. [percent, 0-100]
    whole : int
        All members. [persons or institutions]
    strict : bool, default False
        Whether the share has to lie above the bound (>) and not only reach it. [yes or no]

    Returns
    -------
    int
        Smallest count that does. [unit of ``whole``]

    Raises
    ------
    DataError
        If the whole is not a positive whole number, the bound lies outside 0-100, or no count
        lies above it.

    Notes
    -----
    The smallest whole :math:`k` with :math:`100 k / \text{whole} \ge \text{bound}`.

    Examples
    --------
    At least 20 percent of 40 kindergartens, and more than half of 10:

    >>> smallest_count_for(20, 40), smallest_count_for(50, 10, strict=True)
    (8, 6)
    """
    needed = _exact_part("smallest_count_for", bound_pct, whole)
    if strict and needed == whole:
        raise DataError(
            f"smallest_count_for: expected a bound below 100 with strict=True; found {bound_pct}. "
            "No part of a whole is above 100 percent of it; the promise cannot be kept."
        )
    return math.floor(needed) + 1 if strict else math.ceil(needed)


def largest_count_for(bound_pct: Printed, whole: float, *, strict: bool = False) -> int:
    r"""
    Largest count whose share of a whole stays within a bound. [persons or institutions].

    Parameters
    ----------
    bound_pct : int, float, str, Decimal or Fraction
        The bound as printed. [percent, 0-100]
    whole : int
        All members. [persons or institutions]
    strict : bool, default False
        Whether the share has to lie below the bound (<) and may not touch it. [yes or no]

    Returns
    -------
    int
        Largest count that does. [unit of ``whole``]

    Raises
    ------
    DataError
        If the whole is not a positive whole number, the bound lies outside 0-100, or no count
        lies below it.

    Notes
    -----
    The largest whole :math:`k` with :math:`100 k / \text{whole} \le \text{bound}`.

    References
    ----------
    State Council of the PRC, 国发〔2016〕40号, for the bound of the example.

    Examples
    --------
    Large classes within 5 percent of 250 classes, and below it:

    >>> largest_count_for(5, 250), largest_count_for(4, 250, strict=True)
    (12, 9)
    """
    allowed = _exact_part("largest_count_for", bound_pct, whole)
    if strict and allowed == 0:
        raise DataError(
            f"largest_count_for: expected a bound above 0 with strict=True; found {bound_pct}. "
            "No count is below 0 percent of a whole; the promise cannot be kept."
        )
    return math.ceil(allowed) - 1 if strict else math.floor(allowed)


def smallest_count_after_growth(base: float, growth_pct: Printed, *, strict: bool = False) -> int:
    r"""
    Smallest count that is a given percentage above a base. [persons or institutions].

    Parameters
    ----------
    base : int
        Count at the start. [persons or institutions]
    growth_pct : int, float, str, Decimal or Fraction
        The relative growth as printed. [percent of ``base``, 0 or more]
    strict : bool, default False
        Whether the growth has to pass the percentage (>) and not only reach it. [yes or no]

    Returns
    -------
    int
        Smallest count that does. [unit of ``base``]

    Raises
    ------
    DataError
        If the base is not a positive whole number, or the growth is negative.

    Notes
    -----
    The smallest whole :math:`k` with
    :math:`k \ge \text{base} \cdot (1 + \text{growth} / 100)`.

    Examples
    --------
    20 percent more than 33 schools:

    >>> smallest_count_after_growth(33, 20)
    40
    """
    start = _whole("smallest_count_after_growth", "base", base)
    growth = _exact("smallest_count_after_growth", "growth_pct", growth_pct)
    if growth < 0:
        raise DataError(
            "smallest_count_after_growth: expected growth_pct of at least 0; "
            f"found {growth_pct}. For what may remain after a fall, use largest_count_for "
            "with 100 minus the fall."
        )
    needed = start * (1 + growth / 100)
    return math.floor(needed) + 1 if strict else math.ceil(needed)


def _exact_part(formula: str, bound_pct: Printed, whole: float) -> Fraction:
    members = _whole(formula, "whole", whole)
    bound = _exact(formula, "bound_pct", bound_pct)
    if not 0 <= bound <= 100:
        raise DataError(
            f"{formula}: expected bound_pct within 0 and 100; found {bound_pct}. "
            "For growth over a base, use smallest_count_after_growth."
        )
    return bound * members / 100


def _exact(formula: str, name: str, value: Printed) -> Fraction:
    # The shortest text of a float is the number that was written: 7.3, not its binary neighbour.
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise DataError(
            f"{formula}: expected a finite number for {name}; found {value!r}. "
            "Give the percentage as it is printed, without a percent sign."
        ) from None


def _whole(formula: str, name: str, value: float) -> int:
    number = _exact(formula, name, value)
    if number.denominator != 1 or number <= 0:
        raise DataError(
            f"{formula}: expected {name} to be a positive whole number; found {value!r}. "
            "Count persons or institutions one by one, not in thousands."
        )
    return int(number)
