"""`upstander open`: opens a sealed file without any server."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import open_keepers
from upstander.cli.casefile import write_folder
from upstander.cli.environment import StopError, command
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.casefile import is_case_file, read_case_file
from upstander.sealing.errors import SealingError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Opens a sealed report, message, note or attachment with the case identity (or any identity it
was sealed to). Needs no server and no network. The identity file holds one line that begins with
AGE-SECRET-KEY-PQ-1; any age tool from version 1.3 on opens the same files.

Signatures of a single envelope are not judged here: who wrote it is only known together with the
others of its case and with the institution's card.

A case that was taken out at the desk ("take a sealed copy out") opens into a folder, --to FOLDER:
case.html to read and print, case.json for programs. Its signatures, the order of its acts and
their places in the log are checked against the keys it names; compare the installation's key with
one you have from elsewhere. Ends with 1 when something does not hold; the folder is written all
the same.

With --keepers it asks the keepers for every report they released to you, checks what each of them
says, and writes what opens into a folder. Nobody's server takes part:

  upstander open --keepers roster.json --key my-key.json --to released

Your key is the file that the desk saved for you (it asks for your seven words), or the identity
that `upstander custodian` brought back from paper."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "open", "open a sealed file offline, with an identity", ABOUT)
    parser.add_argument("file", type=Path, nargs="?", help="the sealed file")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="file with the identity")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="write here (0600) instead of to the screen; a folder with --keepers and for a case taken out",
    )
    parser.add_argument("--raw", action="store_true", help="the bytes as they were sealed, padding and all")
    open_keepers.add(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Opens one file, or what the keepers released."""
    if arguments.keepers is not None:
        return open_keepers.run(arguments)
    if arguments.file is None or arguments.identity is None:
        raise StopError("name the sealed file, and with --identity what opens it; or --keepers.")
    try:
        identities = read_identities(arguments.identity.read_text("utf-8"))
        content = age.open_(arguments.file.read_bytes(), identities)
    except OSError as error:
        raise StopError(f"cannot read {error.filename}: {error.strerror}.") from error
    except SealingError as error:
        raise StopError(f"{arguments.file} did not open: {error}") from error
    if is_case_file(content) and not arguments.raw and arguments.to is not None:
        return _case_file(content, arguments.to)
    shown = content if arguments.raw else readable(content)
    if arguments.to is None:
        os.write(1, shown)
        return 0
    try:
        handle = os.open(arguments.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StopError(f"{arguments.to} is there already; nothing was written.") from error
    with os.fdopen(handle, "wb") as file:
        file.write(shown)
    print(f"Opened into {arguments.to} ({len(shown)} bytes).")
    return 0


def _case_file(content: bytes, to: Path) -> int:
    try:
        found = read_case_file(content)
    except FormatError as error:
        raise StopError(f"this case file cannot be read: {error} --raw shows its bytes.") from error
    write_folder(found, content, to)
    for finding in found.findings:
        print(("holds:         " if finding.holds else "DOES NOT HOLD: ") + finding.words)
    for item in found.items:
        if item.wrong:
            print(f"DOES NOT HOLD: item {item.order}. {item.wrong}")
    print(f"Opened into {to / 'case.html'} and {to / 'case.json'}.")
    return 0 if found.holds else 1


def read_identities(text: str) -> list[str]:
    """The identities in an age identity file: one a line, `#` begins a comment."""
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise StopError("the identity file holds no line that begins with AGE-SECRET-KEY-PQ-1.")
    return found


def readable(content: bytes) -> bytes:
    """An envelope's statement as indented JSON; anything else as it is."""
    lines = content.split(b"\n", 2)
    if len(lines) < 3 or not lines[0].startswith(b"upstander/"):
        return content
    try:
        body = json.loads(lines[1])
    except (ValueError, FormatError):
        return content
    return json.dumps(body, indent=2, ensure_ascii=False).encode() + b"\n"
