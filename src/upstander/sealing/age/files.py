"""Seals bytes and streams to hybrid recipients as age files, and opens them."""

import hmac
import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence

from upstander.formats.hashes import hkdf
from upstander.sealing.age import header, keys, payload
from upstander.sealing.errors import SealingError, WrongKeyError

_NONCE = 16


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """Seals bytes to 1 to 64 recipients. Raises SealingError for a recipient that is not hybrid."""
    return b"".join(seal_stream((data,), recipients))


def open_(data: bytes, identities: Sequence[str]) -> bytes:
    """Opens a sealed file with one of these identities.

    Raises WrongKeyError when none of them fits, SealingError for a file that is damaged or not allowed here.
    """
    return b"".join(open_stream((data,), identities))


def seal_stream(pieces: Iterable[bytes], recipients: Sequence[str]) -> Iterator[bytes]:
    """As `seal`, without ever holding the whole."""
    if not 1 <= len(recipients) <= header.RECIPIENTS:
        raise SealingError(f"Expected 1 to {header.RECIPIENTS} recipients.")
    file_key = secrets.token_bytes(16)
    stanzas = [header.Stanza(*keys.wrap(file_key, recipient)) for recipient in recipients]
    nonce = secrets.token_bytes(_NONCE)
    yield header.write(stanzas, file_key) + nonce
    yield from payload.encrypt(pieces, _payload_key(file_key, nonce))


def open_stream(pieces: Iterable[bytes], identities: Sequence[str]) -> Iterator[bytes]:
    """As `open_`, without ever holding the whole. Use nothing of what came out before it has ended."""
    source = iter(pieces)
    head = b""
    while len(head) < header.LONGEST and (piece := next(source, None)) is not None:
        head += piece
    stanzas, covered, mac, start = header.parse(head)
    file_key = _file_key(stanzas, identities)
    if not hmac.compare_digest(mac, header.mac(covered, file_key)):
        raise SealingError("The age header was changed.")
    nonce = head[start : start + _NONCE]
    if len(nonce) < _NONCE:
        raise SealingError("The file is damaged or cut short.")
    rest = itertools.chain((head[start + _NONCE :],), source)
    yield from payload.decrypt(rest, _payload_key(file_key, nonce))


def _file_key(stanzas: Sequence[header.Stanza], identities: Sequence[str]) -> bytes:
    for stanza in stanzas:
        for identity in identities:
            try:
                return keys.unwrap(stanza.encapsulated, stanza.wrapped, identity)
            except WrongKeyError:
                continue
    raise WrongKeyError("None of these keys opens the file.")


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return hkdf(file_key, "payload", salt=nonce)
