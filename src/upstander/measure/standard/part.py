"""One part of the standard set, and how the parts ask the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Dimension, Kind, Relation, Table
from upstander.measure.disclosure.past import Past
from upstander.measure.disclosure.show import Backed

if TYPE_CHECKING:
    from upstander.measure.extract import Extract


@dataclass(frozen=True, slots=True)
class Part:
    """Tables of counts, the estimates that rest on them, what became of every row, and which cells of
    different tables are the same people or reports.
    """

    tables: tuple[Table, ...] = ()
    backed: tuple[Backed, ...] = ()
    accounts: tuple[Account, ...] = ()
    ties: tuple[Relation, ...] = ()


def joined(parts: Sequence[Part]) -> Part:
    """All of them as one."""
    return Part(
        tuple(one for part in parts for one in part.tables),
        tuple(one for part in parts for one in part.backed),
        tuple(one for part in parts for one in part.accounts),
        tuple(one for part in parts for one in part.ties),
    )


def columns(extract: Extract, query: str) -> dict[str, NDArray[Any]]:
    """The columns of a query, as arrays."""
    return {name: np.asarray(values) for name, values in extract.database.execute(query).fetchnumpy().items()}


def one(extract: Extract, query: str) -> int:
    """The single number a query answers with."""
    return int(extract.database.execute(query).fetchall()[0][0])


CUT = ", data to "


def population(extract: Extract, what: str) -> str:
    """What is counted, with the day the data were cut: other data are another population."""
    return f"{what}{CUT}{extract.cutoff.isoformat()}"


def populations(tables: Sequence[Table]) -> tuple[str, ...]:
    """The populations of some tables, each once."""
    return tuple(dict.fromkeys(table.population for table in tables))


def earlier(name: str, past: Past) -> tuple[str, ...]:
    """The populations of earlier releases that counted the same at an earlier cut."""
    what, _, cut = name.partition(CUT)
    found = [one.partition(CUT) for one in populations(past.tables)]
    return tuple(f"{same}{CUT}{day}" for same, _, day in found if same == what and day < cut)


def dimension(name: str, categories: tuple[str, ...], kind: Kind = "plain", **more: Any) -> Dimension:
    """A dimension whose categories are an extract's codes."""
    return Dimension(name, categories, kind, **more)


def cube(extract: Extract, source: str, dimensions: tuple[Dimension, ...]) -> NDArray[np.int64]:
    """Counts over the product of the dimensions. `source` is a query with a column (text) named like each.

    Raises ValueError for a value that is no category: nothing is dropped in silence.
    """
    names = ", ".join(f'"{one.name}"' for one in dimensions)
    rows = extract.database.execute(f"SELECT {names}, count(*) FROM ({source}) GROUP BY ALL").fetchall()
    counts = np.zeros([len(one.categories) for one in dimensions], dtype=np.int64)
    index = [{category: at for at, category in enumerate(one.categories)} for one in dimensions]
    for *place, count in rows:
        at = tuple(where[str(value)] for where, value in zip(index, place, strict=True))
        counts[at] += count
    return counts


def table_of(
    extract: Extract, source: str, dimensions: tuple[Dimension, ...], **named: Any
) -> tuple[Table, tuple[Dimension, ...]]:
    """The table a query makes, without the categories nobody is in.

    A whole row of noughts would hide its neighbours.
    """
    counts = cube(extract, source, dimensions)
    kept = []
    for axis, one in enumerate(dimensions):
        sums = counts.sum(axis=tuple(other for other in range(counts.ndim) if other != axis))
        inside = np.flatnonzero(sums > 0) if sums.any() else np.arange(len(sums))
        counts = counts.take(inside, axis=axis)
        names = tuple(one.categories[at] for at in inside)
        groups = tuple((label, tuple(n for n in members if n in names)) for label, members in one.groups)
        kept.append(Dimension(one.name, names, one.kind, tuple(g for g in groups if g[1])))
    return Table(dimensions=tuple(kept), counts=counts, **named), tuple(kept)


def last_day(period: str) -> date:
    """The last day of a quarter (`2026 Q3`) or of a year."""
    year, _, quarter = period.partition(" Q")
    month = 3 * int(quarter or 4)
    return date(int(year) + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def all_of(extract: Extract, query: str) -> tuple[str, ...]:
    """The distinct values of a query with one column, as text, in order."""
    return tuple(str(row[0]) for row in extract.database.execute(query).fetchall())
