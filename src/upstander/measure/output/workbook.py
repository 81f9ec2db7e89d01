"""A workbook by the Analysis Function's rules: cover, contents, notes, then one marked-up table a sheet
from cell A1.

No merged cells, no hidden rows, no meaning in colour; marks are explained on the sheet.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from upstander.measure.disclosure import Published, Safe, opened
from upstander.measure.output.tidy import Columns, beside_rows


def workbook(
    cover: Sequence[str],
    tables: Sequence[Safe[Published]],
    *,
    day: datetime | None = None,
    more: Mapping[str, Columns] | None = None,
) -> bytes:
    """The tables as one .xlsx. The first line of `cover` is the title.

    With a `day` (else: now) the same tables give the same bytes. `more`: what stands beside the rows of a
    table, by its name.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": cover[0], "comments": "", **({"created": day} if day else {})})
    head, wrap = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True})
    _lines(book, "Cover", cover, head, wrap)
    opens = [opened(one) for one in tables]
    names = [f"{number:02d}_{table.name}"[:31] for number, table in enumerate(opens, 1)]
    contents = book.add_worksheet("Contents")
    contents.write(0, 0, "Contents", head)
    rows = [[name, table.title] for name, table in zip(names, opens, strict=True)]
    _table(contents, 1, ("Sheet", "What it shows"), rows, "contents")
    contents.set_column(0, 0, 34)
    contents.set_column(1, 1, 90)
    notes = ["Notes", *dict.fromkeys(note for table in opens for note in table.notes)]
    _lines(book, "Notes", notes, head, wrap)
    for name, table in zip(names, opens, strict=True):
        sheet = book.add_worksheet(name)
        sheet.write(0, 0, table.title, head)
        above = [*(f"{mark} {meaning}" for mark, meaning in table.marks().items()), *table.notes]
        for line, text in enumerate(above, 1):
            sheet.write(line, 0, text)
        own = (more or {}).get(table.name, {})
        head_row, rows_ = (*table.columns, *own), beside_rows(table, own)
        _table(sheet, len(above) + 1, head_row, rows_, f"t_{name[:2]}_{table.name}")
        sheet.set_column(0, len(head_row) - 1, 18)
    book.close()
    return out.getvalue()


def _lines(book: Any, name: str, lines: Sequence[str], head: Any, wrap: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 110)
    sheet.write(0, 0, lines[0], head)
    for number, line in enumerate(lines[1:], 1):
        sheet.write(number, 0, line, wrap)


def _table(sheet: Any, top: int, columns: Sequence[str], rows: Sequence[Sequence[object]], name: str) -> None:
    options = {
        "data": [list(row) for row in rows],
        "columns": [{"header": column} for column in columns],
        "name": "".join(letter if letter.isalnum() else "_" for letter in name),
        "autofilter": False,
        "style": "Table Style Light 1",
        "banded_rows": False,
    }
    sheet.add_table(top, 0, top + max(len(rows), 1), len(columns) - 1, options)
