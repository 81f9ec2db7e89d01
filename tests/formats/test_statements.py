"""Statements: what is signed is read in one form only."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.formats import b64, statements
from upstander.formats.errors import FormatError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGN = statements.public_of(KEY)
BODY = {"case": "x", "day": "2026-11-23"}
TEXT = statements.sign("withdraw", BODY, KEY)


def test_a_statement_has_three_lines():
    lines = TEXT.split("\n")
    assert lines[0] == "upstander/withdraw/v1"
    assert lines[1] == '{"case":"x","day":"2026-11-23"}'
    assert len(lines[2]) == 86
    assert lines[3:] == [""]


def test_it_is_verified_and_peeked_at():
    assert statements.verify(TEXT, "withdraw", SIGN) == BODY
    assert statements.peek(TEXT, "withdraw") == BODY


def test_another_key_is_refused():
    other = statements.public_of(Ed25519PrivateKey.generate())
    with pytest.raises(FormatError):
        statements.verify(TEXT, "withdraw", other)
    for nonsense in ("", "AA", SIGN + "A", "A" * 43):
        with pytest.raises(FormatError):
            statements.verify(TEXT, "withdraw", nonsense)


@settings(max_examples=300)
@given(st.integers(0, len(TEXT) - 1), st.characters(max_codepoint=255))
def test_no_character_can_change(place, character):
    changed = TEXT[:place] + character + TEXT[place + 1 :]
    if changed == TEXT:
        return
    with pytest.raises(FormatError):
        statements.verify(changed, "withdraw", SIGN)


def test_a_signature_for_one_kind_is_none_for_another():
    with pytest.raises(FormatError):
        statements.verify(TEXT.replace("withdraw", "login", 1), "login", SIGN)


@pytest.mark.parametrize("kind", ["nothing", "report", "words", "pack", ""])
def test_only_statements_are_signed(kind):
    with pytest.raises(FormatError):
        statements.sign(kind, {}, KEY)
    with pytest.raises(FormatError):
        statements.peek(TEXT, kind)


def test_half_a_character_is_refused():
    with pytest.raises(FormatError):
        statements.verify(TEXT.replace("x", "\ud800", 1), "withdraw", SIGN)


@pytest.mark.parametrize("point", ["01" + "00" * 31, "00" * 32, "ec" + "ff" * 30 + "7f"])
def test_a_key_under_which_anything_can_be_signed_is_refused(point):
    """Points of small order (RFC 8032, section 5.1.7, leaves them to the reader): R = A, S = 0 fits many texts."""
    key = bytes.fromhex(point)
    head, body, _, _ = TEXT.split("\n")
    forged = f"{head}\n{body}\n{b64.encode(key + bytes(32))}\n"
    with pytest.raises(FormatError):
        statements.verify(forged, "withdraw", b64.encode(key))
