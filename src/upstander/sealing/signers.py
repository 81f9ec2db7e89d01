"""Who signs, and whose signatures count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import ids, statements
from upstander.formats.errors import FormatError

Role = Literal["reporter", "handler"]


@dataclass(frozen=True, slots=True)
class Signer:
    """A person who signs: her key id and the private half."""

    key: str
    signing: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key whose signatures are accepted in a case, and what its holder is there."""

    sign: str
    role: Role


KnownKeys: TypeAlias = Mapping[str, KnownKey]  # by key id


@dataclass(frozen=True, slots=True)
class ReporterKeys:
    """The public halves of a reporter's keys."""

    seal: str
    sign: str

    @property
    def key(self) -> str:
        """The reporter's key id."""
        return ids.key_id(self.sign, self.seal)

    @property
    def known(self) -> dict[str, KnownKey]:
        """The reporter as a known key."""
        return {self.key: KnownKey(self.sign, "reporter")}


def verify_known(text: str, kind: str, known: KnownKeys, role: Role) -> dict[str, Any]:
    """The body of a statement signed by the known key it names in `by`, whose holder has this role."""
    by = known.get(str(statements.peek(text, kind).get("by")))
    if by is None or by.role != role:
        raise FormatError("It is signed by a key that may not sign it.")
    return statements.verify(text, kind, by.sign)
