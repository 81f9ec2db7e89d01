"""Puts a SQLite without the WAL-reset bug in place of the system's. Imported first by every entry.

SQLite 3.7.0 to 3.51.2 can lose commits in WAL mode (sqlite.org/wal.html#walresetbug); Debian 12 has 3.40.1.
Where only such a version is to be had, `journal_mode` answers the older, slower and safe way of writing.
"""

import sys

FIRST_SAFE = (3, 51, 3)


def swap() -> None:
    """Make `import sqlite3` mean pysqlite3, where it is installed. Harmless when repeated."""
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def version() -> tuple[int, ...]:
    """The version of the library in use, as numbers."""
    import sqlite3

    return sqlite3.sqlite_version_info


def journal_mode() -> str:
    """`WAL` where it is safe, else `TRUNCATE`."""
    return "WAL" if version() >= FIRST_SAFE else "TRUNCATE"


swap()
