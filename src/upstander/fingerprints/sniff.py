"""What a file is, by its first bytes and never by its name."""

import re
from typing import Final

HEAD: Final = 4096  # bytes that are enough to tell

PICTURES: Final = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\0", b"MM\0*"),
    "JPEG2000": (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    "PPM": (b"P6\n",),
}
"""Pillow's names of formats, and how such files begin; WebP, AVIF and BMP need a second look."""

NOT_OPENED: Final = {
    "a database of an app": (b"SQLite format 3\0",),
    "an old Office or Outlook file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
}
"""Can hold pictures, and is not opened by this version: said in the list of what was not assessed."""

_ARCHIVES = {
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "gzip": (b"\x1f\x8b\x08",),
    "bzip2": (b"BZh",),
    "xz": (b"\xfd7zXZ\0",),
    "pdf": (b"%PDF-",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "rar": (b"Rar!\x1a\x07",),
    "cab": (b"MSCF\0\0\0\0",),
}
_FILMS = (b"\x1aE\xdf\xa3", b"\0\0\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"FLV\x01", b"OggS\0")
_HEADERS = rb"Received|Return-Path|Delivered-To|Date|From|To|Subject|Message-ID|MIME-Version|X-[\w-]+"
_MAIL = re.compile(rb"(?:From |(?:%b):)" % _HEADERS, re.I)
_MIME = re.compile(rb"^(?:MIME-Version|Content-Type):", re.I | re.M)


def kind_of(head: bytes) -> str:
    """A Pillow format, or `HEIC`; `zip`, `tar`, `gzip`, `bzip2`, `xz`, `pdf`, `7z`, `rar`,
    `cab`, `mail`, `film`; one of NOT_OPENED; or empty."""
    for table in (PICTURES, NOT_OPENED, _ARCHIVES):
        for name, beginnings in table.items():
            if head.startswith(beginnings):
                return name
    if head[:4] == b"RIFF":
        return {b"WEBP": "WEBP", b"AVI ": "film"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[257:262] == b"ustar":
        return "tar"
    if head[:2] == b"BM" and head[14:18] in (b"\x28\0\0\0", b"\x7c\0\0\0", b"\x6c\0\0\0", b"\x0c\0\0\0"):
        return "BMP"
    if head.startswith(_FILMS) or (head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G"):
        return "film"
    if _MAIL.match(head) and _MIME.search(head):
        return "mail"
    return ""


def _boxed(head: bytes) -> str:
    """ISO media: the major brand, then the compatible ones."""
    brands = {head[8:12], *(head[i : i + 4] for i in range(16, min(int.from_bytes(head[:4]), 64), 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if head[8:12] in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}:
        return "HEIC"
    return "film"
