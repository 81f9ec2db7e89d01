"""`upstander release` and `upstander hearing`: what the machine's administrator does for the public site."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError, add_data, command, require_installation, start

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.server.institutions.models import Institution
    from upstander.server.transparency.models import Hearing

ABOUT = """\
Figures become public as an act: their day is announced, the site made by `upstander publish` is
delivered under embargo, somebody outside each institution signs for it at the desk (no contempt of
court, no victim, no live case), and at 9:30 of its day it is public. Each step is in the log; the last
one over the hash of everything that was published.

  upstander release announce marlshire --on 2026-11-18        (a review: and --review)
  upstander release deliver ID public
  upstander release list

Nobody here can sign for figures or change them: a second delivery asks for signatures again."""

HEARINGS = """\
The calendar of hearings in public. It has no field for names. What the chair holds back is not stored;
an outcome stands for as long as it must (28 days at least from
when it is told here) and is then deleted.

  upstander hearing add marlshire --on 2026-12-03 --kind hearing --standards 3,9
  upstander hearing restrict ID --held "in private"
  upstander hearing outcome ID --says "dismissal without notice" --on 2026-12-04"""


def add(commands: Commands) -> None:
    """Adds both commands and their arguments."""
    acts = _acts(command(commands, "release", "announce, deliver and withdraw public figures", ABOUT))
    one = acts("announce", _announce, "say on which day figures will be public")
    one.add_argument("institutions", nargs="+", metavar="INSTITUTION", help="short names")
    one.add_argument("--on", type=date.fromisoformat, required=True, metavar="DAY", help="YYYY-MM-DD")
    one.add_argument("--reason", default="", metavar="TEXT", help="what it puts right: then no week's notice")
    one.add_argument("--review", action="store_true", help="a review made by `upstander review`, no figures")
    one = acts("deliver", _deliver, "take in a site made by `upstander publish`, under embargo")
    one.add_argument("id", metavar="ID")
    one.add_argument("folder", type=Path, metavar="DIR", help="what `upstander publish --out` made")
    one = acts("withdraw", _withdraw, "take figures back before they are public")
    one.add_argument("id", metavar="ID")
    one.add_argument("--reason", required=True, metavar="TEXT", help="why: it is public")
    acts("list", _list, "what is announced, delivered, public and withdrawn")
    acts = _acts(command(commands, "hearing", "the calendar of hearings in public", HEARINGS))
    one = acts("add", _hearing, "list a hearing")
    one.add_argument("institution", metavar="INSTITUTION", help="short name")
    one.add_argument("--on", type=date.fromisoformat, required=True, metavar="DAY", help="YYYY-MM-DD")
    one.add_argument("--kind", required=True, help="hearing, accelerated hearing or appeal")
    one.add_argument("--place", default="", help="where")
    one.add_argument("--standards", default="", metavar="N,N", help="numbers of the standards, 1 to 10")
    one.add_argument("--held", default="public", help="public, partly in private, or in private")
    one = acts("restrict", _restrict, "the chair restricts a hearing")
    one.add_argument("id", metavar="ID")
    one.add_argument("--held", required=True, help="public, partly in private, or in private")
    one = acts("outcome", _outcome, "tell the outcome")
    one.add_argument("id", metavar="ID")
    one.add_argument("--says", required=True, metavar="OUTCOME")
    one.add_argument("--on", type=date.fromisoformat, required=True, metavar="DAY", help="YYYY-MM-DD")
    one.add_argument("--days", type=int, default=28, help="how long it stands (28 at least)")
    one = acts("remove", _remove, "take a hearing off: it was put off, or a court says so")
    one.add_argument("id", metavar="ID")
    acts("list", _hearings, "all hearings")


def _acts(parser: argparse.ArgumentParser) -> Callable[..., argparse.ArgumentParser]:
    group = parser.add_subparsers(title="what to do", metavar="ACT", required=True)

    def act(name: str, run: Callable[[argparse.Namespace], None], about: str) -> argparse.ArgumentParser:
        one = group.add_parser(name, help=about, formatter_class=Formatter)
        add_data(one)
        one.set_defaults(run=lambda arguments: _run(arguments, run))
        return one

    return act


def _run(arguments: argparse.Namespace, act: Callable[[argparse.Namespace], None]) -> int:
    require_installation(arguments.data)
    start(arguments.data)
    from upstander.server.errors import Refusal

    try:
        act(arguments)
    except Refusal as refusal:
        raise StopError(f"nothing was changed. {refusal.title}") from refusal
    return 0


def _institution(slug: str) -> Institution:
    from upstander.server.transparency.access import institution_or_none

    found = institution_or_none(slug)
    if found is None:
        raise StopError(f"there is no institution {slug} here.")
    return found


def _announce(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import actions

    made = actions.announce(
        [_institution(one) for one in arguments.institutions],
        arguments.on,
        arguments.reason,
        "review" if arguments.review else "figures",
    )
    print(f"Announced for {arguments.on.isoformat()}, 9:30. Its number: {made.id}")
    print(f'Make the site with address = "{_site()}" and published = {arguments.on.isoformat()}.')


def _site() -> str:
    from django.conf import settings

    return f"{settings.ORIGIN}/public/"


def _deliver(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import access, actions

    found = access.every().filter(id=arguments.id).first()
    if found is None:
        raise StopError("there is no such release. See: upstander release list")
    actions.deliver(found, arguments.folder)
    names = ", ".join(one.name for one in access.missing(found))
    print(f"Delivered: {found.manifest}. Under embargo. Nobody outside has signed yet for: {names}.")


def _withdraw(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import access, actions

    found = access.every().filter(id=arguments.id).first()
    if found is None:
        raise StopError("there is no such release. See: upstander release list")
    actions.withdraw(found, arguments.reason)
    print("Withdrawn.")


def _list(_: argparse.Namespace) -> None:
    from upstander.server.errors import Refusal
    from upstander.server.transparency import access, actions

    rows = list(access.every())
    for one in rows:
        names = ", ".join(found.slug for found in access.measured(one))
        missing = [found.slug for found in access.missing(one)] if one.state == "delivered" else []
        waits = f", waits for a signature outside {', '.join(missing)}" if missing else ""
        try:
            if one.state == "delivered" and actions.unknown(one, access.manifest_of(one)):
                waits += ", made without the history of what is public now: make it again and deliver it"
        except Refusal:
            waits += ", its files were changed on the disk: deliver it again"
        what = f"{one.kind} of {names}" if one.kind == "review" else names
        print(f"{one.id}  {access.day_of(one).isoformat()}  {one.state}  {what}{waits}")
    if not rows:
        print("There is none. Begin with: upstander release announce")


def _hearing(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import actions

    try:
        standards = [int(one) for one in arguments.standards.split(",") if one.strip()]
    except ValueError:
        raise StopError("standards are numbers from 1 to 10 with commas between, such as 3,9.") from None
    made = actions.list_hearing(
        _institution(arguments.institution),
        day=arguments.on,
        kind=arguments.kind,
        place=arguments.place,
        standards=standards,
        held=arguments.held,
    )
    print(f"Listed. Its number: {made.id}")


def _restrict(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import actions

    found = _listed(arguments.id)
    actions.restrict_hearing(found, arguments.held)
    print("Restricted.")


def _remove(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import actions

    actions.remove_hearing(_listed(arguments.id))
    print("Removed, with all that was said of it. Mail that told of it is not called back.")


def _listed(identity: str) -> Hearing:
    from upstander.server.transparency import access

    found = access.all_hearings().filter(id=identity).first()
    if found is None:
        raise StopError("there is no such hearing. See: upstander hearing list")
    return found


def _outcome(arguments: argparse.Namespace) -> None:
    from upstander.server.transparency import actions

    found = _listed(arguments.id)
    actions.tell_outcome(found, arguments.says, arguments.on, arguments.days)
    print(f"Told, until {found.until}.")


def _hearings(_: argparse.Namespace) -> None:
    from upstander.server.transparency import access

    rows = list(access.all_hearings())
    for one in rows:
        print(f"{one.id}  {one.day}  {one.institution.slug}  {one.kind}, {one.access}  {one.outcome}")
    if not rows:
        print("There is none.")
