"""Who is asked what: a tree, published before the first answer, that no answer can step out of.

From the staff totals, question after question: people of one kind are asked a question about themselves only
where *every* group that it would divide them into has at least `LEAST` people. Where one would be smaller,
nobody there is asked. So no answer says more about who gave it than that she is one of fifty, and the tree
itself tells nothing by what it leaves out. A unit of fewer than `CROSSED` people is never crossed with two
protected characteristics at once.

Two exceptions, said on the page. Small areas are put together as `elsewhere`. "Another" groups of a few
people, and groups personnel records have nobody in, are kept as `not_stated`, with all who prefer not to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from upstander.formats.ids import fingerprint
from upstander.surveying.errors import SurveyError, TotalsError
from upstander.surveying.instrument import ANSWERS, FIELDS, GROUPS, ITEMS, NOT_STATED
from upstander.surveying.totals import Total

LEAST = 50  # people in the smallest group anybody is put in: the measure room cuts up nothing smaller
CROSSED = 500  # people of a unit that may be crossed with two protected characteristics
ELSEWHERE = "elsewhere"
ORDER = ("stratum", "sex", "ethnicity5", "age_band", "disability", "sexual_orientation")
MOST_NODES = 20_000
Tree = Mapping[str, Any]
Shares = Mapping[str, Mapping[str, float]]
"""For what personnel records do not know: the share of people in each group, as the notice states it."""


def area_id(name: str) -> str:
    """The id of an area, from its name: what an extract holds."""
    return f"a-{fingerprint(name.strip())[:10]}"


def grow(totals: Sequence[Total], order: Sequence[str] = ORDER, shares: Shares | None = None) -> Tree:
    """The tree for these totals. Raises TotalsError where there are fewer than `LEAST` people."""
    if sum(t.n for t in totals) < LEAST:
        raise TotalsError(f"There are fewer than {LEAST} people: nobody could be asked about herself.")
    if len(set(order)) != len(order) or not set(order) <= set(FIELDS):
        raise SurveyError(f"Expected an order of some of: {', '.join(FIELDS)}.")
    units = Counter[str]()
    for total in totals:
        units[total.stratum] += total.n
    return _Grower(units, shares or {}).node([(t, float(t.n)) for t in totals], tuple(order), {})


class _Grower:
    def __init__(self, units: Mapping[str, int], shares: Shares) -> None:
        self.units, self.shares, self.nodes = units, shares, 0

    def node(self, people: list[tuple[Total, float]], left: tuple[str, ...], said: dict[str, str]) -> Tree:
        """What people of one kind, `said`, are asked next. Numbers are fractions where shares are assumed."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise TotalsError("There are too many areas. Put some together, or ask fewer characteristics.")
        for at, field in enumerate(left):
            kept = self._kept(field, people, said)
            if kept is None:
                continue
            rest = left[at + 1 :]
            to = {NOT_STATED: self.node(people, rest, said | {field: NOT_STATED})}
            for group in sorted(set(kept.values()) - {NOT_STATED}):
                inside = self._inside(field, people, {code for code, into in kept.items() if into == group})
                to[group] = self.node(inside, rest, said | {field: group})
            return {"ask": field, "as": dict(sorted(kept.items())), "to": to}
        return {}

    def _kept(
        self, field: str, people: list[tuple[Total, float]], said: dict[str, str]
    ) -> dict[str, str] | None:
        """What each group is kept as, or None where the question is not asked."""
        counts = self._counts(field, people)
        if counts is None or not self._may_cross(field, people, said):
            return None
        kept = _areas(counts) if field == "stratum" else _groups(counts)
        return kept if kept is not None and len(set(kept.values()) - {NOT_STATED}) > 1 else None

    def _counts(self, field: str, people: list[tuple[Total, float]]) -> dict[str, float] | None:
        if field not in Total.__slots__:
            shares = self.shares.get(field)
            whole = sum(n for _, n in people)
            return None if shares is None else {code: whole * shares.get(code, 0.0) for code in _codes(field)}
        counts = dict.fromkeys(self.units if field == "stratum" else _codes(field), 0.0)
        for total, n in people:
            code = getattr(total, field)
            if code != NOT_STATED:
                counts[code] += n
        return {area_id(name): n for name, n in counts.items()} if field == "stratum" else counts

    def _inside(
        self, field: str, people: list[tuple[Total, float]], codes: set[str]
    ) -> list[tuple[Total, float]]:
        if field not in Total.__slots__:
            share = sum(self.shares[field].get(code, 0.0) for code in codes)
            return [(total, n * share) for total, n in people]
        if field == "stratum":
            return [(total, n) for total, n in people if area_id(total.stratum) in codes]
        return [(total, n) for total, n in people if getattr(total, field) in codes]

    def _may_cross(self, field: str, people: list[tuple[Total, float]], said: dict[str, str]) -> bool:
        """A unit is crossed with at most one protected characteristic unless it is large."""
        protected = [one for one in said if one != "stratum" and said[one] != NOT_STATED]
        if field == "stratum":
            return len(protected) < 2 or all(self.units[t.stratum] >= CROSSED for t, n in people if n)
        unit = said.get("stratum", NOT_STATED)
        if unit in (NOT_STATED, ELSEWHERE) or not protected:
            return unit != ELSEWHERE or not protected
        return all(self.units[total.stratum] >= CROSSED for total, n in people if n)


def _codes(field: str) -> list[str]:
    return [code for code in GROUPS[field] if code != NOT_STATED]


def _groups(counts: Mapping[str, float]) -> dict[str, str] | None:
    small = {code for code, n in counts.items() if n < LEAST}
    folded = {code for code in small if code == "other" or counts[code] == 0}
    return None if small - folded else {code: NOT_STATED if code in folded else code for code in counts}


def _areas(counts: Mapping[str, float]) -> dict[str, str] | None:
    """Small areas together, and as many more, from the smallest, as it takes to be enough people."""
    joined: set[str] = set()
    for code in sorted(counts, key=lambda code: (counts[code], code)):
        together = sum(counts[one] for one in joined)
        if counts[code] >= LEAST and (not joined or together >= LEAST):
            break
        joined.add(code)
    return {code: ELSEWHERE if code in joined else code for code in counts}


def place(tree: Tree, answers: Mapping[str, str]) -> dict[str, str]:
    """What is kept of somebody's answers about herself: never more than the tree allows."""
    kept = dict.fromkeys(FIELDS, NOT_STATED)
    node = tree
    while node:
        field = node["ask"]
        group = node["as"].get(answers.get(field, NOT_STATED), NOT_STATED)
        kept[field] = group
        node = node["to"][group]
    return kept


def check_row(tree: Tree, row: Mapping[str, str]) -> None:
    """Raises SurveyError for a row that is not what `place` makes, or holds anything but codes."""
    if row.keys() != {*FIELDS, *ITEMS}:
        raise SurveyError("Expected exactly the answers of the survey.")
    left = {field for field in FIELDS if row[field] != NOT_STATED}
    node = tree
    while node:
        group = row[node["ask"]]
        if group not in node["to"]:
            raise SurveyError("There is no such group here, or it is too small to be asked for.")
        left.discard(node["ask"])
        node = node["to"][group]
    if left:
        raise SurveyError("This says more than the survey asks of these people.")
    if any(row[item] not in ANSWERS for item in ITEMS):
        raise SurveyError("Expected yes, no or not stated.")


def population(tree: Tree, totals: Iterable[Total]) -> list[dict[str, Any]]:
    """The totals by what would be kept of these people: rows for the extract's `pop`, without the wave."""
    keys = ("stratum", "sex", "ethnicity5", "age_band")
    sums: dict[tuple[str, ...], list[int]] = {}
    for total in totals:
        said = {**{key: getattr(total, key) for key in keys}, "stratum": area_id(total.stratum)}
        kept = place(tree, said)
        pair = sums.setdefault(tuple(kept[key] for key in keys), [0, 0])
        pair[0] += total.n
        pair[1] += total.invited
    return [
        {**dict(zip(keys, cell, strict=True)), "n": n, "invited": i} for cell, (n, i) in sorted(sums.items())
    ]


def thousandths(shares: Shares) -> dict[str, dict[str, int]]:
    """Shares as a notice carries them. Raises SurveyError for what is no share of the groups there are."""
    for field, groups in shares.items():
        if field in Total.__slots__ or field not in GROUPS or not set(groups) <= set(_codes(field)):
            raise SurveyError("Shares are of groups that personnel records do not know.")
        if any(not 0 <= share <= 1 for share in groups.values()) or sum(groups.values()) > 1.001:
            raise SurveyError(f"The shares of {field} are not numbers from 0 to 1 that make at most 1.")
    return {field: {code: round(s * 1000) for code, s in groups.items()} for field, groups in shares.items()}


def from_thousandths(assumed: object) -> Shares:
    """Shares from a notice. Raises SurveyError."""
    if not isinstance(assumed, dict) or not all(isinstance(groups, dict) for groups in assumed.values()):
        raise SurveyError("The assumed shares are damaged.")
    if any(type(share) is not int for groups in assumed.values() for share in groups.values()):
        raise SurveyError("The assumed shares are whole thousandths.")
    shares = {field: {code: s / 1000 for code, s in groups.items()} for field, groups in assumed.items()}
    thousandths(shares)
    return shares


def check_tree(tree: object, depth: int = 0) -> Tree:
    """A tree that came from outside, if it has the form of one. Raises SurveyError."""
    if not isinstance(tree, dict) or depth > len(FIELDS):
        raise SurveyError("The collection plan is damaged.")
    if not tree:
        return tree
    right = tree.keys() == {"ask", "as", "to"} and tree["ask"] in FIELDS
    if not right or not isinstance(tree["as"], dict) or not isinstance(tree["to"], dict):
        raise SurveyError("The collection plan is damaged.")
    if NOT_STATED not in tree["to"] or any(
        not isinstance(into, str) or into not in tree["to"] for into in tree["as"].values()
    ):
        raise SurveyError("The collection plan leads nowhere.")
    for below in tree["to"].values():
        check_tree(below, depth + 1)
    return tree
