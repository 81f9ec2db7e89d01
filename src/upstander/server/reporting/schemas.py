"""What the reporter's routes take and answer, beyond the shapes every case shares."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from upstander.server.cases.inputs import (
    ActOut,
    Bytes32,
    ChallengeOut,
    Input,
    PromiseOut,
    RecordOut,
    Reporter,
    Statement,
)

__all__ = [
    "CardOut",
    "ChallengeOut",
    "ConversationOut",
    "OpenIn",
    "PartsOut",
    "PromiseOut",
    "TokenOut",
]


class CardOut(BaseModel):
    """The card in force, the keepers' statements about it, and their roster; the last two may be empty."""

    card: str
    roster: list[str]
    seen: list[str]


class PartsOut(BaseModel):
    """A file on its way."""

    size: int
    parts: int
    have: list[int]


class OpenIn(Input):
    """The mailbox id, and the signed answer to the challenge."""

    mailbox: Bytes32
    statement: Statement


class TokenOut(BaseModel):
    """For `Authorization: Bearer`, 30 minutes."""

    token: str


class EpochOut(BaseModel):
    """A case key's public half."""

    scope: Literal["case", "sheet", "brief"]
    number: int
    recipient: str
    statement: str


class EnvelopeOut(BaseModel):
    """A sealed envelope in its place."""

    id: str
    order: int
    kind: str
    direction: str
    epoch: int
    author: str
    day: str
    sha256: str
    sealed: str


class ConversationOut(BaseModel):
    """All that a reporter may see of her case."""

    case: str
    state: Literal["private", "open", "closed"]
    day: str
    expires: str
    urgent: bool
    reporter: Reporter
    epochs: list[EpochOut]
    admits: list[str]
    envelopes: list[EnvelopeOut]
    steps: list[dict[str, Any]]
    holders: list[dict[str, Any]]
    due: list[dict[str, Any]]
    uploads: list[dict[str, Any]]
    watch: dict[str, Any]
    acts: list[ActOut]
    record: RecordOut
    earlier: list[RecordOut]
