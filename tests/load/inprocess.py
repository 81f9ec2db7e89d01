"""What one report costs the server's processor: the WSGI application called in this process, by 16 threads.

    python -m tests.load.inprocess <data folder> <file of sealed reports, one a line>

No HTTP server and no load generator, so what is measured is our own code, Django, SQLite and the disk's driver.
Processor time of the process, not time on the clock: neighbours on the machine disturb it less. They do slow it,
by sharing caches and cores, so it is also told in a yardstick measured before and after.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

THREADS = 16
WARM = 20  # reports beforehand that do not count
HOST = "localhost:8000"


def environ(body: bytes) -> dict[str, Any]:
    """One report as a WSGI server hands it on."""
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/api/v1/i/marlshire/reports",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }


def yardstick() -> float:
    """Seconds of processor time of one Ed25519 check by OpenSSL, just now."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key(), key.sign(b"x" * 300)
    spent = time.process_time()
    for _ in range(1_000):
        public.verify(signature, b"x" * 300)
    return (time.process_time() - spent) / 1_000


def measure(bodies: list[bytes]) -> str:
    """Sends everything once and answers one line."""
    from upstander.server.wsgi import application  # first: it sets Django up

    # isort: split
    from upstander.server.log import checkpoint, commit

    checkpoint.start_thread()
    batches: list[int] = []
    whole = commit._run
    commit._run = lambda jobs: batches.append(len(jobs)) or whole(jobs)  # type: ignore[func-returns-value]
    statuses: list[str] = []
    supply: Iterator[bytes] = iter(bodies)
    lock = threading.Lock()

    def loop() -> None:
        while True:
            with lock:
                body = next(supply, None)
            if body is None:
                return
            answer = application(environ(body), lambda status, headers: statuses.append(status))
            b"".join(answer)
            answer.close()

    for _ in range(WARM):
        application(environ(next(supply)), lambda status, headers: statuses.append(status)).close()
    batches.clear()
    crowd = [threading.Thread(target=loop) for _ in range(THREADS)]
    before = yardstick()
    began, spent = time.monotonic(), time.process_time()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    took, spent = time.monotonic() - began, time.process_time() - spent
    check = (before + yardstick()) / 2
    assert set(statuses) == {"200 OK"}, set(statuses)
    count = len(bodies) - WARM
    return (
        f"{spent / count * 1e6:,.0f} microseconds of processor time a report, as much as {spent / count / check:.1f} Ed25519 "
        f"checks in the same minute ({check * 1e6:.0f} each; {count:,} reports, "
        f"{THREADS} threads, {count / len(batches):.1f} to a commit, {count / took:,.0f}/s on the clock)."
    )


def main() -> None:
    """Reads the arguments."""
    os.environ["UPSTANDER_DATA"] = sys.argv[1]
    os.environ["UPSTANDER_ORIGIN"] = f"http://{HOST}"
    print(measure(Path(sys.argv[2]).read_bytes().splitlines()))


if __name__ == "__main__":
    main()
