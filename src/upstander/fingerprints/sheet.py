"""The lead sheet: what a scan found and what it could not look at, without pictures and without fingerprints.

A lead says where to look, under whose authority, and how wrong it may be. It is not evidence.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from upstander import __version__
from upstander.fingerprints import findings
from upstander.fingerprints.authority import Authority
from upstander.fingerprints.bank import Bank
from upstander.fingerprints.scan import Result

NOTE: Final = "A lead, not evidence until confirmed by an accredited laboratory."
FORMS: Final = 24  # at most, in which a picture is asked for: three cuts, eight ways

# Measured on 35 photographs: 595 pairs of unrelated ones (docs/explanation/fingerprints.md).
MEAN, SPREAD, PAIRS, NEAREST = 127.4, 8.5, 595, 102

_SHOWN = 400  # rows of a table on paper; the JSON has all


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the sheet says besides: device, folders, SHA-256 of the sealed bank, when it was finished.

    `openings`: each time this bank was opened, as the job's folder remembers it. `record`: what was shown
    about the authority's place in the public log, in sentences.
    `gone`: cases whose fingerprints may not be used.
    """

    device: str
    roots: tuple[str, ...]
    bank_sha256: str
    finished: datetime
    openings: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def body(result: Result, bank: Bank, authority: Authority, about: Circumstances, case: str) -> dict[str, Any]:
    """The sheet for one case as a value: what is signed, and what the PDF is made from.

    Each case of an authority has a sheet of its own: its handlers learn nothing of the others' leads.
    """
    own = {number for number, one in enumerate(bank.pictures) if one.case == case and one.prints}
    prints = sum(len(bank.pictures[number].prints) for number in own)
    leads = [] if case in about.gone else [lead for lead in result.leads if lead.picture in own]
    return {
        "authority": json.loads(authority.text),
        "authority_sha256": authority.sha256,
        "bank": {"fingerprints": prints, "pictures": len(own), "sha256": about.bank_sha256},
        "case": case,
        "counted": {
            "compared": result.frames,
            "files": result.files,
            "other": result.other,
            "pictures": result.pictures,
            "plain": len(result.plain),
            "unread": len(result.unread),
        },
        "device": about.device,
        "error": error(prints, result.frames),
        "finished": about.finished.strftime("%Y-%m-%d %H:%M UTC"),
        "folders": list(about.roots),
        "leads": [lead.to_json() for lead in leads],
        "note": NOTE,
        "openings": list(about.openings),
        "plain": result.plain,
        "record": list(about.record),
        "set_aside": [
            {"files": files, "picture": picture} for picture, files in result.set_aside if picture in own
        ],
        "tool": f"Upstander {__version__}",
        "unread": [{"place": place, "reason": reason} for place, reason in result.unread],
    }


def sheets(
    result: Result, bank: Bank, authority: Authority, about: Circumstances
) -> dict[str, dict[str, Any]]:
    """A sheet for each case whose fingerprints may still be used, by case."""
    cases = [case for case in authority.cases if case not in about.gone]
    return {case: body(result, bank, authority, about, case) for case in cases}


def error(prints: int, pictures: int) -> dict[str, Any]:
    """How often unrelated pictures would come as near by chance; texts, as canonical JSON has no fractions.

    The model takes distances of unrelated pictures as normal with the measured mean and spread, and every
    question as independent; real pictures are less well-behaved, so it stands beside what was really seen.
    """
    asked = prints * pictures * FORMS
    by_chance = {
        str(bits): f"{asked * 0.5 * math.erfc((MEAN - bits - 0.5) / SPREAD / math.sqrt(2)):.1e}"
        for bits in (findings.MATCH, findings.POSSIBLE, findings.WEAK)
    }
    return {
        "asked": asked,
        "by_chance": by_chance,
        "measured": (
            f"The nearest of {PAIRS} pairs of unrelated photographs differed in {NEAREST} of 256 bits. "
            f"That alone only shows, at 95 %, that fewer than {3 / PAIRS:.1%} of pairs come nearer."
        ),
        "model": f"normal distances, mean {MEAN} and spread {SPREAD} bits, all questions independent",
    }


def pdf(sheet: dict[str, Any]) -> bytes:
    """The sheet on paper: a tagged PDF. Long tables are cut, and say so."""
    import typst

    shortened = {
        **sheet,
        "leads": sheet["leads"][:_SHOWN],
        "plain_more": max(0, len(sheet["plain"]) - _SHOWN),
        "plain": sheet["plain"][:_SHOWN],
        "unread_more": max(0, len(sheet["unread"]) - _SHOWN),
        "unread": sheet["unread"][:_SHOWN],
        "leads_more": max(0, len(sheet["leads"]) - _SHOWN),
    }
    template = Path(__file__).with_name("lead-sheet.typ").read_bytes()
    made: bytes = typst.compile(template, sys_inputs={"sheet": json.dumps(shortened)}, format="pdf")
    return made
