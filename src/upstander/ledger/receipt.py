"""A saved receipt: everything that shows, offline and years later, that an act was taken and is in the log.

The act's fields and salt, its leaf, the installation's promise, the proof that the leaf is in a tree, and the
statement about the logs. Nothing in it identifies anybody; who holds it knows one act.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upstander.formats import b64, canonical, shape
from upstander.formats.errors import FormatError
from upstander.ledger import leaf as leaves
from upstander.ledger.checkpoint import split_origin
from upstander.ledger.errors import LedgerError, NotYetError
from upstander.ledger.logpolicy import LogPolicy, read_log_policy
from upstander.ledger.policy import Examined, Policy
from upstander.ledger.promise import Promise, read_promise
from upstander.ledger.proofs import Proof, parse_proof, verify_proof

FORMAT = "upstander/proof/v1"
LARGEST = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt whose parts fit each other, with the promise's signature verified.

    `proof` is None where the leaf had no place in a published tree yet. `policy` is what the file itself says
    about the logs: it vouches for itself alone.
    """

    fields: Mapping[str, Any]
    leaf: leaves.Leaf
    promise: Promise
    promise_text: str
    proof: Proof | None
    policy: LogPolicy


def make_receipt(
    *, fields: Mapping[str, Any], salt: bytes, leaf: leaves.Leaf, promise: str, proof: str, policy: str
) -> bytes:
    """The file. `fields` is the digest object, with its kind; `proof` is empty where there is none yet."""
    body: dict[str, canonical.JSON] = {
        "fields": dict(fields),
        "format": FORMAT,
        "leaf": leaf.body(),
        "policy": policy,
        "promise": promise,
        "salt": b64.encode(salt),
        "tlog_proof": proof,
    }
    return canonical.encode(body) + b"\n"


def read_receipt(data: bytes, sign: str = "") -> Receipt:
    """The receipt in a file. Raises LedgerError, which says which part of it does not hold.

    `sign` is the installation's public key (b64) where it is known from elsewhere. The proof of inclusion is
    parsed here and verified by `verify_receipt`.
    """
    if len(data) > LARGEST or not data.endswith(b"\n"):
        raise LedgerError("This is not a receipt, or it was cut short.")
    try:
        body = canonical.decode_object(data[:-1])
        said = shape.exactly(body, "fields", "format", "leaf", "policy", "promise", "salt", "tlog_proof")
        if said["format"] != FORMAT:
            raise LedgerError("This file is not a receipt of a version that Upstander knows.")
        policy = read_log_policy(shape.text(said["policy"]), sign)
        promise_text = shape.text(said["promise"])
        promise = read_promise(promise_text, policy.sign)
        leaf = leaves.leaf_of(said["leaf"])
        fields = dict(shape.exactly(said["fields"], *dict(said["fields"])))
        _check_commitment(leaf, fields, b64.decode(shape.text(said["salt"]), 32))
        text = shape.text(said["tlog_proof"])
    except LedgerError:
        raise
    except (FormatError, TypeError, ValueError) as error:
        raise LedgerError(f"The receipt: {error}") from None
    if (promise.leaf, promise.day) != (leaf.hash.hex(), leaf.day):
        raise LedgerError("The promise in the receipt is about another leaf.")
    if promise.log != policy.installation:
        raise LedgerError("The promise in the receipt is by another installation.")
    return Receipt(fields, leaf, promise, promise_text, parse_proof(text) if text else None, policy)


def verify_receipt(receipt: Receipt, policy: Policy) -> Examined:
    """Raises LedgerError unless the leaf is in one of the installation's logs, seen as this policy wants."""
    if receipt.proof is None:
        raise NotYetError(
            f"The receipt has the promise, but no proof yet. It has to be in the log by {receipt.promise.by}."
        )
    examined = verify_proof(receipt.proof, receipt.leaf.hash, policy)
    if split_origin(examined.checkpoint.origin)[0] != receipt.promise.log:
        raise LedgerError("The proof in the receipt is from another installation's log.")
    return examined


def _check_commitment(leaf: leaves.Leaf, fields: dict[str, Any], salt: bytes) -> None:
    kind = shape.text(fields.pop("kind", None))
    if leaf.shown not in leaves.shown_kinds(kind):
        raise LedgerError(f"An act of kind {kind[:40]} has no leaf that shows {leaf.shown}.")
    if leaves.commitment(salt, leaves.digest(kind, **fields)) != leaf.commitment:
        raise LedgerError("The leaf in the receipt commits to another act.")
    fields["kind"] = kind
