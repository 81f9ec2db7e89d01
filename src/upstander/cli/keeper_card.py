"""`upstander keeper card`: looks at an institution's card, says what is new on it, and cosigns it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError
from upstander.formats.errors import FormatError
from upstander.sealing.errors import SealingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from upstander.cli.environment import Commands
    from upstander.keeper.home import Identity
    from upstander.keeper.store import Store
    from upstander.sealing.cards import Card

ABOUT = """\
The card says who receives an institution's reports. A page takes it only when enough keepers have
seen it, so nobody can be shown an old one, or one with a stranger on it. Look at what is new, ask the
channel about it by telephone, then cosign. The first card of an installation by hand, saved from its
address; KEY is the installation's public key, as the institution has it printed:

  upstander keeper card --folder F --card card.txt --installation KEY
  upstander keeper card --folder F --card card.txt --installation KEY --sign

After that the institution's server shows this keeper each new card. Where nobody is new on it, it is
cosigned by itself, for two weeks at a time. Where somebody is, it waits for you:

  upstander keeper card --folder F
  upstander keeper card --folder F --sign

A card that does not follow the last one this keeper cosigned is refused: ask, and tell the others."""


def add(steps: Commands) -> None:
    """Adds the step."""
    step = steps.add_parser(
        "card", help="cosign an institution's card", description=ABOUT, formatter_class=Formatter
    )
    step.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    step.add_argument("--card", type=Path, metavar="FILE", help="a card's statement; else those that wait")
    step.add_argument("--installation", metavar="KEY", help="public key of the installation, with --card")
    step.add_argument("--sign", action="store_true", help="cosign what was shown")
    step.add_argument("--to", type=Path, metavar="FILE", help="cosign, and write the statement here too")
    step.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Shows what is new; with `--sign` or `--to` cosigns."""
    from upstander.keeper import home
    from upstander.keeper.process import DATABASE
    from upstander.keeper.store import Store

    if (arguments.card is None) != (arguments.installation is None) or (arguments.to and not arguments.card):
        raise StopError("--card and --installation belong together, and --to to them.")
    try:
        keeper = home.load(arguments.folder)
        store = Store(arguments.folder / DATABASE)
        try:
            if arguments.card is not None:
                return _given(arguments, keeper, store)
            return _waiting(arguments, keeper, store)
        finally:
            store.close()
    except FileExistsError as error:
        raise StopError(f"{arguments.to} is there already; nothing was signed.") from error
    except OSError as error:
        raise StopError(f"cannot read {error.filename}: {error.strerror}.") from error
    except (FormatError, SealingError, UnicodeDecodeError) as error:
        raise StopError(f"nothing was signed: {error}") from error


def _given(arguments: argparse.Namespace, keeper: Identity, store: Store) -> int:
    from upstander.formats import days
    from upstander.keeper import seen
    from upstander.keepers import cosigning
    from upstander.sealing.cards import read_card

    card = read_card(arguments.card.read_text("utf-8"), arguments.installation)
    _say(card, cosigning.check_next(seen.last(store, card, arguments.installation), card))
    if not (arguments.sign or arguments.to):
        print("Nothing was signed. With --sign it is.")
        return 0
    today = days.today(keeper.policy.time_zone)
    if arguments.to is not None:
        with arguments.to.open("x", encoding="utf-8") as file:
            file.write(seen.cosign(store, keeper, card, today))
    else:
        seen.cosign(store, keeper, card, today)
    seen.trust(store, card.installation, arguments.installation)
    print(
        "Cosigned. The institution's server fetches it within minutes, and shows this keeper what comes next."
    )
    return 0


def _waiting(arguments: argparse.Namespace, keeper: Identity, store: Store) -> int:
    from upstander.formats import days
    from upstander.keeper import seen

    cards = seen.waiting(store)
    for card, news in cards:
        _say(card, news)
        if arguments.sign:
            seen.cosign(store, keeper, card, days.today(keeper.policy.time_zone))
            print("Cosigned. The institution's server fetches it within minutes.")
    if not cards:
        print("No card waits for you.")
    elif not arguments.sign:
        print("Nothing was signed. Ask the channels about it by telephone; then --sign.")
    return 0


def _say(card: Card, news: Sequence[str]) -> None:
    print(f"Version {card.version} of {card.name}, {card.day}:")
    for line in news or ("Nothing is new on it.",):
        print(f"  {line}")
