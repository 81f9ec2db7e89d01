"""What an overseer may look at: codes and days of her institution's cases. She opens nothing.

To everybody without the duty none of it exists.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT

from upstander.formats import b64
from upstander.formats.days import today
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import dossier, recovery
from upstander.server.casework.acts import pack_of
from upstander.server.casework.models import Direction, Drawn, Duty, Fact, Sample, ShutOut
from upstander.server.errors import not_found
from upstander.server.log import access as log_access


def check_overseer(person: Person) -> None:
    """Raises the not-found Refusal for anybody without the duty."""
    body_of(person)


def body_of(person: Person) -> str:
    """The overseer's kind of body, as the pack names it. Raises not-found for anybody without the duty."""
    found = Duty.objects.filter(person=person, kind=Duty.Kind.OVERSEER).values_list("of", flat=True).first()
    if not person.is_active or found is None:
        raise not_found()
    return found


def covert_of(person: Person) -> QuerySet[Case]:
    """The covert cases the overseer sees, the one to be looked at again first; none for other bodies."""
    return cases_of(person).filter(docket__covert=True).order_by("docket__covert_review", "id")


def cases_of(person: Person) -> QuerySet[Case]:
    """Every case of the overseer's institution, the oldest first. Raises not-found.

    Cases about her, and those whose reporter shut her out, are not there; nor are covert ones, unless she is
    of a body that the pack names for them.
    """
    body, bodies = body_of(person), pack_of(person.institution.pack).law.overseers
    found = Case.objects.filter(institution=person.institution).exclude(state=Case.State.PRIVATE)
    if not any(one.covert for one in bodies if one.id == body):
        found = found.exclude(docket__covert=True)
    hers = found.exclude(shut_out__person=person).exclude(exclusions__person=person)
    return hers.order_by("day", "id")


def case_for(person: Person, case_id: str) -> Case:
    """One of them. Raises not-found, also where there is none."""
    found = cases_of(person).filter(id=case_id).select_related("institution").first()
    if found is None:
        raise not_found()
    return found


def directions_of(case: Case) -> list[dict[str, Any]]:
    """Directions about a case, each with the answer if one was given."""
    answers = {
        row.data["direction"]: row for row in Fact.objects.filter(case=case, kind="answer", current=True)
    }
    return [{"one": one, "answer": answers.get(one.id)} for one in case.directions.order_by("day", "id")]


def recovered(person: Person) -> list[dict[str, str]]:
    """Cases that were opened with paper shares, past those who held them, and why: of the newest twenty.

    `why` is empty of those that were opened before a reason was asked for.
    """
    acts = {"recovered": "", **{f"recovered-{code}": label for code, label in recovery.REASONS.items()}}
    return [{**one, "why": acts[one["act"]]} for one in told_of(person, *acts)]


def unnamed(person: Person) -> list[dict[str, str]]:
    """Cases in which a naming was undone by two others: of the newest twenty."""
    return told_of(person, "unnamed")


def named(person: Person) -> list[dict[str, str]]:
    """Cases in which somebody on a channel was named, and is shut out since: of the newest twenty."""
    return told_of(person, "named")


def told_of(person: Person, *acts: str) -> list[dict[str, str]]:
    """What overseers were told with such acts, of cases this one may look at: of the newest twenty."""
    of = f'"institution":"{person.institution.slug}"'
    told = log_access.said([f'{{"act":"{act}",{of}' for act in acts], 20)
    subjects = [one["subject"] for one in told]
    hers = set(cases_of(person).filter(id__in=subjects).order_by().values_list("id", flat=True))
    return [one for one in told if one["subject"] in hers]


def unanswered(person: Person) -> QuerySet[Direction]:
    """Directions at the overseer's institution that nobody has answered."""
    hers = cases_of(person).order_by().values("pk")
    answers = Fact.objects.filter(case=OuterRef("case"), kind="answer", current=True)
    answered = answers.annotate(to=KT("data__direction")).filter(to=OuterRef("id"))
    return Direction.objects.filter(~Exists(answered), case__in=hers)


def wanted(case: Case) -> QuerySet[Drawn]:
    """Where this case was drawn, and whose overseer still waits for its copy."""
    return dossier.wanted(case)


def samples_of(person: Person) -> QuerySet[Sample]:
    """The overseer's samples, the newest first. Raises not-found."""
    check_overseer(person)
    return person.samples.order_by("-day", "-id")


def sample_for(person: Person, sample_id: str) -> Sample:
    """One of them. Raises not-found."""
    found = samples_of(person).filter(id=sample_id).first()
    if found is None:
        raise not_found()
    return found


def fixed_by(sample: Sample) -> dict[str, str]:
    """What opens the leaf that fixed this sample's list, for whoever checks the draw."""
    return {"institution": sample.person.institution.slug, "salt": b64.encode(log_access.salt_of(sample.act))}


def readers_of(case: Case) -> list[str]:
    """Ids of the keys that open the case now, to seal a comment to; nobody's who has no part in it."""
    held = Grant.objects.filter(case=case, scope="case", live=True, key__isnull=False)
    held = held.exclude(key__person__in=ShutOut.objects.filter(case=case).values("person"))
    return sorted({str(key) for key in held.values_list("key_id", flat=True)})


def is_asked(direction_id: str) -> bool:
    """Whether a direction or a comment has this id already."""
    return Direction.objects.filter(id=direction_id).exists()


def drawn_of(person: Person, sample: Sample) -> QuerySet[Drawn]:
    """The drawn cases of her sample, in the draw's order; those she may not see any more are not there."""
    return sample.drawn.filter(case__in=cases_of(person).order_by().values("pk")).order_by("place")


def copies_of(person: Person) -> QuerySet[Drawn]:
    """Copies that the overseer can open today. Raises not-found for anybody else."""
    day = today(person.institution.time_zone)
    hers = cases_of(person).order_by().values("pk")
    lent = Drawn.objects.filter(sample__person=person, sample__until__gte=day, sample__over=False)
    return lent.filter(case__in=hers, sealed__isnull=False)
