"""What a stranger cannot learn from the log: which report a hearing belongs to, or on which days somebody acted.

A thousand simulated cases of one year. Each has a hearing whose date is public, as misconduct hearings are; its
leaf is `restricted`. The attacker has the whole log and all hearing dates, and scores each report by how much it
looks like it belongs to the hearing, in several ways.

The statistic: where the right report stands among all reports that came within three days of it, as a fraction
from 0 (last) to 1 (first), averaged over all hearings. Days alone cannot separate those, and guessing gives 0.5
with a standard error of 1/sqrt(12 * 1000) = 0.009. An average within four standard errors of 0.5 is chance. The
same attackers are let loose on logs made wrongly on purpose, where they must win.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean

import pytest

from upstander.formats.hashes import hash_of
from upstander.ledger.leaf import Leaf, commitment, digest, label_and_salt, read_leaf

CASES = 1000
CHANCE, FOUR_ERRORS = 0.5, 4 / (12 * CASES) ** 0.5
FIRST = date(2025, 11, 1)

Label = Callable[[bytes, int], tuple[str, bytes]]


@dataclass
class Case:
    """What really happened: the attacker is never shown this."""

    secret: bytes
    acts: list[tuple[str, str, int]]  # real kind, shown kind, day
    leaves: list[Leaf] = field(default_factory=list)

    @property
    def hearing(self) -> Leaf:
        return self.leaves[next(at for at, act in enumerate(self.acts) if act[0] == "hearing")]

    @property
    def receipt(self) -> Leaf:
        return self.leaves[0]


def simulate(label: Label = label_and_salt, *, by_hash: bool = True) -> tuple[list[Case], list[Leaf]]:
    """Cases, and the public log: each day's leaves in the order of their hashes."""
    chance = random.Random(20261125)
    cases = [make_case(chance, label) for _ in range(CASES)]
    days = defaultdict(list)
    for case in cases:
        for leaf in case.leaves:
            days[leaf.day].append(leaf)
    log = [
        leaf
        for day in sorted(days)
        for leaf in (sorted(days[day], key=lambda one: one.hash) if by_hash else days[day])
    ]
    return cases, [read_leaf(leaf.data) for leaf in log]


def make_case(chance: random.Random, label: Label) -> Case:
    came = chance.randrange(365)
    answered = came + min(int(chance.expovariate(1 / 6)), 60)
    hearing = answered + 40 + int(chance.expovariate(1 / 120))
    acts = [("received", "received", came), ("message", "answered", answered)]
    for _ in range(chance.randrange(6)):
        real = chance.choice(["note", "message", "step"])
        shown = {"note": "restricted", "message": "message", "step": "step"}[real]
        acts.append((real, shown, chance.randrange(answered, hearing + 1)))
    acts += [("hearing", "restricted", hearing), ("step", "step", hearing + chance.randrange(1, 20))]
    acts.sort(key=lambda act: act[2])
    case = Case(chance.randbytes(32), acts)
    first, _ = label(case.secret, 1)
    for number, (_, shown, day) in enumerate(acts, start=1):
        one, salt = label(case.secret, number)
        about = digest(
            "message", case=hash_of(case.secret), envelope=hash_of(chance.randbytes(9)), uploads=[]
        )
        when = (FIRST + timedelta(days=day)).isoformat()
        case.leaves.append(
            Leaf(shown, when, one, commitment(salt, about), first if shown == "answered" else "")
        )
    return case


def likeness(one: str, other: str) -> int:
    """How many bits two hexadecimal texts share."""
    return 4 * len(one) - (int(one, 16) ^ int(other, 16)).bit_count()


def shared_prefix(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))


class Attacker:
    """Scores how much a report looks like it belongs to a hearing, from public things only."""

    def __init__(self, log: Sequence[Leaf]) -> None:
        self.log = log
        self.reports = [leaf for leaf in log if leaf.shown == "received"]
        self.answer_of = {leaf.of: leaf for leaf in log if leaf.of}
        self.by_day = defaultdict(list)
        for leaf in log:
            self.by_day[leaf.day].append(leaf)
        self.came = defaultdict(list)
        for report in self.reports:
            self.came[date.fromisoformat(report.day).toordinal()].append(report)
        self.place = {
            leaf.label: at / len(there) for there in self.by_day.values() for at, leaf in enumerate(there)
        }

    def near(self, day: str) -> list[Leaf]:
        """The reports that came within three days of this one."""
        middle = date.fromisoformat(day).toordinal()
        return [report for other in range(middle - 3, middle + 4) for report in self.came[other]]

    def candidates(self, day: str) -> list[Leaf]:
        """The leaves that could be a hearing held on this day."""
        return [leaf for leaf in self.by_day[day] if leaf.shown == "restricted"]

    def score(self, way: str, day: str, report: Leaf) -> float:
        answer = self.answer_of.get(report.label)
        ways: dict[str, Callable[[Leaf], float]] = {
            "bits of labels": lambda leaf: likeness(leaf.label, report.label),
            "beginnings of labels": lambda leaf: shared_prefix(leaf.label, report.label),
            "labels as numbers": lambda leaf: -abs(int(leaf.label, 16) - int(report.label, 16)),
            "bits of commitments": lambda leaf: likeness(leaf.commitment, report.commitment),
            "label in commitment": lambda leaf: likeness(leaf.commitment[:32], report.label),
            "the answer's label": lambda leaf: likeness(leaf.label, answer.label) if answer else 0,
            "the answer's commitment": lambda leaf: (
                likeness(leaf.commitment, answer.commitment) if answer else 0
            ),
            "place within the day": lambda leaf: -abs(self.place[leaf.label] - self.place[report.label]),
        }
        return max((ways[way](leaf) for leaf in self.candidates(day)), default=0.0)


WAYS = [
    "bits of labels",
    "beginnings of labels",
    "labels as numbers",
    "bits of commitments",
    "label in commitment",
    "the answer's label",
    "the answer's commitment",
    "place within the day",
]


def standing(attacker: Attacker, way: str, hearings: Sequence[tuple[str, Leaf]]) -> float:
    """Where the right report stands among those that came within three days of it, on average; ties count half."""
    places = []
    for day, right in hearings:
        near = [report for report in attacker.near(right.day) if report.label != right.label]
        mine = attacker.score(way, day, right)
        others = [attacker.score(way, day, report) for report in near]
        below = sum(other < mine for other in others) + sum(other == mine for other in others) / 2
        places.append(below / len(others) if others else CHANCE)
    return fmean(places)


def hearings_of(cases: Sequence[Case]) -> list[tuple[str, Leaf]]:
    return [(case.hearing.day, case.receipt) for case in cases]


@pytest.fixture(name="world", scope="module")
def a_world() -> tuple[list[Case], Attacker]:
    cases, log = simulate()
    return cases, Attacker(log)


@pytest.mark.parametrize("way", WAYS)
def test_a_hearing_leads_to_no_report(world, way):
    cases, attacker = world
    assert abs(standing(attacker, way, hearings_of(cases)) - CHANCE) < FOUR_ERRORS


@pytest.mark.parametrize("way", WAYS)
def test_nobody_s_days_of_activity_can_be_told(world, way):
    """The other way round: from a report to any later act of its case, the day of which would be learned."""
    cases, attacker = world
    chance = random.Random(1)
    later = []
    for case in cases:
        restricted = [leaf for leaf in case.leaves if leaf.shown == "restricted"]
        later.append((chance.choice(restricted).day, case.receipt))
    assert abs(standing(attacker, way, later) - CHANCE) < FOUR_ERRORS


def test_the_only_public_join_is_from_an_answer_to_its_report(world):
    cases, attacker = world
    said = Counter(text for leaf in attacker.log for text in (leaf.label, leaf.commitment))
    assert set(said.values()) == {1}
    joins = {leaf.label: leaf.of for leaf in attacker.log if leaf.of in said}
    wanted = {
        leaf.label: case.receipt.label for case in cases for leaf in case.leaves if leaf.shown == "answered"
    }
    assert joins == wanted


def test_the_attacker_wins_where_labels_of_a_case_are_alike():
    def alike(secret: bytes, number: int) -> tuple[str, bytes]:
        label, salt = label_and_salt(secret, number)
        return hash_of(secret)[:4] + label[4:], salt

    cases, log = simulate(alike)
    assert standing(Attacker(log), "beginnings of labels", hearings_of(cases)) > 0.9


def test_the_attacker_wins_where_places_follow_the_cases():
    """Why a day's leaves stand in the order of their hashes: any order of the database would speak."""
    cases, log = simulate(by_hash=False)
    assert standing(Attacker(log), "place within the day", hearings_of(cases)) > CHANCE + 2 * FOUR_ERRORS
