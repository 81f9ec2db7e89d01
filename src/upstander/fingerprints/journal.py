"""What a scan has done so far: a line for every file that was looked at, so that it goes on after a kill.

It lies outside the evidence, is readable by its owner only, and belongs to one bank and one authority. It
holds paths and findings, no fingerprint. A line cut by a kill is taken away and its file looked at again.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from upstander.fingerprints.errors import FingerprintError
from upstander.formats.hashes import sha256


class Journal:
    """An open journal. Use as a context."""

    def __init__(self, path: Path, about: dict[str, str]) -> None:
        """Opens or begins a journal. Raises FingerprintError if it belongs to another scan."""
        self._path = path
        self._done: set[bytes] = set()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(handle, "r+b")
        end = 0
        for number, line in enumerate(iter(self._file.readline, b"")):
            entry = _entry(line)
            if entry is None:
                break
            if number == 0 and entry != about:
                self._file.close()
                raise FingerprintError(
                    "This journal belongs to another scan (other bank, authority, device or folders). "
                    "Choose another file, or look at its lead sheet first."
                )
            self._done.add(_short(str(entry.get("key", ""))))
            end = self._file.tell()
        if self._file.read(1):
            self._file.close()
            raise FingerprintError("This journal is damaged in the middle. Keep it, and begin another one.")
        self._file.truncate(end)
        self._file.seek(end)
        if end == 0:
            self._write(about)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync(self._file.fileno())
        self._file.close()

    def has(self, key: str) -> bool:
        """Was this file, unchanged, looked at already?"""
        return _short(key) in self._done

    def add(self, key: str, path: str, outcome: dict[str, Any]) -> None:
        """Writes down what was found in a file: from then on a kill of this process loses nothing of it."""
        self._write({"key": key, "path": path, "outcome": outcome})
        self._done.add(_short(key))

    def outcomes(self) -> Iterator[dict[str, Any]]:
        """All outcomes, the last one of each path, in the order of paths."""
        self._file.flush()
        latest: dict[str, int] = {}
        with self._path.open("rb") as lines:
            lines.readline()
            place = lines.tell()
            for line in iter(lines.readline, b""):
                latest[json.loads(line)["path"]] = place
                place = lines.tell()
            for path in sorted(latest):
                lines.seek(latest[path])
                yield json.loads(lines.readline())["outcome"]

    def _write(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        self._file.flush()


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _short(key: str) -> bytes:
    return sha256(key.encode())[:16]
