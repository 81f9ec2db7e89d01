"""Staff passes: tokens from each keeper that say "one person of the staff", no more (keepers.md, section 11).

In the manner of RFC 9578 (Privacy Pass), with the VOPRF that keepers speak anyway (RFC 9497, ristretto255):
a keeper answers blinded nonces under a key of its own for the month of collection, with proof, and later
knows a token as its own and not whose it was. A pass is one `person` token, which a pledge carries, and ASKS
tokens for questions about names. Each purpose has its own key. A token counts from the next month on.

What is shown is never the token's output but a MAC under it, over what it is shown for: whoever relays it can
use it for nothing else.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, hashes, shape, statements
from upstander.formats.errors import FormatError
from upstander.keepers import group, oprf, threshold
from upstander.keepers.errors import PassError
from upstander.keepers.pledges import check_name
from upstander.keepers.roster import Keeper, check_month

Purpose = Literal["ask", "person"]
PURPOSES: tuple[Purpose, ...] = ("ask", "person")
ASKS = 8  # questions about names that a pass is good for, at each keeper
NONCE = 32  # bytes
_COUNT = {"ask": ASKS, "person": 1}


@dataclass(frozen=True, slots=True)
class PassKeys:
    """The public keys of one keeper for passes collected in one month, by purpose."""

    keeper: str
    epoch: str
    month: str
    keys: dict[Purpose, bytes]


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its nonce, and the 64 bytes that only its keeper could have made."""

    nonce: bytes
    output: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one person got from one keeper in a month."""

    keeper: str
    month: str
    person: Token
    asks: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A collection on its way: what is kept here (nonces, blinds), by purpose."""

    nonces: dict[Purpose, list[bytes]] = field(repr=False)
    blinded: dict[Purpose, list[oprf.Blinded]] = field(repr=False)

    def elements(self) -> dict[str, list[str]]:
        """What is sent."""
        return {purpose: [b64.encode(one.element) for one in self.blinded[purpose]] for purpose in PURPOSES}


@dataclass(frozen=True, slots=True)
class Shown:
    """A token as it is shown: collected when, which, and the MAC that binds it to what it is shown for."""

    mac: bytes
    month: str
    nonce: bytes

    def body(self) -> dict[str, Any]:
        """As it is written."""
        return {"mac": b64.encode(self.mac), "month": self.month, "nonce": b64.encode(self.nonce)}


# The keeper


def secret_key(seed: bytes, purpose: Purpose, epoch: str, month: str) -> group.Scalar:
    """The key for one purpose in a month, from the keeper's 32 random bytes for it (RFC 9497, 3.2.1)."""
    return oprf.derive_key(seed, _context(purpose, epoch, month))[0]


def make_pass_keys(keeper: str, epoch: str, month: str, seed: bytes, by: Ed25519PrivateKey) -> str:
    """A **pass-keys** statement: two different ones for one month are proof that a keeper marks people."""
    keys = {
        purpose: b64.encode(group.base_times(secret_key(seed, purpose, epoch, month)).encode())
        for purpose in PURPOSES
    }
    return statements.sign("pass-keys", {"epoch": epoch, "keeper": keeper, "keys": keys, "month": month}, by)


def answer(
    seed: bytes, epoch: str, month: str, asked: Mapping[str, Sequence[bytes]]
) -> dict[Purpose, threshold.Answer]:
    """A keeper's answers to a collection. Raises FormatError for another number of elements, GroupError."""
    answers: dict[Purpose, threshold.Answer] = {}
    for purpose in PURPOSES:
        elements = asked[purpose]
        if len(set(elements)) != _COUNT[purpose] or len(elements) != _COUNT[purpose]:
            raise FormatError(f"A pass has {_COUNT[purpose]} different elements for this.")
        share = threshold.KeyShare(1, secret_key(seed, purpose, epoch, month))
        answers[purpose] = threshold.answer(share, share.public, elements)
    return answers


def check_shown(shown: Shown, seed: bytes, purpose: Purpose, *, keeper: str, epoch: str, bound: bytes) -> str:
    """The name under which a keeper remembers a token. Raises PassError unless it is one, shown for this."""
    key = secret_key(seed, purpose, epoch, shown.month)
    keys = PassKeys(keeper, epoch, shown.month, {purpose: group.base_times(key).encode()})
    data = _input(keys, purpose, shown.nonce)
    if not hmac.compare_digest(_mac(oprf.evaluate_whole(key, data), bound), shown.mac):
        raise PassError
    return hashes.hash_of(data)


# The person


def read_pass_keys(text: str, keeper: Keeper, epoch: str, month: str) -> PassKeys:
    """A keeper's keys for passes in this month. Raises FormatError."""
    body = shape.exactly(
        statements.verify(text, "pass-keys", keeper.sign), "epoch", "keeper", "keys", "month"
    )
    if (body["epoch"], body["keeper"], body["month"]) != (epoch, keeper.name, check_month(month)):
        raise FormatError("These keys are another keeper's, or of another time.")
    keys = shape.exactly(body["keys"], *PURPOSES)
    return PassKeys(
        keeper.name,
        epoch,
        month,
        {purpose: b64.decode(shape.text(keys[purpose]), 32) for purpose in PURPOSES},
    )


def ask(keys: PassKeys) -> Asked:
    """Begins a collection: random nonces, blinded."""
    nonces: dict[Purpose, list[bytes]] = {
        purpose: [secrets.token_bytes(NONCE) for _ in range(_COUNT[purpose])] for purpose in PURPOSES
    }
    blinded: dict[Purpose, list[oprf.Blinded]] = {
        purpose: [oprf.blind(_input(keys, purpose, nonce)) for nonce in nonces[purpose]]
        for purpose in PURPOSES
    }
    return Asked(nonces, blinded)


def collect(keys: PassKeys, asked: Asked, answers: Mapping[str, threshold.Answer]) -> Pass:
    """The pass, if the keeper proved that it used its published keys. Raises ProofError, GroupError."""
    tokens: dict[Purpose, list[Token]] = {}
    for purpose in PURPOSES:
        blinded, given = asked.blinded[purpose], answers[purpose]
        sent = [one.element for one in blinded]
        elements = oprf.check_proof(keys.keys[purpose], sent, given.elements, given.proof)
        tokens[purpose] = [
            Token(nonce, oprf.finalize(one, element))
            for nonce, one, element in zip(asked.nonces[purpose], blinded, elements, strict=True)
        ]
    return Pass(keys.keeper, keys.month, tokens["person"][0], tuple(tokens["ask"]))


def show(token: Token, month: str, bound: bytes) -> Shown:
    """A token shown for one thing (`bound`: see `for_pledge`, `for_question`)."""
    return Shown(_mac(token.output, bound), month, token.nonce)


def read_shown(value: object) -> Shown:
    """A token as it was shown. Raises FormatError."""
    body = shape.exactly(value, "mac", "month", "nonce")
    return Shown(
        b64.decode(shape.text(body["mac"]), 32),
        check_month(body["month"]),
        b64.decode(shape.text(body["nonce"]), NONCE),
    )


def for_pledge(pledge: str) -> bytes:
    """What a person's token is bound to when a pledge carries it."""
    return f"pledge\n{pledge}".encode()


def for_question(epoch: str, elements: Sequence[bytes]) -> bytes:
    """What an asking token is bound to: these very blinded names."""
    return f"question\n{check_name(epoch)}\n{hashes.hash_of(b''.join(elements))}".encode()


def _input(keys: PassKeys, purpose: Purpose, nonce: bytes) -> bytes:
    """What the function is asked: label, nonce, digest of the challenge, id of the key (RFC 9577, 2.2)."""
    challenge = hashes.sha256(keys.keeper.encode() + b"\n" + _context(purpose, keys.epoch, keys.month))
    return b"upstander/pass/v1\n" + nonce + challenge + hashes.sha256(keys.keys[purpose])


def _context(purpose: Purpose, epoch: str, month: str) -> bytes:
    return f"upstander/pass/v1\n{purpose}\n{epoch}\n{month}".encode()


def _mac(output: bytes, bound: bytes) -> bytes:
    return hmac.digest(output, b"upstander/pass-mac/v1\n" + bound, "sha256")
