"""Archives that want to fill the memory, never end, hide or break; and e-mail. Nothing may raise, nothing be silent."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fingerprints import archives, phone
from tests.fingerprints.pictures import scene
from upstander.fingerprints import libarchive
from upstander.fingerprints.containers import CONTAINERS, Limits, Member, NotRead, members
from upstander.fingerprints.sniff import kind_of

PICTURE = phone.encoded(phone.resized(scene(1), 160))
SMALL = Limits(member=2**20, floor=4 * 2**20, members=50)


def opened(data: bytes, limits: Limits = SMALL) -> list[Member | NotRead]:
    return list(members(io.BytesIO(data), kind_of(data[:4096]), len(data), limits))


def reasons(found: list[Member | NotRead]) -> list[str]:
    return [one.reason for one in found if isinstance(one, NotRead)]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_packed_pictures_and_tars_are_found(pack) -> None:  # type: ignore[no-untyped-def]
    assert [one.where for one in opened(pack(PICTURE))] == [("(unpacked)",)]
    packed = opened(pack(phone.tarred({"a/b.jpg": PICTURE, "c.txt": b"words"})))
    assert [(one.where, getattr(one, "data", b"")) for one in packed] == [
        (("(unpacked)", "a/b.jpg"), PICTURE)
    ]


def test_archives_in_archives_stop_at_the_cap() -> None:
    data = PICTURE
    for _ in range(4):
        data = phone.zipped({"x": data})
    assert isinstance(opened(data)[0], Member)
    for _ in range(4):
        data = phone.zipped({"x": data})
    assert reasons(opened(data)) == ["archives in archives, too deep"]


def test_a_bomb_is_stopped_by_what_comes_out_not_by_what_it_says() -> None:
    bomb = phone.zipped({f"{n}.bin": bytes(900_000) for n in range(20)} | {"last.jpg": PICTURE})
    assert len(bomb) < 40_000
    found = opened(bomb)
    assert set(reasons(found)) == {"it unpacks to more than 100 times its size"}
    assert len(found) == 2  # the member that is cut off, and the rest of the archive


def test_a_gzip_that_never_ends_is_stopped() -> None:
    bomb = gzip.compress(bytes(60 * 2**20))
    assert reasons(opened(bomb)) == ["too large to be looked at in memory"]
    tar = gzip.compress(phone.tarred({"zeros": bytes(30 * 2**20)}))
    assert any("too large" in reason or "more than" in reason for reason in reasons(opened(tar)))


def test_a_header_that_lies_about_sizes_changes_nothing() -> None:
    data = bytearray(phone.zipped({"x.jpg": bytes(3 * 2**20)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")  # uncompressed size in the directory
    assert len(reasons(opened(bytes(data)))) == 1


def test_too_many_members() -> None:
    found = opened(phone.zipped({f"{n}": b"" for n in range(60)}))
    assert reasons(found) == ["too many files in one archive"]


def test_a_locked_member_is_said_and_the_others_are_read() -> None:
    data = bytearray(phone.zipped({"locked.jpg": PICTURE, "open.jpg": PICTURE}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + offset
        data[at] |= 1
    found = opened(bytes(data))
    assert reasons(found) == ["locked with a password"]
    assert [one.where for one in found if isinstance(one, Member)] == [("open.jpg",)]


def test_a_member_with_a_wrong_checksum_is_said_and_the_others_are_read() -> None:
    data = bytearray(phone.zipped({"bad.jpg": PICTURE, "good.jpg": PICTURE}))
    data[60] ^= 0xFF
    found = opened(bytes(data))
    assert len(reasons(found)) == 1
    assert [one.where for one in found if isinstance(one, Member)] == [("good.jpg",)]


def test_links_in_a_tar_are_not_followed() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("passwd.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert reasons(opened(out.getvalue())) == ["a link: links are not followed"]


def test_names_that_steer_a_screen_are_escaped() -> None:
    (found,) = opened(phone.zipped({"a\u202egpj.\x1b[2J\n": PICTURE}))
    assert found.where == ("a\\u202egpj.\\x1b[2J\\n",)


def test_mail_in_mail_and_archives_in_mail() -> None:
    inner = phone.mailed("pictures.zip", phone.zipped({"p.jpg": PICTURE}))
    assert [one.where for one in opened(inner)] == [("pictures.zip", "p.jpg")]
    outer = phone.mailed("inner.eml", inner)
    assert [one.where for one in opened(outer)] == [("inner.eml", "pictures.zip", "p.jpg")]


def test_every_letter_of_an_mbox_file_is_read() -> None:
    letters = b"\n".join(
        b"From a@example.org Mon Nov 23 2026\n" + phone.mailed(f"{n}.jpg", PICTURE) for n in (1, 2)
    )
    assert [one.where for one in opened(letters)] == [("letter 1", "1.jpg"), ("letter 2", "2.jpg")]


def test_what_is_not_opened_or_broken_is_said() -> None:
    for beginning, words in (
        (b"7z\xbc\xaf\x27\x1c", "damaged"),
        (b"Rar!\x1a\x07\x00", "damaged"),
        (b"%PDF-1.4", "damaged"),
        (b"SQLite format 3\0", "not opened by this version"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not opened by this version"),
    ):
        (found,) = opened(phone.zipped({"x": beginning + bytes(100)}))
        assert isinstance(found, NotRead)
        assert words in found.reason or libarchive.MISSING in found.reason


VALID = {
    "zip": phone.zipped({"a/p.jpg": PICTURE, "_chat.txt": phone.CHAT_IOS.encode()}),
    "tar": phone.tarred({"p.jpg": PICTURE}),
    "gzip": gzip.compress(phone.tarred({"p.jpg": PICTURE})),
    "xz": lzma.compress(PICTURE),
    "bzip2": bz2.compress(PICTURE),
    "mail": phone.mailed("p.jpg", PICTURE),
    "pdf": archives.pdf([("<</Subtype/Image/Width 160/Height 120/Filter/DCTDecode>>", PICTURE)]),
    "7z": archives.sevenzip({"p.jpg": PICTURE}) if phone.HAS_LIBRARY else b"7z\xbc\xaf\x27\x1c",
    "rar": archives.rar({"p.jpg": PICTURE}),
    "cab": b"MSCF\0\0\0\0" + bytes(60),
}


@given(
    st.sampled_from(CONTAINERS),
    st.integers(0, 2**31),
    st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), max_size=12),
)
def test_nothing_raises_whatever_is_broken(kind: str, cut: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(VALID[kind])
    for place, value in changes:
        data[place % len(data)] = value
    broken = bytes(data[: 1 + cut % len(data)]) if cut % 3 else bytes(data)
    found = list(members(io.BytesIO(broken), kind, len(broken), SMALL))
    assert all(isinstance(one, Member | NotRead) for one in found)


@given(st.sampled_from(CONTAINERS), st.binary(max_size=300))
def test_nothing_raises_on_noise(kind: str, data: bytes) -> None:
    for one in members(io.BytesIO(data), kind, len(data), SMALL):
        assert isinstance(one, Member | NotRead)


@given(st.binary(max_size=600))
def test_any_head_has_a_kind_or_none(head: bytes) -> None:
    assert isinstance(kind_of(head), str)


def test_a_zip_that_holds_itself_ends() -> None:
    """A zip whose one stored member is again a zip, a hundred deep: the depth cap ends it at once."""
    data = PICTURE
    for _ in range(100):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("again.zip", data)
        data = out.getvalue()
    assert reasons(opened(data)) == ["archives in archives, too deep"]
    assert zlib.crc32(data)  # it was a real archive
