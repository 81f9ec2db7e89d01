"""What can be wrong with the tables of an extract, asked of DuckDB in one pass a table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from upstander.measure.extract.schema import Column, Layout

if TYPE_CHECKING:
    import duckdb

OLDEST = "DATE '1940-01-01'"
TYPES = {
    "id": ("VARCHAR", "BIGINT", "INTEGER", "UBIGINT", "UINTEGER"),
    "code": ("VARCHAR",),
    "day": ("DATE",),
    "month": ("DATE",),
    "number": ("DOUBLE", "FLOAT", "BIGINT", "INTEGER"),
    "count": ("BIGINT", "INTEGER"),
    "flag": ("BOOLEAN",),
}
WANTED = {
    "id": "identifiers of at most 64 letters, digits, - or _ (or whole numbers)",
    "code": "codes",
    "day": "days",
    "month": "the first day of a month",
    "number": "numbers",
    "count": "whole numbers",
    "flag": "true or false",
}


def problems_of(database: duckdb.DuckDBPyConnection, layout: Layout, cutoff: date) -> list[str]:
    """The problems one table has by itself."""
    described = database.execute(f"DESCRIBE raw_{layout.name}").fetchall()
    types = {row[0]: row[1] for row in described if row[0] != "file_row_number"}
    wanted = {column.name: column for column in layout.columns}
    problems = [f"{layout.name}.{name}: the column is missing." for name in wanted if name not in types]
    problems += [
        f"{layout.name}: there is a column too many, number {at + 1}. An extract has no room for words; "
        "leave it out."
        for at, name in enumerate(types)
        if name not in wanted
    ]
    problems += [
        f"{layout.name}.{name}: expected {WANTED[wanted[name].kind]}, found the type {kind.split('(')[0]}."
        for name, kind in types.items()
        if name in wanted and kind.split("(")[0] not in TYPES[wanted[name].kind]
    ]
    if problems:
        return problems
    tests = [test for column in layout.columns for test in _tests(column, types[column.name], cutoff)]
    tests += _own_tests(layout)
    asked = ", ".join(f"count(*) FILTER ({wrong})" for wrong, _ in tests)
    counts = database.execute(f"SELECT {asked} FROM raw_{layout.name}").fetchall()[0]
    for count, (wrong, what) in zip(counts, tests, strict=True):
        if count:
            where = f"SELECT min(file_row_number) FILTER ({wrong}) FROM raw_{layout.name}"
            ((first,),) = database.execute(where).fetchall()
            problems.append(f"{layout.name}.{what}: {count} rows, the first is row {first + 1}.")
    return problems + _repeated(database, layout)


def _tests(column: Column, kind: str, cutoff: date) -> list[tuple[str, str]]:
    """Conditions that no row may meet, and how to say so."""
    name = f'"{column.name}"'
    tests = [] if column.empty else [(f"{name} IS NULL", f"{column.name} is empty")]
    if column.kind == "code":
        codes = ", ".join(f"'{code}'" for code in column.codes)
        tests.append((f"{name} NOT IN ({codes})", f"{column.name} holds an unknown code"))
    elif column.kind == "id" and kind == "VARCHAR":
        bad = f"NOT regexp_full_match({name}, '[A-Za-z0-9_-]{{1,64}}')"
        tests.append((bad, f"{column.name} holds something that is not an identifier"))
    elif column.kind in ("day", "month"):
        late = f"{name} > DATE '{cutoff.isoformat()}'"
        if column.name != "end":
            tests.append((late, f"{column.name} lies after the cut-off"))
        tests.append((f"{name} < {OLDEST}", f"{column.name} lies before 1940"))
    if column.kind == "month":
        tests.append((f"day({name}) <> 1", f"{column.name} is not the first day of a month"))
    if column.kind == "number":
        tests.append((f"isnan({name}) OR isinf({name})", f"{column.name} is not a number"))
        limits = f"{name} < {column.least} OR {name} > {column.most}"
        tests.append((limits, f"{column.name} lies outside {column.least:g} to {column.most:g}"))
    if column.kind == "count":
        tests.append((f"{name} < 0", f"{column.name} is below nought"))
    return tests


def _own_tests(layout: Layout) -> list[tuple[str, str]]:
    return {
        "person": [('"end" < start', "end lies before start")],
        "event": [
            ("type = 'closed' AND outcome IS NULL", "outcome is missing where a case was closed"),
            ("type <> 'closed' AND outcome IS NOT NULL", "outcome is given before the case was closed"),
        ],
        "involvement": [
            ("pid IS NULL AND link_prob IS NOT NULL", "link_prob is given without a pid"),
            ("pid IS NULL AND lenient_pid IS NOT NULL", "lenient_pid is given without a pid"),
        ],
        "pop": [("invited > n", "invited is more than there are")],
    }.get(layout.name, [])


SERVICE = """
CREATE OR REPLACE TEMP TABLE service AS
SELECT pid, min(first) AS first, max(last) AS last, sum(n)::BIGINT AS months,
  sum(bit_count(seen))::BIGINT AS different
FROM (SELECT pid, min(month) AS first, max(month) AS last, count(*) AS n,
  bit_or(1::UBIGINT << (place % 64)::UBIGINT) AS seen
  FROM (SELECT pid, month, coalesce(year(month) * 12 + month(month), 0) AS place FROM raw_exposure)
  GROUP BY pid, place // 64)
GROUP BY pid
"""
"""Everybody's first and last month and how many there are, from one pass over the largest table by far. A
month is a bit, so that one that comes twice is found without sorting all of them."""


def _repeated(database: duckdb.DuckDBPyConnection, layout: Layout) -> list[str]:
    if not layout.key:
        return []
    key = ", ".join(f'"{name}"' for name in layout.key)
    distinct = key if len(layout.key) == 1 else f"hash({key})"
    asked = f"SELECT count(*) - count(DISTINCT {distinct}) FROM raw_{layout.name}"
    if layout.name == "exposure":
        database.execute(SERVICE)
        asked = "SELECT coalesce(sum(months - different), 0) FROM service"
    (answer,) = database.execute(asked).fetchall()
    if not answer[0]:
        return []
    return [f"{layout.name}.{' + '.join(layout.key)}: {answer[0]} rows repeat another row's key."]


def problems_across(database: duckdb.DuckDBPyConnection) -> list[str]:
    """The problems that tables have with each other. Uses the table `service` that `problems_of` made."""
    asked = {
        "exposure.pid: {} rows name a person who is not in `person`.": (
            "FROM exposure SEMI JOIN (FROM service ANTI JOIN person USING (pid)) USING (pid)"
        ),
        "involvement.pid: {} rows name a person who is not in `person`.": (
            "FROM (FROM involvement WHERE pid IS NOT NULL) ANTI JOIN person USING (pid)"
        ),
        "involvement.lenient_pid: {} rows name a person who is not in `person`.": (
            "FROM (SELECT lenient_pid::VARCHAR AS pid FROM involvement WHERE lenient_pid IS NOT NULL) "
            "ANTI JOIN (SELECT pid::VARCHAR AS pid FROM person) USING (pid)"
        ),
        "involvement.rid: {} rows name a report that is not in `report`.": (
            "FROM involvement ANTI JOIN report USING (rid)"
        ),
        "event.rid: {} rows name a report that is not in `report`.": "FROM event ANTI JOIN report USING "
        "(rid)",
        "event.t: {} events lie before the day their report was received.": (
            "FROM event JOIN report USING (rid) WHERE t < received"
        ),
        "event.type: {} reports were closed more than once.": (
            "FROM (SELECT rid FROM event WHERE type = 'closed' GROUP BY rid HAVING count(*) > 1)"
        ),
        "event.t: {} events lie after the day their report was closed.": (
            "FROM event JOIN (SELECT rid, t AS closed FROM event WHERE type = 'closed') USING (rid) "
            "WHERE t > closed AND type <> 'answered'"
        ),
        "exposure.month: {} months lie before the person's start or after her end.": (
            'FROM exposure JOIN (FROM service JOIN person USING (pid) WHERE last > coalesce("end", last) '
            'OR last_day(first) < start) USING (pid) WHERE month > coalesce("end", month) OR '
            "last_day(month) < start"
        ),
    }
    found = {
        what: database.execute(f"SELECT count(*) {query}").fetchall()[0][0] for what, query in asked.items()
    }
    return [what.format(count) for what, count in found.items() if count]
