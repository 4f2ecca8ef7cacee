"""
Indicators of a group or of part of a year, made of the one that is defined where a target asks.

What judges, forecasts and reports then knows nothing of groups: ``pass_rate__rural`` is an
indicator like any other. Two underscores never stand in an id that somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edu_metrics.catalog.models import Group, Indicator, Relation
from edu_metrics.catalog.targets import Areas, Condition, Reading, Relative, Target
from edu_metrics.words import say

_JOINT = "__"
Table = dict[str, tuple[str, Any]]
#: Gives the id of an indicator in a group and period, and sees to it that there is one.
_Find = Callable[[str | None, str, str], str | None]


def base_of(indicator: str) -> str:
    """
    Give the id of the indicator that one of a group or period was made of.

    Examples
    --------
    >>> base_of("pass_rate__rural"), base_of("pass_rate")
    ('pass_rate', 'pass_rate')
    """
    return indicator.partition(_JOINT)[0]


def break_down(plans: Table, indicators: Table, groups: Table) -> None:
    """
    Put the indicators that targets mean in place of those that they name.

    Parameters
    ----------
    plans, indicators, groups : dict
        Sound entries by id, each with where it stands; plans are changed, indicators are added.
    """

    def find(indicator: str | None, group: str, period: str) -> str | None:
        if indicator is None or (group, period) == ("all", "year"):
            return indicator
        name = _name(indicator, group, period)
        if name not in indicators:
            where, entry = indicators[indicator]
            named = groups[group][1] if group != "all" else None
            made = _made(entry, named, group, period)
            indicators[name] = where, made
            for form_where, form in list(indicators.values()):
                if form.published_form_of == indicator:
                    relation = Relation(kind="published_form_of", indicators=(name,))
                    form = _made(form, named, group, period, relation)
                    indicators[form.id] = form_where, form
        return name

    for name, (where, plan) in plans.items():
        targets = tuple(_target(one, find) for one in plan.targets)
        plans[name] = where, plan.model_copy(update={"targets": targets})


def _name(indicator: str, group: str, period: str) -> str:
    parts = [part for part, usual in ((group, "all"), (period, "year")) if part != usual]
    return _JOINT.join([indicator, *parts])


def _made(
    entry: Indicator, group: Group | None, name: str, period: str, *relations: Relation
) -> Indicator:
    inputs = {
        argument: given.model_copy(
            update={
                "group": name if given.group == "all" else given.group,
                "period": period if given.period == "year" else given.period,
            }
        )
        for argument, given in entry.inputs.items()
    }
    said = {
        lang: _said(words, lang, group, period) for lang, words in entry.name.by_language.items()
    }
    return entry.model_copy(
        update={
            "id": _name(entry.id, name, period),
            "name": type(entry.name).model_validate(said),
            "inputs": inputs,
            "relations": relations,
            "mechanism": None,
        }
    )


def _said(words: str, lang: str, group: Group | None, period: str) -> str:
    told = [group.name.in_(lang)] if group else []
    if period.startswith("m"):
        told.append(say("period.month", lang, number=int(period[1:])))
    elif period != "year":
        told.append(say(f"period.{period}", lang))
    return say("period.of", lang, indicator=words, what=say("period.comma", lang).join(told))


def _target(target: Target, find: _Find) -> Target:
    readings = tuple(_reading(target, reading, find) for reading in target.readings)
    indicator = find(target.indicator, target.group, target.period)
    return target.model_copy(update={"indicator": indicator, "readings": readings})


def _reading(target: Target, reading: Reading, find: _Find) -> Reading:
    base, period = reading.indicator or target.indicator, target.period
    return reading.model_copy(
        update={
            "indicator": find(reading.indicator, target.group, period),
            "conditions": tuple(_condition(one, base, period, find) for one in reading.conditions),
        }
    )


def _condition(given: Condition, base: str | None, period: str, find: _Find) -> Condition:
    if isinstance(given, Areas):
        return given.model_copy(update={"each": _condition(given.each, base, period, find)})
    to = given.to if isinstance(given, Relative) else None
    if to is None or to.group is None:
        return given
    named = {"indicator": find(to.indicator or base, to.group, period), "group": None}
    return given.model_copy(update={"to": to.model_copy(update=named)})
