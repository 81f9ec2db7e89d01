"""The written authority for one scan: legal basis, who, which devices and cases, until when, at whose cost.

A person writes it as TOML; what is hashed and goes with the bank is its canonical JSON (formats,
"Fingerprints"). Whether the scan is necessary and proportionate, the approvers judge from the legal basis and
the collateral intrusion; this code only sees that something is written there.
"""

import tomllib
from dataclasses import dataclass
from typing import Any

from upstander.fingerprints.errors import FingerprintError
from upstander.formats import b64, canonical, days, ids, kinds, shape
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.sealing import age
from upstander.sealing.errors import SealingError

NEEDED = 2  # approvers
LARGEST = 64 * 1024  # bytes

_TEXTS = ("job", "legal_basis", "operator", "collateral_intrusion")
_LISTS = ("devices", "cases")
_FIELDS = (*_TEXTS, *_LISTS, "approvers", "from", "until", "format")
_FORMATS = kinds.headers("authority", "document")


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody whose key share is needed: a name for people, an age recipient for the share."""

    name: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A checked authority. `text` is its canonical form; days are YYYY-MM-DD and both included.

    `sign` is the public key (b64) of whoever signs the lead sheet; empty in the first version.
    """

    job: str
    legal_basis: str
    operator: str
    collateral_intrusion: str
    devices: tuple[str, ...]
    cases: tuple[str, ...]
    approvers: tuple[Approver, ...]
    first: str
    until: str
    sign: str
    text: bytes

    @property
    def sha256(self) -> str:
        """What bank and lead sheet name it by."""
        return hash_of(self.text)

    def check(self, day: str, device: str) -> None:
        """Raises FingerprintError unless the authority covers this device on this day."""
        if not self.first <= day <= self.until:
            raise FingerprintError(
                f"The authority holds from {self.first} to {self.until}, and today is {day}."
            )
        if device not in self.devices:
            raise FingerprintError(
                f"The authority does not name this device. It names: {', '.join(self.devices)}."
            )


def from_toml(text: str) -> Authority:
    """An authority as a person wrote it. Raises FingerprintError that names the field to look at."""
    if len(text) > LARGEST:
        raise FingerprintError("This is too long for an authority.")
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FingerprintError(f"The authority is not TOML: {error}.") from None
    value = {name: one.isoformat() if hasattr(one, "isoformat") else one for name, one in value.items()}
    return _checked({**value, "format": _FORMATS[-1]})


def from_json(data: bytes) -> Authority:
    """An authority in its canonical form, as it lies beside the bank. Raises FingerprintError."""
    try:
        return _checked(canonical.decode_object(data[:LARGEST]))
    except FormatError as error:
        raise FingerprintError(f"This is not an authority: {error}") from None


def _checked(value: dict[str, Any]) -> Authority:
    version = value.get("format")
    if version not in _FORMATS:
        raise FingerprintError("This authority has a form that is not known here.")
    fields = _FIELDS if version == _FORMATS[0] else (*_FIELDS, "sign")
    missing = [name for name in fields if name not in value]
    if missing:
        raise FingerprintError(f"The authority does not say: {', '.join(missing)}.")
    unknown = [name for name in value if name not in fields]
    if unknown:
        raise FingerprintError(
            "The authority says something that has no place in it. Take out what is extra."
        )
    texts = {name: _text(value[name], name) for name in _TEXTS}
    lists = {name: _list(value[name], name) for name in _LISTS}
    for case in lists["cases"]:
        _fits(ids.check_id, case, "cases")
    first, until = (
        _fits(lambda day: days.parse(day).isoformat(), value[name], name) for name in ("from", "until")
    )
    if until < first:
        raise FingerprintError("The authority ends before it begins.")
    approvers = _approvers(value["approvers"], texts["operator"])
    sign = _sign(value["sign"]) if "sign" in fields else ""
    body = {
        **texts,
        **{name: list(found) for name, found in lists.items()},
        "approvers": [{"name": one.name, "recipient": one.recipient} for one in approvers],
        "format": value["format"],
        "from": first,
        "until": until,
        **({"sign": sign} if sign else {}),
    }
    try:
        text = canonical.encode(body)
    except FormatError as error:
        raise FingerprintError(f"The authority cannot be written down: {error}") from None
    return Authority(
        job=texts["job"],
        legal_basis=texts["legal_basis"],
        operator=texts["operator"],
        collateral_intrusion=texts["collateral_intrusion"],
        devices=lists["devices"],
        cases=lists["cases"],
        approvers=approvers,
        first=first,
        until=until,
        sign=sign,
        text=text,
    )


def _approvers(value: object, operator: str) -> tuple[Approver, ...]:
    found = []
    for one in _fits(shape.items, value, "approvers"):
        fields = _fits(lambda one: shape.exactly(one, "name", "recipient"), one, "approvers")
        approver = Approver(_text(fields["name"], "approvers"), _text(fields["recipient"], "approvers"))
        try:
            age.check_recipient(approver.recipient)
        except SealingError as error:
            raise FingerprintError(f"An approver's recipient is wrong: {error}") from None
        found.append(approver)
    names = {one.name.casefold() for one in found}
    if len(found) < NEEDED or len(names) != len(found) or len({one.recipient for one in found}) != len(found):
        raise FingerprintError(
            "An authority needs two or more approvers, each another person with another key."
        )
    if len(found) > 16:
        raise FingerprintError("An authority has at most 16 approvers.")
    if operator.casefold() in names:
        raise FingerprintError("Who runs the scan cannot approve it.")
    return tuple(found)


def _sign(value: object) -> str:
    text = _text(value, "sign")
    try:
        b64.decode(text, 32)
    except FormatError:
        raise FingerprintError(
            "The authority's `sign` is not a public key. `upstander bank key FILE` makes a key and prints it."
        ) from None
    return text


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FingerprintError(f"The authority needs words for: {name}.")
    return value.strip()


def _list(value: object, name: str) -> tuple[str, ...]:
    found = tuple(_text(one, name) for one in _fits(shape.items, value, name))
    if not found or len(set(found)) != len(found):
        raise FingerprintError(f"The authority needs a list of one or more, each once: {name}.")
    return found


def _fits(check: Any, value: object, name: str) -> Any:
    try:
        return check(value)
    except FormatError as error:
        raise FingerprintError(f"The authority is wrong at {name}: {error}") from None
