"""The issuing body's folder: its keys, the codes it gave out, and what was shown to it.

Two lists without any order or time: hashes of codes, each with the one blinded number that was answered;
hashes of passes that were confirmed. Nothing leads from a line of one to a line of the other.
"""

from __future__ import annotations

import upstander.sqlite  # noqa: F401  (first: before sqlite3)

# isort: split
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64
from upstander.keepers import oprf
from upstander.sqlite import journal_mode
from upstander.surveying import passes
from upstander.surveying.errors import CodeError, SurveyError
from upstander.surveying.notice import Notice, read_notice

_SIGN, _SEED, _NOTICE, _ABOUT, _DATABASE = (
    "sign.key",
    "wave.key",
    "notice.txt",
    "issuer.json",
    "issuer.sqlite3",
)
SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (name TEXT PRIMARY KEY, element BLOB NOT NULL DEFAULT x'') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shown (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""


def create(folder: Path, name: str, address: str, earlier: Path | None = None) -> str:
    """A folder (0700) with a fresh key for the passes of one wave. Returns the public signing key.

    It signs with the key of an `earlier` wave's folder, so that whoever knows that key knows this body again,
    or with a fresh one. Raises FileExistsError; OSError, FormatError for a folder that is none.
    """
    signing = about(earlier)[2] if earlier is not None else Ed25519PrivateKey.generate()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / _SIGN, b64.encode(signing.private_bytes_raw()))
    _write(folder / _SEED, b64.encode(secrets.token_bytes(32)))
    _write(folder / _ABOUT, json.dumps({"address": address, "name": name}))
    return b64.encode(signing.public_key().public_bytes_raw())


def about(folder: Path) -> tuple[str, str, Ed25519PrivateKey, bytes]:
    """Name, address, signing key and the seed of the wave's key. Raises OSError, FormatError."""
    said = json.loads((folder / _ABOUT).read_text("utf-8"))
    sign = b64.decode((folder / _SIGN).read_text("ascii").strip(), 32)
    seed = b64.decode((folder / _SEED).read_text("ascii").strip(), 32)
    return said["name"], said["address"], Ed25519PrivateKey.from_private_bytes(sign), seed


def wave_key(seed: bytes, wave: str) -> tuple[bytes, bytes]:
    """Secret and public key of the passes of a wave."""
    return oprf.derive_key(seed, f"upstander/survey-pass/v1 {wave}".encode())


def keep_notice(folder: Path, text: str) -> None:
    """Keeps the notice: a wave has one, for ever. Raises FileExistsError."""
    _write(folder / _NOTICE, text)


def has_notice(folder: Path) -> bool:
    """Whether the wave of this folder was announced."""
    return (folder / _NOTICE).is_file()


def notice_in(folder: Path) -> Notice:
    """The notice of this folder's wave. Raises OSError, FormatError."""
    return read_notice((folder / _NOTICE).read_text("utf-8"))


class Issuer:
    """A wave's issuing body, ready to serve. Raises OSError, FormatError where its folder is not."""

    def __init__(self, folder: Path) -> None:
        _, _, _, seed = about(folder)
        self.notice = notice_in(folder)
        self.secret, public = wave_key(seed, self.notice.wave)
        if public != self.notice.key:
            raise SurveyError("The notice names another key than this folder holds.")
        self._lock = threading.Lock()
        self._rows = sqlite3.connect(folder / _DATABASE, check_same_thread=False, isolation_level=None)
        self._rows.executescript(
            f"PRAGMA journal_mode={journal_mode()};PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;{SCHEMA}"
        )

    def close(self) -> None:
        """Lets go of the database."""
        self._rows.close()

    def new_codes(self, count: int) -> list[str]:
        """So many more codes. They are told once; only hashes stay here."""
        made = [passes.new_code() for _ in range(count)]
        self.add_codes(made)
        return made

    def add_codes(self, codes: Sequence[str]) -> None:
        """Takes on codes that were made before."""
        with self._write() as rows:
            rows.executemany(
                "INSERT INTO codes (name) VALUES (?)",
                [(passes.code_name(self.notice.wave, code),) for code in codes],
            )

    def give(self, code: str, element: bytes) -> tuple[bytes, bytes]:
        """The answer to a blinded number, once for each code; the same question is answered again.

        Raises CodeError, which does not say whether there is such a code, and GroupError.
        """
        answer = passes.issue(self.secret, self.notice.key, element)
        with self._write() as rows:
            done = rows.execute(
                "UPDATE codes SET element = ? WHERE name = ? AND (element = x'' OR element = ?)",
                (element, passes.code_name(self.notice.wave, code), element),
            )
            if done.rowcount != 1:
                raise CodeError("This code is not known, or a pass was made for it already.")
        return answer

    def confirm(self, shown: passes.Pass) -> None:
        """Raises PassError unless this body issued the pass for this wave. It may be asked again."""
        passes.check(self.secret, self.notice.wave, shown)
        with self._write() as rows:
            rows.execute(
                "INSERT OR IGNORE INTO shown VALUES (?)", (passes.spent_name(self.notice.wave, shown.nonce),)
            )

    def counts(self) -> dict[str, int]:
        """Codes given out, passes issued, passes confirmed: what the public may compare with the answers."""
        with self._lock:
            row = self._rows.execute(
                "SELECT (SELECT count(*) FROM codes), (SELECT count(*) FROM codes WHERE element != x''), "
                "(SELECT count(*) FROM shown)"
            ).fetchone()
        return {"codes": row[0], "issued": row[1], "shown": row[2]}

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                yield self._rows
            except BaseException:
                self._rows.execute("ROLLBACK")
                raise
            self._rows.execute("COMMIT")


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
