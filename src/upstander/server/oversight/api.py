"""Routes about copies that are lent to overseers. Mounted at `/api/v1/desk`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from upstander.formats import b64
from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import active_key, key_of, person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.casework.access import case_for
from upstander.server.casework.reading import check_open
from upstander.server.oversight import access, comments, samples
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


@router.get("/oversight/cases/{case_id}/readers", response=s.ReadersOut)
def readers(request: HttpRequest, case_id: str) -> s.ReadersOut:
    """Whom a comment on this case can be sealed to. Nobody's name is said: the signed card has them."""
    person = person_of(request)
    case = access.case_for(person, case_id)
    return s.ReadersOut(keys=access.readers_of(case), due=comments.due(person).isoformat())


@router.post("/oversight/cases/{case_id}/comments", response=PromiseOut)
def comment(request: HttpRequest, case_id: str, body: s.CommentIn) -> PromiseOut:
    """Leaves a sealed comment for those who hold the case; they have to answer."""
    person = person_of(request)
    return PromiseOut(promise=comments.comment(person, access.case_for(person, case_id), body))


@router.get("/cases/{case_id}/comments", response=s.CommentPage)
def waiting(request: HttpRequest, case_id: str) -> s.CommentPage:
    """Comments of overseers on a case one holds, still sealed, that wait for an answer."""
    case = case_for(person_of(request), case_id)
    check_open(case, person_of(request))
    return s.CommentPage(
        comments=[
            s.CommentOut(
                id=one.id,
                name=one.by.name,
                key=key.id,
                sign=key.sign,
                day=one.day.isoformat(),
                due=one.due.isoformat() if one.due else "",
                sealed=b64.encode(bytes(one.sealed or b"")),
            )
            for one, key in comments.waiting(case)
            if key is not None
        ]
    )
