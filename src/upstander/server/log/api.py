"""Routes about the log: public, the same for everybody, nothing about who asks."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from upstander.ledger.errors import LedgerError
from upstander.server.errors import busy, malformed
from upstander.server.log import access, generations, relay

router = Router(tags=["log"])
Size = Annotated[int, Field(ge=0, le=2**53 - 1)]


class LogOut(BaseModel):
    """The signed statement about the logs, and the tree head that is served (empty: none yet)."""

    policy: str
    checkpoint: str


class ConsistencyIn(BaseModel):
    """Two sizes of one log."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    origin: Annotated[str, StringConstraints(max_length=100)]
    old: Annotated[Size, Field(alias="from")]
    new: Annotated[Size, Field(alias="to")]


class ConsistencyOut(BaseModel):
    """Hashes in standard base64."""

    path: list[str]


class WatchIn(BaseModel):
    """A promise that witnesses are to watch for."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    promise: Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class WatchOut(BaseModel):
    """What the witnesses signed that answered in time."""

    watching: list[str]


@router.get("/log", response=LogOut)
def log(request: HttpRequest) -> LogOut:
    """What the installation signs about its logs, and the newest published tree head."""
    head = access.published(generations.newest())
    try:
        policy = access.policy_statement()
    except LedgerError:  # the list of witnesses is broken: doctor and the page say so
        raise busy() from None
    return LogOut(policy=policy, checkpoint=head.note if head is not None else "")


@router.post("/log/consistency", response=ConsistencyOut)
def consistency(request: HttpRequest, body: ConsistencyIn) -> ConsistencyOut:
    """The proof that a published tree continues an earlier one."""
    try:
        return ConsistencyOut(path=access.consistency(body.origin, body.old, body.new))
    except LedgerError as error:
        raise malformed(str(error), "from") from None


@router.post("/log/watch", response=WatchOut)
def watch(request: HttpRequest, body: WatchIn) -> WatchOut:
    """Leaves a promise with the witnesses, so that the page itself speaks to nobody else."""
    return WatchOut(watching=relay.watch(body.promise))
