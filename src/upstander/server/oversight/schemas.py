"""What the overseers' routes take and answer."""

from __future__ import annotations

from pydantic import BaseModel

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


class CopyOut(BaseModel):
    """A copy, still sealed."""

    drawn: str
    case: str
    sealed: str
