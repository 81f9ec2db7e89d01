"""What the overseers' routes take and answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from upstander.server.cases.inputs import Id, Input, Sealed


class CopyIn(Input):
    """The redacted copy of a drawn case, sealed to one key of the overseer."""

    drawn: Id
    to: Id
    sealed: Sealed


class WantedOut(BaseModel):
    """An overseer who waits for a copy of a case; `until` is the last day on which it can be opened."""

    drawn: str
    name: str
    until: str
    key: str
    seal: str
    sign: str


class WantedPage(BaseModel):
    """Everybody who waits for one of this case."""

    wanted: list[WantedOut]


class CommentIn(Input):
    """A comment, sealed to these keys of people who hold the case."""

    id: Id
    to: Annotated[list[Id], Field(min_length=1, max_length=50)]
    sealed: Sealed


class ReadersOut(BaseModel):
    """Whom a comment can be sealed to (key ids), and the last day for the answer."""

    keys: list[str]
    due: str


class CommentOut(BaseModel):
    """A sealed comment that waits for an answer, and whose it is as the server says."""

    id: str
    name: str
    key: str
    sign: str
    day: str
    due: str
    sealed: str


class CommentPage(BaseModel):
    """All of one case."""

    comments: list[CommentOut]


class CopyOut(BaseModel):
    """A copy, still sealed."""

    drawn: str
    case: str
    sealed: str
