"""Writes new rows, many to a statement. What `bulk_create` does, without what costs it most of its time.

`bulk_create` builds and compiles a query for every call; these statements are the same each time, so they are
kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model


def insert(rows: Iterable[Model]) -> None:
    """Stores unsaved rows in the order of their kinds' first appearance.

    Rows with a counted key are not told it.
    """
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    database = connections[DEFAULT_DB_ALIAS]
    for model, some in by_model.items():
        sql, fields = _statement(model, database.vendor)
        values = [
            [field.get_db_prep_save(field.pre_save(row, add=True), connection=database) for field in fields]
            for row in some
        ]
        with database.cursor() as cursor:
            cursor.executemany(sql, values)


@cache
def _statement(model: type[Model], vendor: str) -> tuple[str, tuple[Field[Any, Any], ...]]:
    meta = model._meta
    if meta.parents:
        raise TypeError(f"{model.__name__} lies in two tables.")
    auto = meta.auto_field
    fields = tuple(field for field in meta.local_concrete_fields if field is not auto)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # table and column names come from our own models, never from outside
    return f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608
