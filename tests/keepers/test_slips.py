"""Slips: hers alone, only as she signed them, and only what fits together."""

from dataclasses import replace

import pytest

from tests.keepers.scene import NAMES, TRANSPORT, Reporter, warrant
from upstander.formats import b64, canonical, ids, statements
from upstander.formats.errors import FormatError
from upstander.keepers import errors, slips
from upstander.keepers.notes import open_note
from upstander.ledger.leaf import label_and_salt
from upstander.sealing import age
from upstander.sealing.errors import SealingError

MAYA, OTHER = Reporter("maya", [warrant("PW1234")]), Reporter("other", [warrant("77")])
IDENTITY = age.identity_from_seed(b"m" * 32)
TO = age.recipient_of(IDENTITY)
NOTE = open_note(MAYA.held.notes[NAMES[0]], [TRANSPORT[NAMES[0]]], NAMES[0])
SLIP = slips.Slip(
    about="é",
    counted=True,
    ended=False,
    entry=NOTE.statement,
    id=ids.new_id(),
    number=0,
    place=3,
    pledge=MAYA.pledge,
    receipts={},
    shares={NAMES[0]: b64.encode(NOTE.share)},
    stopped=False,
    version=1,
)


def opened(sealed: bytes, slip_id: str = SLIP.id) -> slips.Slip:
    return slips.open_slip(sealed, IDENTITY, MAYA.pledge.verify, slip_id)


def test_a_slip_is_hers_alone_and_one_size() -> None:
    sealed = slips.seal_slip(SLIP, TO, MAYA.signing)
    assert opened(sealed) == SLIP
    told = replace(SLIP, receipts=dict.fromkeys(NAMES, "x" * 400), ended=True, stopped=True, version=9)
    assert len(slips.seal_slip(told, TO, MAYA.signing)) == len(sealed)
    with pytest.raises(SealingError):
        slips.open_slip(sealed, age.identity_from_seed(b"o" * 32), MAYA.pledge.verify, SLIP.id)
    with pytest.raises(FormatError):
        slips.seal_slip(replace(SLIP, about="x" * 70_000), TO, MAYA.signing)


@pytest.mark.parametrize(
    "change", [{"receipts": {"union": "x"}}, {"stopped": True}, {"ended": True}, {"counted": False}]
)
def test_whoever_has_not_her_key_writes_no_slip(change: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        opened(slips.seal_slip(replace(SLIP, **change), TO, OTHER.signing))
    unsigned = b"upstander/pledge-slip/v1\n" + canonical.encode({**SLIP.body(), **change}) + b"\n"
    with pytest.raises(FormatError):
        opened(age.seal(unsigned.ljust(slips.SIZES[0], b"\0"), [TO]))


def test_a_slip_counts_under_its_own_number_alone() -> None:
    with pytest.raises(FormatError):
        opened(slips.seal_slip(SLIP, TO, MAYA.signing), ids.new_id())


def test_what_she_signed_has_to_fit_together() -> None:
    for wrong, error in (
        (replace(SLIP, pledge=OTHER.pledge), errors.NotSignedError),
        (replace(SLIP, pledge=replace(MAYA.pledge, needs=3)), errors.OtherPledgeError),
        (replace(SLIP, shares={NAMES[0]: b64.encode(bytes(33))}), errors.ShareError),
        (replace(SLIP, shares={"nobody": SLIP.shares[NAMES[0]]}), errors.ShareError),
    ):
        with pytest.raises(error):
            opened(slips.seal_slip(wrong, TO, MAYA.signing))


@pytest.mark.parametrize("plain", [b"", b"x", b"\xff" * 40, b"upstander/pledge-slip/v2\n{}\n"])
def test_what_is_no_slip_is_refused(plain: bytes) -> None:
    for size in (*slips.SIZES, 1024):
        with pytest.raises(FormatError):
            opened(age.seal(plain.ljust(size, b"\0"), [TO]))


def test_her_acts_in_the_log_are_hers_to_find() -> None:
    log = slips.slip_log(b"s" * 32)
    labels = {
        label_and_salt(log, slips.slip_number(place, version))[0] for place in (1, 2) for version in (1, 2)
    }
    assert len(labels) == 4
    assert label_and_salt(b"s" * 32, slips.slip_number(1, 1))[0] not in labels


def test_statements_of_another_kind_are_no_slip() -> None:
    text = statements.sign("entry", SLIP.body(), MAYA.signing).encode()
    with pytest.raises(FormatError):
        opened(age.seal(text.ljust(slips.SIZES[0], b"\0"), [TO]))
