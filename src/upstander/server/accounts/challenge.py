"""Sign-in challenges that need no store: random bytes, a time and a mark only this installation makes."""

import secrets
import time
from hmac import compare_digest

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.server.installation import load

LIFE = 300  # seconds
_PURPOSE = "desk-challenge"


def make() -> str:
    """A fresh challenge, valid for five minutes."""
    content = secrets.token_bytes(16) + int(time.time()).to_bytes(8, "big")
    return b64.encode(content + load().mac(_PURPOSE, content)[:16])


def check(challenge: object) -> None:
    """Raises FormatError for a challenge that is not ours or older than five minutes."""
    if not isinstance(challenge, str):
        raise FormatError("Expected a challenge.")
    data = b64.decode(challenge, 40)
    content, mark = data[:24], data[24:]
    if not compare_digest(mark, load().mac(_PURPOSE, content)[:16]):
        raise FormatError("This challenge is not ours.")
    age = time.time() - int.from_bytes(content[16:], "big")
    if not -5 <= age <= LIFE:
        raise FormatError("This challenge is too old.")
