"""A log counted for a publication, and a publication fetched and checked file by file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from upstander.cli.environment import StopError
from upstander.cli.mirrored import Mirror, read_judge
from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.ledger.errors import LedgerError
from upstander.ledger.leaf import Leaf, commitment, digest
from upstander.publishing.beside import LOG
from upstander.publishing.check import Recount, summed
from upstander.publishing.errors import PublishError
from upstander.publishing.manifest import read_manifest

OPENING = "upstander/publication-leaf/v1"
LARGEST = 64 * 1024 * 1024  # bytes of one file of a publication


class Finder:
    """Looks for leaves by label and commitment while a log is audited; `found` has their days."""

    def __init__(self, wanted: Mapping[str, str] | None = None) -> None:
        self.wanted = wanted or {}
        self.found: dict[str, str] = {}

    def __call__(self, leaf: Leaf) -> None:
        """One leaf."""
        if leaf.commitment == self.wanted.get(leaf.label):
            self.found[leaf.label] = leaf.day


def recounted(
    log: str, policy: Path | None, cutoff: date, limit: int, finder: Finder | None = None
) -> tuple[Recount, str, int]:
    """The counts of a log up to a day, after an audit of all of it; with its name and its size.

    `log` is the address of an installation, of which a copy is made for the while, or a mirror's folder.
    Raises LedgerError, and StopError where the log was not looked at since that day.
    """
    if not log.startswith(("https://", "http://")):
        return _count(Path(log), policy, cutoff, limit, finder)
    from upstander.cli.mirror import look
    from upstander.ledger.fetch import HttpSource
    from upstander.ledger.store import FolderStore

    with tempfile.TemporaryDirectory(prefix="upstander-") as folder:
        look(HttpSource(log), FolderStore(Path(folder)), read_judge(policy) if policy else None)
        return _count(Path(folder), policy, cutoff, limit, finder)


class _Counting:
    """A recount that has a finder look at every leaf too."""

    def __init__(self, recount: Recount, finder: Finder | None) -> None:
        self.recount, self._finder = recount, finder

    def __call__(self, index: int, leaf: Leaf, leaf_hash: bytes) -> None:
        self.recount(index, leaf, leaf_hash)
        if self._finder:
            self._finder(leaf)


def _count(
    folder: Path, policy: Path | None, cutoff: date, limit: int, finder: Finder | None
) -> tuple[Recount, str, int]:
    mirror = Mirror(folder, read_judge(policy) if policy else None)
    whole, origin, size, read = Recount(cutoff, limit), "", 0, ""
    for audited, one in mirror.audits(lambda: _Counting(Recount(cutoff, limit), finder)):
        assert isinstance(one, _Counting)
        one.recount.merge(whole)
        whole, origin, size, read = one.recount, audited.head.origin, size + audited.head.size, audited.read
    if not origin:
        raise LedgerError("The log has no entries yet.")
    if read and read <= cutoff.isoformat():
        raise StopError(
            f"the mirror was last brought up to date on {read}, before the data were cut. Run `upstander "
            f"mirror` again."
        )
    return whole, origin, size


class Publication:
    """A published site at an address or in a folder, as its `publication.json` describes it."""

    def __init__(self, place: str) -> None:
        self.place = place.rstrip("/")
        self.signed: dict[str, tuple[str, str]] = {}  # institution and body of each signature, by its label
        self.digest = ""
        self.body = self._manifest()

    def _manifest(self) -> dict[str, Any]:
        try:
            data = self.fetch("publication.json")
            self.digest = hashlib.sha256(data).hexdigest()
            return read_manifest(data)
        except PublishError as error:
            raise StopError(f"{self.place}: {error}") from None

    def opening(self) -> dict[str, str]:
        """By label, the commitments of the leaves that say it was signed for and published, as it claims.

        Nothing where the place does not say it, as on a host that only has the files. Raises
        StopError for what is no such statement, or is about another publication.
        """
        try:
            text = self.fetch("leaf.json")
        except StopError:
            return {}
        try:
            body = json.loads(text)
            if body["kind"] != OPENING or body["manifest"] != self.digest:
                raise ValueError
            leaves = [("publish-figures", body["published"])]
            leaves += [("sign-off-figures", one) for one in body["signed"]]
            self.signed = {
                one["label"]: (str(one["institution"]), str(one["body"])) for one in body["signed"]
            }
            return {str(one["label"]): self._commitment(act, one) for act, one in leaves}
        except (ValueError, KeyError, TypeError, FormatError, RecursionError):
            raise StopError("THIS DOES NOT HOLD: leaf.json is not about this publication.") from None

    def _commitment(self, act: str, one: Mapping[str, str]) -> str:
        found = digest("admin", act=act, institution=str(one["institution"]), subject=self.digest)
        return commitment(b64.decode(str(one["salt"])), found)

    def fetch(self, name: str) -> bytes:
        """The bytes of a file as they were signed for. Raises StopError where it is not there."""
        if not self.place.startswith(("https://", "http://")):
            path = Path(self.place) / name
            try:
                return path.read_bytes()
            except OSError as error:
                raise StopError(f"cannot read {path}: {error.strerror}.") from None
        from upstander.ledger.fetch import HttpSource

        try:
            return HttpSource(self.place).get(f"{name}?as=signed", LARGEST)
        except LedgerError as error:
            raise StopError(str(error)) from None

    def changed(self) -> list[str]:
        """The files that are not there, or not what the manifest says."""
        wrong = []
        for name, wanted in self.body["files"].items():
            try:
                data = self.fetch(name)
            except StopError:
                wrong.append(f"{name} is not there")
                continue
            if hashlib.sha256(data).hexdigest() != wanted:
                wrong.append(f"{name} is not what was published")
        return wrong

    def claims(self) -> dict[tuple[str, str], int | None]:
        """What the institutions say, from the tables that anybody can take away."""
        return summed((*self._key(row), _whole(row.get("value"))) for row in self._rows())

    def beside(self) -> dict[tuple[str, str], set[int]]:
        """What the site says the log gives, beside the numbers of its institutions."""
        found: dict[tuple[str, str], set[int]] = {}
        for row in self._rows():
            number = _whole(row.get(LOG))
            if number is not None:
                found.setdefault(self._key(row), set()).add(number)
        return found

    @staticmethod
    def _key(row: dict[str, str]) -> tuple[str, str]:
        return row.get("period") or "", row.get("what") or ""

    def _rows(self) -> Iterator[dict[str, str]]:
        for one in self.body["institutions"]:
            folder = "" if "review" in self.body else f"i/{one['slug']}/"
            text = self.fetch(f"{folder}data/claims.csv").decode("utf-8", "replace")
            yield from csv.DictReader(io.StringIO(text))


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
