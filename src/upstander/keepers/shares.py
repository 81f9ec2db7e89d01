"""The lock's seed in shares, one for each keeper; and what the beneficiary does with those that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from upstander.formats import hashes, ids
from upstander.keepers.errors import OtherPledgeError, ParcelError, ShortEvidenceError
from upstander.keepers.notes import open_parcel, share_hash
from upstander.keepers.pledges import Pledge
from upstander.sealing import age
from upstander.sealing import shares as shamir
from upstander.sealing.errors import SealingError


@dataclass(frozen=True, slots=True)
class Release:
    """What one keeper hands over: its share, and why (`links` are labels of names in common)."""

    keeper: str
    pledge: Pledge
    share: bytes = field(repr=False)
    kind: str = "match"
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What was held: the report as it would have been sent, and its grants. `liars` gave wrong shares."""

    report: dict[str, Any]
    grants: list[dict[str, Any]]
    liars: tuple[str, ...]


def split_seed(seed: bytes, keepers: Sequence[str], needs: int) -> dict[str, bytes]:
    """A lock's 32-byte seed in one share for each keeper, any `needs` of which bring it back."""
    return dict(zip(keepers, shamir.split(seed, len(keepers), needs), strict=True))


def open_release(releases: Sequence[Release], parcel: bytes) -> Opened:
    """What enough keepers together release.

    Raises OtherPledgeError for releases of different pledges, ShortEvidenceError for fewer right shares than
    the pledge needs, ParcelError for another parcel, SealingError where the shares do not make the lock.
    """
    pledge = releases[0].pledge if releases else None
    if pledge is None or any(one.pledge.id != pledge.id for one in releases):
        raise OtherPledgeError
    good: Mapping[str, bytes] = {
        one.keeper: one.share for one in releases if share_hash(one.share) == pledge.shares.get(one.keeper)
    }
    if len(good) < pledge.needs:
        raise ShortEvidenceError("Fewer keepers have released this than are needed. Try again tomorrow.")
    if hashes.hash_of(parcel) != pledge.parcel:
        raise ParcelError
    lock = age.identity_from_seed(shamir.combine(list(good.values())[: pledge.needs]))
    if ids.fingerprint(age.recipient_of(lock)) != pledge.lock:
        raise SealingError("The shares in this pledge do not fit together: it was made wrong.")
    report, grants = open_parcel(parcel, lock)
    liars = tuple(sorted({one.keeper for one in releases} - set(good)))
    return Opened(report, grants, liars)
