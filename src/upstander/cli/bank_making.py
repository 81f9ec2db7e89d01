"""`upstander bank key`, `authority` and `export`: from a written authority to a sealed bank."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.cli.environment import Formatter, StopError, private_folder, write_private

if TYPE_CHECKING:
    from upstander.fingerprints.authority import Authority
    from upstander.fingerprints.bank import Picture
    from upstander.fingerprints.recorded import Record
    from upstander.fingerprints.standing import Standing

KEY = """\
Makes the key that signs lead sheets, for its owner alone, and prints the public half: the line `sign`
of the authority. Keep the file with the machine that scans."""

AUTHORITY = """\
Checks an authority (TOML) and writes it in the form that is recorded in each of its cases at the desk.
It names job, legal_basis, operator, collateral_intrusion, devices, cases, from, until, sign (see
`upstander bank key`) and at least two [[approvers]] with name and recipient (age1pq...).
docs/how-to/scan-devices.md has one to begin with."""

EXPORT = """\
Reads the fingerprints that the desk saved (or opened reports, as `upstander open` writes them) and the
authority. Needs, for each case, the saved proof that the authority was recorded, and the case's standing
of the last seven days: fingerprints that were taken back, or stopped, are refused.

Writes into a new folder: authority.json, bank.age, exported.json (record it at the desk), proofs and
standings, and one share-N.age for each approver, sealed to that approver alone. Approvers open their
share with `upstander open share-1.age --identity FILE` when they agree, and hand it to whoever runs the
scan."""

UNPROVEN = (
    "go on without proof that the authority is in the public log; the reason stands in every "
    "lead sheet. For places that have no installation"
)


def add(parts: Any) -> None:
    """Adds the parts and their arguments."""
    key = parts.add_parser(
        "key", help="make the key of lead sheets", description=KEY, formatter_class=Formatter
    )
    key.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet (PEM)")
    key.set_defaults(run=run_key)
    paper = parts.add_parser(
        "authority", help="check a written authority", description=AUTHORITY, formatter_class=Formatter
    )
    paper.add_argument("file", type=Path, metavar="FILE", help="the authority (TOML)")
    paper.add_argument("--to", type=Path, required=True, metavar="FILE", help="authority.json, not there yet")
    paper.set_defaults(run=run_authority)
    export = parts.add_parser("export", help="seal a bank", description=EXPORT, formatter_class=Formatter)
    export.add_argument("prints", type=Path, nargs="+", metavar="PRINTS", help="fingerprints from the desk")
    export.add_argument(
        "--authority", type=Path, required=True, metavar="FILE", help="TOML, or authority.json"
    )
    add_record(export)
    export.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="a folder that is not there yet"
    )
    export.set_defaults(run=run_export)


def add_record(parser: argparse.ArgumentParser) -> None:
    """Adds what shows that the authority is recorded and the fingerprints may be used."""
    several: dict[str, Any] = {"type": Path, "action": "append", "default": [], "metavar": "FILE"}
    parser.add_argument("--proof", help="saved proof that the authority was recorded; one a case", **several)
    parser.add_argument("--standing", help="a case's standing, saved at the desk; one a case", **several)
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="judge proofs by this policy, got elsewhere"
    )
    parser.add_argument("--unproven", metavar="REASON", default="", help=UNPROVEN)


def run_key(arguments: argparse.Namespace) -> int:
    """Makes a key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from upstander.formats import statements

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _new(arguments.file, pem.decode())
    print(f'sign = "{statements.public_of(key)}"')
    return 0


def run_authority(arguments: argparse.Namespace) -> int:
    """Writes an authority in its canonical form."""
    authority = read_authority(arguments.file)
    _new(arguments.to, authority.text.decode())
    print(f"Job {authority.job}: {len(authority.devices)} devices, {len(authority.cases)} cases,")
    print(f"  from {authority.first} to {authority.until}, approved by {len(authority.approvers)}.")
    print(f"Its hash: {authority.sha256}")
    print(f"Now record {arguments.to} in each of its cases, at the desk.")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Seals a bank into a new folder."""
    from upstander.cli.bank import require_analytics, today

    require_analytics()
    from upstander.fingerprints import bank
    from upstander.fingerprints.errors import FingerprintError
    from upstander.fingerprints.given import read_given
    from upstander.fingerprints.standing import check_fresh, forbidden
    from upstander.formats import canonical
    from upstander.formats.hashes import hash_of

    folder: Path = arguments.to
    if folder.exists():
        raise StopError(f"{folder} is there already; nothing was written.")
    authority = read_authority(arguments.authority)
    try:
        given = [read_given(read(path)) for path in arguments.prints]
        record = read_record_of(arguments, authority, [])
        standings = read_standings(arguments, record, [one.standing for one in given])
        gone = forbidden(standings) if record is None else check_fresh(standings, authority.cases, today())
        pictures: list[Picture] = []
        for path, one in zip(arguments.prints, given, strict=True):
            if one.case in gone:
                raise FingerprintError(f"{path}: {_why(standings[one.case])} Nothing was written.")
            print(f"{path}: {len(one.pictures)} {'picture' if len(one.pictures) == 1 else 'pictures'}.")
            pictures += one.pictures
        made = bank.export(pictures, authority, today())
    except FingerprintError as error:
        raise StopError(str(error)) from error
    private_folder(folder)
    write_private(folder / "authority.json", authority.text.decode())
    _write(folder / "bank.age", made.sealed)
    exported: dict[str, Any] = {
        "authority": authority.sha256,
        "bank": hash_of(made.sealed),
        "basis": [
            {"by": one.basis.by, "case": one.case, "kind": one.basis.kind, "why": one.basis.why}
            for one in given
        ],
        "day": today(),
        "format": "upstander/exported/v1",
        "pictures": made.pictures,
    }
    write_private(folder / "exported.json", canonical.encode(exported).decode())
    for number, path in enumerate(arguments.proof, 1):
        _write(folder / f"proof-{number}.json", read(path))
    for case, standing in standings.items():
        write_private(folder / f"standing-{case}.signed", standing.text)
    for number, (share, approver) in enumerate(zip(made.shares, authority.approvers, strict=True), 1):
        _write(folder / f"share-{number}.age", share)
        print(f"share-{number}.age is for {approver.name}, and opens for nobody else.")
    for line in made.dropped:
        print(f"left out: {line}")
    for words in record.words if record is not None else (not_shown(arguments.unproven),):
        print(words)
    print(f"{made.pictures} pictures are sealed in {folder / 'bank.age'}, for job {authority.job}.")
    print(f"Record {folder / 'exported.json'} at the desk, and destroy the saved fingerprints now.")
    return 0


def read_authority(path: Path) -> Authority:
    """An authority in either form. Raises StopError."""
    from upstander.fingerprints import authority as authorities
    from upstander.fingerprints.errors import FingerprintError

    data = read(path)
    try:
        if data.startswith(b"{"):
            return authorities.from_json(data)
        return authorities.from_toml(data.decode("utf-8", "replace"))
    except FingerprintError as error:
        raise StopError(str(error)) from error


def read_record_of(arguments: argparse.Namespace, authority: Authority, beside: list[Path]) -> Record | None:
    """What the proofs show; none where --unproven says why there is no proof. Raises FingerprintError."""
    from upstander.cli.mirrored import read_judge
    from upstander.fingerprints.recorded import read_record

    files = [read(path) for path in (*arguments.proof, *beside)]
    if not files and arguments.unproven.strip():
        return None
    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    return read_record(
        files, authority, judge.policy if judge is not None else None, judge.sign if judge is not None else ""
    )


def read_standings(
    arguments: argparse.Namespace, record: Record | None, texts: list[str]
) -> dict[str, Standing]:
    """The newest standing of each case, by the key that signed the proofs. Raises FingerprintError.

    Without proofs nobody knows that key: what a standing forbids is heeded all the same.
    """
    from upstander.fingerprints.standing import newest, read_standing, read_unproven

    given = [read(path).decode("utf-8", "replace") for path in arguments.standing]
    there = [text for text in (*given, *texts) if text]
    if record is None:
        return newest(map(read_unproven, there))
    return newest(read_standing(text, record.sign) for text in there)


def not_shown(reason: str) -> str:
    """What the lead sheet says where nothing shows that the authority was recorded."""
    return (
        "NOT SHOWN to be in any public log, nor whether the fingerprints were taken back since. "
        f"Reason given: {reason.strip()}"
    )


def read(path: Path) -> bytes:
    """A file's bytes. Raises StopError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error


def _why(standing: Standing) -> str:
    from upstander.fingerprints.uses import REFUSED

    return REFUSED[standing.state]


def _new(path: Path, text: str) -> None:
    try:
        write_private(path, text)
    except OSError as error:
        raise StopError(f"cannot write {path}: {error.strerror}.") from error


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data)
