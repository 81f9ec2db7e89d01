"""Routes of the desk's tools. Mounted at `/api/v1/desk`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.tools import access, actions, packs
from upstander.server.tools.schemas import OpenableOut, OpenablePage, WordsIn

router = Router(tags=["tools"], auth=desk_auth)
PAGE = 200  # cases


@router.get("/pack")
def desk_pack(request: HttpRequest) -> HttpResponse:
    """The part of the institution's pack that only the desk loads."""
    return HttpResponse(packs.compiled(person_of(request).institution.pack), content_type="application/json")


@router.post("/word-counts", response=PromiseOut)
def word_counts(request: HttpRequest, body: WordsIn) -> PromiseOut:
    """Counts of a text that was checked for words; never the text."""
    return PromiseOut(promise=actions.count_words(person_of(request), body))


@router.get("/openable", response=OpenablePage)
def openable(request: HttpRequest, after: str = "") -> OpenablePage:
    """Ids of the cases one may open, for the search in the browser. What is looked for is never sent."""
    found = access.openable(person_of(request), after[:26], PAGE + 1)
    cases = [OpenableOut(id=case.id, opened=case.opened) for case in found[:PAGE]]
    return OpenablePage(cases=cases, next=found[PAGE - 1].id if len(found) > PAGE else "")
