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
from concurrent.futures import ThreadPoolExecutor
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
    gate = asyncio.Semaphore(AT_ONCE)

    async def run(do: Callable[..., Response], *given: object) -> Response:
        async with gate:
            return await run_in_threadpool(do, *given)

    def page(name: str) -> bytes | None:
        return built.report_page(what.installation, what.key, keeper.roster.sha256, name)

    async def pages(request: Request) -> Response:
        data = page(_PAGES.get(request.path_params["rest"], "none"))
        return _answer(request, 404, b"") if data is None else _answer(request, 200, data)

    async def asset(request: Request) -> Response:
        found = built.asset(request.path_params["name"])
        if found is None:
            return _answer(request, 404, b"")
        return _answer(request, 200, found.data, found.content_type, cache="no-cache")

    async def keepers(request: Request) -> Response:
        return await run(_known, request, keeper)

    async def asked(request: Request) -> Response:
        data, path = await _body(request), _KEEPERS.get(request.path_params["what"])
        bodies = _bodies(data) if path is not None else None
        if path is None or bodies is None or not set(bodies) <= set(keeper.roster.keepers):
            return _problem(request, 422, "malformed", "We could not read that request.")
        return await run(_relayed, request, keeper, path, bodies)

    async def passes(request: Request) -> Response:
        return await run(_relayed, request, keeper, "/v1/passes", None)

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


def _problem(request: Request, status: int, kind: str, title: str) -> Response:
    body = json.dumps({"type": kind, "title": title, "status": status}).encode()
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


def _known(request: Request, keeper: Identity) -> Response:
    """Who the keepers are, with the keys that each of them shows now."""
    transports = {name: _transports(text) for name, text in _all(keeper, "/v1/keeper", None).items()}
    body = json.dumps({"roster": list(keeper.roster_texts), "transports": transports}).encode()
    return _answer(request, 200, body, "application/json")


def _transports(text: str) -> list[str]:
    try:
        return [str(one) for one in json.loads(text)["transports"]]
    except (ValueError, KeyError, TypeError):
        return []


def _relayed(request: Request, keeper: Identity, path: str, bodies: Mapping[str, str] | None) -> Response:
    answers = json.dumps({"answers": _all(keeper, path, bodies)}).encode()
    return _answer(request, 200, answers, "application/json")


def _all(keeper: Identity, path: str, bodies: Mapping[str, str] | None) -> dict[str, str]:
    """What keepers answer: to a body each, or (none) all of them to a GET; nothing where one is away."""
    names = sorted(keeper.roster.keepers if bodies is None else bodies)

    def one(name: str) -> str:
        where = urlsplit(keeper.roster.keepers[name].address)
        method, data = ("GET", b"") if bodies is None else ("POST", bodies[name].encode())
        try:
            server = f"{where.scheme}://{where.netloc}"
            full = where.path.rstrip("/") + path
            return _exchange(server, method, full, {"Content-Type": "application/json"}, data)[2].decode()
        except (OSError, UnicodeDecodeError):
            return ""

    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        return dict(zip(names, pool.map(one, names), strict=True))


def _bodies(data: bytes | None) -> dict[str, str] | None:
    try:
        found = json.loads(data or b"")["bodies"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(found, dict) or not 0 < len(found) <= MOST:
        return None
    return found if all(isinstance(one, str) for one in found.values()) else None
