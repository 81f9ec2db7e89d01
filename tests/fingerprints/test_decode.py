"""Decoders behind caps: what is too large, cut or lies is refused with a reason before memory is spent."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.fingerprints import phone
from tests.fingerprints.pictures import scene
from upstander.fingerprints import colour, decode, film, forms, pdq
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.sniff import PICTURES, kind_of

KINDS = ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP"]
SMALL = phone.resized(scene(1), 96)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_told_by_its_bytes_and_decoded(kind: str) -> None:
    data = phone.encoded(scene(1), kind)
    assert kind_of(data[:4096]) == kind
    assert decode.colour(data, kind).shape == scene(1).shape
    apart = pdq.distance(
        pdq.hash_luma(pdq.luma(decode.colour(data, kind))).hash, pdq.hash_luma(pdq.luma(scene(1))).hash
    )
    assert apart <= 8


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def test_a_picture_that_claims_to_be_huge_is_refused() -> None:
    with pytest.raises(FingerprintError, match="it claims 2500 million pixels"):
        decode.grey(claiming(50_000, 50_000), "PNG")


def test_a_picture_under_another_name_gets_only_its_own_decoder() -> None:
    with pytest.raises(FingerprintError, match="is not"):
        decode.grey(phone.encoded(SMALL, "PNG"), "JPEG")


@pytest.mark.parametrize("kind", KINDS)
def test_cut_short_is_refused(kind: str) -> None:
    data = phone.encoded(scene(1), kind)
    with pytest.raises(FingerprintError):
        decode.grey(data[: len(data) // 3], kind)


def test_the_camera_s_way_up_is_kept() -> None:
    details = Image.Exif()
    details[0x0112], details[0x010F] = 6, "Maker\x00\x1b"
    data = phone.encoded(np.ascontiguousarray(np.rot90(scene(1))), exif=details, quality=95)
    apart = pdq.distance(
        pdq.hash_luma(pdq.luma(decode.colour(data, "JPEG"))).hash, pdq.hash_luma(pdq.luma(scene(1))).hash
    )
    assert apart <= 4
    assert decode.about(data, "JPEG").make == "Maker"


def test_white_shines_through_what_is_clear() -> None:
    clear = np.zeros((40, 40, 4), np.uint8)
    for kind in ("PNG", "WEBP"):
        assert decode.colour(phone.encoded(clear, kind, lossless=True), kind).min() == 255
        assert decode.grey(phone.encoded(clear, kind, lossless=True), kind).min() == 255


def test_every_frame_that_counts_of_a_moving_picture() -> None:
    out = io.BytesIO()
    pictures = [Image.fromarray(phone.resized(scene(n), 80)) for n in range(4)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:])
    assert list(decode.frames(out.getvalue(), "GIF")) == list(range(4))
    shown = [decode.grey(out.getvalue(), "GIF", n) for n in (0, 3)]
    assert np.abs(shown[0].astype(int) - shown[1]).mean() > 5


def test_every_page_of_a_tiff() -> None:
    out = io.BytesIO()
    pages = [Image.fromarray(phone.resized(scene(n), 80)) for n in (1, 2)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert list(decode.frames(out.getvalue(), "TIFF")) == [0, 1]
    assert np.array_equal(decode.colour(out.getvalue(), "TIFF", 1), np.asarray(pages[1]))


def test_a_large_jpeg_is_screened_small_and_near_its_hash() -> None:
    large = phone.resized(scene(1), 3000)
    data = phone.encoded(large, quality=90)
    grey = decode.grey(data, "JPEG")
    assert grey.shape[1] == 1500
    exact = pdq.orientations(pdq.luma(decode.colour(data, "JPEG")))[0]
    assert max(pdq.distance(a, b) for a, b in zip(exact, pdq.screen(grey)[0], strict=True)) <= 8


@given(
    st.sampled_from(KINDS),
    st.integers(0, 2**31),
    st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), max_size=20),
)
def test_broken_pictures_are_decoded_or_refused(kind: str, cut: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(phone.encoded(SMALL, kind))
    for place, value in changes:
        data[place % len(data)] = value
    broken = bytes(data[: cut % len(data)] if cut % 2 else data)
    try:
        for frame in list(decode.frames(broken, kind))[:3]:
            assert decode.colour(broken, kind, frame).ndim == 3
            assert decode.grey(broken, kind, frame).ndim == 2
    except FingerprintError:
        pass
    assert isinstance(decode.about(broken, kind), decode.About)


def test_a_film_cut_short_is_refused() -> None:
    data = phone.film([scene(1), scene(2)])
    assert len(list(film.pictures(io.BytesIO(data), film.Film()))) == 3  # one a second, and the last
    for broken in (data[: len(data) // 2], data[:40], b"\x1aE\xdf\xa3" + bytes(100)):
        with pytest.raises(FingerprintError, match="film"):
            list(film.pictures(io.BytesIO(broken), film.Film()))


@pytest.mark.parametrize("way", range(8))
def test_turning_pixels_and_turning_hashes_agree(way: int) -> None:
    brightness = pdq.luma(forms.turned(scene(1), way))
    assert pdq.distance(pdq.hash_luma(brightness).hash, pdq.orientations(pdq.luma(scene(1)))[0][way]) <= 12


def test_plain_pictures_and_pictures_without_edges_are_cut_nowhere() -> None:
    assert forms.cuts(np.full((50, 60), 7, np.uint8)) == [forms.WHOLE]
    noise = np.random.default_rng(1).integers(0, 256, (50, 60)).astype(np.uint8)
    assert forms.cuts(noise) == [forms.WHOLE]


def test_the_colour_layout_tells_pictures_apart_that_brightness_does_not() -> None:
    one = scene(1)
    swapped = np.ascontiguousarray(one[:, :, [1, 0, 2]])
    assert colour.distance(colour.layout(one), colour.layout(swapped)) > colour.NEAR  # type: ignore[operator]
    assert colour.distance(colour.layout(one), colour.layout(phone.resized(one, 300))) <= 6  # type: ignore[operator]
    grey = np.repeat(one[:, :, :1], 3, axis=2)
    assert colour.layout(grey) == b""
    assert colour.distance(colour.layout(grey), colour.layout(one)) is None
    assert PICTURES  # the table of what is told by its bytes
