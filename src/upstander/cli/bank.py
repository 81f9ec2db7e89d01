"""`upstander bank`: authority, sealed fingerprints for one scan, and what a sealed bank holds."""

from __future__ import annotations

import argparse
import getpass
import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import bank_making
from upstander.cli.environment import Formatter, StopError, command

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.fingerprints.authority import Authority
    from upstander.fingerprints.bank import Bank

ABOUT = """\
A bank is a list of picture fingerprints from opened reports, sealed for one scan under one written
authority. It opens only with the shares of two approvers; nobody else, whoever copies it, can ask it
anything. Fingerprints of intimate pictures are sensitive: destroy the opened reports when the bank
is made, and the bank when the scan is done."""

OPEN = """\
Opens a bank in memory and says what it is for and how many pictures of which cases it holds. Writes
nothing but a line in the job's list of openings, and prints no fingerprint."""

JOB = "the folder that `upstander bank export` made"
OPENINGS = "openings"


def add(commands: Commands) -> None:
    """Adds the command, its parts and their arguments."""
    parser = command(commands, "bank", "seal fingerprints for a scan; look into a sealed bank", ABOUT)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    bank_making.add(parts)
    look = parts.add_parser("open", help="say what it holds", description=OPEN, formatter_class=Formatter)
    look.add_argument("job", type=Path, metavar="JOB", help=JOB)
    add_shares(look)
    look.set_defaults(run=run_open)


def add_shares(parser: argparse.ArgumentParser) -> None:
    """Adds the shares that open a bank."""
    parser.add_argument(
        "--share",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="an approver's opened share; give it twice (without any, asks for shares)",
    )


def run_open(arguments: argparse.Namespace) -> int:
    """Opens a bank and counts."""
    authority, opened = open_job(arguments.job, arguments.share, "looked into")
    cases = {picture.case for picture in opened.pictures}
    print(f"Job {authority.job}, for {authority.operator}, from {authority.first} to {authority.until}.")
    print(f"Legal basis: {authority.legal_basis}")
    print(f"Collateral intrusion: {authority.collateral_intrusion}")
    print(f"Devices: {', '.join(authority.devices)}")
    print(f"{len(opened.pictures)} pictures of {len(cases)} cases.")
    return 0


def open_job(folder: Path, slips: list[Path], what: str) -> tuple[Authority, Bank]:
    """The authority and the opened bank of a job's folder; the opening is noted there. Raises StopError."""
    require_analytics()
    from upstander.fingerprints import authority as authorities
    from upstander.fingerprints import bank
    from upstander.fingerprints.errors import FingerprintError
    from upstander.fingerprints.memory import guard

    guard()
    inside = [path for path in slips if path.resolve().is_relative_to(folder.resolve())]
    if inside:
        raise StopError(
            f"{inside[0]} lies beside the bank: who takes this folder has both. Move opened shares "
            "elsewhere, best onto a stick that leaves with the approver."
        )
    try:
        authority = authorities.from_json(read(folder / "authority.json"))
        sealed = read(folder / "bank.age")
        typed = [bank.share_in(read(path).decode("utf-8", "replace")) for path in slips] or asked()
        opened = bank.open_bank(sealed, authority, typed)
    except FingerprintError as error:
        raise StopError(str(error)) from error
    _note_opening(folder, what)
    return authority, opened


def openings(folder: Path) -> list[str]:
    """Every opening that this job's folder remembers, oldest first."""
    return read(folder / OPENINGS).decode("utf-8", "replace").splitlines()


def _note_opening(folder: Path, what: str) -> None:
    path = folder / OPENINGS
    try:
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8") as lines:
            lines.write(f"{datetime.now(UTC).strftime('%Y-%m-%d %H:%M UTC')} {what}\n")
    except OSError as error:
        raise StopError(
            f"cannot write in {folder}: {error.strerror}. Every opening is noted there."
        ) from error


def require_analytics() -> None:
    """Raises StopError where the packages that scanning needs are not installed."""
    missing = [name for name in ("numpy", "PIL", "av", "typst") if importlib.util.find_spec(name) is None]
    if missing:
        raise StopError(f"this needs the extra `analytics` (make analytics): {', '.join(missing)} not found.")


def asked() -> list[str]:
    """Two shares typed one after the other, not shown."""
    if not sys.stdin.isatty():
        raise StopError("name the approvers' opened shares with --share, or run this at a terminal.")
    return [getpass.getpass(f"Share {number} of 2: ") for number in (1, 2)]


def today() -> str:
    """The day, in UTC."""
    return datetime.now(UTC).date().isoformat()


read = bank_making.read
