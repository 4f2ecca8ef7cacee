"""What an audit finds: kinds, severities, and one finding with its sentence and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import update_wrapper, wraps
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.sentences import say_with

#: What the numbers behind a finding may be: ready for JSON.
Value = float | int | str | bool | None | list[Any] | dict[str, Any]


class Kind(StrEnum):
    """The kinds of finding."""

    TIME_BASE = "time_base"
    DEFINITION = "definition"
    CONTRADICTION = "contradiction"
    TABLE_ARTICLE = "table_article"
    VACUOUS = "vacuous"
    IMPOSSIBLE = "impossible"
    AMBIGUOUS = "ambiguous"
    RECORD = "record"
    JOINT = "joint"
    WHOLE_NUMBERS = "whole_numbers"
    UNMEASURABLE = "unmeasurable"
    BOUNDARY = "boundary"


class Severity(StrEnum):
    """
    How much a finding matters to whoever has to keep or judge the plan.

    ``high``: the text can't hold as printed, or nobody can judge it. ``medium``: the verdict
    depends on a choice that the text leaves open. ``low``: good to know. ``open``: the plan
    alone does not let the rule decide, and the finding says what is missing.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Flaw:
    """
    What a rule says of a plan.

    Attributes
    ----------
    severity : Severity
        How much it matters.
    text : str
        Key of the sentence.
    targets : tuple of str
        The targets concerned, in the order of the plan; the one looked at when left out.
    values : dict
        What is filled into the sentence beside the numbers, the number of targets (``count``),
        all their titles (``titles``), that of the first (``title``, ``first``) and of the
        last (``second``); a value may be words by language, or what makes them. They repeat the
        numbers and take no part in comparing two flaws.
    numbers : dict
        The numbers behind it, ready for JSON.
    part : str
        Tells apart several findings of one rule on the same targets.
    kind : Kind or None
        Where it is not the rule's.
    """

    severity: Severity
    text: str
    targets: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict, compare=False)
    numbers: dict[str, Value] = field(default_factory=dict)
    part: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Flaw):
    """
    One thing that a rule found in a plan.

    Attributes
    ----------
    kind : Kind
        What sort of thing.
    rule : str
        Name of the rule that found it.
    severity, targets, text, values, numbers, part
        As in :class:`Flaw`.
    """

    kind: Kind
    rule: str

    @property
    def id(self) -> str:
        """Name that stays the same while the plan's entries do."""
        tail = f":{self.part}" if self.part else ""
        return f"{self.rule}:{'+'.join(self.targets)}{tail}"

    def message(self, lang: str) -> str:
        """
        Say the finding in one sentence.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        str
            The sentence.
        """
        return say_with(self.text, self.values, lang)


#: What looks at a plan.
Rule = Callable[[PlanContext], Iterable[Finding]]
#: Every rule of the modules that were loaded.
RULES: list[Rule] = []


def rule(kind: Kind) -> Callable[[Callable[[PlanContext], Iterable[Flaw]]], Rule]:
    """Make a function a rule of the audit: each flaw that it sees becomes a finding of a kind."""

    def register(see: Callable[[PlanContext], Iterable[Flaw]]) -> Rule:
        @wraps(see)
        def find(context: PlanContext) -> Iterator[Finding]:
            # What concerns no target is no flaw.
            for flaw in (one for one in see(context) if one.targets):
                concerned = [context.targets[name] for name in flaw.targets]
                values = {
                    "title": concerned[0].title,
                    "first": concerned[0].title,
                    "second": concerned[-1].title,
                    "titles": context.titles(concerned),
                    "count": len(concerned),
                    **flaw.numbers,
                    **flaw.values,
                }
                yield Finding(
                    flaw.severity, flaw.text, flaw.targets, values, flaw.numbers, flaw.part,
                    kind=flaw.kind or kind, rule=see.__name__,
                )  # fmt: skip

        RULES.append(find)
        return find

    return register


def rule_of_target(kind: Kind) -> Callable[[Callable[[PlanContext, Target], Iterable[Flaw]]], Rule]:
    """Make a function a rule that looks at the targets of a plan one by one."""

    def register(see: Callable[[PlanContext, Target], Iterable[Flaw]]) -> Rule:
        def of_all(context: PlanContext) -> Iterator[Flaw]:
            for target in context.plan.targets:
                for flaw in see(context, target):
                    yield replace(flaw, targets=flaw.targets or (target.id,))

        return rule(kind)(update_wrapper(of_all, see))

    return register
