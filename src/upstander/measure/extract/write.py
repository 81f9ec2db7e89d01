"""Writing an extract: one Parquet file a table, and a page that names them with their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.formats import kinds
from upstander.measure.errors import ExtractError
from upstander.measure.extract.schema import TABLES, Column, Layout

if TYPE_CHECKING:
    import pyarrow as pa

KIND = kinds.header("extract")
MANIFEST = "extract.json"


def arrow_type(column: Column) -> pa.DataType:
    """How a column is stored. Identifiers may also be whole numbers."""
    import pyarrow as pa

    kinds = {
        "id": pa.string(),
        "code": pa.dictionary(pa.int8(), pa.string()),
        "day": pa.date32(),
        "month": pa.date32(),
        "number": pa.float64(),
        "count": pa.int64(),
        "flag": pa.bool_(),
    }
    return kinds[column.kind]


def write_extract(
    folder: Path,
    tables: Mapping[str, pa.Table],
    *,
    institution: str,
    cutoff: date,
    coder_agreement: float | None = None,
) -> str:
    """Writes the tables and returns the hash of their manifest, which names this extract.

    `coder_agreement` is Cohen's kappa of two people who coded the same cases, if that was done. The tables
    are not judged here: `open_extract` does it. Raises ExtractError for a table that the layout has not.
    """
    import pyarrow.parquet as pq

    known = {layout.name for layout in TABLES}
    if strange := sorted(set(tables) - known):
        raise ExtractError([f"An extract has no table {strange[0]!r}."])
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, given in tables.items():
        path = folder / f"{name}.parquet"
        table = _whole(name, given)
        pq.write_table(table, path, compression="zstd")
        files[name] = {"sha256": file_hash(path), "rows": table.num_rows}
    body = {
        "kind": KIND,
        "institution": institution,
        "cutoff": cutoff.isoformat(),
        "coder_agreement": coder_agreement,
        "tables": files,
    }
    text = json.dumps(body, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(name: str, table: pa.Table) -> pa.Table:
    """The table with those columns empty that may be and that it was made without, such as newer ones."""
    import pyarrow as pa

    layout = next(one for one in TABLES if one.name == name)
    for column in layout.columns:
        if column.since > 1 and column.name not in table.column_names:
            table = table.append_column(column.name, pa.nulls(table.num_rows, arrow_type(column)))
    return table


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def empty(layout: Layout) -> pa.Table:
    """A table of this layout without a row."""
    import pyarrow as pa

    fields = [pa.field(column.name, arrow_type(column)) for column in layout.columns]
    return pa.schema(fields).empty_table()
