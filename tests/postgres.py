"""Runs the tests marked `db` on a throwaway PostgreSQL: own cluster, own socket, no port, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


def programs() -> Path | None:
    """Where Debian keeps the newest server programs, if they are installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    return found[-1].parent if found else None


def as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then its own Debian user runs it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@contextmanager
def cluster(bin_: Path, durable: bool = False) -> Iterator[str]:
    """A running server. Gives the URL of its database. Tests need no fsync; the benchmark does (`durable`)."""
    folder = Path(tempfile.mkdtemp(prefix="upstander-postgres-"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, log = str(folder / "data"), str(folder / "log")
    options = f"-c listen_addresses= -k {folder} -c fsync={'on' if durable else 'off'} -c max_connections=60"
    try:
        init = [
            str(bin_ / "initdb"),
            "-D",
            data,
            "-U",
            "upstander",
            "-A",
            "trust",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
        ]
        subprocess.run(as_server(init), check=True, cwd=folder, stdout=subprocess.DEVNULL)
        control = [str(bin_ / "pg_ctl"), "-D", data, "-w", "-s"]
        subprocess.run(as_server([*control, "-l", log, "-o", options, "start"]), check=True, cwd=folder)
        try:
            yield f"postgres://upstander@/postgres?host={folder}"
        finally:
            subprocess.run(as_server([*control, "-m", "immediate", "stop"]), check=False, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Runs pytest on the cluster. Arguments replace the default `tests`."""
    bin_ = programs()
    if bin_ is None:
        print("!! SKIPPED: PostgreSQL is not installed. As root: apt-get install postgresql")
        return 0
    with cluster(bin_) as url:
        command = [sys.executable, "-m", "pytest", "-m", "db and not browser", *(sys.argv[1:] or ["tests"])]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "UPSTANDER_DATABASE_URL": url}, check=False
        )
    if done.returncode == 5:
        print("!! No test is marked `db` here.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
