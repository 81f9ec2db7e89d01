"""base64url without padding (RFC 4648 section 5), strict: no white space, no stray bits."""

import base64
import binascii
import re

from upstander.formats.errors import FormatError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(data: bytes) -> str:
    """The b64 text of some bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str, length: int | None = None) -> bytes:
    """The bytes behind a b64 text; `length` is the number of bytes it must hold. Raises FormatError."""
    if not _ALPHABET.fullmatch(text):
        raise FormatError("Expected base64url without padding.")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise FormatError("Expected base64url without padding.") from None
    if encode(data) != text:
        raise FormatError("The text ends with stray bits.")
    if length is not None and len(data) != length:
        raise FormatError(f"Expected {length} bytes.")
    return data
