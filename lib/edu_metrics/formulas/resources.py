"""Teachers, classes and money against the pupils they are for."""

from __future__ import annotations

import numpy as np

from edu_metrics.formulas._arguments import Arguments, Numbers, Values, row_by_row


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
