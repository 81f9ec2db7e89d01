"""The synthetic phone: the known answer, whatever kills the scan on its way; nothing written, nothing followed."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fingerprints import making, phone
from tests.fingerprints.pictures import scene
from upstander.fingerprints import scan as scans
from upstander.fingerprints.bank import Bank
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.journal import Journal
from upstander.fingerprints.walk import File, outside, walk

ABOUT = {"bank": "b", "authority": "a"}

RUN = """
import pickle
import sys
from pathlib import Path
from upstander.fingerprints.journal import Journal
from upstander.fingerprints.scan import scan

if __name__ == "__main__":
    bank = pickle.loads(Path(sys.argv[3]).read_bytes())
    with Journal(Path(sys.argv[2]), {"bank": "b", "authority": "a"}) as journal:
        scan([sys.argv[1]], bank, journal, workers=2)
"""


@pytest.fixture(scope="module")
def bank() -> Bank:
    return making.bank_of([scene(1), scene(2)])


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("phone")
    return folder, phone.build(folder)


def state(folder: Path) -> dict[bytes, tuple[int, int, str]]:
    """Everything that writing into the evidence would change."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[bytes(path)] = (status.st_size, status.st_mtime_ns, digest)
    return found


def run(folder: Path, bank: Bank, path: Path, **how: float) -> scans.Result:
    with Journal(path, ABOUT) as journal:
        scans.scan([str(folder)], bank, journal, workers=2, **how)  # type: ignore[arg-type]
        return scans.result(journal)


def test_the_known_answer(evidence: tuple[Path, dict[str, str]], bank: Bank, tmp_path: Path) -> None:
    folder, answer = evidence
    before = state(folder)
    found = run(folder, bank, tmp_path / "journal")
    places = {" > ".join(lead.where).removeprefix(f"{folder}/"): lead for lead in found.leads}
    for place, changed in answer.items():
        (lead,) = (one for where, one in places.items() if where.endswith(place))
        assert lead.band == "match", place
        assert changed in lead.changed, place
        assert (lead.picture, lead.case) == (0, making.CASE)
    assert len(places) == len(answer)
    unread = {place.removeprefix(f"{folder}/"): reason for place, reason in found.unread}
    assert unread.keys() == phone.NOT_ASSESSED.keys()
    assert all(phone.NOT_ASSESSED[place] in reason for place, reason in unread.items())
    assert [place.removeprefix(f"{folder}/") for place in found.plain] == ["DCIM/blank.png"]
    assert state(folder) == before


def test_sender_and_time_come_from_the_chat(
    evidence: tuple[Path, dict[str, str]], bank: Bank, tmp_path: Path
) -> None:
    found = run(evidence[0], bank, tmp_path / "journal")
    sent = {(lead.sender, lead.sent, lead.chat) for lead in found.leads if lead.sender}
    assert sent == {
        ("D. Marsh", "23/11/2026, 21:04:09", "_chat.txt"),
        ("Sgt Pike", "01/02/2026, 09:16", "WhatsApp Chat with Pike.txt"),
    }
    films = {lead.where[0].rsplit("/", 1)[1]: lead.second_of_film for lead in found.leads}
    assert (films["clip.mp4"], films["long.mp4"]) == (1, 8)


@pytest.mark.fault
def test_killed_at_random_and_resumed_it_gives_the_same_answer(
    evidence: tuple[Path, dict[str, str]], bank: Bank, tmp_path: Path
) -> None:
    folder, _ = evidence
    whole = run(folder, bank, tmp_path / "whole")
    path, script = tmp_path / "killed", tmp_path / "run.py"
    script.write_text(RUN)
    (tmp_path / "bank").write_bytes(pickle.dumps(bank))
    command = [sys.executable, str(script), str(folder), str(path), str(tmp_path / "bank")]
    chance = random.Random(5)
    lines = 0
    for _ in range(3):
        process = subprocess.Popen(command, cwd=Path.cwd())
        wanted, until = lines + chance.randint(1, 6), time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None and lines < wanted:
            lines = path.read_bytes().count(b"\n") if path.exists() else 0
            time.sleep(chance.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 1 < lines < whole.files  # it was killed on the way, more than once
    with path.open("ab") as file:
        file.write(b'{"key":"torn')
    assert run(folder, bank, path) == whole
    assert run(folder, bank, path) == whole  # once more changes nothing


def test_what_changed_since_is_looked_at_again(bank: Bank, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    file = folder / "one.jpg"
    file.write_bytes(phone.encoded(scene(120)))
    assert run(folder, bank, tmp_path / "journal").leads == []
    file.write_bytes(phone.encoded(scene(2)))
    (lead,) = run(folder, bank, tmp_path / "journal").leads
    assert lead.picture == 1


def test_a_journal_of_another_scan_is_refused(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal", ABOUT):
        pass
    with pytest.raises(FingerprintError, match="another scan"):
        Journal(tmp_path / "journal", {**ABOUT, "bank": "c"})


def test_a_journal_damaged_in_the_middle_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, ABOUT) as journal:
        journal.add("k", "p", {})
    spoilt = path.read_bytes().replace(b'"key"', b'"k\xff"') + b"{}\n"
    path.write_bytes(spoilt)
    with pytest.raises(FingerprintError, match="damaged in the middle"):
        Journal(path, ABOUT)
    assert path.read_bytes() == spoilt


def test_a_file_that_kills_its_process_is_written_down_and_the_scan_goes_on(
    bank: Bank, tmp_path: Path
) -> None:
    """The process is ended from outside while it holds a file: as a decoder's crash would."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(phone.encoded(scene(2)))
    os.mkfifo(folder / "pipe")
    worker = scans._Worker(bank)
    crew = [worker]
    noted: list[dict[str, object]] = []
    files = [one for one in walk([str(folder)]) if isinstance(one, File)]

    def killing() -> object:
        for number, file in enumerate(files):
            yield file
            if number == 0:
                os.kill(worker._process.pid or 0, signal.SIGKILL)

    try:
        scans._share_out(killing(), crew, lambda _, outcome: noted.append(outcome or {}), 60)  # type: ignore[arg-type]
    finally:
        worker.end()
    assert len(noted) == 3
    assert sum(bool(one["leads"]) for one in noted) >= 2
    assert all(one["leads"] or "stopped the program" in str(one["unread"]) for one in noted)


def test_what_takes_too_long_is_stopped(bank: Bank, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "one.jpg").write_bytes(phone.encoded(scene(2)))
    found = run(folder, bank, tmp_path / "journal", patience=-60.0)
    assert [reason for _, reason in found.unread] == ["took too long to look at"] or found.leads


def test_nothing_is_written_into_the_evidence(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for inside in (tmp_path / "in", tmp_path / "in/x/y", tmp_path / "link/x"):
        with pytest.raises(FingerprintError, match="outside"):
            outside(str(inside), [str(tmp_path / "in")])
    outside(str(tmp_path / "inner"), [str(tmp_path / "in")])


def test_a_common_picture_is_set_aside_and_said(bank: Bank, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    small = phone.resized(scene(2), 160)
    for number in range(52):
        (folder / f"{number}.jpg").write_bytes(phone.encoded(small, quality=80) + bytes([number]))
    found = run(folder, bank, tmp_path / "journal")
    assert (found.leads, found.set_aside) == ([], [(1, 52)])
