"""Requests sealed to a keeper: nobody on the way reads a claim code or a pass, or turns one request into another."""

from pathlib import Path

import pytest

from tests.keeper.test_passes import CODES, give_codes, keys_of, next_month, pass_of
from tests.keeper.town import Town
from tests.keepers import scene
from upstander.formats import b64
from upstander.keeper import evaluate, requests
from upstander.keepers import codes, oprf, passes
from upstander.sealing import age


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    give_codes(made)
    return made


def elements() -> list[bytes]:
    return [oprf.blind(bytes([number]) * 32).element for number in range(4)]


def question(of: list[bytes], **more: object) -> dict[str, object]:
    return {"elements": [b64.encode(one) for one in of], "epoch": "2026", "work": "", **more}


def test_a_sealed_question_is_answered_as_an_open_one(town: Town) -> None:
    asked = question(elements())
    sealed = requests.seal("union", "/v1/evaluate", asked, town.recipients()["union"])
    assert (
        town.post("union", "/v1/evaluate", **sealed).body["elements"]
        == (town.post("union", "/v1/evaluate", **asked).body["elements"])
    )


def test_a_pass_shown_inside_is_counted_apart_and_adds_no_byte(town: Town) -> None:
    mine = pass_of(town, CODES[0])["union"]
    next_month(town)
    of = elements()
    shown = passes.show(mine.asks[0], mine.month, passes.for_question("2026", of)).body()
    recipient = town.recipients()["union"]
    with_it = requests.seal("union", "/v1/evaluate", question(of, **{"pass": shown}), recipient)
    without = requests.seal("union", "/v1/evaluate", question(of), recipient)
    assert len(with_it["sealed"]) == len(without["sealed"])
    store, today = town.stores["union"], town.today.isoformat()
    asked = store.counted(today, evaluate.PUBLIC)  # by the other keepers, which ask as anybody does
    assert town.post("union", "/v1/evaluate", **with_it).status == 200
    assert (store.counted(today, evaluate.PASSED), store.counted(today, evaluate.PUBLIC)) == (1, asked)
    assert town.post("union", "/v1/evaluate", **with_it).status == 200
    counted = (store.counted(today, evaluate.PASSED), store.counted(today, evaluate.PUBLIC))
    assert counted == (1, asked + 1), "once only: then as anybody is"
    assert town.post("union", "/v1/evaluate", **without).status == 200


def test_a_claim_on_its_way_shows_no_code(town: Town) -> None:
    keys = keys_of(town, "union")
    part = b64.encode(codes.part_of(CODES[0], "union"))
    body = {"code": part, "elements": passes.ask(keys).elements(), "month": keys.month}
    sealed = requests.seal("union", "/v1/claims", body, town.recipients()["union"])
    assert part not in str(sealed)
    assert set(town.post("union", "/v1/claims", **sealed).body) == {"ask", "person"}


def test_what_was_sealed_for_another_keeper_path_or_kind_is_refused(town: Town) -> None:
    mine, asked = town.recipients()["union"], question(elements())
    for keeper, path in (("charity", "/v1/evaluate"), ("union", "/v1/claims")):
        answer = town.post("union", "/v1/evaluate", **requests.seal(keeper, path, asked, mine))
        assert answer.body["error"] == "other-keeper"
    other = requests.seal("union", "/v1/evaluate", asked, town.recipients()["charity"])
    assert town.post("union", "/v1/evaluate", **other).body["error"] == "closed"
    for plain in (b"", b"x" * requests.SIZE, (requests.HEAD + b"[]\n").ljust(requests.SIZE, b"\0")):
        sealed = b64.encode(age.seal(plain, [mine]))
        assert town.post("union", "/v1/evaluate", sealed=sealed).status == 400
    for wrong in ("", "!", 7, None, b64.encode(b"age")):
        assert town.post("union", "/v1/evaluate", sealed=wrong).status in (400, 409)
    assert town.stores["union"].counted(town.today.isoformat(), evaluate.PUBLIC) == 0
    assert scene.NAMES[2] == "union"
