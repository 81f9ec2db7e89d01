"""May this be released now? Decided by each keeper on its own store; no other input counts (section 7).

Everything here was read and checked when it came in (`entries.read`); what is decided is only the condition.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from upstander.formats import days, ids
from upstander.keepers import entries
from upstander.keepers.errors import (
    DoubleEvidenceError,
    ExpiredError,
    NoMatchError,
    NothingHeldError,
    NotYetError,
    OtherPledgeError,
    ShortEvidenceError,
    StoppedError,
    TooEarlyError,
    WithdrawnError,
)
from upstander.keepers.pledges import After, Match, Pledge


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pledge stands in one keeper's store. `passed` names the staff pass it came with, or is empty."""

    pledge: Pledge
    tags: frozenset[str]
    passed: str = ""
    withdrawn: bool = False
    stops: Mapping[str, bool] = field(default_factory=dict)  # by key: whether its last word was stop


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it may be released: for a match, a label for each name in common, the same at every keeper."""

    kind: Literal["after", "match"]
    links: tuple[str, ...] = ()


def check_release(one: Standing, carriers: Mapping[str, Sequence[Standing]], today: date) -> Reason:
    """The reason to release, if there is one today.

    `carriers` has, for each tag of this pledge, every pledge that carries it. Raises WithdrawnError,
    ExpiredError, NothingHeldError, TooEarlyError, StoppedError or NoMatchError.
    """
    if one.withdrawn:
        raise WithdrawnError
    if days.parse(one.pledge.expires) < today:
        raise ExpiredError
    refusal: NotYetError = NothingHeldError()
    for condition in one.pledge.conditions:
        try:
            if isinstance(condition, After):
                return _after(condition, one, today)
            return _match(condition, one, carriers, today)
        except NotYetError as error:
            refusal = error
    raise refusal


def check_evidence(match: Match, tag: str, evidence: Iterable[tuple[Pledge, str]]) -> None:
    """For somebody who has no store: do these entries, each with its pledge, make this match on this tag?

    Passes cannot be seen from entries, so people are told apart by their keys alone. Raises whatever
    `entries.read` raises, OtherPledgeError for an entry without the tag, DoubleEvidenceError and
    ShortEvidenceError.
    """
    seen, keys = set(), set()
    for pledge, text in evidence:
        entry = entries.read(text, pledge)
        if not isinstance(entry, entries.Entry) or tag not in entry.tags:
            raise OtherPledgeError
        if entry.pledge in seen:
            raise DoubleEvidenceError
        seen.add(entry.pledge)
        keys.add(pledge.verify)
    if len(keys) < match.k:
        raise ShortEvidenceError


def link(tag: str) -> str:
    """A label for a name that several released reports have in common: from the tag, and not it."""
    return ids.fingerprint(f"upstander/link/v1\n{tag}")


def people(standings: Iterable[Standing], today: date, *, passes: bool) -> int:
    """How many different people these are: one key is one person, and so is one pass, under whatever keys.

    Withdrawn and expired pledges do not count; with `passes` only those that came with a pass do.
    """
    groups: list[set[str]] = []
    for one in standings:
        if one.withdrawn or days.parse(one.pledge.expires) < today or (passes and not one.passed):
            continue
        marks = {f"key {one.pledge.verify}"} | ({f"pass {one.passed}"} if one.passed else set())
        same = [group for group in groups if group & marks]
        groups = [group for group in groups if not group & marks] + [marks.union(*same)]
    return len(groups)


def _after(condition: After, one: Standing, today: date) -> Reason:
    if today < days.parse(condition.day):
        raise TooEarlyError
    if any(one.stops.get(key, False) for key in (one.pledge.verify, condition.overseer)):
        raise StoppedError
    return Reason("after")


def _match(
    condition: Match, one: Standing, carriers: Mapping[str, Sequence[Standing]], today: date
) -> Reason:
    passes = condition.who == "passes"
    found = [
        tag for tag in sorted(one.tags) if people(carriers.get(tag, ()), today, passes=passes) >= condition.k
    ]
    if not found:
        raise NoMatchError
    return Reason("match", tuple(sorted(link(tag) for tag in found)))
