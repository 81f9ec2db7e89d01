"""Asking a witness or a keeper ends in time, whatever is dripped: handshake, first line, headers or body."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from upstander.server.log import ask

PAUSE = 0.02  # seconds between two bytes: each comes long before a time limit for one read
MANY = 600  # bytes: twelve seconds of them
HELLO = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb"  # begins a TLS handshake of 16 KB
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
DRIPS = {
    "first line": (b"", b"HTTP/1.1 200 " + b"O" * MANY + b"K\r\nContent-Length: 0\r\n\r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"y" * MANY + b"\r\nContent-Length: 0\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % MANY, b"x" * MANY),
    "body without an end": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * MANY),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100 + b"0\r\n\r\n"),
    "handshake": (HELLO, b"\x00" * MANY),
}


class Drip:
    """A server on this machine that sends one part at once, and the rest a byte at a time until it is cut off."""

    def __init__(self, once: bytes, slowly: bytes) -> None:
        self.once, self.slowly, self.sent = once, slowly, 0
        self.listens = socket.create_server(("127.0.0.1", 0))
        self.port = self.listens.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        wire, _ = self.listens.accept()
        with wire:
            wire.recv(4096)
            wire.sendall(self.once)
            pause = threading.Event()
            try:
                for at in range(len(self.slowly)):
                    wire.sendall(self.slowly[at : at + 1])
                    self.sent += 1
                    pause.wait(PAUSE)
            except OSError:
                pass


@contextmanager
def serving(once: bytes, slowly: bytes) -> Iterator[Drip]:
    drip = Drip(once, slowly)
    drip.thread.start()
    try:
        yield drip
        drip.thread.join(30)
    finally:
        drip.listens.close()


@pytest.mark.parametrize("where", DRIPS)
def test_who_drips_is_cut_off(where: str) -> None:
    scheme = "https" if where == "handshake" else "http"
    with serving(*DRIPS[where]) as drip, pytest.raises(ask.NoAnswer):
        ask.get(f"{scheme}://127.0.0.1:{drip.port}/v1/keeper", seconds=0.3)
    assert drip.sent < len(drip.slowly)


def test_what_is_cut_off_is_no_answer_even_where_it_looks_like_one() -> None:
    """A body without a length ends where the connection ends: here that is our own doing."""
    with serving(b"HTTP/1.1 200 OK\r\n\r\n{}", b" " * MANY) as drip, pytest.raises(ask.NoAnswer):
        ask.post(f"http://127.0.0.1:{drip.port}/", b"x", seconds=0.3)


def test_who_answers_is_heard() -> None:
    with serving(RIGHT, b"") as drip:
        assert ask.post(f"http://127.0.0.1:{drip.port}/watch", b"x") == (200, b"hello")


def test_too_much_is_no_answer() -> None:
    long = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (ask.LARGEST + 1)
    with serving(long, b"") as drip, pytest.raises(ask.NoAnswer):
        ask.get(f"http://127.0.0.1:{drip.port}/")


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
    for url in (
        f"http://127.0.0.1:{port}/",
        "ftp://127.0.0.1/",
        "http:///x",
        f"http://127.0.0.1:{port + 70000}/",
    ):
        with pytest.raises(ask.NoAnswer):
            ask.get(url)
