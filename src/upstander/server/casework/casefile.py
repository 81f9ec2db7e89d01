"""A case's coded facts as one value: what is known now, and every earlier version with who wrote it.

Built from rows once for a page or an act; everything that decides something asks this value.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
        """People in the case, of these roles or of any."""
        return [
            one
            for one in self.of(f.Party)
            if one.said.state == "in" and (not roles or one.said.role in roles)
        ]

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

    def with_new(self, said: Sequence[f.AnyFact], version: Version) -> CaseFile:
        """The file as it is with these facts added, all of one act; `version` says which."""
        versions = dict(self.versions)
        for one in said:
            made = Version(
                version.number, version.day, version.by, version.person, version.name, one.words, one
            )
            versions[one.item] = (*versions.get(one.item, ()), made)
        return CaseFile(versions)


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
