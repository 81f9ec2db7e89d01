"""Leaves: what an act leaves in the log."""

import hashlib

import pytest

from upstander.formats.errors import FormatError
from upstander.formats.hashes import hkdf
from upstander.ledger import leaf

LOG = bytes(range(32))


def test_a_leaf_is_written_byte_for_byte():
    made = leaf.leaf_bytes("restricted", "2026-11-23", "0" * 32, "1" * 64)
    wanted = b'{"commitment":"%s","day":"2026-11-23","kind":"restricted","label":"%s"}\n'
    wanted %= (b"1" * 64, b"0" * 32)
    assert made == b"upstander/leaf/v1\n" + wanted
    assert leaf.leaf_hash(made) == hashlib.sha256(b"\0" + made).hexdigest()


def test_an_answer_says_what_it_answers_and_nothing_else_does():
    made = leaf.leaf_bytes("answered", "2026-11-23", "0" * 32, "1" * 64, "2" * 32)
    assert made.endswith(b'"kind":"answered","label":"%s","of":"%s"}\n' % (b"0" * 32, b"2" * 32))
    for kind, of in (("answered", ""), ("message", "2" * 32)):
        with pytest.raises(FormatError):
            leaf.leaf_bytes(kind, "2026-11-23", "0" * 32, "1" * 64, of)


def test_label_and_salt_need_the_log_secret_and_the_number():
    first = leaf.label_and_salt(LOG, 1)
    assert (len(first[0]), len(first[1])) == (32, 32)
    assert first == leaf.label_and_salt(LOG, 1)
    others = {leaf.label_and_salt(LOG, 2), leaf.label_and_salt(bytes(32), 1), first}
    assert len({label for label, _ in others}) == len({salt for _, salt in others}) == 3
    assert first[0] == hkdf(LOG, "upstander/leaf/v1/label/1", 16).hex()
    for number in (0, -1, True, "1"):
        with pytest.raises(FormatError):
            leaf.label_and_salt(LOG, number)


def test_a_commitment_hides_and_binds():
    digest = leaf.digest("record", case="c", envelopes=[])
    made = leaf.commitment(LOG, digest)
    assert made == hashlib.sha256(b"upstander/commitment/v1\n" + LOG + digest).hexdigest()
    assert made != leaf.commitment(bytes(32), digest)
    assert made != leaf.commitment(LOG, leaf.digest("record", case="d", envelopes=[]))


def test_a_digest_covers_the_real_kind():
    made = leaf.digest("note", case="c", envelope="e", uploads=[])
    assert made == hashlib.sha256(b'{"case":"c","envelope":"e","kind":"note","uploads":[]}').digest()
    assert made != leaf.digest("message", case="c", envelope="e", uploads=[])


def test_what_is_shown_never_tells_a_note():
    assert "note" not in leaf.SHOWN
    assert leaf.shown_kinds("note") == ("restricted",)
    assert {shown for kind in leaf.KINDS for shown in leaf.shown_kinds(kind)} == leaf.SHOWN
    with pytest.raises(FormatError):
        leaf.shown_kinds("restricted")


def test_every_kind_takes_exactly_its_fields():
    for kind, names in leaf.KINDS.items():
        fields = dict.fromkeys(names, "x")
        assert len(leaf.digest(kind, **fields)) == 32
        with pytest.raises(FormatError):
            leaf.digest(kind, **fields, more="x")
        with pytest.raises(FormatError):
            leaf.digest(kind, **dict(list(fields.items())[1:]))


def test_what_is_no_leaf_is_refused():
    for kind, day in (("nothing", "2026-11-23"), ("note", "2026-11-23"), ("step", "2026-11-31")):
        with pytest.raises(FormatError):
            leaf.leaf_bytes(kind, day, "0" * 32, "1" * 64)
    with pytest.raises(FormatError):
        leaf.digest("nothing")
    with pytest.raises(FormatError):
        leaf.commitment(b"short", bytes(32))
