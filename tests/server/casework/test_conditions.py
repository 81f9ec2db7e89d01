"""What the pack asks of a step besides its place: beside, floors, first days, investigators, clocks of each."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import BEFORE, accused, case_of, go, move, opened, refused
from upstander.policy.load import bundled
from upstander.server.cases.models import Step
from upstander.server.casework import clocks, dossier
from upstander.server.casework.file_page import clock_views
from upstander.server.casework.models import Docket, Duty, Overdue

pytestmark = [pytest.mark.django_db, pytest.mark.db]
UK = bundled("uk-police")


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A case whose first handler may also decide."""
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    return opened(force)


def assessed(desk: Desk, severity: str = "gross-misconduct", **said: Any) -> dict[str, Any]:
    """An allegation that is recorded and whose severity was assessed."""
    allegation = accused(desk, **said)
    go(desk, allegation, "recorded")
    go(desk, allegation, "severity-assessed", values={"severity": severity, "consulted": True})
    return allegation


def appoint(desk: Desk, allegation: dict[str, Any], **said: Any) -> dict[str, Any]:
    return move(desk, allegation, "investigator-appointed", values={"no-bar": True}, **said)


def ticking(desk: Desk) -> list[clocks.Clock]:
    file, steps = dossier.file_of(case_of(desk)), Step.objects.filter(case=desk.case).order_by("order")
    return clocks.running(UK, clocks.taken(steps, file, UK), file)


def ends(desk: Desk, limit: str) -> dict[str, Any]:
    return {one.about: one.due for one in ticking(desk) if one.run.limit.id == limit}


def again(desk: Desk, allegation: dict[str, Any], **coding: Any) -> None:
    """Codes an allegation anew."""
    number = dossier.file_of(case_of(desk)).versions[allegation["item"]][-1].number
    desk.work({**allegation, "coded": coding, "base": number})


def test_domestic_abuse_by_police_runs_as_a_crime_beside_and_not_after(desk: Desk) -> None:
    """Super-complaint report on police-perpetrated domestic abuse, 30 June 2022; NPCC response."""
    tied = {"interest": False, "prior-connection": False}
    desk.work(coded.fact("declaration", declared=tied, outcome="stays"))
    allegation = accused(desk, category="domestic-abuse", coded={"domestic-abuse": True})
    go(desk, allegation, "recorded")
    said = refused(desk, appoint(desk, allegation), "DI Madeup of another force.")
    assert "beside the conduct matter" in said and "30 June 2022" in said and "track “Crime”" in said
    desk.write_up()
    closing = desk.post("steps", desk.stepping("closed", outcome="found", reasons="It happened."))
    assert "beside the conduct matter" in closing.json()["title"]
    desk.load()
    go(desk, allegation, "crime-not-recorded", track="crime")
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})


def test_a_conviction_of_an_indictable_only_offence_is_gross_misconduct(desk: Desk) -> None:
    """SI 2020/4, reg 2(1) and (2A), as amended by SI 2025/558, reg 6: asked again when the coding changes."""
    allegation = accused(desk, coded={"convicted-indictable-only": True})
    go(desk, allegation, "recorded")
    low = move(desk, allegation, "severity-assessed", values={"severity": "misconduct", "consulted": True})
    assert "At least: Gross misconduct" in refused(desk, low, "It was long ago.")
    other = assessed(desk, "misconduct")
    again(desk, other, **{"convicted-indictable-only": True})
    assert "Assess the severity again first" in refused(desk, appoint(desk, other), "DI Madeup.")
    go(desk, other, "severity-revised", values={"severity": "gross-misconduct", "consulted": True})
    go(desk, other, "investigator-appointed", values={"no-bar": True})


def test_an_accelerated_hearing_is_not_held_before_its_tenth_working_day(desk: Desk) -> None:
    """SI 2020/4, reg 52(1)."""
    allegation = assessed(desk)
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})
    go(desk, allegation, "to-accelerated", values={"special-conditions": "reg-49"})
    go(desk, allegation, "accelerated-notified", values={"standard": "equality"}, confirmed=BEFORE)
    one = move(desk, allegation, "finding-made", values={"finding": "gross-misconduct"})
    said = refused(desk, one, "It was shown.")
    assert "not before" in said and "reg 52(1)" in said and "Check the day" in said


def test_an_investigator_against_whom_a_bar_stands_is_not_appointed(desk: Desk) -> None:
    """SI 2020/4, reg 15(3)(c): works under the person reported; asked of her, and quoted."""
    me = desk.force.handler.person.username
    allegation = assessed(desk)
    unasked = refused(desk, appoint(desk, allegation, person=me), "Myself.")
    assert "has not said yet" in unasked and "reg 15(3)(c)" in unasked
    works_under = {"interest": False, "management": True}
    desk.work(coded.fact("declaration", declared=works_under, outcome="stays"))
    assert "under the management" in refused(desk, appoint(desk, allegation, person=me), "Myself.")
    desk.work(coded.fact("declaration", declared={**works_under, "management": False}, outcome="stays"))
    nobody = desk.force.second_overseer.person.username
    assert "can open the case" in refused(desk, appoint(desk, allegation, person=nobody), "Them.")

    go(desk, allegation, "investigator-appointed", values={"no-bar": True}, person=me)
    desk.work(coded.fact("declaration", declared=works_under, outcome="stays"))
    on = refused(desk, move(desk, allegation, "report-made"), "Three accounts agree.")
    assert "another investigator was appointed" in on and "reg 15(3)(c)" in on
    go(desk, allegation, "investigator-changed", values={"no-bar": True})
    go(desk, allegation, "report-made")


@pytest.mark.parametrize("kind", ["senior", "chief-officer"])
def test_nobody_of_the_same_force_investigates_a_senior_officer(desk: Desk, kind: str) -> None:
    """SI 2020/4, reg 15(3)(d): by what the person is, whether or not somebody coded it as a fact."""
    subject = coded.party(type_then=kind, type_now=kind)
    allegation = coded.allegation(subject)
    desk.work(subject, allegation)
    desk.work(coded.fact("declaration", declared={"interest": False, "management": False}, outcome="stays"))
    go(desk, allegation, "recorded")
    me = desk.force.handler.person.username
    said = refused(desk, appoint(desk, allegation, person=me), "Myself.")
    assert "cannot be of the same force" in said and "reg 15(3)(d)" in said


def test_each_allegation_has_its_own_clocks(desk: Desk) -> None:
    """SI 2020/2, reg 34(2)(b): the outcome of each, whatever was told about another."""
    first, second = accused(desk), accused(desk)
    for one in (first, second):
        go(desk, one, "recorded")
        go(desk, one, "no-action")
    assert set(ends(desk, "tell-outcome")) == {first["item"], second["item"]}
    go(desk, first, "outcome-told")
    assert set(ends(desk, "tell-outcome")) == {second["item"]}
    assert set(ends(desk, "review")) == {first["item"]}
    file = dossier.file_of(case_of(desk))
    views = clock_views(UK, list(Step.objects.filter(case=desk.case)), file, desk.force.today())
    shown = {(one.label, one.about, one.when.split(" on ")[0]) for one in views}
    assert ("Apply for a review", "Allegation 1", "their right ends") in shown


def test_a_referral_is_due_for_each_allegation_that_asks_for_one(desk: Desk) -> None:
    """SI 2020/2, regs 4 and 7: referring one does not meet the limit of another; a later ground starts anew."""
    first = accused(desk, coded={"serious-assault": True})
    second = accused(desk, coded={"sexual-purpose": True})
    assert set(ends(desk, "refer")) == {first["item"], second["item"]}
    go(desk, first, "referred")
    assert set(ends(desk, "refer")) == {second["item"]}
    over = coded.fact("overrule", of=[[second["item"], "serious-corruption"]])
    desk.work(over, words={over["item"]: "They had been a couple for years before."})
    assert ends(desk, "refer") == {}
    again(desk, second, **{"sexual-purpose": True, "relevant-offence": True})
    assert set(ends(desk, "refer")) == {second["item"]}


def test_a_right_of_the_reporter_is_nobody_s_lateness(desk: Desk) -> None:
    """SI 2020/2, reg 29: neither first in the queue, nor overdue, nor a leaf."""
    from upstander.server.casework import docket

    allegation = accused(desk)
    for one in ("recorded", "no-action", "outcome-told"):
        go(desk, allegation, one)
    row = Docket.objects.get(case=desk.case)
    assert row.due_limit != "review" and ends(desk, "review")
    much_later = desk.force.today() + datetime.timedelta(days=60)
    docket.write_down_late(much_later)
    assert "review" not in set(Overdue.objects.values_list("limit", flat=True))
    file = dossier.file_of(case_of(desk))
    views = clock_views(UK, list(Step.objects.filter(case=desk.case)), file, much_later)
    [review] = [one for one in views if one.id == "review"]
    assert review.when.startswith("their right ended on") and review.mark == ""


@pytest.mark.parametrize("coding", [{"route": "conduct"}, {"route": "complaint"}])
def test_a_review_is_a_right_in_a_complaint_alone(desk: Desk, coding: dict[str, Any]) -> None:
    """Police Reform Act 2002, Schedule 3, para 25(1), (1B): where a complaint was investigated."""
    allegation = accused(desk, coded=coding)
    for one in ("recorded", "no-action", "outcome-told"):
        go(desk, allegation, one)
    assert bool(ends(desk, "review")) is (coding["route"] == "complaint")


def test_a_day_is_put_off_for_the_one_allegation_it_was_put_off_for(desk: Desk) -> None:
    """SI 2020/4, reg 31(1): more time for one officer is not more time for another."""
    both = [assessed(desk, "misconduct"), assessed(desk, "misconduct")]
    for one in both:
        go(desk, one, "investigator-appointed", values={"no-bar": True})
        go(desk, one, "report-made")
        go(desk, one, "determined", values={"answer-case": "yes"})
        go(desk, one, "to-hearing")
        go(desk, one, "proceedings-notified", values={"standard": "equality"}, confirmed=BEFORE)
    before = ends(desk, "answer")
    later = max(before.values()) + datetime.timedelta(days=5)
    of = both[0]["item"]
    put_off = coded.fact("extension", limit="answer", of=of, until=later.isoformat(), reason="illness")
    desk.work(put_off, words={put_off["item"]: "The police friend is in hospital."})
    after = ends(desk, "answer")
    assert after[of] == later and after[both[1]["item"]] == before[both[1]["item"]]


def test_staff_are_heard_under_their_own_policy(desk: Desk) -> None:
    """Police staff are not under SI 2020/4: a meeting about staff can end in dismissal, and quotes no reg 42."""
    subject = coded.party(type_then="staff", type_now="staff")
    allegation = coded.allegation(subject)
    desk.work(subject, allegation)
    said: dict[str, Any] = {"track": "staff"}
    go(desk, allegation, "recorded", **said)
    go(desk, allegation, "investigator-appointed", values={"no-bar": True}, **said)
    go(desk, allegation, "report-made", **said)
    go(desk, allegation, "determined", values={"answer-case": "no"}, **said)
    assert "own policy for staff" in refused(
        desk, move(desk, allegation, "to-meeting", **said), "Let us see."
    )
    go(desk, allegation, "no-action", **said)


def test_the_next_look_at_a_pause_is_the_day_its_decider_gave(desk: Desk) -> None:
    allegation = assessed(desk)
    day = desk.force.today() + datetime.timedelta(days=9)
    pause = {"pause-reason": "criminal", "review-date": desk.force.today().isoformat()}
    assert "after the day of the step" in refused(
        desk, move(desk, allegation, "paused", values=pause), "Court."
    )
    go(desk, allegation, "paused", values={**pause, "review-date": day.isoformat()})
    assert ends(desk, "pause-again") == {allegation["item"]: day}
