"""The one Ninja API under `/api/v1/` and how its errors are told. Routers are hung in by `urls.py`."""

from __future__ import annotations

from typing import Any

import pydantic_core
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from pydantic import BaseModel

from upstander.server.errors import PROBLEM, TITLES, Refusal, problem, problem_of, unexpected


class StrictParser(Parser):
    """JSON as the standard has it (no NaN, no deep nesting), with a clear refusal for everything else."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body's one object."""
        try:
            value = pydantic_core.from_json(request.body, allow_inf_nan=False)
        except ValueError:
            raise Refusal("malformed", "The request is not JSON.", 400) from None
        if not isinstance(value, dict):
            raise Refusal("malformed", "The request must be one JSON object.", 400)
        return value


_WORDS = {
    "missing": "This is missing.",
    "extra_forbidden": "There is no such field.",
    "string_too_long": "This is too long.",
    "string_too_short": "This is too short.",
    "too_long": "There are too many of these, or this is too long.",
    "too_short": "There are too few of these, or this is too short.",
    "literal_error": "This is not one of the values there are.",
    "string_pattern_mismatch": "This does not have the form it must have.",
    "greater_than_equal": "This number is too small.",
    "less_than_equal": "This number is too large.",
}


def _in_words(error: dict[str, Any]) -> str:
    """A validation error as a plain sentence; never with what was sent in it."""
    kind = str(error.get("type", ""))
    if kind == "value_error":
        return str(error.get("msg", "")).removeprefix("Value error, ")
    return _WORDS.get(kind, "This is of the wrong kind.")


def _where(error: dict[str, Any]) -> str:
    """The field, as a path: `grants.0.sealed`."""
    places = [str(place) for place in error.get("loc", ())]
    return ".".join(places[2:] if places[:1] == ["body"] else places[1:])


class Problem(BaseModel):
    """An error: `title` in plain words, `where` the field it is about."""

    type: str
    title: str
    status: int
    detail: str
    where: str
    card: str | None = None
    challenge: str | None = None
    bits: int | None = None
    next: int | None = None


class Api(NinjaAPI):
    """Describes every error as it is told, whatever a route says of it."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, with the problem answer on every route."""
        schema = super().get_openapi_schema(**options)
        told = {
            "description": "An error",
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"] = {
                    **{code: r for code, r in operation["responses"].items() if int(code) < 400},
                    "default": told,
                }
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        components.setdefault("securitySchemes", {})["mailbox"] = {"type": "http", "scheme": "bearer"}
        return schema


def make_api() -> NinjaAPI:
    """The API without routes."""
    api = Api(
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
        return problem(*TITLES[422], 422, detail=_in_words(first), where=_where(first))

    @api.exception_handler(AuthenticationError)
    def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(*TITLES[401], 401)

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, Refusal):
            return problem_of(error.__cause__)
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
