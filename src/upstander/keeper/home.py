"""A keeper's folder: who it is, its keys, its policy. The rest is in the database beside it (`store.py`)."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, shape, statements
from upstander.formats.errors import FormatError
from upstander.keepers import group, threshold
from upstander.keepers.pledges import check_name
from upstander.keepers.roster import Roster, read_roster

CONFIG = "keeper.json"
ROSTER = "roster.json"
_SIGN, _STATIC, _SHARE = "keys/sign.key", "keys/static.key", "keys/share.json"
STATICS = "statics.json"
_NEXT = "keys/share.next.json"


@dataclass(frozen=True, slots=True)
class Policy:
    """What this keeper takes, and how fast.

    `least` people in a match; pledges for at most `years`; `budget` requests a day before work is asked for;
    between `soonest` and `latest` days from a condition that holds to its release; `time_zone` of its days;
    `cards` that it cosigns by itself: those with `nobody-new` on them, `none`, or (for looking around) `all`.
    """

    least: int = 2
    years: int = 6
    budget: int = 200
    soonest: int = 1
    latest: int = 4
    time_zone: str = "Europe/London"
    cards: str = "nobody-new"


@dataclass(frozen=True, slots=True)
class Identity:
    """A keeper with its keys, ready to serve. `share` is its part of the function's key."""

    name: str
    signing: Ed25519PrivateKey = field(repr=False)
    share: threshold.KeyShare = field(repr=False)
    roster: Roster
    roster_texts: tuple[str, ...] = field(repr=False)
    policy: Policy


def create(folder: Path, name: str, policy: Policy | None = None) -> str:
    """Makes a keeper's folder (0700) with fresh keys. Returns the public half of the signing key as b64.

    Raises FormatError for a wrong name, FileExistsError where a keeper lives already.
    """
    check_name(name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    signing = Ed25519PrivateKey.generate()
    write(folder / _SIGN, b64.encode(signing.private_bytes_raw()) + "\n")
    write(folder / _STATIC, b64.encode(group.random_scalar()) + "\n")
    write(folder / CONFIG, json.dumps({"name": name, **_policy_body(policy or Policy())}, indent=1) + "\n")
    return statements.public_of(signing)


def admit(
    folder: Path, share: threshold.KeyShare, roster_texts: Sequence[str], statics: Mapping[str, str]
) -> None:
    """Gives a keeper its share of the key and the signed roster.

    `statics` are all keepers' public keys for ceremonies (b64), by name. Raises as `load` does.
    """
    write(folder / _SHARE, _share_text(share))
    write(folder / STATICS, json.dumps(dict(statics), indent=1) + "\n")
    write(folder / ROSTER, json.dumps(list(roster_texts), indent=1) + "\n")
    load(folder)


def replace_roster(folder: Path, roster_texts: Sequence[str], statics: Mapping[str, str]) -> None:
    """Puts an amended roster in the place of the old one, with all keepers' keys for ceremonies."""
    for path, text in (
        (STATICS, json.dumps(dict(statics), indent=1)),
        (ROSTER, json.dumps(list(roster_texts), indent=1)),
    ):
        part = folder / f".{path}.part"
        part.unlink(missing_ok=True)
        write(part, text + "\n")
        part.replace(folder / path)


def replace_share(folder: Path, share: threshold.KeyShare, roster_texts: Sequence[str]) -> None:
    """Puts a renewed share and its roster in the place of the old ones, and overwrites the old share.

    Cut off anywhere, either the old pair or the new one is there: `load` finishes what was begun.
    """
    (folder / _NEXT).unlink(missing_ok=True)
    write(folder / _NEXT, _share_text(share))
    part = folder / f".{ROSTER}.part"
    part.unlink(missing_ok=True)
    write(part, json.dumps(list(roster_texts), indent=1) + "\n")
    part.replace(folder / ROSTER)
    _take_next(folder)


def _take_next(folder: Path) -> None:
    with (folder / _SHARE).open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        file.write(bytes(size))
        file.flush()
        os.fsync(file.fileno())
    (folder / _NEXT).replace(folder / _SHARE)


def statics(folder: Path) -> dict[str, str]:
    """All keepers' public keys for ceremonies (b64), by name. Raises OSError, FormatError."""
    found = _json(folder / STATICS)
    return {check_name(name): shape.text(one) for name, one in dict(found).items()}


def roster_texts(folder: Path) -> tuple[str, ...]:
    """The roster's statements as they lie in the folder. Raises OSError, FormatError."""
    return tuple(shape.text(one) for one in shape.items(_json(folder / ROSTER)))


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The keeper's signing key. Raises OSError, FormatError."""
    return Ed25519PrivateKey.from_private_bytes(b64.decode((folder / _SIGN).read_text("ascii").strip(), 32))


def check_no_share(folder: Path) -> None:
    """Raises FileExistsError where a keeper has its share of a key already."""
    if (folder / _SHARE).exists():
        raise FileExistsError(f"{folder / _SHARE} is there already.")


def static_key(folder: Path) -> group.Scalar:
    """The keeper's key for ceremonies. Raises OSError, FormatError."""
    return group.decode_scalar(b64.decode((folder / _STATIC).read_text("ascii").strip(), 32))


def name_of(folder: Path) -> str:
    """The keeper's name. Raises OSError, FormatError."""
    return check_name(_json(folder / CONFIG).get("name"))


def load(folder: Path) -> Identity:
    """The keeper that lives in a folder. Raises FormatError where its parts do not fit together, OSError."""
    config = _json(folder / CONFIG)
    texts = shape.items(_json(folder / ROSTER))
    roster, signing, name = read_roster(texts), signing_key(folder), check_name(config.get("name"))
    me = roster.keepers.get(name)
    if me is not None and (folder / _NEXT).exists() and _share(folder / _NEXT).public == me.part:
        _take_next(folder)  # a renewal was cut off after its roster was there
    share = _share(folder / _SHARE)
    if me is None or (me.sign, me.place, me.part) != (
        statements.public_of(signing),
        share.place,
        share.public,
    ):
        raise FormatError("This keeper's keys are not those that the roster names for it.")
    return Identity(name, signing, share, roster, tuple(texts), _policy(config))


def _share(path: Path) -> threshold.KeyShare:
    secret = shape.exactly(_json(path), "place", "secret")
    return threshold.KeyShare(
        shape.count(secret["place"], 1), group.decode_scalar(b64.decode(shape.text(secret["secret"]), 32))
    )


def _share_text(share: threshold.KeyShare) -> str:
    return json.dumps({"place": share.place, "secret": b64.encode(share.secret)}) + "\n"


def write(path: Path, text: str) -> None:
    """Writes a new file that only its owner can read (0600). Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError:
        raise FormatError(f"{path.name} is not JSON.") from None


def _policy(config: Mapping[str, Any]) -> Policy:
    policy = Policy(
        least=shape.count(config.get("least"), 2),
        years=shape.count(config.get("years"), 1),
        budget=shape.count(config.get("budget"), 1),
        soonest=shape.count(config.get("soonest")),
        latest=shape.count(config.get("latest")),
        time_zone=shape.text(config.get("time_zone")),
        cards=shape.text(config.get("cards", "nobody-new")),
    )
    if policy.cards not in ("nobody-new", "none", "all"):
        raise FormatError("A keeper signs cards by itself with nobody-new on them, all, or none.")
    if policy.soonest > policy.latest:
        raise FormatError("The soonest day of a release is after the latest.")
    return policy


def _policy_body(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in Policy.__slots__}
