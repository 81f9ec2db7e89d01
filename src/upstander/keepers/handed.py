"""What a beneficiary makes of the keepers' answers: what each handed over, put together by pledge.

A keeper is believed only as far as its share fits the pledge. What it says besides (why, since when, which
names in common) counts when as many keepers say so as are needed: fewer than that may lie. A wish to stop is
shown when any of them passes one on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upstander.formats import b64, shape
from upstander.keepers.notes import share_hash
from upstander.keepers.pledges import Pledge, read_pledge
from upstander.keepers.roster import Roster, check_roster
from upstander.keepers.shares import Release

KINDS = ("after", "match")
WISHES = ("", "end", "stop")


@dataclass(frozen=True, slots=True)
class Handed:
    """One keeper's release of one pledge. `day` it was released, `wish` what the reporter asked since."""

    release: Release
    day: str
    wish: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """A pledge as the keepers that answered handed it over; sorted by keeper."""

    pledge: Pledge
    handed: tuple[Handed, ...]

    @property
    def releases(self) -> list[Release]:
        """What `shares.open_release` takes."""
        return [one.release for one in self.handed]

    @property
    def good(self) -> list[str]:
        """Keepers whose share is the one the pledge names."""
        return [one.keeper for one in self.releases if _is_right(one)]

    @property
    def liars(self) -> list[str]:
        """Keepers that handed over another share than the pledge names."""
        return [one.keeper for one in self.releases if not _is_right(one)]

    @property
    def kind(self) -> str:
        """Why it was released, `match` or `after`; empty where too few keepers say the same."""
        return next(iter(self._agreed([one.kind] for one in self.releases)), "")

    @property
    def links(self) -> tuple[str, ...]:
        """Labels of names in common with others, as far as enough keepers say so."""
        return tuple(self._agreed(one.links for one in self.releases))

    @property
    def wish(self) -> str:
        """The last thing any keeper was asked for: `end` before `stop` before nothing."""
        wishes = {one.wish for one in self.handed}
        return next((wish for wish in ("end", "stop") if wish in wishes), "")

    def _agreed(self, said: Iterable[Iterable[str]]) -> list[str]:
        counted = Counter(word for words in said for word in set(words))
        return sorted(word for word, number in counted.items() if number >= self.pledge.needs)


def read_handed(keeper: str, answer: Mapping[str, Any], roster: Roster) -> list[Handed]:
    """A keeper's answer to a fetch. Raises FormatError, and WrongEpochError for pledges of other keepers."""
    handed = [_read(keeper, one) for one in shape.items(answer.get("releases"))]
    for one in handed:
        check_roster(one.release.pledge, roster)
    return handed


def gather(handed: Iterable[Handed]) -> list[Gathered]:
    """What was handed over, by pledge, in the order of their ids."""
    found: dict[str, dict[str, Handed]] = {}
    for one in handed:
        found.setdefault(one.release.pledge.id, {})[one.release.keeper] = one
    return [
        Gathered(
            next(iter(by_keeper.values())).release.pledge, tuple(v for _, v in sorted(by_keeper.items()))
        )
        for _, by_keeper in sorted(found.items())
    ]


def linked(pledges: Sequence[Gathered]) -> list[list[Gathered]]:
    """Groups of two or more that have a name in common, directly or through others; largest first."""
    groups: list[tuple[set[str], list[Gathered]]] = []
    for one in pledges:
        touching = [group for group in groups if group[0] & set(one.links)]
        groups = [group for group in groups if not group[0] & set(one.links)]
        labels = set(one.links).union(*(group[0] for group in touching))
        groups.append((labels, [*(member for group in touching for member in group[1]), one]))
    several = [sorted(group, key=lambda one: one.pledge.id) for _, group in groups if len(group) > 1]
    return sorted(several, key=lambda group: (-len(group), group[0].pledge.id))


def _is_right(release: Release) -> bool:
    return share_hash(release.share) == release.pledge.shares.get(release.keeper)


def _read(keeper: str, value: object) -> Handed:
    body = shape.exactly(value, "kind", "links", "pledge", "released", "share", "wish")
    release = Release(
        keeper=keeper,
        pledge=read_pledge(body["pledge"]),
        share=b64.decode(shape.text(body["share"])),
        kind=shape.one_of(body["kind"], KINDS),
        links=shape.sorted_texts(body["links"]),
    )
    return Handed(release, shape.day(body["released"]), shape.one_of(body["wish"], WISHES))
