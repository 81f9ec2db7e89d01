"""`upstander survey trust`, `open`, `status`, `close`: the staff survey on the installation's side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError, add_data, migrate, require_installation, start
from upstander.formats.errors import FormatError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.server.institutions.models import Institution


def add(steps: Commands) -> None:
    """Adds the steps of the installation."""
    about = """\
Says which body issues passes for this institution's survey, by its signing key: its page carries
the key from then on and takes no notice that another signed; the log has an entry. Get KEY from
the body itself (`upstander survey init` prints it), not with the notice, and compare the letters
by voice. Without KEY it says which is known."""
    trust = _step(steps, "trust", "installation: say which body issues passes", about)
    trust.add_argument("key", nargs="?", metavar="KEY", help="its public signing key")
    trust.set_defaults(run=run_trust)
    about = """\
Takes on the notice of a wave and puts its hash in the log. What people are asked about themselves
is worked out again from the staff totals: a notice that would ask more is refused."""
    opening = _step(steps, "open", "installation: take on a wave's notice", about)
    opening.add_argument("notice", type=Path, metavar="NOTICE", help="the notice its issuing body signed")
    opening.add_argument("--totals", type=Path, required=True, metavar="CSV", help="the same staff totals")
    opening.set_defaults(run=run_open)
    about = "Says whether answers are taken, how many there are, and the response rate by area."
    status = _step(steps, "status", "installation: how many have answered", about)
    status.set_defaults(run=run_status)
    about = """\
Closes a wave for ever and says in the log how many answers there are and which. It also closes by
itself after its last day. Only closed waves are in an extract."""
    closing = _step(steps, "close", "installation: close a wave", about)
    closing.add_argument("wave", metavar="WAVE", help="its name")
    closing.set_defaults(run=run_close)


def _step(steps: Commands, name: str, summary: str, about: str) -> argparse.ArgumentParser:
    step = steps.add_parser(name, help=summary, description=about, formatter_class=Formatter)
    add_data(step)
    step.add_argument("slug", help="the institution's part of the address")
    return step


def _institution(arguments: argparse.Namespace) -> Institution:
    require_installation(arguments.data)
    start(arguments.data)
    migrate()
    from upstander.server.errors import Refusal
    from upstander.server.institutions.access import institution_for

    try:
        return institution_for(arguments.slug)
    except Refusal as refusal:
        raise StopError(f"there is no institution at /{arguments.slug}/.") from refusal


def run_trust(arguments: argparse.Namespace) -> int:
    """Knows a body, or says which is known."""
    institution = _institution(arguments)
    from upstander.server.errors import Refusal
    from upstander.server.surveys import access, actions
    from upstander.surveying.notice import key_letters

    if arguments.key:
        try:
            actions.know_body(institution, arguments.key)
        except FormatError as error:
            raise StopError(f"this is no signing key: {error} Nothing was changed.") from error
        except Refusal as refusal:
            raise StopError(f"{refusal.title} Nothing was changed.") from refusal
        print("The log has an entry that says so from the next tree head on.")
    known = access.known_key(institution)
    print(
        f"Passes come from the body with the key {known}\n{key_letters(known)}"
        if known
        else "No body is known."
    )
    return 0


def run_open(arguments: argparse.Namespace) -> int:
    """Opens a wave."""
    institution = _institution(arguments)
    from upstander.server.errors import Refusal
    from upstander.server.surveys import actions
    from upstander.surveying.totals import read_totals

    try:
        text = arguments.notice.read_text("utf-8")
        wave = actions.open_wave(institution, text, read_totals(arguments.totals))
    except OSError as error:
        raise StopError(f"{arguments.notice} cannot be read: {error.strerror}.") from error
    except FormatError as error:
        raise StopError(f"{error} Nothing was changed.") from error
    except Refusal as refusal:
        raise StopError(f"{refusal.title} Nothing was changed.") from refusal
    print(
        f"Wave {wave.name} takes answers from {wave.opens} to {wave.closes}, at /{institution.slug}/survey/."
    )
    print("The hash of its notice is in the log from the next tree head on.")
    return 0


def run_status(arguments: argparse.Namespace) -> int:
    """Says how it stands. Counts below the threshold are not told, here neither."""
    institution = _institution(arguments)
    from upstander.formats import days
    from upstander.server.surveys import access

    wave = access.newest_wave(institution)
    if wave is None:
        print("There has been no wave.")
        return 0
    print(f"Wave {wave.name}: {access.state_of(wave, days.today(institution.time_zone))}.")
    for area, answered, invited in access.response(wave):
        told = f"at least {answered // 10 * 10}" if answered >= 10 else "fewer than 10"
        print(f"  {area}: {told} of {invited} invited")
    return 0


def run_close(arguments: argparse.Namespace) -> int:
    """Closes a wave."""
    institution = _institution(arguments)
    from upstander.server.errors import Refusal
    from upstander.server.surveys import access, actions

    try:
        count = actions.close_wave(access.wave_named(institution, arguments.wave))
    except Refusal as refusal:
        raise StopError("there is no open wave of that name.") from refusal
    print(f"Wave {arguments.wave} is closed, with {count} answers. The issuing body says how many passes it")
    print("confirmed (its address, then /v1/counts): there must be at least as many, and hardly more.")
    return 0
