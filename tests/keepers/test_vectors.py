"""The vectors that both languages share: what Python makes of them. TypeScript's half is in `client/lib`."""

import json

import pytest

from tests.vectors import make_golden as golden
from tests.vectors import scene
from tests.vectors.make_keepers import FOLDER, fuzz_json
from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.keepers import entries, notes, oprf, roster, shares, slips, threshold
from upstander.keepers.pledges import After, Match, read_pledge


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_oprf():
    vector = load("oprf")
    keepers = {one["name"]: one for one in vector["keepers"]}
    public = threshold.PublicKey(
        b64.decode(vector["key"]),
        vector["needs"],
        {name: one["place"] for name, one in keepers.items()},
        {name: b64.decode(one["part"]) for name, one in keepers.items()},
    )
    threshold.check_public(public)
    blinded = [
        oprf.blind(b64.decode(one["input"]), scalar=b64.decode(one["blind"])) for one in vector["blinded"]
    ]
    assert [b64.encode(one.element) for one in blinded] == [one["element"] for one in vector["blinded"]]
    answers = {name: _answer(one) for name, one in vector["answers"].items()}
    outputs = threshold.combine(public, blinded, answers)
    assert [b64.encode(one) for one in outputs.values] == vector["outputs"]
    assert outputs.liars == {}
    for lie in vector["lies"]:
        with_lie = {**answers, lie["from"]: _answer(lie["answer"])}
        assert set(threshold.combine(public, blinded, with_lie).liars) == {lie["from"]}, lie["why"]
        two = {name: with_lie[name] for name in ("keeper-1", "keeper-2", "keeper-3")}
        with pytest.raises(threshold.TooFewError):
            threshold.combine(public, blinded, two)
    assert len(vector["lies"]) > 5


def test_what_a_browser_pledged_is_opened_here():
    """`ts-pledge.json` was made by `client/lib/pledge.test.ts` for the keepers of `pledges.json`."""
    vector, keepers = load("ts-pledge"), load("pledges")["identities"]
    assert len(vector["notes"]) == 5
    parcel, released, said = b64.decode(vector["parcel"]), [], []
    for sent in vector["notes"]:
        assert sent.keys() == keepers.keys()
        for name, sealed in sent.items():
            note = notes.open_note(b64.decode(sealed), [keepers[name]], name)
            assert note.pledge.id == vector["id"]
            said.append(entries.read(note.statement, note.pledge))
            if note.share:
                released.append(shares.Release(name, note.pledge, note.share))
    assert [type(one).__name__ for one in said[::3]] == ["Entry", "Entry", "Stop", "Stop", "Withdrawal"]
    assert [one.version for one in said[:6:3]] == [1, 2]
    assert [(one.number, one.stop) for one in said[6:12:3]] == [(1, True), (2, False)]
    assert released[0].pledge.conditions == (After("2027-01-01"), Match(3, "passes"))
    assert notes.check_parcel(parcel) == released[0].pledge.parcel
    opened = shares.open_release(released[1:], parcel)
    assert (opened.report, opened.grants) == ({"text": "é sealed already"}, [{"to": "x"}])


def test_what_is_in_the_pledges_file_is_what_python_makes():
    vector = load("pledges")
    assert roster.read_roster(vector["roster"]).sha256 == vector["roster_sha256"]
    for texts in vector["bad_rosters"]:
        with pytest.raises(FormatError):
            pytest.fail(f"{roster.read_roster(texts)}")
    released = [
        shares.Release(one["keeper"], read_pledge(one["pledge"]), b64.decode(one["share"]))
        for one in vector["releases"]
    ]
    opened = shares.open_release(released, b64.decode(vector["parcel"]))
    assert (opened.report, opened.grants) == (vector["report"], vector["grants"])


def _answer(one):
    return threshold.Answer(tuple(map(b64.decode, one["elements"])), b64.decode(one["proof"]))


def test_typing_is_read_as_it_was():
    made = fuzz_json()
    assert made == load("typing")
    assert sum("written" in row for row in made["rows"]) > 60


def test_a_slip_that_a_browser_wrote_is_opened_here():
    """`ts-slip.json` was made by `client/lib/slips.test.ts`: the golden slip, signed and sealed anew."""
    vector = load("ts-slip")
    sealed = b64.decode(vector["sealed"])
    slip = slips.open_slip(sealed, scene.ROWAN.identity, golden.PLEDGE.verify, vector["id"])
    assert slip.body() == {**golden.SLIP.body(), "entry": slip.entry}
    assert slips.slip_number(slip.place, slip.version) == vector["number"]
