"""Both searches against counting every bit of every hash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.fingerprints import search
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.multiindex import EXACT, Chunk, MultiIndex, plan
from upstander.fingerprints.pdq import distance
from upstander.fingerprints.search import PrefixScan


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


PLANS = [plan(1), plan(1_000), plan(100_000), plan(1_000_000)]


@given(near_queries, st.sampled_from(PLANS[:3]))
def test_every_plan_finds_what_counting_finds(
    case: tuple[int, int, set[int], int], chunks: tuple[Chunk, ...]
) -> None:
    seed, size, bits, threshold = case
    hashes = [*bank(seed, size), flipped(bank(seed, 1)[0], bits)]
    wanted = flipped(hashes[-1], set(range(threshold % 8)))
    found = MultiIndex(search.stacked(hashes), chunks).within(wanted, threshold % 32)
    assert found == by_counting(hashes, wanted, threshold % 32)


@pytest.mark.parametrize("size", [0, 1, 10, 1_000, 30_000, 1_000_000, 10_000_000, 100_000_000])
def test_a_plan_covers_every_bit_once_and_misses_nothing_by_the_pigeonhole(size: int) -> None:
    chunks = plan(size)
    covered = [bit for one in chunks for bit in range(one.start, one.start + one.length)]
    assert covered == list(range(256))
    assert sum(one.radius + 1 for one in chunks) > EXACT


@pytest.mark.parametrize("chunks", PLANS, ids=len)
def test_the_worst_cases_of_a_plan_are_found(chunks: tuple[Chunk, ...]) -> None:
    """Every chunk but one is one bit too far off, so that only that one leads there: 31 bits in all."""
    hashes = bank(7, 300)
    index = MultiIndex(search.stacked(hashes), chunks)
    random = np.random.default_rng(1)
    for leading in range(len(chunks)):
        bits = {
            chunk.start + int(bit)
            for number, chunk in enumerate(chunks)
            for bit in random.choice(chunk.length, chunk.radius + (number != leading), replace=False)
        }
        assert len(bits) == EXACT
        # bits of a chunk are counted in the words that NumPy reads: byte by byte, lowest bit first
        flips = {8 * (31 - bit // 8) + bit % 8 for bit in bits}
        assert index.within(flipped(hashes[123], flips), EXACT) == [(123, EXACT)]


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
    with pytest.raises(FingerprintError, match="exact from 0 to 31"):
        MultiIndex(search.stacked(bank(1, 3))).within(bytes(32), 32)


def test_a_hash_has_32_bytes() -> None:
    with pytest.raises(FingerprintError, match="32 bytes"):
        search.search_of([bytes(31)])
    with pytest.raises(FingerprintError, match="32 bytes"):
        search.search_of([bytes(32)]).within(bytes(33), 3)
