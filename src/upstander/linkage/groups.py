"""From pairs to people: groups of mentions by strict and by lenient links, and what they keep apart."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions and the probability that they mean the same person."""

    one: str
    other: str
    probability: float


@dataclass(frozen=True, slots=True)
class Link:
    """One mention's pseudonyms, by strict and by lenient links, and the surest link that holds it there (1
    if alone).
    """

    mention_id: str
    strict: str
    lenient: str
    probability: float


@dataclass(frozen=True, slots=True)
class Links:
    """All links, the pairs that a person must look at, and how many mentions said too little to be
    compared. `apart` are the pairs found not to be the same person, `dropped` the links that would have
    joined them by way of others and were set aside for that. `records` are ids of personnel records, each
    another person: no group holds two of them, and a group that holds one has its id for a pseudonym.
    """

    links: tuple[Link, ...]
    review: tuple[Pair, ...]
    sure: tuple[Pair, ...]
    silent: int
    apart: tuple[tuple[str, str], ...] = ()
    dropped: tuple[Pair, ...] = ()
    records: tuple[str, ...] = ()


def assemble(
    ids: Sequence[str],
    sure: tuple[Pair, ...],
    review: tuple[Pair, ...],
    *,
    silent: int,
    apart: tuple[tuple[str, str], ...] = (),
    records: tuple[str, ...] = (),
) -> Links:
    """Pseudonyms from pairs: fresh random ones, which mean nothing outside this result, or a record's id.

    No group holds both of a pair in `apart`: the surest links are made first, and one that would bring such
    two together is dropped.
    """
    everybody = (*ids, *records)
    strict, dropped = _groups(everybody, sure, apart, frozenset(records))
    lenient, more = _groups(everybody, (*sure, *review), apart, frozenset(records))
    dropped = tuple(dict.fromkeys((*dropped, *more)))
    best: dict[str, float] = {}
    for pair in (*sure, *review):
        if pair in dropped:
            continue
        for one in (pair.one, pair.other):
            best[one] = max(best.get(one, 0.0), pair.probability)
    names = {("s", strict[one]): one for one in records} | {("l", lenient[one]): one for one in records}

    def pseudonym(kind: str, group: str) -> str:
        return names.setdefault((kind, group), secrets.token_hex(8))

    links = tuple(
        Link(one, pseudonym("s", strict[one]), pseudonym("l", lenient[one]), best.get(one, 1.0))
        for one in ids
    )
    return Links(links, review, sure, silent, apart, dropped, records)


def _groups(
    ids: Sequence[str],
    pairs: Iterable[Pair],
    apart: Iterable[tuple[str, str]],
    records: frozenset[str] = frozenset(),
) -> tuple[dict[str, str], tuple[Pair, ...]]:
    """The first mention of the group each mention belongs to, and pairs left out for `apart` or two records.

    Kruskal's algorithm on a union-find, surest pair first and pairs as sure in the order given: what is
    dropped is the weakest link of every way between two that are apart.
    """
    parent = {one: one for one in ids}
    foes: dict[str, set[str]] = {}  # of a group's root: the mentions that may not be in it
    members = {one: {one} for one in ids} if apart else {}
    holds = set(records)  # roots of groups with a record
    for one, other in apart:
        foes.setdefault(one, set()).add(other)
        foes.setdefault(other, set()).add(one)

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    dropped = []
    for pair in sorted(pairs, key=lambda pair: -pair.probability):
        stays, goes = root(pair.one), root(pair.other)
        if stays == goes:
            continue
        if stays in holds and goes in holds:
            dropped.append(pair)
            continue
        if apart:
            if foes.get(stays, set()) & members[goes]:
                dropped.append(pair)
                continue
            members[stays] |= members.pop(goes)
            foes[stays] = foes.get(stays, set()) | foes.pop(goes, set())
        parent[goes] = stays
        if goes in holds:
            holds.add(stays)
    return {one: root(one) for one in ids}, tuple(dropped)
