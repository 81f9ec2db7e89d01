"""Who is named in cases that were taken out, read on the machine of the handler whose key opens them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from upstander.cli.environment import StopError
from upstander.cli.open_ import read_identities
from upstander.formats.errors import FormatError
from upstander.linkage.mentions import Mention, mention_of, parse
from upstander.sealing import age
from upstander.sealing.casefile import CaseFile, is_case_file, read_case_file
from upstander.sealing.errors import SealingError


@dataclass
class Found:
    """Mentions of people, and pairs that handlers recorded as one person. `unnamed`: described, not named."""

    mentions: list[Mention] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    unnamed: int = 0


def read_cases(paths: Iterable[Path], identity: Path) -> Found:
    """Opens case files one by one. Raises StopError, naming the file, for one that does not open or hold."""
    try:
        identities = read_identities(identity.read_text("utf-8"))
    except OSError as error:
        raise StopError(f"cannot read {identity}: {error.strerror}.") from error
    found = Found()
    met: dict[str, str] = {}  # the last mention of a pseudonym
    seen: set[str] = set()
    for path in paths:
        case = _opened(path, identities)
        for said, name in people_in(case):
            mention = mention_of(str(case.said["case"]["id"]), str(said["item"]))
            if mention in seen:
                raise StopError(f"{path}: this case was given already. Keep its newest copy only.")
            seen.add(mention)
            known = bool(said.get("known")) and bool(name)
            found.unnamed += not known
            found.mentions.append(parse(mention, name) if known else Mention(mention))
            who = str(said["who"])
            if who in met:
                found.same.append((met[who], mention))
            met[who] = mention
    return found


def _opened(path: Path, identities: list[str]) -> CaseFile:
    try:
        content = age.open_(path.read_bytes(), identities)
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error
    except SealingError as error:
        raise StopError(f"{path} did not open: {error}") from error
    try:
        found = read_case_file(content) if is_case_file(content) else None
    except FormatError as error:
        raise StopError(f"{path} cannot be read: {error}") from error
    if found is None or found.kind != "whole":
        raise StopError(f"{path} is not a whole case that was taken out at the desk.")
    if not found.holds:
        raise StopError(f"{path} does not hold. `upstander open` says what is wrong with it.")
    return found


def people_in(case: CaseFile) -> list[tuple[Mapping[str, Any], str]]:
    """Subjects and witnesses as they stand now, each with the sealed name that goes with her entry."""
    names = {
        str(listed["id"]): str(item.body.get("text", ""))
        for listed, item in zip(case.said["items"], case.items, strict=True)
    }
    parties: dict[str, Mapping[str, Any]] = {}
    for act in sorted(case.said["acts"], key=lambda act: int(act["number"])):
        body = act["body"] or {}
        facts = body.get("facts", ()) if body.get("kind") == "work" else ()
        parties |= {str(one["item"]): one for one in facts if one.get("kind") == "party"}
    return [
        (one, names.get(str(one.get("words", "")), ""))
        for one in parties.values()
        if one.get("state", "in") == "in" and one["role"] in ("subject", "witness")
    ]
