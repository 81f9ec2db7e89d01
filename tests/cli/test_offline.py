"""`upstander open` and `upstander custodian`: what works when there is no server any more."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from upstander.cli.main import main
from upstander.formats import ids
from upstander.sealing import age, shares
from upstander.sealing.envelopes import seal_envelope
from upstander.sealing.wrapped import Keyring

CASE = ids.new_id()


@pytest.fixture
def identity() -> str:
    return age.new_identity()


@pytest.fixture
def report(identity: str) -> bytes:
    return seal_envelope(
        {"format": "upstander/report/v1", "answers": "what she saw: ñ 🙂"},
        kind="report",
        case=CASE,
        author=Keyring.new().signer,
        role="reporter",
        direction="to-desk",
        counter=1,
        day="2026-11-23",
        epoch=1,
        last="",
        recipients=[age.recipient_of(identity)],
    )


def test_a_sealed_report_opens_into_a_file_only_the_owner_reads(
    tmp_path: Path, identity: str, report: bytes
) -> None:
    (tmp_path / "report.age").write_bytes(report)
    (tmp_path / "key.txt").write_text(f"# made for a test\n{identity}\n")
    to = tmp_path / "report.json"
    words = ["open", str(tmp_path / "report.age"), "--identity", str(tmp_path / "key.txt"), "--to", str(to)]
    assert main(words) == 0
    assert "what she saw: ñ 🙂" in to.read_text("utf-8")
    assert CASE in to.read_text("utf-8")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600


def test_an_opened_file_is_never_overwritten(
    tmp_path: Path, identity: str, report: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.age").write_bytes(report)
    (tmp_path / "key.txt").write_text(identity)
    (tmp_path / "there.json").write_text("mine")
    words = ["open", str(tmp_path / "report.age"), "--identity", str(tmp_path / "key.txt")]
    assert main([*words, "--to", str(tmp_path / "there.json")]) == 1
    assert "there already" in capsys.readouterr().err
    assert (tmp_path / "there.json").read_text() == "mine"


def test_another_identity_opens_nothing_and_says_so(
    tmp_path: Path, report: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.age").write_bytes(report)
    (tmp_path / "key.txt").write_text(age.new_identity())
    assert main(["open", str(tmp_path / "report.age"), "--identity", str(tmp_path / "key.txt")]) == 1
    said = capsys.readouterr()
    assert "did not open" in said.err
    assert said.out == ""


@pytest.mark.parametrize("content", [b"", b"not age at all", b"age-encryption.org/v1\n-> X25519 AAAA\n"])
def test_what_is_no_sealed_file_is_said_to_be_none(
    tmp_path: Path, identity: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(content)
    (tmp_path / "key.txt").write_text(identity)
    assert main(["open", str(tmp_path / "file"), "--identity", str(tmp_path / "key.txt")]) == 1
    assert "did not open" in capsys.readouterr().err


def slips(folder: Path, identity: str) -> list[str]:
    """Three slips as they come off a printer: text around the share, the share in lines."""
    paths = []
    for number, part in enumerate(shares.split(age.seed_of(identity), of=3, needs=2)):
        text = shares.to_text(part)
        path = folder / f"slip-{number}"
        path.write_text(f"Marlshire Police\n\n    {text[:31]}\n    {text[31:]}\n\nKeep it on paper.\n")
        paths.append(str(path))
    return paths


def test_two_of_three_slips_name_the_custodian_s_key(
    tmp_path: Path, identity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = slips(tmp_path, identity)
    key = ids.key_id("", age.recipient_of(identity))
    for pair in (found[:2], found[1:], [found[0], found[2]]):
        assert main(["custodian", *pair]) == 0
        assert key in capsys.readouterr().out


def test_the_recovered_identity_opens_what_was_sealed_to_it(
    tmp_path: Path, identity: str, report: bytes
) -> None:
    found = slips(tmp_path, identity)
    (tmp_path / "report.age").write_bytes(report)
    key = tmp_path / "identity.txt"
    assert main(["custodian", *found[:2], "--to", str(key)]) == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    to = str(tmp_path / "out.json")
    assert main(["open", str(tmp_path / "report.age"), "--identity", str(key), "--to", to]) == 0


def test_a_slip_with_a_wrong_letter_or_no_share_is_refused(
    tmp_path: Path, identity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = slips(tmp_path, identity)
    text = Path(found[0]).read_text()
    place = text.index("us1-") + 6
    Path(found[0]).write_text(text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :])
    assert main(["custodian", *found[:2]]) == 1
    assert "A letter in this share is wrong" in capsys.readouterr().err
    Path(found[0]).write_text("nothing here")
    assert main(["custodian", *found[:2]]) == 1
    assert "holds no share" in capsys.readouterr().err
