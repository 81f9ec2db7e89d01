"""What the guardians' routes take and answer."""

from __future__ import annotations

from pydantic import BaseModel

from upstander.server.cases.inputs import Id, Input, SealedGrant


class WatchIn(Input):
    """Somebody to look after, sealed to one guardian's key. `id` is fresh: a repeat is the same entry."""

    id: Id
    to: Id
    sealed: SealedGrant


class WatchedOut(BaseModel):
    """One of them, still sealed."""

    id: str
    day: str
    sealed: str


class WatchedPage(BaseModel):
    """Everything that was told to this guardian."""

    watched: list[WatchedOut]
