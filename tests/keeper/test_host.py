"""A keeper hands out the page: the institution's bytes and headers, its requests passed on bare, its own asked here."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.keeper.town import Town
from tests.keepers import scene
from tests.keepers.test_cosigning import FIRST
from tests.server.pledges.village import addresses
from tests.vectors import scene as vectors
from upstander.formats.errors import FormatError
from upstander.keeper import host, others
from upstander.keeper.host import Hosted
from upstander.keepers.roster import Keeper, Roster
from upstander.pages import built, headers

pytestmark = pytest.mark.skipif(
    built.report_page("", "", "") is None, reason="nothing is built here: npm run build"
)
SENT = {
    "user-agent": "hers",
    "cookie": "a=b",
    "x-forwarded-for": "203.0.113.7",
    "referer": "https://x.example/",
}


@contextmanager
def institution() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that notes what reaches it."""
    noted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            noted.append({"path": self.path, "method": self.command, "data": data, **dict(self.headers)})
            body = json.dumps({"card": FIRST.text}).encode()
            self.send_response(200)
            for name, value in (("Content-Type", "application/json"), ("Set-Cookie", "c=d")):
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  (the library's names)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", noted
        server.shutdown()


def ask(app: Starlette, method: str, path: str, data: bytes = b"", more: dict[str, str] | None = None):
    """Status, headers and body of one request."""
    sent: list[dict[str, Any]] = []
    pieces = [{"type": "http.request", "body": data, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.encode(), value.encode()) for name, value in {**SENT, **(more or {})}.items()]
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path},
        **{"raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http"},
        **{"headers": [(b"host", b"keeper.example"), *given], "server": ("x", 80), "client": None},
    }
    asyncio.run(app(scope, receive, send))
    head = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return sent[0]["status"], head, b"".join(one.get("body", b"") for one in sent)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def hosting(town: Town, server: str, roster: Roster = scene.ROSTER) -> Starlette:
    keeper = replace(town.keepers["union"], roster=roster)
    what = Hosted("marlshire", server, vectors.INSTALLATION, vectors.INSTALLATION_SIGN)
    return host.around(town.apps["union"], keeper, what)


def test_page_and_files_are_the_bytes_and_headers_that_the_institution_gives(town: Town) -> None:
    app = hosting(town, "http://127.0.0.1:1")
    values = (vectors.INSTALLATION, vectors.INSTALLATION_SIGN, scene.ROSTER.sha256)
    for path, name in (("/marlshire/", "report.html"), ("/marlshire/pass/", "staff.html")):
        status, head, body = ask(app, "GET", path)
        assert (status, body) == (200, built.report_page(*values, name))
        assert [one for key, one in head if key == "cache-control"] == ["no-store"]
        policies = [one for key, one in head if key == "content-security-policy"]
        assert policies == [headers.CONTENT_SECURITY_POLICY]
        assert {key.lower(): value for key, value in head}.items() >= {
            key.lower(): value for key, value in headers.COMMON
        }.items()
        assert not {"set-cookie", "access-control-allow-origin"} & {key for key, _ in head}
    manifest = json.loads((built.FOLDER / "manifest.json").read_text())
    for name in manifest:
        if not name.startswith("assets/"):
            continue
        status, head, body = ask(app, "GET", f"/{name}")
        found = built.asset(name.removeprefix("assets/"))
        assert found is not None and (status, body) == (200, found.data)
        policy = headers.policy_of(f"/{name}")
        assert [one for key, one in head if key == "content-security-policy"] == [policy]
    for path in ("/assets/none.js", "/assets/../manifest.json", "/marlshire/none", "/marlshire/desk/"):
        assert ask(app, "GET", path)[0] == 404


def test_what_is_sent_goes_on_bare_and_comes_back_without_a_cookie(town: Town) -> None:
    with institution() as (server, noted):
        app = hosting(town, server)
        more = {"content-type": "application/json", "authorization": "Bearer t", "accept": "application/json"}
        status, head, body = ask(app, "POST", "/api/v1/i/marlshire/reports", b'{"a":1}', more)
        assert (status, json.loads(body)["card"]) == (200, FIRST.text)
        assert not {"set-cookie", "server: other"} & {key for key, _ in head}
        assert [value for key, value in head if key == "server"] == ["upstander"]
        assert (noted[0]["path"], noted[0]["data"]) == ("/api/v1/i/marlshire/reports", b'{"a":1}')
        kept = {key.lower() for key in noted[0]} - {"path", "method", "data"}
        assert kept <= {"host", "accept-encoding", "content-length", *more}, "nothing tells of the sender"
        for method, path in (
            ("PUT", "/api/v1/i/marlshire/uploads/x/parts/0"),
            ("DELETE", "/api/v1/i/marlshire/mailbox/record"),
            ("GET", "/api/v1/packs/abc"),
            ("GET", "/log/1/checkpoint"),
        ):
            assert ask(app, method, path)[0] == 200
            assert (noted[-1]["method"], noted[-1]["path"]) == (method, path)
        many = len(noted)
        for method, path in (
            ("GET", "/api/v1/desk/session"),
            ("GET", "/desk/sign-in/"),
            ("POST", "/api/v1/i/other/reports"),
            ("GET", "/api/v1/i/marlshire/../../desk"),
            ("GET", "/log/../desk/sign-in/"),
        ):
            assert ask(app, method, path)[0] == 404
        assert len(noted) == many, "what is not the reporter's own goes nowhere"
        assert ask(app, "PUT", "/api/v1/i/marlshire/uploads/x/parts/0", bytes(host.LARGEST + 1))[0] == 413
    status, _, body = ask(app, "POST", "/api/v1/i/marlshire/reports", b"{}")
    assert (status, json.loads(body)["type"]) == (503, "busy"), "the server is down"


def test_keepers_are_asked_from_here(town: Town) -> None:
    with addresses(town) as where:
        moved: dict[str, Keeper] = {
            name: replace(one, address=where[name]) for name, one in scene.ROSTER.keepers.items()
        }
        app = hosting(town, "http://127.0.0.1:1", replace(scene.ROSTER, keepers=moved))
        told = json.loads(ask(app, "GET", "/api/v1/keepers")[2])
        assert {name: len(shown) for name, shown in told["transports"].items()} == dict.fromkeys(
            scene.NAMES, 2
        )
        asked = {"bodies": dict.fromkeys(["charity", "union"], '{"elements":[],"epoch":"x","work":""}')}
        answers = json.loads(ask(app, "POST", "/api/v1/keepers/evaluate", json.dumps(asked).encode())[2])[
            "answers"
        ]
        assert {json.loads(one)["error"] for one in answers.values()} == {"wrong-epoch"}
        assert set(json.loads(ask(app, "GET", "/api/v1/keepers/passes")[2])["answers"]) == set(scene.NAMES)
        town.off = set(scene.NAMES)
        again = json.loads(ask(app, "GET", "/api/v1/keepers")[2])
        assert again == told, "nobody is asked again in that minute, and who is away keeps its keys here"
    for wrong in (
        b"",
        b"[]",
        b'{"bodies":{}}',
        b'{"bodies":{"nobody":"x"}}',
        b'{"bodies":{"union":7}}',
        b"\xff",
    ):
        assert ask(app, "POST", "/api/v1/keepers/evaluate", wrong)[0] == 422
    assert ask(app, "POST", "/api/v1/keepers/bundles", json.dumps(asked).encode())[0] == 422
    assert ask(app, "GET", "/v1/keeper")[0] == 200, "and it is a keeper still"


def test_what_keepers_show_is_asked_once_a_minute_and_who_is_away_a_little_sooner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, asked, away = [1000.0], [], {"charity"}
    monkeypatch.setattr(others.time, "monotonic", lambda: now[0])

    def one(keeper: Keeper, path: str, body: str | None) -> str:
        asked.append(keeper.name)
        return "" if keeper.name in away else f"{path} {len(asked)}"

    everybody = others.Others(scene.ROSTER.keepers, one)
    first = everybody.shown("/v1/keeper")
    assert first["charity"] == "" and all(first[name] for name in ("college", "union"))
    with ThreadPoolExecutor(max_workers=8) as pool:
        assert set(map(repr, pool.map(lambda _: everybody.shown("/v1/keeper"), range(50)))) == {repr(first)}
    assert len(asked) == 3
    now[0] += others.FRESH * 0.2
    away.clear()
    there = everybody.shown("/v1/keeper")
    assert there["charity"] and len(asked) == 6
    away.update(scene.NAMES)
    now[0] += others.FRESH * 0.5
    assert everybody.shown("/v1/keeper") == there and len(asked) == 6
    now[0] += others.FRESH
    assert everybody.shown("/v1/keeper") == there and len(asked) == 9, "what it showed last"


def test_half_full_it_asks_work_of_each_question_and_takes_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    work = others.Work()
    assert work.needed("", 0.4) is None
    needed = work.needed("", 0.5)
    assert needed is not None and needed["bits"] == others.EASIEST
    assert work.needed("", 3.0)["bits"] == others.HARDEST  # type: ignore[index]
    challenge = str(needed["challenge"])
    done = _work(challenge)
    easier = done.replace(f"{others.EASIEST}.", "1.", 1)
    for wrong in (challenge, f"{challenge}:x", easier, f"{done}1", ":1", "\ud800:1", "1.2.3.4:5"):
        assert work.needed(wrong, 0.5) is not None, wrong
    assert others.Work().needed(done, 0.5) is not None, "another keeper's, or before it began anew"
    assert work.needed(done, 0.5) is None
    assert work.needed(done, 0.5) is not None, "once only"
    late = str(work.needed("", 0.5)["challenge"])  # type: ignore[index]
    monkeypatch.setattr(others.time, "time", lambda: float(late.split(".")[1]) + 1)
    assert not work._is_done(f"{late}:1")


def test_a_full_page_asks_work_before_it_asks_keepers(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "AT_ONCE", 2)

    def question(app: Starlette, work: str = "") -> tuple[int, dict[str, Any]]:
        body = json.dumps({"bodies": {"union": "{}"}, "work": work}).encode()
        status, _, said = ask(app, "POST", "/api/v1/keepers/evaluate", body)
        return status, json.loads(said)

    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent, addresses(town) as where:
        moved = {name: replace(one, address=where[name]) for name, one in scene.ROSTER.keepers.items()}
        server = f"http://127.0.0.1:{silent.getsockname()[1]}"
        app = hosting(town, server, replace(scene.ROSTER, keepers=moved))
        assert question(app)[0] == 200
        waiting = threading.Thread(target=ask, args=(app, "GET", "/api/v1/i/marlshire/card"))
        waiting.start()
        connection, _ = silent.accept()  # one of two places is taken now
        status, body = question(app)
        assert (status, body["type"], body["bits"]) == (503, "work-needed", others.EASIEST)
        assert question(app, _work(body["challenge"]))[0] == 200
        connection.close()
        waiting.join()
        assert question(app)[0] == 200, "its place is free again"


def _work(challenge: str) -> str:
    return next(
        text
        for text in (f"{challenge}:{counter}" for counter in range(10**9))
        if 256 - int.from_bytes(sha256(text.encode()).digest(), "big").bit_length() >= others.EASIEST
    )


def test_a_file_that_the_browser_has_is_not_sent_again(town: Town) -> None:
    app = hosting(town, "http://127.0.0.1:1")
    found = built.asset("report.js")
    assert found is not None
    _, head, _ = ask(app, "GET", "/assets/report.js")
    assert {key.lower(): value for key, value in head}["etag"] == found.etag
    for tag, expected in ((found.etag, 304), (f'"x", W/{found.etag}', 304), ("*", 304), ('"x"', 200)):
        status, head, body = ask(app, "GET", "/assets/report.js", more={"if-none-match": tag})
        assert (status, body) == (expected, b"" if expected == 304 else found.data)
        assert dict(head)["cache-control"] == "no-cache"


def test_a_server_that_answers_nothing_does_not_keep_the_keeper_from_its_own_work(town: Town) -> None:
    """Whoever sends many requests through the page holds up the page, and no deposit."""

    async def one(app: Starlette, path: str) -> int:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            **{
                "type": "http",
                "asgi": {"version": "3.0"},
                "http_version": "1.1",
                "method": "GET",
                "path": path,
            },
            **{"raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http"},
            **{"headers": [(b"host", b"keeper.example")], "server": ("x", 80), "client": None},
        }
        await app(scope, receive, send)
        return int(sent[0]["status"])

    async def flood(app: Starlette, silent: socket.socket) -> tuple[int, int]:
        many = [asyncio.create_task(one(app, "/api/v1/i/marlshire/card")) for _ in range(60)]
        await asyncio.sleep(0)
        status, done = await one(app, "/v1/keeper"), sum(each.done() for each in many)
        silent.close()
        for each in many:
            each.cancel()
        await asyncio.gather(*many, return_exceptions=True)
        return status, done

    with socket.create_server(("127.0.0.1", 0), backlog=128) as silent:
        app = hosting(town, f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert asyncio.run(flood(app, silent)) == (200, 0), "answered before any of those"


def test_it_is_arranged_once_the_card_was_signed_with_the_key(tmp_path: Path) -> None:
    assert host.hosted(tmp_path) is None
    with institution() as (server, _):
        page = f"{server}/marlshire/"
        what = host.arrange(tmp_path, page, vectors.INSTALLATION_SIGN)
        assert (
            host.hosted(tmp_path)
            == what
            == Hosted("marlshire", server, vectors.INSTALLATION, vectors.INSTALLATION_SIGN)
        )
        for wrong, key in (
            (page, "A" * 43),
            (f"{server}/other/", vectors.INSTALLATION_SIGN),
            (f"{server}/", vectors.INSTALLATION_SIGN),
            ("http://elsewhere.example/marlshire/", vectors.INSTALLATION_SIGN),
        ):
            with pytest.raises(FormatError):
                host.arrange(tmp_path, wrong, key)
        assert host.hosted(tmp_path) == what, "nothing was changed"
    host.away(tmp_path)
    assert host.hosted(tmp_path) is None
    (tmp_path / host.FILE).write_text("no")
    with pytest.raises(FormatError):
        host.hosted(tmp_path)
