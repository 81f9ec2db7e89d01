"""Makes and opens one envelope: signed inside the seal, padded to a bucket (formats, section 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from upstander.formats import hashes, ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.padding import pad, unpad
from upstander.sealing.signers import KnownKeys, Role, Signer

Kind = Literal["report", "sheet", "message", "note", "record", "brief", "work"]
Direction = Literal["to-desk", "to-reporter", "desk", "self"]

ALLOWED: dict[tuple[Kind, Role], Direction] = {
    ("report", "reporter"): "to-desk",
    ("sheet", "reporter"): "to-desk",
    ("message", "reporter"): "to-desk",
    ("message", "handler"): "to-reporter",
    ("note", "handler"): "desk",
    ("record", "reporter"): "self",
    ("brief", "handler"): "desk",
    ("work", "handler"): "desk",
}
_FIELDS = frozenset(
    ("author", "body", "case", "counter", "day", "direction", "epoch", "kind", "last", "recipients", "role")
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an opened envelope says. `last` is a hash or empty, `recipients` are sorted fingerprints."""

    author: str
    role: str
    kind: str
    direction: str
    case: str
    epoch: int
    counter: int
    last: str
    day: str
    recipients: tuple[str, ...]
    body: Mapping[str, Any] = field(repr=False)
    statement: str = field(repr=False)  # the signed text all of the above is read from


def seal_envelope(
    body: Mapping[str, Any],
    *,
    kind: Kind,
    case: str,
    author: Signer,
    role: Role,
    direction: Direction,
    counter: int,
    day: str,
    epoch: int,
    last: str,
    recipients: Sequence[str],
) -> bytes:
    """Signs, pads and seals. `recipients` are age recipients; `epoch` is 0 in a private record.

    Raises FormatError for what no reader would accept, and above 4 MiB.
    """
    fields = {
        "author": author.key,
        "body": dict(body),
        "case": case,
        "counter": counter,
        "day": day,
        "direction": direction,
        "epoch": epoch,
        "kind": kind,
        "last": last,
        "recipients": sorted(ids.fingerprint(recipient) for recipient in recipients),
        "role": role,
    }
    text = statements.sign("envelope", fields, author.signing)
    _read(text)
    return age.seal(pad(text.encode()), recipients)


def open_envelope(sealed: bytes, identities: str | Sequence[str]) -> Envelope:
    """Opens and reads an envelope. The signature is NOT checked yet: `verify_envelope` and `judge` do.

    Raises SealingError if it does not open, FormatError if it holds anything but an envelope.
    """
    padded = age.open_(sealed, [identities] if isinstance(identities, str) else identities)
    try:
        return _read(unpad(padded).decode())
    except UnicodeDecodeError:
        raise FormatError("These bytes are not UTF-8 text.") from None


def read_envelope(statement: str) -> Envelope:
    """The envelope in its statement, as a case file carries it. The signature is NOT checked yet.

    Raises FormatError.
    """
    return _read(statement)


def verify_envelope(envelope: Envelope, known: KnownKeys) -> None:
    """Raises FormatError unless it is signed by its author, who is known and has the role it says."""
    author = known.get(envelope.author)
    if author is None:
        raise FormatError("The author is not known.")
    if author.role != envelope.role:
        raise FormatError("The author is not what the envelope says.")
    statements.verify(envelope.statement, "envelope", author.sign)


def _read(text: str) -> Envelope:
    fields = shape.exactly(statements.peek(text, "envelope"), *_FIELDS)
    if not isinstance(fields["body"], dict):
        raise FormatError("Expected an object.")
    if (last := fields["last"]) != "":
        hashes.check_hash(last)
    kind, role, direction = (shape.text(fields[name]) for name in ("kind", "role", "direction"))
    if (kind, role, direction) not in {(*pair, way) for pair, way in ALLOWED.items()}:
        raise FormatError("This author may not write this in this direction.")
    return Envelope(
        author=ids.check_id(fields["author"]),
        role=role,
        kind=kind,
        direction=direction,
        case=ids.check_id(fields["case"]),
        epoch=shape.count(fields["epoch"]),
        counter=shape.count(fields["counter"], 1),
        last=last,
        day=shape.day(fields["day"]),
        recipients=shape.sorted_texts(fields["recipients"]),
        body=fields["body"],
        statement=text,
    )
