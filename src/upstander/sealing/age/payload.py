"""The payload of an age file: 64 KiB chunks under ChaCha20-Poly1305, the last one marked (STREAM)."""

import itertools
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from upstander.sealing.errors import SealingError

CHUNK = 64 * 1024
TAG = 16


def encrypt(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Sealed chunks of some bytes that arrive in pieces of any size."""
    cipher = ChaCha20Poly1305(key)
    for nonce, chunk in _numbered(pieces, CHUNK):
        yield cipher.encrypt(nonce, chunk, None)


def decrypt(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The bytes behind sealed chunks.

    Raises SealingError where a chunk is damaged, missing, or after the last. What came out before the error
    is right but not whole: use nothing of it before the end.
    """
    cipher = ChaCha20Poly1305(key)
    for nonce, chunk in _numbered(pieces, CHUNK + TAG):
        try:
            opened = cipher.decrypt(nonce, chunk, None)
        except (InvalidTag, ValueError):
            raise SealingError("The file is damaged or cut short.") from None
        if not opened and any(nonce[:11]):
            raise SealingError("The file is damaged: an empty chunk at its end.")
        yield opened


def _numbered(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bytes]]:
    """Chunks with their nonces: 11 bytes of number, one byte that says whether it is the last."""
    numbers = itertools.count()
    held = bytearray()
    for piece in pieces:
        held += piece
        whole = max(0, (len(held) - 1) // size)  # a full chunk is kept back: it may be the last
        for start in range(0, whole * size, size):
            yield next(numbers).to_bytes(11, "big") + b"\0", bytes(held[start : start + size])
        del held[: whole * size]
    yield next(numbers).to_bytes(11, "big") + b"\1", bytes(held)
