"""What came back from handlers' machines, put beside what casework knows: who each mention is, strictly and
leniently.

Casework has pseudonyms of its own: a person met in two cases that one handler can open has one. Links say
more, of cases that nobody opens together. Whoever is one person by either is one person here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """One row of `links.csv`: pseudonyms by strict and by lenient links, and how sure the surest link is."""

    strict: str
    lenient: str
    probability: float


@dataclass(frozen=True, slots=True)
class Known:
    """Who a mention is by strict and by lenient links, and how sure the strict link is, if one is needed."""

    strict: str
    lenient: str
    probability: float | None


Edge = tuple[str, str]


def persons(
    parties: Iterable[tuple[str, str]], given: Sequence[Mapping[str, Given]], records: Collection[str] = ()
) -> tuple[dict[str, Known], int]:
    """Every mention's person, and how many links contradicted others and were not followed.

    `parties` are (mention, casework's pseudonym), `given` what each machine returned. A person is named by
    the personnel record (one of `records`) that links lead to, else by the first in order of casework's
    pseudonyms for her: the same links give the same names again. No two records become one person, whatever
    links say.
    """
    parties, known = list(parties), set(records)
    sure: list[Edge] = [(f"mention {mention}", f"who {who}") for mention, who in parties]
    doubtful: list[Edge] = []
    shared: Counter[str] = Counter()

    def place(machine: int, kind: str, name: str) -> str:
        return f"record {name}" if name in known else f"{kind} {machine} {name}"

    for machine, links in enumerate(given):
        for mention, _ in parties:
            if link := links.get(mention):
                group = place(machine, "strict", link.strict)
                shared[group] += 1
                sure.append((f"mention {mention}", group))
                doubtful.append((f"mention {mention}", place(machine, "lenient", link.lenient)))
    strict, against = _joined(sure)
    lenient, more = _joined([*sure, *doubtful])
    found = {}
    for mention, _ in parties:
        own = [
            link.probability
            for machine, links in enumerate(given)
            if (link := links.get(mention))
            and (link.strict in known or shared[place(machine, "strict", link.strict)] > 1)
        ]
        at = f"mention {mention}"
        found[mention] = Known(strict[at], lenient[at], max(own, default=None))
    return found, len(against | more)


def _joined(edges: Sequence[Edge]) -> tuple[dict[str, str], set[Edge]]:
    """Each mention's name in the groups that edges make, and the edges that would have joined two records."""
    parent: dict[str, str] = {}
    record: dict[str, str] = {}  # of a root: the record in its group

    def root(one: str) -> str:
        if one not in parent:
            parent[one] = one
            if one.startswith("record "):
                record[one] = one
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    against = set()
    for one, other in edges:
        stays, goes = root(one), root(other)
        if stays == goes:
            continue
        if stays in record and goes in record:
            against.add((one, other))
            continue
        parent[goes] = stays
        if goes in record:
            record[stays] = record.pop(goes)
    names: dict[str, str] = {}
    for one in parent:
        if one.startswith("who "):
            at = root(one)
            names[at] = min(names.get(at, one), one)
    names |= record
    return {one: names[root(one)].split(" ", 1)[1] for one in parent if one.startswith("mention ")}, against
