"""Routes for reporters: no cookie, no account, nothing about the sender is kept.

A view reads the request, asks `limits` where it takes anything in, calls an action and answers.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Path, Router

from upstander.server import limits
from upstander.server.cases import actions, conversation, prints
from upstander.server.cases import uploads as files
from upstander.server.cases.inputs import (
    Hash,
    Id,
    MessageIn,
    RecordChangeIn,
    RecordIn,
    ReportIn,
    Slug,
    TakeBackIn,
    UploadIn,
    WithdrawIn,
)
from upstander.server.errors import Refusal
from upstander.server.institutions import access, cards, packs
from upstander.server.log.commit import coming, first_promise
from upstander.server.reporting import mailbox
from upstander.server.reporting.schemas import (
    CardOut,
    ChallengeOut,
    ConversationOut,
    OpenIn,
    PartsOut,
    PromiseOut,
    TokenOut,
)

router = Router(tags=["reporting"])
_BEARER: dict[str, Any] = {"security": [{"mailbox": []}]}
_RAW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/i/{slug}/card", response=CardOut)
def card(request: HttpRequest, slug: Path[Slug]) -> HttpResponse:
    """The signed card in force: teams, keys of the people on them, hash of the questions; who has seen it."""
    return JsonResponse(cards.shown(slug))


@router.get("/packs/{sha256}", response=dict[str, Any])
def pack(request: HttpRequest, sha256: Path[Hash]) -> HttpResponse:
    """A compiled policy pack. It never changes."""
    response = HttpResponse(packs.read(sha256), content_type="application/json")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@router.put("/i/{slug}/uploads/{upload}", response={204: None})
def announce(request: HttpRequest, slug: Path[Slug], upload: Path[Id], body: UploadIn) -> HttpResponse:
    """Says how long a sealed file will be, before its parts come."""
    access.institution_for(slug)
    limits.require_work(body.work)
    files.announce(slug, upload, body.size, body.parts)
    limits.count_announced()
    return HttpResponse(status=204)


@router.put("/i/{slug}/uploads/{upload}/parts/{number}", response={204: None}, openapi_extra=_RAW)
def part(request: HttpRequest, slug: Path[Slug], upload: Path[Id], number: int) -> HttpResponse:
    """One part of a sealed file, as raw bytes. It is on the disk when this answers."""
    limits.require_room(limits.FILE_SPACE)
    files.put_part(slug, upload, number, request.body)
    return HttpResponse(status=204)


@router.get("/i/{slug}/uploads/{upload}", response=PartsOut)
def parts(request: HttpRequest, slug: Path[Slug], upload: Path[Id]) -> HttpResponse:
    """Which parts are there, for going on after an interruption."""
    about, have = files.parts_there(slug, upload)
    return JsonResponse({"size": about.size, "parts": about.parts, "have": have})


@router.post("/i/{slug}/reports", response=PromiseOut)
def report(request: HttpRequest, slug: Path[Slug], body: ReportIn) -> HttpResponse:
    """Sends a sealed report."""
    limits.require_work(body.work)
    with nullcontext() if body.uploads else coming():  # reading files takes long
        return _promise(actions.submit(slug, body))


@router.post("/i/{slug}/records", response=PromiseOut)
def record(request: HttpRequest, slug: Path[Slug], body: RecordIn) -> HttpResponse:
    """Keeps a private record."""
    limits.require_work(body.work)
    return _promise(actions.keep_record(slug, body))


@router.post("/i/{slug}/mailbox/challenge", response=ChallengeOut)
def challenge(request: HttpRequest, slug: Path[Slug]) -> HttpResponse:
    """Something to sign, valid for five minutes."""
    access.institution_for(slug)
    return JsonResponse({"challenge": mailbox.challenge(slug)})


@router.post("/i/{slug}/mailbox/open", response=TokenOut)
def open_mailbox(request: HttpRequest, slug: Path[Slug], body: OpenIn) -> HttpResponse:
    """A token for half an hour."""
    return JsonResponse({"token": mailbox.open_mailbox(request, slug, body.mailbox, body.statement)})


@router.get("/i/{slug}/mailbox", response=ConversationOut, openapi_extra=_BEARER)
def read(request: HttpRequest, slug: Path[Slug]) -> HttpResponse:
    """The conversation."""
    return JsonResponse(conversation.for_reporter(mailbox.case_of(slug, request)))


@router.post("/i/{slug}/mailbox/messages", response=PromiseOut, openapi_extra=_BEARER)
def message(request: HttpRequest, slug: Path[Slug], body: MessageIn) -> HttpResponse:
    """Writes to the desk."""
    limits.require_room()
    return _promise(actions.reporter_message(slug, mailbox.case_of(slug, request), body))


@router.put("/i/{slug}/mailbox/record", response=PromiseOut, openapi_extra=_BEARER)
def replace(request: HttpRequest, slug: Path[Slug], body: RecordChangeIn) -> HttpResponse:
    """Puts a new version of a private record in the place of the old."""
    limits.require_room()
    return _promise(actions.replace_record(slug, mailbox.case_of(slug, request), body))


@router.delete("/i/{slug}/mailbox/record", response=PromiseOut, openapi_extra=_BEARER)
def withdraw(request: HttpRequest, slug: Path[Slug], body: WithdrawIn) -> HttpResponse:
    """Deletes a private record."""
    mailbox.case_id_of(slug, request)
    try:
        case = mailbox.case_of(slug, request)
    except Refusal:
        # A retry after a lost answer: the record is gone, the promise is not.
        again = first_promise("withdraw", body.act, slug, body.label)
        if again is None:
            raise
        return _promise(again)
    return _promise(actions.withdraw_record(slug, case, body))


@router.post("/i/{slug}/mailbox/take-back", response=PromiseOut, openapi_extra=_BEARER)
def take_back(request: HttpRequest, slug: Path[Slug], body: TakeBackIn) -> HttpResponse:
    """Destroys her sealed fingerprints; banks may not use them any more."""
    return _promise(prints.take_back(slug, mailbox.case_of(slug, request), body))


@router.post("/i/{slug}/mailbox/send", response=PromiseOut, openapi_extra=_BEARER)
def send(request: HttpRequest, slug: Path[Slug], body: ReportIn) -> HttpResponse:
    """A private record becomes a report."""
    limits.require_room()
    return _promise(actions.submit(slug, body, private=mailbox.case_of(slug, request)))


def _promise(text: str) -> HttpResponse:
    return JsonResponse({"promise": text})
