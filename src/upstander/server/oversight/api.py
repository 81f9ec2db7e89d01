"""Routes about copies that are lent to overseers. Mounted at `/api/v1/desk`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from upstander.formats import b64
from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import active_key, key_of, person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.casework.access import case_for
from upstander.server.oversight import access, samples
from upstander.server.oversight import schemas as s

router = Router(tags=["oversight"], auth=desk_auth)


@router.get("/cases/{case_id}/copies", response=s.WantedPage)
def wanted(request: HttpRequest, case_id: str) -> s.WantedPage:
    """Overseers who drew this case and wait for its redacted copy, each with the key to seal it to."""
    case = case_for(person_of(request), case_id)
    rows = access.wanted(case).select_related("sample__person")
    return s.WantedPage(
        wanted=[
            s.WantedOut(
                drawn=row.id,
                name=row.sample.person.name,
                until=row.sample.until.isoformat(),
                key=key.id,
                seal=key.seal,
                sign=key.sign,
            )
            for row in rows
            if row.sample.until and (key := active_key(row.sample.person)) is not None
        ]
    )


@router.post("/cases/{case_id}/copies", response=PromiseOut)
def hand(request: HttpRequest, case_id: str, body: s.CopyIn) -> PromiseOut:
    """Hands over the redacted copy of a drawn case."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=samples.hand(case, key_of(request), body))


@router.post("/oversight/copies/{drawn_id}/open", response=s.CopyOut)
def open_copy(request: HttpRequest, drawn_id: str) -> s.CopyOut:
    """One copy, to be opened in the overseer's browser. Each time is written down."""
    row = samples.open_copy(person_of(request), drawn_id)
    return s.CopyOut(drawn=row.id, case=row.case_id, sealed=b64.encode(bytes(row.sealed or b"")))
