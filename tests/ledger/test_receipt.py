"""Proofs and saved receipts: what they show, and that nothing in them can be exchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import log_scene as scene
from upstander.formats import statements
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import read_log_policy
from upstander.ledger.policy import parse_policy
from upstander.ledger.promise import last_day, peek_promise, read_promise
from upstander.ledger.proofs import Proof, parse_proof, verify_proof
from upstander.ledger.receipt import read_receipt, verify_receipt

POLICY = parse_policy(scene.POLICY)
SIGN = scene.scene.INSTALLATION_SIGN


def test_a_proof_is_read_as_it_was_written():
    for proof in (scene.PROOF, Proof(0, (), scene.note(scene.RECEIPT_HEAD), b"more")):
        assert parse_proof(str(proof)) == Proof(proof.index, tuple(proof.path), proof.checkpoint, proof.extra)


def test_a_proof_shows_that_a_leaf_is_there_and_no_other():
    assert verify_proof(scene.PROOF, scene.LEAF.hash, POLICY).checkpoint == scene.RECEIPT_HEAD
    with pytest.raises(LedgerError, match="entry 12 in a tree of 21 does not lead to its root"):
        verify_proof(scene.PROOF, scene.RECEIPT_TREE.hashes[11], POLICY)
    with pytest.raises(LedgerError, match="not known here"):
        verify_proof(scene.PROOF, scene.LEAF.hash, parse_policy("quorum none\n"))


def test_a_receipt_shows_everything_it_has_to():
    receipt = read_receipt(scene.receipt(), SIGN)
    assert receipt.fields == scene.FIELDS
    assert (receipt.promise.day, receipt.promise.by) == ("2026-11-23", "2026-11-25")
    assert verify_receipt(receipt, POLICY).missing == ("w2",)


def test_each_part_of_a_receipt_is_bound_to_the_others():
    other = scene.leaves.Leaf("message", scene.scene.DAY, scene.LABEL, scene.LEAF.commitment)
    cases = [
        ({"leaf": other}, "promise in the receipt is about another leaf"),
        ({"salt": bytes(32)}, "commits to another act"),
        ({"fields": {**scene.FIELDS, "kind": "note"}}, "kind note has no leaf that shows answered"),
        ({"policy": scene.LOG_POLICY.replace("86400", "1")}, "signature is wrong"),
        ({"proof": "nonsense"}, "A proof begins with"),
    ]
    for changes, words in cases:
        with pytest.raises(LedgerError, match=words):
            read_receipt(scene.receipt(**changes))
    with pytest.raises(LedgerError, match="signature is wrong"):
        read_receipt(scene.receipt(), statements.public_of(scene.OLD.private))


def test_a_receipt_without_a_proof_says_until_when_it_waits():
    receipt = read_receipt(scene.receipt(proof=""))
    with pytest.raises(LedgerError, match="by 2026-11-25"):
        verify_receipt(receipt, POLICY)


def test_a_proof_from_another_installation_s_log_is_refused():
    name = "upstander/" + "a" * 26 + "/1"
    other = scene.key(name, 1)
    head = scene.Checkpoint(name, scene.RECEIPT_HEAD.size, scene.RECEIPT_HEAD.root)
    proof = Proof(12, scene.PROOF.path, scene.note(head, log=other))
    receipt = read_receipt(scene.receipt(proof=str(proof)))
    with pytest.raises(LedgerError, match="another installation's log"):
        verify_receipt(receipt, parse_policy(f"log {other.verifier}\nquorum none\n"))


def test_a_promise_says_its_last_day():
    assert last_day("2026-12-30") == "2027-01-01"
    promise = read_promise(scene.PROMISE, SIGN)
    assert promise == peek_promise(scene.PROMISE)
    assert promise.leaf == scene.LEAF.hash.hex()


def test_a_statement_about_logs_is_read():
    said = read_log_policy(scene.LOG_POLICY, SIGN)
    assert [log.origin for log in said.logs] == scene.ORIGINS
    assert said.newest.url == "/log/2/"
    assert said.entry(scene.ORIGINS[0]).closed == 7
    with pytest.raises(LedgerError, match="has no log"):
        said.entry("another")


@given(st.integers(0, 5000), st.binary(max_size=3))
def test_a_receipt_that_was_changed_anywhere_is_refused(at, put):
    right = scene.receipt()
    at %= len(right)
    data = right[:at] + put + right[at + len(put) + (not put) :]
    if data == right:
        return
    with pytest.raises(LedgerError):
        receipt = read_receipt(data, SIGN)
        verify_receipt(receipt, POLICY)
        assert receipt == read_receipt(right, SIGN)
        raise LedgerError("the same receipt in another spelling")


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda data: data.decode("latin-1")))
def test_texts_of_any_kind_are_read_or_refused(text):
    for read in (parse_proof, read_log_policy, lambda one: read_receipt(one.encode("utf-8", "replace"))):
        with pytest.raises(LedgerError):
            read(text)
