"""A policy: which logs count, which witnesses there are, and how many must have signed (C2SP tlog-policy)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from upstander.ledger.checkpoint import Checkpoint, open_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import COSIGNATURE, ED25519, Note, VerifierKey

LARGEST = 64 * 1024  # characters
MOST = 64  # logs, witnesses or groups; the specification asks for 32 at least
NONE = "none"

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BLANK = re.compile(r"[ \t]+")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its name in the policy (a log's is its origin), its key, and where it is."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses or groups of which at least `least` must have signed."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy. `quorum` names a witness, a group, or `none`."""

    text: str
    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str

    def satisfied(self, signed: Collection[str]) -> bool:
        """Whether these witnesses, by their names in the policy, are enough."""
        reached = {NONE, *(name for name in signed if name in self.witnesses)}
        for name, group in self.groups.items():  # members were all defined before
            if sum(member in reached for member in group.members) >= group.least:
                reached.add(name)
        return self.quorum in reached


@dataclass(frozen=True, slots=True)
class Examined:
    """A checkpoint that its log signed, and who else did.

    `signed` is when each witness says it signed (seconds since 1970) by its name in the policy, `missing` are
    those that did not, `enough` says whether that satisfies the policy.
    """

    checkpoint: Checkpoint
    note: Note
    signed: Mapping[str, int]
    missing: tuple[str, ...]
    enough: bool


def examine(policy: Policy, note: str) -> Examined:
    """The checkpoint in a note, which one of the policy's logs signed, and which witnesses did too.

    Raises LedgerError for a log that is not in the policy and for a wrong signature of anybody who is.
    """
    by_key = {party.key: party.name for party in policy.witnesses.values()}
    checkpoint, opened = open_checkpoint(note, *(log.key for log in policy.logs), *by_key)
    signed = {by_key[one.key]: one.timestamp for one in opened.signatures if one.key in by_key}
    missing = tuple(name for name in policy.witnesses if name not in signed)
    return Examined(checkpoint, opened, signed, missing, policy.satisfied(signed))


def check(policy: Policy, note: str) -> Examined:
    """As `examine`; raises LedgerError when too few witnesses signed, and names those that did not."""
    examined = examine(policy, note)
    if not examined.enough:
        missing = ", ".join(examined.missing)
        raise LedgerError(
            f"The checkpoint of {examined.checkpoint.size} entries lacks witnesses: {missing} did not sign."
        )
    return examined


def parse_policy(text: str) -> Policy:
    """A policy from its text (tlog-policy, "Policy file syntax and structure").

    Raises LedgerError, with the number of the line, for anything that is not exactly such a policy.
    """
    if len(text) > LARGEST:
        raise LedgerError(f"A policy has at most {LARGEST} characters.")
    if _FORBIDDEN.search(text):
        raise LedgerError("A policy has no control characters but tabs and ends of lines.")
    *lines, rest = text.split("\n")
    if rest:
        raise LedgerError("The policy is cut short: its last line does not end.")
    reader = _Reader()
    for place, line in enumerate(lines, start=1):
        words = [word for word in _BLANK.split(line) if word]
        if words and not words[0].startswith("#"):
            try:
                reader.line(words)
            except LedgerError as error:
                raise LedgerError(f"Line {place} of the policy: {error}") from None
    if not reader.quorum:
        raise LedgerError("The policy does not say which quorum it wants.")
    return Policy(text, tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


@dataclass(slots=True)
class _Reader:
    logs: list[Party] = field(default_factory=list)
    witnesses: dict[str, Party] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""
    _members: set[str] = field(default_factory=set)

    def line(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._log(vkey, *url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witness(name, vkey, *url)
            case ["group", name, least, *members] if members:
                self._group(name, least, members)
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise LedgerError("expected log, witness, group or quorum, with what belongs to it.")

    def _log(self, vkey: str, url: str = "") -> None:
        key = VerifierKey.parse(vkey)
        if key.kind != ED25519:
            raise LedgerError("a log has an Ed25519 key.")
        if any(log.key.public == key.public for log in self.logs):
            raise LedgerError("this log's key is there already.")
        self._room(self.logs, "logs")
        self.logs.append(Party(key.name, key, url))

    def _witness(self, name: str, vkey: str, url: str = "") -> None:
        key = VerifierKey.parse(vkey)
        if key.kind != COSIGNATURE:
            raise LedgerError("a witness has a key for cosignatures.")
        if any(one.key.public == key.public for one in self.witnesses.values()):
            raise LedgerError("this witness's key is there already.")
        self._fresh(name)
        self._room(self.witnesses, "witnesses")
        self.witnesses[name] = Party(name, key, url)

    def _group(self, name: str, least: str, members: list[str]) -> None:
        self._fresh(name)
        self._room(self.groups, "groups")
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise LedgerError(f"nothing before has the name {member[:80]}.")
            if member in self._members:
                raise LedgerError(f"{member[:80]} is in a group already.")
            self._members.add(member)
        wanted = {"all": str(len(members)), "any": "1"}.get(least, least)
        if not _COUNT.fullmatch(wanted) or int(wanted) > len(members):
            raise LedgerError("a group wants all, any, or a number of its members.")
        self.groups[name] = Group(int(wanted), tuple(members))

    def _quorum(self, name: str) -> None:
        if self.quorum:
            raise LedgerError("there is a quorum already.")
        if name != NONE and name not in self.witnesses and name not in self.groups:
            raise LedgerError(f"nothing before has the name {name[:80]}.")
        self.quorum = name

    def _fresh(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise LedgerError(f"the name {name[:80]} is taken.")

    @staticmethod
    def _room(there: Collection[object], what: str) -> None:
        if len(there) >= MOST:
            raise LedgerError(f"a policy has at most {MOST} {what}.")
