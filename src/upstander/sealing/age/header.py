"""The textual head of an age file (age-encryption.org/v1), for hybrid recipients and nothing else.

A file with a stanza of any other kind is refused, grease included: then it cannot be sealed to somebody
who is not post-quantum, or not known to us, behind the reader's back.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from upstander.formats.hashes import hkdf
from upstander.sealing.age.keys import ENCAPSULATED
from upstander.sealing.errors import SealingError

RECIPIENTS = 64  # of one file; more than any format of ours needs
LONGEST = 64 + RECIPIENTS * 1600  # bytes of the longest header

_VERSION = b"age-encryption.org/v1\n"
_KIND = b"-> mlkem768x25519 "
# Lengths and last characters follow from 1,120 and 32 bytes in base64 without padding and without stray bits.
_STANZA = re.compile(
    rb"-> mlkem768x25519 ([A-Za-z0-9+/]{1493}[AQgw])\n([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])\n"
)
_MAC = re.compile(rb"--- ([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])\n")


@dataclass(frozen=True, slots=True)
class Header:
    """What anybody can see of a file: `stanzas` recipients, `header_bytes` bytes before the payload."""

    stanzas: int
    header_bytes: int


@dataclass(frozen=True, slots=True)
class Stanza:
    """A file key sealed to one recipient."""

    encapsulated: bytes
    wrapped: bytes


def inspect(data: bytes) -> Header:
    """Reads the head and opens nothing.

    Raises SealingError for what is not an age file, for a head that is cut short or damaged, and for any
    stanza that is not `mlkem768x25519`.
    """
    stanzas, end = _walk(data)
    return Header(len(stanzas), end)


def parse(data: bytes) -> tuple[list[Stanza], bytes, bytes, int]:
    """Stanzas, the bytes the MAC covers, the MAC, and where the payload begins. Raises as `inspect`."""
    found, end = _walk(data)
    stanzas = [Stanza(_unbase64(match[1]), _unbase64(match[2])) for match in found]
    last = _MAC.match(data, found[-1].end())
    if last is None:  # not reached: _walk has seen it
        raise SealingError("The age header is damaged.")
    return stanzas, data[: last.start() + 3], _unbase64(last[1]), end


def write(stanzas: list[Stanza], file_key: bytes) -> bytes:
    """The whole head, MAC included."""
    lines = [_VERSION]
    for stanza in stanzas:
        lines += [_KIND, _base64(stanza.encapsulated), b"\n", _base64(stanza.wrapped), b"\n"]
    covered = b"".join([*lines, b"---"])
    return covered + b" " + _base64(mac(covered, file_key)) + b"\n"


def mac(covered: bytes, file_key: bytes) -> bytes:
    """The 32-byte MAC over a head up to and including its three hyphens."""
    return hmac.new(hkdf(file_key, "header"), covered, hashlib.sha256).digest()


def _walk(data: bytes) -> tuple[list[re.Match[bytes]], int]:
    if not data.startswith(_VERSION):
        raise SealingError("This is not an age file.")
    found: list[re.Match[bytes]] = []
    end = len(_VERSION)
    while match := _STANZA.match(data, end):
        if len(found) == RECIPIENTS:
            raise SealingError("The file has too many recipients.")
        found.append(match)
        end = match.end()
    last = _MAC.match(data, end)
    if found and last:
        return found, last.end()
    raise SealingError(_complaint(data[end : end + 1600]))


def _complaint(rest: bytes) -> str:
    if rest.startswith(b"-> ") and not rest.startswith(_KIND):
        return "The file is sealed in a way that is not allowed here."
    if rest.count(b"\n") < 2:
        return "The age header is cut short."
    return "The age header is damaged."


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


assert len(_base64(bytes(ENCAPSULATED))) == 1494  # the pattern above and the keys agree
