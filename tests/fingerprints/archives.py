"""Archives and PDFs for tests: 7z by the system's libarchive, RAR and PDF written byte by byte."""

from __future__ import annotations

import ctypes
import zlib

from PIL import Image

from tests.fingerprints.pictures import Pixels
from upstander.fingerprints import libarchive


def sevenzip(files: dict[str, bytes]) -> bytes:
    """A 7z archive, compressed."""
    library = libarchive._loaded()
    assert library is not None
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    for name in ("archive_write_new", "archive_entry_new"):
        getattr(library, name).restype = pointer
    library.archive_entry_set_pathname.argtypes = (pointer, text)
    library.archive_entry_set_size.argtypes = (pointer, ctypes.c_int64)
    library.archive_entry_set_filetype.argtypes = (pointer, ctypes.c_uint)
    library.archive_write_open_memory.argtypes = (pointer, pointer, size, ctypes.POINTER(size))
    library.archive_write_header.argtypes = (pointer, pointer)
    library.archive_write_data.argtypes = (pointer, text, size)
    library.archive_write_data.restype = ctypes.c_ssize_t
    for name in ("set_format_7zip", "close", "free"):
        getattr(library, f"archive_write_{name}").argtypes = (pointer,)
    room = ctypes.create_string_buffer(sum(map(len, files.values())) + 100_000)
    used = size()
    archive = library.archive_write_new()
    assert library.archive_write_set_format_7zip(archive) == 0
    assert library.archive_write_open_memory(archive, room, len(room), ctypes.byref(used)) == 0
    for name, data in files.items():
        entry = library.archive_entry_new()
        library.archive_entry_set_pathname(entry, name.encode())
        library.archive_entry_set_size(entry, len(data))
        library.archive_entry_set_filetype(entry, 0o100000)
        assert library.archive_write_header(archive, entry) == 0
        assert library.archive_write_data(archive, data, len(data)) == len(data)
    assert library.archive_write_close(archive) == 0
    library.archive_write_free(archive)
    return room.raw[: used.value]


def rar(files: dict[str, bytes], encrypted: bool = False, mode: int = 0o100644) -> bytes:
    """A RAR 5 archive; its files are stored. `encrypted`: as if, so that the checksum does not fit."""

    def number(value: int) -> bytes:
        out = b""
        while value >= 0x80:
            out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
        return out + bytes([value])

    def block(body: bytes) -> bytes:
        sized = number(len(body)) + body
        return zlib.crc32(sized).to_bytes(4, "little") + sized

    parts = [b"Rar!\x1a\x07\x01\x00", block(number(1) + number(0) + number(0))]
    for name, data in files.items():
        extra = number(36) + number(1) + number(0) + number(0) + bytes(1 + 16 + 16) if encrypted else b""
        head = number(2) + number(2 | (1 if extra else 0))
        head += number(len(extra)) if extra else b""
        head += number(len(data)) + number(4) + number(len(data)) + number(mode)
        head += zlib.crc32(data).to_bytes(4, "little") + number(0) + number(1)
        head += number(len(name.encode())) + name.encode() + extra
        parts += [block(head), bytes(255 - one for one in data) if encrypted else data]
    return b"".join((*parts, block(number(5) + number(0) + number(0))))


def pdf(objects: list[tuple[str, bytes | None]], trailer: str = "") -> bytes:
    """A PDF of these objects: a dictionary (without its length), and the content of its stream."""
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    for number, (dictionary, stream) in enumerate(objects, 1):
        if stream is None:
            out += f"{number} 0 obj\n{dictionary}\nendobj\n".encode("latin-1")
            continue
        head = (
            dictionary.replace(">>", f"/Length {len(stream)}>>") if dictionary.endswith(">>") else dictionary
        )
        out += f"{number} 0 obj\n{head}\nstream\n".encode("latin-1") + stream + b"\nendstream\nendobj\n"
    return out + f"trailer <</Size {len(objects) + 1} {trailer}>>\nstartxref\n0\n%%EOF\n".encode()


def image(picture: Pixels, more: str) -> str:
    """The dictionary of a picture."""
    height, width = picture.shape[:2]
    return f"<</Type/XObject /Subtype /Image/Width {width}/Height {height}/BitsPerComponent 8{more}>>"


def flate(picture: Pixels, predictor: int = 1) -> bytes:
    """Samples packed as a PDF packs them; `predictor` 2 is TIFF's, 15 PNG's (here: Up)."""
    import numpy as np

    if predictor == 2:
        changed = picture.copy()
        changed[:, 1:] = picture[:, 1:] - picture[:, :-1]
        return zlib.compress(changed.tobytes())
    if predictor == 15:
        above = np.vstack([np.zeros_like(picture[:1]), picture[:-1]])
        rows = (picture - above).reshape(picture.shape[0], -1)
        return zlib.compress(b"".join(b"\x02" + row.tobytes() for row in rows))
    return zlib.compress(picture.tobytes())


def indexed(picture: Pixels) -> tuple[bytes, bytes]:
    """Samples and palette of a picture with 256 colours."""
    small = Image.fromarray(picture).quantize(256)
    return small.tobytes(), bytes(small.getpalette() or ())[:768].ljust(768, b"\0")
