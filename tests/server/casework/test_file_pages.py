"""The pages of a case's file: what they show and offer, and how few queries they take."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import accused, go, opened
from upstander.server.cases.models import Case
from upstander.server.casework import dossier
from upstander.server.casework.models import Docket, Duty

pytestmark = [pytest.mark.django_db]


def test_before_a_declaration_the_file_shows_only_the_questions(force: people.Force) -> None:
    desk = opened(force)
    accused(desk)
    page = force.colleague.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Before you work on this case" in page and "Have you ever met" not in page
    assert "Sexual harassment" not in page and 'data-fact="party"' not in page


def test_a_question_that_was_not_asked_is_not_answered(force: people.Force) -> None:
    """The form of a first declaration carries nothing about what only domestic abuse asks for."""
    desk = opened(force)
    first = accused(desk)
    client = force.colleague.client()
    page = client.get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert 'name="declared.interest"' in page and "declared.prior-connection" not in page
    other = Desk.of(force, force.colleague, desk.case, answered=False)
    other.work(coded.fact("declaration", declared={"interest": False}, outcome="stays"))
    desk.load()
    abuse = {"domestic-abuse": True}
    desk.work(coded.allegation({"item": first["subject"]}, "domestic-abuse", coded=abuse))
    page = client.get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Have you ever met" in page and 'type="hidden" name="declared.interest" value="no"' in page


def test_the_file_offers_what_can_be_done_and_says_why_not(force: people.Force) -> None:
    desk = opened(force)
    accused(desk, coded={"sexual-purpose": True})
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "This has to be referred." in page
    assert "position for a sexual purpose" in page and "SI 2020/2, reg" in page
    assert "is for: decider. Ask one of them." in page
    assert "It does not hold: overrule" not in page
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "It does not hold: overrule" in page and "Record: It is now a formal matter" in page


def test_what_was_recorded_and_not_shown_is_offered_again(force: people.Force) -> None:
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    desk = opened(force)
    go(desk, accused(desk), "recorded")
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert 'data-show="recorded"' in page
    assert desk.post("steps", desk.stepping("recorded")).status_code == 200
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert 'data-show="recorded"' not in page


def test_earlier_matters_about_the_same_person_are_shown(force: people.Force) -> None:
    who = coded.party()["who"]
    for _ in range(2):
        desk = opened(force)
        accused(desk, who)
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Earlier matters about the same people" in page and "no finding" in page


@pytest.mark.parametrize("path", ["file/", "file/decisions/", "file/short/"])
def test_a_page_of_the_file_takes_a_handful_of_queries(force: people.Force, path: str) -> None:
    """However much is coded: the number, not the time."""
    desk = opened(force)
    client = force.handler.client()
    counts = []
    for _ in range(2):
        for _ in range(3):
            accused(desk)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(f"/desk/cases/{desk.case}/{path}").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 30


def test_the_queue_shows_what_is_due_first_in_a_handful_of_queries(force: people.Force) -> None:
    client = force.handler.client()
    desks = [opened(force) for _ in range(3)]
    accused(desks[0], coded={"serious-assault": True})
    desks[1].work(coded.fact("assignment", to=force.handler.person.username))
    due = {"what": "call-her", "to": force.handler.person.username, "state": "open", "due": "2030-01-01"}
    desks[2].work(coded.fact("task", **due))
    numbers = [f"{one.case[:3]}-{one.case[3:6]}".upper() for one in desks]
    with CaptureQueriesContext(connection) as found:
        text = client.get("/desk/queue/").content.decode()
    assert len(found) <= 16
    assert text.index(numbers[0]) < text.index("Write to the reporter")  # the referral is due first
    assert "call her" in text and "All open cases (3)" in text
    for view, shown in (("mine", 1), ("referral", 0), ("nobody", None)):
        text = client.get(f"/desk/queue/?view={view}").content.decode()
        body = text[text.index("<tbody>") :]
        for at, number in enumerate(numbers):
            assert (number in body) == (at == shown if shown is not None else at != 1), view


def test_of_many_tasks_those_due_first_are_shown(force: people.Force) -> None:
    desk, mine = opened(force), {"to": force.handler.person.username, "state": "open"}
    for count in (60, 41):
        desk.work(*(coded.fact("task", what="some-day", **mine) for _ in range(count)))
    for what, due in (("second", "2030-01-02"), ("first", "2030-01-01")):
        desk.work(coded.fact("task", what=what, due=due, **mine))
    found = dossier.tasks_of(force.handler.person, Case.objects.all())
    assert [one["what"] for one in found[:3]] == ["first", "second", "some-day"] and len(found) == 100


def test_what_nobody_opened_is_there_whatever_is_due_first(force: people.Force) -> None:
    desk = opened(force)
    Docket.objects.filter(case=desk.case).update(opened=None, due_limit="refer")
    text = force.handler.client().get("/desk/queue/?view=unopened").content.decode()
    assert "Not opened (1)" in text and f"{desk.case[:3]}-{desk.case[3:6]}".upper() in text


def test_a_picture_of_a_child_is_a_crime_beside(force: people.Force) -> None:
    desk = opened(force)
    accused(desk, category="sexual-other", coded={"child-picture": True}, since="2026-03", until="2026-03-14")
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "This has to run beside it." in page and "?begin=crime#" in page
    assert "from March 2026 to 14 March 2026" in page


def test_what_follows_from_the_kind_of_person_is_said(force: people.Force) -> None:
    desk = opened(force)
    desk.work(coded.party(type_then="contractor", type_now="contractor", under_18="no"))
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Tell the contractor what its contract asks for, and nothing about the source." in page


def test_people_and_tasks_are_named_in_words(force: people.Force) -> None:
    desk = opened(force)
    me = force.handler.person
    desk.work(coded.fact("task", what="ask-rota", to=me.username, due="2026-12-04", state="open"))
    page = force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "<b>Ask rota</b>" in page and f"{me.name}, by 4 December 2026" in page
    assert 'Done<span class="vh">: ask rota</span>' in page
    assert f'<option value="{me.username}">{me.name}</option>' in page
