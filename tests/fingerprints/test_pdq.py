"""PDQ against the reference's own code (where a checkout lies), and against what turning and cropping must do."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fingerprints.pictures import Pixels, patterned, scene
from upstander.fingerprints import pdq
from upstander.fingerprints.errors import FingerprintError

DRIVER = """
#include <pdq/cpp/hashing/pdqhashing.h>
#include <cstring>
#include <vector>
using namespace facebook::pdq::hashing;
extern "C" int run(uint8_t* rgb, int rows, int cols, char* out) {
  std::vector<float> a(rows * (size_t)cols), b(rows * (size_t)cols);
  float s[64][64], t[16][64], c[16][16], x[16][16];
  int one, all;
  Hash256 h[9];
  fillFloatLumaFromRGB(rgb, rgb + 1, rgb + 2, rows, cols, 3 * cols, 3, a.data());
  pdqHash256FromFloatLuma(a.data(), b.data(), rows, cols, s, t, c, h[0], one);
  fillFloatLumaFromRGB(rgb, rgb + 1, rgb + 2, rows, cols, 3 * cols, 3, a.data());
  pdqDihedralHash256esFromFloatLuma(a.data(), b.data(), rows, cols, s, t, c, x,
      &h[1], &h[2], &h[3], &h[4], &h[5], &h[6], &h[7], &h[8], all);
  for (int i = 0; i < 9; i++) memcpy(out + 64 * i, h[i].format().c_str(), 64);
  return one * 1000 + all;
}
"""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    checkout = os.environ.get("PDQ_REFERENCE")
    compiler = shutil.which("g++")
    if not checkout or not compiler:
        pytest.skip("PDQ_REFERENCE names no checkout of facebook/ThreatExchange, or there is no g++")
    folder = tmp_path_factory.mktemp("reference")
    (folder / "driver.cpp").write_text(DRIVER)
    core = Path(checkout) / "pdq/cpp"
    sources = [
        str(path) for part in ("hashing", "downscaling", "common") for path in (core / part).glob("*.cpp")
    ]
    command = [compiler, "-O2", "-std=c++17", "-shared", "-fPIC", f"-I{checkout}", str(folder / "driver.cpp")]
    subprocess.run([*command, *sources, "-o", str(folder / "reference.so")], check=True)
    return ctypes.CDLL(str(folder / "reference.so"))


def test_every_bit_is_the_reference_s(reference: ctypes.CDLL) -> None:
    random = np.random.default_rng(1)
    pictures = [scene(1, 480, 640), scene(2, 64, 64), scene(3, 700, 333), patterned(128, 129, 4)]
    sizes = [(5, 5), (64, 64), *((int(a), int(b)) for a, b in random.integers(5, 500, (40, 2)))]
    pictures += [random.integers(0, 256, (*size, 3)).astype(np.uint8) for size in sizes]
    for picture in pictures:
        out = ctypes.create_string_buffer(9 * 64)
        rgb = np.ascontiguousarray(picture)
        qualities = reference.run(rgb.ctypes.data_as(ctypes.c_void_p), *rgb.shape[:2], out)
        whole, (turned, quality) = hashes(picture)
        assert [out.raw[i : i + 64].decode() for i in range(0, 576, 64)] == [
            one.hex() for one in (whole.hash, *turned)
        ]
        assert qualities == whole.quality * 1000 + quality


def hashes(picture: Pixels) -> tuple[pdq.Print, tuple[tuple[bytes, ...], int]]:
    brightness = pdq.luma(picture)
    return pdq.hash_luma(brightness), pdq.orientations(brightness)


TURNED = (
    lambda p: p,
    lambda p: np.rot90(p, 1),
    lambda p: np.rot90(p, 2),
    lambda p: np.rot90(p, 3),
    lambda p: p[::-1],
    lambda p: p[:, ::-1],
    lambda p: p.transpose(1, 0, 2),
    lambda p: np.rot90(p, 2).transpose(1, 0, 2),
)


@pytest.mark.parametrize("way", range(8), ids=lambda way: pdq.ORIENTATIONS[way])
def test_each_orientation_is_the_hash_of_the_picture_turned_so(way: int) -> None:
    for seed in range(3):
        picture = scene(seed)
        turned = pdq.hash_luma(pdq.luma(np.ascontiguousarray(TURNED[way](picture)))).hash
        found = hashes(picture)[1][0]
        near = [pdq.distance(turned, one) for one in found]
        assert near[way] <= 20
        assert near[way] == min(near)


def test_the_quick_way_is_at_most_a_few_bits_off() -> None:
    for seed in range(6):
        picture = scene(seed)[: 200 + 40 * seed]
        grey = np.round(pdq.luma(picture)).astype(np.uint8)
        exact, quality = pdq.orientations(pdq.luma(picture))
        quick, about = pdq.screen(grey)
        assert abs(quality - about) <= 1
        assert max(pdq.distance(a, b) for a, b in zip(exact, quick, strict=True)) <= 8


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 200), st.integers(5, 200), st.integers(0, 2**32 - 1))
def test_any_size_has_a_hash_and_the_quick_way_agrees(height: int, width: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    grey = np.repeat(picture[:, :, :1], 3, axis=2)
    exact = pdq.hash_luma(pdq.luma(grey))
    assert len(exact.hash) == 32
    assert 0 <= exact.quality <= 100
    assert pdq.distance(exact.hash, pdq.screen(grey[:, :, 0])[0][0]) <= 16


def test_seven_fingerprints_find_a_cropped_copy_that_one_does_not() -> None:
    picture = scene(5)
    made = pdq.prints(picture)
    assert [one.crop for one in made] == list(pdq.CROPS)
    copy = picture[21:399, 28:532]  # 5 % of each side
    copied = pdq.hash_luma(pdq.luma(np.ascontiguousarray(copy))).hash
    assert pdq.distance(made[0].hash, copied) > 60
    assert min(pdq.distance(one.hash, copied) for one in made) <= 40


@pytest.mark.parametrize("size", [(200, 300), (4, 300), (300, 1)])
def test_what_is_too_plain_is_refused_with_the_reason(size: tuple[int, int]) -> None:
    with pytest.raises(FingerprintError, match="too plain"):
        pdq.prints(np.full((*size, 3), 77, np.uint8))


def test_only_colour_bytes_are_pixels() -> None:
    for wrong in (np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), np.float32)):
        with pytest.raises(FingerprintError, match="Expected pixels"):
            pdq.luma(wrong)  # type: ignore[arg-type]
