"""Passes: one for each member of staff, that says she may answer once and nothing about who she is.

A pass is a random number and the value of the issuing body's verifiable oblivious function (RFC 9497) at it.
She sends the number blinded, with her code; the body learns the code and nothing about the number. When the
pass is spent the body confirms it, and learns the number and nothing about the code: to it, any code could
have gone with any pass. The proof (DLEQ) shows that hers was made with the key of the notice, which is
everybody's. The shape is that of privately verifiable tokens (RFC 9578 section 5) with the suite keepers use
already.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from upstander.formats import base32, kinds
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of, sha256
from upstander.keepers import group, oprf
from upstander.keepers.errors import ProofError
from upstander.surveying.errors import PassError

NONCE, PROOF, KEY = 16, 16, 4  # bytes
CODE = 8  # bytes of a code: 64 bits, so that nobody guesses one
_LETTERS = 58  # of a pass
GROUP = 5


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass as it is shown to the server: `key` are four bytes that name the issuing key."""

    nonce: bytes = field(repr=False)
    proof: bytes = field(repr=False)
    key: bytes

    @property
    def text(self) -> str:
        """As it is carried: 58 letters and digits."""
        return base32.encode(self.nonce + self.proof + self.key)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a member of staff keeps while she asks; `element` (32 bytes) is all that is sent with the code."""

    nonce: bytes = field(repr=False)
    blinded: oprf.Blinded = field(repr=False)

    @property
    def element(self) -> bytes:
        """The blinded number."""
        return self.blinded.element


def question(wave: str, nonce: bytes) -> bytes:
    """What the function is asked."""
    return f"{kinds.header('survey-pass')}\n{wave}\n".encode() + nonce


def ask(wave: str) -> Asking:
    """A fresh number, blinded."""
    nonce = secrets.token_bytes(NONCE)
    return Asking(nonce, oprf.blind(question(wave, nonce)))


def issue(secret: group.Scalar, public: bytes, element: bytes) -> tuple[bytes, bytes]:
    """The answer to a blinded number, and its proof. Raises GroupError."""
    point = group.decode(element)
    evaluated = oprf.evaluate(secret, [point])[0].encode()
    return evaluated, oprf.prove(secret, public, [element], [evaluated], [point])


def finish(asking: Asking, public: bytes, evaluated: bytes, proof: bytes) -> Pass:
    """The pass. Raises PassError for an answer that was not made with this key."""
    try:
        points = oprf.check_proof(public, [asking.element], [evaluated], proof)
        output = oprf.finalize(asking.blinded, points[0])
    except (ProofError, FormatError):
        raise PassError("The answer was not made with the key of the notice. Do not use it.") from None
    return Pass(asking.nonce, output[:PROOF], key_name(public))


def read_pass(text: str) -> Pass:
    """A pass from what somebody carried or typed; spaces, hyphens and capitals do not matter."""
    letters = "".join(text.split()).replace("-", "").lower()
    try:
        data = base32.decode(letters, NONCE + PROOF + KEY)
    except FormatError:
        raise PassError(f"This is not a pass: it has {_LETTERS} letters and digits.") from None
    return Pass(data[:NONCE], data[NONCE : NONCE + PROOF], data[-KEY:])


def check(secret: group.Scalar, wave: str, shown: Pass) -> None:
    """Raises PassError for what was not issued with this key for this wave."""
    expected = oprf.evaluate_whole(secret, question(wave, shown.nonce))[:PROOF]
    if not hmac.compare_digest(expected, shown.proof):
        raise PassError("This pass is not one of this wave.")


def key_name(public: bytes) -> bytes:
    """Four bytes that name a key."""
    return sha256(public)[:KEY]


def spent_name(wave: str, nonce: bytes) -> str:
    """What is kept of a pass that was spent."""
    return hash_of(question(wave, nonce))


def new_code() -> str:
    """A code for one member of staff, in groups: what she shows to get her pass."""
    letters = base32.encode(secrets.token_bytes(CODE))
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def code_name(wave: str, code: str) -> str:
    """What the issuing body keeps of a code."""
    letters = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(f"{kinds.header('survey-code')}\n{wave}\n{letters}".encode()).hexdigest()
