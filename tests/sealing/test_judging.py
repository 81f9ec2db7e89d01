"""A conversation handed over by an attacker: whatever it does, it is seen, and what is sound stays sound."""

import random
from collections import defaultdict
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vectors import scene
from tests.vectors.make_py import Conversation
from upstander.sealing import age
from upstander.sealing.envelopes import Held, Listed, Reader, judge, next_place, recipients_of
from upstander.sealing.epochs import Epochs, check_epochs


def _honest() -> list[Listed]:
    talk, reporter, rowan, hazel = Conversation(), scene.RECEIPT, scene.ROWAN, scene.HAZEL
    return [
        talk.write("report", reporter, 1),
        talk.write("sheet", reporter, 1),
        talk.write("message", rowan, 1),
        talk.write("message", reporter, 1),
        talk.write("note", hazel, 1),
        talk.write("message", reporter, 2),
        talk.write("message", hazel, 1),
        talk.write("note", rowan, 1),
        talk.write("message", rowan, 2, epoch=2),
        talk.write("message", reporter, 3, epoch=2),
        talk.write("note", hazel, 2, epoch=2),
    ]


HONEST = _honest()
DESK = scene.reader(*scene.HELD_BY_ROWAN)
# What an attacker with a key of his own, and with other cases' envelopes, could put in.
FOREIGN = [
    Conversation().write("message", scene.ALDER, 1),
    Conversation().write("message", scene.ROWAN, 1, case=scene.id_("other case")),
    Conversation().write("note", scene.ROWAN, 3, case=scene.id_("other case")),
    Conversation().write("message", scene.HAZEL, 2, recipients=[age.recipient_of(scene.CASE_KEYS[0])]),
    Conversation().write("note", scene.ROWAN, 2, author=replace(scene.ALDER.signer, key=scene.ROWAN.key)),
    Conversation().write("message", scene.BIRCH, 1),
    Conversation().write("note", scene.BIRCH, 1, epoch=2),
]

place = st.integers(0, len(HONEST) + 3)
step = st.one_of(
    st.tuples(st.just("drop"), place, place),
    st.tuples(st.just("replay"), place, place),
    st.tuples(st.just("move"), place, place),
    st.tuples(st.just("edit"), place, st.integers(0, 10_000)),
    st.tuples(st.just("withhold"), place, place),
    st.tuples(st.just("kind"), place, st.sampled_from(["report", "sheet", "message", "note", "record", "?"])),
    st.tuples(st.just("epoch"), place, st.integers(0, 3)),
    st.tuples(st.just("insert"), place, st.integers(0, len(FOREIGN) - 1)),
)


def attack(items: list[Listed], act: str, where: int, how) -> list[Listed]:
    if not items:
        return items
    where %= len(items)
    before, one, after = items[:where], items[where], items[where + 1 :]
    if act == "drop":
        return before + after
    if act == "insert":
        return [*before, FOREIGN[how], *items[where:]]
    if act in ("replay", "move"):
        rest = items if act == "replay" else before + after
        to = how % (len(rest) + 1)
        return [*rest[:to], one, *rest[to:]]
    if act == "edit":
        data = bytearray(one.sealed or b"-")
        data[how % len(data)] ^= 1 << random.Random(how).randrange(8)
        return [*before, replace(one, sealed=bytes(data)), *after]
    changed = {"withhold": {"sealed": None}, "kind": {"kind": how}, "epoch": {"epoch": how}}[act]
    return [*before, replace(one, **changed), *after]


def line_of(envelope) -> tuple[str, str, str]:
    return envelope.author, envelope.kind, envelope.direction


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, max_size=5))
def test_whatever_an_attacker_does_is_seen(steps):
    items = HONEST
    for act, where, how in steps:
        items = attack(items, act, where, how)
    judged = judge(items, DESK)

    assert [one.index for one in judged] == list(range(len(items)))  # none hidden, none added

    sound = [one for one in judged if not one.faults]
    true = {one.sha256: one for one in HONEST}
    for one in sound:  # only what was written, under what it was written as
        listed = items[one.index]
        assert (listed.kind, listed.epoch) == (true[one.sha256].kind, true[one.sha256].epoch)
    assert len({one.sha256 for one in sound}) == len(sound)  # nothing sound twice

    lines = defaultdict(list)
    for one in judged:
        if one.envelope and not {"moved", "outsider", "replayed", "reordered"} & set(one.faults):
            lines[line_of(one.envelope)].append((one.envelope.counter, one.missing))
    for line in lines.values():  # every step up is accounted for
        reached = 0
        for counter, missing in line:
            assert counter == reached + missing + 1
            reached = counter

    if not any(one.faults for one in judged):  # no fault at all: only the ends of lines can be missing
        order = [one.sha256 for one in HONEST]
        for line in {line_of(one.envelope) for one in sound}:
            mine = [one.sha256 for one in sound if line_of(one.envelope) == line]
            whole = [one.sha256 for one in judge(HONEST, DESK) if line_of(one.envelope) == line]
            assert mine == whole[: len(mine)]
            assert set(mine) <= set(order)


def test_an_honest_list_has_no_faults():
    assert not [one for one in judge(HONEST, DESK) if one.faults]
    assert all(one.envelope for one in judge(HONEST, DESK))


def test_faults_do_not_cast_doubt_on_what_is_sound():
    judged = judge([*FOREIGN, *HONEST], DESK)
    assert [one.faults for one in judged[: len(FOREIGN)]] == [
        ("forged",),
        ("moved",),
        ("moved",),
        ("moved",),
        ("forged",),
        ("outsider",),
        ("outsider",),
    ]
    assert not [one for one in judged[len(FOREIGN) :] if one.faults]


def test_somebody_withdrawn_cannot_write_for_a_later_epoch_with_an_earlier_key():
    old_key = age.recipient_of(scene.CASE_KEYS[0])
    late = Conversation().write("note", scene.ROWAN, 2, epoch=2, recipients=[old_key])
    assert judge([late], DESK)[0].faults == ("forged",)
    relabelled = replace(late, epoch=1)
    assert judge([relabelled], DESK)[0].faults == ("moved",)


def test_somebody_on_the_card_who_does_not_hold_the_case_is_shown_as_that():
    """Her words are shown, with what is wrong with them; she counts in no line and is answered by nobody."""
    by_birch = Conversation().write("message", scene.BIRCH, 1)
    judged = judge([by_birch, *HONEST], scene.reader(*scene.HELD_BY_REPORTER))
    assert judged[0].faults == ("outsider",)
    assert judged[0].envelope.body["text"] == "message 1"
    assert next_place(judged[:1], scene.RECEIPT.key, "message") == (1, "")
    assert next_place(judged[:1], scene.BIRCH.key, "message") == (1, "")


def test_somebody_let_in_counts_from_her_epoch_on_and_not_before():
    early = Conversation().write("message", scene.HAZEL, 1)
    without = check_epochs(scene.LISTED_EPOCHS[:2], (), scene.CASE, scene.KNOWN)
    reader = replace(DESK, epochs=without, identities=scene.HELD_BY_ROWAN[:1])
    assert judge([early], reader)[0].faults == ("outsider",)
    assert judge([early], DESK)[0].faults == ()


def test_somebody_whose_key_was_taken_away_is_an_outsider_afterwards():
    first, sheet, _ = scene.LISTED_EPOCHS
    without_hazel = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], scene.ROWAN.signer)
    epochs = check_epochs([first, sheet, without_hazel], scene.ADMITS, scene.CASE, scene.KNOWN)
    before = Conversation().write("message", scene.HAZEL, 1)
    after = Conversation().write("message", scene.HAZEL, 2, epoch=2)
    judged = judge([before, after], replace(DESK, epochs=epochs))
    assert [one.faults for one in judged] == [(), ("outsider",)]


def test_a_signed_text_sealed_again_to_fewer_or_more_is_moved():
    case_key, question = age.recipient_of(scene.CASE_KEYS[0]), HONEST[2]
    padded = age.open_(question.sealed, [scene.CASE_KEYS[0]])
    for to in ([case_key], [case_key, scene.RECEIPT.seal, scene.ALDER.seal]):
        again = replace(question, sealed=age.seal(padded, to))
        assert judge([again], DESK)[0].faults == ("moved",)


def test_a_message_to_somebody_else_instead_of_the_reporter_is_moved():
    to = [age.recipient_of(scene.CASE_KEYS[0]), scene.ALDER.seal]
    elsewhere = Conversation().write("message", scene.ROWAN, 1, recipients=to)
    assert judge([elsewhere], DESK)[0].faults == ("moved",)


def test_without_epochs_nothing_is_sound():
    nobody = Reader(scene.CASE, scene.KNOWN, Epochs(), scene.RECEIPT.seal, scene.HELD_BY_ROWAN)
    assert {one.faults for one in judge(HONEST, nobody)} == {("moved",)}


def test_the_next_place_follows_what_is_sound():
    judged = judge(HONEST, DESK)
    last_message = HONEST[9].sha256
    assert next_place(judged, scene.ROWAN.key, "message") == (3, last_message)
    assert next_place(judged, scene.HAZEL.key, "note") == (3, last_message)
    assert next_place(judged, scene.ALDER.key, "message") == (1, last_message)
    assert next_place([], scene.ROWAN.key, "message") == (1, "")
    foreign = judge([*HONEST, FOREIGN[3]], DESK)
    assert next_place(foreign, scene.HAZEL.key, "message") == (2, last_message)


def test_a_private_record_is_the_reporters_alone():
    body = {"format": "upstander/record/v1", "answers": [], "pack": {}, "language": "en", "path": "W"}
    to = recipients_of("record", 0, scene.EPOCHS, scene.RECEIPT.seal)
    record = Conversation().write("record", scene.RECEIPT, 1, epoch=0, direction="self", recipients=to)
    assert body and to == [scene.RECEIPT.seal]
    assert judge([record], scene.reader(*scene.HELD_BY_REPORTER))[0].faults == ()
    assert judge([record], DESK)[0].faults == ("closed",)
    assert recipients_of("record", 1, scene.EPOCHS, scene.RECEIPT.seal) == []
    assert judge([replace(record, epoch=1)], scene.reader(*scene.HELD_BY_REPORTER))[0].faults == ("moved",)


def test_an_identity_of_another_case_opens_nothing():
    stranger = scene.reader(Held("case", 1, scene.HAZEL.identity))
    assert {one.faults for one in judge(HONEST[2:4], stranger)} == {("forged",)}
