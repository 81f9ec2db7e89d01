"""Routes about guardians. Mounted at `/api/v1/desk`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from upstander.formats import b64
from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import key_of, person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.casework.access import case_for
from upstander.server.guardians import actions
from upstander.server.guardians import schemas as s
from upstander.server.guardians.access import watched_by
from upstander.server.guardians.models import Watched

router = Router(tags=["guardians"], auth=desk_auth)


@router.post("/cases/{case_id}/guardian", response=PromiseOut)
def tell(request: HttpRequest, case_id: str, body: s.WatchIn) -> PromiseOut:
    """Tells a guardian whom to look after, sealed to her key."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=actions.tell(case, key_of(request), body))


@router.get("/guardian", response=s.WatchedPage)
def watched(request: HttpRequest) -> s.WatchedPage:
    """What was told to oneself as a guardian."""
    rows = watched_by(person_of(request)).filter(key=key_of(request))
    return s.WatchedPage(watched=[_out(row) for row in rows])


def _out(row: Watched) -> s.WatchedOut:
    return s.WatchedOut(id=row.id, day=row.day.isoformat(), sealed=b64.encode(bytes(row.sealed)))


@router.post("/guardian/{watched_id}/drop", response=PromiseOut)
def drop(request: HttpRequest, watched_id: str) -> PromiseOut:
    """Deletes an entry."""
    return PromiseOut(promise=actions.drop(person_of(request), watched_id))
