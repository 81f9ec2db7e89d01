"""Evidence that will be wiped: the house's own clock, kept apart from those of law and of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from upstander.policy import firsthour
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.words import distance, full_day

LIMIT = "evidence-loss"  # where a list names what is due: no limit of a pack, so it has no overdue leaf
LABEL = "Make evidence safe (house clock)"
MARKS = {"secured": "", "lost": "late", "today": "now", "left": "todo"}


NEED = "wiped-on"  # what the card of the first hour asks for, as the packs call it
ON_THE_CARD = "What the first hour's card speaks of: write down each piece"


@dataclass(frozen=True)
class LossView:
    """One piece of evidence. `waits`: nobody has said yet that it was made safe, or that it is gone.

    `version`: none of a day that stands on the card alone.
    """

    version: Version | None
    label: str
    when: str
    mark: str
    waits: bool


def due(file: CaseFile) -> date | None:
    """The first day by which something has to be made safe, and was not yet."""
    return firsthour.to_secure(wiped for wiped, _ in _pieces(file))


def losses(names: Mapping[str, str], file: CaseFile, today: date) -> list[LossView]:
    """What will be gone, what is gone first at the top. `names`: the pack's list of evidence, by id."""
    found = [(firsthour.how_it_stands(wiped, today), one) for wiped, one in _pieces(file)]
    return [_view(names, loss, one, today) for loss, one in sorted(found, key=lambda pair: pair[0].order)]


def _view(names: Mapping[str, str], loss: firsthour.Loss, one: Version | None, today: date) -> LossView:
    piece = loss.of
    when = {
        "secured": f"made safe {full_day(piece.secured or piece.gone)}",
        "lost": f"gone since {full_day(piece.gone)}" if today >= piece.gone else "gone",
        "today": f"last day to act: gone on {full_day(piece.gone)}",
        "left": f"gone on {full_day(piece.gone)}: last day to act {distance(piece.last, today)}",
    }[loss.state]
    return LossView(one, names.get(piece.kind, piece.kind), when, MARKS[loss.state], piece.waits)


def _pieces(file: CaseFile) -> list[tuple[firsthour.Wiped, Version | None]]:
    """What was written down. Until something is, the day that the card was answered with stands for it."""
    found: list[tuple[firsthour.Wiped, Version | None]] = [
        (firsthour.Wiped(one.said.what, one.said.gone, one.said.secured, one.said.lost), one)
        for one in file.of(f.Wiped)
    ]
    days = [str(one.values[NEED]) for one in file.said(f.FirstHour) if one.values.get(NEED)]
    return found or [(firsthour.Wiped(ON_THE_CARD, date.fromisoformat(day)), None) for day in days]
