"""Routes about holds. Mounted at `/api/v1/desk`. Every case comes from `casework.access`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from upstander.policy import retention as policy
from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import key_of, person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.casework.access import case_for
from upstander.server.casework.acts import pack_of
from upstander.server.retention import access, actions
from upstander.server.retention import schemas as s

router = Router(tags=["retention"], auth=desk_auth)


@router.get("/cases/{case_id}/holds", response=s.HoldsOut)
def holds(request: HttpRequest, case_id: str) -> s.HoldsOut:
    """Holds on a case, and until when it is kept once it is closed."""
    case = case_for(person_of(request), case_id)
    law = pack_of(case.institution.pack).law
    said = access.holds_of(case)
    until = policy.due(law, *access.closing_of(case))
    return s.HoldsOut(
        holds=[s.HoldOut(rule=one.rule, set=one.set, day=one.day.isoformat()) for one in said],
        standing=policy.held(said),
        grounds=[{"id": one.id, "label": one.label} for one in (law.codes or {})["holds"].codes],
        kept_until=until.isoformat() if until else "",
    )


@router.post("/cases/{case_id}/holds", response=PromiseOut)
def hold(request: HttpRequest, case_id: str, body: s.HoldIn) -> PromiseOut:
    """Places or lifts a hold."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=actions.hold(case, key_of(request), body))
