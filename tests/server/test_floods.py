"""Routes for everybody under a flood: few at a time, work before the last places, honest answers, no one shut out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.server.surveys.wave import Body, issuing, opened, row, send
from upstander.server import limits
from upstander.server.errors import Refusal
from upstander.server.log import relay as witnesses
from upstander.server.places import Places
from upstander.server.pledges import relay
from upstander.server.surveys import actions
from upstander.server.surveys.models import Answer
from upstander.server.transparency import sealed

pytestmark = pytest.mark.django_db


def solved(challenge: str, bits: int) -> str:
    counter = 0
    while limits.zero_bits(sha256(f"{challenge}:{counter}".encode()).digest()) < bits:
        counter += 1
    return f"{challenge}:{counter}"


@pytest.fixture
def body(force: people.Force, tmp_path: Path) -> Iterator[Body]:
    """An open wave, and the body that issues its passes."""
    with issuing(tmp_path, force.slug) as found:
        opened(force.institution, found)
        yield found


def test_places_are_given_back_and_nobody_waits() -> None:
    places = Places(2)
    with places.one():
        assert places.fullness() == 0.5
        with places.one(), pytest.raises(Refusal) as refused, places.one():
            pass
        assert refused.value.type == "busy"
    assert places.taken == 0
    with pytest.raises(KeyError), places.one():
        raise KeyError
    assert places.taken == 0


def test_who_answers_the_survey_gets_in_by_work_while_others_flood(
    force: people.Force, body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EASIEST_BITS", 6)
    monkeypatch.setattr(limits, "HARDEST_BITS", 8)
    monkeypatch.setattr(actions.places, "taken", actions.AT_ONCE // 2)
    carried = body.collect(body.codes[0]).text
    asked = send(force.slug, carried, row(body))
    assert (asked.status_code, asked.json()["type"]) == (503, "work-needed")
    assert not Answer.objects.exists()
    work = solved(asked.json()["challenge"], asked.json()["bits"])
    path = f"/api/v1/i/{force.slug}/survey/answers"
    said = {"carried": carried, "answers": row(body), "work": work}
    assert Client().post(path, said, content_type="application/json").status_code == 204
    assert actions.places.taken == actions.AT_ONCE // 2


def test_made_up_passes_take_places_for_as_long_as_the_issuing_body_needs_to_say_no(
    force: people.Force, body: Body
) -> None:
    carried = body.collect(body.codes[0]).text
    wrong = carried[:-4] + ("AAAA" if carried[-4:] != "AAAA" else "BBBB")
    for _ in range(actions.AT_ONCE + 1):
        assert send(force.slug, wrong, row(body)).status_code == 409
    assert actions.places.taken == 0
    assert send(force.slug, carried, row(body)).status_code == 204


def test_a_flood_that_asks_for_keepers_asks_them_once_and_takes_no_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One keeper is slow; everybody who loads the page meanwhile gets what is known, at once."""
    keeper = type("Keeper", (), {"name": "charity", "address": "http://127.0.0.1:9"})
    ours = type("Ours", (), {"roster": type("Roster", (), {"keepers": {"charity": keeper}})})
    monkeypatch.setattr(relay, "keepers", lambda: ours)
    monkeypatch.setattr(relay, "_transports", {keeper.address: (-relay.FRESH, ("before",))})
    asked, go = [], threading.Event()
    asking = threading.Event()

    def slow(one: Any) -> None:
        asked.append(one.name)
        asking.set()
        go.wait(30)

    monkeypatch.setattr(relay, "_look", slow)
    first = threading.Thread(target=relay.transports)
    first.start()
    assert asking.wait(30)
    for _ in range(relay.AT_ONCE * 3):
        assert relay.transports() == {"charity": ["before"]}
    assert relay._taken == 0
    relay._transports.clear()
    with pytest.raises(Refusal) as refused:  # nothing is known of it yet: come back in a moment
        relay.transports()
    assert refused.value.type == "busy"
    go.set()
    first.join(30)
    assert asked == ["charity"]
    assert relay._looking is False


def test_what_keepers_show_of_passes_is_asked_for_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ours = type("Ours", (), {"roster": type("Roster", (), {"keepers": {}})})
    monkeypatch.setattr(relay, "keepers", lambda: ours)
    monkeypatch.setattr(relay, "_ask", lambda bodies, path: asked.append(path) or {"charity": "passes"})
    monkeypatch.setattr(relay, "_passes", (-relay.FRESH, {}))
    for _ in range(20):
        assert relay.passes() == {"charity": "passes"}
    assert asked == [relay.PASSES]
    monkeypatch.setattr(relay, "_passes", (-relay.FRESH, {}))
    with relay._passing, pytest.raises(Refusal) as refused:
        relay.passes()
    assert refused.value.type == "busy"


def test_what_is_kept_of_witnesses_answers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    party = type("Party", (), {"url": "http://127.0.0.1:9"})
    policy = type("Policy", (), {"witnesses": {"one": party}})
    leaf = type("Leaf", (), {"hash": "h"})
    asked: list[str] = []
    monkeypatch.setattr(witnesses, "configured", lambda: policy)
    monkeypatch.setattr(witnesses, "load", lambda: type("Own", (), {"sign": ""}))
    monkeypatch.setattr(
        witnesses, "read_promise", lambda text, _: type("P", (), {"act": text, "leaf": "h", "by": "9999"})
    )
    monkeypatch.setattr(witnesses.access, "leaves_of", lambda acts: {acts[0]: leaf})
    monkeypatch.setattr(witnesses, "_ask", lambda text, *_: asked.append(text) or [f"seen {text}"])
    monkeypatch.setattr(witnesses, "KEPT", 3)
    witnesses._answers.clear()
    for name in ("a", "a", "b", "c", "d", "d", "a"):
        assert witnesses.watch(name) == [f"seen {name}"]
    assert asked == ["a", "b", "c", "d", "a"]
    assert len(witnesses._answers) == 3
    witnesses._answers.clear()


@pytest.mark.parametrize("address", ["a" * 330, "é" * 160, "a@" + "ü" * 60 + ".example" + "x" * 240])
def test_an_address_that_is_too_long_is_told_so_and_is_no_fault(address: str) -> None:
    with pytest.raises(Refusal) as refused:
        sealed.link("news-confirm", address, 60)
    assert (refused.value.type, refused.value.status) == ("malformed", 422)
