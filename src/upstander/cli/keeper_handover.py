"""`upstander keeper hand-over`, `take-over`, `amend`: a keeper leaves, moves, or gets new keys."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError, write_private
from upstander.formats.errors import FormatError
from upstander.sealing.errors import SealingError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
A keeper hands its place to another body, or moves to another address, without a new key and without
losing a pledge. All keepers sign the changed roster.

  successor    upstander keeper take-over key --to key.txt          prints what to give the leaver
  leaver       upstander keeper hand-over --folder F --to-recipient age1... --to store.age
  successor    upstander keeper take-over store --key key.txt --folder G --address https://... \\
                   --to successor.json store.age
  one of them  upstander keeper amend plan   --folder F --to amended.json successor.json
  everybody    upstander keeper amend sign   --folder F --amended amended.json --to charity.roster
  everybody    upstander keeper amend finish --folder F --amended amended.json *.roster
  everybody    upstander keeper refresh --folder F     now the leaver's share of the key is worth nothing

Then the leaver destroys its folder and its backups, and says so in writing. To move to another address,
begin at `amend plan`, with what `upstander keeper ceremony apply` writes."""


def add(steps: Commands) -> None:
    """Adds the steps."""
    leave = _step(steps, "hand-over", "seal this keeper's store to its successor", run_leave)
    leave.add_argument("--to-recipient", required=True, metavar="RECIPIENT", help="the successor's, age1...")
    leave.add_argument("--to", type=Path, required=True, metavar="FILE", help="write the sealed store here")
    take = steps.add_parser(
        "take-over",
        help="take the place of a keeper that leaves",
        description=ABOUT,
        formatter_class=Formatter,
    )
    acts = take.add_subparsers(title="acts", metavar="ACT", required=True)
    key = acts.add_parser("key", help="make the key to which the leaver seals its store")
    key.add_argument("--to", type=Path, required=True, metavar="FILE", help="write the key here (0600)")
    key.set_defaults(run=run_key)
    store = _step(acts, "store", "take the sealed store into a new folder", run_store)
    store.add_argument("--key", type=Path, required=True, metavar="FILE", help="the key that was made for it")
    store.add_argument("--address", required=True, help="where the keeper will answer: https://...")
    store.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help="write here what the others need"
    )
    store.add_argument("file", type=Path, help="the sealed store")
    amend = steps.add_parser(
        "amend", help="change one keeper's address or keys", description=ABOUT, formatter_class=Formatter
    )
    rounds = amend.add_subparsers(title="rounds", metavar="ROUND", required=True)
    plan = _step(rounds, "plan", "write the changed roster", run_plan)
    plan.add_argument("--to", type=Path, required=True, metavar="FILE", help="write it here")
    plan.add_argument("file", type=Path, help="what the keeper applies with")
    sign = _step(rounds, "sign", "say what changes, and sign it", run_sign)
    sign.add_argument("--amended", type=Path, required=True, metavar="FILE", help="the changed roster")
    sign.add_argument("--to", type=Path, required=True, metavar="FILE", help="write the signature here")
    finish = _step(rounds, "finish", "take the roster that all signed", run_finish)
    finish.add_argument("--amended", type=Path, required=True, metavar="FILE", help="the changed roster")
    finish.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the signatures of all keepers")


def run_key(arguments: argparse.Namespace) -> int:
    """Makes an age identity."""
    from upstander.sealing import age

    identity = age.new_identity()
    with _said():
        write_private(arguments.to, identity + "\n")
    print(f"Give this to the keeper that leaves, and read its end aloud:\n{age.recipient_of(identity)}")
    return 0


def run_leave(arguments: argparse.Namespace) -> int:
    """Seals the store."""
    from upstander.keeper import handover

    with _said():
        sealed = handover.pack(arguments.folder, arguments.to_recipient)
        with arguments.to.open("xb") as file:
            file.write(sealed)
    print(
        f"The store is sealed in {arguments.to} ({len(sealed)} bytes). Serve on until the roster is changed."
    )
    return 0


def run_store(arguments: argparse.Namespace) -> int:
    """Opens the store into a new folder."""
    from upstander.keeper import handover

    with _said():
        identity = arguments.key.read_text("utf-8").strip()
        name = handover.unpack(arguments.file.read_bytes(), identity, arguments.folder)
        _write(arguments.to, handover.applied_with(arguments.folder, arguments.address))
    print(f"You have what {name} held. It serves once all keepers have signed the changed roster.")
    return 0


def run_plan(arguments: argparse.Namespace) -> int:
    """Writes the amended roster."""
    from upstander.keeper import amend

    with _said():
        applicant = json.loads(arguments.file.read_text("utf-8"))
        if not isinstance(applicant, dict):
            raise FormatError("This is not what a keeper applies with.")
        _write(arguments.to, amend.propose(arguments.folder, applicant))
    return 0


def run_sign(arguments: argparse.Namespace) -> int:
    """Says what changes and signs."""
    from upstander.keeper import amend

    with _said():
        text = arguments.amended.read_text("utf-8")
        for line in amend.changes(arguments.folder, text):
            print(line)
        _write(arguments.to, amend.sign(arguments.folder, text))
    print("Compare the keys above by telephone before you send this.")
    return 0


def run_finish(arguments: argparse.Namespace) -> int:
    """Takes the amended roster."""
    from upstander.keeper import amend

    with _said():
        signed = [path.read_text("utf-8") for path in arguments.files]
        roster = amend.finish(arguments.folder, arguments.amended.read_text("utf-8"), signed)
    print(f"The roster is changed. Hash, to be compared by telephone:\n{roster}")
    print(
        "The institution takes it with `upstander roster`. Then renew your shares: upstander keeper refresh."
    )
    return 0


def _step(steps: Commands, name: str, about: str, run: object) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = steps.add_parser(
        name, help=about, description=ABOUT, formatter_class=Formatter
    )
    parser.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    parser.set_defaults(run=run)
    return parser


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    print(f"Wrote {path}.")


@contextmanager
def _said() -> Iterator[None]:
    """Turns what is wrong into a sentence."""
    try:
        yield
    except FileExistsError as error:
        raise StopError(f"{error.filename} is there already; nothing was written.") from error
    except OSError as error:
        raise StopError(f"cannot read {error.filename}: {error.strerror}.") from error
    except (ValueError, SealingError) as error:
        raise StopError(f"nothing was changed: {error}") from error
