"""Grants: a case key sealed to one person. Having one *is* having access (formats, section 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from upstander.formats import b64, ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.epochs import (
    SCOPES,
    Epochs,
    ListedEpoch,
    Scope,
    check_epochs,
    make_admit,
    make_epoch,
)
from upstander.sealing.errors import SealingError
from upstander.sealing.signers import KnownKeys, ReporterKeys, Signer, verify_known

__all__ = [
    "Epochs",
    "Grant",
    "ListedEpoch",
    "check_epochs",
    "make_admit",
    "make_epoch",
    "make_grant",
    "open_grant",
]

GrantRole = Literal["reporter", "handler", "custodian"]
_ROLES: tuple[GrantRole, ...] = ("reporter", "handler", "custodian")
_FIELDS = ("by", "case", "day", "epoch", "identity", "log", "reporter", "role", "scope", "to")


@dataclass(frozen=True, slots=True)
class Grant:
    """An opened grant. `log` is the log secret, empty in scope `sheet`; `role` what the signer was."""

    by: str
    role: str
    case: str
    scope: str
    epoch: int
    day: str
    to: str
    identity: str = field(repr=False)
    log: bytes = field(repr=False)


def make_grant(
    *,
    case: str,
    scope: Scope,
    epoch: int,
    identity: str,
    log: bytes,
    reporter: ReporterKeys,
    by: Signer,
    role: GrantRole,
    to_key: str,
    to_seal: str,
    day: str,
) -> bytes:
    """A grant of the case's `identity` to the key `to_key`, sealed to its age recipient `to_seal`."""
    body = {
        "by": by.key,
        "case": case,
        "day": day,
        "epoch": epoch,
        "identity": identity,
        "log": "" if scope == "sheet" else b64.encode(log),
        "reporter": {"seal": ids.fingerprint(reporter.seal), "sign": reporter.sign},
        "role": role,
        "scope": scope,
        "to": to_key,
    }
    return age.seal(statements.sign("grant", body, by.signing).encode(), [to_seal])


def open_grant(
    sealed: bytes,
    identities: str | Sequence[str],
    *,
    case: str,
    scope: Scope,
    epoch: int,
    recipient: str,
    to: str,
    reporter: ReporterKeys,
    known: KnownKeys,
) -> Grant:
    """Opens a grant and checks who gave it and what it is for.

    `recipient` is the age recipient of that epoch (from `check_epochs`); `known` holds the reporter's key and
    those of all handlers on the card. Raises SealingError if it does not open or its identity is not the
    epoch's, FormatError if it is signed by somebody else or is for something else.
    """
    try:
        text = age.open_(sealed, [identities] if isinstance(identities, str) else identities).decode()
    except UnicodeDecodeError:
        raise FormatError("These bytes are not UTF-8 text.") from None
    role = shape.one_of(statements.peek(text, "grant").get("role"), _ROLES)
    body = verify_known(text, "grant", known, "reporter" if role == "reporter" else "handler")
    shape.exactly(body, *_FIELDS)
    said = (body["case"], body["scope"], shape.count(body["epoch"], 1), body["to"], body["reporter"])
    wanted = {"seal": ids.fingerprint(reporter.seal), "sign": reporter.sign}
    if said != (case, scope, epoch, to, wanted):
        raise FormatError("This grant is for something else.")
    identity = shape.text(body["identity"])
    if age.recipient_of(identity) != recipient:
        raise SealingError("The key in this grant is not the case's.")
    return Grant(
        by=body["by"],
        role=role,
        case=case,
        scope=shape.one_of(scope, SCOPES),
        epoch=epoch,
        day=shape.day(body["day"]),
        to=to,
        identity=identity,
        log=b64.decode(shape.text(body["log"]), 0 if scope == "sheet" else 32),
    )
