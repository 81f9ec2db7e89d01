"""SHA-256, and HKDF over it: the only two ways in which bytes are hashed or keys derived from keys."""

import hashlib
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from upstander.formats.errors import FormatError

_HASH = re.compile(r"[0-9a-f]{64}")


def sha256(data: bytes) -> bytes:
    """The 32 bytes of SHA-256."""
    return hashlib.sha256(data).digest()


def hash_of(data: bytes) -> str:
    """What the formats call a hash: SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def check_hash(text: object) -> str:
    """Returns a hash, or raises FormatError for what is not one."""
    if not isinstance(text, str) or not _HASH.fullmatch(text):
        raise FormatError("Expected a hash: 64 lower-case hexadecimal digits.")
    return text


def hkdf(secret: bytes, info: str, length: int = 32, salt: bytes = b"") -> bytes:
    """HKDF-SHA256; `length` in bytes. All formats of ours use an empty salt (age has one)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info.encode()).derive(secret)
