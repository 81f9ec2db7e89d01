"""Fingerprints of her own picture: what is asked before any picker, and that only letters and numbers could leave."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.handler import Handler, number_of
from tests.browser.reporter import File, Reporter, button, pick
from tests.fingerprints import making
from tests.fingerprints.pictures import scene

pytestmark = pytest.mark.browser

PICKERS = "input[type=file], [type=file], iframe, object, embed"
TOLD = {
    "danger": pick("No"),
    "nearest": pick("It happened to me"),
    "part of it": pick("Sexual or private pictures"),
    "could anyone in them be under 18": pick("No"),
}


def encoded(kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(scene(1)).save(out, kind)
    return out.getvalue()


def workers(page: Page) -> list[str]:
    return [worker.url for worker in page.workers if "pdq" in worker.url]


@pytest.fixture
def mina(reporter: Callable[..., Reporter]) -> Reporter:
    """A reporter who is asked whether the picture is of her."""
    mina = reporter("mina")
    mina.begin()
    mina.answer(TOLD, until="Is it a picture of you?")
    expect(mina.page.locator(PICKERS)).to_have_count(0)
    return mina


@pytest.mark.parametrize("age", ["No", "I am not sure"])
def test_under_18_or_not_sure_stops_before_any_picker(mina: Reporter, age: str) -> None:
    pick("Yes, it is of me")(mina.page)
    mina.on()
    pick(age)(mina.page)
    mina.on()
    expect(mina.title).to_have_text("Stop here with the picture")
    mina.page.get_by_text("People who can help with this").click()
    expect(mina.page.locator("main")).to_contain_text("Report Remove")
    expect(mina.page.locator(PICKERS)).to_have_count(0)
    mina.on(answered=False)
    expect(mina.title).not_to_contain_text("search for copies")
    assert workers(mina.page) == []


def test_a_picture_of_someone_else_is_not_asked_for(mina: Reporter) -> None:
    pick("No, it is of someone else")(mina.page)
    mina.on()
    expect(mina.title).to_have_text("Only the person in it can ask for this")
    expect(mina.page.locator(PICKERS)).to_have_count(0)


def test_her_own_picture_becomes_letters_and_numbers_and_stays_here(
    mina: Reporter, handler: Callable[..., Handler]
) -> None:
    page = mina.page
    pick("Yes, it is of me")(page)
    mina.on()
    pick("Yes, everyone was 18 or over")(page)
    mina.on()
    expect(mina.title).to_have_text("Should we search for copies of it?")
    expect(page.locator(PICKERS)).to_have_count(0)
    mina.visitor.look("fingerprint: asked first")
    pick("Yes, I want you to search")(page)
    expect(page.locator(PICKERS)).to_have_count(0)
    button(page, "Continue").click()
    plain = io.BytesIO()
    Image.new("RGB", (300, 200), "grey").save(plain, "PNG")
    files = [
        File("me.png", "image/png", encoded("PNG")),
        File("wall.png", "image/png", plain.getvalue()),
        File("broken.jpg", "image/jpeg", encoded("JPEG")[:200]),
    ]
    page.locator("input[type=file]").set_input_files([one.payload for one in files])
    told = page.get_by_role("status").filter(has_text="Pictures with fingerprints: 1.")
    expect(told).to_contain_text("too plain for a fingerprint: wall.png")
    expect(told).to_contain_text("can't read this picture: broken.jpg")
    page.get_by_text("What would be sent").click()
    shown = page.locator("ul.picked code").all_inner_texts()
    listed = making.fingerprints(scene(1), files[0].content)
    assert shown[0] == listed["sha256"]
    prints = cast(list[dict[str, object]], listed["prints"])
    assert shown[1:] == ["{hash} {colour} {quality} {crop}".format(**one) for one in prints]
    expect(page.locator("main img, main canvas")).to_have_count(0)
    assert not mina.visitor.posted
    mina.visitor.look("fingerprint: made")
    button(page, "Continue").click()
    expect(mina.title).not_to_contain_text("search for copies")
    mina.answer({"Who should get it": pick("Professional Standards")})
    expect(page.locator("main")).to_contain_text("Pictures with fingerprints: 1.")
    mina.send()

    marian = handler("marian")
    marian.sign_in()
    row = marian.page.get_by_role("row").filter(
        has=marian.page.get_by_role("link", name=number_of(mina.case))
    )
    row.get_by_role("link").click()
    expect(marian.part("report")).to_contain_text("Fingerprints of the reporter's own pictures: 1")
    with marian.page.expect_download() as saved:
        button(marian.page, "Save the fingerprints").click()
    (picture,) = making.pictures_of(Path(saved.value.path()).read_bytes())
    assert picture == making.pictures_of(making.opened_report([listed], picture.case))[0]
