"""ristretto255 (RFC 9496) with its scalars, on libsodium's Ed25519 arithmetic.

libsodium does all work with secret scalars. PyNaCl carries no ristretto255, so encoding, decoding and hashing
to the group are done here on integers, as RFC 9496 section 4.3 says; they take the same time for every
*scalar*, but not for every point. A keeper's points are all known to who asks it. Points that are secret
(what a client unblinds, what it hashes a name to) exist only where this code is a client: on the command line
and in tests. A browser has its own.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import TypeAlias

from nacl import bindings, exceptions

from upstander.keepers.errors import GroupError

Scalar: TypeAlias = bytes
"""32 bytes, little-endian, below ORDER."""

ORDER = 2**252 + 27742317777372353535851937790883648493
SIZE = 32  # bytes of an element and of a scalar

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)


@dataclass(frozen=True, slots=True)
class Element:
    """An element: the one Ed25519 point of prime order in its class, compressed (RFC 8032 section 5.1.2)."""

    point: bytes

    def __add__(self, other: "Element") -> "Element":
        return Element(bindings.crypto_core_ed25519_add(self.point, other.point))

    def __rmul__(self, scalar: Scalar) -> "Element":
        """`scalar * element`. Raises GroupError where the product is the identity, which nobody may use."""
        try:
            return Element(bindings.crypto_scalarmult_ed25519_noclamp(scalar, self.point))
        except (exceptions.CryptoError, exceptions.RuntimeError):
            raise GroupError("This product is the identity, which may not be used.") from None

    def encode(self) -> bytes:
        """Its 32 bytes (RFC 9496 section 4.3.2)."""
        x, y = _decompress(self.point)
        u1, u2 = (1 + y) * (1 - y) % _P, x * y % _P
        _, inverse = _sqrt_ratio(1, u1 * u2 * u2 % _P)
        den1, den2 = inverse * u1 % _P, inverse * u2 % _P
        z_inverse = den1 * den2 * u2 % _P
        if u2 * z_inverse % _P & 1:
            x, y, den2 = y * _SQRT_M1 % _P, x * _SQRT_M1 % _P, den1 * _INVSQRT_A_MINUS_D % _P
        if x * z_inverse % _P & 1:
            y = -y
        return _absolute(den2 * (1 - y) % _P).to_bytes(SIZE, "little")


def decode(data: bytes) -> Element:
    """The element behind 32 bytes (RFC 9496 section 4.3.1).

    Raises GroupError for another length, for an encoding that is not canonical, and for the identity.
    """
    if len(data) != SIZE:
        raise GroupError("An element has 32 bytes.")
    s = int.from_bytes(data, "little")
    if s >= _P or s & 1:
        raise GroupError("These bytes are not the canonical form of an element.")
    if s == 0:
        raise GroupError("This is the identity, which may not be used.")
    u1, u2 = (1 - s * s) % _P, (1 + s * s) % _P
    v = (-_D * u1 * u1 - u2 * u2) % _P
    was_square, inverse = _sqrt_ratio(1, v * u2 * u2 % _P)
    den_x = inverse * u2 % _P
    x = _absolute(2 * s * den_x % _P)
    y = u1 * inverse * den_x * v % _P
    if not was_square or x * y % _P & 1 or y == 0:
        raise GroupError("These bytes are not an element.")
    return _of_prime_order(_compress(x, y))


def base_times(scalar: Scalar) -> Element:
    """`scalar` times the generator. Raises GroupError for zero."""
    try:
        return Element(bindings.crypto_scalarmult_ed25519_base_noclamp(scalar))
    except (exceptions.CryptoError, exceptions.RuntimeError):
        raise GroupError("This product is the identity, which may not be used.") from None


def hash_to_group(message: bytes, dst: bytes) -> Element:
    """hash_to_ristretto255 with SHA-512 (RFC 9380 appendix B): nobody knows its discrete logarithm."""
    uniform = expand(message, dst, 64)
    halves = (int.from_bytes(half, "little") % 2**255 for half in (uniform[:32], uniform[32:]))
    one, two = (_map(half % _P) for half in halves)
    return _of_prime_order(bindings.crypto_core_ed25519_add(one, two))


def hash_to_scalar(message: bytes, dst: bytes) -> Scalar:
    """A scalar from a message (RFC 9497 section 4.1)."""
    return reduce(expand(message, dst, 64))


def expand(message: bytes, dst: bytes, length: int) -> bytes:
    """expand_message_xmd with SHA-512 (RFC 9380 section 5.3.1); `length` in bytes, `dst` at most 255."""
    blocks = -(-length // 64)
    if blocks > 255 or len(dst) > 255:
        raise GroupError("Too much was asked of the hash.")
    suffix = dst + bytes((len(dst),))
    first = hashlib.sha512(bytes(128) + message + length.to_bytes(2, "big") + b"\0" + suffix).digest()
    block, out = bytes(64), b""
    for i in range(1, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = hashlib.sha512(mixed + bytes((i,)) + suffix).digest()
        out += block
    return out[:length]


def decode_scalar(data: bytes) -> Scalar:
    """A scalar as it came. Raises GroupError unless it has 32 bytes and is below ORDER."""
    if len(data) != SIZE or int.from_bytes(data, "little") >= ORDER:
        raise GroupError("These bytes are not a scalar.")
    return data


def random_scalar() -> Scalar:
    """A uniform scalar other than zero."""
    while True:
        scalar = reduce(secrets.token_bytes(64))
        if scalar != bytes(SIZE):
            return scalar


def reduce(data: bytes) -> Scalar:
    """64 little-endian bytes modulo ORDER."""
    return bytes(bindings.crypto_core_ed25519_scalar_reduce(data))


def scalar(number: int) -> Scalar:
    """A small public number, such as a keeper's place, as a scalar."""
    return (number % ORDER).to_bytes(SIZE, "little")


def plus(a: Scalar, b: Scalar) -> Scalar:
    """a + b."""
    return bytes(bindings.crypto_core_ed25519_scalar_add(a, b))


def minus(a: Scalar, b: Scalar) -> Scalar:
    """a - b."""
    return bytes(bindings.crypto_core_ed25519_scalar_sub(a, b))


def times(a: Scalar, b: Scalar) -> Scalar:
    """a * b."""
    return bytes(bindings.crypto_core_ed25519_scalar_mul(a, b))


def invert(a: Scalar) -> Scalar:
    """1 / a. Raises GroupError for zero."""
    if a == bytes(SIZE):
        raise GroupError("Zero has no inverse.")
    return bytes(bindings.crypto_core_ed25519_scalar_invert(a))


def _of_prime_order(point: bytes) -> Element:
    """The point without its part of small order: eight times it, then an eighth. Raises for small order."""
    for _ in range(3):
        point = bindings.crypto_core_ed25519_add(point, point)
    return _EIGHTH * Element(point)


def _map(t: int) -> bytes:
    """MAP of RFC 9496 section 4.3.4, as a compressed point."""
    r = _SQRT_M1 * t * t % _P
    u, v = (r + 1) * _ONE_MINUS_D_SQ % _P, (-1 - r * _D) * (r + _D) % _P
    was_square, s = _sqrt_ratio(u, v)
    if not was_square:
        s = -_absolute(s * t % _P) % _P
    c = -1 if was_square else r
    n = (c * (r - 1) * _D_MINUS_ONE_SQ - v) % _P
    w0, w1, w2, w3 = 2 * s * v, n * _SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    z_inverse = pow(w1 * w3, -1, _P)
    return _compress(w0 * w3 * z_inverse % _P, w2 * w1 * z_inverse % _P)


def _sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """SQRT_RATIO_M1 of RFC 9496 section 4.2: whether u/v is a square, and its root that is not negative."""
    v3 = v * v * v % _P
    r = u * v3 * pow(u * v3 * v3 * v, (_P - 5) // 8, _P) % _P
    check = v * r * r % _P
    was_square = check in (u % _P, -u % _P)
    if check in (-u % _P, -u * _SQRT_M1 % _P):
        r = r * _SQRT_M1 % _P
    return was_square, _absolute(r)


def _absolute(a: int) -> int:
    return _P - a if a & 1 else a


def _compress(x: int, y: int) -> bytes:
    return (y | (x & 1) << 255).to_bytes(SIZE, "little")


def _decompress(point: bytes) -> tuple[int, int]:
    number = int.from_bytes(point, "little")
    y = number % 2**255
    _, x = _sqrt_ratio((y * y - 1) % _P, (_D * y * y + 1) % _P)
    return (_P - x if x & 1 != number >> 255 and x else x), y


_ONE_MINUS_D_SQ = (1 - _D * _D) % _P
_D_MINUS_ONE_SQ = (_D - 1) ** 2 % _P
_SQRT_AD_MINUS_ONE = _P - _sqrt_ratio((-_D - 1) % _P, 1)[1]  # RFC 9496 takes the odd root
_INVSQRT_A_MINUS_D = _sqrt_ratio(1, (-1 - _D) % _P)[1]
_EIGHTH = pow(8, -1, ORDER).to_bytes(SIZE, "little")
