"""What is due now: keys of the month, catching up with the others, releases. Harmless when repeated."""

import http.client
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upstander.formats.errors import FormatError
from upstander.keeper import months, release, sync
from upstander.keeper.home import Identity
from upstander.keeper.store import Store

TIMEOUT = 20  # seconds another keeper may take
LARGEST = 16 * 1024 * 1024  # bytes of another keeper's answer


@dataclass(frozen=True, slots=True)
class Beat:
    """What was done. `away` are keepers that did not answer, or not in words we know."""

    swept: release.Swept
    taken: int
    refused: int
    away: tuple[str, ...]


def beat(store: Store, keeper: Identity, today: date, ask: sync.Ask) -> Beat:
    """Everything once. Nobody is released to before an attempt to catch up with all others was made."""
    months.renew(store, today)
    taken = refused = 0
    away = []
    for other in sorted(keeper.roster.keepers):
        if other == keeper.name:
            continue
        try:
            pulled = sync.pull(store, keeper, other, ask, today)
        except (OSError, FormatError):
            away.append(other)
            continue
        taken, refused = taken + pulled.taken, refused + pulled.refused
    swept = release.sweep(store, keeper.policy, today)
    store.scrub()
    return Beat(swept, taken, refused, tuple(away))


def ask_over_https(url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Posts JSON and returns the answer. Raises OSError, FormatError."""
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise FormatError("Keepers talk over https only.")
    request = urllib.request.Request(  # noqa: S310 (checked above)
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            data = answer.read(LARGEST + 1)
    except http.client.HTTPException as error:
        raise OSError("The other keeper broke off.") from error
    try:
        read = json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise FormatError("The other keeper's answer is not one.")
    return read
