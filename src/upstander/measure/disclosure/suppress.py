"""Secondary suppression: the cheapest further numbers to hide, so that no hidden one can be worked out.

An integer program chooses what to hide (Fischetti and Salazar 2001, "Solving the cell suppression
problem"). For a protected cell it holds two other tables that an outsider must consider possible: both with
the shown numbers, and as far apart at that cell as the rule asks. Such pairs are only added for cells which
the attacker's linear programs find too closely known, until there are none. With HiGHS, through SciPy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from upstander.measure.disclosure.audit import SLACK, Knowledge, intervals, knowledge
from upstander.measure.disclosure.cells import Cell, Relation
from upstander.measure.errors import DisclosureError

Floats = NDArray[np.float64]
ROUNDS = 60
AT_ONCE = 12  # cells that are given their pair of tables in one round
IMPOSSIBLE = (
    "No choice of further hidden numbers protects those that must be hidden, because too much is fixed "
    "or was "
    "published before. Join categories or leave the table out."
)
SECONDS = 5.0  # for one integer program; after that its best answer counts, and the audit still judges it


class Pattern(NamedTuple):
    """What to hide. `optimal` is false where the time for an integer program ran out."""

    hidden: frozenset[Cell]
    optimal: bool


def suppress(
    counts: Mapping[Cell, int],
    relations: Iterable[Relation],
    protect: Set[Cell],
    width: float,
    *,
    known: Set[Cell] = frozenset(),
    keep: Set[Cell] = frozenset(),
) -> Pattern:
    """Chooses the hidden cells, all of `protect` among them, none of `known`, and of `keep` only where it
    must be.

    An outsider who knows every other cell exactly is left with at least `width` for each protected one,
    also when he knows that counts are whole. Raises DisclosureError where no choice does it.
    """
    sums, soft = tuple(relations), set(keep - known)
    while True:
        hidden: frozenset[Cell] = frozenset()
        optimal = True
        failed: set[Cell] = set()
        for part in _parts(counts, sums, protect, known | soft):
            cells = part.counts.keys()
            try:
                found = _suppress(part, protect & cells, width, (known | soft) & cells)
            except DisclosureError:
                failed |= cells
                continue
            hidden, optimal = hidden | found.hidden, optimal and found.optimal
        if not failed:
            return Pattern(hidden, optimal)
        # What the failed parts would like to keep may go now, sums over everything last. Then all parts
        # are made anew:
        # they are only apart as long as what they meet in is shown.
        freed = failed & soft
        freed = {one for one in freed if one.place} or freed
        if not freed:
            raise DisclosureError(IMPOSSIBLE)
        soft -= freed


class _Part(NamedTuple):
    """Cells that hang together by sums, with the sums."""

    counts: dict[Cell, int]
    relations: tuple[Relation, ...]


def _parts(
    counts: Mapping[Cell, int], relations: tuple[Relation, ...], protect: Set[Cell], keep: Set[Cell]
) -> list[_Part]:
    """Splits the problem where tables meet only in numbers that stay shown.

    Smaller programs, the same answer.
    """
    index = {one: at for at, one in enumerate(counts)}
    fixed = keep - protect
    rows, columns = [], []
    for relation in relations:
        members = [index[one] for one in (relation.total, *relation.parts) if one not in fixed]
        rows += members[:1] * len(members)
        columns += members
    shape = (len(index), len(index))
    graph = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    wanted = {int(label[index[one]]) for one in protect}
    sums: dict[int, list[Relation]] = {one: [] for one in wanted}
    for relation in relations:
        of = {int(label[index[one]]) for one in (relation.total, *relation.parts) if one not in fixed}
        for part in of & wanted:
            sums[part].append(relation)
    parts = []
    for part, held in sums.items():
        cells = {one: counts[one] for one in counts if int(label[index[one]]) == part}
        cells |= {one: counts[one] for relation in held for one in (relation.total, *relation.parts)}
        parts.append(_Part(cells, tuple(held)))
    return parts


def _suppress(part: _Part, protect: Set[Cell], width: float, keep: Set[Cell]) -> Pattern:
    """The cheapest pattern, or where it is not found in time, the plainest that does: everything in the part.

    Raises DisclosureError where even that is not enough.
    """
    program = _Program(part.counts, relations=part.relations, protect=protect, width=width, keep=keep)
    try:
        return program.cheapest()
    except DisclosureError:
        hidden = np.array([one in protect or one not in keep for one in program.cells])
        if program.narrow(hidden):
            raise
        return Pattern(frozenset(program.cells[at] for at in np.flatnonzero(hidden)), False)


class _Program:
    """The integer program, growing round by round."""

    def __init__(
        self,
        counts: Mapping[Cell, int],
        *,
        relations: tuple[Relation, ...],
        protect: Collection[Cell],
        width: float,
        keep: Collection[Cell],
    ) -> None:
        self.counts = counts
        self.relations = relations
        self.width = width
        self.cells = tuple(counts)
        self.index = {one: at for at, one in enumerate(self.cells)}
        self.values = np.array([counts[one] for one in self.cells], dtype=float)
        self.protect = np.zeros(len(self.cells), dtype=bool)
        self.protect[[self.index[one] for one in protect]] = True
        kept = np.zeros(len(self.cells), dtype=bool)
        kept[[self.index[one] for one in keep]] = True
        self.least, self.most = self.protect.astype(float), 1.0 - (kept & ~self.protect)
        self.sums = self._known(np.zeros(len(self.cells), dtype=bool)).sums
        self.dimensions = len({name for one in self.cells for name, _ in one.place})
        self.cost = _costs(self.cells, self.values)
        self.paired: list[int] = []
        self.lines: list[Floats] = self._in_every_sum()
        self.optimal = True

    def cheapest(self) -> Pattern:
        """Asks for more until nothing protected can be worked out. Raises DisclosureError."""
        for _ in range(ROUNDS):
            hidden = self.solve()
            narrow = self.narrow(hidden)
            if not narrow:
                return Pattern(frozenset(self.cells[at] for at in np.flatnonzero(hidden)), self.optimal)
            self.ask_more(hidden, narrow)
        raise DisclosureError("No pattern of hidden numbers was found in reasonable time: join categories.")

    def solve(self) -> NDArray[np.bool_]:
        """The cheapest pattern that does all that was asked so far."""
        count, pairs = len(self.cells), 2 * len(self.paired)
        if not self.lines and not pairs:
            return self.protect.copy()
        rules = []
        if self.lines:
            lines = sparse.csr_array(np.array(self.lines))
            rules.append(LinearConstraint(_wide(lines, 0, pairs, count), 1.0, np.inf))
        up, down = 2 * self.width, np.minimum(self.values, 2 * self.width)
        one = sparse.eye_array(count, format="csr")
        for number in range(pairs):
            of_table = _wide(one, 1 + number, pairs, count)
            hidden = _wide(one, 0, pairs, count)
            rules.append(LinearConstraint(of_table - up * hidden, -np.inf, 0.0))
            rules.append(LinearConstraint(of_table + sparse.diags_array(down) @ hidden, 0.0, np.inf))
            rules.append(LinearConstraint(_wide(self.sums, 1 + number, pairs, count), 0.0, 0.0))
        for number, at in enumerate(self.paired):
            row = np.zeros((1, count * (1 + pairs)))
            row[0, count * (1 + 2 * number) + at] = 1.0
            row[0, count * (2 + 2 * number) + at] = -1.0
            rules.append(LinearConstraint(row, self.width, np.inf))
        free = np.full(count * pairs, 2 * self.width)
        answer = milp(
            np.concatenate([self.cost, np.zeros(count * pairs)]),
            constraints=rules,
            bounds=Bounds(np.concatenate([self.least, -free]), np.concatenate([self.most, free])),
            integrality=np.concatenate([np.ones(count), np.zeros(count * pairs)]),
            options={"time_limit": SECONDS, "mip_rel_gap": 1e-3},
        )
        if answer.x is None:
            raise DisclosureError(IMPOSSIBLE)
        self.optimal &= answer.status == 0
        return np.asarray(answer.x[:count] > 0.5)

    def narrow(self, hidden: NDArray[np.bool_]) -> list[int]:
        """The protected cells that an outsider can still work out too closely, the closest first."""
        known = self._known(hidden)
        wanted = [self.cells[at] for at in np.flatnonzero(self.protect)]
        found = intervals(known, wanted)
        if self.dimensions > 2 and all(one.width >= self.width - SLACK for one in found.values()):
            found = intervals(known, wanted, whole=True)  # a two-way table's corners are whole by themselves
        narrow = [
            (one.width, self.index[name]) for name, one in found.items() if one.width < self.width - SLACK
        ]
        return [at for _, at in sorted(narrow)]

    def ask_more(self, hidden: NDArray[np.bool_], narrow: list[int]) -> None:
        """Gives the first of these cells their pair of tables."""
        fresh = [at for at in narrow if at not in self.paired][:AT_ONCE]
        self.paired += fresh
        if (
            not fresh
        ):  # only whole numbers make them narrow: then some cell outside this pattern must be hidden too
            self.lines.append((~hidden).astype(float))

    def _in_every_sum(self) -> list[Floats]:
        """In every sum that a protected cell stands in, something else must be hidden too."""
        groups = dict.fromkeys(
            frozenset(members - {at})
            for relation in self.relations
            for members in [{self.index[one] for one in (relation.total, *relation.parts)}]
            for at in members
            if self.protect[at] and len(members) > 1
        )
        lines = []
        for others in groups:
            line = np.zeros(len(self.cells))
            line[list(others)] = 1.0
            lines.append(line)
        return lines

    def _known(self, hidden: NDArray[np.bool_]) -> Knowledge:
        bounds = {
            one: (0.0, float("inf")) if hidden[at] else (float(self.values[at]), float(self.values[at]))
            for at, one in enumerate(self.cells)
        }
        return knowledge(bounds, self.relations)


def _wide(part: sparse.csr_array, block: int, pairs: int, count: int) -> sparse.csr_array:
    """A matrix over one block of variables (0: what is hidden; then the tables) as one over all of them."""
    at = part.tocoo()
    shape = (part.shape[0], count * (1 + pairs))
    return sparse.csr_array((at.data, (at.row, at.col + block * count)), shape=shape)


def _costs(cells: tuple[Cell, ...], values: Floats) -> Floats:
    """What hiding a cell costs: more for bigger counts, and more for sums, which more people need."""
    dimensions = max((len(one.place) for one in cells), default=0)
    summed = np.array([dimensions - len(one.place) for one in cells], dtype=float)
    cost: Floats = (1.0 + np.log2(1.0 + values)) * 4.0**summed
    return cost
