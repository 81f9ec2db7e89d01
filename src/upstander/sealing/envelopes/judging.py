"""Judges a list of envelopes that came from a server nobody has to trust (formats, section 4).

Each envelope is judged in its place, in the order of the list, against what the reader knows by herself: the
keys she trusts, the epochs she has checked, the identities she holds. The first rule that applies decides:

1. `closed`: it is listed as of a kind and epoch none of her identities is for. No fault.
2. `forged`: it is listed without bytes, does not open with those identities, is not an envelope, breaks the
   table of who may write what to whom, or is not signed by a known key of the role it says.
3. `moved`: its case, kind or epoch is not the one it is listed under, or it is not sealed to exactly the
   recipients that its kind and epoch call for (as many stanzas, the same fingerprints).
4. `outsider`: it is signed by a known handler who does not hold the case key of its epoch.
5. `replayed`: its counter was met before in its line (author, kind, direction).
6. `reordered`: its counter is below one met before in its line.
7. `gap`: its counter is not the next in its line; `missing` says how many were skipped.

Whatever 5 to 7 say, `unknown-last` is added if the message it names is not listed before it. What is closed,
forged, moved or by an outsider counts in no line: it must not be able to hide anything, nor to cast doubt on
what is sound.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from upstander.formats import ids
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.sealing import age
from upstander.sealing.envelopes.envelope import Envelope, open_envelope, verify_envelope
from upstander.sealing.epochs import Epochs, Scope
from upstander.sealing.errors import SealingError
from upstander.sealing.signers import KnownKeys

Fault = Literal["closed", "forged", "moved", "outsider", "replayed", "reordered", "gap", "unknown-last"]


@dataclass(frozen=True, slots=True)
class Listed:
    """An envelope as the server lists it. Without `sealed` it is one this reader is not meant to open."""

    kind: str
    epoch: int
    sha256: str
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An identity the reader holds: of an epoch of the case or the sheet, or (epoch 0) the reporter's own."""

    scope: Literal["case", "sheet", "brief", "reporter"]
    epoch: int
    identity: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a reader knows by herself. `reporter` is the reporter's age recipient."""

    case: str
    known: KnownKeys
    epochs: Epochs
    reporter: str
    identities: Sequence[Held]


@dataclass(frozen=True, slots=True)
class Judged:
    """One envelope in its place. No `faults`: all is well. `missing` envelopes were skipped before it."""

    index: int
    sha256: str
    faults: tuple[Fault, ...] = ()
    missing: int = 0
    envelope: Envelope | None = None  # none where it is closed or forged


def judge(items: Iterable[Listed], reader: Reader) -> list[Judged]:
    """Judges every envelope in the order of the list. Raises nothing, and leaves none out."""
    lines: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    before: set[str] = set()
    judged = []
    for index, item in enumerate(items):
        sha256 = item.sha256 if item.sealed is None else hash_of(item.sealed)
        faults, missing, envelope = _judge_one(item, reader, lines, before)
        judged.append(Judged(index, sha256, tuple(faults), missing, envelope))
        before.add(sha256)
    return judged


def next_place(judged: Iterable[Judged], author: str, kind: str) -> tuple[int, str]:
    """The counter for the author's next envelope of this kind, and the `last` message to name in it."""
    counter, last = 1, ""
    for one in judged:
        if one.envelope is None or {"moved", "outsider"} & set(one.faults):
            continue
        if one.envelope.author == author and one.envelope.kind == kind:
            counter = max(counter, one.envelope.counter + 1)
        if one.envelope.kind == "message":
            last = one.sha256
    return counter, last


def recipients_of(kind: str, epoch: int, epochs: Epochs, reporter: str) -> list[str]:
    """The age recipients an envelope of this kind and epoch is sealed to; none if there is no such epoch."""
    if kind == "record":
        return [reporter] if epoch == 0 else []
    recipient = epochs.of(scope_of(kind)).get(epoch)
    if recipient is None:
        return []
    return [recipient, reporter] if kind == "message" else [recipient]


def _judge_one(
    item: Listed, reader: Reader, lines: dict[tuple[str, str, str], set[int]], before: set[str]
) -> tuple[list[Fault], int, Envelope | None]:
    identities = [held.identity for held in reader.identities if _is_for(held, item)]
    if not identities:
        return ["closed"], 0, None
    if item.sealed is None:  # she should have been given it
        return ["forged"], 0, None
    try:
        envelope = open_envelope(item.sealed, identities)
        verify_envelope(envelope, reader.known)
    except (SealingError, FormatError):
        return ["forged"], 0, None
    if _is_moved(item, item.sealed, envelope, reader):
        return ["moved"], 0, envelope
    if envelope.role == "handler" and envelope.author not in reader.epochs.holders(
        scope_of(envelope.kind), envelope.epoch
    ):
        return ["outsider"], 0, envelope
    faults, missing = _place(envelope, lines[envelope.author, envelope.kind, envelope.direction])
    if envelope.last and envelope.last not in before:
        faults.append("unknown-last")
    return faults, missing, envelope


def _is_for(held: Held, item: Listed) -> bool:
    """Whether this identity should open an envelope listed like this: the list says what to try, no more."""
    if held.scope == "reporter":
        return item.kind in ("message", "record")
    return item.kind != "record" and (held.scope, held.epoch) == (scope_of(item.kind), item.epoch)


def scope_of(kind: str) -> Scope:
    """Whose key an envelope of this kind is sealed to."""
    if kind == "sheet":
        return "sheet"
    return "brief" if kind in ("brief", "work") else "case"


def _is_moved(item: Listed, sealed: bytes, envelope: Envelope, reader: Reader) -> bool:
    expected = recipients_of(envelope.kind, envelope.epoch, reader.epochs, reader.reporter)
    return (
        (envelope.case, envelope.kind, envelope.epoch) != (reader.case, item.kind, item.epoch)
        or age.inspect(sealed).stanzas != len(expected)
        or envelope.recipients != tuple(sorted(ids.fingerprint(one) for one in expected))
    )


def _place(envelope: Envelope, met: set[int]) -> tuple[list[Fault], int]:
    """Where an envelope stands in its line, and how many were skipped; adds it to the line."""
    counter, highest = envelope.counter, max(met, default=0)
    is_replay = counter in met
    met.add(counter)
    if is_replay:
        return ["replayed"], 0
    if counter < highest:
        return ["reordered"], 0
    missing = counter - highest - 1
    return (["gap"] if missing else []), missing
