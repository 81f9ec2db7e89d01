"""Files under a passphrase: what leaves the house opens with any age."""

import os
import pty
import select
import shutil

import pytest

from upstander.sealing import age
from upstander.sealing.errors import SealingError, WrongKeyError

PASSPHRASE = "abacus zoom felt-tip"


def test_it_opens_with_the_same_passphrase_only():
    sealed = age.seal_passphrase(b"the case", PASSPHRASE)
    assert age.open_passphrase(sealed, PASSPHRASE) == b"the case"
    with pytest.raises(WrongKeyError):
        age.open_passphrase(sealed, PASSPHRASE + " ")
    with pytest.raises(WrongKeyError):
        age.open_passphrase(sealed[:-1], PASSPHRASE)


def test_a_file_to_people_is_not_one_under_a_passphrase():
    sealed = age.seal(b"x", [age.recipient_of(age.new_identity())])
    with pytest.raises(SealingError):
        age.open_passphrase(sealed, PASSPHRASE)
    with pytest.raises(SealingError):
        age.open_(age.seal_passphrase(b"x", PASSPHRASE), [age.new_identity()])


def test_the_age_of_the_distribution_opens_it(tmp_path):
    command = shutil.which("age")
    if command is None:
        pytest.skip("`age` is not installed (apt install age), so nothing was opened with it.")
    sealed, opened = tmp_path / "case.age", tmp_path / "case"
    sealed.write_bytes(age.seal_passphrase(b"the case", PASSPHRASE))
    _with_passphrase([command, "-d", "-o", str(opened), str(sealed)], PASSPHRASE)
    assert opened.read_bytes() == b"the case"


def _with_passphrase(command: list[str], passphrase: str) -> None:
    """Runs a command on a terminal of its own, because age asks for passphrases nowhere else."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(command[0], command)
    said = b""
    while select.select([terminal], [], [], 60)[0]:  # a minute only so that a hang ends
        try:
            part = os.read(terminal, 1024)
        except OSError:  # Linux: the other end is closed
            break
        said += part
        if b":" in part:
            os.write(terminal, passphrase.encode() + b"\n")
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, said
