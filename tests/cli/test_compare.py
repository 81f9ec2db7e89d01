"""`upstander compare` against a server that hands out the built page, and against ones that changed something."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.command import Ran, upstander
from upstander.pages import built
from upstander.pages.headers import CONTENT_SECURITY_POLICY, WASM_POLICY, WASM_WORKER

INSTALLATION, KEY = "abcdefghijklmnopqrstuvwxya", "A" * 43
Answer = tuple[int, dict[str, str], bytes]
Change = Callable[[str, Answer], Answer]


def honest(path: str) -> Answer:
    """What an honest server answers."""
    policy = WASM_POLICY if path == WASM_WORKER else CONTENT_SECURITY_POLICY
    if path == "/marlshire/":
        page = built.report_page(INSTALLATION, KEY, "")
        assert page is not None
        return 200, {"Content-Security-Policy": policy}, page
    if path == "/marlshire/pass/":
        page = built.report_page(INSTALLATION, KEY, "", "staff.html")
        assert page is not None
        return 200, {"Content-Security-Policy": policy}, page
    if path == "/marlshire/survey/":
        page = built.survey_page(KEY)
        assert page is not None
        return 200, {"Content-Security-Policy": policy}, page
    found = built.asset(path.removeprefix("/assets/"))
    return (200, {"Content-Security-Policy": policy}, found.data) if found else (404, {}, b"")


@contextmanager
def serving(change: Change = lambda _path, answer: answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = change(self.path, honest(self.path))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/marlshire/"
        server.shutdown()


def compared(change: Change | None = None, *more: str) -> Ran:
    with serving(*([change] if change else [])) as address:
        return upstander("compare", address, *more)


def test_an_honest_server_is_found_the_same() -> None:
    ran = compared()
    assert ran.code == 0, ran.output + ran.errors
    assert "0 failing" in ran.output
    assert KEY in ran.output
    assert "report.js" in ran.output


def on(place: str, change: Callable[[Answer], Answer]) -> Change:
    return lambda path, answer: change(answer) if path == place else answer


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            on("/marlshire/", lambda a: (a[0], a[1], a[2].replace(b"<body>", b"<body >"))),
            "the page differs from the one built here, first in line",
        ),
        (
            on("/marlshire/", lambda a: (a[0], a[1], a[2] + b"<script src=/assets/x.js></script>")),
            "one goes on where the other ends",
        ),
        (
            on("/assets/report.js", lambda a: (a[0], a[1], a[2] + b"\n")),
            "assets/report.js is not the file that is built here",
        ),
        (
            on("/assets/derive.worker.js", lambda a: (a[0], a[1], b"postMessage(1)")),
            "assets/derive.worker.js is not the file",
        ),
        (
            on("/marlshire/", lambda a: (a[0], {"Content-Security-Policy": "default-src *"}, a[2])),
            "the page comes with another content policy",
        ),
        (on("/marlshire/", lambda a: (a[0], {}, a[2])), "the page comes with another content policy"),
        (
            on(WASM_WORKER, lambda a: (a[0], {"Content-Security-Policy": "script-src *"}, a[2])),
            "assets/derive.worker.js comes with another content policy",
        ),
        (on("/assets/plain.svg", lambda _a: (404, {}, b"")), "plain.svg answered 404"),
        (on("/marlshire/", lambda a: (a[0], a[1], b"<h1>Form</h1>")), "This is not a page of Upstander"),
    ],
)
def test_what_was_changed_is_named(change: Change, said: str) -> None:
    ran = compared(change)
    assert ran.code == 3, ran.output + ran.errors
    assert said in ran.output
    assert "not the page that is built here" in ran.output


def test_another_key_than_the_expected_one_is_a_difference() -> None:
    ran = compared(None, "--key", "B" * 43)
    assert ran.code == 3
    assert f"You expected {'B' * 43}" in ran.output
    assert compared(None, "--key", KEY).code == 0


def test_a_compressed_answer_is_unpacked() -> None:
    def packed(answer: Answer) -> Answer:
        return answer[0], {**answer[1], "Content-Encoding": "gzip"}, gzip.compress(answer[2])

    assert compared(on("/assets/report.js", packed)).code == 0


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(40 * 1024 * 1024))
    ran = compared(on("/marlshire/", lambda a: (a[0], {**a[1], "Content-Encoding": "gzip"}, bomb)))
    assert ran.code == 1
    assert "larger than any file of Upstander" in ran.errors


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            on("/marlshire/", lambda _a: (302, {"Location": "https://elsewhere.example/"}, b"")),
            "leads on to https://elsewhere.example/",
        ),
        (on("/marlshire/", lambda _a: (404, {}, b"")), "answered 404"),
    ],
)
def test_what_cannot_be_compared_is_said_to_be_so(change: Change, said: str) -> None:
    ran = compared(change)
    assert ran.code == 1
    assert said in ran.errors


@pytest.mark.parametrize("address", ["marlshire", "file:///etc/passwd", "https:///x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    ran = upstander("compare", address)
    assert ran.code == 1
    assert "not the address of a page" in ran.errors
