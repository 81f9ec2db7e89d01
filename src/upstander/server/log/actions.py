"""What the beat does about the log, and the two things an administrator can do: a new key, a successor."""

from __future__ import annotations

import contextlib
import logging

from django.conf import settings
from django.db import transaction

from upstander.ledger.checkpoint import Checkpoint as Head
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import EMPTY_ROOT
from upstander.ledger.notes import ED25519, SigningKey
from upstander.server.installation import next_log_key, turn_log_key
from upstander.server.log import cosign, generations, publish, sequence, tree
from upstander.server.log.append import make_leaf, openings
from upstander.server.log.drafts import Done, server_leaf
from upstander.server.log.errors import BehindError
from upstander.server.log.insert import insert
from upstander.server.log.models import Leaf, Log, LogKey

__all__ = ["beat", "rotate_key", "succeed"]
log = logging.getLogger("upstander.log")
rotate_key = generations.rotate_key


def beat() -> int:
    """Places, signs, has witnesses sign and publishes what is due; answers how many leaves were placed.

    Harmless to repeat. While nothing may be signed, acts are taken all the same and wait.
    """
    placed, why = 0, ""
    try:
        placed = sequence.run()
    except (BehindError, LedgerError) as error:
        why = str(error)
    _tell(why)
    cosign.collect()
    publish.run()
    return placed


_told: list[str] = [""]  # why nothing was signed at the last beat


def _tell(why: str) -> None:
    """Once when it begins, changes or ends, not at every beat."""
    if why != _told[0]:
        log.error("the log is NOT signed: %s", why) if why else log.warning("the log is signed again")
        _told[0] = why


def succeed() -> Log:
    """Closes the log at its last signed tree head and opens its successor, whose first leaf says so.

    What was placed after that head waits again, and goes on in the successor like everything that waits.
    """
    with transaction.atomic():
        old = generations.locked()
        with contextlib.suppress(BehindError):  # finish a change of key first; what is behind, ends here
            generations.signing_key(old)
        last = old.checkpoints.order_by("-size").first()
        size = last.size if last is not None else 0
        Leaf.objects.filter(log=old, index__gte=size).update(log=None, index=None)
        tree.cut(old, size)
        old.closed = True
        old.save(update_fields=["closed"])
        new = Log.objects.create(generation=old.generation + 1)
        key = SigningKey(generations.origin(new), ED25519, next_log_key(settings.DATA)).verifier
        LogKey.objects.create(log=new, vkey=str(key))
        root = bytes.fromhex(old.root) if size else EMPTY_ROOT
        head = Head(generations.origin(old), size, root)
        draft = server_leaf("succeeded", "", log=head.origin, root=head.root.hex(), size=head.size)
        leaf = make_leaf(draft)
        leaf.log_id, leaf.index = new.generation, 0
        insert([*openings(Done((), draft)), leaf])
        tree.grow(new, [bytes.fromhex(leaf.hash)])
    turn_log_key(settings.DATA)
    return new
