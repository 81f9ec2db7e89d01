"""Overseers: what stands on which list, what they see of a case, what they may ask, and that it is written down."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.many import many_cases
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.casework.test_lawful import accused, opened
from tests.server.oversight.seers import overseer_of
from upstander.policy.law_duties import LIST_TESTS
from upstander.server.cases.models import Case
from upstander.server.casework import docket, duties
from upstander.server.casework.models import Direction, Docket, Duty
from upstander.server.errors import Refusal
from upstander.server.institutions.packs import in_force
from upstander.server.log.models import Leaf, Opening
from upstander.server.oversight import lists

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def overseer(force: people.Force) -> Client:
    """Somebody of an outside body who opens nothing."""
    return overseer_of(force)


def page(client: Client, path: str = "") -> str:
    answer = client.get(f"/desk/oversight/{path}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def number(desk: Desk) -> str:
    return f"{desk.case[:3]}-{desk.case[3:6]}".upper()


def test_the_four_lists(force: people.Force, overseer: Client) -> None:
    silent = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    Case.objects.filter(id=silent.case).update(day=force.today() - datetime.timedelta(days=40))
    due = opened(force)
    accused(due, coded={"serious-assault": True})
    abuse = opened(force)
    other = Desk.of(force, force.colleague, abuse.case)
    other.work(coded.fact("declaration", declared={"interest": False}, outcome="stays"))
    abuse.load()
    accused(abuse, category="domestic-abuse", coded={"domestic-abuse": True})
    closed = opened(force)
    accused(closed)
    closed.write_up()
    done = closed.stepping("closed", outcome="no-case", reasons="We looked.")
    assert closed.post("steps", done).status_code == 200
    for name, desk in (
        ("silent", silent), ("unreferred", due), ("no-independence", abuse), ("no-action", closed),
    ):  # fmt: skip
        text = page(overseer, f"list/{name}/")
        assert number(desk) in text, name
        others = {silent.case, due.case, abuse.case, closed.case} - {desk.case}
        assert not any(f"{one[:3]}-{one[3:6]}".upper() in text for one in others if one != abuse.case), name
    assert "It was looked at, and no rule was broken" in page(overseer, "list/no-action/")


def test_an_overseer_sees_codes_and_days_and_no_words(force: people.Force, overseer: Client) -> None:
    desk = opened(force)
    accused(desk)
    one = coded.fact("decision", code="no-contact")
    desk.work(one, words={one["item"]: "Because he lives next door."})
    text = page(overseer, f"cases/{desk.case}/")
    assert "Sexual harassment" in text and "No contact" in text and "next door" not in text
    assert overseer.get(f"/desk/cases/{desk.case}/").status_code == 404
    assert overseer.get(f"/api/v1/desk/cases/{desk.case}").status_code == 404


def test_a_case_about_the_overseer_does_not_exist_for_her(force: people.Force, overseer: Client) -> None:
    desk = opened(force)
    accused(desk)
    assert number(desk) in page(overseer, "list/silent/") or page(overseer, f"cases/{desk.case}/")
    desk.work(coded.party(account="carys-marlshire"))
    assert overseer.get(f"/desk/oversight/cases/{desk.case}/").status_code == 404
    assert number(desk) not in page(overseer) + page(overseer, "list/silent/")


def test_for_everybody_else_none_of_it_exists(force: people.Force, outsider: people.Colleague) -> None:
    case = report(force, people.reporter(), channels=[force.inside])
    for client in (force.handler.client(), force.overseer.client(), outsider.client()):
        for path in ("", "list/silent/", f"cases/{case}/"):
            assert client.get(f"/desk/oversight/{path}").status_code == 404, path
        assert client.post("/desk/oversight/sample/", {"count": "3"}).status_code == 404


def test_of_another_institution_an_overseer_sees_nothing(other_force: people.Force, overseer: Client) -> None:
    case = report(other_force, people.reporter(), channels=[other_force.inside])
    assert overseer.get(f"/desk/oversight/cases/{case}/").status_code == 404
    assert overseer.post(f"/desk/oversight/cases/{case}/", {"code": "reconsider"}).status_code == 404
    assert "0 cases." in page(overseer)


def test_every_view_is_in_the_log(force: people.Force, overseer: Client) -> None:
    desk = opened(force)
    before = Leaf.objects.filter(kind="oversight").count()
    for path in ("", "list/silent/", f"cases/{desk.case}/"):
        page(overseer, path)
    assert Leaf.objects.filter(kind="oversight").count() == before + 3
    last = Leaf.objects.filter(kind="oversight").latest("pk")
    said = json.loads(Opening.objects.get(act=last.act).body)
    assert (said["act"], said["subject"]) == ("viewed", f"case {desk.case}")


def test_a_refused_direction_shows_the_case_and_is_a_view(force: people.Force, overseer: Client) -> None:
    desk = opened(force)
    before = Leaf.objects.filter(kind="oversight").count()
    answer = overseer.post(f"/desk/oversight/cases/{desk.case}/", {"code": "dance"})
    assert answer.status_code == 409 and "in codes and days" in answer.content.decode()
    assert Leaf.objects.filter(kind="oversight").count() == before + 1


def test_no_case_is_closed_over_a_direction(force: people.Force, overseer: Client) -> None:
    desk = opened(force)
    accused(desk)
    desk.write_up()
    assert overseer.post(f"/desk/oversight/cases/{desk.case}/", {"code": "answer"}).status_code == 302
    refused = desk.post("steps", desk.stepping("closed", outcome="no-case", reasons="We looked."))
    assert refused.status_code == 409 and "An overseer asked something" in refused.json()["title"]
    desk.load()
    answer = coded.fact("answer", direction=Direction.objects.get().id, answer="reconsidered")
    desk.work(answer, words={answer["item"]: "We wrote to her."})
    done = desk.post("steps", desk.stepping("closed", outcome="no-case", reasons="We looked."))
    assert done.status_code == 200


def test_a_direction_waits_until_it_is_answered(force: people.Force, overseer: Client) -> None:
    desk = opened(force)
    path = f"/desk/oversight/cases/{desk.case}/"
    assert overseer.post(path, {"code": "reconsider"}).status_code == 302
    assert overseer.post(path, {"code": "reconsider"}).status_code == 409  # asked already
    assert overseer.post(path, {"code": "dance"}).status_code == 409
    [direction] = Direction.objects.all()
    assert Leaf.objects.filter(act=direction.act, kind="oversight").exists()
    text = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "The overseer asks you" in text
    answer = coded.fact("answer", direction=direction.id, answer="stands")
    assert desk.post("facts", desk.working(answer)).status_code == 409  # without a word
    desk.work(answer, words={answer["item"]: "It stands, because ..."})
    text = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "The overseer asks you" not in text
    assert "stands" in page(overseer, f"cases/{desk.case}/")
    assert overseer.post(path, {"code": "reconsider"}).status_code == 302


def test_who_runs_the_machine_or_works_on_a_channel_is_no_overseer(force: people.Force) -> None:
    for person in (force.administrator, force.handler.person):
        with pytest.raises(Refusal):
            duties.give(person, Duty.Kind.OVERSEER)


def test_cases_nobody_worked_on_are_taken_into_the_lists(force: people.Force) -> None:
    report(force, people.reporter(), channels=[force.inside])
    assert docket.complete() == 1
    assert docket.complete() == 0


def test_a_pack_with_another_law_makes_every_docket_anew(force: people.Force) -> None:
    """What lists say is due is stored: a server that comes up with new law must not go on with the old days."""
    case = opened(force).case
    right = Docket.objects.get(case=case).due
    Docket.objects.filter(case=case).update(law="0" * 64, due=None)
    assert docket.complete() == 1
    assert Docket.objects.get(case=case).due == right is not None
    assert docket.complete() == 0


DAY = datetime.date(2026, 3, 2)
OLD = {"opened": DAY, "told": DAY}
ABUSE = {"coded": ["other", "domestic-abuse"]}


@pytest.mark.parametrize(
    ("docket_of", "after", "on"),
    [
        (OLD, 28, []),
        (OLD, 29, ["silent"]),
        (None, 0, ["silent"]),  # nobody has worked on it, and no beat came yet
        ({}, 0, ["silent"]),
        ({"opened": DAY}, 28, []),
        ({"opened": DAY}, 29, ["silent"]),  # from the report's own day
        ({**OLD, "told": DAY + datetime.timedelta(days=10)}, 38, []),
        ({**OLD, "closed": DAY, "outcome": "not-found"}, 90, ["no-action"]),
        ({**OLD, "closed": DAY, "outcome": "found"}, 90, []),
        ({**OLD, "referral": "due"}, 0, ["unreferred"]),
        ({**OLD, "referral": "overruled"}, 0, []),
        ({**OLD, "coded": ["abuse", "domestic-abuse-not"]}, 0, []),
        ({**OLD, **ABUSE}, 0, ["no-independence"]),
        ({**OLD, **ABUSE, "recorded": ["interest"]}, 0, ["no-independence"]),
        ({**OLD, **ABUSE, "recorded": ["prior-connection", "interest"]}, 0, []),
    ],
)
def test_on_which_list_a_case_stands(
    force: people.Force, docket_of: dict[str, Any] | None, after: int, on: list[str]
) -> None:
    [case] = many_cases(force, 1)
    Case.objects.filter(id=case).update(day=DAY)
    Docket.objects.all().delete()
    if docket_of is not None:
        Docket.objects.create(case_id=case, **docket_of)
    law, today = in_force("uk-police").law, DAY + datetime.timedelta(days=after)
    cases = lists.with_codes(Case.objects.all())
    assert [one.id for one in law.oversight if lists.on_list(one, cases, today).exists()] == on
    total, counts = lists.counts(law, cases, today)
    assert total == 1 and {name for name, count in counts.items() if count} == set(on)
    assert len(counts) == 4 and {one.test for one in law.oversight} == LIST_TESTS


def test_closed_without_action_is_counted_by_how_it_ended(force: people.Force, overseer: Client) -> None:
    made = many_cases(force, 3)
    Case.objects.update(state="closed")
    Docket.objects.update(closed=DAY, outcome="no-case")
    Docket.objects.filter(case=made[0]).update(outcome="not-found")
    text = " ".join(page(overseer, "list/no-action/").split())
    assert re.search(r"no rule was broken</th><td[^>]*>2<", text)
    assert text.count('<td data-k="Cases">1</td>') == 1
