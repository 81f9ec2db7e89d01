"""A keeper leaves: its store, sealed to the successor, who takes its name and place with keys of its own.

What is handed over opens nothing by itself, as it did not before. The successor's keys come onto the roster
by the signatures of all (`amend.py`); then all renew their shares, and the leaver's is worth nothing. What
the leaver could copy of pledges' shares stays a share of each: it must be trusted to destroy them.
"""

import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from upstander.formats import canonical, kinds, shape
from upstander.formats.errors import FormatError
from upstander.keeper import home, notices
from upstander.keeper.process import DATABASE
from upstander.keepers.pledges import check_name
from upstander.sealing import age

_FILES = ("keys/share.json", home.ROSTER, home.STATICS, home.CONFIG)
_FIRST = b"SQLite format 3\0"


def pack(folder: Path, recipient: str) -> bytes:
    """A keeper's share, roster, settings and store, sealed to an age recipient. The whole store is in memory.

    Raises FormatError where the keeper is not whole, SealingError for a wrong recipient.
    """
    name = home.load(folder).name
    files = {path: (folder / path).read_text("utf-8") for path in _FILES}
    if (folder / notices.CONTACTS).exists():
        files[notices.CONTACTS] = (folder / notices.CONTACTS).read_text("utf-8")
    head = canonical.encode({"files": files, "format": kinds.header("keeper-store"), "name": name})
    return age.seal(head + b"\n" + _store(folder / DATABASE), [age.check_recipient(recipient)])


def unpack(sealed: bytes, identity: str, folder: Path) -> str:
    """Makes the successor's folder, with fresh keys. Returns the keeper's name.

    It serves once the roster names its keys. Raises FileExistsError where a keeper lives, SealingError,
    FormatError.
    """
    head, _, store = age.open_(sealed, [identity]).partition(b"\n")
    body = shape.exactly(canonical.decode_object(head), "files", "format", "name")
    shape.one_of(body["format"], kinds.headers("keeper-store", "document"))
    files: dict[str, Any] = shape.exactly(body["files"], *_names(body["files"]))
    if not store.startswith(_FIRST):
        raise FormatError("There is no store in this file.")
    name = check_name(body["name"])
    home.create(folder, name)
    (folder / home.CONFIG).unlink()
    for path, text in files.items():
        home.write(folder / path, shape.text(text))
    with (folder / DATABASE).open("xb") as file:
        file.write(store)
    (folder / DATABASE).chmod(0o600)
    return name


def _names(files: object) -> tuple[str, ...]:
    """The files that may be there: no other path is ever written."""
    with_contacts = isinstance(files, dict) and notices.CONTACTS in files
    return (*_FILES, notices.CONTACTS) if with_contacts else _FILES


def _store(path: Path) -> bytes:
    """The database as one file, while it may be in use."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".leaving-") as folder:
        copy = Path(folder) / DATABASE
        source, target = sqlite3.connect(path), sqlite3.connect(copy)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            target.close()
            source.close()
        return copy.read_bytes()


def applied_with(folder: Path, address: str) -> str:
    """What the successor gives the others: name, address, public keys."""
    from upstander.keeper.found import applicant

    return json.dumps(applicant(folder, address), indent=1) + "\n"
