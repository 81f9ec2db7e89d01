"""Reads duties.toml.

First hour, closing, apology, check-ins, claims, oversight, retention, grading, left out.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from upstander.policy.law_duties import (
    LIST_TESTS,
    CheckIn,
    Choice,
    FirstDecision,
    Grade,
    Grading,
    OverseerKind,
    OversightList,
    Requirement,
    RetentionRule,
    TimeLimit,
)
from upstander.policy.load_rows import day, each, known, named, one_of
from upstander.policy.load_tracks import Tracks
from upstander.policy.reader import Table

BASES = ("law", "guidance", "house")


def read_duties(
    table: Table, tracks: Tracks, moves: Collection[str], outcomes: Collection[str], coded: Collection[str]
) -> dict[str, Any]:
    """The fields of `Law` that duties.toml fills. Raises PackError."""
    table.only(
        "decision",
        "requirement",
        "apology",
        "check-in",
        "claim",
        "oversight",
        "overseer",
        "retention",
        "grading",
        "left-out",
    )
    retention = each(table, "retention", lambda item: _retention(item, outcomes), alone=False)
    if sum(not rule.outcomes for rule in retention) != 1:
        raise table.wrong("exactly one retention rule without outcomes", "none or several", "retention")
    return {
        "first_hour": each(table, "decision", lambda item: _decision(item, tracks), alone=False),
        "closing": each(table, "requirement", lambda item: _requirement(item, outcomes), alone=False),
        "apology": named(table.table("apology")),
        "check_ins": each(table, "check-in", lambda item: _check_in(item, moves), alone=False),
        "claims": each(table, "claim", _claim, alone=False, required=False),
        "oversight": each(table, "oversight", lambda item: _list(item, outcomes, coded), alone=False),
        "overseers": each(table, "overseer", _overseer, alone=False),
        "retention": retention,
        "grading": _grading(table.table("grading")),
        "left_out": each(table, "left-out", named, alone=False, required=False),
    }


def _decision(table: Table, tracks: Tracks) -> FirstDecision:
    table.only("id", "label", "help", "choices")
    choices = each(table, "choices", lambda item: _choice(item, tracks), alone=False)
    return FirstDecision(table.id(), table.text("label"), table.text("help"), choices)


def _choice(table: Table, tracks: Tracks) -> Choice:
    table.only("id", "label", "needs", "tasks")
    return Choice(
        table.id(),
        table.text("label"),
        known(table, "needs", {need.id for need in tracks.needs}, "a need"),
        known(table, "tasks", {task.id for task in tracks.tasks}, "a task"),
    )


def _requirement(table: Table, outcomes: Collection[str]) -> Requirement:
    table.only("id", "label", "missing", "source", "kinds")
    return Requirement(
        table.id(),
        table.text("label"),
        table.text("missing"),
        table.text("source"),
        known(table, "kinds", outcomes, "an outcome of outcomes.toml"),
    )


def _check_in(table: Table, moves: Collection[str]) -> CheckIn:
    table.only("id", "days", "after")
    return CheckIn(
        table.id(), table.number("days", 0, 3660), one_of(table, "after", moves, "a step of a track")
    )


def _claim(table: Table) -> TimeLimit:
    table.only("id", "label", "months", "since", "until", "source", "note", "unchecked")
    until = table.day("until")
    return TimeLimit(
        id=table.id(),
        label=table.text("label"),
        months=table.number("months", 1, 600),
        since=day(table, "since"),
        until=date.fromisoformat(until) if until else None,
        source=table.text("source"),
        note=table.text("note", ""),
        unchecked=table.flag("unchecked", False),
    )


def _list(table: Table, outcomes: Collection[str], coded: Collection[str]) -> OversightList:
    table.only("id", "label", "test", "days", "when", "lacks", "outcomes", "source")
    return OversightList(
        id=table.id(),
        label=table.text("label"),
        test=table.choice("test", sorted(LIST_TESTS)),
        days=table.number("days", 1, 3660) if "days" in table else 0,
        when=one_of(table, "when", coded, "a fact of kind yes"),
        lacks=table.text("lacks", ""),
        outcomes=known(table, "outcomes", outcomes, "an outcome of outcomes.toml"),
        source=table.text("source", ""),
    )


def _overseer(table: Table) -> OverseerKind:
    table.only("id", "label", "covert", "source")
    return OverseerKind(
        table.id(), table.text("label"), table.flag("covert", False), table.text("source", "")
    )


def _retention(table: Table, outcomes: Collection[str]) -> RetentionRule:
    table.only("id", "label", "months", "source", "outcomes", "basis")
    return RetentionRule(
        id=table.id(),
        label=table.text("label"),
        months=table.number("months", 1, 1200),
        source=table.text("source"),
        outcomes=known(table, "outcomes", outcomes, "an outcome of outcomes.toml"),
        basis=table.choice("basis", BASES, "house"),
    )


def _grading(table: Table) -> Grading:
    table.only("source", "sources", "information", "handling", "nearest")
    scales = {key: _scale(table, key) for key in ("sources", "information", "handling")}
    nearest: dict[str, tuple[str, str]] = {}
    rows = table.table("nearest")
    for key in rows:
        pair = rows.strings(key)
        for position, (value, scale) in enumerate(zip(pair, ("sources", "information"), strict=False)):
            if value not in {grade.id for grade in scales[scale]}:
                raise rows.wrong(f"a grade of {scale}", f'"{value}"', key, position)
        if len(pair) != 2:
            raise rows.wrong("a grade of the source and one of the information", str(len(pair)), key)
        nearest[key] = (pair[0], pair[1])
    return Grading(
        table.text("source"), scales["sources"], scales["information"], scales["handling"], nearest
    )


def _scale(table: Table, key: str) -> tuple[Grade, ...]:
    found = []
    for item in table.tables(key, required=True):
        item.only("id", "label", "meaning")
        found.append(Grade(item.text("id"), item.text("label"), item.text("meaning")))
    return tuple(found)
