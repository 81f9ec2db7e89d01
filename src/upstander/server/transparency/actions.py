"""Publishing as an act: announced, delivered under embargo, signed for from outside, published at its moment.

Each step is a leaf of the log (`admin`), the published one over the hash of everything that was published.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from upstander.formats import b64, ids
from upstander.formats.days import today
from upstander.publishing.errors import PublishError
from upstander.publishing.manifest import read_manifest
from upstander.server.accounts.models import Person
from upstander.server.errors import Refusal, conflict, malformed, not_found
from upstander.server.institutions.models import Institution
from upstander.server.log.commit import Done, LeafDraft, perform, server_leaf
from upstander.server.transparency import access
from upstander.server.transparency.models import Hearing, Publication, SignOff

log = logging.getLogger("upstander.publishing")

AT = datetime.time(9, 30)
NOTICE_DAYS = 7  # a day is said at least so long before
ONLINE_DAYS = 28  # an outcome stands at least so long (as published by a force; check the regulation)
LONGEST_PLACE = 120
State = Publication.State
OUTCOMES = (
    "no case proven",
    "referred to reflective practice",
    "written warning",
    "final written warning",
    "reduction in rank",
    "dismissal without notice",
    "would have been dismissed",
)
STANDARDS = range(1, 11)


def announce(
    institutions: Sequence[Institution],
    day: datetime.date,
    reason: str = "",
    kind: str = Publication.Kind.FIGURES,
) -> Publication:
    """Says on which day figures, or a review, will be public: at 9:30, a week ahead unless it puts something
    right.

    `reason` says what it puts right. Raises Refusal.
    """
    if not institutions:
        raise malformed("Name the institutions the figures are about.", "institution")
    if kind == Publication.Kind.REVIEW and len(institutions) != 1:
        raise malformed("A review is of one institution.", "institution")
    zone = ZoneInfo(settings.TIME_ZONE)
    now = timezone.localdate()
    if day < now or (not reason and day < now + datetime.timedelta(days=NOTICE_DAYS)):
        raise malformed(
            f"The day must be at least {NOTICE_DAYS} days ahead, or a correction with its reason.", "on"
        )
    publication = Publication(
        id=ids.new_id(),
        kind=kind,
        announced=now,
        moment=datetime.datetime.combine(day, AT, tzinfo=zone),
        reason=reason,
    )

    def change() -> Done:
        publication.save(force_insert=True)
        publication.institutions.set(institutions)
        first, *also = _leaves("announce-figures", institutions, publication.id)
        return Done([], first, also)

    perform(change)
    return publication


def deliver(publication: Publication, source: Path) -> None:
    """Takes the files of a site in, every one checked against its manifest; they stay under embargo.

    Refused: another day or other institutions than announced, files that do not fit, and a site that was
    made without knowing the figures that are public now, from which those could be subtracted. A second
    delivery takes the place of the first, and whoever signed has to look again. Raises Refusal.
    """
    if publication.state not in (State.ANNOUNCED, State.DELIVERED):
        raise conflict("These figures are public already, or withdrawn.")
    try:
        data = (source / "publication.json").read_bytes()
        body = read_manifest(data)
    except (OSError, PublishError):
        raise malformed(
            "This folder has no publication.json of a site made by `upstander publish`.", "folder"
        ) from None
    _check_site(publication, body)
    digest = hashlib.sha256(data).hexdigest()
    folder = access.folder_of(publication) / digest
    part = folder.with_name(f"{ids.new_id()}.part")  # of nobody else who delivers at the same time
    for name, wanted in body["files"].items():
        content = _read(source / name)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise malformed(
                f"{name} is not what publication.json was written for. Make the site again.", "folder"
            )
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        (part / name).write_bytes(content)
    (part / "publication.json").write_bytes(data)
    cutoff = max(datetime.date.fromisoformat(one["cutoff"]) for one in body["institutions"])

    def change() -> Done:
        row = Publication.objects.select_for_update().get(pk=publication.pk)
        if row.state not in (State.ANNOUNCED, State.DELIVERED):
            raise conflict("These figures are public already, or withdrawn.")
        row.state, row.manifest, row.cutoff = State.DELIVERED, digest, cutoff
        row.save(update_fields=["state", "manifest", "cutoff"])
        row.sign_offs.all().delete()
        first, *also = _leaves("deliver-figures", access.measured(row), digest)
        return Done([], first, also)

    shutil.rmtree(folder, ignore_errors=True)  # the same bytes, or what somebody made of them
    part.rename(folder)
    perform(change)
    publication.refresh_from_db()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise malformed(f"{path.name} is missing. Make the site again.", "folder") from None


def _check_site(publication: Publication, body: Mapping[str, object]) -> None:
    if ("review" in body) != (publication.kind == Publication.Kind.REVIEW):
        raise malformed(f"This is not what was announced: the {publication.kind}.", "folder")
    listed = list(body["institutions"])  # type: ignore[call-overload]
    slugs = {str(one["slug"]) for one in listed}
    measured = {one.slug for one in access.measured(publication)}
    if slugs != measured:
        raise malformed("The site is about other institutions than were announced.", "folder")
    bodies = {one["slug"]: one.get("signed_off", "") for one in listed}
    for one in access.measured(publication):
        named = bodies[one.slug]
        if named and not one.channels.filter(inside=False, name=named).exists():
            raise malformed(
                f"The site names {named!r} as who signs off: no body outside {one.name}.", "folder"
            )
    if {str(one["published"]) for one in listed} != {access.day_of(publication).isoformat()}:
        raise malformed("The site says another day than was announced.", "folder")
    if body["address"] != f"{settings.ORIGIN}/public/":
        raise malformed(f"The site was made for another address than {settings.ORIGIN}/public/.", "folder")
    if body["checked"] is None:
        raise malformed("The site was not held against the log. Make it with --log.", "folder")
    if unknown(publication, body):
        raise malformed(
            "The site was made without the history of what is public now, so that could be subtracted "
            "from it. "
            "Make it with the history (--history).",
            "folder",
        )


def unknown(publication: Publication, body: Mapping[str, Any]) -> set[str]:
    """The manifests that are public and that a site, by its own, was made without knowing."""
    shared = access.published().filter(institutions__in=access.measured(publication))
    earlier: list[str] = body.get("earlier", [])
    return set(shared.values_list("manifest", flat=True)).difference(earlier)


def sign_off(
    publication: Publication,
    person: Person,
    institution: Institution,
    *,
    manifest: str,
    contempt: bool,
    victims: bool,
    live: bool,
) -> None:
    """Somebody outside the institution has looked at exactly these files, and says so three times.

    `contempt`: nothing could prejudice a trial; `victims`: nothing points to a victim or a child; `live`:
    nothing is about a case that is still going on. Raises Refusal.
    """
    if not (contempt and victims and live):
        raise malformed("Look at all three before you sign.", "checks")

    def change() -> Done:
        row = Publication.objects.select_for_update().get(pk=publication.pk)
        mine = access.outside_channels(person).filter(institution=institution)
        if not mine.exists() or not row.institutions.filter(pk=institution.pk).exists():
            raise not_found()
        if row.state != State.DELIVERED or row.manifest != manifest:
            raise conflict("The figures were changed since you opened them. Look at them again.")
        named = access.named_signer(row, institution)
        channel = (mine.filter(name=named) if named else mine).first()
        if channel is None:
            raise conflict(f"They say that {named} signs for them, and you have no place there.")
        day = today(institution.time_zone)
        leaf = _leaves("sign-off-figures", [institution], manifest)[0]
        SignOff.objects.update_or_create(
            publication=row,
            institution=institution,
            defaults={
                "person": person, "channel": channel, "manifest": manifest, "day": day,
                "label": leaf.label, "salt": b64.encode(leaf.salt),
            },
        )  # fmt: skip
        return Done([], leaf)

    perform(change)


def withdraw(publication: Publication, reason: str) -> None:
    """Takes figures back before their moment; what is public stays public. Raises Refusal."""
    if not reason.strip():
        raise malformed("Say why: it is public.", "reason")

    def change() -> Done:
        row = Publication.objects.select_for_update().get(pk=publication.pk)
        if row.state not in (State.ANNOUNCED, State.DELIVERED):
            raise conflict("What is public cannot be withdrawn. Publish a correction.")
        row.state, row.reason = State.WITHDRAWN, reason
        row.save(update_fields=["state", "reason"])
        first, *also = _leaves("withdraw-figures", access.measured(row), row.manifest or row.id)
        return Done([], first, also)

    perform(change)
    shutil.rmtree(access.folder_of(publication), ignore_errors=True)
    publication.refresh_from_db()


def publish_due(now: datetime.datetime | None = None) -> int:
    """Makes public whose moment has come and who are signed for; answers how many. The rest waits."""
    moment = now or timezone.now()
    return sum(
        _publish(one, moment)
        for one in list(access.announced().filter(moment__lte=moment, state=State.DELIVERED))
    )


def _publish(publication: Publication, moment: datetime.datetime) -> bool:
    """Whether it is public now."""
    if access.missing(publication):
        return False
    try:
        access.check_files(publication)
        body = access.manifest_of(publication)
    except Refusal:  # said in the server's log; whoever delivers again is signed for again
        return False
    if unknown(publication, body):  # others became public since it was delivered
        log.error("figures wait: they were made without the history of what is public now")
        return False
    done = False

    def change() -> Done:
        nonlocal done
        row = Publication.objects.select_for_update().get(pk=publication.pk)
        same = row.manifest == publication.manifest  # whose files were looked at
        ready = same and not access.missing(row) and not unknown(row, body)
        if row.state != State.DELIVERED or not ready or row.moment > moment:
            raise conflict("It is not its moment.")
        institutions = access.measured(row)
        first, *also = _leaves("publish-figures", institutions, row.manifest)
        row.state, row.act, row.published = State.PUBLISHED, first.act, timezone.now()
        row.label, row.salt = first.label, b64.encode(first.salt)
        row.save(update_fields=["state", "act", "published", "label", "salt"])
        done = True
        return Done([], first, also)

    perform(change)
    for other in access.folder_of(publication).iterdir():  # earlier deliveries
        if other.name != publication.manifest:
            shutil.rmtree(other, ignore_errors=True)
    return done


def _leaves(act: str, institutions: Sequence[Institution], subject: str) -> list[LeafDraft]:
    """The act once for each institution."""
    return [
        server_leaf("admin", one.slug, today(one.time_zone), act=act, institution=one.slug, subject=subject)
        for one in institutions
    ]


def list_hearing(
    institution: Institution,
    *,
    day: datetime.date,
    kind: str,
    place: str = "",
    standards: Sequence[int] = (),
    held: str = Hearing.Access.PUBLIC,
) -> Hearing:
    """Puts a hearing on the calendar. What the chair holds back (`held`) is never stored. Raises Refusal."""
    if kind not in Hearing.Kind.values or held not in Hearing.Access.values:
        raise malformed("There is no such kind of hearing, or restriction.", "kind")
    if any(one not in STANDARDS for one in standards):
        raise malformed("Standards of professional behaviour are numbered 1 to 10.", "standards")
    if len(place) > LONGEST_PLACE or "\n" in place:
        raise malformed(f"A place is one line of at most {LONGEST_PLACE} letters, and no name.", "place")
    private = held == Hearing.Access.PRIVATE
    hearing = Hearing(
        id=ids.new_id(),
        institution=institution,
        day=day,
        kind=kind,
        access=held,
        place="" if private else place,
        standards=[] if private else sorted(set(standards)),
        listed=today(institution.time_zone),
    )
    perform(lambda: Done([hearing], _hearing_leaf("list-hearing", hearing)))
    return hearing


def restrict_hearing(hearing: Hearing, held: str) -> None:
    """The chair restricts a listed hearing: what may not be said is deleted, not hidden. Raises Refusal."""
    if held not in Hearing.Access.values:
        raise malformed("There is no such restriction.", "held")

    def change() -> Done:
        row = Hearing.objects.select_for_update().get(pk=hearing.pk)
        row.access = held
        if held == Hearing.Access.PRIVATE:
            row.place, row.standards, row.outcome = "", [], ""
            row.outcome_day = row.until = None
        row.save()
        return Done([], _hearing_leaf("restrict-hearing", row))

    perform(change)
    hearing.refresh_from_db()


def tell_outcome(hearing: Hearing, outcome: str, day: datetime.date, days: int = ONLINE_DAYS) -> None:
    """The outcome, from today for as long as it must stand and not longer. Raises Refusal.

    The days run from when it can be read here: one that is told late does not stand for less.
    """
    now = timezone.localdate()
    if outcome not in OUTCOMES:
        raise malformed(f"The outcome is one of: {', '.join(OUTCOMES)}.", "outcome")
    if day > now:
        raise malformed("The day of the outcome has not come yet. Tell it when it has.", "day")
    if days < ONLINE_DAYS:
        raise malformed(f"An outcome stands for at least {ONLINE_DAYS} days.", "days")

    def change() -> Done:
        row = Hearing.objects.select_for_update().get(pk=hearing.pk)
        if row.access == Hearing.Access.PRIVATE:
            raise conflict("The chair holds this hearing in private: its outcome is not told here.")
        if day < row.day:
            raise malformed("An outcome comes on the day of the hearing or after it.", "day")
        row.outcome, row.outcome_day, row.until = outcome, day, now + datetime.timedelta(days=days)
        row.save(update_fields=["outcome", "outcome_day", "until"])
        return Done([], _hearing_leaf("tell-outcome", row))

    perform(change)
    hearing.refresh_from_db()


def sweep_hearings() -> int:
    """Deletes hearings whose time to stand is over; answers how many. An outcome that never came goes too."""
    now = timezone.localdate()
    old = Hearing.objects.filter(until__lt=now) | Hearing.objects.filter(
        until=None, day__lt=now - datetime.timedelta(days=ONLINE_DAYS)
    )
    found = list(old)
    for hearing in found:
        remove_hearing(hearing)
    return len(found)


def remove_hearing(hearing: Hearing) -> None:
    """Deletes a hearing: its time is over, it was put off, or a court says so. The log keeps its end."""

    def change() -> Done:
        leaf = _hearing_leaf("end-hearing", hearing)
        Hearing.objects.filter(pk=hearing.pk).delete()
        return Done([], leaf)

    perform(change)


def _hearing_leaf(act: str, hearing: Hearing) -> LeafDraft:
    slug = hearing.institution.slug
    return server_leaf(
        "admin", slug, today(hearing.institution.time_zone), act=act, institution=slug, subject=hearing.id
    )
