"""Passes: right ones work once, wrong ones never, and none can be tied to a code."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from tests.keeper.town import Answer, call
from tests.surveying.force import totals
from upstander.formats import b64, base32
from upstander.formats.errors import FormatError
from upstander.keepers import group, oprf
from upstander.surveying import collection, issuer, passes, service
from upstander.surveying.errors import CodeError, PassError
from upstander.surveying.notice import make_notice, read_notice

WAVE = "2026"
ONE = (1).to_bytes(32, "little")


def open_issuer(folder: Path) -> issuer.Issuer:
    """An issuing body with a notice."""
    issuer.create(folder, "Fellmoor University", "https://survey.example.org")
    name, address, signing, seed = issuer.about(folder)
    text = make_notice(
        signing,
        wave=WAVE,
        institution="marlshire",
        issuer=name,
        address=address,
        key=issuer.wave_key(seed, WAVE)[1],
        opens="2026-11-02",
        closes="2026-11-30",
        areas={},
        tree=collection.grow(totals()),
        shares={},
    )
    issuer.keep_notice(folder, text)
    return issuer.Issuer(folder)


def collect(body: issuer.Issuer, code: str) -> passes.Pass:
    """What the page does."""
    asking = passes.ask(WAVE)
    return passes.finish(asking, body.notice.key, *body.give(code, asking.element))


@pytest.fixture
def body(tmp_path: Path) -> issuer.Issuer:
    return open_issuer(tmp_path)


def test_a_pass_goes_round(body: issuer.Issuer) -> None:
    (code,) = body.new_codes(1)
    made = collect(body, code)
    assert passes.read_pass(f" {made.text.upper()[:20]} {made.text[20:]}\n") == made
    body.confirm(made)
    body.confirm(made)
    assert body.counts() == {"codes": 1, "issued": 1, "shown": 1}


def test_a_code_gives_one_pass_and_a_lost_answer_can_be_asked_for_again(body: issuer.Issuer) -> None:
    (code,) = body.new_codes(1)
    asking = passes.ask(WAVE)
    first, again = body.give(code, asking.element), body.give(code.upper().replace("-", " "), asking.element)
    assert passes.finish(asking, body.notice.key, *first) == passes.finish(asking, body.notice.key, *again)
    with pytest.raises(CodeError) as used:
        collect(body, code)
    with pytest.raises(CodeError) as unknown:
        collect(body, passes.new_code())
    assert str(used.value) == str(unknown.value)


def test_other_waves_keys_and_guesses_are_not_confirmed(body: issuer.Issuer, tmp_path: Path) -> None:
    other = open_issuer(tmp_path / "other")
    stranger = collect(other, other.new_codes(1)[0])
    guess = passes.Pass(secrets.token_bytes(16), secrets.token_bytes(16), passes.key_name(body.notice.key))
    made = collect(body, body.new_codes(1)[0])
    moved = passes.Pass(secrets.token_bytes(16), made.proof, made.key)
    for wrong in (stranger, guess, moved):
        with pytest.raises(PassError):
            body.confirm(wrong)
    assert body.counts()["shown"] == 0


def test_an_answer_under_another_key_is_noticed(body: issuer.Issuer, tmp_path: Path) -> None:
    """A body that used a key of her own for each person could tell them apart."""
    other = open_issuer(tmp_path / "other")
    asking = passes.ask(WAVE)
    answer = other.give(other.new_codes(1)[0], asking.element)
    with pytest.raises(PassError):
        passes.finish(asking, body.notice.key, *answer)


def test_what_was_asked_does_not_lead_to_the_pass(body: issuer.Issuer) -> None:
    """The body, with its key, every blinded number and every spent pass, tries what could tie them together."""
    codes = body.new_codes(4)
    asked = [passes.ask(WAVE) for _ in codes]
    given = [body.give(code, one.element) for code, one in zip(codes, asked, strict=True)]
    made = [passes.finish(a, body.notice.key, *answer) for a, answer in zip(asked, given, strict=True)]
    unblinded = [oprf.evaluate_whole(body.secret, passes.question(WAVE, one.nonce)) for one in made]
    hashed = [oprf.blind(passes.question(WAVE, one.nonce), scalar=ONE).element for one in made]
    evaluated = [group.decode(h) for h in hashed]
    keyed = [(body.secret * point).encode() for point in evaluated]
    for (answer, _), one in zip(given, asked, strict=True):
        assert one.element not in hashed and answer not in keyed
        assert all(answer[:16] != output[:16] for output in unblinded)
    # and the same number asked again looks like another
    again = oprf.blind(passes.question(WAVE, asked[0].nonce))
    assert again.element != asked[0].element


def test_what_the_body_keeps_has_no_order_no_time_and_no_pass(tmp_path: Path) -> None:
    body = open_issuer(tmp_path)
    codes = body.new_codes(40)
    made = [collect(body, code) for code in codes]
    for one in made:
        body.confirm(one)
    body.close()
    rows = sqlite3.connect(tmp_path / "issuer.sqlite3")
    tables = rows.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {name for name, _ in tables} == {"codes", "shown"}
    assert all("WITHOUT ROWID" in sql for _, sql in tables)
    shown = [name for (name,) in rows.execute("SELECT name FROM shown")]
    assert shown == sorted(shown) != [passes.spent_name(WAVE, one.nonce) for one in made]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for code, one in zip(codes, made, strict=True):
        assert code.encode() not in kept
        assert one.nonce not in kept and one.proof not in kept and one.text.encode() not in kept


@pytest.mark.parametrize(
    "text", ["", "a", "a" * 57, "a" * 59, "1" * 58, base32.encode(b"\xff" * 36)[:-1] + "b", "é" * 58]
)
def test_what_is_no_pass_is_told_so(text: str) -> None:
    with pytest.raises(PassError):
        passes.read_pass(text)


def test_a_notice_that_was_changed_is_refused(body: issuer.Issuer) -> None:
    for old, new in (("2026-11-30", "2026-12-30"), ("Fellmoor", "Marlmoor"), ("marlshire", "other")):
        with pytest.raises(FormatError):
            read_notice(body.notice.text.replace(old, new))


@pytest.fixture
def app(body: issuer.Issuer) -> Starlette:
    return service.application(body, "https://speak.example.org/marlshire/survey/")


def post(app: Starlette, path: str, **said: str) -> Answer:
    """A request in JSON."""
    return call(app, "POST", path, json.dumps(said).encode())


def test_the_service_gives_and_confirms(app: Starlette, body: issuer.Issuer) -> None:
    (code,) = body.new_codes(1)
    asking = passes.ask(WAVE)
    answer = post(app, "/v1/passes", code=code, element=b64.encode(asking.element)).body
    made = passes.finish(asking, body.notice.key, b64.decode(answer["element"]), b64.decode(answer["proof"]))
    assert post(app, "/v1/confirm", **{"pass": made.text}).body == {"valid": True}
    assert call(app, "GET", "/v1/wave").body["notice"] == body.notice.text


def test_counts_are_told_after_the_last_day_only(body: issuer.Issuer) -> None:
    """A public number that grows while people answer would tell when somebody did."""
    body.confirm(collect(body, body.new_codes(2)[0]))
    for day, status in (("2026-11-02", 409), ("2026-11-30", 409), ("2026-12-01", 200)):
        app = service.application(body, "https://speak.example.org/", lambda day=day: date.fromisoformat(day))
        answer = call(app, "GET", "/v1/counts")
        assert answer.status == status
    assert answer.body == {"codes": 2, "issued": 1, "shown": 1}


def test_the_page_of_passes_knows_the_body_s_own_key(app: Starlette, body: issuer.Issuer) -> None:
    if not (service.BUILT / "pass.html").is_file():
        pytest.skip("!! The pages are not built, so the page of passes was not read. Run: npm run build")
    (route,) = (one for one in app.routes if isinstance(one, Route) and one.path == "/")
    page = asyncio.run(route.endpoint(Request({"type": "http"}))).body
    assert f'<meta name="upstander-issuer" content="{body.notice.sign}">'.encode() in page
    assert b"{{" not in page


def test_a_later_wave_is_signed_with_the_key_that_is_known(body: issuer.Issuer, tmp_path: Path) -> None:
    first = tmp_path / "first"
    known = issuer.create(first, "Fellmoor University", "https://survey.example.org")
    same = issuer.create(tmp_path / "second", "Fellmoor University", "https://survey.example.org", first)
    assert (
        same
        == known
        != issuer.create(tmp_path / "third", "Fellmoor University", "https://survey.example.org")
    )
    assert issuer.about(first)[3] != issuer.about(tmp_path / "second")[3]  # passes have a key a wave
    with pytest.raises(FileNotFoundError):
        issuer.create(tmp_path / "fourth", "Fellmoor", "https://survey.example.org", tmp_path / "nowhere")
    assert not (tmp_path / "fourth").exists()


@pytest.mark.parametrize("path", ["/v1/passes", "/v1/confirm"])
@pytest.mark.parametrize(
    "sent",
    [b"", b"[]", b"{}", b"[" * 3000, b"\xff", b"x" * 5000, b'{"pass": 3}', b'{"code": "a", "element": "AA"}'],
)
def test_nonsense_is_refused_in_words(app: Starlette, path: str, sent: bytes) -> None:
    answer = call(app, "POST", path, sent)
    assert answer.status in {400, 409, 413}
    assert answer.body["title"].endswith(".")


def test_the_identity_and_what_is_no_element_cost_no_code(app: Starlette, body: issuer.Issuer) -> None:
    (code,) = body.new_codes(1)
    for element in (bytes(32), b"\xff" * 32):
        assert post(app, "/v1/passes", code=code, element=b64.encode(element)).status == 409
    assert collect(body, code)
