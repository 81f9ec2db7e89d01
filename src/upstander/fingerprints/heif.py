"""HEIC pictures, as phones write them: HEVC stills in an ISO 23008-12 file, whole or in a grid of tiles.

Pillow reads AVIF and not HEIC, and FFmpeg's demuxer hands out tiles without their grid. So the boxes are read
here, each count and offset behind a cap, and every tile is decoded by FFmpeg's HEVC decoder (PyAV).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import Bytes

LARGEST: Final = 36_000_000  # pixels of the whole picture
TILES: Final = 1_024
_ITEMS = 4_096  # items, properties or extents of a file
_DEPTH = 2  # a grid of grids is nothing a phone writes
_DAMAGED = "a HEIC picture that is damaged or cut short"


@dataclass(slots=True)
class _File:
    data: bytes
    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)  # method, offset, length
    tiles: dict[int, list[int]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    uses: dict[int, list[int]] = field(default_factory=dict)
    held: bytes = b""  # idat

    def of(self, item: int, name: bytes) -> bytes | None:
        """The content of an item's first property of this name."""
        return next((body for kind, body in self.all_of(item) if kind == name), None)

    def all_of(self, item: int) -> Iterator[tuple[bytes, bytes]]:
        """An item's properties, in their order."""
        for index in self.uses.get(item, ()):
            if 1 <= index <= len(self.properties):
                yield self.properties[index - 1]

    def content(self, item: int) -> bytes:
        """An item's bytes."""
        parts = []
        for method, offset, length in self.places.get(item, ()):
            source = self.held if method == 1 else self.data
            if method > 1 or offset + length > len(source):
                raise FingerprintError(_DAMAGED)
            parts.append(source[offset : offset + length] if length else source[offset:])
        return b"".join(parts)


def pixels(data: bytes) -> Bytes:
    """The main picture, height x width x 3 bytes, turned as its file says. Raises FingerprintError."""
    try:
        file = _read(data)
        return _turned(file, file.primary, _whole(file, file.primary, 0))
    except FingerprintError:
        raise
    except MemoryError:
        raise FingerprintError("needs more memory than there is") from None
    except Exception:  # whatever hostile boxes or a decoder of hostile bytes bring about
        raise FingerprintError(_DAMAGED) from None


def _whole(file: _File, item: int, depth: int) -> Bytes:
    kind = file.kinds.get(item, b"")
    if kind == b"hvc1":
        return _decoded(file, item)
    if kind != b"grid" or depth >= _DEPTH:
        raise FingerprintError("a HEIC picture of a kind that is not known here")
    head = file.content(item)
    wide = head[1] & 1
    rows, columns = head[2] + 1, head[3] + 1
    width, height = struct.unpack_from(">II" if wide else ">HH", head, 4)
    tiles = file.tiles.get(item, [])
    if len(tiles) != rows * columns or len(tiles) > TILES:
        raise FingerprintError(_DAMAGED)
    _check_size(width, height)
    whole: Bytes = np.empty((height, width, 3), np.uint8)
    filled = 0
    tall, broad = 0, 0
    for number, tile in enumerate(tiles):
        part = _whole(file, tile, depth + 1)
        tall, broad = (part.shape[0], part.shape[1]) if number == 0 else (tall, broad)
        top, left = number // columns * tall, number % columns * broad
        place = whole[top : top + tall, left : left + broad]
        place[:] = part[: place.shape[0], : place.shape[1]]
        filled += place.shape[0] * place.shape[1]
    if filled != width * height:
        raise FingerprintError(_DAMAGED)
    return whole


def _decoded(file: _File, item: int) -> Bytes:
    import av

    extra = file.of(item, b"hvcC")
    if extra is None:
        raise FingerprintError(_DAMAGED)
    size = file.of(item, b"ispe")
    if size is not None:
        _check_size(*struct.unpack_from(">II", size, 4))
    context: Any = av.CodecContext.create("hevc", "r")
    context.thread_count = 1
    context.extradata = extra
    packet = av.Packet(file.content(item))
    frames = [*context.decode(packet), *context.decode(None)]
    if not frames:
        raise FingerprintError(_DAMAGED)
    _check_size(frames[0].width, frames[0].height)
    made: Bytes = frames[0].to_ndarray(format="rgb24")
    return made


def _turned(file: _File, item: int, made: Bytes) -> Bytes:
    """Rotation and mirroring, in the order in which the file lists them."""
    for kind, body in file.all_of(item):
        if kind == b"irot":
            made = np.rot90(made, body[0] & 3)
        elif kind == b"imir":
            made = made[:, ::-1] if body[0] & 1 else made[::-1]
    return np.ascontiguousarray(made)


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise FingerprintError(_DAMAGED)
    if width * height > LARGEST:
        raise FingerprintError(
            f"too large to be decoded: it claims {width * height // 1_000_000} million pixels"
        )


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Boxes one after the other: name and content."""
    start = 0
    while start + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        end = len(data) if size == 0 else start + size
        if end < start + head or end > len(data):
            raise FingerprintError(_DAMAGED)
        yield name, data[start + head : end]
        start = end


def _read(data: bytes) -> _File:
    meta = next((body for name, body in _boxes(data) if name == b"meta"), None)
    if meta is None:
        raise FingerprintError("a HEIC file without a still picture: a sequence is not looked at")
    file = _File(data)
    for name, body in _boxes(meta[4:]):
        reader = _READERS.get(name)
        if reader is not None:
            reader(file, body)
    return file


def _pitm(file: _File, body: bytes) -> None:
    (file.primary,) = struct.unpack_from(">I" if body[0] else ">H", body, 4)


def _iinf(file: _File, body: bytes) -> None:
    for name, entry in _boxes(body[8 if body[0] else 6 :]):
        if name == b"infe" and entry[0] in (2, 3):
            item, _, kind = struct.unpack_from(">HH4s" if entry[0] == 2 else ">IH4s", entry, 4)
            file.kinds[item] = kind
        _check_count(len(file.kinds))


def _iloc(file: _File, body: bytes) -> None:
    version = body[0]
    sizes = (body[4] >> 4, body[4] & 15, body[5] >> 4, body[5] & 15 if version else 0)
    if any(size not in (0, 4, 8) for size in sizes):
        raise FingerprintError(_DAMAGED)
    offset_size, length_size, base_size, index_size = sizes
    at = 6

    def number(size: int) -> int:
        nonlocal at
        if at + size > len(body):
            raise FingerprintError(_DAMAGED)
        found = int.from_bytes(body[at : at + size])
        at += size
        return found

    wide = 4 if version == 2 else 2
    total = 0
    for _ in range(_check_count(number(wide))):
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)  # which file: always this one
        base = number(base_size)
        places = []
        for _ in range(_check_count(number(2))):
            number(index_size)
            offset = base + number(offset_size)
            places.append((method, offset, number(length_size)))
        total = _check_count(total + len(places))
        file.places[item] = places


def _iref(file: _File, body: bytes) -> None:
    one = ">I" if body[0] else ">H"
    size = struct.calcsize(one)
    for name, entry in _boxes(body[4:]):
        (source,) = struct.unpack_from(one, entry)
        (count,) = struct.unpack_from(">H", entry, size)
        targets: Sequence[int] = struct.unpack_from(f">{_check_count(count)}{one[1]}", entry, size + 2)
        if name == b"dimg":
            file.tiles[source] = list(targets)


def _iprp(file: _File, body: bytes) -> None:
    for name, inside in _boxes(body):
        if name == b"ipco":
            file.properties = list(_boxes(inside))
            _check_count(len(file.properties))
        elif name == b"ipma":
            _ipma(file, inside)


def _ipma(file: _File, body: bytes) -> None:
    wide_item, wide_index = body[0] >= 1, body[3] & 1
    (count,) = struct.unpack_from(">I", body, 4)
    at = 8
    for _ in range(_check_count(count)):
        (item,) = struct.unpack_from(">I" if wide_item else ">H", body, at)
        at += 4 if wide_item else 2
        number = body[at]
        at += 1
        indexes = []
        for _ in range(number):
            (index,) = struct.unpack_from(">H" if wide_index else ">B", body, at)
            at += 2 if wide_index else 1
            indexes.append(index & (0x7FFF if wide_index else 0x7F))
        file.uses.setdefault(item, []).extend(indexes)


def _idat(file: _File, body: bytes) -> None:
    file.held = body


def _check_count(count: int) -> int:
    if count > _ITEMS:
        raise FingerprintError(_DAMAGED)
    return count


_READERS = {
    b"pitm": _pitm,
    b"iinf": _iinf,
    b"iloc": _iloc,
    b"iref": _iref,
    b"iprp": _iprp,
    b"idat": _idat,
}
