"""The time limits of a case: which run, until when, put off or not, and which have passed.

From steps and moves to values; nothing is stored but extensions, which are facts with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from upstander.policy.limits import Run, Taken, runs
from upstander.policy.model import Pack
from upstander.server.casework import facts as f
from upstander.server.casework import matter
from upstander.server.casework.casefile import CaseFile


class StepLike(Protocol):
    """A step as its row has it."""

    kind: str
    day: date


@dataclass(frozen=True)
class Clock:
    """A limit that runs. `due` is none while it stands still; `was` the day before it was put off."""

    run: Run
    due: date | None
    was: date | None = None

    def late(self, today: date) -> bool:
        """Whether its day is past."""
        return self.due is not None and today > self.due


def taken(steps: Iterable[StepLike], file: CaseFile, pack: Pack) -> list[Taken]:
    """Steps of the case, moves on its tracks and what follows from coding, as limits count them: by day."""
    rows = [(step.day, place, step.kind) for place, step in enumerate(steps) if not _is_move(step, pack)]
    rows += [(one.said.on, 10_000 + one.number, one.said.move) for one in file.of(f.Move)]
    rows += [(one.day, 0, one.kind) for one in matter.referral_days(pack.law, file)]
    return [Taken(kind, day) for day, _, kind in sorted(rows)]


def _is_move(step: StepLike, pack: Pack) -> bool:
    """Whether a step only shows a move to the reporter: the move itself counts."""
    return step.kind in matter.visible_moves(pack)


def running(pack: Pack, steps: Sequence[Taken], file: CaseFile) -> list[Clock]:
    """The limits that run now, the one that ends first first; those that stand still last."""
    put_off: dict[str, list[date]] = {}
    for one in file.said(f.Extension):
        put_off.setdefault(one.limit, []).append(one.until)
    found = [
        _clock(run, pack, put_off.get(run.limit.id, []))
        for run in runs(pack.limits, steps)
        if run.met is None
    ]
    return sorted(found, key=lambda clock: clock.due or date.max)


def _clock(run: Run, pack: Pack, put_off: Sequence[date]) -> Clock:
    due = run.due(pack.calendar)
    later = [until for until in put_off if due is not None and until > due]
    return Clock(replace(run, extended=max(later)), max(later), due) if later else Clock(run, due)
