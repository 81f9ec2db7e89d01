"""A case that was taken out, read without a server: what it says, and what of it holds (formats, section 18).

Signatures are held against the keys that the file itself names; whoever knows the installation's key from
elsewhere compares it. Nothing here decides anything: each check is told, with what it means.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from upstander.formats import b64, canonical, kinds, shape, statements
from upstander.formats.errors import FormatError
from upstander.ledger import leaf as leaves
from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import verify_inclusion
from upstander.ledger.notes import parse_note, unb64std
from upstander.sealing.cards import Card, read_card
from upstander.sealing.envelopes import Envelope, read_envelope, scope_of, verify_envelope
from upstander.sealing.epochs import Epochs, ListedEpoch, check_epochs
from upstander.sealing.signers import KnownKeys, ReporterKeys

HEADERS = tuple(kinds.header("case-file", version) for version in kinds.KINDS["case-file"].versions)
_WHOLE = (
    "acts", "admits", "by", "card", "case", "custody", "epochs", "files", "format", "institution",
    "installation", "items", "kind", "made", "records", "reporter", "steps",
)  # fmt: skip
_REDACTED = ("format", "institution", "items", "kind", "left_out", "made", "purpose")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the case. `wrong` says why its signature does not hold; `closed`: it was not taken out."""

    order: int
    kind: str
    day: str
    author: str
    body: Mapping[str, Any] = field(repr=False)
    wrong: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One check, in words for whoever reads the file."""

    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file that was read: its parts as values, and the findings about them."""

    kind: str
    said: Mapping[str, Any] = field(repr=False)
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(one.holds for one in self.findings) and not any(item.wrong for item in self.items)


def is_case_file(content: bytes) -> bool:
    """Whether these opened bytes say that they are one."""
    named = [b'"format":"' + header.encode() + b'"' for header in HEADERS]
    return content.startswith(b"{") and any(name in content for name in named)


def read_case_file(content: bytes) -> CaseFile:
    """Reads and checks the opened content. Raises FormatError for what is not a case file at all."""
    body = canonical.decode_object(content)
    if body.get("format") not in HEADERS:
        raise FormatError("This is not a case file of a version that Upstander knows.")
    if body.get("kind") == "redacted":
        said = shape.exactly(body, *_REDACTED)
        return CaseFile("redacted", said, tuple(map(_bundled, shape.items(said["items"]))), ())
    said = shape.exactly(body, *_WHOLE, *(("told",) if body["format"] != HEADERS[0] else ()))
    shape.one_of(said["kind"], ("whole",))
    for name in ("acts", "custody", "files", "items", "records", "steps", "told"):
        for one in shape.items(said.get(name, [])):
            if not isinstance(one, dict):
                raise FormatError("Expected an object.")
    return _whole(said)


def _bundled(value: object) -> Item:
    one = shape.exactly(value, "author", "day", "kind", "marks", "number", "shared", "text")
    for mark in (*shape.items(one["marks"]), one["text"]):
        shape.text(mark)
    for shared in shape.items(one["shared"]):
        shape.exactly(shared, "day", "with")
    return Item(
        shape.count(one["number"], 1),
        shape.text(one["kind"]),
        shape.day(one["day"]),
        shape.text(one["author"]),
        one,
    )


def _whole(said: dict[str, Any]) -> CaseFile:
    case = shape.text(shape.exactly(said["case"], "id", "received", "state")["id"])
    key = shape.text(shape.exactly(said["installation"], "installation", "key")["key"])
    findings: list[Finding] = []
    card = read_card(shape.text(said["card"]), key)
    findings.append(Finding(True, f"The list of handlers' keys is signed by the installation's key {key}."))
    reporter = ReporterKeys(
        **{name: shape.text(one) for name, one in shape.exactly(said["reporter"], "seal", "sign").items()}
    )
    known = {**card.known, **reporter.known}
    epochs = _epochs(said, case, known, findings)
    items = tuple(_item(one, case, card, known, epochs) for one in shape.items(said["items"]))
    good = sum(not item.wrong and not item.closed for item in items)
    opened = sum(not item.closed for item in items)
    findings.append(Finding(good == opened, f"{good} of {opened} items are signed by whom they name."))
    findings += _acts(said, key)
    return CaseFile("whole", said, items, tuple(findings))


def _epochs(said: dict[str, Any], case: str, known: KnownKeys, findings: list[Finding]) -> Epochs:
    listed = [
        ListedEpoch(**shape.exactly(one, "scope", "number", "recipient", "statement"))
        for one in shape.items(said["epochs"])
    ]
    try:
        epochs = check_epochs(listed, [shape.text(one) for one in shape.items(said["admits"])], case, known)
    except FormatError as error:
        findings.append(Finding(False, f"Who holds the case's keys is not signed as it must be. {error}"))
        return Epochs()
    findings.append(Finding(True, "Each key of the case was made by a holder of the one before."))
    return epochs


def _item(value: object, case: str, card: Card, known: KnownKeys, epochs: Epochs) -> Item:
    one = shape.exactly(
        value, "day", "direction", "doubts", "epoch", "id", "kind", "order", "sha256", "statement"
    )
    order, kind, day = shape.count(one["order"], 1), shape.text(one["kind"]), shape.day(one["day"])
    if one["statement"] == "":
        return Item(order, kind, day, "", {}, closed=True)
    try:
        envelope = read_envelope(shape.text(one["statement"]))
    except FormatError as error:
        return Item(order, kind, day, "", {}, wrong=str(error))
    wrong = _wrong(envelope, case, kind, known, epochs)
    return Item(
        order, envelope.kind, envelope.day, _label(envelope.author, card, known), envelope.body, wrong
    )


def _wrong(envelope: Envelope, case: str, kind: str, known: KnownKeys, epochs: Epochs) -> str:
    try:
        verify_envelope(envelope, known)
    except FormatError as error:
        return str(error)
    if (envelope.case, envelope.kind) != (case, kind):
        return "It was written for another case or as something else."
    if envelope.role == "handler" and envelope.author not in epochs.holders(
        scope_of(envelope.kind), envelope.epoch
    ):
        return "It was written by a handler who did not hold the case's key."
    return ""


def _label(key: str, card: Card, known: KnownKeys) -> str:
    if key in known and known[key].role == "reporter":
        return "The reporter"
    members = (member for channel in card.channels for member in channel.members)
    return next((member.label for member in members if member.key == key), "Nobody on the list")


_ACT = ("body", "commitment", "day", "kind", "label", "leaf", "number", "of", "promise", "salt", "shown")


def _acts(said: dict[str, Any], key: str) -> list[Finding]:
    """What the log's entries show: that none is missing, that each is what it says, and where it stands."""
    acts = [shape.exactly(one, *_ACT) for one in shape.items(said["acts"])]
    numbers = [shape.count(act["number"], 1) for act in acts]
    whole = sorted(numbers) == list(range(1, len(acts) + 1))
    findings = [
        Finding(whole, f"The {len(acts)} acts are numbered without a gap." if whole else "Acts are missing.")
    ]
    bad = [str(act["number"]) for act in acts if not _is_itself(act, key)]
    same = "Each act is what its entry in the log commits to, and was promised by the installation."
    findings.append(
        Finding(not bad, same if not bad else f"These acts are not what they say: {', '.join(bad)}.")
    )
    named = {one for act in acts for one in _named(act["body"])}
    lost = [str(item["order"]) for item in said["items"] if item["sha256"] not in named]
    findings.append(
        Finding(
            not lost,
            "Every item is named by an act." if not lost else f"No act names these items: {', '.join(lost)}.",
        )
    )
    placed, wrong = _placed(
        said["records"], {shape.count(act["number"], 1): shape.text(act["leaf"]) for act in acts}
    )
    words = f"{len(placed)} of {len(acts)} acts have a proof of their place in a tree of the log."
    if wrong:
        words = f"These proofs do not lead to the tree's root: {', '.join(map(str, sorted(wrong)))}."
    findings.append(Finding(not wrong, f"{words} Whether witnesses signed that tree: upstander verify."))
    return findings


def _is_itself(act: dict[str, Any], key: str) -> bool:
    try:
        body = dict(act["body"])
        digest = leaves.digest(shape.text(body.pop("kind")), **body)
        commitment = leaves.commitment(b64.decode(shape.text(act["salt"]), 32), digest)
        leaf = leaves.leaf_bytes(act["shown"], act["day"], act["label"], commitment, act["of"])
        promised = statements.verify(shape.text(act["promise"]), "promise", key)["leaf"]
    except (FormatError, KeyError, TypeError, ValueError):
        return False
    return bool(commitment == act["commitment"] and leaves.leaf_hash(leaf) == act["leaf"] == promised)


def _named(body: object) -> Iterable[str]:
    if not isinstance(body, dict):
        return ()
    return [one for one in (body.get("envelope"), *(body.get("envelopes") or ())) if isinstance(one, str)]


def _placed(records: object, leaf_of: Mapping[int, str]) -> tuple[set[int], set[int]]:
    placed: set[int] = set()
    wrong: set[int] = set()
    for value in shape.items(records):
        record = shape.exactly(value, "checkpoint", "origin", "proofs")
        if not record["checkpoint"]:
            continue
        for proof in shape.items(record["proofs"]):
            one = shape.exactly(proof, "index", "number", "path")
            number = shape.count(one["number"], 1)
            try:
                head = Checkpoint.parse(parse_note(record["checkpoint"]).text)
                path = [unb64std(step, 32, what="A hash") for step in shape.items(one["path"])]
                leaf = bytes.fromhex(leaf_of[number])
                verify_inclusion(
                    index=shape.count(one["index"]), size=head.size, leaf=leaf, path=path, root=head.root
                )
                placed.add(number)
            except (LedgerError, FormatError, KeyError, ValueError):
                wrong.add(number)
    return placed, wrong
