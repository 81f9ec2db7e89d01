"""Reading the log: leaves by their acts, published tree heads, tiles, proofs, and the signed policy."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q

from upstander.ledger.errors import LedgerError
from upstander.ledger.leaf import read_leaf
from upstander.ledger.logpolicy import LogEntry, make_log_policy
from upstander.ledger.merkle import consistency_path, inclusion_path
from upstander.ledger.notes import b64std
from upstander.ledger.policy import Policy
from upstander.ledger.proofs import Proof
from upstander.ledger.receipt import make_receipt
from upstander.ledger.tiles import ENTRIES, HASH, WIDTH, pack_entries, width_of
from upstander.server.errors import not_found
from upstander.server.installation import load
from upstander.server.log import generations, tree
from upstander.server.log.append import bytes_of, promise
from upstander.server.log.models import Checkpoint, Leaf, Log, Opening
from upstander.server.log.witnesses import configured

_log = logging.getLogger("upstander.log")


@dataclass(frozen=True)
class Published:
    """A log's tree head as it is served: with the signatures of the witnesses that have signed so far."""

    log: Log
    row: Checkpoint
    note: str
    signed: tuple[str, ...]


def leaves_of(acts: Iterable[str]) -> dict[str, Leaf]:
    """Leaves by the ids of their acts."""
    return {leaf.act: leaf for leaf in Leaf.objects.filter(act__in=list(acts))}


def first_that_says(body: str) -> Leaf | None:
    """The oldest leaf of an act of the installation itself that commits to exactly this."""
    acts = list(Opening.objects.filter(body=body).values_list("act", flat=True))
    return Leaf.objects.filter(act__in=acts).order_by("day", "id").first()


def receipt_of(leaf: Leaf) -> tuple[bytes, bool]:
    """The receipt of an act of the installation itself, and whether the log proves it yet.

    The proof leads to the oldest head that enough witnesses have signed, so that they vouch for its age.
    """
    opening = Opening.objects.get(act=leaf.act)
    proof = "" if leaf.log is None else _oldest_proof(leaf.log, leaf)
    made = make_receipt(
        fields=json.loads(opening.body),
        salt=bytes(opening.salt),
        leaf=read_leaf(bytes_of(leaf)),
        promise=promise(leaf),
        proof=proof,
        policy=policy_statement(),
    )
    return made, proof != ""


def _oldest_proof(log: Log, leaf: Leaf) -> str:
    assert leaf.index is not None
    rows = log.checkpoints.filter(size__gt=leaf.index, size__lte=log.published).order_by("size")
    heads = [_with_signatures(log, row) for row in rows]
    head = next((one for one in heads if enough(configured(), one)), heads[-1] if heads else None)
    if head is None:
        return ""
    path = inclusion_path(leaf.index, head.row.size, tree.reader(log, head.row.size))
    return str(Proof(leaf.index, path, head.note))


def log_of(generation: int) -> Log:
    """One generation. Raises the not-found Refusal."""
    found = Log.objects.filter(generation=generation).first()
    if found is None:
        raise not_found()
    return found


def log_named(origin: str) -> Log:
    """The log of this origin. Raises the not-found Refusal."""
    for log in Log.objects.all():
        if generations.origin(log) == origin:
            return log
    raise not_found()


def published(log: Log) -> Published | None:
    """The tree head that is served, if there is one yet."""
    row = log.checkpoints.filter(size=log.published).first() if log.published else None
    return None if row is None else _with_signatures(log, row)


def first_head_over(act: str) -> Published | None:
    """The first published head whose tree holds the leaf of this act; None until there is one."""
    leaf = Leaf.objects.select_related("log").get(act=act)
    if leaf.log is None or leaf.index is None:
        return None
    heads = leaf.log.checkpoints.filter(size__gt=leaf.index, size__lte=leaf.log.published)
    row = heads.order_by("size").first()
    return None if row is None else _with_signatures(leaf.log, row)


def salt_of(act: str) -> bytes:
    """The salt (32 bytes) of the leaf of an act of the installation; none where nothing was kept of it."""
    found = Opening.objects.filter(act=act).first()
    return bytes(found.salt) if found else b""


def newest(log: Log) -> Published | None:
    """The newest tree head, published or not."""
    row = log.checkpoints.order_by("-size").first()
    return None if row is None else _with_signatures(log, row)


def _with_signatures(log: Log, row: Checkpoint) -> Published:
    lines = dict(row.cosignatures.order_by("pk").values_list("witness", "line"))
    return Published(log, row, row.note + "".join(lines.values()), tuple(lines))


def record_of(leaves: Mapping[int, Leaf]) -> dict[str, Any]:
    """Proofs for leaves, by the number of their act in a case, with the tree head they lead to.

    `record` is about the log that grows, `earlier` about those before it that hold some of the leaves.
    """
    grows = generations.newest()
    others = {leaf.log_id for leaf in leaves.values() if leaf.log_id not in {None, grows.generation}}
    earlier = [_proofs(log, leaves) for log in Log.objects.filter(generation__in=others)]
    return {"record": _proofs(grows, leaves), "earlier": earlier}


def _proofs(log: Log, leaves: Mapping[int, Leaf]) -> dict[str, Any]:
    head = published(log)
    told: dict[str, Any] = {"checkpoint": "", "proofs": [], "origin": generations.origin(log)}
    if head is None:
        return told
    size, read = head.row.size, tree.reader(log, head.row.size)
    told["checkpoint"] = head.note
    for number, leaf in leaves.items():
        if leaf.log_id != log.generation or leaf.index is None or leaf.index >= size:
            continue
        try:
            path = [b64std(step) for step in inclusion_path(leaf.index, size, read)]
        except (
            LedgerError
        ) as error:  # a case opens all the same; who asked for it sees that a proof is missing
            _log.error("no proof for entry %s of log %s: %s", leaf.index, log.generation, error)
            continue
        told["proofs"].append({"number": number, "index": leaf.index, "path": path})
    return told


def consistency(origin: str, old: int, new: int) -> list[str]:
    """The proof that the published tree of size `new` continues that of size `old`, in standard base64.

    Raises not-found, also for sizes that were not published, and LedgerError for sizes that cannot be.
    """
    log = log_named(origin)
    if new > log.published:
        raise not_found()
    return [b64std(step) for step in consistency_path(old, new, tree.reader(log, new))]


def tile_bytes(log: Log, level: int | str, index: int, width: int) -> bytes:
    """A tile or bundle of the published tree. Raises not-found for one that is not published."""
    if width > width_of(0 if level == ENTRIES else int(level), index, log.published):
        raise not_found()
    if level == ENTRIES:
        first = index * WIDTH
        rows = Leaf.objects.filter(log=log, index__gte=first, index__lt=first + width).order_by("index")
        return pack_entries(bytes_of(row) for row in rows)
    return tree.tile(log, int(level), index)[: width * HASH]


def policy_text() -> str:
    """The policy by which anybody can judge this installation's tree heads: its logs' keys, and witnesses."""
    generations.newest()  # there is always one
    lines = [
        f"log {key} {settings.ORIGIN}{address(log)}\n"
        for log in Log.objects.order_by("generation")
        for key in generations.verifier_keys(log)
    ]
    return "".join(lines) + configured().text


def policy_statement() -> str:
    """What the installation signs about its logs (formats, section 10)."""
    generations.newest()  # there is always one
    logs = [
        LogEntry(
            generations.origin(log),
            generations.verifier_keys(log),
            address(log),
            log.size if log.closed else None,
        )
        for log in Log.objects.order_by("generation")
    ]
    here = load()
    return make_log_policy(
        installation=here.id, logs=logs, policy=policy_text(), beat=settings.LOG_BEAT, key=here.signing
    )


def address(log: Log) -> str:
    """The path below which a log is served."""
    return f"/log/{log.generation}/"


def enough(policy: Policy, head: Published) -> bool:
    """Whether as many witnesses have signed as the policy asks for."""
    return policy.satisfied(head.signed)


def said(starts: Sequence[str], most: int) -> list[dict[str, str]]:
    """What the newest acts of the installation say whose canonical text begins so, the newest first."""
    begins = reduce(or_, (Q(body__startswith=one) for one in starts))
    found = dict(Opening.objects.filter(begins).values_list("act", "body"))
    acts = Leaf.objects.filter(act__in=found).order_by("-pk").values_list("act", flat=True)[:most]
    return [json.loads(found[act]) for act in acts]
