"""A custodian's identity, split so that m of n people can bring it back (formats, section 10).

Shamir's scheme byte by byte over GF(2^8) with AES's polynomial. A share is one value per byte of the secret,
then the x coordinate: the form of the npm package `shamir-secret-sharing`.
"""

import re
import secrets
from collections.abc import Iterable, Sequence

from upstander.formats import base32
from upstander.formats.errors import FormatError
from upstander.formats.hashes import sha256
from upstander.sealing import age
from upstander.sealing.errors import SealingError

SECRET = 32  # bytes: the seed of an age identity


def split(secret: bytes, of: int, needs: int) -> list[bytes]:
    """Splits 32 bytes into `of` shares, `needs` of which bring them back; 2 <= needs <= of <= 255."""
    if len(secret) != SECRET or not 2 <= needs <= of <= 255:
        raise FormatError("Expected 32 bytes, at least 2 shares needed, and at most 255 in all.")
    polynomials = [bytes((byte, *secrets.token_bytes(needs - 1))) for byte in secret]
    places = secrets.SystemRandom().sample(range(1, 256), of)
    return [bytes(_value(polynomial, x) for polynomial in polynomials) + bytes((x,)) for x in places]


def combine(shares: Sequence[bytes]) -> bytes:
    """The secret behind enough shares. Too few give another secret: see `recover`. Raises FormatError."""
    places = [share[-1] if len(share) == SECRET + 1 else 0 for share in shares]
    if len(shares) < 2 or 0 in places or len(set(places)) != len(places):
        raise FormatError("At least two different shares are needed.")
    weights = [_weight(x, places) for x in places]
    return bytes(
        _sum(_times(weight, share[i]) for weight, share in zip(weights, shares, strict=True))
        for i in range(SECRET)
    )


def recover(shares: Sequence[bytes], seal: str) -> str:
    """The custodian's age identity. Raises SealingError unless its recipient is `seal`."""
    identity = age.identity_from_seed(combine(shares))
    if age.recipient_of(identity) != seal:
        raise SealingError("These shares do not make the custodian's key: too few, or one of another split.")
    return identity


def to_text(share: bytes) -> str:
    """A share as it is printed."""
    letters = base32.encode(share + _check(share))
    return "us1-" + "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def from_text(typed: str) -> bytes:
    """A share as somebody typed it: case, spaces and hyphens do not matter. Raises FormatError for a slip."""
    letters = re.sub(r"[\s-]+", "", typed).lower()
    if not letters.startswith("us1"):
        raise FormatError("A share begins with us1.")
    try:
        data = base32.decode(letters[3:], SECRET + 3)
    except FormatError:
        raise FormatError("A letter is missing, one too many, or not one we use (a to z, 2 to 7).") from None
    share, check = data[: SECRET + 1], data[SECRET + 1 :]
    if _check(share) != check:
        raise FormatError("A letter in this share is wrong.")
    return share


def _check(share: bytes) -> bytes:
    return sha256(b"upstander/share/v1\n" + share)[:2]


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    result = 1
    for _ in range(254):  # a^254 = 1/a
        result = _times(result, a)
    return result


def _value(polynomial: bytes, x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = _times(value, x) ^ coefficient
    return value


def _weight(x: int, places: Sequence[int]) -> int:
    """The Lagrange weight of the share at x, for the value at 0."""
    weight = 1
    for other in places:
        if other != x:
            weight = _times(weight, _times(other, _inverse(other ^ x)))
    return weight


def _sum(values: Iterable[int]) -> int:
    total = 0
    for value in values:
        total ^= value
    return total
