"""Dip samples: fixed before the head that draws, drawn again by anybody, copies lent for a time and each view a leaf."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests import people
from tests.server.casework.desk import Desk, report
from tests.server.casework.test_lawful import opened
from tests.server.oversight.seers import overseer_of
from tests.server.retention.test_retention import close
from upstander.formats import b64
from upstander.ledger.errors import LedgerError
from upstander.ledger.sample import check_draw, read_drawing
from upstander.sealing import age
from upstander.server.accounts.models import Person
from upstander.server.casework.models import Docket, Drawn, Duty, Sample, ShutOut
from upstander.server.errors import Refusal
from upstander.server.log import actions as log
from upstander.server.log.models import Leaf, Opening
from upstander.server.oversight import samples
from upstander.server.retention import actions as retention

pytestmark = [pytest.mark.usefixtures("folder"), pytest.mark.django_db, pytest.mark.db]  # its keys come first


@pytest.fixture
def overseer(force: people.Force) -> Client:
    return overseer_of(force)


@pytest.fixture
def carys(overseer: Client) -> Person:
    return Person.objects.get(username="carys-marlshire")


@pytest.fixture
def head(settings: Settings) -> Callable[[], None]:
    """Makes and publishes the next head of the log, as on the next day."""
    beats = itertools.count(1)

    def make() -> None:
        settings.LOG_BEAT = 86_400 // next(beats)
        log.beat()

    return make


def reports(force: people.Force, count: int) -> list[str]:
    return [report(force, people.reporter(), channels=[force.inside], with_sheet=False) for _ in range(count)]


def said(act: str) -> list[str]:
    """What oversight leaves of this act say, in the order in which they came."""
    openings = dict(Opening.objects.values_list("act", "body"))
    bodies = [json.loads(openings[one.act]) for one in Leaf.objects.filter(kind="oversight").order_by("pk")]
    return [one["subject"] for one in bodies if one["act"] == act]


def drawn(carys: Person, head: Callable[[], None], count: int = 1) -> Sample:
    """A sample, ordered and drawn."""
    made = samples.order(carys, count)
    head()
    assert samples.draw_due() == 1
    return Sample.objects.get(id=made.id)


def lent(desk: Desk, who: Person, row: Drawn, **changes: Any) -> Any:
    key = who.keys.get(state="active")
    sealed = age.seal(b"a copy, signed".ljust(4096, b"\0"), [key.seal])
    body = {"drawn": row.id, "to": key.id, "sealed": b64.encode(sealed), **changes}
    url = f"/api/v1/desk/cases/{desk.case}/copies"
    return desk.browser.post(url, json.dumps(body), content_type="application/json")


def read(client: Client, row: Drawn) -> Any:
    return client.post(f"/api/v1/desk/oversight/copies/{row.id}/open", "{}", content_type="application/json")


def test_the_list_is_fixed_before_the_head_that_draws(
    force: people.Force, carys: Person, head: Callable[[], None]
) -> None:
    cases = reports(force, 6)
    head()  # one that everybody knows when the list is fixed: it draws nothing
    made = samples.order(carys, 3)
    assert samples.draw_due() == 0
    with pytest.raises(Refusal) as again:  # nobody orders until she likes what comes
        samples.order(carys, 3)
    assert "not drawn yet" in again.value.title
    late = reports(force, 1)[0]
    head()
    assert (samples.draw_due(), samples.draw_due()) == (1, 0)
    sample = Sample.objects.get(id=made.id)
    leaf = Leaf.objects.get(act=made.act)
    assert leaf.index is not None and sample.size > leaf.index
    [fixed], [by] = said("sample-fixed"), said("sampled")
    assert fixed == f"3 of 6 by {sample.digest}" and sample.root in by
    ranked = sorted(cases, key=lambda one: hashlib.sha256(bytes.fromhex(sample.root) + one.encode()).digest())
    assert [one.case_id for one in sample.drawn.order_by("place")] == ranked[:3]
    assert late not in sample.listed


def test_anybody_with_the_list_draws_it_again(
    force: people.Force, overseer: Client, carys: Person, head: Callable[[], None]
) -> None:
    reports(force, 5)
    sample = drawn(carys, head, 2)
    told = overseer.get(f"/desk/oversight/sample/{sample.id}/list.json").json()
    root = bytes.fromhex(told["root"])
    check_draw(told["ids"], told["digest"], root, told["count"], told["drawn"])
    assert told["digest"] in said("sample-fixed")[0] and told["root"] in said("sampled")[0]
    found = read_drawing(json.dumps(told).encode())
    fixed = Leaf.objects.get(act=sample.act)
    assert found.commitment() == fixed.commitment, "what opens the leaf that fixed it is there"
    with pytest.raises(LedgerError, match="not the list"):
        check_draw(told["ids"][1:], told["digest"], root, 2, told["drawn"])
    with pytest.raises(LedgerError, match="other cases"):
        check_draw(told["ids"], told["digest"], root, 2, told["drawn"][::-1])
    page = overseer.get(f"/desk/oversight/sample/{sample.id}/").content.decode()
    assert sample.digest in page and sample.root in page


def test_a_copy_is_lent_for_a_time_and_each_view_is_a_leaf(
    force: people.Force, overseer: Client, carys: Person, head: Callable[[], None]
) -> None:
    desk = opened(force)
    sample = drawn(carys, head)
    row = sample.drawn.get()
    page = force.handler.client().get(f"/desk/cases/{desk.case}/").content.decode()
    assert "Drawn in a dip sample" in page and "Carys" in page
    [wanted] = desk.browser.get(f"/api/v1/desk/cases/{desk.case}/copies").json()["wanted"]
    assert wanted["drawn"] == row.id and wanted["key"] == carys.keys.get().id
    assert read(overseer, row).status_code == 404  # not handed over yet
    assert lent(desk, carys, row, sealed=b64.encode(b"in the clear")).status_code == 422
    assert lent(desk, carys, row, to=force.handler.key.id).status_code == 409
    assert lent(desk, carys, row).status_code == 200
    assert lent(desk, carys, row).status_code == 404  # once
    assert said("copy-handed") == [row.id]
    for views in (1, 2):
        answer = read(overseer, row)
        assert answer.status_code == 200 and answer.json()["case"] == desk.case
        assert said("viewed").count(f"copy {row.id}") == views
    assert overseer.get(f"/desk/cases/{desk.case}/").status_code == 404  # nothing else of it
    assert overseer.get(f"/api/v1/desk/cases/{desk.case}").status_code == 404

    yesterday = force.today() - datetime.timedelta(days=1)
    Sample.objects.update(until=yesterday)
    assert read(overseer, row).status_code == 404
    assert (samples.end_due(), samples.end_due()) == (1, 0)
    row.refresh_from_db()
    assert row.sealed is None and row.opened == force.today() and said("copies-deleted") == [sample.id]
    text = overseer.get(f"/desk/oversight/sample/{sample.id}/").content.decode()
    assert "deleted since" in text and "Open" not in text.split("<main")[1].split("Opened first")[0]


def test_nobody_else_hands_over_or_opens(
    force: people.Force, overseer: Client, carys: Person, outsider: people.Colleague, head: Callable[[], None]
) -> None:
    desk = opened(force)
    row = drawn(carys, head).drawn.get()
    for who in (force.overseer, outsider):  # neither holds the case
        body = {"drawn": row.id, "to": "x" * 26, "sealed": "AAAA"}
        url = f"/api/v1/desk/cases/{desk.case}/copies"
        answer = who.client().post(url, json.dumps(body), content_type="application/json")
        assert answer.status_code in {404, 422}
        assert who.client().get(url).status_code == 404
    assert lent(desk, carys, row).status_code == 200
    for client in (force.handler.client(), force.overseer.client(), outsider.client()):
        assert read(client, row).status_code == 404
        assert client.get(f"/desk/oversight/sample/{row.sample_id}/").status_code == 404
        assert client.get(f"/desk/oversight/sample/{row.sample_id}/list.json").status_code == 404
    second = overseer_of(force, "inspectorate")  # an overseer, and not hers
    assert read(second, row).status_code == 404
    assert second.get(f"/desk/oversight/sample/{row.sample_id}/").status_code == 404


def test_a_case_about_her_or_covert_since_is_not_lent(
    force: people.Force, overseer: Client, carys: Person, head: Callable[[], None]
) -> None:
    desk = opened(force)
    row = drawn(carys, head).drawn.get()
    assert lent(desk, carys, row).status_code == 200
    Docket.objects.update(covert=True)
    assert read(overseer, row).status_code == 404
    Docket.objects.update(covert=False)
    assert read(overseer, row).status_code == 200
    ShutOut.objects.create(case_id=desk.case, person=carys, why=ShutOut.Why.SUBJECT)
    assert read(overseer, row).status_code == 404


def test_nobody_is_asked_for_a_copy_that_she_may_not_see(
    force: people.Force, overseer: Client, carys: Person, head: Callable[[], None]
) -> None:
    desk = opened(force)
    row = drawn(carys, head).drawn.get()

    def asked() -> list[bool]:
        text = desk.browser.get(f"/desk/cases/{desk.case}/").content.decode()
        wanted = desk.browser.get(f"/api/v1/desk/cases/{desk.case}/copies").json()["wanted"]
        return ["Drawn in a dip sample" in text, bool(wanted)]

    assert asked() == [True, True]
    Docket.objects.update(covert=True)
    assert asked() == [False, False] and lent(desk, carys, row).status_code == 404
    Duty.objects.filter(person=carys).update(of="iopc")  # a body that the pack names for covert cases
    assert asked() == [True, True]
    Duty.objects.filter(person=carys).update(of="")
    Docket.objects.update(covert=False)
    shut = ShutOut.objects.create(case_id=desk.case, person=carys, why=ShutOut.Why.SUBJECT)
    assert asked() == [False, False] and lent(desk, carys, row).status_code == 404
    shut.delete()
    Duty.objects.filter(person=carys).delete()
    assert asked() == [False, False]


def test_a_copy_goes_with_the_case(
    force: people.Force, overseer: Client, carys: Person, head: Callable[[], None]
) -> None:
    desk = opened(force)
    row = drawn(carys, head).drawn.get()
    assert lent(desk, carys, row).status_code == 200
    close(desk)
    assert retention.sweep() == 1
    row.refresh_from_db()
    assert row.sealed is None and read(overseer, row).status_code == 404
    assert "deleted since" in overseer.get(f"/desk/oversight/sample/{row.sample_id}/").content.decode()


@pytest.mark.parametrize("count", ["0", "51", "x", "", "9999999"])
def test_a_wrong_number_is_refused_in_words(force: people.Force, overseer: Client, count: str) -> None:
    reports(force, 1)
    answer = overseer.post("/desk/oversight/sample/", {"count": count})
    assert answer.status_code == 409 and "Draw between 1 and 50 cases." in answer.content.decode()
    assert not Sample.objects.exists()


def test_with_no_case_nothing_is_ordered(overseer: Client) -> None:
    answer = overseer.post("/desk/oversight/sample/", {"count": "3"})
    assert answer.status_code == 409 and "no case to draw from" in answer.content.decode()
