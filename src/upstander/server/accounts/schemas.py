"""What the desk's account routes take and answer (`docs/reference/api.md`)."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

Short = Annotated[str, Field(max_length=200)]
Public = Annotated[str, Field(max_length=2200)]
Statement = Annotated[str, Field(max_length=4096)]


class Strict(Schema):
    """Refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Strict):
    username: Annotated[str, Field(max_length=63)]
    statement: Statement


class Proof(Strict):
    statement: Statement


class Next(Strict):
    next: str


class Challenge(Strict):
    challenge: str


class NewKey(Strict):
    seal: Public
    sign: Short
    wrapped: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=8)]
    words_key: Short


class Wrapping(Strict):
    wrapped: dict[str, Any]


class NewWords(Strict):
    words_key: Short
    wrapped: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=64)]


class KeyOut(Strict):
    id: str
    seal: str
    sign: str
    state: str
    day: str


class Place(Strict):
    channel: str
    name: str
    key: str
    sheet: bool
    state: str


class Me(Strict):
    username: str
    name: str
    installation: str
    institution: str
    key: str | None
    keys: list[KeyOut]
    wrapped: list[dict[str, Any]]
    memberships: list[Place]


class WaitingKey(Strict):
    key: str
    seal: str
    sign: str
    name: str
    label: str
    sheet: bool
    day: str


class Waiting(Strict):
    channel: str
    institution: str
    day: str
    waiting: list[WaitingKey]


class Enrol(Strict):
    key: Short
    enrol: Statement
    sheet: bool = False


class Leaver(Strict):
    key: Short
    reason: Annotated[str, Field(max_length=40)] = ""
    custodians_only: bool = False
