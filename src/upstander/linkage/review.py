"""The band between: pairs that a person without a conflict decides, and what follows from her decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from upstander.linkage.groups import Links, Pair, assemble
from upstander.linkage.mentions import Mention


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer found about one pair, and who she is (her pseudonym)."""

    one: str
    other: str
    same: bool
    by: str


def queue(
    links: Links, mentions: Sequence[Mention], own_places: frozenset[str]
) -> tuple[tuple[Pair, ...], int]:
    """The pairs a reviewer may see, most doubtful first, and how many are kept from her.

    She never sees a pair in which somebody of her own places is mentioned, nor one whose place is not
    known: it could be hers.
    """
    place = {one.mention_id: one.place for one in mentions}

    def may(pair: Pair) -> bool:
        places = {place.get(pair.one, ""), place.get(pair.other, "")}
        return "" not in places and not places & own_places

    allowed = tuple(
        sorted((p for p in links.review if may(p)), key=lambda p: (abs(p.probability - 0.5), p.one, p.other))
    )
    return allowed, len(links.review) - len(allowed)


def apply(links: Links, decisions: Sequence[Decision]) -> Links:
    """The links with decisions in them: "same" is sure from now on, "not the same" is no link at all.

    Nor do those two come together by way of others: the weakest link between them is dropped, and named in
    `dropped`. Raises ValueError for a decision about a pair that was not in doubt, or those that contradict
    each other.
    """
    doubted = {frozenset((pair.one, pair.other)): pair for pair in links.review}
    decided: dict[frozenset[str], bool] = {}
    apart = dict.fromkeys(links.apart)
    for one in decisions:
        key = frozenset((one.one, one.other))
        if key not in doubted:
            raise ValueError("A decision is about a pair that was not up for review.")
        if decided.setdefault(key, one.same) != one.same:
            raise ValueError("Two decisions about one pair contradict each other.")
    # Hers first: she goes before a link that is just as sure.
    joined = sorted((_certain(doubted[key]) for key, same in decided.items() if same), key=_ids)
    sure = (*joined, *links.sure)
    review = tuple(pair for key, pair in doubted.items() if key not in decided)
    parted = sorted((doubted[key] for key, same in decided.items() if not same), key=_ids)
    apart |= dict.fromkeys(_ids(pair) for pair in parted)
    ids = [one.mention_id for one in links.links]
    made = assemble(ids, sure, review, silent=links.silent, apart=tuple(apart), records=links.records)
    if set(joined) & set(made.dropped):
        raise ValueError("Decisions contradict each other by way of a third mention.")
    return made


def _ids(pair: Pair) -> tuple[str, str]:
    return pair.one, pair.other


def _certain(pair: Pair) -> Pair:
    return Pair(pair.one, pair.other, 1.0)


def quality(links: Links, truth: Mapping[str, str]) -> tuple[float, float]:
    """Precision and recall of the strict links, over pairs, where the truth is known (as in invented "
    "data)."""

    def pairs(groups: Mapping[str, str]) -> int:
        sizes: dict[str, int] = {}
        for group in groups.values():
            sizes[group] = sizes.get(group, 0) + 1
        return sum(size * (size - 1) // 2 for size in sizes.values())

    strict = {one.mention_id: one.strict for one in links.links}
    both = pairs({one: f"{group}/{truth[one]}" for one, group in strict.items()})
    found, true = pairs(strict), pairs({one: truth[one] for one in strict})
    return (both / found if found else 1.0), (both / true if true else 1.0)
