"""Exact search: every hash of a bank within some distance of a hash, never an approximation.

`PrefixScan` reads the first 128 bits of every hash, in blocks that stay in the cache, and the rest only of
those that could still be near (a partial distance is a lower bound). Any threshold. `MultiIndex` holds
sixteen tables of 16 bits each: of two hashes at most 31 apart, at least one sixteenth differs in at most one
bit, since sixteen times two would be 32 (Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with
multi-index hashing", 2014). Above 31 that no longer holds and it refuses.
"""

from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import HASH

Found: TypeAlias = list[tuple[int, int]]  # row of the bank, distance in bits; nearest first

EXACT: Final = 31  # bits: the widest threshold of the index
WORTHWHILE: Final = 200_000  # hashes, from which building the index pays

_BLOCK = 1 << 16
_SLOTS, _KEYS = 16, 1 << 16
_NEIGHBOURS = np.concatenate(([0], 1 << np.arange(16))).astype(np.uint16)


class Search(Protocol):
    """What both can do."""

    def within(self, wanted: bytes, threshold: int) -> Found:
        """Rows at most `threshold` bits (0 to 256) from a hash."""


class PrefixScan:
    """Reads through the whole bank at every question; nothing to build, nothing to go stale."""

    def __init__(self, hashes: NDArray[np.uint8]) -> None:
        self._columns = [np.ascontiguousarray(column) for column in _words(hashes).T]

    def within(self, wanted: bytes, threshold: int) -> Found:
        """As `Search.within`."""
        query, most = _query(wanted), _threshold(threshold)
        first, second, third, fourth = self._columns
        rows: list[NDArray[np.intp]] = []
        for start in range(0, len(first), _BLOCK):
            block = slice(start, start + _BLOCK)
            near = np.bitwise_count(first[block] ^ query[0]) + np.bitwise_count(second[block] ^ query[1])
            rows.append(np.flatnonzero(near <= most) + start)
        if not rows:
            return []
        left = np.concatenate(rows)
        parts = np.stack([column[left] for column in (first, second, third, fourth)], axis=1)
        return _nearest(left, parts, query, threshold)


class MultiIndex:
    """Looks up what can be near in sixteen tables. 96 bytes a hash; seconds to build for ten million."""

    def __init__(self, hashes: NDArray[np.uint8]) -> None:
        words = _words(hashes)
        keys = words.view(np.uint16)
        # Halves as one 16-byte item each: a candidate costs one read of memory, and half of that is enough.
        self._first, self._second = (
            np.ascontiguousarray(words[:, half : half + 2]).view(np.complex128).ravel() for half in (0, 2)
        )
        self._rows: list[NDArray[np.uint32]] = []
        self._starts: list[NDArray[np.int64]] = []
        for slot in range(_SLOTS):
            column = np.ascontiguousarray(keys[:, slot])
            self._rows.append(np.argsort(column, kind="stable").astype(np.uint32))
            counts = np.bincount(column, minlength=_KEYS)
            self._starts.append(np.concatenate(([0], np.cumsum(counts))))

    def within(self, wanted: bytes, threshold: int) -> Found:
        """As `Search.within`, for thresholds to 31. Raises FingerprintError above: it could miss some."""
        query = _query(wanted)
        if threshold > EXACT:
            raise FingerprintError(f"The index is exact to {EXACT} bits. Use the scan above that.")
        _threshold(threshold)
        pieces = []
        for rows, starts, key in zip(self._rows, self._starts, query.view(np.uint16), strict=True):
            near = key ^ _NEIGHBOURS
            for start, end in zip(
                starts[near].tolist(), starts[near.astype(np.int64) + 1].tolist(), strict=True
            ):
                if start < end:
                    pieces.append(rows[start:end])
        if not pieces:
            return []
        left = np.concatenate(pieces)
        apart = np.bitwise_count(self._first.take(left).view(np.uint64).reshape(-1, 2) ^ query[:2])
        rows_left = np.unique(left[apart[:, 0] + apart[:, 1] <= threshold]).astype(np.intp)
        halves = [half.take(rows_left).view(np.uint64).reshape(-1, 2) for half in (self._first, self._second)]
        return _nearest(rows_left, np.concatenate(halves, axis=1), query, threshold)


def search_of(hashes: Sequence[bytes]) -> Search:
    """The scan over some hashes: for every threshold, and quick enough to a few hundred thousand."""
    return PrefixScan(stacked(hashes))


def stacked(hashes: Sequence[bytes]) -> NDArray[np.uint8]:
    """Hashes as rows of 32 bytes. Raises FingerprintError for any of another length."""
    if any(len(one) != HASH for one in hashes):
        raise FingerprintError("A hash has 32 bytes.")
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(len(hashes), HASH)


def _words(hashes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    if hashes.ndim != 2 or hashes.shape[1] != HASH:
        raise FingerprintError("Expected rows of 32 bytes.")
    return np.ascontiguousarray(hashes).view(np.uint64)


def _query(wanted: bytes) -> NDArray[np.uint64]:
    words: NDArray[np.uint64] = stacked([wanted]).view(np.uint64)[0]
    return words


def _threshold(threshold: int) -> int:
    """The threshold, as far as 128 bits can reach it: more lets everything through the first look."""
    if not 0 <= threshold <= 8 * HASH:
        raise FingerprintError("A threshold is 0 to 256 bits.")
    return min(threshold, 128)


def _nearest(
    rows: NDArray[np.intp], words: NDArray[np.uint64], query: NDArray[np.uint64], threshold: int
) -> Found:
    apart = np.bitwise_count(words ^ query).sum(axis=1, dtype=np.uint16)
    close = apart <= threshold
    pairs = zip(apart[close].tolist(), rows[close].tolist(), strict=True)
    return [(row, distance) for distance, row in sorted(pairs)]
