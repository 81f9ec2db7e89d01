"""Tidy CSV: one header, one value a cell, marks where a number may not stand."""

from __future__ import annotations

import csv
import io

from upstander.measure.disclosure import Published, Safe, opened


def tidy_csv(safe: Safe[Published]) -> str:
    """The table as CSV (RFC 4180, line ends as there)."""
    table = opened(safe)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([_guard(value) for value in row] for row in table.rows)
    return out.getvalue()


def _guard(value: object) -> object:
    """A leading = + - @ would be run as a formula by some programs when they open the file."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
