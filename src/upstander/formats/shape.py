"""Reads fields of a decoded value with their kinds checked: what a signature covers can still be nonsense."""

from collections.abc import Collection
from typing import Any

from upstander.formats import days
from upstander.formats.errors import FormatError


def exactly(value: object, *keys: str) -> dict[str, Any]:
    """The object itself if it has exactly these keys."""
    if not isinstance(value, dict):
        raise FormatError("Expected an object.")
    if value.keys() != set(keys):
        raise FormatError(f"Expected exactly these fields: {', '.join(sorted(keys))}.")
    return value


def items(value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise FormatError("Expected a list.")
    return value


def text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise FormatError("Expected a text.")
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise FormatError("Expected true or false.")
    return value


def count(value: object, least: int = 0) -> int:
    """A whole number of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise FormatError(f"Expected a number of at least {least}.")
    return value


def day(value: object) -> str:
    """A day that exists, as it is written."""
    return days.parse(value).isoformat()


def one_of(value: object, choices: Collection[str]) -> str:
    """One of these texts."""
    if not isinstance(value, str) or value not in choices:
        raise FormatError(f"Expected one of: {', '.join(sorted(choices))}.")
    return value


def sorted_texts(value: object) -> tuple[str, ...]:
    """A sorted list of different texts."""
    texts = tuple(text(one) for one in items(value))
    if list(texts) != sorted(set(texts)):
        raise FormatError("Expected a sorted list.")
    return texts
