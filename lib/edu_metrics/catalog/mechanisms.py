"""Which mechanism serves an indicator, with what numbers: data, checked against the equations."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from edu_metrics.catalog.base import Definition, Slug, Text

#: What each kind of distribution is given by.
_GIVEN = {
    "fixed": ("mean",),
    "beta": ("mean", "sd"),
    "normal": ("mean", "sd"),
    "range": ("low", "high"),
}


class MechanismInput(Definition):
    """
    Where one number that a mechanism starts from comes from.

    A quantity (``teachers_primary``), the value of an indicator, or a number that is fixed.
    """

    quantity: Slug | None = None
    group: str = "all"
    indicator: Slug | None = None
    number: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_scalar(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"quantity": given}
        if isinstance(given, int | float) and not isinstance(given, bool):
            return {"number": given}
        return given

    @model_validator(mode="after")
    def _one_source(self) -> MechanismInput:
        named = [self.quantity, self.indicator, self.number]
        if sum(item is not None for item in named) != 1:
            raise ValueError("expected one of quantity, indicator and number")
        return self


class MechanismRate(Definition):
    """One rate that nobody knows exactly, by mean and sd or by a range; see the mechanisms."""

    kind: Literal["fixed", "beta", "normal", "range"]
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    low: float | None = None
    high: float | None = None
    yearly: bool = False
    unverified: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def _is_a_distribution(self) -> MechanismRate:
        given = tuple(n for n in ("mean", "sd", "low", "high") if getattr(self, n) is not None)
        if given != _GIVEN[self.kind]:
            raise ValueError(
                f"a rate of kind {self.kind!r} takes {' and '.join(_GIVEN[self.kind])}, "
                f"found {' and '.join(given) or 'nothing'}"
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"expected low before high, found {self.low:g} and {self.high:g}")
        if self.kind == "beta" and self.mean is not None and self.sd is not None:
            inside = 0 < self.mean < 100
            if not inside or self.sd**2 >= self.mean * (100 - self.mean):
                raise ValueError(f"no beta distribution has mean {self.mean:g} and sd {self.sd:g}")
        return self


class LeverRange(Definition):
    """
    Where a lever stands when nothing new is done, and how far it can be set.

    With ``per_100`` the numbers are for each 100 of the mechanism's whole (teachers, entrants of a
    cohort, children), so that one definition serves a city and its districts.
    """

    usual: float
    low: float
    high: float
    per_100: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> LeverRange:
        if not self.low <= self.usual <= self.high:
            raise ValueError(
                f"expected low <= usual <= high, found {self.low:g}, {self.usual:g}, {self.high:g}"
            )
        return self


class MechanismUse(Definition):
    """
    The mechanism behind an indicator.

    ``stated`` says how a start that only the plan prints is put in relative terms: ``rate`` is
    the printed rate, a number is itself.
    """

    flow: Slug
    outcome: Slug
    inputs: dict[Slug, MechanismInput]
    stated: dict[Slug, float | Literal["rate"]] = Field(default_factory=dict)
    rates: dict[Slug, MechanismRate] = Field(default_factory=dict)
    levers: dict[Slug, LeverRange] = Field(min_length=1)
    assumptions: tuple[Slug, ...] = ()

    @field_validator("stated")
    @classmethod
    def _has_a_rate(cls, given: dict[str, float | str]) -> dict[str, float | str]:
        if given and "rate" not in given.values():
            raise ValueError("expected 'rate' for one input: what the plan prints goes in there")
        return given
