"""Fetching from servers that are slow, broken or hostile; and texts that are none of ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.logs import Host, TestLog, entries, installation, serve
from tests.vectors import log_scene as scene
from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.ledger.clocks import Clocks, parse_secrets
from upstander.ledger.errors import LedgerError
from upstander.ledger.fetch import (
    HttpSource,
    UnreachableError,
    fetch_log_policy,
    fetch_tile,
    json_object,
    text_from,
)
from upstander.ledger.leaf import Leaf, label_and_salt, leaf_of, read_leaf
from upstander.ledger.logpolicy import read_watching
from upstander.ledger.promise import peek_promise


@contextmanager
def server(answer) -> Iterator[HttpSource]:
    """A server that does as `answer(handler, count)` does; waits between tries are not waited."""
    count = [0]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            count[0] += 1
            answer(self, count[0])

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield HttpSource(f"http://127.0.0.1:{made.server_address[1]}", sleep=lambda _: None)
    finally:
        made.shutdown()
        made.server_close()


def send(handler, status, data=b"", **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def test_more_than_the_limit_is_not_read():
    def endless(handler, _):
        send(handler, 200)
        try:
            for _ in range(100):
                handler.wfile.write(bytes(65_536))
        except OSError:
            return

    with server(endless) as source, pytest.raises(LedgerError, match="more than 1000 bytes"):
        source.get("checkpoint", 1000)


def test_a_redirect_is_not_followed():
    def elsewhere(handler, _):
        send(handler, 302, Location="http://127.0.0.1:9/elsewhere")

    with server(elsewhere) as source, pytest.raises(UnreachableError, match="status 302"):
        source.get("checkpoint", 1000)


def test_a_server_that_stumbles_is_asked_again():
    def stumbling(handler, count):
        send(handler, 200 if count == 3 else 503, b"there")

    with server(stumbling) as source:
        assert source.get("checkpoint", 1000) == b"there"
    with (
        server(lambda handler, _: send(handler, 500)) as source,
        pytest.raises(UnreachableError, match="500"),
    ):
        source.get("checkpoint", 1000)


def test_an_answer_that_breaks_off_is_no_answer():
    def broken(handler, _):
        send(handler, 200, b"half", Content_Length="1000")

    with server(broken) as source, pytest.raises(UnreachableError):
        source.get("checkpoint", 2000)


def test_a_partial_tile_that_is_gone_is_read_from_the_full_one():
    def full_only(handler, _):
        send(handler, 200 if handler.path == "/tile/0/000" else 404, bytes(8192))

    with server(full_only) as source:
        assert fetch_tile(source, 0, 0, 5, 8192) == bytes(8192)
        with pytest.raises(UnreachableError, match=r"tile/0/001\.p/5 is not there"):
            fetch_tile(source, 0, 1, 5, 8192)


def test_what_an_installation_says_about_its_logs():
    log = TestLog()
    log.append(entries(0, 3))
    host = Host([log], installation([log]))
    with serve(host) as address:
        said, note = fetch_log_policy(HttpSource(address), host.policy.sign)
        assert (said, note) == (host.policy, log.note())
        for wrong, words in (
            (b"[]", "not an object"),
            (b"{}", "does not say"),
            (b"nonsense", "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (b'{"policy":"x","checkpoint":""}', "three lines"),
        ):
            host.changed["/api/v1/log"] = wrong
            with pytest.raises(LedgerError, match=words):
                fetch_log_policy(HttpSource(address))
        host.changed["/text"] = b"\xff"
        with pytest.raises(LedgerError, match="not a text"):
            text_from(HttpSource(address), "text", 10)


SECRET = b64.encode(bytes(range(32)))


def test_a_file_of_secrets_is_read_and_never_quoted():
    read = parse_secrets(f"# ours\n\none {SECRET}\n two\t{SECRET} 12 \n")
    assert [(one.name, one.last) for one in read] == [("one", 0), ("two", 12)]
    assert SECRET not in repr(read)
    for text in (
        "",
        "# only\n",
        f"one {SECRET[:-1]}\n",
        f"{SECRET}\n",
        f"one {SECRET} 0\n",
        f"one {SECRET} 1 2\n",
    ):
        with pytest.raises(LedgerError) as refused:
            parse_secrets(text)
        assert SECRET[:20] not in str(refused.value)
    with pytest.raises(LedgerError, match="too large"):
        parse_secrets("x" * 2_000_000)


def test_an_act_that_is_there_twice_is_named():
    clocks = Clocks(parse_secrets(f"one {SECRET}\n"))
    label, _ = label_and_salt(bytes(range(32)), 7)
    one = Leaf("message", "2026-11-23", label, "0" * 64)
    clocks(3, one, b"")
    with pytest.raises(LedgerError, match="Act 7 of one is in the log twice: entry 9"):
        clocks(9, one, b"")
    (case,) = clocks.cases()
    assert case.withheld == (1, 2, 3, 4, 5, 6)
    assert (case.day_of("message"), case.day_of("received")) == ("2026-11-23", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(JSON | st.fixed_dictionaries(dict.fromkeys(("commitment", "day", "kind", "label", "of"), JSON)))
def test_objects_of_any_kind_are_leaves_or_refused(value):
    with pytest.raises(FormatError):
        leaf_of(value)


@given(st.binary(max_size=300) | st.tuples(st.integers(0, 210), st.binary(max_size=2)))
def test_bytes_of_any_kind_are_leaves_or_refused(made):
    right = scene.LEAF.data
    data = made if isinstance(made, bytes) else right[: made[0]] + made[1] + right[made[0] + len(made[1]) :]
    try:
        leaf = read_leaf(data)
    except FormatError:
        return
    assert leaf.data == data


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_texts_of_any_kind_are_refused(text):
    with pytest.raises(LedgerError):
        parse_secrets(text)
    with pytest.raises(LedgerError):
        read_watching(text, scene.WITNESSES["w1"].verifier)
    with pytest.raises(FormatError):
        peek_promise(text)
    try:
        json_object(text.encode("utf-8", "replace"), "It")
    except LedgerError as error:
        assert str(error).startswith("It ")
