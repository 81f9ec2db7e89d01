"""What surrounds the ceremony: a dealer for trying things out, and new shares under the same public key.

Refresh: every keeper deals a sharing of zero to all (Herzberg, Jarecki, Krawczyk, Yung, "Proactive Secret
Sharing", 1995), sealed and committed to as in the ceremony, and signed. New shares are the old ones and what
came; the public key stays; a share stolen before is useless with one stolen after.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from upstander.keepers import cocktail, group, threshold
from upstander.keepers.cocktail import CeremonyError, Session
from upstander.keepers.errors import GroupError
from upstander.keepers.group import Scalar

SIGNATURE = 64  # bytes


def deal_unsafely(
    names: Sequence[str], needs: int
) -> tuple[threshold.PublicKey, dict[str, threshold.KeyShare]]:
    """Deals a fresh key from one hand: **unsafe**, for trying things out and for tests alone.

    Whoever runs this has had the whole key, and could test any name, alone and unseen, for ever.
    """
    key = group.random_scalar()
    shares = dict(zip(names, threshold.split(key, needs, len(names)), strict=True))
    public = threshold.PublicKey(
        group.base_times(key).encode(),
        needs,
        {name: share.place for name, share in shares.items()},
        {name: share.public for name, share in shares.items()},
    )
    threshold.check_public(public)
    return public, shares


@dataclass(frozen=True, slots=True)
class Refreshing:
    """What a keeper sends to all in a refresh: commits to all coefficients but the first, which is zero."""

    opening: cocktail.Opening
    signature: bytes

    def message(self, session: Session) -> bytes:
        """What is signed: everything."""
        return hashlib.sha512(_domain(session) + self.opening.encode()).digest()


def open_refresh(session: Session, place: int, static: Scalar) -> Refreshing:
    """First round of a refresh. `session` must be new: its id names the epoch and the month."""
    coefficients = [group.random_scalar() for _ in range(session.needs - 1)]
    secret = group.random_scalar()
    ephemeral = group.base_times(secret).encode()
    keys = (static, secret, ephemeral)
    opening = cocktail.Opening(
        tuple(group.base_times(one).encode() for one in coefficients),
        b"",
        ephemeral,
        cocktail.seal_shares(session, place, keys, [bytes(group.SIZE), *coefficients]),
    )
    made = Refreshing(opening, b"")
    return Refreshing(opening, cocktail.sign(static, made.message(session)))


def encode_refreshing(made: Refreshing) -> bytes:
    """As it is sent: opening and signature."""
    return made.opening.encode() + made.signature


def parse_refreshing(session: Session, place: int, data: bytes) -> Refreshing:
    """What a keeper sent. Raises CeremonyError for what is cut short or goes on."""
    if len(data) < SIGNATURE:
        raise CeremonyError(place, "Its message is cut short or too long.")
    fewer = Session(session.context, session.publics, session.needs - 1)
    opening = cocktail.parse_opening(fewer, place, data[:-SIGNATURE], proof=0)
    return Refreshing(opening, data[-SIGNATURE:])


def refresh(
    session: Session,
    static: Scalar,
    old: threshold.KeyShare,
    parts: Sequence[bytes],
    openings: Sequence[Refreshing],
) -> tuple[threshold.KeyShare, tuple[bytes, ...]]:
    """Second round: the keeper's new share, and everybody's new parts of the public key, in order.

    Nothing is changed on a fault: raises CeremonyError, and the old share stays. Erase it when all have
    signed `certificate`.
    """
    if not len(openings) == len(parts) == len(session.publics):
        raise CeremonyError(0, "All keepers must take part in a refresh.")
    for sender, made in enumerate(openings, 1):
        _check(session, sender, made)
    total = old.secret
    for sender, made in enumerate(openings, 1):
        part = cocktail.open_share(session, old.place, static, sender, made.opening)
        total = group.plus(total, _right_part(part, made, old.place, sender))
    new = tuple(_new_part(part, place, openings) for place, part in enumerate(parts, 1))
    share = threshold.KeyShare(old.place, total)
    if share.public != new[old.place - 1]:
        raise CeremonyError(0, "The shares do not add up.")
    return share, new


def certificate(session: Session, openings: Sequence[Refreshing], parts: Sequence[bytes]) -> bytes:
    """What all sign after a refresh, before any of them erases its old share."""
    messages = b"".join(one.message(session) + one.signature for one in openings)
    return _domain(session) + hashlib.sha512(messages + b"".join(parts)).digest()


def _check(session: Session, sender: int, made: Refreshing) -> None:
    if len(made.opening.commitment) != session.needs - 1 or len(made.opening.sealed) != len(session.publics):
        raise CeremonyError(sender, "It dealt for another number of keepers.")
    try:
        cocktail.check_signature(session.publics[sender - 1], made.message(session), made.signature)
        for point in (*made.opening.commitment, made.opening.ephemeral):
            group.decode(point)
    except GroupError as error:
        raise CeremonyError(sender, str(error)) from None


def _right_part(plain: bytes, made: Refreshing, place: int, sender: int) -> Scalar:
    try:
        part = group.decode_scalar(plain)
        right = group.base_times(part) == _committed(made, place)
    except GroupError:
        right = False
    if not right:
        raise CeremonyError(sender, "Its share does not fit what it committed to.")
    return part


def _committed(made: Refreshing, place: int) -> group.Element:
    """The dealt polynomial's value at a place: it has no constant term."""
    points = [group.decode(one) for one in made.opening.commitment]
    return group.scalar(place) * cocktail.value_at(points, place)


def _new_part(part: bytes, place: int, openings: Sequence[Refreshing]) -> bytes:
    total = group.decode(part)
    for made in openings:
        total += _committed(made, place)
    return total.encode()


def _domain(session: Session) -> bytes:
    return b"upstander/refresh/v1\n" + session.context
