"""A mirror's folder, as the commands about the log use it: its logs, the policy it is judged by, progress."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from upstander.cli.environment import StopError
from upstander.ledger.audit import Audited, Visit, audit
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import LogPolicy, read_log_policy
from upstander.ledger.mirror import Progress, text_of
from upstander.ledger.policy import Policy, parse_policy
from upstander.ledger.store import FolderStore

POLICY = "log-policy"
STATEMENT = "upstander/log-policy/v1\n"


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy, the installation's public key if it is known, and whether both come from elsewhere."""

    policy: Policy
    sign: str = ""
    independent: bool = True


def add_judging(parser: argparse.ArgumentParser) -> None:
    """Adds by what a log is judged."""
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="judge by this policy, got from elsewhere"
    )
    parser.add_argument(
        "--unwitnessed", action="store_true", help="accept a newest head that too few witnesses signed"
    )


def read_judge(path: Path) -> Judge:
    """The policy in a file: a C2SP tlog-policy, or what an installation signed about its logs."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StopError(f"cannot read the policy in {path}: {error}.") from None
    try:
        if text.startswith(STATEMENT):
            said = read_log_policy(text)
            return Judge(said.policy, said.sign)
        return Judge(parse_policy(text))
    except LedgerError as error:
        raise StopError(f"{path}: {error}") from error


class Mirror:
    """The folder of a mirror. Raises StopError where there is none."""

    def __init__(self, folder: Path, judge: Judge | None = None) -> None:
        self.store = FolderStore(folder)
        self.folder = folder
        if self.store.read(POLICY) is None:
            raise StopError(f"there is no mirror in {folder}. Make one with `upstander mirror URL {folder}`.")
        self.said: LogPolicy = read_log_policy(
            text_of(self.store.read(POLICY), POLICY), judge.sign if judge is not None else ""
        )
        self.judge = judge or Judge(self.said.policy, self.said.sign, independent=False)

    def audits(
        self, visit: Callable[[], Visit] | None = None, *, unwitnessed: bool = False
    ) -> Iterator[tuple[Audited, Visit | None]]:
        """Audits one generation after the other; each gets its own visitor. Raises LedgerError.

        A newest log without entries yet is passed over.
        """
        for generation, log in enumerate(self.said.logs, start=1):
            before = f"{generation}/"
            if log.closed is None and self.store.read(f"{before}checkpoint") is None:
                continue
            one = visit() if visit is not None else None
            done = audit(
                self.store,
                self.judge.policy,
                folder=before,
                unwitnessed=unwitnessed,
                visit=one,
                progress=bar(log.origin),
            )
            if done.head.origin != log.origin:
                raise LedgerError(f"{before}checkpoint is not that of {log.origin}.")
            if log.closed is not None and done.head.size != log.closed:
                raise LedgerError(
                    f"{log.origin} was closed with {log.closed} entries; the mirror has {done.head.size}."
                )
            yield done, one


def bar(what: str) -> Progress:
    """A line on the screen that says how far it is, where there is a screen; silent for what is quick."""
    began = last = time.monotonic()
    screen = sys.stderr.isatty()

    def progress(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if not screen or now - began < 1 or (now - last < 0.2 and done < of):
            return
        last = now
        full = 30 * done // max(of, 1)
        line = f"\r[{'#' * full}{'.' * (30 - full)}] {done:,} of {of:,} entries of {what[-12:]}"
        print(line, end="\n" if done >= of else "", file=sys.stderr, flush=True)

    return progress
