"""age files (age-encryption.org/v1) with post-quantum hybrid recipients, and nothing else.

Files made here open with age 1.3 and later, and with typage in a browser; so do theirs here.
"""

from upstander.sealing.age.files import open_, open_stream, seal, seal_stream
from upstander.sealing.age.header import Header, inspect
from upstander.sealing.age.keys import (
    check_recipient,
    identity_from_seed,
    new_identity,
    recipient_of,
    seed_of,
)
from upstander.sealing.age.passphrase import open_passphrase, seal_passphrase

__all__ = [
    "Header",
    "check_recipient",
    "identity_from_seed",
    "inspect",
    "new_identity",
    "open_",
    "open_passphrase",
    "open_stream",
    "recipient_of",
    "seal",
    "seal_passphrase",
    "seal_stream",
    "seed_of",
]
