"""Disproportionality: how much more often a group is reported, investigated, found against, and at which
step.

Ratios of risks, not odds read as risks. Intervals are score intervals (Koopman 1984; Miettinen and Nurminen
1985): they hold with few events, and swapping the groups turns them round exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result

Z = float(stats.norm.ppf((1 + LEVEL) / 2))
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """So many of so many. Raises MeasureError for more than all."""

    events: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.n:
            raise MeasureError("A group cannot have more events than people.")

    @property
    def share(self) -> float:
        """The share; nought where there is nobody."""
        return self.events / self.n if self.n else 0.0


def _told(one: Group, other: Group, method: str, unit: str) -> NotEstimable | None:
    if one.n == 0 or other.n == 0:
        return NotEstimable("One of the groups has nobody in it.", min(one.n, other.n), method, unit)  # type: ignore[arg-type]
    return None


def wilson(group: Group) -> tuple[float, float]:
    """Wilson's interval of a share (1927)."""
    n, p = group.n, group.share
    middle, reach = (p + Z**2 / (2 * n)), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    low, high = (middle - reach) / (1 + Z**2 / n), (middle + reach) / (1 + Z**2 / n)
    return float(max(0.0, low)) if group.events else 0.0, float(min(1.0, high)) if group.events < n else 1.0


def share(group: Group) -> Result:
    """The share of a group with Wilson's interval."""
    method = "share, Wilson interval"
    if group.n == 0:
        return NotEstimable("The group has nobody in it.", 0, method)
    return Estimate(group.share, *wilson(group), group.n, group.n, method, "proportion", events=group.events)


def risk_ratio(one: Group, other: Group) -> Result:
    """Share of the first over share of the second, with Koopman's score interval."""
    method = "risk ratio, Koopman score interval"
    if told := _told(one, other, method, "ratio"):
        return told
    if other.events == 0:
        return NotEstimable(
            "The group compared with has none, so there is no ratio.", other.n, method, "ratio"
        )
    value = one.share / other.share

    def gap(ratio: float) -> float:
        return _koopman(one, other, ratio) - Z**2

    low = 0.0 if one.events == 0 else _root(gap, value, down=True)
    high = _root(gap, max(value, 1e-9), down=False)
    n, events = min(one.n, other.n), min(one.events, other.events)
    return Estimate(value, min(low, value), max(high, value), n, n, method, "ratio", events=events)


def _koopman(one: Group, other: Group, ratio: float) -> float:
    """The score chi-square at a ratio (Koopman's closed form of the constrained share)."""
    x, m, y, n = one.events, one.n, other.events, other.n
    a = ratio * (m + n)
    b = ratio * (m + y) + x + n
    # the smaller root, written so that nothing cancels where the ratio is tiny
    second = min(1.0, 2 * (x + y) / (b + np.sqrt(max(b * b - 4 * a * (x + y), 0.0))))
    first = min(1.0, ratio * second)
    total = 0.0
    for seen, size, chance in ((x, m, first), (y, n, second)):
        spread = size * chance * (1 - chance)
        if spread > 0:
            total += (seen - size * chance) ** 2 / spread
        elif abs(seen - size * chance) > 1e-9:
            return float("inf")
    return float(total)


def _root(gap: Callable[[float], float], start: float, *, down: bool) -> float:
    """Where the score reaches the limit, searched on a logarithmic scale away from the estimate."""
    step = -0.25 if down else 0.25
    inner, outer = 0.0, step
    for _ in range(200):
        if gap(start * float(np.exp(outer))) > 0:
            lower, upper = sorted((inner, outer))
            found = optimize.brentq(lambda x: gap(start * float(np.exp(x))), lower, upper, xtol=1e-13)
            return start * float(np.exp(found))
        inner, outer = outer, outer * 1.5
        if abs(outer) > 600:
            break
    return 0.0 if down else float("inf")


def risk_difference(one: Group, other: Group) -> Result:
    """Share of the first less share of the second, with Miettinen and Nurminen's interval."""
    method = "risk difference, Miettinen-Nurminen interval"
    if told := _told(one, other, method, "difference"):
        return told
    value = one.share - other.share
    factor = (one.n + other.n) / (one.n + other.n - 1)

    def score(difference: float) -> float:
        second = _constrained(one, other, difference)
        first = second + difference
        variance = factor * (first * (1 - first) / one.n + second * (1 - second) / other.n)
        away = value - difference
        return float("inf") if variance <= 0 and away else (away**2 / variance if variance > 0 else 0.0)

    edge = 1e-12
    low = (
        -1.0
        if score(-1 + edge) <= Z**2
        else float(optimize.brentq(lambda d: min(score(d), 1e6) - Z**2, -1 + edge, value, xtol=1e-13))
    )
    high = (
        1.0
        if score(1 - edge) <= Z**2
        else float(optimize.brentq(lambda d: min(score(d), 1e6) - Z**2, value, 1 - edge, xtol=1e-13))
    )
    n = min(one.n, other.n)
    events = min(one.events, other.events)
    return Estimate(value, min(low, value), max(high, value), n, n, method, "difference", events=events)


def _constrained(one: Group, other: Group, difference: float) -> float:
    """The second group's likeliest share when the difference is fixed (a cubic; Miettinen and Nurminen)."""
    m, n = one.n, other.n
    a = m + n
    b = (m + 2 * n) * difference - a - (one.events + other.events)
    c = (n * difference - a - 2 * other.events) * difference + one.events + other.events
    d = other.events * difference * (1 - difference)
    q = b**3 / (27 * a**3) - b * c / (6 * a**2) + d / (2 * a)
    p = np.sign(q) * np.sqrt(max(b**2 / (9 * a**2) - c / (3 * a), 0.0))
    ratio = 0.0 if p == 0 else min(1.0, max(-1.0, q / p**3))
    angle = (np.pi + np.arccos(ratio)) / 3
    found = 2 * p * np.cos(angle) - b / (3 * a)
    return float(min(max(found, 0.0, -difference), 1.0, 1.0 - difference))


def newcombe(one: Group, other: Group) -> Result:
    """The difference of shares with Newcombe's hybrid score interval (1998, method 10)."""
    method = "risk difference, Newcombe interval"
    if told := _told(one, other, method, "difference"):
        return told
    (l1, u1), (l2, u2) = wilson(one), wilson(other)
    value = one.share - other.share
    low = value - float(np.hypot(one.share - l1, u2 - other.share))
    high = value + float(np.hypot(u1 - one.share, other.share - l2))
    n = min(one.n, other.n)
    events = min(one.events, other.events)
    return Estimate(value, low, high, n, n, method, "difference", events=events)


@dataclass(frozen=True, slots=True)
class Stratified:
    """Mantel-Haenszel: odds ratio, risk ratio, the test of no association, and whether strata agree."""

    odds_ratio: Result
    risk_ratio: Result
    cmh: float
    p: float
    breslow_day: float
    p_homogeneous: float


def crude_odds_ratio(one: Group, other: Group) -> Result:
    """Odds of the first over odds of the second, with Woolf's interval: to compare with published ones."""
    method = "odds ratio, Woolf interval"
    cells = (one.events, one.n - one.events, other.events, other.n - other.events)
    if min(cells) == 0:
        return NotEstimable("One of the four cells is empty.", min(one.n, other.n), method, "ratio")
    value = cells[0] * cells[3] / (cells[1] * cells[2])
    reach = float(np.exp(Z * np.sqrt(sum(1 / cell for cell in cells))))
    n = min(one.n, other.n)
    return Estimate(
        value, value / reach, value * reach, n, n, method, "ratio", events=min(cells[0], cells[2])
    )


def mantel_haenszel(
    strata: Sequence[tuple[Group, Group]], *, correct: bool = True
) -> Stratified | NotEstimable:
    """Compares two groups within strata. Odds: Robins, Breslow and Greenland (1986); risks: Greenland and
    Robins (1985).

    `correct` takes half a count off the test, as R does. Strata with one group only add nothing and are
    left out.
    """
    method = "Mantel-Haenszel"
    both = [(one, other) for one, other in strata if one.n and other.n]
    a, b = np.array([[g.events, g.n - g.events] for g, _ in both], dtype=float).reshape(-1, 2).T
    c, d = np.array([[g.events, g.n - g.events] for _, g in both], dtype=float).reshape(-1, 2).T
    n = a + b + c + d
    size = int(min(sum(g.n for g, _ in both), sum(g.n for _, g in both))) if both else 0
    up, down = float((a * d / n).sum()), float((b * c / n).sum())
    spread = (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * np.maximum(n - 1, 1))
    if not both or float(spread.sum()) == 0 or up == 0 or down == 0:
        return NotEstimable("No stratum holds both groups with and without the event.", size, method, "ratio")
    events = int(min(a.sum(), c.sum()))
    gap = abs(float((a - (a + b) * (a + c) / n).sum()))
    cmh = (gap - (min(0.5, gap) if correct else 0.0)) ** 2 / float(spread.sum())
    odds = _odds(a, b, c, d, events=events, size=size)
    agree = _breslow_day(a, b, c, d, odds.value)
    freedom = len(both) - 1
    return Stratified(
        odds,
        _risks(a, b, c, d, events=events, size=size),
        cmh,
        float(stats.chi2.sf(cmh, 1)),
        agree,
        float(stats.chi2.sf(agree, freedom)) if freedom else 1.0,
    )


def _odds(a: Floats, b: Floats, c: Floats, d: Floats, *, events: int, size: int) -> Estimate:
    n = a + b + c + d
    r, s = a * d / n, b * c / n
    p, q = (a + d) / n, (b + c) / n
    value = float(r.sum() / s.sum())
    variance = (p * r).sum() / (2 * r.sum() ** 2) + (q * s).sum() / (2 * s.sum() ** 2)
    variance += (p * s + q * r).sum() / (2 * r.sum() * s.sum())
    reach = float(np.exp(Z * np.sqrt(variance)))
    method = "Mantel-Haenszel odds ratio, Robins-Breslow-Greenland interval"
    return Estimate(value, value / reach, value * reach, size, size, method, "ratio", events=events)


def _risks(a: Floats, b: Floats, c: Floats, d: Floats, *, events: int, size: int) -> Result:
    method = "Mantel-Haenszel risk ratio, Greenland-Robins interval"
    one, other = a + b, c + d
    n = one + other
    up, down = float((a * other / n).sum()), float((c * one / n).sum())
    if up == 0 or down == 0:
        return NotEstimable("One of the groups has none.", size, method, "ratio")
    value = up / down
    variance = float(((one * other * (a + c) - a * c * n) / n**2).sum()) / (up * down)
    reach = float(np.exp(Z * np.sqrt(max(variance, 0.0))))
    return Estimate(value, value / reach, value * reach, size, size, method, "ratio", events=events)


def _breslow_day(a: Floats, b: Floats, c: Floats, d: Floats, odds: float) -> float:
    """Breslow and Day's chi-square (1980): do the strata have one odds ratio in common?"""
    one, events, n = a + b, a + c, a + b + c + d
    x = 1 - odds
    if abs(x) < 1e-12:
        expected = one * events / n
    else:
        middle = (n - one - events) + odds * (one + events)
        expected = (middle - np.sqrt(middle**2 - 4 * odds * (odds - 1) * one * events)) / (2 * (odds - 1))
    cells = np.stack([expected, one - expected, events - expected, n - one - events + expected])
    inside = (cells > 1e-12).all(axis=0)
    variance = 1 / (1 / cells[:, inside]).sum(axis=0)
    return float(((a[inside] - expected[inside]) ** 2 / variance).sum())


def ladder(
    steps: Sequence[tuple[str, int, int]], first_n: int, second_n: int
) -> list[tuple[str, Result, Result]]:
    """The risk ratio at every step: of all in the groups, and of those who reached the step before.

    `steps` are (name, how many of the first group reached it, how many of the second), in order. Raises
    MeasureError where more reach a step than the one before.
    """
    found: list[tuple[str, Result, Result]] = []
    before = (first_n, second_n)
    for name, one, other in steps:
        whole = risk_ratio(Group(one, first_n), Group(other, second_n))
        found.append((name, whole, risk_ratio(Group(one, before[0]), Group(other, before[1]))))
        before = (one, other)
    return found


def missing_bounds(one: Group, other: Group, unknown: Group) -> tuple[Result, Result]:
    """The least and the most the risk ratio could be, whatever group those with none stated belong to.

    At the least, the unknown with the event belong to the second group and those without to the first; and
    the reverse.
    """
    least = risk_ratio(
        Group(one.events, one.n + unknown.n - unknown.events),
        Group(other.events + unknown.events, other.n + unknown.events),
    )
    most = risk_ratio(
        Group(one.events + unknown.events, one.n + unknown.events),
        Group(other.events, other.n + unknown.n - unknown.events),
    )
    note = "Bound: all whose group is not stated are placed so as to make the ratio as {} as it could be."
    return least.noting(note.format("small")), most.noting(note.format("large"))


def e_value(ratio: float) -> float:
    """How strong something unmeasured would have to be, with both group and outcome, to explain a risk
    ratio away (VanderWeele and Ding 2017).
    """
    if ratio <= 0:
        raise MeasureError("A risk ratio is above nought.")
    above = max(ratio, 1 / ratio)
    return above + float(np.sqrt(above * (above - 1)))


def explained_away(ratio: Result) -> Result:
    """The E-value of a ratio, from that of the limit nearer to one up to that of the ratio itself."""
    method = "E-value (VanderWeele and Ding), from the limit nearer to one to the ratio"
    if isinstance(ratio, NotEstimable):
        return NotEstimable(ratio.reason, ratio.n, method, "E-value")
    if ratio.lo <= 1 <= ratio.hi:
        reason = "The ratio itself may be one: nothing needs explaining away."
        return NotEstimable(reason, ratio.n, method, "E-value")
    near = ratio.lo if ratio.lo > 1 else ratio.hi
    whole, least = e_value(max(ratio.value, 1e-9)), e_value(near)
    return Estimate(whole, least, whole, ratio.n, ratio.n_eff, method, "E-value", events=ratio.events)
