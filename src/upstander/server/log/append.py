"""Leaves without a place, which the beat gives them; and the signed promise that it will."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from upstander.ledger import leaf as ledger
from upstander.ledger.promise import make_promise
from upstander.server.errors import conflict
from upstander.server.installation import load
from upstander.server.log.drafts import Done, LeafDraft
from upstander.server.log.driver import ask
from upstander.server.log.insert import fresh
from upstander.server.log.models import Leaf, Opening

# By hand, because every commit asks it: the query compiler takes ten times as long as the database.
_THERE = f"SELECT act FROM {Leaf._meta.db_table} WHERE act IN ({{}})"  # noqa: S608


def promise(leaf: Leaf) -> str:
    """The signed promise for a leaf (formats, section 7). The same leaf gives the same bytes."""
    here = load()
    return make_promise(leaf.act, leaf.day.isoformat(), leaf.institution, leaf.hash, here.id, here.signing)


def make_leaf(draft: LeafDraft) -> Leaf:
    """The leaf's row, without a place. Raises FormatError for a kind that no leaf shows."""
    commitment = ledger.commitment(draft.salt, draft.digest)
    data = ledger.leaf_bytes(draft.kind, draft.day.isoformat(), draft.label, commitment, draft.of)
    return fresh(
        Leaf,
        institution=draft.institution,
        kind=draft.kind,
        day=draft.day,
        label=draft.label,
        of=draft.of,
        commitment=commitment,
        hash=ledger.leaf_hash(data),
        act=draft.act,
    )


def bytes_of(leaf: Leaf) -> bytes:
    """The leaf's bytes, as its hash was made from."""
    return ledger.leaf_bytes(leaf.kind, leaf.day.isoformat(), leaf.label, leaf.commitment, leaf.of)


def openings(done: Done) -> Iterator[Opening]:
    """What the log keeps of the installation's own acts, so that it can show later what was meant."""
    for draft in (done.leaf, *done.also):
        if draft.said:
            yield fresh(Opening, act=draft.act, body=draft.said.decode(), salt=draft.salt)


def performed(drafts: Iterable[LeafDraft]) -> dict[str, Leaf]:
    """Leaves that are already there, by act id."""
    acts = [draft.act for draft in drafts]
    if not acts:
        return {}
    there = [row[0] for row in ask(_THERE.format(", ".join(["%s"] * len(acts))), acts)]
    return {leaf.act: leaf for leaf in Leaf.objects.filter(act__in=there)} if there else {}


def same_or_conflict(leaf: Leaf, draft: LeafDraft) -> None:
    """Raise `conflict` unless the draft says what the leaf of the same act id already says.

    The day is not compared: a request may be repeated after midnight. Nor is the shown kind, which the case
    decided: the commitment is to the real one.
    """
    said = (draft.institution, draft.label, ledger.commitment(draft.salt, draft.digest))
    if said != (leaf.institution, leaf.label, leaf.commitment):
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
