"""`upstander custodian`: rehearses a recovery with shares on paper, offline."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, command
from upstander.formats import ids
from upstander.formats.errors import FormatError
from upstander.sealing import age, shares
from upstander.sealing.errors import SealingError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Reads custodians' shares, puts them together and says which custodian key they make. Compare it with
the key on the institution's card: if they agree, the slips are good. Nothing is written and nothing
is sent. Do this once a year, on a machine that is offline, and after every change of custodians.

With --to the recovered identity is written to a file, for `upstander open` when there is no server
any more. Destroy that file afterwards."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "custodian", "rehearse a recovery with custodians' shares, offline", ABOUT)
    parser.add_argument(
        "shares", type=Path, nargs="*", metavar="FILE", help="slips; without any, asks for shares"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="write the recovered identity here (0600)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Combines, and prints the key id."""
    texts = [share_in(path.read_text("utf-8")) for path in arguments.shares] or asked()
    try:
        seed = shares.combine([shares.from_text(text) for text in texts])
    except (SealingError, FormatError) as error:
        raise StopError(f"these shares do not fit together: {error}") from error
    identity = age.identity_from_seed(seed)
    print(f"These shares make the custodian key {ids.key_id('', age.recipient_of(identity))}.")
    print("Fewer shares than needed also make some key: only the one on the card is right.")
    if arguments.to is not None:
        from upstander.cli.environment import write_private

        write_private(arguments.to, identity + "\n")
        print(f"The identity is in {arguments.to}. Destroy it when you are done.")
    return 0


def share_in(text: str) -> str:
    """The share on a slip, its line breaks taken out."""
    found = text[text.find("us1-") :] if "us1-" in text else ""
    share = "".join(found.split("\n\n", 1)[0].split())
    if not share:
        raise StopError("a slip holds no share (it begins with us1-).")
    return share


def asked() -> list[str]:
    """Shares typed one after another, not shown; an empty one ends."""
    if not sys.stdin.isatty():
        raise StopError("name the slips' files, or run this at a terminal to type the shares.")
    typed = iter(lambda: getpass.getpass("Share (empty to end): ").strip(), "")
    return ["".join(share.split()) for share in typed]
