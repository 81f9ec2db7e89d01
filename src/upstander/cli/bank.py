"""`upstander bank`: seals fingerprints of opened reports for one scan, and says what a sealed bank holds."""

from __future__ import annotations

import argparse
import getpass
import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError, command, private_folder, write_private

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.fingerprints.authority import Authority
    from upstander.fingerprints.bank import Bank

ABOUT = """\
A bank is a list of picture fingerprints from opened reports, sealed for one scan under one written
authority. It opens only with the shares of two approvers; nobody else, whoever copies it, can ask it
anything. Fingerprints of intimate pictures are sensitive: destroy the opened reports when the bank
is made, and the bank when the scan is done."""

EXPORT = """\
Reads opened reports (as `upstander open` writes them) and the authority, a TOML file that says job,
legal_basis, operator, collateral_intrusion, devices, cases, from, until and at least two
[[approvers]] with name and recipient (age1pq...). Writes into a new folder: authority.json, bank.age,
and one share-N.age for each approver, sealed to that approver alone. Approvers open their share with
`upstander open share-1.age --identity FILE` when they agree, and hand it to whoever runs the scan.
docs/how-to/scan-devices.md has an authority to begin with."""

OPEN = """\
Opens a bank in memory and says what it is for and how many pictures of which cases it holds. Writes
nothing and prints no fingerprint."""

JOB = "the folder that `upstander bank export` made"


def add(commands: Commands) -> None:
    """Adds the command, its two parts and their arguments."""
    parser = command(commands, "bank", "seal fingerprints for a scan; look into a sealed bank", ABOUT)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    export = parts.add_parser("export", help="seal a bank", description=EXPORT, formatter_class=Formatter)
    export.add_argument("reports", type=Path, nargs="+", metavar="REPORT", help="opened reports (JSON)")
    export.add_argument("--authority", type=Path, required=True, metavar="FILE", help="the authority (TOML)")
    export.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="a folder that is not there yet"
    )
    export.set_defaults(run=run_export)
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


def run_export(arguments: argparse.Namespace) -> int:
    """Seals a bank into a new folder."""
    require_analytics()
    from upstander.fingerprints import authority as authorities
    from upstander.fingerprints import bank
    from upstander.fingerprints.errors import FingerprintError

    try:
        authority = authorities.from_toml(_read(arguments.authority).decode("utf-8", "replace"))
        pictures = []
        for path in arguments.reports:
            found = bank.pictures_of_report(_read(path))
            print(f"{path}: {len(found)} {'picture' if len(found) == 1 else 'pictures'}.")
            pictures += found
        made = bank.export(pictures, authority, today())
    except FingerprintError as error:
        raise StopError(str(error)) from error
    folder: Path = arguments.to
    if folder.exists():
        raise StopError(f"{folder} is there already; nothing was written.")
    private_folder(folder)
    write_private(folder / "authority.json", authority.text.decode())
    _write(folder / "bank.age", made.sealed)
    for number, (share, approver) in enumerate(zip(made.shares, authority.approvers, strict=True), 1):
        _write(folder / f"share-{number}.age", share)
        print(f"share-{number}.age is for {approver.name}, and opens for nobody else.")
    for line in made.dropped:
        print(f"left out: {line}")
    print(f"{made.pictures} pictures are sealed in {folder / 'bank.age'}, for job {authority.job}.")
    print("Destroy the opened reports now.")
    return 0


def run_open(arguments: argparse.Namespace) -> int:
    """Opens a bank and counts."""
    authority, opened = open_job(arguments.job, arguments.share)
    cases = {picture.case for picture in opened.pictures}
    print(f"Job {authority.job}, for {authority.operator}, from {authority.first} to {authority.until}.")
    print(f"Legal basis: {authority.legal_basis}")
    print(f"Collateral intrusion: {authority.collateral_intrusion}")
    print(f"Devices: {', '.join(authority.devices)}")
    print(f"{len(opened.pictures)} pictures of {len(cases)} cases.")
    return 0


def open_job(folder: Path, slips: list[Path]) -> tuple[Authority, Bank]:
    """The authority and the opened bank of a job's folder. Raises StopError."""
    require_analytics()
    from upstander.fingerprints import authority as authorities
    from upstander.fingerprints import bank
    from upstander.fingerprints.errors import FingerprintError

    try:
        authority = authorities.from_json(_read(folder / "authority.json"))
        sealed = _read(folder / "bank.age")
        typed = [bank.share_in(_read(path).decode("utf-8", "replace")) for path in slips] or asked()
        return authority, bank.open_bank(sealed, authority, typed)
    except FingerprintError as error:
        raise StopError(str(error)) from error


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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data)
