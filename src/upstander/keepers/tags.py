"""Tags: what a pledge carries instead of a name (keepers.md, section 4).

From the function's output for one identifier comes an Ed25519 key pair. The public key is the tag, and an
entry is signed with the key of every name it carries: nobody can put a tag on an entry without having asked
the keepers about that very name, and a tag seen elsewhere cannot be copied. Random pairs fill an entry up.
"""

import secrets
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hkdf

ASKED = 4  # elements in every request to a keeper
CARRIED = 8  # tags in every entry
_OUTPUT = 64


class TagError(FormatError):
    """An entry's tags are not signed by their own keys, or not the right number of different ones."""


def tag_key(output: bytes) -> Ed25519PrivateKey:
    """The key pair of one name, from the function's 64 bytes."""
    if len(output) != _OUTPUT:
        raise FormatError("An output has 64 bytes.")
    return Ed25519PrivateKey.from_private_bytes(hkdf(output, "upstander/tag/v1"))


def filled(outputs: Iterable[bytes]) -> list[Ed25519PrivateKey]:
    """The keys of all names of one person, and random ones up to CARRIED, sorted so that order says nothing.

    Raises FormatError for no name, or more than an entry carries.
    """
    keys = {statements.public_of(key): key for key in map(tag_key, outputs)}
    if not 1 <= len(keys) <= CARRIED:
        raise FormatError(f"A person has 1 to {CARRIED} identifiers.")
    while len(keys) < CARRIED:
        key = Ed25519PrivateKey.from_private_bytes(secrets.token_bytes(32))
        keys[statements.public_of(key)] = key
    return [keys[tag] for tag in sorted(keys)]


def sign_tags(keys: Iterable[Ed25519PrivateKey], message: bytes) -> dict[str, str]:
    """Each tag with its signature over the message (both b64)."""
    return {statements.public_of(key): b64.encode(key.sign(message)) for key in keys}


def check_tags(tags: Sequence[str], signatures: Sequence[str], message: bytes) -> None:
    """Raises TagError unless these are CARRIED different tags, sorted, each with its key's signature."""
    if len(tags) != CARRIED or list(tags) != sorted(set(tags)) or len(signatures) != CARRIED:
        raise TagError(f"An entry carries {CARRIED} different tags, sorted, each with its signature.")
    for tag, signature in zip(tags, signatures, strict=True):
        try:
            Ed25519PublicKey.from_public_bytes(b64.decode(tag, 32)).verify(b64.decode(signature, 64), message)
        except (InvalidSignature, ValueError):
            raise TagError("A tag is not signed with its own key.") from None
