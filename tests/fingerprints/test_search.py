"""Both searches against counting every bit of every hash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.fingerprints import search
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import distance
from upstander.fingerprints.search import MultiIndex, PrefixScan


def bank(seed: int, size: int) -> list[bytes]:
    random = np.random.default_rng(seed)
    return [random.bytes(32) for _ in range(size)]


def flipped(one: bytes, bits: set[int]) -> bytes:
    return (int.from_bytes(one) ^ sum(1 << bit for bit in bits)).to_bytes(32)


def by_counting(hashes: list[bytes], wanted: bytes, threshold: int) -> list[tuple[int, int]]:
    near = [(distance(one, wanted), row) for row, one in enumerate(hashes)]
    return [(row, apart) for apart, row in sorted(near) if apart <= threshold]


near_queries = st.tuples(
    st.integers(0, 2**32 - 1),
    st.integers(0, 60),
    st.sets(st.integers(0, 255), max_size=40),
    st.integers(0, 256),
)


@given(near_queries)
def test_the_scan_finds_what_counting_finds(case: tuple[int, int, set[int], int]) -> None:
    seed, size, bits, threshold = case
    hashes = bank(seed, size)
    hashes += hashes[:3]  # the same hash twice
    wanted = flipped(hashes[0] if hashes else bytes(32), bits)
    assert PrefixScan(search.stacked(hashes)).within(wanted, threshold) == by_counting(
        hashes, wanted, threshold
    )


@given(near_queries)
def test_the_index_finds_what_counting_finds(case: tuple[int, int, set[int], int]) -> None:
    seed, size, bits, threshold = case
    hashes = bank(seed, size)
    hashes += hashes[:3]
    wanted = flipped(hashes[0] if hashes else bytes(32), bits)
    found = MultiIndex(search.stacked(hashes)).within(wanted, threshold % 32)
    assert found == by_counting(hashes, wanted, threshold % 32)


def test_the_worst_case_of_the_index_is_found() -> None:
    """31 flips spread so that fifteen slots differ in two bits and one in a single bit."""
    hashes = bank(7, 3_000)
    spread = {16 * slot + bit for slot in range(16) for bit in (3, 11)} - {3}
    wanted = flipped(hashes[1234], spread)
    assert len(spread) == 31
    assert MultiIndex(search.stacked(hashes)).within(wanted, 31) == [(1234, 31)]


def test_more_than_a_block_is_searched_to_the_end() -> None:
    random = np.random.default_rng(3)
    rows = np.frombuffer(random.bytes(32 * 140_000), np.uint8).reshape(-1, 32)
    for planted in (0, 65_535, 65_536, 139_999):
        wanted = flipped(rows[planted].tobytes(), {0, 100, 200, 255})
        assert PrefixScan(rows).within(wanted, 40) == [(planted, 4)]


@pytest.mark.parametrize("threshold", [-1, 257])
def test_thresholds_that_make_no_sense_are_refused(threshold: int) -> None:
    with pytest.raises(FingerprintError):
        search.search_of(bank(1, 3)).within(bytes(32), threshold)


def test_the_index_refuses_what_it_could_miss() -> None:
    with pytest.raises(FingerprintError, match="exact to 31"):
        MultiIndex(search.stacked(bank(1, 3))).within(bytes(32), 32)


def test_a_hash_has_32_bytes() -> None:
    with pytest.raises(FingerprintError, match="32 bytes"):
        search.search_of([bytes(31)])
    with pytest.raises(FingerprintError, match="32 bytes"):
        search.search_of([bytes(32)]).within(bytes(33), 3)
