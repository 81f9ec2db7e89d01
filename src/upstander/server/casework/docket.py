"""Keeps a case's docket: what lists ask of it, made from its steps and facts after each act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from upstander.formats.days import today as today_in
from upstander.policy.model import Pack
from upstander.server.cases.acts import locked
from upstander.server.cases.models import Case, Envelope, Step
from upstander.server.casework import clocks, evidence, informing, matter, people, set_off
from upstander.server.casework import conflict as conflict_rules
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.dossier import ASKED, answer_due, file_of
from upstander.server.casework.models import Docket, Overdue
from upstander.server.errors import Refusal, conflict
from upstander.server.institutions.models import Institution
from upstander.server.institutions.packs import in_force, law_in_force
from upstander.server.log.commit import Done, perform, server_leaf

REVIEW = "covert-review"  # that a covert case is looked at again: no limit of a pack, and with its leaf
REVIEW_LABEL = "Look again whether this case is covert"
MOST = 500  # cases in one sweep
FORM = 2  # counted up when a docket says more than before: those of an earlier form are made again


def refresh(case: Case, pack: Pack | None = None, file: CaseFile | None = None) -> Docket:
    """The docket as it is now. Only while the case is locked, or where nobody else writes."""
    pack = pack or in_force(case.institution.pack)
    file = file or file_of(case)
    found, _ = Docket.objects.update_or_create(case=case, defaults=_values(case, pack, file))
    return found


def _values(case: Case, pack: Pack, file: CaseFile) -> dict[str, object]:
    steps = list(Step.objects.filter(case=case).order_by("order"))
    taken = clocks.taken(steps, file, pack)
    ends = [clock for clock in clocks.running(pack, taken, file) if clock.due is not None]
    closed = case.state == Case.State.CLOSED
    due, limit = _first_due(case, ends, file) if not closed else (None, "")
    assigned = file.latest(f.Assignment)
    reference = file.latest(f.External)
    covert = file.covert()
    vawg = {category.id for category in pack.categories if category.vawg}
    written = Envelope.objects.filter(case=case, direction="to-reporter").order_by("day")
    letters = list(written.values_list("day", flat=True))
    heard, look_again = informing.silent(file, case.day, letters)
    ending = [step for step in steps if step.kind == "closed"][-1] if closed else None
    return {
        "opened": next((step.day for step in steps if step.kind == "opened"), None),
        "closed": ending.day if ending else None,
        "outcome": ending.outcome if ending else "",
        # whoever left or stepped back does not work on it any more: then it is with nobody
        "assigned": people.holder(case, assigned.said.to) if assigned else None,
        "reference": reference.said.number if reference else "",
        "due": due,
        "due_limit": limit,
        "work": None if closed else set_off.first_due(pack.law, file),
        "unsaid": None if closed else _unsaid(case, ends, file),
        "told": letters[-1] if letters else None,
        "heard": heard,
        "look_again": look_again,
        "referral": matter.referral_stands(pack.law, file)[0],
        "vawg": any(one.said.category in vawg for one in file.allegations()),
        "coded": sorted(matter.coded(file)),
        "recorded": conflict_rules.all_declared(pack.law, file),
        "covert": covert is not None,
        "covert_review": covert.said.review if covert else None,
        "law": law_in_force(case.institution.pack),
        "form": FORM,
    }


def _first_due(case: Case, ends: Iterable[clocks.Clock], file: CaseFile) -> tuple[date | None, str]:
    """What has to be done first, and by which limit: the pack's, or the house's own (evidence, overseers)."""
    found = [(clock.due, clock.run.limit.id) for clock in ends if clock.due is not None and not clock.right]
    found += _review(file)
    if (wiped := evidence.due(file)) is not None:
        found.append((wiped, evidence.LIMIT))
    if (answer := answer_due(case, file)) is not None:
        found.append((answer, ASKED))
    return min(found, key=lambda one: one[0], default=(None, ""))


def _review(file: CaseFile) -> list[tuple[date, str]]:
    """The day on which it is looked at again whether the case is still covert."""
    covert = file.covert()
    return [(covert.said.review, REVIEW)] if covert and covert.said.review else []


def _unsaid(case: Case, ends: Iterable[clocks.Clock], file: CaseFile) -> date | None:
    """The first day of a limit whose passing has, or would have, no leaf yet."""
    said = set(Overdue.objects.filter(case=case).values_list("limit", "due"))
    ours = [(one.due, one.run.limit.id) for one in ends if not one.right and one.due is not None]
    return min((due for due, limit in [*ours, *_review(file)] if (limit, due) not in said), default=None)


def complete() -> int:
    """Makes the dockets of cases that nobody has worked on yet, and again those that were made by another law
    than the pack's present one, or say less than dockets do now; answers how many. Harmless to repeat."""
    due = unmade()
    return sum(_again(case) for case in due.order_by("-day", "id").values_list("id", flat=True)[:MOST])


def unmade() -> QuerySet[Case]:
    """Cases whose docket is not there, or not as it would be made today."""
    now = [law_in_force(pack) for pack in Institution.objects.values_list("pack", flat=True).distinct()]
    return Case.objects.exclude(state=Case.State.PRIVATE).exclude(docket__law__in=now, docket__form=FORM)


def _again(case_id: str) -> bool:
    """Whether the case was still there."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        return case is not None and bool(refresh(case))


def write_down_late(today: date | None = None) -> int:
    """Gives each limit whose day has passed its leaf, once; answers how many. Harmless to repeat.

    `today` is the day at the institution unless it is given.
    """
    late = Docket.objects.filter(unsaid__lt=today or date.today() + timedelta(days=1))
    done = 0
    for docket in late.select_related("case__institution").order_by("unsaid", "case")[:MOST]:
        case = docket.case
        day = today or today_in(case.institution.time_zone)
        done += sum(_write_down(case, limit, due, day) for limit, due in _passed(case, day))
    return done


def _passed(case: Case, today: date) -> list[tuple[str, date]]:
    """Limits of the case whose day has passed and that have no leaf yet."""
    steps = list(Step.objects.filter(case=case).order_by("order"))
    file = file_of(case)
    known = set(Overdue.objects.filter(case=case).values_list("limit", "due"))
    pack = in_force(case.institution.pack)
    ends = clocks.running(pack, clocks.taken(steps, file, pack), file)
    late = [(clock.run.limit.id, clock.due) for clock in ends if clock.due is not None and clock.late(today)]
    late += [(limit, day) for day, limit in _review(file) if today > day]
    return [one for one in dict.fromkeys(late) if one not in known]  # of two allegations on one day, once


def _write_down(case: Case, limit: str, due: date, today: date) -> bool:
    """Whether it was written down now; another process may have been quicker."""
    slug = case.institution.slug
    leaf = server_leaf("overdue", slug, today, case=case.id, due=due.isoformat(), limit=limit)

    def change() -> Done:
        now = locked(case.id)
        if Overdue.objects.filter(case=case, limit=limit, due=due).exists():
            raise conflict("This was written down before.")
        Overdue.objects.create(case=case, limit=limit, due=due, day=today, act=leaf.act)
        refresh(now)  # the next beat looks at other cases
        return Done([], leaf)

    try:
        perform(change)
    except Refusal:
        return False
    return True
