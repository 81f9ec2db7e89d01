"""A figure: one finding, in a sentence, with its chart, numbers and notes, made from `Safe` tables only.

Which table becomes which figure stands in `told`. Rows keep the order of their codes, never that of
their numbers: this is a comparison over time and between kinds of reports, not a league table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from upstander.measure.disclosure import Published, Safe, opened
from upstander.publishing.charts import Mark
from upstander.publishing.errors import PublishError

Topic = Literal["reports", "handling", "candour", "staff", "fairness", "change"]
TOPICS: dict[Topic, str] = {
    "reports": "What was reported",
    "handling": "How fast, and how it ended",
    "candour": "What reporters were told",
    "staff": "What staff say",
    "fairness": "Who is reported, and how far it goes",
    "change": "What a change left behind",
}
NEVER = frozenset({"units", "units_outside"})
NEVER_BY = "_stratum"  # and what the survey counts by area
"""Tables that no page, file, feed or interface of the site has: they name units."""


def _is_nameless(name: str) -> bool:
    return name not in NEVER and not name.endswith(NEVER_BY)


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart of a figure: rows with a unit in common. `bars` counts from nought, else intervals."""

    marks: tuple[Mark, ...]
    axis: str
    bars: bool = False
    same: float | None = None
    ends: str = ""
    title: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """`finding` is the title; `sub` says what, who, when and which way is good; all rests on `safe`."""

    name: str
    topic: Topic
    finding: str
    sub: str
    safe: Safe[Published]
    panels: tuple[Panel, ...] = ()
    notes: tuple[str, ...] = ()
    alt: str = ""
    head: str = ""  # a number for the overview, or nothing
    head_says: str = ""
    short: str = ""  # the finding's first half, for the overview's title
    matrix: tuple[tuple[str, ...], ...] = field(default=())  # a table by two labels: head, then rows

    def __post_init__(self) -> None:
        opened(self.safe)  # raises DisclosureError for what did not come through the door


Tell = Callable[[Safe[Published], "Tables"], Figure | None]


class Tables:
    """The `Safe` tables of one release by name, without those that no page may have."""

    def __init__(self, tables: Sequence[Safe[Published]]) -> None:
        self.by_name: Mapping[str, Safe[Published]] = {
            name: safe for safe in tables if _is_nameless(name := opened(safe).name)
        }
        if not self.by_name:
            raise PublishError("There is nothing to publish: the release has no tables.")

    def get(self, name: str) -> Safe[Published] | None:
        """The table of this name, if there is one."""
        return self.by_name.get(name)

    def newest(self, prefix: str) -> Safe[Published] | None:
        """Of the tables `prefix` and a wave, that of the last wave."""
        names = sorted((name for name in self.by_name if name.startswith(prefix)), key=_order)
        return self.by_name[names[-1]] if names else None


def _order(name: str) -> tuple[int, str]:
    return len(name), name


def notes_of(safe: Safe[Published]) -> tuple[str, ...]:
    """The marks that occur, and the notes that travel with the table, as `measure` wrote them."""
    table = opened(safe)
    return (*(f"{mark} {meaning}" for mark, meaning in table.marks().items()), *table.notes)
