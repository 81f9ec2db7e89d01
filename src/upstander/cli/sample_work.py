"""Sample cases further along: two findings against one sergeant, domestic abuse, a small matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from upstander.cli import sample_stories as stories
from upstander.cli.demonstration import INSIDE
from upstander.formats import ids

if TYPE_CHECKING:
    from upstander.cli.populate import Colleague
    from upstander.cli.sample_case import SampleCase
    from upstander.cli.samples import Cast

SERGEANT = ids.new_id()  # one pseudonym for one made-up person, in this run
BEFORE = ("told", "safety", "papers", "welfare")


class Worked:
    """A sample case that one handler takes through its steps."""

    def __init__(self, cast: Cast, who: str, story: stories.Story, channels: tuple[str, ...]) -> None:
        self.case: SampleCase = cast.reported(story, list(channels))
        self.who: Colleague = cast.colleagues[who]
        self.case.declare(self.who)
        for step in ("opened", "acknowledged"):
            self.case.step(self.who, step)
        self.allegation = ""
        self.track = "conduct"

    def person(self, role: str, name: str, kind: str = "officer", **said: Any) -> str:
        """Somebody in the case; answers the item."""
        item = ids.new_id()
        one = {
            "kind": "party",
            "item": item,
            "role": role,
            "known": True,
            "who": ids.new_id(),
            "answers_hold": True,
        }
        self.case.work(self.who, {**one, "type_then": kind, "type_now": kind, **said}, words={item: name})
        return item

    def alleged(self, subject: str, category: str, coded: dict[str, Any], **said: Any) -> None:
        """An allegation against this person, which the next moves are about."""
        self.allegation = ids.new_id()
        one = {"kind": "allegation", "item": self.allegation, "subject": subject, "category": category}
        self.case.work(self.who, {**one, "incident": ids.new_id(), "coded": coded, **said})

    def move(self, what: str, words: str, *, shown: bool = True, **said: Any) -> None:
        """A step on the track, and where it is shown, the reporter's line about it."""
        item = ids.new_id()
        one = {"kind": "move", "item": item, "track": self.track, "of": self.allegation, "move": what}
        self.case.work(self.who, {**one, "on": self.case.day, **said}, words={item: words})
        if shown:
            self.case.step(self.who, what)

    def said(self, kind: str, words: str = "", **said: Any) -> None:
        """Any other fact."""
        item = ids.new_id()
        self.case.work(self.who, {"kind": kind, "item": item, **said}, words={item: words} if words else None)


def found_before(cast: Cast, story: stories.Story) -> SampleCase:
    """A finding against the sergeant, by itself below dismissal, whose outcome is not decided yet."""
    work = Worked(cast, "devi", story, (INSIDE.name,))
    sergeant = work.person("subject", "Sgt Invented, Hollin Bridge", unit="hollin-c", who=SERGEANT)
    work.alleged(sergeant, "sexual-harassment", {"because-of": ["sex"]}, source="saw")
    work.move("recorded", "Comments about women at briefings, heard by several.")
    work.move("severity-assessed", "Misconduct if proved.", shown=False,
              values={"severity": "misconduct", "consulted": True})  # fmt: skip
    work.move("investigator-appointed", "DI Madeup of another district.", values={"no-bar": True})
    work.move("report-made", "Three accounts agree.")
    work.move("determined", "There is a case to answer.", shown=False, values={"answer-case": "yes"})
    work.move("to-hearing", "A meeting could not weigh a pattern.")
    work.move("finding-made", "It was said, and it was misconduct.", shown=False,
              values={"finding": "misconduct"})  # fmt: skip
    return work.case


def domestic(cast: Cast) -> SampleCase:
    """Domestic abuse by an officer: recorded as a crime and as a matter of conduct; a referral is due."""
    work = Worked(cast, "devi", stories.RECORDS, (INSIDE.name,))
    constable = work.person("subject", "PC Notreal, Marl Cross", unit="marl-cross")
    harmed = work.person("harmed", "His former partner", kind="not-serving")
    coded = {"domestic-abuse": True, "might-be-crime-or-discipline": True, "because-of": ["sex"]}
    work.alleged(constable, "domestic-abuse", coded, harmed=[harmed], since="2026-06", source="was-told")
    work.track = "crime"
    work.move("crime-recorded", "Recorded by the force next to us. Their reference is 00/0000.")
    work.said("assignment", to="devi")
    work.said("task", "Ask for the search logs before they go.", what="search-logs", to="marian",
              due=work.case.day, state="open")  # fmt: skip
    work.said("decision", "Decided:\nNo contact before the safety plan.\n\nWhy:\nHe knows where she parks.",
              code="no-contact")  # fmt: skip
    return work.case


def small(cast: Cast) -> SampleCase:
    """A small matter: put right, answered and closed."""
    work = Worked(cast, "devi", stories.COUNTER, (INSIDE.name,))
    clerk = work.person("subject", "A clerk at the counter", kind="staff")
    work.alleged(clerk, "manner", {}, source="found")
    work.track = "staff"
    work.move("handled-outside", "It was short and it was said sorry for.")
    work.move("put-right", "Two people at the counter from Monday.")
    said = [{"kind": "met", "item": ids.new_id(), "what": what} for what in stories.WRITTEN_UP]
    texts = {str(one["item"]): stories.WRITTEN_UP[str(one["what"])] for one in said}
    work.case.work(work.who, *said, words=texts)
    reasons = "You were right to write. There are two people at the counter now."
    work.case.step(work.who, "closed", "learning", reasons)
    return work.case
