"""Custodian shares: enough bring the key back, in any order, from paper, and with another's program."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.node import run_node
from tests.vectors import scene
from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.sealing import age, shares
from upstander.sealing.errors import SealingError

SECRET = age.seed_of(scene.CUSTODIAN)
SEAL = age.recipient_of(scene.CUSTODIAN)


@settings(max_examples=25)
@given(st.binary(min_size=32, max_size=32), st.integers(2, 5), st.integers(0, 4))
def test_enough_shares_bring_it_back(secret, needs, more):
    made = shares.split(secret, needs + more, needs)
    for some in itertools.islice(itertools.permutations(made, needs), 6):
        assert shares.combine(some) == secret
    assert shares.combine(made) == secret


def test_too_few_or_another_split_are_noticed():
    made, other = shares.split(SECRET, 5, 3), shares.split(SECRET, 5, 3)
    assert shares.recover(made[1:4], SEAL) == scene.CUSTODIAN
    by_place = {share[-1]: share for share in (*made[:2], *other)}
    for some in (made[:2], list(by_place.values())[:3]):
        with pytest.raises(SealingError):
            shares.recover(some, SEAL)


def test_one_share_says_nothing():
    first_bytes = {shares.split(bytes(32), 2, 2)[0][0] for _ in range(400)}
    assert len(first_bytes) > 150


@pytest.mark.parametrize(("of", "needs"), [(1, 1), (2, 1), (2, 3), (256, 2), (0, 0)])
def test_senseless_splits_are_refused(of, needs):
    with pytest.raises(FormatError):
        shares.split(SECRET, of, needs)
    with pytest.raises(FormatError):
        shares.split(SECRET[:31], 3, 2)


def test_wrong_shares_are_refused():
    one, two, _ = shares.split(SECRET, 3, 2)
    for some in ([], [one], [one, one], [one, two[:-1]], [one, two[:-1] + b"\0"]):
        with pytest.raises(FormatError):
            shares.combine(some)


def test_paper_is_read_with_patience_and_care():
    share = shares.split(SECRET, 3, 2)[0]
    text = shares.to_text(share)
    assert text.startswith("us1-")
    assert {len(group) for group in text[4:].split("-")} == {4}
    for typed in (text, text.upper(), text.replace("-", ""), text.replace("-", " - "), f" {text}\n"):
        assert shares.from_text(typed) == share
    for place in range(4, len(text)):
        if text[place] == "-":
            continue
        changed = text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :]
        with pytest.raises(FormatError):
            shares.from_text(changed)
    for wrong in ("", "us1", text[:-1], text + "a", text.replace("us1", "us2"), text.replace(text[5], "1")):
        with pytest.raises(FormatError):
            shares.from_text(wrong)


def test_the_npm_package_agrees():
    given_ = {
        "shares": [b64.encode(one) for one in shares.split(SECRET, 5, 3)[:3]],
        "secret": b64.encode(SECRET),
    }
    script = """
        const joined = await shamir.combine(given.shares.map(bytes));
        const split = await shamir.split(bytes(given.secret), 7, 4);
        return { joined: b64(joined), split: split.map(b64) };
    """
    theirs = run_node(script, given_)
    assert b64.decode(theirs["joined"]) == SECRET
    assert shares.combine([b64.decode(one) for one in theirs["split"][2:6]]) == SECRET
