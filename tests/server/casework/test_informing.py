"""Everybody harmed gets the same updates: written down for each, shown, counted, and asked for at closing."""

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
from upstander.server.cases.models import Case
from upstander.server.casework import docket
from upstander.server.casework.models import Docket, Fact, Overdue
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]
WORDS = "That the sergeant was moved, and that we write again by the first of May."


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A case with three people harmed: the reporter, one who is known, one who is only described."""
    made = opened(force)
    subject = coded.party()
    three = [
        coded.party("harmed", reporter=True),
        coded.party("harmed"),
        coded.party("harmed", known=False),
    ]
    items = [one["item"] for one in three]
    made.work(subject, *three, coded.allegation(subject, harmed=items))
    made.people = items  # type: ignore[attr-defined]
    return made


def who(desk: Desk, place: int) -> str:
    """Item of a person harmed: 0 the reporter, 1 known, 2 described."""
    return str(desk.people[place])  # type: ignore[attr-defined]


def told(desk: Desk, place: int, what: str = "update", **said: Any) -> dict[str, Any]:
    return coded.fact(
        "informed",
        **{"to": who(desk, place), "on": desk.answer["today"], "what": what, "how": "phone"} | said,
    )


def kept(desk: Desk, place: int, days: int = 28, **said: Any) -> dict[str, Any]:
    today = datetime.date.fromisoformat(desk.answer["today"])
    review = (today + datetime.timedelta(days=days)).isoformat()
    return coded.fact(
        "informed",
        **{"to": who(desk, place), "on": desk.answer["today"], "why": "not-safe", "review": review} | said,
    )


def tell(desk: Desk, one: dict[str, Any], words: str = WORDS) -> None:
    desk.work(one, words={one["item"]: words})


def refused(desk: Desk, one: dict[str, Any], words: str = WORDS) -> str:
    before = Leaf.objects.count()
    answer = desk.post("facts", desk.working(one, words={one["item"]: words} if words else None))
    assert answer.status_code == 409, answer.content
    assert Leaf.objects.count() == before
    return str(answer.json()["title"])


def ago(desk: Desk, days: int) -> None:
    """Everything that is in this case happened so many days earlier."""
    back = datetime.timedelta(days=days)
    case = Case.objects.get(id=desk.case)
    Case.objects.filter(id=desk.case).update(day=case.day - back)
    for row in [*case.steps.all(), *Fact.objects.filter(case=case), *case.envelopes.all()]:
        type(row).objects.filter(pk=row.pk).update(day=row.day - back)
    for row in Fact.objects.filter(case=case, kind="informed"):
        on = datetime.date.fromisoformat(row.data["on"]) - back
        review = row.data["review"] and (datetime.date.fromisoformat(row.data["review"]) - back).isoformat()
        Fact.objects.filter(pk=row.pk).update(data={**row.data, "on": on.isoformat(), "review": review})
    docket.refresh(Case.objects.get(id=desk.case))


def page(desk: Desk, path: str = "file") -> str:
    answer = desk.browser.get(f"/desk/cases/{desk.case}/{path}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def dued(desk: Desk, place: int) -> dict[str, str]:
    """What is due to her, as the case's answer says it."""
    desk.load()
    row = next(one for one in desk.answer["told"] if one["item"] == who(desk, place))
    return {one["what"]: one["day"] for one in row["due"]}


def test_what_she_was_told_is_a_code_and_a_day_and_its_words_are_sealed(desk: Desk) -> None:
    tell(desk, told(desk, 1))
    row = Fact.objects.get(case=desk.case, kind="informed")
    assert (row.data["what"], row.data["how"], row.data["to"]) == ("update", "phone", who(desk, 1))
    assert "sergeant" not in json.dumps(list(Fact.objects.values_list("data", flat=True)))
    assert WORDS in desk.texts("note")
    text = page(desk)
    assert "Where it stands" in text and "by telephone" in text and "sergeant" not in text


def test_a_word_to_one_prompts_the_same_for_the_others(desk: Desk) -> None:
    assert set(dued(desk, 1)) == set(dued(desk, 2)) == {"Tell this person where it stands"}
    assert dued(desk, 0) == {}, "the reporter's own clock runs for her"
    tell(desk, told(desk, 1))
    assert "Tell this person what another was told" in dued(desk, 2)
    assert "Tell this person what another was told" in dued(desk, 0)
    tell(desk, told(desk, 2))
    tell(desk, told(desk, 0, to="", how="mailbox"))
    for place in (0, 1, 2):
        assert "Tell this person what another was told" not in dued(desk, place)


def test_a_message_to_the_reporter_counts_for_her_and_for_nobody_else(desk: Desk) -> None:
    tell(desk, told(desk, 1))
    answer = desk.post("envelopes", desk.writing("This is where your report stands."))
    assert answer.status_code == 200
    assert dued(desk, 0) == {}
    assert "Tell this person what another was told" in dued(desk, 2)
    assert "written to in her mailbox" in page(desk)


def test_somebody_who_cannot_be_told_has_a_reason_and_a_day(desk: Desk) -> None:
    today = desk.answer["today"]
    assert "within 92 days" in refused(desk, kept(desk, 1, days=93))
    assert "within 92 days" in refused(desk, kept(desk, 1, review=None))
    assert "within 92 days" in refused(desk, kept(desk, 1, review=today))
    assert "Write the reasons" in refused(desk, kept(desk, 1), words="")
    assert "from the list" in refused(desk, kept(desk, 1, why="no-time"))
    assert "mailbox" in refused(desk, kept(desk, 1, to=""))
    tell(desk, kept(desk, 1), "He reads her letters.")
    assert set(dued(desk, 1)) == {"Look again whether this person can be told"}
    text = page(desk)
    assert "It is not safe" in text and "He reads her letters" not in text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"what": "", "how": ""}, "either what she was told"),
        ({"why": "not-safe"}, "either what she was told"),
        ({"what": "gossip"}, "from the lists"),
        ({"how": "pigeon"}, "from the lists"),
        ({"on": "2199-01-01"}, "not in the future"),
        ({"on": "2001-01-01"}, "not before the report came"),
        ({"review": "2199-01-01"}, "belongs to a reason"),
        ({"to": "a" * 26}, "Add the person first"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_in_words(desk: Desk, said: dict[str, Any], why: str) -> None:
    assert why in refused(desk, told(desk, 1, **said))


def test_what_was_said_is_written_down(desk: Desk) -> None:
    assert "Write what she was told" in refused(desk, told(desk, 1), words="")


def test_nobody_harmed_is_left_out_by_a_label(desk: Desk) -> None:
    assert "kept informed" in refused(desk, coded.party("harmed", told=False), words="")


def test_the_day_of_whoever_waits_longest_is_the_case_s(desk: Desk) -> None:
    ago(desk, 20)
    row = Docket.objects.get(case=desk.case)
    day = Case.objects.get(id=desk.case).day
    assert row.heard == day
    tell(desk, told(desk, 1))
    assert Docket.objects.get(case=desk.case).heard == day, "the third person still waits"
    tell(desk, told(desk, 2))
    assert desk.post("envelopes", desk.writing("Where it stands.")).status_code == 200
    assert Docket.objects.get(case=desk.case).heard == day + datetime.timedelta(days=20)


def test_an_update_that_is_late_is_due_in_the_queue_and_gets_its_leaf(desk: Desk) -> None:
    assert desk.post("envelopes", desk.writing("Where it stands.")).status_code == 200
    ago(desk, 28)
    late = datetime.date.fromisoformat(desk.answer["today"]) + datetime.timedelta(days=1)
    docket.write_down_late(late)
    assert Overdue.objects.filter(case=desk.case, limit="harmed-update").count() == 1


def silent(client: Client) -> str:
    answer = client.get("/desk/oversight/list/silent/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_overseers_see_a_case_in_which_only_one_of_them_hears_nothing(
    force: people.Force, desk: Desk
) -> None:
    overseer, number = overseer_of(force), f"{desk.case[:3]}-{desk.case[3:6]}".upper()
    ago(desk, 29)
    desk.load()
    assert desk.post("envelopes", desk.writing("Where it stands.")).status_code == 200
    desk.load()
    tell(desk, told(desk, 1))
    assert number in silent(overseer), "the one who is only described has heard nothing"
    tell(desk, kept(desk, 2, days=10, why="not-found"), "We have no name.")
    assert number not in silent(overseer)
    Docket.objects.filter(case=desk.case).update(look_again=datetime.date(2020, 1, 1))
    assert number in silent(overseer), "the reason was to be looked at again"
    text = overseer.get(f"/desk/oversight/cases/{desk.case}/").content.decode()
    assert "nobody knows yet who she is" in text and "We have no name" not in text


def test_nothing_is_closed_while_somebody_harmed_was_not_told(desk: Desk) -> None:
    desk.write_up()
    closing = desk.stepping("closed", outcome="no-case", reasons="We looked.")
    answer = desk.post("steps", closing)
    assert answer.status_code == 409
    assert "Person harmed 2, Person harmed 3" in answer.json()["title"]
    tell(desk, told(desk, 1, "outcome"))
    tell(desk, kept(desk, 2, why="not-found"), "We have no name.")
    assert (
        desk.post("steps", desk.stepping("closed", outcome="no-case", reasons="We looked.")).status_code
        == 200
    )
    assert "Tell this person" not in page(desk)


def test_the_printed_page_says_who_was_told_what(desk: Desk) -> None:
    tell(desk, told(desk, 1))
    text = page(desk, "file/decisions")
    assert "Who was told what" in text and "Person harmed 2" in text and "by telephone" in text


def test_a_docket_that_says_less_than_dockets_do_now_is_made_again(desk: Desk) -> None:
    Docket.objects.filter(case=desk.case).update(form=0, heard=None, due=None)
    assert docket.complete() == 1
    row = Docket.objects.get(case=desk.case)
    assert row.form == docket.FORM and row.heard is not None and row.due is not None
    assert docket.complete() == 0
