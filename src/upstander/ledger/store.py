"""Where a log's files lie: a small port, in memory and in a folder, under the paths of C2SP tlog-tiles."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from upstander.ledger.errors import LedgerError
from upstander.ledger.tiles import FetchTile, tile_path

LARGEST = 32 * 1024 * 1024  # bytes; no file of a log is larger


class Store(Protocol):
    """Keeps bytes under paths. A path is written whole or not at all."""

    def read(self, path: str) -> bytes | None:
        """The bytes under a path, None where there are none."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Puts bytes under a path, in the place of what was there."""
        ...

    def remove(self, path: str) -> None:
        """Takes away what is under a path, if anything is."""
        ...

    def names(self, folder: str) -> Iterator[str]:
        """The names, without order, of what lies in this folder itself."""
        ...


class MemoryStore:
    """Keeps everything in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        """The bytes under a path."""
        return self.files.get(path)

    def write(self, path: str, data: bytes) -> None:
        """Puts bytes under a path."""
        self.files[path] = data

    def remove(self, path: str) -> None:
        """Takes away what is under a path."""
        self.files.pop(path, None)

    def names(self, folder: str) -> Iterator[str]:
        """The names of what lies in this folder."""
        before = f"{folder}/"
        yield from {name.removeprefix(before).split("/")[0] for name in self.files if name.startswith(before)}


class FolderStore:
    """Keeps each path as a file in a folder. A write is on the disk, under its name, when it returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """The bytes under a path. Raises LedgerError for a file that is larger than any file of a log."""
        try:
            with (self.folder / path).open("rb") as file:
                data = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        if len(data) > LARGEST:
            raise LedgerError(f"{path} is larger than any file of a log.")
        return data

    def write(self, path: str, data: bytes) -> None:
        """Puts bytes under a path: into a new file first, which then takes the name."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            with waiting.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            waiting.replace(target)
        finally:
            waiting.unlink(missing_ok=True)
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, path: str) -> None:
        """Takes away what is under a path."""
        (self.folder / path).unlink(missing_ok=True)

    def names(self, folder: str) -> Iterator[str]:
        """The names of what lies in this folder, without files whose writing was cut off."""
        try:
            yield from (one.name for one in (self.folder / folder).iterdir() if one.name[0] != ".")
        except (FileNotFoundError, NotADirectoryError):
            return


def tile_of(store: Store, before: str = "") -> FetchTile:
    """Reads tiles of hashes out of a store, in which the log lies below `before`. Raises LedgerError.

    Where a partial tile is gone, the beginning of the full one serves (tlog-tiles, "Partial Tiles").
    """

    def fetch(level: int, index: int, width: int) -> bytes:
        for path in dict.fromkeys((tile_path(level, index, width), tile_path(level, index))):
            data = store.read(before + path)
            if data is not None:
                return data[: width * 32]
        raise LedgerError(f"{tile_path(level, index, width)} is not there.")

    return fetch
