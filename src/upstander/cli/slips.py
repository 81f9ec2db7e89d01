"""Custodians' slips: one share each, on paper of its own, shown once."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from upstander.cli.environment import StopError, private_folder, write_private


@dataclass(frozen=True)
class Slip:
    """One custodian's share of one channel's recovery identity."""

    institution: str
    channel: str
    number: int
    of: int
    needs: int
    share: str

    @property
    def file_name(self) -> str:
        """A file name that says whose slip this is."""
        channel = re.sub(r"[^a-z0-9]+", "-", self.channel.lower()).strip("-")
        return f"{channel}-share-{self.number}-of-{self.of}.txt"

    def __str__(self) -> str:
        share = "\n".join("    " + line for line in textwrap.wrap(self.share, 60, break_on_hyphens=True))
        return f"""\
------------------------------------------------------------------------
{self.institution}: {self.channel}
Recovery share {self.number} of {self.of}. Any {self.needs} of them open this channel's cases.

{share}

Keep it on paper, under lock, away from the other {self.of - 1}. Never photograph it, never type
it anywhere but on the recovery page (/desk/recover/), with another
custodian beside you. Alone it opens nothing. Nobody has a copy.
------------------------------------------------------------------------
"""


def hand_out(slips: Sequence[Slip], folder: Path | None) -> None:
    """Prints each slip, or writes each to a file of its own (0600). Never overwrites one."""
    if folder is None:
        print(
            "Print each slip, give it to one custodian, then clear this screen. They are not shown again.\n"
        )
        for slip in slips:
            print(slip)
        return
    private_folder(folder)
    for slip in slips:
        try:
            write_private(folder / slip.file_name, str(slip))
        except FileExistsError as error:
            raise StopError(
                f"{folder / slip.file_name} is there already. Choose an empty --shares-dir."
            ) from error
    print(f"Wrote {len(slips)} slips to {folder}. Hand them out on paper, then destroy the files.")
