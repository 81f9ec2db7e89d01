"""Sealed parts are read fast, and exactly as the formats say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.formats import b64
from upstander.server.cases.inputs import _bytes_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ALMOST = st.text(st.sampled_from(LETTERS + "=+/ \n\0é\ud800"), max_size=12)


def read(reader: object, text: str) -> bytes | str:
    try:
        return reader(text)  # type: ignore[operator]
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


@settings(max_examples=200)
@given(st.one_of(ALMOST, st.text(st.sampled_from(LETTERS), max_size=12), st.text(max_size=12)))
def test_as_b64_reads_it(text: str) -> None:
    assert read(_bytes_of, text) == read(b64.decode, text)


@settings(max_examples=100)
@given(st.binary(max_size=6000))
def test_what_was_written_is_read(data: bytes) -> None:
    text = b64.encode(data)
    assert _bytes_of(text) == data
    for tail in ("=", "+", "/", "A="):
        assert read(_bytes_of, text + tail) == read(b64.decode, text + tail)


def test_every_last_letter() -> None:
    for before in ("", "A", "AA", "AAA", "AAAA"):
        for last in LETTERS:
            assert read(_bytes_of, before + last) == read(b64.decode, before + last)


def test_only_text() -> None:
    for value in (b"AAAA", 1, None, ["AAAA"]):
        with pytest.raises(ValueError, match="Expected base64url text"):
            _bytes_of(value)
