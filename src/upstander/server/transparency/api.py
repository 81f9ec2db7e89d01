"""Routes for programs: what is public, read only, the same for everybody."""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from upstander.server.errors import not_found
from upstander.server.transparency import access, calendar
from upstander.server.transparency.models import Publication

router = Router(tags=["public"])


class PublicationOut(BaseModel):
    """A publication. `label`, `salt`, `act` and `manifest` are what its leaf in the log is made of."""

    id: str
    kind: str
    state: str
    moment: str
    reason: str
    institutions: list[str]
    manifest: str
    act: str
    label: str
    salt: str


class InstitutionOut(BaseModel):
    """An institution, from the newest publication about it, with the names of its tables."""

    slug: str
    name: str
    cutoff: str
    published: str
    tables: list[str]


class TableOut(BaseModel):
    """A table as it passed disclosure control: marks such as [c] stand in place of numbers."""

    institution: str
    name: str
    columns: list[str]
    rows: list[list[str]]


class HearingOut(BaseModel):
    """A hearing, as much as may be told of it."""

    institution: str
    slug: str
    day: str
    kind: str
    held: str
    place: str
    standards: list[str]
    outcome: str
    until: str


@router.get("/public/publications", response=list[PublicationOut])
def publications(request: HttpRequest) -> list[PublicationOut]:
    """What is announced, what is public, and what was withdrawn before its moment, with the reason."""
    return [_out(one) for one in (*access.announced(), *access.published(), *access.withdrawn())]


def _out(one: Publication) -> PublicationOut:
    public = one.state == Publication.State.PUBLISHED
    return PublicationOut(
        id=one.id,
        kind=one.kind,
        state="announced" if one.state == Publication.State.DELIVERED else one.state,
        moment=one.moment.isoformat(),
        reason=one.reason,
        institutions=[found.slug for found in access.measured(one)],
        manifest=one.manifest if public else "",
        act=one.act,
        label=one.label,
        salt=one.salt,
    )


@router.get("/public/institutions", response=list[InstitutionOut])
def institutions(request: HttpRequest) -> list[InstitutionOut]:
    """The institutions with figures, each from the newest publication about it."""
    fields = InstitutionOut.model_fields
    return [InstitutionOut(**{name: one[name] for name in fields}) for one in access.listed()]


@router.get("/public/institutions/{slug}/tables/{name}", response=TableOut)
def table(request: HttpRequest, slug: str, name: str) -> TableOut:
    """One table of an institution, from the newest publication about it."""
    found = next((one for one in institutions(request) if one.slug == slug), None)
    publication = access.newest(slug)
    if publication is None or found is None or name not in found.tables:
        raise not_found()
    data, _ = access.file_of(publication, f"i/{slug}/data/{name}.csv")
    head, *rows = csv.reader(io.StringIO(data.decode()))
    return TableOut(institution=slug, name=name, columns=head, rows=rows)


@router.get("/public/hearings", response=list[HearingOut])
def hearings(request: HttpRequest) -> list[HearingOut]:
    """The calendar of hearings, with the outcomes that still stand."""
    return [
        HearingOut(
            institution=one.institution,
            slug=one.slug,
            day=one.day,
            kind=one.kind,
            held=one.held,
            place=one.place,
            standards=list(one.standards),
            outcome=one.outcome,
            until=one.until,
        )
        for one in calendar.listed()
    ]
