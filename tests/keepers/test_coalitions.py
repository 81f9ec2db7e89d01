"""The coalition table of docs/explanation/keepers.md, each row played with everything that coalition holds.

Where a row says that a coalition can do something, it is shown to be able to.
"""

import base64
import itertools
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.keeper.town import Town, call
from tests.keepers import scene
from tests.keepers.scene import DAY, NAMES, RECIPIENTS, TRANSPORT, Reporter, warrant
from tests.vectors import scene as vectors
from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.keeper import months
from upstander.keepers import entries, errors, identifiers, notes, oprf, shares, tags, threshold
from upstander.keepers.holding import hold, tell
from upstander.keepers.notes import Note, open_note, seal_note
from upstander.keepers.pledges import After, Match
from upstander.keepers.roster import make_transport, read_roster, read_transport
from upstander.ledger.leaf import leaf_bytes
from upstander.sealing import age
from upstander.sealing import shares as shamir
from upstander.sealing.errors import SealingError, WrongKeyError

NAME, OTHER = warrant("PW1234"), warrant("9999")
SECRET = "what she saw"
CASE = age.identity_from_seed(vectors.seed("a held case"))
REPORT = {"sealed": b64.encode(age.seal(SECRET.encode(), [age.recipient_of(CASE)]))}
GRANT = {"epoch": 1, "scope": "case", "to": vectors.ROWAN.key}
GRANTS = [{**GRANT, "sealed": b64.encode(age.seal(CASE.encode(), [vectors.ROWAN.seal]))}]


TWO = (Match(2),)


def pledged(name, outputs, conditions=TWO):
    """A held report whose content is really sealed, to a case key that is really granted."""
    return hold(
        report=REPORT,
        grants=GRANTS,
        outputs=outputs,
        conditions=conditions,
        beneficiary=scene.BENEFICIARY,
        expires=scene.EXPIRES,
        day=DAY,
        by=scene.key(name),
        roster=scene.ROSTER,
        recipients=RECIPIENTS,
    )


VICTIM = pledged("victim", [NAME])
SENT = [VICTIM.parcel, *VICTIM.notes.values()]


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path)
    assert {one.status for one in made.send(dict(VICTIM.notes), VICTIM.parcel).values()} == {200}
    return made


def days_pass(town, days=5):
    town.beat()
    for _ in range(days):
        town.today += timedelta(1)
        town.beat()


def share_of(name, holding=VICTIM):
    """What a keeper itself can read of a pledge."""
    return open_note(holding.notes[name], [TRANSPORT[name]], name).share


def read_by_handler(opened):
    """What a handler with her key makes of what was released."""
    case = age.open_(b64.decode(opened.grants[0]["sealed"]), [vectors.ROWAN.identity]).decode()
    return age.open_(b64.decode(opened.report["sealed"]), [case]).decode()


# The server, or a stolen database


def test_the_server_relays_what_it_cannot_read():
    known = [
        *(statements.public_of(tags.tag_key(one)) for one in (NAME, OTHER)),
        *("PW1234", "1234pw", "match", "after", scene.BENEFICIARY.channel, VICTIM.pledge.id, SECRET, CASE),
    ]
    for data, word in itertools.product(SENT, known):
        for form in (word.encode(), base64.b64encode(word.encode()), word.encode().hex().encode()):
            assert form not in data
    for identity in (CASE, vectors.ROWAN.identity, vectors.RECEIPT.identity):
        for note in VICTIM.notes.values():
            with pytest.raises(WrongKeyError):
                age.open_(note, [identity])


def test_nothing_the_server_keeps_tests_a_name():
    """A tag needs the function; what the server saw is blinded or sealed, and the same name looks new each time."""
    again = pledged("victim", [NAME])
    seen, other = {bytes(one) for one in SENT}, {again.parcel, *again.notes.values()}
    assert not seen & other
    assert len({oprf.blind(b"x").element for _ in range(5)}) == 5


def test_what_is_answered_says_the_same_whether_a_name_is_known(town):
    known, unknown = Reporter("known", [NAME]), Reporter("unknown", [OTHER])
    answers = [town.deposit(one) for one in (known, unknown)]
    days_pass(town)
    answers += [town.deposit(one) for one in (known, unknown)]
    forms = {
        (one.status, tuple(one.body), len(json.dumps(one.body))) for each in answers for one in each.values()
    }
    by_keeper = {len(name) for name in NAMES}
    assert len({form[:2] for form in forms}) == 1
    assert len(forms) <= len(by_keeper)
    sizes = {len(note) for one in (known, unknown) for note in one.held.notes.values()}
    assert len(sizes) == 1
    assert len(known.held.parcel) == len(unknown.held.parcel)
    asked = [
        town.post("union", "/v1/evaluate", elements=elements, epoch="2026", work="")
        for elements in (
            [b64.encode(oprf.blind(data + bytes((i,))).element) for i in range(4)] for data in (b"a", b"b")
        )
    ]
    assert len({(one.status, len(json.dumps(one.body))) for one in asked}) == 1


# Re-depositing, moving, editing, swapping, resending


def test_a_relayed_share_cannot_be_deposited_again_under_other_tags_and_keys(town):
    """Server and liars: they have the sealed notes, and names and keys of their own."""
    liar = scene.key("liar")
    stolen = replace(VICTIM.pledge, verify=statements.public_of(liar), conditions=(After("2026-11-26"),))
    entry = entries.make_entry(stolen, tags.filled([OTHER]), 1, DAY, liar)
    for share in (b"", bytes(33), VICTIM.notes["union"][:33]):
        sent = {name: seal_note(Note(stolen, entry, name, share), RECIPIENTS[name]) for name in NAMES}
        for parcel in (VICTIM.parcel, b""):
            for answer in town.send(sent, parcel).values():
                assert answer.status == (200 if not share and not parcel else 409)
    days_pass(town)
    assert town.opened() == {}
    assert all(town.released(name) == [] for name in NAMES)


def test_a_keeper_that_deposits_its_own_share_again_has_no_others(town):
    """One keeper, the server and liars: the share it knows makes one release of a pledge of the liar's."""
    liar = scene.key("liar")
    stolen = replace(
        VICTIM.pledge,
        verify=statements.public_of(liar),
        conditions=(After("2026-11-26"),),
    )
    entry = entries.make_entry(stolen, tags.filled([OTHER]), 1, DAY, liar)
    share = share_of("union")
    sent = {name: seal_note(Note(stolen, entry, name, share), RECIPIENTS[name]) for name in NAMES}
    answers = town.send(sent, VICTIM.parcel)
    assert {name: one.status for name, one in answers.items()} == {
        "charity": 409,
        "college": 409,
        "union": 200,
    }
    days_pass(town)
    assert [len(town.released(name)) for name in NAMES] == [0, 0, 1]
    assert town.opened() == {}


def test_a_victims_note_in_an_attackers_bundle_changes_nothing(town):
    attacker = pledged("attacker", [OTHER], (After("2026-11-26"),))
    mixed = {"charity": VICTIM.notes["charity"], "college": attacker.notes["college"], "union": b"x"}
    town.send(mixed, VICTIM.parcel)
    town.send(mixed, attacker.parcel)
    days_pass(town)
    assert all(one["pledge"] != VICTIM.pledge.body() for name in NAMES for one in town.released(name))


def test_a_parcel_deposited_by_somebody_else_too_does_not_go_with_his_pledge(town, tmp_path):
    """A server that gets in first with the victim's parcel under a pledge of its own, and ends that pledge."""
    folder = tmp_path / "raced"
    folder.mkdir()
    raced, thief = Town(folder), scene.key("thief")
    share = bytes(range(33))
    stolen = replace(
        VICTIM.pledge,
        verify=statements.public_of(thief),
        shares={name: notes.share_hash(share) for name in NAMES},
    )
    entry = entries.make_entry(stolen, tags.filled([OTHER]), 1, DAY, thief)
    first = {name: seal_note(Note(stolen, entry, name, share), RECIPIENTS[name]) for name in NAMES}
    assert {one.status for one in raced.send(first, VICTIM.parcel).values()} == {200}
    assert {one.status for one in raced.send(dict(VICTIM.notes), VICTIM.parcel).values()} == {200}
    raced.send(tell(stolen, entries.make_withdrawal(stolen, DAY, thief), RECIPIENTS))
    other = pledged("other", [NAME])
    raced.send(dict(other.notes), other.parcel)
    days_pass(raced)
    assert read_by_handler(raced.opened()[VICTIM.pledge.id]) == SECRET


def statement_of(holding, kind, by):
    if kind == "entry":
        return entries.make_entry(holding.pledge, tags.filled([OTHER]), 2, DAY, by)
    if kind == "stop":
        return entries.make_stop(holding.pledge, 1, True, DAY, by)
    return entries.make_withdrawal(holding.pledge, DAY, by)


@pytest.mark.parametrize("kind", ["entry", "stop", "withdrawal"])
def test_nobody_else_speaks_for_a_pledge(town, kind):
    """The institution, a handler, another reporter, a keeper: none of their keys counts, not even as a stop."""
    for by in (scene.READER, scene.key("attacker"), scene.SIGNING["union"], scene.key("the institution")):
        sent = tell(VICTIM.pledge, statement_of(VICTIM, kind, by), RECIPIENTS)
        assert {one.body["error"] for one in town.send(sent).values()} == {"not-signed"}


def test_an_entry_cannot_be_moved_or_its_condition_edited(town):
    entry = open_note(VICTIM.notes["union"], [TRANSPORT["union"]], "union").statement
    attacker = pledged("attacker", [OTHER])
    weaker = replace(VICTIM.pledge, conditions=(After("2026-11-26"),))
    elsewhere = replace(
        VICTIM.pledge, beneficiary=replace(scene.BENEFICIARY, readers=(attacker.pledge.verify,))
    )
    for pledge in (attacker.pledge, weaker, elsewhere):
        notes_ = {name: seal_note(Note(pledge, entry, name), RECIPIENTS[name]) for name in NAMES}
        assert {one.body["error"] for one in town.send(notes_).values()} == {"other-pledge"}


def test_tags_seen_at_a_keeper_cannot_be_put_on_another_entry(town):
    """One keeper and a liar: the tags are there to copy, the keys behind them are not."""
    seen = statements.peek(open_note(VICTIM.notes["union"], [TRANSPORT["union"]], "union").statement, "entry")
    liar = pledged("liar", [OTHER])
    for body in (
        {**seen, "pledge": liar.pledge.id},
        {
            **statements.peek(
                entries.make_entry(liar.pledge, tags.filled([OTHER]), 2, DAY, scene.key("liar")), "entry"
            ),
            "tags": seen["tags"],
        },
    ):
        sent = tell(liar.pledge, statements.sign("entry", body, scene.key("liar")), RECIPIENTS)
        assert {one.body["error"] for one in town.send(sent).values()} == {"tag"}


def test_a_withdrawn_pledge_stays_withdrawn_whoever_sends_it_again(town):
    end = tell(VICTIM.pledge, entries.make_withdrawal(VICTIM.pledge, DAY, scene.key("victim")), RECIPIENTS)
    town.send(end)
    assert {one.body["error"] for one in town.send(dict(VICTIM.notes), VICTIM.parcel).values()} == {
        "withdrawn"
    }
    other = Reporter("other", [NAME])
    town.deposit(other)
    days_pass(town)
    assert town.opened() == {}


def test_one_entry_counts_once_however_often_and_with_whatever_it_is_sent(town):
    for _ in range(3):
        town.send(dict(VICTIM.notes), VICTIM.parcel)
    again = entries.make_entry(VICTIM.pledge, tags.filled([NAME]), 2, DAY, scene.key("victim"))
    town.send(tell(VICTIM.pledge, again, RECIPIENTS))
    second = pledged("victim", [NAME])
    town.send(dict(second.notes), second.parcel)
    days_pass(town)
    assert town.opened() == {}


# Keepers


def test_one_keeper_learns_which_pledges_share_a_tag_and_no_name():
    """Everything in one keeper's hands: its store, its share of the key, its transport key; and a list of names."""
    carried = {
        name: set(
            entries.read(
                open_note(held.notes["union"], [TRANSPORT["union"]], "union").statement, held.pledge
            ).tags
        )
        for name, held in (("a", VICTIM), ("b", pledged("b", [NAME])), ("c", pledged("c", [OTHER])))
    }
    assert len(carried["a"] & carried["b"]) == 1
    assert not carried["a"] & carried["c"]
    guess = identifiers.oprf_input(identifiers.identifier("warrant", number="PW1234", force="Marlshire"))
    alone = oprf.evaluate_whole(scene.SHARES["union"].secret, guess)
    assert statements.public_of(tags.tag_key(alone)) not in carried["a"]


def test_fewer_than_t_keepers_with_server_and_handlers_read_nothing():
    share = share_of("union")
    with pytest.raises(errors.ShortEvidenceError):
        shares.open_release([shares.Release("union", VICTIM.pledge, share)], VICTIM.parcel)
    for other in (bytes(32) + b"\1", VICTIM.notes["college"][-33:-1] + b"\2"):
        if other[-1] == share[-1]:
            continue
        lock = age.identity_from_seed(shamir.combine([share, other]))
        with pytest.raises(SealingError):
            notes.open_parcel(VICTIM.parcel, lock)


def test_a_keeper_that_lies_is_named_at_both_ends(town):
    town.send(dict((other := pledged("other", [NAME])).notes), other.parcel)
    days_pass(town)
    releases = [
        shares.Release(name, VICTIM.pledge, b64.decode(one["share"]))
        for name in NAMES
        for one in town.released(name)
        if one["pledge"] == VICTIM.pledge.body()
    ]
    lies = [replace(one, share=bytes(33)) if one.keeper == "college" else one for one in releases]
    assert shares.open_release(lies, VICTIM.parcel).liars == ("college",)
    blinded = [oprf.blind(b"x")]
    sent = [blinded[0].element]
    answers = {
        name: threshold.answer(
            scene.SHARES["charity" if name == "college" else name], scene.PUBLIC.parts[name], sent
        )
        for name in NAMES
    }
    assert set(threshold.combine(scene.PUBLIC, blinded, answers).liars) == {"college"}


def test_t_keepers_find_the_name_by_trying_all_and_still_read_nothing():
    """The floor for names: two of three keepers together, or thieves of both."""
    key = threshold.join([scene.SHARES["charity"], scene.SHARES["union"]])
    carried = statements.peek(
        open_note(VICTIM.notes["union"], [TRANSPORT["union"]], "union").statement, "entry"
    )["tags"]
    found = [
        number
        for number in range(1225, 1245)
        if statements.public_of(
            tags.tag_key(
                oprf.evaluate_whole(
                    key,
                    identifiers.oprf_input(
                        identifiers.identifier("warrant", number=f"PW{number}", force="Marlshire")
                    ),
                )
            )
        )
        in carried
    ]
    assert found == [1234]
    opened = shares.open_release(
        [shares.Release(name, VICTIM.pledge, share_of(name)) for name in ("charity", "union")], VICTIM.parcel
    )
    for identity in (*TRANSPORT.values(), vectors.RECEIPT.identity):
        with pytest.raises(WrongKeyError):
            age.open_(b64.decode(opened.grants[0]["sealed"]), [identity])
        with pytest.raises(WrongKeyError):
            age.open_(b64.decode(opened.report["sealed"]), [identity])


def test_t_keepers_and_the_beneficiarys_handlers_read_everything():
    """The floor of trust."""
    releases = [shares.Release(name, VICTIM.pledge, share_of(name)) for name in ("charity", "union")]
    assert read_by_handler(shares.open_release(releases, VICTIM.parcel)) == SECRET


# Handlers, liars, the person who is named


def test_handlers_and_a_liar_who_guesses_the_name_read_it(town):
    """What k cannot prevent: somebody ready to lie. It takes a false report that stays on record."""
    lie = pledged("liar", [NAME])
    town.send(dict(lie.notes), lie.parcel)
    days_pass(town)
    assert read_by_handler(town.opened()[VICTIM.pledge.id]) == SECRET
    assert lie.pledge.id in town.opened()


def test_a_wrong_guess_opens_nothing(town):
    lie = pledged("liar", [OTHER])
    town.send(dict(lie.notes), lie.parcel)
    days_pass(town)
    assert town.opened() == {}


def test_the_person_named_who_files_against_himself_sees_nothing_of_it(town):
    """His receipts, the answers to him, sizes, and what he can fetch are as if nobody had ever named him."""
    himself, alone = pledged("himself", [NAME], ()), pledged("alone", [OTHER], ())
    views = []
    for holding, by in ((himself, "himself"), (alone, "alone")):
        answers = [town.send(dict(holding.notes), holding.parcel)["union"]]
        days_pass(town, 4)
        stop = tell(holding.pledge, statement_of(holding, "stop", scene.key(by)), town.recipients())
        answers.append(town.send(stop)["union"])
        answers.append(town.post("union", "/v1/releases", statement=town.fetch("union", scene.key(by))))
        views.append([(one.status, len(json.dumps(one.body))) for one in answers])
        views[-1].append(len(holding.parcel))
    assert views[0] == views[1]
    assert town.released("union", scene.key("himself")) == []


def test_a_ghost_handler_gets_nothing(town):
    other = pledged("other", [NAME])
    town.send(dict(other.notes), other.parcel)
    days_pass(town)
    ghost = scene.key("ghost")
    assert town.released("union", ghost) == []
    real = {"day": town.today.isoformat(), "keeper": "union", "reader": statements.public_of(scene.READER)}
    in_her_name = statements.sign("fetch", real, ghost)
    assert town.post("union", "/v1/releases", statement=in_her_name).body["error"] == "not-signed"
    for signed in (town.fetch("union", ghost), town.fetch("union").replace("union", "uniom"), in_her_name):
        answer = town.post("union", "/v1/parcels", statement=signed, parcel=VICTIM.pledge.parcel)
        assert answer.status >= 400


# Time


def test_what_was_relayed_does_not_open_after_the_months_key_is_gone(town):
    """The server recorded everything; later it gets hold of two keepers' machines, whole."""
    for name, store in town.stores.items():
        store.scrub()
        assert share_of(name) in (town.folder / f"{name}.sqlite3").read_bytes()
    end = tell(VICTIM.pledge, entries.make_withdrawal(VICTIM.pledge, DAY, scene.key("victim")), RECIPIENTS)
    town.send(end)
    for store in town.stores.values():
        months.renew(store, date(2027, 1, 8))
    seized = [identity for name in ("charity", "union") for identity in town.stores[name].identities()]
    assert len(seized) == 4
    for name in NAMES:
        with pytest.raises(errors.ClosedError):
            open_note(VICTIM.notes[name], seized, name)
    shares_kept = [
        store.rows("SELECT share FROM pledges WHERE share != x''") for store in town.stores.values()
    ]
    assert shares_kept == [[], [], []]
    town.today = date(2027, 1, 8)
    town.beat()
    for name in NAMES:
        raw = b"".join(path.read_bytes() for path in town.folder.glob(f"{name}.sqlite3*"))
        for secret in (share_of(name), TRANSPORT[name].encode()):
            assert secret not in raw


def test_the_server_is_no_input_to_a_release(town):
    """Its copy deleted, itself down: two keepers and a handler are enough."""
    other = pledged("other", [NAME])
    town.send(dict(other.notes), other.parcel)
    days_pass(town)
    town.off = {"college"}
    assert {read_by_handler(one) for one in town.opened().values()} == {SECRET}
    about = call(town.apps["union"], "GET", "/v1/keeper").body
    assert read_roster(about["roster"]).sha256 == scene.ROSTER.sha256


# Who the keepers and the handlers are


def test_a_substituted_keeper_is_found_by_everybody_who_reads_the_roster():
    """The server puts a keeper of its own in the place of one: with its own keys, or with those it was given."""
    impostor = scene.key("impostor")
    body = json.loads(scene.ROSTER_TEXTS[0].split("\n")[1])
    for change in (
        {"sign": statements.public_of(impostor)},
        {"address": "https://server.example"},
        {"part": b64.encode(scene.SHARES["union"].public)},
    ):
        changed = {**body, "keepers": [{**body["keepers"][0], **change}, *body["keepers"][1:]]}
        mine = statements.sign("roster", changed, impostor)
        for texts in (
            [mine, *scene.ROSTER_TEXTS[1:]],
            [mine] * 3,
            [statements.sign("roster", changed, scene.SIGNING["charity"]), *scene.ROSTER_TEXTS[1:]],
        ):
            with pytest.raises(FormatError):
                read_roster(texts)
    all_new = {
        **body,
        "keepers": [
            {**one, "sign": statements.public_of(scene.key(one["name"] + "'"))} for one in body["keepers"]
        ],
    }
    own = [statements.sign("roster", all_new, scene.key(name + "'")) for name in NAMES]
    assert read_roster(own).sha256 != scene.ROSTER.sha256  # signed by all of its own; the page pins another
    transport = make_transport("charity", scene.MONTH, RECIPIENTS["charity"], impostor)
    with pytest.raises(FormatError):
        read_transport(transport, scene.ROSTER.keepers["charity"], scene.MONTH)


def test_an_answer_of_a_substituted_keeper_names_it():
    """It answers under a key of its own, or passes on what another keeper answered."""
    blinded = [oprf.blind(b"x")]
    sent = [blinded[0].element]
    own = threshold.KeyShare(1, oprf.group.random_scalar())
    other = threshold.answer(scene.SHARES["union"], scene.PUBLIC.parts["union"], sent)
    for wrong in (threshold.answer(own, own.public, sent), other):
        answers = {
            "charity": wrong,
            **{
                name: threshold.answer(scene.SHARES[name], scene.PUBLIC.parts[name], sent)
                for name in ("college", "union")
            },
        }
        assert set(threshold.combine(scene.PUBLIC, blinded, answers).liars) == {"charity"}


def test_an_institutions_leaf_is_no_stop(town):
    """Its log, its installation key and its card say that a pledge is stopped: no keeper reads any of it."""
    late = pledged("late", [OTHER], (After("2026-11-28"),))
    town.send(dict(late.notes), late.parcel)
    institution = vectors.INSTALLATION_KEY
    leaf = leaf_bytes("restricted", DAY, "0" * 32, "1" * 64).decode()
    stop = statements.sign(
        "stop", {"day": DAY, "number": 1, "pledge": late.pledge.id, "stop": True}, institution
    )
    named = statements.sign(
        "stop",
        {"by": late.pledge.verify, "day": DAY, "number": 1, "pledge": late.pledge.id, "stop": True},
        institution,
    )
    for text in (leaf, stop, named):
        refused = town.send(tell(late.pledge, text, RECIPIENTS))
        assert {one.body["error"] for one in refused.values()} <= {"not-signed", "format"}
    for path in ("/v1/bundles", "/v1/sync", "/v1/releases"):
        assert town.post("union", path, statement=stop).status >= 400
    days_pass(town, 8)
    assert read_by_handler(town.opened()[late.pledge.id]) == SECRET
