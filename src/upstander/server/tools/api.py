"""Routes of the desk's tools. Mounted at `/api/v1/desk`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import key_of, person_of
from upstander.server.cases.inputs import PromiseOut
from upstander.server.casework.access import case_for
from upstander.server.casework.schemas import GrantsIn, MessageIn, WorkIn
from upstander.server.tools import access, actions, briefs, declaring, packs
from upstander.server.tools.brief_out import brief_out
from upstander.server.tools.schemas import BriefIn, BriefOut, OpenableOut, OpenablePage, WordsIn

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
    cases = [OpenableOut(id=case, opened=opened) for case, opened in found[:PAGE]]
    return OpenablePage(cases=cases, next=found[PAGE - 1][0] if len(found) > PAGE else "")


@router.post("/cases/{case_id}/brief", response=PromiseOut)
def begin_brief(request: HttpRequest, case_id: str, body: BriefIn) -> PromiseOut:
    """Begins the investigator's version: a key of its own, for everybody who holds the case."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=briefs.begin(case, key_of(request), body))


@router.post("/cases/{case_id}/brief/envelopes", response=PromiseOut)
def write_brief(request: HttpRequest, case_id: str, body: MessageIn) -> PromiseOut:
    """A version of the report for investigators, or a note beside it."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=briefs.write_version(case, key_of(request), body))


@router.post("/cases/{case_id}/brief/names", response=PromiseOut)
def name_for_brief(request: HttpRequest, case_id: str, body: MessageIn) -> PromiseOut:
    """Whom the version is about, in an envelope of its own, which is given before any other."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=declaring.write_names(case, key_of(request), body))


@router.post("/cases/{case_id}/brief/grants", response=PromiseOut)
def let_in_to_brief(request: HttpRequest, case_id: str, body: GrantsIn) -> PromiseOut:
    """Lets an investigator in to the version, and to nothing else."""
    case = case_for(person_of(request), case_id)
    return PromiseOut(promise=briefs.let_in(case, key_of(request), body))


@router.get("/briefs/{case_id}", response=BriefOut)
def get_brief(request: HttpRequest, case_id: str) -> BriefOut:
    """The investigator's version with the grants of one's own key; nothing of the report."""
    return brief_out(access.brief_for(person_of(request), case_id), key_of(request))


@router.post("/briefs/{case_id}/declaration", response=PromiseOut)
def declare(request: HttpRequest, case_id: str, body: WorkIn) -> PromiseOut:
    """What an investigator declares about herself before the version opens to her."""
    case = access.brief_for(person_of(request), case_id)
    return PromiseOut(promise=declaring.declare(case, key_of(request), body))


@router.post("/briefs/{case_id}/envelopes", response=PromiseOut)
def write_work(request: HttpRequest, case_id: str, body: MessageIn) -> PromiseOut:
    """A note of an investigator."""
    case = access.brief_for(person_of(request), case_id)
    return PromiseOut(promise=briefs.write_work(case, key_of(request), body))
