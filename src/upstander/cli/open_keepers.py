"""`upstander open --keepers`: fetches what the keepers released, and opens it. No server takes part."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from upstander.cli.environment import StopError, private_folder, write_private
from upstander.formats import days, ids
from upstander.formats.errors import FormatError
from upstander.sealing.errors import SealingError, WordsError

if TYPE_CHECKING:
    from upstander.keeper.collect import Who
    from upstander.keepers.handed import Gathered
    from upstander.keepers.roster import Roster
    from upstander.keepers.shares import Opened
    from upstander.keepers.unlocked import Unlocked

ZONE = "Europe/London"  # keepers take a fetch signed for the day before or after theirs


class Holder(NamedTuple):
    """Who opens: how she shows the keepers who she is, her age identity, her key id."""

    who: Who
    identity: str
    key: str


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments for keepers to `upstander open`."""
    group = parser.add_argument_group("from the keepers, without any server")
    group.add_argument(
        "--keepers", type=Path, metavar="FILE", help="the roster that all keepers signed: roster.json"
    )
    group.add_argument(
        "--key", type=Path, metavar="FILE", help="your key as the desk saved it, or a custodian's identity"
    )
    group.add_argument(
        "--words", type=Path, metavar="FILE", help="read your seven words here instead of asking for them"
    )


def run(arguments: argparse.Namespace) -> int:
    """Asks all keepers, opens what enough of them released, writes it into the folder `--to`.

    0 when all that could be opened was; 1 when a report that enough keepers released did not open.
    """
    from upstander.keeper import collect
    from upstander.keeper.ask import ask_over_https

    if arguments.key is None or arguments.to is None:
        raise StopError("name your key with --key, and with --to a folder for what is opened.")
    roster = read_roster_file(arguments.keepers)
    holder = _holder(arguments.key, arguments.words)
    private_folder(arguments.to)
    found = collect.collect(roster, holder.who, ask_over_https, _say)
    opened: dict[str, Unlocked] = {}
    readers: dict[str, set[str]] = {}
    bad, failed = dict(found.bad), 0
    for number, one in enumerate(found.pledges, 1):
        _say(f"Report {number} of {len(found.pledges)} ...")
        if len(one.good) < one.pledge.needs:
            continue
        parcel, wrong = collect.parcel_of(one, roster, holder.who, ask_over_https)
        bad.update(wrong)
        try:
            opened[one.pledge.id], readers[one.pledge.id] = _open(one, parcel, holder, arguments.to)
        except (FormatError, SealingError, ValueError) as error:
            failed += 1
            print(f"Report {_short(one)} did not open: {error}")
    _tell_groups(found.pledges, opened, readers, holder, arguments.to)
    _tell(found.pledges, opened, arguments.to)
    for name, why in sorted({**found.away, **bad}.items()):
        print(f"Keeper {name}: {why}")
    if bad:
        print("Tell the other keepers: one of them answered wrongly. What is written was checked without it.")
    return 1 if failed else 0


def read_roster_file(path: Path) -> Roster:
    """The roster in a file: a JSON list of what each keeper signed. Raises StopError."""
    from upstander.keepers.roster import read_roster

    try:
        texts = json.loads(path.read_text("utf-8"))
        return read_roster([str(one) for one in texts])
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise StopError(f"{path} is not a roster that all its keepers signed: {error}") from error


def _holder(key: Path, words: Path | None) -> Holder:
    """The holder of a key file: a saved handler's key (asks for words), or an identity from paper."""
    from upstander.keeper import collect
    from upstander.sealing import age, saved
    from upstander.sealing.words import Words

    try:
        text = key.read_text("utf-8")
        if text.lstrip().startswith("{"):
            keyring = saved.open_key(text, Words.parse(_words(words)))
            who = collect.handler(keyring.signing, days.today(ZONE))
            return Holder(who, keyring.identity, keyring.key)
        lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
        identity = lines[0] if lines else ""
        return Holder(collect.custodian(identity), identity, ids.key_id("", age.recipient_of(identity)))
    except OSError as error:
        raise StopError(f"cannot read {error.filename}: {error.strerror}.") from error
    except (FormatError, SealingError, WordsError, UnicodeDecodeError) as error:
        raise StopError(f"{key} does not open: {error}") from error


def _words(path: Path | None) -> str:
    if path is not None:
        return path.read_text("utf-8")
    if not sys.stdin.isatty():
        raise StopError("run this at a terminal to type your words, or name a file with --words.")
    return getpass.getpass("Your seven words: ")


def _open(one: Gathered, parcel: bytes | None, holder: Holder, to: Path) -> tuple[Unlocked, set[str]]:
    """Opens one report, and writes it unless it is there. Also answers the keys that it is sealed to.

    Raises FormatError, SealingError, RefusalError.
    """
    from upstander.keepers import shares
    from upstander.keepers.unlocked import unlock

    if parcel is None:
        raise FormatError("no keeper handed over the right one. Try again tomorrow.")
    opened = shares.open_release(one.releases, parcel)
    read = unlock(opened, one.pledge, [holder.identity], [holder.key])
    folder = to / _short(one)
    if not folder.exists():
        _write(folder, one, opened, read, parcel)
    return read, {str(grant["to"]) for grant in opened.grants if grant["scope"] == "case"}


def _write(folder: Path, one: Gathered, opened: Opened, read: Unlocked, parcel: bytes) -> None:
    """The whole folder or nothing: it gets its name when everything is in it."""
    part = folder.with_name(f".{folder.name}.{os.getpid()}")
    private_folder(part)
    about = {
        "case": read.case,
        "faults": {kind: list(faults) for kind, faults in read.faults.items()},
        "files": [{"as": _file(number, name), "name": name} for number, name, _ in _numbered(read)],
        "files_at_the_server": read.files - len(read.attached),
        "keepers": one.good,
        "liars": one.liars,
        "links": list(one.links),
        "pledge": one.pledge.body(),
        "released": one.kind,
        "wish": one.wish,
    }
    for name, value in (("about", about), *read.bodies.items()):
        write_private(part / f"{name}.json", _json(value))
    write_private(part / "sealed.json", _json({"grants": opened.grants, "report": opened.report}))
    _write_bytes(part / "parcel", parcel)
    if read.attached:
        private_folder(part / "files")
    for number, name, content in _numbered(read):
        _write_bytes(part / "files" / _file(number, name), content)
    part.rename(folder)


def _numbered(read: Unlocked) -> list[tuple[int, str, bytes]]:
    return [(number, name, content) for number, (name, content) in enumerate(read.attached, 1)]


def _file(number: int, name: str) -> str:
    """The name a file gets here: nothing of what its sender called it but a plain ending."""
    ending = Path(name).suffix.lower()
    return f"{number}{ending if re.fullmatch(r'[.][a-z0-9]{1,5}', ending) else ''}"


def _write_bytes(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _tell_groups(
    pledges: tuple[Gathered, ...],
    opened: dict[str, Unlocked],
    readers: dict[str, set[str]],
    holder: Holder,
    to: Path,
) -> None:
    """Says which reports name one person, and writes the groups for the desk, sealed to who opened them."""
    from upstander.keepers import handed, linked
    from upstander.sealing import age

    named = {pledge: one.named for pledge, one in opened.items()}
    cases = {pledge: one.case for pledge, one in opened.items()}
    groups = [
        linked.group_of(several, named, readers)
        for several in handed.linked([one for one in pledges if one.pledge.id in opened])
    ]
    for group in groups:
        print(f"\n{len(group.reports)} reports name one person: {', '.join(r[:12] for r in group.reports)}.")
        for common in group.common:
            kind = " and ".join(common.kinds) or "an identifier whose kind the reports do not say"
            print(f"  In common to {len(common.reports)} of them: {kind}.")
        print("First, before anything else:")
        for question in linked.FIRST:
            print(f"  {question}")
    if groups:
        sealed = age.seal(linked.encode(groups, cases), [age.recipient_of(holder.identity)])
        path = to / "linked.age"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)


def _tell(pledges: tuple[Gathered, ...], opened: dict[str, Unlocked], to: Path) -> None:
    print(f"\nReleased to you: {len(pledges)}. Open in {to}: {len(opened)}.")
    waiting = [one for one in pledges if len(one.good) < one.pledge.needs]
    if waiting:
        print(f"{len(waiting)} more: too few keepers have released them so far. Ask again tomorrow.")
    for one in pledges:
        if one.wish:
            word = {"end": "withdraw this", "stop": "stop this"}[one.wish]
            print(f"Report {_short(one)}: after it was released, the reporter asked to {word}. Respect it.")
    came = sum(len(one.attached) for one in opened.values())
    if came:
        print(
            f"{came} files came with the reports: look into `files`, with care. Nothing in them was opened."
        )
    if files := sum(one.files for one in opened.values()) - came:
        print(f"{files} more are named in the reports and were too large for the keepers: ask the server.")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _short(one: Gathered) -> str:
    return one.pledge.id[:12]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
