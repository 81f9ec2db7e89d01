"""The only place where rows leave for measurement: cases as the tables of the coded extract.

Codes and days, under pseudonyms made for the extract: neither a case's nor a person's own id goes out. What
casework does not know (personnel records, hours, working time) is empty or `not_stated`, never guessed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac

from upstander.linkage.persons import Given
from upstander.measure.agreement import kappa
from upstander.measure.extract import schema
from upstander.policy.law import Law
from upstander.policy.model import Pack
from upstander.server.cases.models import Act, Case, Step
from upstander.server.casework import facts as f
from upstander.server.casework import matter
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.dossier import files_of
from upstander.server.casework.export_people import Named, Told, settle
from upstander.server.casework.models import Docket
from upstander.server.institutions.models import Institution
from upstander.server.institutions.packs import in_force
from upstander.server.log.models import Leaf

NOT_RECORDED = "not_recorded"  # a unit nobody coded
BATCH = 500  # cases read at once

# The national scheme's letters (2020), as the layout of the extract names its eleven groups.
GROUPS = {
    "A": "delivery",
    "B": "powers",
    "C": "property",
    "D": "information",
    "E": "vehicles",
    "F": "discrimination",
    "G": "abuse_of_position",
    "H": "individual",
    "J": "sexual_conduct",
    "K": "discreditable",
}
GRADES = {"junior", "supervisor", "manager", "senior"}
# What an outcome of closing is where nobody was found to have done it. Others are "nfa".
CLOSED = {"not-found": "no_case", "found-otherwise": "no_case", "no-case": "no_case", "stopped": "withdrawn"}
FOUND = {"found": "finding", "found-in-part": "finding"}
NOT_ASSESSED = "not_assessed"


@dataclass
class Tables:
    """Rows of the extract by table, and what else its page says."""

    person: dict[str, dict[str, Any]] = field(default_factory=dict)
    report: list[dict[str, Any]] = field(default_factory=list)
    involvement: list[dict[str, Any]] = field(default_factory=list)
    event: list[dict[str, Any]] = field(default_factory=list)
    named: list[Named] = field(default_factory=list, repr=False)  # subjects, not yet joined
    told: Told = field(default_factory=Told)
    pairs: list[tuple[str, str]] = field(default_factory=list)  # category by the first and the second coder
    uncoded: int = 0  # cases without an allegation

    @property
    def agreement(self) -> float | None:
        """Cohen's kappa of the categories that two people coded; None where nobody did so twice."""
        return kappa(self.pairs)


def tables_of(
    institution: Institution,
    until: datetime.date,
    *,
    links: Sequence[Mapping[str, Given]] = (),
    staff: Mapping[str, dict[str, Any]] | None = None,
) -> Tables:
    """Every case received up to a day, with what was known on it.

    `links` are what handlers' machines returned, `staff` personnel records (`export_people.staff_of`).

    Of one that is covert nothing is known but that a report came and was answered, which the public log says
    as well: it counts as one that nobody has coded yet, and enters with everything once it is covert no more.
    """
    found = Tables()
    cases = (
        Case.objects.filter(institution=institution, day__lte=until)
        .exclude(state=Case.State.PRIVATE)
        .prefetch_related("channels", "steps")
        .order_by("day", "id")
    )
    pack = in_force(institution.pack)
    for batch in _batches(cases.iterator(BATCH)):
        files = files_of([case.id for case in batch], until)
        covert = set(Docket.objects.filter(case__in=batch, covert=True).values_list("case", flat=True))
        answers = _answers(batch)
        for case in batch:
            _case(found, case, CaseFile() if case.id in covert else files[case.id], pack, until)
            if case.id in answers and answers[case.id] <= until:
                found.event.append(_event(pseudonym("case", case.id), answers[case.id], "answered"))
    found.told = settle(found.named, links, staff or {}, pseudonym)
    found.person = found.told.people
    return found


def _answers(cases: list[Case]) -> dict[str, datetime.date]:
    """The day of each case's first human answer, as its leaf in the log says it."""
    acts = Act.objects.filter(case__in=cases, shown="answered").values_list("act", "case_id")
    of = dict(acts)
    return {of[act]: day for act, day in Leaf.objects.filter(act__in=of).values_list("act", "day")}


def _batches(cases: Iterable[Case]) -> Iterator[list[Case]]:
    batch: list[Case] = []
    for case in cases:
        batch.append(case)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _case(found: Tables, case: Case, file: CaseFile, pack: Pack, until: datetime.date) -> None:
    rid = pseudonym("case", case.id)
    allegations = file.allegations()
    found.uncoded += not allegations
    severities = [_severity(pack.law, file, one) for one in allegations]
    main = allegations[_gravest(severities)] if allegations else None
    vawg = {category.id for category in pack.categories if category.vawg}
    severity = severities[_gravest(severities)] if severities else NOT_ASSESSED
    found.report.append(
        {
            "rid": rid,
            "received": case.day,
            "channel": "inside" if any(one.inside for one in case.channels.all()) else "outside",
            "category": group_of(pack, main.said.category) if main else "other",
            "tier": "serious" if severity == "gross" or _marked(allegations, vawg) else "low",
            "vawg": any(one.said.category in vawg for one in allegations),
            "severity_band": severity,
            "anonymous": not any(one.said.reporter and one.said.known for one in file.parties()),
            "complainant_group": None,
            "unit_id": _unit(file, main),
        }
    )
    _people(found, case, file, rid)
    found.event += _events(pack.law, case, file, rid, until)
    for second in file.of(f.SecondCoding):
        first = file.versions[second.said.of][0]
        found.pairs.append((first.said.category, second.said.category))


def _people(found: Tables, case: Case, file: CaseFile, rid: str) -> None:
    for one in file.parties("subject", "witness"):
        row = {
            "rid": rid,
            "pid": None,
            "mention_id": pseudonym("mention", case.id + one.said.item),
            "link_prob": None,
            "role": one.said.role,
            "lenient_pid": None,
        }
        found.involvement.append(row)
        if one.said.role == "subject":
            found.named.append(Named(case.id, one.said.item, one.said.who, row, _person(case, one.said)))


def _person(case: Case, said: f.Party) -> dict[str, Any] | None:
    """What the case says of a subject, as a row; None for somebody whose role the layout has no code for."""
    role = next((kind for kind in (said.type_now, said.type_then) if kind in schema.ROLE), None)
    if role is None:
        return None
    return {
        "salted_ref": None,
        "role": role,
        "grade": said.grade if said.grade in GRADES else "not_stated",
        "unit_id": said.unit or NOT_RECORDED,
        **dict.fromkeys(("sex", "ethnicity5", "age_band", "disability"), "not_stated"),
        **dict.fromkeys(("religion", "sexual_orientation"), "not_stated"),
        "start": case.day,  # first known to serve; the true day is in personnel records
        "end": None,
    }


def _events(law: Law, case: Case, file: CaseFile, rid: str, until: datetime.date) -> Iterator[dict[str, Any]]:
    steps = sorted(case.steps.all(), key=lambda step: step.order)
    closing = _closing(steps)
    end = closing.day if closing else until
    days = [("allocated", one.day) for one in file.of(f.Assignment)]
    days += [("assessed" if "severity" in one.said.values else "action", one.said.on) for one in file.moves()]
    days += [("referred", one.said.on) for one in file.moves() if one.said.move == "referred"]
    for kind, day in days:
        if case.day <= day <= min(end, until):
            yield _event(rid, day, kind)
    if closing is not None and closing.day <= until:
        for kind in _told(file):
            yield _event(rid, closing.day, kind)
        yield _event(rid, closing.day, "closed", _outcome(law, file, closing.outcome))


def _told(file: CaseFile) -> Iterator[str]:
    """What the reporter was told at the end, as the handlers coded it."""
    said = [one.said for one in file.of(f.Candour)][-1:]
    for one in said:
        yield "explained"
        yield from (
            kind
            for kind, there in (
                ("acknowledged", one.acknowledged),
                ("apologised", one.apology != "none"),
                ("learned", bool(one.learning)),
            )
            if there
        )


def _event(rid: str, day: datetime.date, kind: str, outcome: str | None = None) -> dict[str, Any]:
    nothing = {"decider_unit": None, "resource_hours": None}
    return {"rid": rid, "t": day, "type": kind, "outcome": outcome, **nothing}


def _closing(steps: list[Step]) -> Step | None:
    """The step that closed the case, unless it was opened again since."""
    last = [step for step in steps if step.kind in {"closed", "reopened"}][-1:]
    return last[0] if last and last[0].kind == "closed" else None


def _outcome(law: Law, file: CaseFile, outcome: str) -> str:
    """How far a case came, by what was recorded about any of its allegations, then by how it was closed.

    A sanction, a finding; a case to answer that ended without one; what the reporter took back; the rest. An
    outcome that is no sanction, such as reflective practice, is none here: the pack's list says which are.
    """
    found = {need: _said(file, need) for need in ("sanction", "finding", "answer-case")}
    codes = (law.codes or {})["sanctions"].codes if "sanctions" in (law.codes or {}) else ()
    if found["sanction"] & {code.id for code in codes if (code.more or {}).get("measured") == "sanction"}:
        return "sanction"
    if found["finding"] - {matter.NOTHING_SHOWN}:
        return "finding"
    if CLOSED.get(outcome) == "withdrawn":
        return "withdrawn"
    if found["finding"] or "yes" in found["answer-case"]:
        return "case"
    return FOUND.get(outcome) or ("no_case" if found["answer-case"] else CLOSED.get(outcome, "nfa"))


def _said(file: CaseFile, need: str) -> set[str]:
    """The last value that each allegation has of what comes with a step."""
    values = [file.value(need, one.said.item) for one in file.allegations()]
    return {value[0] for value in values if value}


def _severity(law: Law, file: CaseFile, allegation: Version) -> str:
    """The band of the extract that the pack's list says its code is measured as."""
    value = file.value("severity", allegation.said.item)
    codes = (law.codes or {})["severities"].codes
    code = next((one for one in codes if value and one.id == value[0]), None)
    return (code.more or {}).get("measured", NOT_ASSESSED) if code else NOT_ASSESSED


def _gravest(severities: list[str]) -> int:
    order = (NOT_ASSESSED, *(band for band in schema.SEVERITY if band != NOT_ASSESSED))  # gravest last
    return max(range(len(severities)), key=lambda at: (order.index(severities[at]), -at))


def _marked(allegations: list[Version], vawg: set[str]) -> bool:
    return any(one.said.category in vawg for one in allegations)


def _unit(file: CaseFile, main: Version | None) -> str:
    subject = file.now(main.said.subject) if main else None
    return subject.said.unit or NOT_RECORDED if subject else NOT_RECORDED


def group_of(pack: Pack, category: str) -> str:
    """The national group of a category, by its letter; "other" where the pack has no such letter."""
    code = next((one.code for one in pack.categories if one.id == category), "")
    return GROUPS.get(code[:1], "other")


def pseudonym(kind: str, value: str) -> str:
    """An id for the extract: the same in each extract of this installation, meaningless outside it."""
    return salted_hmac(f"upstander.extract.{kind}", value, algorithm="sha256").hexdigest()[:32]


def columns(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> dict[str, list[Any]]:
    """Rows as columns, in the layout's order."""
    kept = list(rows)
    return {name: [row[name] for row in kept] for name in names}
