"""Keepers make their key together, with files that somebody carries: it works, and whoever spoils it is named."""

import json

import pytest

from upstander.cli.main import main
from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.keeper import found, home
from upstander.keepers import oprf, threshold
from upstander.keepers.cocktail import CeremonyError

NAMES = ("charity", "college", "union")


def run(*words):
    return main(["keeper", *map(str, words)])


@pytest.fixture
def folders(tmp_path):
    made = {name: tmp_path / name for name in NAMES}
    for name, folder in made.items():
        home.create(folder, name)
    return made


@pytest.fixture
def plan(folders):
    applied = [found.applicant(folder, f"https://{name}.example") for name, folder in folders.items()]
    return found.read_plan(found.make_plan(applied[::-1], "2026", 2))


def opened(folders, plan):
    return [found.open_round(folder, plan) for folder in folders.values()]


def test_three_commands_on_three_machines_make_a_key_that_nobody_has(folders, tmp_path, capsys):
    carried = tmp_path / "carried"
    carried.mkdir()
    for name, folder in folders.items():
        to = carried / f"{name}.json"
        assert (
            run("ceremony", "apply", "--folder", folder, "--address", f"https://{name}.example", "--to", to)
            == 0
        )
    plan = carried / "plan.json"
    applied = sorted(carried.glob("*.json"))
    assert run("ceremony", "plan", "--epoch", "2026", "--needs", 2, "--to", plan, *applied) == 0
    for name, folder in folders.items():
        to = carried / f"{name}.opening"
        assert run("ceremony", "open", "--folder", folder, "--plan", plan, "--to", to) == 0
    openings = sorted(carried.glob("*.opening"))
    for name, folder in folders.items():
        to = carried / f"{name}.signed"
        assert run("ceremony", "receive", "--folder", folder, "--plan", plan, "--to", to, *openings) == 0
    files = [*openings, *sorted(carried.glob("*.signed"))]
    capsys.readouterr()
    said = set()
    for folder in folders.values():
        assert run("ceremony", "finish", "--folder", folder, "--plan", plan, *files) == 0
        said.add(capsys.readouterr().out)
    assert len(said) == 1
    keepers = [home.load(folder) for folder in folders.values()]
    assert {one.roster.sha256 for one in keepers} == {said.pop().split()[-1]}
    blinded = [oprf.blind(b"somebody")]
    sent = [blinded[0].element]
    public = keepers[0].roster.public
    answers = {one.name: threshold.answer(one.share, public.parts[one.name], sent) for one in keepers[1:]}
    key = threshold.join([one.share for one in keepers[:2]])
    assert threshold.combine(public, blinded, answers).values == (oprf.evaluate_whole(key, b"somebody"),)
    for word in (
        json.dumps([one.share.secret.hex() for one in keepers]),
        oprf.evaluate_whole(key, b"x").hex(),
    ):
        assert all(word not in path.read_text() for path in carried.iterdir())
    assert run("ceremony", "finish", "--folder", folders["union"], "--plan", plan, *files) == 1
    assert "nothing was changed" in capsys.readouterr().err


def test_whoever_spoils_it_is_named_and_nothing_is_changed(folders, plan):
    openings = opened(folders, plan)
    other = found.read_plan(found.make_plan([vars_of(one) for one in plan.keepers], "2027", 2))
    stranger = statements.sign(
        "opening", statements.peek(openings[1], "opening"), home.signing_key(folders["charity"])
    )
    cut = {**statements.peek(openings[1], "opening"), "opening": "AAAA"}
    for wrong in (
        found.open_round(folders["college"], other),
        stranger,
        openings[2],
        statements.sign("opening", cut, home.signing_key(folders["college"])),
        "",
    ):
        with pytest.raises(CeremonyError) as refused:
            found.receive(folders["union"], plan, [openings[0], wrong, openings[2]])
        assert refused.value.place == 2
    with pytest.raises(CeremonyError):
        found.receive(folders["union"], plan, openings[:2])
    assert not (folders["union"] / found.PENDING).exists()


def vars_of(one):
    return {"address": one.address, "name": one.name, "sign": one.sign, "static": one.static}


def test_a_keeper_that_was_shown_something_else_keeps_all_from_finishing(folders, plan):
    openings = opened(folders, plan)
    shown = [openings[0], found.open_round(folders["college"], plan), openings[2]]
    signed = [
        found.receive(folders["charity"], plan, openings),
        found.receive(folders["college"], plan, openings),
        found.receive(folders["union"], plan, shown),
    ]
    with pytest.raises(CeremonyError) as refused:
        found.finish(folders["charity"], plan, openings, signed)
    assert refused.value.place == 3
    for wrong in (signed[:2], [*signed[:2], "{}"], [*signed[:2], "x"]):
        with pytest.raises((CeremonyError, FormatError)):
            found.finish(folders["charity"], plan, openings, wrong)
    with pytest.raises(FileNotFoundError):
        home.load(folders["charity"])


def test_a_roster_that_says_something_else_is_not_taken(folders, plan):
    openings = opened(folders, plan)
    signed = [found.receive(folder, plan, openings) for folder in folders.values()]
    body = statements.peek(json.loads(signed[2])["roster"], "roster")
    changed = {
        **body,
        "keepers": [{**body["keepers"][0], "address": "https://evil.example"}, *body["keepers"][1:]],
    }
    text = statements.sign("roster", changed, home.signing_key(folders["union"]))
    wrong = json.dumps({**json.loads(signed[2]), "roster": text})
    with pytest.raises(FormatError):
        found.finish(folders["charity"], plan, openings, [*signed[:2], wrong])
    assert [len(one) for one in found.finish(folders["charity"], plan, openings, signed)] == [64, 64]
    assert not (folders["charity"] / found.PENDING).exists()


def test_a_plan_is_the_same_for_all_or_another_ceremony(folders, plan):
    applied = [vars_of(one) for one in plan.keepers]
    moved = [{**applied[0], "address": "https://elsewhere.example"}, *applied[1:]]
    assert found.read_plan(found.make_plan(moved, "2026", 2)).session.context != plan.session.context
    for keepers, epoch, needs in (
        (applied, "2026", 4),
        (applied, "2026", 1),
        (applied, "Epoch!", 2),
        ([applied[0], applied[0]], "2026", 2),
        ([applied[0], {**applied[1], "sign": applied[0]["sign"]}], "2026", 2),
        ([applied[0], {**applied[1], "static": applied[0]["static"]}], "2026", 2),
        ([applied[0], {"name": "x"}], "2026", 2),
    ):
        with pytest.raises((FormatError, CeremonyError)):
            found.make_plan(keepers, epoch, needs)


def test_wrong_files_are_answered_in_words(folders, tmp_path, capsys):
    plan = tmp_path / "plan.json"
    plan.write_text("{}\n")
    for words in (
        ("ceremony", "open", "--folder", folders["union"], "--plan", plan, "--to", tmp_path / "o"),
        ("ceremony", "open", "--folder", tmp_path / "no", "--plan", tmp_path / "no", "--to", tmp_path / "o"),
        ("ceremony", "plan", "--epoch", "x", "--needs", 2, "--to", tmp_path / "p", plan),
    ):
        assert run(*words) == 1
        assert capsys.readouterr().err.startswith("upstander: ")
    assert not (tmp_path / "o").exists()
