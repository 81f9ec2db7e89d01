"""Lower-case base32 (RFC 4648 section 6) without padding, strict."""

import base64
import binascii
import re

from upstander.formats.errors import FormatError

_ALPHABET = re.compile(r"[a-z2-7]*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [
    first + second for first in _LETTERS for second in _LETTERS
]  # ten bits each: ids are made by the thousand


def encode(data: bytes) -> str:
    """The base32 text of some bytes."""
    bits = len(data) * 8
    over = -bits % 10
    number = int.from_bytes(data, "big") << over
    pairs = "".join([_PAIRS[number >> place & 1023] for place in range(bits + over - 10, -1, -10)])
    return pairs[: -(-bits // 5)]


def decode(text: str, length: int | None = None) -> bytes:
    """The bytes behind a base32 text; `length` is the number of bytes it must hold. Raises FormatError."""
    if not _ALPHABET.fullmatch(text):
        raise FormatError("Expected base32 in lower case without padding.")
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        raise FormatError("Expected base32 in lower case without padding.") from None
    if encode(data) != text:
        raise FormatError("The text ends with stray bits.")
    if length is not None and len(data) != length:
        raise FormatError(f"Expected {length} bytes.")
    return data
