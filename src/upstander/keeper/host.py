"""A keeper hands out the reporter's page: the same bytes as the institution's server, and a way to it.

For whoever cannot or does not want to be seen at the institution's address. Questions to keepers go from
here; the rest is passed on to the institution's server as it came, without a cookie and without a word about
who sent it. Nothing is written down.
"""

import asyncio
import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from upstander.formats import shape
from upstander.formats.errors import FormatError
from upstander.keeper import home
from upstander.keeper.ask import check_address
from upstander.keeper.home import Identity
from upstander.keeper.others import Others, Work, transports
from upstander.keepers.roster import Keeper
from upstander.pages import built, headers
from upstander.sealing.cards import read_card

FILE = "host.json"
LARGEST = 2 * 1024 * 1024  # bytes of a request: one part of a file
ANSWER = 16 * 1024 * 1024  # bytes of an answer
SECONDS = 30.0  # the institution's server may take
MOST = 32  # keepers asked at once
AT_ONCE = 20  # requests passed on at the same time: others wait, and half the threads stay the keeper's own
_PAGES = {"": "report.html", "pass/": "staff.html"}
_PASSED_ON = ("content-type", "authorization", "accept")
_KEEPERS = {"evaluate": "/v1/evaluate", "claims": "/v1/claims"}


@dataclass(frozen=True, slots=True)
class Hosted:
    """Whose page this keeper hands out: its address part, its server, the installation and its public key."""

    slug: str
    server: str
    installation: str
    key: str


def arrange(folder: Path, page: str, key: str) -> Hosted:
    """From now on hands out this page (`https://.../SLUG/`), once its card was signed with this key.

    Raises FormatError, OSError.
    """
    parts = urlsplit(check_address(page))
    slug = parts.path.strip("/")
    if not slug or "/" in slug or not built.report_page("", "", ""):
        raise FormatError(
            "An institution's page ends in its short name: https://.../name/. "
            "And this copy needs the built page: `make build`."
        )
    server = f"{parts.scheme}://{parts.netloc}"
    status, _, data = _exchange(server, "GET", f"/api/v1/i/{slug}/card", {}, b"")
    if status != 200:
        raise FormatError("There is no institution's page at this address.")
    card = read_card(shape.text(json.loads(data)["card"]), key)
    if card.institution != slug:
        raise FormatError("This address shows another institution's card.")
    hosted = Hosted(slug, server, card.installation, key)
    away(folder)
    home.write(folder / FILE, json.dumps(asdict(hosted), indent=1) + "\n")
    return hosted


def away(folder: Path) -> None:
    """Hands out no page any more."""
    (folder / FILE).unlink(missing_ok=True)


def hosted(folder: Path) -> Hosted | None:
    """What is handed out, if anything. Raises FormatError, OSError."""
    try:
        body = shape.exactly(
            json.loads((folder / FILE).read_text("utf-8")), "installation", "key", "server", "slug"
        )
    except FileNotFoundError:
        return None
    except ValueError:
        raise FormatError(f"{FILE} is not JSON.") from None
    return Hosted(**{name: shape.text(value) for name, value in body.items()})


def around(app: Starlette, keeper: Identity, what: Hosted) -> Starlette:
    """The keeper's service with the page in front of it."""
    gate, others, work = asyncio.Semaphore(AT_ONCE), Others(keeper.roster.keepers, _one), Work()
    taken = 0  # places just now, and who waits for one

    async def run(do: Callable[..., Response], *given: object) -> Response:
        nonlocal taken
        taken += 1
        try:
            async with gate:
                return await run_in_threadpool(do, *given)
        finally:
            taken -= 1

    def page(name: str) -> bytes | None:
        return built.report_page(what.installation, what.key, keeper.roster.sha256, name)

    async def pages(request: Request) -> Response:
        data = page(_PAGES.get(request.path_params["rest"], "none"))
        return _answer(request, 404, b"") if data is None else _answer(request, 200, data)

    async def asset(request: Request) -> Response:
        found = built.asset(request.path_params["name"])
        if found is None:
            return _answer(request, 404, b"")
        tags = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
        is_new = found.etag not in tags and "*" not in tags
        answer = _answer(
            request,
            200 if is_new else 304,
            found.data if is_new else b"",
            found.content_type,
            cache="no-cache",
        )
        answer.headers["ETag"] = found.etag
        return answer

    async def keepers(request: Request) -> Response:
        return await run(_known, request, keeper, others)

    async def asked(request: Request) -> Response:
        data, path = await _body(request), _KEEPERS.get(request.path_params["what"])
        read = _bodies(data) if path is not None else None
        if path is None or read is None or not set(read[0]) <= set(keeper.roster.keepers):
            return _problem(request, 422, "malformed", "We could not read that request.")
        asks = work.needed(read[1], taken / AT_ONCE)
        if asks is not None:
            title = "We are very busy. This device has to do some work first. Nothing was lost."
            return _problem(request, 503, "work-needed", title, asks)
        return await run(_relayed, request, others, path, read[0])

    async def passes(request: Request) -> Response:
        return await run(_passes, request, others)

    async def passed_on(request: Request) -> Response:
        if ".." in request.url.path.split("/"):
            return _answer(request, 404, b"")
        data = await _body(request)
        if data is None:
            return _problem(request, 413, "too-large", "That is too large to send.")
        return await run(_passed_on, request, what, data)

    every = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(
        routes=[
            Route(f"/{what.slug}/{{rest:path}}", pages, methods=["GET"]),
            Route("/assets/{name:path}", asset, methods=["GET"]),
            Route("/api/v1/keepers", keepers, methods=["GET"]),
            Route("/api/v1/keepers/passes", passes, methods=["GET"]),
            Route("/api/v1/keepers/{what}", asked, methods=["POST"]),
            Route(f"/api/v1/i/{what.slug}/{{rest:path}}", passed_on, methods=every),
            Route("/api/v1/packs/{rest:path}", passed_on, methods=["GET"]),
            Route("/api/v1/log{rest:path}", passed_on, methods=["GET", "POST"]),
            Route("/log/{rest:path}", passed_on, methods=["GET"]),
            Mount("/", app=app),
        ]
    )


def _answer(
    request: Request,
    status: int,
    data: bytes,
    kind: str = "text/html; charset=utf-8",
    cache: str = "no-store",
) -> Response:
    """An answer under the page's own headers, as the institution's server gives them."""
    answer = Response(data, status, media_type=None, headers={"Content-Type": kind, "Cache-Control": cache})
    answer.headers["Content-Security-Policy"] = headers.policy_of(request.url.path)
    for name, value in headers.COMMON:
        answer.headers[name] = value
    answer.headers["Server"] = "upstander"
    return answer


def _problem(
    request: Request, status: int, kind: str, title: str, more: Mapping[str, object] | None = None
) -> Response:
    body = json.dumps({"type": kind, "title": title, "status": status, **(more or {})}).encode()
    return _answer(request, status, body, "application/problem+json")


async def _body(request: Request) -> bytes | None:
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > LARGEST:
            return None
    return bytes(data)


def _passed_on(request: Request, what: Hosted, data: bytes) -> Response:
    """The institution's server's answer, to the request without anything that tells of its sender."""
    given = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        status, kind, body = _exchange(what.server, request.method, path, given, data)
    except OSError:
        return _problem(request, 503, "busy", "The institution's server does not answer. Try again later.")
    return _answer(request, status, body, kind)


def _exchange(
    server: str, method: str, path: str, given: Mapping[str, str], data: bytes
) -> tuple[int, str, bytes]:
    """Status, type and body of the answer; follows nowhere. Raises OSError."""
    parts = urlsplit(server)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    try:
        connection.request(method, path, data or None, dict(given))
        answer = connection.getresponse()
        body = answer.read(ANSWER + 1)
        if len(body) > ANSWER:
            raise OSError("It answered too much.")
        return answer.status, answer.getheader("Content-Type", "application/octet-stream"), body
    except http.client.HTTPException as error:
        raise OSError("It broke off.") from error
    finally:
        connection.close()


def _known(request: Request, keeper: Identity, others: Others) -> Response:
    """Who the keepers are, with the keys that each of them shows now."""
    shown = {name: transports(text) for name, text in others.shown("/v1/keeper").items()}
    body = json.dumps({"roster": list(keeper.roster_texts), "transports": shown}).encode()
    return _answer(request, 200, body, "application/json")


def _passes(request: Request, others: Others) -> Response:
    return _answers(request, others.shown("/v1/passes"))


def _relayed(request: Request, others: Others, path: str, bodies: Mapping[str, str]) -> Response:
    return _answers(request, others.send(path, bodies))


def _answers(request: Request, answers: Mapping[str, str]) -> Response:
    return _answer(request, 200, json.dumps({"answers": answers}).encode(), "application/json")


def _one(keeper: Keeper, path: str, body: str | None) -> str:
    where = urlsplit(keeper.address)
    method, data = ("GET", b"") if body is None else ("POST", body.encode())
    try:
        server = f"{where.scheme}://{where.netloc}"
        full = where.path.rstrip("/") + path
        return _exchange(server, method, full, {"Content-Type": "application/json"}, data)[2].decode()
    except (OSError, UnicodeDecodeError):
        return ""


def _bodies(data: bytes | None) -> tuple[dict[str, str], str] | None:
    """A text for each keeper, and the work that was done; nothing for what can't be read."""
    try:
        asked = json.loads(data or b"")
        found, work = asked["bodies"], asked.get("work", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(found, dict) or not 0 < len(found) <= MOST or not isinstance(work, str):
        return None
    return (found, work) if all(isinstance(one, str) for one in found.values()) else None
