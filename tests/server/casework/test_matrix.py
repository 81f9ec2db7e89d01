"""Every route of the desk that concerns cases, tried as every role.

Who has no key to a case gets the answer that an absent case gives, byte for byte, and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from upstander.formats import ids
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions as accounts
from upstander.server.cases.models import Case, Envelope, Epoch, Grant, Step, Upload
from upstander.server.casework.models import Fact
from upstander.server.log.models import Leaf
from upstander.server.urls import api

pytestmark = [pytest.mark.django_db, pytest.mark.db]

Body = Callable[[Desk], dict[str, Any]]


@dataclass(frozen=True)
class Route:
    """One operation; `{case}` and `{upload}` stand for ids. `body` is one that the holder could send."""

    method: str
    path: str
    body: Body | None = None
    right: int = 200  # what a holder gets


ROUTES = (
    Route("get", "/desk/cases/{case}/"),
    Route("get", "/api/v1/desk/cases/{case}"),
    Route("get", "/api/v1/desk/cases/{case}/uploads/{upload}"),
    Route("post", "/api/v1/desk/cases/{case}/envelopes", lambda desk: desk.writing("x")),
    Route("post", "/api/v1/desk/cases/{case}/steps", lambda desk: desk.stepping("opened")),
    Route("post", "/api/v1/desk/cases/{case}/facts", lambda desk: desk.working(coded.declaration())),
    Route(
        "post", "/api/v1/desk/cases/{case}/bank", lambda desk: desk.using("authorised", "a" * 64, "a" * 64)
    ),
    Route("get", "/api/v1/desk/cases/{case}/standing"),
    Route(
        "post", "/api/v1/desk/cases/{case}/grants", lambda desk: desk.letting_in(desk.force.second_overseer)
    ),
    Route(
        "post",
        "/api/v1/desk/cases/{case}/epochs",
        lambda desk: desk.taking_away(desk.force.colleague, also=desk.departed()),
    ),
)
# Routes without a case in the address: they answer from the signed-in person alone (test_recovery).
OTHERS = {
    ("get", "/api/v1/desk/regrant"),
    ("post", "/api/v1/desk/regrant"),
    ("post", "/api/v1/desk/recover/{channel_id}/proof"),
    ("get", "/api/v1/desk/recover/{channel_id}"),
    ("post", "/api/v1/desk/recover/{channel_id}"),
}


@pytest.fixture
def case(force: people.Force, receipt: ReceiptKeys) -> str:
    """A case of the inside channel with a file; one of its members is shut out."""
    sent = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    Upload.objects.create(
        id=ids.new_id(),
        institution=force.institution,
        case_id=sent,
        size=0,
        parts=0,
        sha256="0" * 64,
        day=force.today(),
    )
    return sent


def roles(force: people.Force, outsider: people.Colleague, case: str) -> dict[str, Client]:
    """Everybody who must not see the case."""
    taken = Desk.of(force, force.handler, case)
    third = people.join(force.inside, "third-marlshire", "Third", force.handler)
    assert taken.post("grants", taken.letting_in(third)).status_code == 200
    taken.load()
    assert taken.post("epochs", taken.taking_away(third)).status_code == 200
    fourth = people.join(force.inside, "fourth-marlshire", "Fourth", force.handler)
    taken.load()
    assert taken.post("grants", taken.letting_in(fourth)).status_code == 200
    accounts.leave(force.inside, fourth.key)
    return {
        "colleague of another team": force.overseer.client(),
        "shut out by the reporter": force.excluded.client(),
        "of another institution": outsider.client(),
        "administrator": people.signed_in(force.administrator),
        "key taken away": third.client(),
        "left the team": fourth.client(),
        "signed out": Client(),
        "reporter": Client(headers={"Authorization": "Bearer x"}),
    }


def call(client: Client, route: Route, case: str, upload: str, body: dict[str, Any] | None) -> Any:
    path = route.path.format(case=case, upload=upload)
    if route.method == "get":
        return client.get(path)
    return client.post(path, json.dumps(body), content_type="application/json")


def state() -> list[int]:
    """Counts of everything an act could add, and the versions."""
    rows = [model.objects.count() for model in (Envelope, Epoch, Fact, Grant, Step, Leaf)]
    return [*rows, *Case.objects.order_by("id").values_list("version", flat=True)]


def seen(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer tells, but for the address that it repeats and the page's own token."""
    return answer.status_code, answer.content, dict(answer.headers)


def test_absent_and_not_yours_are_one_answer(
    force: people.Force, outsider: people.Colleague, case: str
) -> None:
    upload = Upload.objects.get(case=case).id
    shut = roles(force, outsider, case)
    desk = Desk.of(force, force.handler, case)
    for route in ROUTES:
        desk.load()
        body = route.body(desk) if route.body else None
        before = state()
        for role, client in shut.items():
            theirs = call(client, route, case, upload, body)
            absent = call(client, route, "a" * 25 + "a", upload, body)
            expected = seen(absent)
            if "Location" in expected[2]:
                expected[2]["Location"] = expected[2]["Location"].replace("a" * 26, case)
            assert seen(theirs) == expected, (role, route.path)
            assert theirs.status_code in {302, 401, 404}, (role, route.path)
        assert state() == before, route.path
        right = call(force.handler.client(), route, case, upload, body)
        assert right.status_code == route.right, (route.path, right.content)


def test_every_route_about_cases_is_in_the_matrix() -> None:
    schema = api.get_openapi_schema()
    there = {
        (method, path.replace("{case_id}", "{case}").replace("{upload_id}", "{upload}"))
        for path, operations in schema["paths"].items()
        if path.startswith("/api/v1/desk/")
        for method, operation in operations.items()
        if "casework" in operation.get("tags", [])
    }
    tried = {(route.method, route.path) for route in ROUTES if route.path.startswith("/api/")}
    assert there == tried | OTHERS


def test_the_list_shows_nothing_without_a_key(
    force: people.Force, outsider: people.Colleague, case: str
) -> None:
    number = f"{case[:3]}-{case[3:6]}".upper()
    assert number in force.handler.client().get("/desk/").content.decode()
    shut = roles(force, outsider, case)
    for role, client in shut.items():
        text = client.get("/desk/").content.decode()
        assert number not in text, role
        assert case not in text, role
