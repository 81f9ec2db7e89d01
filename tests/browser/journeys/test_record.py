"""The record: a report goes in at the beat, a saved proof holds anywhere, and what is withheld or broken shows."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Route, expect

from tests.browser.handler import Handler
from tests.browser.pages import Visitor
from tests.browser.reporter import Reporter, button, pick, write
from tests.world import World, command

pytestmark = pytest.mark.browser

SAYS = "I saw the picture go round at briefing."
IN = "Your report is in the public record, and others watch that record."


def send(reporter: Reporter) -> None:
    """A few lines, sent."""
    reporter.begin(quick=True)
    reporter.answer({"danger": pick("No")}, until="Tell us what happened")
    write(SAYS)(reporter.page)
    button(reporter.page, "Continue").click()
    reporter.answer({"Who should get it": pick("Professional Standards")})
    reporter.send()


def until_in(reporter: Reporter) -> None:
    """Looks again until the newest is in the record, as somebody does who comes back on another day."""
    line = reporter.page.get_by_text(IN, exact=True)
    for _ in range(20):
        if line.count():
            return
        reporter.page.wait_for_timeout(1000)
        reporter.again()
    raise AssertionError(reporter.page.locator("main").inner_text())


def saved(reporter: Reporter, press: str = "Save a proof file") -> str:
    """What is in the proof file she saves."""
    with reporter.page.expect_download() as download:
        button(reporter.page, press).click()
    assert re.fullmatch(r"[0-9a-f]{8}\.txt", download.value.suggested_filename), "the name says nothing"
    return Path(download.value.path()).read_text("utf-8")


def check(reporter: Reporter, proof: str) -> None:
    """Lets the page check a proof file."""
    file = FilePayload(name="a.txt", mimeType="text/plain", buffer=proof.encode())
    reporter.page.locator("details input[type=file]").set_input_files(file)


def verified(proof: str, policy: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`upstander verify receipt` in a process that knows only the two files."""
    (folder / "proof").write_text(proof, "utf-8")
    (folder / "policy").write_text(policy, "utf-8")
    wanted = command("verify", "receipt", str(folder / "proof"), "--policy", str(folder / "policy"))
    return subprocess.run(wanted, capture_output=True, text=True, check=False)


def test_in_the_record_at_the_beat_and_a_proof_of_it(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler], world: World, tmp_path: Path
) -> None:
    lou = reporter("lou", accept_downloads=True)
    send(lou)
    page = lou.page
    expect(page.locator("main")).to_contain_text("your report has to be in the public record")
    page.locator("summary", has_text="A proof file").click()
    promised = saved(lou)
    assert json.loads(promised)["tlog_proof"] == ""
    page.locator("summary", has_text="Let others look").click()
    lou.visitor.look("receipt with a proof and witnesses")
    button(page, "Leave the number with them").click()
    expect(page.get_by_role("status").filter(has_text="They will look:")).to_contain_text("lawyers")

    back = reporter("lou again", accept_downloads=True)
    back.come_back(lou.words, to="Not opened yet")
    until_in(back)
    back.page.locator("summary", has_text="The record, in numbers").click()
    details = back.page.locator("details[open]")
    assert len(re.findall(r"(lawyers|union|university), on", details.inner_text())) >= 2, "as many as have to"
    expect(details).to_contain_text("In the record: 1.")
    back.visitor.look("mailbox with its record in numbers")
    proof = saved(back)
    posted = len(back.visitor.posted)
    check(back, proof)
    expect(details).to_contain_text("This proof is good.")
    expect(details).to_contain_text("It is about your report.")
    check(back, promised)
    expect(details).to_contain_text("It has no place in the record yet")
    check(back, proof.replace('"index', '"jndex').replace("index ", "index 1"))
    expect(details).to_contain_text("This file proves nothing.")
    assert len(back.visitor.posted) == posted, "a proof is checked on her device"

    policy = json.loads(world.get("/api/v1/log"))["policy"]
    good = verified(proof, policy, tmp_path)
    assert good.returncode == 0, good.stdout + good.stderr
    assert verified(proof.replace("index ", "index 1"), policy, tmp_path).returncode != 0

    marian = handler("marian")
    marian.sign_in()
    marian.open_case(lou.case, first=True)
    marian.write("Thank you. We have begun.")
    record = marian.part("record")
    for _ in range(20):
        if "whole and unchanged. This browser has checked it." in record.inner_text():
            break
        marian.page.wait_for_timeout(1000)
        marian.open_case(lou.case)
    expect(record).to_contain_text("Everything here is in the public record")
    marian.visitor.look("case with its record")
    back.again()
    until_in(back)
    back.reply("Good.")


def test_an_act_that_is_withheld_shows(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    lou = reporter("lou")
    send(lou)
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(lou.case, first=True)
    marian.write("We will look into it.")
    back = reporter("lou again")
    back.come_back(lou.words, to="There is a message for you")
    until_in(back)

    def without_the_message(route: Route) -> None:
        told = route.fetch().json()
        told["envelopes"] = []
        told["steps"] = [step for step in told["steps"] if step["kind"] != "replied"]
        route.fulfill(json=told)

    back.page.route(re.compile("/mailbox$"), without_the_message)
    back.again()
    warning = back.page.get_by_role("alert")
    expect(warning).to_contain_text("Something is kept from you")
    expect(back.page.locator("details[open]")).to_contain_text("is about something that is not shown here.")
    back.visitor.look("mailbox with something kept back")

    def without_the_act(route: Route) -> None:
        told = route.fetch().json()
        told["envelopes"] = []
        told["acts"] = [act for act in told["acts"] if act["shown"] != "answered"]
        told["steps"] = [step for step in told["steps"] if step["kind"] != "replied"]
        route.fulfill(json=told)

    # Whole and without a gap: only the log itself has one more.
    elsewhere = reporter("lou elsewhere")
    elsewhere.page.route(re.compile("/mailbox$"), without_the_act)
    elsewhere.come_back(lou.words, to="Opened", whole=False)
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("Something is kept from you")
    expect(elsewhere.page.locator("details[open]")).to_contain_text(
        "Number 4 is in the record, and is not shown here."
    )


def test_a_promise_that_is_broken_shows_and_can_be_proved(
    reporter: Callable[..., Reporter], tmp_path: Path, world: World
) -> None:
    lou = reporter("lou")
    send(lou)
    late = reporter("lou days later", accept_downloads=True)
    late.page.clock.install()
    late.page.clock.fast_forward(6 * 24 * 3600 * 1000)

    def never_in(route: Route) -> None:
        told: dict[str, Any] = route.fetch().json()
        told["record"]["proofs"] = []
        route.fulfill(json=told)

    late.page.route(re.compile("/mailbox$"), never_in)
    late.come_back(lou.words, to="Not opened yet", whole=False)
    expect(late.page.get_by_role("alert")).to_contain_text("A promise to you was broken")
    late.visitor.look("mailbox with a broken promise")
    proof = saved(late)
    assert json.loads(proof)["tlog_proof"] == ""
    check(late, proof)
    expect(late.page.locator("details[open]")).to_contain_text("That day has passed")


def test_anybody_reads_the_page_of_the_log(visitor: Callable[..., Visitor]) -> None:
    anybody = visitor("anybody")
    anybody.go("/log/")
    main = anybody.page.locator("main")
    for said in ["entries", "lawyers", "union", "university", "upstander mirror"]:
        expect(main).to_contain_text(said)
    anybody.look("the public log")
    plain = visitor("anybody without scripts", java_script_enabled=False)
    plain.go("/log/")
    assert "upstander mirror" in plain.page.locator("main").inner_text()
