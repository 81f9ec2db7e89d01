"""Whether a promise was kept, asked of a mirror: found, not yet due, or provably broken."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from upstander.ledger.audit import Audited
from upstander.ledger.errors import LedgerError, NotYetError
from upstander.ledger.leaf import Leaf
from upstander.ledger.policy import Policy
from upstander.ledger.promise import Promise


class BrokenPromiseError(LedgerError):
    """The installation promised that an act would be in the log by a day, and it is not."""


@dataclass(slots=True)
class Looking:
    """Looks for one leaf (hash, 32 bytes); give it to an audit as its visitor."""

    leaf: bytes
    found: int | None = field(default=None)

    def __call__(self, index: int, _leaf: Leaf, leaf_hash: bytes) -> None:
        """One leaf."""
        if leaf_hash == self.leaf and self.found is None:
            self.found = index


def known_until(audited: Audited, policy: Policy) -> tuple[str, bool]:
    """The last day (UTC) of which this mirror knows what was in the log, and whether witnesses say so.

    That is the day until which enough witnesses signed; without them the day on which the mirror last looked.
    """
    signed = audited.examined.signed
    for time in sorted(set(signed.values()), reverse=True):
        if policy.satisfied([name for name, at in signed.items() if at >= time]):
            return datetime.fromtimestamp(time, UTC).date().isoformat(), True
    return audited.read, False


def judge(promise: Promise, looked: Iterable[tuple[Looking, Audited]], policy: Policy) -> str:
    """In which log the promised leaf is, as a sentence; `looked` has all generations of the log.

    Raises BrokenPromiseError when the promise's day is over, NotYetError when the mirror does not reach so
    far.
    """
    last: Audited | None = None
    for looking, audited in looked:
        if looking.found is not None:
            return f"It is entry {looking.found} of {audited.head.origin}."
        last = audited
    if last is None:
        raise LedgerError("The mirror has no log of this installation.")
    until, witnessed = known_until(last, policy)
    if until <= promise.by:
        raise NotYetError(
            f"It is not in the log yet, and has to be by {promise.by}; this mirror ends on {until}."
        )
    who = "witnesses signed" if witnessed else "this mirror saw, by its own clock,"
    raise BrokenPromiseError(
        f"The promise is broken. The installation signed that leaf {promise.leaf} would be in its log by"
        f" {promise.by}; it is in no tree up to {last.head.size} entries of {last.head.origin},"
        f" which {who} on {until}. The receipt and this mirror together are the proof."
    )
