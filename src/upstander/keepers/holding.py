"""Makes a pledge, as the reporter's page does: for the demonstration, the tests and the benchmark."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import hashes, ids, statements
from upstander.keepers import tags
from upstander.keepers.entries import make_entry
from upstander.keepers.notes import Note, make_parcel, seal_note, share_hash
from upstander.keepers.pledges import Beneficiary, Condition, Pledge
from upstander.keepers.roster import Roster
from upstander.keepers.shares import split_seed
from upstander.sealing import age


@dataclass(frozen=True, slots=True)
class Holding:
    """A pledge before it is sent: the parcel for all, and each keeper's sealed note by its name."""

    pledge: Pledge
    parcel: bytes = field(repr=False)
    notes: Mapping[str, bytes] = field(repr=False)


def hold(
    *,
    report: Mapping[str, Any],
    grants: Sequence[Mapping[str, Any]],
    outputs: Sequence[bytes],
    conditions: Sequence[Condition],
    beneficiary: Beneficiary,
    expires: str,
    day: str,
    by: Ed25519PrivateKey,
    roster: Roster,
    recipients: Mapping[str, str],
) -> Holding:
    """Locks grants, splits the lock, and seals each keeper's share with the first entry.

    `outputs` are the function's, one for each identifier of the one person this is about; `recipients` the
    keepers' transport keys by name; `by` the reporter's signing key in the case.
    """
    seed = secrets.token_bytes(32)
    lock = age.recipient_of(age.identity_from_seed(seed))
    parcel = make_parcel(report, grants, lock)
    names = sorted(roster.keepers)
    shares = split_seed(seed, names, roster.needs)
    pledge = Pledge(
        beneficiary=beneficiary,
        conditions=tuple(sorted(conditions, key=lambda one: type(one).__name__)),
        epoch=roster.epoch,
        expires=expires,
        lock=ids.fingerprint(lock),
        needs=roster.needs,
        parcel=hashes.hash_of(parcel),
        shares={name: share_hash(share) for name, share in shares.items()},
        verify=statements.public_of(by),
    )
    entry = make_entry(pledge, tags.filled(outputs), 1, day, by)
    notes = {name: seal_note(Note(pledge, entry, name, shares[name]), recipients[name]) for name in names}
    return Holding(pledge, parcel, notes)


def tell(pledge: Pledge, statement: str, recipients: Mapping[str, str]) -> dict[str, bytes]:
    """A later statement about a pledge, sealed for each keeper by its name."""
    return {
        name: seal_note(Note(pledge, statement, name), recipient) for name, recipient in recipients.items()
    }
