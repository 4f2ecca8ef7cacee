"""What is expected of a series before it is looked at, by the type of measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from edu_metrics.catalog.base import Day
from edu_metrics.errors import DefinitionError
from edu_metrics.files import packaged_yaml
from edu_metrics.words.definition import Definition, Slug, Text

#: The prior of a series of which nothing is said: it was learned from all types together.
WIDEST = "any"

Share = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]


class Prior(Definition):
    """
    Expectations about one type of measure, on the scale on which it moves.

    Attributes
    ----------
    drift_mean : float
        Change a year, in the better direction, to be expected of the areas of a study
        together. [on the scale, a year]
    drift_common_sd, drift_own_sd : float
        How far the drift of a study's areas together lies from that, and an area's own drift
        from theirs. [on the scale, a year]
    gain : float
        Which part of a surprise stays: 1 for a series without noise. [0-1]
    surprise_sd : float
        Standard deviation of a year's surprise in a typical series. [on the scale]
    scale_spread, own_spread : float
        Standard deviation of the logarithm of a surprise's variance, between studies and between
        areas of a study.
    common_share : float
        Part of that variance that all areas of a study have in common. [0-1]
    damping : float
        What is left of a drift a year later. [0-1]
    fading : float
        What a surprise counts for by those of the year after it, where it is asked how far series
        move: how lively they are changes too. [0-1]
    growth : float
        By how much of one surprise's variance doubt grows a year beyond that of the level, since
        drifts change.
    still_sd : float
        Surprise that even a series which stands still is taken to have seen once, since what is
        printed is rounded. [on the scale]
    rate : bool
        Whether such measures are rates from 0 to 100; else amounts or ratios without an upper
        bound.
    sampling : float
        By how much the variance of sampling (1/npq) of a rate of n persons counts.
    """

    id: Slug
    name: Text
    drift_mean: float
    drift_common_sd: Positive
    drift_own_sd: Positive
    gain: Share
    surprise_sd: Positive
    scale_spread: Positive
    own_spread: Positive
    common_share: Share
    damping: Share
    fading: Share
    growth: Positive
    sampling: Positive
    still_sd: Positive
    rate: bool = True

    def towards(self, *, falling: bool) -> Prior:
        """Give the same expectations of a measure that gets better by falling."""
        return self.model_copy(update={"drift_mean": -self.drift_mean}) if falling else self

    def for_changes_of(self, size: float) -> Prior:
        """Give the same expectations of a series whose yearly changes are of a size of its own."""
        factor = size / self.surprise_sd
        lengths = ("drift_mean", "drift_common_sd", "drift_own_sd", "surprise_sd", "still_sd")
        return self.model_copy(update={name: factor * getattr(self, name) for name in lengths})


class PriorPanel(Definition):
    """A file that priors were learned from."""

    source: Slug
    file: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PriorTable(Definition):
    """All priors, and how they were learned."""

    made: Day
    command: str
    panels: tuple[PriorPanel, ...] = Field(min_length=1)
    priors: tuple[Prior, ...] = Field(min_length=1)

    def _faults(self) -> Iterator[str]:
        names = [prior.id for prior in self.priors]
        if len(set(names)) < len(names) or WIDEST not in names:
            yield f"priors: expected {WIDEST!r} and each id once, found {names}"


@cache
def load_priors() -> Mapping[str, Prior]:
    """
    Read the priors that come with the package.

    Returns
    -------
    mapping of str to Prior
        By type of measure; ``any`` serves where no type is given.

    Examples
    --------
    >>> load_priors()["any"].drift_mean < load_priors()["money"].drift_mean
    True
    """
    table = PriorTable.model_validate(packaged_yaml(__package__, "priors.yaml"))
    return MappingProxyType({prior.id: prior for prior in table.priors})


def prior_of(measure_type: str | None) -> Prior:
    """
    Give the prior of a type of measure.

    Parameters
    ----------
    measure_type : str or None
        Type of measure; None where none is given, which takes the widest.

    Returns
    -------
    Prior
        Its expectations.

    Raises
    ------
    DefinitionError
        For a type that is not defined.

    Examples
    --------
    >>> prior_of(None).id
    'any'
    """
    priors = load_priors()
    if measure_type is not None and measure_type not in priors:
        raise DefinitionError(
            f"no type of measure {measure_type!r}; expected one of {', '.join(sorted(priors))}"
        )
    return priors[measure_type or WIDEST]
