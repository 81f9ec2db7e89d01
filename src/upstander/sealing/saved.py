"""A handler's key in a file of her own, for the day there is no server: wrapped, opened by her words."""

from typing import Any

from upstander.formats import canonical, ids, kinds, shape
from upstander.formats.errors import FormatError
from upstander.sealing.words import Words, unlock_keys
from upstander.sealing.wrapped import Keyring, check_blob, unwrap_with_words

_KIND = "handler-key"
LARGEST = 64 * 1024  # bytes


def save_key(blob: dict[str, Any], *, installation: str, username: str) -> str:
    """The file: her keys as the server stores them, and what her words need besides. Raises FormatError."""
    body: dict[str, Any] = {
        "format": kinds.header(_KIND),
        "installation": installation,
        "username": username,
        "wrapped": blob,
    }
    _read(body)
    return canonical.encode(body).decode() + "\n"


def open_key(text: str, words: Words) -> Keyring:
    """The keys in such a file. Takes about 0.1 s. Raises FormatError, WrongKeyError for other words."""
    if len(text) > LARGEST:
        raise FormatError("This file is too long to be a key.")
    body = _read(canonical.decode_object(text.strip().encode()))
    unlock = unlock_keys(words, body["installation"], body["username"])
    return unwrap_with_words(body["wrapped"], unlock)


def _read(value: object) -> dict[str, Any]:
    body = shape.exactly(value, "format", "installation", "username", "wrapped")
    shape.one_of(body["format"], kinds.headers(_KIND, "document"))
    ids.check_id(body["installation"])
    shape.text(body["username"])
    if check_blob(body["wrapped"])["method"] != "words":
        raise FormatError("This key is wrapped for a passkey. Save the one that your words open.")
    return body
