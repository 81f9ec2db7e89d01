"""The part of the benchmark that runs in Chromium: from the click to the receipt."""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.world import World

SLOW = 4  # how much slower the processor is made for "a slow phone"
TIMES = 5
BUDGETS = {1: 300, SLOW: 1_000}  # milliseconds, by how much the processor is slowed
READ = (0, 3)  # seconds on the last page before she presses the button


def seal_times(world: World, times: int = TIMES) -> tuple[list[str], dict[int, float]]:
    """From the click on "Seal and send" to the receipt, in the real page, with and without a slowed processor.

    The table's rows, and by how much it was slowed the median in ms of those who had looked at the page first.
    """
    from tests.browser.conftest import CHROMIUM, FLAGS

    rows = []
    medians = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for read in READ:
            for slower in (1, SLOW):
                taken = sorted(_seal_once(browser, world, slower, read) for _ in range(times))
                medians[slower] = statistics.median(taken) * 1000  # of the longest look in the end
                rows.append(
                    f"| {slower} x | {read} s | {medians[slower]:,.0f} ms | "
                    f"{taken[0] * 1000:,.0f} to {taken[-1] * 1000:,.0f} ms |"
                )
                print(rows[-1], flush=True)
        browser.close()
    return rows, medians


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


def section(world: World) -> list[str]:
    """The section of the page."""
    rows, best = seal_times(world)
    verdicts = [
        f"{slower} x: {'met' if median < most else '**missed**'} ({median:,.0f} ms, budget {most:,} ms)"
        for slower, most in BUDGETS.items()
        for median in [best[slower]]
    ]
    return [
        'From the click on "Seal and send" to the receipt drawn, in Chromium, with the server on the same machine: sealing, the '
        "request, the check of the promise. Words and keys are begun when she comes to the page on which she chooses who receives "
        f"it; so the wait depends on how long she looks at the last page: pressed at once, and after {READ[-1]} seconds. The slowing "
        "acts on the page, not on its worker.",
        "",
        "| processor slowed | looks at the last page | median | lowest to highest |",
        "|---|---|---|---|",
        *rows,
        "",
        f"Budget, after {READ[-1]} seconds: {'; '.join(verdicts)}.",
    ]
