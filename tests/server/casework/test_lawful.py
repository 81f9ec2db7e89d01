"""The pack's law at the desk: what is refused, with the rule quoted, and the way from a report to its end."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from upstander.formats import ids
from upstander.server.cases.models import Case, Step
from upstander.server.casework import dossier, lawful
from upstander.server.casework.models import Docket, Duty
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]
CRIME = {"might-be-crime-or-discipline": True}
BEFORE = ["told", "safety", "papers", "welfare"]


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A case whose first handler may also decide."""
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    return opened(force)


def opened(force: people.Force, who: people.Colleague | None = None) -> Desk:
    case = report(force, people.reporter(), channels=[force.inside])
    desk = Desk.of(force, who or force.handler, case)
    for step in ("opened", "acknowledged"):
        assert desk.post("steps", desk.stepping(step)).status_code == 200
        desk.load()
    desk.declare()
    return desk


def refused(desk: Desk, one: dict[str, Any], words: str = "") -> str:
    before = Leaf.objects.count()
    answer = desk.post("facts", desk.working(one, words={one["item"]: words} if words else None))
    assert answer.status_code == 409, answer.content
    assert Leaf.objects.count() == before
    return str(answer.json()["title"])


def move(desk: Desk, allegation: dict[str, Any], what: str, **said: Any) -> dict[str, Any]:
    return coded.fact(
        "move",
        **{"track": "conduct", "of": allegation["item"], "move": what, "on": desk.answer["today"], **said},
    )


def go(desk: Desk, allegation: dict[str, Any], what: str, **said: Any) -> None:
    one = move(desk, allegation, what, **said)
    desk.work(one, words={one["item"]: f"All that {what} asks for."})


def accused(desk: Desk, who: str = "", **said: Any) -> dict[str, Any]:
    """A sergeant, and one allegation against him."""
    subject = coded.party(**({"who": who} if who else {}))
    allegation = coded.allegation(subject, **said)
    desk.work(subject, allegation)
    return allegation


def to_hearing(desk: Desk, allegation: dict[str, Any], finding: str = "misconduct") -> None:
    """From assessment to a finding at a hearing."""
    go(desk, allegation, "recorded")
    go(desk, allegation, "severity-assessed", values={"severity": "misconduct", "consulted": True})
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})
    go(desk, allegation, "notice-served", values={"standard": "equality"}, confirmed=BEFORE)
    go(desk, allegation, "report-made")
    go(desk, allegation, "determined", values={"answer-case": "yes"})
    go(desk, allegation, "to-hearing")
    go(desk, allegation, "finding-made", values={"finding": finding})


def test_nobody_works_on_a_case_before_she_has_declared(force: people.Force) -> None:
    case = report(force, people.reporter(), channels=[force.inside])
    desk = Desk.of(force, force.handler, case, answered=False)
    said = refused(desk, coded.party())
    assert "conflict of interest" in said and "before a case is opened" in said  # words and source
    desk.declare()
    desk.work(coded.party())


def test_whoever_declares_a_connection_hands_over(force: people.Force) -> None:
    desk = opened(force)
    tied = coded.fact("declaration", declared={"interest": True, "prior-connection": False}, outcome="stays")
    assert "SI 2020/4, reg 15(3)(b)" in refused(desk, tied)
    other = Desk.of(force, force.colleague, desk.case)
    answer = desk.post("facts", desk.working({**tied, "outcome": "recuses"}))
    assert answer.status_code == 200, answer.content
    assert desk.get().status_code == 404  # the door is sealed at once
    other.load()
    assert other.departed() == {force.handler.key.id}
    assert other.post("epochs", other.taking_away(also=other.departed())).status_code == 200
    other.load()
    assert other.post("grants", other.letting_in(force.handler)).status_code == 403


def test_the_last_who_can_open_a_case_does_not_step_back(force: people.Force) -> None:
    """A colleague who stepped back holds her key until the next epoch, and opens nothing with it."""
    sent = report(force, people.reporter(), channels=[force.inside], excluded=[force.excluded])
    desk = Desk.of(force, force.handler, sent)
    desk.declare()
    other = Desk.of(force, force.colleague, desk.case)
    away = coded.fact("declaration", declared={"interest": False}, outcome="recuses")
    other.work_away(away)
    desk.load()
    assert "Nobody else can open this case yet" in refused(desk, {**away, "item": ids.new_id()})
    herself = coded.party(account=force.handler.person.username)
    assert "Nobody else can open this case yet" in refused(desk, herself)
    assigned = coded.fact("assignment", to=force.colleague.person.username)
    assert "cannot be asked to work on this case" in refused(desk, assigned)
    assert desk.post("grants", desk.letting_in(force.overseer)).status_code == 200
    desk.load()
    desk.work_away({**away, "item": ids.new_id()})


def test_domestic_abuse_by_police_asks_for_no_prior_connection(desk: Desk) -> None:
    """Super-complaint report on police-perpetrated domestic abuse, 30 June 2022."""
    other = Desk.of(desk.force, desk.force.colleague, desk.case)
    accused(desk, category="domestic-abuse", coded={"domestic-abuse": True})
    other.load()
    only = coded.fact("declaration", declared={"interest": False}, outcome="stays")
    assert "Answer every question" in refused(other, only)
    other.declare()
    assert "prior-connection" in Docket.objects.get(case=desk.case).recorded


def test_who_steps_back_with_a_connection_did_not_work_on_it(desk: Desk) -> None:
    """Else a connection that was kept out would stay on the overseer's list for ever, as one that was not."""
    other = Desk.of(desk.force, desk.force.colleague, desk.case, answered=False)
    tied = coded.fact(
        "declaration", declared={"interest": False, "prior-connection": True}, outcome="recuses"
    )
    other.work_away(tied)
    assert "prior-connection" in Docket.objects.get(case=desk.case).recorded


def test_a_referral_cannot_be_skipped(desk: Desk) -> None:
    """SI 2020/2, regs 4 and 7: asked again whenever coding changes."""
    allegation = accused(desk)
    assert Docket.objects.get(case=desk.case).referral == "none"
    desk.work({**allegation, "coded": {"sexual-purpose": True}, "base": 5})
    docket = Docket.objects.get(case=desk.case)
    assert (docket.referral, docket.due_limit) == ("due", "refer") or docket.due_limit == "open"
    said = refused(desk, move(desk, allegation, "handled-outside"), "It is small.")
    assert "position for a sexual purpose" in said and "SI 2020/2, reg" in said
    go(desk, allegation, "recorded")
    late = move(desk, allegation, "investigator-appointed", values={"no-bar": True})
    assert "First refer it" in refused(desk, late, "Somebody.")
    go(desk, allegation, "referred")
    assert Docket.objects.get(case=desk.case).referral == "referred"
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})


def test_only_a_decider_overrules_with_reasons(force: people.Force) -> None:
    desk = opened(force)
    allegation = accused(desk, coded={"serious-assault": True})
    one = coded.fact("overrule", of=[[allegation["item"], "serious-assault"]])
    assert "named decider" in refused(desk, one, "It was a push.")
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    assert "Write the reasons" in refused(desk, one)
    desk.work(one, words={one["item"]: "The doctor's letter says there was no injury."})
    assert Docket.objects.get(case=desk.case).referral == "overruled"


def test_the_same_incident_pulls_the_rest_along(desk: Desk) -> None:
    subject = coded.party()
    first = coded.allegation(subject, coded={"serious-sexual-offence": True})
    second = coded.allegation(subject, "manner", incident=first["incident"])
    desk.work(subject, first, second)
    said = refused(desk, move(desk, second, "handled-outside"), "Small.")
    assert "same incident" in said


def test_the_guard_before_a_notice(desk: Desk) -> None:
    allegation = accused(desk)
    go(desk, allegation, "recorded")
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})
    notice = move(desk, allegation, "notice-served", values={"standard": "equality"}, confirmed=["told"])
    said = refused(desk, notice, "Notice.")
    assert "safety plan" in said and "welfare contact" in said
    assert "needs reasons" in refused(desk, {**notice, "bypass": "threat-to-life"})
    go(desk, allegation, "notice-served", values={"standard": "equality"}, bypass="threat-to-life")


def test_impossible_sequences_and_days_are_refused(desk: Desk) -> None:
    allegation = accused(desk)
    tomorrow = desk.force.today() + datetime.timedelta(days=1)
    yesterday = desk.force.today() - datetime.timedelta(days=1)
    for one, why in (
        (move(desk, allegation, "finding-made", values={"finding": "misconduct"}), "can be recorded at"),
        (move(desk, allegation, "recorded", on=tomorrow.isoformat()), "has not come yet"),
        (move(desk, allegation, "recorded", on=yesterday.isoformat()), "before the report came"),
        (move(desk, allegation, "no-such-step"), "no such step"),
        (move(desk, allegation, "recorded", track="no-such-track"), "no such track"),
        (move(desk, allegation, "recorded", values={"severity": "gross-misconduct"}), "does not belong"),
        (move(desk, {"item": desk.case}, "recorded"), "Code the allegation first"),
    ):
        assert why in refused(desk, one, "Reasons."), why
    assert "Say what the decision rests on" in refused(desk, move(desk, allegation, "recorded"))


def test_one_step_on_a_track_at_a_time(desk: Desk) -> None:
    """Two that each could come next, sent as one act, would be a sequence that cannot be."""
    allegation = accused(desk)
    both = [move(desk, allegation, "recorded"), move(desk, allegation, "handled-outside")]
    answer = desk.post("facts", desk.working(*both, words={one["item"]: "Because." for one in both}))
    assert answer.status_code == 409 and "One step on a track at a time" in answer.json()["title"]
    assert case_of(desk).facts.filter(kind="move").count() == 0
    go(desk, allegation, "recorded")


def test_what_has_to_be_referred_is_not_withdrawn_instead(desk: Desk) -> None:
    """SI 2020/2, regs 4 and 7: only a decider's overruling takes a ground away."""
    allegation = accused(desk, coded={"serious-assault": True})
    number = len(desk.answer["acts"])
    gone = {**allegation, "withdrawn": True, "base": number}
    said = refused(desk, gone, "It was about somebody else.")
    assert "First refer it" in said and "SI 2020/2" in said
    go(desk, allegation, "referred")
    desk.work(gone, words={gone["item"]: "It was about somebody else."})
    assert dossier.file_of(case_of(desk)).allegations() == []


def test_a_ground_for_referral_is_not_coded_away(desk: Desk) -> None:
    """SI 2020/2, regs 4 and 7: what a decider alone may overrule, no handler unticks."""
    allegation = accused(desk, coded={"serious-assault": True})
    number = len(desk.answer["acts"])
    other = {**allegation, "coded": {}, "base": number}
    Duty.objects.all().delete()
    said = refused(desk, other)
    assert "A decider corrects this" in said and "SI 2020/2" in said
    strange = coded.allegation({"item": allegation["subject"]}, coded={"no-such-fact": True})
    answer = desk.post("facts", desk.working({**allegation, "base": number}, strange))
    assert answer.status_code == 409
    more = {**allegation, "coded": {"serious-assault": True, "sexual-purpose": True}, "base": number}
    desk.work(more)
    Duty.objects.create(person=desk.force.handler.person, kind=Duty.Kind.DECIDER)
    desk.work({**other, "base": number + 1})
    assert Docket.objects.get(case=desk.case).referral == "none"


@pytest.mark.parametrize("change", [{"state": "out"}, {"role": "witness"}])
def test_whom_an_allegation_is_against_stays_a_subject(desk: Desk, change: dict[str, str]) -> None:
    """Else the bars, what was found before and the same-force rule would look past the person."""
    subject = coded.party()
    allegation = coded.allegation(subject)
    desk.work(subject, allegation)
    number = len(desk.answer["acts"])
    out = {**subject, **change, "base": number}
    assert "An allegation stands against this person" in refused(desk, out)
    gone = {**allegation, "withdrawn": True, "base": number}
    desk.work(gone, words={gone["item"]: "It was somebody else."})
    desk.work(out)


def test_a_decider_decides(force: people.Force) -> None:
    desk = opened(force)
    allegation = accused(desk)
    assert "is for: decider" in refused(desk, move(desk, allegation, "recorded"), "Reasons.")


def test_dismissal_for_misconduct_needs_a_pattern_or_a_live_warning(desk: Desk) -> None:
    """SI 2020/4 reg 42: the system finds earlier findings against the same person and says so."""
    who = coded.party()["who"]
    allegation = accused(desk, who)
    to_hearing(desk, allegation)
    dismissal = move(desk, allegation, "outcome-decided", values={"sanction": "dismissal"}, confirmed=BEFORE)
    said = refused(desk, dismissal, "He has to go.")
    assert "more than one incident" in said and "reg 42" in said and "Open are: Written warning" in said
    for _ in range(2):
        earlier = opened(desk.force)
        to_hearing(earlier, accused(earlier, who))
    standing = lawful.standing_of(case_of(desk), dossier.file_of(case_of(desk)), allegation["item"])
    assert len(standing.shown) == 3
    desk.load()
    go(desk, allegation, "outcome-decided", values={"sanction": "dismissal"}, confirmed=BEFORE)


def test_another_persons_findings_open_nothing(desk: Desk) -> None:
    allegation = accused(desk)
    to_hearing(desk, allegation)
    earlier = opened(desk.force)
    to_hearing(earlier, accused(earlier))
    desk.load()
    one = move(desk, allegation, "outcome-decided", values={"sanction": "dismissal"}, confirmed=BEFORE)
    assert "more than one incident" in refused(desk, one, "He has to go.")


def case_of(desk: Desk) -> Case:
    return Case.objects.select_related("institution").get(id=desk.case)


def test_a_move_is_shown_to_the_reporter_once(desk: Desk) -> None:
    allegation = accused(desk)
    assert desk.post("steps", desk.stepping("recorded")).status_code == 409
    go(desk, allegation, "recorded")
    assert desk.post("steps", desk.stepping("recorded")).status_code == 200
    desk.load()
    assert desk.post("steps", desk.stepping("recorded")).status_code == 409
    assert Step.objects.filter(case=desk.case, kind="recorded").count() == 1
    assert Leaf.objects.filter(kind="step").exists()


def test_nothing_is_closed_in_silence(desk: Desk) -> None:
    def closing() -> Any:
        body = desk.stepping("closed", outcome="found", reasons="It happened, and it was wrong.")
        answer = desk.post("steps", body)
        desk.load()
        return answer

    said = closing().json()["title"]
    for what in ("found to have happened", "evidence relied on", "account of the person", "what went wrong"):
        assert what in said
    allegation = accused(desk, coded={"serious-assault": True})
    desk.write_up()
    assert "First refer it" in closing().json()["title"]
    go(desk, allegation, "referred")
    assert closing().status_code == 200
    assert Case.objects.get(id=desk.case).state == "closed"


def test_an_answer_held_back_has_a_reviewer_and_a_day(desk: Desk) -> None:
    accused(desk)
    desk.write_up()
    held = coded.fact("told", how="held-back")
    desk.work(held)
    body = desk.stepping("closed", outcome="found", reasons="Not yet.")
    said = desk.post("steps", body).json()["title"]
    assert "held back" in said and "Name who looks again" in said and "Give a day to come" in said
    desk.load()
    later = (desk.force.today() + datetime.timedelta(days=30)).isoformat()
    reviewer = desk.force.colleague.person.username
    better = {**held, "base": len(desk.answer["acts"]), "reviewer": reviewer, "review": later}
    desk.work(better, words={held["item"]: "The court asked for it."})
    assert desk.post("steps", desk.stepping("closed", outcome="found", reasons="x")).status_code == 200


def test_the_first_hour_asks_for_what_each_answer_needs(desk: Desk) -> None:
    one = coded.fact("first-hour", decision="evidence", choice="some")
    assert "Give the day on which it is wiped" in refused(desk, one)
    day = (desk.force.today() + datetime.timedelta(days=20)).isoformat()
    desk.work({**one, "values": {"wiped-on": day}})
    assert "Write the reasons" in refused(desk, coded.fact("first-hour", decision="danger", choice="no"))


def test_what_has_to_be_recorded_is_not_only_put_right(desk: Desk) -> None:
    """Police Reform Act 2002, Schedule 3, para 2(6A): who complained wishes it to be recorded."""
    wished = accused(desk, coded={"wishes-recording": True})
    said = refused(desk, move(desk, wished, "handled-outside"), "Words of advice.")
    assert "has to be recorded" in said and "Schedule 3" in said
    go(desk, accused(desk), "handled-outside")


def test_no_outcome_is_open_on_a_finding_that_cannot_be_made_there(desk: Desk) -> None:
    """SI 2020/4 reg 42: gross misconduct is not found at a meeting, so nobody is dismissed by one."""
    allegation = accused(desk)
    go(desk, allegation, "recorded")
    go(desk, allegation, "severity-assessed", values={"severity": "misconduct", "consulted": True})
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})
    go(desk, allegation, "notice-served", values={"standard": "equality"}, confirmed=BEFORE)
    go(desk, allegation, "report-made")
    go(desk, allegation, "determined", values={"answer-case": "yes"})
    go(desk, allegation, "to-meeting")
    go(desk, allegation, "finding-made", values={"finding": "gross-misconduct"})
    dismissal = move(desk, allegation, "outcome-decided", values={"sanction": "dismissal"}, confirmed=BEFORE)
    assert "cannot be made in this forum" in refused(desk, dismissal, "He has to go.")


def test_a_wish_made_under_pressure_stops_nothing(desk: Desk) -> None:
    """SI 2020/2 reg 38, and a rule of this system: nobody is pressed into silence."""
    allegation = accused(desk)
    wish = {"signed": True, "pressed": "yes"}
    assert "Say whether anybody pressed" in refused(
        desk, move(desk, allegation, "withdrawal", values={"signed": True}), "Her sergeant spoke to her."
    )
    go(desk, allegation, "withdrawal", values=wish)
    said = refused(desk, move(desk, allegation, "stopped"), "As she asked.")
    assert "made under pressure stops nothing" in said and "Let it go on without her" in said
    go(desk, allegation, "goes-on")
    go(desk, allegation, "withdrawal", values={**wish, "pressed": "no"})  # asked again, freely
    go(desk, allegation, "stopped")


def test_a_case_ends_as_stopped_only_after_that_was_recorded(desk: Desk) -> None:
    def closing() -> Any:
        answer = desk.post("steps", desk.stepping("closed", outcome="stopped", reasons="As you asked."))
        desk.load()
        return answer

    desk.write_up()
    assert "It was stopped, as the reporter asked" in closing().json()["title"]  # nothing is coded
    first, second = accused(desk), accused(desk)
    for allegation in (first, second):
        assert closing().status_code == 409
        go(desk, allegation, "withdrawal", values={"signed": True, "pressed": "no"})
        go(desk, allegation, "stopped")
    assert closing().status_code == 200


@pytest.mark.parametrize(
    ("category", "fact"),
    [
        ("position-sexual", "sexual-purpose"),
        ("position-emotional", "improper-emotional-relationship"),
        ("domestic-abuse", "domestic-abuse"),
    ],
)
def test_a_category_is_not_coded_without_what_it_says(desk: Desk, category: str, fact: str) -> None:
    """Or a referral, and the question about prior connections, would hang on a box that nobody ticked."""
    subject = coded.party()
    desk.work(subject)
    for facts in ({}, {fact: False}):
        assert "means that this is alleged" in refused(
            desk, coded.allegation(subject, category=category, coded=facts)
        )
    desk.work(coded.allegation(subject, category=category, coded={fact: True}))
