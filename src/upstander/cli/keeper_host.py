"""`upstander keeper host`: hands out the reporter's page, the same bytes as the institution's own server."""

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
Somebody may not dare to be seen at the institution's own address. A keeper can hand out the same page,
byte for byte (`upstander compare` says so), at https://your-keeper/NAME/. What is sent from there goes
on to the institution's server, sealed as it came, without a cookie or a word about who sent it; what
is asked of keepers goes to them from here. Nothing is written down, and your proxy must not either.

  upstander keeper host --folder F --page https://speak.example.org/marlshire/ --installation KEY
  upstander keeper host --folder F --stop

KEY is the installation's public key, compared by telephone. Restart `upstander keeper serve` after it.
After an upgrade, build the page anew (`make build`): a page of another version is another page."""


def add(steps: Commands) -> None:
    """Adds the step."""
    step = steps.add_parser(
        "host", help="hand out an institution's page", description=ABOUT, formatter_class=Formatter
    )
    step.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    step.add_argument("--page", metavar="URL", help="the page at the institution's own server")
    step.add_argument("--installation", metavar="KEY", help="public key of the installation")
    step.add_argument("--stop", action="store_true", help="hand out no page any more")
    step.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Arranges it, ends it, or says what is handed out."""
    from upstander.keeper import home, host

    if (arguments.page is None) != (arguments.installation is None):
        raise StopError("--page and --installation belong together.")
    try:
        home.name_of(arguments.folder)
        if arguments.stop:
            host.away(arguments.folder)
        elif arguments.page is not None:
            host.arrange(arguments.folder, arguments.page, arguments.installation)
        found = host.hosted(arguments.folder)
    except OSError as error:
        raise StopError(f"nothing was changed: {error}") from error
    except (FormatError, SealingError, ValueError, KeyError) as error:
        raise StopError(f"nothing was changed: {error}") from error
    if found is None:
        print("This keeper hands out no page.")
        return 0
    print(f"This keeper hands out the page of {found.slug}, for {found.server}, at /{found.slug}/.")
    print("Compare it from outside: upstander compare https://your-keeper/" + found.slug + "/")
    return 0
