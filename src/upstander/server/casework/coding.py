"""Whether coded facts may be recorded as they are: each rule refuses in its own words and says the way on.

Asked inside the act, with the case locked. What the law says comes from the pack (`lawful.py`); here are
rules about the file's form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from upstander.formats.days import words
from upstander.policy import tracks
from upstander.policy.bars import OPEN
from upstander.policy.predicates import CodingError, check_coding
from upstander.server.cases.models import Case
from upstander.server.casework import conflict, dossier, informing, lawful, matter, naming, people
from upstander.server.casework import facts as f
from upstander.server.casework.acts import day_of
from upstander.server.casework.lawful import Asked
from upstander.server.errors import Refusal

COVERT_DAYS = 92
"""A decision that a case is covert holds for three months at most; then it is made again, with reasons."""

ALONE = "Nobody else can open this case yet. Let a colleague in first, then step back."


def check(asked: Asked, facts: Sequence[f.AnyFact]) -> None:
    """Raises a `conflict` Refusal at the first fact that may not be recorded."""
    if any(not isinstance(one, f.Declaration) for one in facts):
        conflict.check_free(asked.pack.law, asked.case, asked.before, asked.key.person)
    for place, one in enumerate(facts):
        if asked.case.state == Case.State.CLOSED and _goes_on(one):
            raise Refusal("conflict", tracks.CLOSED, 409, where=f"facts.{place}")
        why = _RULES[type(one)](asked, one) if type(one) in _RULES else ""
        if why:
            raise Refusal("conflict", why, 409, where=f"facts.{place}")


def _goes_on(one: f.AnyFact) -> bool:
    """Whether a fact takes a case further, so that a closed one has to be open again first."""
    if isinstance(one, f.Task):
        return one.state == "open"
    return isinstance(one, f.Party | f.Allegation | f.FirstHour | f.Overrule | f.Extension | f.Assignment)


def _party(asked: Asked, one: f.Party) -> str:
    if one.role == "harmed" and not one.told:
        return "Everybody harmed is kept informed. Where she cannot be told, say why at “Who was told”."
    if one.account and not people.works_here(asked.case, one.account):
        return "Nobody works here under this user name."
    if one.account == asked.me and one.role == "subject" and one.state == "in" and _alone(asked):
        return ALONE
    wrong = naming.known(asked, one) or naming.colleague(asked, one)
    if wrong:
        return wrong
    against = {found.said.subject for found in asked.file.allegations()}
    if one.item in against and (one.role != "subject" or one.state == "out"):
        return "An allegation stands against this person. First withdraw it, with reasons."
    lists = asked.pack.law.codes or {}
    known = {code.id for code in lists["person-types"].codes} if "person-types" in lists else None
    if known is not None and not {one.type_then, one.type_now} <= known:
        return "Choose what the person is, then and now, from the list."
    return ""


def _allegation(asked: Asked, one: f.Allegation) -> str:
    subject = asked.file.now(one.subject)
    if subject is None or not isinstance(subject.said, f.Party) or subject.said.role != "subject":
        return "An allegation is against one subject of this case. Add the person first."
    for item in one.harmed:
        harmed = asked.file.now(item)
        if harmed is None or not isinstance(harmed.said, f.Party) or harmed.said.role != "harmed":
            return "Who was harmed has to be in this case. Add the person first."
    category = next((found for found in asked.pack.categories if found.id == one.category), None)
    if category is None:
        return "There is no such category in the pack. Choose one of the list."
    for fact in asked.pack.law.facts:
        if fact.id in category.means and one.coded.get(fact.id) is not True:
            said = f"“{category.label}” means that this is alleged: “{fact.label}”."
            return f"{said} Tick it, or choose another category."
    if one.since and one.until and one.until < one.since[: len(one.until)]:
        return "It cannot have ended before it began. Look at the two days."
    if max(one.since, one.until)[:10] > day_of(asked.case).isoformat():
        return "That day has not come yet. Look at the two days."
    if one.withdrawn and not one.words:
        return "Say why this allegation is not followed any more. The reasons are sealed."
    if one.withdrawn and (due := lawful.referral_due(asked, one.item)):
        return due
    try:
        check_coding(asked.pack.law, one.coded)
        return "" if matter.DECIDER in asked.duties else lawful.referral_lost(asked, one.item)
    except CodingError as wrong:  # of this one, or of another that came with it
        return str(wrong)


def _move(asked: Asked, one: f.Move) -> str:
    new = [
        found
        for found in asked.file.moves(one.track, one.of)
        if found.said.of == one.of and asked.before.now(found.said.item) is None
    ]
    if len(new) > 1:
        return "One step on a track at a time: the next one is asked about what this one left."
    return lawful.move(asked, one)


def _second(asked: Asked, one: f.SecondCoding) -> str:
    first = asked.file.now(one.of)
    if first is None or not isinstance(first.said, f.Allegation):
        return "There is no such allegation here."
    if asked.me in {version.person for version in asked.file.versions[one.of]}:
        return "The second coding is done by somebody who did not do the first."
    return ""


def _decision(asked: Asked, one: f.Decision) -> str:
    if not one.words:
        return "A decision has its reasons: what was decided, why, and what was rejected."
    if asked.before.now(one.item) is not None:
        return "A decision stands as it was made. Make a new one that takes its place."
    return "" if one.stood <= one.flagged else "More sentences stand than were marked."


def _wiped(asked: Asked, one: f.Wiped) -> str:
    lists = asked.pack.law.codes or {}
    if "evidence" in lists and one.what not in {code.id for code in lists["evidence"].codes}:
        return "Choose what will be wiped from the list."
    if one.secured is not None and one.secured > day_of(asked.case):
        return "That day has not come yet."
    if one.lost and one.secured is not None:
        return "Say either that it was made safe, or that it is gone."
    return ""


def _task(asked: Asked, one: f.Task) -> str:
    if one.state == "dropped" and one.after and not one.words:
        return "Say why this is not needed here. The reasons are sealed."
    return _to_holder(asked, one) if one.state == "open" else ""  # whoever was asked may have left since


def _to_holder(asked: Asked, one: Any) -> str:
    if one.to and one.to != asked.me and one.to not in people.workers(asked.case):
        return "This person cannot be asked to work on this case. Choose somebody from the list."
    return ""


def check_declaration(asked: Asked, one: f.Declaration, of: str) -> None:
    """Raises `conflict` for a declaration that may not be made so. `of`: as in `bars.barred`."""
    why = _declaration(asked, one, of)
    if why:
        raise Refusal("conflict", why, 409, where="facts.0")


def _declaration(asked: Asked, one: f.Declaration, of: str = OPEN) -> str:
    before = asked.before.now(one.item)
    if before is not None and before.person != asked.me:
        return "Everybody declares for herself."
    known = {question.id for question in asked.pack.law.declarations}
    if not set(one.declared) <= known:
        return "There is no such question."
    open_ = conflict.unanswered(asked.pack.law, asked.case, asked.file, asked.key.person, of)
    if open_ and one.outcome == "stays":
        return "Answer every question before you go on."
    bars = conflict.against(asked.pack.law, asked.case, asked.file, asked.key.person, of)
    if bars and one.outcome == "stays":
        said = " ".join(f"{bar.says} ({bar.source})" for bar in bars)
        return f"{said} Hand the case to a colleague: choose to step back."
    return ALONE if one.outcome == "recuses" and _alone(asked) else ""


def _alone(asked: Asked) -> bool:
    """Whether nobody would be left who can open the case, once whoever acts has no part in it any more."""
    gone = {asked.me} | {found.said.account for found in asked.file.parties("subject")}
    return people.holder_names(asked.case) <= gone


def _told(asked: Asked, one: f.Told) -> str:
    if one.how == "held-back" and one.reviewer == asked.me:
        return "Somebody else looks at it again. Name a colleague."
    if one.reviewer and one.reviewer not in people.workers(asked.case):
        return "This person cannot be asked to look at it again. Choose somebody from the list."
    return ""


def _answered(asked: Asked, one: f.Answered) -> str:
    open_ = {found.id: found for found in dossier.directions_open(asked.case, asked.before)}
    if one.direction not in open_:
        return "There is no such direction that waits for an answer."
    if one.answer == "noted":
        comment = open_[one.direction].sealed is not None
        return (
            ""
            if comment
            else "A direction is not only noted. Say that it was reconsidered, or that it stands."
        )
    return "" if one.words else "Write the answer: what was reconsidered, or why it stands. It is sealed."


def _covert(asked: Asked, one: f.Covert) -> str:
    if matter.DECIDER not in asked.duties:
        return "Whether a case is covert is for a decider. Ask one."
    if not one.words:
        return "Write the reasons: why nobody else may know of it, or why that is over. They are sealed."
    if asked.before.now(one.item) is not None:
        return "A decision stands as it was made. Make a new one that takes its place."
    if one.state == "off":
        return "" if asked.before.covert() else "This case is not covert."
    if asked.case.state == Case.State.CLOSED:
        return "This case is closed, and a closed case is not covert. First open it again."
    if not dossier.knows_covert(asked.case):
        named = " or ".join(body.label for body in asked.pack.law.overseers if body.covert) or "none is named"
        return f"Nobody outside would know of it. First an overseer of this body has to be there: {named}."
    latest = day_of(asked.case) + timedelta(days=COVERT_DAYS)
    if one.review is None or not day_of(asked.case) < one.review <= latest:
        return f"Give the day on which it is looked at again: at latest {words(latest)}."
    return ""


def _informed(asked: Asked, one: f.Informed) -> str:
    return informing.check(asked.pack.law, asked.case.day, day_of(asked.case), asked.file, one)


def _met(asked: Asked, one: f.Met) -> str:
    if one.what not in {requirement.id for requirement in asked.pack.law.closing}:
        return "The pack asks for no such thing at closing."
    return "" if one.words else "Write it: it is sealed."


_RULES: dict[type[Any], Callable[[Asked, Any], str]] = {
    f.Party: _party,
    f.Unnaming: naming.undo,
    f.Allegation: _allegation,
    f.SecondCoding: _second,
    f.Decision: _decision,
    f.FirstHour: lawful.first_hour,
    f.Wiped: _wiped,
    f.Move: _move,
    f.Overrule: lawful.overrule,
    f.Extension: lawful.extension,
    f.Task: _task,
    f.Assignment: _to_holder,
    f.Declaration: _declaration,
    f.Told: _told,
    f.Informed: _informed,
    f.Met: _met,
    f.Covert: _covert,
    f.Answered: _answered,
}
