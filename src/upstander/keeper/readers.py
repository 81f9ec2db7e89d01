"""Who asks for what was released: a handler by a signature, a custodian by what only the custodian can read.

A pledge names handlers by their signing keys. A channel's custodian has none: only an age identity, brought
back from paper when all handlers are gone. So a custodian asks for a token, gets it sealed to the custodian's
recipient, and shows it. The token is good for the day and the next, and nothing is kept of it. The pledge
names the custodian by her key id.
"""

import hmac
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from upstander.formats import b64, days, hashes, ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper.home import Identity
from upstander.keepers.errors import NotSignedError
from upstander.sealing import age


def reader_of(keeper: Identity, body: Mapping[str, Any], today: date) -> str:
    """Under which name the asker is listed: a signing key, or a custodian's key id.

    `body` holds `statement` (a **fetch**) or `seal` and `token`. Raises NotSignedError, FormatError.
    """
    if "token" in body:
        return _custodian(keeper, shape.text(body.get("seal")), shape.text(body["token"]), today)
    return _handler(keeper.name, shape.text(body.get("statement")), today)


def challenge(keeper: Identity, seal: str, today: date) -> bytes:
    """A custodian's token, sealed to the recipient `seal`. The same for whoever asks. Raises SealingError."""
    return age.seal(_token(keeper, age.check_recipient(seal), today).encode(), [seal])


def _handler(keeper: str, statement: str, today: date) -> str:
    """Whoever signed a **fetch** for this keeper, yesterday to tomorrow."""
    body = shape.exactly(statements.peek(statement, "fetch"), "day", "keeper", "reader")
    reader = shape.text(body["reader"])
    try:
        statements.verify(statement, "fetch", reader)
    except FormatError:
        raise NotSignedError("This is not signed with the key it names.") from None
    if body["keeper"] != keeper or abs((days.parse(body["day"]) - today).days) > 1:
        raise FormatError("This was signed for another keeper or another day.")
    return reader


def _custodian(keeper: Identity, seal: str, token: str, today: date) -> str:
    shown, good = token.encode("utf-8", "replace"), (today, today - timedelta(1))
    if not any(hmac.compare_digest(_token(keeper, seal, day).encode(), shown) for day in good):
        raise NotSignedError("This is not the token that was sealed to this custodian today.")
    return ids.key_id("", seal)


def _token(keeper: Identity, seal: str, day: date) -> str:
    secret = hashes.hkdf(keeper.signing.private_bytes_raw(), "upstander/custodian-token/v1")
    return b64.encode(hmac.digest(secret, f"{day.isoformat()}\n{seal}".encode(), "sha256"))
