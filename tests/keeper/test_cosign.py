"""A keeper's process is the log's witness too: it signs a log that grows, and none that does not."""

import json
import urllib.error
import urllib.request

import pytest

from tests.keeper.serving import answers, running
from tests.ledger.logs import TestLog, entries
from tests.vectors import log_scene
from upstander.cli.main import main
from upstander.formats.errors import FormatError
from upstander.keeper import cosign
from upstander.ledger.notes import VerifierKey, open_note


def make_witness(folder):
    data = ["--data", str(folder / "union/witness")]
    assert main(["witness", "init", "--name", "union.example/one", *data]) == 0
    assert main(["witness", "trust", str(log_scene.OLD.verifier), *data]) == 0


def post(url, request):
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, str(request).encode(), method="POST")
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_one_process_keeps_and_cosigns(tmp_path):
    log = TestLog()
    log.append(entries(0, 5))
    with running(tmp_path, ["charity", "union"], ready=make_witness) as town:
        base = f"{town.addresses['union']}/witness"
        vkey = VerifierKey.parse(json.loads(answers(f"{base}/"))["vkey"])
        status, line = post(f"{base}/add-checkpoint", log.request(0))
        assert status == 200, line
        assert open_note(log.head.body() + "\n" + line, vkey).signatures[0].key == vkey
        other = TestLog()
        other.append([entry + b" another" for entry in entries(0, 5)])
        status, line = post(f"{base}/add-checkpoint", other.request(5))
        assert status == 422
        assert json.loads(answers(f"{base}/alarms"))["alarms"]
        assert json.loads(answers(f"{town.addresses['union']}/v1/keeper"))["keeper"] == "union"
        status, _ = post(f"{town.addresses['charity']}/witness/add-checkpoint", log.request(0))
        assert status == 404
        keeper_sign = town.roster.keepers["union"].sign
        assert keeper_sign not in str(vkey)
        assert town.stop() == [0, 0]


def test_a_folder_without_a_witness_has_none_and_a_broken_key_is_said(tmp_path):
    assert cosign.find(tmp_path) is None
    (tmp_path / "witness").mkdir()
    (tmp_path / "witness/witness.key").write_text("PRIVATE+KEY+nonsense")
    with pytest.raises(FormatError):
        cosign.find(tmp_path)


def test_nothing_that_a_log_does_ends_the_looking(tmp_path):
    make_witness(tmp_path)
    witness = cosign.find(tmp_path / "union")
    witness.state.path.unlink()
    witness.state.path.mkdir()  # its memory is not readable any more
    slept = []

    class EnoughError(Exception):
        pass

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        cosign.look(witness, 7, sleep)
    assert slept == [7, 7, 7]
