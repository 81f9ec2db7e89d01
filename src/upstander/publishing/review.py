"""The review: what used to take a commission, from a release, the log and a register of recommendations.

Its content as values; `review_pages` and `review_pdf` write it down. The same release, register and earlier
review give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from upstander.measure.disclosure import Published, Safe, opened
from upstander.publishing.beside import Against, beside
from upstander.publishing.check import Check
from upstander.publishing.errors import PublishError
from upstander.publishing.figures import TOPICS, Figure
from upstander.publishing.labels import column, long_day, quarter, word
from upstander.publishing.language import ENGLISH, LANGUAGES, current, given, say, speaking, told
from upstander.publishing.markup import Html
from upstander.publishing.register import Recommendation
from upstander.publishing.rows import in_words
from upstander.publishing.site import Release

KIND = "upstander/review/v1"
METHOD = (
    "People are counted, never scored. Every number rests on coded reports, a staff survey or the public "
    "log; "
    "names and words were never in the data.",
    "Open reports count for as long as they have been open, so that closing easy ones fast makes nothing "
    "look "
    "better. Whoever leaves before the end is counted by herself.",
    "Reports about violence against women and girls are held against others of the same severity, within a "
    "margin that the plan fixed before the data were cut.",
    "Survey answers are weighted to all staff. Who did not answer is said first, with what their silence "
    "could hide.",
    "Small numbers are kept back, with as many others as are needed so that no kept back number can be "
    "worked "
    "out, here or from an earlier release; a computer tried to.",
    "Where both directions fit the data we say that we cannot tell. That is not the same as no difference.",
)
HEAD = ("No.", "What was recommended", "Due", "How far", "What shows it")  # of the register
LIMITS = (
    "A report is not a finding, and few reports can mean fear.",
    "Who is reported also says who reports, and whom: these numbers cannot tell the two apart.",
    "Many things are compared here; a few will look different by chance.",
    "The disclosure control has not been reviewed by an outside statistician.",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A finding now and in the earlier review, as both said it; nothing where one of them has it not.

    `english`: the earlier one was written before there was Welsh.
    """

    title: str
    before: str
    now: str
    english: bool = False

    def earlier(self) -> Html | str:
        """What the earlier review said, or that it did not."""
        return (given(self.before) if self.english else self.before) or say("Not told")


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review says."""

    release: Release
    first: date
    figures: tuple[Figure, ...]
    check: Check | None
    register: tuple[Recommendation, ...] = ()
    before: dict[str, Any] = field(default_factory=dict)

    def spoken(self) -> Review:
        """The same in the language that is spoken."""
        release = self.release.spoken()
        return replace(self, release=release, figures=tuple(release.figures()))

    @property
    def title(self) -> str:
        """What it is called."""
        first, last = long_day(self.first), long_day(self.release.cutoff)
        return say("{name}: review of {first} to {last}", name=self.release.name, first=first, last=last)

    def summary(self) -> list[tuple[str, list[str]]]:
        """The findings by topic, in plain words."""
        found = [
            (say(name), [one.finding for one in self.figures if one.topic == topic])
            for topic, name in TOPICS.items()
        ]
        return [(name, said) for name, said in found if said]

    def checked(self) -> str:
        """What the log says, in a sentence."""
        check = self.check
        if check is None:
            return say("These figures have not been held against the public log.")
        if check.problem:
            return f"{say('The figures could not be held against the public log:')} {check.problem}"
        if check.differing:
            wrong = "; ".join(
                say(
                    "{what}, {period}: {published}, in the log {log}",
                    what=word(one.what),
                    period=quarter(one.period),
                    published=one.published,
                    log=one.log,
                )
                for one in check.differing
            )
            count = say("{count} numbers differ from the public log.", count=len(check.differing))
            return f"{count} {wrong}."
        kept = sum(one.verdict == "kept back" for one in check.compared)
        return say(
            "{count} numbers on how many came and how many were answered in time were counted again in the "
            "public log and agree; {kept} are kept back.",
            count=len(check.compared) - kept,
            kept=kept,
        )

    def quality(self) -> list[tuple[str, str]]:
        """What the data are worth: agreement, answers, what was left out, what is kept back."""
        release = self.release
        agreement = (
            say("Two people did not code the same reports, so how far coding can be relied on is not known.")
            if release.agreement is None
            else say(
                "Two people coded the same reports; they agreed with kappa {kappa}.",
                kappa=f"{release.agreement:.2f}",
            )
        )
        found = [
            (say("Standing"), f"{told(release.standing)}."),
            (say("Coding"), agreement),
            (say("Against the log"), self.checked()),
            (
                say("Kept back"),
                say(
                    "{count} numbers, so that nobody can be picked out; none can be worked out to within "
                    "{width}",
                    count=f"{release.hidden:,}",
                    width=release.width,
                )
                + ".",
            ),
        ]
        accounts = self.table("accounts")
        if accounts is not None:
            found += [
                (f"{say('Counted')}: {told(str(row[0]))}", f"{told(str(row[1]))}: {_counted(row[2])}.")
                for row in opened(accounts).rows
            ]
        return found

    def table(self, name: str) -> Safe[Published] | None:
        """A table of the release by its name."""
        return next((safe for safe in self.release.publishable() if opened(safe).name == name), None)

    def against(self) -> Against:
        """What the log gives for the numbers it has too; the sums of one institution are its own."""
        return beside(self.release.tables, self.check, alone=True)

    def others(self) -> list[Safe[Published]]:
        """The tables that no figure shows, in the order of their titles."""
        shown = {opened(one.safe).name for one in self.figures}
        rest = [safe for safe in self.release.publishable() if opened(safe).name not in shown]
        return sorted(rest, key=lambda safe: opened(safe).title)

    def comparison(self) -> list[Compared]:
        """Each finding beside that of the earlier review."""
        own = "finding" if current() == ENGLISH else current()
        old = {
            str(one["name"]): (str(one.get(own) or one["finding"]), own not in one)
            for one in self.before.get("findings", [])
        }
        now = {one.name: one.finding for one in self.figures}
        names = [*now, *(name for name in old if name not in now)]
        topics = {one.name: say(TOPICS[one.topic]) for one in self.figures}
        if not old:
            return []
        return [
            Compared(topics.get(name, ""), before, now.get(name, ""), english)
            for name in names
            for before, english in (old.get(name, ("", False)),)
        ]

    def remember(self) -> bytes:
        """`review.json`: what the next review compares itself with, in every language."""
        said: dict[str, dict[str, str]] = {}
        for language in LANGUAGES:
            with speaking(language):
                own = "finding" if language == ENGLISH else language
                for one in self.spoken().figures:
                    said.setdefault(one.name, {"name": one.name})[own] = one.finding
        body = {
            "kind": KIND,
            "institution": self.release.name,
            "from": self.first.isoformat(),
            "to": self.release.cutoff.isoformat(),
            "extract": self.release.extract,
            "standing": self.release.standing,
            "findings": list(said.values()),
        }
        return (json.dumps(body, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _counted(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def read_review(data: bytes, institution: str) -> dict[str, Any]:
    """What an earlier review said of the same institution. Raises PublishError."""
    try:
        body = json.loads(data)
        if body["kind"] != KIND or not all(
            isinstance(one["name"], str) and isinstance(one["finding"], str) for one in body["findings"]
        ):
            raise ValueError
        date.fromisoformat(body["to"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PublishError("This is not the review.json of an earlier review.") from None
    if body["institution"] != institution:
        raise PublishError(f"The earlier review is of {body['institution']!s:.100}, not of {institution}.")
    return dict(body)


def rows_of(safe: Safe[Published]) -> tuple[list[str], list[list[str]]]:
    """Every row of a table as text: estimates in words, counts as they stand."""
    table = opened(safe)
    if table.shows == "estimates":
        named, found = in_words(safe)
        return [*map(column, named), say("in words")], [
            [*map(word, one.labels), one.sentence] for one in found
        ]
    return [column(one) for one in table.columns], [
        [f"{one:,}" if isinstance(one, int) else word(one) for one in row] for row in table.rows
    ]
