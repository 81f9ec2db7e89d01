"""The investigator's version: who may begin it, who gets it, and that it opens nothing else of the case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from upstander.cli import checks_acts
from upstander.formats import b64
from upstander.sealing import age
from upstander.sealing.epochs import ListedEpoch, check_epochs, make_epoch
from upstander.sealing.grants import open_grant
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Envelope, Epoch, Grant
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside team opened by its first handler; one colleague is shut out."""
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    made = Desk.of(force, force.handler, case)
    made.declare()
    return made


def beginning(desk: Desk, *, without: str = "", **changes: Any) -> dict[str, Any]:
    """What begins a brief, for everybody who holds the case; `changes` make the statement wrong on purpose."""
    identity = age.new_identity()
    stay = {key: seal for key, seal in desk.staying("case", []).items() if key != without}
    said = {
        "case": desk.case,
        "scope": "brief",
        "epoch": 1,
        "identity": identity,
        "holders": list(stay),
        "previous": "",
        "by": desk.who.keyring.signer,
        "day": desk.answer["today"],
    }
    epoch = {
        "scope": "brief",
        "number": 1,
        "recipient": age.recipient_of(identity),
        "statement": make_epoch(**(said | changes)),
    }
    grants = [desk._grant("brief", 1, identity, key, seal) for key, seal in stay.items()]
    return {**desk.act(), "epoch": epoch, "grants": grants}


def begin(desk: Desk) -> None:
    answer = desk.post("brief", beginning(desk))
    assert answer.status_code == 200, answer.content
    desk.load()
    written = desk.post("brief/envelopes", desk.writing("What is to be looked into.", "brief"))
    assert written.status_code == 200, written.content
    desk.load()
    say_who(desk)


def say_who(desk: Desk, who: str = "Sgt Invented.") -> None:
    """Whom the version is about, for who will investigate."""
    answer = desk.post("brief/names", desk.writing(who, "work"))
    assert answer.status_code == 200, answer.content
    desk.load()


def answers(desk: Desk, **declared: bool) -> dict[str, Any]:
    """What an investigator answers: no connection, or the one given."""
    said = {"interest": False, "management": False, **declared}
    return coded.fact("declaration", declared=said, outcome="stays")


def send(mine: Desk, what: str, body: dict[str, Any]) -> Any:
    """As the investigator's browser sends it."""
    url = f"/api/v1/desk/briefs/{mine.case}/{what}"
    return mine.browser.post(url, json.dumps(body), content_type="application/json")


def investigating(desk: Desk, who: people.Colleague) -> Desk:
    """The investigator's view once she has answered for herself."""
    mine = _as_investigator(desk, who)
    answer = send(mine, "declaration", mine.working(answers(desk)))
    assert answer.status_code == 200, answer.content
    return _as_investigator(desk, who)


def give(desk: Desk, to: people.Colleague) -> Any:
    body = desk.letting_in(to, scopes=("brief",))
    return desk.post("brief/grants", body)


def brief_of(desk: Desk, who: people.Colleague) -> Any:
    return who.client().get(f"/api/v1/desk/briefs/{desk.case}")


def test_everybody_who_holds_the_case_can_open_the_version(force: people.Force, desk: Desk) -> None:
    leaves = Leaf.objects.count()
    begin(desk)
    assert Leaf.objects.count() == leaves + 3
    other = Desk.of(force, force.colleague, desk.case)
    assert other.texts("brief") == ["What is to be looked into."]
    assert not any(one.faults for one in other.judged() if one.envelope and one.envelope.kind == "brief")


@pytest.mark.parametrize("wrong", ["holders", "by", "day", "scope", "previous"])
def test_a_statement_that_says_something_else_is_refused(force: people.Force, desk: Desk, wrong: str) -> None:
    changes = {
        "holders": [desk.who.key.id],
        "by": force.colleague.keyring.signer,
        "day": "2020-01-01",
        "scope": "case",
        "previous": desk.answer["epochs"][0]["recipient"],
    }
    answer = desk.post("brief", beginning(desk, **{wrong: changes[wrong]}))
    assert answer.status_code == 422, answer.content
    assert not Epoch.objects.filter(scope="brief").exists()


def test_nobody_is_left_out_and_it_begins_once(force: people.Force, desk: Desk) -> None:
    assert desk.post("brief", beginning(desk, without=force.colleague.key.id)).status_code == 409
    begin(desk)
    assert desk.post("brief", beginning(desk)).status_code == 409


def test_an_investigator_reaches_the_version_and_nothing_else(force: people.Force, desk: Desk) -> None:
    begin(desk)
    desk.post("envelopes", desk.writing("Only for us.", "note"))
    desk.load()
    investigator = force.overseer
    assert brief_of(desk, investigator).status_code == 404
    answer = give(desk, investigator)
    assert answer.status_code == 200, answer.content
    client = investigator.client()
    base = f"/api/v1/desk/cases/{desk.case}"
    for path in ("", "/uploads/x"):
        assert client.get(base + path).status_code == 404
    assert client.get(f"/desk/cases/{desk.case}/").status_code == 404
    for path in ("envelopes", "grants", "epochs", "steps", "brief", "brief/envelopes", "brief/grants"):
        body = json.dumps(desk.writing("x", "note"))
        sent = client.post(f"{base}/{path}", body, content_type="application/json")
        assert sent.status_code in (404, 422), path
    investigating(desk, investigator)
    told = brief_of(desk, investigator).json()
    assert {one["kind"] for one in told["envelopes"]} == {"brief", "work"}
    assert set(told) == {
        "case", "state", "day", "today", "number", "reporter", "epochs", "admits", "envelopes", "grants",
        "declare", "again", "names", "waits",
    }  # fmt: skip
    assert {one["scope"] for one in told["grants"]} == {"brief"}
    assert not Grant.objects.filter(
        case=desk.case, key=investigator.key, scope__in=["case", "sheet"]
    ).exists()


def _as_investigator(desk: Desk, who: people.Colleague) -> Desk:
    told = brief_of(desk, who).json()
    mine = Desk(desk.force, who, desk.case, who.client())
    mine.answer = {**told, "acts": [None] * (told["number"] - 1), "holders": [], "version": 1}
    mine.card, mine.reporter, mine.known = desk.card, desk.reporter, desk.known
    listed = [ListedEpoch(**one) for one in told["epochs"]]
    mine.epochs = check_epochs(listed, told["admits"], desk.case, desk.known)
    mine.held = [mine._open(one) for one in told["grants"]]
    mine.log = mine.held[0].log
    return mine


def test_an_investigator_adds_notes_to_the_version_only(force: people.Force, desk: Desk) -> None:
    begin(desk)
    give(desk, force.overseer)
    mine = investigating(desk, force.overseer)
    url = f"/api/v1/desk/briefs/{desk.case}/envelopes"
    for kind, status in (("work", 200), ("brief", 422), ("note", 422), ("message", 422)):
        body = json.dumps(mine.writing("Looked into.", kind))
        answer = mine.browser.post(url, body, content_type="application/json")
        assert answer.status_code == status, (kind, answer.content)
        mine = _as_investigator(desk, force.overseer)
    desk.load()
    assert desk.texts("work") == ["Sgt Invented.", "Looked into."]
    assert Envelope.objects.filter(case=desk.case, kind="work").count() == 2


def sealed_there(told: dict[str, Any]) -> list[str]:
    return [one["id"] for one in told["envelopes"]]


def test_the_version_opens_only_once_whoever_investigates_has_answered(
    force: people.Force, desk: Desk
) -> None:
    """Until then: whom it is about, sealed to her, and the questions of the pack with their rules."""
    begin(desk)
    assert give(desk, force.overseer).status_code == 200
    told = brief_of(desk, force.overseer).json()
    assert sealed_there(told) == [told["names"]]
    assert [one["id"] for one in told["declare"]] == ["interest", "management"]
    assert "reg 15(3)" in told["declare"][0]["source"]
    mine = _as_investigator(desk, force.overseer)
    assert mine.texts("work") == ["Sgt Invented."]
    before = Leaf.objects.count()
    refused = send(mine, "envelopes", mine.writing("x", "work"))
    assert refused.status_code == 409
    assert "has not said yet" in refused.json()["title"]
    half = coded.fact("declaration", declared={"interest": False}, outcome="stays")
    assert send(mine, "declaration", mine.working(half)).status_code == 409
    assert Leaf.objects.count() == before
    mine = investigating(desk, force.overseer)
    assert mine.texts("brief") == ["What is to be looked into."]
    assert brief_of(desk, force.overseer).json()["declare"] == []


def test_a_version_is_given_only_once_it_is_written_down_whom_it_is_about(
    force: people.Force, desk: Desk
) -> None:
    assert desk.post("brief", beginning(desk)).status_code == 200
    desk.load()
    refused = give(desk, force.overseer)
    assert refused.status_code == 409
    assert "First write down who this is about" in refused.json()["title"]
    say_who(desk)
    desk.work(coded.party())  # somebody was added since
    assert give(desk, force.overseer).status_code == 409
    say_who(desk, "Sgt Invented, PC Second.")
    assert give(desk, force.overseer).status_code == 200


@pytest.mark.parametrize("tied", ["interest", "management"])
def test_a_connection_bars_from_the_version_and_tells_nobody_which(
    force: people.Force, desk: Desk, tied: str
) -> None:
    begin(desk)
    assert give(desk, force.overseer).status_code == 200
    mine = _as_investigator(desk, force.overseer)
    refused = send(mine, "declaration", mine.working(answers(desk, **{tied: True})))
    assert refused.status_code == 409
    assert "reg 15(3)" in refused.json()["title"]
    why = coded.fact("declaration", declared={tied: True}, outcome="recuses")
    assert send(mine, "declaration", mine.working(why)).status_code == 422
    back = coded.fact("declaration", declared={}, outcome="recuses")
    assert send(mine, "declaration", mine.working(back)).status_code == 200
    assert brief_of(desk, force.overseer).status_code == 404
    assert send(mine, "envelopes", mine.writing("x", "work")).status_code == 404
    page = desk.browser.get(f"/desk/cases/{desk.case}/").content.decode()
    assert "Another investigator is needed" in page
    assert "declared an interest" not in page
    assert "management" not in page
    desk.load()
    assert give(desk, force.overseer).status_code == 403  # nor is it given to her again
    assert give(desk, force.second_overseer).status_code == 200
    assert (
        "Another investigator is needed" not in desk.browser.get(f"/desk/cases/{desk.case}/").content.decode()
    )


def test_whoever_investigates_is_asked_again_when_somebody_is_added(force: people.Force, desk: Desk) -> None:
    begin(desk)
    assert give(desk, force.overseer).status_code == 200
    mine = investigating(desk, force.overseer)
    desk.load()
    desk.work(coded.party())
    told = brief_of(desk, force.overseer).json()
    assert sealed_there(told) == [told["names"]]
    assert told["again"] and told["waits"]
    mine = _as_investigator(desk, force.overseer)
    refused = send(mine, "declaration", mine.working(answers(desk)))  # of whom she cannot know yet
    assert refused.status_code == 409
    assert "not written down for you yet" in refused.json()["title"]
    assert "waits to learn" in desk.browser.get(f"/desk/cases/{desk.case}/").content.decode()
    say_who(desk, "Sgt Invented, PC Second.")
    mine = investigating(desk, force.overseer)
    assert mine.texts("work") == ["Sgt Invented.", "Sgt Invented, PC Second."]
    assert mine.texts("brief") == ["What is to be looked into."]


def test_what_bars_from_investigating_bars_from_the_version(force: people.Force, desk: Desk) -> None:
    desk.work(coded.party(type_then="chief-officer", type_now="chief-officer"))
    begin(desk)
    assert give(desk, force.overseer).status_code == 403  # of the same force as a chief officer


def test_the_shut_out_and_strangers_get_no_version(
    force: people.Force, desk: Desk, outsider: people.Colleague
) -> None:
    begin(desk)
    for who in (force.excluded, outsider):
        assert give(desk, who).status_code == 403
        assert brief_of(desk, who).status_code == 404
    mixed = desk.letting_in(force.overseer, scopes=("brief", "case"))
    assert desk.post("brief/grants", mixed).status_code == 422
    assert desk.post("grants", desk.letting_in(force.excluded)).status_code == 403


def test_taking_the_version_away_makes_its_next_key(force: people.Force, desk: Desk) -> None:
    begin(desk)
    give(desk, force.overseer)
    desk.load()
    stale = desk.taking_away(force.overseer)  # the helper turns the case alone
    assert desk.post("epochs", stale).status_code == 422
    stay = desk.staying("brief", [force.overseer.key.id])
    held = desk.epochs.holders("brief", 1)
    epoch, identity = desk.next_epoch("brief", holders=held & stay.keys())
    body = {
        **stale,
        "epochs": [*stale["epochs"], epoch],
        "grants": [
            *stale["grants"],
            *(desk._grant("brief", 2, identity, key, seal) for key, seal in stay.items()),
        ],
    }
    answer = desk.post("epochs", body)
    assert answer.status_code == 200, answer.content
    assert brief_of(desk, force.overseer).status_code == 404
    other = Desk.of(force, force.colleague, desk.case)
    assert other.epochs.newest("brief")[0] == 2
    assert force.overseer.key.id not in other.epochs.holders("brief", 2)


def test_a_grant_of_the_version_opens_with_the_investigator_s_key_alone(
    force: people.Force, desk: Desk
) -> None:
    begin(desk)
    give(desk, force.overseer)
    told = brief_of(desk, force.overseer).json()
    (grant,) = told["grants"]
    how = {
        "case": desk.case,
        "scope": "brief",
        "epoch": 1,
        "recipient": desk.epochs.of("brief")[1],
        "to": force.overseer.key.id,
        "reporter": desk.reporter,
        "known": desk.known,
    }
    opened = open_grant(b64.decode(grant["sealed"]), force.overseer.keyring.identity, **how)
    assert opened.log == desk.log
    with pytest.raises(Exception, match="opens"):
        open_grant(b64.decode(grant["sealed"]), force.excluded.keyring.identity, **how)


def test_the_doctor_finds_every_act_of_a_brief_in_its_place(force: people.Force, desk: Desk) -> None:
    begin(desk)
    give(desk, force.overseer)
    assert [str(one) for one in checks_acts.acts(progress=False) if one.level != "ok"] == []
    Epoch.objects.filter(case=desk.case, scope="brief").update(statement="another")
    assert [one for one in checks_acts.acts(progress=False) if one.level != "ok"] != []
