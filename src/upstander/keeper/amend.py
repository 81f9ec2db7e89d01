"""Changing one keeper's address or keys on the roster: all keepers sign, no part of the key changes."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from upstander.formats import b64, canonical, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper import home
from upstander.keepers.pledges import check_name
from upstander.keepers.roster import read_roster

_MAY = ("address", "sign")


def propose(folder: Path, applicant: Mapping[str, Any]) -> str:
    """The text of an amendment: the present roster with what this keeper applies with. Raises FormatError."""
    one = shape.exactly(dict(applicant), "address", "name", "sign", "static")
    name = check_name(one["name"])
    for key in ("sign", "static"):
        b64.decode(shape.text(one[key]), 32)
    body, statics = _present(folder)
    if name not in statics:
        raise FormatError("There is no keeper of this name on the roster.")
    keepers = [
        {**keeper, "address": shape.text(one["address"]), "sign": one["sign"]}
        if keeper["name"] == name
        else keeper
        for keeper in body["keepers"]
    ]
    amended = {"roster": {**body, "keepers": keepers}, "statics": {**statics, name: one["static"]}}
    return canonical.encode(amended).decode() + "\n"


def changes(folder: Path, text: str) -> list[str]:
    """What an amendment changes, in words. Raises FormatError unless it is one keeper's address or keys."""
    new, statics = _read(text)
    old, old_statics = _present(folder)
    then = {one["name"]: one for one in old["keepers"]}
    now = {one.get("name"): one for one in new["keepers"]}
    rest = ({**old, "keepers": []}, {**new, "keepers": []})
    if rest[0] != rest[1] or then.keys() != now.keys() or statics.keys() != old_statics.keys():
        raise FormatError("This changes more than one keeper's address or keys.")
    changed = [name for name in then if then[name] != now[name] or statics[name] != old_statics[name]]
    if len(changed) != 1:
        raise FormatError(f"This changes {len(changed)} keepers. It has to be one.")
    (name,) = changed
    before, after = then[name], now[name]
    if {k: v for k, v in before.items() if k not in _MAY} != {
        k: v for k, v in after.items() if k not in _MAY
    }:
        raise FormatError("This changes more than a keeper's address or keys.")
    lines = []
    if before["address"] != after["address"]:
        lines.append(f"{name} will answer at {after['address']}, not at {before['address']}.")
    if before["sign"] != after["sign"]:
        lines.append(f"{name} will sign with {after['sign']}: another body is in its place.")
    if statics[name] != old_statics[name]:
        lines.append(f"{name} has a new key for ceremonies: {statics[name]}.")
    return lines


def sign(folder: Path, text: str) -> str:
    """This keeper's signature under the amended roster. Raises as `changes`."""
    changes(folder, text)
    return statements.sign("roster", _read(text)[0], home.signing_key(folder))


def finish(folder: Path, text: str, signed: Sequence[str]) -> str:
    """Takes the amended roster that all signed (in any order). Returns its hash; raises FormatError.

    Then all renew their shares, so that a leaver's is worth nothing.
    """
    changes(folder, text)
    body, statics = _read(text)
    by_sign = {}
    for one in body["keepers"]:
        for given in signed:
            try:
                statements.verify(given, "roster", one["sign"])
                by_sign[one["name"]] = given
            except FormatError:
                continue
    missing = [one["name"] for one in body["keepers"] if one["name"] not in by_sign]
    if missing:
        raise FormatError(f"Not signed by: {', '.join(missing)}.")
    texts = [by_sign[one["name"]] for one in body["keepers"]]
    roster = read_roster(texts)
    if statements.peek(texts[0], "roster") != body:
        raise FormatError("Another roster was signed than the one proposed.")
    mine = roster.keepers[home.name_of(folder)]
    if mine.sign != statements.public_of(home.signing_key(folder)):
        raise FormatError("The amended roster does not name this keeper's key.")
    home.replace_roster(folder, texts, statics)
    return roster.sha256


def _present(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    texts = home.roster_texts(folder)
    read_roster(texts)
    return statements.peek(texts[0], "roster"), home.statics(folder)


def _read(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        body = shape.exactly(json.loads(text), "roster", "statics")
    except (ValueError, RecursionError):
        raise FormatError("This is not an amendment.") from None
    if not isinstance(body["roster"], dict) or not isinstance(body["statics"], dict):
        raise FormatError("This is not an amendment.")
    keepers = [one for one in shape.items(body["roster"].get("keepers")) if isinstance(one, dict)]
    if len(keepers) != len(body["roster"]["keepers"]):
        raise FormatError("This is not an amendment.")
    return body["roster"], body["statics"]
