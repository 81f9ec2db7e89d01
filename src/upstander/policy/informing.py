"""The last word each harmed person had, and what follows for the clocks. Pure: from values to values.

Everybody who was harmed gets the same updates, whatever the file calls her: the reporter, another person who
is known, or one who is only described. What she was told is written down for her alone; where she cannot be
told, why, and when that is looked at again. The pack's limits that count for "harmed" count over these steps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from upstander.policy.law import CodeList
from upstander.policy.limits import Taken

TELLINGS = "tellings"  # the pack's list of what a harmed person is told
HOW = "told-how"
WHY_NOT = "not-told"
KNOWN = "harmed-known"  # the step with which she is in the file
NOT_TOLD = "not-told"
SAME_DAYS = 28  # who heard the same within so many days before needs it no second time


@dataclass(frozen=True)
class Harmed:
    """A person harmed: the day she came into the file, and whether it is she who reported."""

    item: str
    since: date
    reporter: bool = False


@dataclass(frozen=True)
class Word:
    """What was said to one of them (`to`), or with `why` that and why she was not told.

    `number` orders what was recorded. `review`: the day on which it is looked at again whether she can be.
    """

    to: str
    on: date
    number: int
    what: str = ""
    why: str = ""
    review: date | None = None


@dataclass(frozen=True)
class Standing:
    """Where one of them stands: her last word, how long she waits, or until when she cannot be told."""

    last: Word | None
    since: date  # of her last word, else of when she came into the file
    held: Word | None  # the reason that stands now


def kinds(codes: Mapping[str, CodeList]) -> set[str]:
    """The ids of steps that a limit counted for each harmed person may name, of a pack with these lists."""
    whats = [code.id for code in codes[TELLINGS].codes] if TELLINGS in codes else []
    return {KNOWN, NOT_TOLD, *map(told, whats), *map(another, whats)} if whats else set()


def told(what: str) -> str:
    """The step that this was said to her."""
    return f"told-{what}"


def another(what: str) -> str:
    """The step that this was said to somebody else, and not to her."""
    return f"another-told-{what}"


def steps(
    people: Iterable[Harmed], words: Sequence[Word], letters: Sequence[date], whats: Sequence[str]
) -> list[tuple[int, Taken]]:
    """What limits count for each of them, with the number that orders what falls on one day.

    `letters`: days on which the reporter was written to in her mailbox. They stand for every kind of word to
    her: what the law counts for the reporter, other limits count. Nor do her own four weeks run twice.
    """
    found = []
    for one in people:
        if one.reporter:
            found += [(0, Taken(told(what), day, one.item)) for day in letters for what in whats]
        else:
            found.append((0, Taken(KNOWN, one.since, one.item)))
        found += [(word.number, _step(word)) for word in words if word.to == one.item]
        found += [
            (word.number, Taken(another(word.what), word.on, one.item))
            for word in words
            if word.what and word.to != one.item and not _heard(one, word, words, letters)
        ]
    return found


def standing(one: Harmed, words: Iterable[Word], letters: Sequence[date] = ()) -> Standing:
    """Her last word, and the reason that stands where the newest entry is one."""
    mine = sorted((word for word in words if word.to == one.item), key=lambda word: (word.on, word.number))
    said = [word for word in mine if word.what]
    if one.reporter:
        said = sorted(
            [*said, *(Word(one.item, day, 0) for day in letters)], key=lambda word: (word.on, word.number)
        )
    last = said[-1] if said else None
    held = mine[-1] if mine and mine[-1].why else None
    if held and last and (last.on, last.number) > (held.on, held.number):
        held = None
    return Standing(last, last.on if last else one.since, held)


def _step(word: Word) -> Taken:
    if word.what:
        return Taken(told(word.what), word.on, word.to)
    review = {"review-date": word.review.isoformat()} if word.review else {}
    return Taken(NOT_TOLD, word.on, word.to, values=review)


def _heard(one: Harmed, word: Word, words: Iterable[Word], letters: Iterable[date]) -> bool:
    """Whether she was told the same shortly before, or on that day."""
    mine = [said.on for said in words if said.to == one.item and said.what == word.what]
    mine += letters if one.reporter else ()
    return any(word.on - timedelta(days=SAME_DAYS) <= day <= word.on for day in mine)
