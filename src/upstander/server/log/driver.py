"""Statements straight to the database driver, for the few that every report runs.

Django's cursor rewrites the places of a statement (`%s` to `?`) each time, which for a long INSERT costs more
than the storing. Errors are Django's as always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def cursor() -> Iterator[Any]:
    """The driver's own cursor, inside the transaction that is open. Write places with `marked`."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        made = database.connection.cursor()
        try:
            yield made
        finally:
            made.close()


def ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement with `%s` for each value answers."""
    with cursor() as made:
        made.execute(marked(sql, connections[DEFAULT_DB_ALIAS].vendor), values)
        return list(made.fetchall())


@lru_cache(maxsize=1024)
def marked(sql: str, vendor: str) -> str:
    """The statement with the places this driver wants; it must hold no other `%s`."""
    return sql.replace("%s", "?") if vendor == "sqlite" else sql
