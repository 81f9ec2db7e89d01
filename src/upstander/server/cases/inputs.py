"""The shapes of what browsers send about a case: form, size and count are checked before anything else.

Whatever is sealed stays bytes; nothing here is ever opened.
"""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import CoreConfig, SchemaValidator, ValidationError, core_schema

from upstander.formats import b64, ids
from upstander.formats.days import parse
from upstander.formats.hashes import hash_of

LARGEST_SEALED = 4 * 1024 * 1024 + 8192  # bytes: the largest bucket, its age header and its stream's tags
LARGEST_GRANT = 8192  # bytes
MOST_UPLOADS = 50  # files in one envelope
MOST_GRANTS = 500
MOST_CHANNELS = 20
MOST_EXCLUDED = 500

_B64 = r"^[A-Za-z0-9_-]*$"
_FAST = SchemaValidator(core_schema.bytes_schema(), CoreConfig(val_json_bytes="base64"))


def _bytes_of(text: object) -> bytes:
    """As `b64.decode`, in a fifth of the time: sealed parts are most of what is sent.

    The fast reader also takes padding and the other alphabet; whatever it does not take, `b64` says why.
    """
    if not isinstance(text, str):
        raise ValueError("Expected base64url text.")
    if "=" in text or "+" in text or "/" in text:
        return b64.decode(text)
    try:
        return bytes(_FAST.validate_strings(cast(Any, text)))
    except ValidationError:
        return b64.decode(text)


def sized(most: int, least: int = 1) -> tuple[Any, ...]:
    """What a field of so many bytes, written as b64, is held to."""
    schema = {
        "type": "string",
        "pattern": _B64,
        "minLength": (least * 4 + 2) // 3,
        "maxLength": (most * 4 + 2) // 3,
    }
    return Field(min_length=least, max_length=most), BeforeValidator(_bytes_of), WithJsonSchema(schema)


def _day_of(text: object) -> datetime.date:
    return parse(text)


_DAY_SCHEMA = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}

Id = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Label = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
# 1,216 bytes in bech32 with its 6-character checksum; the checksum is left to whoever seals to it.
Recipient = Annotated[
    str, StringConstraints(min_length=1959, max_length=1959, pattern=r"^age1pq1[ac-hj-np-z02-9]+$")
]
Statement = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
EpochStatement = Annotated[
    str, StringConstraints(min_length=1, max_length=24_576)
]  # with MOST_GRANTS holders
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,63}$")]
Scope = Literal["case", "sheet", "brief"]
Day = Annotated[datetime.date, BeforeValidator(_day_of), WithJsonSchema(_DAY_SCHEMA)]
Sealed = Annotated[bytes, *sized(LARGEST_SEALED)]
SealedGrant = Annotated[bytes, *sized(LARGEST_GRANT)]
Bytes32 = Annotated[bytes, *sized(32, 32)]


class Input(BaseModel):
    """Exactly the named fields, each of exactly its kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EnvelopeIn(Input):
    """A sealed envelope, and what of it is in the clear."""

    id: Id
    kind: Literal["report", "sheet", "message", "note", "record", "brief", "work"]
    direction: Literal["to-desk", "to-reporter", "desk", "self"]
    epoch: Annotated[int, Field(ge=0, le=100_000)]
    sealed: Sealed

    @cached_property
    def sha256(self) -> str:
        """Hash of the sealed bytes."""
        return hash_of(self.sealed)


class GrantIn(Input):
    """A case key sealed to one key id."""

    scope: Scope
    epoch: Annotated[int, Field(ge=1, le=100_000)]
    to: Id
    sealed: SealedGrant


class Reporter(Input):
    """The reporter's public keys."""

    seal: Recipient
    sign: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]

    @cached_property
    def key(self) -> str:
        """Key id of the two."""
        return ids.key_id(self.sign, self.seal)


class Recipients(Input):
    """Public halves of the case identity and, where there is a source sheet, of the sheet's."""

    case: Recipient
    sheet: Recipient | Literal[""]


class ActIn(Input):
    """What every act carries: its id, its number in the case, and the label and salt of its leaf."""

    act: Id
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    label: Label
    salt: Bytes32


class ReportIn(ActIn):
    """A whole sealed report."""

    card: Hash
    case: Id
    channels: Annotated[list[Id], Field(min_length=1, max_length=MOST_CHANNELS)]
    mailbox: Hash
    reporter: Reporter
    epochs: Annotated[list[EpochStatement], Field(min_length=1, max_length=2)]
    recipients: Recipients
    envelopes: Annotated[list[EnvelopeIn], Field(min_length=1, max_length=2)]
    grants: Annotated[list[GrantIn], Field(min_length=1, max_length=MOST_GRANTS)]
    excluded: Annotated[list[Id], Field(max_length=MOST_EXCLUDED)]
    uploads: Annotated[list[Id], Field(max_length=MOST_UPLOADS)]
    urgent: bool
    work: Annotated[str, StringConstraints(max_length=400)] = ""


class RecordIn(ActIn):
    """A private record, sealed to its author alone."""

    case: Id
    mailbox: Hash
    reporter: Reporter
    envelope: EnvelopeIn
    expires: Day
    work: Annotated[str, StringConstraints(max_length=400)] = ""


class RecordChangeIn(ActIn):
    """The same record, sealed anew."""

    envelope: EnvelopeIn
    expires: Day


class WithdrawIn(ActIn):
    """The author deletes her private record, and signs for it."""

    statement: Statement


class TakeBackIn(ActIn):
    """The reporter takes back her fingerprints, and signs for it. `sealed`: hash of the sealed file."""

    upload: Id
    sealed: Hash
    statement: Statement


class MessageIn(ActIn):
    """A message or note, and the files that go with it."""

    envelope: EnvelopeIn
    uploads: Annotated[list[Id], Field(max_length=MOST_UPLOADS)]


class UploadIn(Input):
    """A sealed file that is about to come, in parts."""

    size: Annotated[int, Field(ge=1)]
    parts: Annotated[int, Field(ge=1)]
    work: Annotated[str, StringConstraints(max_length=400)] = ""


class ChallengeOut(BaseModel):
    """What to sign."""

    challenge: str


class PromiseOut(BaseModel):
    """The signed promise of an act."""

    promise: str


class ActOut(BaseModel):
    """An act of the case and its leaf. `kind` is empty and `body` null where the reader may not know them."""

    number: int
    kind: str
    shown: str
    day: str
    of: str
    leaf: str
    commitment: str
    label: str
    body: dict[str, Any] | None
    promise: str


class InclusionOut(BaseModel):
    """That an act's leaf is in the tree: its place, and hashes (standard base64) up to the root."""

    number: int
    index: int
    path: list[str]


class RecordOut(BaseModel):
    """The newest published tree head of a log (empty: none yet), and proofs for the acts that are in it."""

    checkpoint: str
    proofs: list[InclusionOut]
    origin: str
