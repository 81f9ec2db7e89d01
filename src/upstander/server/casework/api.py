"""Routes of the desk that concern cases. Mounted at `/api/v1/desk`. Every case comes from `access`."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Status

from upstander.formats import b64
from upstander.server import blobs
from upstander.server.accounts.auth import desk_auth
from upstander.server.accounts.session import key_of, person_of
from upstander.server.cases.access import upload_for
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import actions, grants, recovery, regrant, searches, work
from upstander.server.casework import schemas as s
from upstander.server.casework.access import case_for, live_grants
from upstander.server.casework.acts import check_free
from upstander.server.casework.reading import check_open
from upstander.server.casework.summary import case_out, keys_out

router = Router(tags=["casework"], auth=desk_auth)
PAGE = 25  # cases


def _case(request: HttpRequest, case_id: str) -> Case:
    return case_for(person_of(request), case_id)


@router.get("/cases/{case_id}", response=s.CaseOut)
def get_case(request: HttpRequest, case_id: str) -> s.CaseOut:
    """A case, sealed, with the grants of one's own key."""
    return case_out(_case(request, case_id), key_of(request))


@router.get("/cases/{case_id}/uploads/{upload_id}")
def get_upload(request: HttpRequest, case_id: str, upload_id: str) -> StreamingHttpResponse:
    """A file's sealed bytes. Never for one that was sealed off."""
    case = _case(request, case_id)
    check_open(case, person_of(request))
    upload = upload_for(case, upload_id)
    parts = blobs.store().read(upload.id, upload.parts)
    response = StreamingHttpResponse(parts, content_type="application/octet-stream")
    response["Content-Disposition"] = "attachment"
    response["Content-Length"] = str(upload.size)
    return response


@router.post("/cases/{case_id}/envelopes", response=s.PromiseOut)
def write(request: HttpRequest, case_id: str, body: s.MessageIn) -> s.PromiseOut:
    """A message to the reporter, or a note for handlers."""
    return s.PromiseOut(promise=actions.write(_case(request, case_id), key_of(request), body))


@router.post("/cases/{case_id}/grants", response=s.PromiseOut)
def let_in(request: HttpRequest, case_id: str, body: s.GrantsIn) -> s.PromiseOut:
    """Lets a member in."""
    return s.PromiseOut(promise=grants.let_in(_case(request, case_id), key_of(request), body))


@router.post("/cases/{case_id}/epochs", response=s.PromiseOut)
def take_away(request: HttpRequest, case_id: str, body: s.EpochsIn) -> s.PromiseOut:
    """Takes keys away: the next epoch for those who stay."""
    return s.PromiseOut(promise=grants.take_away(_case(request, case_id), key_of(request), body))


@router.post("/cases/{case_id}/steps", response=s.PromiseOut)
def take_step(request: HttpRequest, case_id: str, body: s.StepIn) -> s.PromiseOut:
    """Takes a step of the pack."""
    return s.PromiseOut(promise=actions.take_step(_case(request, case_id), key_of(request), body))


@router.post("/cases/{case_id}/facts", response=s.PromiseOut)
def record_facts(request: HttpRequest, case_id: str, body: s.WorkIn) -> s.PromiseOut:
    """Coded facts of a case, and the sealed words that belong to them."""
    return s.PromiseOut(promise=work.record(_case(request, case_id), key_of(request), body))


@router.post("/cases/{case_id}/bank", response=s.PromiseOut)
def record_use(request: HttpRequest, case_id: str, body: s.BankIn) -> s.PromiseOut:
    """Records a use of the case's fingerprints."""
    return s.PromiseOut(promise=searches.record(_case(request, case_id), key_of(request), body))


@router.get("/cases/{case_id}/standing", response=s.StandingOut)
def get_standing(request: HttpRequest, case_id: str) -> s.StandingOut:
    """Whether the case's fingerprints may be used, signed for today."""
    return s.StandingOut(standing=searches.standing(_case(request, case_id), key_of(request)))


@router.get("/cases/{case_id}/free", response={204: None})
def get_free(request: HttpRequest, case_id: str) -> Status[None]:
    """Whether nothing bars whoever asks from carrying the case further: asked before a copy is taken out."""
    check_free(_case(request, case_id), key_of(request))
    return Status(204, None)


@router.post("/recover/{channel_id}/proof", response=s.ProofOut)
def recovery_proof(request: HttpRequest, channel_id: str, body: s.CustodianIn) -> s.ProofOut:
    """A token sealed to the custodian; opened, it is the bearer token of the two routes below."""
    person = person_of(request)
    custodian = recovery.custodian_for(person, channel_id, body.custodian)
    return s.ProofOut(sealed=b64.encode(recovery.proof(person, custodian)))


@router.get("/recover/{channel_id}", response=s.CaseKeysPage)
def recoverable(request: HttpRequest, channel_id: str, after: str = "") -> s.CaseKeysPage:
    """The custodian's grants, 25 cases a page."""
    person = person_of(request)
    custodian = recovery.custodian_of(person, channel_id, _token(request))
    cases = recovery.cases_under(person, custodian).filter(id__gt=after).select_related("institution")
    found = list(cases[: PAGE + 1])
    return s.CaseKeysPage(
        cases=[
            keys_out(
                case,
                live_grants(case).filter(custodian=custodian),
                {custodian.key},
                recovery.may(case),
                with_report=True,
            )
            for case in found[:PAGE]
        ],
        next=found[PAGE - 1].id if len(found) > PAGE else "",
    )


@router.post("/recover/{channel_id}", response=s.PromisesOut)
def recover(request: HttpRequest, channel_id: str, body: s.RecoveryIn) -> s.PromisesOut:
    """Makes grants from the custodian's. One act for each case; earlier ones stay if a later one fails."""
    person = person_of(request)
    custodian = recovery.custodian_of(person, channel_id, _token(request))
    made = [recovery.recover(person, key_of(request), custodian, one, body.reason) for one in body.cases]
    return s.PromisesOut(promises=made)


@router.get("/regrant", response=s.CaseKeysPage)
def waiting_for_regrant(request: HttpRequest, after: str = "") -> s.CaseKeysPage:
    """Own cases that an earlier key opens and the present one does not, 25 a page."""
    person, key = person_of(request), key_of(request)
    cases = regrant.waiting(person, key).filter(id__gt=after).select_related("institution")
    found = list(cases[: PAGE + 1])
    old = regrant.old_grants(person, key).select_related("key", "custodian").order_by("scope", "epoch", "pk")
    return s.CaseKeysPage(
        cases=[_waiting(case, old.filter(case=case), key.id) for case in found[:PAGE]],
        next=found[PAGE - 1].id if len(found) > PAGE else "",
    )


@router.post("/regrant", response=s.PromisesOut)
def seal_again(request: HttpRequest, body: s.BatchIn) -> s.PromisesOut:
    """Own grants sealed to the present key. One act for each case."""
    person, key = person_of(request), key_of(request)
    return s.PromisesOut(promises=[regrant.regrant(person, key, one) for one in body.cases])


def _waiting(case: Case, mine: QuerySet[Grant], key: str) -> s.CaseKeysOut:
    grants = list(mine)
    return keys_out(case, grants, {str(grant.key_id) for grant in grants}, [key])


def _token(request: HttpRequest) -> str:
    return str(request.headers.get("Authorization", "")).removeprefix("Bearer ")
