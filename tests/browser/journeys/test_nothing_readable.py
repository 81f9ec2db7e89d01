"""What real pages send, and what the server keeps of it: no word, no name, no file, no file name, none of the words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import kept
from tests.browser.handler import Handler
from tests.browser.pages import Visitor
from tests.browser.reporter import File, Reporter, attach, button, pick, write
from tests.browser.stories import FULL
from tests.world import World

pytestmark = pytest.mark.browser

TYPED = "Sergeant Nobody-on-the-list"
MARKERS = {
    "report": b"The marker Quillon was on the table.",
    "name": b"Sergeant Invented",
    "message": b"Marker Tamsel came back in March.",
    "answer": b"Marker Osgrave thanks you for it.",
    "note": b"Marker Pellow to ask for the door log.",
    "file": b"Marker Ruddick wrote this down that night.",
    "file name": b"marker-wexcombe.txt",
    "typed": TYPED.encode(),
}


def sent_by(*people: Visitor) -> bytes:
    """All that left their browsers in bodies."""
    return "\n".join(line for one in people for line in one.posted).encode()


def test_nothing_is_readable_outside_the_browsers(
    world: World, reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    said = {name: marker.decode() for name, marker in MARKERS.items()}
    maya, marian = reporter("maya"), handler("marian")
    maya.begin()
    file = File(said["file name"], "text/plain", MARKERS["file"])
    maya.answer(
        FULL | {"Tell us what you saw": write(said["report"]), "Add a file": attach("Notes, a letter", file)}
    )
    maya.send()
    maya.come_back(maya.words, to="Not opened yet")
    maya.reply(said["message"])

    marian.sign_in()
    marian.open_case(maya.case, first=True)
    expect(marian.part("report")).to_contain_text(said["report"])
    marian.write(said["answer"])
    marian.note(said["note"])

    words = {"her words": maya.words.encode(), "a handler's words": marian.words.encode()}
    posted = sent_by(maya.visitor, marian.visitor)
    assert posted.count(b"/reports ") == 1 and b"/envelopes " in posted, "the requests were not noted"
    assert kept.search(posted, MARKERS | words) == []
    assert kept.found(world, MARKERS | words) == []
    assert kept.found(world, {"case": maya.case.encode()}), "what is there is not found"


def test_a_name_that_was_only_typed_locks_nobody_out(reporter: Callable[..., Reporter]) -> None:
    nia = reporter("nia")
    nia.begin()
    nia.answer({"danger": pick("No"), "Tell us": write("A short account.")}, until="Who must not see")
    write(TYPED)(nia.page)
    button(nia.page, "Continue").click()
    expect(nia.title).to_have_text("This does not lock them out")
    expect(nia.page.locator("main")).to_contain_text(TYPED)
    nia.visitor.look("a name that was only typed")
    button(nia.page, "Go on").click()
    nia.answer({"Who should get it": pick("Professional Standards")})
    nia.send()
    (sent,) = [line for line in nia.visitor.posted if "/reports " in line]
    assert '"excluded":[]' in sent
