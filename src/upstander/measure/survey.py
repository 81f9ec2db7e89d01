"""Survey estimates: weights, strata and clusters taken into account by Taylor linearisation.

Methods as in Lumley, "Complex Surveys" (2010), and the R package survey, whose printed results the tests
compare. Variances treat first-stage units as drawn with replacement unless their number in the population
is given; a stratum with a single unit is centred on the mean of all units. Rows outside a domain get the
value zero; none is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample was drawn, one entry a respondent.

    `weights` say how many people each stands for; `strata` and `psu` are codes (a first-stage unit's code
    need only be unique within its stratum); `units` is the number of first-stage units in the population of
    each row's stratum, where it is known. `margins` are the codes the weights were fitted to, `initial` the
    weights before that.
    """

    weights: Floats
    strata: Codes
    psu: Codes
    units: Floats | None = None
    margins: tuple[Codes, ...] = ()
    initial: Floats | None = None
    _units: tuple[Codes, Codes, Codes] | None = (
        None  # each row's unit, each unit's stratum, the strata's codes
    )
    _fitted: tuple[Codes, Floats] | None = None  # each row's cells of all margins, and what undoes their sums

    def __post_init__(self) -> None:
        weights = np.asarray(self.weights, dtype=float)
        if not (weights.shape == np.shape(self.strata) == np.shape(self.psu)) or weights.ndim != 1:
            raise MeasureError("Weights, strata and first-stage units need one entry a respondent.")
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise MeasureError("Weights are numbers that are not negative.")
        if self._units is None:
            strata, of = np.unique(self.strata, return_inverse=True)
            psus, unit = np.unique(self.psu, return_inverse=True)
            pairs, at = np.unique(of.ravel() * len(psus) + unit.ravel(), return_inverse=True)
            object.__setattr__(self, "_units", (at.ravel(), pairs // max(len(psus), 1), strata))
        if self.margins and self.initial is not None:
            object.__setattr__(self, "_fitted", _crossed(self.margins, self.initial))

    @property
    def grouped(self) -> tuple[Codes, Codes, Codes]:
        """The first-stage unit of each row, the stratum of each unit, and the strata's codes."""
        if self._units is None:
            raise MeasureError("A design was made in an unusual way.")
        return self._units

    @property
    def degrees(self) -> int:
        """Degrees of freedom: first-stage units less strata."""
        _, of, strata = self.grouped
        return len(of) - len(strata)


@dataclass(frozen=True, slots=True)
class Linear:
    """An estimate before it has an interval: value, standard error, degrees of freedom."""

    value: float
    se: float
    degrees: int


def simple(count: int, weight: float = 1.0) -> Design:
    """A simple random sample: one stratum, everyone her own unit."""
    return Design(np.full(count, weight), np.zeros(count, dtype=np.int64), np.arange(count))


def total(values: Floats, design: Design) -> Linear:
    """Estimated sum over the population."""
    weighted = design.weights * values
    return Linear(float(weighted.sum()), _se(weighted, design), design.degrees)


def ratio(numerator: Floats, denominator: Floats, design: Design) -> Linear:
    """Estimated ratio of two sums. Raises MeasureError where the lower one is nought."""
    below = float(design.weights @ denominator)
    if below == 0:
        raise MeasureError("The denominator is nought.")
    value = float(design.weights @ numerator) / below
    return Linear(
        value, _se(design.weights * (numerator - value * denominator) / below, design), design.degrees
    )


def mean(values: Floats, design: Design, domain: NDArray[np.bool_] | None = None) -> Linear:
    """Estimated mean, of everyone or of a domain (a true or false for each respondent)."""
    inside = np.ones(len(values)) if domain is None else domain.astype(float)
    return ratio(np.where(inside > 0, values, 0.0), inside, design)


def prevalence(
    yes: NDArray[np.bool_],
    design: Design,
    domain: NDArray[np.bool_] | None = None,
    *,
    method: str = "korn-graubard",
) -> Result:
    """Share of the domain that said yes, with a Korn-Graubard or a logit interval.

    Korn and Graubard (1998): Clopper-Pearson on the effective sample size, adjusted for the design's degrees
    of freedom; it never leaves 0 to 1 and needs no events. `logit` is the interval R calls that.
    """
    inside = np.ones(len(yes), dtype=bool) if domain is None else domain
    n = int((inside & (design.weights > 0)).sum())
    name = f"weighted share, {'Korn-Graubard' if method == 'korn-graubard' else 'logit'} interval"
    if method not in ("korn-graubard", "logit"):
        raise MeasureError(f"There is no interval {method!r} for a share.")
    if n < 2 or design.degrees < 1:
        return NotEstimable("Fewer than two people answered.", n, name)
    found = mean(yes.astype(float), design, inside)
    events = int((yes & inside & (design.weights > 0)).sum())
    p = min(1.0, max(0.0, found.value))
    variance = found.se**2
    if method == "logit":
        if not 0 < p < 1 or variance == 0:
            return NotEstimable(
                "Everyone gave the same answer; this interval cannot say how sure that is.", n, name
            )
        reach = stats.t.ppf((1 + LEVEL) / 2, found.degrees) * found.se / (p * (1 - p))
        middle = np.log(p / (1 - p))
        low, high = (float(1 / (1 + np.exp(-(middle + sign * reach)))) for sign in (-1, 1))
        return Estimate(p, low, high, n, min(n, p * (1 - p) / variance), name, "proportion", events=events)
    effective = n * 1.0 if variance <= 0 else p * (1 - p) / variance
    if 0 < p < 1 and variance > 0:
        both = (stats.t.ppf((1 + LEVEL) / 2, n - 1), stats.t.ppf((1 + LEVEL) / 2, found.degrees))
        effective = min(effective * (both[0] / both[1]) ** 2, n)
    else:
        effective = min(kish(design.weights[inside]), n)
    low, high = clopper_pearson(effective * p, effective)
    return Estimate(p, low, high, n, effective, name, "proportion", events=events)


def clopper_pearson(events: float, n: float) -> tuple[float, float]:
    """The exact interval for a share, also for effective numbers that are not whole."""
    half = (1 - LEVEL) / 2
    low = 0.0 if events <= 0 else float(stats.beta.ppf(half, events, n - events + 1))
    high = 1.0 if events >= n else float(stats.beta.ppf(1 - half, events + 1, n - events))
    return low, high


def kish(weights: Floats) -> float:
    """What a weighted sample is worth in people with equal weights (Kish 1965)."""
    squares = float((weights**2).sum())
    return float(weights.sum() ** 2 / squares) if squares > 0 else 0.0


def post_stratify(design: Design, cells: Codes, totals: Mapping[int, float]) -> Design:
    """Weights that add up to the known total in every cell.

    Raises MeasureError where a cell has respondents and no total, or a total and no respondents: cells must
    then be joined, which is a decision for the plan.
    """
    present = set(np.unique(cells[design.weights > 0]).tolist())
    if missing := present - totals.keys():
        raise MeasureError(f"{len(missing)} cells have respondents and no known total.")
    if empty := {cell for cell, count in totals.items() if count > 0} - present:
        raise MeasureError(f"{len(empty)} cells have people and no respondents. Join them with others.")
    order = np.array(sorted(present))
    at = np.minimum(np.searchsorted(order, cells), len(order) - 1)
    sums = np.bincount(at, weights=design.weights, minlength=len(order))
    wanted = np.array([totals[cell] for cell in sorted(present)], dtype=float)
    initial = design.weights if design.initial is None else design.initial
    fitted = design.weights * (wanted / sums)[at]
    margins = (*design.margins, np.asarray(cells))
    return replace(design, weights=fitted, margins=margins, initial=initial)


def rake(
    design: Design,
    margins: Sequence[tuple[Codes, Mapping[int, float]]],
    *,
    rounds: int = 200,
    close: float = 1e-10,
) -> Design:
    """Weights that add up to the known totals of several margins (iterative proportional fitting).

    Raises MeasureError where margins contradict each other or the fitting does not settle.
    """
    sums = [sum(totals.values()) for _, totals in margins]
    if not margins or max(sums) - min(sums) > 1e-6 * max(sums):
        raise MeasureError("The margins of the population have different totals.")
    # Each margin by itself is post-stratification, whose checks and meaning of cells hold here too.
    sides = []
    for codes, totals in margins:
        _ = post_stratify(design, codes, totals)
        cells, at = np.unique(codes, return_inverse=True)
        sides.append((at.ravel(), np.array([float(totals.get(int(cell), 0.0)) for cell in cells])))
    weights = np.asarray(design.weights, dtype=float)
    for _ in range(rounds):
        before = weights
        for at, wanted in sides:
            reached = np.bincount(at, weights=weights, minlength=len(wanted))
            weights = weights * np.divide(wanted, reached, out=np.zeros(len(wanted)), where=reached > 0)[at]
        if np.abs(weights - before).max() <= close * max(1.0, float(before.max())):
            codes_only = tuple(np.asarray(codes) for codes, _ in margins)
            return replace(design, weights=weights, margins=codes_only, initial=design.weights)
    raise MeasureError("Raking did not settle: some cells of the margins are too thin. Join categories.")


def response_bounds(yes: int, answered: int, invited: int) -> tuple[Estimate, Estimate]:
    """What the share would be if none of those who did not answer had said yes, and if all of them had."""
    if not 0 <= yes <= answered <= invited or invited == 0:
        raise MeasureError("Expected no more yeses than answers, and no more answers than invitations.")
    low, high = yes / invited, (yes + invited - answered) / invited
    method = "bound: every one who did not answer would have said {}"
    return (
        Estimate(low, low, low, invited, invited, method.format("no"), "proportion", events=yes),
        Estimate(high, high, high, invited, invited, method.format("yes"), "proportion", events=yes),
    )


def representativity(rates: Sequence[float], counts: Sequence[int]) -> float:
    """The R-indicator (Schouten, Cobben and Bethlehem 2009).

    1 where all groups answered alike, lower else.
    """
    weights = np.asarray(counts, dtype=float)
    values = np.asarray(rates, dtype=float)
    middle = float((weights * values).sum() / weights.sum())
    return 1 - 2 * float(np.sqrt((weights * (values - middle) ** 2).sum() / weights.sum()))


def _se(influence: Floats, design: Design) -> float:
    """Standard error of the sum of these weighted values (linearised, calibration taken into account)."""
    values = _residuals(influence, design)
    at, of, strata = design.grouped
    sums = np.bincount(at, weights=values)
    count = np.bincount(of)
    middles = np.bincount(of, weights=sums) / count
    middles[count == 1] = sums.mean()
    squares = np.bincount(of, weights=(sums - middles[of]) ** 2)
    factor = np.where(count > 1, count / np.maximum(count - 1, 1), 1.0)
    if design.units is not None:
        known = np.array([design.units[np.flatnonzero(design.strata == one)[0]] for one in strata])
        if (known < count).any():
            raise MeasureError("A stratum has more first-stage units in the sample than in the population.")
        factor = factor * (1 - count / known)
    found = float(np.sqrt((squares * factor).sum()))
    # What the margins explain whole leaves only the rounding of the arithmetic.
    return 0.0 if found <= 1e-11 * float(np.sqrt((influence**2).sum())) else found


def _crossed(margins: Sequence[Codes], initial: Floats) -> tuple[Codes, Floats]:
    """Cells of all margins side by side (a row a respondent), and what undoes their weighted cross table."""
    cells, size = [], 0
    for codes in margins:
        at = np.unique(codes, return_inverse=True)[1].ravel()
        cells.append(at + size)
        size += int(at.max(initial=-1)) + 1
    table = np.zeros((size, size))
    for one in cells:
        for other in cells:
            table += np.bincount(one * size + other, weights=initial, minlength=size * size).reshape(
                size, size
            )
    inverse = np.asarray(np.linalg.pinv(table, hermitian=True), dtype=np.float64)
    return np.stack(cells, axis=1), inverse


def _residuals(influence: Floats, design: Design) -> Floats:
    """Takes out what the fitted margins explain, with the initial weights as R does: least squares."""
    if design._fitted is None or design.initial is None:
        return influence
    positive = design.weights > 0
    values = np.where(positive, influence / np.where(positive, design.weights, 1.0), 0.0)
    cells, inverse = design._fitted
    weighted = design.initial * values
    sums = np.zeros(len(inverse))
    for column in cells.T:
        sums += np.bincount(column, weights=weighted, minlength=len(inverse))
    effect = inverse @ sums
    for column in cells.T:
        values = values - effect[column]
    return values * design.weights
