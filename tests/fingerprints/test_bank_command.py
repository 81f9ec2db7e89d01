"""`upstander bank`: from opened reports to a sealed folder, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Ran, upstander
from tests.fingerprints import making
from tests.fingerprints.pictures import scene
from upstander.cli.bank import today
from upstander.formats import canonical
from upstander.sealing import age


def write(folder: Path, cases: tuple[str, ...] = (making.CASE,)) -> None:
    """An authority, its proofs, and what the desk saved, one file a case."""
    named = ", ".join(f'"{case}"' for case in cases)
    (folder / "authority.toml").write_text(making.authority_toml(cases=f"[{named}]"), "utf-8")
    for number, case in enumerate(cases):
        (folder / f"prints-{number}.json").write_bytes(prints(case, scene(number + 1)))
        proof = making.proof(making.authority(cases=f"[{named}]"), case)
        (folder / f"proof-{number}.json").write_bytes(proof)


def prints(case: str, picture: object, state: str = "usable", day: str = "") -> bytes:
    """A file as the desk saves it, today unless said."""
    return canonical.encode(
        {
            "basis": {"by": "", "kind": "own", "why": ""},
            "case": case,
            "fingerprints": [making.fingerprints(picture)],  # type: ignore[list-item,arg-type]
            "format": "upstander/prints/v1",
            "standing": making.standing(day or today(), case, state),
        }
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


def export(folder: Path, *more: object) -> Path:
    job = folder / "job"
    ran = exporting(folder, job, *more)
    assert ran.code == 0, ran.errors
    return job


def exporting(folder: Path, job: Path, *more: object) -> Ran:
    proofs = [word for one in sorted(folder.glob("proof-*.json")) for word in ("--proof", one)]
    reports = sorted(folder.glob("prints-*.json"))
    return upstander(
        *("bank", "export", *reports, "--authority", folder / "authority.toml", *proofs, *more, "--to", job)
    )


def open_shares(job: Path) -> list[object]:
    """Two approvers agree: each opens the own share."""
    words: list[object] = []
    for number, identity in enumerate(list(making.APPROVERS.values())[:2], 1):
        slip = job.parent / f"slip-{number}"
        slip.write_bytes(age.open_((job / f"share-{number}.age").read_bytes(), [identity]))
        words += ["--share", slip]
    return words


def test_it_is_sealed_and_two_shares_open_it(written: Path) -> None:
    job = export(written)
    assert {path.name for path in job.iterdir()} == {
        "authority.json",
        "bank.age",
        "exported.json",
        "proof-1.json",
        f"standing-{making.CASE}.signed",
        *(f"share-{n}.age" for n in (1, 2, 3)),
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in (job, *job.iterdir()))
    ran = upstander("bank", "open", job, *open_shares(job))
    assert ran.code == 0, ran.errors
    assert "1 pictures of 1 cases" in ran.output
    hashes = [one["hash"] for one in making.fingerprints(scene(1))["prints"]]  # type: ignore[attr-defined]
    assert not any(one in ran.output for one in hashes)


def test_one_share_is_not_enough(written: Path) -> None:
    job = export(written)
    ran = upstander("bank", "open", job, *open_shares(job)[:2])
    assert ran.code == 1
    assert "shares of 2 approvers" in ran.errors


def test_nothing_is_overwritten_and_bad_input_is_named(written: Path) -> None:
    job = export(written)
    again = exporting(written, job)
    assert (again.code, "there already" in again.errors) == (1, True)
    (written / "prints-0.json").write_text("x", "utf-8")
    wrong = exporting(written, job / "x")
    assert (wrong.code, "not a file of fingerprints" in wrong.errors) == (1, True)
    assert not (job / "x").exists()


def test_without_a_proof_nothing_is_sealed_unless_it_is_said_why(written: Path) -> None:
    (written / "proof-0.json").unlink()
    refused = exporting(written, written / "job")
    assert (refused.code, "Nothing shows" in refused.errors) == (1, True)
    assert not (written / "job").exists()
    said = exporting(written, written / "job", "--unproven", "This force has no installation.")
    assert (said.code, "NOT SHOWN" in said.output) == (0, True), said.errors
    (written / "prints-0.json").write_bytes(prints(making.CASE, scene(1), "withdrawn"))
    heeded = exporting(written, written / "other", "--unproven", "This force has no installation.")
    assert (heeded.code, "took her fingerprints back" in heeded.errors) == (1, True)


@pytest.mark.parametrize(
    ("state", "words"), [("withdrawn", "took her fingerprints back"), ("stopped", "under 18")]
)
def test_what_was_taken_back_or_stopped_is_refused(written: Path, state: str, words: str) -> None:
    (written / "prints-0.json").write_bytes(prints(making.CASE, scene(1), state))
    ran = exporting(written, written / "job")
    assert (ran.code, words in ran.errors) == (1, True)
    assert not (written / "job").exists()


def test_fingerprints_saved_long_ago_are_refused(written: Path) -> None:
    (written / "prints-0.json").write_bytes(prints(making.CASE, scene(1), day="2026-01-01"))
    ran = exporting(written, written / "job")
    assert (ran.code, "Save a new standing" in ran.errors) == (1, True), ran.errors
    (written / "new.signed").write_text(making.standing(today()), "utf-8")
    assert exporting(written, written / "job", "--standing", written / "new.signed").code == 0


def test_shares_beside_the_bank_do_not_open_it(written: Path) -> None:
    job = export(written)
    shares = open_shares(job)
    (job / "slip-1").write_bytes(Path(str(shares[1])).read_bytes())
    ran = upstander("bank", "open", job, "--share", job / "slip-1", *shares[2:])
    assert (ran.code, "lies beside the bank" in ran.errors) == (1, True)
    assert not (job / "openings").exists()


def test_every_opening_is_noted(written: Path) -> None:
    job = export(written)
    for _ in range(2):
        assert upstander("bank", "open", job, *open_shares(job)).code == 0
    lines = (job / "openings").read_text("utf-8").splitlines()
    assert [line.split("UTC ")[1] for line in lines] == ["looked into"] * 2


def test_an_authority_is_checked_and_a_key_made_for_it(tmp_path: Path) -> None:
    made = upstander("bank", "key", tmp_path / "scan.pem")
    assert made.code == 0, made.errors
    assert (tmp_path / "scan.pem").stat().st_mode & 0o077 == 0
    public = made.output.split('"')[1]
    (tmp_path / "a.toml").write_text(making.authority_toml(sign=f'"{public}"'), "utf-8")
    ran = upstander("bank", "authority", tmp_path / "a.toml", "--to", tmp_path / "authority.json")
    assert ran.code == 0, ran.errors
    assert making.authority(sign=f'"{public}"').text == (tmp_path / "authority.json").read_bytes()
    again = upstander("bank", "key", tmp_path / "scan.pem")
    assert (again.code, "cannot write" in again.errors) == (1, True)
