"""Cards at one keeper: which it cosigned, which wait for its people, and what it may sign by itself.

The institution's server shows a card and gets this keeper's statement, if it has one. A card on which
nobody is new is signed by itself, for two weeks at a time, so that no old one can be shown for longer. The
first card of an installation, and one with somebody new on it, waits until people of the keeper have asked.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from upstander.formats import days, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers import cosigning
from upstander.keepers.cosigning import CardError
from upstander.keepers.errors import UnknownInstallationError
from upstander.sealing.cards import Card, read_card

AGAIN = 7  # days before its end from which a signature is made anew
Sign = Literal["nobody-new", "all", "none"]


def last(store: Store, card: Card, installation_sign: str) -> Card | None:
    """The card of the same institution that was cosigned last. Raises FormatError for another key."""
    found = store.rows(
        "SELECT text FROM cards WHERE installation = ? AND institution = ?",
        card.installation,
        card.institution,
    )
    return read_card(str(found[0][0]), installation_sign) if found else None


def trust(store: Store, installation: str, sign: str) -> None:
    """From now on cards of this installation are looked at: its people compared the key."""
    with store.write():
        store.run("INSERT OR REPLACE INTO installations VALUES (?, ?)", installation, sign)


def cosign(store: Store, keeper: Identity, card: Card, today: date, good: int = cosigning.GOOD) -> str:
    """Cosigns a card that was checked, and remembers it as the last. Raises FormatError."""
    text = cosigning.make_seen(card, keeper.name, today, keeper.signing, good)
    until = min(days.parse(card.expires), today + timedelta(good)).isoformat()
    where = (card.installation, card.institution)
    with store.write():
        store.run("INSERT OR REPLACE INTO cards VALUES (?, ?, ?)", *where, card.text)
        store.run("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", card.sha256, until, text)
        store.run("DELETE FROM waiting_cards WHERE installation = ? AND institution = ?", *where)
    return text


def shown(store: Store, keeper: Identity, body: Mapping[str, Any], today: date) -> dict[str, str]:
    """What a server that shows a card is answered: the statement, or nothing while the card waits for people.

    Raises UnknownInstallationError, CardError for a card that may not follow the last one, FormatError.
    """
    text = shape.text(shape.exactly(body, "card")["card"])
    installation = shape.text(statements.peek(text, "card").get("installation"))
    known = store.rows("SELECT sign FROM installations WHERE id = ?", installation)
    if not known:
        raise UnknownInstallationError
    sign = str(known[0][0])
    card = read_card(text, sign)
    before = last(store, card, sign)
    cosigning.check_next(before, card)
    there = store.rows("SELECT text, until FROM seen WHERE card = ?", card.sha256)
    if there and str(there[0][1]) > (today + timedelta(AGAIN)).isoformat():
        return {"seen": str(there[0][0])}
    try:
        _may(keeper.policy.cards, before, card)
        return {"seen": cosign(store, keeper, card, today, cosigning.FRESH)}
    except CardError:
        with store.write():
            values = (card.installation, card.institution, card.text)
            store.run("INSERT OR REPLACE INTO waiting_cards VALUES (?, ?, ?)", *values)
        return {"seen": str(there[0][0]) if there else ""}


def waiting(store: Store) -> list[tuple[Card, tuple[str, ...]]]:
    """Cards that wait for people, each with what is new on it in words."""
    found = []
    for text, sign in store.rows(
        "SELECT text, sign FROM waiting_cards JOIN installations ON id = installation ORDER BY institution"
    ):
        card = read_card(str(text), str(sign))
        try:
            found.append((card, cosigning.check_next(last(store, card, str(sign)), card)))
        except FormatError:
            continue  # a later one was signed in the meantime
    return found


def _may(policy: str, before: Card | None, card: Card) -> None:
    """Raises CardError where people have to look first."""
    if policy == "none":
        raise CardError("This keeper signs no card by itself.")
    if policy != "all":
        cosigning.check_nobody_new(before, card)
