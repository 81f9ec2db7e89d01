"""What every visited page is held to: no accessibility fault, no request to another host, no error, a picture kept.

The hooks hang on `Visitor.look`, which journeys call on each page they reach; nothing is crawled, nothing looked at
twice in a run. Pictures at 1280 and 320 px lie in test-output/pages; with KEEP_PICTURES=1 also as on a phone.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PICTURES = ROOT / "test-output/pages"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}
PHONE = {"width": 390, "height": 844}


def claim(slug: str) -> bool:
    """Whether this page is still to be looked at in this run; all workers of the run ask in the same folder."""
    folder = Path(os.environ["UPSTANDER_LOOKED"])
    try:
        (folder / slug).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@dataclass
class Visitor:
    """One person in one browser context."""

    name: str
    context: BrowserContext
    page: Page
    origin: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, name: str, context: BrowserContext, origin: str) -> Visitor:
        """Opens a page and starts to note requests to other hosts and errors in the console."""
        visitor = cls(name, context, context.new_page(), origin)
        context.on("request", visitor._request)
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        """Notes what goes wrong on a page, also on one opened later."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error.stack or error}"))
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        leaving = request.is_navigation_request()  # "leave this page" goes to a neutral site on purpose
        home = urlsplit(self.origin).netloc
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != home and not leaving:
            self.strangers.append(request.url)
        if request.method not in {"GET", "HEAD"}:
            self.posted.append(f"{address.path} {request.post_data_buffer or b''!r}")

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 404 or 409 is reported as an error by the browser; journeys meet them on purpose.
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def go(self, path: str) -> None:
        """Opens an address of the site."""
        self.page.goto(self.origin + path)

    def look(self, label: str) -> None:
        """Checks the page as it stands with axe at 1280 and 320 px width, and keeps pictures of it."""
        slug = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
        if not claim(slug):
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        self._picture(slug, "wide")
        self._held(slug)
        if os.environ.get("KEEP_PICTURES"):
            self.page.set_viewport_size(PHONE)
            self._picture(slug, "phone")
        self.page.set_viewport_size(NARROW)
        self._picture(slug, "narrow")
        self._held(slug)
        self.page.set_viewport_size(WIDE)

    def _picture(self, slug: str, kind: str) -> None:
        path = PICTURES / f"{slug}-{kind}.png"
        self.page.screenshot(path=path, full_page=True, animations="disabled")

    def _held(self, slug: str) -> None:
        width = self.page.evaluate("innerWidth")
        faults = axe(self.page)
        assert not faults, f"{slug} at {width} px:\n" + "\n".join(faults)
        wider = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{slug} scrolls sideways by {wider} px at {width} px"

    def leave(self) -> None:
        """Asserts that nothing went elsewhere and no script complained."""
        strangers, complaints = list(self.strangers), list(self.complaints)
        self.context.close()
        assert not strangers, f"{self.name}: requests to other hosts: {strangers}"
        assert not complaints, f"{self.name}: errors on pages: {complaints}"


def axe(page: Page) -> list[str]:
    """Violations axe-core finds on the page, one line each. Put in from outside, so the page's policy does not stop it."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
