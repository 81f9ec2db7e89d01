"""One request to a witness or a keeper, with an end to how long it may take and how much it may answer.

The end is one for everything: connecting, a handshake, headers and body. A time limit for each read alone
would let whoever answers a byte a second hold the beat for hours.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, urlsplit

SECONDS = 2.0
LARGEST = 64 * 1024  # bytes of an answer


class NoAnswer(Exception):  # noqa: N818
    """The witness did not answer in time, or not in HTTP. The message says it in a few words."""


def post(
    url: str, body: bytes, seconds: float = SECONDS, kind: str = "text/plain; charset=utf-8"
) -> tuple[int, bytes]:
    """Status and body of the answer to a body of this kind; follows no redirects. Raises NoAnswer."""
    return _exchange("POST", url, body, {"Content-Type": kind}, seconds)


def get(url: str, seconds: float = SECONDS) -> tuple[int, bytes]:
    """Status and body of what lies at an address. As `post`."""
    return _exchange("GET", url, None, {}, seconds)


def _exchange(
    method: str, url: str, body: bytes | None, headers: dict[str, str], seconds: float
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NoAnswer("its address is not one of the web")
    ends = time.monotonic() + seconds
    try:
        with _connected(parts, ends) as wire:
            return _ask(wire, parts, method, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer("it did not answer") from error


@contextmanager
def _connected(parts: SplitResult, ends: float) -> Iterator[socket.socket]:
    """A connection that is cut off when the time is over, whatever is being waited for. Raises OSError."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    plain = _reach(str(parts.hostname), port, ends)
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError):  # closed meanwhile; of the bare socket: a handshake may be going on around it
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    wire = plain
    if parts.scheme == "https":
        context = ssl.create_default_context()
        wire = context.wrap_socket(plain, server_hostname=parts.hostname, do_handshake_on_connect=False)
    watch = threading.Timer(max(0.0, ends - time.monotonic()), end)
    watch.daemon = True
    watch.start()
    try:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        yield wire
        if cut.is_set():  # what was read may have ended there
            raise TimeoutError
    finally:
        watch.cancel()
        wire.close()


def _reach(host: str, port: int, ends: float) -> socket.socket:
    """The first of a host's addresses that answers while there is time. Raises OSError."""
    last: OSError = TimeoutError()
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        left = ends - time.monotonic()
        if left <= 0:
            break
        found = socket.socket(family, kind, protocol)
        found.settimeout(left)
        try:
            found.connect(address)
            return found
        except OSError as error:
            found.close()
            last = error
    raise last


def _ask(
    wire: socket.socket, parts: SplitResult, method: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, bytes]:
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = made(str(parts.hostname), parts.port)
    connection.sock = wire
    connection.request(method, parts.path or "/", body, headers)
    answer = connection.getresponse()
    return answer.status, _read(answer)


def _read(answer: http.client.HTTPResponse) -> bytes:
    parts, size = [], 0
    while part := answer.read1(8192):
        size += len(part)
        if size > LARGEST:
            raise NoAnswer("it answered too much")
        parts.append(part)
    return b"".join(parts)
