"""A released report, read with a handler's or custodian's key: her grants, what they open, who wrote it.

Nothing here needs a server. That the report is by the person who pledged it follows from the pledge: it names
the reporter's key (`verify`), and epochs, grants and envelopes are signed with it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from upstander.formats import b64, hashes, ids, shape
from upstander.formats.errors import FormatError
from upstander.keepers.pledges import Pledge
from upstander.keepers.shares import Opened
from upstander.sealing import age
from upstander.sealing.envelopes import Held, Judged, Listed, Reader, judge
from upstander.sealing.epochs import Epochs, ListedEpoch, Scope, check_epochs
from upstander.sealing.errors import SealingError
from upstander.sealing.grants import open_grant
from upstander.sealing.signers import ReporterKeys

SENT: tuple[Scope, ...] = ("case", "sheet")  # scopes of a report as it is sent


class NoGrantError(SealingError):
    """None of the grants in a released report is for this key."""

    def __init__(self) -> None:
        super().__init__(
            "This report was not made out to your key. Somebody else on your channel can open it."
        )


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A report that was opened. `bodies` by kind (`report`, and `sheet` where she may read it).

    `named` are kinds and labels of the identifiers it was held under, as the reporter's page wrote them.
    `identities` are the case's keys by scope; `faults` of envelopes that are not as they should be, by kind;
    `files` counts the files that the report names, `attached` are those that came with it, opened and
    compared, each with the name that her device gave it.
    """

    case: str
    reporter: ReporterKeys
    bodies: dict[str, dict[str, Any]]
    identities: dict[str, str] = field(repr=False)
    faults: dict[str, tuple[str, ...]]
    files: int
    named: list[Any]
    attached: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def unlock(opened: Opened, pledge: Pledge, identities: Sequence[str], keys: Collection[str]) -> Unlocked:
    """Opens a released report with age identities whose key ids are `keys`.

    Raises NoGrantError where no grant is for them, FormatError for a report that is not by the person who
    pledged it or does not hold together, SealingError where something does not open.
    """
    report = opened.report
    case = ids.check_id(report.get("case"))
    reporter = _reporter(report.get("reporter"))
    if reporter.sign != pledge.verify:
        raise FormatError("This report is not by the person who pledged it.")
    epochs = _epochs(report, case, reporter)
    held = _held(opened.grants, case, reporter, epochs, (identities, keys))
    if not held:
        raise NoGrantError
    listed = [_listed(one) for one in shape.items(report.get("envelopes"))]
    judged = judge(listed, Reader(case, reporter.known, epochs, reporter.seal, held))
    bodies = {
        one.envelope.kind: dict(one.envelope.body)
        for one in judged
        if one.envelope is not None and not one.faults
    }
    if "report" not in bodies:
        raise FormatError("The report itself does not open: it was made wrong, or changed on the way.")
    return Unlocked(
        case=case,
        reporter=reporter,
        bodies=bodies,
        identities={one.scope: one.identity for one in held},
        faults=_faults(listed, judged),
        files=len(shape.items(bodies["report"].get("files", []))),
        named=shape.items(report.get("named", bodies["report"].get("named", []))),
        attached=tuple(_attached(report, bodies["report"], [one.identity for one in held])),
    )


def _attached(
    report: dict[str, Any], body: dict[str, Any], identities: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """The files in a parcel that the signed report names, by its size and hash. Others are nobody's."""
    sealed = report.get("attached", {})
    if not isinstance(sealed, dict):
        raise FormatError("What came with this report is not files.")
    for value in shape.items(body.get("files", [])):
        entry = value if isinstance(value, dict) else {}
        if entry.get("id") not in sealed:
            continue
        data = age.open_(b64.decode(shape.text(sealed[entry["id"]])), identities)
        content = data[: shape.count(entry.get("size"))]
        if hashes.hash_of(content) != entry.get("sha256") or data[len(content) :].strip(b"\0"):
            raise FormatError("A file that came with this report is not the one it names.")
        yield shape.text(entry.get("name")), content


def _reporter(value: object) -> ReporterKeys:
    body = shape.exactly(value, "seal", "sign")
    return ReporterKeys(shape.text(body["seal"]), shape.text(body["sign"]))


def _epochs(report: dict[str, Any], case: str, reporter: ReporterKeys) -> Epochs:
    recipients = shape.exactly(report.get("recipients"), *SENT)
    texts = [shape.text(one) for one in shape.items(report.get("epochs"))]
    scopes = [scope for scope in SENT if recipients[scope] != ""]
    if len(scopes) != len(texts):
        raise FormatError("A key of the case is missing.")
    listed = [
        ListedEpoch(scope, 1, shape.text(recipients[scope]), text)
        for scope, text in zip(scopes, texts, strict=True)
    ]
    return check_epochs(listed, [], case, reporter.known)


def _held(
    grants: Sequence[dict[str, Any]],
    case: str,
    reporter: ReporterKeys,
    epochs: Epochs,
    mine: tuple[Sequence[str], Collection[str]],
) -> list[Held]:
    identities, keys = mine
    found = []
    for value in grants:
        body = shape.exactly(value, "epoch", "scope", "sealed", "to")
        if body["to"] not in keys:
            continue
        scope = cast(Scope, shape.one_of(body["scope"], SENT))
        epoch = shape.count(body["epoch"], 1)
        grant = open_grant(
            b64.decode(shape.text(body["sealed"])),
            identities,
            case=case,
            scope=scope,
            epoch=epoch,
            recipient=epochs.of(scope).get(epoch, ""),
            to=body["to"],
            reporter=reporter,
            known=reporter.known,
        )
        found.append(Held(scope, epoch, grant.identity))
    return found


def _listed(value: object) -> Listed:
    body = shape.exactly(value, "direction", "epoch", "id", "kind", "sealed")
    return Listed(
        shape.text(body["kind"]), shape.count(body["epoch"]), "", b64.decode(shape.text(body["sealed"]))
    )


def _faults(listed: Sequence[Listed], judged: Sequence[Judged]) -> dict[str, tuple[str, ...]]:
    """By kind; what she holds no key for is no fault."""
    pairs = zip(listed, judged, strict=True)
    return {item.kind: one.faults for item, one in pairs if one.faults and one.faults != ("closed",)}
