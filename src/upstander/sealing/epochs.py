"""Epochs: which key a case is sealed to and who holds it, from the first to the newest (formats, section 3).

An epoch names those it is sealed to. Whoever is let in later is named by an `admit`, which only somebody who
has the epoch's identity can sign. So a reader sees from statements alone who holds a key, and takes the next
one from nobody else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hkdf
from upstander.sealing import age
from upstander.sealing.signers import KnownKeys, Signer, verify_known

# `brief`: the investigator's version and the work on it, a key of its own that handlers begin.
Scope = Literal["case", "sheet", "brief"]
SCOPES: tuple[Scope, ...] = ("case", "sheet", "brief")  # in the order in which they are checked
_FIELDS = ("by", "case", "day", "epoch", "holders", "previous", "recipient", "scope", "sign")


@dataclass(frozen=True, slots=True)
class ListedEpoch:
    """An epoch as a server lists it, which proves nothing yet. `recipient` is an age recipient."""

    scope: str
    number: int
    recipient: str
    statement: str


@dataclass(frozen=True, slots=True)
class Epochs:
    """Checked epochs by number, for each scope: age recipients, and key ids of who holds each."""

    case: dict[int, str] = field(default_factory=dict)
    sheet: dict[int, str] = field(default_factory=dict)
    brief: dict[int, str] = field(default_factory=dict)
    held: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)

    def of(self, scope: str) -> dict[int, str]:
        """Recipients of one scope."""
        chain: dict[int, str] = getattr(self, shape.one_of(scope, SCOPES))
        return chain

    def newest(self, scope: str) -> tuple[int, str]:
        """Number and recipient of the newest epoch. Raises FormatError where there is none."""
        chain = self.of(scope)
        if not chain:
            raise FormatError("There is no such key in this case.")
        return len(chain), chain[len(chain)]

    def holders(self, scope: str, number: int) -> frozenset[str]:
        """Key ids of everybody this epoch was sealed to, custodians included. None for an unknown epoch."""
        return self.held.get((scope, number), frozenset())

    def ever(self, scope: str) -> frozenset[str]:
        """Key ids of everybody who ever held a key of this scope."""
        return frozenset().union(*(keys for (of, _), keys in self.held.items() if of == scope))


def is_added(scope: str, number: int) -> bool:
    """Whether handlers made this epoch in an act of theirs: not the first of case and of sheet."""
    return number > 1 or scope == "brief"


def signing_of(identity: str) -> Ed25519PrivateKey:
    """The key by which whoever has an epoch's identity shows it: Ed25519, from the seed by HKDF-SHA256."""
    return Ed25519PrivateKey.from_private_bytes(hkdf(age.seed_of(identity), "upstander/epoch-sign/v1", 32))


def make_epoch(
    *,
    case: str,
    scope: Scope,
    epoch: int,
    identity: str,
    previous: str,
    holders: Collection[str],
    by: Signer,
    day: str,
) -> str:
    """An **epoch** statement. `previous` (empty in epoch 1) is an age recipient, `holders` are key ids."""
    body = {
        "by": by.key,
        "case": case,
        "day": day,
        "epoch": epoch,
        "holders": sorted(set(holders)),
        "previous": ids.fingerprint(previous) if previous else "",
        "recipient": ids.fingerprint(age.recipient_of(identity)),
        "scope": scope,
        "sign": statements.public_of(signing_of(identity)),
    }
    return statements.sign("epoch", body, by.signing)


def make_admit(*, case: str, scope: Scope, epoch: int, identity: str, to: str, day: str) -> str:
    """An **admit** statement: the key `to` holds this epoch from now on. Signed by the epoch's own key."""
    body = {"case": case, "day": day, "epoch": epoch, "scope": scope, "to": to}
    return statements.sign("admit", body, signing_of(identity))


def check_epochs(listed: Iterable[ListedEpoch], admits: Iterable[str], case: str, known: KnownKeys) -> Epochs:
    """Follows each scope from the reporter's epoch 1 to the newest, each signed by a holder of the last.

    Scope `brief` begins with somebody who holds the case, for people who do.

    Raises FormatError at any break: an epoch by or for somebody who does not hold the one before; an admit
    that is not signed by its epoch's own key, or is for a key this case never had.
    """
    epochs, let_in = Epochs(), _by_epoch(admits)
    for one in sorted(listed, key=lambda one: (SCOPES.index(shape.one_of(one.scope, SCOPES)), one.number)):
        chain = epochs.of(one.scope)
        if one.number != len(chain) + 1:
            raise FormatError("An epoch of the case key is missing or there twice.")
        body = _check(one, case, known, chain.get(one.number - 1, ""))
        holders = {ids.check_id(key) for key in shape.sorted_texts(body["holders"])}
        if one.number > 1:
            _check_holders(body["by"], holders, epochs.holders(one.scope, one.number - 1))
        elif one.scope == "brief":
            _check_holders(body["by"], holders, epochs.ever("case"))
        for text in let_in.pop((one.scope, one.number), ()):
            holders.add(_admitted(text, case, shape.text(body["sign"])))
        epochs.held[one.scope, one.number] = frozenset(holders)
        chain[one.number] = one.recipient
    if let_in:
        raise FormatError("Somebody was let in to a key that this case never had.")
    return epochs


def _by_epoch(admits: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    """Admits by the epoch they say they are for: nothing in them is believed yet."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for text in admits:
        body = statements.peek(text, "admit")
        found[shape.text(body.get("scope")), shape.count(body.get("epoch"), 1)].append(text)
    return dict(found)


def _check(one: ListedEpoch, case: str, known: KnownKeys, previous: str) -> dict[str, Any]:
    body = verify_known(
        one.statement, "epoch", known, "handler" if is_added(one.scope, one.number) else "reporter"
    )
    shape.exactly(body, *_FIELDS)
    shape.day(body["day"])
    b64.decode(shape.text(body["sign"]), 32)
    if (body["case"], body["scope"], shape.count(body["epoch"], 1)) != (case, one.scope, one.number):
        raise FormatError("An epoch statement is about something else.")
    if body["recipient"] != ids.fingerprint(one.recipient):
        raise FormatError("An epoch names another recipient.")
    if body["previous"] != (ids.fingerprint(previous) if previous else ""):
        raise FormatError("An epoch does not follow the one before.")
    return body


def _check_holders(by: str, holders: Collection[str], before: frozenset[str]) -> None:
    if by not in before:
        raise FormatError("A key of the case was made by somebody who did not hold the one before.")
    if not before.issuperset(holders):
        raise FormatError("A key of the case goes to somebody who did not hold the one before.")


def _admitted(text: str, case: str, sign: str) -> str:
    """Whom an admit lets in. Its scope and epoch have led to `sign`; signature and case are checked here."""
    body = shape.exactly(statements.verify(text, "admit", sign), "case", "day", "epoch", "scope", "to")
    shape.day(body["day"])
    if body["case"] != case:
        raise FormatError("Somebody was let in to another case.")
    return ids.check_id(body["to"])
