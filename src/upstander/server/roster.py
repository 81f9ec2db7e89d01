"""The installation's keepers: the roster that all of them signed, put here by `upstander roster`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from upstander.formats import shape
from upstander.formats.errors import FormatError
from upstander.keepers.roster import Roster, read_roster
from upstander.server.log.commit import Done, perform, server_leaf

FILE = "roster.json"  # in the data folder: the statements, a list


@dataclass(frozen=True)
class Ours:
    """The roster, and the statements it was read from."""

    roster: Roster
    texts: tuple[str, ...]


def ours() -> Ours | None:
    """The keepers of this installation, or None where it has none. Raises FormatError for a wrong file."""
    path = Path(settings.DATA) / FILE
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size)


def pin() -> str:
    """What the page is given to hold the roster against: its hash, or nothing where there is none."""
    try:
        found = ours()
    except FormatError:  # doctor says so; the page then does without keepers
        return ""
    return found.roster.sha256 if found is not None else ""


def texts() -> tuple[str, ...]:
    """The roster's statements, for a page to check; none where there is no roster, or a wrong one."""
    try:
        found = ours()
    except FormatError:
        return ()
    return found.texts if found is not None else ()


def origins() -> frozenset[str]:
    """Where keepers may hand out the page: scheme and host of each address of the roster."""
    try:
        found = ours()
    except FormatError:
        return frozenset()
    addresses = [urlsplit(one.address) for one in found.roster.keepers.values()] if found else []
    return frozenset(f"{one.scheme}://{one.netloc}" for one in addresses)


def parse(text: str) -> Ours:
    """A roster file's statements, checked. Raises FormatError."""
    try:
        texts = [shape.text(one) for one in shape.items(json.loads(text))]
    except ValueError as error:
        raise FormatError("A roster is a JSON list of statements, one by each keeper.") from error
    return Ours(read_roster(texts), tuple(texts))


def renewed(found: Ours, shown: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The roster that as many keepers show as are needed, if it is ours with other parts of the key.

    Every keeper signed it, as it did the one before; so many show it that fewer than are needed cannot bring
    back an old one.
    """
    for texts, number in Counter(tuple(one) for one in shown).most_common(1):
        if number < found.roster.needs or texts == found.texts:
            return None
        try:
            return texts if read_roster(texts).sha256 == found.roster.sha256 else None
        except FormatError:
            return None
    return None


def replace(texts: Sequence[str]) -> None:
    """Puts a roster in the place of the last one; never half of it."""
    path = Path(settings.DATA) / FILE
    new = path.with_name(f"{FILE}.new")
    new.write_text(json.dumps(list(texts), indent=1) + "\n", "utf-8")
    new.replace(path)


def enter(found: Ours, transcript: str) -> str:
    """Puts in the log which keepers this installation has from now on. Answers the promise.

    `transcript` is the hash of the ceremony's, which every keeper printed, or empty where a key was dealt.
    """
    read = found.roster
    leaf = server_leaf("roster", "", epoch=read.epoch, roster=read.sha256, transcript=transcript)
    return perform(lambda: Done([], leaf))


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Ours:
    return parse(path.read_text("utf-8"))
