"""A pledge: what a reporter left with the keepers, and may never change (keepers.md, section 5).

Its id is the hash of everything here. What can change (tags, a stop, the end) comes in statements that name
the id and are signed with `verify`, the reporter's key in the case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from upstander.formats import b64, canonical, days, hashes, ids, shape
from upstander.formats.errors import FormatError
from upstander.keepers.errors import PolicyError

Who = Literal["anyone", "passes"]
LEAST, MOST = 2, 5  # people in a match


@dataclass(frozen=True, slots=True)
class Match:
    """Release once `k` different people have named the same person, this reporter among them."""

    k: int
    who: Who = "anyone"


@dataclass(frozen=True, slots=True)
class After:
    """Release from `day` on, unless the reporter, or `overseer` (a key as b64, or empty), said stop."""

    day: str
    overseer: str = ""


Condition: TypeAlias = Match | After


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Who receives: a channel, and who of it may fetch.

    `readers` are signing keys (b64) of handlers for whom there are grants, and key ids of its custodian, who
    has no signing key.
    """

    channel: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pledge:
    """What does not change. `lock` is a fingerprint, `parcel` and `shares` (by keeper) are hashes."""

    beneficiary: Beneficiary
    conditions: tuple[Condition, ...]
    epoch: str
    expires: str
    lock: str
    needs: int
    parcel: str
    shares: Mapping[str, str]
    verify: str

    @property
    def id(self) -> str:
        """The hash that names it."""
        return hashes.hash_of(b"upstander/pledge/v1\n" + canonical.encode(self.body()))

    def body(self) -> dict[str, Any]:
        """As it is written."""
        return {
            "beneficiary": {
                "channel": self.beneficiary.channel,
                "readers": list(self.beneficiary.readers),
            },
            "conditions": [_condition_body(one) for one in self.conditions],
            "epoch": self.epoch,
            "expires": self.expires,
            "lock": self.lock,
            "needs": self.needs,
            "parcel": self.parcel,
            "shares": dict(self.shares),
            "verify": self.verify,
        }

    def condition(self, kind: type[Condition]) -> Condition | None:
        """Its condition of this kind, if it has one."""
        return next((one for one in self.conditions if isinstance(one, kind)), None)


def read_pledge(value: object) -> Pledge:
    """A pledge as it was written. Raises FormatError."""
    names = ("beneficiary", "conditions", "epoch", "expires", "lock", "needs", "parcel", "shares", "verify")
    body = shape.exactly(value, *names)
    to = shape.exactly(body["beneficiary"], "channel", "readers")
    if not isinstance(body["shares"], dict):
        raise FormatError("Expected an object.")
    pledge = Pledge(
        beneficiary=Beneficiary(ids.check_id(to["channel"]), shape.sorted_texts(to["readers"])),
        conditions=tuple(_condition(one) for one in shape.items(body["conditions"])),
        epoch=check_name(body["epoch"]),
        expires=shape.day(body["expires"]),
        lock=ids.check_id(body["lock"]),
        needs=shape.count(body["needs"], 2),
        parcel=hashes.check_hash(body["parcel"]),
        shares={check_name(name): hashes.check_hash(one) for name, one in body["shares"].items()},
        verify=shape.text(body["verify"]),
    )
    for key in (pledge.verify, *pledge.beneficiary.readers):
        if key == pledge.verify or not ids.is_id(key):
            b64.decode(key, 32)
    kinds = [type(one).__name__ for one in pledge.conditions]
    if kinds != sorted(set(kinds)):
        raise FormatError("A pledge has at most one condition of each kind, in order.")
    if not pledge.beneficiary.readers and pledge.conditions:
        raise FormatError("A pledge that can be released needs somebody who may read it.")
    return pledge


def check_policy(pledge: Pledge, today: date, *, least: int, years: int) -> None:
    """Raises PolicyError for fewer people than `least`, a day after its end, or an end not within `years`."""
    check_end(pledge, today, years=years)
    end = days.parse(pledge.expires)
    for one in pledge.conditions:
        if isinstance(one, Match) and not max(least, LEAST) <= one.k <= MOST:
            raise PolicyError(f"A match takes {max(least, LEAST)} to {MOST} people.")
        if isinstance(one, After) and days.parse(one.day) > end:
            raise PolicyError("The day is after the pledge's end.")


def check_end(pledge: Pledge, today: date, *, years: int) -> None:
    """Raises PolicyError for a day that is past, or an end not within `years`."""
    end = days.parse(pledge.expires)
    if not today <= end or end.year - today.year > years:
        raise PolicyError(f"A pledge is kept until a day from today on, for at most {years} years.")


def check_name(value: object) -> str:
    """The name of a keeper or of an epoch: a to z, 0 to 9, hyphens; at most 32. Raises FormatError."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", value):
        raise FormatError("Expected a name: a to z, 0 to 9, hyphens.")
    return value


def _condition(value: object) -> Condition:
    kind = value.get("kind") if isinstance(value, dict) else None
    if shape.one_of(kind, ("after", "match")) == "match":
        body = shape.exactly(value, "k", "kind", "who")
        who: Any = shape.one_of(body["who"], ("anyone", "passes"))
        return Match(shape.count(body["k"], LEAST), who)
    body = shape.exactly(value, "day", "kind", "overseer")
    overseer = shape.text(body["overseer"])
    b64.decode(overseer, 32 if overseer else 0)
    return After(shape.day(body["day"]), overseer)


def _condition_body(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Match):
        return {"k": condition.k, "kind": "match", "who": condition.who}
    return {"day": condition.day, "kind": "after", "overseer": condition.overseer}
