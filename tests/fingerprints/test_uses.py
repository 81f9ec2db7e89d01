"""Uses of fingerprints, what stands about them, and whether an authority is in the log: order, time, signature."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fingerprints import making
from tests.vectors import log_scene
from tests.vectors import scene as vectors
from upstander.fingerprints import bank, uses
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.given import OWN, read_given
from upstander.fingerprints.recorded import ALONE, read_record
from upstander.fingerprints.standing import FRESH, check_fresh, make_standing, newest, read_standing
from upstander.formats import canonical
from upstander.ledger.policy import parse_policy

A, B = "a" * 64, "b" * 64
TODAY = "2026-11-26"
PICTURE: dict[str, Any] = {
    "prints": [{"colour": "", "crop": 0, "hash": "5a" * 32, "quality": 90}],
    "sha256": "0" * 64,
}


def acts(*said: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"use": use, "authority": authority, "document": document} for use, authority, document in said]


def test_a_search_goes_in_its_order() -> None:
    done: list[tuple[str, str, str]] = []
    with pytest.raises(FingerprintError, match="Record the authority first"):
        uses.check_next([], "exported", A, B)
    for one in (
        ("authorised", A, A),
        ("exported", A, B),
        ("searched", A, "c" * 64),
        ("searched", A, "d" * 64),
    ):
        uses.check_next(acts(*done), *one)
        done.append(one)
    with pytest.raises(FingerprintError, match="a bank was made"):
        uses.check_next(acts(("authorised", B, B)), "searched", B, A)
    for again in done:
        with pytest.raises(FingerprintError, match="recorded before"):
            uses.check_next(acts(*done), *again)


@given(st.lists(st.sampled_from([*uses.BY_HANDLERS, uses.WITHDRAWN]), max_size=8))
def test_nothing_goes_out_after_a_stop_or_a_withdrawal(wanted: list[str]) -> None:
    done: list[tuple[str, str, str]] = []
    for number, use in enumerate(wanted):
        document = f"{number:064x}"
        one = (use, "", document if use in {"basis", "withdrawn"} else "")
        if use in {"authorised", "exported", "searched"}:
            one = (use, A, A if use == "authorised" else document)
        try:
            uses.check_next(acts(*done), *one)
        except FingerprintError:
            continue
        assert uses.state_of(acts(*done)) == "usable" or use not in {"basis", "authorised", "exported"}
        done.append(one)
    taken = [use for use, _, _ in done]
    assert taken.count("stopped") <= 1 >= taken.count("withdrawn")
    assert (uses.state_of(acts(*done)) == "usable") == (not {"stopped", "withdrawn"} & set(taken))


@pytest.mark.parametrize(
    ("use", "authority", "document"),
    [
        ("authorised", A, B),
        ("authorised", "", ""),
        ("stopped", A, ""),
        ("withdrawn", "", ""),
        ("basis", "", "x"),
        ("looked", A, A),
    ],
)
def test_a_use_names_exactly_its_documents(use: str, authority: str, document: str) -> None:
    with pytest.raises(FingerprintError):
        uses.check_next([], use, authority, document)


def test_a_standing_is_signed_fresh_and_the_stricter_one_counts() -> None:
    read = {
        state: read_standing(making.standing(TODAY, state=state), vectors.INSTALLATION_SIGN)
        for state in ("usable", "withdrawn", "stopped")
    }
    assert check_fresh(newest([read["usable"]]), [making.CASE], TODAY) == []
    for order in ([read["usable"], read["withdrawn"]], [read["withdrawn"], read["usable"]]):
        assert check_fresh(newest(order), [making.CASE], TODAY) == [making.CASE]
    old = read_standing(making.standing("2026-01-01", state="stopped"), vectors.INSTALLATION_SIGN)
    assert check_fresh(newest([old, read["usable"]]), [making.CASE], TODAY) == [making.CASE]
    with pytest.raises(FingerprintError, match="not a standing"):
        read_standing(making.standing(TODAY).replace("usable", "stopped"), vectors.INSTALLATION_SIGN)
    with pytest.raises(FingerprintError, match="not a standing"):
        read_standing(
            make_standing(making.CASE, TODAY, "usable", making.SHEET_KEY), vectors.INSTALLATION_SIGN
        )
    with pytest.raises(FingerprintError, match="Nothing says"):
        check_fresh(newest([read["usable"]]), [making.CASE, making.OTHER_CASE], TODAY)


def test_a_standing_holds_for_a_week_and_a_refusal_for_ever() -> None:
    def on(days: int, state: str) -> object:
        day = (datetime.date.fromisoformat(TODAY) - datetime.timedelta(days=days)).isoformat()
        found = newest([read_standing(making.standing(day, state=state), vectors.INSTALLATION_SIGN)])
        return check_fresh(found, [making.CASE], TODAY)

    assert on(FRESH, "usable") == []
    for days in (FRESH + 1, -2):
        with pytest.raises(FingerprintError, match="new standing"):
            on(days, "usable")
    assert on(400, "withdrawn") == [making.CASE]


def test_a_proof_shows_the_authority_in_the_log_and_no_other() -> None:
    authority = making.authority()
    policy = parse_policy(log_scene.POLICY)
    found = read_record([making.proof(authority)], authority, policy, vectors.INSTALLATION_SIGN)
    assert found.proven
    assert "entry 5 of 6" in found.words[0]
    assert "w1" in found.words[0]
    assert ALONE in read_record([making.proof(authority)], authority).words
    waiting = read_record([making.proof(authority, placed=False)], authority)
    assert (waiting.proven, "by 2026-11-25" in waiting.words[0]) == (False, True)
    wider = making.authority(devices='["Force phone 4711", "His own phone"]')
    for files, words in (
        ([], "Nothing shows"),
        ([making.proof(wider)], "another authority"),
        ([making.proof(authority, making.OTHER_CASE)], "does not name"),
        ([making.proof(authority, use="exported")], "something else"),
        ([log_scene.receipt()], "something else"),
        ([b"x"], "does not hold"),
        ([making.proof(authority).replace(b"restricted", b"received")], "does not hold"),
    ):
        with pytest.raises(FingerprintError, match=words):
            read_record(files, authority, policy)


def test_every_case_of_an_authority_needs_its_own_proof() -> None:
    authority = making.authority(cases=f'["{making.CASE}", "{making.OTHER_CASE}"]')
    with pytest.raises(FingerprintError, match=making.OTHER_CASE):
        read_record([making.proof(authority)], authority)
    both = [making.proof(authority, case) for case in authority.cases]
    assert len(read_record(both, authority).words) == 3


def given_file(kind: str, by: str = "", why: str = "") -> bytes:
    return canonical.encode(
        {
            "basis": {"by": by, "kind": kind, "why": why},
            "case": making.CASE,
            "fingerprints": [PICTURE],
            "format": "upstander/prints/v1",
            "standing": "",
        }
    )


def test_somebody_elses_picture_needs_consent_or_a_deciders_reason() -> None:
    assert read_given(given_file("own")).basis.kind == "own"
    assert read_given(given_file("reason", "Supt Rowan", "Section 7")).basis.by == "Supt Rowan"
    for wrong in (("consent", "", ""), ("reason", "Supt Rowan", "  "), ("reason", "", "Section 7")):
        with pytest.raises(FingerprintError, match="go nowhere"):
            read_given(given_file(*wrong))
    with pytest.raises(FingerprintError, match="not a file of fingerprints"):
        read_given(given_file("somebody"))


@pytest.mark.parametrize("question", OWN)
@pytest.mark.parametrize("value", ["no", "not-sure", None])
def test_an_opened_report_must_say_that_it_is_her_own(question: str, value: str | None) -> None:
    answers = (
        {**OWN, question: value} if value else {one: said for one, said in OWN.items() if one != question}
    )
    with pytest.raises(FingerprintError, match="go nowhere"):
        read_given(making.opened_report([PICTURE], answers=answers))
    assert read_given(making.opened_report([PICTURE])).pictures[0].case == making.CASE


@given(
    st.sampled_from(["basis", "case", "fingerprints", "format", "standing"]),
    st.none() | st.text(max_size=9) | st.lists(st.integers(), max_size=2),
    st.binary(max_size=80),
)
def test_a_file_with_anything_in_it_is_read_or_refused(key: str, value: object, raw: bytes) -> None:
    spoilt = json.dumps({**json.loads(given_file("own")), key: value}, separators=(",", ":"), sort_keys=True)
    for data in (spoilt.encode(), raw, b'{"body":' + raw):
        try:
            found = read_given(data)
        except FingerprintError:
            continue
        assert found.case == making.CASE


def test_a_bank_loses_what_was_taken_back_and_keeps_its_numbers() -> None:
    mine, theirs = (
        bank.Picture(case, "0" * 64, (bank.BankPrint(b"\x5a" * 32, 90, 0, b""),))
        for case in (making.CASE, making.OTHER_CASE)
    )
    left = bank.without(bank.Bank("0" * 64, (mine, theirs)), [making.CASE])
    assert [one.prints for one in left.pictures] == [(), theirs.prints]
    assert left.pictures[0].sha256 == ""
    with pytest.raises(FingerprintError, match="Destroy"):
        bank.without(left, [making.OTHER_CASE])
