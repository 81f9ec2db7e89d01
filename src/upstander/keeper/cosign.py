"""The keeper as a witness of the log: the same process signs tree heads, where the folder holds a witness.

`upstander witness init --data FOLDER/witness` makes one. Its key is not the keeper's own, because it signs
other people's texts. Served below `/witness`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import BaseRoute, Mount

from upstander.formats.errors import FormatError
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import SigningKey
from upstander.witness.service import application, day_of
from upstander.witness.state import State
from upstander.witness.watching import sweep

FOLDER, KEY, STATE = "witness", "witness.key", "witness.sqlite3"
EVERY = 3600  # seconds between two looks at the logs


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness's memory and key."""

    state: State
    key: SigningKey = field(repr=False)


def find(folder: Path) -> Witness | None:
    """The witness in a keeper's folder, if there is one. Raises FormatError for a wrong key, OSError."""
    path = folder / FOLDER / KEY
    if not path.exists():
        return None
    try:
        key = SigningKey.parse(path.read_text("utf-8").strip())
    except (LedgerError, UnicodeDecodeError):
        raise FormatError(f"{FOLDER}/{KEY} is not a witness's key.") from None
    return Witness(State(folder / FOLDER / STATE), key)


def routes(witness: Witness) -> list[BaseRoute]:
    """What the witness answers, below `/witness`."""
    return [Mount(f"/{FOLDER}", routes=application(witness.state, witness.key).routes)]


def look(witness: Witness, every: float = EVERY, sleep: Callable[[float], None] = time.sleep) -> None:
    """Looks at the logs for ever. Nothing that a log does ends this."""
    while True:
        try:
            sweep(witness.state, day_of(time.time()))
        except Exception:
            logging.getLogger("upstander.witness").exception("could not look at the logs")
        sleep(every)
