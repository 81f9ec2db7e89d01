"""What a keeper publishes about itself each quarter, signed: how much it was asked, how much it released."""

import re
from datetime import date

from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.keeper.home import Identity
from upstander.keeper.store import Store

_MONTHS = {"q1": ("01", "03"), "q2": ("04", "06"), "q3": ("07", "09"), "q4": ("10", "12")}


def quarter_counts(store: Store, keeper: Identity, quarter: str, today: date) -> str:
    """A **keeper-counts** statement for a quarter (`2026-q4`) that is over. Raises FormatError for others."""
    if not re.fullmatch(r"[0-9]{4}-q[1-4]", quarter):
        raise FormatError("Expected a quarter, such as 2026-q4.")
    year, name = quarter.split("-")
    first, last = _MONTHS[name]
    if today.isoformat()[:7] <= f"{year}-{last}":
        raise FormatError("This quarter is not over.")
    found = store.rows(
        "SELECT what, sum(number) FROM counts WHERE day BETWEEN ? AND ? GROUP BY what ORDER BY what",
        *(f"{year}-{first}-01", f"{year}-{last}-31"),
    )
    counts = {str(what): int(str(number)) for what, number in found}
    body = {"counts": counts, "keeper": keeper.name, "quarter": quarter}
    return statements.sign("keeper-counts", body, keeper.signing)
