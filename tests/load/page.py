"""The rest of the benchmark: PostgreSQL rows, times in Chromium, and the page they are written on."""

from __future__ import annotations

import datetime
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import postgres
from tests.world import World, demonstration

SLOW = 4  # how much slower the processor is made for "a slow phone"
TIMES = 5
READ = (0, 3)  # seconds on the last page before she presses the button


def postgres_rows(folder: Path, seconds: int, rounds: int) -> list[str]:
    """The report rows on a throwaway PostgreSQL with its usual durability, beside the load generator."""
    from tests.load.bench import submissions

    programs = postgres.programs()
    if programs is None:
        print("!! PostgreSQL rows left out: it is not installed")
        return []
    with (
        postgres.cluster(programs, durable=True) as url,
        tempfile.TemporaryDirectory(dir=folder) as name,
        demonstration(Path(name), database=url) as world,
    ):
        return submissions("PostgreSQL", world, seconds, rounds, folder)


def seal_times(world: World, times: int = TIMES) -> list[str]:
    """From the click on "Seal and send" to the receipt, in the real page, with and without a slowed processor."""
    from tests.browser.conftest import CHROMIUM, FLAGS

    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for read in READ:
            for slower in (1, SLOW):
                taken = sorted(_seal_once(browser, world, slower, read) for _ in range(times))
                rows.append(
                    f"| {slower} x | {read} s | {statistics.median(taken) * 1000:,.0f} ms | "
                    f"{taken[0] * 1000:,.0f} to {taken[-1] * 1000:,.0f} ms |"
                )
                print(rows[-1], flush=True)
        browser.close()
    return rows


def _seal_once(browser: Browser, world: World, slower: int, read: float) -> float:
    """Seconds, for one report; `read` seconds on "check your answers" before the click."""
    from tests.browser.pages import Visitor
    from tests.browser.reporter import Reporter, button, pick
    from tests.browser.reporter import write as type_in
    from tests.reporters import NARRATIVE

    answers = {
        "danger": pick("No"),
        "Tell us": type_in(NARRATIVE),
        "get it": pick("Fellmoor"),
        "What should": pick("Send it now"),
    }
    context = browser.new_context()
    someone = Reporter(Visitor.arrive("bench", context, world.origin))
    someone.begin(quick=True)
    someone.answer(answers, until="You could send now")
    _slow_down(someone.page, slower)
    button(someone.page, "Finish here and check").click()
    someone.answer(answers)
    someone.page.wait_for_timeout(read * 1000)
    # Timed inside the page: what the tool takes to look for the heading is no part of it.
    taken = someone.page.evaluate(_CLICK_AND_TIME)
    expect(someone.page.locator("h1")).to_contain_text("Your report is in")
    context.close()
    return float(taken) / 1000


_CLICK_AND_TIME = """() => new Promise((resolve) => {
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === "Seal and send");
  const begun = performance.now();
  const look = new MutationObserver(() => {
    if (!document.querySelector("h1")?.textContent.includes("Your report is in")) return;
    look.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
  });
  look.observe(document.body, { childList: true, subtree: true });
  button.click();
})"""


def _slow_down(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def write(
    rows: list[str],
    uploads: list[float],
    seals: list[str],
    load: str,
    machine: str,
    busy: float,
    seconds: int,
    rounds: int,
) -> str:
    """The page, in Markdown."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; nothing here is typed by hand but the budgets and the words around the figures. "
        "Take ratios rather than single figures: such machines are noisy.",
        "",
        f"{day}, {machine}. Load average when it began: {busy:.1f}. "
        "Client and server share the machine; plain HTTP on loopback.",
        "",
        "## Reports accepted",
        "",
        "One report: a narrative of 1,990 characters and eleven short answers, a source sheet, sealed beforehand to the "
        "outside body's two handlers and its custodian. One request; durable (fsync), with its leaf, before the signed "
        "promise is answered. The nearest peer's work was one recipient, on the same kind of machine: 19.2/s with 1 "
        "client, 7.3/s with 4 (43 % refused), 4.8/s with 16 (66 % refused).",
        f"Closed loop, {seconds} s a run, median of {rounds} runs (lowest to highest). `wrk` is a fast generator; "
        "`python` is the standard library's HTTP client in threads, which itself takes most of a core.",
        "",
        "| database | client | clients | accepted/s | refused | p50 ms | p99 ms | server MB |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        "Budget: at least 1,000/s with no refusals at 16 clients, p99 under 50 ms, SQLite.",
        "",
        "## Files",
        "",
        f"A sealed file of 10 MB in parts of 1 MiB, each on the disk before its answer: "
        f"{statistics.median(uploads):.0f} MB/s (median of {len(uploads)}, "
        f"{min(uploads):.0f} to {max(uploads):.0f}).",
        "",
        "## Sealing and sending in the browser",
        "",
        'From the click on "Seal and send" to the receipt, in Chromium, with the server on the same machine: '
        "keys, sealing, the request, the check of the promise. Budget: under 300 ms; under 1 s when 4 x slower. "
        "The slowing acts on the page, not on its worker.",
        "",
        "| processor slowed | median | lowest to highest |",
        "|---|---|---|",
        *seals,
        "",
        "## First load",
        "",
        "```",
        load,
        "```",
        "",
    ]
    return "\n".join(lines)
