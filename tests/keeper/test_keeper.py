"""A keeper's life: what it takes, refuses, passes on, releases and forgets. No rooms are faked."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.keeper.town import Town, call
from tests.keepers import scene
from tests.keepers.scene import DAY, NAMES, RECIPIENTS, Reporter, warrant
from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.keeper import ask, counts, evaluate, months, release, sync
from upstander.keeper.app import application
from upstander.keeper.beat import beat
from upstander.keeper.home import Policy
from upstander.keepers import entries, identifiers, oprf, threshold
from upstander.keepers.counted import read_counted
from upstander.keepers.holding import tell
from upstander.keepers.notes import LARGEST, Note, seal_note
from upstander.keepers.pledges import After, Match
from upstander.keepers.roster import check_receipt, read_transport

NAME, OTHER = warrant("PW1234"), warrant("9999")
ANNA = Reporter("anna", [NAME, warrant("77")])
BELA = Reporter("bela", [NAME])
DORA = Reporter("dora", [OTHER])
LATE = Reporter("late", [OTHER], (After("2026-12-10"),))


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


def later(town, days):
    """Day by day, with a beat on each."""
    for _ in range(days):
        town.today += timedelta(1)
        town.beat()


def told(pledge, text, recipients=RECIPIENTS):
    return tell(pledge, text, recipients)


# Evaluating


def asked(town, name, elements, epoch="2026", work=""):
    return town.post(
        name, "/v1/evaluate", elements=[b64.encode(one) for one in elements], epoch=epoch, work=work
    )


def test_two_keepers_together_make_the_tag_that_everybody_makes(town):
    written = identifiers.identifier("warrant", number="pw 1234", force="marlshire")
    blinded = [oprf.blind(identifiers.oprf_input(written)), *(oprf.blind(bytes((i,))) for i in range(3))]
    answers = {}
    for name in ("college", "union"):
        got = asked(town, name, [one.element for one in blinded]).body
        answers[name] = threshold.Answer(tuple(map(b64.decode, got["elements"])), b64.decode(got["proof"]))
    assert threshold.combine(scene.ROSTER.public, blinded, answers).values[0] == NAME


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"epoch": "2025"}, "wrong-epoch"),
        ({"elements": []}, "format"),
        ({"elements": [b"\0" * 32] * 4}, "format"),
        ({"elements": [bytes(32), b"\1" * 32, b"\2" * 32, b"\3" * 32]}, "group"),
        ({"elements": [b"short", b"a", b"b", b"c"]}, "group"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_and_not_counted(town, change, error):
    given = {"elements": [oprf.blind(bytes((i,))).element for i in range(4)], "epoch": "2026", **change}
    answer = asked(town, "union", given["elements"], given["epoch"])
    assert answer.body["error"] == error
    assert answer.status in (400, 409)
    assert town.stores["union"].counted(DAY, evaluate.PUBLIC) == 0


def test_the_public_meter_slows_and_never_stops(tmp_path):
    town = Town(tmp_path, Policy(budget=2))
    for _ in range(2):
        assert asked(town, "union", [oprf.blind(b"x").element for _ in range(4)]).status == 200
    elements = [oprf.blind(b"x").element for _ in range(4)]
    needed = asked(town, "union", elements)
    assert (needed.status, needed.body["error"], needed.body["bits"]) == (429, "work-needed", 14)
    counter = 0
    while True:
        work = f"{needed.body['challenge']}:{counter}"
        if int.from_bytes(evaluate.hashes.sha256(work.encode()), "big") >> (256 - 14) == 0:
            break
        counter += 1
    others = [oprf.blind(b"x").element for _ in range(4)]
    assert asked(town, "union", others, work=work).status == 429
    assert asked(town, "union", elements, work=work).status == 200
    bits = [evaluate.bits_for(count, 100) for count in (0, 99, 100, 199, 200, 400, 10**9)]
    assert bits == [0, 0, 14, 14, 16, 18, 24], "more than that a page could not do, and refuses to"


# Holding


def test_a_deposit_is_held_by_all_with_receipts_and_taken_twice_without_a_change(town):
    for _ in range(2):
        for name, answer in town.deposit(ANNA).items():
            assert answer.status == 200, answer.body
            check_receipt(answer.body["receipt"], "held", scene.ROSTER.keepers[name], ANNA.held.notes[name])
    assert town.stores["union"].rows("SELECT count(*) FROM bundles") == [(1,)]


def test_what_a_keeper_refuses_changes_nothing(town):
    town.deposit(ANNA)
    before = dump(town)
    forger = Reporter("forger", [NAME])
    entry = ANNA.entry(ANNA.names, 1)
    old = Reporter("old", [NAME], expires="2026-11-24")
    weak = Reporter("weak", [NAME], (Match(2),))
    other = Reporter("other", [NAME], roster=scene.other_roster())
    share = ANNA.held.notes["union"]
    stolen = {name: seal_note(Note(forger.pledge, entry, name), RECIPIENTS[name]) for name in NAMES}
    not_signed = entries.make_stop(ANNA.pledge, 1, True, DAY, forger.signing)
    cases = [
        (dict(ANNA.held.notes), b"", "parcel"),
        (dict(ANNA.held.notes), weak.held.parcel, "parcel"),
        (told(ANNA.pledge, ANNA.entry(ANNA.names, 2)), ANNA.held.parcel, "parcel"),
        (dict(old.held.notes), old.held.parcel, "policy"),
        (dict(other.held.notes), other.held.parcel, "wrong-epoch"),
        (stolen, b"", "other-pledge"),
        (told(ANNA.pledge, not_signed), b"", "not-signed"),
        (told(ANNA.pledge, "upstander/stop/v1"), b"", "format"),
        (dict.fromkeys(NAMES, share), ANNA.held.parcel, "closed"),
        (dict.fromkeys(NAMES, b"noise"), b"", "closed"),
        ({"elsewhere": share}, b"", "closed"),
    ]
    for notes, parcel, error in cases:
        answer = town.send(notes, parcel)["charity"]
        assert (answer.status >= 400, answer.body["error"]) == (True, error)
        assert len(answer.body["says"]) > 20
    assert town.send(told(ANNA.pledge, ANNA.entry(ANNA.names, 1)))["union"].body["error"] == "old-version"
    assert dump(town)["charity"] == before["charity"]


def dump(town):
    tables = ("pledges", "tags", "stops", "bundles", "parcels", "fresh", "readers")
    return {
        name: [sorted(store.rows(f"SELECT * FROM {table}"), key=repr) for table in tables]
        for name, store in town.stores.items()
    }


def stop_of(reporter):
    """What keepers are sent about a pledge, without its deposit."""
    return told(reporter.pledge, entries.make_stop(reporter.pledge, 1, True, DAY, reporter.signing))


def test_what_is_not_here_is_bounded_in_time_and_number_and_no_stop_is_lost_by_it(tmp_path):
    town = Town(tmp_path, Policy(budget=2))
    empty = dump(town)
    far = town.send(stop_of(Reporter("far", [NAME], expires="9999-12-31")))
    assert {answer.body["error"] for answer in far.values()} == {"policy"}
    notes = stop_of(Reporter("over", [NAME], expires="2026-01-01"))
    for name, answer in town.send(notes).items():
        check_receipt(answer.body["receipt"], "asked", scene.ROSTER.keepers[name], notes[name])
    assert dump(town) == empty, "an end of what has run out is answered as any, and leaves nothing"
    town.off = {"union"}
    town.deposit(ANNA)
    town.off = {"charity", "college"}
    for name in ("one", "two"):
        assert "receipt" in town.send(stop_of(Reporter(name, [NAME])))["union"].body
    town.off, before = set(), dump(town)["union"]
    answers = town.send(stop_of(ANNA))
    assert (answers["union"].status, answers["union"].body["error"]) == (429, "meter")
    assert dump(town)["union"] == before
    assert all("receipt" in answers[name].body for name in ("charity", "college"))
    town.beat()
    held = town.stores["union"].pledge(ANNA.pledge.id)
    assert held.share and list(held.standing.stops.values()) == [True], "the others brought deposit and stop"
    assert town.stores["union"].counted(DAY, "notes-unknown") == 2


def test_a_policy_of_three_takes_no_pledge_of_two(tmp_path):
    town = Town(tmp_path, Policy(least=3))
    assert {answer.body["error"] for answer in town.deposit(ANNA).values()} == {"policy"}


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"{", b'{"notes":{},"parcel":""}', b'{"notes":{"A":""},"parcel":""}', b"[" * 10**5],
)
def test_nonsense_is_answered_in_words(town, data):
    paths = ("bundles", "evaluate", "sync", "releases", "parcels", "claims", "challenges", "renewals")
    for path in (f"/v1/{one}" for one in paths):
        answer = call(town.apps["union"], "POST", path, data)
        assert (answer.status, answer.body["error"]) == (400, "format")
    assert call(town.apps["union"], "POST", "/v1/bundles", b" " * (3 * 1024 * 1024)).status == 413


# Releasing


def test_two_who_named_one_person_are_released_and_a_third_stays_shut(town):
    for reporter in (ANNA, BELA, DORA):
        town.deposit(reporter)
    town.beat()
    assert town.released("union") == []
    later(town, 4)
    opened = town.opened()
    assert set(opened) == {ANNA.pledge.id, BELA.pledge.id}
    assert opened[ANNA.pledge.id].report == {"envelopes": ["anna"], "text": "sealed already"}
    links = {tuple(one["links"]) for name in NAMES for one in town.released(name)}
    assert len(links) == 1
    assert town.opened(scene.key("another handler")) == {}


def test_the_first_report_waits_for_the_second_and_both_go(town):
    town.deposit(ANNA)
    town.beat()
    later(town, 2)
    town.deposit(BELA)
    town.beat()
    later(town, 4)
    assert set(town.opened()) == {ANNA.pledge.id, BELA.pledge.id}


def test_no_keeper_releases_on_the_day_itself_and_all_have_within_four_days(tmp_path):
    found = set()
    for i in range(3):
        folder = tmp_path / str(i)
        folder.mkdir()
        town = Town(folder)
        town.deposit(ANNA), town.deposit(BELA)
        town.beat()
        for wait in range(1, 5):
            before = {name: len(town.released(name)) for name in NAMES}
            later(town, 1)
            found |= {wait for name in NAMES if len(town.released(name)) > before[name]}
        assert all(len(town.released(name)) == 2 for name in NAMES)
    assert found <= {1, 2, 3, 4}
    assert len(found) > 1


def test_the_day_comes_and_stop_stops_it_and_can_be_taken_back(town):
    town.deposit(LATE)
    town.send(told(LATE.pledge, entries.make_stop(LATE.pledge, 1, True, DAY, LATE.signing)))
    town.today = date(2026, 12, 10)
    town.beat()
    later(town, 5)
    assert town.opened() == {}
    on = entries.make_stop(LATE.pledge, 2, False, DAY, LATE.signing)
    assert {one.body["error"] for one in town.send(told(LATE.pledge, on)).values()} == {"closed"}
    town.send(told(LATE.pledge, on, town.recipients()))
    later(town, 5)
    assert set(town.opened()) == {LATE.pledge.id}


def test_an_older_stop_sent_again_changes_nothing(town):
    town.deposit(LATE)
    first = told(LATE.pledge, entries.make_stop(LATE.pledge, 1, True, DAY, LATE.signing))
    town.send(first)
    town.send(told(LATE.pledge, entries.make_stop(LATE.pledge, 2, False, DAY, LATE.signing)))
    assert town.send(first)["union"].body["error"] == "old-version"
    town.today = date(2026, 12, 10)
    town.beat()
    later(town, 4)
    assert set(town.opened()) == {LATE.pledge.id}


def test_a_withdrawn_pledge_is_gone_does_not_count_and_does_not_come_back(town):
    town.deposit(ANNA)
    town.deposit(BELA)
    town.beat()
    end = told(BELA.pledge, entries.make_withdrawal(BELA.pledge, DAY, BELA.signing))
    for name, answer in town.send(end).items():
        check_receipt(answer.body["receipt"], "asked", scene.ROSTER.keepers[name], end[name])
    assert {answer.body["error"] for answer in town.deposit(BELA).values()} == {"withdrawn"}
    again = told(BELA.pledge, BELA.entry(BELA.names, 2))
    assert {answer.body["error"] for answer in town.send(again).values()} == {"withdrawn"}
    assert town.send(end)["union"].status == 200
    later(town, 5)
    assert town.opened() == {}
    store = town.stores["union"]
    assert store.rows("SELECT share, entry FROM pledges WHERE id = ?", BELA.pledge.id) == [(b"", "")]
    assert store.rows("SELECT 1 FROM tags WHERE pledge = ?", BELA.pledge.id) == []
    assert store.rows("SELECT 1 FROM parcels WHERE pledge = ?", BELA.pledge.id) == []
    assert store.rows("SELECT count(*) FROM bundles WHERE pledge = ?", BELA.pledge.id) == [(1,)]


def test_stop_and_end_are_answered_alike_whatever_happened_and_reach_who_received(town):
    for reporter in (ANNA, BELA):
        town.deposit(reporter)
    town.beat()
    later(town, 4)
    assert len(town.opened()) == 2
    end = told(ANNA.pledge, entries.make_withdrawal(ANNA.pledge, DAY, ANNA.signing))
    unknown = told(DORA.pledge, entries.make_withdrawal(DORA.pledge, DAY, DORA.signing))
    stop = told(BELA.pledge, entries.make_stop(BELA.pledge, 1, True, DAY, BELA.signing))
    for sent in (end, unknown, stop):
        for name, answer in town.send(sent).items():
            check_receipt(answer.body["receipt"], "asked", scene.ROSTER.keepers[name], sent[name])
    wishes = {one["pledge"]["verify"]: one["wish"] for one in town.released("union")}
    assert wishes == {ANNA.pledge.verify: "end", BELA.pledge.verify: "stop"}
    assert len(town.opened()) == 2


def test_what_was_released_but_nobody_fetched_can_still_be_called_back(town):
    for reporter in (ANNA, BELA, LATE):
        town.deposit(reporter)
    town.beat()
    later(town, 4)
    town.send(told(ANNA.pledge, entries.make_withdrawal(ANNA.pledge, DAY, ANNA.signing)))
    town.today = date(2026, 12, 6)
    town.beat()
    now = town.recipients()
    town.today = date(2026, 12, 10)
    town.beat()
    later(town, 4)
    town.send(told(LATE.pledge, entries.make_stop(LATE.pledge, 1, True, DAY, LATE.signing), now))
    assert set(town.opened()) == {BELA.pledge.id}
    later(town, 5)
    assert set(town.opened()) == {BELA.pledge.id}
    town.send(told(LATE.pledge, entries.make_stop(LATE.pledge, 2, False, DAY, LATE.signing), now))
    later(town, 5)
    assert set(town.opened()) == {BELA.pledge.id, LATE.pledge.id}
    store = town.stores["union"]
    assert store.rows("SELECT share, released FROM pledges WHERE id = ?", ANNA.pledge.id) == [(b"", "")]


def test_a_name_added_later_matches_and_one_taken_away_does_not(town):
    town.deposit(DORA)
    town.deposit(BELA)
    town.send(told(DORA.pledge, DORA.entry([OTHER, NAME], 2)))
    town.beat()
    later(town, 4)
    assert set(town.opened()) == {DORA.pledge.id, BELA.pledge.id}


def test_a_match_that_ends_before_its_day_is_taken_off_it(town):
    town.deposit(ANNA)
    town.deposit(BELA)
    town.beat()
    town.send(told(BELA.pledge, BELA.entry([OTHER], 2)))
    later(town, 5)
    assert town.opened() == {}
    assert town.stores["union"].rows("SELECT due FROM pledges WHERE due != ''") == []


@pytest.mark.parametrize("name", ["NEIGHBOURS", "COME", "DUE", "PAST"])
def test_a_sweep_looks_only_at_what_may_have_changed(town, name):
    """No query of a sweep reads a whole table of pledges or tags: that is what keeps its cost flat."""
    values = () if name == "NEIGHBOURS" else (DAY,)
    plan = town.stores["union"].rows(f"EXPLAIN QUERY PLAN {getattr(release, name)}", *values)
    steps = [str(row[3]) for row in plan]
    assert any(step.startswith("SEARCH") for step in steps)
    assert [step for step in steps if step.startswith("SCAN") and step != "SCAN f"] == []


def test_an_expired_pledge_leaves_nothing(town):
    short = Reporter("short", [NAME], expires="2026-11-27")
    town.deposit(short)
    later(town, 3)
    for name in NAMES:
        tables = ("pledges", "tags", "parcels", "bundles", "readers", "fresh")
        assert [town.stores[name].rows(f"SELECT * FROM {table}") for table in tables] == [[]] * 6


# With keepers away


def test_one_keeper_away_it_still_works_and_what_it_missed_reaches_it(town):
    town.off = {"union"}
    for reporter in (ANNA, BELA):
        assert len(town.deposit(reporter)) == 2
    town.beat()
    assert town.stores["union"].rows("SELECT * FROM pledges") == []
    town.off = set()
    done = town.beat()
    assert (done["union"].taken, done["union"].away) == (2, ())
    later(town, 4)
    assert all(len(town.released(name)) == 2 for name in NAMES)
    town.off = {"charity"}
    assert set(town.opened()) == {ANNA.pledge.id, BELA.pledge.id}


def test_an_end_that_one_keeper_missed_reaches_it_before_it_releases(town):
    town.deposit(ANNA)
    town.deposit(BELA)
    town.beat()
    town.off = {"union"}
    town.send(told(ANNA.pledge, entries.make_withdrawal(ANNA.pledge, DAY, ANNA.signing)))
    town.off = set()
    later(town, 5)
    assert town.opened() == {}
    assert town.released("union") == []


def test_who_is_away_is_named_and_nothing_is_asked_twice(town):
    town.deposit(ANNA)
    town.off = {"charity"}
    done = town.beat()
    assert done["union"].away == ("charity",)
    assert (done["union"].taken, done["union"].refused) == (0, 0)


def bundles(rows, note=b"noise"):
    one = {"notes": {"union": b64.encode(note)}, "parcel": ""}
    return {"bundles": [{**one, "row": row} for row in rows]}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"bundles": "x"},
        {"bundles": [1]},
        {"bundles": [{}]},
        bundles([0]),
        bundles([10**30]),
        {"bundles": [{"notes": {}, "parcel": "", "row": 1}]},
        bundles([1] * 8),
        bundles(range(1, 9)),
    ],
)
def test_a_keeper_that_talks_nonsense_holds_nobody_up(town, answer):
    done = beat(town.stores["union"], town.keepers["union"], town.today, lambda *_: answer)
    assert done.taken == 0
    assert done.away == ("charity", "college") or done.refused > 0
    assert town.stores["union"].rows("SELECT * FROM bundles") == []


def test_nobody_can_make_what_was_missed_too_long_for_the_others(town):
    """Whoever writes one good note could put anything beside it, for the others to choke on when they catch up."""
    good = ANNA.held.notes["union"]
    for beside in ({"charity": bytes(1_500_000)}, {f"keeper-{i}": b"x" for i in range(sync.MOST_KEEPERS)}):
        notes = {name: b64.encode(note) for name, note in {"union": good, **beside}.items()}
        answer = town.post("union", "/v1/bundles", notes=notes, parcel=b64.encode(ANNA.held.parcel))
        assert (answer.status, answer.body["error"]) == (400, "format")
    assert town.stores["union"].rows("SELECT * FROM bundles") == []
    notes = {"union": good, **{f"keeper-{i}": bytes(sync.NOTE) for i in range(sync.MOST_KEEPERS - 1)}}
    written = {name: b64.encode(note) for name, note in notes.items()}
    answer = town.post("union", "/v1/bundles", notes=written, parcel=b64.encode(ANNA.held.parcel))
    assert answer.status == 200
    body = {"after": 0, "day": DAY, "keeper": "charity", "to": "union"}
    said = town.post(
        "union", "/v1/sync", statement=statements.sign("sync", body, scene.SIGNING["charity"])
    ).body
    longest = len(json.dumps(said)) - len(b64.encode(ANNA.held.parcel)) + LARGEST * 4 // 3
    assert sync.AT_ONCE * longest < ask.LARGEST, "an answer full of the longest can be read"


def test_only_keepers_are_told_what_was_missed(town):
    town.deposit(ANNA)
    body = {"after": 0, "day": DAY, "keeper": "union", "to": "charity"}
    good = statements.sign("sync", body, scene.SIGNING["union"])
    assert len(town.post("charity", "/v1/sync", statement=good).body["bundles"]) == 1
    for changed, by in (
        (body, scene.key("stranger")),
        ({**body, "keeper": "stranger"}, scene.key("stranger")),
        ({**body, "keeper": "charity"}, scene.SIGNING["charity"]),
        ({**body, "to": "college"}, scene.SIGNING["union"]),
        ({**body, "day": "2026-11-22"}, scene.SIGNING["union"]),
    ):
        answer = town.post("charity", "/v1/sync", statement=statements.sign("sync", changed, by))
        assert answer.status >= 400


def test_fetching_takes_a_fresh_signature_for_this_keeper_and_something_released(town):
    town.deposit(ANNA)
    for changed in ({"keeper": "charity"}, {"day": "2026-11-23"}, {"reader": ANNA.pledge.verify}):
        body = {"day": DAY, "keeper": "union", "reader": statements.public_of(scene.READER), **changed}
        answer = town.post("union", "/v1/releases", statement=statements.sign("fetch", body, scene.READER))
        assert answer.status >= 400
    nothing = town.post("union", "/v1/parcels", statement=town.fetch("union"), parcel=ANNA.pledge.parcel)
    assert nothing.body["error"] == "format"


# Keys of the month, counts


def test_transport_keys_are_shown_for_two_months_and_then_destroyed(town):
    body = call(town.apps["union"], "GET", "/v1/keeper").body
    keeper = scene.ROSTER.keepers["union"]
    assert read_transport(body["transports"][0], keeper, "2026-11") == RECIPIENTS["union"]
    read_transport(body["transports"][1], keeper, "2026-12")
    assert body["roster"] == scene.ROSTER_TEXTS
    store = town.stores["union"]
    assert months.renew(store, date(2026, 12, 7)) == 0
    assert scene.TRANSPORT["union"] in store.identities()
    assert months.renew(store, date(2026, 12, 8)) == 1
    assert scene.TRANSPORT["union"] not in store.identities()


def test_counts_of_a_quarter_are_signed_once_it_is_over(town):
    town.deposit(ANNA)
    town.deposit(BELA)
    town.beat()
    later(town, 4)
    union = town.apps["union"]
    assert call(union, "GET", "/v1/counts/2026-q4").status == 400
    assert call(union, "GET", "/v1/counts").body == {"counts": []}
    town.today = date(2026, 12, 31)
    town.beat()
    assert call(union, "GET", "/v1/counts").body == {"counts": []}
    town.today = date(2027, 1, 1)
    text = call(union, "GET", "/v1/counts/2026-q4").body["counts"]
    said = read_counted(text, scene.ROSTER.keepers["union"])
    assert (said.counts["notes"], said.counts["released-match"], said.quarter) == (2, 2, "2026-q4")
    ours = [counts.commitment(scene.SIGNING["union"], one.pledge.id) for one in (ANNA, BELA)]
    assert said.releases == tuple(sorted(ours))
    theirs = {counts.commitment(scene.SIGNING["charity"], one.pledge.id) for one in (ANNA, BELA)}
    assert not theirs & set(ours), "nobody joins what two keepers published"
    for wrong in ("2026-q5", "2026", "2027-q1"):
        assert call(union, "GET", f"/v1/counts/{wrong}").status == 400
    # It is written by itself, at the first beat of the new quarter, and then stays as it is.
    town.beat()
    assert call(union, "GET", "/v1/counts").body == {"counts": [text]}
    with town.stores["union"].write():
        town.stores["union"].count("2026-12-01", "notes", 7)
        town.stores["union"].run("DELETE FROM releases")
    town.beat()
    assert call(union, "GET", "/v1/counts/2026-q4").body["counts"] == text
    town.today = date(2027, 8, 1)
    town.beat()
    shown = call(union, "GET", "/v1/counts").body["counts"]
    assert [read_counted(one, scene.ROSTER.keepers["union"]).quarter for one in shown] == [
        "2026-q4",
        "2027-q1",
        "2027-q2",
    ]
    with pytest.raises(FormatError):
        read_counted(text, scene.ROSTER.keepers["charity"])


def test_a_keeper_that_lies_is_found_by_the_others_and_stands_in_what_they_sign(town):
    """It answers with another key than the roster's: the proof is good for that key, and wrong for its own."""
    honest = town.keepers["charity"]
    liar = replace(honest, share=scene.SHARES["college"])
    town.apps["charity"] = application(town.stores["charity"], liar, lambda: town.today)
    for _ in range(3):
        done = town.beat()
    assert (done["union"].lied, done["college"].lied) == ((), ()), "once a day"
    town.today += timedelta(1)
    town.off = {"college"}
    done = town.beat()
    assert done["union"].lied == ("charity",)
    store = town.stores["union"]
    counted = {
        str(what): number for what, number in store.rows("SELECT what, sum(number) FROM counts GROUP BY what")
    }
    assert (counted["answers-wrong-charity"], counted["answers-right-college"]) == (2, 1)
    assert counted["answers-none-college"] == 1 and "answers-right-charity" not in counted
    with store.write():  # while shares are renewed, parts of the key differ for a moment, and nobody lies
        store.run("INSERT INTO renewals VALUES ('x', 1)")
    town.today += timedelta(1)
    assert town.beat()["union"].lied == ()


def test_nothing_finer_than_a_day_and_nothing_about_who_asked_is_kept(town):
    town.deposit(ANNA)
    asked(town, "union", [oprf.blind(bytes((i,))).element for i in range(4)])
    town.beat()
    kept = json.dumps(dump(town), default=str)
    kept += json.dumps([store.rows("SELECT * FROM counts") for store in town.stores.values()])
    assert DAY in kept
    assert re.findall(r"\d\d:\d\d|\d{10,}\.\d|keeper\.example", kept) == []
