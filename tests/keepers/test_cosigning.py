"""Keepers cosign a card: none that is older, begins anew, or has lost somebody; and too few are not enough."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.keepers import scene
from tests.vectors import scene as vectors
from tests.vectors.make_keepers import FOLDER
from upstander.cli.main import main
from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.keeper import trial
from upstander.keepers import cosigning
from upstander.keepers.cosigning import CardError, check_next, check_seen, make_seen
from upstander.sealing.cards import PackName, make_card, read_card
from upstander.sealing.signers import Signer

TODAY = date(2026, 11, 25)
INSTALLATION = Signer("installation", vectors.INSTALLATION_KEY)
GHOST = vectors.member(vectors.BIRCH, INSTALLATION, label="A ghost")


def card(version=1, *channels, previous="", expires="2027-11-01"):
    text = make_card(
        signing=vectors.INSTALLATION_KEY,
        installation=vectors.INSTALLATION,
        institution="marlshire",
        name="Marlshire Police",
        channels=channels or [vectors.channel()],
        pack=PackName("uk_police", "0" * 64, "1"),
        day=date(2026, 11, 1),
        expires=date.fromisoformat(expires),
        previous=previous,
        version=version,
        demonstration=True,
    )
    return read_card(text, vectors.INSTALLATION_SIGN)


FIRST = card()
NEW = vectors.member(vectors.BIRCH, vectors.HAZEL.signer, label="E. Birch")
GROWN = card(2, vectors.channel(*vectors.MEMBERS, NEW), previous=FIRST.text)


def seen(*names, of=FIRST, day=TODAY):
    return [make_seen(of, name, day, scene.SIGNING[name]) for name in names]


def test_two_of_three_have_to_have_seen_it():
    assert check_seen(seen("charity", "union"), FIRST, scene.ROSTER, TODAY) == ("charity", "union")
    for fewer in ([], seen("charity"), seen("charity", "charity")):
        with pytest.raises(CardError):
            check_seen(fewer, FIRST, scene.ROSTER, TODAY)


def test_the_vectors_of_both_languages():
    vector = json.loads((FOLDER / "seen.json").read_text())
    found = read_card(vector["card"], vector["installation"])
    today = date.fromisoformat(vector["today"])
    assert check_seen(vector["good"], found, scene.ROSTER, today) == scene.NAMES
    for wrong in vector["wrong"]:
        with pytest.raises(CardError):
            check_seen([wrong, vector["good"][1]], found, scene.ROSTER, today)


def test_an_old_card_is_not_taken():
    """The server shows one reporter last year's card, with the handler who has since been retired."""
    old, newer = seen("charity", "union", of=FIRST), seen("charity", "union", of=GROWN)
    with pytest.raises(CardError):
        check_seen(newer, FIRST, scene.ROSTER, TODAY)
    with pytest.raises(CardError):
        check_seen(old, FIRST, scene.ROSTER, date(2027, 2, 26))
    assert check_seen(old, FIRST, scene.ROSTER, date(2027, 2, 25))
    short = card(expires="2026-11-30")
    assert statements.peek(seen("union", of=short)[0], "card-seen")["until"] == "2026-11-30"
    with pytest.raises(FormatError):
        make_seen(short, "union", date(2026, 12, 1), scene.SIGNING["union"])


def test_what_is_new_is_said_and_what_follows_is_signed():
    assert check_next(None, FIRST)[0].startswith("Professional standards: new on it: A. Rowan")
    assert check_next(FIRST, FIRST) == ()
    assert check_next(FIRST, GROWN) == (
        f"Professional standards: new on it: E. Birch ({vectors.BIRCH.key}).",
    )
    left = vectors.channel(
        *vectors.MEMBERS[:1], replace(vectors.MEMBERS[1], state="retired"), vectors.MEMBERS[2]
    )
    assert check_next(FIRST, card(2, left, previous=FIRST.text)) == (
        "Professional standards: C. Hazel is retired now.",
    )
    assert check_next(FIRST, card(5, previous=GROWN.text)) == ()


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (card(1, expires="2027-12-01"), "seen already"),
        (card(2, previous=GROWN.text), "does not follow"),
        (card(2, vectors.channel(GHOST), previous=FIRST.text), "gone from the list"),
        (card(2, vectors.channel(*vectors.MEMBERS[:2]), previous=FIRST.text), "gone from the list"),
        (
            card(2, replace(vectors.channel(), id=vectors.id_("x"), members=()), previous=FIRST.text),
            "channel is gone",
        ),
        (replace(GROWN, institution="wexhollow"), "another institution"),
    ],
    ids=["older", "fork", "ghost", "lost", "channel", "other"],
)
def test_no_keeper_signs_a_card_that_does_not_follow(now, why):
    with pytest.raises(CardError, match=why):
        check_next(FIRST, now)


def test_the_command_shows_first_and_signs_when_told(tmp_path, capsys):
    trial.deal(tmp_path, scene.NAMES, 2, epoch="trial", first_port=1, wait=(1, 4))
    files = {}
    for name, one in (
        ("first", FIRST),
        ("grown", GROWN),
        ("ghost", card(2, vectors.channel(GHOST), previous=FIRST.text)),
    ):
        files[name] = tmp_path / name
        files[name].write_text(one.text)
    words = [
        "keeper",
        "card",
        "--folder",
        str(tmp_path / "union"),
        "--installation",
        vectors.INSTALLATION_SIGN,
    ]

    def run(name, *more):
        code = main([*words, "--card", str(files[name]), *map(str, more)])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert "Nothing was signed" in run("first")[1]
    code, said = run("first", "--to", tmp_path / "one.seen")
    assert (code, "Cosigned." in said) == (0, True)
    assert statements.peek((tmp_path / "one.seen").read_text(), "card-seen")["card"] == FIRST.sha256
    assert run("ghost", "--to", tmp_path / "ghost.seen")[0] == 1
    assert not (tmp_path / "ghost.seen").exists()
    code, said = run("grown", "--to", tmp_path / "two.seen")
    assert (code, "new on it: E. Birch" in said) == (0, True)
    assert "seen already" in run("first", "--to", tmp_path / "three.seen")[1]
    assert "there already" in run("grown", "--to", tmp_path / "two.seen")[1]
    files["no"] = tmp_path / "no"
    assert run("no")[0] == 1
    assert cosigning.GOOD == 92
