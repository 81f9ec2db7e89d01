"""The list page as values: groups of rows with their next step and how far its day is."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from upstander.policy.model import Clocks
from upstander.server.accounts.models import Person
from upstander.server.casework.access import CLOSED, LATER, NEEDS, WAITING
from upstander.server.casework.words import case_number, count, distance, full_day, plural, short_day

HEADINGS = {NEEDS: "Needs you", LATER: "Later", WAITING: "Waiting for someone else", CLOSED: "Closed"}


@dataclass(frozen=True)
class Row:
    """One case in the list. `mark` is the class of the state's stroke: late, now, wait or none."""

    id: str
    number: str
    sealed: bool
    about: str
    urgent: bool
    next_step: str
    due: str
    mark: str
    state: str
    holders: str


@dataclass
class Group:
    """Rows under one heading; `total` counts the group over all pages."""

    heading: str
    total: int
    rows: list[Row] = field(default_factory=list)


def next_step(case: Any, clocks: Clocks, today: date) -> tuple[str, date | None, str]:
    """What comes next for a listed case, by which day, and whom it waits for."""
    if case.rank == CLOSED:
        return "None: closed", None, "closed"
    if not case.opened:
        return "Open it", case.day + timedelta(days=clocks.open_days), ""
    if case.told is None:
        return "Write to the reporter", case.day + timedelta(days=clocks.write_days), ""
    if case.wrote is not None:
        return "Read and answer the reporter", None, f"wrote {short_day(case.wrote, today)}"
    return "Write to the reporter again", case.told + timedelta(days=clocks.write_days), ""


def row(case: Any, holders: list[Person], me: Person, clocks: Clocks, today: date) -> Row:
    """One line of the list."""
    step, due, waits = next_step(case, clocks, today)
    names = ["you" if person == me else person.name for person in holders]
    return Row(
        id=case.id,
        number=case_number(case.id),
        sealed=not case.opened,
        about=f"Received {full_day(case.day)}",
        urgent=case.urgent,
        next_step=step,
        due="no date" if due is None else short_day(due, today),
        mark=_mark(case.rank, due, today),
        state=waits if due is None else distance(due, today),
        holders=", ".join(sorted(names, key=lambda name: name != "you")),
    )


def _mark(rank: int, due: date | None, today: date) -> str:
    if due is not None and due < today:
        return "late"
    if rank == NEEDS:
        return "now"
    return "" if rank == LATER else "wait"


def grouped(rows: list[tuple[int, Row]], counts: dict[int, int]) -> list[Group]:
    """Rows of one page under their headings, in the order they came."""
    groups: dict[int, Group] = {}
    for rank, line in rows:
        groups.setdefault(rank, Group(HEADINGS[rank], counts.get(rank, 0))).rows.append(line)
    return list(groups.values())


def headline(counts: dict[int, int]) -> str:
    """The page's first sentence."""
    needs = counts.get(NEEDS, 0)
    if needs:
        return f"{count(needs)} {plural(needs, 'case needs', 'cases need')} you."
    return "Nothing needs you today." if sum(counts.values()) else "No cases yet."


def lead(counts: dict[int, int], late: int) -> str:
    """The sentences under it."""
    held = sum(counts.values())
    if not held:
        return "A case appears here when somebody seals a report to your key, or a colleague lets you in."
    words = f"You hold {held} {plural(held, 'case', 'cases')}."
    if late:
        promises = plural(late, "promise to a reporter is", "promises to reporters are")
        words += f" {count(late)} {promises} late."
    return words
