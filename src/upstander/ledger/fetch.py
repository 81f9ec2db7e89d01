"""Fetches a log's files over HTTP, with an end to how long that may take and how much may come."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO, Any, Protocol
from urllib.parse import urljoin, urlsplit

from upstander import __version__
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import LogPolicy, read_log_policy
from upstander.ledger.store import Store
from upstander.ledger.tiles import HASH, WIDTH, FetchTile, tile_path

SECONDS = 30.0  # for one answer, from beginning to end
TRIES = 3
LARGEST_STATEMENT = 256 * 1024  # bytes


class UnreachableError(LedgerError):
    """Nothing came: no connection, no such file, too slow. Says nothing about what the log holds."""


class Source(Protocol):
    """Where a log's files come from."""

    def get(self, path: str, limit: int) -> bytes:
        """The bytes under a path. Raises UnreachableError, and LedgerError for more than `limit` bytes."""
        ...


class HttpSource:
    """Files below an address. Follows no redirect: a log is where it says it is."""

    def __init__(self, base: str, sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise LedgerError(f"{base[:200]} is not an address that begins with https:// or http://.")
        self.base = base.rstrip("/") + "/"
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirect)

    def below(self, path: str) -> "HttpSource":
        """The same for an absolute path on this host."""
        there = HttpSource(urljoin(self.base, path), self._sleep)
        if urlsplit(there.base)[:2] != urlsplit(self.base)[:2]:
            raise LedgerError(f"{path[:80]} leads to another host.")
        return there

    def get(self, path: str, limit: int) -> bytes:
        """The bytes under a path; tries again for a while where nothing answers or the server is at fault."""
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(path, limit)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code < 500 or attempt == TRIES:
                    raise UnreachableError(f"{self.base}{path} answers with status {error.code}.") from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                if attempt == TRIES:
                    raise UnreachableError(f"{self.base}{path} does not answer: {error}.") from None
            self._sleep(2.0**attempt / 2)
        raise AssertionError

    def _once(self, path: str, limit: int) -> bytes:
        headers = {"User-Agent": f"upstander/{__version__}", "Accept-Encoding": "identity"}
        request = urllib.request.Request(self.base + path, headers=headers)  # noqa: S310  (checked above)
        ends = time.monotonic() + SECONDS
        with self._opener.open(request, timeout=SECONDS) as answer:
            parts, size = [], 0
            while part := answer.read1(64 * 1024):
                size += len(part)
                if size > limit:
                    raise LedgerError(f"{self.base}{path} answers with more than {limit} bytes.")
                if time.monotonic() > ends:
                    raise TimeoutError("it is too slow")
                parts.append(part)
            declared = answer.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) != size:
            raise ConnectionError("it broke off")
        return b"".join(parts)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917  (the signature of the library)
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


class StoreSource:
    """The files of a log that lie in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, path: str, limit: int) -> bytes:
        """The bytes under a path."""
        data = self.store.read(path)
        if data is None:
            raise UnreachableError(f"{path} is not there.")
        if len(data) > limit:
            raise LedgerError(f"{path} has more than {limit} bytes.")
        return data


def text_from(source: Source, path: str, limit: int) -> str:
    """The text under a path. Raises LedgerError for bytes that are none."""
    try:
        return source.get(path, limit).decode()
    except UnicodeDecodeError:
        raise LedgerError(f"{path} is not a text.") from None


def tiles_from(source: Source) -> FetchTile:
    """Fetches tiles of hashes; the full one where a partial one is gone (tlog-tiles, "Partial Tiles")."""

    def fetch(level: int, index: int, width: int) -> bytes:
        return fetch_tile(source, level, index, width, WIDTH * HASH)[: width * HASH]

    return fetch


def fetch_tile(source: Source, level: int | str, index: int, width: int, limit: int) -> bytes:
    """The tile of this width or, where that is gone, the full one. Raises LedgerError."""
    try:
        return source.get(tile_path(level, index, width), limit)
    except UnreachableError:
        if width == WIDTH:
            raise
        try:
            return source.get(tile_path(level, index), limit)
        except UnreachableError:
            raise UnreachableError(f"{tile_path(level, index, width)} is not there.") from None


def fetch_log_policy(source: Source, sign: str = "") -> tuple[LogPolicy, str]:
    """What an installation says about its logs, and the newest head it shows (`GET api/v1/log`).

    `sign` as in `read_log_policy`. Nothing of the head is verified here. Raises LedgerError.
    """
    said = json_object(
        source.get("api/v1/log", LARGEST_STATEMENT), "What the installation says about its logs"
    )
    text, note = said.get("policy"), said.get("checkpoint")
    if not isinstance(text, str) or not isinstance(note, str):
        raise LedgerError("The installation does not say what logs it has.")
    return read_log_policy(text, sign), note


def json_object(data: bytes, what: str) -> dict[str, Any]:
    """The object in a JSON text of any spelling. Raises LedgerError."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise LedgerError(f"{what} is not JSON.") from None
    if not isinstance(value, dict):
        raise LedgerError(f"{what} is not an object.")
    return value
