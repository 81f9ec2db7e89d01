"""Letting in and taking away: who may, what is checked, and what is left afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.server.casework.desk import Desk, report, sealed_hash
from upstander.formats import b64, ids, statements
from upstander.formats.hashes import hash_of
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.sealing.errors import SealingError
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions as accounts
from upstander.server.accounts import cards
from upstander.server.cases.models import Admit, Epoch, Grant, Step
from upstander.server.installation import load
from upstander.server.institutions.actions import create_custodian

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def inside(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside channel; one of its members is shut out."""
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    return Desk.of(force, force.handler, case)


@pytest.fixture
def third_holder(inside: Desk) -> None:
    """Somebody else holds the case too, so that one may go."""
    ok(inside.post("grants", inside.letting_in(inside.force.second_overseer)))
    inside.load()


def holds(desk: Desk, who: people.Colleague, scope: str = "case") -> list[int]:
    rows = Grant.objects.filter(case=desk.case, scope=scope, key=who.key, live=True)
    return list(rows.order_by("epoch").values_list("epoch", flat=True))


def ok(answer: Any) -> None:
    assert answer.status_code == 200, answer.content


def test_a_colleague_let_in_reads_everything(inside: Desk) -> None:
    ok(inside.post("envelopes", inside.writing("Before her.")))
    inside.load()
    ok(inside.post("grants", inside.letting_in(inside.force.overseer)))
    hers = Desk.of(inside.force, inside.force.overseer, inside.case)
    assert hers.texts("message") == ["Before her."]
    assert {grant.scope for grant in hers.held} == {"case"}
    step = Step.objects.get(case=inside.case, kind="let-in")
    assert (step.subject_id, step.by_id) == (inside.force.overseer.key.id, inside.who.key.id)


def test_the_sheet_goes_along_only_when_it_is_given(inside: Desk) -> None:
    body = inside.letting_in(inside.force.overseer, scopes=("case", "sheet"))
    ok(inside.post("grants", body))
    hers = Desk.of(inside.force, inside.force.overseer, inside.case)
    assert {grant.scope for grant in hers.held} == {"case", "sheet"}
    theirs = Desk.of(inside.force, inside.force.colleague, inside.case)
    assert theirs.who.key.id not in {g["key"] for g in theirs.answer["grants"] if g["scope"] == "sheet"}
    forged = {**inside.letting_in(inside.force.second_overseer, scopes=("case", "sheet"))}
    assert theirs.post("grants", forged).status_code == 403  # she cannot give what she does not hold


def test_who_may_not_be_let_in(inside: Desk, outsider: people.Colleague) -> None:
    candidates = {one["key"] for one in inside.answer["candidates"]}
    assert candidates == {inside.force.overseer.key.id, inside.force.second_overseer.key.id}
    for who in (inside.force.excluded, outsider, inside.force.colleague):
        answer = inside.post("grants", inside.letting_in(who))
        assert (answer.status_code, answer.json()["type"]) == (403, "refused"), who.person.name
    unknown = inside.letting_in(inside.force.overseer)
    unknown["grants"][0]["to"] = ids.new_id()
    assert inside.post("grants", unknown).status_code == 403
    assert not Step.objects.filter(case=inside.case, kind="let-in").exists()


def test_an_outside_case_is_not_opened_to_people_inside(force: people.Force, receipt: ReceiptKeys) -> None:
    desk = Desk.of(force, force.overseer, report(force, receipt, channels=[force.outside]))
    assert desk.answer["candidates"] == []
    assert desk.post("grants", desk.letting_in(force.handler)).status_code == 403


@pytest.mark.usefixtures("third_holder")
def test_grants_that_are_not_whole_or_not_sealed_are_refused(inside: Desk) -> None:
    ok(inside.post("epochs", inside.taking_away(inside.force.colleague)))
    inside.load()
    body = inside.letting_in(inside.force.overseer)
    assert len(body["grants"]) == 2
    half = {**body, "grants": body["grants"][1:]}
    assert inside.post("grants", half).status_code == 409
    twice = {**body, "grants": [*body["grants"], body["grants"][0]]}
    assert inside.post("grants", twice).status_code == 422
    plain = {**body, "grants": [{**one, "sealed": b64.encode(b"key")} for one in body["grants"]]}
    assert inside.post("grants", plain).json()["type"] == "not-age"
    two = age.seal(b"x" * 300, [inside.force.overseer.key.seal, inside.who.key.seal])
    many = {**body, "grants": [{**one, "sealed": b64.encode(two)} for one in body["grants"]]}
    assert inside.post("grants", many).json()["type"] == "wrong-recipients"
    assert holds(inside, inside.force.overseer) == []
    ok(inside.post("grants", body))
    assert holds(inside, inside.force.overseer) == [1, 2]


@pytest.mark.usefixtures("third_holder")
def test_nobody_is_let_in_without_the_statement_that_says_so(inside: Desk) -> None:
    ok(inside.post("epochs", inside.taking_away(inside.force.colleague)))
    inside.load()
    newcomer = inside.force.overseer.key.id
    body = inside.letting_in(inside.force.overseer, scopes=("case", "sheet"))
    assert len(body["admits"]) == 2
    newest = next(held.identity for held in inside.held if (held.scope, held.epoch) == ("case", 2))
    first = next(held.identity for held in inside.held if (held.scope, held.epoch) == ("case", 1))
    sheet = next(held.identity for held in inside.held if held.scope == "sheet")

    def case(*place: Any, **changes: Any) -> list[str]:
        return [inside.admit(*place, **changes), body["admits"][-1]]

    good = case("case", 2, newest, newcomer)
    for admits in (
        [],
        good[:1],
        [*good, good[0]],
        [good[0], good[0]],
        [*good, inside.admit("case", 2, newest, inside.who.key.id)],
        case("case", 2, first, newcomer),  # by the key of another epoch
        case("case", 2, sheet, newcomer),
        case("case", 1, first, newcomer),  # for the wrong epoch
        case("case", 2, newest, inside.force.excluded.key.id),
        case("case", 2, newest, newcomer, case=ids.new_id()),
        case("case", 2, newest, newcomer, day="2020-01-01"),
        case("case", 2, newest, ""),
        ["no statement", good[1]],
        [inside.answer["epochs"][0]["statement"], good[1]],
    ):
        answer = inside.post("grants", {**body, **inside.act(), "admits": admits})
        assert (answer.status_code, answer.json()["where"]) == (422, "admits"), admits
    assert holds(inside, inside.force.overseer) == []
    assert Admit.objects.filter(case=inside.case, to=newcomer).count() == 0
    assert not Step.objects.filter(case=inside.case, subject=newcomer).exists()
    ok(inside.post("grants", {**body, "admits": good}))
    hers = Desk.of(inside.force, inside.force.overseer, inside.case)
    assert newcomer in hers.epochs.holders("case", 2) & hers.epochs.holders("sheet", 1)
    ok(hers.post("envelopes", hers.writing("I hold it.")))
    ok(hers.post("epochs", Desk.of(hers.force, hers.who, hers.case).taking_away(inside.who)))


def test_the_promise_is_about_who_was_let_in_too(inside: Desk) -> None:
    body = inside.letting_in(inside.force.overseer)
    answer = inside.post("grants", body)
    promise = statements.verify(answer.json()["promise"], "promise", load().sign)
    fields = {
        "admits": [hash_of(text.encode()) for text in body["admits"]],
        "case": inside.case,
        "grants": [sealed_hash(grant) for grant in body["grants"]],
    }
    label, salt = ledger.label_and_salt(inside.log, body["number"])
    commitment = ledger.commitment(salt, ledger.digest("grant", **fields))
    assert promise["leaf"] == ledger.leaf_hash(ledger.leaf_bytes("grant", promise["day"], label, commitment))


@pytest.mark.usefixtures("third_holder")
def test_a_key_taken_away_opens_nothing_that_follows(inside: Desk) -> None:
    theirs = Desk.of(inside.force, inside.force.colleague, inside.case)
    ok(inside.post("epochs", inside.taking_away(inside.force.colleague)))
    absent = inside.browser.get(f"/api/v1/desk/cases/{ids.new_id()}")
    gone = theirs.get()
    assert (gone.status_code, gone.content) == (404, absent.content)
    assert theirs.post("envelopes", theirs.writing("Still here.")).status_code == 404
    inside.load()
    ok(inside.post("envelopes", inside.writing("After her.")))
    old = [grant.identity for grant in theirs.held if grant.scope == "case"]
    inside.load()
    with pytest.raises(SealingError):
        age.open_(b64.decode(inside.answer["envelopes"][-1]["sealed"]), old)
    assert inside.texts("message") == ["After her."]
    assert [e["number"] for e in inside.answer["epochs"] if e["scope"] == "case"] == [1, 2]
    assert all(not one.faults for one in inside.judged())
    assert Step.objects.get(case=inside.case, kind="left").subject_id == inside.force.colleague.key.id


def test_the_sheet_turns_with_who_held_it(inside: Desk) -> None:
    ok(inside.post("grants", inside.letting_in(inside.force.overseer, scopes=("case", "sheet"))))
    inside.load()
    body = inside.taking_away(inside.force.overseer)
    assert [epoch["scope"] for epoch in body["epochs"]] == ["case", "sheet"]
    only_case = {
        **body,
        "epochs": body["epochs"][:1],
        "grants": [g for g in body["grants"] if g["scope"] == "case"],
    }
    assert inside.post("epochs", only_case).status_code == 422
    ok(inside.post("epochs", body))
    assert holds(inside, inside.who, "sheet") == [1, 2]
    assert holds(inside, inside.force.overseer, "sheet") == []


@pytest.mark.usefixtures("third_holder")
def test_somebody_let_in_again_is_whole(inside: Desk) -> None:
    ok(inside.post("epochs", inside.taking_away(inside.force.colleague)))
    inside.load()
    ok(inside.post("grants", inside.letting_in(inside.force.colleague)))
    again = Desk.of(inside.force, inside.force.colleague, inside.case)
    assert [grant.epoch for grant in again.held] == [1, 2]
    assert holds(inside, inside.force.colleague) == [1, 2]


def test_nobody_takes_her_own_key_away(inside: Desk) -> None:
    answer = inside.post("epochs", inside.taking_away(inside.who))
    assert (answer.status_code, answer.json()["type"]) == (403, "refused")
    assert holds(inside, inside.who) == [1]


@pytest.mark.usefixtures("third_holder")
def test_an_epoch_is_refused_when_anything_in_it_is_off(inside: Desk) -> None:
    good = inside.taking_away(inside.force.colleague)
    named = statements.peek(good["epochs"][0]["statement"], "epoch")["holders"]
    other = inside.force.colleague.keyring.signer
    for changes in (
        {"by": other},
        {"case": ids.new_id()},
        {"epoch": 3},
        {"previous": ""},
        {"identity": age.new_identity()},
        {"holders": named[1:]},
        {"holders": [*named, inside.force.overseer.key.id]},
        {"day": "2020-01-01"},
        {"scope": "sheet"},
    ):
        bad, _ = inside.next_epoch("case", **({"holders": named} | changes))
        answer = inside.post("epochs", {**good, "epochs": [bad]})
        assert answer.status_code == 422, changes
    stale = {**good, "version": good["version"] + 1}
    assert inside.post("epochs", stale).status_code == 409
    unknown = {**good, "withdrawn": [ids.new_id()]}
    assert inside.post("epochs", unknown).status_code == 409
    short = {**good, "grants": good["grants"][:-1]}
    assert inside.post("epochs", short).status_code == 409
    leaver = inside.letting_in(inside.force.colleague)["grants"]
    more = inside.admit("case", 2, age.new_identity(), inside.force.overseer.key.id)
    assert inside.post("epochs", {**good, "admits": [more]}).status_code == 422
    kept = {**good, "grants": [*good["grants"], {**leaver[0], "epoch": 2}]}
    assert inside.post("epochs", kept).status_code == 409
    assert Epoch.objects.filter(case=inside.case, scope="case").count() == 1
    assert holds(inside, inside.force.colleague) == [1]
    ok(inside.post("epochs", good))


@pytest.mark.usefixtures("third_holder")
def test_a_leaver_is_shut_out_at_once_and_must_be_taken_away(inside: Desk) -> None:
    force = inside.force
    ok(inside.post("grants", inside.letting_in(force.overseer)))
    theirs = Desk.of(force, force.colleague, inside.case)
    accounts.leave(force.inside, force.colleague.key)
    assert theirs.get().status_code == 404
    inside.load()
    departed = {one["key"] for one in inside.answer["holders"] if one["departed"]}
    assert departed == {force.colleague.key.id}
    answer = inside.post("epochs", inside.taking_away(force.overseer))
    assert answer.status_code == 409
    assert "left" in answer.json()["title"]
    ok(inside.post("epochs", inside.taking_away(force.overseer, force.colleague)))
    assert holds(inside, force.colleague) == []
    inside.load()
    assert force.colleague.key.id not in {one["key"] for one in inside.answer["candidates"]}


def test_a_lost_key_is_shut_out_at_once(inside: Desk) -> None:
    theirs = inside.force.colleague
    accounts.revoke_key(theirs.person)
    client = people.signed_in(theirs.person)
    assert client.get(f"/api/v1/desk/cases/{inside.case}").status_code in {401, 404}
    inside.load()
    assert [one["departed"] for one in inside.answer["holders"] if one["key"] == theirs.key.id] == [True]
    ok(inside.post("epochs", inside.taking_away(theirs)))
    assert holds(inside, theirs) == []


@pytest.mark.usefixtures("third_holder")
def test_a_new_custodian_follows_the_old_one(inside: Desk) -> None:
    force = inside.force
    identity = age.new_identity()
    custodian = create_custodian(force.inside, seal=age.recipient_of(identity), needs=2, of=3)
    cards.publish(force.institution)
    inside.load()
    ok(inside.post("epochs", inside.taking_away(force.colleague)))
    rows = Grant.objects.filter(case=inside.case, scope="case", epoch=2, custodian__isnull=False)
    assert [row.custodian_id for row in rows] == [custodian.key]
    assert Admit.objects.get(case=inside.case, to=custodian.key).epoch == 2
    inside.load()
    assert custodian.key in inside.epochs.holders("case", 2)
    assert b"upstander/grant/v1" in age.open_(bytes(rows[0].sealed), [identity])
