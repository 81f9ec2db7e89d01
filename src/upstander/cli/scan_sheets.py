"""Lead sheets of a scan on the disk: signed with the key that the authority names, one for each case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from upstander.cli.environment import StopError, write_private

if TYPE_CHECKING:
    from upstander.fingerprints.authority import Authority

Sign: TypeAlias = Callable[[dict[str, Any]], str]


def signer(path: Path | None, authority: Authority) -> Sign:
    """What turns a sheet into the text that is written. Raises StopError for a key not the authority's.

    Authorities of the first version name no key: without one the sheet is plain canonical JSON.
    """
    from upstander.formats import canonical, statements

    if path is None:
        if authority.sign:
            raise StopError("the authority names a key for the lead sheet: give it with --sign.")
        return lambda value: canonical.encode(value).decode()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise StopError(f"{path} is not an Ed25519 private key without a passphrase (PEM).") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StopError(f"{path} is a key of another kind; the lead sheet is signed with Ed25519.")
    public = statements.public_of(key)
    if authority.sign and public != authority.sign:
        raise StopError(f"{path} is not the key that the authority names: nobody could check the sheet.")
    print(f"The lead sheet will be signed with {public}.")
    return lambda value: statements.sign("lead-sheet", value, key)


def write_sheets(
    folder: Path,
    sheets: Mapping[str, dict[str, Any]],
    sign: Sign,
    pdf: Callable[[dict[str, Any]], bytes],
) -> list[str]:
    """Replaces earlier sheets of the same scan; answers the names of the new ones for people."""
    for old in (
        *folder.glob("lead-sheet*.json"),
        *folder.glob("lead-sheet*.signed"),
        *folder.glob("lead-sheet*.pdf"),
    ):
        old.unlink()
    names = []
    for case, value in sheets.items():
        name = "lead-sheet" if len(sheets) == 1 else f"lead-sheet-{case}"
        text = sign(value)
        write_private(folder / (f"{name}.signed" if text.startswith("upstander/") else f"{name}.json"), text)
        (folder / f"{name}.pdf").touch(mode=0o600)
        (folder / f"{name}.pdf").write_bytes(pdf(value))
        names.append(str(folder / f"{name}.pdf"))
    return names
