"""A whole report, and a conversation about it, with nothing but the keys each person has."""

import json
from dataclasses import replace

import pytest

from tests.vectors import scene
from tests.vectors.make_py import card_text
from tests.vectors.test_py import check_submission, open_submission
from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.sealing.cards import read_card
from upstander.sealing.envelopes import Listed, judge
from upstander.sealing.errors import WrongKeyError
from upstander.sealing.grants import open_grant
from upstander.sealing.report import (
    NewCase,
    SealedUpload,
    build_envelope,
    build_submission,
    message_body,
    note_body,
    received_digest,
)

CARD = read_card(card_text(), scene.INSTALLATION_SIGN)
ANSWERS = [{"id": "what", "question": "What?", "value": "MARKER", "text": "MARKER", "ask_first": False}]
FIELDS = {
    "card": CARD,
    "channels": [scene.CHANNEL],
    "answers": ANSWERS,
    "receipt": scene.RECEIPT,
    "day": scene.DAY,
}


def holders(body, scope):
    return {grant["to"] for grant in body["grants"] if grant["scope"] == scope}


def test_a_handler_reads_a_report_without_a_sheet():
    body = build_submission(**FIELDS)
    check_submission(body, CARD, [])
    assert body["recipients"]["sheet"] == ""
    hazel = {"key": scene.HAZEL.key, "identity": scene.HAZEL.identity}
    assert open_submission(body, hazel)["report"]["answers"] == ANSWERS
    assert "MARKER" not in json.dumps(body)


def test_the_sheet_goes_to_fewer():
    body = build_submission(**FIELDS, sheet=ANSWERS)
    check_submission(body, CARD, [])
    custodian = CARD.channels[0].custodian.key
    assert holders(body, "case") == {scene.ROWAN.key, scene.HAZEL.key, custodian}
    assert holders(body, "sheet") == {scene.ROWAN.key, custodian}


def test_somebody_shut_out_gets_nothing():
    body = build_submission(**FIELDS, sheet=ANSWERS, excluded=[scene.ROWAN.key])
    assert scene.ROWAN.key not in holders(body, "case") | holders(body, "sheet")
    assert body["excluded"] == [scene.ROWAN.key]
    for grant in body["grants"]:
        with pytest.raises(WrongKeyError):
            _open_as(scene.ROWAN, grant, body)


def test_whom_she_shuts_out_stands_in_the_sealed_report():
    body = build_submission(**FIELDS, excluded=[scene.HAZEL.key])
    rowan = {"key": scene.ROWAN.key, "identity": scene.ROWAN.identity}
    assert open_submission(body, rowan)["report"]["excluded"] == [scene.HAZEL.key]


def test_another_key_under_the_same_label_is_shut_out_too():
    channel = CARD.channels[0]
    twin = replace(channel, members=tuple(replace(one, label="C. Hazel") for one in channel.members))
    body = build_submission(**{**FIELDS, "card": replace(CARD, channels=(twin,))}, excluded=[scene.HAZEL.key])
    assert body["excluded"] == sorted([scene.ROWAN.key, scene.HAZEL.key, scene.ALDER.key])
    assert holders(body, "case") == {channel.custodian.key}


def test_a_retired_member_gets_nothing():
    assert scene.ALDER.key not in holders(build_submission(**FIELDS), "case")


def test_the_custodian_recovers_it():
    body = build_submission(**FIELDS)
    key = CARD.channels[0].custodian.key
    assert open_submission(body, {"key": key, "identity": scene.CUSTODIAN})["report"]["answers"] == ANSWERS


@pytest.mark.parametrize("channels", [[], ["x"], [scene.CHANNEL, "x"], [scene.CHANNEL, scene.CHANNEL]])
def test_channels_are_chosen_from_the_card(channels):
    with pytest.raises(FormatError):
        build_submission(**{**FIELDS, "channels": channels})


def test_the_leaf_commits_to_every_part():
    upload = SealedUpload(scene.id_("upload"), hash_of(b"file"))
    body = build_submission(**FIELDS, uploads=[upload])
    whole = received_digest(body, [upload.sha256])
    assert whole == received_digest({**body, "channels": body["channels"][::-1]}, [upload.sha256])
    changed = [
        ({"case": scene.id_("x")}, [upload.sha256]),
        ({"card": hash_of(b"")}, [upload.sha256]),
        ({"grants": body["grants"][1:]}, [upload.sha256]),
        ({"grants": body["grants"][::-1]}, [upload.sha256]),
        ({"envelopes": []}, [upload.sha256]),
        ({"excluded": [scene.HAZEL.key]}, [upload.sha256]),
        ({}, []),
    ]
    assert len({whole, *(received_digest({**body, **one}, uploads) for one, uploads in changed)}) == 8


def test_a_case_and_act_chosen_before_are_kept():
    case = NewCase.new(scene.CASE)
    body = build_submission(**FIELDS, case=case, act=scene.id_("act"))
    assert (body["case"], body["act"]) == (scene.CASE, scene.id_("act"))
    assert case.identity not in repr(case)


def test_a_conversation_counts_and_names_what_was_seen():
    reporter, rowan = scene.RECEIPT, scene.ROWAN
    desk, mine = scene.reader(*scene.HELD_BY_ROWAN), scene.reader(*scene.HELD_BY_REPORTER)
    items: list[Listed] = []

    def write(body, kind, author, role, view):
        entry = build_envelope(
            body,
            kind=kind,
            case=scene.CASE,
            author=author.signer,
            role=role,
            epochs=scene.EPOCHS,
            reporter=reporter.public,
            judged=judge(items, view),
            day=scene.DAY,
        )
        sealed = b64.decode(entry["sealed"])
        items.append(Listed(entry["kind"], entry["epoch"], hash_of(sealed), sealed))
        return entry

    assert write(message_body("Who?"), "message", rowan, "handler", desk)["direction"] == "to-reporter"
    write(note_body("Ask again?"), "note", rowan, "handler", desk)
    write(message_body("Him."), "message", reporter, "reporter", mine)
    write(message_body("Thank you."), "message", rowan, "handler", desk)
    write({"format": "upstander/record/v1"}, "record", reporter, "reporter", mine)

    judged = judge(items, desk)
    assert [one.faults for one in judged] == [(), (), (), (), ("closed",)]
    messages = [one for one in judged if one.envelope and one.envelope.kind == "message"]
    assert [one.envelope.counter for one in messages] == [1, 1, 2]
    assert [one.envelope.last for one in messages] == ["", messages[0].sha256, messages[1].sha256]
    assert [one.faults for one in judge(items, mine)] == [(), ("closed",), (), (), ()]
    with pytest.raises(FormatError):
        write(note_body("x"), "note", reporter, "reporter", mine)


def _open_as(who, grant, body):
    return open_grant(
        b64.decode(grant["sealed"]),
        who.identity,
        case=body["case"],
        scope=grant["scope"],
        epoch=1,
        recipient=body["recipients"][grant["scope"]],
        to=grant["to"],
        reporter=scene.RECEIPT.public,
        known=scene.KNOWN,
    )


def test_what_is_sent_names_the_reporter_by_keys_only():
    body = build_submission(**FIELDS)
    assert set(body["reporter"]) == {"seal", "sign"}
    for text in body["epochs"]:
        assert statements.verify(text, "epoch", body["reporter"]["sign"])["by"] == scene.RECEIPT.key
    assert str(scene.WORDS) not in json.dumps(body)
    assert b64.encode(scene.RECEIPT.mailbox_id) not in json.dumps(body)
