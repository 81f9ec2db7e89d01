"""Statements: the one form in which anything is signed (formats, section 1).

Three lines: kind and version, canonical JSON, Ed25519 signature over the two lines above.
"""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from upstander.formats import b64, canonical, kinds
from upstander.formats.errors import FormatError


def public_of(key: Ed25519PrivateKey) -> str:
    """The public half as b64: what the formats call `sign`."""
    return b64.encode(key.public_key().public_bytes_raw())


def sign(kind: str, body: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """The text of a statement of this kind. Raises FormatError for unknown kinds and bad values."""
    head = kinds.headers(kind, "statement")[-1]
    signed = f"{head}\n{canonical.encode(body).decode()}\n"
    return f"{signed}{b64.encode(key.sign(signed.encode()))}\n"


def peek(text: str, kind: str) -> dict[str, Any]:
    """The body of a statement whose form is right. The signature is NOT checked: only says who claims it."""
    return _parse(text, kind)[2]


def verify(text: str, kind: str, sign: str) -> dict[str, Any]:
    """The body of a statement signed with this public key (b64). Raises FormatError for everything else.

    Checked by libsodium, which takes half the time of OpenSSL, lets other threads run meanwhile, and refuses
    public keys of small order, under which one signature can fit many texts.
    """
    signed, signature, body = _parse(text, kind)
    try:
        crypto_sign_open(signature + signed, b64.decode(sign, 32))
    except BadSignatureError:
        raise FormatError("The signature is wrong.") from None
    return body


def _parse(text: str, kind: str) -> tuple[bytes, bytes, dict[str, Any]]:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise FormatError("A statement has three lines.")
    head, body, signature, _ = lines
    if head not in kinds.headers(kind, "statement"):
        raise FormatError(f"Expected a statement of kind {kind}.")
    try:
        signed = f"{head}\n{body}\n".encode()
    except UnicodeEncodeError:
        raise FormatError("The text holds half a character.") from None
    return signed, b64.decode(signature, 64), canonical.decode_object(body.encode())
