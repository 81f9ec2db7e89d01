"""Looks at one file of the evidence, whatever it holds, and says what was found, what was not, and why."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import IO, Any, Final

import numpy as np

from upstander.fingerprints import decode, findings, pdq
from upstander.fingerprints import film as films
from upstander.fingerprints.chats import LARGEST as LARGEST_CHAT
from upstander.fingerprints.chats import Sent, attachments, is_chat
from upstander.fingerprints.compare import Comparer, Hit, same_film_picture, thumbnail
from upstander.fingerprints.containers import CONTAINERS, Limits, Member, NotRead, members
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import Bytes
from upstander.fingerprints.sniff import HEAD, NOT_OPENED, kind_of
from upstander.fingerprints.walk import File, shown

LARGEST_PICTURE: Final = 256 * 2**20  # bytes

_PIECE = 2**20


@dataclass(slots=True)
class Outcome:
    """Of one file: what was compared, counted; leads; and places that were not assessed, with the reason."""

    pictures: int = 0  # files of pictures and films
    frames: int = 0  # single pictures that were compared
    other: int = 0  # files that are neither pictures nor hold any
    plain: list[str] = field(default_factory=list)  # too plain to compare
    unread: list[tuple[str, str]] = field(default_factory=list)
    leads: list[findings.Lead] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As a journal keeps it."""
        return {
            "pictures": self.pictures,
            "frames": self.frames,
            "other": self.other,
            "plain": self.plain,
            "unread": [list(one) for one in self.unread],
            "leads": [lead.to_json() for lead in self.leads],
        }


def assess(file: File, comparer: Comparer) -> Outcome:
    """Looks at one file and everything in it. Raises nothing: what goes wrong is in the outcome."""
    out = Outcome()
    try:
        with _opened(file.path) as source:
            head = source.read(HEAD)
            source.seek(0)
            kind = kind_of(head)
            if kind in CONTAINERS:
                for found in members(source, kind, file.size, Limits()):
                    _one(found, file, comparer, out)
            elif kind in NOT_OPENED:
                out.unread.append((_place(file, ()), f"{kind}: not opened by this version"))
            elif kind == "film":
                _film(source, _Maker(file, (), *_sha256(source), _sent(file)), comparer, out)
            elif kind and file.size > LARGEST_PICTURE:
                out.unread.append((_place(file, ()), "a picture too large to be looked at in memory"))
            elif kind:
                _one(Member((), kind, source.read(), _sent(file)), file, comparer, out)
            else:
                out.other += 1
    except OSError as error:
        out.unread.append((_place(file, ()), f"cannot be read: {error.strerror}"))
    except MemoryError:
        out.unread.append((_place(file, ()), decode.NO_MEMORY))
    return out


def _opened(path: str) -> IO[bytes]:
    """Read-only; not through a link that took the file's place; without a new time of access where it may."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        return os.fdopen(os.open(path, flags | os.O_NOATIME), "rb")
    except PermissionError:
        return os.fdopen(os.open(path, flags), "rb")


def _one(found: Member | NotRead, file: File, comparer: Comparer, out: Outcome) -> None:
    if isinstance(found, NotRead):
        out.unread.append((_place(file, found.where), found.reason))
        return
    lead = _Maker(file, found.where, hashlib.sha256(found.data).hexdigest(), len(found.data), found.sent)
    if found.kind == "film":
        _film(BytesIO(found.data), lead, comparer, out)
        return
    out.pictures += 1
    lead.about = decode.about(found.data, found.kind)
    if lead.sha256 in comparer.files:
        out.leads.append(lead.identical(comparer, comparer.files[lead.sha256]))
        return
    try:
        best = 0
        for frame in decode.frames(found.data, found.kind):
            hits, quality = comparer.look(
                decode.grey(found.data, found.kind, frame),
                lambda frame=frame: decode.colour(found.data, found.kind, frame),  # type: ignore[misc]
            )
            out.frames += 1
            best = max(best, quality)
            out.leads += [lead.of(comparer, hit) for hit in hits]
        if best < pdq.LEAST_QUALITY:
            out.plain.append(_place(file, found.where))
    except FingerprintError as error:
        out.unread.append((_place(file, found.where), str(error)))
    except MemoryError:
        out.unread.append((_place(file, found.where), decode.NO_MEMORY))


def _film(source: IO[bytes], lead: "_Maker", comparer: Comparer, out: Outcome) -> None:
    out.pictures += 1
    if lead.sha256 in comparer.files:
        out.leads.append(lead.identical(comparer, comparer.files[lead.sha256]))
        return
    before: Bytes | None = None
    nearest: dict[int, findings.Lead] = {}
    looked, film = 0, films.Film()
    try:
        for seconds, pixels in films.pictures(source, film):
            looked += 1
            small = thumbnail(pixels)
            if same_film_picture(before, small):
                continue
            before = small
            out.frames += 1
            grey = np.round(pdq.luma(pixels)).astype(np.uint8)
            for hit in comparer.look(grey, lambda pixels=pixels: pixels)[0]:  # type: ignore[misc]
                made = lead.of(comparer, hit, int(seconds))
                known = nearest.get(hit.picture)
                if known is None or made.distance < known.distance:
                    nearest[hit.picture] = made
        if looked == 0:
            out.pictures, out.other = out.pictures - 1, out.other + 1  # sound only
        if film.keyframes_from is not None:
            reason = (
                f"a long film: from second {int(film.keyframes_from)} on only its keyframes were looked at"
            )
            out.unread.append((_place(lead.file, lead.where), reason))
    except FingerprintError as error:
        out.unread.append((_place(lead.file, lead.where), str(error)))
    out.leads += nearest.values()


@dataclass(slots=True)
class _Maker:
    """What all leads at one place have in common."""

    file: File
    where: tuple[str, ...]
    sha256: str
    size: int
    sent: Sent | None
    about: decode.About = field(default_factory=decode.About)

    def of(self, comparer: Comparer, hit: Hit, seconds: int = -1) -> findings.Lead:
        sent = self.sent or Sent("", "", "")
        return findings.Lead(
            where=(shown(self.file.path), *self.where),
            sha256=self.sha256,
            size=self.size,
            modified=datetime.fromtimestamp(self.file.modified // 10**9, UTC).strftime(
                "%Y-%m-%d %H:%M:%S UTC"
            ),
            picture=hit.picture,
            case=comparer.bank.pictures[hit.picture].case,
            band=hit.band,
            distance=hit.distance,
            quality=hit.quality,
            changed=hit.changed,
            second=hit.second,
            sender=shown(sent.sender),
            sent=shown(sent.when),
            chat=sent.chat,
            make=self.about.make,
            model=self.about.model,
            taken=self.about.taken,
            second_of_film=seconds,
        )

    def identical(self, comparer: Comparer, picture: int) -> findings.Lead:
        best = max(one.quality for one in comparer.bank.pictures[picture].prints)
        return self.of(comparer, Hit(picture, "match", 0, best, "as it is", "the very same file (SHA-256)"))


def _place(file: File, where: tuple[str, ...]) -> str:
    return " > ".join((shown(file.path), *where))


def _sha256(source: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(source):
        digest.update(piece)
        size += len(piece)
    source.seek(0)
    return digest.hexdigest(), size


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece


def _sent(file: File) -> Sent | None:
    """How a file of an unpacked export came: its folder holds the chat's text."""
    folder, name = os.path.split(file.path)
    return _chats_of(folder).get(name)


@lru_cache(maxsize=8)
def _chats_of(folder: str) -> dict[str, Sent]:
    found: dict[str, Sent] = {}
    try:
        texts = sorted(one.name for one in os.scandir(folder) if is_chat(one.name))
        for name in texts[:100]:
            with _opened(os.path.join(folder, name)) as text:  # noqa: PTH118  (names that are not Unicode)
                for file, sent in attachments(text.read(LARGEST_CHAT), shown(name)).items():
                    found.setdefault(file, sent)
    except OSError:
        return found  # the walk meets it too, and says so
    return found
