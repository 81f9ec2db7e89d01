"""Small signed texts that need no store: content, end and a mark that only this installation makes."""

from __future__ import annotations

import time
from hmac import compare_digest

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.server.installation import load


def issue(purpose: str, content: bytes, seconds: int) -> str:
    """A token for `content` that holds for so many seconds, for this purpose alone."""
    body = (int(time.time()) + seconds).to_bytes(8, "big") + content
    return b64.encode(body + load().mac(purpose, body))


def read(purpose: str, token: str) -> bytes:
    """The content of a token that is ours, for this purpose and not past its end. Raises FormatError."""
    data = b64.decode(token)
    body, mark = data[:-32], data[-32:]
    if len(body) < 8 or not compare_digest(mark, load().mac(purpose, body)):
        raise FormatError("This was not made here.")
    if int.from_bytes(body[:8], "big") < time.time():
        raise FormatError("This has run out.")
    return body[8:]
