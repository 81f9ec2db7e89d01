"""Somebody has the whole machine: database, write-ahead log, files, backup, all that was ever printed. And reads nothing."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests import kept
from tests.cli.command import upstander
from tests.reporters import Reporter, card_of
from tests.world import demonstration
from upstander.formats import ids
from upstander.sealing import age
from upstander.sealing.epochs import signing_of

SAID = b"Nobody but marker Quillon heard it."
WROTE = b"It was marker Tamsel who kept the key."
FILED = b"A diary by marker Osgrave, page one."


def keys_of(reporter: Reporter) -> dict[str, bytes]:
    """Everything that opens her case or speaks as her."""
    receipt, case = reporter.receipt, reporter.case
    seed = receipt.signing.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return {
        "case identity": case.identity.encode(),
        "case seed": age.seed_of(case.identity),
        "seed of the case's own signature": signing_of(case.identity).private_bytes_raw(),
        "reporter's identity": receipt.identity.encode(),
        "reporter's seed": age.seed_of(receipt.identity),
        "signing seed": seed,
        "log secret": receipt.log,
        "mailbox id": receipt.mailbox_id,
    }


def test_no_word_and_no_key_is_kept(tmp_path: Path) -> None:
    with demonstration(tmp_path / "world") as world:
        reporter = Reporter(card_of(world)[0])
        sealed = age.seal(FILED + bytes(8192), [age.recipient_of(reporter.case.identity)])
        upload = f"/api/v1/i/marlshire/uploads/{ids.new_id()}"
        assert world.send("PUT", upload, {"size": len(sealed), "parts": 1})[0] == 204
        assert world.send("PUT", f"{upload}/parts/0", sealed)[0] == 204
        assert world.send("POST", "/api/v1/i/marlshire/reports", reporter.report(SAID.decode()))[0] == 200
        message = reporter.message(WROTE.decode())
        path = "/api/v1/i/marlshire/mailbox/messages"
        assert world.send("POST", path, message, reporter.sign_in(world))[0] == 200
        assert upstander("backup", "--data", world.data, "--to", tmp_path / "copy").code == 0

        markers = {"report": SAID, "message": WROTE, "file": FILED, **keys_of(reporter)}
        while_serving = kept.found(world, markers, tmp_path / "copy")
        wal = {path.name for path in kept.files_of(world, tmp_path / "copy")}
        there = kept.found(world, {"case": reporter.case.id.encode()}, tmp_path / "copy")
        world.stop()
        afterwards = kept.found(world, markers)
    assert {"db.sqlite3", "db.sqlite3-wal", "0.part", "signing"} <= wal, "not everything was looked through"
    assert any("sqlite3" in one for one in there), "what is there is not found"
    assert while_serving == []
    assert afterwards == []


@pytest.mark.parametrize("lead", range(3))
def test_the_search_finds_every_form(lead: int) -> None:
    text = bytes(range(65, 65 + lead)) + SAID + b" And on."
    ways = [
        text,
        text.decode().encode("utf-16-le"),
        text.hex().encode(),
        b64encode(text),
        urlsafe_b64encode(text),
    ]
    for way in ways:
        assert len(kept.search(b"row " + way, {"said": SAID})) == 1
    assert kept.search(b"row " + b64encode(text[::-1]), {"said": SAID}) == []
