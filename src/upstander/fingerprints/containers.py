"""Opens what holds other files: archives, office files, e-mail; with caps on depth, size, number and ratio.

Everything is read in memory, a member at a time, and nothing is unpacked to a disk. What cannot be opened
comes out as `NotRead` with the reason; no input makes this raise.
"""

import bz2
import email
import email.policy
import gzip
import io
import lzma
import posixpath
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any, TypeAlias, cast

from upstander.fingerprints import libarchive, pdf
from upstander.fingerprints.chats import Sent, attachments, is_chat
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.sniff import HEAD, NOT_OPENED, kind_of
from upstander.fingerprints.walk import shown


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps, and why: more would let one small file fill memory or days. All of one file of the evidence."""

    depth: int = 6  # containers in containers
    member: int = 256 * 2**20  # bytes of one member
    members: int = 1_000_000
    ratio: int = 100  # bytes out for one byte in, from `floor` on
    floor: int = 512 * 2**20  # bytes out that are always allowed


@dataclass(frozen=True, slots=True)
class Member:
    """A picture or film: where it lies (members, outermost first), its kind, its bytes, how it was sent."""

    where: tuple[str, ...]
    kind: str
    data: bytes = field(repr=False)
    sent: Sent | None = None


@dataclass(frozen=True, slots=True)
class NotRead:
    """What was not assessed, and why."""

    where: tuple[str, ...]
    reason: str


@dataclass(slots=True)
class _Budget:
    limits: Limits
    bytes_left: int
    members_left: int


_Reader: TypeAlias = "Callable[[IO[bytes], tuple[str, ...], _Budget], Iterator[Member | NotRead]]"


class _TooMuchError(Exception):
    """A cap was reached; the message is the reason."""


_BETWEEN = re.compile(rb"(?<=\n)\r?\n(?=From [^\n]{1,200}\n)")  # letters in an mbox file
CONTAINERS = ("zip", "tar", "gzip", "bzip2", "xz", "mail", "pdf", *libarchive.KINDS)
_UNPACKED: dict[str, Callable[[IO[bytes], str], Any]] = {
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
}


def members(
    source: IO[bytes], kind: str, size: int, limits: Limits | None = None
) -> Iterator[Member | NotRead]:
    """Every picture and film in a container of `size` bytes, and whatever could not be read of it."""
    limits = limits or Limits()
    budget = _Budget(limits, max(limits.floor, size * limits.ratio), limits.members)
    yield from _open(source, kind, (), budget)


def _open(
    source: IO[bytes], kind: str, where: tuple[str, ...], budget: _Budget
) -> Iterator[Member | NotRead]:
    if len(where) >= budget.limits.depth:
        yield NotRead(where, "archives in archives, too deep")
        return
    readers: dict[str, _Reader] = {"zip": _zip, "tar": _tar, "mail": _mail, "pdf": _pdf}
    readers |= dict.fromkeys(libarchive.KINDS, _archive)
    try:
        reader = readers[kind] if kind in readers else _packed(kind)
        yield from reader(source, where, budget)
    except _TooMuchError as error:
        yield NotRead(where, str(error))
    except (
        Exception
    ):  # whatever a parser of hostile bytes can think of: bad zip, zlib, lzma, struct, recursion
        yield NotRead(where, "damaged, cut short, or not what it begins like")


def _found(
    data: bytes, where: tuple[str, ...], budget: _Budget, sent: Sent | None
) -> Iterator[Member | NotRead]:
    kind = kind_of(data[:HEAD])
    if kind in CONTAINERS:
        yield from _open(io.BytesIO(data), kind, where, budget)
    elif kind in NOT_OPENED:
        yield NotRead(where, f"{kind}: not opened by this version")
    elif kind:
        yield Member(where, kind, data, sent)


def _take(source: IO[bytes], budget: _Budget) -> bytes:
    """A whole member, or _TooMuchError. The budget counts what came out, whatever headers claim."""
    limit = min(budget.limits.member, budget.bytes_left)
    data = source.read(limit + 1)
    budget.bytes_left -= len(data)
    if len(data) > limit:
        raise _TooMuchError(
            _unpacks(budget) if limit < budget.limits.member else "too large to be looked at in memory"
        )
    return data


def _count(budget: _Budget) -> None:
    budget.members_left -= 1
    if budget.members_left < 0:
        raise _TooMuchError("too many files in one archive")
    if budget.bytes_left <= 0:
        raise _TooMuchError(_unpacks(budget))


def _unpacks(budget: _Budget) -> str:
    return f"it unpacks to more than {budget.limits.ratio} times its size"


def _zip(source: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
    with zipfile.ZipFile(source) as archive:
        sent = _sent_in(archive, budget)
        for info in archive.infolist():
            _count(budget)
            if info.is_dir():
                continue
            inside = (*where, shown(info.filename))
            if info.flag_bits & 1:
                yield NotRead(inside, "locked with a password")
                continue
            try:
                with archive.open(info) as member:
                    data = _take(member, budget)
            except _TooMuchError as error:
                yield NotRead(inside, str(error))
                continue
            except Exception:  # a bad checksum, an unknown method: the next member may be in order
                yield NotRead(inside, "damaged, or packed in a way that is not known here")
                continue
            folder, name = posixpath.split(info.filename)
            yield from _found(data, inside, budget, sent.get((folder, name)))


def _sent_in(archive: zipfile.ZipFile, budget: _Budget) -> dict[tuple[str, str], Sent]:
    """Senders and times from the chats in an archive, by folder and name."""
    found: dict[tuple[str, str], Sent] = {}
    for info in archive.infolist()[: budget.limits.members]:
        folder, name = posixpath.split(info.filename)
        if is_chat(name) and not info.flag_bits & 1:
            try:
                with archive.open(info) as text:
                    listed = attachments(_take(text, budget), shown(name))
            except Exception:  # noqa: S112  (it is met again, and reported, among the members)
                continue
            found.update({(folder, file): sent for file, sent in listed.items()})
    return found


def _tar(source: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for info in archive:
            _count(budget)
            inside = (*where, shown(info.name))
            if info.issym() or info.islnk():
                yield NotRead(inside, "a link: links are not followed")
            elif info.isfile():
                member = archive.extractfile(info)
                if member is None:
                    continue
                try:
                    data = _take(member, budget)
                except _TooMuchError as error:
                    yield NotRead(inside, str(error))
                    continue
                yield from _found(data, inside, budget, None)


def _packed(kind: str) -> _Reader:
    """A reader of a single packed stream: a tar inside is walked, anything else is one member."""

    def read(source: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
        with _UNPACKED[kind](source, "rb") as stream:
            head = stream.read(HEAD)
            rest = cast(IO[bytes], _Joined(head, cast(IO[bytes], stream), budget))
            if kind_of(head) == "tar":
                yield from _open(rest, "tar", (*where, "(unpacked)"), budget)
            else:
                _count(budget)
                yield from _found(_take(rest, budget), (*where, "(unpacked)"), budget, None)

    return read


class _Joined:
    """The head that was looked at and the rest behind it, counted against the budget as it is read."""

    def __init__(self, head: bytes, rest: IO[bytes], budget: _Budget) -> None:
        self._head, self._rest, self._budget = head, rest, budget
        self._out = budget.bytes_left

    def read(self, size: int = -1) -> bytes:
        data = self._head[:size] if size >= 0 else self._head
        self._head = self._head[len(data) :]
        if size < 0 or len(data) < size:
            data += self._rest.read(-1 if size < 0 else size - len(data))
        self._out -= len(data)
        if self._out < -HEAD:
            raise _TooMuchError(_unpacks(self._budget))
        return data


def _pdf(source: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
    data = _take(source, budget)
    try:
        for found in pdf.found_in(data, min(budget.limits.member, max(0, budget.bytes_left))):
            _count(budget)
            budget.bytes_left -= len(found.data)
            inside = (*where, found.name)
            if found.reason:
                yield NotRead(inside, found.reason)
            else:
                yield from _found(found.data, inside, budget, None)
    except FingerprintError as error:
        yield NotRead(where, str(error))


def _archive(source: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
    """What Python's own modules do not open, through the system's libarchive."""
    try:
        for entry in libarchive.entries(source):
            _count(budget)
            inside = (*where, shown(entry.name))
            if entry.reason:
                yield NotRead(inside if entry.name else where, entry.reason)
                continue
            try:
                data = _take(entry, budget)  # type: ignore[arg-type]
            except _TooMuchError as error:
                yield NotRead(inside, str(error))
                continue
            except FingerprintError as error:
                yield NotRead(inside, str(error))
                continue
            yield from _found(data, inside, budget, None)
    except FingerprintError as error:
        yield NotRead(where, str(error))


def _mail(source: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
    letters = _BETWEEN.split(_take(source, budget))
    for number, letter in enumerate(letters, 1):
        message = email.message_from_bytes(letter, policy=email.policy.default)
        place = (*where, f"letter {number}") if len(letters) > 1 else where
        yield from _parts(message, place, budget)


def _parts(message: Message, where: tuple[str, ...], budget: _Budget) -> Iterator[Member | NotRead]:
    for number, part in enumerate(message.walk(), 1):
        _count(budget)
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        try:
            name = part.get_filename() or ""
        except Exception:  # a header that cannot be parsed
            name = ""
        if isinstance(data, bytes) and data:
            budget.bytes_left -= len(data)
            inside = (*where, shown(name or f"part {number}"))
            yield from _found(data, inside, budget, None)
