"""Staff passes at three keepers: who gets one, when it counts, and whom it makes two of (nobody)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.keeper.town import Town, call
from tests.keepers import scene
from tests.keepers.scene import NAMES, Reporter, warrant
from upstander.cli.main import main
from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.keeper import evaluate, home, passes, trial
from upstander.keeper.home import Policy
from upstander.keeper.store import Store
from upstander.keepers import codes, entries, oprf, threshold
from upstander.keepers import passes as tokens
from upstander.keepers.errors import CodeError, PassError, ProofError, WrongEpochError
from upstander.keepers.holding import tell
from upstander.keepers.notes import open_note, seal_note
from upstander.keepers.pledges import Match

NAME = warrant("PW1234")
CODES = codes.make_codes(4)
BATCH = codes.make_batch("marlshire", "2026", CODES, NAMES)
STAFF = (Match(2, "passes"),)


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path)
    give_codes(made)
    return made


def give_codes(town):
    for name in NAMES:
        passes.take_codes(town.stores[name], town.keepers[name], BATCH, 4)


def keys_of(town, name):
    text = call(town.apps[name], "GET", "/v1/passes").body["keys"]
    return tokens.read_pass_keys(text, scene.ROSTER.keepers[name], "2026", town.today.isoformat()[:7])


def claimed(town, person, name, asked=None, **change):
    """What one keeper answers to a claim, and what was asked."""
    keys = keys_of(town, name)
    asked = asked or tokens.ask(keys)
    body = {
        "code": b64.encode(codes.part_of(person, name)),
        "elements": asked.elements(),
        "month": keys.month,
        **change,
    }
    return keys, asked, town.post(name, "/v1/claims", **body)


def pass_of(town, code, names=NAMES):
    """A person's tokens, by keeper."""
    found = {}
    for name in names:
        keys, asked, answer = claimed(town, code, name)
        assert answer.status == 200, answer.body
        answers = {
            purpose: threshold.Answer(tuple(map(b64.decode, one["elements"])), b64.decode(one["proof"]))
            for purpose, one in answer.body.items()
        }
        found[name] = tokens.collect(keys, asked, answers)
    return found


def next_month(town):
    town.today = date(2026, 12, 10)
    town.beat()


def give_pass(town, reporter, collected):
    """A note to each keeper with its own token, for this pledge."""
    notes = {}
    recipients = town.recipients()
    for name in NAMES:
        one = collected.get(name)
        shown = (
            tokens.show(one.person, one.month, tokens.for_pledge(reporter.pledge.id))
            if one
            else tokens.Shown(bytes(32), "2026-11", bytes(32))
        )
        said = entries.make_passed(reporter.pledge, shown, reporter.signing)
        notes[name] = tell(reporter.pledge, said, {name: recipients[name]})[name]
    return town.send(notes)


def staff(name, names=(NAME,)):
    return Reporter(name, list(names), STAFF)


def days_pass(town, days=5):
    for _ in range(days):
        town.today += timedelta(1)
        town.beat()


def test_two_of_the_staff_open_what_two_strangers_do_not(town):
    anna, bela = staff("anna"), staff("bela")
    mine = [pass_of(town, code) for code in CODES[:2]]
    for one in (anna, bela, staff("stranger"), staff("other stranger")):
        town.deposit(one)
    days_pass(town)
    assert town.opened() == {}
    next_month(town)
    for reporter, collected in zip((anna, bela), mine, strict=True):
        assert {one.status for one in give_pass(town, reporter, collected).values()} == {200}
    days_pass(town)
    opened = set(town.opened())
    assert {anna.pledge.id, bela.pledge.id} <= opened
    assert len(opened) == 4  # the strangers' condition holds now as well: two of the staff named him


def test_a_pass_counts_from_the_month_after_it_was_collected(town):
    anna = staff("anna")
    town.deposit(anna)
    collected = pass_of(town, CODES[0])
    for name, answer in give_pass(town, anna, collected).items():
        assert (name, answer.body["error"]) == (name, "pass")
    next_month(town)
    assert {one.status for one in give_pass(town, anna, collected).values()} == {200}
    assert {one.status for one in give_pass(town, anna, collected).values()} == {200}


def test_a_code_is_good_once_at_each_keeper_and_a_lost_answer_comes_again(town):
    keys, asked, first = claimed(town, CODES[0], "union")
    again = claimed(town, CODES[0], "union", asked)[2]
    assert again.body == first.body
    assert claimed(town, CODES[0], "union")[2].body["error"] == "code"
    assert claimed(town, "b" * 25 + "a", "union")[2].body["error"] == "code"
    part = b64.encode(codes.part_of(CODES[0], "union"))
    for name in ("charity", "college"):
        assert claimed(town, CODES[0], name, code=part)[2].body["error"] == "code"
    town.today = date(2026, 12, 1)
    later = town.post("union", "/v1/claims", code=part, elements=asked.elements(), month=keys.month)
    assert later.body == first.body
    late = {"code": b64.encode(codes.part_of(CODES[1], "union")), "month": "2026-11"}
    assert town.post("union", "/v1/claims", elements=asked.elements(), **late).body["error"] == "wrong-epoch"


@pytest.mark.parametrize(
    "elements",
    [
        {"ask": [], "person": []},
        {"ask": ["AA"] * 8, "person": ["AA"]},
        {"ask": [b64.encode(bytes(32))] * 8, "person": [b64.encode(bytes(32))]},
        {"person": []},
        "x",
    ],
)
def test_what_is_no_collection_costs_no_code(town, elements):
    answer = claimed(town, CODES[0], "union", elements=elements)[2]
    assert (answer.status, answer.body["error"] in ("format", "group")) == (400, True)
    assert claimed(town, CODES[0], "union")[2].status == 200


def test_more_tokens_for_pledges_than_one_are_not_given(town):
    keys = keys_of(town, "union")
    asked = tokens.ask(keys)
    two = tokens.ask(keys).elements()["person"] + asked.elements()["person"]
    answer = claimed(town, CODES[0], "union", asked, elements={**asked.elements(), "person": two})[2]
    assert answer.body["error"] == "format"


def test_how_many_codes_and_claims_there_are_is_public(town):
    pass_of(town, CODES[0])
    pass_of(town, CODES[1], ["union"])
    for name, claims in (("union", 2), ("charity", 1)):
        shown = call(town.apps[name], "GET", "/v1/passes").body["batches"]
        assert shown == [{"claims": claims, "codes": 4, "name": "marlshire"}]
    kept = json.dumps(town.stores["union"].rows("SELECT * FROM codes"), default=str)
    assert CODES[0] not in kept


def test_more_codes_than_people_another_epoch_and_a_second_batch_of_one_name_are_refused(tmp_path):
    town = Town(tmp_path)
    store, keeper = town.stores["union"], town.keepers["union"]
    for batch, count, error in (
        (BATCH, 3, FormatError),
        (codes.make_batch("marlshire", "2032", CODES, NAMES), 4, WrongEpochError),
        (codes.make_batch("marlshire", "2026", CODES, ["charity"]), 4, FormatError),
    ):
        with pytest.raises(error):
            passes.take_codes(store, keeper, batch, count)
    assert store.rows("SELECT * FROM codes") == []
    assert passes.take_codes(store, keeper, BATCH, 4) == 4
    with pytest.raises(FormatError):
        passes.take_codes(store, keeper, codes.make_batch("marlshire", "2026", ["x"], NAMES), 4)


# Coalitions


def test_one_person_with_one_pass_and_many_keys_is_one(town):
    collected = pass_of(town, CODES[0])
    next_month(town)
    for name in ("one key", "another key"):
        reporter = Reporter(name, [NAME], STAFF, roster=scene.ROSTER)
        deposit_now(town, reporter)
        assert {one.status for one in give_pass(town, reporter, collected).values()} == {200}
    days_pass(town)
    assert town.opened() == {}


def deposit_now(town, reporter):
    """A deposit in a later month: its notes sealed to the keys of that month."""
    recipients = town.recipients()
    from upstander.keepers.notes import Note, open_note, seal_note

    notes = {}
    for name in NAMES:
        note = open_note(reporter.held.notes[name], [scene.TRANSPORT[name]], name)
        notes[name] = seal_note(Note(note.pledge, note.statement, name, note.share), recipients[name])
    assert {one.status for one in town.send(notes, reporter.held.parcel).values()} == {200}


def test_a_pledge_cannot_speak_for_a_second_person(town):
    anna = staff("anna")
    town.deposit(anna)
    one, two = pass_of(town, CODES[0]), pass_of(town, CODES[1])
    next_month(town)
    give_pass(town, anna, one)
    assert {answer.body["error"] for answer in give_pass(town, anna, two).values()} == {"pass"}
    days_pass(town)
    assert town.opened() == {}


def test_two_passes_of_two_epochs_make_no_two_people(tmp_path):
    """The second is of keys that this epoch's keeper never had; and names of two epochs have different tags."""
    town = Town(tmp_path)
    give_codes(town)
    collected = pass_of(town, CODES[0])
    other = {}
    for name in NAMES:
        seed = bytes(range(32))
        text = tokens.make_pass_keys(name, "2032", "2026-11", seed, scene.SIGNING[name])
        keys = tokens.read_pass_keys(text, scene.ROSTER.keepers[name], "2032", "2026-11")
        asked = tokens.ask(keys)
        elements = {p: [one.element for one in asked.blinded[p]] for p in tokens.PURPOSES}
        other[name] = tokens.collect(keys, asked, dict(tokens.answer(seed, "2032", "2026-11", elements)))
    first, second = staff("first"), staff("second")
    town.deposit(first), town.deposit(second)
    next_month(town)
    assert {one.status for one in give_pass(town, first, collected).values()} == {200}
    assert {one.body["error"] for one in give_pass(town, second, other).values()} == {"pass"}
    days_pass(town)
    assert town.opened() == {}


def test_the_institution_with_unclaimed_codes_is_a_liar_and_everybody_can_count_it(town):
    """What passes cannot prevent, shown: and the number of claims says that it happened."""
    victim = staff("victim")
    town.deposit(victim)
    hers, unclaimed = pass_of(town, CODES[0]), pass_of(town, CODES[1])
    lie = staff("the institution")
    town.deposit(lie)
    next_month(town)
    give_pass(town, victim, hers)
    give_pass(town, lie, unclaimed)
    days_pass(town)
    assert victim.pledge.id in town.opened()
    assert call(town.apps["union"], "GET", "/v1/passes").body["batches"][0]["claims"] == 2
    town.today = date(2027, 1, 2)
    from upstander.keeper.counts import quarter_counts

    text = quarter_counts(town.stores["union"], town.keepers["union"], "2026-q4", town.today)
    assert '"claims-marlshire":2' in text


def test_a_token_seen_on_its_way_is_good_for_nothing_else(town):
    """Whoever relays what was shown has the nonce and a MAC, which is for that pledge or that question alone."""
    anna, thief = staff("anna"), staff("thief")
    town.deposit(anna), town.deposit(thief)
    collected = pass_of(town, CODES[0])
    next_month(town)
    shown = {
        name: tokens.show(one.person, one.month, tokens.for_pledge(anna.pledge.id))
        for name, one in collected.items()
    }
    for name in NAMES:
        said = entries.make_passed(thief.pledge, shown[name], thief.signing)
        notes = tell(thief.pledge, said, {name: town.recipients()[name]})
        answer = town.post(name, "/v1/bundles", notes={k: b64.encode(v) for k, v in notes.items()}, parcel="")
        assert answer.body["error"] == "pass"


def test_a_keeper_cannot_use_a_token_at_another_keeper(town):
    anna = staff("anna")
    town.deposit(anna)
    collected = pass_of(town, CODES[0])
    next_month(town)
    swapped = {"charity": collected["union"], "college": collected["charity"], "union": collected["college"]}
    assert {one.body["error"] for one in give_pass(town, anna, swapped).values()} == {"pass"}


def test_a_keeper_that_marks_people_by_their_key_is_found_out(town):
    """Another key than the published one gives no pass; two published ones are signed proof of it."""
    keys, asked, _ = claimed(town, CODES[0], "union")
    marked = tokens.answer(
        bytes(32), "2026", keys.month, {p: [one.element for one in asked.blinded[p]] for p in tokens.PURPOSES}
    )
    with pytest.raises(ProofError):
        tokens.collect(keys, asked, dict(marked))
    first = call(town.apps["union"], "GET", "/v1/passes").body["keys"]
    assert call(town.apps["union"], "GET", "/v1/passes").body["keys"] == first


# Meters


def question(epoch="2026"):
    return [oprf.blind(bytes((i,))).element for i in range(4)], epoch


def ask_with(town, token, month, elements, name="union"):
    shown = tokens.show(token, month, tokens.for_question("2026", elements))
    return town.post(
        name,
        "/v1/evaluate",
        elements=[b64.encode(one) for one in elements],
        epoch="2026",
        work="",
        **{"pass": shown.body()},
    )


def test_the_passed_pool_is_apart_from_the_public_one_and_each_token_is_good_once(tmp_path):
    town = Town(tmp_path, Policy(budget=3))
    give_codes(town)
    collected = pass_of(town, CODES[0])["union"]
    next_month(town)
    elements, _ = question()
    plain = [b64.encode(one) for one in elements]
    body = {"elements": plain, "epoch": "2026", "work": ""}
    assert town.post("union", "/v1/evaluate", **body).status == 200
    assert town.post("union", "/v1/evaluate", **body).status == 429
    for token in collected.asks:
        elements, _ = question()
        assert ask_with(town, token, collected.month, elements).status == 200
        others, _ = question()
        assert ask_with(town, token, collected.month, others).body["error"] == "work-needed"
    store, day = town.stores["union"], town.today.isoformat()
    assert (store.counted(day, evaluate.PUBLIC), store.counted(day, evaluate.PASSED)) == (3, tokens.ASKS)
    elements, _ = question()
    assert ask_with(town, collected.person, collected.month, elements).body["error"] == "work-needed"
    shown = tokens.show(tokens.Token(bytes(32), bytes(64)), "2026-11", tokens.for_question("2026", elements))
    wrong = town.post("union", "/v1/evaluate", **body, **{"pass": shown.body()})
    assert wrong.body["error"] == "work-needed"
    assert town.post("union", "/v1/evaluate", **body, **{"pass": "x"}).body["error"] == "format"
    assert (store.counted(day, evaluate.PUBLIC), store.counted(day, evaluate.PASSED)) == (3, tokens.ASKS)


def test_who_reads_the_answers_cannot_tell_a_token_that_does_not_count_from_none(tmp_path):
    """The server that relays reads refusals: one of its own would say that somebody with a pass asks."""
    town = Town(tmp_path, Policy(budget=6))
    give_codes(town)
    collected = pass_of(town, CODES[0])["union"]
    token = collected.asks[0]
    early, _ = question()
    assert ask_with(town, token, collected.month, early).body.keys() == {"elements", "proof"}
    next_month(town)
    spoilt, _ = question()
    assert ask_with(town, token, collected.month, [bytes(32), *spoilt[1:]]).status == 400
    store, seen = town.stores["union"], []
    for _ in range(6):
        elements, _ = question()
        answer = ask_with(town, token, collected.month, elements)
        seen.append((answer.status, answer.body.get("error", "")))
    day = town.today.isoformat()
    counted = store.counted(day, evaluate.PUBLIC), store.counted(day, evaluate.PASSED)
    assert counted == (6, 1), "two of them by other keepers, who look after this one"
    assert seen == [(200, "")] * 5 + [(429, "work-needed")], "once by its token, then as anybody"


# The command


def test_codes_are_made_by_one_hand_and_taken_by_every_keeper(tmp_path, capsys):
    trial.deal(tmp_path, NAMES, 2, epoch="trial", first_port=1, wait=(1, 4))
    roster = ["--keepers", str(tmp_path / "union/roster.json")]
    make = ["keeper", "codes", "make", *roster, "--name", "marlshire", "--count", "3", "--to"]
    assert main([*make, str(tmp_path / "codes")]) == 0
    slips = (tmp_path / "codes/slips.txt").read_text().splitlines()
    assert len(slips) == 3
    given = str(tmp_path / "codes/keepers.json")
    code = codes.read_code(slips[0].split("\t")[1])
    assert code not in (tmp_path / "codes/keepers.json").read_text()
    for name in NAMES:
        assert main(["keeper", "codes", "take", "--folder", str(tmp_path / name), "--count", "3", given]) == 0
    capsys.readouterr()
    store, keeper = Store(tmp_path / "union/keeper.sqlite3"), home.load(tmp_path / "union")
    today = date(2026, 11, 25)
    keys = tokens.read_pass_keys(
        passes.shown(store, keeper, today)["keys"], keeper.roster.keepers["union"], "trial", "2026-11"
    )
    asked = tokens.ask(keys)
    body = {
        "code": b64.encode(codes.part_of(code, "union")),
        "elements": asked.elements(),
        "month": "2026-11",
    }
    assert passes.claim(store, keeper, body, today).keys() == {"ask", "person"}
    with pytest.raises(CodeError):
        passes.claim(store, keeper, {**body, "elements": tokens.ask(keys).elements()}, today)
    with pytest.raises(PassError):
        passes.person(store, keeper, tokens.Shown(bytes(32), "2026-10", bytes(32)), "x", today)
    store.close()
    for words, said in (
        ([*make, str(tmp_path / "codes")], "there already"),
        ([*make[:-3], "--count", "0", "--to", str(tmp_path / "no")], "people"),
        (["keeper", "codes", "take", "--folder", str(tmp_path / "union"), "--count", "3", given], "already"),
        (["keeper", "codes", "take", "--folder", str(tmp_path / "no"), "--count", "3", given], "cannot read"),
    ):
        assert main(words) == 1
        assert said in capsys.readouterr().err


def test_a_deposit_brings_its_pass_along_and_a_wrong_one_loses_nothing(town):
    """In the note itself, so that nobody on the way sees a second request; kept by keepers that know the token."""
    anna, bela = staff("anna"), staff("bela")
    mine = [pass_of(town, code) for code in CODES[:2]]
    next_month(town)
    recipients = town.recipients()

    def deposit(reporter, collected, month=None):
        notes = {}
        for name in NAMES:
            one = collected[name]
            bound = tokens.for_pledge(reporter.pledge.id)
            shown = tokens.show(one.person, month or one.month, bound)
            said = entries.make_passed(reporter.pledge, shown, reporter.signing)
            note = open_note(reporter.held.notes[name], [scene.TRANSPORT[name]], name)
            notes[name] = seal_note(replace(note, passed=said), recipients[name])
        return town.send(notes, reporter.held.parcel)

    assert {one.status for one in deposit(anna, mine[0], "2026-12").values()} == {200}, "held all the same"
    assert {one.status for one in deposit(bela, mine[1]).values()} == {200}
    days_pass(town)
    assert town.opened() == {}, "anna's token was shown as of another month: she counts for nobody"
    assert {one.status for one in deposit(anna, mine[0]).values()} == {200}
    days_pass(town)
    assert set(town.opened()) == {anna.pledge.id, bela.pledge.id}
    assert [one.status for one in deposit(anna, mine[1]).values()] == [200] * 3
    passed = {town.stores["union"].pledge(one.pledge.id).standing.passed for one in (anna, bela)}
    assert len(passed) == 2, "the first pass of a pledge stays"
