"""Who was harmed in a case, what each was told, what each waits for: the file as `policy.informing` asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from upstander.policy import informing
from upstander.policy.informing import Harmed, Standing, Word
from upstander.policy.law import Law
from upstander.policy.limits import Taken
from upstander.policy.model import Pack
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version

WRITTEN = frozenset({"replied", "closed"})
"""Steps that come with words to the reporter in her mailbox."""

MOST_DAYS = 92
"""A reason not to tell somebody stands for three months at most; then it is given again."""

OUTCOME = "outcome"
FIRST_TELL = "First tell them, or say at “Who was told” why they cannot be told: "


def people(file: CaseFile) -> list[Harmed]:
    """Everybody in the case who was harmed."""
    return [Harmed(one.said.item, _since(file, one), one.said.reporter) for one in file.parties("harmed")]


def _since(file: CaseFile, one: Version) -> date:
    """The day on which she was first in the file as a person harmed."""
    found = [old.day for old in file.versions[one.said.item] if old.said.role == "harmed"]
    return found[0] if found else one.day


def words(file: CaseFile) -> list[Word]:
    """What was said, or why nothing was. What went to the reporter is hers under whichever name she has."""
    reporter = next((one.item for one in people(file) if one.reporter), "")
    return [
        Word(one.said.to or reporter, one.said.on, one.number, one.said.what, one.said.why, one.said.review)
        for one in file.of(f.Informed)
    ]


def about(file: CaseFile) -> dict[str, set[str]]:
    """Each person harmed, with the allegations that are about her: those that name her, or nobody."""
    live = file.allegations()
    return {
        one.item: {each.said.item for each in live if not each.said.harmed or one.item in each.said.harmed}
        for one in people(file)
    }


def days(law: Law, file: CaseFile, letters: Sequence[date]) -> list[tuple[int, Taken]]:
    """What limits count for each person harmed, with the number that orders what falls on one day."""
    return informing.steps(people(file), words(file), letters, whats(law))


def whats(law: Law) -> list[str]:
    """Ids of what the pack says a person harmed is told."""
    lists = law.codes or {}
    return [code.id for code in lists[informing.TELLINGS].codes] if informing.TELLINGS in lists else []


def standings(file: CaseFile, letters: Sequence[date]) -> list[tuple[Harmed, Standing]]:
    """Where each of them stands."""
    said = words(file)
    return [(one, informing.standing(one, said, letters)) for one in people(file)]


def silent(file: CaseFile, came: date, letters: Sequence[date]) -> tuple[date, date | None]:
    """Since when somebody who is owed a word has had none, and when a reason not to tell is looked at again.

    The reporter is one of them, whether she was harmed or not; `came` is the day of her report.
    """
    found = [one for _, one in standings(file, letters)]
    reporter = max([came, *letters])
    waits = [one.since for person, one in _waiting(file, letters) if not person.reporter]
    reviews = [one.held.review for one in found if one.held and one.held.review]
    return min([reporter, *waits]), min(reviews, default=None)


def _waiting(file: CaseFile, letters: Sequence[date]) -> list[tuple[Harmed, Standing]]:
    return [(one, stands) for one, stands in standings(file, letters) if stands.held is None]


def untold(pack: Pack, file: CaseFile) -> list[str]:
    """Items of people harmed who were not told the outcome, with no reason standing; the reporter is none."""
    if OUTCOME not in whats(pack.law):
        return []
    said = {one.to for one in words(file) if one.what == OUTCOME}
    return [one.item for one, _ in _waiting(file, ()) if not one.reporter and one.item not in said]


def check(law: Law, case_day: date, today: date, file: CaseFile, one: f.Informed) -> str:
    """Why an entry about what somebody was told may not be recorded, or nothing."""
    party = file.now(one.to) if one.to else None
    if one.to and (
        party is None
        or not isinstance(party.said, f.Party)
        or party.said.role != "harmed"
        or party.said.state == "out"
    ):
        return "Who is told is a person harmed of this case. Add the person first."
    if not case_day <= one.on <= today:
        return "Give the day on which she was told: not before the report came, and not in the future."
    if bool(one.what) == bool(one.why):
        return "Say either what she was told, or why she cannot be told."
    if one.why:
        return _not_told(law, today, one)
    if one.review is not None:
        return "A day on which it is looked at again belongs to a reason not to tell."
    if one.what not in whats(law) or not _known(law, informing.HOW, one.how):
        return "Choose what she was told, and how, from the lists."
    return "" if one.words else "Write what she was told, in the words she heard. It is sealed."


def _not_told(law: Law, today: date, one: f.Informed) -> str:
    if not one.to:
        return "The reporter has her mailbox: what is there waits for her until she reads it."
    if not _known(law, informing.WHY_NOT, one.why) or one.how:
        return "Choose from the list why she cannot be told."
    if not one.words:
        return "Write the reasons why she cannot be told. They are sealed."
    if one.on != today:
        return "A reason is given on the day on which it is written down."
    if one.review is None or not today < one.review <= today + timedelta(days=MOST_DAYS):
        return f"Give the day on which it is looked at again: within {MOST_DAYS} days."
    return ""


def _known(law: Law, name: str, code: str) -> bool:
    lists = law.codes or {}
    return name in lists and code in {one.id for one in lists[name].codes}
