"""A list of epochs and admits handed over by an attacker: what is taken of it is what holders signed, in their order.

He has handlers' keys that never held the case, what other cases signed, and the list itself, to cut and mix.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vectors import scene
from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.epochs import SCOPES, ListedEpoch, check_epochs, signing_of

ONE, TWO = scene.CASE_KEYS
THREE = age.identity_from_seed(scene.seed("case epoch 3"))
HIS = age.identity_from_seed(scene.seed("the attacker's own"))
OTHER = scene.id_("other case")
BRIEF = age.identity_from_seed(scene.seed("brief epoch 1"))
BRIEF_TWO = age.identity_from_seed(scene.seed("brief epoch 2"))
INVESTIGATOR = scene.id_("an investigator, who holds no other key")
BIRCH, HAZEL = scene.BIRCH, scene.HAZEL

HONEST = [
    *scene.LISTED_EPOCHS,
    scene.listed("case", 3, THREE, TWO, HAZEL.signer, [HAZEL.key, scene.SPARE]),
    scene.listed("brief", 1, BRIEF, "", HAZEL.signer, [HAZEL.key, scene.ROWAN.key]),
    scene.listed("brief", 2, BRIEF_TWO, BRIEF, HAZEL.signer, [HAZEL.key]),
]
ADMITS = [
    *scene.ADMITS,
    scene.admit("sheet", 1, scene.SHEET_KEY, HAZEL.key),
    scene.admit("case", 3, THREE, scene.ROWAN.key),
    scene.admit("brief", 1, BRIEF, INVESTIGATOR),
]
TRUE = check_epochs(HONEST, ADMITS, scene.CASE, scene.KNOWN)

# Whatever he can sign: next keys of his own after any of the true ones, and letting himself in to them or to those.
HIS_EPOCHS = [
    scene.listed(scope, number, HIS, before, by, holders, case)
    for scope, number, before in (
        ("case", 1, ""),
        ("case", 2, ONE),
        ("case", 3, TWO),
        ("sheet", 2, scene.SHEET_KEY),
        ("brief", 1, ""),
        ("brief", 2, BRIEF),
    )
    for by in (BIRCH.signer, scene.ALDER.signer, replace(BIRCH.signer, key=scene.ROWAN.key))
    for holders in ([BIRCH.key], [*scene.HOLDERS, BIRCH.key], scene.HOLDERS)
    for case in (scene.CASE, OTHER)
]
HIS_ADMITS = [
    scene.admit(scope, number, identity, BIRCH.key, case)
    for scope in SCOPES
    for number in (1, 2, 3)
    for identity in (HIS, BIRCH.identity)
    for case in (scene.CASE, OTHER)
]
# And what holders signed for another case of theirs, with its own keys.
ELSEWHERE = [
    scene.admit("case", 1, age.identity_from_seed(scene.seed("elsewhere")), BIRCH.key, OTHER),
    scene.listed("case", 2, HIS, ONE, scene.ROWAN.signer, [BIRCH.key], OTHER),
]

epochs = st.lists(
    st.tuples(
        st.sampled_from([*HONEST, *HONEST, *HIS_EPOCHS, ELSEWHERE[1]]),
        st.sampled_from([None, None, None, "case", "sheet"]),
        st.sampled_from([None, None, None, 0, 1, 2, 3, 4]),
    ),
    max_size=5,
)
admits = st.lists(st.sampled_from([*ADMITS, *ADMITS, *HIS_ADMITS, ELSEWHERE[0]]), max_size=4)


def relabelled(one: ListedEpoch, scope: str | None, number: int | None) -> ListedEpoch:
    return replace(one, scope=scope or one.scope, number=one.number if number is None else number)


def _place(admit: str) -> tuple[str, int]:
    body = statements.peek(admit, "admit")
    return body["scope"], body["epoch"]


def check_prefix(listed: list[ListedEpoch], let_in: list[str]) -> bool:
    """Whether the list is taken; fails where what is taken is not the beginning of the truth."""
    try:
        found = check_epochs(listed, let_in, scene.CASE, scene.KNOWN)
    except FormatError:
        return False
    for scope in SCOPES:
        for number, recipient in found.of(scope).items():
            assert recipient == TRUE.of(scope)[number]
            assert found.holders(scope, number) <= TRUE.holders(scope, number)
            assert BIRCH.key not in found.holders(scope, number)
    return True


@settings(max_examples=200, deadline=None)
@given(epochs, admits)
def test_what_is_taken_is_the_beginning_of_the_truth(listed, let_in):
    check_prefix([relabelled(*one) for one in listed], let_in)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HIS_EPOCHS), st.integers(0, 4), st.booleans())
def test_one_of_his_epochs_among_the_true_ones_is_never_taken(his, kept, replaces):
    true = [one for one in HONEST if not replaces or (one.scope, one.number) != (his.scope, his.number)]
    there = true[:kept]
    let_in = [text for text in ADMITS if _place(text) in {(one.scope, one.number) for one in there}]
    if not replaces:
        assert check_prefix(there, let_in)  # it is he who spoils it
    assert not check_prefix([*there, his], let_in)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(HIS_ADMITS))
def test_one_of_his_admits_among_the_true_ones_is_never_taken(his):
    assert not check_prefix(HONEST, [*ADMITS, his])


def test_the_honest_list_and_each_of_its_beginnings_are_taken():
    assert check_prefix(HONEST, ADMITS)
    assert check_prefix(HONEST[:1], [])
    assert check_prefix(HONEST[:3], ADMITS[:1])


def test_no_bit_of_a_statement_can_change():
    texts = [HONEST[0].statement, ADMITS[0]]
    for which, text in enumerate(texts):
        for at in range(0, len(text), 7):
            wrong = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
            listed = [replace(HONEST[0], statement=wrong)] if which == 0 else HONEST[:1]
            assert not check_prefix(listed, [wrong] if which else []), at


def test_the_epochs_own_key_says_nothing_of_the_identity():
    """It is another secret than the identity's and than any other of ours from the same seed."""
    signing = signing_of(ONE)
    assert signing.private_bytes_raw() != age.seed_of(ONE)
    assert statements.public_of(signing) != statements.public_of(signing_of(TWO))
    assert statements.public_of(signing) == statements.peek(HONEST[0].statement, "epoch")["sign"]


def test_the_brief_begins_with_a_holder_of_the_case_for_holders_of_the_case():
    case = [one for one in HONEST if one.scope != "brief"]
    let_in = [text for text in ADMITS if _place(text)[0] != "brief"]
    found = check_epochs([*case, HONEST[-2]], let_in, scene.CASE, scene.KNOWN)
    assert found.holders("brief", 1) == {HAZEL.key, scene.ROWAN.key}
    assert INVESTIGATOR not in TRUE.ever("case")
    assert TRUE.holders("brief", 1) == {HAZEL.key, scene.ROWAN.key, INVESTIGATOR}
    refused = [
        scene.listed(
            "brief", 1, HIS, "", scene.RECEIPT.signer, [HAZEL.key]
        ),  # the reporter does not write it
        scene.listed(
            "brief", 1, HIS, "", HAZEL.signer, [HAZEL.key, INVESTIGATOR]
        ),  # only an admit lets in others
        scene.listed("brief", 1, HIS, "", BIRCH.signer, [HAZEL.key]),
        scene.listed("brief", 2, HIS, "", HAZEL.signer, [HAZEL.key]),
    ]
    for one in refused:
        with pytest.raises(FormatError):
            check_epochs([*case, one], let_in, scene.CASE, scene.KNOWN)
