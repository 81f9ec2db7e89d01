"""Looks through everything an installation keeps for something that must not be there, however it is written down."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.world import World

PRINTED = {
    "demonstration.json",
    "demonstration.txt",
}  # the demonstration's own sheet: words of made-up people


def forms(marker: bytes) -> dict[str, set[bytes]]:
    """A marker in four encodings: as it is, in 16 bits, in hex, and in base64 wherever in a longer text it stands."""
    wide = b"".join(bytes([byte, 0]) for byte in marker)
    plain = {marker, marker.lower(), marker.upper()} if marker.isascii() else {marker}
    packed = {_inner(marker, offset) for offset in range(3)}
    return {
        "as it is": plain,
        "in 16 bits": {wide},
        "in hex": {marker.hex().encode(), marker.hex().upper().encode()},
        "in base64": packed | {one.translate(bytes.maketrans(b"+/", b"-_")) for one in packed},
    }


def _inner(marker: bytes, offset: int) -> bytes:
    """The characters of base64 that only the marker decides, when `offset` bytes (modulo 3) stand before it."""
    text = b64encode(bytes(offset) + marker)
    before = -(-offset * 4 // 3)
    after = (offset + len(marker)) * 4 // 3
    return text[before:after]


def search(data: bytes, markers: Mapping[str, bytes]) -> list[str]:
    """Which markers are in the data, and in what form."""
    return [
        f"{name}, {form}"
        for name, marker in markers.items()
        for form, ways in forms(marker).items()
        if any(way in data for way in ways)
    ]


def files_of(world: World, *more: Path) -> Iterator[Path]:
    """Every file the server has, all it ever printed, and what else there is, such as a backup."""
    for folder in (world.data, *more):
        yield from (path for path in folder.rglob("*") if path.is_file() and path.name not in PRINTED)
    yield world.output


def found(world: World, markers: Mapping[str, bytes], *more: Path) -> list[str]:
    """Where a marker is in what the server keeps."""
    return [
        f"{path.name}: {one}" for path in files_of(world, *more) for one in search(path.read_bytes(), markers)
    ]
