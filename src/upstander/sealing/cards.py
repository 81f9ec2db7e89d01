"""Cards: who receives an institution's reports, with the signatures behind each key (formats, section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, days, hashes, ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.signers import KnownKey, Signer

State = Literal["active", "retired"]
INSTALLATION = "installation"  # `by` of the signature that lets in a channel's first member


@dataclass(frozen=True, slots=True)
class Member:
    """A handler on a channel. `label` is what a reporter reads, `sheet` whether she gets source sheets."""

    enrol: str
    key: str
    label: str
    seal: str
    sheet: bool
    sign: str
    state: str


@dataclass(frozen=True, slots=True)
class Custodian:
    """A channel's offline recovery key, split in `of` shares, `needs` of which bring it back."""

    key: str
    needs: int
    of: int
    seal: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A receiving team. `members` in the order in which they were let in."""

    about: str
    custodian: Custodian
    id: str
    inside: bool
    members: tuple[Member, ...]
    name: str
    on_call: bool
    prescribed: bool

    @property
    def active(self) -> tuple[Member, ...]:
        """Members who receive."""
        return tuple(member for member in self.members if member.state == "active")


@dataclass(frozen=True, slots=True)
class PackName:
    """Which policy pack: the hash decides."""

    id: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was read and checked. `sha256` is the hash of its `text`: what a report names."""

    channels: tuple[Channel, ...]
    day: str
    demonstration: bool
    expires: str
    installation: str
    institution: str
    name: str
    pack: PackName
    previous: str
    version: int
    text: str
    sha256: str

    @property
    def known(self) -> dict[str, KnownKey]:
        """All handlers' keys, retired ones included: whose signatures count in a case."""
        members = (member for channel in self.channels for member in channel.members)
        return {member.key: KnownKey(member.sign, "handler") for member in members}

    def check_day(self, today: date) -> None:
        """Raises FormatError when the card's last day is past."""
        if days.parse(self.expires) < today:
            raise FormatError("The list of people who receive reports is out of date.")


def same_people(card: Card, keys: Sequence[str]) -> list[str]:
    """These keys and every other key on the card under the label of one of them, sorted.

    A card names no persons: one label is taken for one person.
    """
    members = [member for channel in card.channels for member in channel.members]
    labels = {member.label for member in members if member.key in keys}
    return sorted({*keys, *(member.key for member in members if member.label in labels)})


def make_card(
    *,
    signing: Ed25519PrivateKey,
    installation: str,
    institution: str,
    name: str,
    channels: Sequence[Channel],
    pack: PackName,
    day: date,
    expires: date,
    previous: str,
    version: int,
    demonstration: bool,
) -> str:
    """The text of a **card** signed by the installation. `previous` is the last card's text, or empty.

    Raises FormatError for a card that no reader would accept, such as one with a key nobody let in.
    """
    body = {
        "channels": [_channel_body(channel) for channel in channels],
        "day": day.isoformat(),
        "demonstration": demonstration,
        "expires": expires.isoformat(),
        "installation": installation,
        "institution": institution,
        "name": name,
        "pack": asdict(pack),
        "previous": hashes.hash_of(previous.encode()) if previous else "",
        "version": version,
    }
    text = statements.sign("card", body, signing)
    read_card(text, statements.public_of(signing))
    return text


def read_card(text: str, installation_sign: str) -> Card:
    """The card, if the installation signed it and every key on it came in by the right signature.

    `installation_sign` is the installation's public key as b64. Raises FormatError or SealingError.
    """
    body = shape.exactly(
        statements.verify(text, "card", installation_sign),
        *("channels", "day", "demonstration", "expires", "installation"),
        *("institution", "name", "pack", "previous", "version"),
    )
    institution = shape.text(body["institution"])
    pack = shape.exactly(body["pack"], "id", "sha256", "version")
    return Card(
        channels=tuple(
            _channel(one, institution, installation_sign) for one in shape.items(body["channels"])
        ),
        day=shape.day(body["day"]),
        demonstration=shape.flag(body["demonstration"]),
        expires=shape.day(body["expires"]),
        installation=shape.text(body["installation"]),
        institution=institution,
        name=shape.text(body["name"]),
        pack=PackName(shape.text(pack["id"]), hashes.check_hash(pack["sha256"]), shape.text(pack["version"])),
        previous="" if body["previous"] == "" else hashes.check_hash(body["previous"]),
        version=shape.count(body["version"], 1),
        text=text,
        sha256=hashes.hash_of(text.encode()),
    )


def make_enrol(*, channel: str, institution: str, sign: str, seal: str, by: Signer, day: str) -> str:
    """The **enrol** statement that lets a key into a channel.

    `by` is a member of the channel, or `Signer("installation", key)` for the first one.
    """
    body = {
        "by": by.key,
        "channel": channel,
        "day": day,
        "institution": institution,
        "key": ids.key_id(sign, seal),
        "seal": ids.fingerprint(seal),
        "sign": sign,
    }
    return statements.sign("enrol", body, by.signing)


def check_enrol(
    member: Member, earlier: Sequence[Member], *, channel: str, institution: str, sign: str
) -> None:
    """Raises FormatError unless the right person let this member in.

    That is a member who was there `earlier` (retired ones count: they signed while they could), or for the
    first member the installation, whose public key is `sign`.
    """
    by = statements.peek(member.enrol, "enrol").get("by")
    signs = {one.key: one.sign for one in earlier} or {INSTALLATION: sign}
    if not isinstance(by, str) or by not in signs:
        raise FormatError("A key came on the card without the signature of somebody already there.")
    body = statements.verify(member.enrol, "enrol", signs[by])
    shape.exactly(body, "by", "channel", "day", "institution", "key", "seal", "sign")
    shape.day(body["day"])
    said = (body["channel"], body["institution"], body["key"], body["seal"], body["sign"])
    if said != (channel, institution, member.key, ids.fingerprint(member.seal), member.sign):
        raise FormatError("The signature behind a key on the card is about something else.")


def _channel(value: object, institution: str, sign: str) -> Channel:
    fields = ("about", "custodian", "id", "inside", "members", "name", "on_call", "prescribed")
    body = shape.exactly(value, *fields)
    members: list[Member] = []
    for one in shape.items(body["members"]):
        member = _member(one)
        if any(earlier.key == member.key for earlier in members):
            raise FormatError("A key is on the card twice.")
        check_enrol(member, members, channel=body["id"], institution=institution, sign=sign)
        members.append(member)
    return Channel(
        about=shape.text(body["about"]),
        custodian=_custodian(body["custodian"]),
        id=ids.check_id(body["id"]),
        inside=shape.flag(body["inside"]),
        members=tuple(members),
        name=shape.text(body["name"]),
        on_call=shape.flag(body["on_call"]),
        prescribed=shape.flag(body["prescribed"]),
    )


def _member(value: object) -> Member:
    body = shape.exactly(value, "enrol", "key", "label", "seal", "sheet", "sign", "state")
    member = Member(
        enrol=shape.text(body["enrol"]),
        key=ids.check_id(body["key"]),
        label=shape.text(body["label"]),
        seal=age.check_recipient(shape.text(body["seal"])),
        sheet=shape.flag(body["sheet"]),
        sign=shape.text(body["sign"]),
        state=shape.one_of(body["state"], ("active", "retired")),
    )
    b64.decode(member.sign, 32)
    if ids.key_id(member.sign, member.seal) != member.key:
        raise FormatError("A key on the card has a wrong id.")
    return member


def _custodian(value: object) -> Custodian:
    body = shape.exactly(value, "key", "needs", "of", "seal")
    custodian = Custodian(
        key=ids.check_id(body["key"]),
        needs=shape.count(body["needs"], 2),
        of=shape.count(body["of"], 2),
        seal=age.check_recipient(shape.text(body["seal"])),
    )
    if ids.key_id("", custodian.seal) != custodian.key:
        raise FormatError("A custodian's key on the card has a wrong id.")
    if custodian.needs > custodian.of:
        raise FormatError("More shares are needed than there are.")
    return custodian


def _channel_body(channel: Channel) -> Mapping[str, Any]:
    return {**asdict(channel), "members": [asdict(member) for member in channel.members]}
