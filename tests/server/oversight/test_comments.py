"""Comments of overseers: sealed to those who hold the case, a leaf by code, answered by a day or shown as late."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import opened
from tests.server.oversight.seers import overseer_of
from upstander.formats import b64, ids
from upstander.sealing import age
from upstander.server.casework.models import Direction, Docket
from upstander.server.log.models import Leaf, Opening

pytestmark = [pytest.mark.django_db, pytest.mark.db]
WORDS = b"Why was nobody told?"


@pytest.fixture
def desk(force: people.Force) -> Desk:
    return opened(force)


@pytest.fixture
def overseer(force: people.Force) -> Client:
    return overseer_of(force)


def sent(client: Client, desk: Desk, **changes: Any) -> Any:
    sealed = age.seal(WORDS.ljust(4096, b"\0"), [desk.who.key.seal])
    body = {"id": ids.new_id(), "to": [desk.who.key.id], "sealed": b64.encode(sealed), **changes}
    url = f"/api/v1/desk/oversight/cases/{desk.case}/comments"
    return client.post(url, json.dumps(body), content_type="application/json")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def file(desk: Desk) -> str:
    return page(desk.browser, f"/desk/cases/{desk.case}/file/")


def answering(desk: Desk, answer: str, words: str = "") -> Any:
    one = coded.fact("answer", direction=Direction.objects.get(case=desk.case).id, answer=answer)
    return desk.post("facts", desk.working(one, words={one["item"]: words} if words else None))


def test_nobody_reads_one_before_answering_about_connections(desk: Desk, overseer: Client) -> None:
    assert sent(overseer, desk).status_code == 200
    read = f"/api/v1/desk/cases/{desk.case}/comments"
    assert desk.browser.get(read).status_code == 200
    other = Desk.of(desk.force, desk.force.colleague, desk.case, answered=False)
    assert other.browser.get(read).status_code == 409


def test_only_those_who_hold_the_case_are_named_as_readers(desk: Desk, overseer: Client) -> None:
    told = overseer.get(f"/api/v1/desk/oversight/cases/{desk.case}/readers").json()
    held = {one["key"] for one in desk.answer["holders"]}
    assert set(told["keys"]) == held and desk.who.key.id in held
    assert datetime.date.fromisoformat(told["due"]) == desk.force.today() + datetime.timedelta(days=14)


def test_a_comment_is_sealed_and_its_leaf_says_only_that_there_is_one(desk: Desk, overseer: Client) -> None:
    assert sent(overseer, desk).status_code == 200
    row = Direction.objects.get(case=desk.case)
    assert WORDS not in bytes(row.sealed or b"")
    last = Leaf.objects.filter(kind="oversight").latest("pk")
    said = json.loads(Opening.objects.get(act=last.act).body)
    assert (said["act"], said["subject"]) == ("directed", f"{desk.case} comment")
    [listed] = desk.get("/comments").json()["comments"]
    opened_ = age.open_(b64.decode(listed["sealed"]), [desk.who.keyring.identity])
    assert opened_.rstrip(b"\0") == WORDS
    assert "The overseer wrote to you." in file(desk)


def test_it_is_due_in_the_queue_and_late_on_both_sides(desk: Desk, overseer: Client) -> None:
    assert sent(overseer, desk).status_code == 200
    Docket.objects.get(case=desk.case, due__lte=desk.force.today() + datetime.timedelta(days=14))
    Direction.objects.filter(case=desk.case).update(due=datetime.date(2020, 1, 1))
    assert "An answer was due by 1 January 2020" in file(desk)
    assert "due by 1 January 2020" in page(overseer, f"/desk/oversight/cases/{desk.case}/")
    assert "late since 1 January 2020" in page(overseer, "/desk/oversight/")


def test_it_is_answered_or_noted_and_nothing_closes_before(desk: Desk, overseer: Client) -> None:
    assert sent(overseer, desk).status_code == 200
    desk.write_up()
    closing = desk.stepping("closed", outcome="no-case", reasons="We looked.")
    assert desk.post("steps", closing).status_code == 409
    assert answering(desk, "stands").status_code == 409, "an answer has words"
    assert answering(desk, "noted").status_code == 200
    desk.load()
    assert "The overseer wrote to you." not in file(desk) and desk.get("/comments").json() == {"comments": []}
    assert "it was read" in page(overseer, f"/desk/oversight/cases/{desk.case}/")


def test_a_direction_by_code_is_not_only_noted(desk: Desk, overseer: Client) -> None:
    asked = overseer.post(f"/desk/oversight/cases/{desk.case}/", {"code": "reconsider"})
    assert asked.status_code == 302
    refused = answering(desk, "noted")
    assert refused.status_code == 409 and "not only noted" in refused.json()["title"]
    assert Direction.objects.get(case=desk.case).due is not None
    bare = overseer.post(f"/desk/oversight/cases/{desk.case}/", {"code": "comment"})
    assert bare.status_code == 409, "a comment has words"


def test_a_key_that_does_not_hold_the_case_or_a_second_time_is_refused(desk: Desk, overseer: Client) -> None:
    stranger = ids.new_id()
    sealed = age.seal(b"x".ljust(4096, b"\0"), [desk.who.key.seal])
    assert sent(overseer, desk, to=[stranger], sealed=b64.encode(sealed)).status_code == 409
    assert sent(overseer, desk, sealed=b64.encode(b"in the clear".ljust(4096))).status_code == 422
    same = ids.new_id()
    assert sent(overseer, desk, id=same).status_code == 200
    assert sent(overseer, desk, id=same).status_code == 409
    for _ in range(4):
        assert sent(overseer, desk).status_code == 200
    assert "wait for answers first" in sent(overseer, desk).json()["title"]
