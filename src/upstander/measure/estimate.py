"""An estimate: a value that never travels without its interval, the numbers behind it, method and notes.

Where there is none, `NotEstimable` says why. Neither ever holds a NaN: a page has no place for one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from upstander.measure.errors import MeasureError

Unit = Literal[
    "proportion",
    "ratio",
    "share ratio",
    "E-value",
    "difference",
    "days",
    "extra days",
    "count",
    "rate",
    "score",
]
"""A `ratio` is of shares or rates; a `share ratio` says which of two growing shares is larger, no more."""
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval.

    `n` counts the people or cases behind it (for a comparison, those of the smaller side), `n_eff` what
    they are worth after weighting and clustering, `events` those that had what is counted (for a ratio, on
    the smaller side). `lo` and `hi` may be infinite, `value` may not. Raises MeasureError for anything
    else.
    """

    value: float
    lo: float
    hi: float
    n: int
    n_eff: float
    method: str
    unit: Unit
    notes: tuple[str, ...] = ()
    events: int | None = None
    level: float = LEVEL

    def __post_init__(self) -> None:
        for name in ("value", "lo", "hi", "n_eff", "level"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if not math.isfinite(self.value) or math.isnan(self.lo) or math.isnan(self.hi):
            raise MeasureError("An estimate needs a number and two limits. Say it is not estimable instead.")
        slack = 1e-9 * max(1.0, abs(self.value))
        if not self.lo - slack <= self.value <= self.hi + slack:
            raise MeasureError("An estimate must lie within its own interval.")
        if self.n < 0 or not self.method or not math.isfinite(self.n_eff) or self.n_eff < 0:
            raise MeasureError("An estimate needs its method and the number of cases behind it.")

    @property
    def half_width(self) -> float:
        """Half of the interval, in the unit of the value; infinite where a limit is."""
        return (self.hi - self.lo) / 2

    def noting(self, *notes: str) -> Estimate:
        """The same with further notes."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """There is no estimate, and this is why: a result of its own, printed as "we cannot tell"."""

    reason: str
    n: int = 0
    method: str = ""
    unit: Unit = "proportion"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.reason:
            raise MeasureError("Say why it cannot be estimated.")

    def noting(self, *notes: str) -> NotEstimable:
        """The same with further notes."""
        return replace(self, notes=(*self.notes, *notes))


Result: TypeAlias = Estimate | NotEstimable


@dataclass(frozen=True, slots=True)
class Span:
    """One figure by strict and by lenient links of names: a range, in which no number is the better one.

    `lo` and `hi` reach over both intervals: what is not known of who is meant, and chance.
    """

    strict: Estimate
    lenient: Estimate

    def __post_init__(self) -> None:
        if self.strict.unit != self.lenient.unit:
            raise MeasureError("A range is between two of one unit.")

    @property
    def unit(self) -> Unit:
        """The unit of both."""
        return self.strict.unit

    @property
    def lo(self) -> float:
        """The least that either interval holds."""
        return min(self.strict.lo, self.lenient.lo)

    @property
    def hi(self) -> float:
        """The most that either interval holds."""
        return max(self.strict.hi, self.lenient.hi)


def span(strict: Result, lenient: Result) -> Span | NotEstimable:
    """The range from strict to lenient links; not estimable where one of the two is not."""
    if isinstance(strict, NotEstimable):
        return replace(strict, reason=f"By strict links: {strict.reason}")
    if isinstance(lenient, NotEstimable):
        return replace(lenient, reason=f"By lenient links: {lenient.reason}")
    return Span(strict, lenient)


def mirrored(result: Result) -> Result:
    """A difference seen from the other group: value and limits change sign."""
    if isinstance(result, NotEstimable):
        return result
    return replace(result, value=-result.value, lo=-result.hi, hi=-result.lo)


def inverted(result: Result) -> Result:
    """A ratio seen from the other group. Where it was nought, the other way round there is none."""
    if isinstance(result, NotEstimable):
        return result
    if result.value == 0:
        return NotEstimable(
            "The other group has none, so there is no ratio.", result.n, result.method, "ratio"
        )
    high = math.inf if result.lo == 0 else 1 / result.lo
    low = 0.0 if math.isinf(result.hi) else 1 / result.hi
    return replace(result, value=1 / result.value, lo=low, hi=high)
