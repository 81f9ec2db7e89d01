"""The forms in which a found picture is asked for: as it is, without borders or bars; each eight ways.

A screenshot has even borders; a caption stands in a bar that is mostly one shade. Cutting them off finds the
picture inside (measured: docs/explanation/fingerprints.md).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from upstander.fingerprints.pdq import Bytes

EVEN: Final = 16  # levels: a row whose lightest and darkest pixel differ no more is a border
BAR: Final = 8  # levels around the shade of a bar, which its outermost row shows almost alone
WORDS: Final = 0.35  # of a row that still has the bar's shade where words are written on it
LEAST, MOST = 0.15, 0.97  # of the picture that must be left, or the cut is not worth a question


@dataclass(frozen=True, slots=True)
class Cut:
    """What is kept, as shares of height and width: top, bottom, left, right; and what to call it."""

    name: str
    top: float = 0.0
    bottom: float = 1.0
    left: float = 0.0
    right: float = 1.0

    def of(self, pixels: Bytes) -> Bytes:
        """The part that is kept, of a picture of any size."""
        height, width = pixels.shape[:2]
        rows = slice(round(self.top * height), round(self.bottom * height))
        columns = slice(round(self.left * width), round(self.right * width))
        return np.ascontiguousarray(pixels[rows, columns])


WHOLE: Final = Cut("")


def cuts(grey: Bytes) -> list[Cut]:
    """The whole, and the cuts that take something, but not all, away."""
    height, width = grey.shape
    found = [WHOLE]
    top, bottom = _even(grey)
    left, right = _even(grey[top:bottom].T)
    more_top, more_bottom = _even(
        grey[top:bottom, left:right]
    )  # borders on all sides: once the columns are gone
    edges = {
        "even borders cut off": (top + more_top, top + more_bottom, left, right),
        "bars cut off": (_bar(grey), height - _bar(grey[::-1]), 0, width),
    }
    for name, (top, bottom, left, right) in edges.items():
        cut = Cut(name, top / height, bottom / height, left / width, right / width)
        share = (cut.bottom - cut.top) * (cut.right - cut.left)
        if LEAST <= share <= MOST and all(not _same(cut, one) for one in found):
            found.append(cut)
    return found


def turned(pixels: Bytes, orientation: int) -> Bytes:
    """A picture turned or mirrored as ORIENTATIONS in pdq.py counts them."""
    if orientation < 4:
        return np.ascontiguousarray(np.rot90(pixels, orientation))
    axes = (1, 0, *range(2, pixels.ndim))
    way = {
        4: pixels[::-1],
        5: pixels[:, ::-1],
        6: pixels.transpose(axes),
        7: np.rot90(pixels, 2).transpose(axes),
    }
    return np.ascontiguousarray(way[orientation])


def _even(grey: Bytes) -> tuple[int, int]:
    """The first row from the top that is not of one shade, and the row after the last one."""
    if grey.size == 0:
        return 0, 0
    rows = np.flatnonzero(grey.max(axis=1).astype(int) - grey.min(axis=1) > EVEN)
    return (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)


def _bar(grey: Bytes) -> int:
    """Rows of a bar at the top: one shade in its first row, and much of that shade in all the others."""
    shade = int(np.median(grey[0]))
    near = np.abs(grey.astype(np.int16) - shade) <= BAR
    if near[0].mean() < 0.97:
        return 0
    others = np.flatnonzero(near.mean(axis=1) < WORDS)
    return int(others[0]) if others.size else 0


def _same(one: Cut, other: Cut) -> bool:
    return (one.top, one.bottom, one.left, one.right) == (other.top, other.bottom, other.left, other.right)
