"""Writes new rows, many to a statement. What `bulk_create` does, without what costs it most of its time.

`bulk_create` builds and compiles a query for every call; these statements are the same each time. One
statement takes many rows: during each the other threads run, and whoever commits then waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)
from django.db.models.base import ModelState

from upstander.server.log import driver

ROWS = 100  # in one statement: far below what SQLite takes, and one call into it for many rows


def insert(rows: Iterable[Model]) -> None:
    """Stores unsaved rows in the order of their kinds' first appearance.

    Rows with a counted key are not told it.
    """
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    database = connections[DEFAULT_DB_ALIAS]
    for model, some in by_model.items():
        values_of = _values(model)
        for part in _parts(some):
            values = [value for row in part for value in values_of(row, database)]
            driver.run(database, _statement(model, database.vendor, len(part)), values)


def _parts(rows: list[Model]) -> Iterator[list[Model]]:
    """In pieces of 100, 64, 32 ... 1: so few different statements that the database keeps them prepared."""
    start = 0
    while left := len(rows) - start:
        size = ROWS if left >= ROWS else 1 << (left.bit_length() - 1)
        yield rows[start : start + size]
        start += size


Row = TypeVar("Row", bound=Model)


def fresh(model: type[Row], **values: Any) -> Row:
    """An unsaved row as `model(**values)` makes it, in a tenth of the time: for what comes by the thousand.

    Only for fields by the names of their columns (`case_id`, not `case`), and models without own signals.
    """
    defaults = _defaults(model)
    row = model.__new__(model)
    row.__dict__ = {"_state": ModelState(), **defaults, **values}
    if len(row.__dict__) != len(defaults) + 1:
        raise TypeError(f"{model.__name__} has no such field.")
    return row


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    fields = model._meta.concrete_fields
    if any(field.has_default() and callable(field.default) for field in fields):
        raise TypeError(f"{model.__name__} has defaults that have to be made each time.")
    return {field.attname: field.get_default() for field in fields}


# Fields whose values the database drivers take as they are.
_PLAIN = (BinaryField, BooleanField, CharField, ForeignKey, IntegerField, TextField)


@cache
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    """What is stored of a row: all but a counted key."""
    meta = model._meta
    if meta.parents:
        raise TypeError(f"{model.__name__} lies in two tables.")
    return tuple(field for field in meta.local_concrete_fields if field is not meta.auto_field)


@cache
def _values(model: type[Model]) -> Callable[[Model, BaseDatabaseWrapper], list[Any]]:
    """A function from a row to its values, as the driver of this database takes them."""
    fields = _fields(model)
    names = [field.attname for field in fields]
    others = [(place, field) for place, field in enumerate(fields) if not isinstance(field, _PLAIN)]

    def values(row: Model, database: BaseDatabaseWrapper) -> list[Any]:
        held = row.__dict__
        found = [held[name] for name in names]
        for place, field in others:
            if type(field) is DateField:
                found[place] = database.ops.adapt_datefield_value(found[place])
            else:
                found[place] = field.get_db_prep_save(field.pre_save(row, add=True), connection=database)
        return found

    return values


@cache
def _statement(model: type[Model], vendor: str, rows: int) -> str:
    """The statement for so many rows."""
    fields = _fields(model)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    # table and column names come from our own models, never from outside
    return driver.marked(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {places}", vendor)  # noqa: S608
