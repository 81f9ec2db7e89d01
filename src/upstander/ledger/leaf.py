"""A leaf: one act in the public log, as a salted commitment and a label (formats, section 7).

Only who holds the case's log secret can make or recognise the label and salt of an act: the public sees that
something happened on a day, a reporter or handler can see what. The acts of a case are numbered 1, 2, 3 ...,
so whoever holds the secret can look for each number and sees when one is withheld.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from upstander.formats import canonical, days, kinds, shape
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of, hkdf, sha256

KINDS: Mapping[str, tuple[str, ...]] = {
    "received": ("card", "case", "channels", "envelopes", "excluded", "grants", "uploads"),
    "message": ("case", "envelope", "uploads"),
    "note": ("case", "envelope", "uploads"),
    "grant": ("admits", "case", "grants"),
    "epoch": ("admits", "case", "epochs", "grants", "withdrawn"),
    "step": ("case", "envelopes", "outcome", "step"),
    "work": ("case", "envelopes", "facts"),
    "record": ("case", "envelopes"),
    "withdraw": ("case", "envelopes"),
    "bank": ("authority", "case", "document", "envelopes", "use"),
    "card": ("card", "version"),
    "expired": ("case", "envelopes"),
    "key": ("change", "institution", "key"),
    "policy": ("institution", "pack"),
    "retention": ("case", "deleted", "rule"),
    "hold": ("case", "rule", "set"),
    "admin": ("act", "institution", "subject"),
    "overdue": ("case", "due", "limit"),
    "oversight": ("act", "institution", "subject"),
    "succeeded": ("log", "root", "size"),
    "roster": ("epoch", "roster", "transcript"),
    "counts": ("keeper", "quarter", "statement"),
    "pledge": ("sealed",),
    "plan": ("institution", "of", "plan"),
    "linked": ("act", "channel", "code", "group", "reports", "sealed"),
    "survey": ("answers", "count", "institution", "wave"),
}
"""Every real kind of act, and the fields beside its kind in the object whose digest a leaf commits to."""

_OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "message": ("message", "answered"),
    "step": ("step", "answered", "restricted"),
    "note": ("restricted",),
    "work": ("restricted",),
    "bank": ("restricted",),
    "linked": ("restricted",),
}

SHOWN = frozenset({*KINDS, "answered", "restricted"} - {"note", "work", "bank", "linked"})
"""What a leaf can say in the open. Never that it is a note, work on the facts of a case or on reports that
name one person, or a use of fingerprints: who is searched for would read it first."""


_LEAF = re.compile(
    rb'upstander/leaf/v1\n\{"commitment":"([0-9a-f]{64})","day":"([0-9-]{10})","kind":"([a-z]{1,20})",'
    rb'"label":"([0-9a-f]{32})"(?:,"of":"([0-9a-f]{32})")?\}\n'
)


def shown_kinds(kind: str) -> tuple[str, ...]:
    """What the leaf of an act of this real kind may show. Raises FormatError for another kind.

    `answered`: it is the first that a handler wrote to the reporter. `restricted`: the public learns nothing
    but that there was an act.
    """
    if kind not in KINDS:
        raise FormatError("There is no act of this kind.")
    return _OTHERWISE.get(kind, (kind,))


def digest(kind: str, **fields: canonical.JSON) -> bytes:
    """SHA-256 of the canonical object of an act of this real kind. Raises FormatError for other fields."""
    return sha256(canonical.encode(body(kind, **fields)))


def body(kind: str, **fields: canonical.JSON) -> dict[str, canonical.JSON]:
    """The object whose digest a leaf commits to: the fields of this real kind, and the kind itself."""
    if kind not in KINDS:
        raise FormatError("There is no act of this kind.")
    return {"kind": kind, **shape.exactly(fields, *KINDS[kind])}


def commitment(salt: bytes, act_digest: bytes) -> str:
    """The hash a leaf shows for an act: `salt` is 32 bytes, the digest as `digest` makes it."""
    if len(salt) != 32 or len(act_digest) != 32:
        raise FormatError("Expected 32 bytes of salt and 32 of digest.")
    return hash_of(f"{kinds.header('commitment')}\n".encode() + salt + act_digest)


def label_and_salt(log_secret: bytes, number: int) -> tuple[str, bytes]:
    """Label (16 bytes in hex) and salt (32 bytes) of a case's act with this number, from 1."""
    shape.count(number, 1)
    label = hkdf(log_secret, f"upstander/leaf/v1/label/{number}", 16).hex()
    return label, hkdf(log_secret, f"upstander/leaf/v1/salt/{number}", 32)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as the public reads it; `of` is empty for all but answers."""

    shown: str
    day: str
    label: str
    commitment: str
    of: str = ""

    def body(self) -> dict[str, canonical.JSON]:
        """Its object. Raises FormatError for what no leaf says."""
        if self.shown not in SHOWN:
            raise FormatError("There is no leaf of this kind.")
        if bool(self.of) != (self.shown == "answered"):
            raise FormatError("Exactly an answer says which report it answers.")
        days.parse(self.day)
        of: dict[str, canonical.JSON] = {"of": self.of} if self.of else {}
        return {
            "commitment": self.commitment,
            "day": self.day,
            "kind": self.shown,
            "label": self.label,
            **of,
        }

    @property
    def data(self) -> bytes:
        """Its bytes, which are the log's entry."""
        return f"{kinds.header('leaf')}\n".encode() + canonical.encode(self.body()) + b"\n"

    @property
    def hash(self) -> bytes:
        """Its hash in the tree (RFC 6962 section 2.1), 32 bytes."""
        return sha256(b"\0" + self.data)


def read_leaf(data: bytes) -> Leaf:
    """The leaf in an entry of the log. Raises FormatError for any other spelling."""
    commitment, day, shown, label, of = check_leaf(data)
    return Leaf(shown.decode(), day.decode(), label.decode(), commitment.decode(), (of or b"").decode())


def check_leaf(data: bytes) -> tuple[bytes, ...]:
    """The texts of the leaf in an entry, as they stand there: commitment, day, kind, label, and `of` or None.

    Raises FormatError. Cheaper than `read_leaf`, for audits of millions.
    """
    match = _LEAF.fullmatch(data)
    if match is None:
        raise FormatError("This is not a leaf.")
    parts = match.groups()
    _check(parts[2], parts[1], parts[4] is not None)
    return parts


def leaf_of(body: object) -> Leaf:
    """The leaf whose object this is. Raises FormatError."""
    text = canonical.encode(cast(canonical.JSON, body))
    return read_leaf(f"{kinds.header('leaf')}\n".encode() + text + b"\n")


@lru_cache(maxsize=4096)
def _check(shown: bytes, day: bytes, answers: bool) -> None:
    """Few different ones in a log of millions, so each is looked at once."""
    Leaf(shown.decode(), day.decode(), "", "", "x" if answers else "").body()


def leaf_bytes(shown: str, day: str, label: str, commitment: str, of: str = "") -> bytes:
    """The bytes of a leaf that shows this kind. `label` and `of` are 32 hexadecimal digits, `commitment` 64.

    `of` is the label of the report that this answers: there for `answered`, for no other kind.
    """
    return Leaf(shown, day, label, commitment, of).data


def leaf_hash(leaf: bytes) -> str:
    """A leaf's hash in the tree (RFC 6962 section 2.1): SHA-256 of a zero byte and the leaf, in hex."""
    return hash_of(b"\0" + leaf)
