"""Processes of our own command beside the demonstration's server, that end with it, whatever ends that."""

from __future__ import annotations

import ctypes
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from signal import SIGKILL

from upstander.cli.worker import PR_SET_PDEATHSIG

OUTPUT = "output.txt"  # in each one's own folder
START_SECONDS = 20  # until they must answer
STOP_SECONDS = 10


def start_child(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Starts `upstander` with these words; what it prints goes to a file in its folder."""
    with (folder / OUTPUT).open("ab") as output:  # not between the server's lines: it is somebody else's
        return subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "upstander.cli.main", *words],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the server, which then ends them
            preexec_fn=_end_with_parent,  # noqa: PLW1509  (the one thread so far)
        )


def stop_children(children: Iterable[subprocess.Popen[bytes]]) -> None:
    """Asks them to end, and ends them."""
    everyone = list(children)
    for child in everyone:
        child.terminate()
    for child in everyone:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_for(ports: Sequence[int]) -> None:
    """Until somebody listens on each of these ports of this machine, or it takes too long."""
    deadline = time.monotonic() + START_SECONDS
    for port in ports:
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
