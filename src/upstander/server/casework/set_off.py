"""Work that steps and decisions of the first hour set off, as long as nobody has taken it up or done it.

Nothing is stored for it: it follows from what was recorded, until a task fact says who does it or that it is
done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from upstander.formats.days import parse
from upstander.policy.law import Law, Move, Task
from upstander.policy.model import Pack
from upstander.policy.tracks import sets_off
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.words import full_day

WAITS = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """Work that waits. `after` is the item of what set it off, `because` that in words."""

    task: Task
    after: str
    because: str
    day: date
    due: str = ""

    @property
    def due_words(self) -> str:
        """Its day as people write it, where it has one."""
        return full_day(parse(self.due)) if self.due else ""


def waiting(law: Law, file: CaseFile) -> list[Asked]:
    """What was set off and nobody has taken up: the newest of each, for each allegation."""
    known = {(one.what, one.after) for one in file.said(f.Task)}
    newest = {(asked.task.id, of): asked for of, asked in _asked(law, file)}
    return [one for one in newest.values() if (one.task.id, one.after) not in known]


def first_due(law: Law, file: CaseFile) -> date | None:
    """The first day by which work has to be taken up or done that is with nobody by name.

    What the pack gives no day is waited for a week: a rule of this house.
    """
    days = [parse(one.due) if one.due else one.day + WAITS for one in waiting(law, file)]
    tasks = [one for one in file.said(f.Task) if one.state == "open" and not one.to]
    return min([*days, *(one.due for one in tasks if one.due is not None)], default=None)


def words(pack: Pack, move: Move) -> str:
    """What recording a move sets off, and which clocks it starts, meets or stops."""
    found = sets_off(pack, move)
    rows = (
        ("Sets off", [task.label for task in found.tasks]),
        ("Starts", [limit.label for limit in found.starts]),
        ("Meets", [limit.label for limit in found.meets if limit not in found.starts]),
        ("Stops", [limit.label for limit in found.pauses]),
    )
    return " ".join(f"{label}: {'; '.join(said)}." for label, said in rows if said)


def labels(law: Law) -> dict[str, str]:
    """Tasks of the pack by id."""
    return {task.id: task.label for task in law.tasks}


def _asked(law: Law, file: CaseFile) -> Iterator[tuple[str, Asked]]:
    """Everything that was ever set off, the oldest first, with the allegation it is about."""
    tasks = {task.id: task for task in law.tasks}
    moves = {move.id: move for track in law.tracks for move in track.moves}
    live = {one.said.item for one in file.allegations()}
    for one in file.of(f.FirstHour):
        for decision in law.first_hour:
            chosen = [choice for choice in decision.choices if choice.id == one.said.choice]
            for task in chosen[0].tasks if decision.id == one.said.decision and chosen else ():
                yield "", _one(tasks[task], one, decision.label)
    for one in file.moves():
        move = moves.get(one.said.move)
        for task in move.tasks if move is not None and one.said.of in live else ():
            yield one.said.of, _one(tasks[task], one, move.label if move else "")


def _one(task: Task, version: Version, because: str) -> Asked:
    due = str(version.said.values.get(task.due, "")) if task.due else ""
    return Asked(task, version.said.item, because, version.day, due)
