"""Who was told what, as values for pages and for the case's answer: one row for each person harmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from upstander.policy import informing as rules
from upstander.policy.law import Law
from upstander.policy.model import Pack
from upstander.server.cases.models import Step
from upstander.server.casework import clocks, file_page, informing
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.words import distance, full_day


@dataclass(frozen=True)
class Said:
    """One entry: what she was told and how, or why not. What was said is sealed (`words`)."""

    day: date
    words: str
    label: str
    how: str
    by: str
    until: str = ""  # a reason not to tell her: when it is looked at again

    @property
    def when(self) -> str:
        """Its day as people write it."""
        return full_day(self.day)


@dataclass(frozen=True)
class Owed:
    """An update that is due to her. `mark` as in the timeline."""

    label: str
    when: str
    mark: str
    due: date


@dataclass(frozen=True)
class Row:
    """One person harmed. `said`: the newest first. `held`: the reason not to tell her that stands now."""

    item: str
    number: str
    version: Version
    last: str
    held: Said | None
    owed: tuple[Owed, ...]
    said: tuple[Said, ...]

    @property
    def mark(self) -> str:
        """late, now or empty: the worst of what is due."""
        marks = {one.mark for one in self.owed}
        return next((mark for mark in ("late", "now") if mark in marks), "")


def rows(pack: Pack, steps: Sequence[Step], file: CaseFile, today: date) -> list[Row]:
    """Everybody harmed, in the file's order. Of a closed case nothing is due."""
    numbers = {one.version.said.item: one.number for one in file_page.parties(pack.law, file)}
    taken = clocks.taken(steps, file, pack)
    running = [one for one in clocks.running(pack, taken, file) if one.run.limit.per == "harmed"]
    closed = bool(steps) and [s.kind for s in steps if s.kind in {"closed", "reopened"}][-1:] == ["closed"]
    letters = [step.day for step in steps if step.kind in informing.WRITTEN]
    entries = _entries(pack.law, file)
    found = []
    for one, stands in informing.standings(file, letters):
        said = entries.get(one.item, [])
        found.append(
            Row(
                one.item,
                numbers[one.item],
                next(party for party in file.parties("harmed") if party.said.item == one.item),
                _last(one, stands, said),
                next((each for each in said if each.until), None) if stands.held else None,
                () if closed else tuple(_owed(clock, today) for clock in running if clock.about == one.item),
                tuple(said),
            )
        )
    return found


def plain(found: Iterable[Row]) -> list[dict[str, object]]:
    """The rows as the case's answer has them: codes and days in words, no names."""
    return [
        {
            "item": one.item,
            "who": one.number,
            "reporter": one.version.said.reporter,
            "known": one.version.said.known,
            "last": one.last,
            "due": [{"what": each.label, "day": each.due.isoformat()} for each in one.owed],
            "told": [
                {
                    "day": each.day.isoformat(),
                    "what": each.label,
                    "how": each.how,
                    "by": each.by,
                    "again": each.until,
                    "words": each.words,
                }
                for each in one.said
            ],
        }
        for one in found
    ]


def choices(pack: Pack) -> dict[str, list[dict[str, str]]]:
    """The lists of the forms: what is told; how; why not."""
    lists = pack.law.codes or {}
    return {
        name: [{"id": one.id, "label": one.label} for one in (lists[key].codes if key in lists else ())]
        for name, key in (("what", rules.TELLINGS), ("how", rules.HOW), ("why", rules.WHY_NOT))
    }


def _entries(law: Law, file: CaseFile) -> dict[str, list[Said]]:
    """What was said to each, the newest first."""
    whats, hows, whys = (file_page.labels(law, name) for name in (rules.TELLINGS, rules.HOW, rules.WHY_NOT))
    reporter = next((one.item for one in informing.people(file) if one.reporter), "")
    found: dict[str, list[tuple[tuple[date, int], Said]]] = {}
    for one in file.of(f.Informed):
        said = one.said
        label = whats.get(said.what, said.what) if said.what else whys.get(said.why, said.why)
        until = full_day(said.review) if said.review else ""
        entry = Said(said.on, one.words, label, hows.get(said.how, said.how), one.name, until)
        found.setdefault(said.to or reporter, []).append(((said.on, one.number), entry))
    return {
        item: [entry for _, entry in sorted(entries, key=lambda pair: pair[0], reverse=True)]
        for item, entries in found.items()
    }


def _last(one: rules.Harmed, stands: rules.Standing, said: Sequence[Said]) -> str:
    if stands.last is None:
        return "nothing yet" if one.reporter else f"nothing yet; in the file since {full_day(one.since)}"
    if not stands.last.what:
        return f"{full_day(stands.last.on)}: written to in her mailbox"
    newest = next(each for each in said if not each.until)
    return f"{newest.when}: {newest.label[0].lower()}{newest.label[1:]} ({newest.how.lower()})"


def _owed(clock: clocks.Clock, today: date) -> Owed:
    due = clock.due or today  # a limit counted for a person never stands still
    mark = "late" if due < today else "now" if due == today else "todo"
    word = "was due" if due < today else "due"
    limit = clock.run.limit
    return Owed(limit.label, f"{word} {full_day(due)}, {distance(due, today)}", mark, due)
