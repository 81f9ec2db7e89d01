"""Data to take away: CSV, Parquet, an accessible workbook, and two descriptions (Data Package, CSVW)."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from upstander.measure.disclosure import Published, Safe, opened
from upstander.measure.output.tidy import Columns, beside_rows, tidy_csv
from upstander.measure.output.workbook import workbook
from upstander.publishing.beside import AGREES, EVERY, KEPT, LOG, NOT_COMPARED, Against, columns

NUMBERS = frozenset({"count", "percent", "value", "low", "high", "n", EVERY, LOG})
MEANS = {
    "count": "rounded to the nearest 5; [c] is kept back",
    "percent": "of each row's group, in 100",
    "value": "the estimate, in the unit named",
    "low": "lower end of the 95 % interval",
    "high": "upper end of the 95 % interval",
    "n": "people or cases behind it, rounded",
    "unit": "proportion, difference, ratio, days, extra days or count",
    "mark": "why a number is not there, or to be taken with care",
    "method": "how it was estimated",
    "why": "why there is no estimate",
    EVERY: "the same number, added up over all institutions of the site",
    LOG: "how many the public log gives for all of them together; it does not say whose they are",
    AGREES: "whether the two are the same: agrees, differs, kept back, or not compared",
}
LICENCE = {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}


def files(
    tables: Sequence[Safe[Published]],
    cover: Sequence[str],
    *,
    name: str,
    published: date,
    against: Against | None = None,
) -> dict[str, bytes]:
    """Every download of one release, by file name; the same bytes from the same tables.

    `cover` is what the workbook says first, `name` what the package is called, `against` what the log gives.
    """
    made: dict[str, bytes] = {}
    opens = [opened(safe) for safe in tables]
    more = {
        table.name: columns(safe, against) if against else {}
        for safe, table in zip(tables, opens, strict=True)
    }
    for safe, table in zip(tables, opens, strict=True):
        made[f"{table.name}.csv"] = tidy_csv(safe, more[table.name]).encode()
        made[f"{table.name}.parquet"] = parquet(safe, more[table.name])
    day = datetime(published.year, published.month, published.day)
    made["tables.xlsx"] = workbook(cover, tables, day=day, more=more)
    described = [(table, (*table.columns, *more[table.name])) for table in opens]
    made["datapackage.json"] = _json(
        _package(described, made, name=name, title=cover[0], published=published)
    )
    made["csv-metadata.json"] = _json(_csvw(described, title=cover[0]))
    return made


def parquet(safe: Safe[Published], more: Columns | None = None) -> bytes:
    """The table as Parquet: numbers as numbers, and beside each such column the marks in their place."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table, more = opened(safe), more or {}
    rows = beside_rows(table, more)
    made: dict[str, Any] = {}
    for at, name in enumerate((*table.columns, *more)):
        values = [row[at] for row in rows]
        if name not in NUMBERS:
            made[name] = pa.array([str(one) for one in values], pa.string())
            continue
        made[name] = pa.array([None if isinstance(one, str) else float(one) for one in values], pa.float64())
        if any(isinstance(one, str) for one in values):
            marks = [one if isinstance(one, str) else "" for one in values]
            made[f"{name}_mark"] = pa.array(marks, pa.string())
    out = io.BytesIO()
    pq.write_table(pa.table(made), out, compression="zstd", write_statistics=False, store_schema=False)
    return out.getvalue()


Described = Sequence[tuple[Published, Sequence[str]]]  # tables, each with all its columns


def _package(
    described: Described, made: Mapping[str, bytes], *, name: str, title: str, published: date
) -> dict[str, Any]:
    """Data Package (Frictionless, version 1)."""
    resources = [
        {
            "name": table.name.replace("_", "-").lower(),
            "path": f"{table.name}.csv",
            "title": table.title,
            "description": " ".join(table.notes),
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(made[f"{table.name}.csv"]),
            "hash": f"sha256:{hashlib.sha256(made[f'{table.name}.csv']).hexdigest()}",
            "schema": {
                "fields": [_field(one) for one in names],
                "missingValues": _missing(table, names),
            },
        }
        for table, names in described
    ]
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "created": f"{published.isoformat()}T09:30:00Z",
        "licenses": [LICENCE],
        "resources": resources,
    }


def _missing(table: Published, names: Sequence[str]) -> list[str]:
    """What stands in place of numbers."""
    beside = {KEPT: "", NOT_COMPARED: ""} if LOG in names else {}
    return list({**table.marks(), **beside})


def _field(column: str) -> dict[str, str]:
    kind = "number" if column in NUMBERS else "string"
    return {"name": column, "type": kind, "description": MEANS.get(column, column)}


def _csvw(described: Described, *, title: str) -> dict[str, Any]:
    """CSV on the Web (W3C, 2015): a group of tables with what their columns mean."""
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": title,
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "tables": [
            {
                "url": f"{table.name}.csv",
                "dc:title": table.title,
                "tableSchema": {"columns": [_column(one, marks) for one in names]},
            }
            for table, names in described
            for marks in (_missing(table, names),)
        ],
    }


def _column(column: str, marks: Sequence[str]) -> dict[str, Any]:
    described = {
        "name": column.replace(" ", "_").replace("(", "").replace(")", ""),
        "titles": column,
        "dc:description": MEANS.get(column, column),
        "datatype": "number" if column in NUMBERS else "string",
    }
    return described | ({"null": [*marks, "no limit"]} if column in NUMBERS and marks else {})


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
