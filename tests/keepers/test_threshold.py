"""Several keepers answer as one key would; a liar is named; too few can do nothing."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.keepers import group, oprf, threshold
from upstander.keepers.errors import GroupError

KEY, PUBLIC = oprf.derive_key(bytes(range(32)), b"threshold test")
SHARES = threshold.split(KEY, 3, 5)
NAMES = ["charity", "union", "college", "lawyers", "oversight"]
KEEPERS = dict(zip(NAMES, SHARES, strict=True))
SHARED = threshold.PublicKey(
    PUBLIC, 3, {n: s.place for n, s in KEEPERS.items()}, {n: s.public for n, s in KEEPERS.items()}
)
INPUTS = [b"warrant PW1234", b"email a@b.example", b"", b"\0" * 300]


def asked(names, blinded):
    sent = [one.element for one in blinded]
    return {name: threshold.answer(KEEPERS[name], SHARED.parts[name], sent) for name in names}


def test_any_three_give_what_the_whole_key_gives():
    blinded = [oprf.blind(one) for one in INPUTS]
    wanted = tuple(oprf.evaluate_whole(KEY, one) for one in INPUTS)
    answers = asked(NAMES, blinded)
    for names in itertools.combinations(NAMES, 3):
        found = threshold.combine(SHARED, blinded, {name: answers[name] for name in names})
        assert (found.values, found.liars) == (wanted, {})
    assert threshold.combine(SHARED, blinded, answers).values == wanted


@settings(max_examples=10)
@given(st.integers(2, 4), st.integers(0, 3), st.binary(max_size=20))
def test_any_threshold(needs, more, data):
    shares = threshold.split(KEY, needs, needs + more)
    public = threshold.PublicKey(
        PUBLIC, needs, {str(s.place): s.place for s in shares}, {str(s.place): s.public for s in shares}
    )
    threshold.check_public(public)
    assert threshold.join(shares[-needs:]) == KEY
    blinded = [oprf.blind(data)]
    answers = {str(s.place): threshold.answer(s, s.public, [blinded[0].element]) for s in shares[-needs:]}
    assert threshold.combine(public, blinded, answers).values == (oprf.evaluate_whole(KEY, data),)


def test_liars_are_named_and_left_out():
    blinded = [oprf.blind(one) for one in INPUTS]
    answers = asked(NAMES, blinded)
    others = asked(["union"], [oprf.blind(one) for one in INPUTS])
    lies = {
        "union": others["union"],  # right for another question
        "charity": answers["oversight"],  # another keeper's answer
    }
    found = threshold.combine(SHARED, blinded, {**answers, **lies, "nobody": answers["union"]})
    assert found.values == tuple(oprf.evaluate_whole(KEY, one) for one in INPUTS)
    assert set(found.liars) == {"union", "charity", "nobody"}


@pytest.mark.parametrize(
    "lie",
    [
        lambda a: replace(a, elements=a.elements[:-1]),
        lambda a: replace(a, elements=(a.elements[1], a.elements[0], *a.elements[2:])),
        lambda a: replace(a, elements=(bytes(32), *a.elements[1:])),
        lambda a: replace(a, elements=(b"", *a.elements[1:])),
        lambda a: replace(a, elements=(b"\xff" * 32, *a.elements[1:])),
        lambda a: replace(a, proof=a.proof[::-1]),
        lambda a: replace(a, proof=b""),
        lambda a: replace(a, proof=a.proof[:32] + b"\xff" * 32),
    ],
)
def test_too_few_right_answers_are_too_few_and_say_who_lied(lie):
    blinded = [oprf.blind(one) for one in INPUTS]
    answers = asked(NAMES[:3], blinded)
    with pytest.raises(threshold.TooFewError) as refused:
        threshold.combine(SHARED, blinded, {**answers, "college": lie(answers["college"])})
    assert set(refused.value.liars) == {"college"}


def test_a_keeper_that_uses_another_key_is_found_out():
    wrong = replace(KEEPERS["union"], secret=group.random_scalar())
    blinded = [oprf.blind(b"x")]
    sent = [blinded[0].element]
    answers = asked(NAMES[:3], blinded) | {"union": threshold.answer(wrong, wrong.public, sent)}
    with pytest.raises(threshold.TooFewError) as refused:
        threshold.combine(SHARED, blinded, answers)
    assert set(refused.value.liars) == {"union"}


def test_two_of_three_shares_are_no_key():
    for some in itertools.combinations(SHARES, 2):
        assert threshold.join(some) != KEY
    assert "secret" not in repr(SHARES[0])


def test_a_keeper_answers_only_what_is_a_batch_of_elements():
    good = oprf.blind(b"x").element
    share = SHARES[0]
    for batch in ([], [good] * 65, [good, bytes(32)], [good[:-1]], [b"\xff" * 32], [b""]):
        with pytest.raises(GroupError):
            threshold.answer(share, share.public, batch)


def test_a_public_key_that_does_not_fit_together_is_refused():
    threshold.check_public(SHARED)
    stranger = group.base_times(group.random_scalar()).encode()
    for wrong in (
        replace(SHARED, key=stranger),
        replace(SHARED, parts={**SHARED.parts, "union": stranger}),
        replace(SHARED, parts={**SHARED.parts, "oversight": stranger}),
        replace(SHARED, needs=2),
        replace(SHARED, needs=6),
        replace(SHARED, needs=4),
        replace(SHARED, places={**SHARED.places, "union": 1}),
        replace(SHARED, places={**SHARED.places, "union": 0}),
        replace(SHARED, places={name: SHARED.places[name] for name in NAMES[:4]}),
    ):
        with pytest.raises(GroupError):
            threshold.check_public(wrong)


@pytest.mark.parametrize(("needs", "of"), [(1, 3), (0, 0), (4, 3), (2, 256)])
def test_senseless_splits_are_refused(needs, of):
    with pytest.raises(GroupError):
        threshold.split(KEY, needs, of)
