"""Looks for what should be nowhere: known texts and keys in files, in every form in which they could lie about.

Forms: as they are in UTF-8, UTF-16 in both byte orders, JSON with escapes, percent-encoding, base64 and base64url in
all three alignments, hexadecimal; and each of these inside gzip, zlib and raw DEFLATE streams, also nested ones.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

STREAM_STARTS = {b"\x1f\x8b\x08": 31, b"\x78\x01": 15, b"\x78\x5e": 15, b"\x78\x9c": 15, b"\x78\xda": 15}
NESTED = 3  # streams within streams
SMALLEST = 8  # bytes; shorter than this is found by chance


@dataclass(frozen=True)
class Leak:
    """What was found, in which form, and where."""

    what: str
    form: str
    where: str


def forms(secret: str | bytes) -> dict[str, bytes]:
    """The byte strings to look for. A base64 form leaves out the ends, which depend on what stands beside it."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {"bytes": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    if isinstance(secret, str):
        found["utf-16-le"] = secret.encode("utf-16-le")
        found["utf-16-be"] = secret.encode("utf-16-be")
        found["json"] = json.dumps(secret)[1:-1].encode()
        found["percent"] = quote(secret, safe="").encode()
    for name in ("bytes", "utf-16-le"):
        for shift in range(3) if name in found else ():
            body = bytes(shift) + found[name]
            core = slice(4 if shift else 0, len(body) // 3 * 4)
            found[f"base64 {name} {shift}"] = b64encode(body)[core]
            found[f"base64url {name} {shift}"] = urlsafe_b64encode(body)[core]
    return {name: form for name, form in found.items() if len(form) >= SMALLEST}


def streams(data: bytes, depth: int = NESTED) -> Iterator[bytes]:
    """The data, and whatever can be unpacked from any place in it."""
    yield data
    if depth == 0:
        return
    for start, bits in STREAM_STARTS.items():
        place = data.find(start)
        while place >= 0:
            unpacked = _unpacked(data[place:], bits)
            if len(unpacked) >= SMALLEST:
                yield from streams(unpacked, depth - 1)
            place = data.find(start, place + 1)
    whole = _unpacked(data, -15)
    if len(whole) >= SMALLEST:
        yield from streams(whole, depth - 1)


def _unpacked(data: bytes, bits: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    out = b""
    try:
        for place in range(0, len(data), 4096):  # what comes before a fault counts too
            out += unpacker.decompress(data[place : place + 4096])
            if unpacker.eof:
                break
    except zlib.error:
        pass
    return out


def files_under(*places: Path, leave_out: Iterable[str] = ()) -> list[Path]:
    """Every file in these folders, and these files, but for those of the names left out."""
    skipped = set(leave_out)
    found = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return [file for file in found if file.is_file() and file.name not in skipped]


def read(path: Path) -> bytes:
    """What a file holds; nothing where a process that runs has taken it away since it was listed."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def search(secrets: dict[str, str | bytes], files: Iterable[Path]) -> list[Leak]:
    """Every place where one of the named secrets lies in one of its forms, also in a file's name."""
    wanted = [(what, name, form) for what, secret in secrets.items() for name, form in forms(secret).items()]
    leaks = []
    for file in files:
        leaks += [
            Leak(what, name, "the name of a file") for what, name, form in wanted if form in bytes(file)
        ]
        for stream in streams(file.read_bytes()):
            leaks += [Leak(what, name, file.name) for what, name, form in wanted if form in stream]
    return leaks
