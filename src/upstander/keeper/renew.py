"""Renewing the keepers' shares under one public key, between machines (keepers.md, section 3).

Each keeper's people begin it with a command. What is said goes from keeper to keeper over the network, and
each passes on what it has of all, so that nobody can finish with some and not with others. When all have
signed the same, each takes its new share and destroys the old one. A fault names the keeper whose message is
wrong, and nothing is changed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upstander.formats import b64, hashes, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper import home
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keeper.sync import Ask
from upstander.keepers import ceremony, cocktail, group, threshold
from upstander.keepers.cocktail import CeremonyError
from upstander.keepers.roster import read_roster, roster_body

PENDING = "keys/share.renewed.json"
KINDS = ("opening", "renewed", "roster")


@dataclass(frozen=True, slots=True)
class State:
    """How far a renewal is: keepers whose openings, or whose signatures, are missing; whether it is done."""

    openings: tuple[str, ...]
    signatures: tuple[str, ...]
    done: bool = False


@dataclass(frozen=True, slots=True)
class Renewal:
    """One attempt at renewing the shares of one roster. `names` are the keepers in order of places."""

    id: str
    session: cocktail.Session
    names: tuple[str, ...]


def renewal_of(keeper: Identity, folder: Path, attempt: int) -> Renewal:
    """The renewal of the present shares. Raises FormatError, OSError where a static key is missing."""
    names = tuple(sorted(keeper.roster.keepers, key=lambda name: keeper.roster.keepers[name].place))
    statics = home.statics(folder)
    if set(statics) != set(names):
        raise FormatError("The keepers' keys for ceremonies are not those of the roster.")
    id_ = hashes.hash_of(f"{keeper.roster_texts[0].split(chr(10))[1]}\n{attempt}".encode())
    publics = [b64.decode(statics[name], 32) for name in names]
    return Renewal(id_, cocktail.new_session(bytes.fromhex(id_), publics, keeper.roster.needs), names)


def begin(store: Store, keeper: Identity, folder: Path, attempt: int = 1) -> None:
    """Deals this keeper's part, once. Raises as `renewal_of`."""
    renewal = renewal_of(keeper, folder, attempt)
    if _texts(store, renewal, "opening").get(keeper.name):
        return
    place = keeper.roster.keepers[keeper.name].place
    made = ceremony.open_refresh(renewal.session, place, home.static_key(folder))
    body = {
        "keeper": keeper.name,
        "opening": b64.encode(ceremony.encode_refreshing(made)),
        "plan": renewal.id,
    }
    with store.write():
        store.run("DELETE FROM renewing WHERE renewal != ?", renewal.id)
        store.run("DELETE FROM renewals")
        store.run("INSERT INTO renewals VALUES (?, ?)", renewal.id, attempt)
    _keep(store, renewal, keeper.name, "opening", statements.sign("opening", body, keeper.signing))


def go_on(store: Store, keeper: Identity, folder: Path, ask: Ask) -> State | None:
    """Does what can be done now of the renewal that was begun here; None where none was.

    Raises CeremonyError naming the keeper at fault: begin another attempt then.
    """
    begun = store.rows("SELECT attempt FROM renewals LIMIT 1")
    if not begun:
        return None
    renewal = renewal_of(keeper, folder, int(str(begun[0][0])))
    if not _texts(store, renewal, "opening").get(keeper.name):
        return None  # of a roster that was renewed since
    _pull(store, keeper, renewal, ask)
    openings = _texts(store, renewal, "opening")
    missing = tuple(name for name in renewal.names if name not in openings)
    if missing:
        return State(missing, renewal.names)
    if keeper.name not in _texts(store, renewal, "renewed"):
        _receive(store, keeper, folder, renewal, openings)
    signed, rosters = _texts(store, renewal, "renewed"), _texts(store, renewal, "roster")
    unsigned = tuple(name for name in renewal.names if name not in signed or name not in rosters)
    if unsigned:
        return State((), unsigned)
    _finish(store, keeper, folder, renewal)
    return State((), (), done=True)


def said(store: Store, body: Mapping[str, Any]) -> dict[str, Any]:
    """Everything this keeper has of one renewal, by keeper and kind. Raises FormatError."""
    renewal = hashes.check_hash(shape.exactly(body, "renewal")["renewal"])
    found = store.rows("SELECT keeper, kind, text FROM renewing WHERE renewal = ?", renewal)
    texts: dict[str, dict[str, str]] = {}
    for keeper, kind, text in found:
        texts.setdefault(str(keeper), {})[str(kind)] = str(text)
    return {"texts": texts}


def _pull(store: Store, keeper: Identity, renewal: Renewal, ask: Ask) -> None:
    for other in renewal.names:
        if other == keeper.name:
            continue
        try:
            answer = ask(f"{keeper.roster.keepers[other].address}/v1/renewals", {"renewal": renewal.id})
            texts = answer.get("texts")
            for name in renewal.names:
                for kind in KINDS:
                    text = texts.get(name, {}).get(kind) if isinstance(texts, dict) else None
                    if isinstance(text, str):
                        statements.verify(text, kind, keeper.roster.keepers[name].sign)
                        _keep(store, renewal, name, kind, text)
        except (OSError, FormatError, AttributeError):
            continue  # away, or talking nonsense: what is missing says who


def _receive(
    store: Store, keeper: Identity, folder: Path, renewal: Renewal, texts: Mapping[str, str]
) -> None:
    """All openings are here: checks them, puts the new share aside, signs what was seen."""
    openings, static = _openings(renewal, texts), home.static_key(folder)
    share, parts = ceremony.refresh(renewal.session, static, keeper.share, _parts(keeper, renewal), openings)
    (folder / PENDING).unlink(missing_ok=True)
    secret = {"place": share.place, "secret": b64.encode(share.secret)}
    home.write(folder / PENDING, json.dumps(secret) + "\n")
    certificate = cocktail.sign(static, ceremony.certificate(renewal.session, openings, parts))
    body = {"certificate": b64.encode(certificate), "keeper": keeper.name, "plan": renewal.id}
    roster = _roster(keeper, renewal, parts)
    _keep(store, renewal, keeper.name, "renewed", statements.sign("renewed", body, keeper.signing))
    _keep(store, renewal, keeper.name, "roster", statements.sign("roster", roster, keeper.signing))


def _finish(store: Store, keeper: Identity, folder: Path, renewal: Renewal) -> None:
    """All have signed the same: the new share counts, the old one goes."""
    openings = _openings(renewal, _texts(store, renewal, "opening"))
    secret = json.loads((folder / PENDING).read_text("utf-8"))
    share = threshold.KeyShare(secret["place"], group.decode_scalar(b64.decode(secret["secret"], 32)))
    rosters = _texts(store, renewal, "roster")
    texts = [rosters[name] for name in sorted(rosters)]
    roster = read_roster(texts)
    parts = [roster.keepers[name].part for name in renewal.names]
    signatures = []
    for name, text in _texts(store, renewal, "renewed").items():
        body = shape.exactly(
            statements.verify(text, "renewed", keeper.roster.keepers[name].sign),
            *("certificate", "keeper", "plan"),
        )
        if (body["keeper"], body["plan"]) != (name, renewal.id):
            raise CeremonyError(keeper.roster.keepers[name].place, "It signed another renewal.")
        signatures.append((renewal.names.index(name), b64.decode(shape.text(body["certificate"]), 64)))
    text_signed = ceremony.certificate(renewal.session, openings, parts)
    cocktail.check_certificate(renewal.session, text_signed, [one for _, one in sorted(signatures)])
    if roster.sha256 != keeper.roster.sha256 or roster.keepers[keeper.name].part != share.public:
        raise CeremonyError(0, "The new roster is not the old one with new parts.")
    home.replace_share(folder, share, texts)
    (folder / PENDING).unlink()
    with store.write():
        store.run("DELETE FROM renewals")


def _openings(renewal: Renewal, texts: Mapping[str, str]) -> list[ceremony.Refreshing]:
    """In order of places, each for this renewal. Raises CeremonyError. Signatures were checked on taking."""
    found = []
    for place, name in enumerate(renewal.names, 1):
        body = statements.peek(texts[name], "opening")
        if (body.get("keeper"), body.get("plan")) != (name, renewal.id):
            raise CeremonyError(place, "Its opening is of another renewal.")
        try:
            data = b64.decode(shape.text(body.get("opening")))
        except FormatError as error:
            raise CeremonyError(place, str(error)) from None
        found.append(ceremony.parse_refreshing(renewal.session, place, data))
    return found


def _parts(keeper: Identity, renewal: Renewal) -> list[bytes]:
    return [keeper.roster.keepers[name].part for name in renewal.names]


def _roster(keeper: Identity, renewal: Renewal, parts: Sequence[bytes]) -> dict[str, Any]:
    """The roster's body with new parts: all else stays."""
    old = keeper.roster
    public = threshold.PublicKey(
        old.key,
        old.needs,
        {name: one.place for name, one in old.keepers.items()},
        dict(zip(renewal.names, parts, strict=True)),
    )
    return roster_body(
        old.epoch,
        public,
        {name: one.address for name, one in old.keepers.items()},
        {name: one.sign for name, one in old.keepers.items()},
    )


def _texts(store: Store, renewal: Renewal, kind: str) -> dict[str, str]:
    rows = store.rows(
        "SELECT keeper, text FROM renewing WHERE renewal = ? AND kind = ? ORDER BY keeper", renewal.id, kind
    )
    return {str(keeper): str(text) for keeper, text in rows}


def _keep(store: Store, renewal: Renewal, keeper: str, kind: str, text: str) -> None:
    with store.write():
        store.run("INSERT OR IGNORE INTO renewing VALUES (?, ?, ?, ?)", renewal.id, keeper, kind, text)
