"""The demonstration's three witnesses, each a process of its own. Elsewhere they are other people's machines.

They are made with the demonstration and end with its server, whatever ends that.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from upstander.cli.child import free_port, start_child, stop_children, wait_for
from upstander.cli.environment import private_folder, write_private
from upstander.cli.witness import KEY, STATE
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import COSIGNATURE, SigningKey

FOLDER = "witnesses"  # in the demonstration's data folder
NAMES = ("lawyers", "union", "university")
LEAST = 2  # that must sign
EVERY = 10  # seconds between their looks at the log


def make(data: Path) -> None:
    """Their keys and empty memories, and the demonstration's policy that asks for two of them."""
    keys = {}
    for name in NAMES:
        private_folder(data / FOLDER / name)
        keys[name] = SigningKey.new(f"{name}.example/witness", COSIGNATURE)
        write_private(data / FOLDER / name / KEY, keys[name].encode() + "\n")
    _name_in_policy({name: (key, 0) for name, key in keys.items()})


@contextlib.contextmanager
def running(data: Path) -> Iterator[None]:
    """Runs the witnesses of a demonstration, once they answer, until the block ends. Others have none."""
    if not (data / FOLDER).is_dir():
        yield
        return
    ports = {name: free_port() for name in NAMES}
    keys = {name: SigningKey.parse((data / FOLDER / name / KEY).read_text("utf-8").strip()) for name in NAMES}
    _name_in_policy({name: (keys[name], ports[name]) for name in NAMES})
    _trust(data)
    children = [
        start_child(
            data / FOLDER / name,
            *("witness", "serve", "--data", str(data / FOLDER / name)),
            *("--port", str(ports[name]), "--every", str(EVERY)),
        )
        for name in NAMES
    ]
    try:
        wait_for(list(ports.values()))
        yield
    finally:
        stop_children(children)


def _name_in_policy(witnesses: dict[str, tuple[SigningKey, int]]) -> None:
    from upstander.server.log import witnesses as policy

    policy.write(
        [(name, str(key.verifier), f"http://127.0.0.1:{port}") for name, (key, port) in witnesses.items()],
        LEAST,
    )


def _trust(data: Path) -> None:
    """What `upstander witness trust` does, for a server that does not answer yet."""
    from django.conf import settings

    from upstander.ledger.logpolicy import read_log_policy
    from upstander.server.log.access import policy_statement
    from upstander.witness.state import State

    policy = read_log_policy(policy_statement())
    for name in NAMES:
        try:
            State(data / FOLDER / name / STATE).trust_installation(policy, settings.ORIGIN)
        except LedgerError as error:
            print(f"The witness {name} does not accept this log: {error}", file=sys.stderr)
