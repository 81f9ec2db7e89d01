"""What has been released before, kept privately, so that a new release cannot be subtracted from an old one.

It holds true counts: it belongs beside the extract, never on a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upstander.measure.disclosure.cells import Cell, Dimension, Table
from upstander.measure.errors import DisclosureError

KIND = "upstander/release-history/v1"


@dataclass(frozen=True, slots=True)
class Past:
    """Earlier releases: their tables, and which of their cells were shown."""

    tables: tuple[Table, ...] = ()
    shown: frozenset[Cell] = frozenset()
    names: tuple[str, ...] = ()

    def of(self, populations: set[str]) -> tuple[Table, ...]:
        """The earlier tables over these populations."""
        return tuple(table for table in self.tables if table.population in populations)

    def after(self, name: str, tables: tuple[Table, ...], shown: frozenset[Cell]) -> Past:
        """The same with one release more, or with what is shown when one is made again of the same numbers.

        Raises DisclosureError where there is one of this name with others.
        """
        if name in self.names:
            known = {json.dumps(_table_out(one)) for one in self.tables}
            if any(json.dumps(_table_out(one)) not in known for one in tables):
                raise DisclosureError(f"There is a release called {name!r} already, with other numbers.")
            return Past(self.tables, self.shown | shown, self.names)
        return Past((*self.tables, *tables), self.shown | shown, (*self.names, name))

    def save(self, path: Path) -> None:
        """Writes it whole or not at all."""
        body = {
            "kind": KIND,
            "names": list(self.names),
            "tables": [_table_out(table) for table in self.tables],
            "shown": [[one.population, [list(pair) for pair in one.place]] for one in sorted(self.shown)],
        }
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(body, indent=1) + "\n", "utf-8")
        part.replace(path)


def load(path: Path) -> Past:
    """Reads what `save` wrote; nothing where there is no file yet.

    Raises DisclosureError for another file.
    """
    if not path.exists():
        return Past()
    try:
        body = json.loads(path.read_text("utf-8"))
        if body["kind"] != KIND:
            raise ValueError
        tables = tuple(_table_in(one) for one in body["tables"])
        shown = frozenset(Cell(name, tuple((a, b) for a, b in place)) for name, place in body["shown"])
        return Past(tables, shown, tuple(str(name) for name in body["names"]))
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise DisclosureError(
            f"{path.name} is not a history of releases. Without it nothing can be released safely: bring "
            "it back from a "
            "backup."
        ) from error


def _table_out(table: Table) -> dict[str, object]:
    dimensions = [
        {
            "name": d.name,
            "categories": list(d.categories),
            "kind": d.kind,
            "groups": [[n, list(m)] for n, m in d.groups],
        }
        for d in table.dimensions
    ]
    return {
        "name": table.name,
        "title": table.title,
        "population": table.population,
        "dimensions": dimensions,
        "counts": table.counts.tolist(),
        "structural": [[list(pair) for pair in one.place] for one in sorted(table.structural)],
        "staff": [list(pair) for pair in table.staff],
        "survey": table.survey,
        "told": [[list(pair) for pair in one.place] for one in sorted(table.told)],
    }


def _table_in(body: Mapping[str, object]) -> Table:
    dimensions = tuple(
        Dimension(d["name"], tuple(d["categories"]), d["kind"], tuple((n, tuple(m)) for n, m in d["groups"]))
        for d in body["dimensions"]  # type: ignore[attr-defined]
    )
    population = str(body["population"])
    return Table(
        str(body["name"]),
        str(body["title"]),
        population,
        dimensions,
        np.array(body["counts"], dtype=np.int64),
        frozenset(Cell(population, tuple((a, b) for a, b in one)) for one in body["structural"]),  # type: ignore[attr-defined]
        tuple((name, count) for name, count in body["staff"]),  # type: ignore[attr-defined]
        survey=bool(body["survey"]),
        told=frozenset(Cell(population, tuple((a, b) for a, b in one)) for one in body.get("told", ())),  # type: ignore[attr-defined]
    )
