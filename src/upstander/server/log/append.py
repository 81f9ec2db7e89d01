"""Gives leaves their places at the end of the log, and signs what the reader is promised."""

from __future__ import annotations

from collections.abc import Iterable

from upstander.formats import statements
from upstander.ledger import leaf as ledger
from upstander.server.errors import conflict
from upstander.server.installation import load
from upstander.server.log.drafts import LeafDraft
from upstander.server.log.driver import ask
from upstander.server.log.insert import fresh, insert
from upstander.server.log.models import Leaf, Log

# By hand, because every commit asks them: the query compiler takes ten times as long as the database.
_TAKE = f"UPDATE {Log._meta.db_table} SET size = size + %s WHERE name = %s RETURNING size"  # noqa: S608
_THERE = f"SELECT act FROM {Leaf._meta.db_table} WHERE act IN ({{}})"  # noqa: S608


def promise(leaf: Leaf) -> str:
    """The signed promise for a leaf (formats, section 7). The same leaf gives the same bytes."""
    body = {
        "act": leaf.act,
        "day": leaf.day.isoformat(),
        "institution": leaf.institution,
        "leaf": leaf.hash,
        "log": leaf.log_id,
    }
    return statements.sign("promise", body, load().signing)


def make_leaf(draft: LeafDraft) -> Leaf:
    """The leaf's row, still without a place."""
    if draft.kind not in ledger.KINDS:
        raise ValueError(f"no such kind of leaf: {draft.kind}")
    commitment = ledger.commitment(draft.salt, draft.digest)
    day = draft.day.isoformat()
    data = ledger.leaf_bytes(draft.kind, day, draft.label, commitment)
    return fresh(
        Leaf,
        log_id=load().id,
        institution=draft.institution,
        kind=draft.kind,
        day=draft.day,
        label=draft.label,
        commitment=commitment,
        hash=ledger.leaf_hash(data),
        act=draft.act,
    )


def append(leaves: list[Leaf]) -> None:
    """Write the leaves in this order. Locks the log's head, so call it last in a transaction."""
    for place, leaf in enumerate(leaves, start=_take_places(len(leaves))):
        leaf.index = place
    insert(leaves)


def _take_places(number: int) -> int:
    """The first of so many new places; nobody else gets one before this transaction has ended."""
    rows = ask(_TAKE, [number, load().id])
    if not rows:
        Log.objects.get_or_create(name=load().id)
        return _take_places(number)
    return int(rows[0][0]) - number


def performed(drafts: Iterable[LeafDraft]) -> dict[str, Leaf]:
    """Leaves that are already there, by act id."""
    acts = [draft.act for draft in drafts]
    if not acts:
        return {}
    there = [row[0] for row in ask(_THERE.format(", ".join(["%s"] * len(acts))), acts)]
    return {leaf.act: leaf for leaf in Leaf.objects.filter(act__in=there)} if there else {}


def same_or_conflict(leaf: Leaf, draft: LeafDraft) -> None:
    """Raise `conflict` unless the draft says what the leaf of the same act id already says.

    The day is not compared: a request may be repeated after midnight.
    """
    said = (draft.kind, draft.institution, draft.label, ledger.commitment(draft.salt, draft.digest))
    if said != (leaf.kind, leaf.institution, leaf.label, leaf.commitment):
        raise conflict("Something else was already sent under this number.")


def repeated(draft: LeafDraft) -> str | None:
    """The promise that was already given for this act, if there is one. Raises `conflict`."""
    leaf = Leaf.objects.filter(act=draft.act).first()
    if leaf is None:
        return None
    same_or_conflict(leaf, draft)
    return promise(leaf)


def first_promise(kind: str, act: str, institution: str, label: str) -> str | None:
    """The promise of an act whose content is gone, for whoever knows its label: that takes the log secret."""
    leaf = Leaf.objects.filter(act=act, kind=kind, institution=institution, label=label).first()
    return promise(leaf) if leaf is not None else None
