"""What can be checked of a sealed thing without opening it: that it is age, to how many, and how long."""

from __future__ import annotations

from typing import Final

from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.errors import SealingError
from upstander.server.errors import Refusal

KIB: Final = 1024
BUCKETS: Final = (4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB, 4096 * KIB)
RECIPIENTS: Final = {"report": 1, "sheet": 1, "note": 1, "message": 2, "record": 1, "brief": 1, "work": 1}
_CHUNK: Final = 64 * KIB  # age's stream: a 16-byte nonce, then a 16-byte tag after each chunk


def payload_length(plain: int) -> int:
    """Bytes after the header of an age file that holds `plain` bytes."""
    return 16 + plain + 16 * max(1, -(-plain // _CHUNK))


_PAYLOADS: Final = frozenset(payload_length(bucket) for bucket in BUCKETS)


def check_envelope(kind: str, sealed: bytes, where: str) -> None:
    """An age file to the right number of hybrid recipients, in one of the size buckets. Raises Refusal."""
    rest = len(sealed) - check_file(sealed, RECIPIENTS[kind], where)
    if rest not in _PAYLOADS:
        raise Refusal(
            "malformed", "A sealed part has the wrong length; it may be cut short.", 422, where=where
        )


def check_grant(sealed: bytes, where: str) -> None:
    """An age file to one hybrid recipient. Raises Refusal."""
    rest = len(sealed) - check_file(sealed, 1, where)
    if rest < payload_length(1):
        raise Refusal(
            "malformed", "A sealed part has the wrong length; it may be cut short.", 422, where=where
        )


def check_file(start: bytes, recipients: int, where: str) -> int:
    """Length in bytes of the age header; `start` may be the file's beginning only. Raises Refusal."""
    try:
        header = age.inspect(start)
    except (SealingError, FormatError) as error:
        raise Refusal(
            "not-age", "That is not sealed as it must be.", 422, detail=str(error), where=where
        ) from error
    if header.stanzas != recipients:
        title = "That is not sealed to the right number of keys."
        raise Refusal("wrong-recipients", title, 422, where=where)
    return header.header_bytes
