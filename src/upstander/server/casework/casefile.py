"""A case's coded facts as one value: what is known now, and every earlier version with who wrote it.

Built from rows once for a page or an act; everything that decides something asks this value.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar

from upstander.server.casework import facts as f
from upstander.server.casework.models import Fact

Form = TypeVar("Form", bound=f.FactIn)


@dataclass(frozen=True)
class Version:
    """One version of one fact. `number` is that of the act it came with."""

    number: int
    day: datetime.date
    by: str  # key id
    person: str  # user name
    name: str
    words: str  # id of the sealed note, or empty
    said: Any  # one of the forms of `facts.py`


@dataclass(frozen=True)
class CaseFile:
    """The facts of one case. `versions` are in the order in which they came, by item."""

    versions: dict[str, tuple[Version, ...]] = field(default_factory=dict)

    def now(self, item: str) -> Version | None:
        """The version that holds."""
        found = self.versions.get(item)
        return found[-1] if found else None

    def of(self, form: type[Form]) -> list[Version]:
        """What holds of one form, in the order of first appearance."""
        return [one[-1] for one in self.versions.values() if isinstance(one[-1].said, form)]

    def said(self, form: type[Form]) -> list[Form]:
        """The same, without who and when."""
        return [one.said for one in self.of(form)]

    def parties(self, *roles: str) -> list[Version]:
        """People in the case, of these roles or of any. One named wrongly is there without the user name."""
        wrong = self.lifted()
        return [
            replace(one, said=one.said.model_copy(update={"account": ""})) if one.said.item in wrong else one
            for one in self.of(f.Party)
            if one.said.state == "in" and (not roles or one.said.role in roles)
        ]

    def lifted(self) -> set[str]:
        """Items of people of whom two others found that they were named wrongly, as they are named now."""
        found = [one for one in self.of(f.Unnaming) if one.said.state == "lifted"]
        return {one.said.of for one in found if (now := self.now(one.said.of)) and now.number < one.number}

    def allegations(self) -> list[Version]:
        """Allegations that were not withdrawn."""
        return [one for one in self.of(f.Allegation) if not one.said.withdrawn]

    def decisions(self) -> list[tuple[int, Version]]:
        """The policy log: entries with their numbers, 1, 2, 3 ... in the order in which they were made."""
        made = sorted(self.of(f.Decision), key=lambda one: self.versions[one.said.item][0].number)
        return list(enumerate(made, start=1))

    def moves(self, track: str = "", of: str = "") -> list[Version]:
        """Moves as they were recorded: of a track, and of an allegation (or the whole case)."""
        made = [
            one for one in self.of(f.Move) if track in {"", one.said.track} and of in {"", one.said.of or of}
        ]
        return sorted(made, key=lambda one: self.versions[one.said.item][0].number)

    def value(self, need: str, of: str) -> tuple[str, datetime.date] | None:
        """The last value that a move of an allegation, or of the whole case, brought; and the move's day."""
        found = [
            (str(one.said.values[need]), one.said.on) for one in self.moves(of=of) if need in one.said.values
        ]
        return found[-1] if found else None

    def latest(self, form: type[Form]) -> Version | None:
        """The newest of what holds of one form."""
        found = sorted(self.of(form), key=lambda one: one.number)
        return found[-1] if found else None

    def covert(self) -> Version | None:
        """The decision by which the case is covert, or None where it is not."""
        last = self.latest(f.Covert)
        return last if last and last.said.state == "on" else None

    def declared(self, person: str) -> Version | None:
        """The last declaration of this person (user name)."""
        mine = [one for one in self.of(f.Declaration) if one.person == person]
        return max(mine, key=lambda one: one.number) if mine else None

    def unasked(self, person: str) -> list[Version]:
        """Subjects this person (user name) was not asked about: added, or found to be somebody else, since
        she declared, and not by herself with the word that her answers hold."""
        own = self.declared(person)
        return [one for one in self.parties("subject") if not _answered(own, self._since(one), person)]

    def last_subject(self) -> int:
        """Number of the act with which a subject was last added, or found to be somebody else."""
        return max((self._since(one).number for one in self.parties("subject")), default=0)

    def answers(self, person: str) -> dict[str, bool]:
        """What this person declared, as far as it still holds: no connection to somebody who was added since
        was never declared, while a connection stays one."""
        own = self.declared(person)
        said: dict[str, bool] = own.said.declared if own else {}
        return {id: tied for id, tied in said.items() if tied} if self.unasked(person) else said

    def _since(self, party: Version) -> Version:
        """The version with which an entry began to be about this very person."""
        first = party
        for one in reversed(self.versions[party.said.item]):
            if _who(one) != _who(party):
                break
            first = one
        return first

    def with_new(self, said: Sequence[f.AnyFact], version: Version) -> CaseFile:
        """The file as it is with these facts added, all of one act; `version` says which."""
        versions = dict(self.versions)
        for one in said:
            made = Version(
                version.number, version.day, version.by, version.person, version.name, one.words, one
            )
            versions[one.item] = (*versions.get(one.item, ()), made)
        return CaseFile(versions)


def _who(one: Version) -> tuple[object, ...]:
    """What says who somebody is: another name, or one in place of a description, is looked at anew."""
    said = one.said
    return said.role, said.state, said.who, said.account, said.known, one.words


def _answered(own: Version | None, since: Version, person: str) -> bool:
    if own is None:
        return False
    return since.number <= own.number or (since.person == person and since.said.answers_hold)


def read(rows: Iterable[Fact]) -> CaseFile:
    """The file behind rows that come in the order of their acts, with `by__person` selected."""
    versions: dict[str, tuple[Version, ...]] = {}
    for row in rows:
        made = Version(
            row.number,
            row.day,
            row.by_id,
            row.by.person.username,
            row.by.person.name,
            row.words_id or "",
            f.FORMS[row.kind].model_validate_json(json.dumps(row.data)),
        )
        versions[row.item] = (*versions.get(row.item, ()), made)
    return CaseFile(versions)


def corrections(file: CaseFile) -> Iterator[tuple[Version, Version]]:
    """Each version that was corrected, with the one that came after it."""
    for versions in file.versions.values():
        yield from pairwise(versions)
