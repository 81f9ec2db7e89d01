"""Counts in, counts out: what every table started from, what it used, and why the rest was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from upstander.measure.errors import MeasureError


@dataclass(frozen=True, slots=True)
class Account:
    """What became of `given` things: `used`, or left out for one of the `reasons`.

    Raises MeasureError where that does not add up: then something was dropped in silence.
    """

    what: str
    given: int
    used: int
    reasons: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (
            self.used + sum(self.reasons.values()) != self.given
            or min(self.used, *self.reasons.values(), 0) < 0
        ):
            raise MeasureError(
                f"Of {self.given} {self.what}, {self.used} were used and {sum(self.reasons.values())} "
                "left out with a "
                "reason: that does not add up."
            )

    def __str__(self) -> str:
        out = "; ".join(f"{count:,} {reason}" for reason, count in self.reasons.items() if count)
        return f"{self.used:,} of {self.given:,} {self.what} used" + (f" (left out: {out})" if out else "")
