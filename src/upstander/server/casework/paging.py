"""Long lists in parts: each begins after the last row of the one before, so that rows that come or go in the
meantime push nothing over the edge: none is shown twice, none is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

Order = Mapping[str, Callable[[str], Any]]
"""Columns of a list as `order_by` takes them, the last one unique; each with how an address is read."""
LONGEST = 80  # characters of a place in a list


@dataclass(frozen=True)
class Part:
    """Rows of a list. `first`: from the top on. `after`: where the next part begins; empty at the end."""

    rows: list[Any]
    first: bool
    after: str


def part_of(rows: QuerySet[Any], order: Order, after: str, size: int) -> Part:
    """So many rows from the place `after` on; from the top where that is empty, or no place."""
    place = _read(order, after)
    if place:
        rows = rows.filter(_beyond(list(order), place))
    found = list(rows.order_by(*order)[: size + 1])
    shown = found[:size]
    return Part(shown, not place, _written(order, shown[-1]) if len(found) > size else "")


def _beyond(names: list[str], place: list[Any]) -> Q:
    """What comes later than this place in the order of these columns."""
    name = names[0].removeprefix("-")
    beyond = Q((f"{name}__{'gt' if name == names[0] else 'lt'}", place[0]))
    return beyond | Q((name, place[0])) & _beyond(names[1:], place[1:]) if names[1:] else beyond


def _written(order: Order, row: Any) -> str:
    return "~".join(str(getattr(row, name.removeprefix("-"))) for name in order)


def _read(order: Order, after: str) -> list[Any]:
    texts = after.split("~")
    if len(texts) != len(order) or len(after) > LONGEST or not (after.isascii() and after.isprintable()):
        return []
    try:
        return [read(text) for read, text in zip(order.values(), texts, strict=True)]
    except ValueError:
        return []
