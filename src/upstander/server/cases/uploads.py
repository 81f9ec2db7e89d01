"""Sealed files on their way in: announced, sent in parts, claimed by the report or message that names them.

Until then they have no row, only parts on the store; whoever knows the random id may go on writing.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

from upstander.server import blobs
from upstander.server.cases.models import Upload
from upstander.server.cases.sealed import check_file
from upstander.server.errors import Refusal, conflict, malformed, not_found

MOST_BYTES = 200 * 1024 * 1024 + 64 * 1024  # 200 MiB, and age's header and tags
MOST_CLAIMED = 1024**3  # bytes of all files of one act: so much is read before it is answered
EMPTY_DAYS = 1  # an announcement without any part is kept at least this long
KEPT_DAYS = 2  # an unclaimed file is kept at least this long


@dataclass(frozen=True)
class Announced:
    """What was said of a file before it came. `institution` is the slug."""

    institution: str
    size: int
    parts: int

    def length_of(self, number: int) -> int:
        """Bytes part `number` must have."""
        return blobs.PART if number < self.parts - 1 else self.size - (self.parts - 1) * blobs.PART


@dataclass(frozen=True)
class Claimed:
    """A complete file, with the hash of all its sealed bytes."""

    id: str
    size: int
    parts: int
    sha256: str

    def row(self, institution_id: int, case_id: str, day: datetime.date) -> Upload:
        """The unsaved row that ties it to a case."""
        return Upload(
            id=self.id,
            institution_id=institution_id,
            case_id=case_id,
            size=self.size,
            parts=self.parts,
            sha256=self.sha256,
            day=day,
        )


def announce(institution: str, upload: str, size: int, parts: int) -> None:
    """Says that a file of `size` sealed bytes will come. Repeating is harmless, other numbers a conflict."""
    if size > MOST_BYTES:
        raise Refusal("too-large", "That file is too large. Files can have up to 200 MB.", 413, where="size")
    if parts != -(-size // blobs.PART):
        raise malformed("A file comes in parts of 1 MiB; only the last one is shorter.", "parts")
    about = json.dumps({"institution": institution, "parts": parts, "size": size}).encode()
    if blobs.store().announce(upload, about) != about:
        raise conflict("Another file was already announced under this number.")


def announced(institution: str, upload: str) -> Announced:
    """What was announced. Raises the not-found Refusal, also for another institution's."""
    about = blobs.store().about(upload)
    if about is None:
        raise not_found()
    found = Announced(**json.loads(about))
    if found.institution != institution:
        raise not_found()
    return found


def put_part(institution: str, upload: str, number: int, data: bytes) -> None:
    """Stores a part for good. A file that is part of a case already does not change any more."""
    about = announced(institution, upload)
    if not 0 <= number < about.parts:
        raise malformed("There is no part of this number.", "number")
    if len(data) != about.length_of(number):
        raise malformed("This part has the wrong length; it may be cut short.", "body")
    if number == 0:
        check_file(data, 1, "body")
    if Upload.objects.filter(id=upload).exists():
        if blobs.store().have(upload).get(number) == len(data):
            return
        raise conflict("This file belongs to a report already.")
    blobs.store().put(upload, number, data)


def parts_there(institution: str, upload: str) -> tuple[Announced, list[int]]:
    """What was announced, and the numbers of the parts that are on the disk."""
    about = announced(institution, upload)
    return about, sorted(number for number in blobs.store().have(upload) if number < about.parts)


def claim_uploads(institution: str, uploads: Sequence[str]) -> list[Claimed]:
    """Check that every file is there to the last byte, and hash it. Reads them all: outside any transaction.

    A file that has a row already is answered from it, so that a repeated act is recognised; a different act
    that claims it again fails on the row's key when it is committed. Raises `malformed` for one that is named
    twice, never came or came in part, and `too-large` for more than `MOST_CLAIMED` bytes.
    """
    if not uploads:
        return []
    if len(set(uploads)) != len(uploads):
        raise malformed("A file is named twice.", "uploads")
    there = _rows(institution, uploads)
    new = {upload: _whole(institution, upload) for upload in uploads if upload not in there}
    known = sum(file.size for file in there.values())
    if known + sum(file.size for file in new.values()) > MOST_CLAIMED:
        title = "These files are too large together. One report or message can carry up to 1 GB."
        raise Refusal("too-large", title, 413, where="uploads")
    return [there.get(upload) or _claim(upload, new[upload]) for upload in uploads]


def claimed_before(institution: str, uploads: Sequence[str]) -> list[Claimed] | None:
    """The files if every one belongs to a case already, else None. Reads no file."""
    there = _rows(institution, uploads)
    return [there[upload] for upload in uploads] if there.keys() == set(uploads) else None


def _rows(institution: str, uploads: Sequence[str]) -> dict[str, Claimed]:
    rows = Upload.objects.filter(id__in=uploads, institution__slug=institution) if uploads else ()
    return {row.id: Claimed(row.id, row.size, row.parts, row.sha256) for row in rows}


def _whole(institution: str, upload: str) -> Announced:
    """What was announced of a file that is there to the last byte. Raises `malformed`."""
    try:
        about = announced(institution, upload)
    except Refusal as refusal:
        raise malformed("A file has not arrived. Add it again.", f"uploads.{upload}") from refusal
    have = blobs.store().have(upload)
    if any(have.get(number) != about.length_of(number) for number in range(about.parts)):
        raise malformed("A file has not arrived whole. Send the missing parts.", f"uploads.{upload}")
    return about


def _claim(upload: str, about: Announced) -> Claimed:
    return Claimed(upload, about.size, about.parts, blobs.store().sha256(upload, about.parts))


def sweep_unclaimed(today: datetime.date) -> int:
    """Deletes files that no report or message has claimed for two days, and announcements that no part has
    followed for one (UTC); answers how many."""
    store = blobs.store()
    old = list(store.before(today - datetime.timedelta(days=KEPT_DAYS)))
    kept = set(old)
    yesterday = store.before(today - datetime.timedelta(days=EMPTY_DAYS))
    old += [upload for upload in yesterday if upload not in kept and not store.have(upload)]
    swept = 0
    for some in _in_hundreds(old):
        claimed = set(Upload.objects.filter(id__in=some).values_list("id", flat=True))
        for upload in some:
            if upload not in claimed:
                blobs.store().delete(upload)
                swept += 1
    return swept


def unclaimed_bytes(today: datetime.date) -> int:
    """Bytes of files on the store that belong to no case yet; each counts as one part at least.

    Not as what was announced: a few announcements of large files would make everybody else work.
    """
    recent = blobs.store().since(today - datetime.timedelta(days=KEPT_DAYS))
    claimed: set[str] = set()
    for some in _in_hundreds(list(recent)):
        claimed |= set(Upload.objects.filter(id__in=some).values_list("id", flat=True))
    return sum(max(size, blobs.PART) for upload, (_, size) in recent.items() if upload not in claimed)


def _in_hundreds(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + 100] for start in range(0, len(ids), 100)]
