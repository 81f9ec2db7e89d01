"""Checks a case from its log secret: every act of it, by number, with its day, and any that is withheld.

Whoever was let in by a case's log secret can do this on any copy of the log, without the institution.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.ledger.errors import LedgerError
from upstander.ledger.leaf import Leaf, label_and_salt

MOST = 4096  # acts looked for in one case
LARGEST = 1024 * 1024  # characters in a file of secrets

_LINE = re.compile(r"(\S{1,80})[ \t]+([A-Za-z0-9_-]{43})(?:[ \t]+([1-9][0-9]{0,3}))?")


@dataclass(frozen=True, slots=True)
class Secret:
    """A case's log secret (32 bytes), a name for it, and the highest number of an act one knows of."""

    name: str
    log: bytes = field(repr=False)
    last: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is in the log: its number in the case, the entry, and what the leaf shows."""

    number: int
    index: int
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class CaseClock:
    """A case's acts in their order, and the numbers that must be in the log and are not."""

    name: str
    acts: tuple[Act, ...]
    withheld: tuple[int, ...]

    def day_of(self, shown: str) -> str:
        """The day of the first act of this shown kind, empty where there is none."""
        return next((act.leaf.day for act in self.acts if act.leaf.shown == shown), "")


def parse_secrets(text: str) -> list[Secret]:
    """Secrets from a file: a name, the secret (b64), and perhaps a number, on each line; # begins a comment.

    Raises LedgerError with the number of the line, and never quotes it.
    """
    if len(text) > LARGEST:
        raise LedgerError("This file is too large to be one of log secrets.")
    found = []
    for place, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise LedgerError(f"Line {place} is not a name, a log secret and perhaps a number.")
        try:
            found.append(Secret(match[1], b64.decode(match[2], 32), int(match[3] or 0)))
        except FormatError:
            raise LedgerError(f"Line {place} does not hold a log secret.") from None
    if not found:
        raise LedgerError("The file holds no log secret.")
    return found


class Clocks:
    """Looks for the acts of some cases; give it to an audit as its visitor, then ask for the `cases`."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self.secrets = list(secrets)
        self._found: list[dict[int, Act]] = [{} for _ in self.secrets]
        self._wanted = {
            label_and_salt(secret.log, number)[0]: (place, number)
            for place, secret in enumerate(self.secrets)
            for number in range(1, MOST + 1)
        }

    def __call__(self, index: int, leaf: Leaf, _hash: bytes) -> None:
        """One leaf. Raises LedgerError when an act is there twice."""
        wanted = self._wanted.get(leaf.label)
        if wanted is None:
            return
        place, number = wanted
        if number in self._found[place]:
            raise LedgerError(
                f"Act {number} of {self.secrets[place].name} is in the log twice: entry {index}."
            )
        self._found[place][number] = Act(number, index, leaf)

    def cases(self) -> list[CaseClock]:
        """What was found for each secret. What lies before the last act found, or known of, must be there."""
        return [
            CaseClock(
                secret.name,
                tuple(found[number] for number in sorted(found)),
                tuple(number for number in range(1, max((secret.last, *found)) + 1) if number not in found),
            )
            for secret, found in zip(self.secrets, self._found, strict=True)
        ]
