"""
Indicators of a group or of part of a year, made of the one that is defined where a target asks.

What judges, forecasts and reports then knows nothing of groups: ``pass_rate__rural`` is an
indicator like any other. Two underscores never stand in an id that somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from edu_metrics.catalog.models import Group, Indicator, Relation
from edu_metrics.catalog.targets import Areas, Condition, Plan, Reading, Relative, Target
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
        plans[name] = where, _plan(plan, find)


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


def _plan(plan: Plan, find: _Find) -> Plan:
    return plan.model_copy(update={"targets": tuple(_target(one, find) for one in plan.targets)})


def _target(target: Target, find: _Find) -> Target:
    readings = tuple(_reading(target, reading, find) for reading in target.readings)
    indicator = find(target.indicator, target.group, target.period)
    return target.model_copy(update={"indicator": indicator, "readings": readings})


def _reading(target: Target, reading: Reading, find: _Find) -> Reading:
    base = reading.indicator or target.indicator
    return reading.model_copy(
        update={
            "indicator": find(reading.indicator, target.group, target.period),
            "conditions": tuple(_conditions(reading.conditions, base, target.period, find)),
        }
    )


def _conditions(
    given: Iterable[Condition], base: str | None, period: str, find: _Find
) -> Iterable[Condition]:
    for one in given:
        if isinstance(one, Areas) and isinstance(one.each, Relative):
            yield one.model_copy(update={"each": _compared(one.each, base, period, find)})
        else:
            yield _compared(one, base, period, find) if isinstance(one, Relative) else one


def _compared(condition: Relative, base: str | None, period: str, find: _Find) -> Relative:
    to = condition.to
    if to.group is None:
        return condition
    named = {"indicator": find(to.indicator or base, to.group, period), "group": None}
    return condition.model_copy(update={"to": to.model_copy(update=named)})
