"""Leaves: what an act leaves in the log."""

import hashlib

import pytest

from upstander.formats.errors import FormatError
from upstander.ledger import leaf

LOG = bytes(range(32))


def test_a_leaf_is_written_byte_for_byte():
    made = leaf.leaf_bytes("note", "2026-11-23", "0" * 32, "1" * 64)
    wanted = b'{"commitment":"%s","day":"2026-11-23","kind":"note","label":"%s"}\n' % (b"1" * 64, b"0" * 32)
    assert made == b"upstander/leaf/v1\n" + wanted
    assert leaf.leaf_hash(made) == hashlib.sha256(b"\0" + made).hexdigest()


def test_label_and_salt_need_the_log_secret_and_the_act():
    first = leaf.label_and_salt(LOG, "a")
    assert (len(first[0]), len(first[1])) == (32, 32)
    assert first == leaf.label_and_salt(LOG, "a")
    others = {leaf.label_and_salt(LOG, "b"), leaf.label_and_salt(bytes(32), "a"), first}
    assert len({label for label, _ in others}) == len({salt for _, salt in others}) == 3


def test_a_commitment_hides_and_binds():
    digest = leaf.digest("record", case="c", envelopes=[])
    made = leaf.commitment(LOG, digest)
    assert made == hashlib.sha256(b"upstander/commitment/v1\n" + LOG + digest).hexdigest()
    assert made != leaf.commitment(bytes(32), digest)
    assert made != leaf.commitment(LOG, leaf.digest("record", case="d", envelopes=[]))


def test_every_kind_takes_exactly_its_fields():
    for kind, names in leaf.KINDS.items():
        fields = dict.fromkeys(names, "x")
        assert len(leaf.digest(kind, **fields)) == 32
        with pytest.raises(FormatError):
            leaf.digest(kind, **fields, more="x")
        with pytest.raises(FormatError):
            leaf.digest(kind, **dict(list(fields.items())[1:]))


def test_what_is_no_leaf_is_refused():
    for kind, day in (("nothing", "2026-11-23"), ("note", "2026-11-31")):
        with pytest.raises(FormatError):
            leaf.leaf_bytes(kind, day, "0" * 32, "1" * 64)
    with pytest.raises(FormatError):
        leaf.digest("nothing")
    with pytest.raises(FormatError):
        leaf.commitment(b"short", bytes(32))
