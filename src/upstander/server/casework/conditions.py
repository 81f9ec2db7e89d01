"""What the pack asks of a step besides its place on the track, each answered in words or with nothing.

A track that has to run beside, a severity below its floor, a day that is too early, and who may investigate.
"""

from __future__ import annotations

from collections.abc import Iterable

from upstander.policy import outcomes
from upstander.policy.bars import INVESTIGATE
from upstander.policy.law import Bar, Law, Move
from upstander.policy.model import Pack
from upstander.server.cases.models import Case
from upstander.server.casework import clocks, conflict, matter, people
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.words import full_day

UNBARRED = "no-bar"  # the need of a step that names an investigator
SEVERITY = "severity"
SENT_ON = frozenset({"recorded", "passed-on"})
"""Moves that lead on and may still be made while something else is due first."""


def beside_first(law: Law, file: CaseFile, allegation: Version, one: f.Move, found: Move) -> str:
    """Which track has to be begun before this one goes further, with the rule; or nothing.

    What records a matter, or hands it on, waits for nothing.
    """
    if not found.to or one.move in SENT_ON:
        return ""
    missing = [rule for rule in matter.beside(law, file, allegation) if rule.track != one.track]
    return " ".join(f"{rule.says} ({rule.source}) {_begin(law, rule.track)}" for rule in missing)


def beside_missing(law: Law, file: CaseFile) -> str:
    """Tracks that no allegation may be closed without, with the rule and the way forward; or nothing."""
    missing = {
        rule.id: f"{rule.says} ({rule.source}) {_begin(law, rule.track)}"
        for one in file.allegations()
        for rule in matter.beside(law, file, one)
    }
    return " ".join(missing.values())


def _begin(law: Law, track: str) -> str:
    label = next(one.label for one in law.tracks if one.id == track)
    return f"First record on the track “{label}” of this allegation what was done there."


def severity(law: Law, case: Case, file: CaseFile, one: f.Move, found: Move) -> str:
    """Why a severity is too low for what is coded, or nothing.

    Asked when it is assessed, and again before the track goes on: the coding may have changed since.
    """
    mine = any(
        SEVERITY in move.needs for track in law.tracks if track.id == one.track for move in track.moves
    )
    before, allegation = file.value(SEVERITY, one.of), file.now(one.of)
    goes_on = mine and bool(found.to) and one.move not in SENT_ON
    value = one.values.get(SEVERITY) or (before[0] if before and goes_on else None)
    if value is None or allegation is None:
        return ""
    try:
        outcomes.check_severity(law, str(value), allegation.said.coded, matter.marks(law, case.day))
    except outcomes.OutcomeError as refused:
        return str(refused) if SEVERITY in one.values else f"{refused} Assess the severity again first."
    return ""


def too_early(steps: Iterable[clocks.StepLike], pack: Pack, file: CaseFile, one: f.Move) -> str:
    """Why a step cannot have been taken on its day, where a limit has a first day too; or nothing."""
    said = []
    for clock in clocks.running(pack, clocks.taken(steps, file, pack), file):
        first = clock.run.earliest(pack.calendar)
        limit = clock.run.limit
        if first is None or one.move not in limit.ends or clock.about not in {"", one.of} or one.on >= first:
            continue
        when = f"not before {full_day(first)} ({limit.source})"
        said.append(f"“{limit.label}”: {when}. Check the day, and that of the notice.")
    return " ".join(said)


def investigator(case: Case, law: Law, file: CaseFile, one: f.Move, found: Move) -> str:
    """Every bar against whoever is named to investigate, or still does, with its source; or nothing.

    Skills are what the decider vouches for with the step itself. Somebody from elsewhere has no account here:
    then the decider answers for the bars by the step's own confirmation. Whoever was named is asked about
    again before the track goes on, because the coding, or what she declared, may have changed.
    """
    if one.person and UNBARRED not in found.needs:
        return "This step names no investigator."
    if one.person:
        said = _against(case, law, file, one.person)
        return f"{said} Appoint somebody else, or have the question answered first." if said else ""
    named = _named(law, file, one) if found.to and UNBARRED not in found.needs else ""
    said = _against(case, law, file, named) if named else ""
    return f"{said} First record that another investigator was appointed." if said else ""


def _named(law: Law, file: CaseFile, one: f.Move) -> str:
    """Who was last named to investigate on this track, if it was somebody who works at this desk."""
    names = {move.id for track in law.tracks for move in track.moves if UNBARRED in move.needs}
    made = [version.said.person for version in file.moves(one.track, one.of) if version.said.move in names]
    return str(made[-1]) if made else ""


def _against(case: Case, law: Law, file: CaseFile, username: str) -> str:
    person = people.holder(case, username)
    if person is None:
        return "Only somebody who can open the case can investigate it from here."
    bars = conflict.against(law, case, file, person, INVESTIGATE)
    return " ".join(f"{bar.says} ({bar.source})" for bar in bars)


def rules_for_investigators(law: Law, file: CaseFile) -> list[Bar]:
    """The bars a decider looks at before she names an investigator: those that hold for what is coded."""
    coded = conflict.coded(law, file)
    return [bar for bar in law.bars if bar.of == INVESTIGATE and (not bar.when or bar.when in coded)]
