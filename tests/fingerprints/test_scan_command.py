"""`upstander scan`, as a handler runs it: exit codes, the signed sheet, what the authority does not allow."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.command import Ran, upstander
from tests.fingerprints import making, phone
from tests.fingerprints.pictures import scene
from tests.fingerprints.test_bank_command import export, open_shares
from upstander.formats import b64, statements


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("job")
    (folder / "report.json").write_bytes(making.opened_report([making.fingerprints(scene(1))]))
    (folder / "authority.toml").write_text(making.authority_toml(), "utf-8")
    made = export(folder)
    open_shares(made)
    return made


def scan(job: Path, evidence: Path, to: Path, *more: object) -> Ran:
    slips = [word for n in (1, 2) for word in ("--share", job.parent / f"slip-{n}")]
    return upstander("scan", evidence, "--authority", job, *slips, "--to", to, "--workers", "1", *more)


def test_leads_are_exit_code_3_and_the_sheet_is_signed(job: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "a.jpg").write_bytes(phone.encoded(scene(1)))
    key = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True
    )
    ran = scan(job, evidence, tmp_path / "out", "--sign", key)
    assert ran.code == 3, ran.errors
    assert "1 of 1 files" in ran.errors
    text = (tmp_path / "out/lead-sheet.signed").read_text()
    (public,) = (line.split()[-1].rstrip(".") for line in ran.output.splitlines() if "will be signed" in line)
    sheet = statements.verify(text, "lead-sheet", public)
    assert [lead["band"] for lead in sheet["leads"]] == ["match"]
    assert len(b64.decode(public)) == 32
    assert (tmp_path / "out/lead-sheet.pdf").read_bytes().startswith(b"%PDF-")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "out").iterdir())
    assert [path.name for path in evidence.iterdir()] == ["a.jpg"]


def test_nothing_found_is_0_and_nothing_found_in_part_is_4(job: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "a.jpg").write_bytes(phone.encoded(scene(120)))
    ran = scan(job, evidence, tmp_path / "one")
    assert (ran.code, "0 leads, 0 not assessed" in ran.output) == (0, True), ran.errors
    (evidence / "b.pdf").write_bytes(b"%PDF-1.7")
    assert scan(job, evidence, tmp_path / "two").code == 4


def test_what_the_authority_does_not_allow_is_refused(job: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    ran = scan(job, evidence, tmp_path / "out", "--device", "His own phone")
    assert (ran.code, "does not name this device" in ran.errors) == (1, True)
    ran = scan(job, evidence, evidence / "out")
    assert (ran.code, "outside" in ran.errors) == (1, True)
    assert list(evidence.iterdir()) == []
    ran = scan(job, tmp_path / "absent", tmp_path / "out")
    assert (ran.code, "cannot be read" in ran.errors) == (1, True)
