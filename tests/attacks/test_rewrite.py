"""Whoever has the whole server takes a case out of the log and rebuilds all that can be rebuilt. Three see it.

The attacker has the database, both of the installation's keys and this machine's memory. What she lacks is
what others hold: a reporter's saved proof, somebody's mirror, the witnesses' keys and memories.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from tests import people
from tests.server.casework.desk import report
from tests.server.log.test_doctor import gone
from tests.server.log.witness import Witness, serving
from tests.server.reporting import browser
from upstander.cli import doctor
from upstander.formats import statements
from upstander.ledger import leaf as ledger
from upstander.ledger.checkpoint import Checkpoint as Head
from upstander.ledger.checkpoint import sign_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.fetch import UnreachableError
from upstander.ledger.logpolicy import LogPolicy, read_log_policy
from upstander.ledger.merkle import verify_consistency
from upstander.ledger.mirror import follow
from upstander.ledger.notes import unb64std
from upstander.ledger.policy import check, examine
from upstander.ledger.proofs import Proof
from upstander.ledger.receipt import make_receipt, read_receipt, verify_receipt
from upstander.ledger.store import MemoryStore
from upstander.ledger.witness import Refusal, Request
from upstander.sealing.words import ReceiptKeys
from upstander.server.installation import load
from upstander.server.log import access, cosign, generations, publish, sequence, tree
from upstander.server.log.append import promise
from upstander.server.log.models import Checkpoint, Cosignature, Leaf, Log, Tile
from upstander.server.log.models import Witness as WitnessRow

pytestmark = [pytest.mark.django_db, pytest.mark.db]


class Site:
    """The public files of the log, as somebody outside fetches them."""

    def get(self, path: str, limit: int) -> bytes:
        answer = Client().get(f"/log/1/{path}")
        if answer.status_code != 200:
            raise UnreachableError(f"{path} answers with status {answer.status_code}.")
        assert len(answer.content) <= limit
        return answer.content


@dataclass
class Before:
    """What others hold from before the rewrite."""

    case: str
    receipt: ReceiptKeys
    saved: bytes
    policy: LogPolicy
    mirror: MemoryStore
    witnesses: list[Witness]


def beat() -> None:
    sequence.run(time.time())
    cosign.collect()
    publish.run()


def mirrored(before: Before) -> None:
    today = datetime.now(UTC).date().isoformat()
    origin = before.policy.newest.origin
    follow(Site(), before.mirror, before.policy.policy, origin=origin, today=today)


@pytest.fixture
def before(folder: Path, force: people.Force, receipt: ReceiptKeys) -> Iterator[Before]:
    """A log with a case that is to disappear among others; seen by a mirror and three witnesses."""
    with serving(folder, "ash", "birch", "cedar") as witnesses:
        for _ in range(3):
            report(force, people.reporter())
        case = report(force, receipt)
        report(force, people.reporter())
        beat()
        policy = read_log_policy(access.policy_statement(), load().sign)
        found = Before(case, receipt, saved(force, receipt), policy, MemoryStore(), witnesses)
        mirrored(found)
        yield found


def saved(force: people.Force, receipt: ReceiptKeys) -> bytes:
    """The proof as the reporter's page saves it."""
    token = browser.token(force, receipt)
    told = browser.send("GET", f"{force.slug}/mailbox", token=token).json()
    act, [proof] = told["acts"][0], told["record"]["proofs"]
    leaf = ledger.Leaf(act["shown"], act["day"], act["label"], act["commitment"], act["of"])
    path = tuple(unb64std(step) for step in proof["path"])
    return make_receipt(
        fields=act["body"],
        salt=ledger.label_and_salt(receipt.log, 1)[1],
        leaf=leaf,
        promise=promise(Leaf.objects.get(hash=act["leaf"])),
        proof=str(Proof(proof["index"], path, told["record"]["checkpoint"])),
        policy=access.policy_statement(),
    )


def rewrite(before: Before, folder: Path, *, filler: bool) -> None:
    """Takes the case out everywhere, and builds leaves, tiles and signed heads anew over what is left."""
    leaves = Leaf.objects.count()
    gone(before.case)
    label = ledger.label_and_salt(before.receipt.log, 1)[0]
    victim = Leaf.objects.get(label=label)
    if filler:  # another leaf in its place, so that the size stays
        victim.label, victim.commitment = secrets.token_hex(16), secrets.token_hex(32)
        data = ledger.leaf_bytes("card", victim.day.isoformat(), victim.label, victim.commitment)
        victim.kind, victim.hash = "card", ledger.leaf_hash(data)
        victim.save()
    else:
        victim.delete()
    assert leaves - Leaf.objects.count() == (0 if filler else 1)
    for model in (Cosignature, Checkpoint, Tile, WitnessRow):
        model.objects.all().delete()
    (folder / "log" / "1").unlink()
    cosign._asked.clear()
    log = Log.objects.get(generation=1)
    rows = list(Leaf.objects.filter(index__isnull=False).order_by("index"))
    Leaf.objects.filter(index__isnull=False).update(index=None)
    for place, row in enumerate(rows):
        Leaf.objects.filter(pk=row.pk).update(index=place)
    log.size, log.root, log.published = 0, "", 0
    log.save()
    tree.grow(log, [bytes.fromhex(row.hash) for row in rows])
    head = Head(generations.origin(log), log.size, bytes.fromhex(log.root))
    note = sign_checkpoint(head, generations.signing_key(log))
    today = datetime.now(UTC).date()
    Checkpoint.objects.create(log=log, size=log.size, root=log.root, day=today, beat=0, note=note)
    Log.objects.update(published=log.size)


@pytest.mark.parametrize("filler", [False, True])
def test_three_see_it(before: Before, folder: Path, filler: bool) -> None:
    old = examine(before.policy.policy, str(before.mirror.read("checkpoint").decode()))  # type: ignore[union-attr]
    rewrite(before, folder, filler=filler)
    new = access.published(generations.newest())
    assert new is not None

    # the reporter's saved proof still proves that her report was in a log that two witnesses had seen
    receipt = read_receipt(before.saved, before.policy.sign)
    verify_receipt(receipt, before.policy.policy)
    assert receipt.fields["case"] == before.case
    # and what is shown now is not that log gone on: no witness signed it, and nothing connects the two
    with pytest.raises(LedgerError, match="lacks witnesses"):
        check(before.policy.policy, new.note)
    head = examine(before.policy.policy, new.note).checkpoint
    with pytest.raises(LedgerError):
        path = Client().post(
            "/api/v1/log/consistency",
            {"origin": head.origin, "from": old.checkpoint.size, "to": head.size},
            content_type="application/json",
        )
        hashes = [unb64std(step) for step in path.json().get("path", [])]
        verify_consistency(
            old=old.checkpoint.size,
            old_root=old.checkpoint.root,
            new=head.size,
            new_root=head.root,
            path=hashes,
        )

    # the mirror says what is wrong, and keeps what it had
    with pytest.raises(LedgerError, match="forked" if filler else "rewound"):
        mirrored(before)
    kept = examine(before.policy.policy, before.mirror.read("checkpoint").decode())  # type: ignore[union-attr]
    assert kept.checkpoint == old.checkpoint

    # no witness signs it; for two trees of one size each keeps the evidence, signed by the log itself
    assert cosign.collect() == 0
    for witness in before.witnesses:
        with pytest.raises(Refusal) as refused:
            size = head.size if filler else min(head.size, old.checkpoint.size)
            witness.state.add_checkpoint(
                Request(size, (), new.row.note), witness.key, int(time.time()), "2026-11-25"
            )
        assert refused.value.status == (422 if filler else 409)
        assert witness.seen() == old.checkpoint.size
        assert bool(witness.state.alarms()) == filler

    # and it cannot go on: the witnesses have seen more, or something else
    report_again = [one.what for one in doctor.ledger() if one.level == "fail"]
    assert any("the log is not signed" in one for one in report_again)


def test_growing_over_the_hole_does_not_help(before: Before, folder: Path, force: people.Force) -> None:
    """The attacker waits until the log is longer than it was, and shows that."""
    rewrite(before, folder, filler=False)
    Checkpoint.objects.all().delete()
    for _ in range(3):
        report(force, people.reporter())
    log = generations.newest()
    waiting = list(Leaf.objects.filter(log=None).order_by("hash"))
    for place, row in enumerate(waiting, start=log.size):
        Leaf.objects.filter(pk=row.pk).update(log=log, index=place)
    tree.grow(log, [bytes.fromhex(row.hash) for row in waiting])
    sequence.sign(time.time())
    Log.objects.update(published=log.size)
    old = examine(before.policy.policy, before.mirror.read("checkpoint").decode())  # type: ignore[union-attr]
    assert log.size > old.checkpoint.size
    with pytest.raises(LedgerError):
        mirrored(before)
    assert cosign.collect() == 0
    assert [witness.seen() for witness in before.witnesses] == [old.checkpoint.size] * 3
    assert generations.newest().witnesses.filter(against=True).count() == 3


def test_a_promise_that_never_came_true_is_proof_by_itself(
    before: Before, folder: Path, force: people.Force
) -> None:
    """A report that was taken and dropped before the beat: the signed promise names a leaf no tree has."""
    hers = people.reporter()
    body = people.submission(force, hers)
    text = browser.send("POST", f"{force.slug}/reports", body).json()["promise"]
    gone(str(body["case"]))
    Leaf.objects.filter(log=None).delete()
    report(force, people.reporter())
    Checkpoint.objects.update(beat=0)
    beat()
    mirrored(before)
    said = statements.verify(text, "promise", before.policy.sign)
    hashes = [before.mirror.read(path) or b"" for path in before.mirror.files if "tile/0/" in path]
    assert all(bytes.fromhex(said["leaf"]) not in data for data in hashes) and hashes
    assert said["by"] > said["day"]
