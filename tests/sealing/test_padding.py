"""Sizes that say little."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.formats.errors import FormatError
from upstander.sealing.padding import BUCKETS, bucket, pad, padme, unpad


@given(st.binary(max_size=20_000).map(lambda data: data.replace(b"\0", b"x")))
def test_padding_comes_off(data):
    padded = pad(data)
    assert len(padded) in BUCKETS
    assert unpad(padded) == data


def test_buckets():
    assert [bucket(n) for n in (0, 4096, 4097, 4 * 1024 * 1024)] == [4096, 4096, 16384, 4 * 1024 * 1024]
    with pytest.raises(FormatError):
        bucket(4 * 1024 * 1024 + 1)


def test_other_padding_is_refused():
    for wrong in (
        b"",
        b"x",
        b"x" + bytes(4096),
        b"x\0y".ljust(4096, b"\0"),
        bytes(4096) + b"x",
        bytes(16384),
    ):
        with pytest.raises(FormatError):
            unpad(wrong)


@given(st.integers(4097, 2**45))
def test_padme_is_the_published_function(length):
    # Written out with logarithms, as in the paper; exact here because a float's exponent is.
    exponent = math.frexp(length)[1] - 1
    kept = math.floor(math.log2(exponent)) + 1
    step = 2 ** (exponent - kept)
    padded = padme(length)
    assert padded == math.ceil(length / step) * step
    assert length <= padded <= length * 1.12
    assert padme(padded) == padded


def test_small_files_look_alike():
    assert {padme(n) for n in (0, 1, 100, 4096)} == {4096}
