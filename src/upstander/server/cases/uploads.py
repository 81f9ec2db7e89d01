"""Sealed files on their way in: announced, sent in parts, claimed by the report or message that names them.

Until then they have no row, only parts on the store; whoever knows the random id may go on writing.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from upstander.server import blobs
from upstander.server.cases.models import Upload
from upstander.server.cases.sealed import check_file
from upstander.server.errors import Refusal, conflict, malformed, not_found

MOST_BYTES = 200 * 1024 * 1024 + 64 * 1024  # 200 MiB, and age's header and tags
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
    twice, never came or came in part.
    """
    if not uploads:
        return []
    if len(set(uploads)) != len(uploads):
        raise malformed("A file is named twice.", "uploads")
    rows = Upload.objects.filter(id__in=uploads, institution__slug=institution)
    there = {row.id: Claimed(row.id, row.size, row.parts, row.sha256) for row in rows}
    return [there.get(upload) or _claim(institution, upload) for upload in uploads]


def _claim(institution: str, upload: str) -> Claimed:
    try:
        about = announced(institution, upload)
    except Refusal as refusal:
        raise malformed("A file has not arrived. Add it again.", f"uploads.{upload}") from refusal
    have = blobs.store().have(upload)
    if any(have.get(number) != about.length_of(number) for number in range(about.parts)):
        raise malformed("A file has not arrived whole. Send the missing parts.", f"uploads.{upload}")
    digest = sha256()
    for part in blobs.store().read(upload, about.parts):
        digest.update(part)
    return Claimed(upload, about.size, about.parts, digest.hexdigest())


def sweep_unclaimed(today: datetime.date) -> int:
    """Deletes files that no report or message has claimed for two days (UTC); answers how many."""
    old = list(blobs.store().before(today - datetime.timedelta(days=KEPT_DAYS)))
    swept = 0
    for some in _in_hundreds(old):
        claimed = set(Upload.objects.filter(id__in=some).values_list("id", flat=True))
        for upload in some:
            if upload not in claimed:
                blobs.store().delete(upload)
                swept += 1
    return swept


def unclaimed_bytes(today: datetime.date) -> int:
    """Bytes of files on the store that belong to no case yet."""
    recent = blobs.store().since(today - datetime.timedelta(days=KEPT_DAYS))
    claimed: set[str] = set()
    for some in _in_hundreds(list(recent)):
        claimed |= set(Upload.objects.filter(id__in=some).values_list("id", flat=True))
    return sum(size for upload, (_, size) in recent.items() if upload not in claimed)


def _in_hundreds(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + 100] for start in range(0, len(ids), 100)]
