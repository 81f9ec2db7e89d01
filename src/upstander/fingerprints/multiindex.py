"""Exact search of millions of hashes by multi-index hashing, with chunks as long as the bank allows.

The 256 bits are cut into chunks, and chunk i is looked up with every change of up to r_i of its bits. Of two
hashes at most t bits apart, some chunk differs in r_i bits or fewer as soon as the r_i + 1 add up to more
than t: were every chunk further off, the distance would be at least that sum (the pigeonhole argument of
Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with multi-index hashing", 2014).
Nothing is missed.

Long chunks hold few hashes a value and cost more look-ups; a plan weighs one against the other for the size
of the bank. For ten million hashes: ten chunks of 23 and 24 bits with two changes and one of 20 with
one, 3,000 look-ups and 2,600 candidates, where sixteen chunks of 16 bits with one change have 272 and 41,500.

It lives in memory and is never written to a disk: a bank is in the clear here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.search import Found, nearest, query_of, words_of

EXACT: Final = 31  # bits: the widest threshold of the index
MOST: Final = 100_000_000  # hashes: places in the tables are 32-bit numbers

_BITS, _WORD = 256, 64
_LONGEST = 24  # bits of a chunk: a table of 64 MiB
_LOOKUP, _CANDIDATE = 1.0, 1.5  # what each costs, roughly: reads of memory


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bits `start` to `start + length` of a hash, looked up with up to `radius` of them changed."""

    start: int
    length: int
    radius: int


@lru_cache(maxsize=16)
def plan(size: int) -> tuple[Chunk, ...]:
    """The chunks for a bank of so many hashes: those with the least cost, and exact to EXACT bits."""
    best = min(_plans(), key=lambda one: _cost(one, max(size, 1)))
    chunks, start = [], 0
    for length, radius in best:
        chunks.append(Chunk(start, length, radius))
        start += length
    return tuple(chunks)


def _plans() -> Iterator[tuple[tuple[int, int], ...]]:
    """Lengths and radii whose radii, each plus one, add up to one more than EXACT."""
    for count in range(-(-_BITS // _LONGEST), EXACT + 2):
        base, more = divmod(EXACT + 1, count)
        if base < 1:
            continue
        for apart in range(9):  # bits that chunks with one more change are longer
            short, left = divmod(_BITS - apart * more, count)
            lengths = [short + (apart if number < more else 0) for number in range(count)]
            for number in range(left):
                lengths[number] += 1
            if min(lengths) > base and max(lengths) <= _LONGEST:
                radii = [base - 1 + (number < more) for number in range(count)]
                yield tuple(zip(lengths, radii, strict=True))


def _cost(chunks: tuple[tuple[int, int], ...], size: int) -> float:
    lookups = [sum(comb(length, changed) for changed in range(radius + 1)) for length, radius in chunks]
    candidates = sum(size * number / (1 << length) for number, (length, _) in zip(lookups, chunks, strict=True))
    tables = sum(1 << length for length, _ in chunks) / 200_000  # a small bank needs no large tables
    return _LOOKUP * sum(lookups) + _CANDIDATE * candidates + tables


class MultiIndex:
    """The index. About 130 bytes a hash for ten million; a second a million to build."""

    def __init__(self, hashes: NDArray[np.uint8], chunks: tuple[Chunk, ...] = ()) -> None:
        if len(hashes) > MOST:
            raise FingerprintError(f"The index holds at most {MOST:,} hashes.")
        words = words_of(hashes)
        self._chunks = chunks or plan(len(words))
        # Halves as one 16-byte item each: a candidate costs one read of memory, and half of that is enough.
        self._first, self._second = (
            np.ascontiguousarray(words[:, half : half + 2]).view(np.complex128).ravel() for half in (0, 2)
        )
        self._rows = np.empty(len(self._chunks) * len(words), np.uint32)
        self._starts = np.empty(sum((1 << one.length) + 1 for one in self._chunks), np.uint32)
        changes, owners, offsets, at = [], [], [], 0
        for number, chunk in enumerate(self._chunks):
            keys = _keys(words, chunk)
            row, values = number * len(words), 1 << chunk.length
            self._rows[row : row + len(words)] = np.argsort(keys)
            counts = np.bincount(keys, minlength=values)
            self._starts[at] = row
            np.cumsum(counts, out=counts)
            self._starts[at + 1 : at + 1 + values] = counts + row
            masks = _changes(chunk)
            changes.append(masks)
            owners.append(np.full(len(masks), number, np.intp))
            offsets.append(np.full(len(masks), at, np.intp))
            at += values + 1
        self._changes, self._owners, self._offsets = map(np.concatenate, (changes, owners, offsets))

    def within(self, wanted: bytes, threshold: int) -> Found:
        """Rows at most `threshold` bits from a hash, nearest first; for thresholds to 31.

        Raises FingerprintError above: it could miss some.
        """
        query = query_of(wanted)
        if not 0 <= threshold <= EXACT:
            raise FingerprintError(f"The index is exact from 0 to {EXACT} bits. Use the scan above that.")
        values = np.array([_keys(query[None], one)[0] for one in self._chunks], np.intp)
        places = (values[self._owners] ^ self._changes) + self._offsets
        starts = self._starts[places].astype(np.intp)
        counts = self._starts[places + 1] - starts
        ends = np.cumsum(counts)
        if not ends[-1]:
            return []
        left = self._rows[np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts)]
        apart = np.bitwise_count(self._first.take(left).view(np.uint64).reshape(-1, 2) ^ query[:2])
        rows = np.unique(left[apart[:, 0] + apart[:, 1] <= threshold]).astype(np.intp)
        halves = [half.take(rows).view(np.uint64).reshape(-1, 2) for half in (self._first, self._second)]
        return nearest(rows, np.concatenate(halves, axis=1), query, threshold)


def _keys(words: NDArray[np.uint64], chunk: Chunk) -> NDArray[np.uint32]:
    """The chunk's value in each hash: bits of its four 64-bit words, lowest first."""
    word, shift = divmod(chunk.start, _WORD)
    found = words[:, word] >> np.uint64(shift)
    if shift + chunk.length > _WORD:
        found = found | (words[:, word + 1] << np.uint64(_WORD - shift))
    keys: NDArray[np.uint32] = (found & np.uint64((1 << chunk.length) - 1)).astype(np.uint32)
    return keys


def _changes(chunk: Chunk) -> NDArray[np.intp]:
    """Every mask of at most `radius` bits."""
    masks = [
        sum(1 << bit for bit in bits)
        for changed in range(chunk.radius + 1)
        for bits in combinations(range(chunk.length), changed)
    ]
    return np.array(masks, np.intp)
