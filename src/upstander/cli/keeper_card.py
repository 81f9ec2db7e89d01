"""`upstander keeper card`: looks at an institution's card, says what is new on it, and cosigns it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError
from upstander.formats.errors import FormatError
from upstander.sealing.errors import SealingError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
The card says who receives an institution's reports. A page takes it only when enough keepers have
seen it, so nobody can be shown an old one, or one with a stranger on it. Save the card from its
address, look at what is new, ask the channel about it by telephone, then cosign:

  upstander keeper card --folder F --card card.txt --installation KEY
  upstander keeper card --folder F --card card.txt --installation KEY --to charity.seen

KEY is the installation's public key, as the institution has it printed. A card that does not follow
the last one this keeper cosigned is refused. A cosignature is good for a quarter."""


def add(steps: Commands) -> None:
    """Adds the step."""
    step = steps.add_parser(
        "card", help="cosign an institution's card", description=ABOUT, formatter_class=Formatter
    )
    step.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    step.add_argument("--card", type=Path, required=True, metavar="FILE", help="the card's statement")
    step.add_argument("--installation", required=True, metavar="KEY", help="public key of the installation")
    step.add_argument("--to", type=Path, metavar="FILE", help="cosign, and write it here")
    step.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Shows what is new; with `--to` cosigns."""
    from upstander.formats import days
    from upstander.keeper import home, seen
    from upstander.keeper.process import DATABASE
    from upstander.keeper.store import Store
    from upstander.keepers import cosigning
    from upstander.sealing.cards import read_card

    try:
        keeper = home.load(arguments.folder)
        card = read_card(arguments.card.read_text("utf-8"), arguments.installation)
        store = Store(arguments.folder / DATABASE)
        try:
            news = cosigning.check_next(seen.last(store, card, arguments.installation), card)
            for line in news or ("Nothing is new on it.",):
                print(line)
            if arguments.to is None:
                print("Nothing was signed. With --to it is.")
                return 0
            today = days.today(keeper.policy.time_zone)
            text = cosigning.make_seen(card, keeper.name, today, keeper.signing)
            with arguments.to.open("x", encoding="utf-8") as file:
                file.write(text)
            seen.remember(store, card)
        finally:
            store.close()
    except FileExistsError as error:
        raise StopError(f"{arguments.to} is there already; nothing was signed.") from error
    except OSError as error:
        raise StopError(f"cannot read {error.filename}: {error.strerror}.") from error
    except (FormatError, SealingError, UnicodeDecodeError) as error:
        raise StopError(f"nothing was signed: {error}") from error
    print(f"Cosigned version {card.version} of {card.name}: {arguments.to}. Send it to the institution.")
    return 0
