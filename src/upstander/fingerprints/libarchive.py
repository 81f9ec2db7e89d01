"""7z, RAR and CAB archives, read through the system's libarchive (BSD), where it is installed.

No package among our dependencies brings it; Debian and most others have the library. Nothing is unpacked to a
disk. Members come one after the other and are read while they are there, as the library demands.
"""

import ctypes
import ctypes.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any, Final

from upstander.fingerprints import rar
from upstander.fingerprints.errors import FingerprintError

KINDS: Final = ("7z", "rar", "cab")
MISSING: Final = "needs the library libarchive, which is not installed on this machine"

_OK, _EOF, _WARN = 0, 1, -20
_IS_FOLDER = "a folder"
_BLOCK = 64 * 1024
_FILE, _FOLDER, _KIND = 0o100000, 0o040000, 0o170000


@dataclass(slots=True)
class Entry:
    """A file in an archive. Its content is read while it is the current one; `reason`: why it cannot be."""

    name: str
    reason: str
    _library: Any = None
    _archive: Any = None

    def read(self, size: int) -> bytes:
        """At most `size` bytes. Raises FingerprintError."""
        parts, left = [], size
        buffer = ctypes.create_string_buffer(_BLOCK)
        while left > 0:
            got = self._library.archive_read_data(self._archive, buffer, min(left, _BLOCK))
            if got < 0:
                raise FingerprintError(_why(self._library, self._archive))
            if got == 0:
                break
            parts.append(buffer.raw[:got])
            left -= got
        return b"".join(parts)


def entries(source: IO[bytes]) -> Iterator[Entry]:
    """Files of an archive, in its order. Raises FingerprintError for what is no archive, or no library."""
    library = _loaded()
    if library is None:
        raise FingerprintError(MISSING)
    archive = library.archive_read_new()
    if not archive:
        raise FingerprintError("needs more memory than there is")
    try:
        for form in ("7zip", "rar", "rar5", "cab"):
            getattr(library, f"archive_read_support_format_{form}")(archive)
        all_locked, locked = rar.locked(source)
        if all_locked:
            raise FingerprintError("behind a password")
        held = _opened(library, archive, source)
        for place, entry in enumerate(_each(library, archive)):
            if entry.reason != _IS_FOLDER:
                yield Entry(entry.name, "behind a password") if place in locked else entry
        del held
    finally:
        library.archive_read_free(archive)


def _opened(library: Any, archive: Any, source: IO[bytes]) -> bytes:
    """Opens it: a file by its handle, anything else in memory. Answers what has to stay alive."""
    try:
        handle = source.fileno()
    except OSError:
        data = source.read()
        failed = library.archive_read_open_memory(archive, data, len(data)) != _OK
    else:
        data = b""
        os.lseek(handle, 0, os.SEEK_SET)  # the buffer above it may stand elsewhere
        failed = library.archive_read_open_fd(archive, handle, _BLOCK) != _OK
    if failed:
        raise FingerprintError(_why(library, archive))
    return data


def _each(library: Any, archive: Any) -> Iterator[Entry]:
    entry = ctypes.c_void_p()
    seen = 0
    while True:
        code = library.archive_read_next_header(archive, ctypes.byref(entry))
        if code == _EOF and seen:
            return
        if code == _EOF:
            raise FingerprintError("damaged, or empty")
        seen += 1
        if code < _WARN:
            raise FingerprintError(_why(library, archive))
        raw = library.archive_entry_pathname(entry) or b""
        name = raw.decode("utf-8", "surrogateescape")
        kind = library.archive_entry_filetype(entry) & _KIND
        if library.archive_entry_is_data_encrypted(entry):
            yield Entry(name, "behind a password")
        elif library.archive_entry_symlink(entry) or library.archive_entry_hardlink(entry):
            yield Entry(name, "a link: links are not followed")
        elif kind in (_FILE, 0):  # some archives do not say
            yield Entry(name, "", library, archive)
        else:
            yield Entry(name, _IS_FOLDER if kind == _FOLDER else "not a file: a device, a pipe or a socket")


def _why(library: Any, archive: Any) -> str:
    text = (library.archive_error_string(archive) or b"").decode("utf-8", "replace").lower()
    if "passphrase" in text or "encrypt" in text:
        return "behind a password"
    return "damaged, cut short, or packed in a way that is not known here"


@lru_cache(maxsize=1)
def _loaded() -> Any:
    """The library with its functions declared; None where there is none."""
    for name in ("libarchive.so.13", ctypes.util.find_library("archive")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            return _declared(library)
    return None


def _declared(library: Any) -> Any:
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    known: dict[str, tuple[Any, ...]] = {
        "archive_read_new": (pointer,),
        "archive_read_free": (ctypes.c_int, pointer),
        "archive_read_open_memory": (ctypes.c_int, pointer, text, size),
        "archive_read_open_fd": (ctypes.c_int, pointer, ctypes.c_int, size),
        "archive_read_next_header": (ctypes.c_int, pointer, ctypes.POINTER(pointer)),
        "archive_read_data": (ctypes.c_ssize_t, pointer, pointer, size),
        "archive_error_string": (text, pointer),
        "archive_entry_pathname": (text, pointer),
        "archive_entry_filetype": (ctypes.c_uint, pointer),
        "archive_entry_symlink": (text, pointer),
        "archive_entry_hardlink": (text, pointer),
        "archive_entry_is_data_encrypted": (ctypes.c_int, pointer),
        **{
            f"archive_read_support_format_{form}": (ctypes.c_int, pointer)
            for form in ("7zip", "rar", "rar5", "cab")
        },
    }
    for name, (result, *arguments) in known.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
