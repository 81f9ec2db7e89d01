"""Addresses as they lie in the database, and in links: sealed with the installation's key, all of one length.

A copy of the database alone gives no address away. Whoever has the data folder's keys can open them, as the
server must to send.
"""

from __future__ import annotations

import secrets
import time
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.server.errors import malformed
from upstander.server.installation import load

SIZE = 320  # bytes; an address has at most 254 letters


def seal(purpose: str, text: str) -> bytes:
    """The text, padded and sealed for one purpose. Raises FormatError for one that is too long."""
    data = text.encode()
    if len(data) > SIZE or "\n" in text:
        raise FormatError("This is too long.")
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key(purpose)).encrypt(nonce, data.ljust(SIZE, b"\n"), purpose.encode())


def unseal(purpose: str, data: bytes) -> str:
    """The text. Raises FormatError for what was not sealed here for this purpose."""
    try:
        return AESGCM(_key(purpose)).decrypt(data[:12], data[12:], purpose.encode()).rstrip(b"\n").decode()
    except (InvalidTag, ValueError):
        raise FormatError("This was not made here.") from None


def link(purpose: str, text: str, seconds: int) -> str:
    """The text as a token for a link that holds for so many seconds. Raises `malformed` for a long one."""
    try:
        return b64.encode(seal(purpose, f"{int(time.time()) + seconds} {text}"))
    except FormatError:  # letters beyond ASCII take more room than they show
        raise malformed("This address is too long.", "address") from None


def unlink(purpose: str, token: str) -> str:
    """The text of a token that still holds. Raises FormatError."""
    ends, _, text = unseal(purpose, b64.decode(token)).partition(" ")
    if int(ends) < time.time():
        raise FormatError("This link has run out.")
    return text


def mark(address: str) -> str:
    """A keyed hash of an address, by which it is found again and which nobody else can compute."""
    return b64.encode(load().mac("news-mark", address.encode()))


def mark_of_day(address: str, day: date) -> str:
    """A keyed hash of a mailbox and a day. Spellings that reach one mailbox have one mark.

    Capitals do not matter, nor what stands behind a plus sign before the @.
    """
    name, _, host = address.casefold().rpartition("@")
    box = f"{name.partition('+')[0] or name}@{host}"
    return b64.encode(load().mac("news-asked", f"{day.isoformat()} {box}".encode()))


def _key(purpose: str) -> bytes:
    return load().mac(f"news-seal/{purpose}", b"key")
