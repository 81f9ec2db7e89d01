"""Random ids, and short names for long keys (formats, section 1)."""

import re
import secrets

from upstander.formats import base32
from upstander.formats.errors import FormatError
from upstander.formats.hashes import sha256

_ID = re.compile(r"[a-z2-7]{25}[aeimquy4]")


def new_id() -> str:
    """A fresh 128-bit random id."""
    return base32.encode(secrets.token_bytes(16))


def check_id(text: object) -> str:
    """Returns an id, or raises FormatError for what is not one."""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise FormatError("Expected an id: 26 letters and digits.")
    return text


def is_id(text: str) -> bool:
    """Whether a text has the form of an id."""
    return _ID.fullmatch(text) is not None


def fingerprint(text: str) -> str:
    """A short name, in the form of an id, for a long text such as an age recipient."""
    return base32.encode(sha256(b"upstander/fingerprint/v1\n" + text.encode())[:16])


def key_id(sign: str, seal: str) -> str:
    """The id of two keys: `sign` an Ed25519 public key as b64 (empty: a custodian), `seal` a recipient."""
    return fingerprint(f"{sign}\n{seal}")
