"""The post-quantum hybrid keys of age 1.3: identities, recipients, and a file key sealed to one of them.

An identity is a 32-byte X-Wing seed. SHAKE256 stretches it to the ML-KEM-768 seed (64 bytes) and the
X25519 key (32 bytes); the recipient is the two public keys, 1,184 and 32 bytes. A file key is sealed by
HPKE (RFC 9180) with ML-KEM-768 and X25519, HKDF-SHA256 and ChaCha20-Poly1305.
"""

import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from upstander.sealing.age import bech32
from upstander.sealing.errors import SealingError, WrongKeyError

ENCAPSULATED = 1120  # bytes: ML-KEM-768 ciphertext (1,088) and X25519 share (32)
WRAPPED = 32  # bytes: file key (16) and tag (16)
_PUBLIC_MLKEM = 1184
_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def new_identity() -> str:
    """A random identity, `AGE-SECRET-KEY-PQ-1...`."""
    return identity_from_seed(secrets.token_bytes(32))


def identity_from_seed(seed: bytes) -> str:
    """The identity with this 32-byte seed. Raises SealingError for another length."""
    if len(seed) != 32:
        raise SealingError("A seed has 32 bytes.")
    return bech32.encode("age-secret-key-pq-", seed).upper()


def seed_of(identity: str) -> bytes:
    """The 32-byte seed of an identity. Raises SealingError for anything but a hybrid identity."""
    if not identity.isascii() or identity != identity.upper():
        raise SealingError("This is not a hybrid age identity.")
    seed = bech32.decode("age-secret-key-pq-", identity.lower())
    if len(seed) != 32:
        raise SealingError("This is not a hybrid age identity.")
    return seed


def recipient_of(identity: str) -> str:
    """The recipient, `age1pq1...`, that an identity opens."""
    mlkem, x25519 = _halves(seed_of(identity))
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return bech32.encode("age1pq", public)


def check_recipient(recipient: str) -> str:
    """Returns a hybrid recipient, or raises SealingError for anything else."""
    _public_key(recipient)
    return recipient


def wrap(file_key: bytes, recipient: str) -> tuple[bytes, bytes]:
    """A file key sealed to a recipient: the encapsulated key and the wrapped file key."""
    sealed = _SUITE.encrypt(file_key, _public_key(recipient), _INFO)
    return sealed[:ENCAPSULATED], sealed[ENCAPSULATED:]


def unwrap(encapsulated: bytes, wrapped: bytes, identity: str) -> bytes:
    """The 16-byte file key. Raises WrongKeyError if it was sealed to another recipient (or is damaged)."""
    mlkem, x25519 = _halves(seed_of(identity))
    try:
        return _SUITE.decrypt(encapsulated + wrapped, MLKEM768X25519PrivateKey(mlkem, x25519), _INFO)
    except (InvalidTag, ValueError):
        raise WrongKeyError("None of these keys opens the file.") from None


def _halves(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    stretched = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(stretched[:64]), X25519PrivateKey.from_private_bytes(
        stretched[64:]
    )


@lru_cache(maxsize=256)  # public keys only; checking one costs more than using it
def _public_key(recipient: str) -> MLKEM768X25519PublicKey:
    public = bech32.decode("age1pq", recipient)
    if len(public) != _PUBLIC_MLKEM + 32:
        raise SealingError("This is not a hybrid age recipient.")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_PUBLIC_MLKEM]),
            X25519PublicKey.from_public_bytes(public[_PUBLIC_MLKEM:]),
        )
    except ValueError:
        raise SealingError("This age recipient is damaged.") from None
