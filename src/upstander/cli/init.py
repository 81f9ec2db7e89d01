"""`upstander init`: makes an installation, or adds an institution to one."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import founding, slips
from upstander.cli.environment import (
    StopError,
    add_data,
    command,
    migrate,
    private_folder,
    start,
    write_private,
)

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Makes the data folder (0700), the installation's keys (0600), an institution with its channels,
one offline recovery identity (custodian) per channel, and the first administrator's sign-in link.
Asks for what the flags do not say. Refuses to run where there is an installation already; with
--add it puts a further institution into that installation.

Each channel's recovery identity is split into shares; so many of them together open that
channel's cases when its handlers have lost their keys. Each share goes on a slip of its own, to
a different person of the body that runs the channel. The slips are shown or written ONCE and
kept nowhere else. The new institution is a demonstration until `upstander live` says otherwise."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "init", "make an installation, or add an institution to one", ABOUT)
    add_data(parser)
    parser.add_argument("--name", help='the institution, as reporters read it ("Marlshire Police")')
    parser.add_argument("--slug", help="its part of the address: lower-case letters, digits, hyphens")
    parser.add_argument(
        "--channel",
        action="append",
        default=[],
        metavar="NAME",
        help="a receiving team inside; may be repeated",
    )
    parser.add_argument(
        "--outside",
        action="append",
        default=[],
        metavar="NAME",
        help="a receiving body outside; may be repeated",
    )
    parser.add_argument(
        "--prescribed",
        action="append",
        default=[],
        metavar="NAME",
        help="the same, named in law for workers' reports",
    )
    parser.add_argument("--pack", default="uk-police", help="policy pack (default: uk-police)")
    parser.add_argument("--origin", help="the one address people will use, such as https://speak.example.org")
    parser.add_argument(
        "--custodians", type=int, default=3, metavar="N", help="shares per channel (default: 3)"
    )
    parser.add_argument("--needs", type=int, default=2, metavar="M", help="shares that open (default: 2)")
    parser.add_argument("--shares-dir", type=Path, metavar="FOLDER", help="write each slip to a file here")
    parser.add_argument(
        "--administrator", default="", metavar="USER", help="first administrator (default: SLUG-admin)"
    )
    parser.add_argument(
        "--add", action="store_true", help="add an institution to the installation that is there"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Makes it all, and prints the slips and the link."""
    data: Path = arguments.data
    there = (data / "keys").exists()
    if there and not arguments.add:
        raise StopError(f"there is an installation in {data} already; nothing was changed. See --add.")
    if arguments.add and not there:
        raise StopError(f"there is no installation in {data} to add to.")
    plan = ask(arguments)
    if not arguments.add:
        os.environ["UPSTANDER_ORIGIN"] = plan_origin(arguments)
    start(data)
    founding.check(plan)
    private_folder(data)
    if not arguments.add:
        settings = data / "settings.env"
        settings.unlink(missing_ok=True)  # of an attempt that was broken off
        write_private(settings, f"UPSTANDER_ORIGIN={os.environ['UPSTANDER_ORIGIN']}\n")
    founded = founding.found(data, plan, migrate)
    slips.hand_out(founded.slips, arguments.shares_dir)
    from upstander.server.accounts import actions

    invite = actions.invite(founded.administrator)
    print(f"""
Made {plan.name} in {data}.
Reporters will come to   {founded.origin}/{plan.slug}/
The first administrator  {plan.administrator}
signs in once with       {founded.origin}/desk/welcome/{invite}/
                         (within 7 days, and only once)

Next: upstander doctor --data {data}""")
    return 0


def ask(arguments: argparse.Namespace) -> founding.Plan:
    """The plan the flags and, at a terminal, the answers make."""
    name = arguments.name or question("Name of the institution, as reporters read it", "--name")
    slug = arguments.slug or question(
        "Its part of the address", "--slug", re.sub(r"[^a-z0-9]+", "-", name.lower())
    )
    channels = [founding.ChannelPlan(n, inside=True) for n in arguments.channel]
    channels += [founding.ChannelPlan(n, inside=False) for n in arguments.outside]
    channels += [founding.ChannelPlan(n, inside=False, prescribed=True) for n in arguments.prescribed]
    if not channels:
        channels = [
            founding.ChannelPlan(question("Name of the first receiving team", "--channel"), inside=True)
        ]
    return founding.Plan(
        name=name,
        slug=slug,
        pack=arguments.pack,
        channels=tuple(channels),
        custodians=arguments.custodians,
        needs=arguments.needs,
        administrator=arguments.administrator or f"{slug}-admin",
    )


def plan_origin(arguments: argparse.Namespace) -> str:
    """The origin, checked: scheme and host, no path."""
    given = (
        arguments.origin
        or os.environ.get("UPSTANDER_ORIGIN")
        or question("Address people will use", "--origin")
    )
    origin = str(given).rstrip("/")
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?", origin):
        raise StopError("--origin is an address without a path, such as https://speak.example.org.")
    return origin


def question(text: str, flag: str, default: str = "") -> str:
    """Asks at a terminal; elsewhere says which flag is missing."""
    if not sys.stdin.isatty():
        raise StopError(f"{flag} is missing.")
    shown = f"{text} [{default}]: " if default else f"{text}: "
    answer = input(shown).strip() or default
    return answer or question(text, flag, default)
