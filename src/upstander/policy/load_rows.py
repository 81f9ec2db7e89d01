"""What the readers of a pack's lists share: rows with ids that differ, and ids that lead somewhere."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Protocol, TypeVar

from upstander.policy.law import Named
from upstander.policy.reader import Table


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


def each(
    table: Table, key: str, read: Callable[[Table], Item], *, alone: bool = True, required: bool = True
) -> tuple[Item, ...]:
    """Every `[[key]]` of a table, with ids that differ. `alone`: the table holds nothing else."""
    if alone:
        table.only(key)
    found: dict[str, Item] = {}
    for item in table.tables(key, required=required):
        value = read(item)
        if value.id in found:
            raise item.wrong(f"an id that no other {key} has", f'"{value.id}"', "id")
        found[value.id] = value
    return tuple(found.values())


def named(table: Table) -> Named:
    """An id with its words."""
    table.only("id", "label", "help", "source", "unchecked")
    return Named(
        table.id(),
        table.text("label"),
        table.text("help", ""),
        table.text("source", ""),
        table.flag("unchecked", False),
    )


def known(table: Table, key: str, ids: Collection[str], what: str) -> tuple[str, ...]:
    """A list of ids, each of which is among `ids`; empty when it is not there."""
    values = table.strings(key, ())
    for position, value in enumerate(values):
        if value not in ids:
            raise table.wrong(f"the id of {what}", f'"{value}"', key, position)
    return values


def one_of(table: Table, key: str, ids: Collection[str], what: str) -> str:
    """An id among `ids`, or nothing when it is not there."""
    value = table.text(key, "")
    if value and value not in ids:
        raise table.wrong(f"the id of {what}", f'"{value}"', key)
    return value


def day(table: Table, key: str) -> date:
    """A day that has to be there."""
    text = table.day(key)
    if not text:
        raise table.wrong(f'a day such as "2025-05-28" for "{key}"', "none", key)
    return date.fromisoformat(text)
