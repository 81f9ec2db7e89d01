"""What a letter to a body outside can be filled with before anybody writes: codes and days, never words.

The browser puts these into the pack's letters; whoever writes completes and seals them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from upstander.policy.model import Pack
from upstander.server.cases.models import Case, Step
from upstander.server.casework import clocks, file_page, lawful, matter, told_page
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.words import full_day

NOTICE = "notice-served"
OVERRUN = "overrun"  # how ids of the limits begin that ask for a report on an investigation
NOT_MET = "No criterion is met by what is coded. It is referred of our own accord."


def known(case: Case, pack: Pack, file: CaseFile, steps: Sequence[Step], today: date) -> dict[str, str]:
    """Each name that a letter to a body may have in braces, with its text. Lists have a line each."""
    reference = file.latest(f.External)
    return {
        "reference": reference.said.number if reference else "none",
        "allegations": "\n".join(_allegations(pack, file)) or "Nothing is coded yet.",
        "grounds": _grounds(pack, file),
        "notice": _notice(file),
        "progress": "\n".join(_progress(pack, file, steps)),
        "harmed": _harmed(pack, file, steps, today),
        "period": _period(pack, file, steps, today),
    }


def _allegations(pack: Pack, file: CaseFile) -> list[str]:
    people = file_page.parties(pack.law, file)
    severities = file_page.labels(pack.law, "severities")
    rows = []
    for one in file_page.allegations(pack, file, people, frozenset(), ""):
        against = f"{one.subject.number.lower()} ({one.subject.kind})" if one.subject else "nobody named"
        said = [f"against {against}", one.rough, *one.codes]
        value = file.value("severity", one.version.said.item)
        if value:
            said.append(f"assessed {full_day(value[1])}: {severities.get(value[0], value[0])}")
        rows.append(f"{one.number}: {one.category}; {'; '.join(said)}.")
    return rows


def _grounds(pack: Pack, file: CaseFile) -> str:
    found = lawful.words_of(matter.grounds(pack.law, file))
    return "\n".join(f"{one}." for one in dict.fromkeys(found)) or NOT_MET


def _notice(file: CaseFile) -> str:
    days = sorted({one.said.on for one in file.moves() if one.said.move == NOTICE})
    return f"given on {', '.join(map(full_day, days))}." if days else "not given yet."


def _progress(pack: Pack, file: CaseFile, steps: Sequence[Step]) -> list[str]:
    moves = {move.id: move.label for track in pack.law.tracks for move in track.moves}
    rows = [(one.said.on, moves.get(one.said.move, one.said.move)) for one in file.moves()]
    rows += [(step.day, "It was received") for step in steps if step.kind == "received"]
    return [f"{full_day(day)}: {label}." for day, label in sorted(dict.fromkeys(rows))]


def _harmed(pack: Pack, file: CaseFile, steps: Sequence[Step], today: date) -> str:
    rows = told_page.rows(pack, steps, file, today)
    said = [f"{one.number}: {one.last}." for one in rows]
    return " ".join(said) or "nobody is coded as harmed."


def _period(pack: Pack, file: CaseFile, steps: Sequence[Step], today: date) -> str:
    """When the period that asks for the report ended, or will; nothing where none runs."""
    running = clocks.running(pack, clocks.taken(steps, file, pack), file)
    ends = sorted({one.due for one in running if one.due and one.run.limit.id.startswith(OVERRUN)})
    return f"The period {'ended' if ends[0] < today else 'ends'} on {full_day(ends[0])}." if ends else ""
