"""`upstander live`: says that an institution is no longer a demonstration."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from upstander.cli import doctor
from upstander.cli.environment import StopError, add_data, command, migrate, require_installation, start
from upstander.cli.finding import report

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Takes "demonstration, do not use for a real report" off an institution's pages. Runs `doctor` first
and refuses while anything there fails: from this moment people will trust the page with what they
know. --back puts the warning up again (reports already made stay)."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "live", "take the demonstration warning off an institution", ABOUT)
    add_data(parser)
    parser.add_argument("slug", help="the institution's part of the address")
    parser.add_argument("--back", action="store_true", help="put the warning up again")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Switches, and publishes a card that says so."""
    require_installation(arguments.data)
    if (arguments.data / "demonstration.json").exists():
        raise StopError(
            "this is the ready-made demonstration, whose keys are printed. It never goes live: see `init`."
        )
    start(arguments.data)
    migrate()
    from upstander.server.accounts import cards
    from upstander.server.institutions.actions import set_demonstration
    from upstander.server.institutions.models import Institution

    institution = Institution.objects.filter(slug=arguments.slug).first()
    if institution is None:
        raise StopError(f"there is no institution at /{arguments.slug}/.")
    if not arguments.back and report(doctor.examine(arguments.data, slug=arguments.slug, going_live=True)):
        raise StopError("not switched: first put right what fails above.")
    set_demonstration(institution, arguments.back)
    cards.publish(institution)
    state = "a demonstration again" if arguments.back else "live"
    print(f"{institution.name} is {state}.")
    return 0
