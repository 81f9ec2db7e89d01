"""Fingerprints of her own picture: what is asked before any picker, and that only letters and numbers could leave."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.handler import Handler, number_of
from tests.browser.reporter import File, Reporter, button, pick
from tests.cli.command import upstander
from tests.fingerprints import making
from tests.fingerprints.pictures import scene
from tests.fingerprints.test_bank_command import open_shares
from upstander.fingerprints import given

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
    mina: Reporter, handler: Callable[..., Handler], tmp_path: Path
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
    opened(marian, mina)
    searches = marian.part("prints")
    expect(searches).to_contain_text("The reporter made fingerprints of her own picture")
    saved = download(searches, "Save the fingerprints")
    (picture,) = making.pictures_of(saved)
    assert picture == making.pictures_of(making.opened_report([listed], picture.case))[0]
    assert given.read_given(saved).basis.kind == "own"
    search(marian, mina, saved, tmp_path, encoded("PNG"))
    taken_back(mina, marian)


def opened(marian: Handler, mina: Reporter) -> None:
    row = marian.page.get_by_role("row").filter(
        has=marian.page.get_by_role("link", name=number_of(mina.case))
    )
    row.get_by_role("link").click()
    marian.page.wait_for_url("**/desk/cases/**")
    marian.declare()
    marian.page.wait_for_url("**/?done=opened")
    expect(marian.part("report").locator("[data-seal]")).to_contain_text("Open on this computer only")
    marian.whole()


def download(part: Locator, name: str) -> bytes:
    with part.page.expect_download() as saved:
        button(part, name).click()
    return Path(saved.value.path()).read_bytes()


def record(marian: Handler, document: Path) -> None:
    """Picks a document, reads what it says, and records it."""
    part = marian.part("prints")
    part.get_by_text("Record a search").click()
    part.get_by_label("Document of a search").set_input_files(document)
    with marian.page.expect_navigation(url="**/?done=bank"):
        button(part, "Record it in this case").click()
    expect(marian.part("report").locator("[data-seal]")).to_contain_text("Open on this computer only")
    marian.whole()


def search(marian: Handler, mina: Reporter, saved: bytes, folder: Path, picture: bytes) -> None:
    """From the written authority to the lead sheet in the case, with the real commands."""
    (folder / "fingerprints.json").write_bytes(saved)
    key = run("bank", "key", folder / "scan.pem").split('"')[1]
    toml = making.authority_toml(cases=f'["{mina.case}"]', sign=f'"{key}"')
    (folder / "authority.toml").write_text(toml, "utf-8")
    run("bank", "authority", folder / "authority.toml", "--to", folder / "authority.json")
    part = marian.part("prints")
    part.get_by_text("Record a search").click()
    part.get_by_label("Document of a search").set_input_files(folder / "fingerprints.json")
    expect(part.get_by_role("status").filter(has_text="none of the three")).to_be_visible()
    part.get_by_text("Record a search").click()
    record(marian, folder / "authority.json")
    expect(part).to_contain_text("A search was authorised")
    expect(marian.part("notes")).to_contain_text("approved by Ada and Ben")
    for _ in range(60):  # until the log's next beat
        proof = download(part, "Save the proof")
        if json.loads(proof)["tlog_proof"]:
            break
        marian.page.wait_for_timeout(500)
        marian.open_case(mina.case)
    (folder / "proof.json").write_bytes(proof)
    job = folder / "job"
    run(
        *("bank", "export", folder / "fingerprints.json", "--authority", folder / "authority.json"),
        *("--proof", folder / "proof.json", "--to", job),
    )
    shares = open_shares(job)
    record(marian, job / "exported.json")
    evidence = folder / "evidence"
    evidence.mkdir()
    (evidence / "found.png").write_bytes(picture)
    out = folder / "result"
    words = ("scan", evidence, "--authority", job, *shares, "--sign", folder / "scan.pem", "--to", out)
    ran = upstander(*words, "--workers", "1")
    assert ran.code == 3, ran.errors
    record(marian, out / "lead-sheet.signed")
    expect(marian.part("notes")).to_contain_text("Leads: 1 match, 0 possible, 0 weak.")
    assert download(part.locator("li").last, "Save a copy") == (out / "lead-sheet.signed").read_bytes()
    marian.visitor.look("case with a search")


def run(*words: object) -> str:
    ran = upstander(*words)
    assert ran.code == 0, ran.errors
    return ran.output


def taken_back(mina: Reporter, marian: Handler) -> None:
    """She sees what was done, deletes the fingerprint, and the desk can save it no more."""
    mina.come_back()
    main = mina.page.locator("main")
    for words in (
        "A search was approved in writing",
        "It was locked up for a search",
        "A search was finished",
    ):
        expect(main).to_contain_text(words)
    mina.visitor.look("mailbox with a search")
    button(mina.page, "Delete the fingerprint").click()
    expect(mina.title).to_have_text("Delete the fingerprint?")
    expect(main).to_contain_text("stops within a week")
    mina.visitor.look("delete the fingerprint")
    button(mina.page, "Delete the fingerprint").click()
    expect(main).to_contain_text("You deleted it. It may not be used for a search any more.")
    expect(button(mina.page, "Delete the fingerprint")).to_have_count(0)
    expect(mina.page.get_by_role("alert")).to_have_count(0)
    marian.open_case(mina.case)
    expect(marian.part("prints")).to_contain_text("The reporter took the fingerprints back.")
    expect(button(marian.part("prints"), "Save the fingerprints")).to_have_count(0)


def test_a_stop_closes_the_fingerprints_for_everybody(
    mina: Reporter, handler: Callable[..., Handler]
) -> None:
    page = mina.page
    for answer in ("Yes, it is of me", "Yes, everyone was 18 or over", "Yes, I want you to search"):
        pick(answer)(page)
        mina.on()
    page.locator("input[type=file]").set_input_files(File("me.png", "image/png", encoded("PNG")).payload)  # type: ignore[arg-type]
    expect(page.get_by_role("status").filter(has_text="Pictures with fingerprints: 1.")).to_be_visible()
    button(page, "Continue").click()
    mina.answer({"Who should get it": pick("Professional Standards")})
    mina.send()
    marian = handler("marian")
    marian.sign_in()
    opened(marian, mina)
    part = marian.part("prints")
    part.get_by_text("Stop: possible under-18").click()
    part.get_by_label("To whom it is handed over").fill("Child abuse unit, 09:40.")
    with marian.page.expect_navigation(url="**/?done=bank"):
        button(part, "Stop all use").click()
    expect(part).to_contain_text("Stopped: somebody in a picture may be under 18.")
    expect(button(part, "Save the fingerprints")).to_have_count(0)
    marian.visitor.look("case that was stopped")
    marian.whole()
    told = marian.page.request.get(f"{marian.visitor.origin}/api/v1/desk/cases/{mina.case}").json()
    assert [one["sealed_off"] for one in told["uploads"]] == [True]
    file = f"{marian.visitor.origin}/api/v1/desk/cases/{mina.case}/uploads/{told['uploads'][0]['id']}"
    assert marian.page.request.get(file).status == 404
