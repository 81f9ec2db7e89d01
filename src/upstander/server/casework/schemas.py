"""What the desk's routes about cases take and answer. Strict forms: anything else is refused unread."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from upstander.server.cases.inputs import (
    MOST_GRANTS,
    ActIn,
    ActOut,
    EnvelopeIn,
    EpochStatement,
    GrantIn,
    Hash,
    Id,
    Input,
    MessageIn,
    PromiseOut,
    Recipient,
    RecordOut,
    Scope,
    Statement,
)
from upstander.server.casework.facts import FactsIn

__all__ = [
    "BatchIn",
    "CaseOut",
    "EpochsIn",
    "GrantsIn",
    "MessageIn",
    "PromiseOut",
    "PromisesOut",
    "StepIn",
    "WorkIn",
]

MOST_CASES = 50  # cases of one batch
Number = Annotated[int, Field(ge=1, le=100_000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class EpochIn(Input):
    """The public half of the next case or sheet key, and the statement that brings it in."""

    scope: Scope
    number: Number
    recipient: Recipient
    statement: EpochStatement


Admits = Annotated[list[Statement], Field(max_length=MOST_GRANTS)]


class GrantsIn(ActIn):
    """Lets somebody in: an admit for the newest key of each scope, and a grant of each key."""

    admits: Admits
    grants: Annotated[list[GrantIn], Field(min_length=1, max_length=MOST_GRANTS)]


class EpochsIn(ActIn):
    """Takes keys away: the next epoch, sealed to those who stay."""

    withdrawn: Annotated[list[Id], Field(min_length=1, max_length=100)]
    epochs: Annotated[list[EpochIn], Field(min_length=1, max_length=3)]
    admits: Admits  # of custodians who were replaced since the last epoch
    grants: Annotated[list[GrantIn], Field(min_length=1, max_length=MOST_GRANTS)]
    version: Version


class StepIn(ActIn):
    """Takes a step of the pack. `envelopes` holds the reasons, as a message to the reporter."""

    step: Name
    outcome: Name | Literal[""]
    envelopes: Annotated[list[EnvelopeIn], Field(max_length=1)]
    upload: Id | Literal[""]
    version: Version


class WorkIn(ActIn):
    """Coded facts, and the sealed words that belong to them."""

    facts: FactsIn
    envelopes: Annotated[list[EnvelopeIn], Field(max_length=8)]


class BankIn(ActIn):
    """A use of the case's fingerprints: hashes of documents (formats, section 15) that the note holds."""

    use: Literal["basis", "authorised", "exported", "searched", "held", "stopped"]
    authority: Hash | Literal[""]
    document: Hash | Literal[""]
    envelope: EnvelopeIn


class StandingOut(BaseModel):
    """A `standing` statement of today."""

    standing: str


class CaseGrantsIn(GrantsIn):
    """Grants of one case within a batch."""

    case: Id


class BatchIn(Input):
    """Grants of several cases; each case is an act of its own."""

    cases: Annotated[list[CaseGrantsIn], Field(min_length=1, max_length=MOST_CASES)]


class RecoveryIn(BatchIn):
    """The same with a channel's paper shares, and why the cases are opened past those who hold them."""

    reason: Literal["left", "absent", "key-lost", "danger", "ordered"]


class CustodianIn(Input):
    """The custodian's key that was put together from its shares."""

    custodian: Id


class ProofOut(BaseModel):
    """A token sealed to the custodian (b64): who opens it may look at the channel's cases, for two hours."""

    sealed: str


class PromisesOut(BaseModel):
    """One promise for each case of a batch, in its order."""

    promises: list[str]


class ReporterOut(BaseModel):
    """The reporter's public keys."""

    seal: str
    sign: str


class EpochOut(BaseModel):
    """A case or sheet key's public half."""

    scope: str
    number: int
    recipient: str
    statement: str


class EnvelopeOut(BaseModel):
    """Something sealed. `author` is a key id, the reporter's included."""

    id: str
    order: int
    kind: str
    direction: str
    epoch: int
    author: str
    day: str
    sha256: str
    sealed: str


class StepOut(BaseModel):
    """A step that was taken. `by` is a key id, or empty."""

    order: int
    kind: str
    label: str
    outcome: str
    day: str
    by: str
    upload: str


class HolderOut(BaseModel):
    """Somebody who can open the case. `person` is the user name: one person may hold two keys."""

    key: str
    person: str
    label: str
    day: str
    scope: str
    departed: bool  # left the team, or lost the key: to be taken away


class DueOut(BaseModel):
    """A day the receipt promised."""

    kind: str
    day: str


class UploadOut(BaseModel):
    """A sealed file. `sealed_off`: nobody may fetch it any more."""

    id: str
    size: int
    sealed_off: bool


class GrantOut(BaseModel):
    """A live grant. `sealed` only where it is one's own; `channel` is set where `key` is a custodian's."""

    id: str
    scope: str
    epoch: int
    key: str
    channel: str
    sealed: str | None = None


class PersonOut(BaseModel):
    """A key and its holder's name."""

    key: str
    label: str


class CandidateOut(BaseModel):
    """Somebody who may be let in."""

    key: str
    label: str
    seal: str
    channel: str


class AllowedOut(BaseModel):
    """A step that may be taken now."""

    step: str
    label: str
    needs: list[str]
    to: str


class OutcomeOut(BaseModel):
    """How a case can end."""

    id: str
    label: str
    help: str


class CaseOut(BaseModel):
    """Everything a holder's browser needs to open and work on a case.

    While there are questions to `declare`, `envelopes` are only those that say whom the case is about, and
    steps, files and bodies of acts are left out.
    """

    case: str
    state: str
    day: str
    today: str
    version: int
    urgent: bool
    reporter: ReporterOut
    epochs: list[EpochOut]
    admits: list[str]
    envelopes: list[EnvelopeOut]
    declare: list[str]
    steps: list[StepOut]
    holders: list[HolderOut]
    due: list[DueOut]
    uploads: list[UploadOut]
    grants: list[GrantOut]
    excluded: list[PersonOut]
    candidates: list[CandidateOut]
    allowed: list[AllowedOut]
    outcomes: list[OutcomeOut]
    watch: dict[str, Any]
    told: list[dict[str, Any]]  # for each person harmed: what she was told and when, what is due
    acts: list[ActOut]
    record: RecordOut
    earlier: list[RecordOut]


class CaseKeysOut(BaseModel):
    """What is needed to seal a case's key to somebody else: its sealed grants, and what proves them right."""

    case: str
    today: str
    reporter: ReporterOut
    epochs: list[EpochOut]
    admits: list[str]
    grants: list[GrantOut]
    number: int  # of the case's next act
    may: list[str]  # keys that may be given a grant
    report: str | None  # the sealed report, for paper shares: it says whom the reporter shut out


class CaseKeysPage(BaseModel):
    """Cases in a stable order. `next` asks for the page after this one, empty at the end."""

    cases: list[CaseKeysOut]
    next: str
