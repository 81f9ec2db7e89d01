"""age files under a passphrase, for what leaves the house; any age since 1.0 opens them."""

import pyrage

from upstander.sealing.errors import SealingError, WrongKeyError


def seal_passphrase(data: bytes, passphrase: str) -> bytes:
    """Seals bytes under a passphrase (scrypt). Give it generated words, never a chosen one."""
    return bytes(pyrage.passphrase.encrypt(data, passphrase))


def open_passphrase(data: bytes, passphrase: str) -> bytes:
    """Opens such a file. Raises WrongKeyError for another passphrase or a damaged file."""
    if not data.startswith(b"age-encryption.org/v1\n-> scrypt "):
        raise SealingError("This is not an age file under a passphrase.")
    try:
        return bytes(pyrage.passphrase.decrypt(data, passphrase))
    except pyrage.DecryptError:
        raise WrongKeyError("The passphrase does not open the file.") from None
