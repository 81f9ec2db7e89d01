"""Held reports, with three keeper processes: two people name one officer, each in her own way; both open, and only they.

Then what must not open them, what must not stop them, and what must not be lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.keepers import Keepers, Reader
from tests.browser.reporter import Act, Reporter, attach, both, button, pick, write
from tests.browser.stories import NOTES
from tests.leaks import files_under
from tests.world import World, _served, _world
from upstander.formats import b64

pytestmark = pytest.mark.browser
HOLD = "Hold it until someone else names"
OUTSIDE = "Fellmoor Oversight"
ASKED = "Asked. If nobody had opened it, it is gone"


@pytest.fixture
def keepers(made: Path, tmp_path: Path) -> Iterator[tuple[World, Keepers]]:
    """A demonstration whose keepers are processes of their own."""
    import shutil

    world = _world(tmp_path)
    shutil.copytree(made, world.data)
    three = Keepers.of(world.data, tmp_path / "keepers")
    three.start()
    try:
        with _served(world):
            yield world, three
    finally:
        three.stop()


@pytest.fixture
def world(keepers: tuple[World, Keepers]) -> World:
    """The demonstration of this journey alone."""
    return keepers[0]


@pytest.fixture
def three(keepers: tuple[World, Keepers]) -> Keepers:
    """Its keepers."""
    return keepers[1]


def names(**boxes: str) -> Act:
    """Types what one person is known by."""
    labels = {
        "warrant": "Warrant number",
        "collar": "Number on their uniform",
        "surname": "Surname",
        "force": "Force",
        "email": "Email",
        "phone": "Phone number",
    }
    return both(*(write(said, labels[box]) for box, said in boxes.items()))


def hold(
    reporter: Reporter,
    story: str,
    person: Act,
    unless: Act | None = None,
    look: bool = False,
    danger: str = "No",
    more: dict[str, Act] | None = None,
) -> None:
    """Writes a few lines and asks for them to be held."""
    answers = {
        "danger": pick(danger),
        "Which is nearest": pick("I saw it or heard it"),
        "Tell us": write(story),
        "Who should get it": pick(OUTSIDE),
        "What should happen": pick(HOLD),
        "Whom is it about": person,
    }
    reporter.begin()
    reporter.answer(answers | ({"What if nobody acts": unless} if unless else {}) | (more or {}), look=look)
    expect(reporter.page.locator("main")).to_contain_text(
        f"Nobody can open it before then. After that: {OUTSIDE}."
    )
    if danger != "No":
        expect(reporter.page.locator("main")).to_contain_text("A held or kept report can't protect them.")
    if look:
        reporter.visitor.look("check before holding")
    button(reporter.page, "Seal and hold").click()


def is_held(reporter: Reporter, look: bool = False) -> None:
    """The page says so, and gives the words."""
    expect(reporter.title).to_have_text("It is held.")
    if look:
        reporter.visitor.look("held")
    reporter.take_words()


def test_two_who_name_one_officer_open_and_nobody_else(
    three: Keepers, world: World, reporter: Callable[..., Reporter], tmp_path: Path
) -> None:
    maya = reporter("maya")
    hold(maya, "one: at the door", names(warrant="PW 01234", email="j.smith@marlshire.example"), look=True)
    is_held(maya, look=True)
    expect(maya.page.locator("main")).to_contain_text("Held by advice-centre, law-clinic, trade-union.")
    aled = Reader.of(world, "aled")
    three.beat()
    assert aled.opens(three) == []

    third = reporter("somebody who names another")
    hold(
        third,
        "three: somebody else",
        names(warrant="PW1235", collar="78", surname="Smith", force="Marlshire"),
    )
    is_held(third)
    tess = reporter("tess, who takes it back")
    hold(tess, "four: taken back", names(warrant="pw-1234"))
    is_held(tess)
    tess.come_back(to="It is held for you")
    tess.visitor.look("a held record")
    button(tess.page, "Take it back for good").click()
    expect(tess.page.get_by_role("status").filter(has_text=ASKED)).to_be_visible()
    tess.visitor.look("a held record taken back")
    three.beat()
    assert aled.opens(three) == []

    rae = reporter("rae")
    hold(
        rae,
        "two: in the car",
        names(collar="PC 77", surname="Smith", force="Marlshire Police", warrant="Warrant no. pw1234"),
    )
    is_held(rae)
    three.beat()
    texts = aled.opens(three)
    assert len(texts) == 2
    assert "one: at the door" in texts[0] + texts[1] and "two: in the car" in texts[0] + texts[1]
    assert Reader.of(world, "marian").opens(three) == [], "it goes to the outside body alone"

    # What a reporter sees has not changed, and the server has learnt nothing.
    maya.come_back(to="It is held for you")
    expect(maya.page.locator("main")).to_contain_text("Held by advice-centre, law-clinic, trade-union.")
    tags = three.tags()
    assert len(tags) == 3 * 8 - 1, "three live pledges, one name in common"
    held = b"".join(path.read_bytes() for path in files_under(world.data))
    readers = [reader for (reader,) in three.rows("law-clinic", "SELECT DISTINCT reader FROM readers")]
    assert readers
    stores = b"".join(path.read_bytes() for path in three.folder.rglob("*.sqlite3*"))
    for typed in ("j.smith", "PW 01234", "pw1234", "1234pw", "Smith", "at the door", "in the car"):
        assert typed.encode() not in stores
        assert typed.encode() not in held or typed == "Smith", "the demonstration has people of that name"
    for marker in (*tags, *(name for (name,) in three.rows("law-clinic", "SELECT id FROM pledges"))):
        assert marker.encode() not in held
        assert b64.decode(marker) not in held if len(marker) == 43 else True

    # The server is down for good, its copy with it, and one keeper is away.
    roster = (world.data / "roster.json").read_text("utf-8")
    world.kill()
    three.stop("trade-union")
    assert aled.opens(three) == texts
    told = aled.command(tmp_path / "aled", roster)
    assert "one: at the door" in told and "two: in the car" in told and "somebody else" not in told


def test_with_one_keeper_away_it_holds_and_with_two_it_waits_safely(
    three: Keepers, world: World, reporter: Callable[..., Reporter]
) -> None:
    world.get("/api/v1/keepers")  # as it does all day: so it knows the keys of a keeper that goes away
    three.stop("law-clinic")
    maya = reporter("maya")
    hold(maya, "one: at the door", names(phone="07700 900123"))
    is_held(maya)
    expect(maya.page.locator("main")).to_contain_text("law-clinic did not answer.")

    three.stop("trade-union")
    rae = reporter("rae")
    hold(rae, "two: in the car", names(phone="+44 7700 900 123"), danger="Maybe soon")
    expect(rae.title).to_have_text("It is kept, but not held yet.")
    expect(rae.page.locator("main")).to_contain_text("Missing: law-clinic, trade-union.")
    rae.visitor.look("kept and not held")
    rae.take_words()
    three.start("trade-union")
    later = reporter("rae later")
    later.words = rae.words
    later.come_back(to="Only you can open this")
    expect(later.page.locator("main")).to_contain_text("It is not held yet")
    later.visitor.look("a record that is not held yet")
    button(later.page, "Hold it", exact=True).click()
    expect(later.page.locator("main")).to_contain_text("two: in the car")
    button(later.page, "Seal and hold").click()
    is_held(later)
    three.beat()
    assert len(Reader.of(world, "aled").opens(three)) == 2
    three.start("law-clinic")
    three.beat()
    assert len(three.rows("law-clinic", "SELECT id FROM pledges WHERE share != x''")) == 2, "it caught up"


def test_sent_and_passed_on_unless_stopped(
    three: Keepers, world: World, reporter: Callable[..., Reporter]
) -> None:
    maya = reporter("maya")
    maya.begin()
    answers = {
        "danger": pick("No"),
        "Which is nearest": pick("I saw it or heard it"),
        "Tell us": write("sent and passed on"),
        "Who should get it": pick("Professional Standards"),
        "What should happen": pick("Send it now"),
        "Whom is it about": names(email="J.Smith@Marlshire.example"),
        "What if nobody acts": pick("In 4 weeks", OUTSIDE),
    }
    maya.answer(answers)
    maya.send()
    main = maya.page.locator("main")
    expect(main).to_contain_text(f"It goes to {OUTSIDE} on")
    expect(main).to_contain_text("Held by advice-centre, law-clinic, trade-union.")
    maya.visitor.look("receipt with what happens by itself")
    days = three.rows("law-clinic", "SELECT day FROM pledges WHERE day != ''")
    assert len(days) == 1
    later = reporter("maya later")
    later.come_back(maya.words)
    stop, go = "Stop it", "Let it go after all"
    for press, then, expected in ((stop, go, 1), (go, stop, 0), (stop, go, 1)):
        button(later.page, press).click()
        expect(button(later.page, then)).to_be_visible()
        said = "Asked. It goes on that day after all" if press == go else "Asked. If it had not gone before"
        expect(later.page.get_by_role("status").filter(has_text=said)).to_be_visible()
        assert three.rows("law-clinic", "SELECT stop FROM stops") == [(expected,)]
        assert three.rows("trade-union", "SELECT stop FROM stops") == [(expected,)]
    later.visitor.look("mailbox with a stop")
    expect(later.page.locator("main")).to_contain_text("you stopped it")

    # What was sent opens nothing of itself, and counts for somebody who holds hers, who names one of two people.
    both_of_them = both(
        names(email="somebody.else@marlshire.example"),
        lambda page: button(page, "Add another person").click(),
        lambda page: page.get_by_label("Email").nth(1).fill("j.smith@marlshire.example"),
    )
    noa = reporter("noa")
    hold(
        noa,
        "held until she is not alone",
        both_of_them,
        more={"Add a file": attach("Notes, a letter", NOTES)},
    )
    is_held(noa)
    expect(noa.page.get_by_text("it opens when 2 people in all")).to_have_count(2)
    three.beat()
    opened = Reader.of(world, "aled").opens(three)
    assert len(opened) == 1 and "held until she is not alone" in opened[0]


def test_every_choice_looks_the_same_from_outside(
    three: Keepers, world: World, reporter: Callable[..., Reporter]
) -> None:
    """Requests that have to do with keepers, by address and size, and what lies in the server's table."""
    shapes = {}
    for fate, last in (
        ("Send it now", "Seal and send"),
        (HOLD, "Seal and hold"),
        ("Keep it for me", "Seal and keep"),
    ):
        one = reporter(fate)
        sent: list[tuple[str, int]] = []

        def note(request: object, sent: list[tuple[str, int]] = sent) -> None:
            path = request.url.split("/api/v1/")[-1]  # type: ignore[attr-defined]
            parts = ["…" if len(part) == 26 else part for part in path.split("/")]
            if "keepers" in path or "pledges" in path:
                body = request.post_data_buffer or b""  # type: ignore[attr-defined]
                sent.append(("/".join(parts), len(body) // 1024))

        one.visitor.context.on("request", note)
        one.begin()
        answers = {
            "danger": pick("No"),
            "Which is nearest": pick("I saw it or heard it"),
            "Tell us": write("the same few words"),
            "Who should get it": pick(OUTSIDE),
            "What should happen": pick(fate),
            "Whom is it about": names(warrant="PW 01234"),
        }
        with one.page.expect_response(lambda answer: answer.request.method == "PUT"):
            one.answer(answers)
            button(one.page, last).click()
        shapes[fate] = sent
    first = shapes["Send it now"]
    assert [path for path, _ in first] == [
        *("keepers", "keepers/evaluate", "keepers/evaluate", "i/marlshire/mailbox/pledges", "keepers"),
        *("i/marlshire/mailbox/pledges/…/keepers", "i/marlshire/mailbox/pledges/…"),
    ]
    assert shapes[HOLD] == first
    assert shapes["Keep it for me"] == first
    with sqlite3.connect(world.data / "db.sqlite3") as database:
        rows = database.execute(
            "SELECT length(slip), length(notes), length(parcel) FROM pledges_pledge"
        ).fetchall()
    assert len(rows) == 3 and len(set(rows)) == 1
    waiting = three.rows("trade-union", "SELECT body FROM pledges WHERE share != x''")
    assert sorted('"kind":"match"' in body for (body,) in waiting) == [False, False, True]
