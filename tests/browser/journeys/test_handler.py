"""A handler reads a report, answers it, keeps notes, lets in a colleague, and closes it; the reporter sees each step."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of, today
from tests.browser.reporter import Reporter, attach, both, button, pick, write
from tests.browser.stories import FULL, SHORT, STORY, picture

pytestmark = pytest.mark.browser

PS = "Professional Standards: reporting team"
NAMED = {
    "give your name": pick("Only to the people who first open it"),
    "Your name": both(write("Robin Madeup", "Your name"), write("robin@example.org", "A safe way")),
}
SEEN = [
    "Your report arrived",
    "Someone opened it",
    "Someone opened the part that could say who you are",
    "The team wrote to you",
    "Another person can now open it",
    "The team said they have read it",
    "The team closed it, with reasons",
]


def test_from_the_list_to_the_reasons(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    robin = reporter("robin")
    robin.begin()
    robin.answer(FULL | NAMED)
    robin.send()

    marian = handler("marian")
    marian.sign_in(look=True)
    page = marian.page
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=number_of(robin.case)))
    expect(row).to_contain_text("Nobody has opened it yet")
    marian.visitor.look("cases")
    row.get_by_role("link").click()
    page.wait_for_url("**/file/?to=case")
    about = page.locator("[data-who]")
    expect(about).to_contain_text("Sergeant Invented")
    expect(page.locator("main")).not_to_contain_text(STORY)  # whom it is about, and not what was said
    marian.visitor.look("before a case opens")
    marian.declare()
    page.wait_for_url("**/?done=opened")
    report, sheet = marian.part("report"), marian.part("sheet")
    for said in [
        STORY,
        "Sergeant Invented",
        "Custody team",
        "Two people from the other shift",
        "Her partner",
    ]:
        expect(report).to_contain_text(said)
    for said in ["The chat group of the shift", "2026", "Sexual talk, jokes or porn; Bullying"]:
        expect(report).to_contain_text(said)
    expect(report).to_contain_text("Ask the reporter before you use this part")
    expect(page.get_by_role("region", name="Shut out by the reporter")).to_contain_text("Inspector Holt")
    marian.visitor.look("case")

    assert "Robin Madeup" not in page.content(), "the source sheet opens only by its own button"
    marian.open_sheet()
    expect(sheet).to_contain_text("Robin Madeup")
    expect(sheet).to_contain_text("I am a police officer or a special")

    marian.write("Thank you. When did you first see it?")
    marian.note("Ask for the door log before anybody is spoken to.")
    marian.let_in("Aled")
    marian.acknowledge()
    marian.close("Part of it was found", "The chat was kept and read. Two people are to answer for it.")
    marian.visitor.look("case closed")

    back = reporter("robin later")
    back.come_back(robin.words, to="The team has closed it")
    main = back.page.locator("main")
    steps = main.locator("ol.line li")
    for label in SEEN:
        expect(steps.filter(has_text=re.compile(f"^{label}")).first).to_contain_text(today())
    expect(steps.filter(has_text="closed it")).to_contain_text("Part of it was found to have happened")
    expect(main).to_contain_text("The chat was kept and read. Two people are to answer for it.")
    expect(main).to_contain_text("Thank you. When did you first see it?")
    expect(main).to_contain_text("Aled, Fellmoor Oversight")
    expect(main).not_to_contain_text("door log")
    back.visitor.look("mailbox of a closed report")
    back.reply("I first saw it in March.")


def test_a_picture_opens_blurred_and_can_be_sealed_off(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    ada = reporter("ada")
    ada.begin()
    ada.answer(FULL | {"Add a file": attach("Some other photo", picture())})
    ada.send()

    devi = handler("devi")
    devi.sign_in()
    devi.open_case(ada.case, first=True)
    files = devi.part("files")
    shown = files.locator("canvas, img, video, iframe, object, embed")
    expect(files).to_contain_text(picture().name)
    expect(shown).to_have_count(0)
    button(files, "Open blurred", exact=False).click()
    expect(files.get_by_role("img", name="The picture, blurred")).to_be_visible()
    assert sharpness(devi) < 12, "a blurred picture has no sharp edges"
    devi.visitor.look("picture blurred")
    button(files, "Show clearly", exact=False).click()
    expect(files.get_by_role("img", name="The picture", exact=True)).to_be_visible()

    upload = fetched(devi)
    assert upload["status"] == 200
    button(files, "Stop: possible under-18", exact=False).click()
    devi.page.wait_for_url("**/?done=sealed-file")
    expect(files).to_contain_text(f"Sealed off by you on {today()}. Nobody can fetch it any more.")
    expect(shown).to_have_count(0)
    assert fetched(devi)["status"] == 404
    devi.visitor.look("file sealed off")

    colleague = handler("marian")
    colleague.sign_in()
    colleague.open_case(ada.case)
    expect(colleague.part("files")).to_contain_text(f"Sealed off by Devi, reporting team on {today()}")

    back = reporter("ada later")
    back.come_back(ada.words)
    expect(back.page.locator("main")).not_to_contain_text("sealed off")


def sharpness(handler: Handler) -> float:
    """The largest step in brightness between two neighbouring pixels of the picture shown."""
    return float(
        handler.page.evaluate(
            """() => {
              const canvas = document.querySelector('canvas');
              const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              let most = 0;
              for (let y = 0; y < height; y += 7)
                for (let x = 1; x < width; x += 1)
                  most = Math.max(most, Math.abs(data[(y * width + x) * 4] - data[(y * width + x - 1) * 4]));
              return most;
            }"""
        )
    )


def fetched(handler: Handler) -> dict[str, int]:
    """What the server answers for the first file of the case that is open."""
    return dict(
        handler.page.evaluate(
            """async () => {
              const path = `/api/v1/desk${location.pathname.replace('/desk', '').replace(/\\/$/, '')}`;
              const found = await (await fetch(path)).json();
              const one = await fetch(`${path}/uploads/${found.uploads[0].id}`);
              return { status: one.status };
            }"""
        )
    )


def test_too_little_is_said_beside_the_field(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    lou = reporter("lou")
    lou.begin(quick=True)
    lou.answer(SHORT, until="You could send now")
    button(lou.page, "Finish here and check").click()
    lou.answer(SHORT)
    lou.send()
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(lou.case, first=True)
    sent = len(marian.visitor.posted)
    button(marian.part("talk"), "Seal and send").click()
    expect(marian.page.get_by_role("alert")).to_contain_text("Write something first.")
    marian.visitor.look("desk error summary")
    assert len(marian.visitor.posted) == sent
