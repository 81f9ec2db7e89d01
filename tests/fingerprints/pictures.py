"""Pictures that are made here: pixels from a small integer generator, the same in every language, and near-photographs.

No photographs ship with the packages of this project, and none of people belong in a test.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def patterned(height: int, width: int, seed: int) -> Pixels:
    """Ramps, blocks and noise in whole numbers only (client/lib/pdq.test.ts makes the very same pixels).

    value = (row * a + column * b + (row // c) * (column // d) * e + noise) mod 256, where noise is the top four
    bits of a 32-bit linear congruential generator (Numerical Recipes' constants) that steps once a value.
    """
    row = np.arange(height, dtype=np.uint64)[:, None, None]
    column = np.arange(width, dtype=np.uint64)[None, :, None]
    channel = np.arange(3, dtype=np.uint64)[None, None, :]
    states = np.empty(height * width * 3, np.uint64)
    state = seed
    for i in range(states.size):
        state = (state * 1664525 + 1013904223) % 2**32
        states[i] = state >> 28
    noise = states.reshape(height, width, 3)
    block = (row // (5 + seed % 7)) * (column // (4 + seed % 5)) * (17 + channel * 9)
    return ((row * (seed % 3) + column * (seed % 4) + block + noise * 4) % 256).astype(np.uint8)


@lru_cache(maxsize=64)
def scene(seed: int, height: int = 420, width: int = 560) -> Pixels:
    """Something like a photograph: many soft and hard-edged shapes over a sky of 1/f noise, lit from one side."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    spectrum = random.normal(size=(64, 64)) + 1j * random.normal(size=(64, 64))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(64) * 64, np.fft.fftfreq(64) * 64))
    frequency[0, 0] = 1e9
    small = np.fft.ifft2(spectrum / frequency**1.4).real
    small = (small - small.mean()) / small.std() * 28
    rows, columns = (np.linspace(0, 63.999, n) for n in (height, width))
    base = _smooth(small, rows, columns)
    tint = random.uniform(0.6, 1.2, 3)
    picture = np.repeat((110 + base)[:, :, None], 3, axis=2) * tint
    for _ in range(26):
        cx, cy = random.uniform(0, width / max(height, width)), random.uniform(0, height / max(height, width))
        a, b = random.uniform(0.02, 0.25, 2) * random.uniform(0.4, 1)
        turn = random.uniform(0, np.pi)
        u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        v = (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
        inside = 1 / (
            1 + np.exp(np.clip((u * u / a / a + v * v / b / b - 1) * random.uniform(4, 40), -30, 30))
        )
        colour = random.uniform(0, 255, 3) * random.uniform(0.4, 1)
        shade = 1 + 0.35 * (u / a)
        picture += inside[:, :, None] * (colour * np.clip(shade, 0.3, 1.6)[:, :, None] - picture) * 0.9
    grain = random.normal(0, 3, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _smooth(
    small: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bilinear values of a 64 x 64 tile, wrapped round its edges."""
    r, c = rows.astype(int), columns.astype(int)
    fr, fc = (rows - r)[:, None], (columns - c)[None, :]
    r2, c2 = (r + 1) % 64, (c + 1) % 64
    top = small[np.ix_(r, c)] * (1 - fc) + small[np.ix_(r, c2)] * fc
    bottom = small[np.ix_(r2, c)] * (1 - fc) + small[np.ix_(r2, c2)] * fc
    blended: NDArray[np.float64] = top * (1 - fr) + bottom * fr
    return blended
