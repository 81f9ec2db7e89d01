"""The colour layout: a second, independent look at a picture, before anything is called a match.

PDQ sees brightness only. This sees colour only: the picture in 8 x 8 cells, for each whether it is redder
than the middle one, and whether it is bluer: 128 bits. An own, simple construction after the idea of MPEG-7's
colour layout; not reviewed by others. Whole numbers and one division keep both languages equal (the twin is
`client/lib/colour.ts`).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from upstander.fingerprints.pdq import Bytes

CELLS: Final = 8  # a side
COLOURFUL: Final = 12  # levels of 255 between reddest and least red cell, or it says nothing
NEAR: Final = 24  # bits of 128: measured, see docs/explanation/fingerprints.md


def layout(rgb: Bytes) -> bytes:
    """16 bytes for height x width x 3 bytes; empty where there is hardly any colour, or below 8 pixels."""
    height, width = rgb.shape[:2]
    if min(height, width) < CELLS:
        return b""
    edges = [[length * i // CELLS for i in range(CELLS)] for length in (height, width)]
    sums = np.add.reduceat(np.add.reduceat(rgb, edges[0], axis=0, dtype=np.int64), edges[1], axis=1)
    counts = np.outer(np.diff([*edges[0], height]), np.diff([*edges[1], width]))
    red, green, blue = (sums[:, :, i] for i in range(3))
    axes = ((red - green) / counts, (2 * blue - red - green) / counts)
    if max(float(axis.max() - axis.min()) for axis in axes) < COLOURFUL:
        return b""
    return np.packbits(np.concatenate([_above_middle(axis) for axis in axes])).tobytes()


def distance(one: bytes, other: bytes) -> int | None:
    """Bits in which two layouts differ, 0 to 128; None where either says nothing."""
    if not one or not other:
        return None
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _above_middle(axis: NDArray[np.float64]) -> NDArray[np.bool_]:
    flat = axis.ravel()
    above: NDArray[np.bool_] = flat > np.sort(flat)[CELLS * CELLS // 2 - 1]
    return above
