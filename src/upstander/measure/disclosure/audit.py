"""The audit: what an outsider with a computer can work out about every hidden cell.

For each hidden cell, two linear programs find the least and the most it can be, given every number that is
shown, every sum, and that counts are not negative (Fischetti and Salazar 2001 call this the attacker's
problem). A rule of thumb such as "two hidden cells in each row and column" is not safe: sums of rows and
columns can leave a cell no freedom although it keeps the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from upstander.measure.disclosure.cells import Cell, Relation
from upstander.measure.errors import DisclosureError

Floats = NDArray[np.float64]
AT_ONCE = 20_000  # unknowns of programs that are solved side by side
FAR = 100.0
SLACK = 1e-6  # what the solver's answers are exact to, generously


class Interval(NamedTuple):
    """The least and the most a hidden cell can be; `hi` is infinite where nothing bounds it."""

    lo: float
    hi: float

    @property
    def width(self) -> float:
        """How much is left open."""
        return self.hi - self.lo


class Within(NamedTuple):
    """A weighted sum of cells that is known to be at most `most`. Shown percentages are such knowledge."""

    weights: tuple[tuple[Cell, float], ...]
    most: float


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that an outsider has: bounds of each cell, sums, and inequalities. Build it with `knowledge`."""

    cells: tuple[Cell, ...]
    lower: Floats
    upper: Floats
    sums: sparse.csr_array
    within: sparse.csr_array
    most: Floats

    def index(self) -> dict[Cell, int]:
        """Where each cell stands in the arrays."""
        return {one: at for at, one in enumerate(self.cells)}


def knowledge(
    bounds: Mapping[Cell, tuple[float, float]], relations: Iterable[Relation], within: Sequence[Within] = ()
) -> Knowledge:
    """Gathers what an outsider has.

    `bounds` gives every cell's known range: equal ends for a shown number.
    """
    cells = tuple(bounds)
    index = {one: at for at, one in enumerate(cells)}
    sums = _matrix(
        [{**_ones(relation.parts, 1.0), relation.total: -1.0} for relation in _proper(relations)], index
    )
    extra = _matrix([dict(one.weights) for one in within], index)
    lower, upper = (np.array([bounds[one][end] for one in cells], dtype=float) for end in (0, 1))
    return Knowledge(cells, lower, upper, sums, extra, np.array([one.most for one in within], dtype=float))


def intervals(known: Knowledge, wanted: Iterable[Cell], *, whole: bool = False) -> dict[Cell, Interval]:
    """What can be worked out about each wanted cell.

    `whole` adds that counts are whole numbers, which matters beyond two dimensions and in linked tables (in
    a plain two-way table the linear program's corners are whole by themselves); it takes longer. Raises
    DisclosureError where the numbers contradict each other.
    """
    index = known.index()
    pieces = _pieces(known)
    found = {}
    asked: list[tuple[Cell, _Piece, int]] = []
    for one in wanted:
        at = index[one]
        found[one] = Interval(float(known.lower[at]), float(known.upper[at]))
        if known.lower[at] < known.upper[at]:
            asked.append((one, pieces[at], int(np.searchsorted(pieces[at].columns, at))))
    together = [] if whole else [one for one in asked if not one[1].within.shape[0]]
    for (one, _, _), interval in zip(together, _together([job[1:] for job in together]), strict=True):
        found[one] = interval
    for one, piece, target in asked:
        if whole or piece.within.shape[0]:
            found[one] = Interval(_extreme(piece, target, 1.0, whole), _extreme(piece, target, -1.0, whole))
    return found


def _together(asked: Sequence[tuple[_Piece, int]]) -> list[Interval]:
    """The same programs side by side in a few large ones: small programs cost more to pose than to solve.

    One that has no end would end all of them, so what is not bounded has a bound far above any sum of what is
    known, and what reaches beyond those sums is told as infinite.
    """
    found: list[Interval] = []
    start = 0
    while start < len(asked):
        end, size = start, 0
        while end < len(asked) and (end == start or size + 2 * len(asked[end][0].columns) <= AT_ONCE):
            size += 2 * len(asked[end][0].columns)
            end += 1
        found += _one_program(asked[start:end])
        start = end
    return found


def _one_program(asked: Sequence[tuple[_Piece, int]]) -> list[Interval]:
    sums, sums_to, lower, upper, cost, ends = [], [], [], [], [], []
    for piece, target in asked:
        finite = piece.upper[np.isfinite(piece.upper)]
        end = 1.0 + float(np.abs(piece.sums_to).sum() + finite.sum() + np.abs(piece.lower).sum())
        ends.append(end)
        for sign in (1.0, -1.0):
            sums.append(piece.sums)
            sums_to.append(piece.sums_to)
            lower.append(piece.lower)
            upper.append(np.where(np.isfinite(piece.upper), piece.upper, FAR * end))
            one = np.zeros(len(piece.columns))
            one[target] = sign
            cost.append(one)
    answer = linprog(
        np.concatenate(cost),
        A_eq=sparse.block_diag(sums, format="csr"),
        b_eq=np.concatenate(sums_to),
        bounds=np.column_stack([np.concatenate(lower), np.concatenate(upper)]),
        method="highs",
    )
    if answer.status != 0:  # one of them contradicts itself: by itself it says so
        return [
            Interval(*(_extreme(piece, target, sign, False) for sign in (1.0, -1.0)))
            for piece, target in asked
        ]
    found, at = [], 0
    for (piece, target), end in zip(asked, ends, strict=True):
        size = len(piece.columns)
        low, high = float(answer.x[at + target]), float(answer.x[at + size + target])
        found.append(Interval(low, float("inf") if high > end else high))
        at += 2 * size
    return found


def audit(
    known: Knowledge, hidden: Iterable[Cell], width: float, *, whole: bool = False
) -> dict[Cell, Interval]:
    """As `intervals`, and raises DisclosureError where one of them is narrower than `width`."""
    found = intervals(known, hidden, whole=whole)
    narrow = [one for one, interval in found.items() if interval.width < width - SLACK]
    if narrow:
        raise DisclosureError(
            f"{len(narrow)} of {len(found)} hidden numbers could be worked out to within {width:g} or "
            "closer from what "
            "is shown. Hide more, show fewer tables, or join categories."
        )
    return found


class _Piece(NamedTuple):
    """The open cells that hang together, and the rows over them, with what the fixed cells contribute."""

    columns: NDArray[np.int64]
    lower: Floats
    upper: Floats
    sums: sparse.csr_array
    sums_to: Floats
    within: sparse.csr_array
    most: Floats


def _pieces(known: Knowledge) -> dict[int, _Piece]:
    """Splits the problem into parts that have nothing to do with each other: much smaller programs."""
    free = np.flatnonzero(known.lower < known.upper)
    fixed = np.flatnonzero(known.lower >= known.upper)
    values = known.lower[fixed]
    sums_to = -(known.sums[:, fixed] @ values)
    most = known.most - (known.within[:, fixed] @ values)
    sums, within = known.sums[:, free].tocsr(), known.within[:, free].tocsr()
    rows = sparse.vstack([sums, within]).tocsr()
    count, label = sparse.csgraph.connected_components(abs(rows.T) @ abs(rows), directed=False)
    found: dict[int, _Piece] = {}
    for part in range(count):
        inside = np.flatnonzero(label == part)
        columns = free[inside]
        of_sums, of_within = (np.flatnonzero(abs(one[:, inside]).sum(axis=1) > 0) for one in (sums, within))
        piece = _Piece(
            columns,
            known.lower[columns],
            known.upper[columns],
            sums[of_sums][:, inside],
            sums_to[of_sums],
            within[of_within][:, inside],
            most[of_within],
        )
        found |= {int(one): piece for one in columns}
    return found


def _extreme(piece: _Piece, target: int, sign: float, whole: bool) -> float:
    """The least (`sign` 1) or the most (-1) of one cell."""
    cost = np.zeros(len(piece.columns))
    cost[target] = sign
    if whole:
        rules = []
        if piece.sums.shape[0]:
            rules.append(LinearConstraint(piece.sums, piece.sums_to, piece.sums_to))
        if piece.within.shape[0]:
            rules.append(LinearConstraint(piece.within, -np.inf, piece.most))
        bounds = Bounds(piece.lower, piece.upper)
        answer = milp(cost, constraints=rules, bounds=bounds, integrality=np.ones(len(cost)))
    else:
        answer = linprog(
            cost,
            A_eq=piece.sums if piece.sums.shape[0] else None,
            b_eq=piece.sums_to if piece.sums.shape[0] else None,
            A_ub=piece.within if piece.within.shape[0] else None,
            b_ub=piece.most if piece.within.shape[0] else None,
            bounds=np.column_stack([piece.lower, piece.upper]),
            method="highs",
        )
    if answer.status == 0:
        return sign * float(answer.fun)
    if answer.status in (3, 4) and sign < 0 and not np.isfinite(piece.upper[target]):
        return float("inf")
    raise DisclosureError("The shown numbers contradict each other: no table could have them all.")


def _ones(cells: Iterable[Cell], value: float) -> dict[Cell, float]:
    return dict.fromkeys(cells, value)


def _proper(relations: Iterable[Relation]) -> list[Relation]:
    return [one for one in relations if one.parts != (one.total,)]


def _matrix(rows: Sequence[Mapping[Cell, float]], index: Mapping[Cell, int]) -> sparse.csr_array:
    data, at_row, at_column = [], [], []
    for number, row in enumerate(rows):
        for one, weight in row.items():
            data.append(weight)
            at_row.append(number)
            at_column.append(index[one])
    return sparse.csr_array((data, (at_row, at_column)), shape=(len(rows), len(index)), dtype=float)
