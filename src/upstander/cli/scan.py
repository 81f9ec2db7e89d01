"""`upstander scan`: searches folders for copies of a bank's pictures; a lead sheet without pictures."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.cli.bank import JOB, add_shares, open_job, require_analytics, today
from upstander.cli.environment import StopError, command, private_folder, write_private

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.fingerprints.scan import Progress

ABOUT = """\
Searches folders, archives, WhatsApp exports, e-mail and films for copies of the pictures of a sealed
bank. Nobody looks at a picture: what comes out says where to look. Reads only, follows no link,
writes nothing next to the evidence, sends nothing. Works on what the authority names and until the
day it names.

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
        "--sign", type=Path, metavar="FILE", help="Ed25519 private key (PEM) that signs the lead sheet"
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
    """Scans, and writes the sheet."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process a core already; before numpy is loaded
    require_analytics()
    from upstander.fingerprints import scan, sheet
    from upstander.fingerprints.errors import FingerprintError
    from upstander.fingerprints.journal import Journal
    from upstander.fingerprints.walk import outside, shown
    from upstander.formats.hashes import hash_of

    sign = _signer(arguments.sign)
    authority, bank = open_job(arguments.authority, arguments.share)
    device = arguments.device or (authority.devices[0] if len(authority.devices) == 1 else "")
    folder: Path = arguments.to
    roots = tuple(shown(os.path.realpath(path)) for path in arguments.paths)
    about = {"authority": authority.sha256, "device": device, "roots": "\n".join(roots)}
    try:
        authority.check(today(), device)
        for path in (folder, arguments.authority):
            outside(str(path), arguments.paths)
        private_folder(folder)
        sealed = hash_of((arguments.authority / "bank.age").read_bytes())
        print("Counting files ...", file=sys.stderr, flush=True)
        with Journal(folder / "journal.jsonl", {**about, "bank": sealed}) as journal:
            scan.scan(arguments.paths, bank, journal, workers=arguments.workers, tell=_teller())
            found = scan.result(journal)
    except FingerprintError as error:
        raise StopError(str(error)) from error
    except OSError as error:
        raise StopError(f"cannot write in {folder}: {error.strerror}.") from error
    except KeyboardInterrupt:
        print(f"\nStopped. Start it again with --to {folder} to go on.", file=sys.stderr)
        return 130
    circumstances = sheet.Circumstances(device, roots, sealed, datetime.now(UTC))
    value = sheet.body(found, bank, authority, circumstances)
    _write_sheet(folder, value, sign, sheet.pdf(value))
    print(f"{found.files} files, {found.pictures} pictures and films, {found.frames} pictures compared.")
    unread, plain = len(found.unread), len(found.plain)
    print(f"{len(found.leads)} leads, {unread} not assessed, {plain} too plain to compare.")
    for picture, files in found.set_aside:
        print(f"Picture {picture + 1} of the bank hit {files} different files and was set aside: too common.")
    print(f"Lead sheet: {folder / 'lead-sheet.pdf'}. {sheet.NOTE}")
    return FOUND if found.leads else PARTIAL if found.unread else 0


def _signer(path: Path | None) -> Callable[[dict[str, Any]], str]:
    """What turns the sheet into the text that is written: a signed statement, or plain canonical JSON."""
    from upstander.formats import canonical, statements

    if path is None:
        return lambda value: canonical.encode(value).decode()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise StopError(f"{path} is not an Ed25519 private key without a passphrase (PEM).") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StopError(f"{path} is a key of another kind; the lead sheet is signed with Ed25519.")
    print(f"The lead sheet will be signed with {statements.public_of(key)}.")
    return lambda value: statements.sign("lead-sheet", value, key)


def _write_sheet(
    folder: Path, value: dict[str, Any], sign: Callable[[dict[str, Any]], str], pdf: bytes
) -> None:
    """Replaces an earlier sheet of the same scan."""
    for name in ("lead-sheet.json", "lead-sheet.signed", "lead-sheet.pdf"):
        (folder / name).unlink(missing_ok=True)
    text = sign(value)
    write_private(
        folder / ("lead-sheet.signed" if text.startswith("upstander/") else "lead-sheet.json"), text
    )
    (folder / "lead-sheet.pdf").touch(mode=0o600)
    (folder / "lead-sheet.pdf").write_bytes(pdf)


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
