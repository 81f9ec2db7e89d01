"""Cards: nobody receives who was not let in."""

from dataclasses import replace
from datetime import date

import pytest

from tests.vectors import scene
from tests.vectors.make_py import card_text
from upstander.formats import ids, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.sealing.cards import Custodian, PackName, check_enrol, make_card, read_card
from upstander.sealing.errors import SealingError
from upstander.sealing.signers import Signer

FIELDS = {
    "signing": scene.INSTALLATION_KEY,
    "installation": scene.INSTALLATION,
    "institution": "marlshire",
    "name": "Marlshire Police",
    "channels": [scene.channel()],
    "pack": PackName("uk-police", hash_of(b"pack"), "1"),
    "day": date(2026, 11, 23),
    "expires": date(2027, 2, 21),
    "previous": "",
    "version": 1,
    "demonstration": True,
}
ROWAN, HAZEL, ALDER = scene.MEMBERS


def read(**changes):
    return read_card(make_card(**{**FIELDS, **changes}), scene.INSTALLATION_SIGN)


def test_a_card_says_who_receives():
    card = read()
    (channel,) = card.channels
    assert channel.members == scene.MEMBERS
    assert channel.active == (ROWAN, HAZEL)
    assert set(card.known) == {ROWAN.key, HAZEL.key, ALDER.key}  # a retired member's signatures still count
    assert {one.role for one in card.known.values()} == {"handler"}


def test_the_next_card_names_the_last():
    first = card_text()
    card = read(previous=first, version=2)
    assert (card.previous, card.version) == (hash_of(first.encode()), 2)


def test_a_card_runs_out():
    card = read()
    card.check_day(date(2027, 2, 21))
    with pytest.raises(FormatError, match="out of date"):
        card.check_day(date(2027, 2, 22))


def test_another_installations_card_is_refused():
    with pytest.raises(FormatError):
        read_card(card_text(), scene.ROWAN.sign)


INSTALLATION = Signer("installation", scene.INSTALLATION_KEY)
IMPOSTER = Signer("installation", scene.ALDER.signing)


@pytest.mark.parametrize(
    "members",
    [
        (HAZEL,),
        (ROWAN, ALDER),
        (ROWAN, ROWAN),
        (scene.member(scene.ROWAN, IMPOSTER, label=""),),
        (ROWAN, scene.member(scene.HAZEL, INSTALLATION, label="")),
        (ROWAN, scene.member(scene.HAZEL, scene.HAZEL.signer, label="")),
        (ROWAN, scene.member(scene.HAZEL, Signer(scene.ROWAN.key, scene.HAZEL.signing), label="")),
        (ROWAN, replace(HAZEL, seal=ALDER.seal)),
        (ROWAN, replace(HAZEL, sign=ALDER.sign)),
        (ROWAN, replace(HAZEL, seal=ALDER.seal, key=ids.key_id(HAZEL.sign, ALDER.seal))),
        (ROWAN, replace(HAZEL, seal="age1x")),
        (ROWAN, replace(HAZEL, state="asleep")),
    ],
)
def test_who_was_not_let_in_is_not_on_a_card(members):
    with pytest.raises((FormatError, SealingError)):
        make_card(**{**FIELDS, "channels": [scene.channel(*members)]})


def test_nobody_is_on_a_card_twice_even_if_let_in_again():
    again = scene.member(scene.ROWAN, scene.HAZEL.signer, label="A. Rowan again")
    with pytest.raises(FormatError, match="twice"):
        read(channels=[scene.channel(ROWAN, HAZEL, again)])


def test_nobody_goes_by_another_keys_id():
    body = statements.peek(HAZEL.enrol, "enrol") | {"key": ALDER.key}
    posing = replace(HAZEL, key=ALDER.key, enrol=statements.sign("enrol", body, scene.ROWAN.signing))
    with pytest.raises(FormatError, match="wrong id"):
        read(channels=[scene.channel(ROWAN, posing)])


def test_being_let_in_to_one_channel_is_not_being_let_in_to_another():
    other = replace(scene.channel(), id=scene.id_("another channel"))
    with pytest.raises(FormatError, match="something else"):
        read(channels=[other])
    with pytest.raises(FormatError, match="something else"):
        read(institution="fellmoor")


@pytest.mark.parametrize(
    "custodian",
    [
        Custodian(scene.ROWAN.key, 2, 3, scene.ROWAN.seal),
        replace(scene.channel().custodian, needs=4),
        replace(scene.channel().custodian, needs=1),
    ],
)
def test_a_custodian_who_is_none_is_refused(custodian):
    with pytest.raises(FormatError):
        read(channels=[replace(scene.channel(), custodian=custodian)])


def test_a_retired_member_may_have_let_in_who_came_later():
    retired = replace(ROWAN, state="retired")
    assert read(channels=[scene.channel(retired, HAZEL)]).channels[0].active == (HAZEL,)
    check_enrol(HAZEL, [retired], channel=scene.CHANNEL, institution="marlshire", sign="")


def test_an_installation_that_signs_a_bad_card_convinces_nobody():
    body = statements.peek(card_text(), "card")
    body["channels"][0]["members"].reverse()
    with pytest.raises(FormatError, match="already there"):
        read_card(statements.sign("card", body, scene.INSTALLATION_KEY), scene.INSTALLATION_SIGN)
