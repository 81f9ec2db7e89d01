"""Until when a mirror knows a log: one witness alone, fast or lying, moves nothing."""

import pytest

from tests.vectors import log_scene as scene
from upstander.ledger.audit import Audited
from upstander.ledger.breach import BrokenPromiseError, Looking, judge, known_until
from upstander.ledger.checkpoint import cosign
from upstander.ledger.errors import LedgerError, NotYetError
from upstander.ledger.notes import parse_note
from upstander.ledger.policy import examine, parse_policy
from upstander.ledger.promise import peek_promise

POLICY = parse_policy(scene.POLICY)  # two of three
PROMISE = peek_promise(scene.PROMISE)  # by 25 November
DAY = 86_400


def audited(*days: int, read: str = "2026-12-24") -> Audited:
    """A head that w1, w2 and w3 signed so many days after 24 November, as far as there are numbers."""
    note = scene.note(scene.RECEIPT_HEAD)
    lines = [
        cosign(note, key, scene.TIME + day * DAY)
        for key, day in zip(scene.WITNESSES.values(), days, strict=False)
    ]
    return Audited(examine(POLICY, str(parse_note(note).with_lines(lines))), 1, read)


@pytest.mark.parametrize(
    ("days", "until"),
    [
        ((0, 0), "2026-11-24"),
        ((0, 9), "2026-11-24"),
        ((3, 2, 9), "2026-11-27"),
        ((1000, 1, 1), "2026-11-25"),
    ],
)
def test_it_is_known_until_the_day_enough_witnesses_signed(days, until):
    assert known_until(audited(*days), POLICY) == (until, True)


def test_without_enough_witnesses_it_is_the_mirror_s_own_word():
    assert known_until(audited(9), POLICY) == ("2026-12-24", False)
    with pytest.raises(BrokenPromiseError, match=r"this mirror saw, by its own clock, on 2026-12-24"):
        judge(PROMISE, [(Looking(bytes(32)), audited(9))], POLICY)


def test_a_promise_is_broken_once_its_day_is_over_for_enough_of_them():
    for days in ((0, 9), (1, 1, 1000)):
        with pytest.raises(NotYetError, match="has to be by 2026-11-25"):
            judge(PROMISE, [(Looking(bytes(32)), audited(*days))], POLICY)
    with pytest.raises(BrokenPromiseError, match="witnesses signed on 2026-11-26"):
        judge(PROMISE, [(Looking(bytes(32)), audited(2, 2))], POLICY)
    with pytest.raises(LedgerError, match="no log of this installation"):
        judge(PROMISE, [], POLICY)


def test_a_leaf_in_any_generation_keeps_it():
    looking = Looking(scene.LEAF.hash)
    for index, leaf in enumerate(scene.RECEIPT_TREE.hashes):
        looking(index, scene.LEAF, leaf)
    other = (Looking(bytes(32)), audited(9, 9))
    assert "entry 12 of" in judge(PROMISE, [(looking, audited(9, 9)), other], POLICY)
    assert "entry 12 of" in judge(PROMISE, [other, (looking, audited(9, 9))], POLICY)
