"""What every visited page is held to: no accessibility fault, no request to another host, a picture kept.

The hooks hang on `Visitor.look`, which journeys call on each page they reach; nothing is crawled twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PICTURES = ROOT / "test-output/pages"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {"wide": 1280, "phone": 390, "narrow": 320}


@dataclass
class Visitor:
    """One person in one browser context."""

    name: str
    context: BrowserContext
    page: Page
    origin: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)

    @classmethod
    def arrive(cls, name: str, context: BrowserContext, origin: str) -> Visitor:
        """Opens a page and starts to note requests to other hosts and errors in the console."""
        visitor = cls(name, context, context.new_page(), origin)
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        home = urlsplit(self.origin).netloc

        def note(request: Request) -> None:
            address = urlsplit(request.url)
            leaving = request.is_navigation_request()  # "leave this page" goes to a neutral site on purpose
            if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != home and not leaving:
                self.strangers.append(request.url)

        page.on("request", note)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and "status of" not in message.text
                else None
            ),
        )

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def look(self, label: str) -> None:
        """Checks the page as it stands with axe at desktop and 320 px width, and keeps pictures of it."""
        slug = re.sub(r"[^a-z0-9]+", "-", f"{self.name}-{label}".lower()).strip("-")
        if slug in self.looked:
            return
        self.looked.add(slug)
        PICTURES.mkdir(parents=True, exist_ok=True)
        height = 900
        for kind, width in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=PICTURES / f"{slug}-{kind}.png", full_page=True)
            if kind != "phone":
                faults = axe(self.page)
                assert not faults, f"{slug} at {width} px:\n" + "\n".join(faults)
                overflow = self.page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                assert overflow <= 0, f"{slug} scrolls sideways by {overflow} px at {width} px"
        self.page.set_viewport_size({"width": WIDTHS["wide"], "height": height})

    def leave(self) -> None:
        """Asserts that nothing went elsewhere and no script complained."""
        strangers, complaints = list(self.strangers), list(self.complaints)
        self.context.close()
        assert not strangers, f"{self.name}: requests to other hosts: {strangers}"
        assert not complaints, f"{self.name}: errors on pages: {complaints}"


def axe(page: Page) -> list[str]:
    """Violations axe-core finds on the page, one line each. Runs in its own world, so the page's policy does not stop it."""
    page.evaluate(AXE.read_text())
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
