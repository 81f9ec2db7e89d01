"""Which files of a RAR 5 archive are behind a password: libarchive 3.6 hands them out as if plain.

Reads the headers alone, as the format's technical note lays them out (RARLAB, "RAR 5.0 archive format").
"""

from typing import IO, Final

_SIGNATURE: Final = b"Rar!\x1a\x07\x01\x00"
_FILE, _CRYPT = 2, 4  # types of blocks
_PASSWORD = 1  # type of a record in a file's extra area
_EXTRA, _DATA = 1, 2  # flags of a block
_LARGEST = 2 * 2**20  # bytes of a header
_BLOCKS = 1_000_000


def locked(source: IO[bytes]) -> tuple[bool, set[int]]:
    """Whether even the names are locked; and the places (from 0) of files that are.

    Never raises for a broken archive: what comes after the break cannot be told, and libarchive says so. The
    source is left at its start.
    """
    files: set[int] = set()
    place = -1
    try:
        source.seek(0)
        if source.read(8) != _SIGNATURE:
            return False, files
        for _ in range(_BLOCKS):
            header, start = _header(source)
            kind, at = _number(header, 0)
            flags, at = _number(header, at)
            extra, at = _number(header, at) if flags & _EXTRA else (0, at)
            size, at = _number(header, at) if flags & _DATA else (0, at)
            if kind == _CRYPT:
                return True, files
            if kind == _FILE:
                place += 1
                if extra and _has_password(header[len(header) - extra :]):
                    files.add(place)
            source.seek(start + size)
    except (EOFError, ValueError, OverflowError, OSError):
        return False, files
    finally:
        source.seek(0)
    return False, files


def _header(source: IO[bytes]) -> tuple[bytes, int]:
    """The next header, and where the data behind it begins."""
    head = source.read(7)  # checksum, and a length of at most three bytes
    size, used = _number(head, 4)
    if size > _LARGEST:
        raise ValueError("no header is so long")
    source.seek(used - len(head), 1)
    header = source.read(size)
    if len(header) < size or not size:
        raise EOFError
    return header, source.tell()


def _has_password(extra: bytes) -> bool:
    at = 0
    while at < len(extra):
        size, at = _number(extra, at)
        if size and _number(extra, at)[0] == _PASSWORD:
            return True
        at += size
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, least first, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise EOFError
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    raise ValueError("no number is so long")
