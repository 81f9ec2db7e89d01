"""Concentration: how much the top share of subjects accounts for, beside what chance alone would show.

With few events each, identical people look unequal. Four numbers together or none: seen; what identical
people would show; what the underlying rates hold; what the same top share held in the next period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable, Result
from upstander.measure.watch import fit_prior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 400
FEWEST = 40
WORK = 8_000_000  # subjects times draws: with many subjects the draws hardly differ


@dataclass(frozen=True, slots=True)
class Concentration:
    """Shares of all events that the top share of subjects holds; `next_period` only where one was given."""

    top: float
    seen: Result
    chance: Result
    underlying: Result
    next_period: Result


def top_share(counts: Ints, top: float) -> float:
    """The share of all events that the top share of subjects has, ties at the edge counted in part."""
    values = np.asarray(counts, dtype=float)
    size = top * len(values)
    whole = int(size)
    total = float(values.sum())
    if not total or whole >= len(values):
        return 1.0 if total else 0.0
    ordered = np.partition(-values, whole)
    return -(float(ordered[:whole].sum()) + (size - whole) * float(ordered[whole])) / total


def tenths(counts: Ints) -> list[int]:
    """Events of each tenth of the subjects, lowest first.

    The first (n mod 10) tenths have one subject more.
    """
    return [int(part.sum()) for part in np.array_split(np.sort(counts), 10)]


def concentration(
    counts: Ints,
    exposure: Floats,
    top: float = 0.1,
    *,
    later: Ints | None = None,
    rng: np.random.Generator | None = None,
) -> Concentration:
    """The four numbers. `later` are the same subjects' counts in the next period. Raises MeasureError."""
    if not 0 < top < 1:
        raise MeasureError("The top share lies between 0 and 1.")
    prior = fit_prior(counts, exposure)  # checks the counts and the exposure too
    rng = rng or np.random.default_rng(20_260_101)
    n, total = len(counts), int(counts.sum())
    if isinstance(prior, NotEstimable) or total < 10:
        reason = prior.reason if isinstance(prior, NotEstimable) else "Fewer than ten events."
        nothing = NotEstimable(reason, n, "share of the top", "proportion")
        return Concentration(top, nothing, nothing, nothing, nothing)
    exact = top_share(counts, top)
    seen = Estimate(
        exact, exact, exact, n, n, "share held by the top, as counted", "proportion", events=total
    )
    draws = max(FEWEST, min(DRAWS, WORK // n))
    equal = rng.multinomial(total, exposure / exposure.sum(), size=draws)
    chance = _drawn([top_share(one, top) for one in equal], n, total, f"identical subjects, {draws} draws")
    held = []
    for _ in range(draws):
        rates = rng.standard_gamma(prior.shape, n, dtype=np.float32) * exposure  # shares need no scale
        held.append(top_share(rates, top))  # type: ignore[arg-type]
    underlying = _drawn(held, n, total, f"underlying rates, gamma fitted, {draws} draws")
    return Concentration(top, seen, chance, underlying, _next(counts, later, top, rng))


def _drawn(values: list[float], n: int, events: int, method: str) -> Estimate:
    low, middle, high = (float(one) for one in np.quantile(values, [0.025, 0.5, 0.975]))
    return Estimate(middle, low, high, n, n, method, "proportion", events=events)


def _next(counts: Ints, later: Ints | None, top: float, rng: np.random.Generator) -> Result:
    method = "share of the next period held by the same subjects, bootstrap interval"
    if later is None:
        return NotEstimable("There is no next period yet.", len(counts), method)
    if len(later) != len(counts):
        raise MeasureError("The next period needs the same subjects.")
    if later.sum() < 10:
        return NotEstimable("Fewer than ten events in the next period.", len(counts), method)
    order = np.lexsort((rng.random(len(counts)), -counts))  # ties at the edge are broken by lot
    inside = np.zeros(len(counts), dtype=bool)
    inside[order[: max(1, round(top * len(counts)))]] = True
    value = float(later[inside].sum() / later.sum())
    # Subjects with the same count, on the same side, are alike: how many of each kind come again is all.
    kinds, alike = np.unique(later * 2 + inside, return_counts=True)
    again = rng.multinomial(len(counts), alike / len(counts), size=DRAWS)
    top_sums = again @ np.where(kinds % 2 == 1, kinds // 2, 0)
    drawn = top_sums / np.maximum(again @ (kinds // 2), 1)
    low, high = (float(one) for one in np.quantile(drawn, [0.025, 0.975]))
    events = int(later.sum())
    n = len(counts)
    return Estimate(value, min(low, value), max(high, value), n, n, method, "proportion", events=events)
