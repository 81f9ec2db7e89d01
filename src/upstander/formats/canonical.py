"""Canonical JSON: one text for one value, so that what is signed and hashed is never in doubt.

Formats, section 1. `decode` accepts exactly what `encode` can produce.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias, cast

from upstander.formats.errors import FormatError

JSON: TypeAlias = bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

DEPTH = 64  # no format nests deeper; a limit keeps hostile input from exhausting the stack
LARGEST = 2**53 - 1  # what a browser's numbers hold exactly


def encode(value: JSON) -> bytes:
    """The canonical bytes of a value.

    Raises FormatError for floats, integers beyond 2^53 - 1, lone surrogates, keys that are not ASCII, and
    anything that is not JSON.
    """
    _check(value, 0)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError("The text holds half a character.") from None


def decode(data: bytes) -> JSON:
    """The value behind canonical bytes. Raises FormatError for any other spelling of the same value."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except FormatError:
        raise
    except (ValueError, RecursionError):
        raise FormatError("This is not JSON.") from None
    if encode(value) != data:
        raise FormatError("This JSON is not in canonical form.")
    return cast(JSON, value)


def decode_object(data: bytes) -> dict[str, JSON]:
    """As `decode`, for bytes that must hold an object."""
    value = decode(data)
    if not isinstance(value, dict):
        raise FormatError("Expected an object.")
    return value


def _check(value: object, depth: int) -> None:
    if depth > DEPTH:
        raise FormatError("The value is nested too deeply.")
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise FormatError("Only whole numbers within 2^53 - 1.")
        return
    if isinstance(value, list | tuple):
        for item in value:
            if type(item) is not str or depth == DEPTH:
                _check(item, depth + 1)
        return
    if not isinstance(value, dict):
        raise FormatError("This kind of value has no canonical form.")
    for key, item in value.items():
        if not isinstance(key, str) or not key.isascii():
            raise FormatError("A key holds a character that is not ASCII.")
        if type(item) is not str or depth == DEPTH:  # most are, and need no more looking at
            _check(item, depth + 1)


def _refuse(_: str) -> NoReturn:
    raise FormatError("Only whole numbers within 2^53 - 1.")


# Made once: `json.dumps` and `json.loads` make new ones for each text that is not in their own default form.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
