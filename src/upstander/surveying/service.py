"""The issuing body's few routes, and the one page on which a pass is collected. Nothing is logged.

The page stands on the issuing body's own address, so that the institution's server never sees a code, and
what this body serves never sees an answer. Counts are told after the last day only: a number that grows while
people answer tells everybody who looks when somebody did.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from upstander.formats import b64, days, shape
from upstander.formats.errors import FormatError
from upstander.surveying import passes
from upstander.surveying.errors import SurveyError
from upstander.surveying.issuer import Issuer

BUILT = Path(__file__).resolve().parents[1] / "server" / "built"
LARGEST = 4096  # bytes of a request
PLACE = b"{{issuer}}"  # in the page: the signing key it knows
ASSETS = ("pass.js", "report.css", "atkinson-latin.woff2", "atkinson-latin-ext.woff2", "plain.svg")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Answer = Mapping[str, Any]


def application(
    issuer: Issuer, survey: str, today: Callable[[], date] = lambda: days.today("Europe/London")
) -> Starlette:
    """The service. `survey` is the address of the survey's page, to which a pass is carried."""

    def wave(_: Answer) -> Answer:
        return {"notice": issuer.notice.text, "survey": survey}

    def give(body: Answer) -> Answer:
        asked = shape.exactly(body, "code", "element")
        element = b64.decode(shape.text(asked["element"]), 32)
        evaluated, proof = issuer.give(shape.text(asked["code"]), element)
        return {"element": b64.encode(evaluated), "proof": b64.encode(proof)}

    def confirm(body: Answer) -> Answer:
        asked = shape.exactly(body, "pass")
        issuer.confirm(passes.read_pass(shape.text(asked["pass"])))
        return {"valid": True}

    def counts(_: Answer) -> Answer:
        if today() <= days.parse(issuer.notice.closes):
            raise SurveyError("The counts are told when the survey has closed.")
        return issuer.counts()

    async def page(_: Request) -> Response:
        """The page, which is told this body's own key: it takes no notice that another signed."""
        found = _file(BUILT / "pass.html", "text/html; charset=utf-8")
        if found.status_code != 200:
            return found
        own = bytes(found.body).replace(PLACE, issuer.notice.sign.encode())
        return Response(own, 200, HEADERS, "text/html; charset=utf-8")

    routes = [
        Route("/", page, methods=["GET"]),
        Route("/assets/{name}", _asset, methods=["GET"]),
        Route("/v1/wave", _get(wave), methods=["GET"]),
        Route("/v1/counts", _get(counts), methods=["GET"]),
        Route("/v1/passes", _post(give), methods=["POST"]),
        Route("/v1/confirm", _post(confirm), methods=["POST"]),
    ]
    return Starlette(routes=routes)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        return PlainTextResponse("There is nothing here.", 404, HEADERS)
    return _file(BUILT / "assets" / name, mimetypes.guess_type(name)[0] or "font/woff2")


def _file(path: Path, kind: str) -> Response:
    if not path.is_file():
        return PlainTextResponse("The page has not been built yet: run `npm run build`.", 503, HEADERS)
    return Response(path.read_bytes(), 200, HEADERS, kind)


def _get(do: Callable[[Answer], Answer]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        return await run_in_threadpool(_answer, do, b"{}")

    return endpoint


def _post(do: Callable[[Answer], Answer]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        data = bytearray()
        async for part in request.stream():
            data += part
            if len(data) > LARGEST:
                return _refused("That is too large.", 413)
        return await run_in_threadpool(_answer, do, bytes(data))

    return endpoint


def _answer(do: Callable[[Answer], Answer], data: bytes) -> Response:
    try:
        body = json.loads(data)
        if not isinstance(body, dict):
            raise FormatError("Expected an object.")
        return JSONResponse(do(body), headers=HEADERS)
    except FormatError as error:
        return _refused(str(error), 409)
    except (ValueError, RecursionError):
        return _refused("This is not JSON.", 400)


def _refused(says: str, status: int) -> Response:
    body = {"type": "refused", "title": says, "status": status}
    return JSONResponse(body, status, HEADERS, "application/problem+json")


def serve(folder: Path, survey: str, host: str, port: int) -> None:
    """Serves until SIGINT or SIGTERM. Raises OSError, FormatError."""
    asyncio.run(_serve(folder, survey, host, port))


async def _serve(folder: Path, survey: str, host: str, port: int) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    issuer = Issuer(folder)
    server = Server(
        application(issuer, survey),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_access=False,
        log_enabled=False,
    )
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)

    async def stopping() -> None:
        await stop.wait()
        server.stop()  # type: ignore[no-untyped-call]

    try:
        await asyncio.gather(server.serve(), stopping())
    finally:
        issuer.close()
