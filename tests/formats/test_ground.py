"""b64, base32, ids, hashes, days: small forms, strictly read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.formats import b64, base32, days, hashes, ids, shape
from upstander.formats.errors import FormatError


@given(st.binary(max_size=60))
def test_bytes_come_back(data):
    assert b64.decode(b64.encode(data)) == data
    assert base32.decode(base32.encode(data)) == data


@pytest.mark.parametrize("text", ["A", "AB", "AA=", "AA==", "+/8", " AA", "AA\n", "é", "AAAAA"])
def test_loose_b64_is_refused(text):
    with pytest.raises(FormatError):
        b64.decode(text)


@pytest.mark.parametrize("text", ["a", "ab", "AA", "a1", "aa=", "aaa", "aa\n"])
def test_loose_base32_is_refused(text):
    with pytest.raises(FormatError):
        base32.decode(text)


def test_a_length_is_held():
    assert b64.decode("AAAA", 3) == bytes(3)
    for decode in (b64.decode, base32.decode):
        with pytest.raises(FormatError):
            decode("aaaa" if decode is base32.decode else "AAAA", 4)


def test_ids_are_random_and_checked():
    made = {ids.new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(ids.check_id(one) == one for one in made)


@pytest.mark.parametrize("text", ["", "a" * 25, "a" * 27, "A" * 26, "a" * 25 + "b", "a" * 26 + "\n", None, 7])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(FormatError):
        ids.check_id(text)


def test_a_fingerprint_is_an_id_and_fixed():
    # Worked out by hand with sha256sum and base32: printf 'upstander/fingerprint/v1\nage1pq1x' | sha256sum
    assert ids.fingerprint("age1pq1x") == "fefaqkfoclorvhij7dbogfncpe"
    assert ids.check_id(ids.fingerprint("x"))
    assert ids.key_id("s", "t") == ids.fingerprint("s\nt") != ids.key_id("t", "s")


def test_hashes():
    assert hashes.hash_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hashes.check_hash(hashes.hash_of(b"")) == hashes.sha256(b"").hex()
    for wrong in ("", "A" * 64, "a" * 63, "a" * 64 + "\n", None):
        with pytest.raises(FormatError):
            hashes.check_hash(wrong)


def test_hkdf_agrees_with_rfc_5869_case_3():
    made = hashes.hkdf(b"\x0b" * 22, "", 42).hex()
    assert made.startswith("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-1-1", "20260101", "0000-01-01", "2026-01-01 ", None, "2026-W01-1"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(FormatError):
        days.parse(text)


def test_days():
    assert days.parse("2024-02-29") == date(2024, 2, 29)
    assert abs((days.today("Pacific/Kiritimati") - days.today("Etc/GMT+12")).days) in (1, 2)


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (lambda value: shape.exactly(value, "a"), {"a": 1, "b": 2}),
        (lambda value: shape.exactly(value, "a"), {}),
        (lambda value: shape.exactly(value, "a"), []),
        (shape.items, {}),
        (shape.text, 1),
        (shape.flag, 1),
        (shape.count, True),
        (shape.count, -1),
        (shape.count, "1"),
        (shape.day, "2026-13-01"),
        (lambda value: shape.one_of(value, ("a", "b")), "c"),
        (lambda value: shape.one_of(value, ("a", "b")), ["a"]),
        (shape.sorted_texts, ["b", "a"]),
        (shape.sorted_texts, ["a", "a"]),
        (shape.sorted_texts, [1]),
    ],
)
def test_a_field_of_another_kind_is_refused(read, wrong):
    with pytest.raises(FormatError):
        read(wrong)


@given(st.binary(max_size=64))
def test_base32_is_the_standards(data):
    import base64

    assert base32.encode(data) == base64.b32encode(data).decode().rstrip("=").lower()
