"""HEIC files for tests, made from the boxes up: one still, or a grid of tiles, turned or mirrored."""

from __future__ import annotations

import struct
from fractions import Fraction

import av
import numpy as np

from tests.fingerprints.pictures import Pixels


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def still(picture: Pixels) -> tuple[bytes, bytes]:
    """HEVC: the content of hvcC, and the picture with lengths instead of start codes."""
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height = picture.shape[1], picture.shape[0]
    context.pix_fmt, context.time_base = "yuv420p", Fraction(1, 25)
    context.options = {"x265-params": "keyint=1:log-level=none:crf=12"}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    stream = b"".join(bytes(one) for one in (*context.encode(frame), *context.encode(None)))
    units = [unit.strip(b"\0") for unit in stream.split(b"\0\0\1") if unit.strip(b"\0")]
    heads = [unit for unit in units if unit[0] >> 1 in (32, 33, 34)]
    rest = [unit for unit in units if unit[0] >> 1 < 32]
    arrays = b"".join(struct.pack(">BHH", 0x80 | unit[0] >> 1, 1, len(unit)) + unit for unit in heads)
    profile = b"\x01\x01" + b"\x60\0\0\0" + b"\x90\0\0\0\0\0" + b"\x5a"
    config = profile + b"\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f" + bytes([len(heads)]) + arrays
    return config, b"".join(struct.pack(">I", len(unit)) + unit for unit in rest)


def heic(picture: Pixels, tile: int = 0, turn: int = 0, mirror: int = -1) -> bytes:
    """A file. `tile`: length of the tiles of a grid; `turn`: quarter turns to the left a reader has to make."""
    height, width = picture.shape[:2]
    side = tile or max(height, width)
    rows, columns = (-(-length // side) for length in (height, width)) if tile else (1, 1)
    padded = np.zeros((rows * side, columns * side, 3), np.uint8) if tile else picture
    if tile:
        padded[:height, :width] = picture
        padded[height:, :width] = picture[-1:]
        padded[:, width:] = padded[:, width - 1 : width]
    parts = [
        padded[row * side : (row + 1) * side, column * side : (column + 1) * side] if tile else padded
        for row in range(rows)
        for column in range(columns)
    ]
    stills = [still(part) for part in parts]
    items = list(range(1, len(stills) + 1))
    main = len(stills) + 1 if tile else 1
    properties = [
        *(box(b"hvcC", config) for config, _ in stills),
        full(b"ispe", 0, 0, struct.pack(">II", width, height)),
        *([box(b"irot", bytes([turn]))] if turn else []),
        *([box(b"imir", bytes([mirror]))] if mirror >= 0 else []),
    ]
    last = list(range(len(stills) + 1, len(properties) + 1))
    uses = {item: [item] for item in items}
    uses[main] = [*uses.get(main, []), *last]
    ipma = full(
        b"ipma", 0, 0, struct.pack(">I", len(uses)),
        *(struct.pack(">HB", item, len(used)) + bytes(used) for item, used in uses.items()),
    )  # fmt: skip
    kinds = {**dict.fromkeys(items, b"hvc1"), **({main: b"grid"} if tile else {})}
    infes = [full(b"infe", 2, 0, struct.pack(">HH4s", item, 0, kind), b"\0") for item, kind in kinds.items()]
    grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    iref = full(b"iref", 0, 0, box(b"dimg", struct.pack(f">HH{len(items)}H", main, len(items), *items)))

    def meta(start: int) -> bytes:
        places, at = [], start
        for item, (_, data) in zip(items, stills, strict=True):
            places.append(struct.pack(">HHHHII", item, 0, 0, 1, at, len(data)))
            at += len(data)
        if tile:
            places.append(struct.pack(">HHHHII", main, 1, 0, 1, 0, len(grid)))
        return full(
            b"meta", 0, 0,
            full(b"hdlr", 0, 0, b"\0\0\0\0pict", bytes(13)),
            full(b"pitm", 0, 0, struct.pack(">H", main)),
            full(b"iinf", 0, 0, struct.pack(">H", len(infes)), *infes),
            full(b"iloc", 1, 0, b"\x44\0", struct.pack(">H", len(places)), *places),
            *([iref, box(b"idat", grid)] if tile else []),
            box(b"iprp", box(b"ipco", *properties), ipma),
        )  # fmt: skip

    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", *(data for _, data in stills))
