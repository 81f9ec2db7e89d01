"""Checkpoints and policies: the specifications' examples, what counts, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import log_scene as scene
from upstander.ledger.checkpoint import (
    Checkpoint,
    cosign,
    open_checkpoint,
    origin_of,
    sign_checkpoint,
    split_origin,
)
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import b64std, open_note, parse_note, split_line
from upstander.ledger.policy import check, examine, parse_policy

# C2SP tlog-cosignature, the example of a checkpoint with a cosignature
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
POLICY = parse_policy(scene.POLICY)
HEAD = scene.RECEIPT_HEAD
W1, W2, W3 = scene.WITNESSES.values()


def test_the_specification_s_example_is_read():
    parsed = parse_note(EXAMPLE)
    head = Checkpoint.parse(parsed.text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert b64std(head.root) == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert head.body() == parsed.text
    # its time is that of the specification's signed message, "time 1679315147"
    _, _, signature = split_line(parsed.lines[1])
    assert int.from_bytes(signature[:8], "big") == 1679315147


def test_extension_lines_of_other_logs_are_kept():
    head = Checkpoint("example.com/log", 1, bytes(32), ("more", "and more"))
    assert Checkpoint.parse(head.body()) == head


def test_an_origin_names_installation_and_generation():
    origin = origin_of(scene.scene.INSTALLATION, 12)
    assert split_origin(origin) == (scene.scene.INSTALLATION, 12)
    for wrong in ("upstander/x/1", origin + "x", origin.replace("/12", "/012"), "", "example.com/log"):
        with pytest.raises(LedgerError):
            split_origin(wrong)


def test_only_the_log_itself_signs_for_it():
    note = sign_checkpoint(HEAD, scene.LOG)
    assert open_checkpoint(note, scene.LOG.verifier)[0] == HEAD
    with pytest.raises(LedgerError, match="a log that is not known here"):
        open_checkpoint(note, scene.OLD.verifier)
    with pytest.raises(LedgerError, match="has its name"):
        sign_checkpoint(HEAD, scene.OLD)
    with pytest.raises(LedgerError, match="has its name"):
        sign_checkpoint(HEAD, W1)
    only_witness = HEAD.body() + "\n" + cosign(note, W1, 1)
    with pytest.raises(LedgerError, match="not signed by its log"):
        open_checkpoint(only_witness, scene.LOG.verifier, W1.verifier)


def test_a_witness_signs_checkpoints_with_its_own_kind_of_key():
    note = sign_checkpoint(HEAD, scene.LOG)
    line = cosign(note, W1, 1679315147)
    opened = open_note(HEAD.body() + "\n" + line, W1.verifier)
    assert opened.signatures[0].timestamp == 1679315147
    with pytest.raises(LedgerError, match="for cosignatures"):
        cosign(note, scene.LOG, 1)
    with pytest.raises(LedgerError, match="three lines"):
        cosign(note.replace("\n21\n", "\n"), W1, 1)


def test_a_quorum_is_met_or_the_missing_are_named():
    examined = check(POLICY, scene.note(HEAD, W2, W3))
    assert (examined.checkpoint, set(examined.signed), examined.missing) == (HEAD, {"w2", "w3"}, ("w1",))
    with pytest.raises(LedgerError, match="21 entries lacks witnesses: w1, w3 did not sign"):
        check(POLICY, scene.note(HEAD, W2))
    assert not examine(POLICY, scene.note(HEAD, W2, scene.STRANGER)).enough


def test_one_wrong_signature_of_a_witness_spoils_the_note():
    note = scene.note(HEAD, W1, W2, W3)
    wrong = note.replace(note[-20:-10], "AAAAAAAAAA")
    with pytest.raises(LedgerError, match=r"signature of witness\.example/w3 is wrong"):
        check(POLICY, wrong)


def test_a_cosignature_cannot_be_moved_to_another_head():
    other = Checkpoint(HEAD.origin, HEAD.size, bytes(32))
    moved = parse_note(scene.note(other)).with_lines(parse_note(scene.note(HEAD, W1)).lines[1:])
    with pytest.raises(LedgerError, match=r"witness\.example/w1 is wrong"):
        examine(POLICY, str(moved))


def test_an_error_in_a_policy_names_its_line():
    with pytest.raises(LedgerError, match="Line 3 of the policy: the name none is taken"):
        parse_policy(f"# one\n\nwitness none {W1.verifier}\nquorum none\n")
    with pytest.raises(LedgerError, match="cut short"):
        parse_policy(scene.POLICY[:-1])


def test_a_policy_of_the_size_the_specification_asks_for():
    lines = []
    for number in range(32):
        lines.append(f"log {scene.key(f'log{number}', 1).verifier}")
        lines.append(f"witness w{number} {scene.key(f'w{number}', 4).verifier}")
        lines.append(f"group g{number} all w{number}" + (f" g{number - 1}" if number else ""))
    policy = parse_policy("\n".join((*lines, "quorum g31", "")))
    assert policy.satisfied([f"w{number}" for number in range(32)])
    assert not policy.satisfied([f"w{number}" for number in range(31)])


@given(
    st.text(alphabet="loginesqurmwhp 0123\t\n#", max_size=200)
    | st.lists(
        st.sampled_from(
            ["log", "witness", "group", "quorum", "none", "all", "2", "w1", "\n", *scene.POLICY.split()]
        ),
        max_size=30,
    ).map(" ".join)
    | st.text(max_size=100)
)
def test_a_policy_of_any_kind_is_read_or_refused(text):
    try:
        policy = parse_policy(text)
    except LedgerError:
        return
    assert policy.satisfied(policy.witnesses) is True


@given(st.text(max_size=100) | st.tuples(st.integers(0, 200), st.text(max_size=3)))
def test_a_checkpoint_of_any_kind_is_read_or_refused(made):
    body = HEAD.body()
    text = made if isinstance(made, str) else body[: made[0]] + made[1] + body[made[0] + 1 :]
    try:
        assert Checkpoint.parse(text).body() == text
    except LedgerError:
        return
