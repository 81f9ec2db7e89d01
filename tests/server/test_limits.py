"""Under pressure each sender does some work; without pressure nobody does; nobody is ever counted."""

from __future__ import annotations

from hashlib import sha256

import pytest

from upstander.server import limits, tokens
from upstander.server.errors import Refusal


def solve(challenge: str, bits: int) -> str:
    counter = 0
    while limits.zero_bits(sha256(f"{challenge}:{counter}".encode()).digest()) < bits:
        counter += 1
    return f"{challenge}:{counter}"


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is half full."""
    monkeypatch.setattr(limits, "now", lambda: limits.Load(0.5, 0.0, 0.0))
    monkeypatch.setattr(limits, "EASIEST_BITS", 8)


def test_without_pressure_no_work() -> None:
    limits.require_work("")
    assert limits.now().worst() < 0.5


def test_pressure_asks_for_work_and_takes_it_once(pressed: None) -> None:
    with pytest.raises(Refusal) as refused:
        limits.require_work("")
    asked = refused.value
    assert (asked.type, asked.status, asked.extra["bits"]) == ("work-needed", 503, 8)
    work = solve(asked.extra["challenge"], asked.extra["bits"])
    limits.require_work(work)
    with pytest.raises(Refusal):
        limits.require_work(work)


def test_work_that_is_not_done_or_not_ours_does_not_count(pressed: None) -> None:
    challenge = limits.challenge(8)
    good = solve(challenge, 8)
    lazy = next(n for n in range(1000) if limits.zero_bits(sha256(f"{challenge}:{n}".encode()).digest()) < 8)
    old = tokens.issue("work", bytes([0]) + bytes(16), -1)
    other = tokens.issue("mailbox", bytes([0]) + bytes(16), 60)
    for work in (
        "",
        "x",
        ":",
        f"{challenge}:{lazy}",
        f"{challenge}:-1",
        f"{challenge}:²",
        f"{old}:0",
        f"{other}:0",
    ):
        assert not limits.accept(work), work
    assert limits.accept(good)


def test_harder_with_the_load_and_never_too_hard_for_a_phone() -> None:
    bits = [limits.bits_for(load) for load in (0.5, 0.6, 0.8, 1.0, 7.0)]
    assert bits == sorted(bits)
    assert (bits[0], bits[-1]) == (limits.EASIEST_BITS, limits.HARDEST_BITS)


def test_a_full_server_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "now", lambda: limits.Load(1.0, 0.0, 0.0))
    with pytest.raises(Refusal) as refused:
        limits.require_work(solve(limits.challenge(4), 4))
    assert refused.value.type == "busy"


def test_used_challenges_are_forgotten_when_they_have_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.forget_used()  # what others left
    assert limits.accept(solve(limits.challenge(4), 4))
    kept = len(limits._used)
    assert limits.forget_used() == 0
    later = limits.time.time() + limits.CHALLENGE_SECONDS + 1
    monkeypatch.setattr(limits.time, "time", lambda: later)
    assert limits.forget_used() == kept


def test_unclaimed_files_press(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.now().disk < 0.5
    monkeypatch.setattr(limits, "unclaimed_bytes", limits.UNCLAIMED_BYTES)
    assert limits.now().disk >= 0.5
