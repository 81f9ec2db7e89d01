"""What a keeper publishes about itself each quarter, signed: how much it was asked, how much it released.

It writes each by itself, at the first beat after the quarter, and once: what was published stays as it is. A
release is there as a commitment, which tells nobody of what; the keeper can open it for whoever has to know.
"""

import re
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of, hkdf
from upstander.keeper.home import Identity
from upstander.keeper.store import Store

_MONTHS = {"q1": ("01", "03"), "q2": ("04", "06"), "q3": ("07", "09"), "q4": ("10", "12")}


def quarter_counts(store: Store, keeper: Identity, quarter: str, today: date) -> str:
    """A **keeper-counts** statement for a quarter (`2026-q4`) that is over. Raises FormatError for others."""
    if not re.fullmatch(r"[0-9]{4}-q[1-4]", quarter):
        raise FormatError("Expected a quarter, such as 2026-q4.")
    first, last = _days(quarter)
    if today.isoformat() <= last:
        raise FormatError("This quarter is not over.")
    kept = store.rows("SELECT text FROM published WHERE quarter = ?", quarter)
    if kept:
        return str(kept[0][0])
    found = store.rows(
        "SELECT what, sum(number) FROM counts WHERE day BETWEEN ? AND ? GROUP BY what ORDER BY what",
        *(first, last),
    )
    releases = store.rows(
        "SELECT commitment FROM releases WHERE day BETWEEN ? AND ? ORDER BY commitment", first, last
    )
    body = {
        "counts": {str(what): int(str(number)) for what, number in found},
        "keeper": keeper.name,
        "quarter": quarter,
        "releases": [str(one) for (one,) in releases],
    }
    return statements.sign("keeper-counts", body, keeper.signing)


def publish(store: Store, keeper: Identity, today: date) -> int:
    """Writes what is due: each quarter that is over, from the first in which something was counted."""
    begun = store.rows("SELECT min(day) FROM counts")[0][0]
    written = {str(one) for (one,) in store.rows("SELECT quarter FROM published")}
    due = [one for one in _quarters(str(begun or today.isoformat()), today) if one not in written]
    texts = [(one, quarter_counts(store, keeper, one, today)) for one in due]
    with store.write():
        store.run_many("INSERT OR IGNORE INTO published VALUES (?, ?)", texts)
    return len(texts)


def published(store: Store) -> list[str]:
    """Everything that was published, oldest first."""
    return [str(one) for (one,) in store.rows("SELECT text FROM published ORDER BY quarter")]


def commitment(signing: Ed25519PrivateKey, pledge_id: str) -> str:
    """What stands for a release in public. Its salt comes from the keeper's key: it alone can open it."""
    salt = hkdf(signing.private_bytes_raw(), f"upstander/released/v1\n{pledge_id}")
    return hash_of(f"upstander/released/v1\n{pledge_id}\n{b64.encode(salt)}".encode())


def _days(quarter: str) -> tuple[str, str]:
    year, name = quarter.split("-")
    first, last = _MONTHS[name]
    return f"{year}-{first}-01", f"{year}-{last}-31"


def _quarters(begun: str, today: date) -> list[str]:
    """Quarters that are over, from the one with this day on."""
    every = (f"{year}-{name}" for year in range(int(begun[:4]), today.year + 1) for name in _MONTHS)
    return [one for one in every if begun <= _days(one)[1] < today.isoformat()]
