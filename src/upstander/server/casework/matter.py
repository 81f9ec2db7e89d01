"""A case's file as the policy's rules ask for it: tracks, referral, ladder. From values to values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from upstander.formats.days import parse
from upstander.policy import referral, tracks
from upstander.policy.law import Beside, Law, Move, Stage, Track
from upstander.policy.limits import Taken
from upstander.policy.model import Pack
from upstander.policy.outcomes import Shown, Standing, Warned
from upstander.policy.regimes import RegimeError, regime_for
from upstander.policy.tracks import Recorded, is_paused, stage_of
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version

NOTHING_SHOWN = "neither"  # on every pack's list of findings
DECIDER = "decider"


@dataclass(frozen=True)
class Line:
    """One track of one allegation, and where it is."""

    track: Track
    allegation: Version
    history: tuple[Recorded, ...]

    @property
    def stage(self) -> Stage:
        """Where it is."""
        return stage_of(self.track, self.history)

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return is_paused(self.track, self.history)


def role_of(move: Move, duties: Collection[str]) -> str:
    """As whom somebody with these duties takes a move: as a decider where that is asked for."""
    return DECIDER if DECIDER in duties and DECIDER in move.by else "handler"


def history(file: CaseFile, track: str, of: str) -> list[Recorded]:
    """What was recorded on a track of an allegation."""
    return [Recorded(one.said.move, one.said.on, one.said.values) for one in file.moves(track, of)]


def route(law: Law, file: CaseFile, allegation: Version) -> str:
    """The track an allegation belongs on, by what the subject was when it happened."""
    subject = file.now(allegation.said.subject)
    kinds = (law.codes or {}).get("person-types")
    for code in kinds.codes if kinds and subject else ():
        if subject is not None and code.id == subject.said.type_then and code.more:
            return code.more.get("track", "")
    return law.tracks[0].id if law.tracks else ""


def lines(law: Law, file: CaseFile, begin: str = "") -> list[Line]:
    """The tracks of every allegation: the one it belongs on, any other that was begun, and `begin`."""
    found = []
    for allegation in file.allegations():
        own = route(law, file, allegation)
        for track in law.tracks:
            past = history(file, track.id, allegation.said.item)
            if past or track.id in {own, begin}:
                found.append(Line(track, allegation, tuple(past)))
    return found


def beside(law: Law, file: CaseFile, allegation: Version) -> list[Beside]:
    """Tracks that have to run beside the others about this allegation, and that nobody has begun."""
    begun = [track.id for track in law.tracks if file.moves(track.id, allegation.said.item)]
    return tracks.beside(law, coded_yes(allegation), begun)


def coded(file: CaseFile) -> set[str]:
    """Ids of facts that are coded yes on any allegation."""
    return {key for one in file.allegations() for key in coded_yes(one)}


def coded_yes(allegation: Version) -> set[str]:
    """Ids of facts that are coded yes on this one."""
    return {key for key, value in allegation.said.coded.items() if value not in (False, "", [])}


# Referral


def allegations(file: CaseFile) -> list[referral.Allegation]:
    """Allegations as the criteria are asked about them."""
    return [
        referral.Allegation(one.said.item, one.said.coded, one.said.incident) for one in file.allegations()
    ]


def grounds(law: Law, file: CaseFile) -> list[referral.Ground]:
    """Why the case has to be referred. Raises CodingError for facts that the pack does not know."""
    return referral.grounds(law, allegations(file))


def overrules(file: CaseFile) -> list[referral.Overrule]:
    """What deciders overruled; the reasons are sealed."""
    return [
        referral.Overrule(one.person, DECIDER, one.words, one.day, [(a, c) for a, c in one.said.of])
        for one in file.of(f.Overrule)
    ]


def referred(file: CaseFile) -> set[str]:
    """Allegations that were referred."""
    return {
        one.said.item
        for one in file.allegations()
        if any(move.said.move == "referred" for move in file.moves(of=one.said.item))
    }


def referral_stands(law: Law, file: CaseFile) -> tuple[str, list[referral.Ground]]:
    """As `referral.standing`: none, due, referred or overruled, and the open grounds."""
    return referral.standing(grounds(law, file), referred(file), overrules(file))


def referral_days(law: Law, file: CaseFile) -> list[Taken]:
    """When it became clear that an allegation has to be referred, and when that was overruled.

    As steps, each about its allegation. Clear is what a version of the coding made clear, its own or that of
    the same incident, on the day it was recorded; overruled is one for which no ground was left.
    """
    live = {one.said.item for one in file.allegations()}
    said = [version for item in live for version in file.versions[item]] + file.of(f.Overrule)
    coded: dict[str, referral.Allegation] = {}
    past: set[tuple[str, str]] = set()
    due: set[str] = set()
    days = []
    for one in sorted(said, key=lambda one: one.number):
        if isinstance(one.said, f.Overrule):
            past |= {(allegation, ground) for allegation, ground in one.said.of}
        else:
            coded[one.said.item] = referral.Allegation(one.said.item, one.said.coded, one.said.incident)
        found = referral.grounds(law, coded.values())
        alive = {ground.allegation for ground in found if ground.key not in past}
        open_ = {
            ground.allegation
            for ground in found
            if ground.key not in past and (not ground.of or ground.of in alive)
        }
        days += [Taken("referral-due", one.day, item) for item in sorted(open_ - due)]
        days += [Taken("referral-overruled", one.day, item) for item in sorted(due - open_)]
        due = open_
    return days


def subjects(file: CaseFile) -> dict[str, str]:
    """Allegations that are followed, each with the person it is against."""
    return {one.said.item: one.said.subject for one in file.allegations()}


# The ladder of outcomes


def marks(law: Law, came: date) -> frozenset[str]:
    """Rules that are new with the versions of law that hold for this day; none for an older one."""
    try:
        return regime_for(law, {"came": came}).marks
    except RegimeError:
        return frozenset()


def forum_of(law: Law, file: CaseFile, of: str) -> str:
    """The forum in which an allegation was last heard; empty where it was in none."""
    forums = {forum.id for forum in law.forums}
    found = ""
    for track in law.tracks:
        heard = {stage.id: stage.forum or stage.id for stage in track.stages}
        stages = {move.id: heard.get(move.to, "") for move in track.moves}
        for recorded in history(file, track.id, of):
            found = stages[recorded.move] if stages.get(recorded.move) in forums else found
    return found


def standing(
    on: date, file: CaseFile, others: Iterable[CaseFile], who: str
) -> tuple[Standing, list[Version]]:
    """What the record says about a person (a pseudonym), and which earlier findings it rests on.

    `others`: files of the other cases in which this person is a subject.
    """
    shown = [Shown(one.said.item, one.said.incident) for one in _shown(file, who)]
    # what was found elsewhere and has no outcome yet counts with this; what has one is record
    warnings: list[Warned] = []
    earlier: list[Version] = []
    for other in others:
        mine = _shown(other, who)
        earlier += mine
        open_ = [one for one in mine if other.value("sanction", one.said.item) is None]
        shown += [Shown(one.said.item, one.said.incident) for one in open_]
        warnings += [warned for one in mine if (warned := _warning(other, one))]
    return Standing(on, warnings, shown), earlier


def _shown(file: CaseFile, who: str) -> list[Version]:
    """Allegations against this person that were shown."""
    subjects = {one.said.item for one in file.parties("subject") if one.said.who == who}
    return [
        one
        for one in file.allegations()
        if one.said.subject in subjects
        and (value := file.value("finding", one.said.item))
        and value[0] != NOTHING_SHOWN
    ]


def _warning(file: CaseFile, one: Version) -> Warned | None:
    """The warning that was given on an allegation, where its last day was recorded."""
    value = file.value("sanction", one.said.item)
    until = file.value("live-until", one.said.item)
    return Warned(value[0], value[1], parse(until[0])) if value and until else None


# Values that came with a move


def problems(law: Law, values: Mapping[str, str | bool], needs: Sequence[str]) -> str:
    """What is wrong with the values of a step: a code that is not on its list, a day that is none."""
    known = {need.id: need for need in law.needs}
    for key, value in values.items():
        if key in EXTRA:
            continue
        need = known.get(key)
        if need is None or key not in needs:
            return f"“{key}” does not belong to this step."
        lists = law.codes or {}
        if need.kind == "choice" and value not in {code.id for code in lists[need.codes].codes}:
            return need.missing
        if need.kind == "day" and not _is_day(value):
            return need.missing
        if need.kind == "yes" and value is not True:
            return need.missing
        if need.kind == "text":
            return "Texts are sealed: they do not go in the clear."
    return ""


EXTRA = ("live-until", "special")
"""Values that may come with an outcome: a warning's last day, and that the presumed one is reasoned away."""


def given(law: Law, values: Mapping[str, str | bool], words: str) -> set[str]:
    """Ids of the needs that are met: by a value, or for texts by the sealed words."""
    texts = {need.id for need in law.needs if need.kind == "text"} if words else set()
    return {key for key, value in values.items() if value not in ("", False)} | texts


def _is_day(value: str | bool) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def visible_moves(pack: Pack) -> dict[str, str]:
    """Moves that the reporter may come to see, with how."""
    return {
        move.id: move.visible for track in pack.law.tracks for move in track.moves if move.visible != "never"
    }
