"""`upstander bank`: from opened reports to a sealed folder, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import upstander
from tests.fingerprints import making
from tests.fingerprints.pictures import scene
from upstander.sealing import age


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with an opened report and an authority."""
    (tmp_path / "report.json").write_bytes(making.opened_report([making.fingerprints(scene(1))]))
    (tmp_path / "authority.toml").write_text(making.authority_toml(), "utf-8")
    return tmp_path


def export(folder: Path) -> Path:
    job = folder / "job"
    ran = upstander(
        "bank", "export", folder / "report.json", "--authority", folder / "authority.toml", "--to", job
    )
    assert ran.code == 0, ran.errors
    return job


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
    again = upstander(
        "bank", "export", written / "report.json", "--authority", written / "authority.toml", "--to", job
    )
    assert (again.code, "there already" in again.errors) == (1, True)
    wrong = upstander(
        "bank",
        "export",
        written / "authority.toml",
        "--authority",
        written / "authority.toml",
        "--to",
        job / "x",
    )
    assert (wrong.code, "not an opened report" in wrong.errors) == (1, True)
    assert not (job / "x").exists()
