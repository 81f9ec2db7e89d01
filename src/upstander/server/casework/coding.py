"""Whether coded facts may be recorded as they are: each rule refuses in its own words and says the way on.

Asked inside the act, with the case locked. Rules of law come from the pack; these are about the file's form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from upstander.policy.model import Pack
from upstander.server.accounts.models import Key
from upstander.server.cases.models import Case
from upstander.server.casework import facts as f
from upstander.server.casework import people
from upstander.server.casework.acts import day_of
from upstander.server.casework.casefile import CaseFile
from upstander.server.errors import Refusal


@dataclass(frozen=True)
class Asked:
    """Who records, in which case; its file before and with what is recorded."""

    case: Case
    key: Key
    pack: Pack
    before: CaseFile
    file: CaseFile
    duties: frozenset[str]

    @property
    def me(self) -> str:
        """User name of whoever records."""
        return str(self.key.person.username)


def check(asked: Asked, facts: Sequence[f.AnyFact]) -> None:
    """Raises a `conflict` Refusal at the first fact that may not be recorded."""
    for place, one in enumerate(facts):
        rule = _RULES.get(type(one))
        why = rule(asked, one) if rule else ""
        if why:
            raise Refusal("conflict", why, 409, where=f"facts.{place}")


def _party(asked: Asked, one: f.Party) -> str:
    if one.account and one.role != "subject":
        return "A user name is given for a subject only: it shuts that person out of the case."
    if one.account and not people.works_here(asked.case, one.account):
        return "Nobody works here under this user name."
    return ""


def _allegation(asked: Asked, one: f.Allegation) -> str:
    subject = asked.file.now(one.subject)
    if subject is None or not isinstance(subject.said, f.Party) or subject.said.role != "subject":
        return "An allegation is against one subject of this case. Add the person first."
    for item in one.harmed:
        harmed = asked.file.now(item)
        if harmed is None or not isinstance(harmed.said, f.Party) or harmed.said.role != "harmed":
            return "Who was harmed has to be in this case. Add the person first."
    if one.category not in {category.id for category in asked.pack.categories}:
        return "There is no such category in the pack. Choose one of the list."
    if one.since and one.until and one.until < one.since[: len(one.until)]:
        return "It cannot have ended before it began. Look at the two days."
    if one.withdrawn and not one.words:
        return "Say why this allegation is not followed any more. The reasons are sealed."
    return ""


def _second(asked: Asked, one: f.SecondCoding) -> str:
    first = asked.file.now(one.of)
    if first is None or not isinstance(first.said, f.Allegation):
        return "There is no such allegation here."
    coders = {version.person for version in asked.file.versions[one.of]}
    if asked.me in coders:
        return "The second coding is done by somebody who did not do the first."
    return ""


def _decision(asked: Asked, one: f.Decision) -> str:
    if not one.words:
        return "A decision has its reasons: what was decided, why, and what was rejected."
    if asked.before.now(one.item) is not None:
        return "A decision stands as it was made. Make a new one that takes its place."
    return "" if one.stood <= one.flagged else "More sentences stand than were marked."


def _extension(asked: Asked, one: f.Extension) -> str:
    if one.limit not in {limit.id for limit in asked.pack.limits}:
        return "There is no such time limit."
    if not one.words:
        return "A day is put off with a reason. Write it: it is sealed."
    return "" if one.until > day_of(asked.case) else "The new day has to lie ahead."


def _to_holder(asked: Asked, one: Any) -> str:
    if one.to and one.to not in people.holder_names(asked.case):
        return "Only somebody who can open the case can be asked to work on it. Let the person in first."
    return ""


def _declaration(asked: Asked, one: f.Declaration) -> str:
    before = asked.before.now(one.item)
    return "" if before is None or before.person == asked.me else "Everybody declares for herself."


def _told(asked: Asked, one: f.Told) -> str:
    if one.how != "held-back":
        return ""
    if not (one.words and one.reviewer and one.review):
        return "An answer is held back with a reason, somebody who looks at it again, and a day."
    if one.reviewer == asked.me:
        return "Somebody else looks at it again. Name a colleague."
    return "" if one.review > day_of(asked.case) else "The day of the review has to lie ahead."


_RULES: dict[type[Any], Callable[[Asked, Any], str]] = {
    f.Party: _party,
    f.Allegation: _allegation,
    f.SecondCoding: _second,
    f.Decision: _decision,
    f.Extension: _extension,
    f.Task: _to_holder,
    f.Assignment: _to_holder,
    f.Declaration: _declaration,
    f.Told: _told,
}
