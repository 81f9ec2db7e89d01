"""PDQ, the picture hash of ThreatExchange (Meta, 2019): 256 bits, a quality of 0 to 100, eight orientations.

From the published algorithm: brightness, two passes of a box blur each way, 64 x 64 samples, a 16 x 16 DCT
without its first row and column, and a bit for every coefficient above the lower median. `hash_luma` and
`orientations` round after every step as the reference does in single precision, so equal pixels give equal
bits in every implementation; its twin is `client/lib/pdq.ts`. `screen` is the same arithmetic as two matrix
products: many times faster, and now and then a bit off. Whatever it finds is hashed again exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from upstander.fingerprints.errors import FingerprintError

Floats: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]

HASH: Final = 32  # bytes
LEAST_SIDE: Final = 5  # pixels; the reference hashes nothing smaller
LEAST_QUALITY: Final = 50  # ThreatExchange drops 49 and less: too plain to tell from other plain pictures
CROPS: Final = (0, 4, 8, 12, 16, 20, 25)  # per cent of width and height cut away, half on each side

ORIENTATIONS: Final = (
    "as it is",
    "turned 90 degrees left",
    "upside down",
    "turned 90 degrees right",
    "mirrored top to bottom",
    "mirrored",
    "mirrored along the falling diagonal",
    "mirrored along the rising diagonal",
)
"""What was done to the picture to get each of the eight hashes, in the reference's order."""

_SIDE = 64
_LUMA = tuple(np.float32(weight) for weight in (0.299, 0.587, 0.114))


@dataclass(frozen=True, slots=True)
class Print:
    """A hash (32 bytes), its quality (0 to 100) and the per cent that had been cropped away."""

    hash: bytes
    quality: int
    crop: int = 0


def luma(rgb: Bytes) -> Floats:
    """Brightness (ITU-R BT.601) of height x width x 3 bytes, in single precision."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise FingerprintError("Expected pixels: height x width x 3 bytes.")
    red, green, blue = (rgb[:, :, i].astype(np.float32) * _LUMA[i] for i in range(3))
    total: Floats = red + green + blue
    return total


def hash_luma(brightness: Floats) -> Print:
    """Hash and quality of a picture. Below 5 pixels a side: all zero bits, quality 0, as the reference."""
    if min(brightness.shape) < LEAST_SIDE:
        return Print(bytes(HASH), 0)
    small = brightness if brightness.shape == (_SIDE, _SIDE) else _shrunk(brightness)
    return Print(_bits(_dct(small)), _quality(small))


def orientations(brightness: Floats) -> tuple[tuple[bytes, ...], int]:
    """The eight hashes, in the order of ORIENTATIONS, and the quality.

    As the reference, this blurs a 64 x 64 picture too, which `hash_luma` takes as it is.
    """
    if min(brightness.shape) < LEAST_SIDE:
        return (bytes(HASH),) * 8, 0
    small = _shrunk(brightness)
    return _eight(_dct(small)), _quality(small)


def screen(grey: Bytes) -> tuple[tuple[bytes, ...], int]:
    """As `orientations`, fast, of grey bytes; a few bits from it. To find candidates, never to decide."""
    if min(grey.shape) < LEAST_SIDE:
        return (bytes(HASH),) * 8, 0
    rows, columns = _sampling(grey.shape[0]), _sampling(grey.shape[1])
    small = (rows @ grey.astype(np.float32)) @ columns.T
    return _eight(_dct(small)), _quality(small)


def cropped(brightness: Floats, crop: int) -> Floats:
    """The middle: `crop` per cent of height and width are cut away, rounded down on each side."""
    height, width = brightness.shape
    top, left = height * crop // 200, width * crop // 200
    return brightness[top : height - top, left : width - left]


def prints(rgb: Bytes) -> tuple[Print, ...]:
    """The seven fingerprints of a picture: whole, and six crops of its middle. Pixels as for `luma`.

    Raises FingerprintError when the whole picture is too plain to be told from others (quality below 50);
    crops that are too plain are left out.
    """
    brightness = luma(rgb)
    made = []
    for crop in CROPS:
        found = hash_luma(cropped(brightness, crop))
        if crop == 0 and found.quality < LEAST_QUALITY:
            raise FingerprintError(
                "This picture is too plain for a fingerprint: it could be taken for many others."
            )
        if found.quality >= LEAST_QUALITY:
            made.append(Print(found.hash, found.quality, crop))
    return tuple(made)


def distance(one: bytes, other: bytes) -> int:
    """Bits in which two hashes differ, 0 to 256; unrelated pictures are near 128."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _shrunk(brightness: Floats) -> Floats:
    """64 x 64 samples of the picture, blurred twice each way; the second time only where they are taken."""
    height, width = brightness.shape
    along, down = _window(width), _window(height)
    current = _box(np.ascontiguousarray(brightness.T), along, range(width))
    current = _box(np.ascontiguousarray(current.T), down, range(height))
    current = _box(np.ascontiguousarray(current.T), along, _centres(width))
    return _box(np.ascontiguousarray(current.T), down, _centres(height))


def _window(length: int) -> int:
    return (length + 2 * _SIDE - 1) // (2 * _SIDE)


def _centres(length: int) -> list[int]:
    return [int((i + 0.5) * length / _SIDE) for i in range(_SIDE)]


def _box(values: Floats, window: int, wanted: Sequence[int]) -> Floats:
    """A running mean over `window` rows, of the `wanted` rows (in order).

    One sum takes a row in and lets one go, and is rounded each time, as the reference does it.
    """
    length = values.shape[0]
    ahead = (window + 2) // 2
    out = np.empty((len(wanted), values.shape[1]), np.float32)
    total = np.zeros(values.shape[1], np.float32)
    for row in range(min(ahead - 1, length)):
        total += values[row]
    place = 0
    for row in range(length):
        first, last = row + ahead - window, row + ahead
        if last <= length:
            total += values[last - 1]
        if first > 0:
            total -= values[first - 1]
        while place < len(wanted) and wanted[place] == row:
            np.divide(total, np.float32(min(last, length) - max(first, 0)), out=out[place])
            place += 1
    return out


@lru_cache(maxsize=64)
def _sampling(length: int) -> Floats:
    """The 64 x `length` matrix of both blurs and the sampling along one side."""
    window = _window(length)
    ahead = (window + 2) // 2

    def span(row: int) -> tuple[int, int]:
        return max(0, row + ahead - window), min(length, row + ahead)

    matrix = np.zeros((_SIDE, length))
    for sample, centre in enumerate(_centres(length)):
        first, last = span(centre)
        for row in range(first, last):
            start, end = span(row)
            matrix[sample, start:end] += 1 / (end - start) / (last - first)
    sampling: Floats = matrix.astype(np.float32)
    return sampling


def _cosines() -> Floats:
    scale = float(np.float32(np.sqrt(2 / _SIDE)))
    row, column = np.arange(1, 17)[:, None], np.arange(_SIDE)[None, :]
    table: Floats = (scale * np.cos((np.pi / 2 / _SIDE) * row * (2 * column + 1))).astype(np.float32)
    return table


_COSINES: Final = _cosines()


def _dct(small: Floats) -> Floats:
    """The 16 x 16 coefficients. The sums run one product at a time: their rounding is part of the hash."""
    half = np.zeros((16, _SIDE), np.float32)
    for k in range(_SIDE):
        half += _COSINES[:, k, None] * small[k]
    whole = np.zeros((16, 16), np.float32)
    for k in range(_SIDE):
        whole += half[:, k, None] * _COSINES[:, k]
    return whole


def _quality(small: Floats) -> int:
    """The sum of visible steps between neighbours, each cut to whole per cents, over 90 and at most 100."""
    steps = sum(
        int(np.abs((difference * np.float32(100) / np.float32(255)).astype(np.int32)).sum())
        for difference in (small[:-1] - small[1:], small[:, :-1] - small[:, 1:])
    )
    return min(steps // 90, 100)


def _bits(coefficients: Floats) -> bytes:
    flat = coefficients.ravel()
    return np.packbits((flat > np.partition(flat, 127)[127])[::-1]).tobytes()


def _eight(a: Floats) -> tuple[bytes, ...]:
    """A mirrored or turned picture has the same coefficients, with other signs and perhaps transposed."""
    odd = np.where(np.arange(16) % 2 == 0, np.float32(-1), np.float32(1))
    down, across = a * odd[:, None], a * odd
    both = down * odd
    ways = (a, across.T, both, down.T, down, across, a.T, both.T)
    return tuple(_bits(np.ascontiguousarray(way)) for way in ways)
