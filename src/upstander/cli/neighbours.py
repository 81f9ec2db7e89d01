"""The demonstration's three witnesses, each a process of its own. Elsewhere they are other people's machines.

They are made with the demonstration and end with its server, whatever ends that.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

from upstander.cli.environment import private_folder, write_private
from upstander.cli.witness import KEY, STATE
from upstander.cli.worker import PR_SET_PDEATHSIG
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import COSIGNATURE, SigningKey

FOLDER = "witnesses"  # in the demonstration's data folder
OUTPUT = "output.txt"  # in each one's own folder
NAMES = ("lawyers", "union", "university")
LEAST = 2  # that must sign
EVERY = 10  # seconds between their looks at the log
START_SECONDS = 20  # until they must answer
STOP_SECONDS = 10


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
    ports = {name: _free_port() for name in NAMES}
    keys = {name: SigningKey.parse((data / FOLDER / name / KEY).read_text("utf-8").strip()) for name in NAMES}
    _name_in_policy({name: (keys[name], ports[name]) for name in NAMES})
    _trust(data)
    processes = [_start(data / FOLDER / name, ports[name]) for name in NAMES]
    try:
        _wait(list(ports.values()))
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


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


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    words = ["witness", "serve", "--data", str(folder), "--port", str(port), "--every", str(EVERY)]
    with (folder / OUTPUT).open("ab") as output:  # not between the server's lines: it is somebody else's
        return subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "upstander.cli.main", *words],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the server, which then ends them
            preexec_fn=_end_with_parent,  # noqa: PLW1509  (the one thread so far)
        )


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)


def _wait(ports: list[int]) -> None:
    deadline = time.monotonic() + START_SECONDS
    for port in ports:
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
