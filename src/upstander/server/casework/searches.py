"""What handlers record about searches with a case's fingerprints: each is one act with one leaf.

The documents lie sealed in a note; the server gets their hashes and keeps the order (`fingerprints.uses`).
"""

from __future__ import annotations

from upstander.fingerprints import uses
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.standing import make_standing
from upstander.server import installation
from upstander.server.accounts.models import Key
from upstander.server.cases.models import Case
from upstander.server.cases.prints import acts_of
from upstander.server.casework.acts import (
    act,
    check_free,
    check_written,
    day_of,
    hash_of,
    run,
    store_written,
)
from upstander.server.casework.schemas import BankIn
from upstander.server.errors import conflict


def record(case: Case, key: Key, sent: BankIn) -> str:
    """A use of the case's fingerprints. Raises `conflict` for one out of place. Answers the promise."""
    check_written("note", sent.envelope, "envelope")
    said = {"authority": sent.authority, "document": sent.document, "use": sent.use}
    made = act("bank", case, key, sent, envelopes=[hash_of(sent.envelope.sealed)], **said)

    def change(locked: Case) -> None:
        try:
            uses.check_next(acts_of(locked), sent.use, sent.authority, sent.document)
        except FingerprintError as refused:
            raise conflict(str(refused)) from refused
        store_written(locked, key, sent.envelope)

    return run(key, made, change)


def standing(case: Case, key: Key) -> str:
    """What the installation signs about the case's fingerprints today, for a machine that is offline.

    Raises `conflict` while a bar stands against who asks.
    """
    check_free(case, key)
    state = uses.state_of(acts_of(case))
    return make_standing(case.id, day_of(case).isoformat(), state, installation.load().signing)
