"""Keys over time: epochs that follow each other, grants that fit them, keys that stay wrapped."""

from dataclasses import replace

import pytest

from tests.vectors import scene
from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.sealing import age, wrapped
from upstander.sealing.epochs import Epochs, check_epochs, signing_of
from upstander.sealing.errors import SealingError, WrongKeyError
from upstander.sealing.grants import make_grant, open_grant
from upstander.sealing.signers import Signer

FIRST, SHEET, SECOND = scene.LISTED_EPOCHS
KEYS = [age.recipient_of(identity) for identity in scene.CASE_KEYS]


def check(*listed, admits=scene.ADMITS):
    return check_epochs(listed, admits if listed else (), scene.CASE, scene.KNOWN)


def test_epochs_are_followed_in_any_order():
    for order in ((FIRST, SHEET, SECOND), (SECOND, SHEET, FIRST)):
        epochs = check(*order)
        assert epochs.newest("case") == (2, KEYS[1])
        assert epochs.newest("sheet") == (1, age.recipient_of(scene.SHEET_KEY))
    assert check(FIRST).newest("case") == (1, KEYS[0])
    with pytest.raises(FormatError):
        check(FIRST).newest("sheet")
    assert check() == Epochs()


def test_only_the_reporter_begins_and_only_handlers_go_on():
    by_alder = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], scene.ALDER.signer)
    posing = replace(scene.ALDER.signer, key=scene.ROWAN.key)
    by_posing = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], posing)
    by_reporter = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], scene.RECEIPT.signer)
    by_rowan = scene.listed("case", 1, scene.CASE_KEYS[0], "", scene.ROWAN.signer)
    for listed in ((FIRST, by_alder), (FIRST, by_posing), (FIRST, by_reporter), (by_rowan,)):
        with pytest.raises(FormatError):
            check(*listed)


def test_an_epoch_is_of_its_case():
    with pytest.raises(FormatError, match="something else"):
        check_epochs([FIRST], (), scene.id_("other case"), scene.KNOWN)


def test_who_holds_an_epoch_is_signed():
    epochs = check(FIRST, SHEET, SECOND)
    everybody = {*scene.HOLDERS, scene.HAZEL.key}
    assert epochs.holders("case", 1) == epochs.holders("case", 2) == everybody
    assert epochs.holders("sheet", 1) == set(scene.HOLDERS)
    assert epochs.holders("sheet", 2) == set()
    assert check(FIRST, admits=()).holders("case", 1) == set(scene.HOLDERS)
    assert check(FIRST, admits=[*scene.ADMITS, *scene.ADMITS]).holders("case", 1) == everybody


def second(by, holders, admits=scene.ADMITS):
    listed = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], by.signer, holders)
    return check(FIRST, listed, admits=admits)


def test_the_next_key_is_made_by_a_holder_for_holders():
    assert second(scene.HAZEL, [scene.HAZEL.key]).holders("case", 2) == {scene.HAZEL.key}
    with pytest.raises(FormatError, match="by somebody who did not hold"):
        second(scene.BIRCH, scene.HOLDERS)
    with pytest.raises(FormatError, match="by somebody who did not hold"):
        second(scene.HAZEL, scene.HOLDERS, admits=())
    with pytest.raises(FormatError, match="to somebody who did not hold"):
        second(scene.ROWAN, [*scene.HOLDERS, scene.BIRCH.key])


def test_only_an_epochs_own_key_lets_somebody_in_and_only_there():
    one, two = scene.CASE_KEYS
    birch = scene.BIRCH.key
    for admit in (
        scene.admit("case", 1, two, birch),
        scene.admit("case", 1, scene.SHEET_KEY, birch),
        statements.sign("admit", statements.peek(scene.ADMITS[0], "admit"), scene.ROWAN.signing),
    ):
        with pytest.raises(FormatError, match="signature is wrong"):
            check(FIRST, SHEET, admits=[admit])
    with pytest.raises(FormatError, match="another case"):
        check(FIRST, admits=[scene.admit("case", 1, one, birch, scene.id_("other case"))])
    for elsewhere in (scene.admit("case", 2, one, birch), scene.admit("sheet", 1, one, birch)):
        with pytest.raises(FormatError, match="never had"):
            check(FIRST, admits=[elsewhere])
    relabelled = statements.peek(scene.admit("case", 1, one, birch), "admit") | {"scope": "sheet"}
    with pytest.raises(FormatError):
        check(FIRST, SHEET, admits=[statements.sign("admit", relabelled, signing_of(one))])


def test_an_old_key_lets_nobody_in_to_the_next():
    """Whoever was taken away still has the old identity: it speaks for the old epoch alone."""
    old = scene.admit("case", 2, scene.CASE_KEYS[0], scene.BIRCH.key)
    with pytest.raises(FormatError, match="signature is wrong"):
        check(FIRST, SECOND, admits=[*scene.ADMITS, old])


RIGHT = {
    "case": scene.CASE,
    "scope": "case",
    "epoch": 1,
    "identity": scene.CASE_KEYS[0],
    "log": scene.RECEIPT.log,
    "reporter": scene.RECEIPT.public,
    "by": scene.RECEIPT.signer,
    "role": "reporter",
    "to_key": scene.ROWAN.key,
    "to_seal": scene.ROWAN.seal,
    "day": scene.DAY,
}
EXPECTED = {
    "case": scene.CASE,
    "scope": "case",
    "epoch": 1,
    "recipient": KEYS[0],
    "to": scene.ROWAN.key,
    "reporter": scene.RECEIPT.public,
    "known": scene.KNOWN,
}


def opened(changes=None, expected=None):
    sealed = make_grant(**{**RIGHT, **(changes or {})})
    return open_grant(sealed, scene.ROWAN.identity, **{**EXPECTED, **(expected or {})})


def test_a_grant_brings_the_cases_key_and_log_secret():
    grant = opened()
    assert (grant.identity, grant.log, grant.role) == (scene.CASE_KEYS[0], scene.RECEIPT.log, "reporter")
    assert scene.CASE_KEYS[0] not in repr(grant)
    by_colleague = opened({"by": scene.HAZEL.signer, "role": "handler"})
    assert by_colleague.by == scene.HAZEL.key
    sheet = {"scope": "sheet", "identity": scene.SHEET_KEY}
    grant = opened(sheet, {"scope": "sheet", "recipient": age.recipient_of(scene.SHEET_KEY)})
    assert grant.log == b""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"by": scene.ALDER.signer, "role": "handler"}, {}),
        ({"by": scene.HAZEL.signer}, {}),
        ({"role": "handler"}, {}),
        ({"role": "custodian"}, {}),
        ({"role": "nobody"}, {}),
        ({"by": Signer(scene.RECEIPT.key, scene.HAZEL.signing)}, {}),
        ({"identity": scene.CASE_KEYS[1]}, {}),
        ({"log": b"short"}, {}),
        ({"reporter": replace(scene.RECEIPT.public, sign=scene.ALDER.sign)}, {}),
        ({}, {"case": scene.id_("other case")}),
        ({}, {"scope": "sheet"}),
        ({}, {"epoch": 2}),
        ({}, {"to": scene.HAZEL.key}),
        ({}, {"recipient": KEYS[1]}),
        ({}, {"known": {}}),
    ],
)
def test_a_grant_that_is_not_this_one_is_refused(changes, expected):
    with pytest.raises((FormatError, SealingError)):
        opened(changes, expected)


def test_somebody_elses_grant_does_not_open():
    with pytest.raises(WrongKeyError):
        open_grant(make_grant(**RIGHT), scene.HAZEL.identity, **EXPECTED)


def test_keys_stay_wrapped_without_the_words():
    blob = wrapped.wrap_with_words(scene.ROWAN, scene.UNLOCK)
    assert wrapped.unwrap_with_words(blob, scene.UNLOCK).key == scene.ROWAN.key
    assert blob != wrapped.wrap_with_words(scene.ROWAN, scene.UNLOCK)
    with pytest.raises(WrongKeyError):
        wrapped.unwrap_with_words(blob, replace(scene.UNLOCK, wrap=bytes(32)))
    for name, value in (
        ("ciphertext", blob["ciphertext"][:-4] + "AAAA"),
        ("iv", b64.encode(bytes(12))),
        ("iv", b64.encode(bytes(11))),
        ("key", scene.HAZEL.key),
        ("method", "prf"),
        ("method", "chosen"),
        ("v", "upstander/wrapped-key/v2"),
        ("more", ""),
    ):
        with pytest.raises((FormatError, SealingError)):
            wrapped.unwrap_with_words({**blob, name: value}, scene.UNLOCK)


def test_a_blob_cannot_name_keys_it_does_not_hold():
    class Posing(wrapped.Keyring):
        @property
        def key(self) -> str:
            return scene.HAZEL.key

    blob = wrapped.wrap_with_words(Posing(scene.ROWAN.identity, scene.ROWAN.signing), scene.UNLOCK)
    with pytest.raises(FormatError, match="claim to be"):
        wrapped.unwrap_with_words(blob, scene.UNLOCK)


def test_a_passkey_opens_what_it_wrapped():
    output = scene.seed("prf")
    blob = wrapped.wrap_with_prf(scene.ROWAN, output, credential=b64.encode(b"c"), salt=b64.encode(b"s"))
    assert wrapped.unwrap_with_prf(blob, output).identity == scene.ROWAN.identity
    with pytest.raises(WrongKeyError):
        wrapped.unwrap_with_prf(blob, bytes(32))
    with pytest.raises(FormatError):
        wrapped.unwrap_with_words(blob, scene.UNLOCK)
