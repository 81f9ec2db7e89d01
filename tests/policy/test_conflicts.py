"""Who may be let in."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT
from upstander.policy.conflicts import Candidate, CaseFacts, may_let_in

CASE = CaseFacts(institution="marlshire", excluded={"ann"}, holders={"ben"}, outside_only=False)
CAT = Candidate(person="cat", institutions={"marlshire"}, inside=True, has_key=True)


def test_an_active_member_with_a_key_may_be_let_in() -> None:
    assert may_let_in(CAT, CASE) is None


@pytest.mark.parametrize(
    ("candidate", "case", "says"),
    [
        (replace(CAT, person="ann"), CASE, "never sees it"),
        (replace(CAT, institutions=frozenset[str]()), CASE, "not an active member"),
        (replace(CAT, institutions={"elsewhere"}), CASE, "not an active member"),
        (CAT, replace(CASE, outside_only=True), "only bodies outside"),
        (replace(CAT, has_key=False), CASE, "no key yet"),
        (replace(CAT, person="ben"), CASE, "can already open it"),
    ],
)
def test_others_are_refused_with_the_reason(candidate: Candidate, case: CaseFacts, says: str) -> None:
    reason = may_let_in(candidate, case)
    assert reason is not None
    assert says in reason


def test_a_person_outside_may_be_let_in_to_a_report_sent_outside_only() -> None:
    assert may_let_in(replace(CAT, inside=False), replace(CASE, outside_only=True)) is None


PEOPLE = st.sampled_from(["ann", "ben", "cat"])
PLACES = st.frozensets(st.sampled_from(["marlshire", "elsewhere"]))


@PATIENT
@given(
    st.builds(Candidate, person=PEOPLE, institutions=PLACES, inside=st.booleans(), has_key=st.booleans()),
    st.builds(
        CaseFacts,
        institution=st.just("marlshire"),
        excluded=st.frozensets(PEOPLE),
        holders=st.frozensets(PEOPLE),
        outside_only=st.booleans(),
    ),
)
def test_nobody_left_out_and_nobody_from_elsewhere_is_ever_let_in(
    candidate: Candidate, case: CaseFacts
) -> None:
    if may_let_in(candidate, case) is None:
        assert candidate.person not in case.excluded
        assert "marlshire" in candidate.institutions
        assert candidate.has_key
        assert not (case.outside_only and candidate.inside)
