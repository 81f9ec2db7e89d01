"""The lists an overseer sees: which cases stand on which, from codes and days alone. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from upstander.policy.law import Law
from upstander.policy.law_duties import OversightList


@dataclass(frozen=True)
class Coded:
    """A case as an overseer may see it: codes and days.

    `referral` is as `referral.standing` answers; `outcome` is the id under which it was closed; `coded` are
    ids of facts coded yes; `recorded` are ids of declarations and records that are there.
    """

    id: str
    received: date
    opened: date | None = None
    updated: date | None = None  # last answer to the reporter
    closed: date | None = None
    outcome: str = ""
    reason: str = ""  # code of the reason for closing
    referral: str = "none"
    coded: Collection[str] = ()
    recorded: Collection[str] = ()


def on_list(one: OversightList, cases: Iterable[Coded], today: date) -> list[Coded]:
    """The cases on this list, the longest waiting first."""
    test = TESTS[one.test]
    return sorted(
        (case for case in cases if test(one, case, today)), key=lambda case: (case.received, case.id)
    )


def lists(law: Law, cases: Iterable[Coded], today: date) -> dict[str, list[Coded]]:
    """Every list of the pack, by id."""
    rows = list(cases)
    return {one.id: on_list(one, rows, today) for one in law.oversight}


def by_reason(cases: Iterable[Coded]) -> Mapping[str, list[Coded]]:
    """Cases by the code of the reason for closing; "" where none was given."""
    found: dict[str, list[Coded]] = {}
    for case in cases:
        found.setdefault(case.reason, []).append(case)
    return dict(sorted(found.items()))


def _silent(one: OversightList, case: Coded, today: date) -> bool:
    """Not opened, or no word to the reporter, for longer than the list's days."""
    last = case.updated or case.received
    return case.closed is None and (case.opened is None or (today - last).days > one.days)


def _unreferred(one: OversightList, case: Coded, today: date) -> bool:
    return case.referral == "due"


def _no_action(one: OversightList, case: Coded, today: date) -> bool:
    return case.closed is not None and case.outcome in one.outcomes


def _without_record(one: OversightList, case: Coded, today: date) -> bool:
    return one.when in case.coded and one.lacks not in case.recorded


TESTS: Mapping[str, Callable[[OversightList, Coded, date], bool]] = {
    "silent": _silent,
    "unreferred": _unreferred,
    "no-action": _no_action,
    "without-record": _without_record,
}
"""The tests a pack's lists can name."""
