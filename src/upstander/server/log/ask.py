"""One request to a witness or a keeper, with an end to how long it may take and how much it may answer."""

from __future__ import annotations

import http.client
import ssl
import time
from urllib.parse import urlsplit

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
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request(method, parts.path or "/", body, headers)
        answer = connection.getresponse()
        return answer.status, _read(answer, ends)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer("it did not answer") from error
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, ends: float) -> bytes:
    parts, size = [], 0
    while part := answer.read1(8192):
        size += len(part)
        if size > LARGEST or time.monotonic() > ends:
            raise NoAnswer("it answered too much, or too slowly")
        parts.append(part)
    return b"".join(parts)
