"""Opening an extract.

Its manifest, its files, and every problem they have before a number is made of them.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.formats import days, kinds
from upstander.formats.errors import FormatError
from upstander.measure.errors import ExtractError
from upstander.measure.extract.check import problems_across, problems_of
from upstander.measure.extract.schema import TABLES, Layout
from upstander.measure.extract.write import KIND, MANIFEST, empty, file_hash

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Extract:
    """A checked extract. `rows` are counted; `digest` names the data.

    `database` has a view a table, and the table `service`: everybody's months of exposure, added up.
    """

    institution: str
    cutoff: date
    coder_agreement: float | None
    rows: dict[str, int]
    digest: str
    database: duckdb.DuckDBPyConnection


def open_extract(folder: Path, *, threads: int | None = None) -> Extract:
    """Reads and checks an extract. Raises ExtractError with every problem that was found.

    Problems give table, column, how many rows and the first of them, never what stands there: it could be a
    name.
    """
    import duckdb

    manifest, text = _manifest(folder)
    cutoff = days.parse(manifest["cutoff"])
    problems = _files(folder, manifest)
    if problems:
        raise ExtractError(problems)
    database = duckdb.connect(config={"threads": threads} if threads else {})
    try:
        rows = _views(database, folder, manifest, cutoff)
    except duckdb.Error as error:
        raise ExtractError(
            ["A table is not a Parquet file that can be read: write the extract again."]
        ) from error
    agreement = manifest["coder_agreement"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Extract(str(manifest["institution"]), cutoff, agreement, rows, digest, database)


def _views(
    database: duckdb.DuckDBPyConnection, folder: Path, manifest: dict[str, Any], cutoff: date
) -> dict[str, int]:
    """Makes a view a table and returns their rows. Raises ExtractError with all problems."""
    rows, problems = {}, []
    for layout in TABLES:
        path = folder / f"{layout.name}.parquet"
        if path.is_file():
            place = str(path).replace("'", "''")
            database.execute(
                f"CREATE VIEW raw_{layout.name} AS SELECT *{_later(manifest, layout)} "
                f"FROM read_parquet('{place}', file_row_number=true)"
            )
        else:
            database.register(f"given_{layout.name}", empty(layout))
            database.execute(
                f"CREATE VIEW raw_{layout.name} AS SELECT *, 0 AS file_row_number FROM given_{layout.name}"
            )
        rows[layout.name] = int(manifest["tables"].get(layout.name, {"rows": 0})["rows"])
        problems += problems_of(database, layout, cutoff)
        database.execute(
            f"CREATE VIEW {layout.name} AS SELECT * EXCLUDE file_row_number FROM raw_{layout.name}"
        )
    problems = problems or problems_across(database)
    if problems:
        raise ExtractError(problems)
    return rows


def _later(manifest: dict[str, Any], layout: Layout) -> str:
    """Columns that came after the version an extract was written in: empty in it."""
    version = int(str(manifest["kind"]).rpartition("v")[2])
    return "".join(f", NULL::VARCHAR AS {column.name}" for column in layout.columns if column.since > version)


def _manifest(folder: Path) -> tuple[dict[str, Any], str]:
    path = folder / MANIFEST
    try:
        text = path.read_text("utf-8")
        body = json.loads(text)
        if body["kind"] not in kinds.headers("extract", "document"):
            raise ExtractError([f"{MANIFEST}: expected an extract of the kind {KIND}."])
        days.parse(body["cutoff"])
        agreement = body["coder_agreement"]
        if agreement is not None and not (math.isfinite(agreement) and -1 <= agreement <= 1):
            raise ExtractError([f"{MANIFEST}: coder_agreement is a number from -1 to 1, or null."])
        if not isinstance(body["institution"], str) or not isinstance(body["tables"], dict):
            raise TypeError
        for entry in body["tables"].values():
            if not isinstance(entry["sha256"], str) or type(entry["rows"]) is not int:
                raise TypeError
    except OSError:
        raise ExtractError([f"There is no {MANIFEST} in {folder.name}: this is not an extract."]) from None
    except FormatError:
        raise ExtractError([f"{MANIFEST}: the cut-off is a day, YYYY-MM-DD."]) from None
    except ExtractError:
        raise
    except (ValueError, KeyError, TypeError):
        raise ExtractError([f"{MANIFEST} is damaged: write the extract again."]) from None
    return body, text


def _files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    problems = []
    for layout in TABLES:
        path = folder / f"{layout.name}.parquet"
        entry = manifest["tables"].get(layout.name)
        if entry is None and not layout.may_be_missing:
            problems.append(f"{layout.name}: the table is missing. Write the extract again.")
        elif entry is None and path.exists():
            problems.append(f"{layout.name}: the file is there, and {MANIFEST} does not name it.")
        elif entry is not None and not path.is_file():
            problems.append(f"{layout.name}: {MANIFEST} names the table, and its file is missing.")
        elif entry is not None and file_hash(path) != entry["sha256"]:
            problems.append(f"{layout.name}: the file is not the one that {MANIFEST} was written for.")
    known = {layout.name for layout in TABLES}
    strange = sorted(set(manifest["tables"]) - known)
    return problems + [f"{MANIFEST}: there is no table {name!r} in an extract." for name in strange]
