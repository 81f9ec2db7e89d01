"""The review: what used to take a commission, from a release, the log and a register of recommendations.

Its content as values; `review_pages` and `review_pdf` write it down. The same release, register and earlier
review give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from upstander.measure.disclosure import Published, Safe, opened
from upstander.publishing.check import Check
from upstander.publishing.errors import PublishError
from upstander.publishing.figures import TOPICS, Figure
from upstander.publishing.labels import COLUMNS, long_day, word
from upstander.publishing.register import Recommendation
from upstander.publishing.rows import lines
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
LIMITS = (
    "A report is not a finding, and few reports can mean fear.",
    "Who is reported also says who reports, and whom: these numbers cannot tell the two apart.",
    "Many things are compared here; a few will look different by chance.",
    "The disclosure control has not been reviewed by an outside statistician.",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A finding now and in the earlier review, as both said it; nothing where one of them has it not."""

    title: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review says."""

    release: Release
    first: date
    figures: tuple[Figure, ...]
    check: Check | None
    register: tuple[Recommendation, ...] = ()
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.release.name}: review of {long_day(self.first)} to {long_day(self.release.cutoff)}"

    def summary(self) -> list[tuple[str, list[str]]]:
        """The findings by topic, in plain words."""
        found = [
            (name, [one.finding for one in self.figures if one.topic == topic])
            for topic, name in TOPICS.items()
        ]
        return [(name, said) for name, said in found if said]

    def checked(self) -> str:
        """What the log says, in a sentence."""
        check = self.check
        if check is None:
            return "These figures have not been held against the public log."
        if check.problem:
            return f"They could not be held against the public log: {check.problem}"
        if check.differing:
            told = "; ".join(
                f"{one.what} {one.period}: {one.published}, in the log {one.log}" for one in check.differing
            )
            return f"{len(check.differing)} numbers differ from the public log ({told})."
        kept = sum(one.verdict == "kept back" for one in check.compared)
        return (
            f"{len(check.compared) - kept} numbers on how many came and how many were answered in time "
            f"were counted again "
            f"in the public log and agree; {kept} are kept back."
        )

    def quality(self) -> list[tuple[str, str]]:
        """What the data are worth: agreement, answers, what was left out, what is kept back."""
        release = self.release
        agreement = (
            "Two people did not code the same reports, so how far coding can be relied on is not known."
            if release.agreement is None
            else f"Two people coded the same reports; they agreed with kappa {release.agreement:.2f}."
        )
        found = [
            ("Standing", f"{release.standing}."),
            ("Coding", agreement),
            ("Against the log", self.checked()),
            (
                "Kept back",
                f"{release.hidden:,} numbers, so that nobody can be picked out; none can be worked out to "
                f"within "
                f"{release.width}.",
            ),
        ]
        accounts = self.table("accounts")
        if accounts is not None:
            found += [("Counted", f"{row[0]}, {row[1]}: {row[2]}.") for row in opened(accounts).rows]
        return found

    def table(self, name: str) -> Safe[Published] | None:
        """A table of the release by its name."""
        return next((safe for safe in self.release.publishable() if opened(safe).name == name), None)

    def others(self) -> list[Safe[Published]]:
        """The tables that no figure shows, in the order of their titles."""
        shown = {opened(one.safe).name for one in self.figures}
        rest = [safe for safe in self.release.publishable() if opened(safe).name not in shown]
        return sorted(rest, key=lambda safe: opened(safe).title)

    def comparison(self) -> list[Compared]:
        """Each finding beside that of the earlier review."""
        old = {str(one["name"]): str(one["finding"]) for one in self.before.get("findings", [])}
        now = {one.name: one.finding for one in self.figures}
        names = [*now, *(name for name in old if name not in now)]
        topics = {one.name: TOPICS[one.topic] for one in self.figures}
        return (
            [Compared(topics.get(name, ""), old.get(name, ""), now.get(name, "")) for name in names]
            if old
            else []
        )

    def remember(self) -> bytes:
        """`review.json`: what the next review compares itself with."""
        body = {
            "kind": KIND,
            "institution": self.release.name,
            "from": self.first.isoformat(),
            "to": self.release.cutoff.isoformat(),
            "extract": self.release.extract,
            "standing": self.release.standing,
            "findings": [{"name": one.name, "finding": one.finding} for one in self.figures],
        }
        return (json.dumps(body, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


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
        first = table.columns.index("value")
        return [*table.columns[:first], "in words"], [
            [*map(word, one.labels), one.sentence] for one in lines(safe)
        ]
    head = [COLUMNS.get(one, one) for one in table.columns]
    return head, [[f"{one:,}" if isinstance(one, int) else word(one) for one in row] for row in table.rows]
