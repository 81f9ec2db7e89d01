"""What every act of the desk checks and does the same way: standing, leaf, envelope, step."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from django.db.models import Max

from upstander.formats.days import today
from upstander.policy.bars import OPEN
from upstander.policy.stages import StepError, With, check_step
from upstander.server.accounts.models import Key, Membership
from upstander.server.cases.acts import Draft, draft, next_order, settle, store_envelope
from upstander.server.cases.inputs import ActIn, EnvelopeIn
from upstander.server.cases.models import Case, Envelope, Epoch, Grant, Step
from upstander.server.cases.sealed import check_envelope
from upstander.server.casework import conflict as conflicts
from upstander.server.casework import docket
from upstander.server.casework.access import case_for
from upstander.server.casework.conflict import Asks
from upstander.server.casework.dossier import file_of
from upstander.server.errors import Refusal, conflict, malformed, not_found
from upstander.server.institutions.packs import in_force as pack_of
from upstander.server.log.commit import LeafDraft

__all__ = [
    "STALE",
    "Asks",
    "act",
    "check_free",
    "check_version",
    "check_written",
    "day_of",
    "hash_of",
    "is_member",
    "newest_epoch",
    "next_state",
    "pack_of",
    "run",
    "settle",
    "standing",
    "store_step",
    "store_written",
    "turn",
]
STALE = "Somebody changed this case since you loaded it. Load the page again."
_DIRECTION = {"message": "to-reporter", "note": "desk"}


def day_of(case: Case) -> datetime.date:
    """Today, where the institution is."""
    return today(case.institution.time_zone)


def hash_of(data: bytes) -> str:
    """A hash as the formats write it."""
    return sha256(data).hexdigest()


def act(kind: str, case: Case, key: Key, sent: ActIn, **fields: Any) -> Draft:
    """An act by this key; label and salt come from the case's log secret, in the browser."""
    return draft(kind, sent, case.id, case.institution.slug, day_of(case), key.id, **fields)


def run(
    key: Key,
    made: Draft,
    change: Callable[[Case], None],
    asks: Asks | None = Asks.ALL,
    also: Sequence[LeafDraft] = (),
) -> str:
    """Performs `change` on the locked case if the author still has standing, and answers the promise.

    The pack's bars are asked first; None: `change` asks them itself. `also` are leaves that come with it.
    Rows are written at once, so that acts that share a transaction see each other.
    """

    def whole(now: Case) -> list[Any]:
        case_for(key.person, now.id)
        standing(now, key, "case")
        if asks is not None:
            check_free(now, key, asks)
        change(now)
        docket.refresh(now)
        return []

    return settle(made, whole, also=also)


def check_free(case: Case, key: Key, asks: Asks = Asks.ALL, *, of: str = OPEN) -> None:
    """Raises `conflict` while a bar of the pack stands against whoever acts, in its words."""
    conflicts.check_free(pack_of(case.institution.pack).law, case, file_of(case), key.person, asks, of=of)


def standing(case: Case, key: Key, scope: str) -> int:
    """The scope's newest epoch, if the author's key holds it and is on the card. Raises Refusal."""
    newest = newest_epoch(case, scope).number
    if not Grant.objects.filter(case=case, scope=scope, epoch=newest, key=key, live=True).exists():
        raise Refusal("refused", "Your present key does not open this case yet.", 403)
    if not is_member(key, case):
        raise Refusal("refused", "Your key waits for a colleague's signature.", 403)
    return newest


def is_member(key: Key, case: Case) -> bool:
    """Whether this very key has a place on a channel of the case's institution."""
    return Membership.objects.filter(
        key=key,
        state=Membership.State.ACTIVE,
        channel__institution=case.institution_id,
        key__person__is_active=True,
    ).exists()


def newest_epoch(case: Case, scope: str) -> Epoch:
    """The scope's newest epoch. Raises the not-found Refusal where the case has no such key."""
    found = Epoch.objects.filter(case=case, scope=scope).order_by("-number").first()
    if found is None:
        raise not_found()
    return found


def check_version(case: Case, version: int) -> None:
    """Raises `conflict` when somebody changed the case in the meantime."""
    if case.version != version:
        raise conflict(STALE)


def turn(case: Case, **changes: Any) -> None:
    """Counts the case's version up, with these fields changed."""
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    case.save(update_fields=["version", *changes])


def check_written(kind: str, sent: EnvelopeIn, where: str) -> None:
    """Raises Refusal unless this is an envelope of this kind as a handler writes it."""
    if kind not in _DIRECTION or sent.kind != kind or sent.direction != _DIRECTION[kind]:
        raise malformed("Somebody at the desk does not write that.", where)
    check_envelope(kind, sent.sealed, f"{where}.sealed")


def store_written(case: Case, key: Key, sent: EnvelopeIn) -> Envelope:
    """Stores an envelope a handler wrote. Raises `conflict` when it is sealed to an epoch that is over."""
    if sent.epoch != newest_epoch(case, "case").number:
        raise conflict(STALE)
    row = store_envelope(case, sent, key.id, day_of(case), hash_of(sent.sealed), next_order(case))
    row.save(force_insert=True)
    if sent.direction == _DIRECTION["message"]:
        case.wrote = None
        case.save(update_fields=["wrote"])
    return row


def next_state(case: Case, kind: str, given: With) -> str:
    """The state after a step of this kind. Raises `conflict`, in the policy's words, for one out of place."""
    pack = pack_of(case.institution.pack)
    history = list(Step.objects.filter(case=case).order_by("order").values_list("kind", flat=True))
    outcomes = frozenset(outcome.id for outcome in pack.outcomes)
    try:
        return check_step(pack.steps, kind, case.state, history, given=given, outcomes=outcomes)
    except StepError as refused:
        raise conflict(str(refused)) from refused


def store_step(case: Case, kind: str, key: Key, **fields: Any) -> Step:
    """Writes a step down, in its place."""
    last = Step.objects.filter(case=case).aggregate(last=Max("order"))["last"]
    return Step.objects.create(
        case=case, order=(last or 0) + 1, kind=kind, day=day_of(case), by=key, **fields
    )
