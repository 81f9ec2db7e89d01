"""HEIC, PDF, 7z, RAR and long films: found in what they are, named where they are not opened, and fuzzed."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fingerprints import archives, phone
from tests.fingerprints.heic import box, full, heic
from tests.fingerprints.pictures import Pixels, scene
from upstander.fingerprints import decode, film, heif, libarchive, pdf, pdq, rar
from upstander.fingerprints.containers import Limits, Member, NotRead, members
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.sniff import kind_of

ONE = phone.resized(scene(1), 200)
JPEG = phone.encoded(ONE)
CHANGES = st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), max_size=12)
needs_library = pytest.mark.skipif(
    libarchive._loaded() is None, reason="!! libarchive is not installed: 7z and RAR were not opened"
)


def hash_of(picture: Pixels) -> bytes:
    return pdq.hash_luma(pdq.luma(picture)).hash


def opened(data: bytes) -> list[Member | NotRead]:
    limits = Limits(member=2**22, floor=2**23, members=100)
    return list(members(io.BytesIO(data), kind_of(data[:4096]), len(data), limits))


def reasons(data: bytes) -> list[str]:
    return [one.reason for one in opened(data) if isinstance(one, NotRead)]


def pictures(data: bytes) -> list[Pixels]:
    return [decode.colour(one.data, one.kind) for one in opened(data) if isinstance(one, Member)]


def spoilt(data: bytes, changes: list[tuple[int, int]], cut: int) -> bytes:
    changed = bytearray(data)
    for place, value in changes:
        changed[place % len(changed)] = value
    return bytes(changed[: cut % len(changed)] if cut % 2 else changed)


@pytest.mark.parametrize("tile", [0, 64])
@pytest.mark.parametrize("how", [{}, {"turn": 1}, {"turn": 2, "mirror": 0}, {"mirror": 1}], ids=str)
def test_a_heic_picture_is_decoded_and_turned(tile: int, how: dict[str, int]) -> None:
    data = heic(ONE, tile=tile, **how)
    assert kind_of(data[:4096]) == "HEIC"
    expected = np.rot90(ONE, how.get("turn", 0))
    if "mirror" in how:
        expected = expected[:, ::-1] if how["mirror"] else expected[::-1]
    found = decode.colour(data, "HEIC")
    assert found.shape == expected.shape
    assert pdq.distance(hash_of(found), hash_of(np.ascontiguousarray(expected))) <= 4
    assert decode.grey(data, "HEIC").shape == found.shape[:2]
    assert list(decode.frames(data, "HEIC")) == [0]


def test_heic_files_that_claim_or_lack_something_are_refused_with_the_reason() -> None:
    whole = heic(ONE, tile=64)
    single = heic(ONE)
    at = single.index(b"ispe") + 8
    huge = single[:at] + (60_000).to_bytes(4) * 2 + single[at + 8 :]
    size = ONE.shape[1].to_bytes(2) + ONE.shape[0].to_bytes(2)
    at = whole.rindex(size, 0, whole.index(b"iprp"))
    wide = whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :]
    for data, words in (
        (huge, "too large to be decoded"),
        (wide, "too large to be decoded"),
        (whole.replace(b"grid", b"iovl"), "kind that is not known"),
        (whole.replace(b"hvcC", b"free"), "damaged"),
        (whole[:-200], "damaged"),
        (box(b"ftyp", b"heicheic"), "without a still picture"),
        (box(b"ftyp", b"heicheic") + full(b"meta", 0, 0), "not known"),
    ):
        with pytest.raises(FingerprintError, match=words):
            heif.pixels(data)


WHOLE = [heic(ONE), heic(ONE, tile=64)]


@given(st.sampled_from(WHOLE), CHANGES, st.integers(0, 2**31))
def test_broken_heic_pictures_are_decoded_or_refused(
    data: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    with suppress(FingerprintError):
        assert heif.pixels(spoilt(data, changes, cut)).ndim == 3


@given(CHANGES)
def test_broken_boxes_are_read_or_refused(changes: list[tuple[int, int]]) -> None:
    """As above, with every change among the boxes and none in the picture's own bytes."""
    head = WHOLE[1].index(b"mdat")
    with suppress(FingerprintError):
        heif.pixels(spoilt(WHOLE[1][:head], changes, 0) + WHOLE[1][head:])


def pdf_with(*objects: tuple[str, bytes | None], trailer: str = "") -> bytes:
    return archives.pdf([("<</Type /Catalog /Lang (en (GB\\) )) >>", None), *objects], trailer)


def test_a_jpeg_in_a_pdf_comes_out_as_it_is() -> None:
    for more, data in (
        ("/Filter/DCTDecode", JPEG),
        ("/Filter [/FlateDecode /DCTDecode]", zlib.compress(JPEG)),
        ("/Filter [/ASCIIHexDecode /DCTDecode]", JPEG.hex().encode() + b">"),
    ):
        (found,) = opened(pdf_with((archives.image(ONE, more), data)))
        assert isinstance(found, Member)
        assert (found.data, found.kind, found.where) == (JPEG, "JPEG", ("(picture 2)",))


@pytest.mark.parametrize("predictor", [1, 2, 15])
def test_plain_pictures_in_a_pdf_become_pixels(predictor: int) -> None:
    parms = f"/DecodeParms <</Predictor {predictor}/Colors 3/Columns {ONE.shape[1]}>>"
    about = archives.image(ONE, f"/ColorSpace/DeviceRGB/Filter/FlateDecode{parms}")
    (found,) = pictures(pdf_with((about, archives.flate(ONE, predictor))))
    assert np.array_equal(found, ONE)


def test_references_palettes_and_profiles_are_followed() -> None:
    samples, palette = archives.indexed(ONE)
    hexed = archives.image(ONE, f"/ColorSpace[/Indexed/DeviceRGB 255 <{palette.hex()}>]/Filter/FlateDecode")
    text = palette.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    written = archives.image(ONE, "/ColorSpace[/Indexed/DeviceRGB 255 4 0 R]/Filter/FlateDecode")
    profile = archives.image(ONE, "/ColorSpace 6 0 R/Filter/FlateDecode")
    data = pdf_with(
        (hexed, zlib.compress(samples)),
        (written, zlib.compress(samples)),
        ("(" + text.decode("latin-1") + ")", None),
        (profile, archives.flate(ONE)),
        ("[/ICCBased 7 0 R]", None),
        ("<</N 3>>", b"profile"),
    )
    found = pictures(data)
    assert len(found) == 3
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[2], ONE)
    assert pdq.distance(hash_of(found[0]), hash_of(ONE)) <= 10


def test_what_a_pdf_holds_in_another_form_is_named() -> None:
    rgb = "/ColorSpace/DeviceRGB"
    for more, data, words in (
        ("/Filter/CCITTFaxDecode", b"x", "black and white"),
        ("/Filter/LZWDecode", b"x", "not known here"),
        (rgb + "/Filter/FlateDecode", b"x", "damaged"),
        (rgb, b"short", "damaged or cut short"),
        ("/ColorSpace/Separation", b"x", "not known here"),
        (rgb + "/Filter/FlateDecode", zlib.compress(bytes(2**23)), "unpacks to more"),
    ):
        assert any(words in one for one in reasons(pdf_with((archives.image(ONE, more), data)))), more
    assert reasons(pdf_with(("<</Type/Page>>", None), trailer="/Encrypt 3 0 R"))[0].startswith(
        "a PDF with a password"
    )
    icon = "<</Subtype/Image/Width 16/Height 16/BitsPerComponent 8/ColorSpace/DeviceGray>>"
    assert opened(pdf_with((icon, bytes(256)))) == []


def test_an_attachment_of_a_pdf_is_opened_too() -> None:
    inside = phone.zipped({"a.jpg": JPEG})
    data = pdf_with(("<</Type /EmbeddedFile /Filter /FlateDecode>>", zlib.compress(inside)))
    assert [one.where for one in opened(data)] == [("(attachment 2)", "a.jpg")]


BROKEN_PDF = pdf_with(
    (archives.image(ONE, "/Filter/DCTDecode"), JPEG),
    (archives.image(ONE, "/ColorSpace[/Indexed/DeviceRGB 1 (ab(cd)e)]/Filter/FlateDecode"), b"x"),
    (
        archives.image(ONE, "/ColorSpace/DeviceRGB/Filter[/FlateDecode]/DecodeParms[null]"),
        archives.flate(ONE),
    ),
)


@given(CHANGES, st.integers(0, 2**31))
def test_broken_pdfs_are_opened_or_named(changes: list[tuple[int, int]], cut: int) -> None:
    for one in opened(spoilt(BROKEN_PDF, changes, cut)):
        assert isinstance(one, (Member, NotRead))


@given(st.text("<>[]()/ \\0R1nullobjImageSubtypeWidth", max_size=300))
def test_any_objects_are_read_or_passed_over(text: str) -> None:
    list(pdf.found_in(b"%PDF-1.7\n1 0 obj " + text.encode(), 2**20))


@needs_library
def test_7z_and_rar_are_opened_in_memory_and_from_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    files = {"a/b.jpg": JPEG, "c.txt": b"words", "in.zip": phone.zipped({"d.jpg": JPEG})}
    for make, kind in ((archives.sevenzip, "7z"), (archives.rar, "rar")):
        data = make(files)
        assert kind_of(data[:4096]) == kind
        path = tmp_path / kind
        path.write_bytes(data)
        with path.open("rb") as source:
            from_file = list(members(source, kind, len(data)))
        for found in (opened(data), from_file):
            assert [one.where for one in found] == [("a/b.jpg",), ("in.zip", "d.jpg")]
            assert all(getattr(one, "data", b"") == JPEG for one in found)


@needs_library
def test_a_member_too_large_a_password_and_a_cut_are_named() -> None:
    large = archives.rar({"big.bin": bytes(5 * 2**20), "a.jpg": JPEG})
    found = opened(large)
    assert isinstance(found[0], NotRead)
    assert isinstance(found[1], Member)
    assert isinstance(opened(archives.rar({"a.jpg": JPEG}, mode=0))[0], Member)
    assert reasons(archives.rar({"a.jpg": JPEG}, mode=0o010644)) == [
        "not a file: a device, a pipe or a socket"
    ]
    locked = archives.rar({"a.jpg": JPEG, "b.jpg": JPEG}, encrypted=True)
    assert reasons(locked) == ["behind a password"] * 2
    assert rar.locked(io.BytesIO(archives.rar({"a.jpg": JPEG}))) == (False, set())
    for data in (archives.sevenzip({"a.jpg": JPEG}), archives.rar({"a.jpg": JPEG})):
        assert "damaged" in reasons(data[:-60] if data[:2] == b"7z" else data[: len(data) // 2])[0]


@needs_library
@given(st.sampled_from(["7z", "rar"]), CHANGES, st.integers(0, 2**31))
def test_broken_archives_are_opened_or_named(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    for one in opened(kind_data(kind, changes, cut)):
        assert isinstance(one, (Member, NotRead))


def kind_data(kind: str, changes: list[tuple[int, int]], cut: int) -> bytes:
    data = archives.sevenzip({"a.jpg": JPEG}) if kind == "7z" else archives.rar({"a.jpg": JPEG})
    broken = spoilt(data, [(8 + place, value) for place, value in changes], cut)
    return data[:8] + broken[8:]


def seconds(data: bytes, **how: float) -> tuple[list[int], film.Film]:
    about = film.Film()
    return [round(at) for at, _ in film.pictures(io.BytesIO(data), about, **how)], about


def test_a_film_gives_a_picture_a_second_and_its_last() -> None:
    data = phone.film([scene(number) for number in range(101, 106)])
    assert seconds(data)[0] == [0, 1, 2, 3, 4, 5]
    assert seconds(data, step=2.0)[0] == [0, 2, 4, 5]
    assert seconds(data)[1].keyframes_from is None


def test_a_film_that_takes_long_is_looked_at_by_keyframes_and_says_so() -> None:
    found, about = seconds(phone.film([scene(number) for number in range(101, 106)]), budget=0.0)
    assert found[0] == 0
    assert about.keyframes_from == 0.0
    assert len(found) >= 4


@given(st.integers(0, 2**31), CHANGES)
def test_broken_films_are_decoded_or_refused(cut: int, changes: list[tuple[int, int]]) -> None:
    with suppress(FingerprintError):
        for _, pixels in film.pictures(io.BytesIO(spoilt(FILM, changes, cut)), film.Film()):
            assert pixels.ndim == 3


FILM = phone.film([scene(101), scene(102)])


def test_sixteen_bits_of_one_channel_are_compared() -> None:
    from PIL import Image

    grey = np.round(pdq.luma(ONE)).astype(np.uint16) * 200
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "TIFF")
    found = decode.colour(out.getvalue(), "TIFF")
    assert pdq.distance(hash_of(found), hash_of(ONE)) <= 6
