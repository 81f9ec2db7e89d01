"""The published interface description, and requests made up from it: no answer outside it, no fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests import people
from upstander.server.urls import api
from upstander.server.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.db]
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)


@cache
def described() -> dict[str, Any]:
    """The description, as everybody gets it."""
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def operations() -> list[tuple[str, str]]:
    """Path and method of every route that asks for no account."""
    paths = described()["paths"]
    public = ("/api/v1/i/", "/api/v1/packs", "/api/v1/log", "/api/v1/keepers")
    return [(p, m.upper()) for p in paths if p.startswith(public) for m in paths[p]]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The server's own handler closes connections between requests; a test's transaction lives on one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_description_is_served() -> None:
    assert Client().get("/api/v1/openapi.json").json() == described()
    assert len(operations()) == 30


@pytest.mark.parametrize(("path", "method"), operations())
def test_made_up_requests_get_described_answers(force: people.Force, path: str, method: str) -> None:
    schema = schemathesis.openapi.from_dict(described())
    schema.app = application
    operation = schema[path][method]

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), ours=st.booleans())
    def run(case: schemathesis.Case, ours: bool) -> None:
        if ours and "slug" in case.path_parameters:
            case.path_parameters["slug"] = force.slug
        answer = case.call(base_url="http://testserver")
        case.validate_response(answer, checks=list(CHECKS))
        kind = answer.headers["content-type"][0] if "content-type" in answer.headers else ""
        assert answer.status_code < 400 or kind == "application/problem+json", (answer.status_code, kind)

    run()
