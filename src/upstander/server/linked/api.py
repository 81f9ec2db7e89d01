"""Routes of the desk about linked groups. Mounted at `/api/v1/desk`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from upstander.formats import b64
from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import key_of, person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.linked import access, actions
from upstander.server.linked.schemas import MarkIn, MarkOut, MarksOut

router = Router(tags=["linked"], auth=desk_auth)


@router.get("/channels/{channel_id}/marks", response=MarksOut)
def marks(request: HttpRequest, channel_id: str, group: str = "") -> MarksOut:
    """The marks on one linked group, sealed words included; none on one that nobody marked."""
    channel = access.channel_for(person_of(request), channel_id)
    return MarksOut(
        marks=[
            MarkOut(
                by=one.by.person.name,
                code=one.code,
                day=one.day.isoformat(),
                group=one.group,
                reports=one.reports,
                sealed=b64.encode(bytes(one.sealed)),
            )
            for one in access.marks_of(channel, group[:26])
        ]
    )


@router.post("/channels/{channel_id}/marks", response=PromiseOut)
def mark(request: HttpRequest, channel_id: str, body: MarkIn) -> PromiseOut:
    """Marks a linked group."""
    channel = access.channel_for(person_of(request), channel_id)
    return PromiseOut(promise=actions.mark(channel, key_of(request), body))
