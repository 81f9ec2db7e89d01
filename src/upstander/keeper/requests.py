"""Requests that no relay may read: sealed to the keeper's key of the month, all of one size.

A page reaches a keeper through its institution's server. A claim code that the server could read it could use
itself, and a pass shown for a question would tell it that somebody of the staff asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from upstander.formats import b64, canonical, shape
from upstander.formats.errors import FormatError
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers.errors import ClosedError, OtherKeeperError
from upstander.sealing import age
from upstander.sealing.errors import SealingError

SIZE = 2048  # bytes of a request before it is sealed
HEAD = b"upstander/keeper-request/v1\n"


def seal(keeper: str, path: str, body: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    """A request to this keeper and path, sealed to its recipient of the month. Raises FormatError."""
    plain = HEAD + canonical.encode({"body": dict(body), "path": path, "to": keeper}) + b"\n"
    if len(plain) > SIZE:
        raise FormatError("This is too long for a request.")
    return {"sealed": b64.encode(age.seal(plain.ljust(SIZE, b"\0"), [recipient]))}


def opened(store: Store, keeper: Identity, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was asked, as it is where it came unsealed. Raises ClosedError, OtherKeeperError, FormatError."""
    if set(body) != {"sealed"}:
        return body
    sealed = b64.decode(shape.text(body["sealed"]))
    return open_request(sealed, store.identities(), keeper.name, path)


def open_request(sealed: bytes, identities: Sequence[str], keeper: str, path: str) -> Mapping[str, Any]:
    """What this keeper was asked at this path. Raises ClosedError, OtherKeeperError, FormatError."""
    try:
        plain = age.open_(sealed, identities)
    except SealingError:
        raise ClosedError from None
    data = plain.rstrip(b"\0")
    if len(plain) != SIZE or not data.startswith(HEAD) or not data.endswith(b"\n"):
        raise FormatError("This is of another kind.")
    asked = shape.exactly(canonical.decode_object(data[len(HEAD) : -1]), "body", "path", "to")
    if (asked["to"], asked["path"]) != (keeper, path):
        raise OtherKeeperError
    if not isinstance(asked["body"], dict):
        raise FormatError("Expected an object.")
    return asked["body"]
