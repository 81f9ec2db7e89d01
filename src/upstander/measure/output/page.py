"""One page that explains each table and figure in plain words, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from upstander.measure import words
from upstander.measure.disclosure import Published, Safe, opened

SHOWN = 12
"""Rows told in words a table; the rest is in its CSV."""

NEVER = """\
## What these numbers are not

- A report is not misconduct. Few reports may be fear; many may be trust.
- Nothing here ranks, scores or predicts a person, or puts units in a league.
- "We cannot tell" is a result. It is not "no difference".
- Numbers are rounded and some are hidden, so that nobody can be picked out; each table says how many.
"""


def page(heading: Sequence[str], tables: Sequence[Safe[Published]], charts: dict[str, str]) -> str:
    """The page.

    `charts` gives the file name of a table's figure; the first line of `heading` is the title.
    """
    parts = [f"# {heading[0]}", "\n".join(f"- {line}" for line in heading[1:]), NEVER]
    order = {"estimates": 0, "noisy counts": 1, "counts": 2}
    for table in sorted((opened(safe) for safe in tables), key=lambda one: order[one.shows]):
        parts.append(f"## {table.title}")
        if table.name in charts:
            parts.append(f"![{_one_line(table.title)}: the numbers are listed below]({charts[table.name]})")
        parts.append(_told(table) if table.shows == "estimates" else _listed(table))
        notes = [*(f"{mark}: {meaning}" for mark, meaning in table.marks().items()), *table.notes]
        parts.append("\n".join(f"- {_one_line(note)}" for note in notes))
        parts.append(f"All numbers: [{table.name}.csv](tables/{table.name}.csv)")
    return "\n\n".join(part for part in parts if part) + "\n"


def _told(table: Published) -> str:
    """In words. Of what rests on links of names the range alone: its two ends are in the table."""
    first = table.columns.index("value")
    linked = "links" in table.columns
    told = [row for row in table.rows if not linked or row[table.columns.index("links")] == "range"]
    lines = []
    for row in told[:SHOWN]:
        labels = [str(one) for name, one in zip(table.columns, row[:first], strict=False) if name != "links"]
        lines.append(f"- **{_one_line(', '.join(labels))}**: {words.row(table, row)}")
    if len(told) > SHOWN:
        lines.append(f"- {len(told) - SHOWN} more rows are in the table.")
    return "\n".join(lines)


def _listed(table: Published) -> str:
    rows = [row for row in table.rows if len(table.columns) <= 3 or row[0] == "All"][:SHOWN]
    if not rows:
        return ""
    head = "| " + " | ".join(table.columns) + " |\n|" + "---|" * len(table.columns)
    body = "\n".join("| " + " | ".join(_one_line(str(value)) for value in row) + " |" for row in rows)
    more = len(table.rows) - len(rows)
    return f"{head}\n{body}" + (f"\n\n{more} more rows are in the table." if more > 0 else "")


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")
