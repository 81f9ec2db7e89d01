"""The files the build made, read once: the reporter's page and the assets with their types and tags."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "server" / "built"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True)
class Asset:
    """A built file as it is served."""

    data: bytes
    content_type: str
    etag: str


def asset(name: str) -> Asset | None:
    """The asset of that name, or None. A rebuilt file is noticed by its time and size."""
    root = FOLDER / "assets"
    path = root / name
    if not path.is_file() or root not in path.resolve().parents:
        return None
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@cache
def _read(path: Path, changed: int, size: int) -> Asset:
    data = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(data, _TYPES.get(path.suffix, guessed), f'"{sha256(data).hexdigest()[:32]}"')


def survey_page(issuer: str) -> bytes | None:
    """The survey's page with the signing key of the body that issues passes, or None before the first build.

    The key is empty where no body is known yet: the page then takes no notice at all.
    """
    path = FOLDER / "survey.html"
    if not path.is_file():
        return None
    return _filled(path, path.stat().st_mtime_ns, (("{{issuer}}", issuer),))


def report_page(installation: str, key: str, roster: str, name: str = "report.html") -> bytes | None:
    """The reporter's page with its three placeholders filled in, or None before the first build.

    `roster` is the hash of the keepers' roster, empty where there is none. `name` may be another such page.
    """
    path = FOLDER / name
    if not path.is_file():
        return None
    filling = (("{{installation}}", installation), ("{{key}}", key), ("{{roster}}", roster))
    return _filled(path, path.stat().st_mtime_ns, filling)


@cache
def _filled(path: Path, changed: int, filling: tuple[tuple[str, str], ...]) -> bytes:
    page = path.read_text("utf-8")
    for place, value in filling:
        if page.count(place) != 1:
            raise ValueError(f"the built page must hold {place} exactly once")
        page = page.replace(place, value)
    return page.encode()
