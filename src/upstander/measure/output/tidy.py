"""Tidy CSV: one header, one value a cell, marks where a number may not stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from upstander.measure.disclosure import Published, Safe, opened
from upstander.measure.disclosure.published import Value

Columns = Mapping[str, Sequence[Value]]
"""What stands beside the rows of a table and was public before it, such as what a public log gives."""


def beside_rows(table: Published, more: Columns) -> list[tuple[Value, ...]]:
    """The rows of the table, each with what stands beside it. Raises ValueError: it fits other rows."""
    return [(*row, *own) for row, own in zip(table.rows, _across(table, more), strict=True)]


def _across(table: Published, more: Columns) -> list[tuple[Value, ...]]:
    return list(zip(*more.values(), strict=True)) if more else [()] * len(table.rows)


def tidy_csv(safe: Safe[Published], more: Columns | None = None) -> str:
    """The table as CSV (RFC 4180, line ends as there), with `more` beside its rows."""
    table, more = opened(safe), more or {}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*table.columns, *more))
    writer.writerows([_guard(value) for value in row] for row in beside_rows(table, more))
    return out.getvalue()


def _guard(value: object) -> object:
    """A leading = + - @ would be run as a formula by some programs when they open the file."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
