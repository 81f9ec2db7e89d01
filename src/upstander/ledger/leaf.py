"""A leaf: one act in the public log, as a salted commitment and a label (formats, section 7).

Only who holds the case's log secret can make or recognise the label and salt of an act: the public sees that
something happened on a day, a reporter or handler can see what.
"""

from collections.abc import Mapping

from upstander.formats import canonical, kinds, shape
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of, hkdf, sha256

KINDS: Mapping[str, tuple[str, ...]] = {
    "received": ("card", "case", "channels", "envelopes", "excluded", "grants", "uploads"),
    "message": ("case", "envelope", "uploads"),
    "note": ("case", "envelope", "uploads"),
    "grant": ("admits", "case", "grants"),
    "epoch": ("admits", "case", "epochs", "grants", "withdrawn"),
    "step": ("case", "envelopes", "outcome", "step"),
    "record": ("case", "envelopes"),
    "withdraw": ("case", "envelopes"),
    "card": ("card", "version"),
    "expired": ("case", "envelopes"),
}
"""Every kind of leaf, and the fields whose digest it commits to."""


def digest(kind: str, **fields: canonical.JSON) -> bytes:
    """SHA-256 of the canonical object of this kind. Raises FormatError for another kind or other fields."""
    if kind not in KINDS:
        raise FormatError("There is no leaf of this kind.")
    return sha256(canonical.encode(shape.exactly(fields, *KINDS[kind])))


def commitment(salt: bytes, act_digest: bytes) -> str:
    """The hash a leaf shows for an act: `salt` is 32 bytes, the digest as `digest` makes it."""
    if len(salt) != 32 or len(act_digest) != 32:
        raise FormatError("Expected 32 bytes of salt and 32 of digest.")
    return hash_of(f"{kinds.header('commitment')}\n".encode() + salt + act_digest)


def label_and_salt(log_secret: bytes, act: str) -> tuple[str, bytes]:
    """Label (16 bytes in hex) and salt (32 bytes) of one act of the case with this log secret."""
    label = hkdf(log_secret, f"upstander/leaf/v1/label/{act}", 16).hex()
    return label, hkdf(log_secret, f"upstander/leaf/v1/salt/{act}", 32)


def leaf_bytes(kind: str, day: str, label: str, commitment: str) -> bytes:
    """The bytes of a leaf. `label` is 32 hexadecimal digits, `commitment` 64."""
    if kind not in KINDS:
        raise FormatError("There is no leaf of this kind.")
    body = {"commitment": commitment, "day": shape.day(day), "kind": kind, "label": label}
    return f"{kinds.header('leaf')}\n".encode() + canonical.encode(body) + b"\n"


def leaf_hash(leaf: bytes) -> str:
    """A leaf's hash in the tree (RFC 6962 section 2.1): SHA-256 of a zero byte and the leaf, in hex."""
    return hash_of(b"\0" + leaf)
