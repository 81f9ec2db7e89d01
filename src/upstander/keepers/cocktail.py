"""The keepers' ceremony: COCKTAIL-DKG (c2sp.org/cocktail-dkg v0.2.1), suite Ristretto255 and SHA-512.

Every keeper deals a polynomial to all (Feldman), the shares sealed between them by an ephemeral and a static
Diffie-Hellman; each adds up what it got; all sign the transcript. Nobody ever has the whole key. Who carries
the messages is not trusted with anything but carrying. Names here: a keeper's *place* is its number from 1;
its *static* key is made for ceremonies and used for nothing else.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from nacl import bindings, exceptions

from upstander.keepers import group, threshold
from upstander.keepers.errors import GroupError
from upstander.keepers.group import Element, Scalar

SUITE = b"COCKTAIL(Ristretto255, SHA-512)"
LONGEST = 65_536  # bytes of one sealed share
_PREFIX = b"COCKTAIL-DKG-Ristretto255-SHA512-"
_TAG, _SIGNATURE = 16, 64


class CeremonyError(ValueError):
    """The ceremony must stop. `place` is the keeper whose message is wrong, 0 where that cannot be said."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__(f"Keeper {place}: {message}" if place else message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Session:
    """What all agree on before they begin: the static public keys in order, and how many will be needed."""

    context: bytes
    publics: tuple[bytes, ...]
    needs: int


@dataclass(frozen=True, slots=True)
class Opening:
    """What a keeper sends to all in the first round; `sealed` has one share for each place."""

    commitment: tuple[bytes, ...]
    proof: bytes
    ephemeral: bytes
    sealed: tuple[bytes, ...]

    def encode(self) -> bytes:
        """As it is sent: the spec's msg1."""
        framed = b"".join(len(one).to_bytes(8, "big") + one for one in self.sealed)
        return b"".join(self.commitment) + self.proof + self.ephemeral + framed


@dataclass(frozen=True, slots=True)
class Dealt:
    """What a keeper has after the second round. `parts` of the public key are in order of places."""

    share: threshold.KeyShare
    key: bytes
    parts: tuple[bytes, ...]
    payloads: tuple[bytes, ...] = field(repr=False)

    def public(self, session: Session, names: Sequence[str]) -> threshold.PublicKey:
        """The shared key under the keepers' names, in order of their places."""
        places = {name: place for place, name in enumerate(names, 1)}
        return threshold.PublicKey(self.key, session.needs, places, dict(zip(names, self.parts, strict=True)))


def new_session(session_id: bytes, publics: Sequence[bytes], needs: int) -> Session:
    """A session. `session_id` must be new to every ceremony. Raises CeremonyError, GroupError."""
    if not 2 <= needs <= len(publics) <= threshold.LARGEST:
        raise CeremonyError(0, "At least 2 keepers are needed, of at most 255.")
    if len(set(publics)) != len(publics):
        raise CeremonyError(0, "Two keepers have one key.")
    for public in publics:
        group.decode(public)
    head = b"COCKTAIL-DKG-CONTEXT" + b"".join(
        len(one).to_bytes(8, "big") + one for one in (session_id, SUITE)
    )
    context = hashlib.sha512(head + len(publics).to_bytes(4, "little") + b"".join(publics)).digest()
    return Session(context, tuple(publics), needs)


def parse_opening(session: Session, place: int, data: bytes, proof: int = 64) -> Opening:
    """An opening as it came from the keeper at this place; `proof` in bytes. Raises CeremonyError."""
    points, rest = data[: 32 * session.needs], data[32 * session.needs :]
    proven, ephemeral, rest = rest[:proof], rest[proof : proof + 32], rest[proof + 32 :]
    sealed = []
    for _ in session.publics:
        length = int.from_bytes(rest[:8], "big")
        if len(rest) < 8 or not group.SIZE + _TAG <= length <= LONGEST or len(rest) < 8 + length:
            raise CeremonyError(place, "Its message is cut short or too long.")
        sealed.append(rest[8 : 8 + length])
        rest = rest[8 + length :]
    if rest:
        raise CeremonyError(place, "Its message goes on after its end.")
    commitment = tuple(points[i : i + 32] for i in range(0, len(points), 32))
    return Opening(commitment, proven, ephemeral, tuple(sealed))


def open_round(session: Session, place: int, static: Scalar, payload: bytes = b"") -> Opening:
    """First round: a fresh polynomial dealt to all. Its coefficients are forgotten on return."""
    coefficients = [group.random_scalar() for _ in range(session.needs)]
    return deal(session, place, static, coefficients, payload)


def deal(
    session: Session, place: int, static: Scalar, coefficients: Sequence[Scalar], payload: bytes = b""
) -> Opening:
    """As `open_round` with given coefficients."""
    _check_static(session, place, static)
    commitment = tuple(group.base_times(one).encode() for one in coefficients)
    secret = group.random_scalar()
    ephemeral = group.base_times(secret).encode()
    proof = sign(coefficients[0], session.context + b"".join(commitment) + ephemeral)
    sealed = seal_shares(session, place, (static, secret, ephemeral), coefficients, payload)
    return Opening(commitment, proof, ephemeral, sealed)


def receive(session: Session, place: int, static: Scalar, openings: Sequence[Opening]) -> Dealt:
    """Second round: checks everything that was dealt and adds it up. Raises CeremonyError at any fault."""
    _check_static(session, place, static)
    if len(openings) != len(session.publics):
        raise CeremonyError(0, "An opening is missing.")
    for sender, opening in enumerate(openings, 1):
        check_opening(session, sender, opening)
    total, payloads = bytes(group.SIZE), []
    for sender, opening in enumerate(openings, 1):
        plain = open_share(session, place, static, sender, opening)
        part = _share_in(plain, sender)
        _check_share(part, opening.commitment, place, sender)
        total = group.plus(total, part)
        payloads.append(plain[group.SIZE :])
    sums = [_sum([group.decode(one.commitment[k]) for one in openings]) for k in range(session.needs)]
    parts = tuple(value_at(sums, other).encode() for other in range(1, len(openings) + 1))
    share = threshold.KeyShare(place, total)
    if share.public != parts[place - 1]:
        raise CeremonyError(0, "The shares do not add up.")
    return Dealt(share, sums[0].encode(), parts, tuple(payloads))


def check_opening(session: Session, place: int, opening: Opening) -> None:
    """What anybody can check of an opening: its size, its points, its proof. Raises CeremonyError."""
    if len(opening.commitment) != session.needs or len(opening.sealed) != len(session.publics):
        raise CeremonyError(place, "It dealt for another number of keepers.")
    try:
        for point in (*opening.commitment, opening.ephemeral):
            group.decode(point)
        message = session.context + b"".join(opening.commitment) + opening.ephemeral
        check_signature(opening.commitment[0], message, opening.proof)
    except GroupError as error:
        raise CeremonyError(place, str(error)) from None


def transcript(session: Session, openings: Sequence[Opening], extension: bytes = b"") -> bytes:
    """What all keepers sign in the third round: two who were shown different messages have different ones."""
    return b"".join(
        (
            _framed(SUITE),
            _framed(session.context),
            len(session.publics).to_bytes(4, "little"),
            session.needs.to_bytes(4, "little"),
            *session.publics,
            *(b"".join(one.commitment) for one in openings),
            *(one.proof for one in openings),
            *(one.ephemeral for one in openings),
            _framed(extension),
        )
    )


def check_certificate(session: Session, text: bytes, signatures: Sequence[bytes]) -> None:
    """Raises CeremonyError unless every keeper signed this transcript."""
    if len(signatures) != len(session.publics):
        raise CeremonyError(0, "A signature is missing.")
    for place, (public, signature) in enumerate(zip(session.publics, signatures, strict=True), 1):
        try:
            check_signature(public, text, signature)
        except GroupError as error:
            raise CeremonyError(place, str(error)) from None


def sign(secret: Scalar, message: bytes) -> bytes:
    """The spec's Schnorr signature, 64 bytes."""
    public = group.base_times(secret).encode()
    nonce = group.reduce(hashlib.sha512(_PREFIX + b"NONCE" + secret + message).digest())
    point = group.base_times(nonce).encode()
    return point + group.plus(nonce, group.times(_challenge(point, public, message), secret))


def check_signature(public: bytes, message: bytes, signature: bytes) -> None:
    """Raises GroupError for a signature that is not this key's over this message."""
    if len(signature) != _SIGNATURE:
        raise GroupError("A signature has 64 bytes.")
    point, response = group.decode(signature[:32]), group.decode_scalar(signature[32:])
    challenge = _challenge(signature[:32], public, message)
    if group.base_times(response) != point + challenge * group.decode(public):
        raise GroupError("A signature is wrong.")


def seal_shares(
    session: Session,
    place: int,
    keys: tuple[Scalar, Scalar, bytes],
    coefficients: Sequence[Scalar],
    payload: bytes = b"",
) -> tuple[bytes, ...]:
    """The polynomial's value for each place, sealed to it. `keys`: static, ephemeral, ephemeral in public."""
    static, secret, ephemeral = keys
    sealed = []
    for other, public in enumerate(session.publics, 1):
        to = group.decode(public)
        shared = (secret * to).encode() + (static * to).encode()
        key, nonce = _key(session, shared, ephemeral, place, other)
        plain = threshold.polynomial(coefficients, other) + payload
        sealed.append(bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, None, nonce, key))
    return tuple(sealed)


def open_share(session: Session, place: int, static: Scalar, sender: int, opening: Opening) -> bytes:
    """What a keeper sealed to this place: share and payload. Raises CeremonyError."""
    shared = (static * group.decode(opening.ephemeral)).encode()
    shared += (static * group.decode(session.publics[sender - 1])).encode()
    key, nonce = _key(session, shared, opening.ephemeral, sender, place)
    try:
        return bytes(
            bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(opening.sealed[place - 1], None, nonce, key)
        )
    except (exceptions.CryptoError, exceptions.ValueError):
        raise CeremonyError(sender, "What it sealed does not open.") from None


def value_at(points: Sequence[Element], place: int) -> Element:
    """A committed polynomial's value at a place, in the group."""
    value = points[-1]
    for point in reversed(points[:-1]):
        value = group.scalar(place) * value + point
    return value


def _share_in(plain: bytes, sender: int) -> Scalar:
    try:
        return group.decode_scalar(plain[: group.SIZE])
    except GroupError:
        raise CeremonyError(sender, "It sealed something that is not a share.") from None


def _check_share(share: Scalar, commitment: Sequence[bytes], place: int, sender: int) -> None:
    try:
        right = group.base_times(share) == value_at([group.decode(one) for one in commitment], place)
    except GroupError:
        right = False
    if not right:
        raise CeremonyError(sender, "Its share does not fit what it committed to.")


def _check_static(session: Session, place: int, static: Scalar) -> None:
    if not 1 <= place <= len(session.publics):
        raise CeremonyError(0, "There is no such place.")
    if group.base_times(static).encode() != session.publics[place - 1]:
        raise CeremonyError(0, "This is not the key of this place.")


def _key(session: Session, shared: bytes, ephemeral: bytes, sender: int, to: int) -> tuple[bytes, bytes]:
    publics = session.publics[sender - 1] + session.publics[to - 1]
    derived = hashlib.sha512(_PREFIX + b"H6" + shared + ephemeral + publics + _framed(session.context))
    return derived.digest()[:32], derived.digest()[32:56]


def _challenge(point: bytes, public: bytes, message: bytes) -> Scalar:
    return group.reduce(hashlib.sha512(_PREFIX + b"H7" + point + public + message).digest())


def _sum(elements: Sequence[Element]) -> Element:
    total = elements[0]
    for element in elements[1:]:
        total += element
    return total


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + data
