"""The one Ninja API under `/api/v1/` and how its errors are told. Routers are hung in by `urls.py`."""

from __future__ import annotations

from typing import Any

import pydantic_core
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from upstander.server.errors import TITLES, Refusal, problem, problem_of, unexpected


class StrictParser(Parser):
    """JSON as the standard has it (no NaN, no deep nesting), with a clear refusal for everything else."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body's one object."""
        try:
            value = pydantic_core.from_json(request.body, allow_inf_nan=False)
        except ValueError as error:
            raise Refusal("malformed", "The request is not JSON.", 400) from error
        if not isinstance(value, dict):
            raise Refusal("malformed", "The request must be one JSON object.", 400)
        return value


def make_api() -> NinjaAPI:
    """The API without routes."""
    api = NinjaAPI(
        title="Upstander",
        version="1",
        description="Sealed reports, messages and files, and the desk that handles them.",
        docs_url=None,
        urls_namespace="api",
        parser=StrictParser(),
    )

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
        return problem_of(error)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first = error.errors[0] if error.errors else {}
        places = [
            str(p) for p in first.get("loc", ()) if p not in {"body", "path", "query", "data", "header"}
        ]
        detail = str(first.get("msg", "")).removeprefix("Value error, ")
        return problem(*TITLES[422], 422, detail=detail, where=".".join(places))

    @api.exception_handler(AuthenticationError)
    def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(*TITLES[401], 401)

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(*TITLES.get(error.status_code, TITLES[400]), error.status_code)

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(*TITLES[404], 404)

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return problem(*TITLES[413], 413)

    @api.exception_handler(Exception)
    def fault(request: HttpRequest, error: Exception) -> HttpResponse:
        return unexpected(error)

    return api
