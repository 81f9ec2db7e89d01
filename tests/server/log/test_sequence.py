"""The beat: waiting leaves get places in the order of their hashes, and one tree head is signed over them."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from upstander.formats import statements
from upstander.ledger.checkpoint import open_checkpoint
from upstander.ledger.logpolicy import read_log_policy
from upstander.ledger.merkle import root_of
from upstander.ledger.policy import check
from upstander.server.installation import load
from upstander.server.log import access, actions, generations, head, sequence
from upstander.server.log.append import bytes_of
from upstander.server.log.commit import Done, perform, server_leaf
from upstander.server.log.errors import BehindError
from upstander.server.log.models import Checkpoint, Leaf, Log, Opening, Tile

pytestmark = [pytest.mark.django_db, pytest.mark.db, pytest.mark.usefixtures("folder")]
DAY = 86400
NOON = 20_000 * DAY + DAY // 2


def act(number: int = 1) -> None:
    for _ in range(number):
        perform(
            lambda: Done([], server_leaf("admin", "marlshire", act="x", institution="marlshire", subject="y"))
        )


def rooted() -> None:
    """Places are those of the sorted beats, and the newest tree head is over exactly these leaves."""
    log = generations.newest()
    leaves = list(Leaf.objects.filter(log=log).order_by("index"))
    assert [leaf.index for leaf in leaves] == list(range(log.size))
    assert log.root == root_of([bytes.fromhex(leaf.hash) for leaf in leaves]).hex()
    policy = read_log_policy(access.policy_statement(), load().sign)
    head_ = check(policy.policy, access.newest(log).note).checkpoint  # type: ignore[union-attr]
    assert (head_.size, head_.root.hex(), head_.origin) == (log.size, log.root, generations.origin(log))


def test_a_beat_places_all_that_waits_by_hash_and_signs_once() -> None:
    act(5)
    assert sequence.run(NOON) == 5
    rooted()
    assert [leaf.hash for leaf in Leaf.objects.order_by("index")] == sorted(
        Leaf.objects.values_list("hash", flat=True)
    )
    assert Checkpoint.objects.count() == 1
    act(3)
    assert sequence.run(NOON + 3600) == 0  # the same beat: one tree head a day
    assert Leaf.objects.filter(index=None).count() == 3
    assert sequence.run(NOON + DAY) == 3
    rooted()
    assert sequence.run(NOON + 2 * DAY) == 0  # nothing new, nothing signed
    assert Checkpoint.objects.count() == 2


def test_more_than_one_transaction_takes_is_one_tree_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "MOST", 3)
    act(8)
    assert sequence.run(NOON) == 8
    rooted()
    assert Checkpoint.objects.get().size == 8


def test_the_beat_of_the_demonstration_is_seconds(settings: Settings) -> None:
    settings.LOG_BEAT = 5
    act()
    assert sequence.run(NOON) == 1
    act()
    assert (sequence.run(NOON + 4), sequence.run(NOON + 5)) == (0, 1)


def test_what_was_placed_and_not_signed_is_signed_next_time() -> None:
    act(4)
    sequence.place()
    assert access.newest(generations.newest()) is None
    assert sequence.run(NOON) == 0
    rooted()


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing_by_halves(
    monkeypatch: pytest.MonkeyPatch, failing: str, folder: Path
) -> None:
    act(2)
    sequence.run(NOON)
    before = (folder / "log" / "1").read_text()
    act(2)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as broken:
        broken.setattr(os if failing == "fsync" else Path, failing, full)
        with pytest.raises(OSError, match="no space"):
            sequence.run(NOON + DAY)
    assert [path.name for path in (folder / "log").iterdir()] == ["1"]
    assert (folder / "log" / "1").read_text() == before
    assert Checkpoint.objects.count() == 1
    assert sequence.run(NOON + DAY) == 0  # they had their places
    rooted()


def test_what_was_signed_is_on_the_disk_before_it_is_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    act()
    seen: list[int] = []
    real = head.keep
    monkeypatch.setattr(head, "keep", lambda *all_: (seen.append(Checkpoint.objects.count()), real(*all_)))
    sequence.run(NOON)
    assert seen == [0] and Checkpoint.objects.count() == 1


def test_yesterdays_database_is_not_signed_over() -> None:
    act(3)
    sequence.run(NOON)
    act(3)
    sequence.run(NOON + DAY)
    back_to(3)
    act()
    with pytest.raises(BehindError, match="signed 6 entries; the database has 3"):
        sequence.run(NOON + 2 * DAY)
    assert Leaf.objects.filter(index=None).count() == 1 and Checkpoint.objects.count() == 1


def test_nor_is_another_tree_of_more_entries() -> None:
    act(3)
    sequence.run(NOON)
    back_to(0)
    Leaf.objects.all().delete()
    act(5)
    with pytest.raises(BehindError, match="signed 3 entries"):
        sequence.run(NOON + DAY)
    sequence_unchecked()
    with pytest.raises(BehindError, match="another tree of 3 entries"):
        sequence.sign(NOON + DAY)
    assert not Checkpoint.objects.exists()


def test_a_memory_that_cannot_be_read_is_no_memory_to_ignore(folder: Path) -> None:
    act()
    sequence.run(NOON)
    (folder / "log" / "1").write_bytes(b"\xff broken")
    act()
    with pytest.raises(BehindError, match="memory of log 1 cannot be read"):
        sequence.run(NOON + DAY)


def test_acts_are_taken_while_nothing_is_signed() -> None:
    act(2)
    sequence.run(NOON)
    back_to(0)
    act()
    assert actions.beat() == 0  # it says so in the log and goes on
    assert Leaf.objects.filter(index=None).count() == 1


def test_a_clock_that_went_back_is_said(caplog: pytest.LogCaptureFixture) -> None:
    act()
    sequence.run(NOON)
    act()
    sequence.run(NOON - 3 * DAY)
    assert "the clock went back" in caplog.text
    rooted()


def test_the_log_goes_on_in_a_successor_that_says_so() -> None:
    act(3)
    sequence.run(NOON)
    act(2)
    sequence.place()  # placed and never signed: they go on in the successor
    old = generations.newest()
    new = actions.succeed()
    old.refresh_from_db()
    assert (old.closed, old.size, new.generation) == (True, 3, 2)
    first = Leaf.objects.get(log=new, index=0)
    said = Opening.objects.get(act=first.act).body
    assert first.kind == "succeeded" and f'"root":"{old.root}"' in said and '"size":3' in said
    assert sequence.run(NOON) == 2
    rooted()
    policy = read_log_policy(access.policy_statement(), load().sign)
    assert [(log.closed, log.url) for log in policy.logs] == [(3, "/log/1/"), (None, "/log/2/")]
    check(policy.policy, access.newest(old).note)  # type: ignore[union-attr]
    back_to(0)
    Log.objects.filter(generation=1).update(closed=False)
    act()
    with pytest.raises(BehindError, match="gone on to log 2"):
        sequence.run(NOON + DAY)


def test_a_log_that_is_behind_goes_on_in_public() -> None:
    act(3)
    sequence.run(NOON)
    act(3)
    sequence.run(NOON + DAY)
    back_to(3)
    act()
    actions.succeed()
    assert sequence.run(NOON + 2 * DAY) == 1
    rooted()


def test_a_new_key_signs_and_the_old_tree_heads_stay_verifiable(folder: Path) -> None:
    act()
    sequence.run(NOON)
    old = access.newest(generations.newest())
    before = (folder / "keys" / "log").read_text()
    key = actions.rotate_key()
    assert before not in [path.read_text() for path in (folder / "keys").iterdir()]
    act()
    sequence.run(NOON + DAY)
    rooted()
    policy = read_log_policy(access.policy_statement(), load().sign)
    assert len(policy.newest.keys) == 2
    check(policy.policy, old.note)  # type: ignore[union-attr]
    newest = access.newest(generations.newest())
    open_checkpoint(newest.note, key)  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="not signed"):
        open_checkpoint(old.note, key)  # type: ignore[union-attr]


def test_a_change_of_key_that_was_broken_off_is_finished(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    act()
    sequence.run(NOON)

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(generations, "turn_log_key", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.rotate_key()
    assert (folder / "keys" / "log.next").exists()
    act()
    sequence.run(NOON + DAY)
    rooted()
    assert not (folder / "keys" / "log.next").exists()


def test_a_key_of_another_log_signs_nothing(folder: Path) -> None:
    act()
    sequence.run(NOON)
    (folder / "keys" / "log").write_text(statements.b64.encode(bytes(32)))
    act()
    with pytest.raises(BehindError, match="keys/log"):
        sequence.run(NOON + DAY)


def test_entries_are_the_leaves() -> None:
    act(300)
    sequence.run(NOON)
    log = generations.newest()
    Log.objects.update(published=300)
    log.refresh_from_db()
    leaves = [bytes_of(leaf) for leaf in Leaf.objects.order_by("index")]
    data = access.tile_bytes(log, "entries", 0, 256) + access.tile_bytes(log, "entries", 1, 44)
    assert data == b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


@pytest.mark.django_db(transaction=True)
def test_many_beats_at_once_are_one() -> None:
    act(40)
    gate, placed = threading.Barrier(4), []

    def run() -> None:
        try:
            gate.wait()
            placed.append(sequence.run(NOON))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(placed) == 40 and len(placed) == 4
    assert Checkpoint.objects.count() == 1
    rooted()


def sequence_unchecked() -> None:
    """Places leaves without looking whether it may be done, as somebody with the database could."""
    real = sequence.may_grow
    sequence.may_grow = lambda _: None
    try:
        sequence.place()
    finally:
        sequence.may_grow = real


def back_to(size: int) -> None:
    """The database as it was when the first log had so many entries; what lies beside it stays."""
    log = Log.objects.get(generation=1)
    Log.objects.filter(generation__gt=1).exists() and _forget_successors()
    Checkpoint.objects.filter(log=log, size__gt=size).delete()
    Leaf.objects.filter(log=log, index__gte=size).delete()
    from upstander.server.log import tree

    tree.cut(log, size)
    assert Tile.objects.exists() == bool(size)


def _forget_successors() -> None:
    Leaf.objects.filter(log__generation__gt=1).delete()
    Checkpoint.objects.filter(log__generation__gt=1).delete()
    Tile.objects.filter(log__generation__gt=1).delete()
    for log in Log.objects.filter(generation__gt=1):
        log.keys.all().delete()
        log.delete()
