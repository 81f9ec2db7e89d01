"""The doctor's questions about the machine and the data folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import upstander
import upstander.sqlite
from upstander.cli.finding import Finding, fail, ok, warn

GIB = 1024**3
LEAST_FREE = 1 * GIB  # bytes: below this a busy day could fill the disk
GOOD_FREE = 5 * GIB
BUILT = Path(upstander.__file__).parent / "server" / "built"


def sqlite() -> Finding:
    """The library behind the database, and whether it has the WAL-reset bug."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.ensure_connection()
        number = int(connection.pg_version)  # type: ignore[attr-defined]
        if number < 150000:
            return fail(f"PostgreSQL {number // 10000}", "Upstander needs PostgreSQL 15 or later.")
        return ok(f"PostgreSQL {number // 10000}.{number % 10000}")
    version = ".".join(map(str, upstander.sqlite.version()))
    if upstander.sqlite.version() < upstander.sqlite.FIRST_SAFE:
        return warn(
            f"SQLite {version} can lose commits in WAL mode, so the slower TRUNCATE mode is used",
            "Install pysqlite3 from requirements/main.txt: it brings a mended SQLite.",
        )
    return ok(f"SQLite {version}, without the WAL-reset bug")


def modes(data: Path) -> Finding:
    """Whether anybody but the owner can read the data folder or a key."""
    folders = [data, data / "keys"]
    files = [path for path in (data / "keys").iterdir() if path.is_file()]
    files += [path for path in (data / "db.sqlite3", data / "settings.env") if path.exists()]
    open_ = [path for path in folders + files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    # A database file inside a closed folder cannot be reached; a key must be closed by itself.
    wrong = [path for path in open_ if path in folders or path.parent.name == "keys"]
    if wrong:
        return fail(
            f"others can read {', '.join(map(str, wrong))}",
            f"chmod 0700 {data} {data / 'keys'}; chmod 0600 {data / 'keys'}/*",
        )
    if any(path.stat().st_uid != os.geteuid() for path in folders):
        return warn(f"{data} belongs to another user", "Run upstander as the user that owns the data folder.")
    return ok("the data folder and the keys can be read by their owner only")


def disk(data: Path) -> Finding:
    """Room for what may come."""
    free = shutil.disk_usage(data).free
    what = f"{free / GIB:.1f} GiB free where the data folder is"
    if free < LEAST_FREE:
        return fail(what, "Make room now: with a full disk no report can be taken.")
    if free < GOOD_FREE:
        return warn(what, "Make room soon: reports may carry files of many megabytes.")
    return ok(what)


def time_zones() -> Finding:
    """Whether days can be reckoned where the institution is."""
    try:
        ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return fail("no time zone data", "apt install tzdata")
    return ok("time zone data is there")


def built() -> Finding:
    """Whether the pages' files are there and are those the build wrote down."""
    manifest = BUILT / "manifest.json"
    if not manifest.is_file():
        return fail("the pages have not been built", "Run `make build`, or install a release.")
    names: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    wrong = [name for name, digest in names.items() if not _is(BUILT / name, digest)]
    if wrong:
        return fail(
            f"changed since the build: {', '.join(sorted(wrong))}",
            "Somebody changed what browsers run. Find out who, then build again from a source you trust.",
        )
    return ok(f"all {len(names)} files of the pages are as they were built")


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
