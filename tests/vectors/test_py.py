"""The vectors that Python makes: what is deterministic is made again, everything else opened and refused."""

import json
from pathlib import Path

import pytest

from tests.vectors.make_py import DETERMINISTIC, SEALED, text_of
from upstander.formats import b64, canonical, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.ledger import leaf
from upstander.sealing import age, padding, shares, wrapped
from upstander.sealing.cards import read_card
from upstander.sealing.envelopes import Held, Listed, Reader, judge, open_envelope
from upstander.sealing.epochs import ListedEpoch, check_epochs
from upstander.sealing.errors import SealingError, WordsError
from upstander.sealing.grants import open_grant
from upstander.sealing.report import received_digest
from upstander.sealing.signers import KnownKey, ReporterKeys
from upstander.sealing.words import UnlockKeys, Words, receipt_keys, unlock_keys

HERE = Path(__file__).parent / "py"
REFUSED = (FormatError, SealingError)


def load(name: str):
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_it_is_made_again_without_a_difference(name):
    assert text_of(DETERMINISTIC[name]()) == (HERE / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", SEALED)
def test_what_is_sealed_keeps_its_form(name):
    assert outline(SEALED[name]()) == outline(load(name))


def outline(value):
    """The keys and kinds of a value."""
    if isinstance(value, list):
        return [outline(one) for one in value]
    if isinstance(value, dict):
        return {key: outline(one) for key, one in value.items()}
    return type(value).__name__


def test_canonical():
    vector = load("canonical")
    for text in map(b64.decode, vector["good"]):
        assert canonical.encode(canonical.decode(text)) == text
    for text in map(b64.decode, vector["bad"]):
        with pytest.raises(FormatError):
            canonical.decode(text)


def test_words():
    vector = load("words")
    receipt = receipt_keys(Words.parse(vector["words"]), vector["installation"])
    for name, wanted in vector["receipt"].items():
        made = getattr(receipt, name)
        assert (b64.encode(made) if isinstance(made, bytes) else made) == wanted, name
    unlock = unlock_keys(Words.parse(vector["unlock"]["words"]), vector["installation"], vector["username"])
    assert (b64.encode(unlock.wrap), unlock.sign) == (vector["unlock"]["wrap"], vector["unlock"]["sign"])
    for typed in vector["typed"]:
        if typed["words"]:
            assert str(Words.parse(typed["text"])) == typed["words"]
            continue
        with pytest.raises(WordsError) as error:
            Words.parse(typed["text"])
        assert error.value.index == typed["index"]


def test_statements():
    vector = load("statements")
    for one in vector["good"]:
        assert statements.verify(one["text"], one["kind"], vector["sign"]) == one["body"]
    for one in vector["bad"]:
        with pytest.raises(FormatError):
            statements.verify(one["text"], one["kind"], vector["sign"])


def test_age():
    vector = load("age")
    for one in vector["good"]:
        for identity in one["identities"]:
            assert age.open_(b64.decode(one["sealed"]), [identity]) == b64.decode(one["plain"])
    for one in vector["bad"]:
        with pytest.raises(SealingError):
            age.open_(b64.decode(one["sealed"]), [one["identity"]])


def test_conversation():
    vector = load("conversation")
    known, epochs = _known(vector), _epochs(vector["epochs"])
    checked = check_epochs(epochs, vector["case"], known)
    for view in vector["views"]:
        held = [Held(**one) for one in view["held"]]
        items = [
            Listed(**{**one, "sealed": one["sealed"] and b64.decode(one["sealed"])}) for one in view["items"]
        ]
        judged = judge(items, Reader(vector["case"], known, checked, vector["reporter"]["seal"], held))
        said = [
            {
                "faults": list(one.faults),
                "missing": one.missing,
                "author": one.envelope and one.envelope.author,
                "counter": one.envelope and one.envelope.counter,
            }
            for one in judged
        ]
        assert said == view["expect"], view["name"]
    for one in vector["bad_epochs"]:
        with pytest.raises(FormatError):
            pytest.fail(f"{one['why']}: {check_epochs(_epochs(one['epochs']), vector['case'], known)}")


def test_grants():
    vector = load("grants")
    fixed = {
        "case": vector["case"],
        "reporter": ReporterKeys(**vector["reporter"]),
        "known": _known(vector),
    }

    def opened(one):
        listed = {name: one[name] for name in ("scope", "epoch", "recipient", "to")}
        return open_grant(b64.decode(one["sealed"]), one["opens"], **fixed, **listed)

    for one in vector["good"]:
        grant = opened(one)
        said = {"by": grant.by, "role": grant.role, "identity": grant.identity, "log": b64.encode(grant.log)}
        assert said == one["expect"]
    for one in vector["bad"]:
        with pytest.raises(REFUSED):
            pytest.fail(f"{one['why']}: {opened(one)}")


def test_card():
    vector = load("card")
    card = read_card(vector["text"], vector["sign"])
    assert card.sha256 == vector["sha256"]
    assert [member.key for channel in card.channels for member in channel.members] == vector["keys"]
    assert [*card.known] == vector["keys"]
    for one in vector["bad"]:
        with pytest.raises(REFUSED):
            pytest.fail(f"{one['why']}: {read_card(one['text'], vector['sign'])}")


def test_wrapped():
    vector = load("wrapped")
    for one in vector["good"]:
        keyring = wrapped._unwrap(one["blob"], one["blob"]["method"], b64.decode(one["wrap"]))
        assert keyring.identity == one["keyring"]["seal"]
        assert b64.encode(keyring.signing.private_bytes_raw()) == one["keyring"]["sign"]
    signing = statements.Ed25519PrivateKey.generate()
    for one in vector["bad"]:
        with pytest.raises(REFUSED):
            wrapped.unwrap_with_words(one["blob"], UnlockKeys(b64.decode(one["wrap"]), signing))


def test_shares():
    vector = load("shares")
    made = [shares.from_text(text) for text in vector["shares"]]
    assert len(made) == vector["of"]
    assert shares.combine(made[-vector["needs"] :]) == b64.decode(vector["secret"])
    assert age.seed_of(shares.recover(made, vector["seal"])) == b64.decode(vector["secret"])


def test_padding():
    vector = load("padding")
    for name, function in (("bucket", padding.bucket), ("padme", padding.padme)):
        assert [[length, function(length)] for length, _ in vector[name]] == vector[name]


def test_leaf():
    vector = load("leaf")
    for act in vector["acts"]:
        label, salt = leaf.label_and_salt(b64.decode(vector["log"]), act["number"])
        commitment = leaf.commitment(salt, leaf.digest(act["kind"], **act["fields"]))
        assert (label, commitment) == (act["label"], act["commitment"])
        made = leaf.leaf_hash(leaf.leaf_bytes(act["shown"], act["day"], label, commitment, act["of"]))
        assert made == act["leaf"]
    promise = vector["promise"]
    said = statements.verify(promise["text"], "promise", promise["sign"])
    assert said["leaf"] == vector["acts"][0]["leaf"]


def test_submission():
    vector = load("submission")
    check_submission(vector["body"], read_card(vector["card"], vector["sign"]), vector["uploads"])
    opened = open_submission(vector["body"], vector["handler"])
    assert opened["report"]["answers"] == vector["answers"]
    assert opened["sheet"]["answers"] == vector["sheet"]
    digest = received_digest(vector["body"], vector["uploads"])
    commitment = leaf.commitment(b64.decode(vector["body"]["salt"]), digest)
    made = leaf.leaf_bytes("received", vector["day"], vector["body"]["label"], commitment)
    assert leaf.leaf_hash(made) == vector["leaf"]
    custodians = {channel.custodian.key for channel in read_card(vector["card"], vector["sign"]).channels}
    assert {grant["to"] for grant in vector["body"]["grants"]} - custodians == set(vector["holders"])


def check_submission(body, card, uploads) -> None:
    """What anybody can see of a whole report: one epoch and the right grants for each scope."""
    scopes = ["case", "sheet"] if body["recipients"]["sheet"] else ["case"]
    assert [statements.peek(text, "epoch")["scope"] for text in body["epochs"]] == scopes
    assert [one["kind"] for one in body["envelopes"]] == ["report", "sheet"][: len(scopes)]
    assert body["card"] == card.sha256
    assert len(uploads) == len(body["uploads"])
    chosen = [channel for channel in card.channels if channel.id in body["channels"]]
    for scope in scopes:
        to = {grant["to"] for grant in body["grants"] if grant["scope"] == scope}
        people = {
            member.key
            for channel in chosen
            for member in channel.active
            if member.key not in body["excluded"] and (scope == "case" or member.sheet)
        }
        assert to == people | {channel.custodian.key for channel in chosen}


def open_submission(body, handler):
    """Report and sheet as a handler reads them, starting from her own keys."""
    reporter = ReporterKeys(**body["reporter"])
    listed = [
        ListedEpoch(fields["scope"], fields["epoch"], body["recipients"][fields["scope"]], text)
        for text in body["epochs"]
        for fields in [statements.peek(text, "epoch")]
    ]
    epochs = check_epochs(listed, body["case"], reporter.known)
    held = []
    for grant in body["grants"]:
        if grant["to"] != handler["key"]:
            continue
        opened = open_grant(
            b64.decode(grant["sealed"]),
            handler["identity"],
            case=body["case"],
            scope=grant["scope"],
            epoch=grant["epoch"],
            recipient=epochs.of(grant["scope"])[grant["epoch"]],
            to=handler["key"],
            reporter=reporter,
            known=reporter.known,
        )
        held.append(Held(opened.scope, opened.epoch, opened.identity))
    items = [
        Listed(one["kind"], one["epoch"], hash_of(b64.decode(one["sealed"])), b64.decode(one["sealed"]))
        for one in body["envelopes"]
    ]
    judged = judge(items, Reader(body["case"], reporter.known, epochs, reporter.seal, held))
    assert [one.faults for one in judged] == [()] * len(items)
    assert open_envelope(items[0].sealed, held[0].identity) == judged[0].envelope
    return {one.envelope.kind: one.envelope.body for one in judged}


def _known(vector) -> dict[str, KnownKey]:
    return {key: KnownKey(**one) for key, one in vector["known"].items()}


def _epochs(listed) -> list[ListedEpoch]:
    return [ListedEpoch(**one) for one in listed]
