"""Pledges: made, sealed, read back; and every way in which one could be passed off for another."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.keepers import scene
from tests.keepers.scene import DAY, NAMES, RECIPIENTS, TRANSPORT, Reporter, warrant
from upstander.formats import b64, canonical, hashes, statements
from upstander.formats.errors import FormatError
from upstander.keepers import entries, errors, notes, pledges, roster, shares, tags
from upstander.keepers.holding import tell
from upstander.keepers.notes import Note, open_note, seal_note
from upstander.keepers.pledges import After, Match
from upstander.sealing import age
from upstander.sealing.errors import SealingError

ANNA = Reporter("anna", [warrant("PW1234"), warrant("77")])
BELA = Reporter("bela", [warrant("PW1234")], (After("2027-01-01"), Match(3, "passes")))
OPENED = {name: open_note(ANNA.held.notes[name], [TRANSPORT[name]], name) for name in NAMES}


def releases(reporter=ANNA, names=NAMES):
    return [
        shares.Release(
            name, reporter.pledge, open_note(reporter.held.notes[name], [TRANSPORT[name]], name).share
        )
        for name in names
    ]


def test_any_two_keepers_bring_back_what_was_held_and_one_does_not():
    for names in itertools.combinations(NAMES, 2):
        opened = shares.open_release(releases(names=names), ANNA.held.parcel)
        assert opened.report == {"envelopes": ["anna"], "text": "sealed already"}
        assert (opened.grants, opened.liars) == (scene.GRANTS, ())
    with pytest.raises(errors.ShortEvidenceError):
        shares.open_release(releases(names=NAMES[:1]), ANNA.held.parcel)


def test_a_keeper_with_a_wrong_share_is_named():
    wrong = [replace(one, share=bytes(33)) if one.keeper == "union" else one for one in releases()]
    assert shares.open_release(wrong, ANNA.held.parcel).liars == ("union",)
    with pytest.raises(errors.ShortEvidenceError):
        shares.open_release(wrong[1:], ANNA.held.parcel)


def test_releases_and_parcels_of_two_pledges_do_not_mix():
    with pytest.raises(errors.OtherPledgeError):
        shares.open_release([releases()[0], releases(BELA)[1]], ANNA.held.parcel)
    with pytest.raises(errors.OtherPledgeError):
        shares.open_release([], ANNA.held.parcel)
    with pytest.raises(errors.ParcelError):
        shares.open_release(releases(), BELA.held.parcel)


def test_a_pledge_made_wrong_says_so():
    wrong = replace(ANNA.pledge, lock=BELA.pledge.lock)
    with pytest.raises(SealingError):
        shares.open_release([replace(one, pledge=wrong) for one in releases()], ANNA.held.parcel)


def test_a_pledge_is_what_its_id_says():
    body = ANNA.pledge.body()
    assert pledges.read_pledge(body) == ANNA.pledge
    assert pledges.read_pledge(BELA.pledge.body()) == BELA.pledge
    changed = {
        "conditions": [{"k": 3, "kind": "match", "who": "anyone"}],
        "epoch": "2027",
        "expires": "2031-01-01",
        "lock": BELA.pledge.lock,
        "needs": 3,
        "parcel": BELA.pledge.parcel,
        "shares": BELA.pledge.body()["shares"],
        "verify": BELA.pledge.verify,
        "beneficiary": {"channel": body["beneficiary"]["channel"], "readers": [ANNA.pledge.verify]},
    }
    assert changed.keys() == body.keys()
    found = {pledges.read_pledge({**body, name: value}).id for name, value in changed.items()}
    assert len({ANNA.pledge.id, *found}) == len(changed) + 1


@pytest.mark.parametrize(
    "change",
    [
        {"conditions": [{"k": 1, "kind": "match", "who": "anyone"}]},
        {"conditions": [{"k": 2, "kind": "match", "who": "friends"}]},
        {"conditions": [{"k": 2, "kind": "match", "who": "anyone"}] * 2},
        {"conditions": [{"day": "2027-02-30", "kind": "after", "overseer": ""}]},
        {"conditions": [{"day": "2027-02-01", "kind": "after", "overseer": "x"}]},
        {"conditions": [{"kind": "never"}]},
        {"conditions": ["match"]},
        {"beneficiary": {"channel": "x", "readers": []}},
        {"beneficiary": {"channel": scene.BENEFICIARY.channel, "readers": []}},
        {"beneficiary": {"channel": scene.BENEFICIARY.channel, "readers": ["x"]}},
        {"expires": "soon"},
        {"needs": 1},
        {"verify": ""},
        {"parcel": "x"},
        {"shares": []},
        {"shares": {"charity": "x"}},
        {"shares": {"../x": "0" * 64}},
        {"epoch": "Epoch!"},
        {"more": 1},
    ],
)
def test_what_is_no_pledge_is_refused(change):
    with pytest.raises(FormatError):
        pledges.read_pledge({**ANNA.pledge.body(), **change})


def test_policy():
    good = {"least": 2, "years": 6}
    pledges.check_policy(ANNA.pledge, scene.TODAY, **good)
    pledges.check_policy(BELA.pledge, scene.TODAY, **good)
    for wrong, changed in (
        (ANNA.pledge, {"least": 3}),
        (ANNA.pledge, {"years": 5}),
        (replace(ANNA.pledge, conditions=(Match(6),)), {}),
        (replace(ANNA.pledge, expires="2026-11-24"), {}),
        (replace(ANNA.pledge, conditions=(After("2032-11-26"),)), {}),
    ):
        with pytest.raises(errors.PolicyError):
            pledges.check_policy(wrong, scene.TODAY, **{**good, **changed})
    for other in (
        replace(ANNA.pledge, epoch="2032"),
        replace(ANNA.pledge, needs=3),
        replace(ANNA.pledge, shares={"charity": "0" * 64}),
    ):
        with pytest.raises(errors.WrongEpochError):
            roster.check_roster(other, scene.ROSTER)
    roster.check_roster(ANNA.pledge, scene.ROSTER)


def test_entries_stops_and_withdrawals_say_what_they_say():
    entry = entries.read(OPENED["union"].statement, ANNA.pledge)
    assert entry.version == 1
    assert {statements.public_of(tags.tag_key(one)) for one in ANNA.names} <= set(entry.tags)
    assert len(entry.tags) == tags.CARRIED
    second = entries.read(ANNA.entry([warrant("PW1234")], 2), ANNA.pledge)
    assert second.version == 2
    stop = entries.make_stop(ANNA.pledge, 1, True, DAY, ANNA.signing)
    assert entries.read(stop, ANNA.pledge) == entries.Stop(ANNA.pledge.id, ANNA.pledge.verify, 1, True)
    end = entries.make_withdrawal(ANNA.pledge, DAY, ANNA.signing)
    assert entries.read(end, ANNA.pledge) == entries.Withdrawal(ANNA.pledge.id)


def test_an_overseer_can_stop_only_where_the_pledge_names_her():
    overseer = scene.key("overseer")
    watched = Reporter("watched", [warrant("1")], (After("2027-01-01", statements.public_of(overseer)),))
    stop = entries.make_stop(watched.pledge, 1, True, DAY, overseer)
    assert entries.read(stop, watched.pledge).by == statements.public_of(overseer)
    for wrong in (
        entries.make_stop(watched.pledge, 1, True, DAY, BELA.signing),
        entries.make_withdrawal(watched.pledge, DAY, overseer),
    ):
        with pytest.raises(errors.NotSignedError):
            entries.read(wrong, watched.pledge)
    with pytest.raises(errors.NotSignedError):
        entries.read(entries.make_stop(BELA.pledge, 1, True, DAY, overseer), BELA.pledge)


def statements_of(reporter):
    return [
        reporter.entry(reporter.names, 2),
        entries.make_stop(reporter.pledge, 1, True, DAY, reporter.signing),
        entries.make_withdrawal(reporter.pledge, DAY, reporter.signing),
    ]


@pytest.mark.parametrize("text", statements_of(ANNA))
def test_nothing_of_one_pledge_counts_in_another(text):
    with pytest.raises(errors.OtherPledgeError):
        entries.read(text, BELA.pledge)
    edited = replace(ANNA.pledge, conditions=(Match(3),))
    with pytest.raises(errors.OtherPledgeError):
        entries.read(text, edited)


def test_nobody_else_signs():
    forger = Reporter("forger", [warrant("PW1234")])
    for text in (
        entries.make_entry(ANNA.pledge, tags.filled(ANNA.names), 2, DAY, forger.signing),
        entries.make_stop(ANNA.pledge, 1, True, DAY, forger.signing),
        entries.make_withdrawal(ANNA.pledge, DAY, forger.signing),
    ):
        with pytest.raises(errors.NotSignedError):
            entries.read(text, ANNA.pledge)


def test_tags_cannot_be_swapped_copied_or_carried_to_another_version():
    body = statements.peek(OPENED["union"].statement, "entry")
    theirs = statements.peek(
        open_note(BELA.held.notes["union"], [TRANSPORT["union"]], "union").statement, "entry"
    )
    for change in (
        {"tags": theirs["tags"], "signatures": theirs["signatures"]},
        {"tags": theirs["tags"]},
        {"signatures": body["signatures"][::-1]},
        {"version": 2},
        {"tags": body["tags"][1:], "signatures": body["signatures"][1:]},
        {"tags": [], "signatures": []},
    ):
        text = statements.sign("entry", {**body, **change}, ANNA.signing)
        with pytest.raises(tags.TagError):
            entries.read(text, ANNA.pledge)


@pytest.mark.parametrize(
    "text", ["", "x", "upstander/", "upstander/grant/v1\n{}\nx\n", "upstander/stop/v1\n{}\n\n"]
)
def test_what_is_none_of_the_three_is_refused(text):
    with pytest.raises(FormatError):
        entries.read(text, ANNA.pledge)


def test_every_note_has_one_size_whatever_it_says():
    sent = [*ANNA.held.notes.values(), *BELA.held.notes.values()]
    for text in statements_of(BELA):
        sent += tell(BELA.pledge, text, RECIPIENTS).values()
    assert len({len(one) for one in sent}) == 1


def test_a_note_is_for_one_keeper_and_its_share_the_one_that_was_promised():
    share, entry = OPENED["union"].share, OPENED["union"].statement
    for note, error in (
        (Note(ANNA.pledge, entry, "charity", share), errors.OtherKeeperError),
        (Note(ANNA.pledge, entry, "union", OPENED["charity"].share), errors.ShareError),
        (Note(ANNA.pledge, entry, "union", share[:-1]), errors.ShareError),
        (Note(BELA.pledge, entry, "union", share), errors.ShareError),
    ):
        with pytest.raises(error):
            open_note(seal_note(note, RECIPIENTS["union"]), [TRANSPORT["union"]], "union")
    with pytest.raises(errors.ClosedError):
        open_note(ANNA.held.notes["union"], [TRANSPORT["charity"]], "charity")
    assert repr(share) not in repr(OPENED["union"])


def sealed(plain):
    return age.seal(plain, [RECIPIENTS["union"]])


@given(st.binary(max_size=100))
def test_any_bytes_sealed_to_a_keeper_are_refused_in_words(data):
    for plain in (
        data,
        data.ljust(notes.SIZE, b"\0"),
        b"upstander/keeper-note/v1\n" + data.ljust(notes.SIZE - 25, b"\0"),
    ):
        with pytest.raises(FormatError):
            open_note(sealed(plain), [TRANSPORT["union"]], "union")


@given(st.binary(max_size=300))
def test_any_bytes_sent_to_a_keeper_are_refused_in_words(data):
    with pytest.raises(errors.ClosedError):
        open_note(data, [TRANSPORT["union"]], "union")
    with pytest.raises(errors.ParcelError):
        notes.check_parcel(data)


@pytest.mark.parametrize(("room", "bucket"), zip(notes.ROOMS, (16, 64, 256), strict=True))
def test_what_a_parcel_holds_is_inside_the_lock_and_a_full_room_fits_its_bucket(room, bucket):
    frame = len(canonical.encode({"grants": [], "report": {"channels": ""}})) + 1
    report = {"channels": "x" * (room - frame)}
    lock = age.new_identity()
    parcel = notes.make_parcel(report, [], age.recipient_of(lock))
    assert len(parcel) == bucket * 1024
    assert b"channels" not in parcel
    assert notes.open_parcel(parcel, lock) == (report, [])
    assert notes.check_parcel(parcel)


def test_a_parcel_is_a_bucket_with_one_lock():
    assert notes.check_parcel(ANNA.held.parcel) == hashes.hash_of(ANNA.held.parcel)
    inner = canonical.decode_object(ANNA.held.parcel.split(b"\n")[1])
    two = age.seal(b"x", [RECIPIENTS["union"], RECIPIENTS["charity"]])

    def padded(body):
        from upstander.sealing.padding import pad

        return pad(b"upstander/parcel/v1\n" + canonical.encode(body) + b"\n")

    assert padded(inner) == ANNA.held.parcel
    for wrong in (
        ANNA.held.parcel + b"\0",
        ANNA.held.parcel[:-1],
        ANNA.held.parcel[:-1] + b"x",
        ANNA.held.parcel * 65,
        padded({**inner, "locked": b64.encode(two)}),
        padded({**inner, "report": "x"}),
        padded({**inner, "locked": b64.encode(b"x")}),
        padded({"report": {}}),
    ):
        with pytest.raises(errors.ParcelError):
            notes.check_parcel(wrong)
    with pytest.raises(FormatError):
        notes.make_parcel({"text": "x" * 300_000}, [], RECIPIENTS["union"])


def test_the_roster_is_signed_by_all_of_them_and_holds_together():
    assert roster.read_roster(scene.ROSTER_TEXTS) == scene.ROSTER
    body, signs = scene.BODY, [scene.SIGNING[name] for name in NAMES]

    def signed(changed, by=signs):
        return [statements.sign("roster", changed, one) for one in by]

    stranger = {**body["keepers"][0], "sign": statements.public_of(scene.key("stranger"))}
    swapped = {**body["keepers"][0], "part": body["keepers"][1]["part"]}
    for texts in (
        [],
        scene.ROSTER_TEXTS[:2],
        scene.ROSTER_TEXTS[::-1],
        [*scene.ROSTER_TEXTS[:2], scene.ROSTER_TEXTS[0]],
        [*scene.ROSTER_TEXTS[:2], signed({**body, "epoch": "2027"})[2]],
        signed({**body, "keepers": [stranger, *body["keepers"][1:]]}),
        signed({**body, "keepers": [swapped, *body["keepers"][1:]]}),
        signed({**body, "keepers": body["keepers"][::-1]}, signs[::-1]),
        signed({**body, "needs": 3}),
        signed({**body, "key": body["keepers"][0]["part"]}),
    ):
        with pytest.raises(FormatError):
            roster.read_roster(texts)


def test_transport_keys_are_of_one_keeper_and_one_month():
    keeper = scene.ROSTER.keepers["union"]
    text = scene.TRANSPORT_TEXTS["union"]
    assert roster.read_transport(text, keeper, scene.MONTH) == RECIPIENTS["union"]
    for wrong, month in (
        (text, "2026-12"),
        (scene.TRANSPORT_TEXTS["charity"], scene.MONTH),
        ("", scene.MONTH),
    ):
        with pytest.raises(FormatError):
            roster.read_transport(wrong, keeper, month)
    with pytest.raises(FormatError):
        roster.make_transport("union", "2026-13", RECIPIENTS["union"], scene.SIGNING["union"])


def test_receipts_are_for_one_note_by_one_keeper():
    keeper, note = scene.ROSTER.keepers["union"], ANNA.held.notes["union"]
    text = roster.make_receipt("held", "union", note, DAY, scene.SIGNING["union"])
    roster.check_receipt(text, "held", keeper, note)
    other = roster.make_receipt("held", "charity", note, DAY, scene.SIGNING["charity"])
    for wrong in (
        (text, "asked", keeper, note),
        (text, "held", keeper, b"another"),
        (other, "held", keeper, note),
        (text, "held", scene.ROSTER.keepers["charity"], note),
    ):
        with pytest.raises(FormatError):
            roster.check_receipt(*wrong)
    with pytest.raises(FormatError):
        roster.make_receipt("opened", "union", note, DAY, scene.SIGNING["union"])
