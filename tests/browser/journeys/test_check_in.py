"""Two weeks on, the mailbox asks: two taps, a sealed answer, and the desk sees it; silence shows as silence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button
from tests.browser.stories import SHORT
from tests.world import World

pytestmark = pytest.mark.browser


def age_case(world: World, case: str, days: int) -> None:
    """As if the report had come so many days ago."""
    day = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
    with closing(sqlite3.connect(world.data / "db.sqlite3", timeout=30)) as database, database:
        assert database.execute("UPDATE cases_case SET day = ? WHERE id = ?", (day, case)).rowcount == 1


def test_two_taps_and_silence(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler], world: World
) -> None:
    ida = reporter("ida")
    ida.begin()
    ida.answer(SHORT)
    ida.send()
    age_case(world, ida.case, 7 * 6 + 1)  # the one after two weeks passed in silence; that after six is due
    ida.come_back()
    asked = ida.page.locator("[data-check-in]")
    expect(asked.get_by_role("heading", name="How are you?")).to_be_visible()
    ida.visitor.look("check-in")
    posted = len(ida.visitor.posted)
    button(asked, "Yes").click()
    expect(asked.get_by_role("heading", name="Do you feel safe?")).to_be_focused()
    assert ida.visitor.posted[posted:] == []  # nothing goes before the second tap
    button(asked, "No").click()
    expect(ida.page.locator("[data-check-in]")).to_have_count(0)
    expect(ida.page.locator("main")).to_contain_text("Do you feel safe? No")
    sent = "\n".join(ida.visitor.posted[posted:])
    assert "checkin" not in sent
    assert "safe" not in sent

    marian = handler("marian")
    marian.sign_in()
    marian.open_case(ida.case, first=True, whole=False)
    part = marian.part("watch")
    expect(part.locator('[data-check-in="w2"]')).to_contain_text("no answer")
    expect(part.locator('[data-check-in="w6"]')).to_contain_text("Do you feel safe? No.")
    expect(part.get_by_text("She says that she is treated badly or is not safe.")).to_be_visible()
    expect(part.locator('[data-check-in="w13"]')).to_contain_text("to come")
    marian.visitor.look("watch on the case page")
