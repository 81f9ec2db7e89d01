"""Personnel records under pseudonym, on their way into an extract: who serves, and how much of each month.

Two CSV files, made by whoever keeps personnel records. `ref` is a pseudonym of theirs, the same in both files
and in the list of names that a handler's machine links mentions to; no name is in either.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.measure.errors import ExtractError
from upstander.measure.extract.schema import EXPOSURE, PERSON, Column
from upstander.measure.extract.write import arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

STAFF = tuple(column for column in PERSON.columns if column.name not in ("pid", "salted_ref"))
SERVICE = tuple(column for column in EXPOSURE.columns if column.name != "pid")
SHOWN = 20  # problems that are told one by one
LONGEST_ID = 64


def read_staff(path: Path) -> dict[str, dict[str, Any]]:
    """The records by `ref`: the columns of `person` with `ref` in place of its pseudonyms.

    Raises ExtractError with every problem, by line and column, never with what stands there.
    """
    problems: list[str] = []
    found: dict[str, dict[str, Any]] = {}
    for line, row in _rows(path, STAFF, problems):
        if row["ref"] in found:
            problems.append(f"{path.name}, line {line}: this ref is there already.")
        if row["end"] is not None and row["start"] is not None and row["end"] < row["start"]:
            problems.append(f"{path.name}, line {line}: end lies before start.")
        found[row["ref"]] = row
    _judge(problems)
    return found


def read_service(path: Path, staff: Mapping[str, Mapping[str, Any]], until: date) -> pa.Table:
    """Months of service as rows of `exposure`, up to a day. Raises ExtractError as `read_staff` does."""
    problems: list[str] = []
    seen: set[tuple[str, date]] = set()
    kept: dict[str, list[Any]] = {column.name: [] for column in EXPOSURE.columns}
    for line, row in _rows(path, SERVICE, problems):
        who, month = staff.get(row["ref"]), row["month"]
        if who is None:
            problems.append(f"{path.name}, line {line}: this ref is not in the personnel file.")
            continue
        if month is None or month > until:
            continue
        if (row["ref"], month) in seen:
            problems.append(f"{path.name}, line {line}: this person's month is there already.")
        if _outside(month, who):
            problems.append(f"{path.name}, line {line}: the month lies before start or after end.")
        seen.add((row["ref"], month))
        for name, values in kept.items():
            values.append(who["pid"] if name == "pid" else row[name])
    _judge(problems)
    return _table(kept)


def whole_months(staff: Iterable[Mapping[str, Any]], since: date, until: date) -> pa.Table:
    """A full month of duty for everybody in every month she was in service, where hours are not known.

    From the month of `since`, when the first report could come: years nobody could be reported in are no
    years without a report.
    """
    kept: dict[str, list[Any]] = {column.name: [] for column in EXPOSURE.columns}
    for who in staff:
        for month in _months(max(since, who["start"]), min(until, who["end"] or until)):
            row = {"pid": who["pid"], "month": month, "unit_id": who["unit_id"], "duty_fte": 1.0}
            for name, values in kept.items():
                values.append(row.get(name))
    return _table(kept)


def _months(first: date, last: date) -> Iterator[date]:
    at = first.replace(day=1)
    while at <= last:
        yield at
        at = (at + timedelta(days=32)).replace(day=1)


def _outside(month: date, who: Mapping[str, Any]) -> bool:
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return bool((who["end"] is not None and month > who["end"]) or last < who["start"])


def _table(kept: Mapping[str, list[Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {column.name: pa.array(kept[column.name], arrow_type(column)) for column in EXPOSURE.columns}
    )


def _rows(
    path: Path, columns: tuple[Column, ...], problems: list[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a CSV file with `ref` and these columns, each value in its kind. Raises ExtractError."""
    wanted = {"ref", *(column.name for column in columns)}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            there = set(reader.fieldnames or ())
            strange = [f"column {sorted(wanted - there)[0]!r} is missing"] if wanted - there else []
            strange += ["there is a column too many: it could hold a name"] if there - wanted else []
            if strange:
                raise ExtractError([f"{path.name}: {one}." for one in strange])
            for line, row in enumerate(reader, 2):
                yield line, _read(path, line, row, columns, problems)
    except OSError as error:
        raise ExtractError([f"{path.name} cannot be read: {error.strerror}."]) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ExtractError([f"{path.name} is not a CSV file in UTF-8."]) from error


def _read(
    path: Path, line: int, row: Mapping[str, Any], columns: tuple[Column, ...], problems: list[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {"ref": row["ref"] or ""}
    if not _is_id(found["ref"]):
        problems.append(f"{path.name}, line {line}: ref is not an identifier.")
    for column in columns:
        text = (row[column.name] or "").strip()
        try:
            found[column.name] = None if not text and column.empty else _value(column, text)
        except ValueError:
            found[column.name] = None
            problems.append(f"{path.name}, line {line}: {column.name} is not {_EXPECTED[column.kind]}.")
    return found


_EXPECTED = {
    "id": "an identifier of at most 64 letters, digits, - or _",
    "code": "one of the extract's codes",
    "day": "a day such as 2026-03-31",
    "month": "the first day of a month",
    "number": "a number within its limits",
}


def _value(column: Column, text: str) -> Any:
    """The text as the column's kind. Raises ValueError."""
    if column.kind in ("day", "month"):
        day = date.fromisoformat(text)
        if column.kind == "month" and day.day != 1:
            raise ValueError
        return day
    if column.kind == "number":
        number = float(text)
        if not math.isfinite(number) or not (column.least or 0) <= number <= (column.most or number):
            raise ValueError
        return number
    if column.kind == "code" and text not in column.codes:
        raise ValueError
    if column.kind == "id" and not _is_id(text):
        raise ValueError
    return text


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and all(
        one.isascii() and (one.isalnum() or one in "-_") for one in text
    )


def _judge(problems: list[str]) -> None:
    if problems:
        more = len(problems) - SHOWN
        raise ExtractError([*problems[:SHOWN], *([f"And {more} more."] if more > 0 else [])])
