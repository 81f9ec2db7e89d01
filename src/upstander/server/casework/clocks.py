"""The time limits of a case: which run, until when, put off or not, and which have passed.

From steps and moves to values; nothing is stored but extensions, which are facts with a reason. What the
pack counts for each allegation, track or person is counted so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from upstander.policy.limits import Run, Taken, groups, runs
from upstander.policy.model import Limit, Pack
from upstander.server.casework import facts as f
from upstander.server.casework import informing, matter
from upstander.server.casework.casefile import CaseFile

ENDING = frozenset({"closed", "reopened"})
LAST = 1_000_000  # what ends a case comes after everything else of its day


class StepLike(Protocol):
    """A step as its row has it."""

    kind: str
    day: date


@dataclass(frozen=True)
class Clock:
    """A limit that runs. `due` is none while it stands still; `was` the day before it was put off.

    `about`: the item of the allegation, the subject or the person harmed it is counted for; empty for the
    whole case.
    """

    run: Run
    due: date | None
    was: date | None = None
    about: str = ""

    @property
    def right(self) -> bool:
        """Whether it is somebody else's right, with which nobody here can be late."""
        return self.run.right

    def late(self, today: date) -> bool:
        """Whether its day is past."""
        return self.due is not None and today > self.due and not self.right


def taken(steps: Iterable[StepLike], file: CaseFile, pack: Pack) -> list[Taken]:
    """Steps of the case, moves on its tracks and what follows from coding, as limits count them: by day."""
    rows = [
        (step.day, place + (LAST if step.kind in ENDING else 0), Taken(step.kind, step.day))
        for place, step in enumerate(steps)
        if not _is_move(step, pack)
    ]
    rows += [
        (
            one.said.on,
            10_000 + one.number,
            Taken(one.said.move, one.said.on, one.said.of, one.said.track, one.said.values),
        )
        for one in file.of(f.Move)
    ]
    rows += [(one.day, 0, one) for one in matter.referral_days(pack.law, file)]
    letters = [step.day for _, _, step in rows if step.kind in informing.WRITTEN]
    rows += [(one.day, 10_000 + number, one) for number, one in informing.days(pack.law, file, letters)]
    return [one for _, _, one in sorted(rows, key=lambda row: row[:2])]


def _is_move(step: StepLike, pack: Pack) -> bool:
    """Whether a step only shows a move to the reporter: the move itself counts."""
    return step.kind in matter.visible_moves(pack)


def running(pack: Pack, steps: Sequence[Taken], file: CaseFile) -> list[Clock]:
    """The limits that run now, the one that ends first first; those that stand still last."""
    put_off: dict[str, list[f.Extension]] = {}
    for one in file.said(f.Extension):
        put_off.setdefault(one.limit, []).append(one)
    subjects, harmed = matter.subjects(file), informing.about(file)
    found = []
    for limit in pack.limits:
        for about, mine in groups(limit, steps, subjects, harmed):
            if _is_out(limit, about, mine, file):
                continue
            until = [one.until for one in put_off.get(limit.id, []) if one.of in {"", about}]
            found += [_clock(run, pack, until, about) for run in runs([limit], mine) if run.met is None]
    return sorted(found, key=lambda clock: clock.due or date.max)


def _is_out(limit: Limit, about: str, steps: Sequence[Taken], file: CaseFile) -> bool:
    """Whether what is coded, or what a step said, takes an allegation out of a limit."""
    allegation = file.now(about) if limit.unless else None
    if allegation is None:
        return False
    said: dict[str, object] = {key: value for step in steps if step.of for key, value in step.values.items()}
    codes: Mapping[str, object] = {**said, **getattr(allegation.said, "coded", {})}
    return any(codes.get(key) in out for key, out in limit.unless)


def _clock(run: Run, pack: Pack, put_off: Sequence[date], about: str) -> Clock:
    due = run.due(pack.calendar)
    later = [until for until in put_off if due is not None and until > due]
    if not later:
        return Clock(run, due, about=about)
    return Clock(replace(run, extended=max(later)), max(later), due, about)
