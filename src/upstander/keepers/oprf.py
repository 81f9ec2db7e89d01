"""Oblivious pseudorandom function, RFC 9497, suite ristretto255-SHA512, modes OPRF (0) and VOPRF (1).

A client learns F(key, input) and nothing about the key; who holds the key learns nothing about the input.
In mode 1 the answer carries a proof (DLEQ) that it was made with the key behind a published point.
Elements and scalars travel as 32 bytes each, a proof as 64. Keepers use mode 1 only.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from upstander.keepers import group
from upstander.keepers.errors import GroupError, ProofError
from upstander.keepers.group import Element, Scalar

Mode = Literal[0, 1]
VERIFIABLE: Mode = 1
MOST = 64  # elements in one batch; more than any client of ours sends
PROOF = 64  # bytes


@dataclass(frozen=True, slots=True)
class Blinded:
    """What a client keeps (`input`, `blind`) and sends (`element`, 32 bytes)."""

    input: bytes = field(repr=False)
    blind: Scalar = field(repr=False)
    element: bytes


def derive_key(seed: bytes, info: bytes, mode: Mode = VERIFIABLE) -> tuple[Scalar, bytes]:
    """Secret and public key from 32 random bytes and a public text (RFC 9497 section 3.2.1)."""
    if len(seed) != 32 or len(info) > 0xFFFF:
        raise GroupError("A seed has 32 bytes.")
    given = seed + _framed(info)
    for counter in range(256):
        key = group.hash_to_scalar(given + bytes((counter,)), b"DeriveKeyPair" + _context(mode))
        if key != bytes(group.SIZE):
            return key, group.base_times(key).encode()
    raise GroupError("No key comes of this seed.")  # chance 2^-64000


def blind(data: bytes, mode: Mode = VERIFIABLE, scalar: Scalar | None = None) -> Blinded:
    """An input made unreadable. `scalar` is for test vectors only: it is random otherwise."""
    scalar = scalar or group.random_scalar()
    element = scalar * _input_element(data, mode)
    return Blinded(data, scalar, element.encode())


def evaluate(key: Scalar, elements: Sequence[Element]) -> list[Element]:
    """Blinded elements times the key."""
    return [key * element for element in elements]


def prove(
    key: Scalar,
    public: bytes,
    blinded: Sequence[bytes],
    evaluated: Sequence[bytes],
    elements: Sequence[Element],
    *,
    nonce: Scalar | None = None,
) -> bytes:
    """One proof for a batch (RFC 9497 section 2.2.1): challenge and response, 64 bytes.

    `elements` are the decoded `blinded`. `nonce` is for test vectors only: it is random otherwise.
    """
    nonce = nonce or group.random_scalar()
    composite = _weighted(elements, _weights(public, blinded, evaluated))
    challenge = _challenge(public, composite, key * composite, group.base_times(nonce), nonce * composite)
    return challenge + group.minus(nonce, group.times(challenge, key))


def check_proof(
    public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes
) -> list[Element]:
    """The evaluated elements, decoded, if the proof is right (RFC 9497 section 2.2.2).

    Raises GroupError for bytes that are no elements or scalars, ProofError for a wrong proof.
    """
    if len(proof) != PROOF or not 1 <= len(blinded) == len(evaluated) <= MOST:
        raise ProofError("The proof does not belong to this answer.")
    challenge, response = group.decode_scalar(proof[:32]), group.decode_scalar(proof[32:])
    key = group.decode(public)
    sent, answered = [group.decode(one) for one in blinded], [group.decode(one) for one in evaluated]
    weights = _weights(public, blinded, evaluated)
    try:
        m, z = _weighted(sent, weights), _weighted(answered, weights)
        t2 = group.base_times(response) + challenge * key
        t3 = response * m + challenge * z
        again = _challenge(public, m, z, t2, t3)
    except GroupError:  # a sum or a scalar is zero: no honest proof gets there
        raise ProofError("The proof is wrong.") from None
    if not secrets.compare_digest(again, challenge):
        raise ProofError("The proof is wrong.")
    return answered


def finalize(blinded: Blinded, evaluated: Element) -> bytes:
    """The 64 bytes of output. Raises GroupError where the element unblinds to the identity."""
    return _output(blinded.input, group.invert(blinded.blind) * evaluated)


def evaluate_whole(key: Scalar, data: bytes, mode: Mode = VERIFIABLE) -> bytes:
    """What a client would get for this input, by somebody who holds the whole key.

    No keeper ever does; who issues passes for a survey does (`surveying.passes`).
    """
    return _output(data, key * _input_element(data, mode))


def _output(data: bytes, element: Element) -> bytes:
    return hashlib.sha512(_framed(data) + _framed(element.encode()) + b"Finalize").digest()


def _input_element(data: bytes, mode: Mode) -> Element:
    if len(data) > 0xFFFF:
        raise GroupError("An input has at most 65,535 bytes.")
    return group.hash_to_group(data, b"HashToGroup-" + _context(mode))


def _context(mode: Mode) -> bytes:
    return b"OPRFV1-" + bytes((mode,)) + b"-ristretto255-SHA512"


def _weights(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> list[Scalar]:
    """The random weights of ComputeComposites, bound to key and batch."""
    seed = hashlib.sha512(_framed(public) + _framed(b"Seed-" + _context(VERIFIABLE))).digest()
    dst = b"HashToScalar-" + _context(VERIFIABLE)
    return [
        group.hash_to_scalar(
            _framed(seed) + i.to_bytes(2, "big") + _framed(sent) + _framed(answered) + b"Composite", dst
        )
        for i, (sent, answered) in enumerate(zip(blinded, evaluated, strict=True))
    ]


def _weighted(elements: Sequence[Element], weights: Sequence[Scalar]) -> Element:
    products = [weight * element for weight, element in zip(weights, elements, strict=True)]
    total = products[0]
    for product in products[1:]:
        total += product
    return total


def _challenge(public: bytes, *elements: Element) -> Scalar:
    transcript = _framed(public) + b"".join(_framed(one.encode()) for one in elements) + b"Challenge"
    return group.hash_to_scalar(transcript, b"HashToScalar-" + _context(VERIFIABLE))


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
