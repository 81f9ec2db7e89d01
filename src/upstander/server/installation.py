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
    _keep(keys / "signing", b64.encode(secrets.token_bytes(32)))
    _keep(keys / "secret", secrets.token_urlsafe(48))
    _read.cache_clear()
    return _read(folder)


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
    signing = Ed25519PrivateKey.from_private_bytes(b64.decode(seed, 32))
    sign = b64.encode(signing.public_key().public_bytes_raw())
    return Installation(ids.check_id(identity), signing, sign, sha256(secret.encode()).digest())


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
