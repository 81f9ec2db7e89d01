"""One OPRF key held by several keepers: any `needs` of them can answer, fewer learn and can do nothing.

The key is a polynomial's value at 0, each keeper's share its value at the keeper's place (Shamir over the
scalar field). Answers are combined by Lagrange's formula in the group: the output is that of the whole key
(2HashTDH; Jarecki, Kiayias, Krawczyk, Xu, "TOPPSS", 2017, section 3), which never exists anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from upstander.keepers import group, oprf
from upstander.keepers.errors import GroupError, ProofError
from upstander.keepers.group import Element, Scalar
from upstander.keepers.oprf import Blinded

LARGEST = 255  # keepers at most


class TooFewError(ValueError):
    """Fewer keepers gave a right answer than are needed. `liars` says who gave a wrong one, and how."""

    def __init__(self, good: int, needs: int, liars: Mapping[str, str]) -> None:
        super().__init__(f"{good} keepers gave a right answer; {needs} are needed.")
        self.liars = dict(liars)


@dataclass(frozen=True, slots=True)
class KeyShare:
    """A keeper's part of a key: `place` from 1, never 0."""

    place: int
    secret: Scalar = field(repr=False)

    @property
    def public(self) -> bytes:
        """What proofs are checked against."""
        return group.base_times(self.secret).encode()


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What everybody knows of a shared key: itself, how many are `needed`, and each keeper's part.

    `places` and `parts` are by keeper's name.
    """

    key: bytes
    needs: int
    places: Mapping[str, int]
    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """A keeper's answer to a batch: 32 bytes for each blinded element, and one proof for all."""

    elements: tuple[bytes, ...]
    proof: bytes


@dataclass(frozen=True, slots=True)
class Outputs:
    """The outputs in the order of the inputs; `liars` by name, with what was wrong with their answer."""

    values: tuple[bytes, ...] = field(repr=False)
    liars: Mapping[str, str]


def split(key: Scalar, needs: int, of: int) -> list[KeyShare]:
    """Deals a key to `of` keepers, `needs` of which can use it. Raises GroupError for senseless numbers."""
    if not 2 <= needs <= of <= LARGEST:
        raise GroupError("At least 2 keepers are needed, of at most 255.")
    coefficients = [key, *(group.random_scalar() for _ in range(needs - 1))]
    return [KeyShare(place, polynomial(coefficients, place)) for place in range(1, of + 1)]


def answer(share: KeyShare, public: bytes, blinded: Sequence[bytes]) -> Answer:
    """A keeper's part of the evaluation, with proof against its `public` part.

    Raises GroupError for a batch that is empty or too long, and for what is not an element or the identity.
    """
    if not 1 <= len(blinded) <= oprf.MOST:
        raise GroupError(f"Expected 1 to {oprf.MOST} elements.")
    elements = [group.decode(one) for one in blinded]
    evaluated = [one.encode() for one in oprf.evaluate(share.secret, elements)]
    proof = oprf.prove(share.secret, public, blinded, evaluated, elements)
    return Answer(tuple(evaluated), proof)


def combine(public: PublicKey, blinded: Sequence[Blinded], answers: Mapping[str, Answer]) -> Outputs:
    """The outputs behind the first right answers, keepers by name.

    Every answer is checked, so that each liar is named. Raises TooFewError where too few are right.
    """
    sent = [one.element for one in blinded]
    good: dict[int, list[Element]] = {}
    liars: dict[str, str] = {}
    for name, given in answers.items():
        try:
            part = public.parts[name]
            good[public.places[name]] = oprf.check_proof(part, sent, given.elements, given.proof)
        except KeyError:
            liars[name] = "There is no such keeper."
        except (GroupError, ProofError) as error:
            liars[name] = str(error)
    if len(good) < public.needs:
        raise TooFewError(len(good), public.needs, liars)
    places = sorted(good)[: public.needs]
    values = tuple(
        oprf.finalize(one, interpolate({place: good[place][i] for place in places}))
        for i, one in enumerate(blinded)
    )
    return Outputs(values, liars)


def check_public(public: PublicKey) -> None:
    """Raises GroupError unless the parts are those of a sharing of this key with this threshold."""
    places = list(public.places.values())
    if not 2 <= public.needs <= len(places) <= LARGEST or set(public.places) != set(public.parts):
        raise GroupError("Keepers, places and parts of the key do not fit together.")
    if len(set(places)) != len(places) or min(places) < 1 or max(places) > LARGEST:
        raise GroupError("Two keepers have one place, or a place that may not be.")
    points = {public.places[name]: group.decode(part) for name, part in public.parts.items()}
    first = dict(sorted(points.items())[: public.needs])
    if interpolate(first) != group.decode(public.key):
        raise GroupError("The keepers' parts do not make this key.")
    fewer = dict(list(first.items())[1:])
    if interpolate(fewer) == group.decode(public.key):
        raise GroupError("Fewer keepers make this key than it says are needed.")
    for place, point in points.items():
        if place not in first and interpolate(first, place) != point:
            raise GroupError("A keeper's part does not belong to this key.")


def polynomial(coefficients: Sequence[Scalar], place: int) -> Scalar:
    """The polynomial's value at a place; the constant term comes first."""
    x, value = group.scalar(place), bytes(group.SIZE)
    for coefficient in reversed(coefficients):
        value = group.plus(group.times(value, x), coefficient)
    return value


def interpolate(points: Mapping[int, Element], at: int = 0) -> Element:
    """The element at a place that follows from elements at others. Raises GroupError for the identity."""
    products = [_weight(place, list(points), at) * point for place, point in points.items()]
    total = products[0]
    for product in products[1:]:
        total += product
    return _ONE * total  # refuses the identity


def join(shares: Sequence[KeyShare]) -> Scalar:
    """The whole key: for a dealer's own check and for tests. Nobody else ever has enough shares."""
    total, places = bytes(group.SIZE), [share.place for share in shares]
    for share in shares:
        total = group.plus(total, group.times(_weight(share.place, places, 0), share.secret))
    return total


def _weight(place: int, places: Sequence[int], at: int) -> Scalar:
    """Lagrange's weight of the value at `place` for the value at `at`."""
    above, below = _ONE, _ONE
    for other in places:
        if other != place:
            above = group.times(above, group.scalar(at - other))
            below = group.times(below, group.scalar(place - other))
    return group.times(above, group.invert(below))


_ONE = group.scalar(1)
