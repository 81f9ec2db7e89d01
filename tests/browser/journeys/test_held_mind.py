"""Held reports and a change of mind: what she is told when keepers, server or time stand in the way.

Three keeper processes, as in `test_held.py`.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.test_held import (  # noqa: F401  (two are fixtures)
    ASKED,
    OUTSIDE,
    hold,
    is_held,
    keepers,
    names,
    three,
    world,
)
from tests.browser.keepers import Keepers, Reader
from tests.browser.reporter import Reporter, both, button, pick, write
from tests.world import World

pytestmark = pytest.mark.browser
DB = "db.sqlite3"
UNHEARD = "What you had held before is not taken back yet"


def live(three: Keepers, name: str = "advice-centre") -> int:  # noqa: F811
    """Pledges of a keeper that are not taken back and wait for something."""
    rows = three.rows(name, "SELECT body FROM pledges WHERE withdrawn = 0")
    return sum('"kind":"' in body for (body,) in rows)


def test_what_was_held_and_is_sent_stays_until_it_is_heard_and_she_is_told(
    three: Keepers,  # noqa: F811
    world: World,  # noqa: F811
    reporter: Callable[..., Reporter],
) -> None:
    maya = reporter("maya")
    hold(maya, "one: at the door", names(warrant="PW 01234"))
    is_held(maya)
    later = reporter("maya later")
    later.words = maya.words
    later.come_back(to="It is held for you")
    three.stop("law-clinic", "trade-union")
    button(later.page, "Check it and send it").click()
    later.answer({})
    later.send()
    main = later.page.locator("main")
    expect(main).to_contain_text(UNHEARD)
    later.visitor.look("sent while what was held is not ended")
    assert live(three, "trade-union") == 1
    three.start("law-clinic", "trade-union")
    button(later.page, "Try again now").click()
    expect(main).to_contain_text("What you had held before is taken back.")
    expect(main).not_to_contain_text(UNHEARD)
    assert live(three, "trade-union") == 0


def test_what_counts_for_others_is_taken_back_in_the_mailbox(
    three: Keepers,  # noqa: F811
    world: World,  # noqa: F811
    reporter: Callable[..., Reporter],
) -> None:
    rae = reporter("rae")
    rae.begin()
    answers = {
        "danger": pick("No"),
        "Tell us": write("sent, and named"),
        "Who should get it": pick("Professional Standards"),
        "What should happen": pick("Send it now"),
        "Whom is it about": names(warrant="PW 01234"),
    }
    rae.answer(answers)
    rae.send()
    expect(rae.page.locator("main")).to_contain_text("Your report counts for others")
    rae.come_back()
    expect(rae.page.locator("main")).to_contain_text(
        "counts for others who hold theirs about the same person"
    )
    rae.visitor.look("mailbox with a report that counts")
    button(rae.page, "Take it back for good").click()
    expect(rae.page.get_by_role("status").filter(has_text=ASKED)).to_be_visible()
    assert three.rows("trade-union", "SELECT tag FROM tags") == []

    maya = reporter("maya")
    hold(maya, "one: at the door", names(warrant="pw1234"))
    is_held(maya)
    three.beat()
    assert Reader.of(world, "aled").opens(three) == [], "nobody counts for her any more"


def test_an_old_slip_and_a_missing_one_are_told_as_that(
    three: Keepers,  # noqa: F811
    world: World,  # noqa: F811
    reporter: Callable[..., Reporter],
) -> None:
    maya = reporter("maya")
    unless = both(pick("In 4 weeks"))
    hold(maya, "one: at the door", names(warrant="PW 01234"), unless=unless)
    is_held(maya)
    with sqlite3.connect(world.data / DB) as database:
        [(name, old)] = database.execute("SELECT id, slip FROM pledges_pledge").fetchall()
        database.execute("UPDATE cases_case SET expires = '2040-01-01' WHERE state = 'private'")
    maya.come_back(to="It is held for you")
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=730)
    expect(maya.page.locator("main")).to_contain_text(str(until.year))
    expect(maya.page.locator("main")).not_to_contain_text("2040")
    button(maya.page, "Stop it").click()
    expect(button(maya.page, "Let it go after all")).to_be_visible()
    world.until_published()  # before that only her own device could know

    with sqlite3.connect(world.data / DB) as database:
        database.execute("UPDATE pledges_pledge SET slip = ? WHERE id = ?", (old, name))
    again = reporter("maya on another day")
    again.words = maya.words
    again.come_back(to="It is held for you")
    expect(again.page.locator("main")).to_contain_text("is shown here as it was before")
    again.visitor.look("an old slip")

    with sqlite3.connect(world.data / DB) as database:
        database.execute("DELETE FROM pledges_pledge")
    once_more = reporter("maya once more")
    once_more.words = maya.words
    once_more.come_back(to="We can't tell whether it is held")
    main = once_more.page.locator("main")
    expect(main).to_contain_text("is not shown here. It may still open as you asked.")
    expect(main).to_contain_text("take it that it still is")
    once_more.visitor.look("a missing slip")


def test_deleting_what_keepers_did_not_hear_of_is_hers_to_confirm(
    three: Keepers,  # noqa: F811
    world: World,  # noqa: F811
    reporter: Callable[..., Reporter],
) -> None:
    maya = reporter("maya")
    hold(maya, "one: at the door", names(warrant="PW 01234"))
    is_held(maya)
    maya.come_back(to="It is held for you")
    three.stop("law-clinic", "trade-union")
    button(maya.page, "Delete it").click()
    expect(maya.title).to_have_text("Delete what we keep for you")
    button(maya.page, "Delete it for good").click()
    expect(maya.title).to_have_text("It is not deleted yet")
    maya.visitor.look("not deleted yet")
    button(maya.page, "Delete it all the same").click()
    expect(maya.title).to_have_text("It is deleted")


def test_a_day_that_has_passed_meanwhile_is_asked_again(
    three: Keepers,  # noqa: F811
    world: World,  # noqa: F811
    reporter: Callable[..., Reporter],
) -> None:
    maya = reporter("maya")
    maya.begin()
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=3)

    def on_that_day(page: object) -> None:
        pick("On another day")(page)  # type: ignore[arg-type]
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            maya.page.get_by_label(label, exact=True).fill(str(number))

    answers = {
        "danger": pick("No"),
        "Tell us": write("held until a day"),
        "Who should get it": pick(OUTSIDE),
        "What should happen": pick("Hold it until"),
        "What if nobody acts": on_that_day,
    }
    maya.answer(answers)
    main = maya.page.locator("main")
    expect(main).to_contain_text("also has a spare key on paper, split between")
    maya.visitor.look("check with who could open it")
    maya.page.clock.set_fixed_time(datetime.datetime.combine(day, datetime.time(12), datetime.UTC))
    button(maya.page, "Seal and hold").click()
    expect(main).to_contain_text("Choose a day from tomorrow on.")
    expect(maya.title).to_have_text("Check your answers")
    maya.visitor.look("a day that has passed")
