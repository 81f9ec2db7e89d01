"""The keeper's few routes. Each parses, calls one function, and answers; nothing is logged.

What the log's witness needs is added through `more`: routes of its own, served by the same process.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from upstander.formats import b64, days, shape
from upstander.formats.errors import FormatError
from upstander.keeper import (
    counts,
    evaluate,
    hold,
    months,
    passes,
    readers,
    release,
    renew,
    requests,
    seen,
    sync,
)
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers.errors import MeterError, RefusalError
from upstander.keepers.passes import read_shown
from upstander.sealing.errors import SealingError

LARGEST = 2 * 1024 * 1024  # bytes of a request: a parcel and the notes of a dozen keepers

Answer = Mapping[str, Any]
Today = Callable[[], date]


def application(
    store: Store, keeper: Identity, today: Today | None = None, more: Sequence[BaseRoute] = ()
) -> Starlette:
    """The service of one keeper. `today` is for tests; `more` are a witness's routes."""
    now: Today = today or (lambda: days.today(keeper.policy.time_zone))

    def about(_: Mapping[str, Any]) -> Answer:
        shown = months.shown(store, keeper, now())
        return {"keeper": keeper.name, "roster": list(keeper.roster_texts), "transports": shown}

    def evaluated(body: Mapping[str, Any]) -> Answer:
        body = requests.opened(store, keeper, "/v1/evaluate", body)
        asked = shape.exactly({"pass": None, **body}, "elements", "epoch", "pass", "work")
        answer = evaluate.evaluate(
            store,
            keeper,
            epoch=shape.text(asked["epoch"]),
            elements=[b64.decode(shape.text(one)) for one in shape.items(asked["elements"])],
            work=shape.text(asked["work"]),
            today=now(),
            token=None if asked["pass"] is None else read_shown(asked["pass"]),
        )
        return evaluate.answer_body(answer)

    def held(body: Mapping[str, Any]) -> Answer:
        asked = shape.exactly(body, "notes", "parcel")
        bundle = sync.read_bundle(asked["notes"], asked["parcel"])
        return {"receipt": hold.take(store, keeper, bundle, now())}

    def missed(body: Mapping[str, Any]) -> Answer:
        return sync.missed(store, keeper, _statement(body), now())

    def challenged(body: Mapping[str, Any]) -> Answer:
        seal = shape.text(shape.exactly(body, "seal")["seal"])
        return {"token": b64.encode(readers.challenge(keeper, seal, now()))}

    def renewed(body: Mapping[str, Any]) -> Answer:
        return renew.said(store, body)

    def released(body: Mapping[str, Any]) -> Answer:
        return {"releases": release.released_to(store, readers.reader_of(keeper, body, now()))}

    def parcel(body: Mapping[str, Any]) -> Answer:
        reader = readers.reader_of(keeper, body, now())
        return {"parcel": b64.encode(release.parcel_for(store, reader, shape.text(body.get("parcel"))))}

    def passing(_: Mapping[str, Any]) -> Answer:
        return passes.shown(store, keeper, now())

    def claimed(body: Mapping[str, Any]) -> Answer:
        return passes.claim(store, keeper, requests.opened(store, keeper, "/v1/claims", body), now())

    def counted(body: Mapping[str, Any]) -> Answer:
        return {"counts": counts.quarter_counts(store, keeper, shape.text(body.get("quarter")), now())}

    def listed(_: Mapping[str, Any]) -> Answer:
        return {"counts": counts.published(store)}

    def carded(body: Mapping[str, Any]) -> Answer:
        return seen.shown(store, keeper, body, now())

    routes = [
        Route("/v1/keeper", _get(about), methods=["GET"]),
        Route("/v1/counts", _get(listed), methods=["GET"]),
        Route("/v1/counts/{quarter}", _get(counted), methods=["GET"]),
        Route("/v1/passes", _get(passing), methods=["GET"]),
        Route("/v1/claims", _post(claimed), methods=["POST"]),
        Route("/v1/cards", _post(carded), methods=["POST"]),
        Route("/v1/evaluate", _post(evaluated), methods=["POST"]),
        Route("/v1/bundles", _post(held), methods=["POST"]),
        Route("/v1/sync", _post(missed), methods=["POST"]),
        Route("/v1/challenges", _post(challenged), methods=["POST"]),
        Route("/v1/renewals", _post(renewed), methods=["POST"]),
        Route("/v1/releases", _post(released), methods=["POST"]),
        Route("/v1/parcels", _post(parcel), methods=["POST"]),
        *more,
    ]
    anybody = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    return Starlette(routes=routes, middleware=[anybody])


def _get(do: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answered, do, dict(request.path_params))

    return endpoint


def _post(do: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        data = bytearray()
        async for piece in request.stream():
            data += piece
            if len(data) > LARGEST:
                return JSONResponse({"error": "too-large", "says": "This is too long."}, 413)
        return await run_in_threadpool(_answered, lambda _: do(_json(bytes(data))), {})

    return endpoint


def _answered(do: Callable[[Mapping[str, Any]], Answer], given: Mapping[str, Any]) -> Response:
    """The answer, or the refusal by its own name."""
    try:
        return JSONResponse(do(given))
    except evaluate.WorkNeededError as error:
        work = {"challenge": error.work.challenge, "bits": error.work.bits}
        return JSONResponse({"error": "work-needed", "says": str(error), **work}, 429)
    except RefusalError as error:
        status = 429 if isinstance(error, MeterError) else 409
        return JSONResponse({"error": name_of(type(error)), "says": str(error)}, status)
    except (FormatError, SealingError) as error:
        return JSONResponse({"error": name_of(type(error)), "says": str(error)}, 400)


def name_of(error: type[Exception]) -> str:
    """A refusal's name in answers: `WrongEpochError` is `wrong-epoch`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__.removesuffix("Error")).lower()


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise FormatError("This is not JSON.") from None
    if not isinstance(body, dict):
        raise FormatError("Expected an object.")
    return body


def _statement(body: Mapping[str, Any]) -> str:
    return shape.text(shape.exactly(body, "statement")["statement"])
