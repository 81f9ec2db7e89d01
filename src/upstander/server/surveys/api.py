"""Routes of the survey: no cookie, no account, nothing about the sender is kept, not even the day."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import BaseModel, StringConstraints

from upstander.formats import days
from upstander.server import limits
from upstander.server.cases.inputs import Input, Slug
from upstander.server.institutions import access as institutions
from upstander.server.surveys import access, actions

router = Router(tags=["survey"])
Said = Literal["yes", "no", "not_stated"]
Group = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]*$")]


class SurveyOut(BaseModel):
    """The newest wave's notice (empty: there is none), and whether answers are taken today."""

    notice: str
    state: Literal["none", "soon", "open", "closed"]


class AnswersIn(Input):
    """Groups and codes; there is no field for words."""

    stratum: Group
    sex: Group
    ethnicity5: Group
    age_band: Group
    disability: Group
    sexual_orientation: Group
    sexism: Said
    racism: Said
    homophobia: Said
    bullied: Said
    harassed: Said
    retaliation: Said
    trusts_reporting: Said


class AnswerIn(Input):
    """A pass, as it was carried, and what is answered with it."""

    carried: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    answers: AnswersIn
    work: Annotated[str, StringConstraints(max_length=300)] = ""


@router.get("/i/{slug}/survey", response=SurveyOut)
def survey(request: HttpRequest, slug: Path[Slug]) -> SurveyOut:
    """What is asked, of whom, and until when: the same for everybody."""
    institution = institutions.institution_for(slug)
    wave = access.newest_wave(institution)
    state = access.state_of(wave, days.today(institution.time_zone))
    return SurveyOut(notice=wave.notice if wave is not None else "", state=state)


@router.post("/i/{slug}/survey/answers", response={204: None})
def answer(request: HttpRequest, slug: Path[Slug], body: AnswerIn) -> HttpResponse:
    """Takes one answer for one pass."""
    limits.require_work(body.work, actions.places.fullness())
    actions.answer(slug, body.carried, body.answers.model_dump())
    return HttpResponse(status=204)
