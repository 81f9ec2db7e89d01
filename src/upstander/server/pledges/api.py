"""Routes between a reporter's page and the keepers: no cookie, no account, nothing about the sender."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Path, Router

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.server import limits
from upstander.server.cases.inputs import Id, PromiseOut, Slug
from upstander.server.errors import busy
from upstander.server.pledges import access, actions, counted, relay
from upstander.server.pledges.schemas import (
    AnswersOut,
    AskIn,
    CountsOut,
    KeepersOut,
    ParcelOut,
    PledgeIn,
    PledgesOut,
    SlipIn,
    TellIn,
)
from upstander.server.reporting import mailbox
from upstander.server.roster import ours

router = Router(tags=["pledges"])
_BEARER: dict[str, Any] = {"security": [{"mailbox": []}]}


@router.get("/keepers", response=KeepersOut)
def keepers(request: HttpRequest) -> HttpResponse:
    """Who the keepers are, with their keys of the month."""
    try:
        found = ours()
    except FormatError:  # doctor says so
        raise busy() from None
    if found is None:
        return JsonResponse({"roster": [], "transports": {}})
    return JsonResponse({"roster": list(found.texts), "transports": relay.transports()})


@router.post("/keepers/evaluate", response=AnswersOut)
def evaluate(request: HttpRequest, body: AskIn) -> HttpResponse:
    """Asks keepers about blinded names. What is asked is random bytes to whoever is no keeper."""
    limits.require_work(body.work, relay.fullness())
    return JsonResponse({"answers": relay.send(body.bodies, relay.EVALUATE)})


@router.get("/keepers/passes", response=AnswersOut)
def passes(request: HttpRequest) -> HttpResponse:
    """What each keeper shows about staff passes of this month."""
    return JsonResponse({"answers": relay.passes()})


@router.get("/keepers/counts", response=CountsOut)
def counts(request: HttpRequest) -> HttpResponse:
    """What each keeper published about its quarters, as it signed it: the log has the hash of each."""
    return JsonResponse({"counts": counted.published()})


@router.post("/keepers/claims", response=AnswersOut)
def claims(request: HttpRequest, body: AskIn) -> HttpResponse:
    """Asks keepers for a staff pass. The code is sealed to them: nobody on the way can use it."""
    limits.require_work(body.work, relay.fullness())
    return JsonResponse({"answers": relay.send(body.bodies, relay.CLAIMS)})


@router.get("/i/{slug}/mailbox/pledges", response=PledgesOut, openapi_extra=_BEARER)
def read(request: HttpRequest, slug: Path[Slug]) -> HttpResponse:
    """The slips of the opened mailbox."""
    rows = access.pledges_of(mailbox.case_of(slug, request))
    listed = [{"id": one.id, "day": one.day.isoformat(), "slip": b64.encode(bytes(one.slip))} for one in rows]
    return JsonResponse({"pledges": listed})


@router.post("/i/{slug}/mailbox/pledges", response=PromiseOut, openapi_extra=_BEARER)
def store(request: HttpRequest, slug: Path[Slug], body: PledgeIn) -> HttpResponse:
    """Keeps a copy of what is to go to the keepers, so that nobody can lose it."""
    limits.require_room()
    return JsonResponse({"promise": actions.store(mailbox.case_of(slug, request), body)})


@router.put("/i/{slug}/mailbox/pledges/{pledge}", response=PromiseOut, openapi_extra=_BEARER)
def rewrite(request: HttpRequest, slug: Path[Slug], pledge: Path[Id], body: SlipIn) -> HttpResponse:
    """Puts a new slip in the place of the old."""
    limits.require_room()
    case = mailbox.case_of(slug, request)
    return JsonResponse({"promise": actions.rewrite(case, access.pledge_for(case, pledge), body)})


@router.get("/i/{slug}/mailbox/pledges/{pledge}/parcel", response=ParcelOut, openapi_extra=_BEARER)
def parcel(request: HttpRequest, slug: Path[Slug], pledge: Path[Id]) -> HttpResponse:
    """The copy of a parcel, for the reporter whose slip opens it: her files come back when she changes it."""
    found = access.pledge_for(mailbox.case_of(slug, request), pledge)
    return JsonResponse({"parcel": b64.encode(bytes(found.parcel))})


@router.post("/i/{slug}/mailbox/pledges/{pledge}/keepers", response=AnswersOut, openapi_extra=_BEARER)
def tell(request: HttpRequest, slug: Path[Slug], pledge: Path[Id], body: TellIn) -> HttpResponse:
    """Tells all keepers: what is kept here, or these notes."""
    found = access.pledge_for(mailbox.case_of(slug, request), pledge)
    limits.require_work(body.work, relay.fullness())
    notes = body.notes or actions.notes_of(found)
    return JsonResponse({"answers": relay.tell(notes, bytes(found.parcel) if body.parcel else b"")})
