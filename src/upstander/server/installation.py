"""The installation's id, signing key and secret: files in `keys/` of the data folder, for its owner alone.

Knows no Django models, so that `upstander init` can run before there is a database.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, ids


class NoInstallation(Exception):  # noqa: N818
    """The data folder has no keys yet: run `upstander init`."""


@dataclass(frozen=True)
class Installation:
    """Who signs here."""

    id: str
    signing: Ed25519PrivateKey = field(repr=False)
    sign: str  # b64 public key

    # Purpose keys are drawn from one secret, so that a token for one thing never passes for another.
    _secret: bytes = field(repr=False)

    def mac(self, purpose: str, data: bytes) -> bytes:
        """HMAC-SHA256 of `data` under the key for `purpose`."""
        key = hmac.digest(self._secret, b"upstander/" + purpose.encode(), "sha256")
        return hmac.digest(key, data, "sha256")


def create(folder: Path) -> Installation:
    """Make the keys in `folder/keys` where there are none; existing ones stay as they are."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys.chmod(0o700)
    _keep(keys / "installation", ids.new_id())
    _keep(keys / "signing", _seed())
    _keep(keys / "secret", secrets.token_urlsafe(48))
    _keep(keys / "log", _seed())
    _read.cache_clear()
    return _read(folder)


def log_keys(folder: Path) -> tuple[Ed25519PrivateKey, ...]:
    """The key that signs tree heads, and after it the one that is to take its place, where there is one.

    Read each time, so that a running server signs with the new one. Made here for an installation that is
    older than the log's tree. Raises NoInstallation.
    """
    _read(folder)
    paths = [folder / "keys" / name for name in ("log", "log.next")]
    if not paths[0].exists():
        _keep(paths[0], _seed())
    return tuple(_private(path.read_text("ascii").strip()) for path in paths if path.exists())


def next_log_key(folder: Path) -> Ed25519PrivateKey:
    """Makes the key that is to take the place of the one that signs tree heads; one that waits stays."""
    _keep(folder / "keys" / "log.next", _seed())
    return log_keys(folder)[1]


def turn_log_key(folder: Path) -> None:
    """Puts the next key in the place of the one before, which is gone then."""
    (folder / "keys" / "log.next").replace(folder / "keys" / "log")


def load(folder: Path | None = None) -> Installation:
    """The installation of the data folder. Raises NoInstallation."""
    if folder is None:
        from django.conf import settings

        folder = settings.DATA
    return _read(folder)


@cache
def _read(folder: Path) -> Installation:
    keys = folder / "keys"
    try:
        identity, seed, secret = (
            (keys / n).read_text("ascii").strip() for n in ("installation", "signing", "secret")
        )
    except FileNotFoundError as error:
        raise NoInstallation(f"no keys in {keys}: run `upstander init` first") from error
    signing = _private(seed)
    sign = b64.encode(signing.public_key().public_bytes_raw())
    return Installation(ids.check_id(identity), signing, sign, sha256(secret.encode()).digest())


def _seed() -> str:
    return b64.encode(secrets.token_bytes(32))


def _private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(b64.decode(seed, 32))


def _keep(path: Path, content: str) -> None:
    """Write a file for its owner alone, whole or not at all; one that is there stays."""
    waiting = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(waiting, path)
    except FileExistsError:
        return
    finally:
        waiting.unlink()
