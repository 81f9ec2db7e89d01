"""What has to be there before a case is closed: no closing in silence, none without reasons. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from upstander.policy.law import Law
from upstander.policy.law_duties import Requirement

ANSWERS = ("told", "held-back", "waits")


class ClosingError(ValueError):
    """A closing that lacks something.

    `missing` are the ids of what is missing; the message says all of it.
    """

    def __init__(self, missing: Collection[Requirement], words: Collection[str]) -> None:
        super().__init__("\n".join([*(one.missing for one in missing), *words]))
        self.missing = tuple(one.id for one in missing)


@dataclass(frozen=True)
class Answer:
    """What the reporter was told, or why not. `how` is one of ANSWERS.

    told: she was. held-back: not yet, with reason, reviewer and the day of the review. waits: an answer waits
    unread in the mailbox.
    """

    how: str
    reasons: bool = False
    reviewer: str = ""
    review: date | None = None


@dataclass(frozen=True)
class Closing:
    """A closing as it is about to be signed. `there` are ids of requirements that are met.

    `kind` is the id of the outcome; `opened` whether anybody opened the case.
    """

    kind: str
    there: Collection[str]
    answer: Answer
    today: date


def requirements(law: Law, kind: str) -> list[Requirement]:
    """What a closing of this kind has to hold, in the pack's order."""
    return [one for one in law.closing if not one.kinds or kind in one.kinds]


def check_closing(law: Law, closing: Closing) -> None:
    """Raises ClosingError that says everything that is missing."""
    missing = [one for one in requirements(law, closing.kind) if one.id not in closing.there]
    words = _answered(closing)
    if missing or words:
        raise ClosingError(missing, words)


def _answered(closing: Closing) -> list[str]:
    answer = closing.answer
    if answer.how not in ANSWERS:
        return ["Say what the reporter was told, or why she was not told yet."]
    if answer.how != "held-back":
        return []
    words = []
    if not answer.reasons:
        words.append("Write why the answer to the reporter is held back.")
    if not answer.reviewer.strip():
        words.append("Name who looks again whether she can be told.")
    if answer.review is None or answer.review <= closing.today:
        words.append("Give a day to come on which that is looked at again.")
    return words
