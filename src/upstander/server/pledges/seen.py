"""Shows cards to the keepers, and keeps what they say: one comes into force when enough have cosigned it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from upstander.formats import days
from upstander.formats.errors import FormatError
from upstander.keepers import cosigning
from upstander.keepers.roster import Keeper, Roster
from upstander.sealing.cards import Card as Read
from upstander.sealing.cards import read_card
from upstander.server.installation import load
from upstander.server.institutions import access, actions
from upstander.server.institutions.models import Card, Institution
from upstander.server.log import ask
from upstander.server.roster import ours

CARDS = "/v1/cards"
SECONDS = 5.0  # a keeper may take
SOON = 7  # days before a signature's end from which another is asked for


def show() -> int:
    """Shows each card to every keeper whose word is missing or ends soon; answers how many gave it."""
    try:
        found = ours()
    except FormatError:  # doctor says so
        return 0
    if found is None:
        return 0
    return sum(_show(one, found.roster) for one in access.institutions())


def keepers_of(card: Card, roster: Roster) -> dict[str, datetime.date]:
    """Until when each keeper stands by a card. Raises FormatError for one that is not ours."""
    return cosigning.read_seen(json.loads(card.seen), _read(card.text), roster)


def _show(institution: Institution, roster: Roster) -> int:
    today, taken = days.today(institution.time_zone), 0
    for card in access.cards_to_show(institution):
        known = keepers_of(card, roster)
        soon = today + datetime.timedelta(SOON)
        due = [one for name, one in roster.keepers.items() if known.get(name, today) <= soon]
        said = _asked(card.text, due)
        texts = _newest([*json.loads(card.seen), *said.values()], card, roster)
        now = cosigning.read_seen(texts, _read(card.text), roster)
        enough = sum(until >= today for until in now.values()) >= roster.needs
        if now != known or (enough and not card.in_force):
            actions.take_seen(card, texts, in_force=enough)
            taken += len(now.items() - known.items())
    return taken


def _asked(text: str, due: list[Keeper]) -> Mapping[str, str]:
    if not due:
        return {}
    with ThreadPoolExecutor(max_workers=len(due)) as pool:
        return {
            one.name: said for one, said in zip(due, pool.map(lambda one: _one(one, text), due), strict=True)
        }


def _one(keeper: Keeper, text: str) -> str:
    """The keeper's statement, or nothing where it gave none; who reads it finds out what it is worth."""
    try:
        body = json.dumps({"card": text}).encode()
        answer = ask.post(keeper.address.rstrip("/") + CARDS, body, SECONDS, "application/json")[1]
        return str(json.loads(answer).get("seen", ""))
    except (ask.NoAnswer, ValueError, AttributeError):
        return ""


def _newest(texts: list[str], card: Card, roster: Roster) -> list[str]:
    """Of each keeper the statement that is good for longest."""
    best: dict[str, tuple[datetime.date, str]] = {}
    for text in texts:
        for name, until in cosigning.read_seen([text], _read(card.text), roster).items():
            best[name] = max(best.get(name, (datetime.date.min, "")), (until, text))
    return [text for _, (_, text) in sorted(best.items())]


@lru_cache(maxsize=64)
def _read(text: str) -> Read:
    return read_card(text, load().sign)
