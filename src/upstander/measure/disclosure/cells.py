"""Tables of counts as cells with names, so that tables which share a total share a cell.

A cell is named by what is counted and by its category in each dimension; a dimension that is left out is
summed over. Two tables over the same population therefore meet in their common margins by themselves, and
so does a table of last month with one of today over the same data.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from upstander.measure.errors import DisclosureError

REST = "without"
Kind = Literal["plain", "unit", "protected", "outcome"]


class Cell(NamedTuple):
    """One count: of which population, and the (dimension, category) pairs it is cut by, in order of name."""

    population: str
    place: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        at = ", ".join(f"{dimension}: {category}" for dimension, category in self.place)
        return f"{self.population} ({at or 'all'})"


def cell(population: str, **place: str) -> Cell:
    """The cell at these categories; what is not named is summed over."""
    return Cell(population, tuple(sorted(place.items())))


class Relation(NamedTuple):
    """A total and the cells that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way of cutting a table. `categories` are all there are, and do not overlap.

    `kind`: `outcome` is what nobody may learn about everyone in a group, `protected` a protected
    characteristic, `unit` a place of work. `groups` are subtotals: a name and the categories it sums.
    """

    name: str
    categories: tuple[str, ...]
    kind: Kind = "plain"
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        names = [*self.categories, *(name for name, _ in self.groups)]
        if not self.categories or len(set(names)) != len(names):
            raise DisclosureError(f"The dimension {self.name!r} needs categories with different names.")
        for name, members in self.groups:
            if not set(members) <= set(self.categories):
                raise DisclosureError(f"The subtotal {name!r} of {self.name!r} sums what is not there.")


@dataclass(frozen=True, slots=True)
class Table:
    """Counts over the product of some dimensions. `counts` has one axis a dimension, in their order.

    `structural` are cells that cannot be anything but zero (no men among the mothers), printed as 0.
    `staff` gives the number of staff of each unit, where units are crossed with two protected
    characteristics. `percent_of` is the dimension whose categories make up 100 %; `survey` tables count
    respondents, whose cells need to be larger. `told` are cells whose exact number stands in public elsewhere
    (the log, the body that issues passes): hidden here or not, outsiders are taken to know them.
    """

    name: str
    title: str
    population: str
    dimensions: tuple[Dimension, ...]
    counts: NDArray[np.int64]
    structural: frozenset[Cell] = frozenset()
    staff: tuple[tuple[str, int], ...] = ()
    percent_of: str = ""
    survey: bool = False
    notes: tuple[str, ...] = ()
    told: frozenset[Cell] = frozenset()
    _cells: dict[Cell, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = np.array(self.counts)
        shape = tuple(len(dimension.categories) for dimension in self.dimensions)
        if not self.dimensions or counts.shape != shape:
            raise DisclosureError(f"The table {self.name!r} has counts of another shape than its dimensions.")
        if counts.dtype.kind not in "iu" or (counts < 0).any():
            raise DisclosureError(f"The table {self.name!r} must hold whole numbers that are not negative.")
        if len({dimension.name for dimension in self.dimensions}) != len(self.dimensions):
            raise DisclosureError(f"The table {self.name!r} names a dimension twice.")
        if self.percent_of and self.percent_of not in {d.name for d in self.dimensions}:
            raise DisclosureError(f"The table {self.name!r} takes percentages of a dimension it has not.")
        counts = counts.astype(np.int64)
        counts.setflags(write=False)
        object.__setattr__(self, "counts", counts)
        for place in itertools.product(*(_choices(dimension) for dimension in self.dimensions)):
            self._cells[self._cell(place)] = self._count(place)
        if not self.told <= self._cells.keys():
            raise DisclosureError(f"The table {self.name!r} calls cells told that it has not.")
        if wrong := [one for one in self.structural if self._cells.get(one, 1) != 0]:
            raise DisclosureError(f"The table {self.name!r} calls {wrong[0]} empty by nature, and it is not.")

    @property
    def cells(self) -> dict[Cell, int]:
        """Every cell of the table, subtotals and totals too, with its true count."""
        return dict(self._cells)

    @property
    def total(self) -> Cell:
        """The cell that sums over everything."""
        return Cell(self.population, ())

    def relations(self) -> Iterator[Relation]:
        """Every sum that a reader of the margins can write down."""
        for place in itertools.product(*(_choices(dimension) for dimension in self.dimensions)):
            for axis, dimension in enumerate(self.dimensions):
                members = _members(dimension, place[axis])
                if members is None:
                    continue
                parts = tuple(self._cell((*place[:axis], one, *place[axis + 1 :])) for one in members)
                yield Relation(self._cell(place), parts)

    def _cell(self, place: tuple[str | None, ...]) -> Cell:
        pairs = [(d.name, name) for d, name in zip(self.dimensions, place, strict=True) if name is not None]
        return Cell(self.population, tuple(sorted(pairs)))

    def _count(self, place: tuple[str | None, ...]) -> int:
        picked = []
        for dimension, name in zip(self.dimensions, place, strict=True):
            members = _members(dimension, name)
            names = (name,) if members is None else members
            picked.append([dimension.categories.index(str(one)) for one in names])
        return int(self.counts[np.ix_(*picked)].sum())


def _choices(dimension: Dimension) -> list[str | None]:
    return [*dimension.categories, *(name for name, _ in dimension.groups), None]


def _members(dimension: Dimension, name: str | None) -> tuple[str, ...] | None:
    """What a place in a dimension sums, or None for a category, which sums nothing."""
    if name is None:
        return dimension.categories
    return dict(dimension.groups).get(name)


def tied(
    counts: Mapping[Cell, int], ties: Iterable[Relation], threshold: int
) -> tuple[dict[Cell, int], tuple[Relation, ...]]:
    """Sums across populations: the cells of what is left, with their counts, and the relations that hold.

    A tie says that the parts, disjoint, are in the total. What is left is a number that nobody prints and
    anybody can subtract: where it is below the threshold it becomes a cell, to be protected like one. Where
    nothing is left the two are equal; where much is left, nothing follows. Ties of cells that are in no table
    fall away. Raises DisclosureError where the parts are more than the total.
    """
    rests: dict[Cell, int] = {}
    found = []
    for tie in dict.fromkeys(ties):
        if tie.total not in counts or any(one not in counts for one in tie.parts):
            continue
        left = counts[tie.total] - sum(counts[one] for one in tie.parts)
        if left < 0:
            raise DisclosureError(f"More is counted within {tie.total} than there is of it.")
        if not left:
            found.append(tie)
        if not 0 < left < threshold:
            continue
        others = ", ".join(str(one) for one in tie.parts)
        rest = Cell(f"{tie.total.population} {REST} {others}", tie.total.place)
        rests[rest] = left
        found.append(Relation(tie.total, (*tie.parts, rest)))
    return rests, tuple(found)


def all_cells(tables: tuple[Table, ...]) -> dict[Cell, int]:
    """Every cell of the tables. Raises DisclosureError where two tables of one population disagree."""
    found: dict[Cell, int] = {}
    for table in tables:
        for one, count in table.cells.items():
            if found.setdefault(one, count) != count:
                raise DisclosureError(
                    f"Two tables say different numbers for {one}. They must come from the same data, "
                    "or name their populations differently. Data that were put right need a later cut-off."
                )
    return found


def all_relations(tables: tuple[Table, ...]) -> tuple[Relation, ...]:
    """Every sum within the tables, each once."""
    return tuple(dict.fromkeys(itertools.chain.from_iterable(table.relations() for table in tables)))
