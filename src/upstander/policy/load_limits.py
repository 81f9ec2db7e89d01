"""Reads a pack's limits.toml and bank_holidays.toml."""

from collections.abc import Collection, Sequence
from datetime import date

from upstander.policy import informing
from upstander.policy.law import Law
from upstander.policy.load_rows import known, one_of
from upstander.policy.model import Limit
from upstander.policy.reader import Table
from upstander.policy.working_days import Calendar

UNITS = ("days", "working days", "months")
BASES = ("law", "guidance", "house")
FIRST = ("day after", "same day")
TOLD = ("handler", "decider", "overseer", "reporter", "subject")
PER = ("case", "allegation", "track", "subject", "harmed")
BINDS = ("team", "reporter", "subject", "public")
_STEPS = ("starts", "ends", "again", "pauses", "resumes", "since", "after")


def read_limits(table: Table, steps: Collection[str]) -> tuple[Limit, ...]:
    """Every limit, each naming only steps of the pack. Raises PackError."""
    table.only("nation", "limit")
    seen: set[str] = set()
    found = []
    for item in table.tables("limit", required=True):
        limit = _limit(item, steps)
        if limit.id in seen:
            raise item.wrong("an id that no other limit has", f'"{limit.id}"', "id")
        seen.add(limit.id)
        found.append(limit)
    return tuple(found)


def read_calendar(table: Table, nation: str, asked: Table) -> Calendar:
    """The bank holidays of the nation that limits.toml (`asked`) names. Raises PackError."""
    table.only("nation")
    for item in table.tables("nation", required=True):
        item.only("id", "known_until", "days")
        if item.id() == nation:
            return Calendar(frozenset(_days(item)), _day(item, "known_until"))
    raise asked.wrong(f"a nation of {table.file}", f'"{nation}"', "nation")


def _limit(table: Table, steps: Collection[str]) -> Limit:
    table.only(
        "id", "label", "basis", "source", "unit", "count", "unchecked", "then", "first", "tells", "extends",
        "anchored", "least", "per", "tracks", "binds", "given", "unless", "ahead", *_STEPS
    )  # fmt: skip
    named = {key: _named(table, key, steps) for key in _STEPS}
    unit = table.choice("unit", UNITS)
    if unit == "months" and named["pauses"]:
        raise table.wrong("days or working days for a limit that can pause", '"months"', "unit")
    if bool(named["pauses"]) != bool(named["resumes"]):
        raise table.wrong('"pauses" and "resumes" together', "one of them alone")
    return Limit(
        id=table.id(),
        label=table.text("label"),
        basis=table.choice("basis", BASES),
        source=table.text("source"),
        unit=unit,
        count=table.number("count", 1, 3660),
        unchecked=table.flag("unchecked", False),
        then=table.number("then", 1, 3660) if "then" in table else 0,
        first=table.choice("first", FIRST, FIRST[0]),
        tells=_people(table, "tells", TOLD, TOLD[:3]),
        anchored=table.flag("anchored", False),
        least=table.number("least", 1, 3660) if "least" in table else 0,
        extends=_people(table, "extends", TOLD[:3], ()),
        per=table.choice("per", PER, PER[0]),
        tracks=table.strings("tracks", ()),
        binds=table.choice("binds", BINDS, BINDS[0]),
        given=table.text("given", ""),
        unless=_unless(table),
        ahead=table.number("ahead", 0, 366) if "ahead" in table else -1,
        **named,
    )


def _unless(table: Table) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if "unless" not in table:
        return ()
    inner = table.table("unless")
    return tuple((key, inner.strings(key)) for key in inner)


def check_limits(table: Table, limits: Sequence[Limit], law: Law) -> None:
    """What limits name of tracks, needs and facts is there. Raises PackError."""
    ids = {track.id for track in law.tracks}
    days = {need.id for need in law.needs if need.kind == "day"}
    coded = {fact.id for fact in law.facts} | {need.id for need in law.needs if need.kind == "choice"}
    for item, limit in zip(table.tables("limit", required=True), limits, strict=True):
        known(item, "tracks", ids, "a track")
        one_of(item, "given", days, "a need of kind day")
        personal = informing.kinds(law.codes or {}) & {*limit.starts, *limit.ends, *limit.again}
        if personal and limit.per != "harmed":
            raise item.wrong(f'"harmed" for a limit that names {min(personal)}', f'"{limit.per}"', "per")
        for key, _ in limit.unless:
            if key not in coded:
                raise item.wrong("a fact or a choice that comes with a step", f'"{key}"', "unless")


def _named(table: Table, key: str, steps: Collection[str]) -> tuple[str, ...]:
    names = table.strings(key, None if key in ("starts", "ends") else ())
    for position, name in enumerate(names):
        if name not in steps:
            raise table.wrong("the id of a step in steps.toml", f'"{name}"', key, position)
    return names


def _people(table: Table, key: str, allowed: Sequence[str], default: tuple[str, ...]) -> tuple[str, ...]:
    people = table.strings(key, default)
    for position, one in enumerate(people):
        if one not in allowed:
            raise table.wrong(f"one of {', '.join(allowed)}", f'"{one}"', key, position)
    return people


def _days(table: Table) -> list[date]:
    days = []
    for position, text in enumerate(table.strings("days")):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            raise table.wrong('a day such as "2026-12-25"', f'"{text}"', "days", position) from None
    return days


def _day(table: Table, key: str) -> date:
    text = table.day(key)
    if not text:
        raise table.wrong('a day such as "2028-12-31"', '""', key)
    return date.fromisoformat(text)
