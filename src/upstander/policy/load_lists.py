"""Reads the short lists of a pack: support.toml, steps.toml, outcomes.toml and categories.toml."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar

from upstander.policy.load_rows import known
from upstander.policy.model import Category, Outcome, Step, SupportLine
from upstander.policy.reader import Table

SAYS = ("yes", "no", "unknown")
STATES = ("private", "open", "closed")


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


def read_support(table: Table) -> tuple[SupportLine, ...]:
    """Raises PackError."""
    return _each(table, "line", _line)


def read_steps(table: Table) -> tuple[Step, ...]:
    """Raises PackError."""
    steps = _each(table, "step", _step)
    known = {step.id for step in steps}
    for step, item in zip(steps, table.tables("step"), strict=True):
        for position, name in enumerate(step.after):
            if name not in known:
                raise item.wrong("the id of a step in this file", f'"{name}"', "after", position)
        shown_after = step.visible.removeprefix("after:")
        if shown_after != step.visible and shown_after not in known:
            raise item.wrong("the id of a step in this file", f'"{shown_after}"', "visible")
    return steps


def read_outcomes(table: Table) -> tuple[Outcome, ...]:
    """Raises PackError."""
    return _each(table, "outcome", _outcome)


def check_outcomes(table: Table, moves: Collection[str]) -> None:
    """The moves after which a case may end so are there. Raises PackError."""
    for item in table.tables("outcome"):
        known(item, "after", moves, "a step of a track")


def read_categories(table: Table) -> tuple[Category, ...]:
    """Raises PackError."""
    strands = set()
    for item in table.tables("strand", required=True):
        item.only("id", "name")
        item.text("name")
        strands.add(item.id())
    return _each(table, "category", lambda item: _category(item, sorted(strands)), "strand")


def _each(table: Table, key: str, read: Callable[[Table], Item], *others: str) -> tuple[Item, ...]:
    """Every `[[key]]` of the file, in order, with ids that differ."""
    table.only(key, *others)
    seen: set[str] = set()
    items: list[Item] = []
    for item in table.tables(key, required=True):
        value = read(item)
        if value.id in seen:
            raise item.wrong(f"an id that no other {key} has", f'"{value.id}"', "id")
        seen.add(value.id)
        items.append(value)
    return tuple(items)


def _line(table: Table) -> SupportLine:
    table.only(
        "id", "name", "for", "phone", "text", "address", "hours", "free", "bill", "insider", "keeps",
        "note", "areas", "checked", "source",
    )  # fmt: skip
    table.text("source", "")  # where the checker looked; for the pack's authors, not compiled
    return SupportLine(
        id=table.id(),
        name=table.text("name"),
        about=table.text("for"),
        phone=table.text("phone", ""),
        text=table.text("text", ""),
        address=table.text("address", ""),
        hours=table.text("hours", ""),
        free=table.choice("free", SAYS),
        bill=table.choice("bill", SAYS),
        insider=table.choice("insider", SAYS),
        keeps=table.choice("keeps", SAYS),
        note=table.text("note", ""),
        areas=table.strings("areas"),
        checked=table.day("checked"),
        place=table.place(),
    )


def _step(table: Table) -> Step:
    table.only("id", "label", "visible", "terminal", "needs", "on", "while", "to", "after", "once")
    visible = table.text("visible")
    if visible not in ("now", "never") and not visible.startswith("after:"):
        raise table.wrong('"now", "never" or "after:<step>" for "visible"', f'"{visible}"', "visible")
    needs = table.strings("needs", ())
    for position, need in enumerate(needs):
        if need not in ("outcome", "reasons", "subject", "upload"):
            expected = "outcome, reasons, subject or upload"
            raise table.wrong(expected, f'"{need}"', "needs", position)
    states = table.strings("while", ("open",))
    for position, state in enumerate(states):
        if state not in STATES:
            raise table.wrong(f"one of {', '.join(STATES)}", f'"{state}"', "while", position)
    return Step(
        id=table.id(),
        label=table.text("label"),
        visible=visible,
        terminal=table.flag("terminal", False),
        needs=needs,
        on=table.choice("on", ("desk", "server")),
        during=states,
        to=table.choice("to", ("", *STATES), ""),
        after=table.strings("after", ()),
        once=table.flag("once", False),
        place=table.place(),
    )


def _outcome(table: Table) -> Outcome:
    table.only("id", "label", "help", "small", "after")
    small, after = table.flag("small", False), table.strings("after", ())
    return Outcome(table.id(), table.text("label"), table.text("help"), small=small, after=after)


def _category(table: Table, strands: Sequence[str]) -> Category:
    table.only("id", "label", "strand", "vawg", "code", "rule", "standards", "means")
    table.text("rule", "")
    return Category(
        id=table.id(),
        label=table.text("label"),
        strand=table.choice("strand", strands),
        vawg=table.flag("vawg"),
        code=table.text("code"),
        standards=table.strings("standards", ()),
        means=table.strings("means", ()),
    )
