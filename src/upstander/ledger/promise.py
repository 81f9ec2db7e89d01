"""A promise: the installation signs that an act will be in a published tree by a day (formats, section 7)."""

from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import days, ids, shape, statements
from upstander.formats.hashes import check_hash

DAYS = 2  # one beat of at most a day, and time zones


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised: `leaf` is the leaf's hash in hex, `log` the installation's id, `by` the last day."""

    act: str
    by: str
    day: str
    institution: str
    leaf: str
    log: str


def last_day(day: str) -> str:
    """The day until which the leaf of an act of this day must be in a published tree."""
    return (days.parse(day) + timedelta(days=DAYS)).isoformat()


def make_promise(  # noqa: PLR0917  (a promise has as many fields)
    act: str, day: str, institution: str, leaf: str, log: str, key: Ed25519PrivateKey
) -> str:
    """The statement; the same act gives the same bytes. Raises FormatError for values without such a form."""
    body = {
        "act": ids.check_id(act),
        "by": last_day(day),
        "day": day,
        "institution": institution,
        "leaf": check_hash(leaf),
        "log": log,
    }
    return statements.sign("promise", body, key)


def read_promise(text: str, sign: str) -> Promise:
    """The promise in a statement by the installation with this public key (b64). Raises FormatError."""
    return _read(statements.verify(text, "promise", sign))


def peek_promise(text: str) -> Promise:
    """As `read_promise`, with the signature NOT checked: only what somebody says was promised."""
    return _read(statements.peek(text, "promise"))


def _read(body: object) -> Promise:
    said = shape.exactly(body, "act", "by", "day", "institution", "leaf", "log")
    return Promise(
        act=ids.check_id(said["act"]),
        by=shape.day(said["by"]),
        day=shape.day(said["day"]),
        institution=shape.text(said["institution"]),
        leaf=check_hash(said["leaf"]),
        log=shape.text(said["log"]),
    )
