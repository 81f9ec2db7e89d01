"""Epochs: which key a case is sealed to, from the reporter's first to the newest (formats, section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from upstander.formats import ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.sealing.signers import KnownKeys, Signer, verify_known

Scope = Literal["case", "sheet"]
SCOPES: tuple[Scope, ...] = ("case", "sheet")


@dataclass(frozen=True, slots=True)
class ListedEpoch:
    """An epoch as a server lists it, which proves nothing yet. `recipient` is an age recipient."""

    scope: str
    number: int
    recipient: str
    statement: str


@dataclass(frozen=True, slots=True)
class Epochs:
    """Checked epochs: age recipients by number, for the case and for the source sheet."""

    case: dict[int, str] = field(default_factory=dict)
    sheet: dict[int, str] = field(default_factory=dict)

    def of(self, scope: str) -> dict[int, str]:
        """Recipients of one scope."""
        return self.sheet if shape.one_of(scope, SCOPES) == "sheet" else self.case

    def newest(self, scope: str) -> tuple[int, str]:
        """Number and recipient of the newest epoch. Raises FormatError where there is none."""
        chain = self.of(scope)
        if not chain:
            raise FormatError("There is no such key in this case.")
        return len(chain), chain[len(chain)]


def make_epoch(
    *, case: str, scope: Scope, epoch: int, recipient: str, previous: str, by: Signer, day: str
) -> str:
    """An **epoch** statement. `recipient` and `previous` (empty in epoch 1) are age recipients."""
    body = {
        "by": by.key,
        "case": case,
        "day": day,
        "epoch": epoch,
        "previous": ids.fingerprint(previous) if previous else "",
        "recipient": ids.fingerprint(recipient),
        "scope": scope,
    }
    return statements.sign("epoch", body, by.signing)


def check_epochs(listed: Iterable[ListedEpoch], case: str, known: KnownKeys) -> Epochs:
    """Follows each scope from epoch 1, signed by the reporter, to the newest, each signed by a known handler.

    Raises FormatError at any break in the chain. That each signer held a grant of the epoch before cannot be
    seen from statements alone; the server's list of grants says so, and the log.
    """
    epochs = Epochs()
    for one in sorted(listed, key=lambda one: one.number):
        chain = epochs.of(one.scope)
        if one.number != len(chain) + 1:
            raise FormatError("An epoch of the case key is missing or there twice.")
        _check(one, case, known, chain.get(one.number - 1, ""))
        chain[one.number] = one.recipient
    return epochs


def _check(one: ListedEpoch, case: str, known: KnownKeys, previous: str) -> None:
    body = verify_known(one.statement, "epoch", known, "reporter" if one.number == 1 else "handler")
    shape.exactly(body, "by", "case", "day", "epoch", "previous", "recipient", "scope")
    shape.day(body["day"])
    if (body["case"], body["scope"], shape.count(body["epoch"], 1)) != (case, one.scope, one.number):
        raise FormatError("An epoch statement is about something else.")
    if body["recipient"] != ids.fingerprint(one.recipient):
        raise FormatError("An epoch names another recipient.")
    if body["previous"] != (ids.fingerprint(previous) if previous else ""):
        raise FormatError("An epoch does not follow the one before.")
