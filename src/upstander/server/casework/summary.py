"""A case as its holder's browser gets it: rows in, the answer of the interface out. Nothing is opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from upstander.formats import b64
from upstander.policy.model import Clocks
from upstander.policy.stages import allowed
from upstander.server.accounts.models import Key
from upstander.server.cases import trail
from upstander.server.cases.acts import next_number
from upstander.server.cases.checkins import watch_out
from upstander.server.cases.conversation import admits
from upstander.server.cases.models import Case, Epoch, Grant, Step
from upstander.server.casework import people, reading, told_page
from upstander.server.casework import schemas as s
from upstander.server.casework.access import departed, live_grants
from upstander.server.casework.acts import day_of, pack_of
from upstander.server.casework.dossier import file_of

REPLIED = "replied"


def case_out(case: Case, key: Key) -> s.CaseOut:
    """The whole answer for the holder of this key."""
    return trail.steady(case, lambda: _case_out(case, key))


def _case_out(case: Case, key: Key) -> s.CaseOut:
    pack = pack_of(case.institution.pack)
    labels = {step.id: step.label for step in pack.steps}
    grants = list(live_grants(case))
    steps = list(case.steps.order_by("order"))
    kinds = [step.kind for step in steps]
    file = file_of(case)
    asked = reading.asked(case, file, key.person)
    only = reading.given(case, file, key.person, asked) if asked else None
    return s.CaseOut(
        case=case.id,
        state=case.state,
        day=case.day.isoformat(),
        today=day_of(case).isoformat(),
        version=case.version,
        urgent=case.urgent,
        reporter=reporter_out(case),
        epochs=epochs_out(case),
        admits=admits(case),
        envelopes=envelopes_out(case, only=only),
        declare=asked,
        steps=[
            s.StepOut(
                order=step.order,
                kind=step.kind,
                label=labels.get(step.kind, step.kind),
                outcome=step.outcome,
                day=step.day.isoformat(),
                by=step.by_id or "",
                upload=step.upload_id or "",
            )
            for step in steps
            if not asked
        ],
        holders=_holders(case, grants),
        due=[s.DueOut(kind=kind, day=day.isoformat()) for kind, day in due(case, steps, pack.clocks)],
        uploads=[
            s.UploadOut(id=upload.id, size=upload.size, sealed_off=upload.sealed_off)
            for upload in case.uploads.order_by("id")
            if not asked
        ],
        grants=grants_out(grants, {key.id}),
        excluded=_excluded(case),
        candidates=[
            s.CandidateOut(
                key=possible.key.id,
                label=possible.key.person.name,
                seal=possible.key.seal,
                channel=possible.channel,
            )
            for possible in people.candidates(case)
        ],
        allowed=[
            s.AllowedOut(step=step.id, label=step.label, needs=list(step.needs), to=step.to)
            for step in allowed(pack.steps, case.state, kinds)
            if not asked
        ],
        outcomes=[s.OutcomeOut(id=one.id, label=one.label, help=one.help) for one in pack.outcomes],
        watch=watch_out(case, [] if asked else steps),
        told=[] if asked else told_page.plain(told_page.rows(pack, steps, file_of(case), day_of(case))),
        **trail.for_desk(case, bare=bool(asked)),
    )


def due(case: Case, steps: Sequence[Step], clocks: Clocks) -> list[tuple[str, date]]:
    """The days promised to the reporter: to be opened, and written to, counted from the last letter on."""
    told = max((step.day for step in steps if step.envelope_id or step.kind == REPLIED), default=case.day)
    return [
        ("opened", case.day + timedelta(days=clocks.open_days)),
        ("written", told + timedelta(days=clocks.write_days)),
    ]


def keys_out(
    case: Case, grants: Iterable[Grant], opened_by: set[str], may: list[str], *, with_report: bool = False
) -> s.CaseKeysOut:
    """What a browser needs to seal the case's keys again: grants, and what proves them right."""
    report = case.envelopes.filter(kind="report").first() if with_report else None
    return s.CaseKeysOut(
        case=case.id,
        today=day_of(case).isoformat(),
        reporter=reporter_out(case),
        epochs=epochs_out(case),
        admits=admits(case),
        grants=grants_out(grants, opened_by),
        number=next_number(case),
        may=may,
        report=b64.encode(bytes(report.sealed)) if report is not None else None,
    )


def reporter_out(case: Case) -> s.ReporterOut:
    """The reporter's public keys."""
    return s.ReporterOut(seal=case.reporter_seal, sign=case.reporter_sign)


def epochs_out(case: Case) -> list[s.EpochOut]:
    """Every epoch of both scopes."""
    rows = Epoch.objects.filter(case=case).order_by("scope", "number")
    return [
        s.EpochOut(scope=row.scope, number=row.number, recipient=row.recipient, statement=row.statement)
        for row in rows
    ]


def grants_out(grants: Iterable[Grant], opened_by: set[str]) -> list[s.GrantOut]:
    """Grants, with the sealed bytes of those these keys open."""
    return [
        s.GrantOut(
            id=str(grant.pk),
            scope=grant.scope,
            epoch=grant.epoch,
            key=str(grant.key_id or grant.custodian_id),
            channel=grant.custodian.channel_id if grant.custodian is not None else "",
            sealed=b64.encode(bytes(grant.sealed))
            if (grant.key_id or grant.custodian_id) in opened_by
            else None,
        )
        for grant in grants
    ]


def envelopes_out(
    case: Case, kinds: Sequence[str] = (), only: Collection[str] | None = None
) -> list[s.EnvelopeOut]:
    """What is sealed in the case, in its order; with `kinds`, of these, with `only`, of these ids."""
    rows = case.envelopes.filter(kind__in=kinds) if kinds else case.envelopes.all()
    rows = rows if only is None else rows.filter(id__in=only)
    return [
        s.EnvelopeOut(
            id=row.id,
            order=row.order,
            kind=row.kind,
            direction=row.direction,
            epoch=row.epoch,
            author=row.author_id or case.reporter_key,
            day=row.day.isoformat(),
            sha256=row.sha256,
            sealed=b64.encode(bytes(row.sealed)),
        )
        for row in rows.order_by("order")
    ]


def _holders(case: Case, grants: list[Grant]) -> list[s.HolderOut]:
    gone = set(departed(live_grants(case)).values_list("key_id", flat=True))
    first: dict[tuple[str, str], s.HolderOut] = {}
    for grant in grants:
        if grant.key is None:
            continue
        out = s.HolderOut(
            key=grant.key.id,
            person=grant.key.person.username,
            label=grant.key.person.name,
            day=grant.day.isoformat(),
            scope=grant.scope,
            departed=grant.key.id in gone,
        )
        first.setdefault((grant.key.id, grant.scope), out)
    return list(first.values())


def _excluded(case: Case) -> list[s.PersonOut]:
    keys = Key.objects.filter(person__in=people.excluded_people(case)).select_related("person")
    return [s.PersonOut(key=key.id, label=key.person.name) for key in keys.order_by("person__name", "id")]
