"""The witness as a web service: C2SP tlog-witness, watching for promises, and its public alarms."""

import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from upstander.formats import shape
from upstander.formats.errors import FormatError
from upstander.ledger.errors import LedgerError
from upstander.ledger.fetch import json_object
from upstander.ledger.logpolicy import Watching, make_watching
from upstander.ledger.notes import SigningKey
from upstander.ledger.promise import peek_promise, read_promise
from upstander.ledger.witness import LARGEST, Refusal, parse_request
from upstander.witness.state import State

LARGEST_WATCH = 64 * 1024  # bytes
logger = logging.getLogger("upstander.witness")

Handler = Callable[[HttpRequest], Awaitable[Response]]


def application(state: State, key: SigningKey, *, clock: Callable[[], float] = time.time) -> Starlette:
    """The service over this memory and this key; `clock` answers seconds since 1970."""
    service = _Service(state, key, clock)
    return Starlette(
        routes=[
            Route("/", service.status, methods=["GET"]),
            Route("/add-checkpoint", service.add_checkpoint, methods=["POST"]),
            Route("/watch", service.watch, methods=["POST"]),
            Route("/alarms", service.alarms, methods=["GET"]),
            Route("/{origin}/checkpoint", service.checkpoint, methods=["GET"]),
        ]
    )


def day_of(seconds: float) -> str:
    """The day, in UTC, of a time in seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


class _Service:
    def __init__(self, state: State, key: SigningKey, clock: Callable[[], float]) -> None:
        self.state, self.key, self.clock = state, key, clock

    async def add_checkpoint(self, http: HttpRequest) -> Response:
        """tlog-witness, "add-checkpoint"."""
        try:
            request = parse_request(await _text(http, LARGEST))
            now = int(self.clock())
            line = await run_in_threadpool(self.state.add_checkpoint, request, self.key, now, day_of(now))
        except Refusal as refusal:
            logger.info("did not sign: %s", refusal)
            if refusal.status == 409:
                # exactly this type, without a charset: other people's logs compare it
                return Response(f"{refusal.size}\n", 409, headers={"Content-Type": "text/x.tlog.size"})
            return _plain(str(refusal), refusal.status)
        return PlainTextResponse(line)

    async def checkpoint(self, http: HttpRequest) -> Response:
        """tlog-witness, "Monitor Retrieval Mechanism": what was signed last, by the origin's hash."""
        for log in await run_in_threadpool(self.state.logs):
            if hashlib.sha256(log.origin.encode()).hexdigest() == http.path_params["origin"] and log.note:
                return PlainTextResponse(log.note)
        return _plain("Nothing was signed for this log.", 404)

    async def status(self, _: HttpRequest) -> Response:
        """What it last saw, and how much it watches for."""
        logs = await run_in_threadpool(self.state.logs)
        seen = [
            {"day": log.day, "origin": log.origin, "size": log.head.size if log.head is not None else 0}
            for log in logs
        ]
        alarms = len(await run_in_threadpool(self.state.alarms))
        return JSONResponse(
            {"alarms": alarms, "logs": seen, "name": self.key.name, "vkey": str(self.key.verifier)}
        )

    async def alarms(self, _: HttpRequest) -> Response:
        """Everything that should not have been, with what shows it."""
        found = await run_in_threadpool(self.state.alarms)
        return JSONResponse(
            {
                "alarms": [
                    {"day": one.day, "evidence": one.evidence, "log": one.log, "what": one.what}
                    for one in found
                ]
            }
        )

    async def watch(self, http: HttpRequest) -> Response:
        """Takes a promise of an installation it knows; answers the statement that it will look."""
        try:
            body = json_object((await _text(http, LARGEST_WATCH)).encode(), "The request")
            text = shape.text(body.get("promise"))
            claimed = peek_promise(text)
        except Refusal as refusal:
            return _plain(str(refusal), refusal.status)
        except (FormatError, LedgerError) as error:
            return _plain(str(error), 400)
        known = {
            policy.installation: policy for policy, _ in await run_in_threadpool(self.state.installations)
        }
        policy = known.get(claimed.log)
        if policy is None:
            return _plain("This witness does not watch that installation.", 404)
        try:
            promise = read_promise(text, policy.sign)
        except FormatError as error:
            return _plain(str(error), 403)
        try:
            await run_in_threadpool(self.state.watch, promise, text)
        except LedgerError as error:
            return _plain(str(error), 503)
        watching = Watching(promise.by, promise.leaf, promise.log, self.key.name)
        return PlainTextResponse(make_watching(watching, self.key))


async def _text(http: HttpRequest, limit: int) -> str:
    """The body of a request. Raises Refusal for one that is too large or no text."""
    parts, size = [], 0
    async for part in http.stream():
        size += len(part)
        if size > limit:
            raise Refusal(413, f"A request has at most {limit} bytes.")
        parts.append(part)
    try:
        return b"".join(parts).decode()
    except UnicodeDecodeError:
        raise Refusal(400, "The request is not a text.") from None


def _plain(why: str, status: int) -> Response:
    return PlainTextResponse(f"{why}\n", status)
