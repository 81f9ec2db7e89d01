"""The last card of each institution that this keeper cosigned."""

from upstander.keeper.store import Store
from upstander.sealing.cards import Card, read_card


def last(store: Store, card: Card, installation_sign: str) -> Card | None:
    """The card of the same institution that was cosigned last. Raises FormatError for another key."""
    found = store.rows(
        "SELECT text FROM cards WHERE installation = ? AND institution = ?",
        card.installation,
        card.institution,
    )
    return read_card(str(found[0][0]), installation_sign) if found else None


def remember(store: Store, card: Card) -> None:
    """That this card was cosigned."""
    with store.write():
        store.run(
            "INSERT OR REPLACE INTO cards VALUES (?, ?, ?)", card.installation, card.institution, card.text
        )
