"""`upstander scan`: searches folders for copies of a bank's pictures; a lead sheet without pictures."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.bank import JOB, add_shares, open_job, openings, require_analytics, today
from upstander.cli.bank_making import (
    add_record,
    not_shown,
    read,
    read_authority,
    read_record_of,
    read_standings,
)
from upstander.cli.environment import StopError, command, private_folder
from upstander.cli.scan_sheets import signer, write_sheets

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.fingerprints.authority import Authority
    from upstander.fingerprints.scan import Progress

ABOUT = """\
Searches folders, archives, WhatsApp exports, e-mail and films for copies of the pictures of a sealed
bank. Nobody looks at a picture: what comes out says where to look. Reads only, follows no link,
writes nothing next to the evidence, sends nothing. Works on what the authority names and until the
day it names, if the authority is shown to be in the public log, and only with fingerprints that were
not taken back or stopped: it needs a standing of each case that is no older than seven days.

A killed scan goes on where it was when it is started again with the same --to. Every file that
could not be assessed is counted and listed with the reason.

Exit code: 0 nothing found, 3 leads found, 4 nothing found but not everything could be assessed,
1 not done (said why), 2 misunderstood, 130 stopped by you."""

FOUND, PARTIAL = 3, 4


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "scan", "search devices' files for a bank's pictures", ABOUT)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="folders or files of the evidence")
    parser.add_argument("--authority", type=Path, required=True, metavar="JOB", help=JOB)
    add_shares(parser)
    add_record(parser)
    parser.add_argument(
        "--device", metavar="NAME", help="which of the authority's devices this is (if several)"
    )
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="journal and lead sheet go here, outside the evidence",
    )
    parser.add_argument(
        "--sign",
        type=Path,
        metavar="FILE",
        help="Ed25519 private key (PEM) that signs the lead sheet; the authority names it",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes (default: one a core)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Scans, and writes the sheets."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process a core already; before numpy is loaded
    require_analytics()
    from upstander.fingerprints import bank as banks
    from upstander.fingerprints import scan, sheet
    from upstander.fingerprints.errors import FingerprintError
    from upstander.fingerprints.journal import Journal
    from upstander.fingerprints.walk import outside, shown
    from upstander.formats.hashes import hash_of

    job: Path = arguments.authority
    folder: Path = arguments.to
    authority = read_authority(job / "authority.json")
    sign = signer(arguments.sign, authority)
    device = arguments.device or (authority.devices[0] if len(authority.devices) == 1 else "")
    roots = tuple(shown(os.path.realpath(path)) for path in arguments.paths)
    about = {"authority": authority.sha256, "device": device, "roots": "\n".join(roots)}
    try:
        authority.check(today(), device)
        for path in (folder, job):
            outside(str(path), arguments.paths)
        record, gone = may_be_used(arguments, authority)
        authority, bank = open_job(job, arguments.share, f"scan of {device}: {', '.join(roots)}")
        bank = banks.without(bank, gone)
        private_folder(folder)
        sealed = hash_of((job / "bank.age").read_bytes())
        print("Counting files ...", file=sys.stderr, flush=True)
        with Journal(folder / "journal.jsonl", {**about, "bank": sealed}) as journal:
            scan.scan(arguments.paths, bank, journal, workers=arguments.workers, tell=_teller())
            found = scan.result(journal)
        record, gone = may_be_used(
            arguments, authority
        )  # a long scan: what was taken back meanwhile is left out
    except FingerprintError as error:
        raise StopError(str(error)) from error
    except OSError as error:
        raise StopError(f"cannot write in {folder}: {error.strerror}.") from error
    except KeyboardInterrupt:
        print(f"\nStopped. Start it again with --to {folder} to go on.", file=sys.stderr)
        return 130
    circumstances = sheet.Circumstances(
        device, roots, sealed, datetime.now(UTC), tuple(openings(job)), record, tuple(gone)
    )
    sheets = sheet.sheets(found, bank, authority, circumstances)
    names = write_sheets(folder, sheets, sign, sheet.pdf)
    leads = sum(len(value["leads"]) for value in sheets.values())
    print(f"{found.files} files, {found.pictures} pictures and films, {found.frames} pictures compared.")
    unread, plain = len(found.unread), len(found.plain)
    print(f"{leads} leads, {unread} not assessed, {plain} too plain to compare.")
    for picture, files in found.set_aside:
        print(f"Picture {picture + 1} of the bank hit {files} different files and was set aside: too common.")
    for case in gone:
        print(f"Case {case}: its fingerprints were taken back or stopped, and were left out.")
    for line in record:
        print(line)
    print(f"Lead {'sheet' if len(names) == 1 else 'sheets'}: {', '.join(names)}. {sheet.NOTE}")
    print("Record each in its case at the desk, whatever it says. Then destroy bank, shares and journal.")
    return FOUND if leads else PARTIAL if unread else 0


def may_be_used(arguments: argparse.Namespace, authority: Authority) -> tuple[tuple[str, ...], list[str]]:
    """What is shown about the authority's record, and the cases whose fingerprints may not be used.

    Raises FingerprintError where nothing shows that the authority is in the log, or a standing is too old.
    """
    from upstander.fingerprints.errors import FingerprintError
    from upstander.fingerprints.standing import check_fresh, forbidden

    job: Path = arguments.authority
    record = read_record_of(arguments, authority, sorted(job.glob("proof-*.json")))
    beside = [read(path).decode("utf-8", "replace") for path in sorted(job.glob("standing-*.signed"))]
    standings = read_standings(arguments, record, beside)
    if record is None:
        return (not_shown(arguments.unproven),), forbidden(standings)
    if not record.proven and not arguments.unproven.strip():
        raise FingerprintError(
            f"{' '.join(record.words)} Save the proof again at the desk once it is in the log, and give it "
            "with --proof."
        )
    gone = check_fresh(standings, authority.cases, today())
    why = (
        ()
        if record.proven
        else (f"Begun without the whole proof. Reason given: {arguments.unproven.strip()}",)
    )
    return (*record.words, *why), gone


def _teller() -> Callable[[Progress], None]:
    """Says how far it is: ten times a second on a terminal, else every ten seconds."""
    live = sys.stderr.isatty()
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < (0.1 if live else 10) and progress.files < progress.of:
            return
        last = now
        rate = (progress.bytes - progress.began) / progress.seconds / 1e6 if progress.seconds else 0.0
        left = progress.seconds_left
        line = (
            f"{progress.files} of {progress.of} files, {progress.bytes / 1e6:.0f} of "
            f"{progress.of_bytes / 1e6:.0f} MB, {rate:.1f} MB/s, {progress.leads} leads"
            + (f", about {int(left // 60)} min {int(left % 60)} s left" if left is not None else "")
        )
        end = "\n" if not live or progress.files == progress.of else ""
        print(("\r\033[K" if live else "") + line, end=end, file=sys.stderr, flush=True)

    return tell
