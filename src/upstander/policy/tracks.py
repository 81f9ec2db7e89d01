"""The tracks of a case: which step may be recorded by whom, what it needs, and what it sets off. Pure.

A case has one track or more at once (discipline beside crime, one for each allegation). A track is what was
recorded on it, in order; its stage, and whether it is paused, follow from that. A move that cannot be taken
is refused with the rule and the way forward: `StepError`, as for the steps of a case (`stages.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from upstander.formats.days import words
from upstander.policy.law import Beside, Guard, Law, Move, Need, Premise, Stage, Task, Track
from upstander.policy.model import Limit, Pack, Step
from upstander.policy.stages import StepError

CLOSED = (
    "This case is closed, and a closed case is not worked on unseen (a rule of this system). "
    "First open it again, with reasons, on the page of the case; the reporter sees that."
)
ROLES = ("handler", "decider", "overseer", "server")


@dataclass(frozen=True)
class Recorded:
    """A move that was recorded on a track, the day on which it was done, and the codes that came with it."""

    move: str
    day: date
    values: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What comes with a move. `needs` are the ids of what is there, `confirmed` those of the guard's list.

    `day` is when the thing was done, `today` when it is recorded. `bypass`: the guard's ground, where
    somebody claims it; it needs the reasons too. `values`: the codes and days that come with it.
    """

    role: str
    day: date
    today: date
    needs: Collection[str] = ()
    confirmed: Collection[str] = ()
    bypass: str = ""
    values: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class SetsOff:
    """What a move sets off: tasks, and the limits it starts, pauses, goes on with, or meets."""

    tasks: tuple[Task, ...]
    starts: tuple[Limit, ...]
    meets: tuple[Limit, ...]
    pauses: tuple[Limit, ...]
    resumes: tuple[Limit, ...]


def track_of(law: Law, track: str) -> Track:
    """The track with this id. Raises StepError for another."""
    for one in law.tracks:
        if one.id == track:
            return one
    raise StepError("There is no such track.")


def beside(law: Law, coded: Collection[str], begun: Collection[str]) -> list[Beside]:
    """Tracks that have to run beside the ones that were begun (ids), given the facts coded yes (ids)."""
    return [one for one in law.beside if one.when in coded and one.track not in begun]


def move_of(track: Track, move: str) -> Move:
    """The move with this id. Raises StepError for one that this track does not have."""
    for one in track.moves:
        if one.id == move:
            return one
    raise StepError("There is no such step on this track.")


def stage_of(track: Track, history: Iterable[Recorded]) -> Stage:
    """The stage a track is in."""
    ways = {move.id: move.to for move in track.moves}
    at = track.first
    for recorded in history:
        if recorded.move not in ways:
            raise StepError("There is no such step on this track.")
        at = ways[recorded.move] or at
    return _stage(track, at)


def is_paused(track: Track, history: Iterable[Recorded]) -> bool:
    """Whether the track was paused and not taken up again."""
    pauses = {move.id for move in track.moves if move.pauses}
    resumes = {move.id for move in track.moves if move.resumes}
    paused = False
    for recorded in history:
        paused = (paused or recorded.move in pauses) and recorded.move not in resumes
    return paused


def offered(track: Track, history: Sequence[Recorded], role: str) -> list[Move]:
    """The moves this role could record now, in the pack's order."""
    now = _now(track, history)
    return [move for move in track.moves if not _refusal(track, move, now, role)]


def why_not(track: Track, move: Move, history: Sequence[Recorded], role: str) -> str:
    """Why this role could not record the move now, with the way forward; empty where it could."""
    return _refusal(track, move, _now(track, history), role)


def check_move(law: Law, track: Track, move: str, history: Sequence[Recorded], given: Given) -> Stage:
    """The stage the track is in afterwards.

    Raises StepError with every reason against and the way forward.
    """
    found = move_of(track, move)
    now = _now(track, history)
    refusal = _refusal(track, found, now, given.role)
    if refusal:
        raise StepError(refusal)
    lacking = [
        *_day(track, history, given),
        *(need.missing for need in needs_of(law, found) if need.id not in given.needs),
        *(need.missing for need in needs_of(law, found) if need.ahead and not _is_ahead(need, given)),
        *_broken(found, now.at, {**now.values, **given.values}, own=True),
        *_guarded(law, found, given),
    ]
    if lacking:
        raise StepError("\n".join(lacking))
    return _stage(track, found.to) if found.to else now.at


def needs_of(law: Law, move: Move) -> list[Need]:
    """What has to come with a move, in the move's order."""
    by_id = {need.id: need for need in law.needs}
    return [by_id[need] for need in move.needs]


def guard_of(law: Law, move: Move) -> Guard | None:
    """What has to be confirmed before a move, if anything."""
    return next((guard for guard in law.guards if guard.id == move.guard), None)


def check_while_closed(move: Move) -> None:
    """Raises StepError for a move that is not recorded once the case is closed, with the way forward."""
    if not move.while_closed:
        raise StepError(f"“{move.label}”: {CLOSED}")


def sets_off(pack: Pack, move: Move) -> SetsOff:
    """The work and the limits that hang on a move, on its track."""
    here = [one for one in pack.limits if not one.tracks or move.track in one.tracks]

    def limits(*keys: str) -> tuple[Limit, ...]:
        return tuple(one for one in here if any(move.id in getattr(one, key) for key in keys))

    return SetsOff(
        tuple(task for task in pack.law.tasks if task.id in move.tasks),
        limits("starts", "again"),
        limits("ends", "again"),
        limits("pauses"),
        limits("resumes"),
    )


def as_steps(law: Law) -> tuple[Step, ...]:
    """The moves a reporter may come to see, as steps of the case: `stages.visible` and the page read them."""
    seen: dict[str, Step] = {}
    for track in law.tracks:
        for move in track.moves:
            if move.visible != "never" and move.id not in seen:
                seen[move.id] = Step(move.id, move.label, move.visible, on="track")
    return tuple(seen.values())


@dataclass(frozen=True)
class _Now:
    """Where a track is: its stage, whether it is paused, the moves recorded, and the last of each value."""

    at: Stage
    paused: bool
    done: frozenset[str]
    values: Mapping[str, str | bool]


def _now(track: Track, history: Sequence[Recorded]) -> _Now:
    done = frozenset(recorded.move for recorded in history)
    values = {key: value for recorded in history for key, value in recorded.values.items()}
    return _Now(stage_of(track, history), is_paused(track, history), done, values)


def _stage(track: Track, stage: str) -> Stage:
    return next(one for one in track.stages if one.id == stage)


def _refusal(track: Track, move: Move, now: _Now, role: str) -> str:
    """Why the move may not be recorded now, or nothing."""
    if role not in move.by:
        return f"“{move.label}” is for: {', '.join(move.by)}. Ask one of them."
    if now.at.terminal and now.at.id not in move.begins:
        return f"This track ended: {now.at.label}. A step that opens it again has to come first."
    if move.begins and now.at.id not in move.begins:
        where = ", ".join(_stage(track, stage).label for stage in move.begins)
        return f"“{move.label}” can be recorded at: {where}. The track is at: {now.at.label}."
    if now.paused and not (move.resumes or move.while_paused):
        return "This track is paused. Take it up again first, with reasons."
    if move.resumes and not now.paused:
        return "This track is not paused."
    if move.once and move.id in now.done:
        return f"“{move.label}” was recorded before."
    if move.after and now.done.isdisjoint(move.after):
        labels = ", ".join(one.label for one in track.moves if one.id in move.after)
        return f"One of these has to come first: {labels}."
    return " ".join(_broken(move, now.at, now.values))


def _broken(move: Move, at: Stage, values: Mapping[str, str | bool], *, own: bool = False) -> list[str]:
    """What a move rests on and is not so. `own`: asked of what comes with the move itself."""
    return [
        f"{one.says} ({one.source})"
        for one in move.premises
        if (one.need in move.needs) == own and not _holds(one, at, values)
    ]


def _holds(premise: Premise, at: Stage, values: Mapping[str, str | bool]) -> bool:
    if premise.at and at.id not in premise.at:
        return True
    value = values.get(premise.need)
    return value in premise.has if premise.has else value not in premise.lacks


def _is_ahead(need: Need, given: Given) -> bool:
    """Whether a day that has to come after the step does; one that is missing is asked for elsewhere."""
    value = given.values.get(need.id)
    return not isinstance(value, str) or value > given.day.isoformat()


def _day(track: Track, history: Sequence[Recorded], given: Given) -> list[str]:
    if given.day > given.today:
        return ["This day has not come yet. Record a step once it was taken."]
    if history and given.day < history[-1].day:
        last = history[-1]
        label = move_of(track, last.move).label
        return [f"This day is before “{label}” ({words(last.day)}). Check both days."]
    return []


def _guarded(law: Law, move: Move, given: Given) -> list[str]:
    guard = guard_of(law, move)
    if guard is None:
        return []
    if given.bypass == guard.bypass:
        lacks = "reasons" not in given.needs
        return ["Say what the danger is: passing over the list needs reasons."] if lacks else []
    if given.bypass:
        return ["There is no such ground for passing over this list."]
    open_ = [one.label for one in guard.confirm if one.id not in given.confirmed]
    return [f"Before this step, confirm: {label}." for label in open_]
