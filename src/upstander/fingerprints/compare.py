"""Asks an opened bank about one picture: a quick look at every form of it, then exactly at what came near."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from upstander.fingerprints import colour, findings, forms, pdq
from upstander.fingerprints.bank import Bank, BankPrint
from upstander.fingerprints.pdq import Bytes
from upstander.fingerprints.search import Search, search_of

SCREENED: Final = findings.WEAK + 8  # bits: the quick hash of a scaled picture may be a few bits off

_BACK = {1: 3, 3: 1}  # a picture that matches when turned right had been turned left


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture of the bank (its number) and how the picture that was looked at differs from it."""

    picture: int
    band: findings.Band
    distance: int
    quality: int
    changed: str
    second: str


@dataclass(slots=True)
class Comparer:
    """A bank made ready: one search over all its hashes."""

    bank: Bank
    files: dict[str, int] = field(init=False)  # SHA-256 of reporters' files, and their pictures
    _prints: list[tuple[int, BankPrint]] = field(init=False)
    _search: Search = field(init=False)

    def __post_init__(self) -> None:
        self.files = {one.sha256: number for number, one in enumerate(self.bank.pictures) if one.prints}
        self._prints = [
            (number, one) for number, found in enumerate(self.bank.pictures) for one in found.prints
        ]
        self._search = search_of([one.hash for _, one in self._prints])

    def look(self, grey: Bytes, whole: Callable[[], Bytes]) -> tuple[list[Hit], int]:
        """Hits, the nearest for each picture of the bank, and the quality of the picture as it is.

        `grey` is enough for the quick look; `whole` gets all pixels, only if something came near.
        """
        near: list[tuple[forms.Cut, int]] = []
        quality = 0
        for cut in forms.cuts(grey):
            hashes, found = pdq.screen(cut.of(grey))
            quality = max(quality, found)
            near += [(cut, way) for way, one in enumerate(hashes) if self._search.within(one, SCREENED)]
        if quality < pdq.LEAST_QUALITY or not near:
            return [], quality
        pixels = whole()
        hits: dict[int, Hit] = {}
        for cut, way in near:
            for hit in self._exactly(forms.turned(cut.of(pixels), way), cut, way):
                known = hits.get(hit.picture)
                if known is None or _rank(hit) < _rank(known):
                    hits[hit.picture] = hit
        return [hits[picture] for picture in sorted(hits)], quality

    def _exactly(self, pixels: Bytes, cut: forms.Cut, way: int) -> list[Hit]:
        found = pdq.hash_luma(pdq.luma(pixels))
        if found.quality < pdq.LEAST_QUALITY:
            return []
        layout = colour.layout(pixels)
        close = [(*self._prints[row], apart) for row, apart in self._search.within(found.hash, findings.WEAK)]
        hits = []
        for picture in {number for number, _, _ in close}:
            own = [(one, apart) for number, one, apart in close if number == picture]
            nearest, distance = own[0]
            colours = colour.distance(layout, nearest.colour)
            band = findings.band(distance, colours, len(own))
            if band is not None:
                changed = findings.in_words(pdq.ORIENTATIONS[_BACK.get(way, way)], cut.name, nearest.crop)
                second = findings.second_look(colours)
                hits.append(
                    Hit(picture, band, distance, min(found.quality, nearest.quality), changed, second)
                )
        return hits


def same_film_picture(before: Bytes | None, after: Bytes) -> bool:
    """Is a keyframe so like the last one that it need not be asked about again? Both small and grey."""
    return before is not None and float(np.abs(before.astype(np.int16) - after).mean()) < 1.5


def thumbnail(pixels: Bytes) -> Bytes:
    """Every so-many-th pixel, 16 x 16, for `same_film_picture`."""
    rows, columns = (np.linspace(0, side - 1, 16).astype(int) for side in pixels.shape[:2])
    small: Bytes = pixels[np.ix_(rows, columns)][:, :, 1]
    return small


def _rank(hit: Hit) -> tuple[int, int]:
    return findings.ORDER.index(hit.band), hit.distance
