"""Witnesses sign what continues; those that are down, slow or lying hold up nothing that they should not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.test import Client

from tests.server.log.test_sequence import NOON, act, back_to
from tests.server.log.witness import Witness, configure, serving
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import Watching, make_watching, read_log_policy
from upstander.ledger.policy import check
from upstander.ledger.promise import read_promise
from upstander.server.installation import load
from upstander.server.log import access, ask, cosign, generations, publish, sequence
from upstander.server.log.append import promise
from upstander.server.log.errors import BehindError
from upstander.server.log.models import Checkpoint, Cosignature, Leaf, Log

pytestmark = [pytest.mark.django_db, pytest.mark.db]
DAY = 86400


@pytest.fixture
def three(folder: Path) -> object:
    """Three witnesses, of which two must sign."""
    with serving(folder, "ash", "birch", "cedar") as made:
        yield made


def beat(now: float) -> None:
    sequence.run(now)
    cosign.collect()
    publish.run(access.newest(generations.newest()).row.day)  # type: ignore[union-attr]


def served() -> access.Published:
    head = access.published(generations.newest())
    assert head is not None
    return head


def page() -> str:
    return Client().get("/log/").content.decode()


def test_witnesses_sign_each_tree_head_and_it_is_published(three: list[Witness]) -> None:
    for day in range(3):
        act(3)
        beat(NOON + day * DAY)
        policy = read_log_policy(access.policy_statement(), load().sign)
        examined = check(policy.policy, served().note)
        assert set(examined.signed) == {"ash", "birch", "cedar"} and examined.checkpoint.size == 3 * day + 3
    assert [one.seen() for one in three] == [9, 9, 9]
    assert [one.asked for one in three] == [3, 3, 3]
    assert cosign.collect() == 0 and [one.asked for one in three] == [3, 3, 3]  # they have all signed
    assert "2 of 3 must have signed" in page() and "Late" not in page()


def test_a_quiet_log_is_seen_once_a_day(three: list[Witness]) -> None:
    act()
    beat(NOON)
    lines = set(Cosignature.objects.values_list("line", flat=True))
    cosign.collect()
    assert [one.asked for one in three] == [1, 1, 1]
    generations.newest().witnesses.update(day="2020-01-01")
    time.sleep(1.1)  # a witness signs to the second
    assert (cosign.collect(), cosign.collect()) == (3, 0)
    assert [one.asked for one in three] == [2, 2, 2]
    assert not lines & set(Cosignature.objects.values_list("line", flat=True))
    check(read_log_policy(access.policy_statement()).policy, served().note)


def test_one_that_is_down_is_named_and_catches_up(three: list[Witness]) -> None:
    three[0].answer = lambda _: (500, b"")
    act(2)
    beat(NOON)
    policy = read_log_policy(access.policy_statement()).policy
    assert check(policy, served().note).missing == ("ash",)
    assert "<strong>Late:</strong>" in page() and page().count("Late") == 1
    act(2)
    beat(NOON + DAY)
    three[0].answer = three[0].sign
    assert cosign.collect() == 1
    assert check(policy, served().note).missing == () and three[0].seen() == 4


def test_a_slow_one_holds_up_nobody(three: list[Witness], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask.post, "__defaults__", (1.0, "text/plain"))
    three[1].answer = lambda body: (time.sleep(4), three[1].sign(body))[1]
    act()
    beat(NOON)
    assert set(served().signed) == {"ash", "cedar"}
    assert "it did not answer" in page()


def test_without_enough_nothing_newer_is_served_until_a_day_later(three: list[Witness]) -> None:
    act(3)
    beat(NOON)
    three[0].answer = three[1].answer = lambda _: (503, b"")
    act(3)
    beat(NOON + DAY)
    assert served().row.size == 3 and "waits for witnesses" in page()
    newest = access.newest(generations.newest())
    assert newest is not None and publish.run(newest.row.day) == 0
    assert Client().get("/log/1/tile/0/000.p/4").status_code == 404  # not published, not shown
    Checkpoint.objects.update(day="2020-01-01")
    assert publish.run() == 1
    assert served().row.size == 6 and "Fewer independent witnesses have signed" in page()
    Checkpoint.objects.update(day="2100-01-01")
    assert publish.run() == 0 and served().row.size == 6  # never an older one again


def test_a_lie_is_not_a_signature(three: list[Witness], folder: Path) -> None:
    other = Witness(folder, "dogwood")
    other.trust()
    lies = [
        other.sign,  # with a key that is not its own
        lambda body: (200, b"- nonsense\n"),
        lambda body: (200, b"\xff\xfe"),
        lambda body: (200, b"x" * 100_000),
        lambda body: (200, three[0].sign(body)[1].replace(b"A", b"B")),
        lambda body: (409, b"many\n"),
        lambda body: (409, b"1\n"),
        lambda body: (302, b""),
    ]
    act(3)
    for lie in lies:
        three[0].answer = lie
        sequence.run(NOON)
        cosign.collect()
        assert not Cosignature.objects.filter(witness="ash").exists()
        assert generations.newest().witnesses.get(name="ash").problem
    act()
    assert sequence.run(NOON + DAY) == 1  # and it stops nobody


def test_a_witness_that_has_seen_more_stops_the_log(three: list[Witness], folder: Path) -> None:
    act(3)
    beat(NOON)
    act(3)
    beat(NOON + DAY)
    back_to(3)
    (folder / "log" / "1").unlink()  # the whole folder was put back: only the witnesses remember
    cosign._asked.clear()
    act()
    with pytest.raises(BehindError, match="it has seen 6 entries; this database has signed 3"):
        sequence.run(NOON + 2 * DAY)
    assert Checkpoint.objects.count() == 1 and Leaf.objects.filter(index=None).count() == 1
    assert "has stopped signing the log" in page()
    with pytest.raises(BehindError):
        sequence.run(NOON + 3 * DAY)


def test_a_fork_stops_the_log(three: list[Witness], folder: Path) -> None:
    act(3)
    beat(NOON)
    log = generations.newest()
    back_to(0)
    Leaf.objects.all().delete()
    (folder / "log" / "1").unlink()
    act(3)
    sequence.run(NOON + DAY)  # nothing was signed here, as far as this machine remembers
    assert cosign.collect() == 0
    assert log.witnesses.filter(against=True).count() == 3
    act()
    with pytest.raises(BehindError, match="another log"):
        sequence.run(NOON + 2 * DAY)
    assert any("fork" in alarm.what for alarm in three[0].state.alarms())


def test_after_a_start_nothing_is_signed_that_nobody_could_vouch_for(three: list[Witness]) -> None:
    act(3)
    beat(NOON)
    cosign._asked.clear()
    three[0].answer = three[1].answer = lambda _: (503, b"")
    act()
    with pytest.raises(BehindError, match="Too few witnesses answer"):
        sequence.run(NOON + DAY)
    three[1].answer = three[1].sign
    assert sequence.run(NOON + DAY) == 1


def test_a_witness_that_is_taken_out_stops_nobody(three: list[Witness]) -> None:
    act(3)
    beat(NOON)
    three[0].answer = lambda _: (409, b"1000000\n")
    act()
    beat(NOON + DAY)
    assert Checkpoint.objects.count() == 2
    act()
    with pytest.raises(BehindError, match="ash"):
        sequence.run(NOON + 2 * DAY)
    configure(three[1:], 2)
    assert sequence.run(NOON + 2 * DAY) == 1


def test_a_closed_log_is_signed_to_its_end_and_the_next_from_its_start(three: list[Witness]) -> None:
    from upstander.server.log import actions

    three[0].answer = three[1].answer = lambda _: (503, b"")
    act(3)
    sequence.run(NOON)
    actions.succeed()
    three[0].answer, three[1].answer = three[0].sign, three[1].sign
    for one in three:
        one.trust()
    sequence.run(NOON + DAY)
    assert cosign.collect() >= 4
    publish.run()
    policy = read_log_policy(access.policy_statement()).policy
    for log in Log.objects.all():
        assert check(policy, access.published(log).note).checkpoint.size in {1, 3}  # type: ignore[union-attr]


def test_a_promise_is_left_with_the_witnesses(three: list[Witness]) -> None:
    act()
    text = promise(Leaf.objects.get())
    said = read_promise(text, load().sign)

    def watch(one: Witness, **other: str) -> None:
        watching = Watching(
            **{"by": said.by, "leaf": said.leaf, "log": said.log, "witness": one.key.name, **other}
        )
        one.answer = lambda _: (200, make_watching(watching, one.key).encode())

    watch(three[0])
    watch(three[1], leaf="0" * 64)
    answer = Client().post("/api/v1/log/watch", {"promise": text}, content_type="application/json")
    [kept] = answer.json()["watching"]
    assert said.leaf in kept
    for wrong in ("x", text.replace("by", "bx"), text[:-20]):
        answer = Client().post("/api/v1/log/watch", {"promise": wrong}, content_type="application/json")
        assert answer.status_code == 422
    Leaf.objects.all().delete()
    answer = Client().post("/api/v1/log/watch", {"promise": text}, content_type="application/json")
    assert answer.status_code == 404


def test_a_policy_that_cannot_be_read_is_said(folder: Path) -> None:
    (folder / "witnesses.txt").write_text("witness ash not-a-key\nquorum ash\n")
    act()
    with pytest.raises(LedgerError, match="Line 1"):
        sequence.run(NOON)
    assert "has stopped signing the log" in page() and "Line 1" in page()
    assert Client().get("/api/v1/log").status_code == 503
