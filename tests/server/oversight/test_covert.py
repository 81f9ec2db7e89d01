"""Covert cases: who knows that one exists, place by place; that it is decided with reasons; that it ends and then counts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import accused, go, opened, refused
from tests.server.oversight.seers import overseer_of
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case
from upstander.server.casework import (
    conflict,
    docket,
    dossier,
    duties,
    export,
    reminders,
)
from upstander.server.casework import (
    people as desk_people,
)
from upstander.server.casework.models import Docket, Duty, Overdue, ShutOut
from upstander.server.errors import Refusal
from upstander.server.log.models import Leaf
from upstander.server.oversight import access as oversight

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A decider's case, where an overseer of the body that the pack names is there."""
    overseer_of(force, "iopc")
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    return opened(force)


def overseers(force: people.Force) -> tuple[Client, Client]:
    """One of a body that the pack does not name for covert cases, and one of a body that it names."""
    other = overseer_of(force, "policing-body")
    return other, people.signed_in(Person.objects.get(username="carys-iopc"))


def hide(desk: Desk, **said: Any) -> dict[str, Any]:
    day = (desk.force.today() + datetime.timedelta(days=30)).isoformat()
    return coded.fact("covert", **{"state": "on", "review": day, **said})


def make_covert(desk: Desk) -> None:
    one = hide(desk)
    desk.work(one, words={one["item"]: "He would destroy his phone."})


def uncover(desk: Desk) -> None:
    one = coded.fact("covert", state="off")
    desk.work(one, words={one["item"]: "He was arrested today."})


def number(desk: Desk) -> str:
    return f"{desk.case[:3]}-{desk.case[3:6]}".upper()


def row(desk: Desk) -> Docket:
    return Docket.objects.get(case=desk.case)


def test_it_is_decided_by_a_decider_with_reasons_and_a_day(desk: Desk) -> None:
    far = (desk.force.today() + datetime.timedelta(days=93)).isoformat()
    assert "Write the reasons" in refused(desk, hide(desk))
    for review in (None, far, desk.force.today().isoformat()):
        assert "looked at again" in refused(desk, hide(desk, review=review), "Because.")
    assert "not covert" in refused(desk, coded.fact("covert", state="off"), "Because.")
    before = Leaf.objects.count()
    make_covert(desk)
    assert Leaf.objects.count() == before + 1
    assert row(desk).covert and row(desk).covert_review == desk.force.today() + datetime.timedelta(days=30)
    Duty.objects.filter(person=desk.force.handler.person).delete()
    assert "for a decider" in refused(desk, coded.fact("covert", state="off"), "Because.")


def test_nothing_is_covert_to_everybody_outside(desk: Desk) -> None:
    """Else one decider alone could take a case from every list of every overseer."""
    one = hide(desk)
    iopc = Duty.objects.get(of="iopc")
    ShutOut.objects.create(case_id=desk.case, person=iopc.person, why=ShutOut.Why.SUBJECT)
    assert "Nobody outside would know of it" in refused(desk, one, "He would destroy his phone.")
    ShutOut.objects.all().delete()
    Duty.objects.filter(pk=iopc.pk).update(of="policing-body")
    said = refused(desk, one, "He would destroy his phone.")
    assert "The Independent Office for Police Conduct" in said and not row(desk).covert
    Duty.objects.filter(pk=iopc.pk).update(of="iopc")
    desk.work(one, words={one["item"]: "He would destroy his phone."})
    assert row(desk).covert


def test_its_end_is_a_decision_and_comes_before_closing(desk: Desk) -> None:
    accused(desk)
    desk.write_up()
    make_covert(desk)
    closing = desk.post("steps", desk.stepping("closed", outcome="no-case", reasons="We looked."))
    assert closing.status_code == 409 and "This case is covert" in closing.json()["title"]
    desk.load()
    assert "Write the reasons" in refused(desk, coded.fact("covert", state="off"))
    uncover(desk)
    assert not row(desk).covert and row(desk).covert_review is None
    done = desk.post("steps", desk.stepping("closed", outcome="no-case", reasons="We looked."))
    assert done.status_code == 200


def test_a_closed_case_is_not_hidden_from_the_lists_afterwards(desk: Desk) -> None:
    accused(desk)
    desk.write_up()
    done = desk.post("steps", desk.stepping("closed", outcome="no-case", reasons="We looked."))
    assert done.status_code == 200
    desk.load()
    assert "a closed case is not covert" in refused(desk, hide(desk), "He would destroy his phone.")
    assert not row(desk).covert


def test_no_list_count_or_page_of_another_overseer_shows_it(desk: Desk) -> None:
    other, named = overseers(desk.force)
    accused(desk, coded={"serious-assault": True})
    Case.objects.filter(id=desk.case).update(day=desk.force.today() - datetime.timedelta(days=40))
    assert named.post(f"/desk/oversight/cases/{desk.case}/", {"code": "refer"}).status_code == 302

    def seen(client: Client) -> list[bool]:
        start = client.get("/desk/oversight/").content.decode()
        listed = client.get("/desk/oversight/list/unreferred/").content.decode()
        alone = client.get(f"/desk/oversight/cases/{desk.case}/")
        return ["1 cases." in start, number(desk) in start, number(desk) in listed, alone.status_code == 200]

    assert seen(other) == seen(named) == [True, True, True, True]  # its direction waits
    make_covert(desk)
    assert seen(other) == [False, False, False, False]
    assert seen(named) == [True, True, True, True]
    assert "Covert cases" in named.get("/desk/oversight/").content.decode()
    assert "Covert" not in other.get("/desk/oversight/").content.decode()
    assert other.post(f"/desk/oversight/cases/{desk.case}/", {"code": "answer"}).status_code == 404
    uncover(desk)
    assert seen(other) == [True, True, True, True]


def test_a_passed_review_day_is_seen_by_who_holds_it_and_who_may_know(desk: Desk) -> None:
    _, named = overseers(desk.force)
    make_covert(desk)
    text = desk.force.handler.client().get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "This case is covert until it is looked at again" in text
    assert "The Independent Office for Police Conduct" in text
    late = desk.force.today() - datetime.timedelta(days=1)
    Docket.objects.filter(case=desk.case).update(covert_review=late)
    assert "was to be looked at again" in named.get("/desk/oversight/").content.decode()


def test_no_sample_of_another_overseer_draws_it(desk: Desk) -> None:
    overseers(desk.force)
    make_covert(desk)
    of = {one.of: one.person for one in Duty.objects.filter(kind=Duty.Kind.OVERSEER)}
    assert not oversight.cases_of(of["policing-body"]).filter(id=desk.case).exists()
    assert oversight.cases_of(of["iopc"]).filter(id=desk.case).exists()
    assert not oversight.covert_of(of["policing-body"]).exists()


def test_in_figures_it_is_a_report_that_nobody_has_coded(desk: Desk) -> None:
    accused(desk, category="sexual-harassment")
    go(desk, first_of(desk), "recorded")
    assert desk.post("envelopes", desk.writing("We read it.")).status_code == 200
    desk.load()
    institution, today = desk.force.institution, desk.force.today()
    whole = export.tables_of(institution, today)
    assert whole.involvement and whole.person and whole.uncoded == 0
    make_covert(desk)
    hidden = export.tables_of(institution, today)
    assert (len(hidden.report), hidden.involvement, hidden.person, hidden.uncoded) == (1, [], {}, 1)
    assert hidden.report[0]["category"] == "other" and not hidden.pairs
    assert [one["type"] for one in hidden.event] == ["answered"]
    uncover(desk)
    assert export.tables_of(institution, today).involvement == whole.involvement


def first_of(desk: Desk) -> dict[str, Any]:
    return {"item": dossier.file_of(Case.objects.get(id=desk.case)).allegations()[0].said.item}


def test_another_case_about_the_same_person_shows_nothing_of_it(desk: Desk) -> None:
    who = coded.party()["who"]
    allegation = accused(desk, who, category="sexual-harassment")
    go(desk, allegation, "recorded")
    make_covert(desk)
    colleague = desk.force.colleague
    second = opened(desk.force, colleague)
    accused(second, who)
    case = Case.objects.get(id=second.case)
    assert dossier.met_elsewhere(case, [who]) == {}
    assert dossier.met_elsewhere(case, [who], desk.force.overseer.person) == {}
    found = dossier.met_elsewhere(case, [who], desk.force.handler.person)  # she can open it
    assert [one.id for one, _ in found[who]] == [desk.case]
    uncover(desk)
    assert who in dossier.met_elsewhere(case, [who])


def test_it_changes_nothing_for_its_subject_in_other_cases(desk: Desk) -> None:
    """That a colleague is let in nowhere any more would tell everybody."""
    colleague = desk.force.colleague.person
    second = opened(desk.force)
    accused(desk)
    make_covert(desk)
    desk.work(coded.party(account=colleague.username))
    assert conflict.reported([colleague.pk]) == {}
    assert colleague.pk not in desk_people.no_part(Case.objects.get(id=second.case))  # as anybody
    assert colleague.pk in desk_people.no_part(Case.objects.get(id=desk.case))
    uncover(desk)
    assert conflict.reported([colleague.pk]) == {colleague.pk: [desk.case]}


def test_no_search_queue_or_mail_of_anybody_else_knows_it(desk: Desk) -> None:
    """They ask for cases by the keys that open them; who holds it is told by mail, and nothing about it."""
    overseers(desk.force)
    make_covert(desk)
    Docket.objects.filter(case=desk.case).update(due=desk.force.today())
    Person.objects.update(email="somebody@marlshire.example")
    outsider = desk.force.second_overseer.client()
    for path in ("/desk/", "/desk/queue/", "/desk/search/", "/desk/briefs/"):
        assert number(desk) not in outsider.get(path).content.decode(), path
    assert desk.case not in outsider.get("/api/v1/desk/cases").content.decode()
    mail.outbox.clear()
    reminders.send_due(desk.force.today())
    assert mail.outbox and all(number(desk) not in one.body for one in mail.outbox)
    told = Person.objects.filter(keys__grants__case=desk.case, keys__grants__live=True).distinct().count()
    assert len(mail.outbox) == told


def test_a_kind_that_the_pack_does_not_name_is_refused(force: people.Force) -> None:
    for kind, body in ((Duty.Kind.DECIDER, "iopc"), (Duty.Kind.OVERSEER, "nobody")):
        with pytest.raises(Refusal) as refused_:
            duties.give(force.overseer.person, kind, body)
        assert refused_.value.title == "The pack names no such kind of overseer."


def test_a_passed_review_day_has_a_leaf_and_a_mail_to_who_may_know(desk: Desk) -> None:
    """Once, as any limit; the mail says nothing, and goes to no other overseer."""
    overseers(desk.force)
    for one in Duty.objects.filter(kind=Duty.Kind.OVERSEER).select_related("person"):
        Person.objects.filter(pk=one.person_id).update(email=f"{one.of}@marlshire.example")
    make_covert(desk)
    review = row(desk).covert_review
    assert review is not None
    day = review + datetime.timedelta(days=1)
    Docket.objects.filter(case=desk.case).update(unsaid=review)
    docket.write_down_late(review)
    assert not Overdue.objects.filter(case=desk.case, limit=docket.REVIEW).exists()
    leaves = Leaf.objects.count()
    docket.write_down_late(day)
    docket.write_down_late(day)
    assert Overdue.objects.filter(case=desk.case, limit=docket.REVIEW, due=review).count() == 1
    assert Leaf.objects.count() == leaves + Overdue.objects.filter(case=desk.case, day=day).count()
    mail.outbox.clear()
    reminders.send_due(review)
    assert [one.to for one in mail.outbox] == [["iopc@marlshire.example"]]
    for one in mail.outbox:
        assert desk.case not in one.body and "covert" not in (one.subject + one.body).lower()
