"""`upstander mirror`: a copy of an installation's logs on one's own machine, checked as it grows."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, command
from upstander.cli.mirrored import POLICY, Judge, bar, read_judge
from upstander.ledger.errors import LedgerError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.ledger.fetch import HttpSource
    from upstander.ledger.logpolicy import LogPolicy
    from upstander.ledger.store import FolderStore

ABOUT = """\
Copies the public logs of an installation into a folder, and checks on the way that they only grew:
every entry against the hashes, every hash up to the signed head. Run it again for what is new; it
goes on where it was, also after an interruption. It learns no more than anybody can.

When something does not hold it says which entry, tile or signature, keeps what it had, and ends
with exit code 1. Keep such a folder: together with what the site shows then it is the evidence.

With --watch it looks again every so many seconds, until something does not hold.

  upstander mirror https://speak.example.org marlshire-log
  upstander verify log marlshire-log"""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "mirror", "copy an installation's logs, and check that they only grow", ABOUT)
    parser.add_argument("url", metavar="URL", help="address of the installation")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the copy is, or will be")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="judge by this policy, got from elsewhere"
    )
    parser.add_argument(
        "--watch", type=float, metavar="SECONDS", help="look again and again, until something is wrong"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Looks once, or again and again."""
    from upstander.ledger.fetch import HttpSource, UnreachableError
    from upstander.ledger.store import FolderStore

    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    try:
        source = HttpSource(arguments.url)
    except LedgerError as error:
        raise StopError(str(error)) from error
    store = FolderStore(arguments.folder)
    while True:
        try:
            look(source, store, judge)
        except UnreachableError as error:
            if arguments.watch is None:
                raise StopError(f"{error} Nothing was changed; try again.") from error
            print(f"upstander: {error} Trying again.", file=sys.stderr)
        except LedgerError as error:
            raise StopError(f"THIS DOES NOT HOLD: {error}") from error
        if arguments.watch is None:
            return 0
        time.sleep(arguments.watch)


def look(source: HttpSource, store: FolderStore, judge: Judge | None) -> None:
    """Fetches what is new in all of the installation's logs; says what it found once all of it holds.

    Raises LedgerError.
    """
    from upstander.ledger.fetch import fetch_log_policy
    from upstander.ledger.mirror import follow, kept_head

    said, newest = fetch_log_policy(source, judge.sign if judge is not None else "")
    _keep_statement(store, said)
    policy = judge.policy if judge is not None else said.policy
    today = datetime.now(UTC).date().isoformat()
    lines = []
    for generation, log in enumerate(said.logs, start=1):
        folder = f"{generation}/"
        kept = kept_head(store, folder, policy)
        if log.closed is None and kept is None and not newest:
            lines.append(f"{log.origin}: nothing published yet.")
            continue
        if log.closed is not None and kept is not None and kept.enough and kept.checkpoint.size == log.closed:
            continue  # nothing of it can be new
        done = follow(
            source.below(log.url),
            store,
            policy,
            origin=log.origin,
            today=today,
            folder=folder,
            progress=bar(log.origin),
        )
        head = done.examined.checkpoint
        if log.closed is not None and head.size != log.closed:
            raise LedgerError(f"{log.origin} was closed with {log.closed} entries, and shows {head.size}.")
        new = head.size - done.before
        lines.append(f"{log.origin}: {head.size:,} entries, {new:,} of them new. All of it fits.")
        if not done.examined.enough:
            missing = ", ".join(done.examined.missing)
            lines.append(f"  SEEN BY TOO FEW WITNESSES so far: {missing} did not sign.")
    if judge is None:
        lines.append("Judged by the policy the site itself gives. To judge by your own: --policy FILE.")
    print("\n".join(lines), flush=True)


def _keep_statement(store: FolderStore, said: LogPolicy) -> None:
    """Keeps what the installation says about its logs, and every earlier version. Raises LedgerError."""
    from upstander.ledger.logpolicy import check_successor, read_log_policy
    from upstander.ledger.mirror import text_of

    before = store.read(POLICY)
    if before is not None:
        text = text_of(before, POLICY)
        if text == said.text:
            return
        check_successor(read_log_policy(text), said)
        count = sum(1 for _ in store.names("log-policies"))
        store.write(f"log-policies/{count + 1}", before)
        print(f"The installation says something new about its logs; see {store.folder / POLICY}.")
    store.write(POLICY, said.text.encode())
