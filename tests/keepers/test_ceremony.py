"""Dealing from one hand, and refreshing shares: the key stays, what was stolen before is worth nothing."""

from dataclasses import replace

import pytest

from upstander.keepers import ceremony, cocktail, group, oprf, threshold
from upstander.keepers.cocktail import CeremonyError

NAMES = ["a", "b", "c"]
STATICS = [group.random_scalar() for _ in NAMES]
SESSION = cocktail.new_session(b"refresh 2026-12", [group.base_times(one).encode() for one in STATICS], 2)
PUBLIC, SHARES = ceremony.deal_unsafely(NAMES, 2)
OLD = [SHARES[name] for name in NAMES]
PARTS = [PUBLIC.parts[name] for name in NAMES]
OPENINGS = [ceremony.open_refresh(SESSION, place, STATICS[place - 1]) for place in (1, 2, 3)]


def refreshed(openings=OPENINGS):
    return [
        ceremony.refresh(SESSION, static, old, PARTS, openings)
        for static, old in zip(STATICS, OLD, strict=True)
    ]


def test_a_dealt_key_works_and_says_that_it_is_unsafe():
    threshold.check_public(PUBLIC)
    assert "unsafe" in (ceremony.deal_unsafely.__doc__ or "")


def test_the_key_stays_and_old_shares_are_worth_nothing():
    made = refreshed()
    shares = [share for share, _ in made]
    assert len({parts for _, parts in made}) == 1
    public = replace(PUBLIC, parts=dict(zip(NAMES, made[0][1], strict=True)))
    threshold.check_public(public)
    key = threshold.join(OLD)
    assert threshold.join(shares[:2]) == threshold.join(shares[1:]) == key
    assert threshold.join([OLD[0], shares[1]]) != key
    assert all(new.secret != old.secret for new, old in zip(shares, OLD, strict=True))
    blinded = [oprf.blind(b"x")]
    answers = {
        name: threshold.answer(share, public.parts[name], [blinded[0].element])
        for name, share in zip(NAMES, shares, strict=True)
    }
    assert threshold.combine(public, blinded, answers).values == (oprf.evaluate_whole(key, b"x"),)
    stale = {**answers, "a": threshold.answer(OLD[0], PUBLIC.parts["a"], [blinded[0].element])}
    assert set(threshold.combine(public, blinded, stale).liars) == {"a"}


def test_all_sign_the_same_before_any_erases():
    parts = refreshed()[0][1]
    text = ceremony.certificate(SESSION, OPENINGS, parts)
    cocktail.check_certificate(SESSION, text, [cocktail.sign(one, text) for one in STATICS])
    again = [*OPENINGS[:2], ceremony.open_refresh(SESSION, 3, STATICS[2])]
    assert ceremony.certificate(SESSION, again, parts) != text


def test_whoever_spoils_a_refresh_is_named():
    second = OPENINGS[1]
    other = ceremony.open_refresh(SESSION, 2, STATICS[1])
    changed = replace(second, opening=replace(second.opening, commitment=other.opening.commitment))

    def signed(opening):
        made = ceremony.Refreshing(opening, b"")
        return ceremony.Refreshing(opening, cocktail.sign(STATICS[1], made.message(SESSION)))

    for wrong in (
        changed,
        replace(second, signature=other.signature),
        replace(second, signature=b""),
        signed(replace(second.opening, commitment=other.opening.commitment)),
        signed(replace(second.opening, commitment=())),
        signed(replace(second.opening, sealed=second.opening.sealed[::-1])),
        signed(replace(second.opening, commitment=(bytes(32),))),
    ):
        with pytest.raises(CeremonyError) as refused:
            ceremony.refresh(SESSION, STATICS[0], OLD[0], PARTS, [OPENINGS[0], wrong, OPENINGS[2]])
        assert refused.value.place == 2


def test_a_dealer_cannot_move_the_key():
    """A sharing of something other than zero does not fit its commitments, which have no constant term."""
    secret = group.random_scalar()
    ephemeral = group.base_times(secret).encode()
    coefficients = [group.scalar(5), group.random_scalar()]
    sealed = cocktail.seal_shares(SESSION, 2, (STATICS[1], secret, ephemeral), coefficients)
    opening = cocktail.Opening((group.base_times(coefficients[1]).encode(),), b"", ephemeral, sealed)
    made = ceremony.Refreshing(opening, b"")
    made = replace(made, signature=cocktail.sign(STATICS[1], made.message(SESSION)))
    with pytest.raises(CeremonyError, match="does not fit"):
        ceremony.refresh(SESSION, STATICS[0], OLD[0], PARTS, [OPENINGS[0], made, OPENINGS[2]])


def test_a_refresh_needs_everybody_and_its_own_month():
    with pytest.raises(CeremonyError):
        ceremony.refresh(SESSION, STATICS[0], OLD[0], PARTS, OPENINGS[:2])
    other = cocktail.new_session(b"refresh 2027-01", SESSION.publics, 2)
    with pytest.raises(CeremonyError):
        ceremony.refresh(other, STATICS[0], OLD[0], PARTS, OPENINGS)
