"""Exact search: every hash of a bank within some distance of a hash, never an approximation.

`PrefixScan` reads the first 128 bits of every hash, in blocks that stay in the cache, and the rest only of
those that could still be near (a partial distance is a lower bound). Any threshold, and quick enough for
every bank an institution makes of its own reports. For imported lists of millions there is
`multiindex.MultiIndex`.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import HASH

Found: TypeAlias = list[tuple[int, int]]  # row of the bank, distance in bits; nearest first

_BLOCK = 1 << 16


class Search(Protocol):
    """What both can do."""

    def within(self, wanted: bytes, threshold: int) -> Found:
        """Rows at most `threshold` bits (0 to 256) from a hash."""


class PrefixScan:
    """Reads through the whole bank at every question; nothing to build, nothing to go stale."""

    def __init__(self, hashes: NDArray[np.uint8]) -> None:
        self._columns = [np.ascontiguousarray(column) for column in words_of(hashes).T]

    def within(self, wanted: bytes, threshold: int) -> Found:
        """As `Search.within`."""
        query, most = query_of(wanted), _threshold(threshold)
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
        return nearest(left, parts, query, threshold)


def search_of(hashes: Sequence[bytes]) -> Search:
    """The scan over some hashes: for every threshold, and quick enough to a few hundred thousand."""
    return PrefixScan(stacked(hashes))


def stacked(hashes: Sequence[bytes]) -> NDArray[np.uint8]:
    """Hashes as rows of 32 bytes. Raises FingerprintError for any of another length."""
    if any(len(one) != HASH for one in hashes):
        raise FingerprintError("A hash has 32 bytes.")
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(len(hashes), HASH)


def words_of(hashes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Hashes as rows of four 64-bit words. Raises FingerprintError for rows of another length."""
    if hashes.ndim != 2 or hashes.shape[1] != HASH:
        raise FingerprintError("Expected rows of 32 bytes.")
    return np.ascontiguousarray(hashes).view(np.uint64)


def query_of(wanted: bytes) -> NDArray[np.uint64]:
    """One hash as four words. Raises FingerprintError for another length."""
    words: NDArray[np.uint64] = stacked([wanted]).view(np.uint64)[0]
    return words


def _threshold(threshold: int) -> int:
    """The threshold, as far as 128 bits can reach it: more lets everything through the first look."""
    if not 0 <= threshold <= 8 * HASH:
        raise FingerprintError("A threshold is 0 to 256 bits.")
    return min(threshold, 128)


def nearest(
    rows: NDArray[np.intp], words: NDArray[np.uint64], query: NDArray[np.uint64], threshold: int
) -> Found:
    """Those of some rows that are near enough, nearest first."""
    apart = np.bitwise_count(words ^ query).sum(axis=1, dtype=np.uint16)
    close = apart <= threshold
    pairs = zip(apart[close].tolist(), rows[close].tolist(), strict=True)
    return [(row, distance) for distance, row in sorted(pairs)]
