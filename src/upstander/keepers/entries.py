"""What a reporter says to the keepers about her pledge: entry, stop, withdrawal (keepers.md, section 6).

Each is a statement that names the pledge and is signed with its key; an entry is signed besides with the key
of every name it carries. Later versions replace earlier ones; nothing comes after a withdrawal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import canonical, shape, statements
from upstander.formats.errors import FormatError
from upstander.keepers.errors import NotSignedError, OtherPledgeError
from upstander.keepers.passes import Shown, read_shown
from upstander.keepers.pledges import After, Pledge
from upstander.keepers.tags import check_tags, sign_tags


@dataclass(frozen=True, slots=True)
class Entry:
    """The tags of a pledge, version by version from 1."""

    pledge: str
    tags: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, or its taking back (`stop` false); `by` is the key that signed, `number` counts up for it."""

    pledge: str
    by: str
    number: int
    stop: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """The pledge comes with a staff pass: a token of the keeper that is told so."""

    pledge: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The end of a pledge."""

    pledge: str


def make_entry(
    pledge: Pledge, keys: Iterable[Ed25519PrivateKey], version: int, day: str, by: Ed25519PrivateKey
) -> str:
    """An **entry** statement; `keys` are those of `tags.filled`, `by` the reporter's signing key."""
    tag_keys = list(keys)
    tags = sorted(statements.public_of(key) for key in tag_keys)
    signed = sign_tags(tag_keys, _tags_message(pledge.id, tags, version))
    body = {
        "day": day,
        "pledge": pledge.id,
        "signatures": [signed[tag] for tag in tags],
        "tags": tags,
        "version": version,
    }
    return statements.sign("entry", body, by)


def make_stop(pledge: Pledge, number: int, stop: bool, day: str, by: Ed25519PrivateKey) -> str:
    """A **stop** statement; `number` is one more than that of the last one by the same key."""
    body = {"day": day, "number": number, "pledge": pledge.id, "stop": stop}
    return statements.sign("stop", body, by)


def make_withdrawal(pledge: Pledge, day: str, by: Ed25519PrivateKey) -> str:
    """A **withdrawal** statement."""
    return statements.sign("withdrawal", {"day": day, "pledge": pledge.id}, by)


def make_passed(pledge: Pledge, shown: Shown, by: Ed25519PrivateKey) -> str:
    """A **passed** statement, for one keeper alone: `shown` is its token, bound to this pledge."""
    return statements.sign("passed", {"pass": shown.body(), "pledge": pledge.id}, by)


def read(text: str, pledge: Pledge) -> Entry | Stop | Passed | Withdrawal:
    """What a statement about this pledge says.

    Raises OtherPledgeError, NotSignedError, TagError, and FormatError for what is none of the four.
    """
    kind = text.split("/", 2)[1] if text.startswith("upstander/") else ""
    if kind == "entry":
        return _read_entry(text, pledge)
    if kind == "stop":
        return _read_stop(text, pledge)
    if kind == "passed":
        body = _verified(text, "passed", pledge, (pledge.verify,), "pass", "pledge")
        return Passed(pledge.id, read_shown(body["pass"]))
    if kind == "withdrawal":
        shape.day(_verified(text, "withdrawal", pledge, (pledge.verify,), "day", "pledge")["day"])
        return Withdrawal(pledge.id)
    raise FormatError("Expected an entry, a stop, a pass or a withdrawal.")


def _read_entry(text: str, pledge: Pledge) -> Entry:
    fields = ("day", "pledge", "signatures", "tags", "version")
    body = _verified(text, "entry", pledge, (pledge.verify,), *fields)
    shape.day(body["day"])
    version = shape.count(body["version"], 1)
    tags = [shape.text(one) for one in shape.items(body["tags"])]
    signatures = [shape.text(one) for one in shape.items(body["signatures"])]
    check_tags(tags, signatures, _tags_message(pledge.id, tags, version))
    return Entry(pledge.id, tuple(tags), version)


def _read_stop(text: str, pledge: Pledge) -> Stop:
    after = pledge.condition(After)
    overseer = (after.overseer,) if isinstance(after, After) and after.overseer else ()
    body = _verified(text, "stop", pledge, (pledge.verify, *overseer), "day", "number", "pledge", "stop")
    shape.day(body["day"])
    return Stop(pledge.id, body["by"], shape.count(body["number"], 1), shape.flag(body["stop"]))


def _verified(text: str, kind: str, pledge: Pledge, keys: Iterable[str], *fields: str) -> dict[str, Any]:
    """The body with `by`, the one of these keys that signed it."""
    if shape.exactly(statements.peek(text, kind), *fields)["pledge"] != pledge.id:
        raise OtherPledgeError
    for key in keys:
        try:
            return {**statements.verify(text, kind, key), "by": key}
        except FormatError:
            continue
    raise NotSignedError


def _tags_message(pledge: str, tags: list[str], version: int) -> bytes:
    body = canonical.encode({"pledge": pledge, "tags": tags, "version": version})
    return b"upstander/entry-tags/v1\n" + body
