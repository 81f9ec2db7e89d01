"""Statements straight to the database driver, for the few that every report runs.

Django's cursor rewrites the places of a statement (`%s` to `?`) each time, which for a long INSERT costs more
than the storing. Errors are Django's as always.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement with `%s` for each value answers, inside the transaction that is open."""
    database = connections[DEFAULT_DB_ALIAS]
    return list(run(database, marked(sql, database.vendor), values).fetchall())


def run(database: BaseDatabaseWrapper, sql: str, values: Sequence[Any]) -> Any:
    """Executes a statement that `marked` has made, and answers the driver's cursor."""
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        return database.connection.cursor().execute(sql, values)


@lru_cache(maxsize=1024)
def marked(sql: str, vendor: str) -> str:
    """The statement with the places this driver wants; it must hold no other `%s`."""
    return sql.replace("%s", "?") if vendor == "sqlite" else sql
