"""`upstander log status`, `witness`, `rotate-key`, `succeed`: an installation looks after its own log."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from upstander.cli.environment import (
    Formatter,
    StopError,
    add_data,
    migrate,
    require_installation,
    start,
)
from upstander.ledger.errors import LedgerError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands


def add(acts: Commands) -> None:
    """Adds what an installation does about its own log."""
    _act(acts, "status", "say what is signed and published, and who watches", run_status)
    witness = acts.add_parser("witness", help="who watches", description="Who watches the log.")
    who = witness.add_subparsers(title="what to do", metavar="ACT", required=True)
    adding = _act(who, "add", "ask this witness too, from the next tree head on", run_add)
    adding.add_argument("vkey", metavar="VKEY", help="its key, as `upstander witness init` printed it")
    adding.add_argument("url", metavar="URL", help="its address")
    adding.add_argument("--name", default="", help="a short name for pages (default: from its key)")
    removing = _act(who, "remove", "ask this witness no longer", run_remove)
    removing.add_argument("name", metavar="NAME", help="its short name")
    for one in (adding, removing):
        one.add_argument(
            "--quorum", type=int, metavar="N", help="how many must sign (default: more than half)"
        )
    _act(acts, "rotate-key", "let a new key sign; what the old one signed stays verifiable", run_rotate)
    succeed = _act(acts, "succeed", "close the log and open its successor", run_succeed)
    succeed.add_argument("--yes", action="store_true", help="this cannot be taken back, and is meant")


def _act(acts: Commands, name: str, summary: str, run: object) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=summary, description=summary, formatter_class=Formatter)
    add_data(parser)
    parser.set_defaults(run=run)
    return parser


def _start(arguments: argparse.Namespace) -> None:
    require_installation(arguments.data)
    start(arguments.data)
    migrate()


def run_status(arguments: argparse.Namespace) -> int:
    """Prints what the page of the log says. Exit code 1 when nothing may be signed."""
    _start(arguments)
    from upstander.server.log import told

    page = told.page()
    served = page["served"]
    print(f"Log {page['origin']}")
    print(f"published: {served.row.size if served else 0} entries, a tree head {page['every']}")
    print(f"witnesses that must sign: {page['asked']}")
    for one in page["witnesses"]:
        state = "has signed what is published" if one["signed"] else "late"
        print(f"  {one['name']}: {state}" + (f" ({one['problem']})" if one["problem"] else ""))
    if page["trouble"]:
        print(f"NOTHING IS SIGNED: {page['trouble']}")
    return 1 if page["trouble"] else 0


def run_add(arguments: argparse.Namespace) -> int:
    """Adds a witness to the policy."""
    _start(arguments)
    from upstander.server.log import witnesses

    try:
        name = arguments.name or witnesses.name_of(arguments.vkey).replace("/", "-")
        there = [*_listed(), (name, arguments.vkey, arguments.url)]
        witnesses.write(there, arguments.quorum or len(there) // 2 + 1)
    except LedgerError as error:
        raise StopError(f"{error} Nothing was changed.") from error
    print(f"{name} is asked from the next tree head on. The witness has to trust this installation too:")
    print("  upstander witness trust <address of this installation> --data <its folder>")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Takes a witness out of the policy."""
    _start(arguments)
    from upstander.server.log import witnesses

    there = [one for one in _listed() if one[0] != arguments.name]
    if len(there) == len(_listed()):
        raise StopError(f"there is no witness {arguments.name}. See `upstander log status`.")
    try:
        witnesses.write(there, (arguments.quorum or len(there) // 2 + 1) if there else 0)
    except LedgerError as error:
        raise StopError(f"{error} Nothing was changed.") from error
    print(f"{arguments.name} is not asked any more.")
    return 0


def _listed() -> list[tuple[str, str, str]]:
    """The witnesses there are. Raises StopError where groups were written by hand."""
    from upstander.server.log import witnesses

    policy = witnesses.configured()
    if set(policy.groups) - {witnesses.GROUP} or policy.quorum not in {witnesses.GROUP, "none"}:
        raise StopError(f"{witnesses.FILE} has groups of its own: edit it by hand.")
    return [(one.name, str(one.key), one.url) for one in policy.witnesses.values()]


def run_rotate(arguments: argparse.Namespace) -> int:
    """A new key."""
    _start(arguments)
    from upstander.server.log import actions
    from upstander.server.log.errors import BehindError

    try:
        key = actions.rotate_key()
    except BehindError as error:
        raise StopError(str(error)) from error
    print(f"From now on the log is signed with\n  {key}")
    print("The old key is destroyed. Upstander's witnesses learn of the new one by themselves; tell others.")
    return 0


def run_succeed(arguments: argparse.Namespace) -> int:
    """Closes the log and opens the next."""
    if not arguments.yes:
        raise StopError("this closes the log for ever. Read docs/how-to/run-for-real.md, then say --yes.")
    _start(arguments)
    from upstander.server.log import actions, generations

    new = actions.succeed()
    print(f"The log was closed. It goes on as {generations.origin(new)}, whose first entry says so.")
    return 0
