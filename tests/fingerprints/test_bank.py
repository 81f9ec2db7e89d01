"""Authority and bank: what has to be written, who has to agree, what is left out, and readers that cannot be broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fingerprints import making
from tests.fingerprints.pictures import scene
from tests.vectors import make_py
from tests.vectors import scene as vectors
from upstander.cli.open_ import readable
from upstander.fingerprints import authority as authorities
from upstander.fingerprints import bank
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.given import OWN
from upstander.formats import b64, canonical
from upstander.sealing import age
from upstander.sealing.cards import read_card
from upstander.sealing.errors import SealingError
from upstander.sealing.report import NewCase, build_submission


@pytest.fixture(scope="module")
def pictures() -> list[bank.Picture]:
    return making.pictures_of(making.opened_report([making.fingerprints(scene(1))]))


def test_two_approvers_open_it_and_one_does_not(pictures: list[bank.Picture]) -> None:
    made = bank.export(pictures, making.authority(), making.DAY)
    typed = making.slips(made)
    for pair in ((0, 1), (1, 2), (2, 0)):
        opened = bank.open_bank(made.sealed, making.authority(), [typed[i] for i in pair])
        assert opened.pictures == tuple(pictures)
    for few in ([], typed[:1], [typed[0], typed[0]]):
        with pytest.raises(FingerprintError, match="shares of 2 approvers"):
            bank.open_bank(made.sealed, making.authority(), few)


def test_a_report_as_it_is_sealed_and_opened_again_gives_its_fingerprints() -> None:
    listed = making.fingerprints(scene(1))
    body = build_submission(
        card=read_card(make_py.card_text(), vectors.INSTALLATION_SIGN),
        channels=[vectors.CHANNEL],
        answers=[{"id": one, "value": value} for one, value in OWN.items()],
        receipt=vectors.RECEIPT,
        day=making.DAY,
        fingerprints=[listed],
        case=NewCase(making.CASE, making.APPROVERS["Ada"], making.APPROVERS["Ben"]),
    )
    opened = readable(age.open_(b64.decode(body["envelopes"][0]["sealed"]), [making.APPROVERS["Ada"]]))
    (picture,) = making.pictures_of(opened)
    assert picture.case == making.CASE
    assert [one.hash.hex() for one in picture.prints] == [one["hash"] for one in listed["prints"]]  # type: ignore[attr-defined]


def test_a_share_opens_only_for_its_approver(pictures: list[bank.Picture]) -> None:
    made = bank.export(pictures, making.authority(), making.DAY)
    with pytest.raises(SealingError):
        age.open_(made.shares[0], [making.APPROVERS["Ben"]])
    slip = json.loads(age.open_(made.shares[0], [making.APPROVERS["Ada"]]))
    assert (slip["approver"], slip["authority"]) == ("Ada", making.authority().sha256)


def test_shares_of_another_bank_do_not_open_it(pictures: list[bank.Picture]) -> None:
    one, other = (bank.export(pictures, making.authority(), making.DAY) for _ in range(2))
    mixed = [making.slips(one)[0], making.slips(other)[1]]
    with pytest.raises(FingerprintError, match="do not open this bank"):
        bank.open_bank(one.sealed, making.authority(), mixed)


def test_the_authority_cannot_be_changed_after_it_was_approved(pictures: list[bank.Picture]) -> None:
    made = bank.export(pictures, making.authority(), making.DAY)
    wider = making.authority(devices='["Force phone 4711", "His own phone"]')
    with pytest.raises(FingerprintError, match="another authority"):
        bank.open_bank(made.sealed, wider, making.slips(made)[:2])


def test_nothing_of_a_hash_is_in_the_sealed_files(pictures: list[bank.Picture]) -> None:
    made = bank.export(pictures, making.authority(), making.DAY)
    for one in pictures[0].prints:
        assert all(
            one.hash not in data and one.hash.hex().encode() not in data
            for data in (made.sealed, *made.shares)
        )
    assert pictures[0].prints[0].hash.hex() not in repr(pictures[0])


def test_cases_the_authority_does_not_name_stay_out(pictures: list[bank.Picture]) -> None:
    stranger = bank.Picture(making.OTHER_CASE, pictures[0].sha256, pictures[0].prints)
    made = bank.export([*pictures, stranger], making.authority(), making.DAY)
    assert made.pictures == 1
    assert "does not name" in made.dropped[0]
    with pytest.raises(FingerprintError, match="No fingerprint is left"):
        bank.export([stranger], making.authority(), making.DAY)


def test_fingerprints_that_would_hit_too_much_are_dropped_and_said(pictures: list[bank.Picture]) -> None:
    plain = bank.BankPrint(bytes(31) + b"\x0f", 100, 4, b"")
    low = bank.BankPrint(pictures[0].prints[0].hash, 49, 8, b"")
    mixed = bank.Picture(making.CASE, pictures[0].sha256, (pictures[0].prints[0], plain, low))
    made = bank.export([mixed], making.authority(), making.DAY)
    assert "2 fingerprints" in made.dropped[0]
    opened = bank.open_bank(made.sealed, making.authority(), making.slips(made)[:2])
    assert opened.pictures[0].prints == (pictures[0].prints[0],)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"legal_basis": ""}, "does not say: legal_basis"),
        ({"legal_basis": '"  "'}, "words for: legal_basis"),
        ({"collateral_intrusion": "3"}, "words for: collateral_intrusion"),
        ({"devices": "[]"}, "one or more"),
        ({"devices": '["a", "a"]'}, "each once"),
        ({"cases": '["no case"]'}, "wrong at cases"),
        ({"until": "2026-13-01"}, "not TOML"),
        ({"until": '"soon"'}, "wrong at until"),
        ({"until": "2020-01-01"}, "ends before it begins"),
        ({"operator": '"ada"'}, "cannot approve it"),
        ({"extra": "1"}, "no place in it"),
        ({"sign": ""}, "does not say: sign"),
        ({"sign": '"short"'}, "not a public key"),
        ({"job": "1 1"}, "not TOML"),
    ],
)
def test_an_authority_that_lacks_something_says_what(changes: dict[str, str], words: str) -> None:
    with pytest.raises(FingerprintError, match=words):
        making.authority(**changes)


def test_one_approver_twice_is_one_approver() -> None:
    one = {"name": "Ada", "recipient": age.recipient_of(making.APPROVERS["Ada"])}
    value = {**canonical.decode_object(making.authority().text), "approvers": [one, {**one, "name": "Ben"}]}
    with pytest.raises(FingerprintError, match="two or more approvers"):
        authorities.from_json(canonical.encode(value))


def test_device_and_day_are_held_to() -> None:
    made = making.authority(until="2026-11-30")
    made.check("2026-11-30", making.DEVICE)
    for day, device in (
        ("2026-10-31", making.DEVICE),
        ("2026-12-01", making.DEVICE),
        ("2026-11-15", "Other"),
    ):
        with pytest.raises(FingerprintError):
            made.check(day, device)


def test_an_authority_is_the_same_from_toml_and_from_json() -> None:
    made = making.authority()
    assert authorities.from_json(made.text) == made


@given(st.text(max_size=200))
def test_any_text_is_an_authority_or_refused(text: str) -> None:
    for read in (authorities.from_toml, lambda text: authorities.from_json(text.encode("utf-8", "replace"))):
        with pytest.raises(FingerprintError):
            read(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.sampled_from(["case", "body", "format", "fingerprints", "prints", "sha256"]),
    json_values,
    st.integers(0, 400),
)
def test_a_report_with_anything_in_it_is_read_or_refused(key: str, value: object, cut: int) -> None:
    report = json.loads(making.opened_report([PICTURE]))
    for place in (report, report["body"], report["body"]["fingerprints"][0]):
        if key in place:
            place[key] = value
    data = json.dumps(report).encode()
    for one in (data, data[:cut]):
        try:
            found = making.pictures_of(one)
        except FingerprintError:
            continue
        assert all(isinstance(picture, bank.Picture) for picture in found)


@given(st.sampled_from(["authority", "day", "format", "pictures"]), json_values, st.binary(max_size=60))
def test_a_bank_with_anything_in_it_is_read_or_refused(key: str, value: object, raw: bytes) -> None:
    body = {"authority": "0" * 64, "day": making.DAY, "format": "upstander/bank/v1", "pictures": [PICTURE]}
    spoilt = json.dumps({**body, key: value}, separators=(",", ":"), sort_keys=True).encode()
    for one in (spoilt, raw):
        with pytest.raises(FingerprintError):
            bank.read_bank(one)


PICTURE: dict[str, object] = {
    "prints": [{"colour": "", "crop": 0, "hash": "5a" * 32, "quality": 90}],
    "sha256": "0" * 64,
}
