"""What an installation signs about its logs: which there are, their keys, and the policy.

And what a witness signs when it was asked to watch for a promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, shape, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import check_hash
from upstander.ledger.checkpoint import split_origin
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import SigningKey, VerifierKey
from upstander.ledger.policy import Policy, parse_policy

MOST_LOGS = 64


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One generation of an installation's log.

    `closed` is its final size, None while it grows; `keys` are its vkeys, oldest first; `url` is a path on
    the installation's host, with a slash at both ends.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    url: str
    closed: int | None

    def body(self) -> dict[str, Any]:
        """As the statement lists it."""
        keys = [str(key) for key in self.keys]
        return {"closed": self.closed, "keys": keys, "origin": self.origin, "url": self.url}


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """An installation's logs, oldest first, its policy, its beat in seconds, and its public key (b64)."""

    installation: str
    logs: tuple[LogEntry, ...]
    policy: Policy
    beat: int
    sign: str
    text: str

    @property
    def newest(self) -> LogEntry:
        """The log that grows."""
        return self.logs[-1]

    def entry(self, origin: str) -> LogEntry:
        """The log of this origin. Raises LedgerError."""
        for log in self.logs:
            if log.origin == origin:
                return log
        raise LedgerError(f"The installation has no log {origin[:80]}.")


def make_log_policy(
    *, installation: str, logs: Sequence[LogEntry], policy: str, beat: int, key: Ed25519PrivateKey
) -> str:
    """The signed statement. Raises LedgerError for logs and a policy that do not fit each other."""
    body = {
        "beat": beat,
        "installation": installation,
        "logs": [log.body() for log in logs],
        "policy": policy,
        "sign": statements.public_of(key),
    }
    text = statements.sign("log-policy", body, key)
    read_log_policy(text)
    return text


def read_log_policy(text: str, sign: str = "") -> LogPolicy:
    """The logs of the installation that signed this. Raises LedgerError.

    `sign` is its public key (b64), known from elsewhere; without it the statement vouches for itself alone.
    """
    try:
        claimed = shape.text(statements.peek(text, "log-policy").get("sign"))
        body = statements.verify(text, "log-policy", sign or claimed)
        return _read(body, text)
    except LedgerError:
        raise
    except FormatError as error:
        raise LedgerError(f"The statement about the logs: {error}") from None


def _read(body: object, text: str) -> LogPolicy:
    said = shape.exactly(body, "beat", "installation", "logs", "policy", "sign")
    installation = shape.text(said["installation"])
    policy = parse_policy(shape.text(said["policy"]))
    listed = shape.items(said["logs"])
    if not 1 <= len(listed) <= MOST_LOGS:
        raise LedgerError("An installation has at least one log.")
    logs = tuple(
        _entry(one, installation, generation, last=generation == len(listed))
        for generation, one in enumerate(listed, start=1)
    )
    accepted = {party.key for party in policy.logs}
    unknown = [key.name for log in logs for key in log.keys if key not in accepted]
    if unknown:
        raise LedgerError(f"The policy does not accept the key of {unknown[0]}.")
    b64.decode(shape.text(said["sign"]), 32)
    return LogPolicy(installation, logs, policy, shape.count(said["beat"], 1), said["sign"], text)


def _entry(body: object, installation: str, generation: int, *, last: bool) -> LogEntry:
    said = shape.exactly(body, "closed", "keys", "origin", "url")
    origin = shape.text(said["origin"])
    if split_origin(origin) != (installation, generation):
        raise LedgerError(f"Log {generation} of the installation has the origin of another.")
    keys = tuple(VerifierKey.parse(shape.text(one)) for one in shape.items(said["keys"]))
    if not keys or any(key.name != origin for key in keys):
        raise LedgerError(f"The keys of {origin} do not have its name.")
    url = shape.text(said["url"])
    if not url.startswith("/") or url.startswith("//") or not url.endswith("/") or set(url) & set("\\?#"):
        raise LedgerError(f"The address of {origin} is not a path.")
    closed = None if said["closed"] is None else shape.count(said["closed"])
    if last != (closed is None):
        raise LedgerError("Exactly the newest log is not closed.")
    return LogEntry(origin, keys, url, closed)


def check_successor(old: LogPolicy, new: LogPolicy) -> None:
    """Raises LedgerError when an installation takes back what it said before about its logs.

    It may add logs and keys, close the newest log, move logs to other addresses, and change its witnesses.
    """
    if (old.installation, old.sign) != (new.installation, new.sign):
        raise LedgerError("This is the statement of another installation, or its key has changed.")
    if len(new.logs) < len(old.logs):
        raise LedgerError("The installation no longer names one of its logs.")
    for before, now in zip(old.logs, new.logs, strict=False):
        if now.keys[: len(before.keys)] != before.keys:
            raise LedgerError(f"The keys of {before.origin} have changed; only new ones may be added.")
        if before.closed is not None and now.closed != before.closed:
            raise LedgerError(
                f"{before.origin} was closed with {before.closed} entries, and now with others."
            )


@dataclass(frozen=True, slots=True)
class Watching:
    """A witness will look, after the day `by`, whether the leaf with this hash (hex) is in the log `log`.

    `log` is the installation's id; `witness` is the name of the witness's key.
    """

    by: str
    leaf: str
    log: str
    witness: str


def make_watching(watching: Watching, key: SigningKey) -> str:
    """The witness's statement, signed with the private key it cosigns with."""
    body = {"by": watching.by, "leaf": watching.leaf, "log": watching.log, "witness": key.name}
    return statements.sign("watching", body, key.private)


def read_watching(text: str, witness: VerifierKey) -> Watching:
    """What this witness said it will look for. Raises LedgerError."""
    try:
        body = statements.verify(text, "watching", b64.encode(witness.public))
        said = shape.exactly(body, "by", "leaf", "log", "witness")
        by, leaf = shape.day(said["by"]), check_hash(said["leaf"])
        watching = Watching(by, leaf, shape.text(said["log"]), shape.text(said["witness"]))
    except FormatError as error:
        raise LedgerError(f"The witness {witness.name}: {error}") from None
    if watching.witness != witness.name:
        raise LedgerError(f"The witness {witness.name} signed under another name.")
    return watching
