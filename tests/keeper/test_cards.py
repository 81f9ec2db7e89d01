"""A keeper is shown cards: what it signs by itself, what waits for its people, and what it never signs."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.keeper.town import Answer, Town
from tests.keepers import scene
from tests.keepers.test_cosigning import FIRST, GHOST, GROWN, card
from tests.vectors import scene as vectors
from upstander.formats import statements
from upstander.keeper import seen
from upstander.keeper.home import Policy
from upstander.keepers.cosigning import check_seen, make_seen
from upstander.sealing.cards import Card, read_card


def town(folder: Path, cards: str = "nobody-new", knows: bool = True) -> Town:
    made = Town(folder, Policy(cards=cards))
    for store in made.stores.values() if knows else ():
        seen.trust(store, vectors.INSTALLATION, vectors.INSTALLATION_SIGN)
    return made


def show(where: Town, now: Card, name: str = "union") -> Answer:
    return where.post(name, "/v1/cards", card=now.text)


def by_hand(where: Town, now: Card, name: str = "union") -> None:
    seen.cosign(where.stores[name], where.keepers[name], now, where.today)


def less(of: Card, version: int) -> Card:
    """The card once a handler has left."""
    rowan, hazel, rest = vectors.MEMBERS
    gone = vectors.channel(rowan, replace(hazel, state="retired"), rest)
    return card(version, gone, previous=of.text)


def test_the_first_card_and_somebody_new_wait_for_people(tmp_path: Path) -> None:
    here = town(tmp_path)
    assert show(here, FIRST).body == {"seen": ""}
    [(waits, news)] = seen.waiting(here.stores["union"])
    assert waits == FIRST and "new on it: A. Rowan" in news[0]
    by_hand(here, FIRST)
    assert seen.waiting(here.stores["union"]) == []
    signed = show(here, FIRST).body["seen"]
    assert statements.peek(signed, "card-seen")["keeper"] == "union"
    assert show(here, GROWN).body == {"seen": ""}
    assert [news for _, news in seen.waiting(here.stores["union"])] == [
        (f"Professional standards: new on it: E. Birch ({vectors.BIRCH.key}).",)
    ]
    assert show(here, FIRST).body["seen"] == signed, "the one before stays cosigned meanwhile"


def test_nobody_new_is_signed_by_itself_and_again_before_it_ends(tmp_path: Path) -> None:
    here = town(tmp_path)
    by_hand(here, FIRST)
    gone = less(FIRST, 2)
    first = show(here, gone).body["seen"]
    until = statements.peek(first, "card-seen")["until"]
    assert until == (here.today + timedelta(14)).isoformat(), "an old card can be shown no longer than that"
    assert show(here, gone).body["seen"] == first
    here.today += timedelta(8)
    again = show(here, gone).body["seen"]
    assert statements.peek(again, "card-seen")["until"] > until
    assert show(here, FIRST).body["error"] == "card", "and the one with the leaver on it not at all"


def test_who_was_away_comes_back_only_by_hand_and_a_new_name_too(tmp_path: Path) -> None:
    here = town(tmp_path)
    by_hand(here, less(FIRST, 2))
    assert show(here, card(3, previous=less(FIRST, 2).text)).body == {"seen": ""}
    other = [replace(one, label="Somebody trusted") for one in less(FIRST, 2).channels[0].members]
    assert show(here, card(3, vectors.channel(*other), previous=less(FIRST, 2).text)).body == {"seen": ""}
    [(_, news)] = seen.waiting(here.stores["union"])
    assert any("is called Somebody trusted now" in line for line in news)


def test_a_ghost_an_old_card_and_a_stranger_s_installation_get_nothing(tmp_path: Path) -> None:
    here = town(tmp_path, cards="all")
    assert show(here, GROWN).body["seen"]
    for wrong in (FIRST, card(3, vectors.channel(GHOST), previous=GROWN.text)):
        answer = show(here, wrong)
        assert (answer.status, answer.body["error"]) == (400, "card")
    assert seen.waiting(here.stores["union"]) == []
    (tmp_path / "strange").mkdir()
    strange = town(tmp_path / "strange", knows=False)
    assert show(strange, FIRST).body["error"] == "unknown-installation"
    assert show(here, FIRST, "charity").body["seen"], "each decides for itself"
    forged = statements.sign("card", statements.peek(FIRST.text, "card"), scene.key("x"))
    assert show(strange, FIRST, "charity").status == 409
    assert here.post("college", "/v1/cards", card=forged).status == 400
    for body in ({}, {"card": 7}, {"card": ""}, {"card": FIRST.text, "more": 1}):
        assert here.post("college", "/v1/cards", **body).status == 400


def test_some_sign_nothing_by_themselves(tmp_path: Path) -> None:
    here = town(tmp_path, cards="none")
    by_hand(here, FIRST)
    assert show(here, less(FIRST, 2)).body == {"seen": ""}


def test_of_enough_keepers_the_answers_are_what_the_page_asks_for(tmp_path: Path) -> None:
    here = town(tmp_path, cards="all")
    texts = [show(here, FIRST, name).body["seen"] for name in ("charity", "union")]
    assert check_seen(texts, FIRST, scene.ROSTER, here.today) == ("charity", "union")
    assert read_card(FIRST.text, vectors.INSTALLATION_SIGN) == FIRST
    with pytest.raises(ValueError, match="Too few"):
        forged = make_seen(FIRST, "union", here.today, scene.key("x"))
        check_seen([texts[0], forged], FIRST, scene.ROSTER, here.today)
