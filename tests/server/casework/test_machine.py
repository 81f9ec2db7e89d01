"""The rules of grants as a machine: whatever people do, in whatever order, the invariants hold.

Nobody shut out ever has a grant; a person sees a case exactly when she holds a live grant and works on its
team; each holder of a scope has every epoch of it; an act that was taken has one leaf and a refused one none;
at least one handler keeps a key; what the case's own statements say of who holds it is so.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import people
from tests.server.casework.desk import Desk, report
from upstander.server.accounts import actions as accounts
from upstander.server.accounts.models import Membership, Person
from upstander.server.cases.models import Case, Epoch, Exclusion, Grant
from upstander.server.casework.access import cases_of
from upstander.server.casework.holders import epochs_of
from upstander.server.errors import Refusal
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]

NAMES = ("handler", "colleague", "excluded", "overseer", "second_overseer")
WHO = st.sampled_from(NAMES)
ANY = st.integers(0, 9)
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"


class Grants(RuleBasedStateMachine):
    """Reports come in; colleagues let each other in, take keys away, write, and leave."""

    force: people.Force
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.sent: dict[str, bool] = {}  # case id: to a channel inside
        self.left: set[str] = set()  # names
        self.leaves = Leaf.objects.count()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def colleague(self, name: str) -> people.Colleague:
        found: people.Colleague = getattr(self.force, name)
        return found

    @initialize(target=cases, shut=st.sampled_from((set(), set(), {NAMES[1]}, {NAMES[2]})))
    def the_first_report(self, shut: set[str]) -> str:
        return self.somebody_reports_to(True, shut)

    @rule(target=cases, inside=st.booleans(), shut=st.sets(st.sampled_from(NAMES[1:3]), max_size=1))
    def somebody_reports(self, inside: bool, shut: set[str]) -> str:
        return self.somebody_reports_to(inside, shut)

    def somebody_reports_to(self, inside: bool, shut: set[str]) -> str:
        channel = self.force.inside if inside else self.force.outside
        here = set(NAMES[:3]) - self.left
        named = (
            sorted(shut & here) if inside and here - shut else []
        )  # a report that nobody opens is not taken
        excluded = [self.colleague(name) for name in named]
        case = report(self.force, people.reporter(), channels=[channel], excluded=excluded)
        self.sent[case] = inside
        self.leaves += 1
        return case

    @rule(case=cases, actor=ANY, pick=ANY, sheet=st.booleans())
    def let_in(self, case: str, actor: int, pick: int, sheet: bool) -> None:
        newcomer = self.other(case, pick, holding=False)
        scopes = ("case", "sheet") if sheet else ("case",)
        self.act(
            case,
            self.who(case, actor),
            "grants",
            lambda desk: desk.letting_in(self.colleague(newcomer), scopes=scopes),
        )

    @rule(case=cases, actor=ANY, leaving=st.sets(ANY, min_size=1, max_size=2), thorough=st.booleans())
    def take_away(self, case: str, actor: int, leaving: set[int], thorough: bool) -> None:
        by = self.who(case, actor)

        def body(desk: Desk) -> dict[str, Any]:
            also = desk.departed() if thorough else set()
            names = {self.other(case, pick, holding=True, beside=by) for pick in leaving}
            return desk.taking_away(*(self.colleague(name) for name in sorted(names)), also=also)

        self.act(case, by, "epochs", body)

    def other(self, case: str, pick: int, *, holding: bool, beside: str = "") -> str:
        """Mostly somebody who sees the case, or who does not; sometimes anybody."""
        fit = [n for n in NAMES if n != beside and self.sees(self.colleague(n).person, case) == holding]
        return NAMES[pick % len(NAMES)] if pick >= 8 or not fit else fit[pick % len(fit)]

    @rule(case=cases, actor=ANY)
    def write(self, case: str, actor: int) -> None:
        self.act(case, self.who(case, actor), "envelopes", lambda desk: desk.writing("x"))

    def who(self, case: str, pick: int) -> str:
        """Mostly somebody who sees the case, sometimes anybody."""
        seers = [name for name in NAMES if self.sees(self.colleague(name).person, case)]
        return NAMES[pick % len(NAMES)] if pick >= 8 or not seers else seers[pick % len(seers)]

    @rule(name=WHO)
    def leave(self, name: str) -> None:
        place = Membership.objects.filter(key=self.colleague(name).key, state="active").first()
        if place is None:
            return
        try:
            accounts.leave(place.channel, place.key)
        except Refusal:
            return  # the last one on a channel stays
        self.left.add(name)
        self.leaves += 1

    def act(self, case: str, actor: str, path: str, body: Callable[[Desk], dict[str, Any]]) -> None:
        """Tries an act as this person's browser would. Who cannot see the case gets the one answer."""
        who = self.colleague(actor)
        desk = Desk(self.force, who, case, who.client())
        if not self.sees(who.person, case):
            assert desk.get().status_code == 404
            return
        desk.load()
        if desk.answer["declare"]:
            desk.answer_before()
        answer = desk.post(path, body(desk))
        assert answer.status_code in {200, 403, 409}, answer.content
        if answer.status_code == 200:
            self.leaves += 1

    def sees(self, person: Person, case: str) -> bool:
        """The rule, in other words than the code's.

        A live grant, and a place on a team that has the case (or on any, for somebody let in from elsewhere).
        """
        if not Grant.objects.filter(case=case, live=True, scope="case", key__person=person).exists():
            return False
        places = Membership.objects.filter(key__person=person)
        teams = set(Case.objects.get(id=case).channels.values_list("id", flat=True))
        once = {place.channel_id for place in places}
        now = {place.channel_id for place in places if place.state == "active"}
        return bool(now & teams) if once & teams else bool(now)

    @invariant()
    def nobody_shut_out_holds_a_key(self) -> None:
        for exclusion in Exclusion.objects.all():
            assert not Grant.objects.filter(case=exclusion.case, key__person=exclusion.person).exists()

    @invariant()
    def seeing_is_holding(self) -> None:
        for name in NAMES:
            person = self.colleague(name).person
            shown = set(cases_of(person).values_list("id", flat=True))
            assert shown == {case for case in self.sent if self.sees(person, case)}, name

    @invariant()
    def holders_are_whole_and_somebody_stays(self) -> None:
        for case in self.sent:
            newest = Epoch.objects.filter(case=case, scope="case").count()
            live = Grant.objects.filter(case=case, scope="case", live=True, key__isnull=False)
            held: dict[str, set[int]] = {}
            for grant in live:
                held.setdefault(str(grant.key_id), set()).add(grant.epoch)
            assert held, "nobody holds a key"
            assert all(epochs == set(range(1, newest + 1)) for epochs in held.values())

    @invariant()
    def what_was_signed_says_who_holds_a_key(self) -> None:
        """Live grants and the case's own statements name the same holders of the newest key.

        Of the sheet's key the statements may name more: it does not turn when somebody who does not hold it
        takes a holder's grants away, and whoever had it has it still.
        """
        for case in Case.objects.filter(id__in=self.sent).select_related("institution"):
            epochs = epochs_of(case)
            for scope in ("case", "sheet"):
                newest = epochs.newest(scope)[0]
                live = Grant.objects.filter(case=case, scope=scope, epoch=newest, live=True)
                held = {str(grant.key_id or grant.custodian_id) for grant in live}
                signed = epochs.holders(scope, newest)
                assert held <= signed if scope == "sheet" else held == signed

    @invariant()
    def every_act_has_one_leaf(self) -> None:
        assert Leaf.objects.count() == self.leaves


def test_the_rules_of_grants_hold_in_any_order(force: people.Force) -> None:
    Grants.force = force
    run_state_machine_as_test(
        Grants,
        settings=settings(
            max_examples=200 if SOAK else 8,
            stateful_step_count=40 if SOAK else 16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=not SOAK,
            phases=list(Phase)
            if SOAK
            else [Phase.generate],  # a failure is told at once, and made small by soak
            database=None,
        ),
    )
