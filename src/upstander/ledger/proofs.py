"""A proof that an entry is in a log, checked without the log (C2SP tlog-proof)."""

from collections.abc import Sequence
from dataclasses import dataclass

from upstander.ledger.checkpoint import number
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import LONGEST, verify_inclusion
from upstander.ledger.notes import LARGEST as LARGEST_NOTE
from upstander.ledger.notes import b64std, parse_note, unb64std
from upstander.ledger.policy import Examined, Policy, check

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST = 2 * LARGEST_NOTE  # characters


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry is, the path from it, and the whole note of the checkpoint the path leads to.

    `extra` is covered by nothing; Upstander writes none.
    """

    index: int
    path: Sequence[bytes]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        """As a text (tlog-proof, "Format")."""
        extra = [f"extra {b64std(self.extra)}"] if self.extra else []
        lines = [HEADER, *extra, f"index {self.index}", *map(b64std, self.path), "", ""]
        return "\n".join(lines) + self.checkpoint


def parse_proof(text: str) -> Proof:
    """A proof whose form is right; nothing in it is verified. Raises LedgerError."""
    if len(text) > LARGEST:
        raise LedgerError(f"A proof has at most {LARGEST} characters.")
    head, found, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not found or lines.pop(0) != HEADER:
        raise LedgerError(f"A proof begins with {HEADER} and has an empty line before the checkpoint.")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = unb64std(lines.pop(0).removeprefix("extra "), what="The extra line of the proof")
        if not extra:
            raise LedgerError("The extra line of the proof is empty.")
    if not lines or not lines[0].startswith("index "):
        raise LedgerError("The proof does not say the index of its entry.")
    index = number(lines.pop(0).removeprefix("index "), "The index of the entry")
    if len(lines) > LONGEST:
        raise LedgerError(f"A path is at most {LONGEST} hashes long.")
    path = [unb64std(line, 32, f"Hash {place} of the path") for place, line in enumerate(lines, start=1)]
    parse_note(checkpoint)
    return Proof(index, tuple(path), checkpoint, extra)


def verify_proof(proof: Proof, leaf: bytes, policy: Policy) -> Examined:
    """Raises LedgerError unless the leaf with this hash is in a log of the policy, seen by enough witnesses.

    tlog-proof, "Verifying a tlog proof". Answers the checkpoint and who signed it when.
    """
    examined = check(policy, proof.checkpoint)
    head = examined.checkpoint
    verify_inclusion(index=proof.index, size=head.size, leaf=leaf, path=proof.path, root=head.root)
    return examined
