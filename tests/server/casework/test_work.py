"""Coded facts: recorded as acts, corrected without a trace being lost, and never with words in the clear."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report, sealed_hash
from upstander.formats import b64, ids, statements
from upstander.ledger import leaf as ledger
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Act, Case, Envelope
from upstander.server.casework import docket, dossier
from upstander.server.casework import facts as f
from upstander.server.casework.models import Docket, Fact, Overdue
from upstander.server.installation import load
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside channel, whose first handler has no connection to anybody in it."""
    made = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    made.declare()
    return made


def colleague_of(desk: Desk) -> Desk:
    """The same case at a colleague's desk, who has no connection either."""
    other = Desk.of(desk.force, desk.force.colleague, desk.case)
    other.declare()
    desk.load()
    return other


def refused(desk: Desk, *facts: dict[str, Any], words: dict[str, str] | None = None) -> str:
    """Why facts were not taken."""
    before = Leaf.objects.count()
    answer = desk.post("facts", desk.working(*facts, words=words))
    assert answer.status_code in {409, 422}, answer.content
    assert Leaf.objects.count() == before
    return str(answer.json()["title"])


def file_of(desk: Desk) -> Any:
    return dossier.file_of(Case.objects.get(id=desk.case))


def test_facts_are_one_act_that_hides_its_kind(desk: Desk) -> None:
    subject = coded.party()
    allegation = coded.allegation(subject)
    body = desk.working(subject, allegation, words={subject["item"]: "Sgt Made Up"})
    answer = desk.post("facts", body)
    desk.load()
    promise = statements.verify(answer.json()["promise"], "promise", load().sign)
    fields = {"case": desk.case, "envelopes": [sealed_hash(body["envelopes"][0])], "facts": body["facts"]}
    made = ledger.commitment(b64.decode(body["salt"]), ledger.digest("work", **fields))
    leaf = ledger.leaf_bytes("restricted", promise["day"], body["label"], made)
    assert promise["leaf"] == ledger.leaf_hash(leaf)  # as the browser recomputes it from what it sent
    act = Act.objects.filter(case=desk.case, kind="work").latest("number")
    assert act.shown == "restricted" and Leaf.objects.filter(act=act.act, kind="restricted").exists()
    body = json.loads(act.body)
    note = Envelope.objects.get(case=desk.case, kind="note")
    assert body["envelopes"] == [note.sha256] and len(body["facts"]) == 2
    assert "Made Up" not in act.body + json.dumps(list(Fact.objects.values_list("data", flat=True)))
    assert desk.texts("note") == ["Sgt Made Up"]
    [found] = file_of(desk).allegations()
    assert (found.said.category, found.person) == ("sexual-harassment", desk.who.person.username)


def test_the_reporter_sees_that_there_was_an_act_and_not_what(desk: Desk, receipt: ReceiptKeys) -> None:
    from upstander.policy.load import bundled
    from upstander.server.cases import trail

    desk.work(coded.party())
    told = trail.for_reporter(Case.objects.get(id=desk.case), bundled("uk-police").steps)
    said = [(act["kind"], act["shown"], act["body"]) for act in told["acts"]]
    assert said[1:] == [("", "restricted", None)] * 2


def test_a_correction_leaves_what_was_there(desk: Desk) -> None:
    subject = coded.party()
    first = coded.allegation(subject, "manner")
    desk.work(subject, first)
    desk.work({**first, "category": "sexual-harassment", "base": 3})
    versions = file_of(desk).versions[first["item"]]
    assert [one.said.category for one in versions] == ["manner", "sexual-harassment"]
    assert [one.number for one in versions] == [3, 4]
    assert Fact.objects.filter(item=first["item"], current=True).count() == 1


def test_two_who_correct_at_once_lose_nothing(desk: Desk) -> None:
    """The second is told, with which fact, and what she wrote stays in her page."""
    subject = coded.party()
    first = coded.allegation(subject, "manner")
    desk.work(subject, first)
    other = colleague_of(desk)
    desk.work({**first, "category": "overbearing", "base": 3})
    other.load()
    answer = other.post("facts", other.working({**first, "category": "sexual-harassment", "base": 3}))
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    assert answer.json()["where"] == "facts.0"
    other.work(coded.allegation(subject, "discreditable"))  # another item is not held up
    assert file_of(desk).now(first["item"]).said.category == "overbearing"


def test_what_does_not_hold_together_is_refused_in_words(desk: Desk) -> None:
    subject, harmed = coded.party(), coded.party("harmed")
    desk.work(subject, harmed)
    cases = [
        coded.allegation(harmed),
        coded.allegation({"item": ids.new_id()}),
        coded.allegation(subject, "no-such-category"),
        coded.allegation(subject, harmed=[subject["item"]]),
        coded.allegation(subject, since="2026-03", until="2025"),
        coded.fact("decision", code="no-action"),
        coded.fact("extension", limit="update", until="2030-01-01", reason="complex"),
        coded.fact("extension", limit="nothing", until="2030-01-01", reason="complex"),
        coded.fact("task", what="call", to=desk.force.second_overseer.person.username, state="open"),
        coded.fact("assignment", to="nobody"),
        coded.party(type_now="wizard"),
        coded.allegation(subject, coded={"no-such-fact": True}),
        coded.allegation(subject, coded={"because-of": ["star-sign"]}),
        coded.party(account="nobody-here"),
    ]
    for one in cases:
        assert len(refused(desk, one)) > 20, one
    assert Fact.objects.filter(case=desk.case).exclude(kind="declaration").count() == 2


def test_words_belong_to_the_act_they_came_with(desk: Desk) -> None:
    decision = coded.fact("decision", code="no-action")
    body = desk.working(decision, words={decision["item"]: "Because."})
    orphan = {**body, "facts": [coded.party()]}
    assert desk.post("facts", orphan).status_code == 422
    assert desk.post("facts", {**body, "envelopes": []}).status_code == 422
    assert desk.post("facts", {**body, "facts": [*body["facts"], *body["facts"]]}).status_code == 422
    assert desk.post("facts", body).status_code == 200
    desk.load()
    assert [(number, one.said.code) for number, one in file_of(desk).decisions()] == [(1, "no-action")]
    words = file_of(desk).now(decision["item"]).words
    assert "stands as it was made" in refused(desk, {**decision, "code": "action", "base": 3, "words": words})


def test_a_second_coding_is_somebody_elses(desk: Desk) -> None:
    subject = coded.party()
    first = coded.allegation(subject)
    desk.work(subject, first)
    second = coded.fact("second-coding", of=first["item"], category="overbearing")
    assert "somebody who did not" in refused(desk, second)
    colleague_of(desk).work(second)
    [found] = file_of(desk).of(f.SecondCoding)
    assert found.person == desk.force.colleague.person.username


def test_for_a_subject_the_case_does_not_exist(desk: Desk) -> None:
    """Not by its address, not in the list, not in a count; and no key to it is made for her again."""
    colleague = desk.force.colleague
    assert desk.case[:3].upper() in colleague.client().get("/desk/").content.decode()
    desk.work(coded.party(account=colleague.person.username))
    page = colleague.client().get("/desk/").content.decode()
    assert desk.case not in page and "No cases yet." in page
    absent = colleague.client().get(f"/desk/cases/{'a' * 26}/")
    theirs = colleague.client().get(f"/desk/cases/{desk.case}/")
    assert (theirs.status_code, theirs.content) == (absent.status_code, absent.content)
    assert desk.departed() == {colleague.key.id}
    assert desk.post("epochs", desk.taking_away(also=desk.departed())).status_code == 200
    desk.load()
    assert desk.post("grants", desk.letting_in(colleague)).status_code == 403


def test_a_limit_that_passed_has_one_leaf(desk: Desk) -> None:
    docket.refresh(Case.objects.select_related("institution").get(id=desk.case))
    due = Docket.objects.get(case=desk.case)
    assert due.due_limit == "open" and due.due is not None
    assert docket.write_down_late(due.due) == 0
    late = due.due + datetime.timedelta(days=1)
    assert docket.write_down_late(late) == 1
    assert docket.write_down_late(late) == 0
    [row] = Overdue.objects.all()
    assert (row.limit, row.due) == ("open", due.due)
    assert Leaf.objects.filter(act=row.act, kind="overdue").count() == 1
    desk.post("steps", desk.stepping("opened"))
    assert Docket.objects.get(case=desk.case).due_limit == "update"


def test_no_case_waits_behind_others_that_were_written_down(
    desk: Desk, force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sweep takes so many cases; those it has written down must not be the ones it takes again."""
    monkeypatch.setattr(docket, "MOST", 1)
    other = report(force, people.reporter(), channels=[force.inside])
    for case in Case.objects.select_related("institution"):
        docket.refresh(case)
    late = Docket.objects.get(case=desk.case).due + datetime.timedelta(days=1)
    assert [docket.write_down_late(late) for _ in range(3)] == [1, 1, 0]
    assert set(Overdue.objects.values_list("case", flat=True)) == {desk.case, other}
    far = late + datetime.timedelta(days=400)  # by then the next limit of both has passed too
    assert docket.write_down_late(far) > 0 < docket.write_down_late(far)
    assert docket.write_down_late(far) == 0
    assert all(Overdue.objects.filter(case=case, limit="update").exists() for case in (desk.case, other))


def test_what_the_law_lets_nobody_put_off_is_not_put_off(desk: Desk) -> None:
    """SI 2020/2 reg 34(2): every four weeks, and no reason moves it."""
    one = coded.fact("extension", limit="update", until="2030-01-07", reason="sub-judice")
    assert "can't be extended" in refused(desk, one, words={one["item"]: "The court asked us to wait."})


def test_who_is_reported_in_another_case_is_not_told_so_by_a_refusal(desk: Desk) -> None:
    from tests.server.casework.test_lawful import opened

    hers = colleague_of(desk)
    hers.work(coded.party())
    opened(desk.force).work(coded.party(account=desk.force.colleague.person.username))
    hers.load()
    hers.work(coded.party("witness"))
