"""Notes and keys: the specification's examples, our own, and what is none."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from upstander.ledger import notes
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import COSIGNATURE, ED25519, SigningKey, VerifierKey

# C2SP signed-note, "Example"
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""


def key(name: str = "example.com/log", kind: int = ED25519, seed: int = 1) -> SigningKey:
    return SigningKey(name, kind, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG, WITNESS = key(), key("witness.example/w1", COSIGNATURE, 2)


def test_the_specification_s_example():
    verifier = VerifierKey.parse(VKEY)
    assert (verifier.name, verifier.kind, str(verifier)) == ("example.com/foo", ED25519, VKEY)
    opened = notes.open_note(NOTE, verifier)
    assert opened.text == "This is an example message.\n"
    assert opened.signed_by(verifier) is not None
    assert str(opened) == NOTE


def test_the_key_id_of_a_cosigner_is_another():
    # tlog-cosignature, "Format": SHA-256(name, newline, 0x04, key), four bytes
    same = SigningKey(LOG.name, COSIGNATURE, LOG.private).verifier
    assert same.public == LOG.verifier.public
    assert same.id != LOG.verifier.id


def test_keys_are_read_as_they_were_written():
    for one in (LOG, WITNESS):
        assert VerifierKey.parse(str(one.verifier)) == one.verifier
        again = SigningKey.parse(one.encode())
        assert (again.name, again.kind, again.verifier) == (one.name, one.kind, one.verifier)
        assert one.encode() not in repr(one)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        VKEY.replace("530d", "530D"),
        VKEY.replace("530d", "530e"),
        VKEY.replace("foo", "f oo"),
        VKEY.replace("foo", "bar"),
        VKEY[:-1],
        VKEY + "=",
        VKEY.replace("+A", "+B"),
        VKEY.replace("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "AQ=="),
        "example.com/" + "o" * 2000 + VKEY[15:],
    ],
)
def test_what_is_no_verifier_key(text):
    with pytest.raises(LedgerError):
        VerifierKey.parse(text)


@given(st.text(max_size=120) | st.builds(VKEY.replace, st.sampled_from(VKEY), st.text(max_size=2)))
def test_a_key_of_any_kind_is_read_or_refused(text):
    for parse in (VerifierKey.parse, SigningKey.parse):
        try:
            parsed = parse(text)
        except LedgerError:
            continue
        assert str(parsed) == text


def test_a_note_is_signed_by_log_and_witness():
    text = "one\n\ntwo\n"
    note = notes.sign_note(text, LOG)
    cosigned = str(notes.parse_note(note).with_lines([WITNESS.sign(text, 1679315147)]))
    opened = notes.open_note(cosigned, LOG.verifier, WITNESS.verifier)
    assert opened.text == text
    assert [(one.key, one.timestamp) for one in opened.signatures] == [
        (LOG.verifier, 0),
        (WITNESS.verifier, 1679315147),
    ]


def test_signatures_of_others_are_skipped_and_wrong_ones_of_known_keys_are_not():
    note = notes.sign_note("text\n", LOG, key("example.com/else", seed=3))
    assert len(notes.open_note(note, LOG.verifier).signatures) == 1
    with pytest.raises(LedgerError, match=r"not signed by witness\.example/w1"):
        notes.open_note(note, WITNESS.verifier)
    for wrong in (
        note.replace("text", "test"),
        note.replace("\n— example.com/log ", "\n— example.com/log A", 1),
    ):
        with pytest.raises(LedgerError, match=r"example\.com/log"):
            notes.open_note(wrong, LOG.verifier)
    with pytest.raises(LedgerError, match="nobody known"):
        notes.open_note(note)


def test_a_cosignature_covers_its_time():
    text = "origin\n1\nroot\n"
    line = WITNESS.sign(text, 1000)
    name, id_, signature = notes.split_line(line)
    assert WITNESS.verifier.check(signature, text) == 1000
    later = (1001).to_bytes(8, "big") + signature[8:]
    for changed in (
        later,
        signature[:-1],
        signature + b"\0",
        (2**63).to_bytes(8, "big") + signature[8:],
        b"",
    ):
        with pytest.raises(LedgerError, match=name):
            WITNESS.verifier.check(changed, text)
    with pytest.raises(LedgerError, match="needs the time"):
        WITNESS.sign(text)
    assert id_ == WITNESS.verifier.id


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        "text",
        "text\n",
        "text\n\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "more\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— example", "—  example"),
        NOTE.replace("example.com/foo", "example.com/f+oo"),
        NOTE.replace("Uw2", "Uw2="),
        NOTE.replace("=\n", "\n"),
        NOTE.replace("This", "Th\tis"),
        NOTE.replace("This", "\ud800"),
        "text\n\n— name AAAAAA==\n",
        NOTE + NOTE.splitlines(keepends=True)[-1] * 64,
        "x" * 70_000 + NOTE,
    ],
)
def test_what_is_no_note(note):
    with pytest.raises(LedgerError):
        notes.open_note(note, VerifierKey.parse(VKEY))


@given(st.text(max_size=200) | st.tuples(st.integers(0, len(NOTE)), st.text(max_size=3)))
def test_a_note_of_any_kind_is_read_or_refused(made):
    text = made if isinstance(made, str) else NOTE[: made[0]] + made[1] + NOTE[made[0] + len(made[1]) :]
    verifier = VerifierKey.parse(VKEY)
    try:
        assert str(notes.parse_note(text)) == text
        opened = notes.open_note(text, verifier)
    except LedgerError:
        return
    assert opened.text == "This is an example message.\n"


def test_lines_are_added_once():
    parsed = notes.parse_note(NOTE)
    assert str(parsed.with_lines(parsed.lines)) == NOTE
