"""The vectors that both languages share: what Python makes of them. TypeScript's half is in `client/lib`."""

import json

import pytest

from tests.vectors.make_keepers import FOLDER, fuzz_json
from upstander.formats import b64
from upstander.keepers import oprf, threshold


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


def _answer(one):
    return threshold.Answer(tuple(map(b64.decode, one["elements"])), b64.decode(one["proof"]))


def test_typing_is_read_as_it_was():
    made = fuzz_json()
    assert made == load("typing")
    assert sum("written" in row for row in made["rows"]) > 60
