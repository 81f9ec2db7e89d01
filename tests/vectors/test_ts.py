"""The vectors that the TypeScript twin makes, opened and refused by Python."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vectors.test_py import check_submission, open_submission
from upstander.formats import b64, canonical, ids, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of, hkdf
from upstander.ledger import leaf
from upstander.sealing import age, padding, shares, wrapped
from upstander.sealing.cards import read_card
from upstander.sealing.envelopes import Held, Listed, Reader, judge
from upstander.sealing.epochs import ListedEpoch, check_epochs
from upstander.sealing.errors import SealingError, WordsError
from upstander.sealing.grants import open_grant
from upstander.sealing.report import received_digest
from upstander.sealing.signers import ReporterKeys
from upstander.sealing.words import UnlockKeys, Words, receipt_keys, unlock_keys

HERE = Path(__file__).parent / "ts"


def load(name: str):
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


def test_every_file_is_opened_by_a_test_here():
    files = {path.stem for path in HERE.glob("*.json")}
    assert files == {name.removeprefix("test_") for name in globals() if name.startswith("test_")} & files
    assert len(files) >= 9


def test_canonical():
    vector = load("canonical")
    for one in vector["good"]:
        text = b64.decode(one["canonical"])
        assert canonical.decode(text) == one["value"]
        assert canonical.encode(one["value"]) == text
    for text in map(b64.decode, vector["bad"]):
        with pytest.raises(FormatError):
            canonical.decode(text)


def test_words():
    vector = load("words")
    for one in vector["good"]:
        assert list(Words.parse(one["input"]).words) == one["words"]
    for one in vector["bad"]:
        with pytest.raises(WordsError) as error:
            Words.parse(one["input"])
        assert (-1 if error.value.index is None else error.value.index) == one["index"]
    wanted = vector["receipt"]
    receipt = receipt_keys(Words(tuple(wanted["words"])), wanted["installation"])
    for name in ("mailbox", "identity", "seal", "sign", "key"):
        assert getattr(receipt, name) == wanted[name], name
    assert (receipt.mailbox_id, receipt.log) == (b64.decode(wanted["mailbox_id"]), b64.decode(wanted["log"]))
    wanted = vector["unlock"]
    unlock = unlock_keys(Words(tuple(wanted["words"])), wanted["installation"], wanted["username"])
    assert (unlock.wrap, unlock.sign) == (b64.decode(wanted["wrap"]), wanted["sign"])


def test_statements():
    vector = load("statements")
    key = statements.Ed25519PrivateKey.from_private_bytes(b64.decode(vector["seed"]))
    for one in vector["good"]:
        assert statements.verify(one["text"], vector["kind"], vector["sign"]) == one["body"]
        assert statements.sign(vector["kind"], one["body"], key) == one["text"]
    for why, text in vector["bad"].items():
        with pytest.raises(FormatError):
            pytest.fail(f"{why}: {statements.verify(text, vector['kind'], vector['sign'])}")


def test_age():
    vector = load("age")
    assert age.identity_from_seed(b64.decode(vector["seed"])) == vector["identity"]
    assert age.recipient_of(vector["identity"]) == vector["recipient"]
    for one in vector["files"]:
        plain = age.open_(b64.decode(one["sealed"]), [vector["identity"]])
        assert (len(plain), hash_of(plain)) == (one["size"], one["sha256"])
        if age.inspect(b64.decode(one["sealed"])).stanzas == 2:
            assert age.open_(b64.decode(one["sealed"]), [vector["second"]]) == plain
    for why, sealed in vector["refused"].items():
        with pytest.raises(SealingError):
            pytest.fail(f"{why}: {age.open_(b64.decode(sealed), [vector['identity']])}")


def test_padding():
    vector = load("padding")
    assert [[length, padding.padme(length)] for length, _ in vector] == vector


def test_wrapped():
    vector = load("wrapped")
    signing = statements.Ed25519PrivateKey.generate()
    unlock = UnlockKeys(b64.decode(vector["wrap"]), signing)
    output = b64.decode(vector["prf_output"])
    keyrings = [
        wrapped.unwrap_with_words(vector["words"], unlock),
        wrapped.unwrap_with_prf(vector["prf"], output),
    ]
    for keyring in keyrings:
        assert keyring.identity == vector["keyring"]["seal"]
        assert b64.encode(keyring.signing.private_bytes_raw()) == vector["keyring"]["sign"]
    with pytest.raises(SealingError):
        wrapped.unwrap_with_words(vector["words"], replace(unlock, wrap=hkdf(output, "x")))


def test_shares():
    vector = load("shares")
    made = [shares.from_text(text) for text in vector["shares"]]
    assert shares.combine(made[: vector["needs"]]) == b64.decode(vector["secret"])
    assert shares.recover(made[-vector["needs"] :], vector["seal"])


def test_case():
    vector = load("case")
    card = read_card(vector["card"], vector["installation"]["sign"])
    assert (card.institution, card.channels[0].id) == (vector["institution"], vector["channel"])
    keys = vector["reporter"]
    reporter = ReporterKeys(keys["seal"], keys["sign"])
    assert reporter.key == keys["key"]
    known = {**reporter.known, **card.known}
    epochs = check_epochs([ListedEpoch(**one) for one in vector["epochs"]], vector["case"], known)

    identities = {one["key"]: one["identity"] for one in vector["handlers"].values()}
    identities[vector["custodian"]["key"]] = vector["custodian"]["identity"]
    assert ids.key_id("", card.channels[0].custodian.seal) == vector["custodian"]["key"]
    for one in vector["grants"]:
        grant = open_grant(
            b64.decode(one["sealed"]),
            identities[one["to"]],
            case=vector["case"],
            scope=one["scope"],
            epoch=one["epoch"],
            recipient=epochs.of(one["scope"])[one["epoch"]],
            to=one["to"],
            reporter=reporter,
            known=known,
        )
        assert grant.log == (b"" if one["scope"] == "sheet" else b64.decode(keys["log"]))

    for name, items in vector["lists"].items():
        listed = [Listed(**{**one, "sealed": one["sealed"] and b64.decode(one["sealed"])}) for one in items]
        for reader, held in vector["readers"].items():
            own = [Held(**one) for one in held]
            judged = judge(listed, Reader(vector["case"], known, epochs, reporter.seal, own))
            said = [
                {
                    "faults": list(one.faults),
                    "missing": one.missing,
                    "counter": one.envelope.counter if one.envelope else 0,
                }
                for one in judged
            ]
            assert said == vector["verdicts"][name][reader], (name, reader)


def test_submission():
    vector = load("submission")
    body = vector["body"]
    card = read_card(vector["card"], vector["installation_sign"])
    check_submission(body, card, vector["uploads"])
    avery = load("case")["handlers"]["avery"]
    opened = open_submission(body, avery)
    assert opened["report"]["card"] == card.sha256
    assert opened["sheet"]["format"] == "upstander/sheet/v1"
    assert received_digest(body, vector["uploads"]) == b64.decode(vector["digest"])
    assert canonical.encode(vector["fields"]).decode() == vector["fields_text"]
    label, salt = leaf.label_and_salt(b64.decode(vector["log"]), body["number"])
    assert (label, b64.encode(salt)) == (vector["label"], vector["salt"]) == (body["label"], body["salt"])
    assert hash_of(canonical.encode(body)) == vector["check"]
    assert ids.key_id(body["reporter"]["sign"], body["reporter"]["seal"]) == vector["mailbox_key"]
