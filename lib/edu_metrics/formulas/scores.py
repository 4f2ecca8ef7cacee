"""
Rates read off a distribution of examination scores.

No national rule fixes the cut-offs, so each is a parameter, in percent of full marks. Where a
publisher gives only how many reached the cut-off, ``share`` computes the same rate.
"""

from __future__ import annotations

from fractions import Fraction

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, BoolArray, Values


def _tested(
    formula: str, scores: Values, counts: Values, full_marks: float, cut_pct: float
) -> tuple[BoolArray, float, Arguments]:
    """Check a distribution; tell which scores reach the cut, and how many were tested."""
    marks = Arguments.of(formula, full_marks=full_marks, cut_pct=cut_pct)
    marks.require(
        "full_marks > 0, 0 < cut_pct <= 100",
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
        Cut-off, itself included. [percent of full marks, above 0, to 100]

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
        Cut-off, itself excluded. [percent of full marks, above 0, to 100]

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
        Cut-off, itself included. [percent of full marks, above 0, to 100]

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
        Cut-off, itself included. [percent of full marks, above 0, to 100]

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
        Cut-off, itself excluded. [percent of full marks, above 0, to 100]

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
