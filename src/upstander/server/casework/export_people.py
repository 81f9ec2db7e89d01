"""People in the extract: who each mention is, by casework, by links that handlers' machines returned, and by
personnel records under pseudonym.

Names are sealed, so no name is looked at here: links and records meet in pseudonyms alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from upstander.linkage.mentions import mention_of
from upstander.linkage.persons import Given, persons


@dataclass(frozen=True)
class Named:
    """A subject of a case, before it is known who she is. `person` is her row; none where the layout has no
    code for her role.
    """

    case: str
    item: str
    who: str
    involvement: dict[str, Any]
    person: dict[str, Any] | None


@dataclass
class Told:
    """What was joined: mentions, those that links say something of, and links that contradict others."""

    mentions: int = 0
    linked: int = 0
    against: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=dict)


def settle(
    named: Sequence[Named],
    given: Sequence[Mapping[str, Given]],
    staff: Mapping[str, dict[str, Any]],
    pseudonym: Callable[[str, str], str],
) -> Told:
    """Writes `pid`, `lenient_pid` and `link_prob` into the involvements, and gathers the rows of `person`.

    `staff` are personnel records by their pseudonym, each a row of `person`: all of them come in, with or
    without a report. A subject whom links lead to a record is that record; any other has what her case says.
    """
    told = Told(people={row["pid"]: row for row in staff.values()})
    parties = [(mention_of(one.case, one.item), one.who) for one in named if one.person is not None]
    known, told.against = persons(parties, given, staff)
    first: dict[str, dict[str, Any]] = {}
    for one in named:
        if one.person is not None:
            first.setdefault(one.who, one.person)

    def pid(name: str) -> str:
        if name in staff:
            return str(staff[name]["pid"])
        made = pseudonym("person", name)
        told.people.setdefault(made, {**first[name], "pid": made})
        return made

    for one in named:
        if one.person is None:
            continue
        mention = mention_of(one.case, one.item)
        who = known[mention]
        strict, lenient = pid(who.strict), pid(who.lenient)
        one.involvement["pid"] = strict
        one.involvement["lenient_pid"] = lenient if lenient != strict else None
        one.involvement["link_prob"] = who.probability
        told.mentions += 1
        told.linked += any(mention in links for links in given)
    return told


def staff_of(
    records: Mapping[str, Mapping[str, Any]], pseudonym: Callable[[str, str], str]
) -> dict[str, dict[str, Any]]:
    """Personnel records by their own pseudonym, as rows of `person` under one made for the extract."""
    return {
        ref: {"pid": pseudonym("staff", ref), "salted_ref": None, **row, "ref": ref}
        for ref, row in records.items()
    }
