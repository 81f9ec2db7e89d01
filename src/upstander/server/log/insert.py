"""Writes new rows, many to a statement. What `bulk_create` does, without what costs it most of its time.

`bulk_create` builds and compiles a query for every call; these statements are the same each time, so they are
kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)


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
        values = [[_value(field, plain, row, database) for field, plain in fields] for row in some]
        with database.cursor() as cursor:
            cursor.executemany(sql, values)


# Fields whose values the database drivers take as they are.
_PLAIN = (BinaryField, BooleanField, CharField, ForeignKey, IntegerField, TextField)


def _value(field: Field[Any, Any], plain: bool, row: Model, database: BaseDatabaseWrapper) -> Any:
    if plain:
        return getattr(row, field.attname)
    return field.get_db_prep_save(field.pre_save(row, add=True), connection=database)


@cache
def _statement(model: type[Model], vendor: str) -> tuple[str, tuple[tuple[Field[Any, Any], bool], ...]]:
    meta = model._meta
    if meta.parents:
        raise TypeError(f"{model.__name__} lies in two tables.")
    auto = meta.auto_field
    fields = tuple(field for field in meta.local_concrete_fields if field is not auto)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # table and column names come from our own models, never from outside
    return f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places})", tuple(  # noqa: S608
        (field, isinstance(field, _PLAIN)) for field in fields
    )
