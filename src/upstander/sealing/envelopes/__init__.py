"""Envelopes: everything a person writes (formats, section 4).

`seal_envelope` and `open_envelope` make and open one; `judge` reads a whole conversation that came from a
server nobody has to trust.
"""

from upstander.sealing.envelopes.envelope import (
    ALLOWED,
    Direction,
    Envelope,
    Kind,
    open_envelope,
    read_envelope,
    seal_envelope,
    verify_envelope,
)
from upstander.sealing.envelopes.judging import (
    Held,
    Judged,
    Listed,
    Reader,
    judge,
    next_place,
    recipients_of,
    scope_of,
)

__all__ = [
    "ALLOWED",
    "Direction",
    "Envelope",
    "Held",
    "Judged",
    "Kind",
    "Listed",
    "Reader",
    "judge",
    "next_place",
    "open_envelope",
    "read_envelope",
    "recipients_of",
    "scope_of",
    "seal_envelope",
    "verify_envelope",
]
