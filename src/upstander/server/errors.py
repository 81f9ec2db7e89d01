"""Refusals, and the one shape in which every error of the interface is told (`application/problem+json`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

log = logging.getLogger("upstander.errors")

PROBLEM = "application/problem+json"
TITLES = {
    400: ("malformed", "We could not read that request."),
    401: ("signed-out", "You are signed out. Sign in again."),
    403: ("refused", "That is not allowed."),
    404: ("not-found", "There is nothing here, or it is not yours."),
    405: ("refused", "That cannot be done at this address."),
    413: ("too-large", "That is too large to send."),
    415: ("malformed", "We could not read that request."),
    422: ("malformed", "We could not read that request."),
    429: ("busy", "Too many tries. Wait a little and try again."),
    500: ("busy", "Something went wrong here. Nothing was changed. Try again."),
    503: ("busy", "We are very busy. Nothing was lost. Try again in a moment."),
}


class Refusal(Exception):  # noqa: N818  (it is an answer, not a fault)
    """A request that is not carried out, and why, in plain words.

    `type` is one of the slugs of `docs/reference/api.md`; `extra` goes into the body (`detail`, `where`,
    `card` ...).
    """

    def __init__(self, type: str, title: str, status: int, **extra: Any) -> None:
        super().__init__(type)
        self.type = type
        self.title = title
        self.status = status
        self.extra = extra


def not_found() -> Refusal:
    """The one answer for what is absent and for what is not yours."""
    return Refusal(*TITLES[404], 404)


def malformed(title: str, where: str = "") -> Refusal:
    """What was sent has the wrong form; `where` names the field."""
    return Refusal("malformed", title, 422, where=where)


def conflict(title: str) -> Refusal:
    """What was sent does not fit what is already there."""
    return Refusal("conflict", title, 409)


def busy() -> Refusal:
    """Too much at once; the same request may be sent again in a moment."""
    return Refusal(*TITLES[503], 503)


def problem(type: str, title: str, status: int, **extra: Any) -> HttpResponse:
    """The response for a refusal. 503 carries Retry-After in seconds."""
    body = {"type": type, "title": title, "status": status, "detail": "", "where": "", **extra}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=PROBLEM, status=status)
    if status == 503:
        response["Retry-After"] = "2"
    return response


def problem_of(refusal: Refusal) -> HttpResponse:
    """The response for a refusal that was raised."""
    return problem(refusal.type, refusal.title, refusal.status, **refusal.extra)


class ProblemMiddleware:
    """Turns every error answer of the interface (`/api/`) into a problem body, whoever made it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path_info.startswith("/api/"):
            return response
        if response.headers.get("Content-Type", "").startswith(PROBLEM):
            return response
        answer = problem(*TITLES.get(response.status_code, TITLES[400]), response.status_code)
        if "Allow" in response:
            answer["Allow"] = response["Allow"]
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Refusals of plain views; pages get Django's own answers for the rest."""
        if isinstance(error, Refusal):
            return _page_or_problem(request, error)
        if isinstance(error, RequestDataTooBig):
            return problem(*TITLES[413], 413)
        return None


def _page_or_problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problem_of(refusal)
    if refusal.status == 404:
        raise Http404
    if refusal.status == 400:
        raise SuspiciousOperation
    return HttpResponse(refusal.title, status=refusal.status, content_type="text/plain; charset=utf-8")


def unexpected(error: Exception) -> HttpResponse:
    """A fault of ours: written down without anything that was sent, told without detail."""
    log.error("unexpected error", exc_info=error)
    return problem(*TITLES[500], 500)
