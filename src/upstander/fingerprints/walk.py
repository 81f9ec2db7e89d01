"""Walks folders of evidence: reads names only, follows no link, and says what it cannot enter."""

import os
import stat
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from upstander.fingerprints.errors import FingerprintError


@dataclass(frozen=True, slots=True)
class File:
    """A file as it lay there; `path` as Python keeps names that are not Unicode, `size` in bytes."""

    path: str
    size: int
    modified: int  # nanoseconds since 1970, UTC
    inode: int

    @property
    def key(self) -> str:
        """Changes when the file does: what a journal remembers it by."""
        return f"{self.size}:{self.modified}:{self.inode}:{shown(self.path)}"


@dataclass(frozen=True, slots=True)
class Passed:
    """What was not entered, and why."""

    path: str
    reason: str


def shown(name: str) -> str:
    """A file name as text: bytes that are not Unicode, and what could steer a screen, as escapes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def walk(roots: Iterable[str]) -> Iterator[File | Passed]:
    """Everything below the roots, in the order of the names. Raises FingerprintError for a bad root."""
    for root in roots:
        real = os.path.realpath(root)
        try:
            yield from _visit(real, os.lstat(real))
        except OSError as error:
            raise FingerprintError(f"{shown(root)} cannot be read: {error.strerror}.") from None


def _visit(root: str, found: os.stat_result) -> Iterator[File | Passed]:
    waiting = [(root, found)]
    while waiting:
        path, state = waiting.pop()
        if stat.S_ISREG(state.st_mode):
            yield File(path, state.st_size, state.st_mtime_ns, state.st_ino)
        elif stat.S_ISDIR(state.st_mode):
            inside = yield from _entries(path)
            waiting += reversed(inside)
        elif stat.S_ISLNK(state.st_mode):
            yield Passed(path, "a link: links are not followed")
        else:
            yield Passed(path, "not a file: a device, a pipe or a socket")


def _entries(folder: str) -> Generator[Passed, None, list[tuple[str, os.stat_result]]]:
    """Yields what cannot be looked at; returns the rest with its state."""
    inside: list[tuple[str, os.stat_result]] = []
    try:
        with os.scandir(folder) as entries:
            names = sorted((entry.path for entry in entries), key=os.fsencode)
    except OSError as error:
        yield Passed(folder, f"this folder cannot be opened: {error.strerror}")
        return inside
    for path in names:
        try:
            inside.append((path, os.lstat(path)))
        except OSError as error:
            yield Passed(path, f"cannot be looked at: {error.strerror}")
    return inside


def outside(path: str, roots: Iterable[str]) -> None:
    """Raises FingerprintError if a path lies in the evidence: nothing may be written there."""
    real = os.path.realpath(path)
    for root in roots:
        over = os.path.realpath(root)
        if real == over or real.startswith(over.rstrip(os.sep) + os.sep):
            raise FingerprintError("Nothing is written into the evidence: choose a folder outside of it.")
