"""`upstander scan`, as a handler runs it: exit codes, signed sheets, what authority and standing do not allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cli.command import Ran, upstander
from tests.fingerprints import making, phone
from tests.fingerprints.pictures import scene
from tests.fingerprints.test_bank_command import export, open_shares, write
from upstander.cli.bank import today
from upstander.formats import statements

PUBLIC = statements.public_of(making.SHEET_KEY)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("job"))


def made(folder: Path, cases: tuple[str, ...] = (making.CASE,), **changes: object) -> Path:
    write(folder, cases)
    pem = making.SHEET_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "scan.pem").write_bytes(pem)
    job = export(folder)
    open_shares(job)
    return job


def scan(job: Path, evidence: Path, to: Path, *more: object, key: str = "scan.pem") -> Ran:
    slips = [word for n in (1, 2) for word in ("--share", job.parent / f"slip-{n}")]
    sign = ["--sign", job.parent / key] if key else []
    words = ("scan", evidence, "--authority", job, *slips, *sign, "--to", to, "--workers", "1", *more)
    return upstander(*words)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    return folder


def test_leads_are_exit_code_3_and_the_sheet_is_signed(job: Path, tmp_path: Path, evidence: Path) -> None:
    (evidence / "a.jpg").write_bytes(phone.encoded(scene(1)))
    ran = scan(job, evidence, tmp_path / "out")
    assert ran.code == 3, ran.errors
    assert "1 of 1 files" in ran.errors
    sheet = statements.verify((tmp_path / "out/lead-sheet.signed").read_text(), "lead-sheet", PUBLIC)
    assert [lead["band"] for lead in sheet["leads"]] == ["match"]
    assert (sheet["case"], sheet["authority"]["sign"]) == (making.CASE, PUBLIC)
    assert "entry 5 of 6" in sheet["record"][0]
    assert f"scan of {making.DEVICE}: {evidence}" in sheet["openings"][-1]
    assert (tmp_path / "out/lead-sheet.pdf").read_bytes().startswith(b"%PDF-")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "out").iterdir())
    assert [path.name for path in evidence.iterdir()] == ["a.jpg"]


def test_nothing_found_is_0_and_nothing_found_in_part_is_4(job: Path, tmp_path: Path, evidence: Path) -> None:
    (evidence / "a.jpg").write_bytes(phone.encoded(scene(120)))
    ran = scan(job, evidence, tmp_path / "one")
    assert (ran.code, "0 leads, 0 not assessed" in ran.output) == (0, True), ran.errors
    (evidence / "b.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert scan(job, evidence, tmp_path / "two").code == 4


def test_what_the_authority_does_not_allow_is_refused(job: Path, tmp_path: Path, evidence: Path) -> None:
    ran = scan(job, evidence, tmp_path / "out", "--device", "His own phone")
    assert (ran.code, "does not name this device" in ran.errors) == (1, True)
    ran = scan(job, evidence, evidence / "out")
    assert (ran.code, "outside" in ran.errors) == (1, True)
    assert list(evidence.iterdir()) == []
    ran = scan(job, tmp_path / "absent", tmp_path / "out")
    assert (ran.code, "cannot be read" in ran.errors) == (1, True)
    ran = scan(job, evidence, tmp_path / "out", key="")
    assert (ran.code, "names a key" in ran.errors) == (1, True)
    assert upstander("bank", "key", tmp_path / "other.pem").code == 0
    ran = scan(job, evidence, tmp_path / "out", key=str(tmp_path / "other.pem"))
    assert (ran.code, "not the key that the authority names" in ran.errors) == (1, True)


def test_a_scan_without_the_authoritys_proof_refuses_or_says_what_it_lacks(
    tmp_path: Path, evidence: Path
) -> None:
    job = made(tmp_path)
    (job / "proof-1.json").write_bytes(making.proof(making.authority(), placed=False))
    before = (job / "openings").exists()
    ran = scan(job, evidence, tmp_path / "out")
    assert (ran.code, "not shown to be there yet" in ran.errors) == (1, True)
    assert (job / "openings").exists() == before  # refused before the bank was opened
    assert scan(job, evidence, tmp_path / "out", "--proof", tmp_path / "proof-0.json").code == 0
    (job / "proof-1.json").unlink()
    assert "Nothing shows" in scan(job, evidence, tmp_path / "out").errors
    ran = scan(job, evidence, tmp_path / "out", "--unproven", "The log is out of reach.")
    assert ran.code == 0, ran.errors
    sheet = statements.peek((tmp_path / "out/lead-sheet.signed").read_text(), "lead-sheet")
    assert "NOT SHOWN" in sheet["record"][0]
    assert "The log is out of reach." in sheet["record"][0]


def test_what_was_taken_back_leaves_the_bank_and_each_case_has_its_own_sheet(
    tmp_path: Path, evidence: Path
) -> None:
    cases = (making.CASE, making.OTHER_CASE)
    job = made(tmp_path, cases)
    for number in (1, 2):
        (evidence / f"{number}.jpg").write_bytes(phone.encoded(scene(number)))
    assert scan(job, evidence, tmp_path / "out").code == 3
    for case, name in zip(cases, ("1.jpg", "2.jpg"), strict=True):
        text = (tmp_path / f"out/lead-sheet-{case}.signed").read_text()
        leads = statements.verify(text, "lead-sheet", PUBLIC)["leads"]
        assert [lead["where"][0].rsplit("/", 1)[1] for lead in leads] == [name]
    (tmp_path / "gone").write_text(making.standing(today(), making.CASE, "withdrawn"), "utf-8")
    ran = scan(job, evidence, tmp_path / "out", "--standing", tmp_path / "gone")
    assert (ran.code, "taken back or stopped" in ran.output) == (3, True), ran.errors
    assert [one.name for one in (tmp_path / "out").glob("*.signed")] == ["lead-sheet.signed"]
    left = statements.peek((tmp_path / "out/lead-sheet.signed").read_text(), "lead-sheet")
    assert {lead["case"] for lead in left["leads"]} == {making.OTHER_CASE}
    (tmp_path / "all").write_text(making.standing(today(), making.OTHER_CASE, "stopped"), "utf-8")
    both = ("--standing", tmp_path / "gone", "--standing", tmp_path / "all")
    ran = scan(job, evidence, tmp_path / "new", *both)
    assert (ran.code, "Destroy bank" in ran.errors) == (1, True)


def test_a_standing_of_last_month_stops_the_scan(tmp_path: Path, evidence: Path) -> None:
    job = made(tmp_path)
    (job / f"standing-{making.CASE}.signed").write_text(making.standing("2026-01-01"), "utf-8")
    ran = scan(job, evidence, tmp_path / "out")
    assert (ran.code, "Save a new standing" in ran.errors) == (1, True)
