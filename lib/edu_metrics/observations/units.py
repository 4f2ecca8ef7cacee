"""Units as tables print them, and how many of a quantity's own unit one of them is."""

from __future__ import annotations

import re
from decimal import Decimal

from edu_metrics.catalog import Quantity, plain

#: Powers of ten that stand before a unit; in Chinese they multiply: 百万 is 100 x 10 000.
_SCALES = {
    "十": 1,
    "百": 2,
    "千": 3,
    "万": 4,
    "亿": 8,
    "hundred": 2,
    "thousand": 3,
    "million": 6,
    "billion": 9,
}
_SCALED = re.compile(rf"^((?:{'|'.join(_SCALES)}|10000|1000)*)(.*)$")

_PERSONS = ("人", "名", "位")
_THINGS = ("个", "项", "处", "间", "家", "所", "件", "套", "台", "门", "次")
_INSTITUTIONS = ("所", "个", "家", "园", "校")

#: The words that count each unit of a quantity, beside the unit's own name.
_WORDS: dict[str, tuple[str, ...]] = {
    "persons": _PERSONS,
    "pupils": _PERSONS,
    "children": _PERSONS,
    "teachers": _PERSONS,
    "schools": _INSTITUTIONS,
    "kindergartens": _INSTITUTIONS,
    "institutions": _INSTITUTIONS,
    "classes": ("个", "班"),
    "times": ("次",),
    "years": ("年",),
    "yuan": ("元",),
    "yuan_per_pupil": ("元", "元/人", "元/生"),
    "square_metres": ("平方米", "m2"),
    "percent": ("%", "百分比"),
    "points": ("个百分点", "百分点"),
    "count": (*_PERSONS, *_THINGS, *_INSTITUTIONS),
}

#: Printed in thousandths, kept in hundredths.
_PER_MILLE = ("‰", "per_mille")


def accepted_units(quantity: Quantity) -> tuple[str, ...]:
    """
    List the printed units, without power of ten, that count a quantity.

    Parameters
    ----------
    quantity : Quantity
        What is measured.

    Returns
    -------
    tuple of str
        Its own unit first.
    """
    words = _WORDS.get(quantity.unit)
    if words is None:
        words = _THINGS if quantity.form == "count" else ()
    if quantity.unit == "percent":
        words = (*words, _PER_MILLE[0])
    return (quantity.unit, *words)


def unit_factor(printed: str, quantity: Quantity) -> Decimal | None:
    """
    Say how many of a quantity's unit one printed unit is, exactly.

    Parameters
    ----------
    printed : str
        Unit as printed, such as ``万人`` or ``‰``.
    quantity : Quantity
        What is measured.

    Returns
    -------
    Decimal or None
        The factor; None where the printed unit measures something else.

    Examples
    --------
    >>> children = Quantity.model_validate(
    ...     {
    ...         "id": "children",
    ...         "name": {"zh": "在园幼儿", "en": "Children"},
    ...         "unit": "persons",
    ...         "form": "count",
    ...     }
    ... )
    >>> unit_factor("万人", children), unit_factor("万元", children)
    (Decimal('1E+4'), None)
    """
    text = plain(printed)
    if quantity.unit == "percent" and text in _PER_MILLE:
        return Decimal("0.1")
    known = {plain(word) for word in accepted_units(quantity)}
    if text in known:
        return Decimal(1)
    scale, word = _SCALED.match(text).groups()  # type: ignore[union-attr]  # it matches anything
    # Where the unit is a bare number of things, 万 alone says enough.
    if not scale or word not in known | ({""} if quantity.form == "count" else set()):
        return None
    return Decimal(1).scaleb(_power(scale))


def _power(scale: str) -> int:
    power = 0
    for part in re.findall(rf"{'|'.join(_SCALES)}|10000|1000", scale):
        power += _SCALES[part] if part in _SCALES else len(part) - 1
    return power
