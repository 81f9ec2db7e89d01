"""The page of a case's file as values: who, what, how far, what is next and why not, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from upstander.policy import tracks
from upstander.policy.law import Beside, Law, Need
from upstander.policy.model import Pack
from upstander.server.cases.models import Step
from upstander.server.casework import clocks, conditions, matter, set_off
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.words import BASIS, distance, full_day, rough_day

ROLES = {"subject": "Person reported", "harmed": "Person harmed", "witness": "Witness"}
SOURCES = {
    "saw": "the reporter saw it",
    "happened-to-me": "it happened to the reporter",
    "was-told": "the reporter was told: hearsay",
    "found": "found by the team",
}


@dataclass(frozen=True)
class Ask:
    """A field of a form. `options` are (value, label) of a choice."""

    id: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Offer:
    """A move that may be recorded now."""

    id: str
    label: str
    asks: tuple[Ask, ...]
    texts: tuple[str, ...]
    confirm: tuple[tuple[str, str], ...]
    bypass: str
    shown: bool  # the reporter sees it
    source: str
    sets_off: str
    person: bool  # names an investigator, against whom the bars are asked


@dataclass(frozen=True)
class TrackView:
    """One track of one allegation."""

    id: str
    label: str
    stage: str
    paused: str  # since when, why, and until when; empty where it goes on
    offers: tuple[Offer, ...]
    closed: tuple[tuple[str, str], ...]  # moves that cannot be recorded now, and why
    past: tuple[tuple[str, str], ...]  # label, day


@dataclass(frozen=True)
class PartyView:
    """A person in the case. The name is sealed: the browser fills it in."""

    version: Version
    role: str
    kind: str
    number: str
    note: str = ""  # what follows from the kind of person


@dataclass(frozen=True)
class AllegationView:
    """An allegation, its codes in words, and its tracks."""

    version: Version
    number: str
    category: str
    vawg: bool
    subject: PartyView | None
    codes: tuple[str, ...]
    source: str
    rough: str
    tracks: tuple[TrackView, ...]
    begin: tuple[tuple[str, str], ...]  # tracks that could be begun beside
    beside: tuple[Beside, ...]  # tracks that have to run beside, and were not begun
    second: bool  # wants a second coding, by somebody else
    versions: int


@dataclass
class ClockView:
    """A limit that runs. `mark` as in the timeline; `about` says of what, where the case has several."""

    label: str
    when: str
    mark: str
    why: str
    legal: bool
    extends: bool
    id: str = ""
    about: str = ""
    of: str = ""


THEIRS = {"reporter": "their right ends", "subject": "their right ends", "public": "to be kept until"}
GONE = {"reporter": "their right ended", "subject": "their right ended", "public": "was to be kept until"}


def asks_of(law: Law, needs: Iterable[Need]) -> tuple[tuple[Ask, ...], tuple[str, ...]]:
    """Fields for what has to come with a step, and the labels of its sealed texts."""
    lists = law.codes or {}
    fields, texts = [], []
    for need in needs:
        if need.kind == "text":
            texts.append(need.label)
            continue
        codes = lists[need.codes].codes if need.kind == "choice" else ()
        fields.append(Ask(need.id, need.label, need.kind, tuple((code.id, code.label) for code in codes)))
    return tuple(fields), tuple(texts)


def parties(law: Law, file: CaseFile) -> list[PartyView]:
    """Everybody in the case, numbered by role."""
    kinds, notes = labels(law, "person-types"), _notes(law)
    counts: dict[str, int] = {}
    found = []
    for one in file.parties():
        role = one.said.role
        counts[role] = counts.get(role, 0) + 1
        kind = kinds.get(one.said.type_then, one.said.type_then)
        if one.said.type_now != one.said.type_then:
            kind += f"; now {kinds.get(one.said.type_now, one.said.type_now).lower()}"
        note = notes.get(one.said.type_now, "") if role == "subject" else ""
        found.append(PartyView(one, ROLES[role], kind, f"{ROLES[role]} {counts[role]}", note))
    return found


def _notes(law: Law) -> dict[str, str]:
    """What the pack says about each kind of person."""
    lists = law.codes or {}
    codes = lists["person-types"].codes if "person-types" in lists else ()
    return {code.id: (code.more or {}).get("note", "") for code in codes}


def allegations(
    pack: Pack,
    file: CaseFile,
    people: Iterable[PartyView],
    duties: frozenset[str],
    me: str,
    *,
    begin: str = "",
    is_closed: bool = False,
) -> list[AllegationView]:
    """Every allegation with what can be done about it now."""
    by_item = {one.version.said.item: one for one in people}
    categories = {category.id: category for category in pack.categories}
    lines = matter.lines(pack.law, file, begin)
    coded_twice = {one.said.of for one in file.of(f.SecondCoding)}
    found = []
    for number, one in enumerate(file.allegations(), start=1):
        category = categories.get(one.said.category)
        mine = [line for line in lines if line.allegation.said.item == one.said.item]
        begun = {line.track.id for line in mine}
        versions = file.versions[one.said.item]
        found.append(
            AllegationView(
                one,
                f"Allegation {number}",
                category.label if category else one.said.category,
                bool(category and category.vawg),
                by_item.get(one.said.subject),
                tuple(coded_words(pack.law, one.said.coded)),
                SOURCES[one.said.source],
                rough(one.said),
                tuple(track_view(pack, line, duties, is_closed=is_closed) for line in mine),
                tuple((track.id, track.label) for track in pack.law.tracks if track.id not in begun),
                tuple(tracks.beside(pack.law, matter.coded_yes(one), begun)),
                wants_second(one.said.item)
                and one.said.item not in coded_twice
                and me not in {version.person for version in versions},
                len(versions),
            )
        )
    return found


def wants_second(item: str) -> bool:
    """Whether an allegation is one of the tenth that two people code: by its random id, so nobody picks."""
    return sum(item.encode()) % 10 == 0


def track_view(
    pack: Pack, line: matter.Line, duties: frozenset[str], *, is_closed: bool = False
) -> TrackView:
    """What can be recorded on a track now, and why the rest cannot."""
    law, history = pack.law, list(line.history)
    labels_of = {move.id: move.label for move in line.track.moves}
    offers, closed = [], []
    for move in line.track.moves:
        role = matter.role_of(move, duties)
        if is_closed and not move.while_closed:
            continue  # the page says once what has to come first
        why = tracks.why_not(line.track, move, history, role)
        if why:
            closed.append((move.label, why))
            continue
        asks, texts = asks_of(law, tracks.needs_of(law, move))
        guard = tracks.guard_of(law, move)
        offers.append(
            Offer(
                move.id,
                move.label,
                asks,
                texts,
                tuple((one.id, one.label) for one in guard.confirm) if guard else (),
                guard.bypass if guard else "",
                move.visible != "never",
                move.source,
                set_off.words(pack, move),
                conditions.UNBARRED in move.needs,
            )
        )
    past = tuple((labels_of[one.move], full_day(one.day)) for one in history)
    return TrackView(
        line.track.id,
        line.track.label,
        line.stage.label,
        _paused(law, line),
        tuple(offers),
        tuple(closed),
        past,
    )


def _paused(law: Law, line: matter.Line) -> str:
    """Since when a track stands still, why, and when that is looked at again."""
    if not line.paused:
        return ""
    pauses = {move.id for move in line.track.moves if move.pauses}
    begun = [one for one in line.history if one.move in pauses][-1]
    said = {key: value for one in line.history for key, value in one.values.items()}
    reasons = labels(law, "pause-reasons")
    reason = reasons.get(str(begun.values.get("pause-reason", "")), "")
    look = str(said.get("review-date", ""))
    again = f"; looked at again by {full_day(date.fromisoformat(look))}" if look else ""
    return f"stands still since {full_day(begun.day)}: {reason.lower()}{again}"


def coded_words(law: Law, coded: Mapping[str, Any]) -> list[str]:
    """Coded facts in words; what is no is left out."""
    found = []
    lists = law.codes or {}
    for fact in law.facts:
        value = coded.get(fact.id)
        if value in (None, False, "", []):
            continue
        if fact.kind == "yes":
            found.append(fact.label)
            continue
        known = {code.id: code.label for code in lists[fact.codes].codes}
        values = [value] if isinstance(value, str) else list(value)
        found.append(f"{fact.label}: {', '.join(known.get(one, one) for one in values)}")
    return found


def rough(said: f.Allegation) -> str:
    """When it was, as exactly as it is known."""
    if said.since and said.until and said.since != said.until:
        return f"from {rough_day(said.since)} to {rough_day(said.until)}"
    known = said.since or said.until
    return rough_day(known) if known else "day not known"


def labels(law: Law, name: str) -> dict[str, str]:
    """A code list as id -> label; empty where the pack has none of this name."""
    lists = law.codes or {}
    return {code.id: code.label for code in lists[name].codes} if name in lists else {}


@dataclass(frozen=True)
class CardRow:
    """One decision of the first hour, taken or not."""

    decision: Any
    taken: Version | None
    choice: str
    choices: tuple[tuple[str, str, tuple[Ask, ...], tuple[str, ...]], ...] = field(default=())


def first_hour(law: Law, file: CaseFile) -> list[CardRow]:
    """The card of the first hour."""
    taken = {one.said.decision: one for one in file.of(f.FirstHour)}
    needs = {need.id: need for need in law.needs}
    rows = []
    for decision in law.first_hour:
        choices = tuple(
            (choice.id, choice.label, *asks_of(law, [needs[need] for need in choice.needs]))
            for choice in decision.choices
        )
        one = taken.get(decision.id)
        names = {choice.id: choice.label for choice in decision.choices}
        rows.append(CardRow(decision, one, names.get(one.said.choice, "") if one else "", choices))
    return rows


def clock_views(pack: Pack, steps: list[Step], file: CaseFile, today: date) -> list[ClockView]:
    """The limits that run now: legal clocks, then the house's own. What binds somebody else is a right."""
    found, names = [], _names(pack.law, file)
    for clock in clocks.running(pack, clocks.taken(steps, file, pack), file):
        limit = clock.run.limit
        why = f"{BASIS[limit.basis]}: {limit.source}"
        if limit.unchecked:
            why += " (from memory: read it before you rely on it)"
        if clock.was is not None:
            why += f". Put off from {full_day(clock.was)}"
        if (first := clock.run.earliest(pack.calendar)) is not None:
            why += f". Not before {full_day(first)}"
        if clock.due is None:
            when, mark = "stands still", "todo"
        elif clock.right:
            when, mark = _theirs(clock, clock.due, today), ""
        elif clock.late(today):
            when, mark = f"was due {full_day(clock.due)}: {distance(clock.due, today)}", "late"
        else:
            mark = "now" if clock.due == today else "todo"
            when = f"due {full_day(clock.due)}, {distance(clock.due, today)}"
        extends, legal = bool(limit.extends), limit.basis != "house"
        about = names.get(clock.about, "")
        found.append(ClockView(limit.label, when, mark, why, legal, extends, limit.id, about, clock.about))
    return sorted(_joined(found), key=lambda one: not one.legal)


def _theirs(clock: clocks.Clock, due: date, today: date) -> str:
    """How long a right of somebody else runs: never late, and over when it is over."""
    words = THEIRS if today <= due else GONE
    whose = "" if clock.run.limit.binds == "public" else " on"
    return f"{words[clock.run.limit.binds]}{whose} {full_day(due)}"


def _joined(found: Iterable[ClockView]) -> list[ClockView]:
    """Rows that say the same of several allegations as one; each that can be put off stays by itself."""
    rows: dict[tuple[str, ...], ClockView] = {}
    for one in found:
        first = rows.setdefault((one.id, one.when, one.why, one.of if one.extends else ""), one)
        if first is not one and one.about:
            first.about = f"{first.about}, {one.about[0].lower()}{one.about[1:]}"
    return list(rows.values())


def _names(law: Law, file: CaseFile) -> dict[str, str]:
    """What clocks are about, in words; of a case with one allegation, only whom it harmed."""
    numbers = {one.said.item: f"Allegation {place}" for place, one in enumerate(file.allegations(), start=1)}
    people = {one.version.said.item: one.number for one in parties(law, file)}
    harmed = {one.said.item: people[one.said.item] for one in file.parties("harmed")}
    return {**numbers, **people} if len(numbers) > 1 else harmed
