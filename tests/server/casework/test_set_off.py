"""Work that a step or a decision of the first hour sets off: shown until somebody takes it up or it is done."""

from __future__ import annotations

import datetime

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import accused, case_of, go, opened, refused
from upstander.policy.load import bundled
from upstander.policy.tracks import move_of, track_of
from upstander.server.casework import dossier, set_off
from upstander.server.casework.models import Duty

pytestmark = [pytest.mark.django_db, pytest.mark.db]
UK = bundled("uk-police")
WORK = "<b>Look again on the day given</b>"


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A case whose first handler may also decide."""
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    return opened(force)


def waiting(desk: Desk) -> dict[str, set_off.Asked]:
    return {one.task.id: one for one in set_off.waiting(UK.law, dossier.file_of(case_of(desk)))}


def page(desk: Desk) -> str:
    return str(desk.browser.get(f"/desk/cases/{desk.case}/file/").content.decode())


def test_what_a_step_sets_off_is_on_the_page_until_it_is_done(desk: Desk) -> None:
    """SI 2020/4, reg 10, and issue 5 part 3: a pause is looked at again on the day its decider gave."""
    allegation = accused(desk)
    assert waiting(desk) == {}
    day = (desk.force.today() + datetime.timedelta(days=12)).isoformat()
    go(desk, allegation, "paused", values={"pause-reason": "criminal", "review-date": day})
    found = waiting(desk)["look-again"]
    assert (found.due, found.because) == (day, "It stands still for now")
    shown = page(desk)
    assert WORK in shown and "it would prejudice criminal proceedings" in shown
    given = coded.fact("task", what="look-again", after=found.after, state="open", due=day)
    desk.work(given)
    assert waiting(desk) == {} and WORK in page(desk)
    desk.work({**given, "state": "done", "base": len(desk.answer["acts"])})
    assert waiting(desk) == {} and WORK not in page(desk)


def test_what_is_not_needed_is_dropped_with_reasons(desk: Desk) -> None:
    first = coded.fact("first-hour", decision="danger", choice="yes")
    desk.work(first, words={first["item"]: "He knows where she parks."})
    gone = coded.fact("task", what="safety-plan", after=first["item"], state="dropped")
    assert "Say why this is not needed here" in refused(desk, gone)
    assert "safety-plan" in waiting(desk)
    desk.work(gone, words={gone["item"]: "The other force has made one."})
    assert "safety-plan" not in waiting(desk)


def test_work_of_somebody_who_left_the_case_can_be_done_by_others(desk: Desk) -> None:
    other = Desk.of(desk.force, desk.force.colleague, desk.case)
    task = coded.fact("task", what="call", to=desk.force.colleague.person.username, state="open")
    desk.work(task)
    number = len(desk.answer["acts"])
    other.load()
    other.work_away(coded.fact("declaration", declared={"interest": False}, outcome="recuses"))
    desk.load()
    desk.work({**task, "state": "done", "base": number})


def test_the_newest_of_each_counts_and_a_withdrawn_allegation_asks_for_nothing(desk: Desk) -> None:
    allegation = accused(desk)
    days = [(desk.force.today() + datetime.timedelta(days=more)).isoformat() for more in (5, 9)]
    go(desk, allegation, "paused", values={"pause-reason": "criminal", "review-date": days[0]})
    go(desk, allegation, "pause-reviewed", values={"review-date": days[1]})
    assert waiting(desk)["look-again"].due == days[1]
    number = dossier.file_of(case_of(desk)).versions[allegation["item"]][-1].number
    gone = {**allegation, "withdrawn": True, "base": number}
    desk.work(gone, words={allegation["item"]: "It was about somebody else."})
    assert waiting(desk) == {}


def test_a_decision_of_the_first_hour_sets_work_off(desk: Desk) -> None:
    one = coded.fact("first-hour", decision="danger", choice="yes")
    desk.work(one, words={one["item"]: "He knows where she parks."})
    assert waiting(desk)["safety-plan"].after == one["item"]


def test_the_form_of_a_step_says_what_follows() -> None:
    said = set_off.words(UK, move_of(track_of(UK.law, "conduct"), "outcome-decided"))
    assert "Put the outcome online" in said and "Starts: Tell the outcome" in said
    suspended = set_off.words(UK, move_of(track_of(UK.law, "staff"), "suspended"))
    assert suspended.count("Look at the suspension again") == 1, "on its own track alone"
    told = set_off.words(UK, move_of(track_of(UK.law, "conduct"), "outcome-told"))
    assert "Meets: Tell the outcome" in told and "Starts: Apply for a review" in told
