"""Is the authority in the public log? Read from saved proofs, one for each case, without any server."""

from collections.abc import Sequence
from dataclasses import dataclass

from upstander.fingerprints.authority import Authority
from upstander.fingerprints.errors import FingerprintError
from upstander.ledger.errors import LedgerError, NotYetError
from upstander.ledger.policy import Policy
from upstander.ledger.receipt import Receipt, read_receipt, verify_receipt

ALONE = "Judged by the keys that came along with the proof, which vouch for themselves."


@dataclass(frozen=True, slots=True)
class Record:
    """What the proofs show: the installation's key (b64), a sentence a case, and whether all have a place."""

    sign: str
    words: tuple[str, ...]
    proven: bool


def read_record(
    files: Sequence[bytes], authority: Authority, policy: Policy | None = None, sign: str = ""
) -> Record:
    """What saved proofs say about this authority. `policy` and `sign` are known from elsewhere, or not.

    Raises FingerprintError where a case of the authority has no proof, or one does not hold. A proof that has
    the promise but no place in the log yet is no error: `proven` is false then.
    """
    found: dict[str, tuple[str, bool]] = {}
    signs = set()
    for data in files:
        receipt = _receipt(data, authority, sign)
        signs.add(receipt.policy.sign)
        case, looked = str(receipt.fields["case"]), _looked(receipt, policy or receipt.policy.policy)
        if (
            case not in found or looked[1]
        ):  # an older one, saved before the leaf had its place, takes nothing away
            found[case] = looked
    missing = [case for case in authority.cases if case not in found]
    if missing:
        raise FingerprintError(
            "Nothing shows that this authority was recorded in case "
            f"{', '.join(missing)}. Record it at the desk, save the proof there, and give it with --proof."
        )
    if len(signs) > 1:
        raise FingerprintError("These proofs are from more than one installation.")
    words = tuple(f"Case {case}: {said}" for case, (said, _) in sorted(found.items()))
    alone = () if policy is not None else (ALONE,)
    return Record(signs.pop(), (*words, *alone), all(proven for _, proven in found.values()))


def _receipt(data: bytes, authority: Authority, sign: str) -> Receipt:
    try:
        receipt = read_receipt(data, sign)
    except LedgerError as error:
        raise FingerprintError(f"A proof does not hold: {error}") from None
    fields = receipt.fields
    if fields["kind"] != "bank" or fields["use"] != "authorised":
        raise FingerprintError("A proof is about something else than an authority for a search.")
    if fields["document"] != authority.sha256 or fields["case"] not in authority.cases:
        raise FingerprintError(
            "A proof is about another authority, or about a case that this one does not name."
        )
    return receipt


def _looked(receipt: Receipt, policy: Policy) -> tuple[str, bool]:
    try:
        examined = verify_receipt(receipt, policy)
    except NotYetError:
        return f"promised to be in the log by {receipt.promise.by}; not shown to be there yet.", False
    except LedgerError as error:
        raise FingerprintError(f"A proof does not hold: {error}") from None
    head = examined.checkpoint
    assert receipt.proof is not None
    seen = ", ".join(sorted(examined.signed)) or "no witness"
    return f"entry {receipt.proof.index:,} of {head.size:,} in {head.origin}, signed by {seen}.", True
