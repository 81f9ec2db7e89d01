"""Every route of the server, tried as everybody: what is not yours answers as what is absent, byte for byte.

The list of routes is the URL configuration's own: a route without a row here fails.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.matrix.rows import EVERYBODY, HOLDERS, KEYED, KNOW, ROWS, Row, addresses, operations
from tests.server.matrix.world import ABSENT, SIGNED_OUT, World, build
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.db]
METHODS = {"get", "post", "put", "delete"}


@pytest.fixture
def world(force: people.Force, other_force: people.Force, receipt: ReceiptKeys, tmp_path: Path) -> World:
    return build(force, other_force, receipt, tmp_path)


def test_every_route_of_the_server_has_a_row() -> None:
    rows = {row.split(" ", 1)[1] for row in ROWS}
    assert rows == addresses()
    api = {row for row in ROWS if row.split(" ", 1)[1].startswith("api/v1/")}
    assert api - {"get api/v1/openapi.json", "get api/v1/"} == operations()


def test_no_route_takes_a_method_that_has_no_row(world: World) -> None:
    for address in sorted(addresses() - {"api/v1/openapi.json"}):
        methods = METHODS if address.startswith("api/") else {"get", "post"}
        for method in sorted(
            methods - {row.split(" ")[0] for row in ROWS if row.split(" ", 1)[1] == address}
        ):
            who = world.clients["administrator" if "people" in address else "handler"]
            answer = ask(who, method, path_of(address, world.fill()), {}, {})
            assert answer.status_code in {302, 404, 405}, (method, address, answer.status_code)


@pytest.mark.parametrize("part", range(4))
def test_who_is_not_let_in_sees_what_an_absent_one_would_answer(world: World, part: int) -> None:
    for name in sorted(ROWS)[part::4]:
        row = ROWS[name]
        if row.to != EVERYBODY:
            tried(world, name, row)


def tried(world: World, name: str, row: Row) -> None:
    method, address = name.split(" ", 1)
    body = row.body(world) if row.body else {}
    headers = row.headers(world) if row.headers else {}
    there = path_of(address, world.fill())
    absent = path_of(address, world.fill() | ABSENT)
    before = state()
    for role, client in world.clients.items():
        if role in row.to:
            continue
        theirs = ask(client, method, there, body, headers)
        assert shut(theirs), (name, role, theirs.status_code)
        if absent != there:
            expected = ask(client, method, absent, body, headers)
            assert seen(theirs, there) == seen(expected, absent), (name, role)
        quiet(world, name, role, theirs)
    assert state() == before, name
    if name == "get desk/":
        assert number_of(world) in world.clients["handler"].get("/desk/").content.decode()
    for role in sorted(row.to):
        with transaction.atomic():
            answer = ask(world.clients[role], method, there, body, headers)
            transaction.set_rollback(True)
        assert let_in(answer, row), (name, role, answer.status_code, answer.content[:300])
        quiet(world, name, role, answer)


def test_nobody_seals_again_a_case_that_is_not_hers(world: World) -> None:
    """The case stands in the body, and each seals to her own key."""
    desk, url = world.desk(), "/api/v1/desk/regrant"
    for role in sorted(KEYED - HOLDERS):
        client = world.clients[role]
        own = client.get("/api/v1/desk/me").json()
        body = desk.letting_in(world.force.handler)
        grants = [{**grant, "to": own["key"]} for grant in body["grants"]]
        answers = [
            ask(client, "post", url, {"cases": [{**body, "grants": grants, "case": case}]}, {})
            for case in (world.case, ABSENT["case_id"])
        ]
        assert answers[0].status_code == 404, (role, answers[0].content)
        assert seen(answers[0], url) == seen(answers[1], url), role


def test_for_a_subject_there_is_neither_the_case_nor_its_count(
    force: people.Force, receipt: ReceiptKeys
) -> None:
    """Every page and list of a member of the team, before there was a case and once it is about her."""
    subject = people.join(force.inside, "subject-marlshire", "Sergeant Under", force.handler)
    names = [
        name.removeprefix("get ").replace("<channel_id>", force.inside.id)
        for name, row in ROWS.items()
        if name.startswith("get ") and "subject" in row.to and row.to != EVERYBODY
    ]
    paths = [f"/{name}" for name in names if "<" not in name and "2fa" not in name]
    assert "/desk/queue/" in paths
    client = subject.client()
    before = {path: page(client, path) for path in paths}
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    assert page(client, "/desk/") != before["/desk/"]
    desk.work(coded.declaration())
    desk.work(coded.party(account=subject.person.username))
    assert [path for path in paths if page(client, path) != before[path]] == []


def test_everybody_s_routes_answer_everybody_and_say_nothing_of_a_case(world: World) -> None:
    for name, row in ROWS.items():
        if row.to != EVERYBODY:
            continue
        method, address = name.split(" ", 1)
        for role in ("handler", "subject", SIGNED_OUT):
            with transaction.atomic():
                answer = ask(world.clients[role], method, path_of(address, world.fill()), {}, {})
                transaction.set_rollback(True)
            unbuilt = answer.status_code == 503 and b"has not been built" in answer.content
            assert answer.status_code < 500 or unbuilt, (name, role, answer.content[:300])
            quiet(world, name, role, answer)


def ask(client: Client, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    """What this browser gets. Pages are sent forms, the interface JSON."""
    if method == "get":
        return client.get(path, headers=headers)
    call = getattr(client, method)
    if path.startswith("/api/"):
        return call(path, json.dumps(body), content_type="application/json", headers=headers)
    return call(path, body) if method == "post" else call(path)


def page(client: Client, path: str) -> bytes:
    """What this browser is shown, without the tokens that change with every page."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", client.get(path).content)


def path_of(address: str, fill: dict[str, Any]) -> str:
    """An address with something in its places."""
    for name, value in fill.items():
        address = address.replace(f"<{name}>", str(value))
    assert "<" not in address, address
    return f"/{address}"


def seen(answer: Any, path: str) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer tells, but for the address that it repeats."""
    headers = dict(answer.headers)
    if "Location" in headers:
        headers["Location"] = headers["Location"].replace(quote(path, safe=""), "")
    return answer.status_code, answer.content.replace(path.encode(), b""), headers


def shut(answer: Any) -> bool:
    """Whether nothing was shown: not there, or sign in first."""
    if answer.status_code == 302:
        return answer.headers["Location"].startswith(("/desk/sign-in/", "/desk/keys/new/"))
    return answer.status_code in {401, 404}


def let_in(answer: Any, row: Row) -> bool:
    """Whether what was asked for was looked at, and, where the row says so, done."""
    if row.never:
        return bool(answer.status_code == 404)
    if row.whole:
        return answer.status_code in {200, 204}
    return answer.status_code < 500 and not shut(answer)


def state() -> dict[str, int]:
    """How many rows there are of everything, and the sum of all versions of cases."""
    rows = {
        model.__name__: model._base_manager.count() for model in apps.get_models() if model is not Session
    }
    return rows | {"versions": sum(Case.objects.values_list("version", flat=True))}


def quiet(world: World, name: str, role: str, answer: Any) -> None:
    """The case is not named to anybody who is not to know of it, unless she named it herself."""
    if role in KNOW | {"reporter"} or "<case_id>" in name or getattr(answer, "streaming", False):
        return
    text = answer.content.decode("utf-8", "replace")
    assert world.case not in text and number_of(world) not in text, (name, role)


def number_of(world: World) -> str:
    """The case as pages name it."""
    return f"{world.case[:3]}-{world.case[3:6]}".upper()
