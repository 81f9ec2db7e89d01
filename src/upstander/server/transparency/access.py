"""How publications, hearings and their files are reached. What is public is everybody's, the rest is not."""

from __future__ import annotations

import datetime
import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from upstander.formats.errors import FormatError
from upstander.formats.hashes import check_hash, hash_of
from upstander.formats.ids import check_id
from upstander.publishing.language import say
from upstander.publishing.manifest import NAME
from upstander.server.accounts.models import Membership, Person
from upstander.server.errors import Refusal, not_found
from upstander.server.institutions.models import Channel, Institution
from upstander.server.transparency.models import Hearing, Publication

log = logging.getLogger("upstander.publishing")

FOLDER = "publications"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".atom": "application/atom+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def published() -> QuerySet[Publication]:
    """What is public, the newest first."""
    return Publication.objects.filter(state=Publication.State.PUBLISHED).order_by("-published")


def newest(slug: str = "", kind: str = Publication.Kind.FIGURES) -> Publication | None:
    """The publication that the site shows: the newest, for an institution's pages the newest about it.

    So one that is published apart from others takes none of their addresses away.
    """
    about = {"institutions__slug": slug} if slug else {}
    return published().filter(kind=kind, **about).first()


def since(publication: Publication, about: list[Institution]) -> list[Publication]:
    """What has become public about these since, of the same kind, the earliest first."""
    later = published().filter(kind=publication.kind, institutions__in=about)
    return list(later.filter(published__gt=publication.published).distinct().order_by("published"))


def listed() -> list[dict[str, Any]]:
    """What the newest publication about each institution says of it, by the institution's name."""
    found = {one.slug: newest(one.slug) for one in with_figures()}
    return [
        one
        for slug, publication in found.items()
        if publication is not None
        for one in manifest_of(publication)["institutions"]
        if one["slug"] == slug
    ]


def announced() -> QuerySet[Publication]:
    """What is to come: its day, and nothing of what it holds."""
    waiting = (Publication.State.ANNOUNCED, Publication.State.DELIVERED)
    return Publication.objects.filter(state__in=waiting).order_by("moment")


def withdrawn() -> QuerySet[Publication]:
    """What was announced and taken back before its moment, with the reason; the newest first."""
    return Publication.objects.filter(state=Publication.State.WITHDRAWN).order_by("-moment")


def every() -> QuerySet[Publication]:
    """All of them, for whoever runs the machine."""
    return Publication.objects.order_by("-moment", "-id")


def publication_for(identity: str) -> Publication:
    """One that is public. Raises the not-found Refusal."""
    found = published().filter(id=identity).first()
    if found is None:
        raise not_found()
    return found


def outside_channels(person: Person) -> QuerySet[Channel]:
    """The channels outside an institution on which a person has a place now, if she has none inside it."""
    if not person.is_active or person.administrator:
        return Channel.objects.none()
    places = Membership.objects.filter(key__person=person, state=Membership.State.ACTIVE)
    inside = places.filter(channel__inside=True).values("channel__institution")
    outside = Channel.objects.filter(id__in=places.values("channel"), inside=False)
    return outside.exclude(institution__in=inside)


def to_sign(person: Person) -> QuerySet[Publication]:
    """The delivered publications that this person may look at and sign for."""
    mine = outside_channels(person).values("institution")
    return (
        Publication.objects.filter(state=Publication.State.DELIVERED, institutions__in=mine)
        .distinct()
        .order_by("moment")
    )


def under_embargo(person: Person, identity: str) -> Publication:
    """A delivered publication, for who may sign for it. Raises the not-found Refusal."""
    found = to_sign(person).filter(id=identity).first()
    if found is None:
        raise not_found()
    return found


def folder_of(publication: Publication) -> Path:
    """Where all lies that was delivered for it."""
    return settings.DATA / FOLDER / check_id(publication.id)


def files_of(publication: Publication) -> Path:
    """Where the files lie that its row names: a folder by the hash of the manifest that was checked.

    Another delivery lies beside it and never takes its place, so what was checked, signed for and published
    is one thing.
    """
    return folder_of(publication) / check_hash(publication.manifest)


def file_of(publication: Publication, name: str) -> tuple[bytes, str]:
    """A file of it and its type; a folder's page by the folder's name. Raises the not-found Refusal.

    Only names that the manifest has are looked for, so that no path leads out of the folder.
    """
    if name == "" or name.endswith("/"):
        name += "index.html"
    hashes = _hashes(files_of(publication), publication.manifest)
    if not NAME.fullmatch(name) or name not in hashes:
        raise not_found()
    path = files_of(publication) / name
    data = path.read_bytes()
    if hash_of(data) != hashes[name]:
        raise swapped()
    return data, TYPES.get(path.suffix, "application/octet-stream")


def check_files(publication: Publication) -> None:
    """Raises the busy Refusal unless every file is, byte for byte, what the row's manifest names."""
    for name in _hashes(files_of(publication), publication.manifest):
        try:
            file_of(publication, name)
        except OSError:
            raise swapped() from None


def swapped() -> Refusal:
    """A file on the disk is not the one that was checked: it is shown to nobody."""
    log.error("a file of a publication was changed on the disk, and is not served")
    return Refusal("busy", say("These figures are not what was signed for. They are not shown."), 503)


@lru_cache(maxsize=8)
def _hashes(folder: Path, manifest: str) -> dict[str, str]:
    """The hash of every file, by its name, of a manifest that is itself the one named."""
    try:
        data = (folder / "publication.json").read_bytes()
    except OSError:
        raise swapped() from None
    if hash_of(data) != manifest:
        raise swapped()
    return {**json.loads(data)["files"], "publication.json": manifest}


def manifest_of(publication: Publication) -> dict[str, Any]:
    """What it says about itself."""
    return dict(json.loads(file_of(publication, "publication.json")[0]))


def hearings(institution: Institution | None = None) -> list[Hearing]:
    """The hearings to come and the outcomes that may still stand here, in the order of their days."""
    today = timezone.localdate()
    found = Hearing.objects.select_related("institution").order_by("day", "id")
    found = found.filter(Q(day__gte=today, outcome="") | Q(until__gte=today))
    return list(found.filter(institution=institution) if institution else found)


def all_hearings() -> QuerySet[Hearing]:
    """Every hearing, for whoever runs the machine."""
    return Hearing.objects.select_related("institution").order_by("day", "id")


def all_institutions() -> list[Institution]:
    """Every institution here, by its name."""
    return list(Institution.objects.order_by("name"))


def institution_or_none(slug: str) -> Institution | None:
    """The institution of that short name, if there is one."""
    return Institution.objects.filter(slug=slug).first()


def measured(publication: Publication) -> list[Institution]:
    """The institutions it is about."""
    return list(publication.institutions.order_by("name"))


def named_signer(publication: Publication, institution: Institution) -> str:
    """The body that the delivered pages name under "Signed off by", or nothing. Nobody else signs then."""
    listed = manifest_of(publication)["institutions"]
    return next((str(one.get("signed_off", "")) for one in listed if one["slug"] == institution.slug), "")


def missing(publication: Publication) -> list[Institution]:
    """The institutions nobody outside has signed for yet, as it is now."""
    signed = publication.sign_offs.filter(manifest=publication.manifest).values_list("institution", flat=True)
    return [one for one in measured(publication) if one.id not in set(signed)]


def is_identity(text: str) -> bool:
    """Whether it has the form of an id."""
    try:
        check_id(text)
    except FormatError:
        return False
    return True


def day_of(publication: Publication) -> datetime.date:
    """The day of its moment, in the installation's time."""
    return timezone.localtime(publication.moment).date()


def with_news() -> list[Institution]:
    """The institutions that somebody wants news of."""
    return list(Institution.objects.filter(subscriptions__isnull=False).distinct().order_by("name"))


def areas_with_news(institution: Institution, language: str) -> list[str]:
    """The areas of it that somebody wants news of in this language; an empty name is all of it."""
    found = institution.subscriptions.filter(language=language)
    return sorted(set(found.values_list("area", flat=True)))


def with_figures() -> list[Institution]:
    """The institutions that have public figures."""
    public = published().filter(kind=Publication.Kind.FIGURES)
    return list(Institution.objects.filter(publications__in=public).distinct().order_by("name"))


def places() -> list[tuple[Institution, list[tuple[str, str]]]]:
    """The institutions with the areas the public site has for each: short name and name."""
    areas = {one["slug"]: [(area["slug"], area["name"]) for area in one.get("areas", [])] for one in listed()}
    return [(one, areas.get(one.slug, [])) for one in Institution.objects.order_by("name")]
