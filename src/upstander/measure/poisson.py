"""Modified Poisson regression: a risk ratio adjusted for several things at once (Zou 2004).

A Poisson model with a log link for something that happens or not; its errors would be too large, so they come
from the squared residuals instead (the sandwich), or, where people of a unit may have something in common,
from what each unit leaves over (Zou and Donner 2013). Mantel-Haenszel compares inside each cell of all things
crossed, and learns nothing from a cell with one group only; this learns from them too, and supposes for it
that the things multiply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse, stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result
from upstander.measure.times import Z

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Design: TypeAlias = sparse.csr_array
Flags = NDArray[np.bool_]
Levels: TypeAlias = NDArray[np.object_] | Ints
METHOD = "modified Poisson regression, sandwich interval"
CLUSTERED = "modified Poisson regression, sandwich interval by unit"
FEWEST = 20  # clusters from which their own spread can be judged; with fewer it comes out too small
ROUNDS = 50
NEVER = 1e-7  # a fitted risk below this is one that runs away to nought


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients of a fitted model and their covariance by the sandwich."""

    beta: Floats
    covariance: Floats

    def ratio(self, column: int, clusters: int = 0) -> tuple[float, float, float]:
        """Lower limit, risk ratio and upper limit for a step of one in a column.

        With clusters by Student's t for one fewer than there are, which their small number asks for.
        """
        reach = float(stats.t.ppf((1 + LEVEL) / 2, clusters - 1)) if clusters else Z
        reach *= float(np.sqrt(self.covariance[column, column]))
        low, middle, high = (float(np.exp(self.beta[column] + side * reach)) for side in (-1, 0, 1))
        return low, middle, high


def adjusted_risk_ratio(
    first: Flags,
    events: Ints,
    people: Ints,
    factors: Sequence[Levels],
    *,
    cluster: Levels | None = None,
) -> Result:
    """Risk in the first group over risk in the other, given each factor. A row is a cell of people alike.

    `events` of its `people` had what is counted; each factor gives a level for every row, and `cluster` the
    unit whose people may have something in common besides. A level none of whose people had it says nothing
    about the ratio and is left out, with a note. Raises MeasureError.
    """
    at = np.zeros(len(first), dtype=np.int64) if cluster is None else cluster
    rows = (events, people, at, *factors)
    if any(len(one) != len(first) for one in rows) or (events < 0).any() or (events > people).any():
        raise MeasureError("Every row needs its group, its people, as many events at most, and its levels.")
    both = [int(people[side].sum()) for side in (first, ~first)]
    size = min(both)
    if size == 0:
        return NotEstimable("One of the groups has nobody in it.", 0, METHOD, "ratio")
    kept = _telling(events, people > 0, factors)
    first, events, people, at = first[kept], events[kept], people[kept], at[kept]
    count = min(int(events[first].sum()), int(events[~first].sum()))
    if count == 0:
        return NotEstimable("One of the groups has none.", size, METHOD, "ratio")
    given = [factor[kept] for factor in factors]
    while True:
        x = _design(first, given)
        if x is None:
            reason = "The groups are nowhere together: the group follows from what is adjusted for."
            return NotEstimable(reason, size, METHOD, "ratio")
        beta = fit(x, events, people)
        if beta is None:
            return NotEstimable("The fit did not settle.", size, METHOD, "ratio")
        some = np.exp(x @ beta) > NEVER
        if some.all():
            break
        # nobody there had it, and levels together say that nobody would: that tells as little as one level
        first, events, people, at = first[some], events[some], people[some], at[some]
        given = [factor[some] for factor in given]
    clusters = len(np.unique(at))
    if clusters < FEWEST:
        method, (low, middle, high) = METHOD, sandwich(x, events, people, beta).ratio(-1)
    else:
        method, (low, middle, high) = CLUSTERED, sandwich(x, events, people, beta, at).ratio(-1, clusters)
    estimate = Estimate(middle, low, high, size, size, method, "ratio", events=count)
    out = sum(both) - int(people.sum())
    return estimate.noting(f"{out} people where nobody had it are left out.") if out else estimate


def fit(x: Design, events: Ints, people: Ints) -> Floats | None:
    """The coefficients that make the exponential of `x @ beta` the risk of a row of `people`.

    The first column of `x` is of ones. None where they do not settle. Some may run away downwards, where
    nobody had it: the rest settles all the same.
    """
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(events.sum() / people.sum())
    loglik = _loglik(x @ beta, events, people)
    for _ in range(ROUNDS):
        mean = people * np.exp(x @ beta)
        information = _squared(x, mean)
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return None
        step = np.linalg.solve(information, x.T @ (events - mean))
        while (trial := _loglik(x @ (beta + step), events, people)) < loglik - 1e-9 * abs(loglik):
            step = step / 2
        beta, gain, loglik = beta + step, trial - loglik, trial
        if gain <= 1e-12 * (1 + abs(loglik)):
            return beta
    return None


def _squared(x: Design, weight: Floats) -> Floats:
    """`x` times itself, a weight a row; small, whatever `x` is."""
    found: Floats = (x.T @ x.multiply(weight[:, None]).tocsr()).toarray()
    return found


def sandwich(x: Design, events: Ints, people: Ints, beta: Floats, cluster: Levels | None = None) -> Fit:
    """Squared residuals between two inverses of the information: `events` rows at one, the rest at nought.

    With clusters, the squares are of each cluster's sum, times G/(G - 1) for G of them, as Stata has it.
    """
    risk = np.exp(x @ beta)
    if cluster is not None:
        names, of = np.unique(cluster, return_inverse=True)
        member = sparse.csr_array((np.ones(len(of)), (of.ravel(), np.arange(len(of)))))
        sums = (member @ x.multiply((events - people * risk)[:, None]).tocsr()).toarray()
        bread = np.linalg.inv(_squared(x, people * risk))
        return Fit(beta, len(names) / (len(names) - 1) * bread @ sums.T @ sums @ bread)
    squares = events * (1 - risk) ** 2 + (people - events) * risk**2
    bread = np.linalg.inv(_squared(x, people * risk))
    return Fit(beta, bread @ _squared(x, squares) @ bread)


def _loglik(score: Floats, events: Ints, people: Ints) -> float:
    return float(events @ score - people @ np.exp(np.minimum(score, 700)))


def _telling(events: Ints, kept: Flags, factors: Sequence[Levels]) -> Flags:
    """Rows without those of a level that has no events: its fitted risk is nought, whatever the ratio is."""
    before = -1
    while before != (before := int(kept.sum())):
        for factor in factors:
            levels, of = np.unique(factor, return_inverse=True)
            seen = np.bincount(of.ravel(), weights=events * kept, minlength=len(levels)) > 0
            kept = kept & seen[of.ravel()]
    return kept


def _design(first: Flags, factors: Sequence[Levels]) -> Design | None:
    """A column of ones, one a level of each factor but its first, and the group last.

    Levels that follow from others are left out: two factors may say the same. None where the group does.
    """
    columns = [sparse.csr_array(np.ones((len(first), 1)))]
    for factor in factors:
        levels, of = np.unique(factor, return_inverse=True)
        columns.append(
            sparse.csr_array((np.ones(len(of)), of.ravel(), np.arange(len(of) + 1)))[:, 1 : len(levels)]
        )
    x = sparse.hstack([*columns, sparse.csr_array(first[:, None].astype(float))], format="csr")
    # a column that follows from those before it is left with nothing when they are taken out
    length = np.abs(np.diag(linalg.qr((x.T @ x).toarray(), mode="r")[0]))
    new = length > 1e-9 * (x.T @ x).diagonal()
    return x[:, new] if new[-1] else None
