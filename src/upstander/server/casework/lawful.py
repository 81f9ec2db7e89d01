"""What the pack's law says to a step: tracks, referral, ladder, limits and closing, each in its own words.

The rules are the policy's; this hands them the case's file and answers why something is refused, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from upstander.policy import closing, firsthour, limits, outcomes, referral, tracks
from upstander.policy.model import Pack
from upstander.policy.stages import StepError
from upstander.server.accounts.models import Key
from upstander.server.cases.models import Case, Step
from upstander.server.casework import clocks, conditions, dossier, matter
from upstander.server.casework import facts as f
from upstander.server.casework.acts import day_of
from upstander.server.casework.casefile import CaseFile
from upstander.server.errors import conflict

REFERRED = "referred"
INFORMAL = frozenset({"handled-outside", "put-right"})
"""Moves that deal with a matter without recording it formally."""

DUE_FIRST = "A criterion for referral is met. First refer it, or have a decider overrule it with reasons: "
CODED_AWAY = "A criterion for referral would not be met any more. A decider corrects this, or overrules it: "


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


def move(asked: Asked, one: f.Move) -> str:
    """Why a move may not be recorded, or nothing."""
    if one.base:
        return "A step stays as it was recorded. Record another one that says what is right."
    allegation = asked.before.now(one.of)
    if allegation is None or not isinstance(allegation.said, f.Allegation) or allegation.said.withdrawn:
        return "A step is about one allegation of this case. Code the allegation first."
    if one.on < asked.case.day:
        return "This day is before the report came. Check the day."
    law = asked.pack.law
    try:
        track = tracks.track_of(law, one.track)
        found = tracks.move_of(track, one.move)
        if asked.case.state == Case.State.CLOSED:
            tracks.check_while_closed(found)
        wrong = matter.problems(law, one.values, found.needs)
        if wrong:
            return wrong
        given = tracks.Given(
            role=matter.role_of(found, asked.duties),
            day=one.on,
            today=day_of(asked.case),
            needs=matter.given(law, one.values, one.words),
            confirmed=one.confirmed,
            bypass=one.bypass,
            values=one.values,
        )
        tracks.check_move(law, track, one.move, matter.history(asked.before, one.track, one.of), given)
    except StepError as refused:
        return str(refused)
    waits = found.to and any(move.id == REFERRED for move in track.moves)
    case, file = asked.case, asked.before
    return (
        (_referral_first(asked, one) if waits else "")
        or _recorded_first(asked, one)
        or conditions.beside_first(law, file, allegation, one, found)
        or conditions.severity(law, case, file, one, found)
        or conditions.too_early(_steps(case), asked.pack, file, one)
        or conditions.investigator(case, law, file, one, found)
        or _outcome(asked, one)
    )


def _referral_first(asked: Asked, one: f.Move) -> str:
    """What still has to be referred before this allegation goes further on the track that refers."""
    return "" if one.move in conditions.SENT_ON else referral_due(asked, one.of)


def referral_due(asked: Asked, allegation: str) -> str:
    """The open grounds for a referral of an allegation, quoted, and the way forward; or nothing."""
    state, open_ = matter.referral_stands(asked.pack.law, asked.before)
    mine = [ground for ground in open_ if ground.allegation == allegation]
    if state != "due" or not mine:
        return ""
    return DUE_FIRST + " ".join(f"{ground.reason} ({ground.source})." for ground in mine)


def referral_lost(asked: Asked, allegation: str) -> str:
    """The open grounds for a referral of an allegation that a correction takes away, quoted; or nothing."""
    state, open_ = matter.referral_stands(asked.pack.law, asked.before)
    still = {ground.key for ground in matter.grounds(asked.pack.law, asked.file)}
    gone = [one for one in open_ if one.allegation == allegation and one.key not in still]
    if state != "due" or not gone:
        return ""
    return CODED_AWAY + " ".join(f"{ground.reason} ({ground.source})." for ground in gone)


def _recorded_first(asked: Asked, one: f.Move) -> str:
    """Why an allegation cannot only be put right, or nothing."""
    if one.move not in INFORMAL:
        return ""
    formal = referral.recording(asked.pack.law, matter.allegations(asked.before))
    must = [ground for ground in formal if ground.allegation == one.of]
    if not must:
        return ""
    said = " ".join(f"{ground.reason} ({ground.source})." for ground in must)
    return f"This has to be recorded, and cannot only be put right. {said}"


def _outcome(asked: Asked, one: f.Move) -> str:
    """Whether the sanction is open on the finding, with what the record says of the subject."""
    value = one.values.get("sanction")
    finding = asked.before.value("finding", one.of)
    if not isinstance(value, str) or finding is None:
        return ""
    law, forum = asked.pack.law, matter.forum_of(asked.pack.law, asked.before, one.of)
    if not forum:
        return ""  # a track without a ladder
    rungs = ladder(asked.case, asked.pack, asked.before, one.of)
    if not rungs:
        return "This finding cannot be made in this forum, so no outcome is open on it. Record what is right."
    standing = standing_of(asked.case, asked.before, one.of)
    marks = matter.marks(law, asked.case.day)
    named = next(
        (rung.sanction.id for rung in rungs if value in {rung.sanction.kind, rung.sanction.id}), value
    )
    try:
        outcomes.check_outcome(
            law,
            forum,
            finding[0],
            named,
            standing,
            marks=marks,
            reasons=bool(one.words),
            special=one.values.get("special") is True,
        )
    except outcomes.OutcomeError as refused:
        return str(refused)
    return ""


def ladder(case: Case, pack: Pack, file: CaseFile, of: str) -> list[outcomes.Rung]:
    """Every outcome on the finding about an allegation, open or not and why; none before a finding."""
    finding, forum = file.value("finding", of), matter.forum_of(pack.law, file, of)
    if finding is None or not forum:
        return []
    return outcomes.ladder(
        pack.law, forum, finding[0], standing_of(case, file, of), matter.marks(pack.law, case.day)
    )


def standing_of(case: Case, file: CaseFile, of: str) -> outcomes.Standing:
    """The record of an allegation's subject: live warnings and what was shown, here and elsewhere."""
    allegation = file.now(of)
    subject = file.now(allegation.said.subject) if allegation else None
    who = subject.said.who if subject else ""
    others = [one for _, one in dossier.met_elsewhere(case, [who]).get(who, [])]
    severity = file.value("severity", of)
    return matter.standing(severity[1] if severity else day_of(case), file, others, who)[0]


def overrule(asked: Asked, one: f.Overrule) -> str:
    """Why an overruling does not count, or nothing."""
    role = matter.DECIDER if matter.DECIDER in asked.duties else "handler"
    said = referral.Overrule(
        asked.me, role, one.words, day_of(asked.case), [(allegation, ground) for allegation, ground in one.of]
    )
    try:
        referral.check_overrule(asked.pack.law, matter.grounds(asked.pack.law, asked.before), said)
    except referral.ReferralError as refused:
        return str(refused)
    return ""


def first_hour(asked: Asked, one: f.FirstHour) -> str:
    """Why a decision of the first hour does not count, or nothing."""
    law = asked.pack.law
    needs = [
        need
        for decision in law.first_hour
        if decision.id == one.decision
        for choice in decision.choices
        if choice.id == one.choice
        for need in choice.needs
    ]
    wrong = matter.problems(law, one.values, needs)
    there = matter.given(law, one.values, one.words)
    said = firsthour.Decided(one.decision, one.choice, asked.me, day_of(asked.case), there)
    try:
        firsthour.check_decision(law, said)
    except firsthour.FirstHourError as refused:
        return str(refused)
    return wrong


def extension(asked: Asked, one: f.Extension) -> str:
    """Why a day is not put off, or nothing."""
    ends = clocks.running(
        asked.pack, clocks.taken(_steps(asked.case), asked.before, asked.pack), asked.before
    )
    mine = [clock for clock in ends if clock.run.limit.id == one.limit and one.of in {"", clock.about}]
    run = mine[-1].run if mine else None  # of all that run: the one that ends last
    if run is None:
        return "This time limit is not running."
    role = matter.DECIDER if matter.DECIDER in asked.duties else "handler"
    try:
        limits.extend(run, one.until, role, one.words, asked.pack.calendar)
    except limits.LimitError as refused:
        return str(refused)
    return ""


def _steps(case: Case) -> list[Step]:
    return list(Step.objects.filter(case=case).order_by("order"))


def check_closing(case: Case, pack: Pack, file: CaseFile, outcome: str, *, written: bool) -> None:
    """Raises `conflict` with everything a closing lacks. `written`: it comes with words to the reporter."""
    if file.covert():
        raise conflict("This case is covert. First decide, with reasons, that it is not any more.")
    state, open_ = matter.referral_stands(pack.law, file)
    if state == "due":
        raise conflict(DUE_FIRST + " ".join(f"{ground.reason} ({ground.source})." for ground in open_))
    if dossier.directions_open(case, file):
        raise conflict("An overseer asked something about this case. First answer it, in its file.")
    _check_after(pack, file, outcome)
    missing = conditions.beside_missing(pack.law, file)
    if missing:
        raise conflict(missing)
    told = file.latest(f.Told)
    how = told.said.how if told else ("told" if written else "")
    answer = closing.Answer(
        how,
        reasons=bool(told and told.words),
        reviewer=told.said.reviewer if told else "",
        review=told.said.review if told else None,
    )
    there = {one.what for one in file.said(f.Met)} | ({"reasons"} if written else set())
    try:
        closing.check_closing(pack.law, closing.Closing(outcome, there, answer, day_of(case)))
    except closing.ClosingError as refused:
        raise conflict(str(refused)) from refused


def _check_after(pack: Pack, file: CaseFile, outcome: str) -> None:
    """Raises `conflict` where a case ends so only after a step about every allegation, and one has none."""
    after = next((one.after for one in pack.outcomes if one.id == outcome), ())
    if not after:
        return
    about = file.allegations()
    if about and all(set(after) & {m.said.move for m in file.moves(of=one.said.item)} for one in about):
        return
    labels = sorted({m.label for track in pack.law.tracks for m in track.moves if m.id in after})
    raise conflict(f"A case ends so only after this step, about each allegation: {', '.join(labels)}.")


def missing_at_closing(pack: Pack, file: CaseFile, outcome: str) -> list[str]:
    """Ids of what a closing of this kind still lacks, the reasons to the reporter apart."""
    there = {one.what for one in file.said(f.Met)} | {"reasons"}
    return [one.id for one in closing.requirements(pack.law, outcome) if one.id not in there]


def words_of(grounds: Iterable[referral.Ground]) -> list[str]:
    """Grounds for a referral as they are quoted."""
    return [f"{ground.reason} ({ground.source})" for ground in grounds]
