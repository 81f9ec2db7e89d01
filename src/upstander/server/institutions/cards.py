"""Published cards as values: which channels there are, and which keys a report to them is sealed to.

A card never changes once published, so what was read of it is kept in memory under its hash. Reports are
sealed to the newest one *in force*: where there are keepers, that is one that enough of them have cosigned.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from upstander.formats import statements
from upstander.server import roster
from upstander.server.errors import Refusal, not_found
from upstander.server.institutions.models import Card
from upstander.server.log.driver import ask


@dataclass(frozen=True)
class Member:
    """A place on a channel. `sheet`: gets source sheets."""

    key: str
    label: str
    seal: str
    sign: str
    sheet: bool
    active: bool


@dataclass(frozen=True)
class ChannelOnCard:
    """A channel as the card shows it. `custodian` is a key id, empty where there is none."""

    id: str
    name: str
    members: tuple[Member, ...]
    custodian: str
    on_call: bool


@dataclass(frozen=True)
class CardView:
    """A card, and the institution it belongs to."""

    sha256: str
    institution_id: int
    slug: str
    time_zone: str
    pack: str  # SHA-256 of the compiled pack
    channels: dict[str, ChannelOnCard]

    def labels(self) -> dict[str, str]:
        """What a reporter reads for each key, by key id; retired members included."""
        return {m.key: m.label for channel in self.channels.values() for m in channel.members}


_NEWEST = (
    f"SELECT sha256 FROM {Card._meta.db_table} WHERE institution_id = %s AND in_force "  # noqa: S608
    "ORDER BY version DESC LIMIT 1"
)


def view_of(slug: str, sha256: str) -> CardView:
    """The card with that hash, if the institution ever published it. Raises `card-changed`."""
    view = known_view(slug, sha256)
    if view is None:
        raise card_changed(shown(slug))
    return view


def known_view(slug: str, sha256: str) -> CardView | None:
    """The card with that hash, or None."""
    view = _by_hash(sha256)
    return view if view is not None and view.slug == slug else None


def current_view(slug: str) -> CardView:
    """The newest card. Raises the not-found Refusal."""
    view = _by_hash(newest_hash(slug))
    assert view is not None
    return view


def newest_hash(slug: str) -> str:
    """Hash of the newest card's text, in force or not. Raises the not-found Refusal."""
    card = Card.objects.filter(institution__slug=slug).order_by("-version").only("sha256").first()
    if card is None:
        raise not_found()
    return card.sha256


def check_still_newest(card: CardView) -> None:
    """Raises `card-changed` unless this is the newest in force. Asked for each report, in its transaction."""
    # By hand: the query compiler takes ten times as long as the question. Never from memory.
    rows = ask(_NEWEST, [card.institution_id])
    if not rows or rows[0][0] != card.sha256:
        raise card_changed(shown(card.slug))


def shown(slug: str) -> dict[str, Any]:
    """The newest card in force, what keepers said of it, and the roster. Raises the not-found Refusal."""
    card = Card.objects.filter(institution__slug=slug, in_force=True).order_by("-version").first()
    if card is None:
        raise not_found()
    return {"card": card.text, "roster": list(roster.texts()), "seen": json.loads(card.seen)}


def card_changed(now: dict[str, Any]) -> Refusal:
    """The page sealed for a card that is no longer the one in force; here is the one that is."""
    title = "The people who receive reports have just changed. The page seals your report again."
    return Refusal("card-changed", title, 409, **now)


class _NotYet(Exception):  # noqa: N818
    """Keeps the cache from remembering that a card was not there."""


def _by_hash(sha256: str) -> CardView | None:
    try:
        return _read(sha256)
    except _NotYet:
        return None


@lru_cache(maxsize=512)
def _read(sha256: str) -> CardView:
    card = Card.objects.filter(sha256=sha256).select_related("institution").first()
    if card is None:
        raise _NotYet
    body = statements.peek(card.text, "card")  # our own table; browsers verify it
    channels = [_channel(item) for item in body["channels"]]
    return CardView(
        sha256=sha256,
        institution_id=card.institution_id,
        slug=card.institution.slug,
        time_zone=card.institution.time_zone,
        pack=body["pack"]["sha256"],
        channels={channel.id: channel for channel in channels},
    )


def _channel(item: dict[str, Any]) -> ChannelOnCard:
    members = tuple(
        Member(m["key"], m["label"], m["seal"], m["sign"], m["sheet"], m["state"] == "active")
        for m in item["members"]
    )
    custodian = item.get("custodian") or {}
    return ChannelOnCard(item["id"], item["name"], members, custodian.get("key", ""), bool(item["on_call"]))
