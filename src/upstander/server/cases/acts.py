"""The frame of every act a browser asks for: its leaf, its rows, and the same answer when it is repeated."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Max, Model

from upstander.ledger import leaf as ledger
from upstander.server.cases.inputs import ActIn, EnvelopeIn
from upstander.server.cases.models import Case, Envelope
from upstander.server.errors import Refusal, conflict
from upstander.server.log.commit import Done, LeafDraft, perform, repeated

T = TypeVar("T")


def draft(kind: str, act: ActIn, institution: str, day: datetime.date, digest: bytes) -> LeafDraft:
    """The leaf of an act whose label and salt the browser made."""
    return LeafDraft(kind, act.act, institution, day, act.label, act.salt, digest)


def settle(leaf: LeafDraft, change: Callable[[], list[Model]], size: int = 4096) -> str:
    """Performs an act and answers its promise; one that was performed before answers the same again."""
    return perform(lambda: Done(change(), leaf), known=leaf, size=size)


def unless_repeated(leaf: LeafDraft, check: Callable[[], T]) -> T | str:
    """What `check` answers. Where it refuses an act that was performed already, that act's promise instead:
    what was right then may be refused now, and the retry after a lost answer must not be."""
    try:
        return check()
    except Refusal:
        promise = repeated(leaf)
        if promise is None:
            raise
        return promise


def locked(case_id: str, version: int | None = None) -> Case:
    """The case's row, locked until the change is committed; only inside a change. Raises Refusal.

    With `version`: what the page knew is still so, else `conflict`.
    """
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None:
        raise conflict("This has been deleted in the meantime.")
    if version is not None and case.version != version:
        raise conflict("Something has changed in the meantime. Look at the page again.")
    return case


def next_order(case: Case) -> int:
    """The place of the case's next envelope; only while the case is locked."""
    return int(case.envelopes.aggregate(last=Max("order"))["last"] or 0) + 1


def store_envelope(  # noqa: PLR0917  (a row has as many fields)
    case: Case, envelope: EnvelopeIn, author: str | None, day: datetime.date, sha256: str, order: int
) -> Envelope:
    """The unsaved row of an envelope in this place. `author` is a key id; none: the reporter."""
    return Envelope(
        id=envelope.id,
        case_id=case.id,
        order=order,
        kind=envelope.kind,
        direction=envelope.direction,
        epoch=envelope.epoch,
        author_id=author,
        day=day,
        sha256=sha256,
        sealed=envelope.sealed,
    )


def envelope_digest(kind: str, case: str, envelope: str, uploads: list[str]) -> bytes:
    """What the leaf of a `message` or `note` commits to; hashes of sealed bytes."""
    return ledger.digest(kind, case=case, envelope=envelope, uploads=list(uploads))
