"""What keepers publish about their quarters: taken from each once a day, put in the log, shown to all."""

from __future__ import annotations

import json
import time

from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.keepers.counted import Counted, read_counted
from upstander.keepers.roster import Keeper
from upstander.server.log import ask
from upstander.server.log.commit import Done, perform, server_leaf
from upstander.server.pledges.models import Quarter
from upstander.server.roster import ours

COUNTS = "/v1/counts"
SECONDS = 5.0  # a keeper may take
FRESH = 24 * 3600.0  # seconds until keepers are asked again
MOST = 100  # quarters of one keeper: more than an epoch has
_asked = -FRESH


def take() -> int:
    """Takes what keepers have published and is not here yet; answers how many quarters. Asks once a day."""
    global _asked  # noqa: PLW0603
    try:
        found = ours()
    except FormatError:  # doctor says so
        return 0
    if found is None or time.monotonic() - _asked < FRESH:
        return 0
    _asked = time.monotonic()
    return sum(_enter(text, one) for keeper in found.roster.keepers.values() for text, one in _new(keeper))


def published() -> list[str]:
    """The statements that are here, by quarter and keeper."""
    return list(Quarter.objects.order_by("quarter", "keeper").values_list("text", flat=True))


def _new(keeper: Keeper) -> list[tuple[str, Counted]]:
    """What a keeper shows and is not here. The first of a quarter stays, whatever it says later."""
    try:
        shown = json.loads(ask.get(keeper.address.rstrip("/") + COUNTS, SECONDS)[1])["counts"]
        texts = [text for text in shown if isinstance(text, str)][:MOST]
        read = {one.quarter: (text, one) for text in texts for one in (read_counted(text, keeper),)}
    except (ask.NoAnswer, ValueError, KeyError, TypeError):
        return []
    here = set(Quarter.objects.filter(keeper=keeper.name).values_list("quarter", flat=True))
    return [read[quarter] for quarter in sorted(read) if quarter not in here]


def _enter(text: str, one: Counted) -> int:
    def change() -> Done:
        row = Quarter(name=f"{one.quarter} {one.keeper}", keeper=one.keeper, quarter=one.quarter, text=text)
        return Done([row], leaf)

    leaf = server_leaf("counts", "", keeper=one.keeper, quarter=one.quarter, statement=hash_of(text.encode()))
    perform(change)
    return 1
