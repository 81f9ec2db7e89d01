"""Signed notes and the keys that sign them (C2SP signed-note, tlog-cosignature).

Two kinds of key: Ed25519 over the text of the note (0x01), which a log uses, and the timestamped cosignature
over a checkpoint (0x04), which a witness uses. Other kinds are skipped, as the specification asks.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from upstander.ledger.errors import LedgerError

ED25519 = 1
COSIGNATURE = 4
LARGEST = 64 * 1024  # bytes in a note
MOST = 64  # signatures on a note; the specification asks for 16 at least
LATEST = 2**63 - 1  # seconds since 1970; what a cosignature's timestamp can be

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]{1,255}")
_LINE = re.compile(r"— ([^ ]+) ([^ ]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def b64std(data: bytes) -> str:
    """Base 64 with the standard alphabet and padding (RFC 4648 section 4), which all these formats use."""
    return base64.b64encode(data).decode("ascii")


def unb64std(text: str, length: int | None = None, what: str = "This") -> bytes:
    """The bytes behind such a text; raises LedgerError for any spelling but the one `b64std` writes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise LedgerError(f"{what} is not base 64.") from None
    if b64std(data) != text:
        raise LedgerError(f"{what} is not base 64.")
    if length is not None and len(data) != length:
        raise LedgerError(f"{what} does not have {length} bytes.")
    return data


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name: `kind` is 1 (Ed25519) or 4 (cosignature), `public` 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before its signatures (signed-note, "Signatures")."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """As a vkey: `<name>+<id in hex>+<base 64 of kind and key>`."""
        return f"{self.name}+{self.id.hex()}+{b64std(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> "VerifierKey":
        """The key in a vkey. Raises LedgerError for malformed ones and for other kinds of key."""
        name, id_, kind, material = _key_parts(vkey, "verifier key")
        key = cls(name, kind, material)
        if key.id.hex() != id_:
            raise LedgerError(f"The verifier key {name} has the id of another key.")
        return key

    def check(self, signature: bytes, text: str) -> int:
        """Raises LedgerError unless this is the key's signature over the text of a note.

        Answers when it was made, in seconds since 1970, where the kind of key says so, else 0.
        """
        timestamp = 0
        message = text.encode()
        if self.kind == COSIGNATURE:
            timestamp = int.from_bytes(signature[:8], "big")
            signature, message = signature[8:], cosigned(text, timestamp)
        if timestamp > LATEST or len(signature) != 64:
            raise LedgerError(f"The signature of {self.name} has the wrong form.")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise LedgerError(f"The signature of {self.name} is wrong.") from None
        return timestamp


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under a name."""

    name: str
    kind: int
    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def new(cls, name: str, kind: int = ED25519) -> "SigningKey":
        """A fresh key. Raises LedgerError for a name that no key can have."""
        return cls(check_name(name), kind, Ed25519PrivateKey.generate())

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def encode(self) -> str:
        """As a secret text: `PRIVATE+KEY+<name>+<id in hex>+<base 64 of kind and seed>`."""
        material = bytes([self.kind]) + self.private.private_bytes_raw()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{b64std(material)}"

    @classmethod
    def parse(cls, skey: str) -> "SigningKey":
        """The key in such a text. Raises LedgerError, which never quotes the text."""
        if not skey.startswith("PRIVATE+KEY+"):
            raise LedgerError("This is not a signing key.")
        name, id_, kind, material = _key_parts(skey.removeprefix("PRIVATE+KEY+"), "signing key")
        key = cls(name, kind, Ed25519PrivateKey.from_private_bytes(material))
        if key.verifier.id.hex() != id_:
            raise LedgerError(f"The signing key {name} has the id of another key.")
        return key

    def sign(self, text: str, timestamp: int = 0) -> str:
        """The signature line over the text of a note, with its newline; a cosignature needs the time."""
        if self.kind == COSIGNATURE:
            if not 0 < timestamp <= LATEST:
                raise LedgerError("A cosignature needs the time.")
            signature = timestamp.to_bytes(8, "big") + self.private.sign(cosigned(text, timestamp))
        else:
            signature = self.private.sign(text.encode())
        return f"— {self.name} {b64std(self.verifier.id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A verified signature: whose, and when it says it was made (seconds since 1970; 0 where it does not)."""

    key: VerifierKey
    timestamp: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its text, its signature lines, and which of them were verified."""

    text: str
    lines: tuple[str, ...]
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """The whole note."""
        return self.text + "\n" + "".join(self.lines)

    def signed_by(self, key: VerifierKey) -> Signature | None:
        """The verified signature of this key."""
        return next((one for one in self.signatures if one.key == key), None)

    def with_lines(self, lines: Iterable[str]) -> "Note":
        """The note with more signature lines, each there once; the same line is not added again."""
        more = dict.fromkeys((*self.lines, *lines))
        return replace(self, lines=tuple(more))


def cosigned(text: str, timestamp: int) -> bytes:
    """What a cosignature signs (tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def sign_note(text: str, *keys: SigningKey, timestamp: int = 0) -> str:
    """A note with this text, which ends with a newline, signed with these keys. Raises LedgerError."""
    _check_text(text)
    return text + "\n" + "".join(key.sign(text, timestamp) for key in keys)


def parse_note(note: str) -> Note:
    """A note whose form is right. NO signature is checked: says only what somebody claims.

    signed-note, "Format". Raises LedgerError, also for more than 64 KiB or 64 signatures.
    """
    if len(note) > LARGEST or len(_encode(note)) > LARGEST:
        raise LedgerError(f"A note has at most {LARGEST} bytes.")
    text, found, rest = note.rpartition("\n\n")
    if not found:
        raise LedgerError("The note has no empty line before its signatures.")
    text += "\n"
    _check_text(text)
    if not rest.endswith("\n"):
        raise LedgerError("The note is cut short.")
    lines = rest[:-1].split("\n")
    if len(lines) > MOST:
        raise LedgerError(f"A note has at most {MOST} signatures.")
    for line in lines:
        split_line(line)
    return Note(text, tuple(f"{line}\n" for line in lines))


def split_line(line: str) -> tuple[str, bytes, bytes]:
    """Name, key id and signature of a signature line, with or without its newline. Raises LedgerError."""
    match = _LINE.fullmatch(line.removesuffix("\n"))
    if match is None:
        raise LedgerError("A line below the note is not a signature.")
    name = check_name(match[1])
    data = unb64std(match[2], what=f"The signature of {name}")
    if len(data) < 5:
        raise LedgerError(f"The signature of {name} is cut short.")
    return name, data[:4], data[4:]


def open_note(note: str, *keys: VerifierKey) -> Note:
    """The note, with every signature by one of these keys verified; others are skipped.

    Raises LedgerError when one of them is wrong, and when none of these keys signed.
    """
    parsed = parse_note(note)
    known = {(key.name, key.id): key for key in keys}
    verified: dict[VerifierKey, Signature] = {}
    for line in parsed.lines:
        name, id_, signature = split_line(line)
        key = known.get((name, id_))
        if key is not None:
            made = Signature(key, key.check(signature, parsed.text))
            verified.setdefault(key, made)
    if not verified:
        names = ", ".join(sorted({key.name for key in keys})) or "nobody known"
        raise LedgerError(f"The note is not signed by {names}.")
    return replace(parsed, signatures=tuple(verified.values()))


def check_name(name: str) -> str:
    """The name of a key, or LedgerError: no white space, no plus, at most 255 characters."""
    if not _NAME.fullmatch(name):
        raise LedgerError("The name of a key has neither spaces nor plus signs, and at most 255 characters.")
    return name


def _key_parts(text: str, what: str) -> tuple[str, str, int, bytes]:
    parts = text.split("+", 2)
    if len(text) > 1024 or len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1]):
        raise LedgerError(f"This is not a {what}.")
    name = check_name(parts[0])
    data = unb64std(parts[2], what=f"The {what} {name}")
    if len(data) != 33 or data[0] not in (ED25519, COSIGNATURE):
        raise LedgerError(f"The {what} {name} is of a kind that Upstander does not know.")
    return name, parts[1], data[0], data[1:]


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise LedgerError("The text of a note ends with a newline and has no other control characters.")
    _encode(text)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise LedgerError("The note holds half a character.") from None
