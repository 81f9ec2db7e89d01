"""Sealed files in parts: a small storage port, a folder behind it, and one in memory for tests.

A part is acknowledged only when it is on the disk. Names are upload ids (`formats` section 1), never file
names. Times of files are set back to the day, so that they do not tell when somebody was at work.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

PART = 1024 * 1024  # bytes; the last part of a file may be shorter
_PART_NAME = re.compile(r"(\d{1,5})\.part")


class Blobs(Protocol):
    """Where sealed bytes are kept. An object store can stand behind the same calls."""

    def announce(self, upload: str, about: bytes) -> bytes:
        """Keep what was said about an upload first; answers what was said first, now or earlier."""

    def about(self, upload: str) -> bytes | None:
        """What was announced, or None."""

    def put(self, upload: str, number: int, data: bytes) -> None:
        """Store part `number` (from 0) for good before answering; the same part again replaces it whole."""

    def have(self, upload: str) -> dict[int, int]:
        """Sizes in bytes of the parts that are there, by number."""

    def read(self, upload: str, parts: int) -> Iterator[bytes]:
        """The bytes of all parts in order. Raises FileNotFoundError where one is missing."""

    def sha256(self, upload: str, parts: int) -> str:
        """Hash of all parts, in hex. Read once and kept until a part comes again."""

    def delete(self, upload: str) -> None:
        """Forget an upload; harmless where there is none."""

    def since(self, day: datetime.date) -> dict[str, tuple[datetime.date, int]]:
        """Uploads whose last part came on this day (UTC) or later: that day, and the bytes kept."""

    def before(self, day: datetime.date) -> Iterator[str]:
        """Ids of uploads whose last part came before this day (UTC)."""


class FolderBlobs:
    """Parts as files `<folder>/<id[:2]>/<id>/<n>.part`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def announce(self, upload: str, about: bytes) -> bytes:
        kept = self.about(upload)
        if kept is not None:
            return kept
        place = self._make(upload)
        waiting = self._write(place, "about", about)
        try:
            os.link(waiting, place / "about")  # whoever is first wins, also between processes
        except FileExistsError:
            return (place / "about").read_bytes()
        finally:
            waiting.unlink()
        self._settle(place)
        return about

    def about(self, upload: str) -> bytes | None:
        try:
            return (self._place(upload) / "about").read_bytes()
        except FileNotFoundError:
            return None

    def put(self, upload: str, number: int, data: bytes) -> None:
        place = self._make(upload)
        waiting = self._write(place, f"{number}", data)
        (place / "sha256").unlink(missing_ok=True)
        waiting.replace(place / f"{number}.part")
        self._settle(place)

    def have(self, upload: str) -> dict[int, int]:
        place = self._place(upload)
        if not place.is_dir():
            return {}
        found = ((_PART_NAME.fullmatch(entry.name), entry) for entry in os.scandir(place))
        return {int(match[1]): entry.stat().st_size for match, entry in found if match}

    def read(self, upload: str, parts: int) -> Iterator[bytes]:
        place = self._place(upload)
        for number in range(parts):
            yield (place / f"{number}.part").read_bytes()

    def sha256(self, upload: str, parts: int) -> str:
        place = self._place(upload)
        with suppress(FileNotFoundError):
            return (place / "sha256").read_text("ascii")
        found = _hash(self.read(upload, parts))
        self._write(place, "sha256", found.encode()).replace(place / "sha256")
        self._settle(place)
        return found

    def delete(self, upload: str) -> None:
        shutil.rmtree(self._place(upload), ignore_errors=True)

    def since(self, day: datetime.date) -> dict[str, tuple[datetime.date, int]]:
        recent = {}
        for entry in self._entries():
            last = _day_of(entry)
            if last >= day:
                recent[entry.name] = (last, sum(self.have(entry.name).values()))
        return recent

    def before(self, day: datetime.date) -> Iterator[str]:
        return (entry.name for entry in self._entries() if _day_of(entry) < day)

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        for shelf in os.scandir(self._folder) if self._folder.is_dir() else ():
            yield from os.scandir(shelf.path)

    def _place(self, upload: str) -> Path:
        return self._folder / upload[:2] / upload

    def _make(self, upload: str) -> Path:
        place = self._place(upload)
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (place.parent, self._folder):
                _sync_folder(folder)
        return place

    def _write(self, place: Path, name: str, data: bytes) -> Path:
        # A name of its own for every writer: two that send the same part never mix their bytes.
        waiting = place / f"{name}.{os.getpid()}-{threading.get_ident()}.new"
        with open(waiting, "wb", opener=_private) as file:  # Path.open takes no opener
            file.write(data)
            file.flush()
            os.utime(file.fileno(), (_midnight(), _midnight()))
            os.fsync(file.fileno())
        return waiting

    def _settle(self, place: Path) -> None:
        os.utime(place, (_midnight(), _midnight()))
        _sync_folder(place)


class MemoryBlobs:
    """The same, forgotten when the process ends."""

    def __init__(self) -> None:
        self._about: dict[str, bytes] = {}
        self._parts: dict[str, dict[int, bytes]] = {}
        self._days: dict[str, datetime.date] = {}

    def announce(self, upload: str, about: bytes) -> bytes:
        self._days.setdefault(upload, _today())
        return self._about.setdefault(upload, about)

    def about(self, upload: str) -> bytes | None:
        return self._about.get(upload)

    def put(self, upload: str, number: int, data: bytes) -> None:
        self._parts.setdefault(upload, {})[number] = data
        self._days[upload] = _today()

    def have(self, upload: str) -> dict[int, int]:
        return {number: len(data) for number, data in self._parts.get(upload, {}).items()}

    def read(self, upload: str, parts: int) -> Iterator[bytes]:
        kept = self._parts.get(upload, {})
        for number in range(parts):
            if number not in kept:
                raise FileNotFoundError(upload)
            yield kept[number]

    def sha256(self, upload: str, parts: int) -> str:
        return _hash(self.read(upload, parts))

    def delete(self, upload: str) -> None:
        for kept in (self._about, self._parts, self._days):
            kept.pop(upload, None)

    def since(self, day: datetime.date) -> dict[str, tuple[datetime.date, int]]:
        return {u: (d, sum(self.have(u).values())) for u, d in self._days.items() if d >= day}

    def before(self, day: datetime.date) -> Iterator[str]:
        return iter([upload for upload, last in self._days.items() if last < day])


@cache
def store() -> Blobs:
    """The installation's store: `blobs/` of the data folder."""
    from django.conf import settings

    return FolderBlobs(settings.DATA / "blobs")


def _hash(parts: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _midnight() -> int:
    now = datetime.datetime.now(datetime.UTC)
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def _day_of(entry: os.DirEntry[str]) -> datetime.date:
    return datetime.datetime.fromtimestamp(entry.stat().st_mtime, datetime.UTC).date()
