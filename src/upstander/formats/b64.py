"""base64url without padding (RFC 4648 section 5), strict: no white space, no stray bits."""

import base64
import binascii

from upstander.formats.errors import FormatError

_STANDARD = bytes.maketrans(b"-_", b"+/")
# What a last character can be that stands for two or four bits only, by how many characters are over.
_WHOLE = {2: "AQgw", 3: "AEIMQUYcgkosw048"}


def encode(data: bytes) -> str:
    """The b64 text of some bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str, length: int | None = None) -> bytes:
    """The bytes behind a b64 text; `length` is the number of bytes it must hold. Raises FormatError."""
    if not text.isascii() or any(sign in text for sign in "+/="):
        raise FormatError("Expected base64url without padding.")
    over = len(text) % 4
    try:
        padded = text.encode().translate(_STANDARD) + b"=" * (-over % 4)
        data = binascii.a2b_base64(padded, strict_mode=True)
    except binascii.Error:
        raise FormatError("Expected base64url without padding.") from None
    if over and text[-1] not in _WHOLE[over]:
        raise FormatError("The text ends with stray bits.")
    if length is not None and len(data) != length:
        raise FormatError(f"Expected {length} bytes.")
    return data
