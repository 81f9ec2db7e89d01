"""What a reporter does about her fingerprints: takes them back. They lie in a sealed file of their own.

Which file that is only who holds the case's log secret can tell; the server learns it when she names it.
"""

from __future__ import annotations

import json
from typing import Any

from upstander.fingerprints import uses
from upstander.fingerprints.errors import FingerprintError
from upstander.formats import days, statements
from upstander.formats.errors import FormatError
from upstander.server import blobs
from upstander.server.cases.acts import draft, settle, unless_repeated
from upstander.server.cases.inputs import TakeBackIn
from upstander.server.cases.models import Case, Upload
from upstander.server.errors import conflict, malformed


def acts_of(case: Case) -> list[dict[str, Any]]:
    """Bodies of the case's acts about fingerprints, in order."""
    found = case.acts.filter(kind="bank").order_by("number").values_list("body", flat=True)
    return [json.loads(body) for body in found]


def take_back(slug: str, case: Case, sent: TakeBackIn) -> str:
    """Destroys the sealed fingerprints, and says in the log that they may not be used any more.

    Under a legal hold the sealed file stays, where nobody may fetch it. Answers the promise.
    """
    day = days.today(case.institution.time_zone)
    _check_signed(case, sent)
    said = {"authority": "", "document": sent.sealed, "use": uses.WITHDRAWN}
    act = draft("bank", sent, case.id, slug, day, None, envelopes=[], **said)
    found = unless_repeated(act, lambda: _file(case, sent))
    if isinstance(found, str):
        _destroy(sent.upload)
        return found

    def change(now: Case) -> list[Any]:
        before = acts_of(now)
        try:
            uses.check_next(before, uses.WITHDRAWN, "", sent.sealed)
        except FingerprintError as refused:
            raise conflict(str(refused)) from refused
        upload = _file(now, sent)
        if uses.is_held(before) or upload.step_set.exists():
            upload.sealed_off = True
            upload.save(update_fields=["sealed_off"])
        else:
            upload.delete()
        return []

    promise = settle(act, change)
    _destroy(sent.upload)
    return promise


def _check_signed(case: Case, sent: TakeBackIn) -> None:
    try:
        body = statements.verify(sent.statement, "take-back", case.reporter_sign)
        days.parse(body.get("day"))
    except FormatError as error:
        raise malformed("The request to delete is not signed by you.", "statement") from error
    if body.keys() != {"case", "day", "upload"} or (body["case"], body["upload"]) != (case.id, sent.upload):
        raise malformed("The request to delete is about something else.", "statement")


def _file(case: Case, sent: TakeBackIn) -> Upload:
    upload = case.uploads.filter(id=sent.upload, sha256=sent.sealed).first()
    if upload is None:
        raise conflict("There are no fingerprints here any more.")
    return upload


def _destroy(upload: str) -> None:
    """After the commit, so that what is deleted cannot come back with a failed act. What a crash in between
    leaves, the sweep of files that belong to nothing deletes."""
    if not Upload.objects.filter(id=upload).exists():
        blobs.store().delete(upload)
