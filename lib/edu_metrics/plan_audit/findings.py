"""What an audit finds: kinds, severities, and one finding with its sentence and its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from edu_metrics.words import say

__all__ = ["Finding", "Kind", "Severity", "Value"]

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
class Finding:
    """
    One thing that a rule found in a plan.

    Attributes
    ----------
    kind : Kind
        What sort of thing.
    severity : Severity
        How much it matters.
    rule : str
        The rule that found it; its sentence is the text ``audit_<module>.<rule>`` of words.
    targets : tuple of str
        The targets concerned, in the order of the plan.
    text : str
        Key of the sentence.
    values : dict
        What is filled into the sentence; a value may be ``{"zh": ..., "en": ...}``.
    numbers : dict
        The numbers behind it, ready for JSON.
    part : str
        Tells apart several findings of one rule on the same targets.
    """

    kind: Kind
    severity: Severity
    rule: str
    targets: tuple[str, ...]
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, Value] = field(default_factory=dict)
    part: str = ""

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
        chosen = {
            name: value[lang] if isinstance(value, dict) and lang in value else value
            for name, value in self.values.items()
        }
        return say(self.text, lang, **chosen)
